"""A case: a program, a point, and what is said about it there. And numbers as they are written down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from backprop_cli.api import Number
from backprop_cli.check.judge import Tolerance
from backprop_cli.data.bindings import constant
from backprop_cli.errors import BackpropError, Source
from backprop_cli.report.numbers import shortest

VERDICTS = AGREES, DIFFERS, UNDECIDED = "agrees", "differs", "cannot decide"
_DECIMAL = re.compile(r"[-+]?[0-9]*\.([0-9]*)(?:[eE]([-+]?[0-9]{1,3}))?")


class Written(NamedTuple):
    """A number as somebody wrote it; `half_unit` is half a unit of its last decimal, 0 where it has no decimals."""

    number: float
    text: str
    half_unit: float = 0.0


class Case(NamedTuple):
    """One case: what is None, or empty, is not asked.

    `lines` say where each key is written (`value`, `gradients.x`, `claims`); `tolerance` is that of `api.check`:
    without an `rtol`, a decimal number need only be right to its last decimal.
    """

    path: str
    line: int
    name: str
    program: Source
    bindings: Mapping[str, Number]
    lines: Mapping[str, int]
    published: str = ""
    value: Written | None = None
    gradients: Mapping[str, Written] = {}
    claims: tuple[Source, ...] = ()
    tolerance: Tolerance = Tolerance()
    notes: frozenset[str] | None = None
    error: str = ""
    verdict: str = AGREES

    @property
    def asks(self) -> bool:
        """Whether anything is said that could turn out wrong."""
        return bool(self.value or self.gradients or self.claims or self.error or self.notes is not None)

    def agree(self, found: float, written: Written) -> bool:
        """Whether a number may pass for the one that was written."""
        number = written.number
        if found == number or (found != found and number != number):
            return True
        both = isfinite(found) and isfinite(number)
        return both and self.tolerance.allows(number, found, written.half_unit)


def read_number(given: object, text: str = "") -> Written | str:
    """A number, or a constant expression in a string; or a word on why it is neither. `text` is how it was written."""
    if isinstance(given, str):
        try:
            return _written(constant(given, allow_nonfinite=True), given.strip())
        except BackpropError as error:
            return error.diagnostics[0].message
    if isinstance(given, bool) or not isinstance(given, int | float):
        kinds = {list: "an array", dict: "a table", bool: "a truth value"}
        return f"{kinds.get(type(given), 'a date or a time')}, and a number is wanted"
    try:
        number = float(given)
    except OverflowError:
        return "a number larger than a double can be"
    return _written(number, text or shortest(number))


def _written(number: float, text: str) -> Written:
    found = _DECIMAL.fullmatch(text.replace("_", ""))
    if found is None or not number:
        return Written(number, text)
    return Written(number, text, 0.5 * 10.0 ** (int(found[2] or 0) - len(found[1])))
