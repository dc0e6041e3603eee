"""Choices and sums over numbers as other tools write them, `{x<0: -x, x}`, `Piecewise(…)`, `Sum(i^2, (i, 1, 3))`.

They are refused, with the formula to write.
"""

from __future__ import annotations

import re

from backprop_cli.language.rewriting import Problem
from backprop_cli.lean import Iterable, Iterator, Sequence

_OPENING, _CLOSING = "([{", ")]}"
_COMPARES = re.compile(r"[<>≤≥≠]|==|!=")
_CALL = re.compile(r"(?:\b\w+\.)?\b(Piecewise|piecewise|select)\s*([\[(])")
_SQL = re.compile(r"\bcase\s+when\b(.*?)\bend\b", re.IGNORECASE | re.DOTALL)
_SQL_CUT = re.compile(r"\bwhen\b|\bthen\b|\belse\b", re.IGNORECASE)
_ELSE = re.compile(r"\s*(?:otherwise|else|True|true|1)\s*")
_IF = re.compile(r"(.*?)\s+(?:if|for|when)\s+(.*)", re.DOTALL)
_NOT_ELSEWHERE = "0/0"  # no number
_SUMS = {**dict.fromkeys(("sum", "Sum", "summation", "SUM", "∑", "Σ", "\\sum"), "sum"),
         **dict.fromkeys(("prod", "product", "Product", "PRODUCT", "∏", "Π", "\\prod"), "prod")}  # fmt: skip
_CALLED = re.compile(r"(?:\b\w+\.)?\b(sum|Sum|summation|SUM|prod|product|Product|PRODUCT)\s*([\[(])")
_FROM = r"\s*([a-z])\s*=\s*(-?\d+)\s*"
_SIGN = re.compile(
    r"(\\sum|\\prod|[∑∏ΣΠ]|\b(?:sum|prod)(?=\s*_))\s*(?:_\s*)?"
    rf"(?:\{{{_FROM}\}}\s*\^\s*\{{?\s*(-?\d+)\s*\}}?|\({_FROM},\s*(-?\d+)\s*\))"
)
_LIMITS = re.compile(r"\s*([A-Za-z])\s*(?:=|\bin\b)\s*(-?\w+)\s*(?:\.\.\.?|:|\bto\b)\s*(-?\w+)\s*")
_RAISED = {"²": "^2", "³": "^3", "·": "*", "×": "*"}
_TERM_ENDS = re.compile(r"[-+=;\n,)\]}]|$")


def problem(text: str) -> Problem | None:
    """The first choice or sum of another tool in a text, with what to write for it."""
    return next((found for look in (_brace, _call, _sql, _sum, _sign) for found in look(text)), None)


def _chosen(pieces: Sequence[tuple[str, str]], default: str) -> str:
    """`where(c, a, …)` of values and their conditions."""
    written = default
    for value, condition in reversed(pieces):
        written = f"where({condition.strip()}, {value.strip()}, {written.strip()})"
    return written


def _refused(start: int, end: int, pieces: Sequence[tuple[str, str]], default: str) -> Problem:
    written = _chosen(pieces, default or _NOT_ELSEWHERE)
    return Problem(start, end, "a choice between values is written as one here", f"write `{written}`")


def _brace(text: str) -> Iterator[Problem]:
    """`{x<0: -x, x>=0: x}` and `{-x if x<0, x otherwise}`."""
    if "\\" in text:
        return
    for start, end in _brackets(text, "{"):
        inside = text[start + 1 : end]
        if ";" in inside or "\n" in inside:  # the body of a loop or of a gate
            continue
        pieces, default = [], ""
        for part in _parts(inside, ","):
            condition, colon, value = part.partition(":")
            conditional = _IF.fullmatch(part)
            if colon and _COMPARES.search(condition):
                pieces.append((value, condition))
            elif conditional and _COMPARES.search(conditional[2]):
                pieces.append((conditional[1], conditional[2]))
            elif default or (not pieces and not conditional):
                break
            else:
                default = _without_otherwise(part)
        else:
            if pieces:
                yield _refused(start, end + 1, pieces, default)


def _without_otherwise(part: str) -> str:
    words = part.split()
    return " ".join(word for word in words if word not in ("otherwise", "else", "if", "otherwise."))


