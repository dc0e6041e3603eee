"""The pipeline as a handful of verbs: text and values in, a Report out, a Report to text.

The commands call these and nothing below them.
"""

from __future__ import annotations

from math import nan

from backprop_cli.engine.anomalies import find_anomalies
from backprop_cli.engine.passes import backward, forward
from backprop_cli.engine.precision import untrue_jacobian, untrue_numbers
from backprop_cli.errors import BackpropError, Diagnostic, Source, Status
from backprop_cli.lean import TYPE_CHECKING, Any, Mapping, Sequence
from backprop_cli.remembered import known_gradients, session_of
from backprop_cli.render.style import Style
from backprop_cli.report import Report, build
from backprop_cli.session import Number, Session, open_session

if TYPE_CHECKING:
    from backprop_cli.graph import Graph, Value
    from backprop_cli.report.jacobians import JacobianReport


def evaluate(expression: str | Source, bindings: Mapping[str, Number] | None = None, /, **values: Any) -> Report:
    """The value of an expression and of every node in it.

    Values come as keywords (`evaluate("x*y", x=2, y=3)`) or in a mapping, for names that are options here. What every
    verb can be asked, `defaults strict allow_nonfinite exact seed max_nodes max_elements use expand`: see `Options`.

    Raises BackpropError if the text, a value or a shape is wrong, or a limit is passed.
    """
    return _evaluated(session_of(expression, bindings, values))


def _evaluated(session: Session) -> Report:
    graph, options = session.graph, session.options
    numbers = forward(graph, session.values)
    anomalies = find_anomalies(graph, numbers, graph.output)
    untrue = untrue_numbers(graph, numbers, graph.output, exact=options.exact)
    return build(
        graph, numbers, anomalies, strict=options.strict, expand=session.shown, untrue=untrue, exact=options.exact
    )


def grad(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    seed_grad: Number = 1.0,
    check: bool = True,
    check_seconds: float = 2.0,
    rate: Number | None = None,
    step: Number | None = None,
    **values: Any,
) -> Report:
    """The gradient of an expression with respect to every input, or to the names in `wrt`, and of every node.

    `wrt` may name intermediates. `seed_grad` is the gradient that arrives at the output, of the output's shape; an
    output that is an array needs one. `check` cross-checks with SymPy; `check_seconds` bounds the differentiation of
    the whole formula, past which gates are checked one by one: in steps of work, of which a second has three million,
    so that a busy machine gives the same answer. `rate` is a learning rate, `step` its old name: the report then has
    x - rate · df/dx. Values and options are given as to `evaluate`.

    Raises BackpropError as `evaluate` does, and if `wrt` names nothing in the expression.
    """
    if not check and (known := known_gradients(expression, bindings, values, wrt, seed_grad, rate, step)):
        return known
    session = session_of(expression, bindings, values, seed_grad, rate, step)
    if rate is not None and step is not None:
        raise BackpropError(Diagnostic("U801", "`rate` and `step` are two names of one thing", (), "give `rate` alone"))
    targets, upstream, given = session.targets(wrt), session.upstream(seed_grad), step if rate is None else rate
    along = None if given is None else session.read(given, "--rate")
    return grad_at(session, targets, upstream, along, check=check, check_seconds=check_seconds)


def grad_at(
    session: Session,
    targets: Mapping[str, int],
    upstream: Value = 1.0,
    rate: float | None = None,
    *,
    check: bool,
    check_seconds: float = 2.0,
) -> Report:
    """The gradients of the session's graph, at its values, with respect to nodes under names."""
    graph = session.graph
    numbers = forward(graph, session.values)
    active = graph.dependents(set(targets.values()))
    passed = backward(graph, numbers, graph.output, upstream, active)
    anomalies = find_anomalies(graph, numbers, graph.output, passed, active)
    untrue = untrue_numbers(graph, numbers, graph.output, passed, active, upstream, exact=session.options.exact)
    verdict = None
    if check:
        from backprop_cli.check.cross_check import cross_check

        verdict = cross_check(
            graph, numbers, passed, active, targets, anomalies, seed=upstream, seconds=check_seconds, untrue=untrue,
            exact=session.options.exact,
        )  # fmt: skip
    report = build(
        graph, numbers, anomalies, passed=passed, active=active, wrt=targets, check=verdict, rate=rate, seed=upstream,
        strict=session.options.strict, expand=session.shown, untrue=untrue, exact=session.options.exact,
    )  # fmt: skip
    if check and report.columns.folded:
        from backprop_cli.check.closed_form import slopes

        report = report._replace(slopes=slopes(graph, [view.subgraph for view in report.columns.folded], check_seconds))
    return report


