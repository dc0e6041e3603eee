"""Tokens to a Program, by operator precedence with a stack of its own: depth is the user's to choose.

It accepts a little too much (any name may be called, a gate's name may stand alone), so that the room
which knows the gates can explain better.
"""

from __future__ import annotations

from itertools import compress, count, islice

from backprop_cli.errors import Diagnostic, Label, Source
from backprop_cli.language.brackets import BRACKET, INDEX, LITERAL, PLAIN, Brackets, Frame, Operand, Waiting
from backprop_cli.language.derivatives import with_derivatives
from backprop_cli.language.products import defined, with_products
from backprop_cli.language.program import BINDING_POWER, COMPARISONS, Program, SizeOf, Statement
from backprop_cli.language.syntax_errors import SyntaxProblem, after, chained, misplaced, no_operand
from backprop_cli.language.tokens import (
    CALL,
    CLOSE,
    COLON,
    COMMA,
    DEFINE,
    DERIVATIVE,
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
)
from backprop_cli.language.unclear import sign, unclear
from backprop_cli.language.understanding import nothing_known, understood
from backprop_cli.lean import Callable, Collection

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
_IS_NAME = bytes(kind == NAME for kind in range(256))
_FEW = 64
MOST_ERRORS = 20  # in one text; more would hide the first


def parse(source: Source, variables: Collection[str] = (), size_of: SizeOf = nothing_known) -> Program:
    """The program a text is.

    `variables` are the names known to have values: `x(y+1)` is a product when x is one of them or was
    defined by an earlier statement, otherwise a call. What some signs mean depends on the shapes that
    `size_of` knows. Errors are collected in the program, at most one a statement; a statement that does
    not parse keeps its name, so that later ones are not blamed for it.
    """
    return understood(
        source, variables, lambda source, tokens: parse_tokens(source, tokens, variables), size_of=size_of
    )


def parse_tokens(source: Source, tokens: Tokens, variables: Collection[str] = ()) -> Program:
    """The program that some of a text's tokens are; a NEWLINE closes them."""
    return _Parser(source, tokens, variables).program()


