"""Comparisons decide: a condition is one. In sums, products and over arrays they count as 1 and 0, and nowhere else."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Label
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.bounds_first import bounds_first
from backprop_cli.language.program import Program
from backprop_cli.lean import Iterator, Sequence

_TRUTHS = frozenset(name for name, gate in GATES.items() if gate.truth)
_CHOICES = frozenset(name for name, gate in GATES.items() if gate.family == "choice")
# Where a comparison is 1 or 0, as in NumPy: `(x > 0)*x`; in gates of arrays too, as in `sum(x > 0)`.
_COUNTING = frozenset(name for name, gate in GATES.items() if gate.family in ("sum", "product"))


def misplaced(program: Program, gates: Sequence[str], inputs: Sequence[tuple[int, ...]]) -> Iterator[Diagnostic]:
    """What is wrong with comparisons and conditions among the rows of a program, and with bounds that come first."""
    yield from bounds_first(program, gates)
    if not (_TRUTHS | _CHOICES).intersection(gates):
        return
    truths = {row for row, gate in enumerate(gates) if gate in _TRUTHS}
    for row, (gate, operands) in enumerate(zip(gates, inputs, strict=True)):
        for position, j in enumerate(operands):
            decides = gate in _CHOICES and position == 0
            if decides and j >= 0 and j not in truths:
                help_ = "write a comparison: `where(x > 0, …, …)`"
                yield Diagnostic("V303", "expected a comparison, found a number", (_place(program, row, j),), help_)
            elif not decides and j in truths and not (gate in _COUNTING or gate in TENSORS):
                yield _no_number(_place(program, row, j))
    last = program.statements[-1].row
    if last in truths:
        yield _no_number(program.label(last))


def _no_number(label: Label) -> Diagnostic:
    help_ = "a comparison chooses or counts: `where(x > 0, 1, 0)` is a number, and so is `1*(x > 0)`"
    return Diagnostic("V302", "expected a number, found a comparison", (label,), help_)


def _place(program: Program, row: int, operand: int) -> Label:
    """Where an operand is written: its own place if that lies in the row's, otherwise the row's."""
    inside = program.starts[row] <= program.starts[operand] and program.ends[operand] <= program.ends[row]
    return program.label(operand if inside else row)
