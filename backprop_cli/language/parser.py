"""Tokens to a Program, by operator precedence with a stack of its own: depth is the user's to choose.

It accepts a little too much (any name may be called, a gate's name may stand alone), so that the room
which knows the gates can explain better.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import compress, count, islice, pairwise
from typing import Any

from backprop_cli.errors import Diagnostic, Label, Source
from backprop_cli.language.program import BINDING_POWER, COMPARISONS, Call, Index, Program, Statement
from backprop_cli.language.syntax_errors import SyntaxProblem, after_named, chained, misplaced, no_operand
from backprop_cli.language.tokens import (
    CALL,
    CLOSE,
    COLON,
    COMMA,
    DEFINE,
    NAME,
    NEWLINE,
    NUMBER,
    OPEN,
    OPERATOR,
    POSTFIX,
    PRIME,
    SEMICOLON,
    SPELLING,
    SQUARE,
    UNSQUARE,
    Tokens,
    tokenize,
)

_EXPONENT = {"²": "2", "³": "3"}
_PREFIX = {"-": "negative", "−": "negative", "+": "positive"}
_PREFIX_POWER = BINDING_POWER["negative"]
_COMPARISON_POWER = BINDING_POWER["<"]
# Typed operator: what it means, how tightly it binds, and how tightly an operator before it must bind to go first.
# Of two `^` the right one goes first.
_INFIX = {
    typed: (op, BINDING_POWER[op], BINDING_POWER[op] + (op == "^"))
    for typed, op in (*zip(BINDING_POWER, BINDING_POWER, strict=True), *SPELLING.items())
    if op in BINDING_POWER
}
_JUXTAPOSED = _INFIX["juxtaposed"]
# An operator that waits on the stack: what it means, how tightly it binds, where it stands (matters for a prefix).
_Waiting = tuple[str, int, int]
_BRACKET: _Waiting = ("(", 0, 1)  # nothing goes before it that binds at least as tightly as 1
# An operand that waits: its row and its place, brackets around it included.
_Operand = tuple[int, int, int]
# An open bracket: its token, and for a call how many operands waited before its arguments; otherwise one of these.
_Frame = tuple[int, int]
_PLAIN, _LITERAL, _INDEX = -1, -2, -3
_ENDS = (SEMICOLON, NEWLINE)
_IS_NAME, _IS_DEFINE, _IS_CALL = (bytes(kind == wanted for kind in range(256)) for wanted in (NAME, DEFINE, CALL))
_FEW = 64
MOST_ERRORS = 20  # in one text; more would hide the first


def parse(source: Source, variables: Collection[str] = ()) -> Program:
    """The program a text is.

    `variables` are the names known to have values: `x(y+1)` is a product when x is one of them or was
    defined by an earlier statement, otherwise a call. Errors are collected in the program, at most one a
    statement; a statement that does not parse keeps its name, so that later ones are not blamed for it.
    """
    return parse_tokens(source, tokenize(source.text), variables)


def parse_tokens(source: Source, tokens: Tokens, variables: Collection[str] = ()) -> Program:
    """The program that some of a text's tokens are; a NEWLINE closes them."""
    return _Parser(source, tokens, variables).program()


