"""The gate table: each elementwise operation in one row, and the functions compiled from it.

It does not know graphs or passes: a gate is a rule, a node elsewhere is one use of it.
"""

from backprop_cli.gates.elementwise import ALIASES, BY_SYMBOL, CONSTANTS, GATES
from backprop_cli.gates.gate import Gate, Parameter

__all__ = ["ALIASES", "BY_SYMBOL", "CONSTANTS", "GATES", "Gate", "Parameter"]
