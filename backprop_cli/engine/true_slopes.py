"""The derivative where the chain rule has none: 0 times an infinite slope, or a slope that does not exist on the way.

sqrt(x^4) at 0 has the derivative 0, cbrt(x)^3 has 1, and (-x)^(x^0) has -1 wherever x is. There the values decide, with
so many digits that steps may be smaller than any double: the quotients of both sides agree, and go on to agree.
"""

from __future__ import annotations

from math import nan

from backprop_cli.engine.passes import Backward, forward
from backprop_cli.engine.settling import MOST_WORK, is_finite, work_of
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.engine.true_numbers import text_of
from backprop_cli.gates.fields import DIGITS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Collection, Iterator, Mapping, Sequence
from backprop_cli.numeric.digits import last_place, number, working
from backprop_cli.text import all_finite, has_nan

_DIGITS = 2000
_STEPS = ("1e-50", "1e-400")  # of the input's size; beside the second no number of a formula is small
_SHRUNK = number("1e-20")  # what is smaller by so much at the second step goes to 0
_SAME = number("1e-12")
_LOST = number("1e20")  # units in the last place of a value, of which a difference has no digits


def true_slopes(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    passed: Backward,
    upstream: Value = 1.0,
    gradients: Collection[int] | None = None,
) -> list[TrueNumber]:
    """The gradients of inputs, of those in `gradients`, that are NaN though difference quotients tell the number."""
    asked = [node for node in graph.variables.values() if gradients is None or node in gradients]
    asked = [node for node in asked if has_nan(passed.grads[node])]
    leaves = (values[node] for node in graph.variables.values())
    if not asked or not all(map(all_finite, (values[output], upstream, *leaves))) or any(map(has_nan, values)):
        return []
    numbers, given, end, weight = graph, {name: values[j] for name, j in graph.variables.items()}, output, upstream
    places: list[tuple[int, tuple[int, ...], int]] = [(node, (), node) for node in asked]
    if graph.has_arrays:
        # A tensor gate that chooses would be written out with the choice it made, which may end here.
        if any(TENSORS[gate].routes or TENSORS[gate].notes for gate in graph.gates if gate in TENSORS):
            return []
        from backprop_cli.engine.unroll import unroll

        unrolled = unroll(graph, values, output, _like(graph, output, upstream), MOST_WORK // _DIGITS)
        if unrolled is None:
            return []
        numbers, given, end = unrolled.graph, unrolled.given, unrolled.output
        weight = upstream if not graph.shapes[output] else 1.0
        places = [(node, *place) for node in asked for place in _undefined(passed.grads[node], unrolled.ids(node))]
    if work_of([numbers] * (2 * len(_STEPS) * len(places) + 1))(_DIGITS) > MOST_WORK:
        return []
    names = {node: name for name, node in numbers.variables.items()}
    found = []
    with working(_DIGITS):
        for node, element, leaf in places:
            slope = _slope(numbers, given, end, names[leaf])
            if slope is not None:
                true = slope * number(weight)
                found.append(TrueNumber(node, True, element, nan, float(true), text_of(true), by_quotients=True))
    return found


def _like(graph: Graph, output: int, upstream: Value) -> Value:
    import numpy as np

    return upstream if hasattr(upstream, "shape") else np.full(graph.shapes[output], upstream)


def _undefined(grad: Any, ids: Any) -> Iterator[tuple[tuple[int, ...], int]]:
    """The elements that are NaN, and their inputs in the graph of numbers."""
    import numpy as np

    for place, undefined in np.ndenumerate(np.isnan(grad)):
        if undefined:
            yield place, int(ids[place])


def _slope(graph: Graph, given: Mapping[str, float], output: int, name: str) -> Any:
    """The derivative by `name`; None where the sides differ, go on to differ, or one has no value."""
    here = number(given[name])
    middle = forward(graph, given, DIGITS)[output]
    means, gaps = [], []
    for step in _STEPS:
        width = number(step) * (abs(here) or 1)
        above, below = (forward(graph, {**given, name: here + side}, DIGITS)[output] for side in (width, -width))
        right, left = (above - middle) / width, (middle - below) / width
        if not (is_finite(right) and is_finite(left)):
            return None
        if above != below and abs(above - below) <= _LOST * last_place() * abs(middle):
            return None
        means.append((right + left) / 2)
        gaps.append(abs(right - left))
    if gaps[1] > max(_SAME * abs(means[1]), _SHRUNK * gaps[0]):
        return None
    if abs(means[1]) <= _SHRUNK * abs(means[0]):
        return number(0)
    return means[1] if abs(means[1] - means[0]) <= _SAME * abs(means[1]) else None
