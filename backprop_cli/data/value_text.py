"""A value as it was written, and the shape that may stand in its place."""

from __future__ import annotations

from backprop_cli.errors import Source
from backprop_cli.lean import Any, NamedTuple
from backprop_cli.numeric.shapes import Shape

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
