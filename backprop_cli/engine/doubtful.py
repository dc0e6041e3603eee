"""Which numbers of finished passes may have fewer than six right digits: the passes again, with rounding exaggerated.

Every result that is rounded is moved by about a thousand times what rounding can have moved it (J. Vignes, "A
stochastic arithmetic for reliable scientific computation", 1993, with one run of larger moves in the place of several).
A number that moves by less than a millionth has its six digits; any other is doubtful, not wrong: `true_numbers`
decides. It sees what no bound of first order does, cancellation in matrix products and gradual underflow included, and
asks no gate for its second derivatives.
"""

from __future__ import annotations

from math import inf, isfinite

from backprop_cli.engine import exaggerated_numbers as numbers
from backprop_cli.engine.exaggerated import Again, AgainExactly
from backprop_cli.engine.passes import Backward, quiet
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape
from backprop_cli.text import all_finite

SIX_DIGITS = 1e-6
_RUNS = 3


class Doubtful(NamedTuple):
    """The nodes whose value, and whose gradient, is doubtful; of an array with the mask of such elements."""

    values: dict[int, Any]
    grads: dict[int, Any]

    def __bool__(self) -> bool:
        return bool(self.values or self.grads)


def doubtful(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
) -> Doubtful:
    """The doubtful ones among the numbers of a pass to `output`, and of the backward pass if there was one."""
    if graph.shapes:
        with quiet(graph):
            return _doubtful(Again(graph, values, output), passed, active)
    found = _doubtful_numbers(Again(graph, values, output), passed, active)
    if found:  # was it rounded at all?
        found = _doubtful_numbers(AgainExactly(graph, values, output), passed, active)
    return found


def doubtful_again(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    found: Doubtful,
    passed: Backward | None = None,
    active: bytearray | None = None,
) -> Doubtful:
    """Those of doubtful numbers that several runs with smaller moves, sixty times the rounding, leave doubtful.

    Elements that happen to be near 0 in a large array are not lost, and there is one in every other network.
    """
    with quiet(graph):
        runs = [_doubtful(Again(graph, values, output, run), passed, active) for run in range(1, _RUNS + 1)]
    of_values, of_grads = [run.values for run in runs], [run.grads for run in runs]
    return Doubtful(_met(found.values, of_values), _met(found.grads, of_grads))


def _met(found: Mapping[int, Any], runs: Sequence[Mapping[int, Any]]) -> dict[int, Any]:
    """The masks of nodes, of what some run has as well."""
    left = {}
    for node, mask in found.items():
        again: Any = False
        for run in runs:
            again = again | run.get(node, False)
        both: Any = mask & again
        if both is True or (both is not False and both.any()):
            left[node] = both
    return left


def _doubtful(again: Again, passed: Backward | None, active: bytearray | None) -> Doubtful:
    if not again.graph.shapes:
        return _doubtful_numbers(again, passed, active)
    graph, values = again.graph, again.before[: again.output + 1]
    leaves = (x for x, operands in zip(values, graph.inputs, strict=False) if not operands)
    beyond = all(map(all_finite, leaves))  # an infinity that nobody gave may be an overflow
    doubted = _all_moved(graph, values, again.values, beyond)
    if passed is None:
        return Doubtful(doubted, {})
    grads, there = list(passed.grads), again.backward(passed, active)
    for node, moved in enumerate(there):
        if active is not None and not active[node]:
            grads[node] = None
        elif grads[node] is None and moved is not None:  # a kink that ignores it here, and not there
            grads[node] = nothing(graph.shape(node))
    return Doubtful(doubted, _all_moved(graph, grads, there, beyond))


def _doubtful_numbers(again: Again, passed: Backward | None, active: bytearray | None) -> Doubtful:
    """The same of numbers alone, which are compared on the way: mostly there is nothing left to do."""
    there, far = numbers.backward(again, passed.grads, active) if passed is not None else ([], [])
    if not (again.far or far):
        return Doubtful({}, {})
    inputs, values = again.graph.inputs, again.before[: again.output + 1]
    beyond = all(isfinite(x) for x, operands in zip(values, inputs, strict=False) if not operands)

    def moved(nodes: Sequence[int], here: Sequence[Value | None], there: Sequence[Value | None]) -> dict[int, Any]:
        found = [node for node in sorted(nodes) if inputs[node] or here[node] is not there[node]]
        return {node: True for node in found if _moved(here[node] or 0.0, there[node] or 0.0, beyond)}

    return Doubtful(moved(again.far, values, again.values), moved(far, passed.grads if passed else (), there))


def nothing(shape: Shape) -> Value:
    """The gradient that nobody has."""
    if not shape:
        return 0.0
    import numpy as np

    return np.zeros(shape)


def _all_moved(
    graph: Graph, here: Sequence[Value | None], there: Sequence[Value | None], beyond: bool
) -> dict[int, Any]:
    """Where the numbers of nodes moved by too much; a gradient that nobody has is 0."""
    found, masks = {}, {}
    for node, (x, y) in enumerate(zip(here, there, strict=False)):
        if x is None or (type(x) is float and type(y) is float and abs(y - x) <= SIX_DIGITS * abs(x) < inf):
            continue
        if x is y and not graph.inputs[node]:  # a leaf, as it was given
            continue
        both = id(x), id(y)  # what a sum sends is one array in many places
        if both not in masks:
            masks[both] = _moved(x, 0.0 if y is None else y, beyond)
        if masks[both] is not False:
            found[node] = masks[both]
    return found


def _moved(here: Value, there: Value, beyond: bool) -> Any:
    """Where a number moved by too much: a truth or a mask. What is not finite has, if it may be an overflow."""
    if type(here) is float and type(there) is float:
        if here - here != 0:
            return beyond
        return here != there and not abs(there - here) <= SIX_DIGITS * abs(here)
    import numpy as np

    from backprop_cli.numeric.blocks import near

    if getattr(here, "shape", ()) and near(here, there, SIX_DIGITS):
        return False
    finite = np.isfinite(here)
    mask = finite & _is_far(here, there) | (~finite if beyond else False)
    return mask if mask.any() else False


def _is_far(here: Any, there: Any) -> Any:
    near = SIX_DIGITS * abs(here)
    return ~((abs(there - here) <= near) & (near < inf))
