"""The gate table: each operation in one row, elementwise or over whole arrays, and the fields that read it.

It does not know graphs or passes: a gate is a rule, a node elsewhere is one use of it.
"""

from backprop_cli.gates.elementwise import ALIASES, BY_SYMBOL, BY_SYNTAX, CONSTANTS, GATES, ROUTES
from backprop_cli.gates.gate import Gate
from backprop_cli.gates.parameters import Parameter

__all__ = ["ALIASES", "BY_SYMBOL", "BY_SYNTAX", "CONSTANTS", "GATES", "ROUTES", "Gate", "Parameter"]
