"""What small programs of numbers were read as: a text that comes again, with the same names, is not read again.

What is kept is never changed: passes and reports only look at a graph. Where how a text is read depends on more than
the names that have values, such as on how large these are, it is read anew.
"""

from __future__ import annotations

from math import nan

from backprop_cli.data.bindings import together
from backprop_cli.data.nearest_doubles import plain_number
from backprop_cli.engine import numbers
from backprop_cli.engine.anomalies import nothing_to_find
from backprop_cli.engine.doubtful import doubtful
from backprop_cli.engine.passes import Backward
from backprop_cli.errors import Source, Status
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph.names import output_name
from backprop_cli.lean import Any, Mapping, NamedTuple, Sequence
from backprop_cli.pause import Paused
from backprop_cli.report import Report
from backprop_cli.report.rows import Columns
from backprop_cli.session import Number, Options, Session, open_session

MOST, LONGEST, LARGEST = 100, 1000, 1000  # programs, characters of a text, nodes of a graph
_OPTIONS = frozenset(Options._fields)


class Known(NamedTuple):
    """A session whose graph others share; what of a report is the same at every point.

    `leaves` are the values of the nodes that are known, `nodes` those of the names as they were given, `active` what
    depends on an input, `output` the output's name. `is_quiet` where nothing is said of the text.
    """

    session: Session
    leaves: list[float]
    nodes: tuple[int, ...]
    active: bytearray
    output: str
    is_quiet: bool


_known: dict[tuple[Any, ...], Known] = {}  # by the text and the names; threads may share it, and lose an entry


def session_of(
    expression: str | Source, bindings: Mapping[str, Number] | None, keywords: dict[str, Any], *beside: Number | None
) -> Session:
    """What `open_session` answers, for those who leave its graph as it is.

    `beside` are values of other options: to read what is no plain number may leave a remark in the graph.
    """
    may_be = type(expression) is str and len(expression) <= LONGEST and _OPTIONS.isdisjoint(keywords)
    given = together(bindings, keywords) if may_be else {}
    values = plain(given) if may_be else None
    if values is None or any(x is not None and plain_number(x) is None for x in beside):
        with Paused():
            return open_session(expression, bindings, keywords)
    key = (expression, *values)
    known = _known.get(key)
    if known is not None:
        graph, _, _, shown, options, spare, gates, _, sized = known.session
        return Session(graph, values, [], shown, options, spare, gates, given, sized)
    session = open_session(expression, bindings, keywords)
    if _may_be_known(session, values):
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = _made_known(session, values)
    return session


def known_gradients(
    expression: str | Source,
    bindings: Mapping[str, Number] | None,
    keywords: Mapping[str, Any],
    wrt: str | Sequence[str],
    seed_grad: Number,
    rate: Number | None,
    step: Number | None,
) -> Report | None:
    """The report of `grad` on a program that is known, where there is nothing to say; None if there may be.

    None as well where names, another gradient or a step are asked for.
    """
    if type(expression) is not str or rate is not None or step is not None or not _OPTIONS.isdisjoint(keywords):
        return None
    if type(wrt) is not tuple or wrt or type(seed_grad) is not float or seed_grad != 1.0:
        return None
    values = plain(together(bindings, keywords))
    known = _known.get((expression, *values)) if values is not None else None
    if known is None or not known.is_quiet or values is None:
        return None
    found = known.leaves.copy()
    for node, x in zip(known.nodes, values.values(), strict=True):
        found[node] = x
    graph = known.session.graph
    found = numbers.forward(graph, found, FLOATS)
    passed = Backward(*numbers.backward(graph, found, graph.output, 1.0, FLOATS), [])
    if not nothing_to_find(graph, found, passed, known.active) or doubtful(
        graph, found, graph.output, passed, known.active
    ):
        return None
    grads = passed.grads
    return Report(
        "grad", graph.source, known.output, found[graph.output],
        {name: grads[node] or 0.0 for name, node in graph.variables.items()}, (), None, None, 1.0, Status.OK,
        Columns(graph, found, passed, known.active),
    )  # fmt: skip


def plain(given: Mapping[str, Number]) -> dict[str, float] | None:
    """The values as doubles; None unless each is a number that some double is."""
    values = {}
    for name, x in given.items():
        number = plain_number(x)
        if number is None:
            return None
        values[name] = number
    return values


def _may_be_known(session: Session, values: Mapping[str, float]) -> bool:
    """Whether another session of the text, with other numbers, would have the same graph."""
    graph = session.graph
    return (
        not (session.sized or session.free or session.spare or graph.shapes or graph.attributes or len(graph) > LARGEST)
        and session.values == values
    )


def _made_known(session: Session, values: Mapping[str, float]) -> Known:
    graph = session.graph
    leaves = [graph.constants.get(node, nan) for node in range(len(graph))]
    nodes = tuple([graph.variables[name] for name in values])
    is_quiet = bool(nodes) and not graph.remarks and not graph.subgraphs
    return Known(session, leaves, nodes, graph.dependents(set(nodes)), output_name(graph), is_quiet)
