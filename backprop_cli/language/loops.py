"""Loops written out: `for t in range(T) { h = tanh(W@x[t] + U@h) }`, and as Python indents them.

A loop is its body as often as it runs, with the loop's name replaced by a number, so names that are defined anew carry
from one turn to the next. How often it runs has to be known: by whole numbers, and by lengths of values.
"""

from __future__ import annotations

from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Piece, Problem, Reading, Rewriter, reading_of
from backprop_cli.language.spellings import LENGTH
from backprop_cli.language.turns import Mark
from backprop_cli.lean import Callable, Iterator, Mapping, NamedTuple

MOST_TOKENS = 1_000_000
_LOOSE: dict[str, Callable[[int, int], int]] = {"+": int.__add__, "-": int.__sub__}
_TIGHT: dict[str, Callable[[int, int], int]] = {"*": int.__mul__, "/": int.__floordiv__, "%": int.__mod__}
_ENDS = ("\n", ";")


class _Loop(NamedTuple):
    """A loop's name, the tokens that say over what it runs, those of its body, and the one after it."""

    name: str
    limits: list[tuple[int, int]]  # of `range`; of another value one
    over: str
    first: int
    last: int
    end: int


class _Unknown(Exception):  # noqa: N818  it becomes a diagnostic
    """The token at which something is no whole number yet."""

    def __init__(self, token: int) -> None:
        super().__init__()
        self.token = token


class TooLongError(Exception):
    """The text would be too long."""


class Unrolled(NamedTuple):
    """A text with its loops written out, the names that say how often they run, and where each turn is."""

    reading: Reading
    counts: set[str]
    marks: list[Mark]


def unrolled(text: str, size_of: SizeOf) -> Unrolled | None:
    """The text with its loops written out; None if it has no loop. Raises TooLongError."""
    edits = Rewriter(text)
    loops = dict(_loops(edits))
    if not loops:
        return None
    turns = _Turns(edits, loops, size_of)
    try:
        return Unrolled(reading_of(turns.pieces(), len(text)), turns.used, turns.marks)
    except _Unknown as problem:
        start = edits.begins[problem.token]
        help_ = "write a whole number, or the length of a value: `for t in range(len(x)) { … }`"
        message = "how often a loop runs has to be known before anything is computed"
        told = Problem(start, start + len(edits.texts[problem.token]), message, help_, "V307")
        return Unrolled(edits.reading()._replace(problems=(told,)), set(), [])


# -- where the loops are -----------------------------------------------------------------------------------


def _loops(edits: Rewriter) -> Iterator[tuple[int, _Loop]]:
    """The loops, by the token with which each begins."""
    for k, text in enumerate(edits.texts):
        begins = k == 0 or edits.texts[k - 1] in (*_ENDS, "{", ":")
        if text != "for" or not begins or not edits.is_word(k + 1) or edits.at(k + 2) != "in":
            continue
        opened = next((j for j in range(k + 3, len(edits)) if edits.texts[j] in ("{", ":", "\n")), -1)
        if opened < 0 or edits.texts[opened] == "\n":
            continue
        braces = edits.texts[opened] == "{"
        last = edits.closes.get(opened, 0) - 1 if braces else _last_of_block(edits, k, opened)
        is_range = edits.at(k + 3) == "range" and edits.at(k + 4) == "(" and edits.closes.get(k + 4) == opened - 1
        limits = edits.arguments(k + 4) if is_range else [(k + 3, opened - 1)]
        over = "" if is_range else "".join(edits.texts[k + 3 : opened])
        if last >= opened:
            yield k, _Loop(edits.texts[k + 1], limits, over, opened + 1, last, last + 1 + braces)


