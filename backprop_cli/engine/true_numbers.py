"""The true value of doubtful numbers: the same passes over numbers of many digits, until more digits change nothing.

The true number is that of the formula as it is written, at the doubles that were bound.
"""

from __future__ import annotations

from math import isfinite

from backprop_cli.engine.apart import SIX_DIGITS, Doubtful, nothing
from backprop_cli.engine.doubtful import doubtful_again, plainly
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.settling import LEAST, MOST_WORK, is_finite, reach, settled, work_of
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.gates.fields import Field
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import TYPE_CHECKING, Any, Callable, Iterator, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.digits import working, written
from backprop_cli.numeric.shapes import Shape

if TYPE_CHECKING:
    from backprop_cli.engine.alone import Alone
    from backprop_cli.engine.pinned import Pins


class _Number(NamedTuple):
    node: int
    of_gradient: bool
    element: tuple[int, ...]
    ours: float
    id: int  # of its node in the graph of numbers


def true_numbers(
    graph: Graph,
    values: Sequence[Value],
    found: Doubtful,
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
    upstream: Value = 1.0,
    share: float = 1.0,
) -> list[TrueNumber]:
    """The doubtful numbers that are not right to six digits, each with the true one, and those nobody can tell."""
    if not graph.shapes:
        values, passed = plainly(values, passed)
    right = list[TrueNumber]()

    def items_of(found: Doubtful, few: Alone | None = None, known: Pins | None = None) -> list[TrueNumber]:
        decided = _in_digits(graph, values, found, output, passed, upstream, share, few, right)
        if decided is None:
            found = doubtful_again(graph, values, output, found, passed, active, known)
            few = _alone(graph, values, found, output, passed)
            if few is not None and list(map(len, few.found)) == list(map(len, found)):  # which are fewer now
                decided = _in_digits(graph, values, found, output, passed, upstream, share, few, right)
        if decided is None:
            open_ = (item for item in _listed(values, found, passed, _own) if isfinite(item.ours))
            return [TrueNumber(*item[:4], item.ours, "") for item in open_]
        return decided

    few = _alone(graph, values, found, output, passed)
    if few is None:
        return items_of(found)
    rest = Doubtful(
        *({n: x for n, x in all_.items() if n not in some} for all_, some in zip(found, few.found, strict=True))
    )
    items = items_of(few.found, few)
    if rest:
        from backprop_cli.engine.pinned import pins

        is_decided = all(item.known for item in items)
        items += items_of(rest, known=pins(few.found, values, passed, items + right) if is_decided else None)
    return sorted(items, key=lambda item: (item.of_gradient, item.node, item.element))


def last_digits(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
    upstream: Value = 1.0,
) -> list[TrueNumber] | None:
    """The numbers that are not right to their last digit, with the true ones; None if that is too much work."""
    if not graph.shapes:
        values, passed = plainly(values, passed)
    gates = [node for node in range(output + 1) if graph.inputs[node] or node in graph.attributes]
    grads = passed.grads if passed is not None else []
    found = Doubtful(
        {node: _every(values[node]) for node in gates},
        {node: _every(x) for node, x in enumerate(grads) if x is not None and (active is None or active[node])},
    )
    return _in_digits(graph, values, found, output, passed, upstream, 1.0, None, [], within=0.0)


def _every(value: Value) -> Any:
    return value == value if hasattr(value, "shape") else True


