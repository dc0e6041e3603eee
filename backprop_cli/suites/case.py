"""A case: a program, a point, and what is said about it there. And numbers as they are written down."""

from __future__ import annotations

import os
import re
from math import inf, isfinite, nan
from typing import Self

from backprop_cli.check.tolerances import Tolerance, half_unit
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED
from backprop_cli.data.bindings import constant
from backprop_cli.data.terms import Terms
from backprop_cli.errors import BackpropError, Source
from backprop_cli.lean import Any, Mapping, NamedTuple
from backprop_cli.session import Number

UNANSWERED = "?"  # in the place of a number that is still to be found
VERDICTS = AGREES, DIFFERS, UNDECIDED
_ANY = Terms(allow_nonfinite=True)
_NUMBERS = re.compile(r"(?:[-+0-9_.eE,\[\] ]|nan|inf)*")
_BETWEEN = re.compile(r"[\[\],;\s]+")


class Written(NamedTuple):
    """A number, or an array, as somebody wrote it.

    `half_units` has half a unit of the last decimal of each element, 0 where it has no decimals.
    """

    number: Any
    text: str
    half_units: tuple[float, ...] = ()

    @property
    def element_texts(self) -> list[str]:
        """How each element is written, in order; empty where they are not written out."""
        texts = _BETWEEN.split(self.text.strip("[] "))
        return texts if len(texts) == len(elements(self.number)[1]) else []

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written a number yet."""
        return self.text == UNANSWERED


class Case(NamedTuple):
    """One case: what is None, or empty, is not asked.

    `values` are of nodes by their names, `locals` by texts such as `∂n1/∂x`.
    `lines` say where each key is written (`value`, `gradients.x`, `claims`); `tolerance` is that of `api.check`:
    without an `rtol`, a decimal number need only be right to its last decimal. `number` counts the cases of a file.
    """

    path: str
    line: int
    name: str
    program: Source
    bindings: Mapping[str, Number]
    lines: Mapping[str, int]
    published: str = ""
    value: Written | None = None
    values: Mapping[str, Written] = {}
    locals: Mapping[str, Written] = {}
    gradients: Mapping[str, Written] = {}
    claims: tuple[Source, ...] = ()
    tolerance: Tolerance = Tolerance()
    notes: frozenset[str] | None = None
    error: str = ""
    verdict: str = AGREES
    number: int = 0

    @property
    def asks(self) -> bool:
        """Whether anything is said that could turn out wrong."""
        numbers = self.value or self.values or self.locals or self.gradients
        return bool(numbers or self.claims or self.error or self.notes is not None)

    def agree(self, found: Any, written: Written) -> bool:
        """Whether what was found may pass for what was written: of an array, each element."""
        shape, wanted = elements(written.number)
        found_shape, numbers = elements(found)
        if found_shape != shape:
            return False
        half_units = written.half_units or (0.0,) * len(wanted)
        return all(map(self._agree, numbers, wanted, half_units))

    def disagreements(self, found: Any, written: Written) -> list[int]:
        """Which elements, counted in order, may not pass for what was written, of arrays of one shape; the worst first.

        The worst is not finite where the other is, or else has the largest relative error, or of those the largest.
        """
        numbers, expected = elements(found)[1], elements(written.number)[1]
        half_units = written.half_units or (0.0,) * len(expected)
        pairs = list(zip(numbers, expected, half_units, strict=True))
        return sorted(
            (k for k, pair in enumerate(pairs) if not self._agree(*pair)),
            key=lambda k: _error(*pairs[k][:2]),
            reverse=True,
        )

    def _agree(self, found: float, wanted: float, half_unit: float) -> bool:
        if found == wanted or (found != found and wanted != wanted):
            return True
        return isfinite(found) and isfinite(wanted) and self.tolerance.allows(wanted, found, half_unit)


def _error(found: float, expected: float) -> tuple[float, float]:
    """The relative error, to nine digits, and the absolute one; of what is not finite infinity."""
    if not (isfinite(found) and isfinite(expected)):
        return inf, inf
    return round(abs(found - expected) / max(abs(found), abs(expected)), 9), abs(found - expected)


def elements(number: Any) -> tuple[tuple[int, ...], list[float]]:
    """The shape of a number or an array, and its elements in order."""
    shape = tuple(getattr(number, "shape", ()))
    return shape, number.ravel().tolist() if shape else [float(number)]


def unravelled(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of the element that is counted `position` in an array of the shape."""
    index: list[int] = []
    for length in reversed(shape):
        position, last = divmod(position, length)
        index.insert(0, last)
    return tuple(index)


class Digits(float):
    """A float that remembers how it was written, also as an element of a list."""

    text: str

    def __new__(cls, text: str) -> Self:
        """The float a text is."""
        digits = super().__new__(cls, text)
        digits.text = text
        return digits

    def __repr__(self) -> str:
        return self.text


def beside(suite: str, text: str) -> str:
    """A value that names a file, `@x.npy`, with the file looked for beside the suite."""
    return "@" + os.path.join(os.path.dirname(suite), text[1:]) if text.startswith("@") else text


def read_number(given: object, suite: str = "") -> Written | str:
    """A number, a list of numbers, or a constant expression in a string; or a word on why it is none of them."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | list):
        kinds = {dict: "a table", bool: "a truth value"}
        return f"{kinds.get(type(given), 'a date or a time')}; expected a number"
    if given == UNANSWERED:
        return Written(nan, UNANSWERED)
    try:
        text = without_comment(given) if isinstance(given, str) else repr(given)
        if isinstance(given, list) and not _NUMBERS.fullmatch(text):
            return "a list of something else; expected numbers"
        if isinstance(given, int | float) and 0 < abs(given) < inf:  # any other may be one that no double reaches
            number: Any = float(given)
        else:
            plain = text.replace("_", "") if isinstance(given, list) else text  # TOML has 1_000
            number = constant(beside(suite, plain), terms=Terms(allow_nonfinite=True))
    except OverflowError:
        return "a number larger than a double can be"
    except BackpropError as error:
        return error.diagnostics[0].message
    written = Written(number, text)
    return written._replace(half_units=tuple(half_unit(text.replace("_", "")) for text in written.element_texts))


def without_comment(text: str) -> str:
    """A number as it is written, without what is said about it: `0.27  # about`. A file's name may have a `#`."""
    return (text if text.lstrip().startswith("@") else text.partition("#")[0]).strip()
