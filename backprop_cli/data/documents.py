"""JSON and TOML texts, read strictly: what is wrong with them is said with its place."""

from __future__ import annotations

from typing import Any

from backprop_cli.data.files import malformed
from backprop_cli.errors import shorten


class Inexact(float):
    """A double that is not the whole number that was written."""


def _equals(value: float, digits: str) -> bool:
    return len(digits) < 400 and int(value) == int(digits)


class TooSmall(float):
    """A 0 that was written as a number too small for a double."""


def _real(digits: str) -> float:
    """A number with a point or an exponent."""
    value = float(digits)
    return TooSmall(value) if value == 0 and digits.lower().partition("e")[0].strip("+-0._") else value


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

    def integer(digits: str) -> float:
        value = float(digits)  # int() refuses more than 4300 digits
        return value if len(digits) < 16 or _equals(value, digits) else Inexact(value)

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_int=integer, parse_float=_real)
    except json.JSONDecodeError as error:
        raise malformed(path, text, "JSON", error.msg.lower(), error.pos) from None
    except RecursionError:
        raise malformed(path, text, "usable JSON", "it is nested too deeply") from None


def read_toml(path: str, text: str) -> Any:
    """What a TOML text holds. Raises BackpropError (F603)."""
    import tomllib

    try:
        return tomllib.loads(text, parse_float=_real)
    except tomllib.TOMLDecodeError as error:
        raise malformed(path, text, "TOML", shorten(str(error), 200)) from None
    except ValueError as error:  # an integer of more than 4300 digits
        raise malformed(path, text, "usable TOML", shorten(str(error), 200)) from None
    except RecursionError:
        raise malformed(path, text, "usable TOML", "it is nested too deeply") from None
