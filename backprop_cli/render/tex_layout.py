r"""A formula of TeX in a line, `1/(2\cdot\operatorname{sqrt}({x}))`, set as in books: roots, fractions, tall brackets.

It reads operators and brackets from left to right and keeps what is open on a list. A fraction takes the factors before
its line, of which those up to another fraction stay beside it; matrices and words are divided in the line.
"""

from __future__ import annotations

import re

from backprop_cli.lean import NamedTuple

_TOKEN = re.compile(r"\\begin\{[^{}]*\}|\\left\[|\\[A-Za-z]+|\\.|[0-9.]+|[A-Za-z]|\s+|.", re.DOTALL)
_ARGUMENTS = {r"\frac": 2, r"\operatorname": 1, r"\text": 1, r"\mathrm": 1, r"\sqrt": 1}  # of what is an operand
_OPERANDS = frozenset({r"\infty", r"\ldots", r"\partial", r"\pi", *_ARGUMENTS})
_TIMES = frozenset({r"\cdot", r"\times", r"\mathbin", r"\bmod"})
# What books draw around the one operand of a gate.
AROUND = {
    "sqrt": (r"\sqrt{", "}"), "cbrt": (r"\sqrt[3]{", "}"), "abs": (r"\left|", r"\right|"),
    "floor": (r"\left\lfloor ", r"\right\rfloor "), "ceil": (r"\left\lceil ", r"\right\rceil "),
    "norm": (r"\left\lVert ", r"\right\rVert "),
}  # fmt: skip
_FUNCTION = re.compile(rf"\{{?\\operatorname\{{({'|'.join(AROUND)})\}}\}}?")
_CLOSES = {"(": ")", "[": "]"}
_IN_LINE = (r"\begin", r"\left[", r"\text")  # what is too wide for a fraction
_TALL = (r"\frac", r"\begin")
_DEEPEST = 30  # brackets in one another; TeX ends at 255 groups, and what is deeper nobody reads


class _Operand(NamedTuple):
    """A factor, or a sign or blanks between factors.

    `inside` is what its brackets hold, if it is but a bracket, `parts` what is above and below its line.
    """

    text: str
    inside: str | None = None
    sign: bool = False
    parts: tuple[str, str] | None = None


class _Open:
    """What is read of a bracket, or of the whole: `done`, then the factors of a product, then one still growing."""

    def __init__(self, bracket: str = "", before: str = "") -> None:
        self.bracket, self.before = bracket, before
        self.done: list[str] = []
        self.product: list[_Operand] = []
        self.growing: _Operand | None = None
        self.minus = ""
        self.above: _Operand | None = None
        self.below = ""  # factors below the same line

    @property
    def expects(self) -> bool:
        """Whether an operand is due, so that a minus is a sign."""
        factors = [one for one in self.product if one.text.strip()]
        return self.growing is None and (self.above is not None or not factors or factors[-1].sign)

    def finish(self) -> None:
        """The operand that grew is a factor, or what is below a line."""
        operand, self.growing = self.growing, None
        if operand is None:
            return
        if self.minus:
            operand, self.minus = _Operand(self.minus + operand.text), ""
        if self.above is not None:
            operand, self.above, self.below = _fraction(self.above, self.below, operand), None, ""
        self.product.append(operand)

    def end(self, text: str = "") -> None:
        """The product has ended, with a sign that is no factor's."""
        self.finish()
        if self.above is not None:
            self.product.append(_Operand(f"{self.above.text}/"))
            self.above = None
        self.done += [*(one.text for one in self.product), self.minus, text]
        self.product, self.minus = [], ""

    def divide(self) -> None:
        """What was read of the product goes above a line, or what of it follows a fraction."""
        self.finish()
        while self.product and not self.product[-1].text.strip():
            self.product.pop()
        if self.product and (parts := self.product[-1].parts):  # a/b/c
            self.above, self.below = _Operand(parts[0]), rf"{parts[1]}\cdot "
            self.product.pop()
            return
        kept = 0
        if not any(one.text.startswith(r"\bmod") for one in self.product):
            fractions = [k for k, one in enumerate(self.product[:-1]) if one.text.startswith(r"\frac")]
            kept = fractions[-1] + 1 if fractions else 0
        while kept < len(self.product) and (self.product[kept].sign or not self.product[kept].text.strip()):
            kept += 1
        above = self.product[kept:]
        self.product = self.product[:kept]
        inside = above[0].inside if len(above) == 1 else None
        self.above = _Operand("".join(one.text for one in above), inside)


