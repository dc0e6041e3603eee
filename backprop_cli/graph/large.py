"""The Graph of a large program: columns of numbers, and lists for those who ask.

`lower` has what a program means; here is the same of a program in which nothing is wrong and nothing has to be said, of
numbers alone. All others are left to it, and a test holds both to the same graphs.
"""

from __future__ import annotations

from math import inf

import numpy as np

from backprop_cli.errors import Source
from backprop_cli.gates import ALIASES, BY_SYMBOL, BY_SYNTAX, CONSTANTS, GATES
from backprop_cli.graph.graph import CONSTANT, INPUT, Graph
from backprop_cli.language.large_program import CALLED, NUMERAL, Rows
from backprop_cli.language.large_tokens import SIGNS
from backprop_cli.language.program import Program
from backprop_cli.lean import Any, Collection, cached_property

_OWNED = {*CONSTANTS, *GATES, *ALIASES}
_LEAST_NORMAL = 2.0**-1022
_PLAIN = 15  # digits that any double keeps
_ROUNDS = 8
_WORDS = [INPUT, CONSTANT, *(BY_SYMBOL[sign] for sign in SIGNS), BY_SYNTAX["negative"]]
_CODES = np.zeros(128, np.uint8)
_CODES[[ord(sign) for sign in SIGNS]] = range(2, 2 + len(SIGNS))
_CODES[:3] = 1, 2 + len(SIGNS), 0  # numbers, negatives; calls have codes of their own


class LargeGraph(Graph):
    """A graph of gates with one operand or two; the columns of lists are made when they are asked for.

    `words[codes[i]]` is a node's gate, `first[i]` and `second[i]` are its operands, -1 where it has none.
    """

    is_large = True

    def __init__(self, source: Source, rows: Rows, words: list[str], codes: Any, first: Any, second: Any) -> None:
        super().__init__(source)
        self.rows = rows
        self.words, self.codes, self.first, self.second = words, codes, first, second
        self.order: Any = None  # in which values are computed, and how gradients flow: filled in at the first pass
        self.stream: Any = None
        del self.gates, self.inputs, self.starts, self.ends

    def __getattr__(self, name: str) -> Any:
        if name == "gates":
            self.gates = np.array(self.words, object)[self.codes].tolist()
        elif name == "inputs":
            pairs = zip(self.first.tolist(), self.second.tolist(), strict=True)
            self.inputs = [(x, y) if y >= 0 else (x,) if x >= 0 else () for x, y in pairs]
        elif name in ("starts", "ends"):
            setattr(self, name, self.rows.places(name))
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def used(self) -> Collection[str]:
        """Their gates, each once."""
        return self.words

    @cached_property
    def gate_nodes(self) -> Any:
        """The nodes that are gates."""
        return np.flatnonzero(self.first >= 0)

    @cached_property
    def uses(self) -> Any:
        """How many times each node is an operand."""
        count = len(self)
        return (
            np.bincount(self.first + 1, minlength=count + 1)[1:] + np.bincount(self.second + 1, minlength=count + 1)[1:]
        )

    def dependents(self, leaves: set[int]) -> bytearray:
        """For each node 1 if it is one of the leaves or depends on one, else 0."""
        passive = self.first < 0
        passive[list(leaves)] = False
        at = self.gate_nodes
        first, second = self.first[at], self.second[at]
        second = np.where(second < 0, first, second)
        for _ in range(_ROUNDS):
            found = passive[first] & passive[second]
            if not found.any():
                return bytearray((~passive).tobytes())
            passive[at[found]] = True
            at, first, second = at[~found], first[~found], second[~found]
        return super().dependents(leaves)


def lowered(program: Program, bound: Collection[str], max_nodes: int) -> LargeGraph | None:
    """The graph of a large program whose inputs are all `bound`; None where `lower` has to look at it."""
    rows: Rows = program.columns
    defined = {statement.name: statement.row for statement in program.statements if statement.name}
    if program.diagnostics or not _OWNED.isdisjoint({*defined, *bound}) or not defined.keys().isdisjoint(bound):
        return None
    variables = {name: row for row, name in enumerate(rows.names) if name in bound}
    constants = {row: CONSTANTS[name] for row, name in enumerate(rows.names) if name in CONSTANTS}
    count, numbers, gates = len(rows.names), _numbers(rows.numbers), _gates(rows)
    if (rows.codes == NUMERAL).all() or numbers is None or gates is None or len(variables) + len(constants) < count:
        return None
    words = [*_WORDS, *dict.fromkeys(gates)]
    codes = np.append(np.zeros(count, np.int16), _CODES[rows.codes])
    codes[list(constants)] = 1
    codes[count:][rows.codes == CALLED] = np.array([words.index(gate) for gate in gates], np.int16)[rows.calls]
    there = np.flatnonzero(np.bincount(codes))
    place = np.zeros(len(words), np.int16)
    place[there] = np.arange(len(there))
    leaves = np.full(count, -1, np.int32)
    out = LargeGraph(
        program.source, rows, [words[k] for k in there.tolist()], place[codes],
        np.append(leaves, rows.first).astype(int), np.append(leaves, rows.second).astype(int),
    )  # fmt: skip
    at = (count + np.flatnonzero(rows.codes == NUMERAL)).tolist()
    out.variables, out.constants = variables, constants | dict(zip(at, numbers, strict=True))
    out.definitions, out.output = defined, program.statements[-1].row
    out.title = program.statements[-1].name
    is_leaf = out.first < 0
    for name, row in defined.items():
        if not is_leaf[row]:
            out.names.setdefault(row, name)
    return out if len(out) <= max_nodes and np.array_equal(np.flatnonzero(out.uses == 0), [out.output]) else None


def _numbers(texts: list[str]) -> list[float] | None:
    """The numbers that texts are; None where one may not be what it seems."""
    numbers = list(map(float, texts))
    sizes = abs(np.array(numbers))
    odd = ~((sizes >= _LEAST_NORMAL) & (sizes < inf) & (np.fromiter(map(len, texts), int, len(texts)) <= _PLAIN))
    return None if any(numbers[k] or texts[k].strip("-0.") for k in np.flatnonzero(odd).tolist()) else numbers


def _gates(rows: Rows) -> list[str] | None:
    """The gates that are called; None where a call is none of an elementwise gate with all its operands."""
    is_pair = rows.second[rows.codes == CALLED] >= 0
    gates = [GATES.get(ALIASES.get(name, name)) for name in rows.called]
    for call in np.flatnonzero(np.bincount(2 * rows.calls + is_pair)).tolist():
        gate, count = gates[call // 2], 1 + call % 2
        if gate is None or gate.truth or gate.family == "choice" or gate.setting:
            return None
        if len(gate.parameters) != count and not (gate.variadic and count > 1):
            return None
    return [gate.name for gate in gates if gate is not None]
