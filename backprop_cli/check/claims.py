"""A claim, `df/dz = x + y`, as a graph over the program's names; gradients may be written inside the formula.

Of the formula it knows only `df/dq`, which the language does not have: it puts a name of the same length in its
place, so that every error points at what was typed. Whether a claim is true is not asked here.
"""

from __future__ import annotations

import re

from backprop_cli.check.gradient_words import Gradient, without_gradients
from backprop_cli.check.messages import meant_claim, not_a_claim, not_one_formula, told_of, unknown_node, unknown_output
from backprop_cli.check.point import Point
from backprop_cli.check.printed import half_unit_of
from backprop_cli.check.scope import Scope, with_values
from backprop_cli.check.second_derivatives import Left, left_side, meant_second, pair
from backprop_cli.check.whole_formulas import of_formula
from backprop_cli.check.whole_gradients import with_inputs
from backprop_cli.engine.passes import forward
from backprop_cli.engine.precision import untrue_numbers
from backprop_cli.engine.true_number import corrected, of_node
from backprop_cli.errors import BackpropError, Diagnostic, Source
from backprop_cli.gates.fields import Field
from backprop_cli.graph import Graph, Value, lower
from backprop_cli.graph.advice import RECIPROCAL
from backprop_cli.graph.shapes import infer
from backprop_cli.graph.starred_products import writes_products_starred
from backprop_cli.language.definitions import read_program
from backprop_cli.language.indicators import with_round_brackets
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.language.program import COMPARISONS, Definition, Program
from backprop_cli.language.understanding import nothing_known
from backprop_cli.lean import Any, Collection, Iterable, Mapping, MappingProxyType, NamedTuple
from backprop_cli.numeric.shapes import MAX_ELEMENTS

_LEFT = re.compile(r"\s*[d∂]([^\W\d]\w*)\s*[/÷]\s*[d∂]([^\W\d]\w*)\s*(\[[^\]=]*\])?\s*=(?!=)")

_STARRED = re.compile(r"(?<![.*])\*(?!\*)")
_COUNTED = "1*("  # what makes a number, 1 or 0, of a comparison
_NONE: Mapping[str, Gradient] = MappingProxyType({})


class NotComputableError(BackpropError):
    """A formula that has no value, because the shapes or the values of arrays do not fit: it is no gradient's."""


class Formula(NamedTuple):
    """A formula over a program's names as a graph; `uses` says what each of its inputs is: a node or a gradient.

    `values_used` names the values of the scope that are constants in it.
    """

    source: Source
    graph: Graph
    uses: Mapping[str, int | Gradient]
    values_used: frozenset[str] = frozenset()

    def values(self, place: Point, field: Field | None = None) -> list[Value]:
        """The values of the formula's nodes where the program is at a place."""
        value = place.value if field is None else place.values.__getitem__
        given = {n: place.grad(*use) if isinstance(use, Gradient) else value(use) for n, use in self.uses.items()}
        return self.evaluate(given, field)

    def computed(self, place: Point) -> Value:
        """The formula's value where the program is at a place, as the passes have it."""
        uses = self.uses.items()
        given = {n: place.computed(*use) if isinstance(use, Gradient) else place.values[use] for n, use in uses}
        return self.evaluate(given)[self.graph.output]

    def claimed(self, place: Point) -> Value:
        """The formula's value where the program is at a place; the true number where doubles lose it."""
        values = self.values(place)
        output = self.graph.output
        lost = untrue_numbers(self.graph, values, output)
        return corrected(values[output], of_node(lost, output, of_gradient=False))

    def evaluate(self, given: Mapping[str, Value], field: Field | None = None) -> list[Value]:
        """The values of the formula's nodes where its names have the given ones.

        Raises NotComputableError if the shapes of arrays do not fit.
        """
        try:
            if not self.graph.has_arrays:
                shapes = {name: getattr(value, "shape", ()) for name, value in given.items()}
                if self.graph.needs_shapes or any(shapes.values()):
                    infer(self.graph, shapes, max_elements=MAX_ELEMENTS)
            return forward(self.graph, given, field)
        except BackpropError as error:
            raise NotComputableError(*(told_of(self.source, diagnostic) for diagnostic in error.diagnostics)) from None