def _fraction(above: _Operand, factors: str, below: _Operand) -> _Operand:
    """What is above a line, factors below it, and one more."""
    over, under = (one.text if one.inside is None else one.inside for one in (above, below))
    factor = f"({under})" if below.inside is not None or under[:1] == "-" else under
    under = factors + factor if factors else under
    if not above.text or any(mark in over + under for mark in _IN_LINE):
        return _Operand(f"{above.text} / {f'({under})' if factors else below.text}")
    return _Operand(rf"\frac{{{over}}}{{{under}}}", parts=(over, factors + factor))


def typeset(formula: str) -> str:
    """The formula with roots and fractions; as it is where its brackets are too deep, or do not match."""
    stack, position = [_Open()], 0
    while position < len(formula):
        token = _TOKEN.match(formula, position)
        assert token is not None
        text, start, position = token[0], position, token.end()
        here = stack[-1]
        if text in ("{", r"\left[") or text in _OPERANDS or text.startswith(r"\begin"):
            position = _end(formula, start, text)
            _grown(here, formula[start:position])
        elif text[0].isalnum() or text[0] == ".":
            _grown(here, text)
        elif text == "^" and here.growing is not None:
            position = _group(formula, position)
            here.growing = _Operand(here.growing.text + formula[start:position])
        elif text in _CLOSES:
            before = here.growing.text if here.growing is not None else ""
            here.growing = None
            stack.append(_Open(text, before))
            if len(stack) > _DEEPEST:
                return formula
        elif text in (")", "]"):
            if len(stack) < 2 or _CLOSES[stack[-1].bracket] != text:
                return formula
            closed = stack.pop()
            closed.end()
            stack[-1].growing = _bracket(closed, raised=formula[position : position + 1] == "^")
        elif text == "/":
            here.divide()
        elif text in _TIMES:
            here.finish()
            if text == r"\mathbin":
                position = _group(formula, position)
            here.product.append(_Operand(formula[start:position], sign=True))
        elif text.isspace():
            here.finish()
            if here.above is None:
                here.product.append(_Operand(text))
        elif text in "+-" and here.expects and (here.product or here.above is not None):
            here.minus += text
        else:
            here.end(text)
    if len(stack) > 1:
        return formula
    stack[0].end()
    return "".join(stack[0].done)


def _grown(here: _Open, text: str) -> None:
    """An operand, which is one with what it touches: `2x`, `d{x}`."""
    here.growing = _Operand(text if here.growing is None else here.growing.text + text)


def _bracket(closed: _Open, *, raised: bool) -> _Operand:
    """A bracket that is closed, with the function before it."""
    inside = "".join(closed.done)
    function = _FUNCTION.fullmatch(closed.before)
    if function and closed.bracket == "(" and "," not in closed.done:
        left, right = AROUND[function[1]]
        made = f"{left}{inside}{right}"
        return _Operand(rf"\left({made}\right)" if raised else made)
    left, right = closed.bracket, _CLOSES[closed.bracket]
    if left == "(" and any(mark in inside for mark in _TALL):
        left, right = r"\left(", r"\right)"
    whole = f"{closed.before}{left}{inside}{right}"
    return _Operand(whole, inside if closed.bracket == "(" and not closed.before else None)


def _end(formula: str, start: int, text: str) -> int:
    """Where an operand ends that begins with a brace or a command."""
    if text == "{":
        return _group(formula, start)
    if text.startswith((r"\begin", r"\left")):
        closing = text.replace(r"\begin", r"\end", 1) if text.startswith(r"\begin") else r"\right]"
        found = formula.find(closing, start)
        return found + len(closing) if found >= 0 else len(formula)
    position = start + len(text)
    if formula.startswith("[", position):
        position = formula.find("]", position) + 1 or len(formula)
    for _ in range(_ARGUMENTS.get(text, 0)):
        position = _group(formula, position)
    return position


def _group(formula: str, start: int) -> int:
    """Where a group in braces ends, or what stands without them: one character."""
    depth, position = 0, start
    while position < len(formula):
        here = formula[position]
        position += 1 + (here == "\\")
        depth += (here == "{") - (here == "}")
        if depth == 0:
            return position
    return len(formula)
