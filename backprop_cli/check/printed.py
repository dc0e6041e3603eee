"""Numbers as people print them: right to their last decimal."""

from __future__ import annotations

from backprop_cli.check.tolerances import half_unit, has_decimals
from backprop_cli.engine.passes import backward, forward
from backprop_cli.lean import TYPE_CHECKING

if TYPE_CHECKING:
    from backprop_cli.check.claims import Formula


def half_unit_of(formula: Formula, written: str) -> float:
    """How far a number that people print may be from what it is of: half a unit of its last decimal.

    Of a calculation with such numbers alone, `0.73*0.27`, it is what they move it by. 0 for any other formula.
    """
    graph = formula.graph
    if graph.variables or formula.values_used or graph.attributes or half_unit(written):
        return half_unit(written)
    printed = {node: half_unit(text) for node in graph.constants if has_decimals(text := graph.text(node))}
    if not printed or not all(isinstance(number, float) for number in graph.constants.values()):
        return 0.0
    grads = backward(graph, forward(graph, {}), graph.output).grads
    return float(sum(abs(grads[node] or 0.0) * unit for node, unit in printed.items()))
