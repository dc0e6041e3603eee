"""The anatomy of a backward pass: what each gate's Jacobian is, what storing it would take, what is used instead."""

from __future__ import annotations

from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import Graph
from backprop_cli.graph.ancestors import uses
from backprop_cli.graph.names import node_names
from backprop_cli.lean import NamedTuple
from backprop_cli.numeric.shapes import size
from backprop_cli.report.names import rules, written

_BYTES = 8


class Part(NamedTuple):
    """One gate's Jacobian along one operand: rows and columns, structure in words, bytes if stored, what is used."""

    node: str
    written: str
    operand: str
    rows: int
    columns: int
    structure: str
    stored: int
    kept: int
    used: str


def anatomy(graph: Graph, active: bytearray) -> list[Part]:
    """The parts, in the order of the nodes; of operands that depend on what is asked for."""
    names = node_names(graph)
    counts = uses(graph)
    parts = []
    for node, operands in enumerate(graph.inputs):
        if not operands or not active[node]:
            continue
        said = rules(graph, node, names, counts) if node in graph.attributes else ()
        for k, j in enumerate(operands):
            if not active[j]:
                continue
            rows, columns = size(graph.shape(node)), size(graph.shape(j))
            structure, kept = _structure(graph, node, k, names)
            used = said[k] if said else f"its diagonal, {kept:,} number{'s' * (kept != 1)}"
            parts.append(
                Part(
                    names[node],
                    written(graph, node, names),
                    names[j],
                    rows,
                    columns,
                    structure,
                    rows * columns * _BYTES,
                    kept * _BYTES,
                    used,
                )
            )
    return parts


_STEP = ("where(x > 0, 1, 0)",)  # a slope of 1 on one side, of 0 on the other


def _structure(graph: Graph, node: int, k: int, names: list[str]) -> tuple[str, int]:
    """What kind of matrix it is, and how many numbers of it are kept."""
    gate, j = graph.gates[node], graph.inputs[node][k]
    if gate in GATES:
        row = GATES[gate]
        constant = row.partials[0 if row.variadic else k].lstrip("-") in ("0", "1")
        structure = "diagonal" + (" of 0 and 1" if row.variadic or row.partials == _STEP else "")
        if graph.shape(j) != graph.shape(node):
            structure += ", summed over what was broadcast"
        return structure, 1 if constant else size(graph.shape(node))
    tensor = TENSORS[gate]
    ids = graph.inputs[node]
    case = "".join(str(min(len(graph.shape(i)), 2)) for i in ids[:2])
    structures = tensor.structures.get(case) or tensor.structures[""]
    words = dict(zip(tensor.operands, (names[i] for i in ids), strict=False)) | {"out": names[node]}
    return structures[0 if tensor.variadic else k].format(**words), 0
