"""A value as it was written, the shape that may stand in its place, and on what terms values are taken."""

from __future__ import annotations

from backprop_cli.errors import Source
from backprop_cli.lean import Any, NamedTuple
from backprop_cli.numeric.shapes import MAX_ELEMENTS, Shape

_SHAPE = r"\s*\(\s*[1-9][0-9]{0,8}\s*,\s*(?:[1-9][0-9]{0,8}\s*,\s*){0,9}(?:[1-9][0-9]{0,8})?\s*\)\s*"


class ValueText(NamedTuple):
    """A value as it was written: the characters of a source from `start` on."""

    source: Source
    start: int


def declared_shape(given: Any) -> Shape | None:
    """The shape that stands where a value might, `(3, 2)` or `(3,)`; None for anything else."""
    text = given.source.text[given.start :] if isinstance(given, ValueText) else given
    if not isinstance(text, str) or "(" not in text:
        return None
    import re

    found = re.fullmatch(_SHAPE, text)
    return tuple(map(int, re.findall("[0-9]+", text))) if found else None


class Reading(str):
    """A remark on which value of a file a name has, rather than on its digits."""

    __slots__ = ()


def code_of(said: str) -> str:
    """The code of the note that a remark becomes."""
    return "reading" if isinstance(said, Reading) else "precision"


class Terms(NamedTuple):
    """Whether infinities and NaN pass, the seed of random values, the largest array.

    `noted` gets a remark on each name whose value is not what was given: a number that no double equals.
    """

    allow_nonfinite: bool = False
    seed: int = 0
    max_elements: int = MAX_ELEMENTS
    noted: dict[str, str] | None = None

    def note(self, name: str, remark: str) -> None:
        """Keep the remark, if there is one and somebody asks for it."""
        if remark and self.noted is not None:
            self.noted[name] = remark


TERMS = Terms()
