"""The pipeline as a handful of verbs: text and values in, a Report out, a Report to text.

The commands call these and nothing below them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import nan

from backprop_cli.data.bindings import check_name, constant
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rounding import JUDGED_NODES, lost_digits
from backprop_cli.engine.survey import Finding, survey
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.graph import CONSTANT, Graph, lower
from backprop_cli.graph.lower import MAX_NODES
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.report import Report, build
from backprop_cli.report.claims import CheckReport
from backprop_cli.report.names import all_names, node_names, output_name
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


def check(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    claims: Sequence[str | Source] = (),
    defaults: Mapping[str, float] | None = None,
    points: int = 20,
    range_: tuple[float, float] | None = None,
    seed: int = 0,
    rtol: float | None = None,
    atol: float = 0.0,
    symbolic: bool = True,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
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
    from backprop_cli.check.examine import Examiner
    from backprop_cli.check.fourfold import Fourfold
    from backprop_cli.check.judge import Tolerance
    from backprop_cli.check.points import Places
    from backprop_cli.report.judged import build_check

    texts = [claim.text if isinstance(claim, Source) else claim for claim in claims]
    named = {below for _, below in filter(None, map(left_names, texts))}
    graph, fixed, free = _open_graph(expression, {**(bindings or {}), **values}, defaults, max_nodes, named)
    places = Places(graph, fixed, free, points=points, range_=range_, seed=seed)
    tolerance = Tolerance(rtol, atol)
    if claims:
        examined = Examiner(places, tolerance, symbolic=symbolic).claims(read_claims(claims, all_names(graph)))
    else:
        examined = Fourfold(places, tolerance, symbolic=symbolic).examined(output_name(graph))
    return build_check(graph, examined, free, strict=strict)


def check_steps(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    steps: str | Source,
    defaults: Mapping[str, float] | None = None,
    points: int = 20,
    range_: tuple[float, float] | None = None,
    seed: int = 0,
    rtol: float | None = None,
    atol: float = 0.0,
    max_nodes: int = MAX_NODES,
    **values: Number,
) -> CheckReport:
    """Whether a backward pass written by hand is right, line by line (`dq = z*df`, `dx += dq`), up to the first wrong.

    The rest is as for `check`.
    """
    from backprop_cli.check.judge import Tolerance
    from backprop_cli.check.points import Places
    from backprop_cli.check.steps import follow, read_steps
    from backprop_cli.report.judged import build_steps

    graph, fixed, free = _open_graph(expression, {**(bindings or {}), **values}, defaults, max_nodes)
    names, output = all_names(graph), output_name(graph)
    read = read_steps(steps if isinstance(steps, Source) else Source("steps", steps), names, output)
    places = Places(graph, fixed, free, points=points, range_=range_, seed=seed)
    return build_steps(graph, follow(read, places, names, output, Tolerance(rtol, atol)), read, free)


def render(report: Report, format: str = "plain", *, digits: int | None = None, ascii: bool = False) -> str:  # noqa: A002
    """The report as text in one of the formats `backprop_cli.FORMATS` names."""
    from backprop_cli.render import Style, render_report

    return "".join(render_report(report, format, Style(digits=digits, ascii=ascii, rows=None)))


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


def _open_graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, float] | None,
    max_nodes: int,
    named: Collection[str] = (),
) -> tuple[Graph, dict[str, float], list[str]]:
    """The graph, the values that its inputs have, and the inputs without one; `named` are sure to be inputs."""
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given = {*bindings, *(defaults or {})}
    open_names = [name for name in lower(parse(source, {*given, *named})).variables if name not in given]
    graph, numbers = _graph(source, bindings, {**dict.fromkeys(open_names, nan), **(defaults or {})}, max_nodes)
    free = [name for name in graph.variables if name in open_names]
    return graph, {name: number for name, number in numbers.items() if name not in free}, free


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
