"""Calls whose last operands, which are usually numbers, come first: `clip(0, 1, x)`."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.special import LAST
from backprop_cli.language.program import Program
from backprop_cli.lean import Iterator, Sequence


def bounds_first(program: Program, gates: Sequence[str]) -> Iterator[Diagnostic]:
    """What is wrong with calls of gates that have numbers last: only numbers come first, and none last."""
    if LAST.keys().isdisjoint(gates):
        return
    for row, name in enumerate(gates):
        if name not in LAST or program.ops[row] != "call":
            continue
        gate, call = GATES[name], program.args[row]
        if call.keywords or len(call.operands) != len(gate.parameters) or min(call.operands) < 0:
            continue
        *first, last = (program.ops[operand] == "num" for operand in call.operands)
        if last or not all(first):
            continue
        *bounds, operand = (shorten(program.source.text[program.starts[k] : program.ends[k]]) for k in call.operands)
        message = f"`{call.name}` has {LAST[name]} last"
        help_ = f"write `{call.name}({operand}, {', '.join(bounds)})`"
        yield Diagnostic("S112", message, (program.label(row),), help_)
