"""Documents as JSON text. Numbers are the shortest text that reads back to the same double; those that JSON has no way
to write are the strings "NaN", "Infinity" and "-Infinity". It knows no report.
"""

from __future__ import annotations

import json
from math import isfinite, isnan

from backprop_cli.lean import Any, Iterable, Iterator, Mapping
from backprop_cli.text import all_finite


def number(value: Any) -> Any:
    """A number, or an array as nested lists; a string for what JSON cannot write."""
    if hasattr(value, "tolist") and value.shape:
        return value.tolist() if all_finite(value) else _with_words(value)
    value = value.item() if hasattr(value, "item") else value  # an array without axes: a slope that is the same for all
    if value is None or isinstance(value, str) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def lines(fields: Iterable[tuple[str, Any]], *, ascii: bool = True) -> Iterator[str]:  # noqa: A002
    """A field a line; of an iterator an item a line, written as it comes."""
    separator = "{\n"
    for name, value in fields:
        yield f"{separator} {_text(name)}: "
        separator = ",\n"
        if not isinstance(value, Iterator):
            yield _text(value, ascii=ascii)
            continue
        before = "[\n  "
        for item in value:
            yield before + _text(item, ascii=ascii)
            before = ",\n  "
        yield "\n ]" if before[0] == "," else "[\n ]"
    yield "\n}\n"


def line(fields: Iterable[tuple[str, Any]], *, brief: bool = False) -> Iterator[str]:
    """All of it on one line, for `brief` without blanks."""
    whole = {name: list(value) if isinstance(value, Iterator) else value for name, value in fields}
    yield json.dumps(whole, allow_nan=False, separators=(",", ":") if brief else None) + "\n"


def indented(document: Mapping[str, Any]) -> Iterator[str]:
    """A value a line."""
    yield json.dumps(document, indent=1, allow_nan=False) + "\n"


def _text(value: Any, *, ascii: bool = True) -> str:  # noqa: A002
    # ASCII escapes keep lone surrogates and controls harmless wherever the text is piped.
    return json.dumps(value, allow_nan=False, ensure_ascii=ascii)


def _with_words(array: Any) -> Any:
    """Nested lists in which what JSON cannot write is a string."""
    words = array.astype(object)
    for index in zip(*(~(abs(array) < float("inf"))).nonzero(), strict=True):
        words[index] = number(float(array[index]))
    return words.tolist()
