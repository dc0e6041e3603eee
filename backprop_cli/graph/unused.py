"""Statements on which the output does not depend: they are computed, and somebody may have meant them to matter."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.graph.graph import Graph
from backprop_cli.graph.remarks import Remark
from backprop_cli.language.program import Statement
from backprop_cli.lean import Sequence


def unused(graph: Graph, statements: Sequence[Statement]) -> list[Remark]:
    """A remark on each statement that the output does not use."""
    output = f"`{shorten(graph.title)}`" if graph.title else "the output"
    text = graph.source.text
    found = []
    needed = ancestors(graph, graph.output)
    for statement in statements[:-1]:
        node = graph.definitions.get(statement.name, -1) if statement.name else -1
        if statement.name and (node < 0 or needed[node]):
            continue
        line = text[statement.name_start :].split("\n", 1)[0].split(";", 1)[0].rstrip()
        message = f"`{shorten(line)}` is computed, and {output} does not use it"
        found.append(Remark("reading", message, statement.name_start, statement.name_start + max(1, len(line))))
    return found
