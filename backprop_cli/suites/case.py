"""A case: a program, a point, and what is said about it there. And numbers as they are written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from backprop_cli.api import Number
from backprop_cli.data.bindings import constant
from backprop_cli.errors import BackpropError, Source, shorten
from backprop_cli.report.numbers import shortest

VERDICTS = ("agrees", "differs", "cannot decide")
RTOL, ATOL = 1e-9, 0.0
_DIGITS = re.compile(r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?", re.ASCII)


class Written(NamedTuple):
    """A number as somebody wrote it; `place` is the worth of its last digit if it was rounded to it (`~0.73`)."""

    number: float
    text: str
    place: float | None = None


class Claim(NamedTuple):
    """`d{of}/d{along} = right`, where the right side is a number or a formula."""

    of: str
    along: str
    right: str
    line: int = 0

    @property
    def subject(self) -> str:
        """What it is about: `df/dx`."""
        return f"d{self.of}/d{self.along}"


class Case(NamedTuple):
    """One case. What is None, or empty, is not asked; `lines` say where each key is written."""

    path: str
    line: int
    name: str
    program: Source
    bindings: Mapping[str, Number]
    lines: Mapping[str, int]
    published: str = ""
    value: Written | None = None
    gradients: Mapping[str, Written] = {}  # noqa: RUF012  a default, never written to
    claims: tuple[Claim, ...] = ()
    rtol: float = RTOL
    atol: float = ATOL
    notes: frozenset[str] | None = None
    error: str = ""
    verdict: str = "agrees"

    @property
    def asks(self) -> bool:
        """Whether anything is said that could turn out wrong."""
        return bool(self.value or self.gradients or self.claims or self.error or self.notes is not None)


_CLAIM = re.compile(r"\s*d([A-Za-z_]\w*)/d([A-Za-z_]\w*)\s*=(?!=)(.*)", re.ASCII | re.DOTALL)


def read_claim(text: str, line: int) -> Claim | None:
    """The claim a text is, `df/dx = …`, or None."""
    found = _CLAIM.fullmatch(text)
    return Claim(found[1], found[2], found[3].strip(), line) if found and found[3].strip() else None


def read_number(given: object) -> Written | str:
    """A number, or a constant expression in a string, after `~` a rounded one; or a word on why it is none of them."""
    if isinstance(given, str):
        return _rounded(given.strip()) if given.lstrip().startswith("~") else _constant(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        kinds = {list: "an array", dict: "a table", bool: "a truth value"}
        return f"{kinds.get(type(given), 'a date or a time')}, and a number is wanted"
    try:
        number = float(given)
    except OverflowError:
        return "a number larger than a double can be"
    return Written(number, shortest(number))


def _rounded(text: str) -> Written | str:
    digits = text[1:].strip()
    found = _DIGITS.fullmatch(digits)
    if not found or len(digits) > 400 or not isfinite(float(digits)):
        return f"`{shorten(text)}`: after `~` stands a number in digits, such as `~0.73`"
    decimals = len(found[1] or found[2] or "")
    return Written(float(digits), text, float(f"1e{int(found[3] or 0) - decimals}"))


def _constant(text: str) -> Written | str:
    try:
        return Written(constant(text, allow_nonfinite=True), text.strip())
    except BackpropError as error:
        return error.diagnostics[0].message


def agree(found: float, written: Written, rtol: float, atol: float) -> bool:
    """Whether a number is the one that was written: within the tolerances, or rounding to the written digits."""
    number = written.number
    if found == number or (found != found and number != number):
        return True
    if not (isfinite(found) and isfinite(number)):
        return False
    # A hair more than half a unit: 0.125 in binary may stand on either side of what rounds to 0.13.
    bound = written.place * (0.5 + 1e-9) if written.place is not None else atol + rtol * abs(number)
    return abs(found - number) <= bound