class Claim(NamedTuple):
    """What is claimed of a gradient: `names` are the two of its left side, `written` is how its right side reads.

    `element` is the index behind these (`[0, 1]`), if there is one; then `part` is the left side as a formula of one
    input, the gradient.
    `half_unit` is half a unit of the last decimal where the right side is a decimal number as people print them
    (`0.20`), otherwise 0.
    `second` is how a left side reads that is a second derivative: then `names` has the first one above the bar.
    """

    source: Source
    names: tuple[str, str]
    of: Gradient
    written: str
    formula: Formula
    half_unit: float
    element: str = ""
    part: Formula | None = None
    second: str = ""

    @property
    def target(self) -> str:
        """How the left side reads: `df/dx`."""
        return (self.second or "d{}/d{}".format(*self.names)) + self.element

    def chosen(self, whole: Any) -> Any:
        """The part of an array shaped like the gradient that the left side names: all of it, or some elements."""
        if self.part is None:
            return whole
        (name,) = self.part.uses
        return self.part.evaluate({name: whole})[self.part.graph.output]

    def excess(self, place: Point, field: Field | None) -> Value:
        """What is claimed less what is right, of every element, where the formula's gates are a field's."""
        claimed = self.formula.values(place, field)[self.formula.graph.output]
        return claimed - self.chosen(place.grad(*self.of))


def read_claims(texts: Iterable[str | Source], scope: Scope) -> list[Claim]:
    """The claims about a program.

    Raises BackpropError with what is wrong in all of them.
    """
    claims: list[Claim] = []
    wrong: list[Diagnostic] = []
    for text in texts:
        try:
            source = text if isinstance(text, Source) else Source("claim", text)
            claims += [_claim(one, scope) for one in with_inputs(source, scope)]
        except BackpropError as error:
            wrong += error.diagnostics
    if wrong:
        raise BackpropError(*wrong[:MOST_ERRORS])
    return claims


def inputs_named(claims: Iterable[str | Source]) -> set[str]:
    """The names below the bars of the claims' left sides that are first derivatives."""
    texts = (claim.text if isinstance(claim, Source) else claim for claim in claims)
    return {ascii_name(found[2]) for text in texts if isinstance(text, str) and (found := _LEFT.match(text))}


def _claim(source: Source, scope: Scope) -> Claim:
    names = scope.names
    if meant := meant_second(source.text, names):
        source = Source(source.name, meant)
    if left := left_side(source, names):
        return _second(source, left, scope)
    if not _LEFT.match(source.text) and (meant := meant_claim(source.text, names, scope.output)):
        source = Source(source.name, meant)
    if not _LEFT.match(source.text) and (meant := of_formula(source, scope, lambda text: _read(text, scope))):
        source = Source(source.name, meant)
    found = _LEFT.match(source.text)
    if found is None:
        raise not_a_claim(source)
    above, below = (ascii_name(name) or name for name in found.groups()[:2])
    if above not in names:
        raise unknown_output(above, source, found.start(1), names, scope.output)
    if below not in names:
        raise unknown_node(below, source, found.start(2), names)
    element = found[3] or ""
    part = _part(source, found.end(3), names[below], scope) if element else None
    begin = found.end()
    written = source.text[begin:].strip()
    formula = _file(source, begin, below, scope) if written[:1] == "@" else read_formula(source, begin, scope)
    of = Gradient(names[above], names[below])
    return Claim(source, (above, below), of, written, formula, half_unit_of(formula, written), element, part)


def _read(text: str, scope: Scope) -> Formula | None:
    """A formula over the program's names; None where it is none."""
    try:
        return read_formula(Source("claim", text), 0, scope)
    except BackpropError:
        return None


def _second(source: Source, left: Left, scope: Scope) -> Claim:
    """A claim about a second derivative."""
    names = scope.names
    if left.above not in names:
        raise unknown_output(left.above, source, left.start_above, names, scope.output)
    for name in left.below:
        if name not in names:
            raise unknown_node(name, source, left.start_below + 1, names)
    first, second = (names[name] for name in left.below)
    of = Gradient(*pair(source, left, scope.firsts, names[left.above], (first, second)))
    inner, outer = left.below if of.wrt == second else left.below[::-1]
    part = _part(source, left.end_element, of.wrt, scope, left.end_below) if left.element else None
    written = source.text[left.end :].strip()
    formula = _file(source, left.end, outer, scope) if written[:1] == "@" else read_formula(source, left.end, scope)
    above = f"d{left.above}/d{inner}"
    return Claim(
        source,
        (above, outer),
        of,
        written,
        formula,
        half_unit_of(formula, written),
        left.element,
        part,
        left.written,
    )