def jacobian(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    mode: str = "auto",
    anatomy: bool = False,
    check: bool = True,
    **values: Any,
) -> JacobianReport:
    """The Jacobian of an expression with respect to each input, or to the names in `wrt`.

    `report.jacobians[x]` has the shape (*output's, *x's): J[i, j] = ∂output[i]/∂x[j]. `mode` is forward (a sweep for
    each element of x), reverse (a backward pass for each element of the output), or auto, the fewer. With `anatomy`
    no Jacobian is formed: the report says of each gate what its Jacobian is and what is used instead. The rest is as
    for `grad`; a Jacobian of more than `max_elements` elements is a BackpropError too.
    """
    session = open_session(expression, bindings, values)
    graph, targets = session.with_shapes(), session.targets(wrt)
    return jacobian_at(graph, targets, session, mode=mode, anatomy=anatomy, check=check)


def jacobian_at(
    graph: Graph, targets: Mapping[str, int], session: Session, *, mode: str, anatomy: bool, check: bool
) -> JacobianReport:
    """The Jacobian of a graph with shapes, at the session's values."""
    from backprop_cli.engine.jacobian import afford, random_upstream
    from backprop_cli.engine.jacobian import jacobian as whole
    from backprop_cli.report.jacobian_structure import anatomy as parts_of
    from backprop_cli.report.jacobians import Block, JacobianReport

    options = session.options
    if not anatomy:
        afford(graph, targets, options.max_elements)
    numbers = forward(graph, session.values)
    active = graph.dependents(set(targets.values()))
    upstream = random_upstream(graph.shapes[graph.output])
    passed = backward(graph, numbers, graph.output, upstream, active)
    anomalies = find_anomalies(graph, numbers, graph.output, passed, active)
    verdict = None
    if check and not anatomy:
        from backprop_cli.check.cross_check import cross_check

        verdict = cross_check(graph, numbers, passed, active, targets, anomalies, seed=upstream)
        if graph.shapes[graph.output]:  # its formulas are those of a weighed sum, which nobody asked for
            verdict = verdict._replace(formulas={})
    blocks = []
    for name, node in () if anatomy else targets.items():
        found = whole(graph, numbers, passed, active, node, graph.output, mode)
        blocks.append(Block(name, graph.shapes[node], found.values, found.mode, found.passes))
    untrue = untrue_numbers(graph, numbers, graph.output, exact=options.exact)
    if not anatomy:
        untrue += untrue_jacobian(graph, numbers, graph.output, set(targets.values()), active)
    report = build(
        graph, numbers, anomalies, passed=passed, active=active, wrt=targets, check=verdict, strict=options.strict,
        untrue=untrue,
    )  # fmt: skip
    return JacobianReport(
        graph.source, report.output, report.value, graph.shapes[graph.output], tuple(blocks),
        tuple(parts_of(graph, active)) if anatomy else (), report.notes, verdict, report.status,
    )  # fmt: skip


def has_inputs(expression: str | Source, /, **options: Any) -> bool:
    """Whether an expression has inputs, which need values. Raises BackpropError as `evaluate` does."""
    return bool(open_session(expression, None, dict(options), free=True, shapes=False).graph.variables)


def structure(expression: str | Source, /, **options: Any) -> Report:
    """The graph of an expression without values: every free name is an input, and nothing has a number.

    Only `draw` shows it. An expression without inputs has its values. Raises BackpropError as `evaluate` does.
    """
    session = open_session(expression, None, dict(options), free=True, shapes=False)
    if not session.graph.variables:
        return flow(expression, **options)
    unknown = build(session.graph, [nan] * len(session.graph), (), expand=session.shown)
    return unknown._replace(kind="structure", status=Status.OK)


