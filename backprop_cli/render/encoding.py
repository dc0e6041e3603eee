"""Documents as JSON text. Numbers are the shortest text that reads back to the same double; those that JSON has no way
to write are the strings "NaN", "Infinity" and "-Infinity". It knows no report.

What nobody could get wrong is written here, so that a short answer need not wait for the import of `json`.
"""

from __future__ import annotations

from math import isfinite, isnan

from backprop_cli.lean import Any, Iterable, Iterator, Mapping
from backprop_cli.text import all_finite

_SHORT = 100  # elements of a list that is written here, which takes twice as long
_END = object()
_WORDS = {None: "null", True: "true", False: "false"}


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
        for count, item in enumerate(value):
            yield before + (_text if count < _SHORT else _by_json)(item, ascii=ascii)
            before = ",\n  "
        yield "\n ]" if before[0] == "," else "[\n ]"
    yield "\n}\n"


def line(fields: Iterable[tuple[str, Any]], *, brief: bool = False) -> Iterator[str]:
    """All of it on one line, for `brief` without blanks."""
    whole = {name: list(value) if isinstance(value, Iterator) else value for name, value in fields}
    yield _text(whole, *((",", ":") if brief else ())) + "\n"


def indented(document: Mapping[str, Any]) -> Iterator[str]:
    """A value a line."""
    import json

    yield json.dumps(document, indent=1, allow_nan=False) + "\n"


def _text(value: Any, comma: str = ", ", colon: str = ": ", *, ascii: bool = True) -> str:  # noqa: A002
    # ASCII escapes keep lone surrogates and controls harmless wherever the text is piped.
    written: list[str] = []
    waiting: list[tuple[str, Any]] = [("", value)]  # what comes before a value, and the value
    while waiting:
        before, x = waiting.pop()
        written.append(before)
        if x is _END:
            continue
        kind = type(x)
        if kind is dict and all(map(_is_plain, x)):
            signs = ["{", *[comma] * (len(x) - 1)]
            waiting.append(("}" if x else "{}", _END))
            waiting += [(f'{sign}"{name}"{colon}', x[name]) for sign, name in zip(signs, x, strict=False)][::-1]
        elif kind is list and len(x) <= _SHORT:
            waiting.append(("]" if x else "[]", _END))
            waiting += [(sign, inner) for sign, inner in zip(["[", *[comma] * (len(x) - 1)], x, strict=False)][::-1]
        elif _is_plain(x):
            written.append(f'"{x}"')
        elif (kind is float and isfinite(x)) or kind is int:
            written.append(repr(x))
        elif x is None or kind is bool:
            written.append(_WORDS[x])
        else:
            written.append(_by_json(x, comma, colon, ascii=ascii))
    return "".join(written)


def _is_plain(x: Any) -> bool:
    """Whether it is a text that JSON has as it is, between quotes."""
    return type(x) is str and x.isascii() and x.isprintable() and '"' not in x and "\\" not in x


def _by_json(value: Any, comma: str = ", ", colon: str = ": ", *, ascii: bool = True) -> str:  # noqa: A002
    import json

    return json.dumps(value, allow_nan=False, ensure_ascii=ascii, separators=(comma, colon))


def _with_words(array: Any) -> Any:
    """Nested lists in which what JSON cannot write is a string."""
    words = array.astype(object)
    for index in zip(*(~(abs(array) < float("inf"))).nonzero(), strict=True):
        words[index] = number(float(array[index]))
    return words.tolist()
