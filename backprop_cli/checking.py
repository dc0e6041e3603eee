"""The verbs that judge: claims about gradients, backward passes written by hand, and Python files with such passes."""

from __future__ import annotations

from os import PathLike, fspath

from backprop_cli.errors import BackpropError, Source
from backprop_cli.graph.names import all_names, output_name
from backprop_cli.graph.remarks import Remark
from backprop_cli.lean import TYPE_CHECKING, Any, Callable, Collection, Mapping, MappingProxyType, Sequence
from backprop_cli.session import Number, Session, as_source, open_session

if TYPE_CHECKING:
    from backprop_cli.check.gradient_words import Gradient
    from backprop_cli.check.sampler import PointSampler
    from backprop_cli.check.scope import Scope
    from backprop_cli.check.tolerances import Tolerance
    from backprop_cli.report.claim_results import CheckReport
    from backprop_cli.report.code_report import CodeReport

POINTS = 20  # random points to try a claim at
_MOST_WAYS = 12  # to choose shapes for names without a value


def check(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    claims: str | Source | Sequence[str | Source] = (),
    points: int = POINTS,
    range_: tuple[float, float] | None = None,
    rtol: float | None = None,
    atol: float = 0.0,
    symbolic: bool = True,
    **values: Any,
) -> CheckReport:
    """Whether claims about gradients are true, such as `df/dz = x + y`; without claims, whether ours are.

    Where every input has a value, claims are tested there; otherwise at `points` random points of the domain (in
    `range_`, if given; `seed` chooses them), and by SymPy for all values where it can, unless `symbolic=False`. The
    value "(3, 2)" is a shape, filled with random numbers. Numbers agree within `atol` + `rtol` times the larger;
    without `rtol` that is 1e-9, and a decimal number claimed at the bindings need only be right to its last decimal.

    Raises BackpropError if the program, a value or a claim cannot be read.
    """
    from backprop_cli.check.claims import inputs_named
    from backprop_cli.check.tolerances import Tolerance

    claims = [claims] if isinstance(claims, str | Source) else list(claims)
    inputs = inputs_named(claims)

    def checked(way: int) -> tuple[Session, CheckReport]:
        session, _ = _opened(expression, bindings, values, claims, way, inputs)
        return session, _check(session, claims, points, range_, Tolerance(rtol, atol), symbolic=symbolic)

    return _right_one_way(checked)


def _opened(
    expression: str | Source,
    bindings: Mapping[str, Number] | None,
    values: Mapping[str, Any],
    texts: Sequence[str | Source],
    way: int,
    inputs: Collection[str] = (),
) -> tuple[Session, str]:
    """The session of a program that claims or steps are about, and the name of what arrives at an output's array."""
    session = open_session(expression, bindings, dict(values), free=True, inputs=inputs, spare=True, way=way)
    if not session.graph.shape(session.graph.output):
        return session, ""
    from backprop_cli.check.arriving import arriving

    found = arriving(
        session.graph, session.spare, [text.text if isinstance(text, Source) else str(text) for text in texts]
    )
    if found is None:
        return session, ""
    given = {found.name: str(found.shape), **(bindings or {})}
    try:
        weighed = open_session(found.program, given, dict(values), free=True, inputs=inputs, spare=True, way=way)
    except BackpropError:  # it is in another notation
        return session, ""
    graph = weighed.graph
    graph.remarks.append(Remark("reading", found.message, *graph.span(graph.output)))
    return weighed, found.name


def _check(
    session: Session,
    claims: Sequence[str | Source],
    points: int,
    range_: tuple[float, float] | None,
    tolerance: Tolerance,
    *,
    symbolic: bool,
) -> CheckReport:
    from backprop_cli.check.claims import read_claims
    from backprop_cli.check.examiner import Examiner
    from backprop_cli.check.full_check import full_check
    from backprop_cli.check.gradient_words import Gradient
    from backprop_cli.report.check_report import build_check

    scope = _scope(session)
    read = read_claims(claims, scope)
    session.refuse_unused({name for claim in read for name in claim.formula.values_used})
    firsts = {node: Gradient(*of) for of, node in scope.firsts.made.items()}
    session = session._replace(graph=scope.firsts.graph)
    graph, points_tried = session.graph, _sampler(session, points, range_, firsts)
    if claims:
        examined = Examiner(
            points_tried, tolerance, symbolic=symbolic, read=lambda text: read_claims([text], scope)[0]
        ).claims(read)
    else:
        session.refuse_array("wrap it, as in `sum(…)`")
        examined = full_check(points_tried, output_name(graph), tolerance, symbolic=symbolic)
    return build_check(graph, examined, session.free, strict=session.options.strict)


