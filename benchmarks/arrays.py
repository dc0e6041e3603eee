"""Forward and backward of the 3072→100→10 network on a minibatch of 64, against NumPy by hand, autograd and torch.

    python benchmarks/arrays.py [--repeat 200]

All contenders take turns in one process, on one thread; of each the median of many passes is kept, and ours is given
as a ratio. Their gradients are compared before anything is timed. Exit status 1 if the bound is missed.
"""

from __future__ import annotations

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # before NumPy is imported

import argparse
import statistics
import sys
from importlib.metadata import version
from time import perf_counter

import numpy as np

from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import Source
from backprop_cli.graph import lower
from backprop_cli.graph.shapes import infer
from backprop_cli.language.parser import parse
from backprop_cli.numeric.shapes import MAX_ELEMENTS

PROGRAM = "f = cross_entropy(max(0, X@W1 + b1)@W2 + b2, y)"
WANTED = ("W1", "b1", "W2", "b2")
MOST = 1.15  # times NumPy by hand
BATCH, WIDTHS = 64, (3072, 100, 10)


def data():
    """Inputs as CS231n has them: pixels around 0, small random weights."""
    drawn = np.random.default_rng(0)
    one, two, three = WIDTHS
    return {
        "X": drawn.standard_normal((BATCH, one)),
        "W1": drawn.standard_normal((one, two)) * 0.01,
        "b1": np.zeros(two),
        "W2": drawn.standard_normal((two, three)) * 0.1,
        "b2": np.zeros(three),
        "y": drawn.integers(0, three, BATCH).astype(float),
    }


def ours(given):
    shapes = {name: value.shape for name, value in given.items()}
    graph = lower(parse(Source("network", PROGRAM), given), given)
    infer(graph, shapes, max_elements=MAX_ELEMENTS)
    nodes = {name: graph.variables[name] for name in WANTED}
    active = graph.dependents(set(nodes.values()))

    def run():
        passed = backward(graph, forward(graph, given), graph.output, 1.0, active)
        return [passed.grads[nodes[name]] for name in WANTED]

    return run


def by_hand(given):
    """As the CS231n notes write it ("Putting it together: Minimal Neural Network Case Study")."""
    X, W1, b1, W2, b2 = (given[name] for name in ("X", "W1", "b1", "W2", "b2"))
    rows, labels = np.arange(BATCH), given["y"].astype(int)

    def run():
        hidden = np.maximum(0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = raised / raised.sum(axis=1, keepdims=True)
        loss = -np.log(probabilities[rows, labels]).mean()
        dscores = probabilities
        dscores[rows, labels] -= 1
        dscores /= BATCH
        dhidden = dscores @ W2.T
        dhidden[hidden <= 0] = 0
        assert loss > 0
        return X.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dscores, dscores.sum(axis=0)

    return run


def with_autograd(given):
    import autograd
    import autograd.numpy as anp

    labels = given["y"].astype(int)

    def loss(parameters):
        W1, b1, W2, b2 = parameters
        scores = anp.dot(anp.maximum(0, anp.dot(given["X"], W1) + b1), W2) + b2
        top = anp.max(scores, axis=1, keepdims=True)
        logs = scores - top - anp.log(anp.sum(anp.exp(scores - top), axis=1, keepdims=True))
        return -anp.mean(logs[anp.arange(BATCH), labels])

    slope = autograd.grad(loss)
    return lambda: slope([given[name] for name in WANTED])


def with_torch(given):
    import torch

    torch.set_num_threads(1)
    X, labels = torch.tensor(given["X"]), torch.tensor(given["y"]).long()
    leaves = [torch.tensor(given[name], requires_grad=True) for name in WANTED]

    def run():
        W1, b1, W2, b2 = leaves
        scores = torch.relu(X @ W1 + b1) @ W2 + b2
        loss = torch.nn.functional.cross_entropy(scores, labels)
        return [slope.numpy() for slope in torch.autograd.grad(loss, leaves)]

    return run


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=200)
    repeat = options.parse_args().repeat
    given = data()
    contenders = {"backprop": ours(given), "NumPy by hand": by_hand(given)}
    for name, prepare in (("autograd", with_autograd), ("torch", with_torch)):
        try:
            contenders[f"{name} {version(name)}"] = prepare(given)
        except ImportError:
            print(f"{name} is not installed: skipped")
    expected = by_hand(given)()
    for name, run in contenders.items():
        for found, wanted in zip(run(), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12, err_msg=name)
    times = {name: [] for name in contenders}
    for _ in range(repeat):
        for name, run in contenders.items():
            run()  # not timed: whoever comes after torch would pay for its memory in our caches
            began = perf_counter()
            run()
            times[name].append(perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    sizes = "→".join(map(str, WIDTHS))
    print(f"{PROGRAM}, {sizes}, minibatch of {BATCH}, one thread, float64, numpy {np.__version__}\n")
    for name, median in medians.items():
        print(f"{name:22} {median * 1e3:8.2f} ms   backprop takes {medians['backprop'] / median:5.2f} of it")
    ratio = medians["backprop"] / medians["NumPy by hand"]
    print(f"\nbackprop / NumPy by hand: {ratio:.3f}, at most {MOST}")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
