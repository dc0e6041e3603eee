"""A report with sub-graphs folded: each one node with slopes of its own."""

from __future__ import annotations

from backprop_cli.engine.subgraph_slopes import subgraph_slopes
from backprop_cli.graph.subgraphs import fold as fold_graph
from backprop_cli.graph.subgraphs import to_fold
from backprop_cli.lean import Any, Collection, Sequence
from backprop_cli.report.model import Note, Report
from backprop_cli.report.rows import Columns


def fold(whole: Columns, unfold: Collection[str] | None = ()) -> Columns:
    """The columns with the sub-graphs folded of all gates but those in `unfold`; None unfolds all."""
    folded = to_fold(whole.graph, unfold)
    if not folded:
        return whole
    graph, hidden, views = fold_graph(whole.graph, folded)
    passed, active = whole.passed, whole.active
    if passed is not None:
        all_locals = list(passed.locals)
        for subgraph, inside in views:
            operands = graph.inputs[subgraph.output]
            slopes: Any = subgraph_slopes(whole.graph, passed, inside, operands)
            all_locals[subgraph.output] = slopes if subgraph.title or all(slope is not None for slope in slopes) else ()
        passed = passed._replace(locals=all_locals)
        active = bytearray(asked and not inside for asked, inside in zip(active, hidden, strict=True))
    return Columns(graph, whole.values, passed, active, hidden, tuple(views), whole)


def moved_notes(notes: Sequence[Note], columns: Columns) -> list[Note]:
    """The notes, those on nodes inside a folded sub-graph at the node that it is."""
    about = {note.node for note in notes if note.node is not None and columns.hidden and columns.hidden[note.node]}
    at = {
        node: view.subgraph.output
        for view in reversed(columns.folded)
        if about
        for node in about.intersection(view.inside)
    }
    return [note if note.node not in at else note._replace(node=at[note.node]) for note in notes]


def unfolded(report: Report, most: int) -> Report:
    """The report with nothing folded, for a page on which that is done by hand; as it is if it is too much to draw."""
    whole = report.columns.whole
    return report._replace(columns=whole) if whole and len(whole.values) <= most else report
