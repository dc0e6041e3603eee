"""The invariants of a graph's columns, proved anew; tests do so after every construction."""

from __future__ import annotations

from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph


def verify(graph: Graph) -> None:
    """Assert that every operand comes before its use, every leaf has a value, every call its nodes."""
    n = len(graph.gates)
    assert n == len(graph.inputs) == len(graph.starts) == len(graph.ends)
    assert 0 <= graph.output < n
    assert list(graph.variables.values()) == sorted(graph.variables.values())
    for i, (gate, operands) in enumerate(zip(graph.gates, graph.inputs, strict=True)):
        assert all(0 <= j < i for j in operands), i
        assert 0 <= graph.starts[i] < graph.ends[i] <= len(graph.source.text), i
        if gate in (INPUT, CONSTANT):
            assert not operands
            assert (gate == CONSTANT) == (i in graph.constants)
            assert (gate == INPUT) == (i in graph.variables.values())
        else:
            elementwise = GATES.get(gate)
            if elementwise is None:
                row = TENSORS[gate]
                assert len(graph.attributes[i]) == len(row.attributes) + (row.random and graph.has_arrays), i
                assert row.variadic or len(operands) == len(row.operands), i
            else:
                assert elementwise.variadic or len(operands) == len(elementwise.parameters), i
                assert i not in graph.attributes
    for k, subgraph in enumerate(graph.subgraphs):
        assert 0 <= subgraph.first <= subgraph.last <= n and -1 <= subgraph.parent < k, subgraph
        around = graph.subgraphs[subgraph.parent] if subgraph.parent >= 0 else subgraph
        assert around.first <= subgraph.first and subgraph.last <= around.last, subgraph
        entered = {j for i in range(subgraph.first, subgraph.last) for j in graph.inputs[i] if j < subgraph.first}
        assert entered <= set(subgraph.operands), subgraph
        inside = range(subgraph.first, subgraph.last)
        left = {j for i in range(subgraph.last, n) for j in graph.inputs[i] if j in inside}
        assert left <= set(subgraph.outputs), subgraph
