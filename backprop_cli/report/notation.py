"""Equations spelled out: what each reference in a formula is called, and where brackets are due."""

from __future__ import annotations

from backprop_cli.lean import Any, Callable, NamedTuple, Sequence
from backprop_cli.report.formula import Equation, Formula, Grad, Name, Number, Partial, Piece, merged

_OPERATORS = frozenset("+-*/%^@·")


class Words(NamedTuple):
    """How a format writes a name, a number, `d output / d name`, `∂ name / ∂ name`, the signs between them.

    `whole` tells whether a number is shown as it is, and not in summary.
    """

    name: Callable[[str], str]
    number: Callable[[Any], str]
    whole: Callable[[Any], bool]
    grad: Callable[[str, str], str]
    partial: Callable[[str, str], str]
    sign: Callable[[str], str]


class Speller:
    """Spells a derivation's formulas in a format's words."""

    def __init__(self, names: Sequence[str], output: str, words: Words) -> None:
        self.names, self.output, self.words = names, output, words

    def formula(self, formula: Formula) -> str:
        """The pieces in a row; a negative number behind a sign, or one that is raised to a power, in brackets."""
        spelled = []
        formula = merged(formula)  # words are read whole
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
        """The sides of an equation, left out what only repeats the side before it, or computes with a summary."""
        spelled: list[str] = []
        for side in equation.sides:
            if side is not equation.sides[-1] and not all(self._is_whole(piece) for piece in side):
                continue
            text = self.formula(side)
            if not spelled or text != spelled[-1]:
                spelled.append(text)
        return spelled

    def equation(self, equation: Equation) -> str:
        """`left = side = side` on one line."""
        return f"{self.left(equation)} {' = '.join(self.sides(equation))}"

    def left(self, equation: Equation) -> str:
        """The left side with its relation: `f =`, `df/dx +=`, `f → x:`."""
        relation = ":" if equation.relation == ":" else f" {equation.relation}"
        return f"{self.formula(equation.left)}{relation}"

    def _is_whole(self, piece: Piece) -> bool:
        return not isinstance(piece, Number) or self.words.whole(piece.value)

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
