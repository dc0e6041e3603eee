"""The result of `diff`: the derivatives of an expression as formulas, and what the names in them stand for."""

from __future__ import annotations

import re
from itertools import groupby

from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.engine.derive import derive
from backprop_cli.errors import Diagnostic, Label, Source, Status
from backprop_cli.graph import Graph, Value
from backprop_cli.graph.names import node_names, output_name
from backprop_cli.lean import TYPE_CHECKING, Mapping, NamedTuple, Sequence
from backprop_cli.report.algebra import uses, write
from backprop_cli.report.model import Note

if TYPE_CHECKING:
    from backprop_cli.check.simplified import Simplified
    from backprop_cli.report import Report

_SHORT = 8  # characters of an output that is written out, not named


class Derivative(NamedTuple):
    """`left = formula`: with respect to `variables`, one after the other; `node` is that of the derived graph.

    `simplified` is what SymPy makes of it, empty where that is no shorter.
    """

    variables: tuple[str, ...]
    left: str
    formula: str
    node: int
    simplified: str = ""


class DerivativeReport(NamedTuple):
    """`heading` is the program, with a name for its value; `parts` are the names in the formulas that are not the
    program's, with what they stand for, in order. `graph` has the nodes of the derivatives; `numbers` are these by
    their variables, where every input has a value, and `of_numbers` is the status of what is to be said of them.
    `verdict` is that of SymPy, empty where it was not asked; `by_sympy`: the formulas are in its form.
    """

    source: Source
    heading: str
    output: str
    parts: tuple[tuple[str, str], ...]
    derivatives: tuple[Derivative, ...]
    graph: Graph
    notes: tuple[Note, ...]
    numbers: Mapping[tuple[str, ...], Value] = {}
    of_numbers: int = Status.OK
    verdict: str = ""
    by_sympy: bool = False

    @property
    def status(self) -> int:
        """That of the command."""
        return Status.DISAGREES if self.verdict == DIFFERS else self.of_numbers

    @property
    def complaint(self) -> Diagnostic | None:
        """What to say where SymPy's derivative has other numbers."""
        if self.verdict != DIFFERS:
            return None
        return Diagnostic("C501", "SymPy has another derivative", (Label(self.source, 0, len(self.source.text)),))

    def with_numbers(self, passes: Mapping[tuple[str, ...], Report]) -> DerivativeReport:
        """The report with the gradients of the derivatives of one order less, by the variables of those."""
        numbers = {
            (*variables, name): number for variables, of in passes.items() for name, number in of.gradients.items()
        }
        noted = dict.fromkeys((*self.notes, *(note for of in passes.values() for note in of.notes)))
        return self._replace(numbers=numbers, notes=tuple(noted), of_numbers=max(of.status for of in passes.values()))

    def checked(self, found: Simplified | None) -> DerivativeReport:
        """The report with what SymPy says."""
        if found is None:
            return self
        texts = [found.formulas.get(derivative.variables, "") for derivative in self.derivatives]
        if found.verdict == AGREES and all(texts) and len(self.derivatives[0].variables) > 1:
            pairs = zip(self.derivatives, texts, strict=True)
            derivatives = tuple(derivative._replace(formula=text) for derivative, text in pairs)
            return self._replace(derivatives=derivatives, parts=(), verdict=found.verdict, by_sympy=True)
        derivatives = tuple(
            derivative._replace(simplified=text if text and _size(text) < _size(derivative.formula, self.parts) else "")
            for derivative, text in zip(self.derivatives, texts, strict=True)
        )
        return self._replace(derivatives=derivatives, verdict=found.verdict)

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text

    @property
    def formulas(self) -> dict[str, str]:
        """`df/dx` and its like to the formula."""
        return {derivative.left: derivative.formula for derivative in self.derivatives}

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """The program's own names in the formulas, and what they stand for; each after those it is made of."""
        names = {node: name for name, node in self.graph.variables.items()} | dict(self.graph.names)
        nodes = [derivative.node for derivative in self.derivatives]
        used = {word for text in (*self.formulas.values(), *dict(self.parts).values()) for word in _words(text)}
        needed = []
        for name, text in reversed(_defined(self.graph, nodes, names, node_names(self.graph))):
            if name in used:
                needed.append((name, text))
                used.update(_words(text))
        return needed[::-1]

    def value(self, derivative: Derivative) -> Value | None:
        """What a derivative comes to; None where some input has no value."""
        return self.numbers.get(derivative.variables)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _size(formula: str, parts: Sequence[tuple[str, str]] = ()) -> int:
    """How long a formula is with the parts it needs, blanks aside."""
    needed = [text for name, text in parts if re.search(rf"\b{name}\b", formula)]
    return sum(len(text.replace(" ", "")) for text in (formula, *needed))