def _last_of_block(edits: Rewriter, first: int, colon: int) -> int:
    """The last token of the indented lines behind a colon, or of the rest of its line."""
    texts, begins = edits.texts, edits.begins
    if edits.at(colon + 1) not in ("\n", ""):
        return next((k - 1 for k in range(colon + 1, len(edits)) if texts[k] == "\n"), len(edits) - 1)
    margin = _indent(edits, first)
    last = colon
    for k in range(colon + 1, len(edits)):
        if texts[k] != "\n":
            if texts[k - 1] == "\n" and begins[k] - (edits.text.rfind("\n", 0, begins[k]) + 1) <= margin:
                break
            last = k
    return last


def _indent(edits: Rewriter, k: int) -> int:
    start = edits.text.rfind("\n", 0, edits.begins[k]) + 1
    line = edits.text[start : edits.begins[k]]
    return len(line) - len(line.lstrip())


# -- their turns -------------------------------------------------------------------------------------------


class _Turn:
    """A body that is being written: the token at hand, where it ends, what the loops' names are, the turns to come.

    `loop` is the loop's name and which of those in the body around it it is; `marks` are the positions of its turns so
    far, of which the last is being written, `loops` counts the loops in that.
    """

    def __init__(
        self,
        first: int,
        end: int,
        names: dict[str, str],
        turns: Iterator[dict[str, str]],
        loop: tuple[str, int] = ("", 0),
    ) -> None:
        self.first, self.end, self.names, self.turns, self.loop = first, end, names, turns, loop
        self.at = first
        self.marks: list[int] = []
        self.loops = 0