class _Parser:
    def __init__(self, source: Source, tokens: Tokens, variables: Collection[str]) -> None:
        self.source = source
        self.tokens = self.kinds, self.texts, self.starts = _with_products(tokens, variables)
        self.out = Program(source)
        self.first = self.first_row = 0  # the token and the row with which the statement at hand begins
        self.name = ""  # the name it defines
        self.keywords: dict[int, int] = {}  # how many operands wait below an argument: the token that names it
        # For each open `[` of a literal how many operands wait before each of its rows, for that of an index its items.
        self.squares: list[list[Any]] = []
        self.row_of = self._names()

    def program(self) -> Program:
        position = 0
        while position < len(self.kinds) and len(self.out.diagnostics) < MOST_ERRORS:
            try:
                position = self._statements(position)
            except SyntaxProblem as problem:
                self.out.diagnostics.append(problem.diagnostic)
                self._forget()
                self._end_statement(-1)
                position = self._after(problem)
        if not self.out.statements:
            what = "is empty" if not self.source.text.strip() else "holds no statement, only comments or separators"
            help_ = "write a formula, such as `(x+y)*z`"
            self.out.diagnostics.append(Diagnostic("S106", f"the {self.source.name} {what}", (), help_))
        return self.out

    def _names(self) -> dict[str, int]:
        """A row for every name that is mentioned and that no statement defines, in the order of first mention."""
        kinds, texts = self.kinds, self.texts
        kinds_as_bytes = bytes(kinds)
        mentions = dict.fromkeys(compress(texts, kinds_as_bytes.translate(_IS_NAME)))
        first: Callable[[str], int] = texts.index  # for few names; each search ends at the first mention
        if len(mentions) > _FEW:
            first = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True)).__getitem__
        defined = _defined(self.tokens)
        row_of: dict[str, int] = {}
        for typed in mentions:
            name = SPELLING.get(typed, typed)
            if name not in defined:
                if name not in row_of:
                    start = self.starts[first(typed)]
                    row_of[name] = self._row("name", name, start, start + len(typed))
                row_of[typed] = row_of[name]
        return row_of

    def _row(self, op: str, args: Any, start: int, end: int) -> int:
        out = self.out
        out.ops.append(op)
        out.args.append(args)
        out.starts.append(start)
        out.ends.append(end)
        return len(out.ops) - 1

    def _statements(self, first: int) -> int:
        """Read statements to the end of the text; answer the token after it.

        Operands and operators wait on two stacks; an operator is done when one comes that binds less tightly. An open
        bracket waits among them, binding nothing, so that no operator reaches across it.
        """
        kinds, texts, starts = self.kinds, self.texts, self.starts
        ops, args, row_starts, row_ends = self.out.ops, self.out.args, self.out.starts, self.out.ends
        add_op, add_args, add_start, add_end = ops.append, args.append, row_starts.append, row_ends.append
        row_of, infix_of, last = self.row_of, _INFIX, len(kinds) - 1
        prefix_power, comparison_power = _PREFIX_POWER, _COMPARISON_POWER
        operands: list[_Operand] = []
        waiting: list[_Waiting] = [_BRACKET]
        frames: list[_Frame] = []
        wants_operand, begins = True, True
        columns = (islice(column, first, None) for column in (kinds, texts, starts))

        for position, kind, text, start in zip(count(first), *columns, strict=False):
            if not wants_operand:
                if kind == OPERATOR:
                    infix = infix_of[text]
                elif kind <= OPEN:  # an operand right after another
                    infix = _JUXTAPOSED
                elif kind == POSTFIX and kinds[position - 1] != POSTFIX:  # x²³ is x^23 to some and x^6 to others
                    self._raise_to(operands, text, start)
                    continue
                elif kind == NEWLINE and frames and position < last:
                    continue
                elif kind == PRIME:
                    operand, begin, _ = operands.pop()
                    operands.append((self._row("transpose", (operand,), begin, start + 1), begin, start + 1))
                    continue
                elif kind == SQUARE:
                    if kinds[position - 1] == NUMBER:  # nobody takes elements of a number: 2[1, 2] is a product
                        infix = _JUXTAPOSED
                    else:
                        frames.append((position, _INDEX))
                        waiting.append(_BRACKET)
                        self.squares.append([[]])
                        wants_operand = True
                        continue
                else:
                    infix = _BRACKET
                needed = infix[2]
                while waiting[-1][1] >= needed:
                    op, tightness, at = waiting.pop()
                    right, begin, end = operands.pop()
                    if tightness == prefix_power:
                        # The sign of a literal belongs to it; a name for a number starts elsewhere than the number.
                        literal = ops[right] == "num" and row_starts[right] == begin and args[right][0] != "-"
                        if op == "positive" or literal:
                            if op == "negative":
                                args[right] = "-" + args[right]
                                row_starts[right] = at
                            operands.append((right, at, end))
                            continue
                        begin = at
                        add_args((right,))
                    else:
                        left, begin, _ = operands.pop()
                        if tightness == comparison_power and (ops[left] in COMPARISONS or ops[right] in COMPARISONS):
                            raise chained(Label(self.source, begin, end))
                        add_args((left, right))
                    operands.append((len(ops), begin, end))
                    add_op(op)
                    add_start(begin)
                    add_end(end)
                if infix is not _BRACKET:
                    waiting.append(infix)
                    wants_operand = True
                    if kind == OPERATOR:
                        continue
                elif kind == CLOSE and frames and frames[-1][1] >= _PLAIN:
                    waiting.pop()
                    token, base = frames.pop()
                    if base == _PLAIN:
                        operands[-1] = (operands[-1][0], starts[token], start + 1)
                    else:
                        self._call(token, base, operands, start + 1)
                    continue
                elif kind == COMMA and frames and frames[-1][1] not in (_PLAIN, _INDEX):
                    wants_operand = True
                    continue
                elif frames and frames[-1][1] < _PLAIN and kind in (COMMA, COLON, SEMICOLON, UNSQUARE):
                    wants_operand = self._in_square(position, frames, operands, waiting, filled=True)
                    continue
                elif (kind == NEWLINE or kind == SEMICOLON) and not frames:
                    self._end_statement(operands.pop()[0])
                    wants_operand = begins = True
                    continue
                else:
                    raise misplaced(self.source, self.tokens, position, frames[-1][0] if frames else -1)

            elif begins:
                if kind == NEWLINE or kind == SEMICOLON:
                    continue
                self.first, self.first_row, self.name, begins = position, len(ops), "", False
                if kind == DEFINE:
                    self.name = text[:-1].rstrip()
                    continue

            if kind == NAME:
                row = row_of.get(text)
                if row is None:  # defined further down
                    row = self._row("name", text, start, start + len(text))
                operands.append((row, start, start + len(text)))
                wants_operand = False
            elif kind == NUMBER:
                end = start + len(text)
                operands.append((len(ops), start, end))
                add_op("num")
                add_args(text)
                add_start(start)
                add_end(end)
                wants_operand = False
            elif kind == CALL:
                frames.append((position, len(operands)))
                waiting.append(_BRACKET)
            elif kind == OPEN:
                frames.append((position, _PLAIN))
                waiting.append(_BRACKET)
            elif kind == SQUARE:
                frames.append((position, _LITERAL))
                waiting.append(_BRACKET)
                self.squares.append([len(operands)])
            elif kind == OPERATOR and text in _PREFIX:
                waiting.append((_PREFIX[text], _PREFIX_POWER, start))
            elif kind == NEWLINE and frames and position < last:
                continue
            elif kind == DEFINE and frames and frames[-1][1] >= 0 and self._begins_argument(position):
                self.keywords[len(operands)] = position
            elif kind in (COMMA, COLON, UNSQUARE) and frames and frames[-1][1] == _INDEX and waiting[-1] is _BRACKET:
                wants_operand = self._in_square(position, frames, operands, waiting, filled=False)
            elif kind == CLOSE and frames and frames[-1] == (position - 1, len(operands)):
                waiting.pop()  # name(): the arity is judged elsewhere
                self._call(*frames.pop(), operands, start + 1)
                wants_operand = False
            else:
                raise no_operand(self.source, self.tokens, position, frames[-1][0] if frames else -1)
        return last + 1

    def _forget(self) -> None:
        """Drop the rows of a statement that did not parse."""
        out, kept = self.out, self.first_row
        for column in (out.ops, out.args, out.starts, out.ends):
            del column[kept:]
        self.row_of = {name: row for name, row in self.row_of.items() if row < kept}
        self.keywords.clear()
        self.squares.clear()

    def _end_statement(self, row: int) -> None:
        name = self.name
        start = self.starts[self.first]
        self.out.statements.append(Statement(name, row, start))
        if name:
            self.row_of[name] = row

    def _in_square(
        self, position: int, frames: list[_Frame], operands: list[_Operand], waiting: list[_Waiting], *, filled: bool
    ) -> bool:
        """A `,`, `:`, `;` or `]` directly inside `[…]`; answer whether an operand is wanted next.

        `filled`: an operand stands before it, which of an index only a slice's parts may lack.
        """
        kind, square = self.kinds[position], self.squares[-1]
        opened, frame = frames[-1]
        if frame == _LITERAL:
            if kind == COLON:
                raise misplaced(self.source, self.tokens, position, opened)
            if kind == SEMICOLON:
                square.append(len(operands))
                return True
            waiting.pop()
            frames.pop()
            self._array(opened, operands, self.squares.pop(), self.starts[position] + 1)
            return False
        item = square[-1]
        before = self.kinds[position - 1]
        if kind == SEMICOLON or (kind == COLON and len(item) == 2):
            raise misplaced(self.source, self.tokens, position, opened)
        if not filled and kind != COLON and before != COLON:
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
        operands.append((self._row("index", Index(operand, items), begin, end), begin, end))
        return False

    def _array(self, opened: int, operands: list[_Operand], firsts: list[int], end: int) -> None:
        """The elements above `firsts[0]` are an array's; with several rows, those of each row are an array in it."""
        begin = self.starts[opened]
        elements = operands[firsts[0] :]
        del operands[firsts[0] :]
        rows = [row for row, _, _ in elements]
        if len(firsts) > 1:
            limits = [first - firsts[0] for first in firsts] + [len(elements)]
            rows = [
                self._row("array", tuple(rows[low:high]), elements[low][1], elements[high - 1][2])
                for low, high in pairwise(limits)
            ]
        operands.append((self._row("array", tuple(rows), begin, end), begin, end))

    def _call(self, token: int, base: int, operands: list[_Operand], end: int) -> None:
        """The bracket that ends before `end` ends a call, whose arguments wait above `base`."""
        start, name = self.starts[token], self.texts[token][:-1].rstrip()
        rows = [row for row, _, _ in operands[base:]]
        keywords: list[tuple[str, int, int]] = []
        if self.keywords:
            for height in range(base, len(operands)):
                if height in self.keywords:
                    at = self.keywords.pop(height)
                    keywords.append((self.texts[at][:-1].rstrip(), operands[height][0], self.starts[at]))
                elif keywords:
                    raise after_named(Label(self.source, *operands[height][1:]))
            del rows[len(rows) - len(keywords) :]
        del operands[base:]
        call = Call(name, tuple(rows), tuple(keywords), start + len(name))
        operands.append((self._row("call", call, start, end), start, end))

    def _begins_argument(self, position: int) -> bool:
        """Whether the token is the first of an argument of a call."""
        while self.kinds[position - 1] == NEWLINE:
            position -= 1
        return self.kinds[position - 1] in (CALL, COMMA)

    def _raise_to(self, operands: list[_Operand], exponent: str, start: int) -> None:
        """Apply a typed-in exponent to the operand just read."""
        base, begin, _ = operands.pop()
        power = self._row("num", _EXPONENT[exponent], start, start + 1)
        operands.append((self._row("^", (base, power), begin, start + 1), begin, start + 1))

    def _after(self, problem: SyntaxProblem) -> int:
        """The token after the statement in which an error was found."""
        kinds = self.kinds
        depth = squares = 0
        for position in range(self.first, len(kinds)):
            kind = kinds[position]
            if kind in (OPEN, CALL):
                depth += 1
            elif kind == CLOSE:
                depth -= depth > 0
            elif kind == SQUARE:
                squares += 1
            elif kind == UNSQUARE:
                squares -= squares > 0
            elif position >= problem.token and squares == 0 and (kind == SEMICOLON or (kind == NEWLINE and depth == 0)):
                return position + 1
        return len(kinds)


def _defined(tokens: Tokens) -> set[str]:
    """The names that statements define."""
    kinds = tokens.kinds
    defines = compress(range(len(kinds)), bytes(kinds).translate(_IS_DEFINE))
    return {tokens.texts[at][:-1].rstrip() for at in defines if at == 0 or kinds[at - 1] in _ENDS}


def _with_products(tokens: Tokens, variables: Collection[str]) -> Tokens:
    """The tokens, with `x(` of a name that has a value cut in two: x(y+1) is a product."""
    called = set(compress(tokens.texts, bytes(tokens.kinds).translate(_IS_CALL)))
    if not called:
        return tokens
    known = _defined(tokens).union(variables)
    products = {text: text[:-1].rstrip() for text in called if text[:-1].rstrip() in known}
    if not products:
        return tokens
    cut = Tokens([], [], [])
    for kind, text, start in zip(*tokens, strict=True):
        is_product = kind == CALL and text in products
        cut.kinds.extend((NAME, OPEN) if is_product else (kind,))
        cut.texts.extend((products[text], "(") if is_product else (text,))
        cut.starts.extend((start, start + len(text) - 1) if is_product else (start,))
    return cut
