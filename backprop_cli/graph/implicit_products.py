"""How products without a sign were read, as a remark for the reader of the text."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.gates import GATES
from backprop_cli.graph.graph import Graph, Remark

_SHOWN = 3
_OF_ONE_PIECE = frozenset({"pow"})  # written with a sign, and yet needing no brackets


def reading(graph: Graph) -> Remark | None:
    """The remark, None if every product has its sign; before shapes are known every product is an elementwise one."""
    products = graph.products
    if graph.modules:  # the text of what is inside a call is elsewhere
        inside = graph.calls(outputs=True)
        products = [node for node in products if inside[node] < 0]
    if not products:
        return None
    text = graph.source.text
    readings = []
    for node in products[:_SHOWN]:
        sign = "@" if graph.gates[node] == "matmul" else "*"
        parts = sign.join(shorten(_operand_text(graph, operand)) for operand in graph.inputs[node])
        readings.append(f"`{shorten(text[graph.starts[node] : graph.ends[node]])}` as `{parts}`")
    more = len(products) - len(readings)
    words = "read " + ", ".join(readings) + (f" and {more:,} more" if more else "")
    first = products[0]
    return Remark("reading", words, graph.starts[first], graph.ends[first])


def _operand_text(graph: Graph, node: int) -> str:
    """An operand as it was written, in brackets unless it is of one piece."""
    text = graph.source.text[graph.starts[node] : graph.ends[node]]
    gate = graph.gates[node]
    row = GATES.get(gate)
    loose = gate in ("neg", "matmul") or (row is not None and row.symbol and gate not in _OF_ONE_PIECE)
    return f"({text})" if loose else text
