"""What nodes are called and how they are written: `n1`, `x + y`, `∂n1/∂x`.

It knows a graph's names only; not its numbers.
"""

from __future__ import annotations

from math import prod
from typing import Any

from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import REDUCTION_OF, TENSORS
from backprop_cli.graph import Graph
from backprop_cli.graph.names import output_name

_TIGHT = {"^"}  # written without spaces
CALLED = {reduction: name for name, reduction in REDUCTION_OF.items()}  # amax is written max


def written(graph: Graph, node: int, names: list[str]) -> str:
    """What a node is, over the names of its operands: `n1 * z`, `sigmoid(n3)`, `input`, `constant`."""
    gate = graph.gates[node]
    operands = [names[j] for j in graph.inputs[node]]
    if gate not in GATES and gate in TENSORS:
        return _tensor_written(graph, node, operands)
    if not operands:
        return gate
    if gate not in GATES:
        return f"{gate}({', '.join(names[j] for j in graph.attributes[node])})"
    if prefix := GATES[gate].prefix:
        return f"{prefix}({operands[0]})" if operands[0].startswith("-") else f"{prefix}{operands[0]}"
    symbol = GATES[gate].symbol
    if not symbol:
        return f"{gate}({', '.join(operands)})"
    left, right = operands
    if symbol in _TIGHT:
        return f"({left})^{right}" if left.startswith("-") else f"{left}^{right}"
    return f"{left} {symbol} {right}"


def _tensor_written(graph: Graph, node: int, operands: list[str]) -> str:
    gate, attributes = graph.gates[node], graph.attributes[node]
    row = TENSORS[gate]
    if row.symbol:
        return f" {row.symbol} ".join(operands) if len(operands) > 1 else f"{operands[0]}{row.symbol}"
    if row.syntax == "index":
        return f"{operands[0]}[{', '.join(map(_item, attributes[0]))}]"
    if row.syntax == "array" and attributes == ((0,),):
        return f"[{', '.join(operands)}]"
    parts = list(operands) if row.variadic or not row.parameters or not row.parameters[0].kind else []
    for parameter, value in zip((p for p in row.parameters if p.kind), attributes, strict=False):
        if parameter.kind == "axes":
            axes = tuple(range(len(graph.shape(graph.inputs[node][0])))) if graph.inputs[node] else ()
            usual = {None: axes, -1: axes[-1:]}.get(parameter.default, (0,))
            value = (value,) if isinstance(value, int) else value  # before shapes are known
            if value not in (usual, None):
                parts.append(f"axis={value[0] if len(value) == 1 else list(value)}")
        elif parameter.starred:
            parts += map(str, value)
        elif parameter.required:
            parts.append(str(value))
        elif value != parameter.default:
            parts.append(f"{parameter.name}={value}")
    if row.parameters and row.parameters[0].kind:
        parts += operands
    return f"{CALLED.get(gate, gate)}({', '.join(parts)})"


def _item(item: int | slice) -> str:
    if isinstance(item, int):
        return str(item)
    start, stop, step = ("" if part is None else str(part) for part in (item.start, item.stop, item.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


def rules(graph: Graph, node: int, names: list[str], uses: list[int]) -> tuple[str, ...]:
    """What a tensor gate sends to each operand, in the nodes' names: `df/dW = outer(df/dq, x)`.

    `+=` where an operand of several uses (`graph.uses()`) gets its gradient from several gates.
    """
    operands = graph.inputs[node]
    output = output_name(graph)
    if graph.gates[node] not in TENSORS:
        return _rules_of_call(graph, node, names, uses)
    texts = sent_back(graph, node, names, f"d{output}/d{names[node]}")
    return tuple(
        f"d{output}/d{names[j]} {'=' if uses[j] == 1 else '+='} {text}" for j, text in zip(operands, texts, strict=True)
    )


def sent_back(graph: Graph, node: int, names: Any, upstream: str) -> list[str]:
    """What a tensor gate sends to each operand, over names and the gradient that arrives: `outer(df/dq, x)`."""
    row, operands = TENSORS[graph.gates[node]], graph.inputs[node]
    if not operands:
        return []
    case = "".join(str(min(len(graph.shape(j)), 2)) for j in operands[:2])
    texts = row.words.get(case) or row.words[""]
    attributes = dict(zip(row.attributes, graph.attributes[node], strict=False))
    shape = graph.shape(operands[0])
    over = attributes.get("axis") if "keepdims" in attributes else None
    count = prod(shape[k] for k in over) if isinstance(over, tuple) else prod(shape)
    numbers = {"count": count, "free": count - attributes.get("ddof", 0), "examples": prod(shape[:-1])}
    words = dict(zip(row.operands, (names[j] for j in operands), strict=False)) | {"G": upstream, "out": names[node]}
    return [texts[0 if row.variadic else k].format(**words, **numbers) for k in range(len(operands))]


def _rules_of_call(graph: Graph, node: int, names: list[str], uses: list[int]) -> tuple[str, ...]:
    """The chain rule alone: what a folded call does to a gradient is told by its inside."""
    output, name = output_name(graph), names[node]
    return tuple(
        f"d{output}/d{names[j]} {'=' if uses[j] == 1 else '+='} d{output}/d{name} · ∂{name}/∂{names[j]}"
        for j in graph.inputs[node]
    )
