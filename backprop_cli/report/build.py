"""A finished pass to a Report."""

from __future__ import annotations

from math import inf

from backprop_cli.engine.anomalies import Anomaly
from backprop_cli.engine.passes import Backward, quiet
from backprop_cli.engine.true_number import TrueNumber, put_in_place
from backprop_cli.errors import Status
from backprop_cli.graph import Graph, Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.graph.names import output_name
from backprop_cli.lean import TYPE_CHECKING, Collection, Mapping, Sequence
from backprop_cli.report.model import TROUBLE, Note, Report, Step
from backprop_cli.report.rows import Columns, gradient_at
from backprop_cli.text import all_finite

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check


def build(
    graph: Graph,
    values: list[Value],
    anomalies: Sequence[Anomaly],
    *,
    passed: Backward | None = None,
    active: bytearray = bytearray(),  # noqa: B008  never written to
    wrt: Mapping[str, int] | None = None,
    check: Check | None = None,
    rate: float | None = None,
    seed: Value = 1.0,
    strict: bool = False,
    expand: Collection[str] | None = (),
    untrue: Sequence[TrueNumber] = (),
    exact: bool | float = False,
) -> Report:
    """The report of a forward pass, or of a backward pass with respect to `wrt` (name: node).

    `expand` names the user's gates whose inside is shown, None for all. With `exact` the true numbers stand in the
    place of those that are not right, in the report as in the passes.
    """
    if untrue:
        from backprop_cli.report import true_numbers

        anomalies = true_numbers.without_repeated(anomalies, untrue, graph)
    if exact:
        put_in_place(values, passed, untrue)
        untrue = [item for item in untrue if not item.is_representable]
    gradients = {}
    if passed is not None:
        gradients = {name: gradient_at(graph, passed, node) for name, node in (wrt or {}).items()}
    step = None
    if rate is not None:
        with quiet(graph):
            step = Step(rate, {name: values[node] - rate * gradients[name] for name, node in (wrt or {}).items()})
    asked = set((wrt or {}).values())
    made, lost = list[Note](), False
    if anomalies or untrue or check is not None or graph.remarks:
        made, lost = _said(graph, values, anomalies, untrue, passed, check, asked)
    if passed is not None and not wrt:
        made.append(Note("reading", "the program has no inputs: there is nothing to differentiate", None, (0, 0)))
    value = values[graph.output]
    numbers = [value, *gradients.values(), *(step.updated.values() if step else ())]
    finite = all(map(all_finite, numbers))
    if not finite and not made and inf in [x for x in graph.constants.values() if type(x) is float]:
        words = "an infinity that the program writes reaches the result"
        made.append(Note("nonfinite-input", words, graph.output, graph.span(graph.output)))
    status = Status.OK
    if lost or not finite or (made and (strict or any(n.code in TROUBLE for n in made))):
        status = Status.MATHEMATICS
    if check is not None and check.verdict == "disagree":
        status = Status.DISAGREES
    columns = Columns(graph, values, passed, active)
    if graph.subgraphs:
        from backprop_cli.report.subgraphs import fold, moved_notes

        columns = fold(columns, expand)
        made = moved_notes(made, columns)
    return Report(
        kind="grad" if passed is not None else "eval",
        source=graph.source,
        output=output_name(graph),
        value=value,
        gradients=gradients,
        notes=tuple(made),
        check=check,
        step=step,
        seed=seed,
        status=status,
        columns=columns,
        untrue=tuple(untrue),
    )


def _said(
    graph: Graph, values: list[Value], anomalies: Sequence[Anomaly], untrue: Sequence[TrueNumber],
    passed: Backward | None, check: Check | None, asked: set[int],
) -> tuple[list[Note], bool]:  # fmt: skip
    """What is to be said of a pass, and whether a number of it is lost."""
    from backprop_cli.report import true_numbers
    from backprop_cli.report.notes import lost_notes, notes

    told = {item.node for item in untrue if item.of_gradient}
    made = [
        *notes(graph, values, anomalies),
        *true_numbers.notes(graph, untrue, asked),
        *lost_notes(graph, check, told),
    ]
    needed = ancestors(graph, graph.output) if untrue else b""
    lost = any(item.of_gradient or needed[item.node] for item in untrue) or bool(check is not None and check.lost)
    return made, lost or any(true_numbers.is_lost(graph, passed, anomaly, asked) for anomaly in anomalies)
