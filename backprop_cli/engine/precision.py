"""Six right digits, or the true number: what is promised of every number of a pass.

`doubtful` finds the numbers for which doubles cannot vouch, at the price of another pass; `true_numbers` decides on
those with as many digits as it takes, and is imported where there are any.
"""

from __future__ import annotations

from backprop_cli.engine.apart import Doubtful, nothing
from backprop_cli.engine.doubtful import doubtful
from backprop_cli.engine.passes import Backward, backward
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Collection, Iterator, Sequence
from backprop_cli.numeric.shapes import Shape, size
from backprop_cli.text import has_nan

_PASSES = 2.0  # as much work as that many, in many digits, for all the rows of a Jacobian


def untrue_jacobian(
    graph: Graph, values: Sequence[Value], output: int, targets: Collection[int], active: bytearray
) -> list[TrueNumber]:
    """The elements of Jacobians that are not right: of the gradients of each element of the output, one by one.

    Their `element` has the output's index first. Of the values themselves nothing is said.
    """
    found = []
    shape = graph.shape(output)
    share = min(1.0, _PASSES / (size(shape) or 1))
    for place, upstream in ones(shape):
        passed = backward(graph, values, output, upstream, active)
        items = untrue_numbers(graph, values, output, passed, active, upstream, gradients=targets, share=share)
        found += [item._replace(element=(*place, *item.element)) for item in items]
    return found


def ones(shape: Shape) -> Iterator[tuple[tuple[int, ...], Value]]:
    """For each element of a shape its index, and zeros with a 1 there; of a number 1."""
    if not shape:
        yield (), 1.0
        return
    import numpy as np

    for place in np.ndindex(*shape):
        upstream = np.zeros(shape)
        upstream[place] = 1.0
        yield place, upstream


def untrue_numbers(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
    upstream: Value = 1.0,
    *,
    gradients: Collection[int] | None = None,
    share: float = 1.0,
    exact: bool | float = False,
) -> list[TrueNumber]:
    """The numbers of a pass that are not right to six digits, with the true ones.

    Where `gradients` are given, only the gradients of these nodes. `share` is that of the work there may be. If they
    are to be `exact` (True), to the last digit, where that is not too much work.
    """
    items = _last_digits(graph, values, output, passed, active, upstream) if exact is True else None
    if items is None:
        found = doubtful(graph, values, output, passed, active)
        if gradients is not None:
            found = Doubtful({}, {node: mask for node, mask in found.grads.items() if node in gradients})
        items = []
        if found:
            from backprop_cli.engine.true_numbers import true_numbers

            items = true_numbers(graph, values, found, output, passed, active, upstream, share)
    if passed is None:
        return items
    for item in items:
        if item.of_gradient and passed.grads[item.node] is None:
            passed.grads[item.node] = nothing(graph.shape(item.node))
    if any(map(has_nan, [passed.grads[node] for node in graph.variables.values()])):
        from backprop_cli.engine.true_slopes import true_slopes

        told = true_slopes(graph, values, output, passed, upstream, gradients)
        places = {(item.node, item.element) for item in told}
        items = [item for item in items if not (item.of_gradient and (item.node, item.element) in places)] + told
    return items


def _last_digits(
    graph: Graph, values: Sequence[Value], output: int, passed: Backward | None, active: bytearray | None,
    upstream: Value,
) -> list[TrueNumber] | None:  # fmt: skip
    from backprop_cli.engine.true_numbers import last_digits

    return last_digits(graph, values, output, passed, active, upstream)
