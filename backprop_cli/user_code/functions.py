"""A file that only defines `forward` and `backward`: the lines that call them, as the user would have written them.

`out, cache = forward(x, w, b)`, a loss that weighs `out`, and `dx, dw, db = backward(dout, cache)`. Where nothing
arrives at `backward`, what `forward` answers first is the loss.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import digits
from typing import Any, NamedTuple

from backprop_cli.errors import BackpropError, Diagnostic, nearest, shorten
from backprop_cli.numeric.shapes import Shape

# Whether a call ends without an exception where names have values of such shapes.
Fit = Callable[[str, Mapping[str, Shape]], bool]

# Shapes that go together: rows of three features, and two results of them.
_SHAPES: dict[str, Shape] = {
    "w": (3, 2),
    "W": (3, 2),
    "b": (2,),
    **dict.fromkeys(("gamma", "beta", "mu", "mean", "var", "sigma"), (3,)),
}
# What goes into the first layer, and what comes out of each. Below, `i` is what goes into a layer, `o` what comes out,
# `m` how many examples there are.
_WIDTHS = (3, 4, 2, 5, 3, 4, 2)
_TARGETS = ("y", "Y", "t", "T", "target", "targets", "label", "labels")
_MANY = 6  # examples
_PAIRS = (("forward", "backward"), ("forward_pass", "backward_pass"), ("forward_propagation", "backward_propagation"),
          ("fprop", "bprop"), ("f", "g"))  # fmt: skip


class Pair(NamedTuple):
    """The two functions."""

    forward: ast.FunctionDef
    backward: ast.FunctionDef

    @property
    def answer(self) -> int:
        """The line on which the backward function answers its gradients."""
        lines = [node.lineno for node in ast.walk(self.backward) if isinstance(node, ast.Return)]
        return max(lines, default=self.backward.lineno)


def find_pair(tree: ast.Module, forward: str, backward: str, path: str) -> Pair | None:
    """The functions of these names, or those that are called as people call them; None where there are none.

    Raises BackpropError (U801) for a name that no function has.
    """
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, option in ((forward, "--forward"), (backward, "--backward")):
        if name and name not in known:
            near = nearest(name, list(known))
            help_ = f"did you mean `{near[0]}`?" if near else "it names a function that the file defines"
            message = f"`{option} {shorten(name)}`: `{shorten(path)}` defines no such function"
            raise BackpropError(Diagnostic("U801", message, (), help_))
    if forward or backward:
        if not (forward and backward):
            raise BackpropError(
                Diagnostic("U801", "`--forward` and `--backward` go together", (), "name both functions")
            )
        return Pair(known[forward], known[backward])
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    for name, function in known.items():
        back = known.get(name.replace("forward", "backward")) if "forward" in name else None
        if back is not None and not {name, back.name} & called:
            return Pair(function, back)
    for one, other in _PAIRS:
        if one in known and other in known and not {one, other} & called:
            return Pair(known[one], known[other])
    return None


def calls(pair: Pair, given: Mapping[str, Any], path: str, fit: Fit) -> str:
    """The lines to put below the file.

    Raises BackpropError (N202) where a parameter has no value, with values of shapes that `fit`, if any do.
    """
    inputs = _parameters(pair.forward)
    missing = [name for name, default in inputs if not default and name not in given]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        known = [name for name, _ in inputs if name in missing or name in given]
        call = f"{pair.forward.name}({', '.join(f'{name}={name}' for name in known)})\n"
        guesses = [dict(zip(missing, shapes, strict=True)) for shapes in _guesses(missing)]
        guess = next((guess for guess in guesses if fit(call, guess)), guesses[0])
        values = " ".join(f"{name}=randn({','.join(map(str, shape))})" for name, shape in guess.items())
        help_ = f"give values: `backprop check {shorten(path)} {values}`"
        message = f"no value for {listed} of `{pair.forward.name}`"
        raise BackpropError(Diagnostic("N202", message, (), help_))
    passed = [name for name, default in inputs if not default or name in given]
    outputs = _returned(pair.forward)
    results = [name or ("out" if number == 0 else f"cache{number}") for number, name in enumerate(outputs)]
    out = results[0]
    lines = [f"{', '.join(results)} = {pair.forward.name}({', '.join(f'{name}={name}' for name in passed)})"]
    arguments = list(_arguments(pair.backward, passed, results, given))
    if any(argument.endswith(f"=d{out}") for argument in arguments):
        lines += ["import numpy", f"_weights = numpy.random.default_rng(0).standard_normal(numpy.shape({out}))"]
        lines += [f"loss = numpy.sum({out} * _weights)", f"d{out} = _weights"]
    elif out != "loss":  # nothing arrives: it is the gradient of what `forward` answers
        lines += [f"loss = {out}"]
    gradients = _returned(pair.backward)
    names = [name or f"d{passed[min(number, len(passed) - 1)]}" for number, name in enumerate(gradients)]
    targets = ", ".join(names) if len(names) > 1 else (names[0] if gradients[0] else "grads")
    lines += [f"{targets} = {pair.backward.name}({', '.join(arguments)})"]
    return "\n".join(lines) + "\n"


def _guesses(names: Sequence[str]) -> Iterator[list[Shape]]:
    """Shapes that the parameters may have: of layers by rows and by columns, of a linear score."""
    parts = [(base := name.rstrip(digits), min(int(name[len(base) :] or 1), len(_WIDTHS) - 1)) for name in names]
    yield [_SHAPES.get(base, (4, 3)) for base, _ in parts]
    last = max((layer for base, layer in parts if base[:1] in "wW"), default=1)
    scores = ("i", "", "mi", "m"), ("i", "", "i", "")
    layers = ("io", "o", "mi", "mo"), ("oi", "o", "i", "o"), ("oi", "o1", "im", "om")
    for weights, biases, inputs, targets in (*scores, *layers) if "w" in names else (*layers, *scores):
        made: list[Shape] = []
        for base, layer in parts:
            if base in _TARGETS:
                axes, before, after = targets, _WIDTHS[0], _WIDTHS[last]
            elif base[:1] in "wWb":
                axes, before, after = biases if base[:1] == "b" else weights, _WIDTHS[layer - 1], _WIDTHS[layer]
            else:
                axes, before, after = inputs, _WIDTHS[0], _WIDTHS[last]
            lengths = {"i": before, "o": after, "m": _MANY, "1": 1}
            made.append(tuple(lengths[axis] for axis in axes))
        yield made


def _parameters(function: ast.FunctionDef) -> list[tuple[str, bool]]:
    """The names of the parameters, and whether each has a default."""
    listed = [*function.args.posonlyargs, *function.args.args]
    without = len(listed) - len(function.args.defaults)
    return [(one.arg, number >= without) for number, one in enumerate(listed)]


def _returned(function: ast.FunctionDef) -> list[str]:
    """The names of what a function returns, empty where it is no name."""
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    if not returns:
        return [""]
    value = returns[-1]
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return [one.id if isinstance(one, ast.Name) else "" for one in parts]


def _arguments(
    function: ast.FunctionDef, passed: list[str], results: list[str], given: Mapping[str, Any]
) -> Iterator[str]:
    """What to call the backward function with: inputs by their names, the rest in the order of the results."""
    rest = results[1:]
    for name, default in _parameters(function):
        if name in passed or name in results or name in given:
            yield f"{name}={name}"
        elif name.startswith(("d", "grad", "upstream", "g")) and f"d{results[0]}" not in rest and not default:
            yield f"{name}=d{results[0]}"
        elif rest and not default:
            yield f"{name}={rest.pop(0)}"
