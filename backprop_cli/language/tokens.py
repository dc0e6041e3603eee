"""Text to tokens, as three columns; the whole text is cut by one regular expression, in C."""

from __future__ import annotations

from itertools import accumulate, compress

from backprop_cli.language.cutting import DIGITS, LETTERS, SPACES, cut
from backprop_cli.lean import NamedTuple

# Kinds of token. SPACE is falsy: that is how spaces and comments are dropped. `name(` and `name =` are one token each.
# SQUARE and UNSQUARE are `[` and `]`, PRIME a transposition; DERIVATIVE is `df/dx`, of which `derivatives` makes one.
SPACE, NAME, NUMBER, CALL, OPEN, OPERATOR, CLOSE, COMMA, DEFINE, ASSIGN, SEMICOLON, NEWLINE, POSTFIX, BAD = range(14)
SQUARE, UNSQUARE, COLON, PRIME, DERIVATIVE = range(14, 19)

# Typed-in mathematics: what each spelling is read as.
SPELLING = {
    "−": "-", "×": "*", "⋅": "·", "÷": "/", "**": "^", "≤": "<=", "≥": ">=", "≠": "!=", "π": "pi",
}  # fmt: skip

_FIXED = {
    "(": OPEN, ")": CLOSE, ",": COMMA, "=": ASSIGN, ";": SEMICOLON, "\n": NEWLINE, "π": NAME, "²": POSTFIX,
    "³": POSTFIX, "[": SQUARE, "]": UNSQUARE, ":": COLON, "\ufeff": SPACE, "\xa0": SPACE,
    **dict.fromkeys("'′’ᵀ", PRIME),
    **dict.fromkeys(["+", "-", "−", "*", "×", "·", "⋅", "/", "÷", "%", "^", "**", "@"], OPERATOR),
    **dict.fromkeys(["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"], OPERATOR),
}  # fmt: skip
_BY_LAST = {"(": CALL, "=": DEFINE}


class Tokens(NamedTuple):
    """Columns of equal length: what a token is, how it was typed, where it starts.

    A NEWLINE token closes the columns, so that a reader never runs off their end.
    """

    kinds: list[int]
    texts: list[str]
    starts: list[int]


class _Kinds(dict[str, int]):
    """What each spelling is; one that is met for the first time is judged then."""

    def __missing__(self, spelling: str) -> int:
        first = spelling[0]
        if first in LETTERS:
            kind = _BY_LAST.get(spelling[-1], NAME)
        elif first in SPACES or first == "#":
            kind = SPACE
        elif first in DIGITS or (first == "." and len(spelling) > 1):
            kind = NUMBER if is_number(spelling) else BAD
        else:
            kind = BAD
        self[spelling] = kind
        return kind


def is_number(spelling: str) -> bool:
    """Whether digits, points and letters are a decimal number."""
    try:
        float(spelling)
    except ValueError:
        return False
    return "_" not in spelling


def tokenize(text: str) -> Tokens:
    """Cut the text into tokens; nothing is refused here, odd characters become BAD tokens."""
    pieces = cut(text)
    kind_of = _Kinds(_FIXED)
    kinds = list(map(kind_of.__getitem__, pieces))
    starts = list(accumulate(map(len, pieces), initial=0))  # one more than tokens: the end of the text
    kinds.append(NEWLINE)
    pieces.append("\n")
    if SPACE in kinds:
        return Tokens(list(filter(None, kinds)), list(compress(pieces, kinds)), list(compress(starts, kinds)))
    return Tokens(kinds, pieces, starts)
