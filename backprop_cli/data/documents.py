"""JSON and TOML texts, read strictly: what is wrong with them is said with its place."""

from __future__ import annotations

import re
from math import inf

from backprop_cli.data.files import malformed
from backprop_cli.data.toml_values import help_at, place_of
from backprop_cli.errors import shorten
from backprop_cli.lean import Any

_PARTS = 64
_LONG_KEY = rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_PARTS}}}[\w"'-]"""
BEYOND = 2**1024 - 2**970  # the least whole number that no double is nearest to
_DIGITS = 400  # more than the whole part of any double has


class OutOfRange(str):
    """A number as it is written, which is no double and near none; what it is asked for as says so, when it is."""

    __slots__ = ()


def decimal(text: str) -> float | OutOfRange:
    """The double nearest to a decimal number. Raises ValueError for what is none."""
    number, lowered = float(text), text.lower()
    beyond = abs(number) == inf and "inf" not in lowered
    vanishes = number == 0 and lowered.partition("e")[0].strip("-+0._ ")
    return OutOfRange(text) if beyond or vanishes else number


def whole(digits: str) -> int | OutOfRange:
    """A whole number as it is."""
    return int(digits) if len(digits) < _DIGITS and abs(float(digits)) < inf else OutOfRange(digits)


def read_json(path: str, text: str) -> Any:
    """What a JSON text holds. Raises BackpropError (F603), also for a key that stands in it twice."""
    import json

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise malformed(path, text, "usable JSON", f"the key `{shorten(twice)}` occurs twice")
        return found

    def refuse(word: str) -> Any:
        raise malformed(path, text, "JSON", f"{word} is not part of JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_float=decimal, parse_int=whole)
    except json.JSONDecodeError as error:
        raise malformed(path, text, "JSON", error.msg.lower(), error.pos) from None
    except RecursionError:
        raise malformed(path, text, "usable JSON", "it is nested too deeply") from None


def refuse_long_keys(path: str, text: str) -> None:
    """Raise BackpropError (F603) for a key of very many parts: `tomllib` takes the square of that in memory."""
    if found := re.search(_LONG_KEY, text):
        raise malformed(path, text, "usable TOML", f"a key has more than {_PARTS} parts", found.start())


def read_toml(path: str, text: str) -> Any:
    """What a TOML text holds. Raises BackpropError (F603)."""
    import tomllib

    refuse_long_keys(path, text)
    try:
        return tomllib.loads(text, parse_float=decimal)
    except tomllib.TOMLDecodeError as error:
        words, at = place_of(str(error), text)
        help_ = help_at(text, at) if at is not None else ""
        raise malformed(path, text, "TOML", f"{words[:1].lower()}{shorten(words[1:], 200)}", at, help_) from None
    except ValueError as error:  # an integer of more than 4300 digits
        raise malformed(path, text, "usable TOML", shorten(str(error), 200)) from None
    except RecursionError:
        raise malformed(path, text, "usable TOML", "it is nested too deeply") from None