class _Turns:
    """The pieces of a text whose loops are written out; `used` are the names that said how often, `marks` the turns."""

    def __init__(self, edits: Rewriter, loops: Mapping[int, _Loop], size_of: SizeOf) -> None:
        self.edits, self.loops, self.size_of = edits, loops, size_of
        self.used: set[str] = set()
        self.marks: list[Mark] = []
        self.length = 0  # of what is written
        self.indices = {first: last for bracket in edits.closes for first, last in self._computed(bracket)}

    def _computed(self, bracket: int) -> Iterator[tuple[int, int]]:
        """The parts of an index that are longer than a token: `t - 1` in `x[t - 1]`."""
        if self.edits.texts[bracket] == "[":
            for first, last in self.edits.arguments(bracket):
                start = first
                for k in range(first, last + 2):
                    if k == last + 1 or self.edits.texts[k] == ":":
                        if k - start > 1:
                            yield start, k - 1
                        start = k + 1

    def pieces(self) -> Iterator[Piece]:
        """The text, piece by piece. Raises _Unknown and TooLongError."""
        for piece in self._pieces():
            self.length += len(piece[0])
            yield piece

    def _pieces(self) -> Iterator[Piece]:
        edits, count = self.edits, 0
        open_ = [_Turn(0, len(edits), {}, iter(()))]
        while open_:
            turn = open_[-1]
            if turn.at >= turn.end:
                names = next(turn.turns, None)
                self._close(turn)
                if names is None or turn.first >= len(edits):
                    open_.pop()
                    for k in turn.marks:
                        self.marks[k] = self.marks[k]._replace(turns=len(turn.marks))
                else:
                    turn.names, turn.at, turn.loops = names, turn.first, 0
                    self._open(turn, open_[-2].marks)
                    yield "\n", edits.begins[turn.first], edits.begins[turn.first]
                continue
            k = turn.at
            if k in self.loops:
                loop = self.loops[k]
                turn.at, turn.loops = loop.end, turn.loops + 1
                each = self._each(loop, turn.names)
                open_.append(_Turn(loop.first, loop.first, turn.names, each, (loop.name, turn.loops)))
                open_[-1].end, open_[-1].at = loop.last + 1, loop.last + 1  # its first turn is still to come
                continue
            count += 1
            if count > MOST_TOKENS:
                raise TooLongError
            yield from self._piece(k, turn)

    def _open(self, turn: _Turn, around: list[int]) -> None:
        """Mark where a turn begins."""
        name, loop = turn.loop
        number = len(turn.marks) + 1
        turn.marks.append(len(self.marks))
        self.marks.append(Mark(name, number, 0, self.length, 0, around[-1] if around else -1, loop))

    def _close(self, turn: _Turn) -> None:
        """Mark where the turn that was written ends."""
        if turn.marks:
            self.marks[turn.marks[-1]] = self.marks[turn.marks[-1]]._replace(end=self.length)

    def _piece(self, k: int, turn: _Turn) -> Iterator[Piece]:
        """A token, or the index that begins with it, in a turn."""
        edits, last = self.edits, self.indices.get(k, k)
        text, begin = edits.texts[k], edits.begins[k]
        end = edits.begins[last] + len(edits.texts[last])
        if k and edits.texts[k - 1] != "\n" and not edits.touches(k):
            yield " ", begin, begin
        if last > k and turn.names and (number := self._index(k, last, turn.names)) is not None:
            turn.at = last + 1
            yield str(number), begin, end
            return
        turn.at = k + 1
        is_keyword = edits.at(k + 1) == "=" and edits.at(k - 1) in ("(", ",")
        yield text if is_keyword else turn.names.get(text, text), begin, begin + len(text)

    def _each(self, loop: _Loop, names: dict[str, str]) -> Iterator[dict[str, str]]:
        """What the names of the loops are in each turn."""
        if loop.over:
            shape = self.size_of(loop.over)
            if isinstance(shape, int) or not shape:
                raise _Unknown(loop.limits[0][0])
            for k in range(shape[0]):
                yield {**names, loop.name: f"{loop.over}[{k}]"}
            return
        limits = [self._number(first, last, names) for first, last in loop.limits]
        if not 0 < len(limits) < 4 or (len(limits) == 3 and not limits[2]):
            raise _Unknown(loop.first - 1)
        for number in range(*limits):
            yield {**names, loop.name: str(number) if number >= 0 else f"({number})"}

    def _index(self, first: int, last: int, names: Mapping[str, str]) -> int | None:
        """The whole number that an index comes to in a turn, None if it is none."""
        try:
            return self._number(first, last, names)
        except _Unknown:
            return None

    def _number(self, first: int, last: int, names: Mapping[str, str]) -> int:
        """The whole number that tokens are, by sums of products. Raises _Unknown."""
        sums, k, sign = 0, first, "+"
        while k <= last:
            if self.edits.texts[k] in _LOOSE:  # a sign
                sign, k = self.edits.texts[k], k + 1
            product, k = self._atom(k, names)
            while k <= last and (operator := self.edits.texts[k]) in _TIGHT:
                factor, k = self._atom(k + 1 + (operator == "/" and self.edits.at(k + 1) == "/"), names)
                if operator != "*" and not factor:
                    raise _Unknown(k - 1)
                product = _TIGHT[operator](product, factor)
            sums = _LOOSE[sign](sums, product)
            if k <= last and self.edits.texts[k] not in _LOOSE:
                raise _Unknown(k)
            sign = "+"
        return sums

    def _atom(self, k: int, names: Mapping[str, str]) -> tuple[int, int]:
        """A whole number at token k, and the token after it: written out, bound, or a length."""
        edits, text = self.edits, self.edits.texts[k]
        if text.isdigit():
            return int(text), k + 1
        if text in names and names[text].strip("(-)").isdigit():
            return int(names[text].strip("()")), k + 1
        size = self.size_of(text)
        if isinstance(size, int):
            self.used.add(text)
            return size, k + 1
        if text in ("len", LENGTH) and edits.at(k + 1) == "(" and (close := edits.closes.get(k + 1)):
            shape = self.size_of(edits.at(k + 2))
            axes = [int(edits.texts[j]) for j in range(k + 3, close) if edits.texts[j].isdigit()]
            if isinstance(shape, tuple) and len(shape) > (axes or [0])[0]:
                return shape[(axes or [0])[0]], close + 1
        if isinstance(size, tuple) and edits.texts[k + 1 : k + 4] == [".", "shape", "["] and edits.at(k + 4).isdigit():
            axis = int(edits.texts[k + 4])
            if axis < len(size):
                return size[axis], k + 6
        raise _Unknown(k)
