"""What is written of nodes in their names: `x + y`, `df/dW = outer(df/dq, x)`.

It knows a graph's names only; not its numbers.
"""

from __future__ import annotations

from backprop_cli.graph import Graph
from backprop_cli.graph.names import output_name
from backprop_cli.lean import Sequence
from backprop_cli.report.formula import Formula, Grad, Name, Number
from backprop_cli.report.parts import node_parts, sent_parts


def written(graph: Graph, node: int, names: Sequence[str]) -> str:
    """What a node is, over the names of its operands: `n1 * z`, `sigmoid(n3)`, `input`, `constant`."""
    return _in_names(node_parts(graph, node), names)


def rules(graph: Graph, node: int, names: Sequence[str], uses: Sequence[int]) -> tuple[str, ...]:
    """What a tensor gate sends to each operand, in the nodes' names: `df/dW = outer(df/dq, x)`.

    `+=` where an operand of several uses  gets its gradient from several gates.
    """
    output = output_name(graph)
    return tuple(
        f"d{output}/d{names[j]} {'=' if uses[j] == 1 else '+='} "
        + _in_names(sent_parts(graph, node, position).formula, names, output)
        for position, j in enumerate(graph.inputs[node])
    )


def _in_names(formula: Formula, names: Sequence[str], output: str = "") -> str:
    """The pieces in a row; a constant below 0 right behind a `-`, or raised to a power, in brackets."""
    made: list[str] = []
    for place, piece in enumerate(formula):
        if isinstance(piece, str):
            made.append(piece)
        elif isinstance(piece, Grad):
            made.append(f"d{output}/d{names[piece.node]}")
        elif isinstance(piece, Name):
            name = names[piece.node]
            tight = formula[place + 1 : place + 2] == ("^",) or (place == 1 and formula[0] == "-")
            made.append(f"({name})" if tight and name.startswith("-") else name)
        else:
            assert not isinstance(piece, Number)
            made.append(f"∂{names[piece.node]}/∂{names[piece.operand]}")
    return "".join(made)