def _part(source: Source, end: int, node: int, scope: Scope, bare: int = 0) -> Formula:
    """The left side up to `end`, `df/dW[0, 1]`, as a formula of the gradient.

    Up to `bare` it is a second derivative, which no formula has: a word is put in its place.

    Raises BackpropError if the gradient has no such elements.
    """
    word = "_" * bare
    typed = Source(source.name, word + source.text[bare:])
    try:
        part = read_formula(typed, 0, scope, [word] if word else [], end)
        infer(part.graph, dict.fromkeys(part.uses, scope.shape(node)), max_elements=MAX_ELEMENTS)
    except BackpropError as error:
        raise BackpropError(*(told_of(source, diagnostic) for diagnostic in error.diagnostics)) from None
    return part


def _file(source: Source, begin: int, name: str, scope: Scope) -> Formula:
    """The right side `@FILE`: what is in it, of a table the column of that name."""
    value = scope.read(source, begin, name)
    word = "_" * (len(source.text) - begin)
    program = parse(Source(source.name, " " * begin + word), (word,))
    return Formula(source, with_values(lower(program, (word,)), {word: value}), {})


def read_formula(
    source: Source,
    begin: int,
    scope: Scope,
    more: Collection[str] = (),
    end: int | None = None,
    derivatives: Mapping[str, Gradient] = _NONE,
    *,
    sized: bool = False,
) -> Formula:
    """The formula that a source's text is from `begin` to `end`: of what is in scope, gradients, and `more` names.

    With `sized`, signs that mean two things of arrays are refused, as in programs.
    What `more` names stand for, the caller knows: `uses` has -1 for them. `derivatives` have names of their own.
    """
    end = len(source.text) if end is None else end
    text = " " * begin + source.text[begin:end].replace("∂", "d")
    if writes_products_starred(scope.firsts.graph):  # as in the program, so in what is claimed of it
        text = _STARRED.sub("·", text)
    text, gradients = without_gradients(source, with_round_brackets(text), scope.names, {*more, *scope.values})
    values = {name: value for name, value in scope.values.items() if name not in more}
    uses: dict[str, int | Gradient] = {**scope.names, **derivatives, **dict.fromkeys(more, -1), **gradients}
    known = {**uses, **values}
    try:
        program = parse(Source(source.name, text), known, scope.size_of if sized else nothing_known)
        if (
            not program.diagnostics
            and program.ops[program.statements[-1].row] in COMPARISONS
            and begin >= len(_COUNTED)
        ):
            counted = f"{text[: begin - len(_COUNTED)]}{_COUNTED}{text[begin:]})"  # every place stays where it is
            program = parse(Source(source.name, counted), known)
        program.definitions = [*scope.gates, *_reciprocals(program, [gate.name for gate in scope.gates])]
        if not program.diagnostics and (len(program.statements) > 1 or program.statements[0].name):
            raise not_one_formula(source, begin, end)
        graph = lower(program, known)
    except BackpropError as error:
        raise BackpropError(*(told_of(source, diagnostic, known) for diagnostic in error.diagnostics)) from None
    used = {name for name in graph.variables if name in values}
    return Formula(source, with_values(graph, values), {name: uses[name] for name in graph.variables}, frozenset(used))


def _reciprocals(program: Program, known: Collection[str]) -> list[Definition]:
    """Functions of trigonometry that are no gates, and that a formula calls: `-csc(x)^2` is as books write slopes."""
    called = {args.name for op, args in zip(program.ops, program.args, strict=True) if op == "call"}
    used = sorted(called & RECIPROCAL.keys() - {*known})
    texts = (f"gate {name}(x) = 1/{RECIPROCAL[name]}(x)" for name in used)
    return read_program(Source("formula", "\n".join((*texts, "0")))).definitions if used else []


def is_constant(formula: Formula) -> bool:
    """Whether the formula is numbers only."""
    return not formula.graph.variables
