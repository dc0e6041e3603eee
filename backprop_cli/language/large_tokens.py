"""The tokens of a large plain text as columns of numbers, cut all at once.

Plain are names, decimal numbers, `+ - * / ^`, calls, round brackets and statements; `tokens` cuts all the others, and
says what is wrong with them.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.language.tokens import CALL, CLOSE, COMMA, DEFINE, NAME, NEWLINE, NUMBER, OPEN, OPERATOR
from backprop_cli.lean import Any, NamedTuple

_BLANK, _LETTER, _DIGIT, _POINT, _EQUALS, _OTHER = 100, 101, 102, 103, 104, 105
SIGNS = "+-*/^"
_CLASS = np.full(256, _OTHER, np.uint8)
for _characters, _class in (
    (" \t\r\f\v", _BLANK), ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", _LETTER), ("0123456789", _DIGIT),
    (".", _POINT), ("=", _EQUALS), ("(", OPEN), (")", CLOSE), (",", COMMA), (";\n", NEWLINE), (SIGNS, OPERATOR),
):  # fmt: skip
    _CLASS[[ord(_c) for _c in _characters]] = _class


class Columns(NamedTuple):
    """A token's kind, as in `tokens` but that `;` ends a statement like a line; its first character, and the one after
    its last; of a call and a definition the one after the name. A NEWLINE closes the columns.

    Lines that end within brackets are left out.
    """

    kinds: Any
    starts: Any
    ends: Any
    characters: Any  # the text as bytes


def columns(text: str) -> Columns | None:
    """The tokens of a text; None where it is not plain."""
    if not text.isascii():
        return None
    characters = np.frombuffer(text.encode("ascii"), np.uint8)
    classes = _CLASS[characters]
    if (classes == _OTHER).any():
        return None
    in_word = (classes >= _LETTER) & (classes <= _POINT)
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    starts = np.flatnonzero(begins | (classes < _BLANK) | (classes == _EQUALS)).astype(np.int32)
    kinds = classes[starts]
    ends = starts + 1
    is_word = (kinds >= _LETTER) & (kinds <= _POINT)
    closes = in_word
    closes[:-1] &= ~in_word[1:]
    ends[is_word] = np.flatnonzero(closes).astype(np.int32) + 1
    if not _are_words(classes, kinds, starts, ends):
        return None
    kinds[kinds == _LETTER] = NAME
    kinds[is_word & (kinds != NAME)] = NUMBER
    kinds, starts, ends = _with_heads(kinds, starts, ends)
    if kinds is None:
        return None
    depth = np.cumsum((kinds == OPEN) | (kinds == CALL), dtype=np.int32) - np.cumsum(kinds == CLOSE, dtype=np.int32)
    if (inside := (kinds == NEWLINE) & (depth > 0)).any():
        if (characters[starts[inside]] == ord(";")).any():
            return None
        kinds, starts, ends = kinds[~inside], starts[~inside], ends[~inside]
    last = np.array([len(text)], np.int32)
    kinds = np.append(kinds, np.uint8(NEWLINE))
    return Columns(kinds, np.append(starts, last), np.append(ends, last + 1), characters)


def _are_words(classes: Any, kinds: Any, starts: Any, ends: Any) -> bool:
    """Whether all words are names without points, and numbers without letters and with one point at most."""
    is_name = kinds == _LETTER
    is_number = (kinds == _DIGIT) | (kinds == _POINT)
    if (points := classes == _POINT).any():
        count = np.append(np.int32(0), np.cumsum(points, dtype=np.int32))
        count = count[ends] - count[starts]
        if (
            count[is_name].any()
            or (count[is_number] > 1).any()
            or (count[is_number] == (ends - starts)[is_number]).any()
        ):
            return False
    if is_number.any():
        count = np.append(np.int32(0), np.cumsum(classes == _LETTER, dtype=np.int32))
        return not (count[ends] - count[starts])[is_number].any()
    return True


def _with_heads(kinds: Any, starts: Any, ends: Any) -> Any:
    """The columns with `name(` and `name =` as one token each; None three times where `=` does something else."""
    is_name = kinds == NAME
    opens = np.flatnonzero(is_name[:-1] & (kinds[1:] == OPEN))
    if (ends[opens] != starts[opens + 1]).any():  # `name (`
        return None, None, None
    defines = np.flatnonzero(is_name[:-1] & (kinds[1:] == _EQUALS))
    if len(defines) != np.count_nonzero(kinds == _EQUALS):
        return None, None, None
    if not (len(opens) or len(defines)):
        return kinds, starts, ends
    kinds[opens], kinds[defines] = CALL, DEFINE
    kept = np.ones(len(kinds), bool)
    kept[opens + 1] = kept[defines + 1] = False
    return kinds[kept], starts[kept], ends[kept]
