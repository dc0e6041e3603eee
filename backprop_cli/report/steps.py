"""The account of a pass as plain data: numbered steps, forward then backward, each with its equations.

It does not know how an equation is written: names, numbers, gradients and slopes stay references in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isinf, isnan
from typing import Any, NamedTuple, TypeVar

from backprop_cli.gates import GATES
from backprop_cli.graph import CONSTANT, INPUT, Module
from backprop_cli.report.model import Note, Report
from backprop_cli.report.names import node_names, written
from backprop_cli.report.roles import copies, role
from backprop_cli.report.rules import rule, rule_of_call

Item = TypeVar("Item")
_MOST_OPERANDS = 8  # of a formula or a sum that are written out
_OF_SLOPES = frozenset({"kink", "jump", "one-sided", "infinite"})
# These are about a slope or a gradient unless the value itself shows them.
_OF_EITHER: dict[str, Callable[[float], bool]] = {
    "undefined": isnan,
    "overflow": isinf,
    "underflow": lambda value: value == 0,
}
_MARK = re.compile(r"\0(\d+)\0")


class Name(NamedTuple):
    """What a node is called."""

    node: int


class Number(NamedTuple):
    """A value, a slope or a gradient."""

    value: Any


class Grad(NamedTuple):
    """d output / d node, as a symbol."""

    node: int


class Partial(NamedTuple):
    """∂ node / ∂ operand, as a symbol."""

    node: int
    operand: int


Piece = str | Name | Number | Grad | Partial  # a str is signs and words between the others
Formula = tuple[Piece, ...]


class Equation(NamedTuple):
    """`left = side = side`: the rule in symbols, with numbers, and what it comes to. `relation`: `=`, `+=` or `:`."""

    left: Formula
    sides: tuple[Formula, ...]
    relation: str = "="


class Step(NamedTuple):
    """One thing that happens: at which node, by which equations, in which role, and what there is to note.

    `subject` is the gate as a formula where the equations are about its operands, otherwise empty.
    """

    number: int
    node: int
    subject: Formula
    role: str
    equations: tuple[Equation, ...]
    notes: tuple[Note, ...] = ()


class Account:
    """The steps of a report's passes. They are made as they are read, so that a large graph costs what is shown."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.graph, self.values, self.passed, self.active, self.hidden, *_ = report.columns
        self.calls = {call.output: call for call in report.columns.folded}
        self.names = node_names(self.graph)
        self.nodes = {name: node for node, name in enumerate(self.names) if name in report.gradients}
        self.nodes |= {**self.graph.variables, **self.graph.definitions}
        self._notes: dict[int, list[Note]] = {}
        for note in report.notes:
            if note.node is not None and note.node not in self.graph.constants:
                self._notes.setdefault(note.node, []).append(note)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """The notes that belong to no step: how the text was read, which constant no double equals."""
        return tuple(n for n in self.report.notes if n.node is None or n.node in self.graph.constants)

    @property
    def forward_count(self) -> int:
        """How many steps the forward pass has."""
        return self.report.node_count - self.report.constant_count

    def forward(self) -> Iterator[Step]:
        """A step an input and a gate, in the order in which they are computed."""
        number = 0
        for node, gate in enumerate(self.graph.gates):
            if gate == CONSTANT or (self.hidden and self.hidden[node]):
                continue
            number += 1
            value = self._value(node)
            sides: tuple[Formula, ...] = ((value,),)
            if gate != INPUT:
                formula = self._written(node)
                sides = (formula, self._filled(formula), *sides)
            notes = tuple(n for n in self._notes.get(node, ()) if not self._is_of_slopes(n))
            yield Step(number, node, (), "input" if gate == INPUT else "", (Equation((Name(node),), sides),), notes)

    def backward(self) -> Iterator[Step]:
        """A step for the output, for each gate that hands its gradient on, for each node at which several meet."""
        if self.passed is None:
            return
        number = self.forward_count
        arrived: dict[int, list[Any]] = {}
        for node in range(self.graph.output, -1, -1):
            parts = arrived.pop(node, [])
            if self.passed.grads[node] is None or not self.active[node]:
                continue
            steps = [*self._arrival(node, parts), *self._departure(node, arrived)]
            notes = tuple(n for n in self._notes.get(node, ()) if self._is_of_slopes(n))
            for place, step in enumerate(steps, 1):
                number += 1
                yield step._replace(number=number, notes=notes if place == len(steps) else ())

    def results(self) -> Iterator[Equation]:
        """The gradients that were asked for."""
        for name, grad in self.report.gradients.items():
            yield Equation((Grad(self.nodes[name]),), ((Number(grad),),))

    def _arrival(self, node: int, parts: list[Any]) -> Iterator[Step]:
        """The gradient of a node that does not simply come from one gate."""
        assert self.passed is not None
        total = ((Number(self.passed.grads[node]),),)
        if node == self.graph.output:
            yield Step(0, node, (), "the output", (Equation((Grad(node),), total),))
        elif len(parts) > 1:
            equation = Equation((Grad(node),), (joined(" + ", parts, Number), *total))
            yield Step(0, node, (Name(node),), copies(len(parts)), (equation,))

    def _departure(self, node: int, arrived: dict[int, list[Any]]) -> Iterator[Step]:
        """What a gate hands on to the operands that were asked for; `arrived` gets it."""
        assert self.passed is not None
        ties = self._ties(node)
        equations: list[Equation] = []
        for position, operand in enumerate(self.graph.inputs[node]):
            if self.active[operand]:
                slope = self.passed.locals[node][position]
                sent, flows = self._sent(node, slope)
                if flows:
                    arrived.setdefault(operand, []).append(sent)
                equations += [self._slope(node, position, slope, ties), self._product(node, operand, slope, sent)]
        if equations:
            subject = (Name(node), " = ", *self._written(node))
            yield Step(0, node, subject, role(self.graph.gates[node]), tuple(equations))

    def _sent(self, node: int, slope: Any) -> tuple[Any, bool]:
        """What a gate sends along a slope, and whether it sends at all: a gate that routes ignores a slope of 0."""
        assert self.passed is not None
        gate = GATES.get(self.graph.gates[node])
        if gate is not None and gate.routes and slope == 0:
            return 0.0, False
        return self.passed.grads[node] * slope, True

    def _slope(self, node: int, position: int, slope: Any, ties: int) -> Equation:
        """`∂f/∂x = rule = rule with numbers = slope`; a rule in words has no numbers to put in."""
        operands = self.graph.inputs[node]
        formula = self._rule(node, position, slope, ties)
        in_words = any(isinstance(piece, str) and " for " in piece for piece in formula)
        symbols = (formula, self._filled(formula))[: 1 if in_words else 2] if formula else ()
        return Equation((Partial(node, operands[position]),), (*symbols, (Number(slope),)))

    def _product(self, node: int, operand: int, slope: Any, sent: Any) -> Equation:
        """`df/dx += df/dq · ∂q/∂x`, with numbers, and what that comes to."""
        assert self.passed is not None
        rule = (Grad(node), " · ", Partial(node, operand))
        numbers = (Number(self.passed.grads[node]), " · ", Number(slope))
        return Equation((Grad(operand),), (rule, numbers, (Number(sent),)), "+=")

    def _rule(self, node: int, position: int, slope: Any, ties: int) -> Formula:
        """The gate's partial along an operand, over the nodes at hand."""
        name, operands, values = self.graph.gates[node], self.graph.inputs[node], self.values
        if node in self.calls:
            return self._rule_of_call(self.calls[node], operands[position], slope)
        numbers = () if ties else [values[j] for j in operands]
        words = rule(name, position, numbers, values[node], slope, ties)
        if not words:
            return ()
        along = (operands[position],) if ties else operands
        stands_for = {p.name: Name(j) for p, j in zip(GATES[name].parameters, along, strict=True)} | {"out": Name(node)}
        return _merged(stands_for.get(word, word) for word in words)

    def _rule_of_call(self, call: Module, operand: int, slope: Any) -> Formula:
        """The slope of a user's gate in closed form, if there is one."""
        text = self.report.slopes.get(call.name, {}).get(call.parameters[call.operands.index(operand)])
        if text is None or len(set(call.operands)) < len(call.operands):
            return ()
        numbers = [self.values[j] for j in call.operands]
        words = rule_of_call(call.parameters, text, numbers, self.values[call.output], slope)
        names = dict(zip(call.parameters, map(Name, call.operands), strict=True)) | {"out": Name(call.output)}
        return _merged(names.get(word, word) for word in words)

    def _ties(self, node: int) -> int:
        """How many operands of a variadic gate are the one it took; 0 for other gates."""
        gate = GATES.get(self.graph.gates[node])
        if gate is None or not gate.variadic:
            return 0
        return max(1, [self.values[j] for j in self.graph.inputs[node]].count(self.values[node]))

    def _written(self, node: int) -> Formula:
        """What a node is, over its operands."""
        marked = _MARK.split(written(self.graph, node, _MARKS))  # between the marks, at even places, is text
        pieces = [Name(int(piece)) if place % 2 else piece for place, piece in enumerate(marked)]
        return _few(tuple(piece for piece in pieces if piece != ""))

    def _filled(self, formula: Formula) -> Formula:
        """The formula with values in the place of names."""
        return tuple(self._value(piece.node) if isinstance(piece, Name) else piece for piece in formula)

    def _value(self, node: int) -> Piece:
        gate = GATES.get(self.graph.gates[node])
        if gate is not None and gate.truth:
            return "true" if self.values[node] else "false"
        return Number(self.values[node])

    def _is_of_slopes(self, note: Note) -> bool:
        """Whether a note is for the backward pass: about a slope, at a node that has a step there."""
        assert note.node is not None
        if self.passed is None or self.passed.grads[note.node] is None or not self.active[note.node]:
            return False
        if note.code in _OF_EITHER:
            return not _OF_EITHER[note.code](self.values[note.node])
        return note.code in _OF_SLOPES


class _Marks:
    """In the place of names: marks that tell where in a formula which node stands."""

    def __getitem__(self, node: int) -> str:
        return f"\0{node}\0"


_MARKS: Any = _Marks()


def _merged(pieces: Iterable[Piece]) -> Formula:
    """The pieces, neighbouring texts as one."""
    made: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    return tuple(made)


def joined(sign: str, items: Sequence[Item], piece: Callable[[Item], Piece]) -> Formula:
    """The pieces that the items are, a sign between them; the middle left out where they are many."""
    if len(items) <= _MOST_OPERANDS:
        shown = [piece(item) for item in items]
    else:
        shown = [*(piece(item) for item in items[:4]), "…", piece(items[-1])]
    return tuple(p for item in shown for p in (sign, item))[1:]


def _few(formula: Formula) -> Formula:
    """The formula, the middle of its operands left out where they are many."""
    operands = [place for place, piece in enumerate(formula) if not isinstance(piece, str)]
    if len(operands) <= _MOST_OPERANDS:
        return formula
    return (*formula[: operands[4]], "…", *formula[operands[-1] - 1 :])