class _Parser(Brackets):
    def __init__(self, source: Source, tokens: Tokens, variables: Collection[str]) -> None:
        super().__init__(source, with_derivatives(with_products(tokens, variables), variables))
        self.variables = variables
        self.first = self.first_row = 0  # the token and the row with which the statement at hand begins
        self.name = ""  # the name it defines
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
                position = after(problem, self.kinds, self.first)
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
        by_statement = defined(self.tokens)
        row_of: dict[str, int] = {}
        for typed in mentions:
            name = SPELLING.get(typed, typed)
            if name not in by_statement or name in self.variables:  # h = max(0, h) of an input
                if name not in row_of:
                    start = self.starts[first(typed)]
                    row_of[name] = self.row("name", name, start, start + len(typed))
                row_of[typed] = row_of[name]
        return row_of

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
        operands: list[Operand] = []
        waiting: list[Waiting] = [BRACKET]
        frames: list[Frame] = []
        wants_operand, begins = True, True
        columns = (islice(column, first, None) for column in (kinds, texts, starts))

        for position, kind, text, start in zip(count(first), *columns, strict=False):
            if not wants_operand:
                if kind == NUMBER or text in _PREFIX:
                    unclear(self.source, self.tokens, position, in_array=bool(frames) and frames[-1][1] == LITERAL)
                if kind == OPERATOR:
                    infix = infix_of[text]
                elif kind <= OPEN or kind == DERIVATIVE:  # an operand right after another
                    infix = _JUXTAPOSED
                elif kind == POSTFIX and kinds[position - 1] != POSTFIX:  # x²³ is x^23 to some and x^6 to others
                    self.raise_to(operands, text, start)
                    continue
                elif kind == NEWLINE and position < last and (frames or self._goes_on(position)):
                    continue
                elif kind == PRIME:
                    operand, begin, _ = operands.pop()
                    operands.append((self.row("transpose", (operand,), begin, start + 1), begin, start + 1))
                    continue
                elif kind == SQUARE:
                    if kinds[position - 1] == NUMBER:  # nobody takes elements of a number: 2[1, 2] is a product
                        infix = _JUXTAPOSED
                    else:
                        frames.append((position, INDEX))
                        waiting.append(BRACKET)
                        self.squares.append([[]])
                        wants_operand = True
                        continue
                else:
                    infix = BRACKET
                needed = infix[2]
                while waiting[-1][1] >= needed:
                    op, tightness, at = waiting.pop()
                    right, begin, end = operands.pop()
                    if tightness == prefix_power:
                        # The sign of a literal belongs to it; a name for a number starts elsewhere than the number.
                        literal = right >= 0 and ops[right] == "num"
                        literal = literal and row_starts[right] == begin and args[right][0] != "-"
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
                        if tightness == comparison_power and COMPARISONS & {ops[k] for k in (left, right) if k >= 0}:
                            raise chained(Label(self.source, begin, end))
                        add_args((left, right))
                    operands.append((len(ops), begin, end))
                    add_op(op)
                    add_start(begin)
                    add_end(end)
                if infix is not BRACKET:
                    waiting.append(infix)
                    wants_operand = True
                    if kind == OPERATOR:
                        continue
                elif kind == CLOSE and frames and frames[-1][1] >= PLAIN:
                    waiting.pop()
                    token, base = frames.pop()
                    if base == PLAIN:
                        operands[-1] = (operands[-1][0], starts[token], start + 1)
                    else:
                        self.call(token, base, operands, start + 1)
                    continue
                elif kind == COMMA and frames and frames[-1][1] not in (PLAIN, INDEX):
                    wants_operand = True
                    continue
                elif frames and frames[-1][1] < PLAIN and kind in (COMMA, COLON, SEMICOLON, UNSQUARE):
                    wants_operand = self.in_square(position, frames, operands, waiting, filled=True)
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
                    row = self.row("name", text, start, start + len(text))
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
            elif kind == CALL or kind == OPEN:
                frames.append((position, len(operands) if kind == CALL else PLAIN))
                waiting.append(BRACKET)
            elif kind == SQUARE:
                frames.append((position, LITERAL))
                waiting.append(BRACKET)
                self.squares.append([len(operands)])
            elif kind == DERIVATIVE:
                operands.append((self.derivative(text, start, row_of), start, start + len(text)))
                wants_operand = False
            elif kind == OPERATOR and text in _PREFIX:
                waiting.append((_PREFIX[sign(self.source, self.tokens, position)], _PREFIX_POWER, start))
            elif kind == NEWLINE and frames and position < last:
                continue
            elif kind == DEFINE and frames and frames[-1][1] >= 0 and self.begins_argument(position):
                self.keywords[frames[-1][0], len(operands)] = position
            elif kind in (COMMA, COLON, UNSQUARE) and frames and frames[-1][1] == INDEX and waiting[-1] is BRACKET:
                wants_operand = self.in_square(position, frames, operands, waiting, filled=False)
            elif kind == CLOSE and frames and frames[-1] == (position - 1, len(operands)):
                waiting.pop()  # name(): the arity is judged elsewhere
                self.call(*frames.pop(), operands, start + 1)
                wants_operand = False
            else:
                raise no_operand(self.source, self.tokens, position, frames[-1][0] if frames else -1)
        return last + 1

    def _goes_on(self, position: int) -> bool:
        """Whether the next line begins with an operator between two operands; a minus sign is one if it is indented."""
        sign, start = self.texts[position + 1], self.starts[position + 1]
        is_infix = self.kinds[position + 1] == OPERATOR
        return is_infix and (_PREFIX.get(sign) != "negative" or start > self.starts[position] + 1)

    def _forget(self) -> None:
        """Drop the rows of a statement that did not parse."""
        out, kept = self.out, self.first_row
        for column in (out.ops, out.args, out.starts, out.ends):
            del column[kept:]
        self.row_of = {name: row for name, row in self.row_of.items() if row < kept}
        self.keywords.clear()
        self.squares.clear()

    def _end_statement(self, row: int) -> None:
        self.out.statements.append(Statement(self.name, row, self.starts[self.first]))
        if self.name:
            self.row_of[self.name] = row
