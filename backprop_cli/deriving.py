"""The verbs `diff`, `hessian` and `export`: derivatives as graphs, and the formulas, matrices and code made of them."""

from __future__ import annotations

import os

from backprop_cli.api import grad_at, jacobian_at
from backprop_cli.engine.anomalies import find_anomalies
from backprop_cli.engine.derive import derive, with_gradient
from backprop_cli.engine.passes import backward, forward
from backprop_cli.engine.rounding import scales_of
from backprop_cli.errors import BackpropError, Diagnostic, Source, shorten
from backprop_cli.export.targets import ENDINGS, NUMBERS_ONLY, TARGETS
from backprop_cli.graph.names import output_name
from backprop_cli.lean import TYPE_CHECKING, Any, Mapping, Sequence
from backprop_cli.numeric.shapes import written
from backprop_cli.report.derivatives import DerivativeReport, formulas, left_side
from backprop_cli.report.notes import notes
from backprop_cli.session import Number, Session, open_session

if TYPE_CHECKING:
    from backprop_cli.graph import Graph
    from backprop_cli.report import Report
    from backprop_cli.report.hessians import HessianReport
    from backprop_cli.report.symbolic_steps import SymbolicSteps

__all__ = ["ENDINGS", "TARGETS", "diff", "export", "hessian", "steps", "target_of"]


def diff(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    order: int = 1,
    check: bool = True,
    **values: Any,
) -> DerivativeReport:
    """The derivatives of an expression as formulas, with respect to each input, or to the names in `wrt`.

    `report.formulas["df/dx"]` is the text, with the program's names and those in `report.parts`. No input needs a
    value; an array may be given by its shape (`W=(3, 2)`). `order` is that of the derivatives, all mixed ones included.
    `check` has SymPy differentiate programs of numbers too: `simplified` is what it finds, where that is shorter.
    Values and options are given as to `evaluate`.

    Raises BackpropError as `evaluate` does, and at a gate whose derivative is no formula of gates (N215).
    """
    session = open_session(expression, bindings, values, free=True)
    session.refuse_array("its derivatives are a Jacobian: `backprop jacobian`, or wrap it, as in `sum(…)`")
    graph, targets = session.graph, _some(session, wrt)
    for name, node in targets.items():
        if order > 1 and graph.shape(node):
            raise _no_number(graph, name, node, order)
    made = formulas(graph, targets, order)
    report = DerivativeReport(
        graph.source, made.heading, output_name(graph), made.parts, made.derivatives, made.graph,
        notes=tuple(notes(graph, [], ())),
    )  # fmt: skip
    if not session.free:
        report = report.with_numbers(_numbers(session, targets, order))
    if check and not graph.has_arrays and targets.keys() <= graph.variables.keys():
        from backprop_cli.check.simplified import simplified

        report = report.checked(simplified(graph, made.graph, {d.variables: d.node for d in made.derivatives}))
    return report


def _numbers(session: Session, targets: Mapping[str, int], order: int) -> dict[tuple[str, ...], Report]:
    """By the variables of each derivative of one order less: the passes over its graph, which have the numbers.

    They are not those of the formulas, which are as books write them: right at the points that books leave out too.
    """
    names, output = list(targets), output_name(session.graph)
    graphs: dict[tuple[str, ...], Graph] = {(): session.graph}
    for _ in range(order - 1):
        lower, graphs = graphs, {}
        for variables, graph in lower.items():
            for name in names[names.index(variables[-1]) if variables else 0 :]:
                derived, (gradient,), _ = derive(graph, graph.output, [targets[name]])
                derived.output, derived.title = gradient, left_side(output, (*variables, name))
                graphs[*variables, name] = derived
    return {
        variables: grad_at(
            session._replace(graph=graph),
            {name: targets[name] for name in names[names.index(variables[-1]) if variables else 0 :]},
            check=False,
        )
        for variables, graph in graphs.items()
    }


def _no_number(graph: Graph, name: str, node: int, order: int) -> BackpropError:
    shape = written(graph.shape(node))
    message = f"derivatives of order {order} are those by numbers, and `{shorten(name)}` has the shape {shape}"
    help_ = "`backprop hessian` has the second derivatives by every two elements"
    return BackpropError(Diagnostic("V310", message, (graph.label(node, shape),), help_))


def steps(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    **values: Any,
) -> SymbolicSteps:
    """Both passes in symbols: a line a gate, and the chain rule at every node. Values are given as to `diff`.

    Raises BackpropError as `diff` does.
    """
    from backprop_cli.export.in_symbols import in_symbols

    session = open_session(expression, bindings, values, free=True)
    session.refuse_array("its derivatives are a Jacobian: `backprop jacobian`, or wrap it, as in `sum(…)`")
    return in_symbols(session.graph, _some(session, wrt))