def _call(text: str) -> Iterator[Problem]:
    """SymPy's and Mathematica's `Piecewise`, NumPy's `piecewise` and `select`."""
    for found in _CALL.finditer(text):
        end = _end(text, found.end() - 1)
        arguments = [part.strip() for part in _parts(text[found.end() : end], ",")]
        lists = [[item.strip() for item in _parts(part[1:-1], ",")] for part in arguments if part[:1] in (*_OPENING,)]
        if found[1] == "Piecewise":
            pairs = lists if found[2] == "(" else [[*_parts(item[1:-1], ",")] for item in (lists or [[]])[0]]
            if not pairs or any(len(pair) != 2 for pair in pairs):
                continue
            default = arguments[1] if found[2] == "[" and len(arguments) == 2 else ""
            pieces = [(pair[0], pair[1]) for pair in pairs if not _ELSE.fullmatch(pair[1])]
            default = next((value for value, condition in pairs if _ELSE.fullmatch(condition)), default)
        elif len(lists) >= 2:
            conditions, values = lists[:2]
            pieces = list(zip(values, conditions, strict=False))
            more = values[len(conditions) :] or ["0"]
            default = arguments[2] if found[1] == "select" and len(arguments) > 2 else more[0]
        else:
            continue
        if pieces:
            yield _refused(found.start(), end + 1, pieces, default)


def _sql(text: str) -> Iterator[Problem]:
    """`case when x > 0 then x else 0 end`."""
    for found in _SQL.finditer(text):
        parts = _SQL_CUT.split(found[1])
        pairs = list(zip(parts[1::2], parts[::2], strict=False))
        default = parts[-1] if len(parts) % 2 else ""
        if pairs:
            yield _refused(*found.span(), pairs, default)


def _sum(text: str) -> Iterator[Problem]:
    """`sum(i^2, i=1..3)`, `sum(i=1..3, i^2)`, `Sum(i^2, (i, 1, 3))`, `Sum[i^2, {i, 1, 3}]`."""
    for found in _CALLED.finditer(text):
        end = _end(text, found.end() - 1)
        arguments = [part.strip() for part in _parts(text[found.end() : end], ",")]
        if len(arguments) != 2:
            continue
        for term, over in (arguments, arguments[::-1]):
            limits = _LIMITS.fullmatch(over)
            listed = [part.strip() for part in _parts(over[1:-1], ",")] if over[:1] in ("(", "{") else []
            if limits:
                listed = [*limits.groups()]
            if len(listed) == 3 and listed[0].isidentifier() and term is not over:
                yield _added(found.start(), end + 1, _SUMS[found[1]], term, *listed)
                break


def _sign(text: str) -> Iterator[Problem]:
    """`∑_{i=1}^{3} i²`, of the numbers themselves and not of elements."""
    for found in _SIGN.finditer(text):
        end = _TERM_ENDS.search(text, found.end() + 1).start()  # type: ignore[union-attr]  # the end is one
        term = text[found.end() : end].strip()
        for sign, ours in _RAISED.items():
            term = term.replace(sign, ours)
        name, first, last = (limit for limit in found.groups()[1:] if limit)
        if term.isascii() and "\\" not in term and "_" not in term and re.search(rf"\b{name}\b", term):
            yield _added(found.start(), end, _SUMS[found[1]], term, name, first, last)


def _added(start: int, end: int, gate: str, term: str, name: str, first: str, last: str) -> Problem:
    """A sum or a product over whole numbers: of an array of them, or as a loop."""
    mention = re.compile(rf"\b{re.escape(name)}\b")
    plain = first.lstrip("-").isdigit() and last.lstrip("-").isdigit() and "[" not in term and "_" not in term
    if plain and mention.search(term):
        numbers = f"arange({first}, {int(last) + 1})"
        written = f"{gate}({mention.sub(numbers, term)})"
    else:
        total = next(letter for letter in ("s", "t", "total", "total_") if not re.search(rf"\b{letter}\b", term + last))
        begin, step = ("0", f"{total} + {term}") if gate == "sum" else ("1", f"{total}*({term})")
        stop = int(last) + 1 if last.isdigit() else f"{last} + 1"
        written = f"{total} = {begin}; for {name} in range({first}, {stop}) {{ {total} = {step} }}; {total}"
    return Problem(start, end, f"the index `{name}` is a number here", f"write `{written}`")


def _brackets(text: str, opening: str) -> Iterable[tuple[int, int]]:
    """Where brackets of a kind begin and end."""
    for start in (k for k, sign in enumerate(text) if sign == opening):
        end = _end(text, start)
        if end < len(text):
            yield start, end


def _end(text: str, start: int) -> int:
    """Where a bracket is closed, or the end of the text."""
    depth = 0
    for k in range(start, len(text)):
        depth += (text[k] in _OPENING) - (text[k] in _CLOSING)
        if not depth:
            return k
    return len(text)


def _parts(text: str, sign: str) -> list[str]:
    """A text cut at a sign outside of brackets."""
    parts, first, depth = [], 0, 0
    for k, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if letter == sign and not depth:
            parts.append(text[first:k])
            first = k + 1
    return [*parts, text[first:]]
