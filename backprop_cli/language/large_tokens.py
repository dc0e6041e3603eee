"""The tokens of a large plain text as columns of numbers, cut all at once.

Plain are names, decimal numbers, `+ - * / ^ **`, calls, round brackets, statements and comments; `tokens` cuts all the
others, and says what is wrong with them.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from backprop_cli.language.cutting import DIGITS, LETTERS, SPACES
from backprop_cli.language.tokens import CALL, CLOSE, COMMA, DEFINE, NAME, NEWLINE, NUMBER, OPEN, OPERATOR, is_number
from backprop_cli.lean import Any, NamedTuple, cached_property

_WORD = 8  # characters of a name that are a number of 64 bits
_BLANK, _LETTER, _DIGIT, _POINT, _EQUALS, _COMMENT, _OTHER = range(100, 107)
SIGNS = "+-*/^"
_CLASS = np.full(256, _OTHER, np.uint8)
for _characters, _class in (
    (SPACES, _BLANK), (LETTERS, _LETTER), (DIGITS, _DIGIT),
    (".", _POINT), ("=", _EQUALS), ("(", OPEN), (")", CLOSE), (",", COMMA), (";\n", NEWLINE), (SIGNS, OPERATOR),
    ("#", _COMMENT),
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


class LargeTokens:
    """The columns of the tokens, a NEWLINE before the first, and what they are."""

    def __init__(self, text: str, found: Columns) -> None:
        self.text = text
        self.kinds = kinds = np.append(np.uint8(NEWLINE), found.kinds)
        self.starts, self.ends = np.append(np.int32(0), found.starts), np.append(np.int32(0), found.ends)
        self.characters = found.characters
        is_sign = kinds == OPERATOR
        self.signs = np.where(is_sign, found.characters.take(self.starts, mode="clip"), np.uint8(0))
        self.signs[is_sign & (self.ends - self.starts == 2)] = ord("^")  # written **
        self.is_leaf = (kinds == NAME) | (kinds == NUMBER)
        self.is_open = (kinds == OPEN) | (kinds == CALL)
        self.wants = np.append(True, ~(self.is_leaf | (kinds == CLOSE))[:-1])  # an operand, where a token stands
        self.is_prefix = is_sign & self.wants
        self.is_infix = is_sign & ~self.wants
        # The sign of a literal belongs to it.
        self.is_folded = self.is_prefix & (_ahead(kinds, 1) == NUMBER) & (_ahead(self.signs, 2) != ord("^"))

    @cached_property
    def called(self) -> tuple[list[str], Any]:
        """The names of calls, and of each call which one it has."""
        return self.numbered(CALL)

    def numbered(self, kind: int, other: int = -1) -> tuple[list[str], Any]:
        """The texts of the tokens of a kind or two in order, each once, and for each token which one it has."""
        chosen = self.kinds == kind
        if other >= 0:
            chosen |= self.kinds == other
        starts, ends = self.starts[chosen], self.ends[chosen]
        lengths = ends - starts
        if not len(starts):
            return [], starts
        if lengths.max() > _WORD:
            texts = [self.text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
            known = dict(zip(dict.fromkeys(texts), count()))
            return list(known), np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))
        if lengths.max() == 1:
            return _letters(self.characters[starts])
        keys = np.zeros(len(starts), np.uint64)  # as large as a word
        for k in range(int(lengths.max())):
            letters = self.characters.take(starts + k, mode="clip").astype(np.uint64)
            keys = keys << np.uint64(8) | np.where(k < lengths, letters, np.uint64(0))
        heads = np.append(0, np.flatnonzero(keys[1:] != keys[:-1]) + 1)
        numbers = keys[heads].tolist()
        places = dict(zip(dict.fromkeys(numbers), count()))
        of_head = np.fromiter(map(places.__getitem__, numbers), np.int32, len(numbers))
        first = np.zeros(len(places), np.int32)
        first[of_head[::-1]] = heads[::-1]
        spans = zip(starts[first].tolist(), ends[first].tolist(), strict=True)
        return [self.text[a:b] for a, b in spans], np.repeat(of_head, np.diff(np.append(heads, len(keys))))

    def are_in_order(self) -> bool:
        """Whether each may stand behind the one before it, and no line may be taken for the rest of another."""
        kinds, wants = self.kinds, self.wants
        begins, behind_prefix = (np.append(False, column[:-1]) for column in (kinds == NEWLINE, self.is_prefix))
        wrong = (
            ((self.is_leaf | self.is_open) & ~wants)
            | (((kinds == CLOSE) | (kinds == COMMA)) & wants)
            | ((kinds == NEWLINE) & wants & ~begins)
            | ((kinds == DEFINE) & ~begins)
            | (self.is_prefix & ((self.signs != ord("-")) | behind_prefix | begins))
        )
        wrong[0] = False
        wrong[1] &= not self.is_prefix[1] or self.signs[1] != ord("-")
        return not wrong.any()

    def texts(self, kind: int) -> list[str]:
        """The texts of the tokens of a kind; of calls and definitions the names."""
        text, chosen = self.text, self.kinds == kind
        return [text[a:b] for a, b in zip(self.starts[chosen].tolist(), self.ends[chosen].tolist(), strict=True)]


def _ahead(column: Any, by: int) -> Any:
    """What stands so many tokens farther."""
    return np.append(column[by:], np.zeros(by, column.dtype))


def columns(text: str) -> Columns | None:
    """The tokens of a text; None where it is not plain."""
    if not text or not text.isascii():
        return None
    characters = np.frombuffer(text.encode("ascii"), np.uint8)
    classes = _CLASS[characters]
    if "#" in text:
        if "\r" in text.replace("\r\n", ""):  # which ends a comment, and not a line
            return None
        classes = _without_comments(characters, classes)
    if (classes >= _COMMENT).any():
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
    kinds[kinds == _LETTER] = NAME
    kinds[is_word & (kinds != NAME)] = NUMBER
    merged = _with_powers(characters, kinds, starts, ends)
    for further in (_with_numbers, _with_heads):
        merged = further(text, classes, *merged) if merged else None
    if merged is None:
        return None
    kinds, starts, ends = merged
    is_end = kinds == NEWLINE
    if is_end.any() and (inside := is_end & (depth_of(kinds) > 0)).any():
        if (characters[starts[inside]] == ord(";")).any():
            return None
        kinds, starts, ends = kinds[~inside], starts[~inside], ends[~inside]
    last = np.array([len(text)], np.int32)
    kinds = np.append(kinds, np.uint8(NEWLINE))
    return Columns(kinds, np.append(starts, last), np.append(ends, last + 1), characters)


def _letters(characters: Any) -> tuple[list[str], Any]:
    """Letters in order, each once, and for each character which one it is."""
    letters = np.flatnonzero(np.bincount(characters)).tolist()
    letters.sort(key=lambda letter: int(np.argmax(characters == letter)))
    place = np.zeros(256, np.int32)
    place[letters] = np.arange(len(letters))
    return list(map(chr, letters)), place[characters]


def depth_of(kinds: Any) -> Any:
    """How many brackets are open behind each token."""
    opens, closes = (kinds == OPEN) | (kinds == CALL), kinds == CLOSE
    return np.cumsum(opens.view(np.int8) - closes.view(np.int8), dtype=np.int32)


def _without_comments(characters: Any, classes: Any) -> Any:
    """The classes with comments blank, to the ends of their lines."""
    begins = np.flatnonzero(classes == _COMMENT)
    lines = np.append(np.flatnonzero(characters == ord("\n")), len(classes))
    ends = lines[np.searchsorted(lines, begins)]
    _, first = np.unique(ends, return_index=True)  # of a line
    turns = np.zeros(len(classes) + 1, np.int8)
    turns[begins[first]], turns[ends[first]] = 1, -1
    return np.where(np.cumsum(turns[:-1], dtype=np.int32) == 0, classes, _BLANK)


def _with_powers(characters: Any, kinds: Any, starts: Any, ends: Any) -> Any:
    """The columns with `**` as one token; None where a third star follows."""
    is_star = (kinds == OPERATOR) & (characters[starts] == ord("*"))
    stars = np.flatnonzero(is_star[:-1] & is_star[1:] & (ends[:-1] == starts[1:]))
    if (np.diff(stars) == 1).any():
        return None
    ends[stars] += 1
    return _left(stars + 1, kinds, starts, ends)


def _with_numbers(text: str, classes: Any, kinds: Any, starts: Any, ends: Any) -> Any:
    """The columns with signs of exponents in their numbers; None where a number, or a name, is none."""

    def count(class_: int, tokens: Any) -> Any:
        """How many characters of a class are in tokens."""
        so_far = np.append(np.int32(0), np.cumsum(classes == class_, dtype=np.int32))
        return so_far[ends[tokens]] - so_far[starts[tokens]]

    names, numbers = np.flatnonzero(kinds == NAME), np.flatnonzero(kinds == NUMBER)
    if "." in text:
        points = count(_POINT, numbers)
        if count(_POINT, names).any() or ((points > 1) | (points == ends[numbers] - starts[numbers])).any():
            return None
    if not len(numbers):
        return kinds, starts, ends
    signs = []
    for token in numbers[count(_LETTER, numbers) > 0].tolist():
        begin, end = int(starts[token]), int(ends[token])
        if text[end - 1] in "eE" and text[end : end + 1] in ("+", "-") and token + 2 < len(kinds):
            signs.append(token + 1)
            end = ends[token] = ends[token + 2]
        if not is_number(text[begin:end]):
            return None
    signs_ = np.array(signs, np.int64)
    return _left(np.append(signs_, signs_ + 1), kinds, starts, ends)


def _left(dropped: Any, *columns: Any) -> Any:
    """The columns without those tokens."""
    kept = np.ones(len(columns[0]), bool)
    kept[dropped] = False
    return tuple([column[kept] for column in columns]) if len(dropped) else columns


def _with_heads(text: str, _classes: Any, kinds: Any, starts: Any, ends: Any) -> Any:
    """The columns with `name(` and `name =` as one token each; None where `=` does something else."""
    is_name = kinds == NAME
    opens = np.flatnonzero(is_name[:-1] & (kinds[1:] == OPEN))
    defines = np.flatnonzero(is_name[:-1] & (kinds[1:] == _EQUALS))
    if (ends[opens] != starts[opens + 1]).any() or len(defines) != np.count_nonzero(kinds == _EQUALS):  # `name (`
        return None
    if any(character in text for character in "\r\f\v"):
        between = zip(ends[defines].tolist(), starts[defines + 1].tolist(), strict=True)
        if any(text[a:b].strip(" \t") for a, b in between):
            return None
    kinds[opens], kinds[defines] = CALL, DEFINE
    return _left(np.append(opens, defines) + 1, kinds, starts, ends)