def hessian(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    wrt: str | Sequence[str] = (),
    check: bool = True,
    **values: Any,
) -> HessianReport:
    """The second derivatives of an expression with respect to all elements of its inputs, or of the names in `wrt`.

    `report.matrix[i, j]` is d2f/d(i)d(j), the elements in the order of `report.labels`. It is the Jacobian of the
    gradient, which is derived as more nodes of the graph; `check` judges it as `jacobian` does. Values and options are
    given as to `evaluate`.

    Raises BackpropError as `evaluate` does, if the output is an array (V310), and at a gate whose derivative is no
    formula of gates (N215).
    """
    from backprop_cli.report.hessians import hessian_report

    session = open_session(expression, bindings, values)
    session.refuse_array("its second derivatives have no matrix: wrap it, as in `sum(…)`")
    graph, targets = session.with_shapes(), _some(session, wrt)
    numbers = forward(graph, session.values)
    passed = backward(graph, numbers, graph.output)
    anomalies = find_anomalies(graph, numbers, graph.output, passed)
    derived = with_gradient(graph, graph.output, list(targets.values()))
    found = jacobian_at(derived, targets, session, mode="auto", anatomy=False, check=check)
    return hessian_report(graph, numbers, passed, targets, found, anomalies, derived)


def _some(session: Session, wrt: str | Sequence[str]) -> dict[str, int]:
    """The targets. Raises BackpropError (N212) if there are none."""
    targets, graph = session.targets(wrt), session.graph
    if not targets:
        message, help_ = "there is nothing to differentiate with respect to", "a name in the expression is an input"
        raise BackpropError(Diagnostic("N212", message, (graph.label(graph.output),), help_))
    return targets


def export(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    to: str = "numpy",
    wrt: str | Sequence[str] = (),
    **values: Any,
) -> str:
    """A program and its gradient as the text of a file: Python by NumPy (`numpy`), by `math` alone (`python`), for
    PyTorch (`torch`), JAX (`jax`) or SymPy (`sympy`), C99 (`c`), SQL for DuckDB (`sql`), or a document (`latex`).

    Where every input has a value, the file tests itself with it when it is run. Arrays may be given by their shapes.
    Values and options are given as to `evaluate`.

    Raises BackpropError as `evaluate` does, at an array without a shape (N202), if the output is an array (V310), for a
    `to` that there is not, or a gate that it has no words for (U801), and at a gate whose derivative is no formula of
    gates (N215).
    """
    return export_and_try(expression, bindings, to, wrt, values)[0]


def export_and_try(
    expression: str | Source, bindings: Mapping[str, Number] | None, to: str, wrt: str | Sequence[str], values: Any
) -> tuple[str, Report | None]:
    """The text, and where every input has a value what `grad` says of the example in it."""
    from backprop_cli.export.staged import Example
    from backprop_cli.export.targets import exported

    if to not in TARGETS:
        message, help_ = f"there is no target `{shorten(str(to))}`", f"there are {', '.join(TARGETS)}"
        raise BackpropError(Diagnostic("U801", message, (), help_))
    session = open_session(expression, bindings, values, free=True)
    session.refuse_array("its gradient is a Jacobian: wrap it, as in `sum(…)`")
    graph, targets = session.graph, _some(session, wrt)
    if guessed := [name for name in session.free if name not in session.given and graph.shape(graph.variables[name])]:
        raise BackpropError(_no_shape(session, guessed[0]))
    if graph.has_arrays and to in NUMBERS_ONLY:
        message = f"there are arrays, and {NUMBERS_ONLY[to]} has numbers only"
        raise BackpropError(Diagnostic("U801", message, (graph.label(graph.output),), "`--to numpy` has arrays"))
    if session.free:
        return exported(graph, targets, None, to), None
    report = grad_at(session, targets, check=False)
    kinks = any(note.code in ("kink", "jump", "one-sided") for note in report.notes)
    passed, scales = (report.columns.whole or report.columns).passed, {}
    if passed is not None and not graph.shapes:
        found = scales_of(graph, passed, graph.output)
        scales = {name: found[node] for name, node in targets.items()}
    example = Example(session.values, report.value, report.gradients, kinks, scales)
    return exported(graph, targets, example, to), report


def _no_shape(session: Session, name: str) -> Diagnostic:
    graph, node = session.graph, session.graph.variables[name]
    help_ = (
        f'give its shape, as in `"{name}={written(graph.shape(node))}"`, or its values: code for arrays depends on it'
    )
    return Diagnostic("N202", f"`{name}` is an array, and has no shape", (graph.label(node),), help_)


def target_of(path: str) -> str:
    """The target of `export` that a file's name asks for, NumPy where it has no ending or is a device.

    Raises BackpropError (U801) where no target is known to have the ending.
    """
    ending = os.path.splitext(path)[1]
    if not ending or path.startswith("/dev/"):
        return TARGETS[0]
    if ending.lower() not in ENDINGS:
        message = f"no target is known for a file that ends in `{shorten(ending)}`"
        raise BackpropError(Diagnostic("U801", message, (), f"`--to` names one of {', '.join(TARGETS)}"))
    return ENDINGS[ending.lower()]
