"""Nodes as formulas of the language, in the form in which people write them.

A formula is a sum of terms, a term a coefficient times powers over powers. Products and sums are put in order, equal
factors become powers, equal terms are added and a factor above and below the line goes: what is left is true wherever
the formula as it was computed has a value.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd

from backprop_cli.gates import BY_SYMBOL, BY_SYNTAX, Gate
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, Graph
from backprop_cli.graph.names import name_of_constant
from backprop_cli.language.program import BINDING_POWER
from backprop_cli.lean import Any, Collection, Iterable, Mapping, NamedTuple, Sequence
from backprop_cli.report.formula import TRANSPOSED, Name
from backprop_cli.report.parts import node_parts

_ADD, _SUB, _MUL, _DIV, _POW = (BY_SYMBOL[symbol] for symbol in "+-*/^")
_NEGATIVE = BY_SYNTAX["negative"]
_LONG = 240  # characters after which a part of a formula gets a name
_SAVED = 30  # characters that a name must save, of a part that is used more than once
_PLAIN = (1e-4, 1e15)  # between these a number is written without exponent, and computed with
_LAST = 1 << 62
_ATOM = 9  # how tightly a name, a number or a call holds together


class Factor(NamedTuple):
    """What is multiplied: its text, and how tightly that holds together. Inputs come first, by their `rank`."""

    text: str
    power: int = _ATOM
    rank: int = _LAST

    def within(self, power: int) -> str:
        """The text, in brackets where it would fall apart."""
        return self.text if self.power >= power else f"({self.text})"


Powers = tuple[tuple[Factor, int], ...]  # factors, in their order, and how often each is there


class Term(NamedTuple):
    """`number * above / (whole * below)`."""

    number: Fraction = Fraction(1)
    whole: int = 1
    above: Powers = ()
    below: Powers = ()

    @property
    def factor(self) -> Factor:
        """The term as one factor."""
        if self.above and self == Term(above=self.above[:1]) and self.above[0][1] == 1:
            return self.above[0][0]
        is_number = not self.above and not self.below and self.whole == 1 and self.number >= 0
        is_power = self.number == self.whole == 1 and not self.below and len(self.above) == 1
        power = _ATOM if is_number else BINDING_POWER["^"] if is_power else BINDING_POWER["*"]
        return Factor(self.text, power if self.number >= 0 else BINDING_POWER["+"])

    @property
    def text(self) -> str:
        """The term as one would type it."""
        if self.number < 0:
            return "-" + self._replace(number=-self.number).text
        if self.above and self == Term(above=self.above[:1]) and self.above[0][1] == 1:
            return self.above[0][0].within(BINDING_POWER["*"])
        factors = [_raised(*power) for power in self.above]
        if self.number != 1 or not factors:
            factors.insert(0, _decimals(self.number))
        under = [str(self.whole)] * (self.whole != 1) + [_raised(*power) for power in self.below]
        above, below = "*".join(factors), "*".join(under)
        return f"{above}/({below})" if len(under) > 1 else f"{above}/{below}" if under else above


class Formula(NamedTuple):
    """A sum of terms."""

    terms: tuple[Term, ...]

    @property
    def factor(self) -> Factor:
        """The formula as one factor."""
        return self.terms[0].factor if len(self.terms) == 1 else Factor(self.text, BINDING_POWER["+"])

    @property
    def term(self) -> Term:
        """The formula as one term."""
        return self.terms[0] if len(self.terms) == 1 else Term(above=((self.factor, 1),))

    @property
    def text(self) -> str:
        """The formula as one would type it."""
        if len(self.terms) == 1:
            return self.terms[0].factor.text
        written = "".join(f"- {term.text[1:]} " if term.number < 0 else f"+ {term.text} " for term in self.terms)
        return written.removeprefix("+ ").rstrip() if written[0] == "+" else "-" + written[2:].rstrip()


class Written(NamedTuple):
    """The formulas that were asked for, and those of the names in them that stand for parts of them, in order."""

    formulas: list[str]
    parts: list[tuple[str, str]]


def write(
    graph: Graph, nodes: Sequence[int], names: Mapping[int, str], spare: Sequence[str], spelt: int = -1
) -> Written:
    """The formulas of nodes, with `names` for what has one; `spare` are names by node for what deserves one.

    A part gets a name where it is long, or is used more than once. `spelt` is written out, though it has a name.
    """
    used = uses(graph, nodes, names, spelt)
    formulas: dict[int, Formula] = {}
    parts: list[tuple[str, str]] = []
    for node in sorted(used):
        if node in names and node != spelt:
            formula = _atom(names[node], rank=_LAST if graph.inputs[node] else node)
        else:
            formula = _formula(graph, node, formulas)
        formulas[node] = formula
        length = len(formula.text)
        if used[node] and (length > _LONG or length * (used[node] - 1) > _SAVED):
            parts.append((spare[node], formula.text))
            formulas[node] = _atom(spare[node])
    return Written([formulas[node].text for node in nodes], parts)


def uses(graph: Graph, nodes: Iterable[int], names: Collection[int], spelt: int = -1) -> dict[int, int]:
    """How often each node is used by those asked for, down to what has a name."""
    found = dict.fromkeys(nodes, 0)
    waiting = [-node for node in found]  # the last node first: all its uses are counted
    heapify(waiting)
    while waiting:
        node = -heappop(waiting)
        if node not in names or node == spelt:
            for j in graph.inputs[node]:
                if j not in found:
                    heappush(waiting, -j)
                found[j] = found.get(j, 0) + 1
    return found


def _formula(graph: Graph, node: int, formulas: Mapping[int, Formula]) -> Formula:
    gate, operands = graph.gates[node], graph.inputs[node]
    if gate == CONSTANT:
        return _constant(graph.constants[node])
    if gate not in _ARITHMETIC:
        return _other(graph, node, formulas)
    xs = [formulas[j] for j in operands]
    if gate == _ADD:
        return _sum([*xs[0].terms, *xs[1].terms])
    if gate == _SUB:
        return _sum([*xs[0].terms, *_opposite(xs[1]).terms])
    if gate == _NEGATIVE:
        return _opposite(xs[0])
    if gate == _MUL:
        return _product(xs[0].term, xs[1].term)
    if gate == _DIV:
        return _quotient(xs[0].term, xs[1].term)
    exponent = _whole(xs[1])
    if exponent is not None and exponent > 0:
        return Formula((Term(above=((xs[0].factor, exponent),)),))
    text = f"{xs[0].factor.within(_ATOM)}^{xs[1].factor.within(BINDING_POWER['^'])}"
    return _atom(text, BINDING_POWER["^"])


def _other(graph: Graph, node: int, formulas: Mapping[int, Formula]) -> Formula:
    """A call, a product of matrices, a comparison: operands in brackets where the gate is a sign between them.

    Vectors are columns, as in books: `x' A` is A'x, and a vector has no transpose.
    """
    operands = graph.inputs[node]
    row = TENSORS.get(graph.gates[node]) if node in graph.attributes else None
    if row is not None and row.family == "transpose" and len(graph.shape(operands[0])) == 1:
        return formulas[operands[0]]
    if row is not None and row.family == "product" and len(operands) == 2:
        return _bilinear(graph, node, row, *(formulas[j].term for j in operands))
    parts = [part for part in node_parts(graph, node) if isinstance(part, str | Name)]
    sign = parts[1].strip() if len(parts) == 3 and isinstance(parts[1], str) else ""
    if isinstance(parts[0], str):  # a call, or brackets
        return _atom("".join(p if isinstance(p, str) else formulas[p.node].text for p in parts))
    power = BINDING_POWER.get(sign, _ATOM)
    within = min(power + 1, _ATOM)
    return _atom("".join(p if isinstance(p, str) else formulas[p.node].factor.within(within) for p in parts), power)


def _bilinear(graph: Graph, node: int, row: Gate, a: Term, b: Term) -> Formula:
    """A product of matrices or vectors, the numbers in it in front."""
    number, whole = a.number * b.number, a.whole * b.whole
    left, right = (term._replace(number=Fraction(1), whole=1).factor for term in (a, b))
    axes = [len(graph.shape(j)) for j in graph.inputs[node]]
    if not row.symbol:
        product = Factor(f"{row.name}({left.text}, {right.text})")
    else:
        if axes == [1, 2]:
            left, right = Factor(_transposed(right)), left
        power = BINDING_POWER[row.symbol]
        product = Factor(f"{left.within(power)} {row.symbol} {right.within(power + 1)}", power)
    return _reduced(number, whole, ((product, 1),), ())


def _transposed(factor: Factor) -> str:
    text = factor.within(_ATOM)
    return text.removesuffix(TRANSPOSED) if text.endswith(TRANSPOSED) else text + TRANSPOSED


def _constant(value: Any) -> Formula:
    if type(value) is float and (value == 0 or _PLAIN[0] <= abs(value) < _PLAIN[1]):
        text = name_of_constant(value)
        return _atom(text, rank=-1) if text.isalpha() else Formula((Term(number=Fraction(text)),))
    text = name_of_constant(value)
    return _atom(text, BINDING_POWER["+"] if text.startswith("-") else _ATOM)


def _atom(text: str, power: int = _ATOM, rank: int = _LAST) -> Formula:
    return Formula((Term(above=((Factor(text, power, rank), 1),)),))


def _whole(formula: Formula) -> int | None:
    """The whole number that a formula is, if it is one."""
    term = formula.term
    return int(term.number) if term == Term(number=term.number) and term.number.denominator == 1 else None


def _opposite(formula: Formula) -> Formula:
    return Formula(tuple(term._replace(number=-term.number) for term in formula.terms))


def _product(a: Term, b: Term) -> Formula:
    return _reduced(a.number * b.number, a.whole * b.whole, (*a.above, *b.above), (*a.below, *b.below))


def _quotient(a: Term, b: Term) -> Formula:
    if b.number.denominator == 1 and b.number:
        sign = -1 if b.number < 0 else 1
        whole = a.whole * abs(b.number.numerator)
        return _reduced(a.number * b.whole * sign, whole, (*a.above, *b.below), (*a.below, *b.above))
    return _reduced(a.number, a.whole, a.above, (*a.below, (b.factor, 1)))


def _reduced(number: Fraction, whole: int, above: Powers, below: Powers) -> Formula:
    up, down = _joined(above), _joined(below)
    for factor in up.keys() & down.keys():
        both = min(up[factor], down[factor])
        up[factor], down[factor] = up[factor] - both, down[factor] - both
    if number.denominator == 1:
        common = gcd(number.numerator, whole)
        number, whole = number / common, whole // common
    above, below = (
        tuple(sorted(((factor, n) for factor, n in side.items() if n), key=lambda power: power[0].rank))
        for side in (up, down)
    )
    return Formula((Term(number, whole, above, below),))


def _joined(powers: Powers) -> dict[Factor, int]:
    joined: dict[Factor, int] = {}
    for factor, exponent in powers:
        joined[factor] = joined.get(factor, 0) + exponent
    return joined


def _sum(terms: Iterable[Term]) -> Formula:
    """The terms, equal ones added; those that would vanish stay: what they have in common may be undefined."""
    kept: list[Term] = []
    places: dict[tuple[int, Powers, Powers], int] = {}
    for term in terms:
        key = term.whole, tuple(sorted(term.above)), tuple(sorted(term.below))
        place = places.setdefault(key, len(kept))
        if place == len(kept) or kept[place].number + term.number == 0:
            kept.append(term)
        else:
            kept[place] = kept[place]._replace(number=kept[place].number + term.number)
    kept.sort(key=lambda term: not term.above and not term.below)  # numbers last
    first = next((term for term in kept if term.number > 0), kept[0])  # no minus sign first
    return Formula((first, *(term for term in kept if term is not first)))


def _raised(factor: Factor, exponent: int) -> str:
    return factor.within(BINDING_POWER["^"]) if exponent == 1 else f"{factor.within(_ATOM)}^{exponent}"


def _decimals(number: Fraction) -> str:
    """A fraction that terminates."""
    with localcontext() as context:
        context.prec = _DIGITS
        return format((Decimal(number.numerator) / number.denominator).normalize(), "f")


_ARITHMETIC = frozenset({_ADD, _SUB, _MUL, _DIV, _POW, _NEGATIVE})
_DIGITS = 60
