"""Numbers as other languages write them, `0x10`, `1_000`, `1.5d0`, `2.0f`, `1..3`: what to write instead."""

from __future__ import annotations

import re

_DECIMAL = "numbers are decimal: `1000`, `0.5`, `1e-3`"
_BASES = {"x": 16, "b": 2, "o": 8}
_RANGE = re.compile(r"([0-9]+)\.\.\.?([0-9]+)")
_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")  # 1.000.000
_KIND = re.compile(r"([0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?)_([A-Za-z]\w*)", re.ASCII)  # Fortran's 1.0_dp
_BEFORE = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$")
_EXPONENT = re.compile(r"(?:[dDqQ]|EE|ee)([0-9]*)")  # Fortran's, and that of a key of calculators
_SIGNED = re.compile(r"[+-]?[0-9]+")
_TIMES = re.compile(r"[xX]([0-9]+)")
_NEXT = re.compile(r"[ \t]+([0-9][0-9.]*)")
_ENDINGS = frozenset({"f", "F", "l", "L", "f32", "f64", "F32", "lf", "LF", "u", "ul", "i32", "i64", "h"})
_IMAGINARY = frozenset({"i", "j", "I", "J", "im"})


def malformed(text: str) -> str:
    """What to write for digits, points and letters that are no number together."""
    plain = text.replace("_", "")
    base = _BASES.get(text[1:2].lower()) if text[0] == "0" else None
    if base:
        try:
            return f"write `{int(plain[2:], base)}`: numbers are decimal"
        except ValueError:
            return _DECIMAL
    if found := _RANGE.fullmatch(text):
        first, last = int(found[1]), int(found[2])
        return f"for the numbers from {first} to {last} write `arange({first}, {last + 1})`; `:` is for slices"
    if _GROUPS.fullmatch(text):
        return f"write `{text.replace('.', '')}`: the point is the decimal one"
    if found := _KIND.fullmatch(text):
        return f"a number has no kind: write `{found[1]}`"
    if "_" in text and plain.replace(".", "", 1).replace("e", "", 1).isdigit():
        return f"write `{plain}`: digits are not grouped"
    return _DECIMAL


def of_a_number(text: str, start: int, end: int) -> tuple[str, int, int]:
    """What is meant by a name without a value that touches the number in front, and where both are: `1.5d0`.

    An empty text if nothing is.
    """
    name, number = text[start:end], _BEFORE.search(text, max(0, start - 40), start)
    if number is None:
        return _between(text, start, end)
    said = ""
    if exponent := _EXPONENT.fullmatch(name):
        signed = None if exponent[1] else _SIGNED.match(text, end)
        if power := exponent[1] or (signed and signed[0]):
            said, end = f"write `{number[0]}e{power}` for a power of ten", signed.end() if signed else end
    elif name in _ENDINGS:
        said = f"numbers have no ending for their type: write `{number[0]}`"
    elif name in _IMAGINARY:
        said = "numbers are real: there is no imaginary unit"
    elif found := _TIMES.fullmatch(name):
        said = f"for a product write `{number[0]}*{found[1]}`"
    return said, number.start(), end


def _between(text: str, start: int, end: int) -> tuple[str, int, int]:
    """`2 x 3`, with a letter for a sign."""
    before, behind = text[:start].rstrip(" \t"), _NEXT.match(text, end)
    number = _BEFORE.search(before, max(0, len(before) - 40)) if len(before) < start else None
    if text[start:end] not in ("x", "X") or not number or not behind:
        return "", start, end
    return f"for a product write `{number[0]}*{behind[1]}`", number.start(), behind.end()
