"""What a report shows of the user's gates: each call as one node with slopes of its own, or its inside."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backprop_cli.engine.subgraph_slopes import subgraph_slopes
from backprop_cli.graph.subgraphs import fold, to_fold
from backprop_cli.report.model import Columns, Note


def pack(whole: Columns, expand: Collection[str] | None = ()) -> Columns:
    """The columns with the calls folded of all gates but those in `expand`; None expands all."""
    calls = to_fold(whole.graph, expand)
    if not calls:
        return whole
    graph, hidden = fold(whole.graph, calls)
    passed, active = whole.passed, whole.active
    if passed is not None:
        all_locals = list(passed.locals)
        for call in calls:
            operands = graph.inputs[call.output]
            all_locals[call.output] = subgraph_slopes(whole.graph, passed, call.first, call.output, operands)
        passed = passed._replace(locals=all_locals)
        active = bytearray(asked and not inside for asked, inside in zip(active, hidden, strict=True))
    return Columns(graph, whole.values, passed, active, hidden, tuple(calls), whole)


def moved_notes(notes: Sequence[Note], columns: Columns) -> tuple[Note, ...]:
    """The notes, those on nodes inside a folded call at the call."""
    at = {
        node: call.output
        for call in columns.folded
        for node in {note.node for note in notes if note.node is not None}
        if call.first <= node < call.last
    }
    return tuple(note if note.node not in at else note._replace(node=at[note.node]) for note in notes)
