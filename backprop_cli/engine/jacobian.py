"""Whole Jacobians: a backward pass for every element of the output, or a forward sweep for every element of an input.

Layout: the axes of the output first, then those of the variable, so that J[i, j] = ∂output[i]/∂variable[j].
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.passes import Backward, backward
from backprop_cli.engine.tangent import tangent
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Mapping, NamedTuple
from backprop_cli.numeric.shapes import Shape, size
from backprop_cli.text import bytes_written


class Jacobian(NamedTuple):
    """`values` has the shape (*output's, *variable's); `mode` is forward or reverse, `passes` how many it took."""

    values: Any
    mode: str
    passes: int


def afford(graph: Graph, targets: Mapping[str, int], max_elements: int) -> None:
    """Raise BackpropError (L701) if a Jacobian with respect to one of the targets has more elements than that."""
    rows = size(graph.shapes[graph.output])
    for name, node in targets.items():
        columns = size(graph.shapes[node])
        if rows * columns > max_elements:
            message = (
                f"the Jacobian with respect to `{shorten(name)}` has {rows:,} × {columns:,} elements "
                f"({bytes_written(8 * rows * columns)})"
            )
            help_ = "`--anatomy` tells what it is without forming it; `--max-elements` raises the limit"
            raise BackpropError(Diagnostic("L701", message, (graph.label(graph.output),), help_))


def cheaper_mode(graph: Graph, node: int, output: int) -> str:
    """The mode that takes fewer passes; reverse where both take as many."""
    return "forward" if size(graph.shapes[node]) < size(graph.shapes[output]) else "reverse"


def jacobian(
    graph: Graph, values: list[Value], passed: Backward, active: bytearray, node: int, output: int, mode: str = "auto"
) -> Jacobian:
    """∂output/∂node. `passed` is any backward pass: the slopes are taken from it."""
    chosen = cheaper_mode(graph, node, output) if mode == "auto" else mode
    rows, columns = graph.shapes[output], graph.shapes[node]
    out = np.zeros((size(rows), size(columns)))
    if chosen == "reverse":
        known = dict(enumerate(passed.locals))
        for row in range(len(out)):
            grad = backward(graph, values, output, _one(rows, row), active, known=known).grads[node]
            out[row] = 0.0 if grad is None else np.ravel(grad)
    else:
        for column in range(out.shape[1]):
            rate = tangent(graph, passed.locals, {node: _one(columns, column)}, values)[output]
            out[:, column] = np.ravel(np.broadcast_to(rate, rows))
    return Jacobian(out.reshape(rows + columns) + 0.0, chosen, len(out) if chosen == "reverse" else out.shape[1])


def _one(shape: Shape, place: int) -> Value:
    """Zeros with a 1 at the place."""
    out = np.zeros(shape)
    out.flat[place] = 1.0
    return out


def random_upstream(shape: Shape) -> Value:
    """Weights for the elements of an output, none of them special: the same on every machine."""
    weights = np.random.RandomState(1).uniform(0.5, 1.5, shape)
    return weights if shape else 1.0
