"""How products without a sign were read, as a remark for the reader of the text."""

from __future__ import annotations

from backprop_cli.errors import shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Remark

_SHOWN = 3


def reading(graph: Graph) -> Remark | None:
    """The remark, None if every product has its sign; before shapes are known every product is an elementwise one."""
    products = graph.products
    if graph.subgraphs:  # the text of what is inside a call is elsewhere
        inside = graph.enclosing(outputs=True)
        products = [node for node in products if inside[node] < 0]
    if not products:
        return None
    readings = []
    for node in products[:_SHOWN]:
        sign = "*" if graph.gates[node] in GATES else "@"
        parts = sign.join(shorten(_operand_text(graph, operand)) for operand in graph.inputs[node])
        readings.append(f"`{shorten(graph.text(node))}` as `{parts}`")
    more = len(products) - len(readings)
    words = "read " + ", ".join(readings) + (f" and {more:,} more" if more else "")
    first = products[0]
    return Remark("reading", words, *graph.span(first), of_products=True)


def _operand_text(graph: Graph, node: int) -> str:
    """An operand as it was written, in brackets unless it is of one piece."""
    text = graph.text(node)
    gate = graph.gates[node]
    row = GATES.get(gate) or TENSORS.get(gate)
    # A power has a sign and needs no brackets, as what comes after its operand, a transpose.
    loose = row is not None and (row.prefix or row.symbol) and row.family not in ("power", "transpose")
    return f"({text})" if loose else text