class Formulas(NamedTuple):
    """The program with a name for its value, the graph with its derivatives, these, and names not the program's."""

    heading: str
    graph: Graph
    derivatives: tuple[Derivative, ...]
    parts: tuple[tuple[str, str], ...]


def formulas(graph: Graph, targets: Mapping[str, int], order: int) -> Formulas:
    """The derivatives of that order with respect to the targets, in all combinations.

    Raises BackpropError (N215) at a gate whose derivative is no formula.
    """
    output, names = output_name(graph), list(targets)
    derived = graph
    nodes: dict[tuple[str, ...], int] = {(): graph.output}
    for _ in range(order):
        lower, nodes = nodes, {}
        for variables, node in lower.items():
            later = names[names.index(variables[-1]) :] if variables else names
            derived, found, _ = derive(derived, node, [targets[name] for name in later], as_in_books=True)
            nodes |= {(*variables, name): gradient for name, gradient in zip(later, found, strict=True)}
    called = {node: name for name, node in graph.variables.items()} | dict(graph.names)
    spare = node_names(derived)
    whole = write(graph, [graph.output], called, spare).formulas[0]
    if len(whole) > _SHORT and graph.output not in called:
        called[graph.output] = output
    written = write(derived, list(nodes.values()), called, spare)
    parts = tuple(written.parts)
    heading = graph.source.text.strip()
    if not graph.title:
        text = graph.text(graph.output)
        if text == heading:
            heading = f"{output} = {heading}"
        if any(re.search(rf"\b{output}\b", formula) for formula in (*written.formulas, *(part for _, part in parts))):
            parts = ((output, text if heading.startswith(f"{output} = ") else whole), *parts)
    pairs = zip(nodes.items(), written.formulas, strict=True)
    made = (Derivative(variables, left_side(output, variables), formula, node) for (variables, node), formula in pairs)
    return Formulas(heading, derived, tuple(made), parts)


def left_side(output: str, variables: Sequence[str]) -> str:
    """`df/dx`, `d2f/dx2`, `d2f/dxdy`."""
    order = len(variables)
    below = "".join(
        f"d{name}{count if count > 1 else ''}" for name, group in groupby(variables) if (count := len([*group]))
    )
    return f"d{order if order > 1 else ''}{output}/{below}"


def _defined(
    graph: Graph, nodes: Sequence[int], names: Mapping[int, str], spare: Sequence[str]
) -> list[tuple[str, str]]:
    """The `names` in the formulas of nodes, but for inputs, and what they stand for; each after those it is made of."""
    found: dict[int, list[tuple[str, str]]] = {}
    waiting = [*uses(graph, nodes, names)]
    while waiting:
        node = waiting.pop()
        if node in names and node not in found and graph.inputs[node]:
            written = write(graph, [node], names, spare, node)
            found[node] = [*written.parts, (names[node], written.formulas[0])]
            waiting += uses(graph, [node], names, node)
    return list(dict.fromkeys(pair for node in sorted(found) for pair in found[node]))
