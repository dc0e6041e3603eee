"""What is odd about a pass: kinks, jumps, poles, the first gate that left the reals, lost gradients.

It leaves findings, as numbers; the report has the words. On an unsuspicious graph it costs a few C-speed scans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import inf, isfinite, isinf, isnan, nextafter
from typing import Any, NamedTuple

from backprop_cli.engine.backward import Backward
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import EDGE, JUMP, KINK, LOCALS, POLE, STEEP, VALUES, VANISH, Function
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph

_MARKED = frozenset(name for name, gate in GATES.items() if gate.kink or gate.jump or gate.edge)
_LEAVES = (INPUT, CONSTANT)
_MOST_OF_A_CODE = 20


class Finding(NamedTuple):
    """A note's code, which of its wordings, the node, positions of operands, another node, numbers.

    Of an array: the first element it is about, and how many elements it is about.
    """

    code: str
    wording: str
    node: int
    operands: tuple[int, ...] = ()
    other: int = -1
    numbers: tuple[float, ...] = ()
    element: tuple[int, ...] = ()
    elements: int = 1


def survey(
    graph: Graph, values: list[Any], passed: Backward | None = None, active: bytearray | None = None
) -> list[Finding]:
    """The findings, in the order of the nodes.

    `passed` is the backward pass (None after a forward pass alone) and `active` marks the nodes that depend on an
    input whose gradient was asked for: nobody hears of a slope that nobody asked for.
    """
    if graph.has_arrays:
        from backprop_cli.engine.survey_arrays import survey_arrays

        of_arrays = survey_arrays(graph, values, passed, active)
        return list(_bounded(sorted(of_arrays, key=lambda finding: finding.node)))
    if not _suspicious(graph, values, passed):
        return []
    live = _live(graph, values)
    found = [*_of_values(graph, values, live)]
    if passed is not None:
        assert active is not None
        felt = _felt(graph, values, passed, live)
        found += _of_slopes(graph, values, passed, active, felt)
        found += _of_flow(graph, passed, active, felt)
    return list(_bounded(sorted(found, key=lambda finding: finding.node)))


def _suspicious(graph: Graph, values: list[float], passed: Backward | None) -> bool:
    if not _MARKED.isdisjoint(graph.gates) or 0.0 in values or not all(map(isfinite, values)):
        return True
    if passed is None:
        return False
    grads = passed.grads
    return None in grads or 0.0 in grads or not all(map(isfinite, grads))


def _live(graph: Graph, values: list[float]) -> bytearray:
    """The nodes whose values are shown as results or lead to one: not those only a branch not taken needs.

    A statement nobody uses is a result too.
    """
    live = bytearray(b"\1") * len(values)
    for operands in graph.inputs:
        for j in operands:
            live[j] = 0
    live[graph.output] = 1
    for i in range(len(values) - 1, -1, -1):
        if not live[i]:
            continue
        operands = graph.inputs[i]
        if graph.gates[i] == "where":
            condition, yes, no = operands
            operands = (condition, yes if values[condition] else no)
        for j in operands:
            live[j] = 1
    return live


def _felt(graph: Graph, values: list[float], passed: Backward, live: bytearray) -> bytearray:
    """The nodes of which a small move can be felt at the output: not those a routing gate ignores.

    An operand whose partial is 0 everywhere (of floor, of a comparison) is felt: by jumps.
    """
    felt = bytearray(len(values))
    felt[graph.output] = 1
    for i in range(graph.output, -1, -1):
        if not felt[i]:
            continue
        gate = GATES.get(graph.gates[i])
        for position, j in enumerate(graph.inputs[i]):
            assert gate is not None
            if not live[j] or (
                gate.routes
                and passed.locals[i][position] == 0
                and gate.partials[0 if gate.variadic else position] != "0"
                and not _at(KINK, gate.kink, gate.name, [values[k] for k in graph.inputs[i]], values[i])
            ):
                continue
            felt[j] = 1
    return felt


def _at(conditions: Mapping[str, Function], text: str, gate: str, operands: list[float], out: float) -> bool:
    """Whether the gate is at a condition of its row."""
    return bool(text) and bool(conditions[gate](*operands, out))


def _of_values(graph: Graph, values: list[float], live: bytearray) -> Iterator[Finding]:
    """The first gates that left the reals, and values that underflowed."""
    for i, value in enumerate(values):
        if value != 0 and isfinite(value):
            continue
        gate = graph.gates[i]
        if gate in _LEAVES:
            if value != 0:
                yield Finding("nonfinite-input", "input", i, numbers=(value,))
            continue
        if not live[i]:
            continue
        row = GATES[gate]
        operands = [values[j] for j in graph.inputs[i]]
        if value == 0:
            if row.vanish and all(map(isfinite, operands)) and not _at(VANISH, row.vanish, gate, operands, value):
                yield Finding("underflow", "value", i)
        elif any(map(isnan, operands)):
            continue
        elif _at(POLE, row.pole, gate, operands, value):
            yield Finding("pole", "value", i)
        elif isnan(value):
            yield Finding("undefined", "value", i)
        elif all(map(isfinite, operands)):
            yield Finding("overflow", "value", i, numbers=(value,))


def _of_slopes(
    graph: Graph, values: list[float], passed: Backward, active: bytearray, felt: bytearray
) -> Iterator[Finding]:
    """Kinks, jumps, one-sided and infinite and undefined slopes of gates the gradient passes through."""
    for i, operand_ids in enumerate(graph.inputs):
        if not operand_ids or not felt[i] or not active[i]:
            continue
        gate = GATES[graph.gates[i]]
        out, local = values[i], passed.locals[i]
        if gate.name not in _MARKED and 0.0 not in local and all(map(isfinite, local)):
            continue
        operands = [values[j] for j in operand_ids]
        if isnan(out) or any(map(isnan, operands)):
            continue
        asked = [bool(active[j]) for j in operand_ids]
        yield from slopes_of_node(i, gate, operand_ids, operands, out, local, asked)


def slopes_of_node(
    i: int,
    gate: Gate,
    operand_ids: tuple[int, ...],
    operands: list[float],
    out: float,
    local: tuple[float, ...],
    asked: list[bool],
) -> Iterator[Finding]:
    """What is odd about the slopes of one gate at one point; `asked` says for each operand whether anyone asks."""
    if _at(KINK, gate.kink, gate.name, operands, out):
        yield from _kinks(i, gate, operand_ids, operands, local, asked)
    if _at(JUMP, gate.jump, gate.name, operands, out):
        yield Finding("jump", "comparison" if gate.truth else "value", i, numbers=tuple(operands))
    if asked[0] and _at(EDGE, gate.edge, gate.name, operands, out):
        yield Finding("one-sided", "slope", i, (0,), numbers=(local[0],))
    if local == (0.0,) and not gate.routes and _stays_zero(gate.name, operands[0]):
        yield Finding("underflow", "slope", i, (0,))
    for position, slope in enumerate(local):
        if isfinite(slope) or isinf(out) or not asked[position]:
            continue
        if isnan(slope):
            yield Finding("undefined", "slope", i, (position,))
        elif _at(STEEP, gate.steep, gate.name, operands, out):
            yield Finding("infinite", "slope", i, (position,), numbers=(slope,))
        else:
            yield Finding("overflow", "slope", i, (position,), numbers=(slope,))


def _stays_zero(gate: str, x: float) -> bool:
    """Whether the slope of a smooth gate is 0 around x too: then it is not 0 but too small."""
    around = (x + width for width in (-1e-3 * max(1.0, abs(x)), 1e-3 * max(1.0, abs(x))))
    return all(LOCALS[gate](near, VALUES[gate](near)) == (0.0,) for near in around)


def _kinks(
    node: int, gate: Gate, ids: tuple[int, ...], operands: list[float], local: tuple[float, ...], asked: list[bool]
) -> Iterator[Finding]:
    """The valid slopes at a kink: those just to the left and just to the right of each operand."""
    alike: dict[tuple[float, ...], tuple[int, ...]] = {}  # operands whose slopes are the same share a finding
    for j in islice(dict.fromkeys(ids), _MOST_OF_A_CODE):  # of a thousand tied operands, twenty tell the story
        first = ids.index(j)
        if not asked[first] or not isfinite(operands[first]):
            continue
        sides = []
        for towards in (-inf, inf):
            nudged = [nextafter(x, towards) if k == j else x for k, x in zip(ids, operands, strict=True)]
            slopes = LOCALS[gate.name](*nudged, VALUES[gate.name](*nudged))
            sides.append(sum(slope for k, slope in zip(ids, slopes, strict=True) if k == j))
        used = sum(slope for k, slope in zip(ids, local, strict=True) if k == j)
        if sides[0] != sides[1]:
            slopes = (min(sides), max(sides), used)
            alike[slopes] = (*alike.get(slopes, ()), first)
    wording = "tie" if gate.variadic else "slope"
    for slopes, positions in alike.items():
        yield Finding("kink", wording, node, positions, numbers=slopes)


def _of_flow(graph: Graph, passed: Backward, active: bytearray, felt: bytearray) -> Iterator[Finding]:
    """Products upstream × local that are no number, too large or too small, where neither factor is to blame."""
    grads = passed.grads
    senders: dict[int, int] = {}
    nan_into: set[int] = set()  # nodes that some contribution explains
    inf_into: set[int] = set()
    for i in range(graph.output, -1, -1):
        upstream = grads[i]
        if upstream is None or not active[i]:
            continue
        for position, (j, slope) in enumerate(zip(graph.inputs[i], passed.locals[i], strict=True)):
            if not active[j]:
                continue
            if slope == 0 and GATES[graph.gates[i]].routes:
                continue  # nothing is sent
            product = upstream * slope
            if isnan(product):
                nan_into.add(j)
            elif isinf(product):
                inf_into.add(j)
            if isnan(product) and not isnan(upstream) and not isnan(slope):
                senders = senders or _senders(graph, passed)
                yield Finding("undefined", "product", i, (position,), senders[i], (upstream, slope))
            elif isinf(product) and isfinite(upstream) and isfinite(slope):
                yield Finding("overflow", "gradient", i, (position,))
            elif product == 0 and upstream != 0 and slope != 0:
                yield Finding("underflow", "gradient", i, (position,))
    for j, grad in enumerate(grads):
        if grad is None or isfinite(grad) or not active[j] or not felt[j] or j == graph.output:
            continue
        if isnan(grad) and j not in nan_into:
            yield Finding("undefined", "sum", j)
        elif isinf(grad) and j not in inf_into:
            yield Finding("overflow", "sum", j)


def _senders(graph: Graph, passed: Backward) -> dict[int, int]:
    """For each node a gate that sends it its gradient: one whose slope is 0 or infinite if there is one."""
    senders: dict[int, int] = {}
    for i in range(graph.output, -1, -1):
        if passed.grads[i] is None:
            continue
        for j, slope in zip(graph.inputs[i], passed.locals[i], strict=True):
            if j not in senders or slope == 0 or isinf(slope):
                senders[j] = i
    return senders


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """At most twenty findings of a code, and how many more there were: a million kinks are one story."""
    seen: Counter[str] = Counter()
    beyond: dict[str, Finding] = {}
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _MOST_OF_A_CODE:
            yield finding
        else:
            beyond.setdefault(finding.code, finding)
    for code, first in beyond.items():
        yield Finding(code, "more", first.node, numbers=(seen[code] - _MOST_OF_A_CODE,))
