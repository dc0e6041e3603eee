"""The derivation of gradients as plain data: numbered steps, forward then backward, each with its equations."""

from __future__ import annotations

from math import inf

from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import CONSTANT, INPUT
from backprop_cli.graph.names import node_names
from backprop_cli.lean import Any, Callable, Iterator, NamedTuple
from backprop_cli.report.contributions import contributions
from backprop_cli.report.formula import (
    Equation,
    Formula,
    Grad,
    Name,
    Number,
    Partial,
    Piece,
    Rule,
    few,
    joined,
    shapes_of,
    summed,
)
from backprop_cli.report.gradient_flow import copies, role
from backprop_cli.report.model import Note, Report
from backprop_cli.report.notation import Speller, Words
from backprop_cli.report.parts import node_parts, sent_parts
from backprop_cli.report.rules import rule_of_gate, rule_of_subgraph

_OF_SLOPES = frozenset({"kink", "jump", "one-sided", "infinite"})
# These are about a slope or a gradient unless the value itself shows them.
_OF_EITHER: dict[str, Callable[[Any], Any]] = {
    "undefined": lambda value: value != value,
    "overflow": lambda value: abs(value) == inf,
    "underflow": lambda value: value == 0,
}


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


class Derivation:
    """The steps of a report's passes. They are made as they are read, so that a large graph costs what is shown."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.graph, self.values, self.passed, self.active, self.hidden, *_ = report.columns
        self.folded = {view.subgraph.output: view.subgraph for view in report.columns.folded}
        self.names = node_names(self.graph)
        self.nodes = {name: node for node, name in enumerate(self.names) if name in report.gradients}
        self.nodes |= {**self.graph.variables, **self.graph.definitions}
        self._sent = contributions(report.columns) if self.passed is not None else None
        self._notes: dict[int, list[Note]] = {}
        self.of_results: list[Note] = []  # notes on gradients that no step is about: an input's
        for note in report.notes:
            if note.of_gradient and note.node is not None and self.graph.gates[note.node] == INPUT:
                self.of_results.append(note)
            elif note.node is not None and note.node not in self.graph.constants:
                self._notes.setdefault(note.node, []).append(note)

    def speller(self, words: Words) -> Speller:
        """What spells the equations in a format's words."""
        return Speller(self.names, self.report.output, words)

    def shape_text(self, node: int) -> str:
        """`(2, 3)`; nothing for a number."""
        shape = self.graph.shape(node)
        return str(shape) if shape else ""

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
            shapes = shapes_of(sides[0], self.graph.shape(node), self.graph.shape)
            equation = Equation((Name(node),), sides, shapes=shapes)
            yield Step(number, node, (), "input" if gate == INPUT else "", (equation,), notes)

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
            yield Equation((Grad(self.nodes[name]),), ((Number(grad),),), shapes=self.shape_text(self.nodes[name]))

    def _arrival(self, node: int, parts: list[Any]) -> Iterator[Step]:
        """The gradient of a node that does not simply come from one gate."""
        assert self.passed is not None
        total = ((Number(self.passed.grads[node]),),)
        if node == self.graph.output:
            yield Step(0, node, (), "the output", (Equation((Grad(node),), total, shapes=self.shape_text(node)),))
        elif len(parts) > 1:
            equation = Equation((Grad(node),), (joined(" + ", parts, Number), *total), shapes=self.shape_text(node))
            yield Step(0, node, (Name(node),), copies(len(parts)), (equation,))

    def _departure(self, node: int, arrived: dict[int, list[Any]]) -> Iterator[Step]:
        """What a gate hands on to the operands that were asked for; `arrived` gets it."""
        assert self.passed is not None
        assert self._sent is not None
        is_tensor, slopes = self.graph.gates[node] in TENSORS, self.passed.locals[node]
        equations: list[Equation] = []
        for position, operand in enumerate(self.graph.inputs[node]):
            if self.active[operand]:
                sent = self._sent(node, position)
                if sent is not None:
                    arrived.setdefault(operand, []).append(sent)
                has_slope = bool(slopes) and slopes[position] is not None
                told = self._by_rule if is_tensor else self._by_slope if has_slope else self._by_call
                equations += told(node, position, 0.0 if sent is None else sent)
        if equations:
            subject = (Name(node), " = ", *self._written(node))
            elementwise = ", element by element" if self.graph.shape(node) and slopes else ""
            yield Step(0, node, subject, role(self.graph.gates[node]) + elementwise, tuple(equations))

    def _by_slope(self, node: int, position: int, sent: Any) -> list[Equation]:
        """`∂f/∂x = rule = rule with numbers = slope`, then `df/dx += df/df · ∂f/∂x`, with numbers, and its value.

        Of an array the slope is its Jacobian's diagonal, and the product is element by element.
        """
        assert self.passed is not None
        operand, slope = self.graph.inputs[node][position], self.passed.locals[node][position]
        here, there = self.graph.shape(node), self.graph.shape(operand)
        formula, in_words = self._rule(node, position, slope)
        symbols = (formula, self._filled(formula))[: 1 if in_words else 2] if formula else ()
        diagonal = "the Jacobian's diagonal" if here else ""
        product: Formula = (Grad(node), " · ", Partial(node, operand))
        numbers: Formula = (Number(self.passed.grads[node]), " · ", Number(slope))
        shapes = ""
        if here:
            axes, shapes = summed(there, here)
            if here != there:
                product, numbers = ("sum(", *product, f"{axes})"), ("sum(", *numbers, f"{axes})")
        return [
            Equation((Partial(node, operand),), (*symbols, (Number(slope),)), shapes=diagonal),
            Equation((Grad(operand),), (product, numbers, (Number(sent),)), "+=", shapes),
        ]

    def _by_call(self, node: int, position: int, sent: Any) -> list[Equation]:
        """`df/dx += df/dn · ∂n/∂x` for a folded sub-graph over arrays, whose inside has sent what it comes to."""
        operand = self.graph.inputs[node][position]
        product, _ = sent_parts(self.graph, node, position)
        return [Equation((Grad(operand),), (product, (Number(sent),)), "+=", self.shape_text(operand))]

    def _by_rule(self, node: int, position: int, sent: Any) -> list[Equation]:
        """`df/dW += outer(df/dq, x)`, with numbers where the rule is a formula, and what it comes to."""
        operand, shape_of = self.graph.inputs[node][position], self.graph.shape
        formula, in_words = sent_parts(self.graph, node, position)
        here, there, gate = shape_of(node), shape_of(operand), TENSORS[self.graph.gates[node]]
        symbols: tuple[Formula, ...] = (formula, self._filled(formula))
        if in_words:
            symbols = (("(", *formula, ")"),)
        elif "axis" in gate.attributes and len(there) > 1:
            symbols = (formula,)  # it does not say along which axis
        shapes = shapes_of(formula, there, shape_of) if gate.family == "product" else str(there or "")
        most = max(len(shape_of(j)) for j in self.graph.inputs[node])
        if gate.symbol == "@" and most > 2 and (len(there) < 3 or there[:-2] not in (here[:-2], here[:-1])):
            shapes += " summed over the other axes"
        return [Equation((Grad(operand),), (*symbols, (Number(sent),)), "+=", shapes)]

    def _rule(self, node: int, position: int, slope: Any) -> Rule:
        """The slope of a gate or of a folded sub-graph along an operand, over the nodes at hand."""
        if node not in self.folded:
            return rule_of_gate(self.graph, self.values, node, position, slope)
        subgraph, operand = self.folded[node], self.graph.inputs[node][position]
        return rule_of_subgraph(subgraph, self.report.slopes, self.values, operand, slope)

    def _written(self, node: int) -> Formula:
        """What a node is, over its operands."""
        return few(node_parts(self.graph, node))

    def _filled(self, formula: Formula) -> Formula:
        """The formula with values in the place of names, and the gradient that arrived in that of its symbol."""
        return tuple(map(self._number, formula))

    def _number(self, piece: Piece) -> Piece:
        if isinstance(piece, Grad):
            assert self.passed is not None
            return Number(self.passed.grads[piece.node])
        return self._value(piece.node) if isinstance(piece, Name) else piece

    def _value(self, node: int) -> Piece:
        gate = GATES.get(self.graph.gates[node])
        if gate is not None and gate.truth and not self.graph.shape(node):
            return "true" if self.values[node] else "false"
        return Number(self.values[node])

    def _is_of_slopes(self, note: Note) -> bool:
        """Whether a note is for the backward pass: about a slope, at a node that has a step there."""
        assert note.node is not None
        if self.passed is None or self.passed.grads[note.node] is None or not self.active[note.node]:
            return False
        if note.of_gradient:
            return True
        if note.code in _OF_EITHER:
            value = self.values[note.node]
            shown = _OF_EITHER[note.code](value[note.element] if note.element else value)
            return not (shown.any() if hasattr(shown, "any") else shown)
        return note.code in _OF_SLOPES
