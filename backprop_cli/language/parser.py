"""Tokens to a Program, by operator precedence with a stack of its own: depth is the user's to choose.

It accepts a little too much (any name may be called, a gate's name may stand alone), so that the room
which knows the gates can explain better.
"""

from __future__ import annotations

from collections.abc import Collection

from backprop_cli.errors import Diagnostic, Label, Source, shorten
from backprop_cli.language.program import BINDING_POWER, COMPARISONS, Call, Program, Statement
from backprop_cli.language.tokens import (
    ASSIGN,
    BAD,
    CLOSE,
    COMMA,
    NAME,
    NEWLINE,
    NUMBER,
    OPEN,
    OPERATOR,
    POSTFIX,
    SEMICOLON,
    tokenize,
)

_EXPONENT = {"²": "2", "³": "3"}
_PREFIX = {"-": "negative", "+": "positive"}
# An operator that waits on the stack: its spelling, how tightly it binds, its token.
_Waiting = tuple[str, int, int]
_BRACKET = ("(", 0, -1)


def parse(source: Source, variables: Collection[str] = ()) -> Program:
    """The program a text is.

    `variables` are the names known to have values: `x(y+1)` is a product when x is one of them or was
    defined by an earlier statement, otherwise a call. Errors are collected in the program, at most one a
    statement; a statement that does not parse keeps its name, so that later ones are not blamed for it.
    """
    return _Parser(source, variables).program()


class _Frame:
    """An open bracket: its token, the token of the name that is called or -1, and the call's arguments so far."""

    __slots__ = ("keyword", "keywords", "name", "operands", "token")

    def __init__(self, token: int, name: int) -> None:
        self.token = token
        self.name = name
        self.operands: list[int] = []
        self.keywords: list[tuple[str, int, int]] = []
        self.keyword = -1  # the token of the keyword whose operand is being read


class _SyntaxError(Exception):
    """Leaves a statement for the next one."""


