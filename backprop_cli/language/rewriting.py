"""A text rewritten piece by piece, so that every character of the new one knows where it comes from.

The pieces are tokens of anybody's notation. What is put before, behind and in the place of a token is noted beside it
and written out at the end: nested constructs need no copies of each other.
"""

from __future__ import annotations

import re
from itertools import pairwise

from backprop_cli.lean import Iterable, Mapping, MappingProxyType, NamedTuple, Sequence

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀˣʸᵏ"
_APART = f"{RAISED}½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"  # letters to Unicode, and no part of a name
_WORD = rf"(?:(?![{_APART}])[^\W\d])(?:(?![{_APART}])\w)*"
_CUT = re.compile(
    rf"""
      [ \t\r\f\v]+ | \#[^\r\n]* | \\\n                      # nothing
    | \"\"\"[\s\S]*?\"\"\"                                 # a text that explains
    | (?<=[(\[,=])[ ]?'[^'\n(]*'(?=[\]\),]) | "[^"\n]*"      # a text: subscripts, keys
    | {_WORD}
    | (?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+−-]?[0-9]+)?
    | [{RAISED}]+
    | \.\.\. | \*\*= | \*\* | [-+*/@]= | <= | >= | == | != | -> | \|\| | &&
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
SINGLE_BARS = re.compile(_CUT.pattern.replace(r" \|\| |", ""), _CUT.flags)
_OPEN, _CLOSE = "([{", ")]}"
_BLANK = " \t\r\f\v#"


class Problem(NamedTuple):
    """What cannot be read: its place, why, and the way out; by default because it has two meanings."""

    start: int
    end: int
    message: str
    help: str
    code: str = "S112"


class IndexSum(NamedTuple):
    """A sum over an index: where what is added begins and ends, how many indices there are, the limits as written.

    `letter` is the index where names keep it.
    """

    start: int
    end: int
    rank: int = 1
    lower: str = ""
    upper: str = ""
    letter: str = ""


class Reading(NamedTuple):
    """A text, and for each of its characters (and its end) where what it was made of begins, and ends before it.

    `sums` are those over an index, by their places in what was `typed`; `counted` are names that are limits of such,
    `ranks` says how many indices the names in them have.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    problems: tuple[Problem, ...] = ()
    sums: tuple[IndexSum, ...] = ()
    typed: str = ""
    counted: frozenset[str] = frozenset()
    ranks: Mapping[str, int] = MappingProxyType({})

    def then(self, later: Reading) -> Reading:
        """What a reading of this one's text is of the first text."""
        starts, ends = [self.starts[k] for k in later.starts], [self.ends[k] for k in later.ends]
        problems = (p._replace(start=self.starts[p.start], end=self.ends[p.end]) for p in later.problems)
        sums = (s._replace(start=self.starts[s.start], end=self.ends[s.end]) for s in later.sums)
        return self._replace(
            text=later.text, starts=starts, ends=ends, problems=(*self.problems, *problems), sums=(*self.sums, *sums)
        )


class Rewriter:
    """The tokens of a text that are not blank, brackets matched, and what is to be written in their place.

    `texts`, `begins` are the tokens. `closes[k]` is the token that closes the bracket k, `opens` the reverse;
    `commas[k]` are the commas directly inside of the bracket k. `head[k]` is the first token of the operand that ends
    with token k, calls, indices and attributes included, -1 where none ends there; `calls` are the brackets of calls.
    """

    def __init__(self, text: str, pattern: re.Pattern[str] = _CUT) -> None:
        self.text = text
        self.texts: list[str] = []
        self.begins: list[int] = []
        at = 0
        for piece in pattern.findall(text):
            if piece[0] not in _BLANK and piece != "\\\n":
                self.texts.append(piece)
                self.begins.append(at)
            at += len(piece)
        count = len(self.texts)
        self.out: list[str] = list(self.texts)
        self.before, self.behind = [""] * count, [""] * count
        self.after: dict[int, str] = {}  # what ends a statement, behind all that is put around its tokens
        self.dropped = bytearray(count)
        self.closed_up: set[int] = set()  # tokens without a blank in front
        self.sums: list[IndexSum] = []
        self.problems: list[Problem] = []
        self.spans: dict[int, int] = {}  # token that stands for several: the last of them
        self.definitions: dict[str, str] = {}  # gates that the text needs, by their names: put in front
        self.objects: dict[str, tuple[str, int]] = {}  # what is called by a name: its class, the bracket that made it
        self.chosen: dict[int, str] = {}  # bracket of a call: which of its results a statement takes
        self.closes: dict[int, int] = {}
        self.opens: dict[int, int] = {}
        self.commas: dict[int, list[int]] = {}
        self.calls: set[int] = set()
        self.head = [-1] * count
        self._match()

    def __len__(self) -> int:
        return len(self.texts)

    def at(self, token: int) -> str:
        """A token's text, "" beyond the ends."""
        return self.texts[token] if 0 <= token < len(self.texts) else ""

    def touches(self, token: int) -> bool:
        """Whether a token follows the one before it without a blank."""
        return 0 < token < len(self.texts) and self.begins[token - 1] + len(self.texts[token - 1]) == self.begins[token]

    def is_word(self, token: int) -> bool:
        """Whether a token is a name."""
        text = self.at(token)
        return bool(text) and (text[0].isalpha() or text[0] == "_") and text[0] not in RAISED

    def _match(self) -> None:
        around: list[int] = []
        head = self.head
        for k, text in enumerate(self.texts):
            before = head[k - 1] if k else -1
            if text in _OPEN:
                if before >= 0 and text == "(" and self.is_word(k - 1):
                    self.calls.add(k)
                around.append(k)
                self.commas[k] = []
            elif text in _CLOSE:
                if around:
                    first = around.pop()
                    self.closes[first], self.opens[k] = k, first
                    is_index = self.texts[first] == "[" and first > 0 and head[first - 1] >= 0
                    head[k] = head[first - 1] if first in self.calls or is_index else first
            elif text == "," and around:
                self.commas[around[-1]].append(k)
            elif self.is_word(k):
                dotted = self.at(k - 1) == "." and k > 1 and head[k - 2] >= 0
                is_function = text in CALLED_TOO and before < 0 and self.at(k + 1) == "("  # mod(x, 3), not x mod (3)
                head[k] = head[k - 2] if dotted else k if is_function or text not in WORDS else -1
            elif text[0].isdigit() or (text[0] == "." and len(text) > 1 and text != "...") or text in FRACTIONS:
                head[k] = k
            elif (text in "'′’!" or text[0] in RAISED or text == "°") and before >= 0:
                head[k] = before

    # -- edits -----------------------------------------------------------------------------------------

    def wrap(self, first: int, last: int, before: str, behind: str) -> None:
        """Put something around tokens; what comes later goes around what came earlier."""
        self.before[first] = before + self.before[first]
        self.behind[last] += behind

    def merge(self, first: int, last: int, text: str) -> None:
        """Write one word for the tokens first … last."""
        self.blank(first, last)
        self.out[first] = text
        self.spans[first] = last

    def refuse(self, first: int, last: int, message: str, help_: str) -> None:
        """The tokens first … last can be read in two ways."""
        self.problems.append(Problem(self.begins[first], self.begins[last] + len(self.texts[last]), message, help_))

    def drop(self, first: int, last: int) -> None:
        """Leave out the tokens first … last, with all that was put around them."""
        for k in range(first, last + 1):
            self.dropped[k] = 1

    def blank(self, first: int, last: int) -> None:
        """Leave out the tokens first … last, but not what is put around them; beyond the last of all is none."""
        for k in range(first, min(last + 1, len(self))):
            self.out[k] = ""

    def arguments(self, bracket: int) -> list[tuple[int, int]]:
        """The first and the last token of each argument in a bracket."""
        limits = [bracket, *self.commas[bracket], self.closes[bracket]]
        pairs = [(low + 1, high - 1) for low, high in pairwise(limits)]
        return [(first, last) for first, last in pairs if first <= last]

    def reading(self) -> Reading:
        """The text that the edits make."""
        pieces: list[Piece] = [(f"{definition}\n", 0, 0) for definition in self.definitions.values()]
        last_end = 0
        for k, begin in enumerate(self.begins):
            whole = self.spans.get(k, k)
            stop = self.begins[whole] + len(self.texts[whole])
            parts = ("", "", "") if self.dropped[k] else (self.before[k], self.out[k], self.behind[k])
            early = parts[0][:1] in (")", ",")  # it belongs to what is before the blank
            gap = ("" if k in self.closed_up else self.text[last_end:begin], last_end, begin)
            pieces += [(parts[0], begin, stop), gap] if early else [gap, (parts[0], begin, stop)]
            pieces += [(part, begin, stop) for part in (*parts[1:], self.after.get(k, ""))]
            last_end = begin + len(self.texts[k])
        pieces.append((self.text[last_end:], last_end, len(self.text)))
        return reading_of(pieces, len(self.text), self.problems)._replace(sums=tuple(self.sums), typed=self.text)


Piece = tuple[str, int, int]  # a text, and the characters of the original that it was made of


def reading_of(pieces: Iterable[Piece], length: int, problems: Iterable[Problem] = ()) -> Reading:
    """The reading that pieces make, of a text of that length."""
    made: list[str] = []
    starts: list[int] = []
    ends = [0]
    for text, begin, end in pieces:
        made.append(text)
        if len(text) == end - begin:
            starts.extend(range(begin, end))
            ends.extend(range(begin + 1, end + 1))
        else:
            starts.extend([begin] * len(text))
            ends.extend([max(end, begin + 1)] * len(text))
    return Reading("".join(made), [*starts, length], ends, tuple(problems))


WORDS = frozenset(
    {"if", "then", "else", "and", "or", "not", "in", "lambda", "def", "return", "mod", "for", "import", "from"}
)
CALLED_TOO = frozenset({"mod"})
FRACTIONS = {
    "½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)", "⅕": "(1/5)", "⅖": "(2/5)", "⅗": "(3/5)",
    "⅘": "(4/5)", "⅙": "(1/6)", "⅚": "(5/6)", "⅐": "(1/7)", "⅛": "(1/8)", "⅜": "(3/8)", "⅝": "(5/8)", "⅞": "(7/8)",
    "⅑": "(1/9)", "⅒": "(1/10)",
}  # fmt: skip
