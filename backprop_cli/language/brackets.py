"""What an open bracket waits for, and the row that it becomes when it closes: a call, an array, an index.

Operands wait on one stack, operators and open brackets on another; `parser` has the loop between them.
"""

from __future__ import annotations

from itertools import pairwise

from backprop_cli.errors import Label, Source
from backprop_cli.language.derivatives import names_in
from backprop_cli.language.program import Call, Index, Program
from backprop_cli.language.syntax_errors import after_named, misplaced, no_operand
from backprop_cli.language.tokens import CALL, COLON, COMMA, NEWLINE, SEMICOLON, Tokens
from backprop_cli.lean import Any

# An operator that waits on the stack: what it means, how tightly it binds, where it stands (matters for a prefix).
Waiting = tuple[str, int, int]
BRACKET: Waiting = ("(", 0, 1)  # nothing goes before it that binds at least as tightly as 1
# An operand that waits: its row and its place, brackets around it included.
Operand = tuple[int, int, int]
# An open bracket: its token, and for a call how many operands waited before its arguments; otherwise one of these.
Frame = tuple[int, int]
PLAIN, LITERAL, INDEX = -1, -2, -3
_EXPONENT = {"²": "2", "³": "3"}


class Brackets:
    """The program under construction, and what the brackets that are open in it wait for."""

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.source = source
        self.tokens = self.kinds, self.texts, self.starts = tokens
        self.out = Program(source)
        self.keywords: dict[tuple[int, int], int] = {}  # a call, the operands below an argument: its name
        # For each open `[` of a literal how many operands wait before each of its rows, for that of an index its items.
        self.squares: list[list[Any]] = []

    def row(self, op: str, args: Any, start: int, end: int) -> int:
        """Add a row, and answer its number."""
        out = self.out
        out.ops.append(op)
        out.args.append(args)
        out.starts.append(start)
        out.ends.append(end)
        return len(out.ops) - 1

    def in_square(
        self, position: int, frames: list[Frame], operands: list[Operand], waiting: list[Waiting], *, filled: bool
    ) -> bool:
        """A `,`, `:`, `;` or `]` directly inside `[…]`; answer whether an operand is wanted next.

        `filled`: an operand stands before it, which of an index only a slice's parts may lack.
        """
        kind, square = self.kinds[position], self.squares[-1]
        opened, frame = frames[-1]
        if frame == LITERAL:
            if kind == COLON:
                raise misplaced(self.source, self.tokens, position, opened)
            if kind == SEMICOLON:
                square.append(len(operands))
                return True
            waiting.pop()
            frames.pop()
            self.array(opened, operands, self.squares.pop(), self.starts[position] + 1)
            return False
        item = square[-1]
        before = self.kinds[position - 1]
        if kind == SEMICOLON or (kind == COLON and len(item) == 2):
            raise misplaced(self.source, self.tokens, position, opened)
        if not filled and COLON not in (kind, before):
            raise no_operand(self.source, self.tokens, position, opened)
        item.append(operands.pop()[0] if filled else None)
        if kind == COLON:
            return True
        if kind == COMMA:
            square.append([])
            return True
        waiting.pop()
        frames.pop()
        operand, begin, _ = operands.pop()
        end = self.starts[position] + 1
        items = tuple(map(tuple, self.squares.pop()))
        operands.append((self.row("index", Index(operand, items), begin, end), begin, end))
        return False

    def array(self, opened: int, operands: list[Operand], firsts: list[int], end: int) -> None:
        """The elements above `firsts[0]` are an array's; with several rows, those of each row are an array in it."""
        begin = self.starts[opened]
        elements = operands[firsts[0] :]
        del operands[firsts[0] :]
        rows = [row for row, _, _ in elements]
        if len(firsts) > 1:
            limits = [first - firsts[0] for first in firsts] + [len(elements)]
            rows = [
                self.row("array", tuple(rows[low:high]), elements[low][1], elements[high - 1][2])
                for low, high in pairwise(limits)
            ]
        operands.append((self.row("array", tuple(rows), begin, end), begin, end))

    def call(self, token: int, base: int, operands: list[Operand], end: int) -> None:
        """The bracket that ends before `end` ends a call, whose arguments wait above `base`."""
        start, name = self.starts[token], self.texts[token][:-1].rstrip()
        rows = [row for row, _, _ in operands[base:]]
        keywords: list[tuple[str, int, int]] = []
        if self.keywords:
            for height in range(base, len(operands)):
                if (token, height) in self.keywords:
                    at = self.keywords.pop((token, height))
                    keywords.append((self.texts[at][:-1].rstrip(), operands[height][0], self.starts[at]))
                elif keywords:
                    raise after_named(Label(self.source, *operands[height][1:]))
            del rows[len(rows) - len(keywords) :]
        del operands[base:]
        call = Call(name, tuple(rows), tuple(keywords), start + len(name))
        operands.append((self.row("call", call, start, end), start, end))

    def derivative(self, text: str, start: int, row_of: dict[str, int]) -> int:
        """`df/dx`, of what the names mean here; one that is defined further down is a name without a value."""
        for name in sorted({*names_in(text)} - row_of.keys()):
            row_of[name] = self.row("name", name, start, start + len(text))
        return self.row("derivative", tuple(row_of[name] for name in names_in(text)), start, start + len(text))

    def begins_argument(self, position: int) -> bool:
        """Whether the token is the first of an argument of a call."""
        while self.kinds[position - 1] == NEWLINE:
            position -= 1
        return self.kinds[position - 1] in (CALL, COMMA)

    def raise_to(self, operands: list[Operand], exponent: str, start: int) -> None:
        """Apply a typed-in exponent to the operand just read."""
        base, begin, _ = operands.pop()
        power = self.row("num", _EXPONENT[exponent], start, start + 1)
        operands.append((self.row("^", (base, power), begin, start + 1), begin, start + 1))