def _right_one_way(checked: Callable[[int], tuple[Session, CheckReport]]) -> CheckReport:
    """What is found with the likeliest shapes of the names that have no value; with others, if more is right there.

    Where nothing has a shape, some names as arrays and others as numbers is not what anybody reads at once: then a note
    says what would be right.
    """
    from backprop_cli.check.verdict import AGREES, DIFFERS
    from backprop_cli.graph.free_shapes import NoOtherWayError
    from backprop_cli.report.model import Note

    session, first = checked(0)
    if first.verdict != DIFFERS or not first.free:
        return first
    graph, best = session.graph, first
    shapes = {name: graph.shape(node) for name, node in graph.variables.items()}
    is_known = any(shape for name, shape in shapes.items() if name in session.given or name not in first.free)
    right = sum(result.verdict == AGREES for result in best.results)
    for way in range(1, _MOST_WAYS):
        try:
            session, other = checked(way)
        except NoOtherWayError:
            break
        except BackpropError:
            continue
        graph = session.graph
        numbers = [name for name, shape in shapes.items() if shape and not graph.shape(graph.variables[name])]
        more = sum(result.verdict == AGREES for result in other.results)
        if not (is_known or len(numbers) == len(shapes)):
            if other.verdict == AGREES and numbers:
                bindings = " ".join(f"{name}=0.5" for name in numbers)
                words = f"all that is claimed is right for numbers: `{bindings}` says that it is meant so"
                span = graph.span(graph.variables[numbers[0]])
                return first._replace(notes=(*first.notes, Note("reading", words, None, span)))
            continue
        if more > right:
            best, right = other, more
        if best.verdict != DIFFERS:
            break
    return best


def check_steps(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    steps: str | Source,
    points: int = POINTS,
    range_: tuple[float, float] | None = None,
    rtol: float | None = None,
    atol: float = 0.0,
    **values: Any,
) -> CheckReport:
    """Whether a backward pass written by hand is right, line by line (`dq = z*df`, `dx += dq`), up to the first wrong.

    The rest is as for `check`.
    """
    from backprop_cli.check.handwritten_steps import follow
    from backprop_cli.check.step_lines import read_steps
    from backprop_cli.check.tolerances import Tolerance
    from backprop_cli.report.check_report import build_steps

    def checked(way: int) -> tuple[Session, CheckReport]:
        session, arrives = _opened(expression, bindings, values, [steps], way)
        scope = _scope(session)
        read = read_steps(as_source(steps, "steps"), scope)
        session.refuse_unused({name for step in read for name in step.formula.values_used})
        found = follow(read, _sampler(session, points, range_), scope.output, Tolerance(rtol, atol))
        report = build_steps(session.graph, found, read, session.free)
        return session, report._replace(unmentioned=tuple(name for name in report.unmentioned if name != arrives))

    return _right_one_way(checked)


def check_code(
    path: str | PathLike[str],
    *,
    loss: str = "",
    forward: str = "",
    backward: str = "",
    rtol: float | None = None,
    seed: int = 0,
    max_turns: int = 200_000,
    **values: Any,
) -> CodeReport:
    """Whether the gradients that a Python file (`net.py`, a notebook) assigns are the derivatives of its loss.

    The file is executed, in the current directory, and parts of it again and again. `loss` names the number that is
    differentiated, where it cannot be told; gradients agree within `rtol` (1e-6) times the larger. Where the file only
    defines functions, those called `forward` and `backward` are called, with `values` for their parameters. A run may
    go through `while` loops `max_turns` times.

    Raises BackpropError where the file cannot be read or fails, or has no loss or no gradient.
    """
    from backprop_cli.data.bindings import read_value
    from backprop_cli.data.files import read_text
    from backprop_cli.report.code_report import build_code_report
    from backprop_cli.user_code.examine import examine
    from backprop_cli.user_code.notebook import read_notebook
    from backprop_cli.user_code.script import Script

    path = fspath(path)
    text = read_text(path)
    script = read_notebook(path, text) if path.lower().endswith(".ipynb") else Script(path, text)
    given = {name: read_value(value, name) for name, value in values.items()}
    asked = {"loss": loss, "forward": forward, "backward": backward}
    examined = examine(script, **asked, rtol=rtol, seed=seed, given=given, max_turns=max_turns)
    return build_code_report(script, examined)


def _scope(session: Session) -> Scope:
    """What claims and steps may name."""
    from backprop_cli.check.scope import FirstDerivatives, Scope

    graph = session.graph
    return Scope(
        all_names(graph), output_name(graph), session.spare, session.gates, session.read_text, graph.shape,
        FirstDerivatives(graph),
    )  # fmt: skip


def _sampler(
    session: Session,
    points: int,
    range_: tuple[float, float] | None,
    firsts: Mapping[int, Gradient] = MappingProxyType({}),
) -> PointSampler:
    """The points at which a claim is tried."""
    from backprop_cli.check.sampler import PointSampler

    return PointSampler(
        session.graph,
        session.values,
        session.free,
        points=points,
        range_=range_,
        seed=session.options.seed,
        firsts=firsts,
    )