class _Parser:
    def __init__(self, source: Source, variables: Collection[str]) -> None:
        self.source = source
        self.kinds, self.texts, self.starts, self.ends = tokenize(source.text)
        self.out = Program(source)
        self.variables = set(variables)
        # An operand in parentheses reaches further than its own span; the rare row that does is noted here.
        self.reach: dict[int, tuple[int, int]] = {}

    def program(self) -> Program:
        position, end = 0, len(self.kinds)
        while position < end:
            if self.kinds[position] in (SEMICOLON, NEWLINE):
                position += 1
                continue
            position = self._statement(position)
        if not self.out.statements:
            what = "is empty" if not self.source.text.strip() else "holds no statement, only comments or separators"
            help_ = "write a formula, such as `(x+y)*z`"
            self.out.diagnostics.append(Diagnostic("S106", f"the {self.source.name} {what}", (), help_))
        return self.out

    def _statement(self, first: int) -> int:
        """Read one statement; answer the token after it."""
        name, position, first_row = "", first, len(self.out.ops)
        if self.kinds[first] == NAME and self.kinds[first + 1] == ASSIGN:
            name, position = self.texts[first], first + 2
        try:
            row, position = self._expression(position)
        except _SyntaxError as stopped:
            row, position = -1, self._recover(first, stopped.args[0])
        self.out.statements.append(Statement(name, first_row, row, self.starts[first]))
        if name:
            self.variables.add(name)
        return position

    def _expression(self, position: int) -> tuple[int, int]:
        """Read tokens to the end of the statement; answer its row and the token after it.

        Operators wait on a stack until one comes that binds less tightly. An open bracket waits there too, binding
        nothing, so that no operator reaches across it.
        """
        kinds, texts, starts, ends = self.kinds, self.texts, self.starts, self.ends
        ops, args, row_starts, row_ends = self.out.ops, self.out.args, self.out.starts, self.out.ends
        add_op, add_args, add_start, add_end = ops.append, args.append, row_starts.append, row_ends.append
        power, reach, variables = BINDING_POWER, self.reach, self.variables
        rows: list[int] = []  # operands that wait for their operator
        waiting: list[_Waiting] = [_BRACKET]
        frames: list[_Frame] = []  # brackets that wait to be closed
        last = len(kinds) - 1

        while True:
            # An operand.
            kind = kinds[position]
            if kind == NAME or kind == NUMBER:
                text = texts[position]
                if kind == NAME:
                    after = kinds[position + 1]
                    if after == OPEN and text not in variables:
                        frames.append(_Frame(position + 1, position))
                        waiting.append(_BRACKET)
                        position += 2
                        if kinds[position] != CLOSE:  # name() is a call too; its arity is judged elsewhere
                            continue
                        position -= 1
                    elif after == ASSIGN and frames and self._begins_argument(position, frames[-1]):
                        frames[-1].keyword = position
                        position += 2
                        continue
                if kinds[position] != OPEN:
                    rows.append(len(ops))
                    add_op("name" if kind == NAME else "num")
                    add_args(text)
                    add_start(starts[position])
                    add_end(ends[position])
                position += 1
            elif kind == OPEN:
                frames.append(_Frame(position, -1))
                waiting.append(_BRACKET)
                position += 1
                continue
            elif kind == OPERATOR and (prefix := _PREFIX.get(texts[position])):
                waiting.append((prefix, power[prefix], position))
                position += 1
                continue
            elif kind == NEWLINE and frames and position < last:
                position += 1
                continue
            else:
                raise self._no_operand(position, frames)

            # What follows an operand: brackets that close, typed-in exponents, and then an operator or the end.
            while True:
                kind = kinds[position]
                if kind == OPERATOR:
                    op = texts[position]
                    strength = power[op]
                    needed = strength + (op == "^")  # of two `^` the right one goes first
                elif kind == NAME or kind == NUMBER or kind == OPEN:
                    op = "juxtaposed"
                    strength = needed = power[op]
                elif kind == POSTFIX:
                    self._raise_to(rows, position)
                    position += 1
                    continue
                elif kind == NEWLINE and frames and position < last:
                    position += 1
                    continue
                else:
                    strength, needed = 0, 1

                while waiting[-1][1] >= needed:
                    done, tightness, token = waiting.pop()
                    right = rows.pop()
                    end = reach[right][1] if right in reach else row_ends[right]
                    if tightness == power["negative"]:
                        if done == "positive":
                            rows.append(right)
                            reach[right] = (starts[token], end)
                            continue
                        add_args((right,))
                        add_start(starts[token])
                    else:
                        left = rows.pop()
                        if tightness == 1 and (ops[left] in COMPARISONS or ops[right] in COMPARISONS):
                            self._refuse_chain(left, right)
                        add_args((left, right))
                        add_start(reach[left][0] if left in reach else row_starts[left])
                    add_end(end)
                    rows.append(len(ops))
                    add_op(done)

                if strength:
                    waiting.append((op, strength, position))
                    position += op != "juxtaposed"
                    break
                if kind == CLOSE and frames:
                    waiting.pop()
                    self._close(frames.pop(), rows, position)
                    position += 1
                elif kind == COMMA and frames and frames[-1].name >= 0:
                    self._argument(frames[-1], rows)
                    position += 1
                    break
                elif (kind == SEMICOLON or kind == NEWLINE) and not frames:
                    return rows[-1], position + 1
                else:
                    raise self._misplaced(position, frames)

    def _close(self, frame: _Frame, rows: list[int], position: int) -> None:
        """The bracket at `position` ends a group or a call."""
        start, end = self.starts[frame.token], self.ends[position]
        if frame.name < 0:
            self.reach[rows[-1]] = (start, end)
            return
        if position - 1 != frame.token:
            self._argument(frame, rows)
        out = self.out
        name = self.texts[frame.name]
        name_start = self.starts[frame.name]
        rows.append(len(out.ops))
        out.ops.append("call")
        out.args.append(Call(name, tuple(frame.operands), tuple(frame.keywords), self.ends[frame.name]))
        out.starts.append(name_start)
        out.ends.append(end)

    def _argument(self, frame: _Frame, rows: list[int]) -> None:
        """The operand just read is an argument of the frame's call."""
        row = rows.pop()
        if frame.keyword >= 0:
            frame.keywords.append((self.texts[frame.keyword], row, self.starts[frame.keyword]))
            frame.keyword = -1
        elif frame.keywords:
            message, help_ = "a positional operand after a named one", "put the named operands last"
            raise self._stopped(len(self.kinds) - 1, Diagnostic("S107", message, (self.out.label(row),), help_))
        else:
            frame.operands.append(row)

    def _begins_argument(self, position: int, frame: _Frame) -> bool:
        """Whether the token is the first of an argument of the frame's call."""
        while self.kinds[position - 1] == NEWLINE:
            position -= 1
        return frame.name >= 0 and self.kinds[position - 1] in (OPEN, COMMA)

    def _raise_to(self, rows: list[int], position: int) -> None:
        """Apply a typed-in exponent to the operand just read."""
        base, start = rows.pop(), self.starts[position]
        out = self.out
        out.ops += ["num", "^"]
        out.args += [_EXPONENT[self.texts[position]], (base, len(out.args))]
        first = self.reach[base][0] if base in self.reach else out.starts[base]
        out.starts.extend((start, first))
        out.ends.extend((start + 1, start + 1))
        rows.append(len(out.ops) - 1)

    # -- what is wrong ---------------------------------------------------------------------------------

    def _stopped(self, token: int, diagnostic: Diagnostic) -> _SyntaxError:
        self.out.diagnostics.append(diagnostic)
        return _SyntaxError(token)

    def _stop(self, code: str, message: str, token: int, help_: str = "", *more: Label) -> _SyntaxError:
        label = Label(self.source, self.starts[token], self.ends[token])
        return self._stopped(token, Diagnostic(code, message, (label, *more), help_))

    def _unclosed(self, frame: _Frame, token: int) -> _SyntaxError:
        start = self.starts[frame.token]
        closing = Label(self.source, self.starts[token], self.starts[token] + 1, "and not closed before here")
        opening = Label(self.source, start, start + 1, "opened here")
        message = "this bracket is never closed"
        return self._stopped(token, Diagnostic("S104", message, (opening, closing), "add the missing `)`"))

    def _no_operand(self, position: int, frames: list[_Frame]) -> _SyntaxError:
        kind, text = self.kinds[position], self.texts[position]
        if kind == BAD:
            return self._bad(position)
        before = self.texts[position - 1] if position else ""
        before_kind = self.kinds[position - 1] if position else NEWLINE
        ended = kind in (NEWLINE, SEMICOLON)
        if kind == CLOSE and not frames:
            return self._stop("S105", "this bracket was never opened", position, "remove it, or open one before it")
        if ended and frames and before_kind in (OPEN, NEWLINE, COMMA):
            return self._unclosed(frames[-1], position)
        found = "the text ends" if ended else f"`{shorten(text)}` stands"
        if before_kind == OPERATOR:
            return self._stop(
                "S103",
                f"`{before}` has nothing on its right",
                position - 1,
                f"an operand is missing: {found} where a number, a name or `(` was expected",
            )
        if before_kind == ASSIGN:
            return self._stop(
                "S103", "`=` has nothing on its right", position - 1, f"{found} where a formula was expected"
            )
        if kind == OPERATOR:
            return self._stop(
                "S103",
                f"`{self.texts[position]}` has nothing on its left",
                position,
                "put a number, a name or `(` before it",
            )
        if kind == CLOSE:
            return self._stop(
                "S103", "an operand is missing before `)`", position, "put a number, a name or a formula there"
            )
        if kind == ASSIGN:
            return self._misplaced(position, frames)
        return self._stop(
            "S103", f"an operand is missing: {found} where a number, a name or `(` was expected", position
        )

    def _misplaced(self, position: int, frames: list[_Frame]) -> _SyntaxError:
        kind, text = self.kinds[position], self.texts[position]
        if kind == BAD:
            return self._bad(position)
        if kind in (SEMICOLON, NEWLINE):
            return self._unclosed(frames[-1], position)
        if kind == CLOSE:
            return self._stop("S105", "this bracket was never opened", position, "remove it, or open one before it")
        if kind == COMMA:
            help_ = "write a decimal point as `.`; commas separate the operands of a gate, as in `max(x, y)`"
            return self._stop("S107", "a comma outside a gate's operands", position, help_)
        if kind == ASSIGN:
            help_ = "`name = formula` defines a name, at the start of a statement; `==` compares"
            return self._stop("S109", "`=` stands where it defines nothing", position, help_)
        return self._stop("S107", f"`{shorten(text)}` means nothing here", position)

    def _refuse_chain(self, left: int, right: int) -> None:
        label = Label(self.source, self.out.starts[left], self.out.ends[right])
        help_ = "compare two numbers at a time: `where(a < b, where(b < c, 1, 0), 0)`"
        raise self._stopped(len(self.kinds) - 1, Diagnostic("S108", "comparisons do not chain", (label,), help_))

    def _bad(self, token: int) -> _SyntaxError:
        text = self.texts[token]
        if text[0] in ".0123456789" and len(text) > 1:
            help_ = "numbers are decimal: `1000`, `0.5`, `1e-3`"
            return self._stop("S102", f"`{shorten(text)}` is not a number", token, help_)
        if text in "[]":
            return self._stop("S101", f"`{text}`: vectors and matrices are not part of this version", token)
        return self._stop("S101", f"{_described(text)} is not part of the language", token, _advice(text))

    def _recover(self, first: int, token: int) -> int:
        """The token after the statement in which an error was found."""
        kinds = self.kinds
        if token >= len(kinds) - 1:  # the error was found only when the statement was complete
            token = first
        depth = 0
        for position in range(first, len(kinds)):
            kind = kinds[position]
            if kind == OPEN:
                depth += 1
            elif kind == CLOSE:
                depth -= depth > 0
            elif position >= token and (kind == SEMICOLON or (kind == NEWLINE and depth == 0)):
                return position + 1
        return len(kinds)


def _described(character: str) -> str:
    """A character by its Unicode name, for one that may look like another."""
    import unicodedata

    name = unicodedata.name(character, "")
    number = f"U+{ord(character):04X}"
    if character.isascii() and character.isprintable():
        return f"`{character}`"
    if not name:
        return f"the character {number}" if character.isprintable() else f"the control character {number}"
    return f"`{character}` ({number} {name})" if character.isprintable() else f"the character {number} {name}"


_MEANT = {"&": "min", "|": "max", "!": "!=", "√": "sqrt(x)", "–": "-", "—": "-", "∗": "*", "’": "'", "{": "(", "}": ")"}


def _advice(character: str) -> str:
    import unicodedata

    if character in _MEANT:
        return f"write `{_MEANT[character]}`"
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and plain.isprintable():
        return f"write the ASCII `{plain}`"
    if character.isalpha():
        return "names are made of ASCII letters, digits and `_`"
    return ""
