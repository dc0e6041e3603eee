"""Jacobians and Hessians times a direction: how an output, or its gradient, moves where the inputs move along it."""

from __future__ import annotations

from backprop_cli.api import jacobian_at
from backprop_cli.data.bindings import split_bindings
from backprop_cli.engine.anomalies import find_anomalies
from backprop_cli.engine.derive import with_gradient
from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import BackpropError, Diagnostic, Source, Status, shorten
from backprop_cli.graph.along import STEP, along
from backprop_cli.graph.names import output_name
from backprop_cli.graph.shapes import infer
from backprop_cli.language.letters import plain_name
from backprop_cli.lean import TYPE_CHECKING, Any, Mapping
from backprop_cli.numeric.shapes import written
from backprop_cli.report.directional import DirectionalReport, parts
from backprop_cli.report.model import TROUBLE
from backprop_cli.report.notes import notes
from backprop_cli.session import Number, Session, open_session

if TYPE_CHECKING:
    from backprop_cli.graph import Graph, Value
    from backprop_cli.numeric.shapes import Shape

Direction = Number | Mapping[str, Number]  # of one input its own, of several by their names; text is read as bindings


def jvp(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    direction: Direction,
    check: bool = True,
    **values: Any,
) -> DirectionalReport:
    """The Jacobian of an expression times a direction, in one sweep: how the output moves where the inputs do.

    `direction` is a mapping from inputs to numbers or arrays of their shapes (an input that is left out stays), text
    such as "x=1 W=[[1, 0], [0, 1]]", or of one input its direction alone. `report.products` has the result under the
    output's name. Values and options are given as to `evaluate`.

    Raises BackpropError as `evaluate` does, and where a direction does not fit (N202, V310).
    """
    session = open_session(expression, bindings, values)
    return _product(session, session.graph, "jvp", direction, check=check)


def hvp(
    expression: str | Source,
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    direction: Direction,
    check: bool = True,
    **values: Any,
) -> DirectionalReport:
    """The second derivatives of an expression times a direction: how the gradient moves where the inputs do.

    It is forward mode over the derived gradient: no matrix is formed. `report.products` has for every input an array of
    its shape. `direction`, values and options are as for `jvp`.

    Raises BackpropError as `jvp` does, if the output is an array (V310), and at a gate whose derivative is no formula
    of gates (N215).
    """
    session = open_session(expression, bindings, values)
    session.refuse_array("its second derivatives have no matrix: wrap it, as in `sum(…)`")
    graph = session.with_shapes()
    if not graph.variables:
        raise _nothing_moves(session)
    derived = with_gradient(graph, graph.output, list(graph.variables.values()))
    return _product(session, derived, "hvp", direction, check=check)


def _product(session: Session, graph: Graph, kind: str, direction: Direction, *, check: bool) -> DirectionalReport:
    moves = _directions(session, direction)
    made, names = along(graph, {name: graph.variables[name] for name in moves})
    given = {**session.values, STEP: 0.0, **{names[name]: value for name, value in moves.items()}}
    shapes = {name: _shape(value) for name, value in given.items()}
    infer(made, shapes, seed=session.options.seed, max_elements=session.options.max_elements)
    made.remarks = list(dict.fromkeys(made.remarks))  # those on shapes were made before
    found = jacobian_at(
        made, {STEP: made.variables[STEP]}, session._replace(values=given), mode="forward", anatomy=False, check=check
    )
    if found.check is not None:
        found = found._replace(check=found.check._replace(formulas={}, variables={}))
    original = session.graph
    numbers = forward(original, session.values)
    output = output_name(original)
    product = found.blocks[0].values
    products = {output: product} if kind == "jvp" else parts(original, product)
    noted, status = found.notes, found.status
    if kind == "hvp":
        anomalies = find_anomalies(original, numbers, original.output, backward(original, numbers, original.output))
        first = notes(original, numbers, anomalies)
        noted = (*first, *(note for note in noted if not any(note.message == one.message for one in first)))
        trouble = any(note.code in TROUBLE for note in first)
        status = Status.MATHEMATICS if status == Status.OK and trouble else status
    return DirectionalReport(
        kind, original.source, output, original.text(original.output), numbers[original.output], moves,
        {name: value if value.ndim else float(value) for name, value in products.items()}, found, noted, status,
    )  # fmt: skip


def _directions(session: Session, direction: Direction) -> dict[str, Value]:
    """The direction of each input that moves, of its shape."""
    graph = session.graph
    if isinstance(direction, str) and "=" in direction:
        direction = split_bindings(direction.split())
    if not isinstance(direction, Mapping):
        if len(graph.variables) != 1:
            inputs = " ".join(f"{name}=…" for name in graph.variables)
            message, help_ = "a direction needs the names of the inputs that move", f"write `{inputs}`"
            raise BackpropError(Diagnostic("N202", message, (graph.label(graph.output),), help_))
        direction = {next(iter(graph.variables)): direction}
    moves: dict[str, Value] = {}
    for typed, given in direction.items():
        name = plain_name(typed)
        if name not in graph.variables:
            message = f"`{shorten(name)}` is no input of the expression"
            help_ = f"inputs are {', '.join(f'`{one}`' for one in list(graph.variables)[:9])}"
            raise BackpropError(Diagnostic("N212", message, (graph.label(graph.output),), help_))
        value = session.read(given, f"the direction of {name}")
        expected = graph.shape(graph.variables[name])
        if _shape(value) != expected:
            there = written(expected) if expected else "a number"
            message = f"the direction of `{name}` has the shape {written(_shape(value))}, and `{name}` is {there}"
            label = graph.label(graph.variables[name], there)
            raise BackpropError(Diagnostic("V310", message, (label,), "they have the same shape"))
        moves[name] = value
    if not moves:
        raise _nothing_moves(session)
    return moves


def _nothing_moves(session: Session) -> BackpropError:
    label = session.graph.label(session.graph.output)
    return BackpropError(Diagnostic("N212", "there is no input that could move", (label,), "a name is an input"))


def _shape(value: Value) -> Shape:
    shape: Shape = getattr(value, "shape", ())
    return shape
