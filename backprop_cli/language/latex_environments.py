r"""What stands in an environment of LaTeX: matrices, cases, aligned lines.

A shell makes one backslash of two in double quotes: where an environment has no `\\\\`, a single one ends its rows.
"""

from __future__ import annotations

from itertools import pairwise

from backprop_cli.language.latex_spellings import NAMES, ROWS, SIGNS
from backprop_cli.language.latex_terms import LatexTerms
from backprop_cli.lean import NamedTuple, Sequence, cached_property

_ROW = "\\\\"
_OPERATORS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "=": "==", "!=": "!=", "≠": "!="}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_NOWHERE = "0/0"  # the value where no case holds
_AFTER_ROW = frozenset(" 0123456789+-(")  # what a shell leaves behind a backslash that ended a row
_WORDS = ("\\text", "\\textrm", "\\mbox", "\\mathrm")


class _Condition(NamedTuple):
    """The condition of a case: the tokens of each side of its comparisons, and the tokens that compare.

    Words, such as `otherwise`, are left out.
    """

    sides: list[list[int]]
    places: list[int]


class LatexEnvironments(LatexTerms):
    """The edits of environments."""

    def environment(self, k: int) -> None:
        """Matrices, cases, aligned lines."""
        edits = self.edits
        last = min(self.argument(k + 1), len(edits) - 1)
        name = self.inside(k + 1, last).rstrip("*")
        end = self._ends.get(k, -1)
        if end < 0:
            written = self.inside(k + 1, last)
            edits.refuse(k, last, rf"`\begin{{{written}}}` has no end", rf"add the missing `\end{{{written}}}`")
            return
        closing = self.argument(end + 1)
        ends = self._row_ends(last + 1, end)
        if name in ROWS and name != "array":
            edits.out[k], edits.out[end] = "[", "]"
            signs = {"&": ",", _ROW: ";"}
        elif name == "cases":
            self._cases(k, last, end, closing, ends)
            return
        else:
            edits.out[k] = edits.out[end] = ""
            signs = {"&": "", _ROW: "\n"}
        edits.blank(k + 1, last)
        edits.blank(end + 1, closing)
        for place in self._inside(last + 1, end):
            if self.texts[place] == "&":
                edits.out[place] = signs["&"] or " "
        for place in ends:
            edits.out[place] = (signs[_ROW] if place < end - 1 else " ") + self.texts[place][1:].strip("\\")

    @cached_property
    def _ends(self) -> dict[int, int]:
        r"""For each `\begin` that has an end, the token of its `\end`."""
        found: dict[int, int] = {}
        waiting: list[int] = []
        for k, text in enumerate(self.texts):
            if text == "\\begin":
                waiting.append(k)
            elif text == "\\end" and waiting:
                found[waiting.pop()] = k
        return found

    def _inside(self, first: int, end: int) -> list[int]:
        """The tokens from one to another, without environments among them."""
        own, k = list[int](), first
        while k < end:
            if k in self._ends:
                k = self._ends[k]
            else:
                own.append(k)
            k += 1
        return own

    def _row_ends(self, first: int, end: int) -> list[int]:
        """The tokens that end rows."""
        own = self._inside(first, end)
        places = [k for k in own if self.texts[k] == _ROW]
        if places or "&" not in [self.texts[k] for k in own]:
            return places
        return [k for k in own if self.texts[k][0] == "\\" and self.texts[k][1:2] in _AFTER_ROW]

    def _cases(self, k: int, last: int, end: int, closing: int, rows: list[int]) -> None:
        r"""`\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}`."""
        edits = self.edits
        if rows and rows[-1] == end - 1:
            edits.blank(rows[-1], rows[-1])
            rows = rows[:-1]
        edits.blank(k + 1, last)
        edits.blank(end + 1, closing)
        bounds = [last, *rows, end]
        signs = [next((k for k in self._inside(a + 1, b) if self.texts[k] == "&"), -1) for a, b in pairwise(bounds)]
        for place in (*(sign for sign in signs if sign >= 0), *rows, end):
            if edits.at(place - 1) in (",", "."):
                edits.out[place - 1] = ""
        conditions = [self._condition(sign, b) for sign, (_, b) in zip(signs, pairwise(bounds), strict=True)]
        if conditions[-1].sides[0] and not conditions[-1].places:
            help_ = r"write a comparison, or `\text{otherwise}` for the last case if it holds everywhere else"
            edits.refuse(signs[-1] + 1, end - 1, "the condition is no comparison", help_)
        whole = not conditions[-1].places or self._hold_everywhere(conditions)
        if whole and signs[-1] >= 0:
            edits.blank(signs[-1], end - 1)
        asked = len(rows) + (not whole)
        edits.out[k] = self.apart_command(k) + "where(x=" * bool(asked)
        for number in range(asked):
            if signs[number] >= 0:
                edits.out[signs[number]] = ", c="
                self._write(conditions[number])
            if number < len(rows):
                row = rows[number]
                edits.out[row] = f", y={'where(x=' * (number + 1 < asked)}{self.texts[row][1:].strip(_ROW)}"
        edits.out[end] = ("" if whole else f", y={_NOWHERE}") + ")" * asked

    def _condition(self, sign: int, end: int) -> _Condition:
        found, k = _Condition([[]], []), sign + 1
        while 0 <= sign < k < end:
            if self.texts[k] in _WORDS:
                k = self.argument(k + 1) + 1
                continue
            if self._operator(k):
                found.places.append(k)
                found.sides.append([])
            elif self.texts[k] not in (",", "."):
                found.sides[-1].append(k)
            k += 1
        return found

    def _operator(self, k: int) -> str:
        """The comparison that a token is, empty for any other."""
        text = self.texts[k]
        return _OPERATORS.get(SIGNS.get(text[1:], "") if text[0] == "\\" else text, "")

    def _written(self, side: Sequence[int]) -> str:
        """A side of a comparison, as we write it."""
        texts = [self.texts[k] for k in side]
        return "".join([NAMES.get(text[1:], text) if text[0] == "\\" else text for text in texts])

    def _write(self, condition: _Condition) -> None:
        """`0 < x < 1` as a product of two comparisons, `=` as `==`."""
        edits, sides, places = self.edits, condition.sides, condition.places
        for k in places:
            edits.out[k] = self._operator(k)
        if len(places) == 2 and all(sides):
            edits.before[sides[0][0]] += "("
            edits.out[places[1]] = f")*({self._written(sides[1])} {self._operator(places[1])} "
            edits.behind[sides[2][-1]] += ") > 0"

    def _hold_everywhere(self, conditions: Sequence[_Condition]) -> bool:
        """Whether some condition is sure to hold: they compare one thing with numbers, or the same two things."""
        triples = [
            [
                (self._written(a), self._operator(k), self._written(b))
                for a, k, b in zip(found.sides, found.places, found.sides[1:], strict=False)
            ]
            for found in conditions
        ]
        first, _, second = triples[0][0] if triples[0] else ("", "", "")
        turned = [[_turned(triple, first if _number(first) is None else second) for triple in each] for each in triples]
        sides = {(a, b) for each in turned for a, _, b in each}
        if not all(turned) or len({a for a, _ in sides}) > 1:
            return False
        if len(sides) == 1:
            return all(any(all(_holds(sign, op, 0) for _, op, _ in each) for each in turned) for sign in (-1, 0, 1))
        numbers = [_number(b) for _, b in sides]
        if None in numbers:
            return False
        bounds = sorted(number for number in numbers if number is not None)
        between = [(a + b) / 2 for a, b in pairwise(bounds)]
        points = [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
        return all(any(all(_holds(x, op, float(b)) for _, op, b in each) for each in turned) for x in points)


def _turned(triple: tuple[str, str, str], left: str) -> tuple[str, str, str]:
    """A comparison with something on its left side, if it is on the right."""
    a, op, b = triple
    return (b, _MIRRORED[op], a) if a != left and b == left else triple


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _holds(x: float, operator: str, y: float) -> bool:
    return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x == y, "!=": x != y}[operator]