def flow(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    seed_grad: Number | None = None,
    **values: Any,
) -> Report:
    """What a figure shows: `grad` without its check, and of an array that no gradient arrives at, its values.

    Raises BackpropError as `grad` does; without `seed_grad` an output that is an array has no gradient for `wrt`.
    """
    session = open_session(expression, bindings, values)
    if seed_grad is None and not wrt and session.graph.shape(session.graph.output):
        return _evaluated(session)
    upstream = session.upstream(1.0 if seed_grad is None else seed_grad)
    return grad_at(session, session.targets(wrt), upstream, check=False)


def render(report: Report, format: str = "plain", *, digits: int | None = None, ascii: bool = False) -> str:  # noqa: A002
    """The report as text in one of the formats `backprop_cli.FORMATS` names."""
    from backprop_cli.render import render as pieces

    return "".join(pieces(report, format, Style(digits=digits, ascii=ascii, rows=None)))


def steps(
    report: Report, phase: str = "", *, depth: int | None = None, collapse: bool = False, most: int | None = None
) -> list[tuple[str, int]]:
    """Every step that `draw` shows with the same options, of both passes or of the one: `("forward", 0)` and so on.

    Raises BackpropError (U801) where there are none.
    """
    from backprop_cli.report.animation import frame
    from backprop_cli.report.drawing import figure
    from backprop_cli.report.drawn_subgraphs import fold
    from backprop_cli.report.figure import MOST_NODES, PHASES

    whole = fold(figure(report, Style().figure_number, depth=depth, collapse=collapse, most=most or MOST_NODES))
    frame(whole, phase or "forward")
    return [
        (name, step)
        for name in ([phase] if phase else PHASES)
        for step in range(int(name == "backward"), 1 + whole.steps(name))
    ]


def draw(
    report: Report,
    format: str = "svg",  # noqa: A002
    *,
    edges: str = "",
    phase: str = "",
    step: int | None = None,
    depth: int | None = None,
    collapse: bool = False,
    most: int | None = None,
    theme: str = "",
    max_width: int | None = None,
    direction: str = "",
    style: Style | None = None,
) -> str:
    """The report's figure as text in one of the formats `backprop_cli.FIGURE_FORMATS` names.

    `edges` says what stands at the wires beside values: grad, local, both or none. `phase` (forward or backward) and
    `step` draw what is known at that step of that pass, `depth` only so many gates back from the output, `collapse`
    only inputs and what has a name. On an html page calls of the user's gates fold and unfold.
    `theme` is light (the default of svg), dark, or auto (of html); other formats have none.
    A figure that would have more than `max_width` pixels is broken into rows, as svg, html and json;
    svg, html, dot and mermaid are drawn to the right or (`direction`) down.

    Raises BackpropError for a step there is not, and where there would be more than `most` nodes (default: 500).
    """
    from backprop_cli.render import figure_options
    from backprop_cli.render import render as pieces
    from backprop_cli.report.animation import frame
    from backprop_cli.report.drawing import figure
    from backprop_cli.report.drawn_subgraphs import fold, with_subgraphs
    from backprop_cli.report.figure import MOST_NODES
    from backprop_cli.report.subgraphs import unfolded

    asked = figure_options(format, theme, max_width, direction)
    style = style or Style(rows=None)
    edges = edges or ("both" if format == "html" else "grad")
    most, folded = most or MOST_NODES, report.columns.folded
    if format == "html" and depth is None and not collapse:
        report = unfolded(report, most)
    drawn = fold(figure(report, style.figure_number, edges=edges, depth=depth, collapse=collapse, most=most))
    drawn = with_subgraphs(drawn, report, folded)
    if phase or step is not None:
        drawn = frame(drawn, phase, step)
    if format == "json":
        asked["of"] = report
    return "".join(pieces(drawn, format, style, **asked))


def explain(report: Report, format: str = "text", *, paths: bool = False, style: Style | None = None) -> str:  # noqa: A002
    """How the report's gradients come about, in one of the formats `backprop_cli.EXPLAIN_FORMATS` names.

    `paths` adds every path from the output to an input, with its product.
    """
    from backprop_cli.render import render as pieces
    from backprop_cli.report.derivation import Derivation

    return "".join(pieces(Derivation(report), format, style or Style(rows=None), paths=paths))
