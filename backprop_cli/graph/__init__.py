"""A program as columns: one position a node, in an order in which every operand comes before its use.

It does not know what any input is worth; passes over the columns do the numbers.
"""

from backprop_cli.graph.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.graph.lower import lower
from backprop_cli.graph.remarks import Remark, Subgraph

__all__ = ["CONSTANT", "INPUT", "Graph", "Remark", "Subgraph", "Value", "lower"]