def _in_digits(
    graph: Graph,
    values: Sequence[Value],
    found: Doubtful,
    output: int,
    passed: Backward | None,
    upstream: Value,
    share: float,
    few: Alone | None,
    right: list[TrueNumber],
    within: float = SIX_DIGITS,
) -> list[TrueNumber] | None:
    """What many digits decide; None where they take more work than there may be. What is right goes to `right`."""
    numbers, given, end = graph, {name: values[node] for name, node in graph.variables.items()}, output
    id_of: Callable[..., int] = _own
    if graph.has_arrays:
        from backprop_cli.engine.unroll import unroll

        if few is not None:
            unrolled = unroll(few.graph, few.values, few.graph.output, budget=MOST_WORK // LEAST)
        else:
            weights = upstream if hasattr(upstream, "shape") else _ones(graph.shapes[output])
            unrolled = unroll(graph, values, output, weights, MOST_WORK // LEAST)
        if unrolled is None:
            return None
        numbers, given, end = unrolled.graph, unrolled.given, unrolled.output
        id_of = unrolled.id if few is None else lambda *at: unrolled.id(*few.there(*at))
        upstream = upstream if not graph.shapes[output] else 1.0
    if work_of([numbers, numbers])(LEAST) > share * MOST_WORK:
        return None
    doubts = list(_listed(values, found, passed, id_of))
    is_asked = passed is not None and found.grads
    return _decided(numbers, given, end, upstream if is_asked else None, doubts, share, right, within)


def _alone(
    graph: Graph, values: Sequence[Value], found: Doubtful, output: int, passed: Backward | None
) -> Alone | None:
    if not graph.has_arrays:
        return None
    from backprop_cli.engine.alone import alone

    return alone(graph, values, found, output, passed)


def _own(node: int, _: tuple[int, ...]) -> int:
    """The node of a graph of numbers that is one itself."""
    return node


def _ones(shape: Shape) -> Value:
    import numpy as np

    return np.ones(shape)


def _listed(
    values: Sequence[Value], found: Doubtful, passed: Backward | None, id_of: Callable[..., int]
) -> Iterator[_Number]:
    """Each doubtful number, with its node in the graph of numbers."""
    for of_gradient, marked in ((False, found.values), (True, found.grads)):
        for node, mask in marked.items():
            here: Any = passed.grads[node] if of_gradient and passed is not None else values[node]
            here = nothing(getattr(mask, "shape", ())) if here is None else here
            if type(here) is float:
                yield _Number(node, of_gradient, (), here, id_of(node, ()))
                continue
            import numpy as np

            for index in zip(*np.nonzero(mask), strict=True):
                place = tuple(map(int, index))
                yield _Number(node, of_gradient, place, float(here[place]), id_of(node, place))


def _decided(
    graph: Graph, given: Mapping[str, float], output: int, upstream: Value | None, doubts: list[_Number], share: float,
    right: list[TrueNumber], within: float,
) -> list[TrueNumber] | None:  # fmt: skip
    infinite = not all(isfinite(item.ours) for item in doubts)

    def answers(field: Field) -> tuple[Sequence[Any], Sequence[Any]]:
        numbers = forward(graph, given, field)
        passed = None if upstream is None else backward(graph, numbers, output, upstream, field=field)
        whole = numbers[output] if infinite else 0.0
        slopes = [slope for of_node in passed.locals for slope in of_node] if passed is not None else []
        return [whole, *(_of(item, numbers, passed) for item in doubts)], numbers + slopes

    def reached(unsteady: Sequence[bool], numbers: Sequence[Any]) -> list[bool]:
        values, grads = reach(graph, output, unsteady, numbers)
        return [False, *((grads if item.of_gradient else values)[item.id] for item in doubts)]

    answered = settled(answers, [graph, graph], reached, share)
    if not answered:
        return None
    whole, *found = answered
    exists = whole is not None and is_finite(whole)  # of an output that has no value no gradient does
    decided = []
    with working(LEAST):
        for item, x in zip(doubts, found, strict=True):
            if not isfinite(item.ours) and (x is None or (item.of_gradient and not exists)):
                continue  # said by the notes on what is not finite
            if x is None:
                decided.append(TrueNumber(*item[:4], item.ours, ""))
            else:
                (right if _right(item.ours, x, within) else decided).append(TrueNumber(*item[:4], float(x), text_of(x)))
    return decided


def _of(item: _Number, numbers: Sequence[Any], passed: Backward | None) -> Any:
    found = passed.grads[item.id] if item.of_gradient and passed is not None else numbers[item.id]
    return found if found is not None else 0.0


def _right(ours: float, true: Any, within: float) -> bool:
    """Whether a number is right to so small a part of it; of what is not finite the other notes speak."""
    if not isfinite(true):  # nor is any double near, but for the infinity of a large number's sign
        return ours == float(true) if is_finite(true) else not isfinite(ours)
    nearest = float(true) if within == 0 else true
    return bool(ours == nearest != 0 or abs(ours - true) <= within * abs(true))


def text_of(true: Any) -> str:
    """A number's first digits, also where no double is near."""
    return str(float(true)) if not is_finite(true) else written(true, 10) if true else "0"
