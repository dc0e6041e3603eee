"""The pipeline as a handful of verbs: text and values in, a Report out, a Report to text.

The commands call these and nothing below them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

from backprop_cli.data.bindings import check_name, constant
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rounding import JUDGED_NODES, lost_digits
from backprop_cli.engine.survey import Finding, survey
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, Status, nearest, shorten
from backprop_cli.graph import CONSTANT, Graph, lower
from backprop_cli.graph.lower import MAX_NODES
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.render.style import Style
from backprop_cli.report import Report, build
from backprop_cli.report.figure import MOST_NODES, figure
from backprop_cli.report.fold import fold
from backprop_cli.report.frames import frame
from backprop_cli.report.names import node_names
from backprop_cli.report.numbers import shortest

Number = float | str  # a string is a constant expression: "pi/2"


def evaluate(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    defaults: Mapping[str, float] | None = None,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
    **values: Number,
) -> Report:
    """The value of an expression and of every node in it.

    Values come as keywords (`evaluate("x*y", x=2, y=3)`) or in a mapping, for names that are options here;
    `defaults` give values to names that have none, and may hold names nobody uses. `strict` turns any note into
    exit status 4.

    Raises BackpropError if the text or a value is wrong, or the graph has more than `max_nodes` nodes.
    """
    graph, given = _graph(expression, {**(bindings or {}), **values}, defaults, max_nodes)
    numbers = forward(graph, given)
    findings = survey(graph, numbers)
    findings = findings or _rounding(graph, numbers)
    return build(graph, numbers, findings, strict=strict)


def grad(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: Sequence[str] = (),
    seed_grad: float = 1.0,
    check: bool = True,
    check_seconds: float = 2.0,
    step: float | None = None,
    defaults: Mapping[str, float] | None = None,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
    **values: Number,
) -> Report:
    """The gradient of an expression with respect to every input, or to the names in `wrt`, and of every node.

    `wrt` may name intermediates. `seed_grad` is the gradient that arrives at the output. `check` cross-checks with
    SymPy; `check_seconds` bounds the differentiation of the whole formula, past which gates are checked one by one.
    `step` is a learning rate: the report then has x - step · df/dx. The rest is as for `evaluate`.

    Raises BackpropError as `evaluate` does, and if `wrt` names nothing in the expression.
    """
    graph, given = _graph(expression, {**(bindings or {}), **values}, defaults, max_nodes)
    targets = _targets(graph, wrt)
    numbers = forward(graph, given)
    passed = backward(graph, numbers, seed_grad)
    active = graph.dependents(set(targets.values()))
    findings = survey(graph, numbers, passed, active)
    findings = findings or _rounding(graph, numbers, passed if seed_grad == 1 else None)
    verdict = None
    if check:
        from backprop_cli.check.cross_check import cross_check

        verdict = cross_check(graph, numbers, passed, active, targets, findings, seed=seed_grad, seconds=check_seconds)
    return build(
        graph, numbers, findings,
        passed=passed, active=active, wrt=targets, check=verdict, rate=step, seed=seed_grad, strict=strict,
    )  # fmt: skip


def structure(expression: str | Source, /, *, max_nodes: int = MAX_NODES) -> Report:
    """The graph of an expression without values: every free name is an input, and nothing has a number.

    Only `draw` shows it. An expression without inputs has its values. Raises BackpropError as `evaluate` does.
    """
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    graph = lower(parse(source), None, max_nodes=max_nodes)
    if not graph.variables:
        return grad(source, check=False, max_nodes=max_nodes)
    unknown = build(graph, [nan] * len(graph), ())
    return unknown._replace(kind="structure", status=Status.OK)


def render(report: Report, format: str = "plain", *, digits: int | None = None, ascii: bool = False) -> str:  # noqa: A002
    """The report as text in one of the formats `backprop_cli.FORMATS` names."""
    from backprop_cli.render import render_report

    return "".join(render_report(report, format, Style(digits=digits, ascii=ascii, rows=None)))


def draw(
    report: Report,
    format: str = "svg",  # noqa: A002
    *,
    edges: str = "",
    phase: str = "",
    step: int | None = None,
    depth: int | None = None,
    collapse: bool = False,
    most: int = MOST_NODES,
    style: Style | None = None,
) -> str:
    """The report's figure as text in one of the formats `backprop_cli.FIGURE_FORMATS` names.

    `edges` says what stands at the wires beside values: grad, local, both or none. `phase` (forward or backward) and
    `step` draw what is known at that step of that pass, `depth` only so many gates back from the output, `collapse`
    only inputs and what has a name.

    Raises BackpropError for a step there is not, and where there would be more than `most` nodes.
    """
    from backprop_cli.render.figures import render_figure

    style = style or Style(rows=None)
    edges = edges or ("both" if format == "html" else "grad")
    drawn = fold(figure(report, style.number, edges=edges, depth=depth, collapse=collapse, most=most))
    if phase:
        drawn = frame(drawn, phase, step)
    return "".join(render_figure(drawn, format, style))


def explain(report: Report, format: str = "text", *, paths: bool = False, style: Style | None = None) -> str:  # noqa: A002
    """How the report's gradients come about, in one of the formats `backprop_cli.EXPLAIN_FORMATS` names.

    `paths` adds every path from the output to an input, with its product.
    """
    from backprop_cli.render.explain import render_account
    from backprop_cli.report.steps import Account

    return "".join(render_account(Account(report), format, style or Style(rows=None), paths=paths))


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


def _graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, float] | None,
    max_nodes: int,
) -> tuple[Graph, dict[str, float]]:
    """The graph, and a value for each of its inputs."""
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given: dict[str, float] = {}
    for name, value in bindings.items():
        if isinstance(value, str):
            value = constant(value, name, allow_nonfinite=True)
        check_name(name, Source("binding", f"{name}={shortest(value)}"))
        given[name] = float(value)
    defaults = defaults or {}
    names = {*given, *defaults}
    program = parse(source, names)
    defined = {statement.name for statement in program.statements}
    graph = lower(program, names - (defined - given.keys()), max_nodes=max_nodes)
    unused = [name for name in bindings if name not in graph.variables]
    if unused:
        raise BackpropError(*(_unused(name, given[name]) for name in unused[:MOST_ERRORS]))
    for name in graph.variables:
        if name not in given:
            given[name] = float(defaults[name])
    return graph, given


def _unused(name: str, value: float) -> Diagnostic:
    source = Source("binding", f"{name}={shortest(value)}")
    message = f"the binding of `{shorten(name)}` is not used by the expression"
    return Diagnostic("N209", message, (Label(source, 0, len(name)),), "remove it, or use it in the expression")


def _targets(graph: Graph, wrt: Sequence[str]) -> dict[str, int]:
    """The nodes whose gradients are asked for: the names in `wrt`, or every input."""
    if not wrt:
        return dict(graph.variables)
    known = {**graph.variables, **graph.definitions}
    if not known.keys() >= set(wrt):  # names that only the report gives: n1, n2, …
        known = {name: node for node, name in enumerate(node_names(graph)) if node not in graph.constants} | known
    wrong = []
    for name in wrt:
        if name not in known:
            near = nearest(name, list(known))
            help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(list(known)[:8]) or 'no inputs'}"
            label = Label(Source("--wrt", name), 0, len(name))
            wrong.append(Diagnostic("N212", f"`{shorten(name)}` is no input or intermediate", (label,), help_))
            if len(wrong) == MOST_ERRORS:
                break
    if wrong:
        raise BackpropError(*wrong)
    return {name: known[name] for name in wrt}


def _rounding(graph: Graph, values: list[float], passed: Backward | None = None) -> list[Finding]:
    """A finding if rounding cost the value its digits. Not asked beside other trouble, which explains more."""
    if graph.gates[graph.output] == CONSTANT or len(values) > JUDGED_NODES:
        return []
    lost = lost_digits(graph, values, (passed or backward(graph, values)).grads)
    if lost is None:
        return []
    wording = "constant" if graph.gates[lost.node] == CONSTANT else "value"
    return [Finding("precision", wording, lost.node, numbers=(lost.error,))]
