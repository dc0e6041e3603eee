"""Equations spelled out: what each reference in a formula is called in a format, and where brackets are due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from backprop_cli.render.style import Style
from backprop_cli.report.numbers import shortest
from backprop_cli.report.steps import Account, Equation, Formula, Grad, Name, Number, Partial, Piece

_OPERATORS = frozenset("+-*/%^@·")


class Words(NamedTuple):
    """How a format writes a name, a number, `d output / d name`, `∂ name / ∂ name`, and the signs between them."""

    name: Callable[[str], str]
    number: Callable[[Any], str]
    grad: Callable[[str, str], str]
    partial: Callable[[str, str], str]
    sign: Callable[[str], str]


def plain_words(style: Style) -> Words:
    """For reading: `df/dx`, `∂q/∂x`, of which the second is `Dq/Dx` in ASCII: it must not look like the first."""
    partial = "D{}/D{}" if style.ascii else "∂{}/∂{}"
    return Words(
        style.text,
        style.number,
        lambda output, name: f"d{output}/d{name}",
        partial.format,
        style.glyphs,
    )


def exact_words() -> Words:
    """For programs: the same with digits in full."""
    return plain_words(Style())._replace(number=shortest)


class Speller:
    """Spells an account's formulas in a format's words."""

    def __init__(self, account: Account, words: Words) -> None:
        self.names, self.output, self.words = account.names, account.report.output, words

    def formula(self, formula: Formula) -> str:
        """The pieces in a row; a negative number behind a sign, or one that is raised to a power, in brackets."""
        spelled = []
        for place, piece in enumerate(formula):
            if isinstance(piece, str):
                spelled.append(self.words.sign(piece))
                continue
            text = self._reference(piece)
            if _needs_brackets(text, formula, place):
                text = f"({text})"
            spelled.append(text)
        return "".join(spelled)

    def sides(self, equation: Equation) -> list[str]:
        """The sides of an equation; what only repeats the side before it is left out."""
        spelled: list[str] = []
        for side in map(self.formula, equation.sides):
            if not spelled or side != spelled[-1]:
                spelled.append(side)
        return spelled

    def equation(self, equation: Equation) -> str:
        """`left = side = side` on one line."""
        relation = ":" if equation.relation == ":" else f" {equation.relation}"
        return f"{self.formula(equation.left)}{relation} {' = '.join(self.sides(equation))}"

    def _reference(self, piece: Name | Number | Grad | Partial) -> str:
        words, names = self.words, self.names
        if isinstance(piece, Number):
            return words.number(piece.value)
        if isinstance(piece, Name):
            return words.name(names[piece.node])
        if isinstance(piece, Grad):
            return words.grad(words.name(self.output), words.name(names[piece.node]))
        return words.partial(words.name(names[piece.node]), words.name(names[piece.operand]))


def _needs_brackets(text: str, formula: Formula, place: int) -> bool:
    before: Piece = formula[place - 1] if place else ""
    after: Piece = formula[place + 1] if place + 1 < len(formula) else ""
    raised = isinstance(after, str) and after.lstrip().startswith("^")
    follows = isinstance(before, str) and before.rstrip()[-1:] in _OPERATORS
    return (text.startswith("-") and (follows or raised)) or (raised and "e" in text and text[0].isdigit())
