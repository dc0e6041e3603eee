"""A claim, `df/dz = x + y`, as a graph over the program's names; gradients may be written inside the formula.

Of the formula it knows only `df/dq`, which the language does not have: it puts a name of the same length in its
place, so that every error points at what was typed. Whether a claim is true is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from backprop_cli.check.messages import not_a_claim, not_one_formula, told_of, unknown_node, unknown_output
from backprop_cli.check.point import Point
from backprop_cli.engine.passes import forward
from backprop_cli.engine.precision import untrue_numbers
from backprop_cli.engine.true_number import corrected, of_node
from backprop_cli.errors import BackpropError, Diagnostic, Source
from backprop_cli.gates.fields import Field
from backprop_cli.graph import CONSTANT, Graph, Value, lower
from backprop_cli.graph.shapes import MAX_ELEMENTS, infer
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.language.tokens import CALL, DEFINE, NAME, OPERATOR, Tokens, tokenize

_DECIMAL = re.compile(r"\s*[-+−]?\s*([0-9]*)\.([0-9]*)(?:[eE]([-+]?[0-9]+))?\s*")


class Gradient(NamedTuple):
    """d output / d wrt, of two nodes."""

    output: int
    wrt: int


class Formula(NamedTuple):
    """A formula over a program's names as a graph; `uses` says what each of its inputs is: a node or a gradient."""

    source: Source
    graph: Graph
    uses: Mapping[str, int | Gradient]

    def values(self, place: Point, field: Field | None = None) -> list[Value]:
        """The values of the formula's nodes where the program is at a place."""
        value = place.value if field is None else place.values.__getitem__
        given = {n: place.grad(*use) if isinstance(use, Gradient) else value(use) for n, use in self.uses.items()}
        return self.evaluate(given, field)

    def claimed(self, place: Point) -> Value:
        """The formula's value where the program is at a place; the true number where doubles lose it."""
        values = self.values(place)
        output = self.graph.output
        lost = untrue_numbers(self.graph, values, output)
        return corrected(values[output], of_node(lost, output, of_gradient=False))

    def evaluate(self, given: Mapping[str, Value], field: Field | None = None) -> list[Value]:
        """The values of the formula's nodes where its names have the given ones.

        Raises BackpropError if the shapes of arrays do not fit.
        """
        try:
            if not self.graph.has_arrays:
                shapes = {name: getattr(value, "shape", ()) for name, value in given.items()}
                if self.graph.needs_shapes or any(shapes.values()):
                    infer(self.graph, shapes, max_elements=MAX_ELEMENTS)
            return forward(self.graph, given, field)
        except BackpropError as error:
            raise BackpropError(*(told_of(self.source, diagnostic) for diagnostic in error.diagnostics)) from None


class Claim(NamedTuple):
    """What is claimed of a gradient: `names` are the two of its left side, `written` is how its right side reads.

    `half_unit` is half a unit of the last decimal where the right side is a decimal number as people print them
    (`0.20`), otherwise 0.
    """

    source: Source
    names: tuple[str, str]
    of: Gradient
    written: str
    formula: Formula
    half_unit: float

    @property
    def target(self) -> str:
        """How the left side reads: `df/dx`."""
        return "d{}/d{}".format(*self.names)


def read_claims(texts: Iterable[str | Source], names: Mapping[str, int], output: str = "") -> list[Claim]:
    """The claims of a program whose nodes have `names`; `output` is its output's, for what there is to complain.

    Raises BackpropError with what is wrong in all of them.
    """
    claims: list[Claim] = []
    wrong: list[Diagnostic] = []
    for text in texts:
        try:
            claims.append(_claim(text if isinstance(text, Source) else Source("claim", text), names, output))
        except BackpropError as error:
            wrong += error.diagnostics
    if wrong:
        raise BackpropError(*wrong[:MOST_ERRORS])
    return claims


def left_names(text: str) -> tuple[str, str] | None:
    """The two names of a claim's left side; None where it is none."""
    tokens = tokenize(text.replace("∂", "d"))
    if tokens.kinds[:3] != [NAME, OPERATOR, DEFINE] or tokens.texts[1] not in "/÷":
        return None
    above, below = tokens.texts[0], tokens.texts[2][:-1].rstrip()
    return (above[1:], below[1:]) if above[:1] == below[:1] == "d" and above[1:] and below[1:] else None


