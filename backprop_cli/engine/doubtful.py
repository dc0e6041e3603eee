"""Which numbers of finished passes may have fewer than six right digits: the passes again, with rounding exaggerated.

Every result that is rounded is moved by about a thousand times what rounding can have moved it (J. Vignes, "A
stochastic arithmetic for reliable scientific computation", 1993, with one run of larger moves in the place of several).
A number that moves by less than a millionth has its six digits; any other is doubtful, not wrong: `true_numbers`
decides. It sees what no bound of first order does, cancellation in matrix products and gradual underflow included, and
asks no gate for its second derivatives.
"""

from __future__ import annotations

from math import inf

from backprop_cli.engine import exaggerated_numbers as numbers
from backprop_cli.engine.apart import AllFinite, Doubtful, all_moved, moved_far, nothing
from backprop_cli.engine.exaggerated import Again, AgainExactly
from backprop_cli.engine.passes import Backward, quiet
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import TYPE_CHECKING, Any, Mapping, Sequence
from backprop_cli.numeric.shapes import size

if TYPE_CHECKING:
    from backprop_cli.engine.pinned import Pins

_RUNS = 3
_FEW = 100_000  # elements; of more, what is made on the way is worth being kept small


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
            return _doubtful_arrays(graph, values, output, 0, passed, active)
    if graph.is_large:
        from backprop_cli.engine.exaggerated_columns import are_sure

        if are_sure(graph, values, passed, active):
            return Doubtful({}, {})
    values, passed = plainly(values, passed)
    found = _doubtful_numbers(Again(graph, values, output), passed, active, one=True)
    if found:  # was it rounded at all?
        found = _doubtful_numbers(AgainExactly(graph, values, output), passed, active)
    return found


def plainly(values: Sequence[Value], passed: Backward | None) -> tuple[list[Value], Backward | None]:
    """The numbers of a pass as lists."""
    return list(values), passed and passed._replace(grads=list(passed.grads))


def doubtful_again(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    found: Doubtful,
    passed: Backward | None = None,
    active: bytearray | None = None,
    known: Pins | None = None,
) -> Doubtful:
    """Those of doubtful numbers that several runs with smaller moves, sixty times the rounding, leave doubtful.

    Elements that happen to be near 0 in a large array are not lost, and there is one in every other network. Elements
    that are `known` move nothing.
    """
    if not graph.shapes:
        return _numbers_again(graph, *plainly(values, passed), output, found, active)
    with quiet(graph):
        runs = _of_elements(graph, values, output, found, passed, active) if known is None else None
        if runs is None:
            runs = [_doubtful_arrays(graph, values, output, run, passed, active, known) for run in range(1, _RUNS + 1)]
    of_values, of_grads = [run.values for run in runs], [run.grads for run in runs]
    return Doubtful(_met(found.values, of_values), _met(found.grads, of_grads))


def _numbers_again(
    graph: Graph, values: Sequence[Value], passed: Backward | None, output: int, found: Doubtful,
    active: bytearray | None,
) -> Doubtful:  # fmt: skip
    """The same of numbers alone: what a run leaves doubtful is not looked at in the next."""
    open_ = found
    for run in range(1, _RUNS + 1):
        if not open_:
            break
        last = min(open_.grads, default=output + 1)
        left = _doubtful_numbers(Again(graph, values, output, run), passed, active, last)
        open_ = Doubtful(*({n: True for n in here if n not in there} for here, there in zip(open_, left, strict=True)))
    return Doubtful(*({n: True for n in here if n not in there} for here, there in zip(found, open_, strict=True)))


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


def _of_elements(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    found: Doubtful,
    passed: Backward | None,
    active: bytearray | None,
) -> list[Doubtful] | None:
    """The runs over the doubtful elements alone; None where elements depend on each other."""
    from backprop_cli.engine.by_elements import elements_of, plan
    from backprop_cli.engine.doubtful_pieces import Passes

    of = plan(graph, values, output)
    places = elements_of(found, graph, values, of, passed) if of else None
    if of is None or places is None:
        return None
    beyond = _leaves_are_finite(graph, values, output)
    runs = (Again(graph, values, output, run, of.before) for run in range(1, _RUNS + 1))
    return [Passes(again, of, passed, active, beyond, places).of_elements() for again in runs]


def _doubtful_arrays(
    graph: Graph, values: Sequence[Value], output: int, run: int, passed: Backward | None, active: bytearray | None,
    known: Pins | None = None,
) -> Doubtful:  # fmt: skip
    beyond = _leaves_are_finite(graph, values, output)
    if known is None and any(size(shape) > _FEW for shape in graph.shapes):
        from backprop_cli.engine.by_elements import plan
        from backprop_cli.engine.doubtful_pieces import Passes

        if of := plan(graph, values, output):
            found = Passes(Again(graph, values, output, run, of.before), of, passed, active, beyond).doubtful()
            if found is not None:
                return found
    asked = active if passed is not None else bytes(len(graph))
    if known is None:
        again = Again(graph, values, output, run, active=asked)
    else:
        from backprop_cli.engine.pinned import Pinned

        again = Pinned(graph, values, output, run, asked, known)
    compared = [None if node in again.near else x for node, x in enumerate(values[: output + 1])]
    doubted = all_moved(graph, compared, again.values, beyond)
    if passed is None:
        return Doubtful(doubted, {})
    grads, there = list(passed.grads), again.backward(passed, active)
    for node, moved in enumerate(there):
        if active is not None and not active[node]:
            grads[node] = None
        elif grads[node] is None and moved is not None:  # a kink that ignores it here, and not there
            grads[node] = nothing(graph.shape(node))
    return Doubtful(doubted, all_moved(graph, grads, there, beyond))


def _doubtful_numbers(
    again: Again, passed: Backward | None, active: bytearray | None, last: int = 0, *, one: bool = False
) -> Doubtful:
    """The same of numbers alone, which are compared on the way: mostly there is nothing left to do.

    Of gradients those from the `last` node on; if `one` is enough, they may be some of them.
    """
    there, far = numbers.backward(again, passed.grads, active, last, one=one) if passed is not None else ([], [])
    if not (again.far or far):
        return Doubtful({}, {})
    inputs, values = again.graph.inputs, again.before[: again.output + 1]
    beyond = _leaves_are_finite(again.graph, values, again.output)

    def moved(nodes: Sequence[int], here: Sequence[Value | None], there: Sequence[Value | None]) -> dict[int, Any]:
        found = [node for node in sorted(nodes) if inputs[node] or here[node] is not there[node]]
        finite = {node: abs(here[node] or 0.0) < inf for node in found}  # which did move
        return {node: True for node in found if finite[node] or moved_far(here[node], there[node] or 0.0, beyond)}

    return Doubtful(moved(again.far, values, again.values), moved(far, passed.grads if passed else (), there))


def _leaves_are_finite(graph: Graph, values: Sequence[Value], output: int) -> AllFinite:
    return AllFinite([x for x, operands in zip(values[: output + 1], graph.inputs, strict=False) if not operands])
