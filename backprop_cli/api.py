"""The pipeline as a handful of verbs: text and values in, a Report out, a Report to text.

The commands call these and nothing below them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING

from backprop_cli.data.opening import (
    Expand,
    Number,
    bound_graph,
    libraries,
    open_graph,
    shown_gates,
    targets_of,
    upstream_of,
)  # fmt: skip
from backprop_cli.engine.anomalies import Anomaly, find_anomalies
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.rounding import lost_digits
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, Status, shorten
from backprop_cli.graph import CONSTANT, Graph, Value, lower
from backprop_cli.graph.lower import MAX_NODES
from backprop_cli.graph.names import all_names, output_name
from backprop_cli.graph.shapes import MAX_ELEMENTS, infer
from backprop_cli.language.definitions import read_program
from backprop_cli.numeric.shapes import size
from backprop_cli.render.style import Style
from backprop_cli.report import Report, build
from backprop_cli.text import bytes_written

if TYPE_CHECKING:
    from backprop_cli.report.claim_results import CheckReport
    from backprop_cli.report.jacobians import JacobianReport


def evaluate(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    defaults: Mapping[str, Value] | None = None,
    strict: bool = False,
    seed: int = 0,
    max_nodes: int = MAX_NODES,
    max_elements: int = MAX_ELEMENTS,
    use: Sequence[str | Source] = (),
    expand: Expand = (),
    **values: Number,
) -> Report:
    """The value of an expression and of every node in it.

    Values come as keywords (`evaluate("x*y", x=2, y=3)`) or in a mapping, for names that are options here;
    `defaults` give values to names that have none, and may hold names nobody uses. `strict` turns any note into
    exit status 4. `seed` decides what `rand` and `randn` give.

    `use` are libraries: texts that define gates (`gate sig(x) = 1/(1 + exp(-x))`) for the expression. A call of such a
    gate is one node of the report; `expand` names those whose inside is shown, True for all.

    Raises BackpropError if the text, a value or a shape is wrong, if the graph has more than `max_nodes` nodes, or its
    values together more than `max_elements` elements.
    """
    limits = (max_nodes, seed, max_elements)
    graph, given, shown = bound_graph(expression, {**(bindings or {}), **values}, defaults, *limits, use, expand)
    numbers = forward(graph, given)
    anomalies = find_anomalies(graph, numbers, graph.output)
    anomalies = anomalies or _rounding(graph, numbers)
    return build(graph, numbers, anomalies, strict=strict, expand=shown)


def grad(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: Sequence[str] = (),
    seed_grad: Number = 1.0,
    check: bool = True,
    check_seconds: float = 2.0,
    step: float | None = None,
    defaults: Mapping[str, Value] | None = None,
    strict: bool = False,
    seed: int = 0,
    max_nodes: int = MAX_NODES,
    max_elements: int = MAX_ELEMENTS,
    use: Sequence[str | Source] = (),
    expand: Expand = (),
    **values: Number,
) -> Report:
    """The gradient of an expression with respect to every input, or to the names in `wrt`, and of every node.

    `wrt` may name intermediates. `seed_grad` is the gradient that arrives at the output, of the output's shape; an
    output that is an array needs one. `check` cross-checks with SymPy; `check_seconds` bounds the differentiation of
    the whole formula, past which gates are checked one by one. `step` is a learning rate: the report then has
    x - step · df/dx. The rest is as for `evaluate`.

    Raises BackpropError as `evaluate` does, and if `wrt` names nothing in the expression.
    """
    limits = (max_nodes, seed, max_elements)
    graph, given, shown = bound_graph(expression, {**(bindings or {}), **values}, defaults, *limits, use, expand)
    targets = targets_of(graph, wrt)
    upstream = upstream_of(graph, seed_grad)
    numbers = forward(graph, given)
    active = graph.dependents(set(targets.values()))
    passed = backward(graph, numbers, graph.output, upstream, active)
    anomalies = find_anomalies(graph, numbers, graph.output, passed, active)
    anomalies = anomalies or _rounding(graph, numbers, passed if not graph.has_arrays and upstream == 1 else None)
    verdict = None
    if check:
        from backprop_cli.check.cross_check import cross_check

        verdict = cross_check(graph, numbers, passed, active, targets, anomalies, seed=upstream, seconds=check_seconds)
    report = build(
        graph, numbers, anomalies,
        passed=passed, active=active, wrt=targets, check=verdict, rate=step, seed=upstream, strict=strict,
        expand=shown,
    )  # fmt: skip
    if check and report.columns.folded:
        from backprop_cli.check.closed_form import slopes

        report = report._replace(slopes=slopes(graph, numbers, report.columns.folded, check_seconds))
    return report


def jacobian(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: Sequence[str] = (),
    mode: str = "auto",
    anatomy: bool = False,
    check: bool = True,
    defaults: Mapping[str, Value] | None = None,
    strict: bool = False,
    seed: int = 0,
    max_nodes: int = MAX_NODES,
    max_elements: int = MAX_ELEMENTS,
    use: Sequence[str | Source] = (),
    **values: Number,
) -> JacobianReport:
    """The Jacobian of an expression with respect to each input, or to the names in `wrt`.

    `report.jacobians[x]` has the shape (*output's, *x's): J[i, j] = ∂output[i]/∂x[j]. `mode` is forward (a sweep for
    each element of x), reverse (a backward pass for each element of the output), or auto, the fewer. With `anatomy`
    no Jacobian is formed: the report says of each gate what its Jacobian is and what is used instead. The rest is as
    for `grad`; a Jacobian of more than `max_elements` elements is a BackpropError too.
    """
    from backprop_cli.engine.jacobian import jacobian as whole
    from backprop_cli.engine.jacobian import random_upstream
    from backprop_cli.report.jacobian_structure import anatomy as parts_of
    from backprop_cli.report.jacobians import Block, JacobianReport

    limits = (max_nodes, seed, max_elements)
    graph, given, _ = bound_graph(expression, {**(bindings or {}), **values}, defaults, *limits, use, ())
    if not graph.has_arrays:
        infer(graph, dict.fromkeys(graph.variables, ()), max_elements=max_elements)
    targets = targets_of(graph, wrt)
    if not anatomy:
        _afford(graph, targets, max_elements)
    numbers = forward(graph, given)
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
    report = build(graph, numbers, anomalies, passed=passed, active=active, wrt=targets, check=verdict, strict=strict)
    return JacobianReport(
        graph.source, report.output, report.value, graph.shapes[graph.output], tuple(blocks),
        tuple(parts_of(graph, active)) if anatomy else (), report.notes, verdict, report.status,
    )  # fmt: skip


def _afford(graph: Graph, targets: Mapping[str, int], max_elements: int) -> None:
    """Refuse Jacobians that are too large to be formed."""
    rows = size(graph.shapes[graph.output])
    for name, node in targets.items():
        columns = size(graph.shapes[node])
        if rows * columns > max_elements:
            message = (
                f"the Jacobian with respect to `{shorten(name)}` has {rows:,} × {columns:,} elements "
                f"({bytes_written(8 * rows * columns)})"
            )
            help_ = "`--anatomy` tells what it is without forming it; `--max-elements` raises the limit"
            label = Label(graph.source, graph.starts[graph.output], graph.ends[graph.output])
            raise BackpropError(Diagnostic("L701", message, (label,), help_))


def check(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    claims: str | Sequence[str | Source] = (),
    defaults: Mapping[str, Value] | None = None,
    points: int = 20,
    range_: tuple[float, float] | None = None,
    seed: int = 0,
    rtol: float | None = None,
    atol: float = 0.0,
    symbolic: bool = True,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
    max_elements: int = MAX_ELEMENTS,
    use: Sequence[str | Source] = (),
    **values: Number,
) -> CheckReport:
    """Whether claims about gradients are true, such as `df/dz = x + y`; without claims, whether ours are.

    Where every input has a value, claims are tested there; otherwise at `points` random points of the domain (in
    `range_`, if given; `seed` chooses them), and by SymPy for all values where it can. `symbolic=False` never asks
    SymPy; `strict` turns any note into exit status 4. Numbers agree within `atol` + `rtol` times the larger; without
    `rtol` that is 1e-9, and a decimal number claimed at the bindings need only be right to its last decimal.

    Raises BackpropError if the program, a value or a claim cannot be read.
    """
    from backprop_cli.check.claims import left_names, read_claims
    from backprop_cli.check.examiner import Examiner
    from backprop_cli.check.full_check import full_check
    from backprop_cli.check.judge import Tolerance
    from backprop_cli.check.sampler import PointSampler
    from backprop_cli.report.check_report import build_check

    given = {**(bindings or {}), **values}
    claims = [claims] if isinstance(claims, str | Source) else list(claims)
    texts = [claim.text if isinstance(claim, Source) else claim for claim in claims]
    named = {below for _, below in filter(None, map(left_names, texts))}
    graph, fixed, free = open_graph(expression, given, defaults, (max_nodes, seed, max_elements), use, named)
    places = PointSampler(graph, fixed, free, points=points, range_=range_, seed=seed)
    tolerance = Tolerance(rtol, atol)
    if claims:
        names = all_names(graph)
        examined = Examiner(places, tolerance, symbolic=symbolic).claims(read_claims(claims, names, output_name(graph)))
    else:
        examined = full_check(places, output_name(graph), tolerance, symbolic=symbolic)
    return build_check(graph, examined, free, strict=strict)


def check_steps(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    steps: str | Source,
    defaults: Mapping[str, Value] | None = None,
    points: int = 20,
    range_: tuple[float, float] | None = None,
    seed: int = 0,
    rtol: float | None = None,
    atol: float = 0.0,
    max_nodes: int = MAX_NODES,
    max_elements: int = MAX_ELEMENTS,
    use: Sequence[str | Source] = (),
    **values: Number,
) -> CheckReport:
    """Whether a backward pass written by hand is right, line by line (`dq = z*df`, `dx += dq`), up to the first wrong.

    The rest is as for `check`.
    """
    from backprop_cli.check.handwritten_steps import follow, read_steps
    from backprop_cli.check.judge import Tolerance
    from backprop_cli.check.sampler import PointSampler
    from backprop_cli.report.check_report import build_steps

    given = {**(bindings or {}), **values}
    graph, fixed, free = open_graph(expression, given, defaults, (max_nodes, seed, max_elements), use)
    names, output = all_names(graph), output_name(graph)
    read = read_steps(steps if isinstance(steps, Source) else Source("steps", steps), names, output)
    places = PointSampler(graph, fixed, free, points=points, range_=range_, seed=seed)
    return build_steps(graph, follow(read, places, names, output, Tolerance(rtol, atol)), read, free)


def structure(
    expression: str | Source,
    /,
    *,
    max_nodes: int = MAX_NODES,
    use: Sequence[str | Source] = (),
    expand: Expand = (),
) -> Report:
    """The graph of an expression without values: every free name is an input, and nothing has a number.

    Only `draw` shows it. An expression without inputs has its values. Raises BackpropError as `evaluate` does.
    """
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    program = read_program(source, (), libraries(use))
    graph = lower(program, None, max_nodes=max_nodes)
    if not graph.variables:
        return grad(source, check=False, max_nodes=max_nodes, use=use, expand=expand)
    unknown = build(graph, [nan] * len(graph), (), expand=shown_gates(program, expand))
    return unknown._replace(kind="structure", status=Status.OK)


def render(report: Report, format: str = "plain", *, digits: int | None = None, ascii: bool = False) -> str:  # noqa: A002
    """The report as text in one of the formats `backprop_cli.FORMATS` names."""
    from backprop_cli.render import render as pieces

    return "".join(pieces(report, format, Style(digits=digits, ascii=ascii, rows=None)))


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
    style: Style | None = None,
) -> str:
    """The report's figure as text in one of the formats `backprop_cli.FIGURE_FORMATS` names.

    `edges` says what stands at the wires beside values: grad, local, both or none. `phase` (forward or backward) and
    `step` draw what is known at that step of that pass, `depth` only so many gates back from the output, `collapse`
    only inputs and what has a name. On an html page calls of the user's gates fold and unfold.

    Raises BackpropError for a step there is not, and where there would be more than `most` nodes (default: 500).
    """
    from backprop_cli.render import render as pieces
    from backprop_cli.report.animation import frame
    from backprop_cli.report.drawing import figure
    from backprop_cli.report.drawn_subgraphs import fold, with_subgraphs
    from backprop_cli.report.figure import MOST_NODES
    from backprop_cli.report.subgraphs import unfolded

    style = style or Style(rows=None)
    edges = edges or ("both" if format == "html" else "grad")
    most, folded = most or MOST_NODES, report.columns.folded
    if format == "html" and depth is None and not collapse:
        report = unfolded(report, most)
    drawn = fold(figure(report, style.number, edges=edges, depth=depth, collapse=collapse, most=most))
    drawn = with_subgraphs(drawn, report, folded)
    if phase or step is not None:
        drawn = frame(drawn, phase, step)
    return "".join(pieces(drawn, format, style))


def explain(report: Report, format: str = "text", *, paths: bool = False, style: Style | None = None) -> str:  # noqa: A002
    """How the report's gradients come about, in one of the formats `backprop_cli.EXPLAIN_FORMATS` names.

    `paths` adds every path from the output to an input, with its product.
    """
    from backprop_cli.render import render as pieces
    from backprop_cli.report.derivation import Derivation

    return "".join(pieces(Derivation(report), format, style or Style(rows=None), paths=paths))


def notebook_svg(report: Report) -> str | None:
    """What a notebook shows of a report: its figure, nothing where that is too large."""
    try:
        return draw(report, "svg")
    except BackpropError:
        return None


def notebook_html(report: Report) -> str | None:
    """What a notebook shows of a report: the page that steps, in a frame of its own."""
    from html import escape

    try:
        page = draw(report, "html")
    except BackpropError:
        return None
    looks = "width: 100%; height: 40rem; border: 0"
    return f'<iframe sandbox="allow-scripts" style="{looks}" srcdoc="{escape(page)}"></iframe>'


def _rounding(graph: Graph, values: list[Value], passed: Backward | None = None) -> list[Anomaly]:
    """A anomaly if rounding cost the value its digits. Not asked beside other trouble, which explains more."""
    lost = lost_digits(graph, values, graph.output, passed)
    if lost is None:
        return []
    wording = "constant" if graph.gates[lost.node] == CONSTANT else "value"
    return [Anomaly("precision", wording, lost.node, numbers=(lost.error,))]