def _claim(source: Source, names: Mapping[str, int], output: str) -> Claim:
    found = left_names(source.text)
    if found is None:
        raise not_a_claim(source, names, output)
    tokens = tokenize(source.text.replace("∂", "d"))
    above, below = found
    if above not in names:
        raise unknown_output(above, source, tokens.starts[0] + 1, names, output)
    if below not in names:
        raise unknown_node(below, source, tokens.starts[2] + 1, names)
    begin = tokens.starts[2] + len(tokens.texts[2])
    formula = read_formula(source, begin, names)
    written = source.text[begin:].strip()
    decimal = _DECIMAL.fullmatch(written)
    half_unit = 0.0
    if decimal and decimal[2] and (decimal[1] + decimal[2]).strip("0"):
        half_unit = 0.5 * 10.0 ** (int(decimal[3] or 0) - len(decimal[2]))
    of = Gradient(names[above], names[below])
    return Claim(source, found, of, written, formula, half_unit)


def read_formula(
    source: Source, begin: int, names: Mapping[str, int], more: Collection[str] = (), end: int | None = None
) -> Formula:
    """The formula that a source's text is from `begin` to `end`: over the names, gradients of them, and `more` names.

    What `more` names stand for, the caller knows: `uses` has -1 for them.
    """
    end = len(source.text) if end is None else end
    text = " " * begin + source.text[begin:end].replace("∂", "d")
    text, gradients = _without_gradients(source, text, names, more)
    uses: dict[str, int | Gradient] = {**names, **dict.fromkeys(more, -1), **gradients}
    try:
        program = parse(Source(source.name, text), uses)
        if not program.diagnostics and (len(program.statements) > 1 or program.statements[0].name):
            raise not_one_formula(source, begin, end)
        graph = lower(program, uses)
    except BackpropError as error:
        raise BackpropError(
            *(told_of(source, diagnostic, [*names, *more]) for diagnostic in error.diagnostics)
        ) from None
    return Formula(source, graph, {name: uses[name] for name in graph.variables})


def _without_gradients(
    source: Source, text: str, names: Mapping[str, int], more: Collection[str]
) -> tuple[str, dict[str, Gradient]]:
    """The text with a name of equal length in the place of every `df/dq`, and what those names stand for."""
    tokens = tokenize(text)
    found: dict[str, Gradient] = {}
    position = 0
    while position + 2 < len(tokens.kinds):
        pair = _gradient_at(tokens, position, names, more)
        if pair is None:
            position += 1
            continue
        start, start_below = tokens.starts[position], tokens.starts[position + 2]
        above, below = pair
        for name, at in ((above, start), (below, start_below)):
            if name not in names:
                raise unknown_node(name, source, at + 1, names)
        end = start_below + 1 + len(below)
        word = re.sub(r"\W", "_", text[start:end])
        while word in names or word in more:
            word = f"_{word[:-1]}" if word[0] != "_" else word[1:] + "_"
        found[word] = Gradient(names[above], names[below])
        text = text[:start] + word + text[end:]
        position += 3
    return text, found


def _gradient_at(
    tokens: Tokens, position: int, names: Mapping[str, int], more: Collection[str]
) -> tuple[str, str] | None:
    """The names above and below where the tokens `df`, `/`, `dq` stand; a program's own `df` and `dq` come first."""
    kinds, texts, _ = tokens
    if kinds[position] != NAME or texts[position + 1] not in ("/", "÷") or kinds[position + 2] not in (NAME, CALL):
        return None
    above, below = texts[position], texts[position + 2].rstrip("( \t")
    if not (above[0] == below[0] == "d" and above[1:] and below[1:]):
        return None
    if {above, below} & {*names, *more} or not {above[1:], below[1:]} & names.keys():
        return None
    return above[1:], below[1:]


def is_constant(formula: Formula) -> bool:
    """Whether the formula is one number."""
    return formula.graph.gates[formula.graph.output] == CONSTANT
