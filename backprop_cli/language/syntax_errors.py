"""What is wrong with a statement that does not parse, in words that point at the text."""

from __future__ import annotations

from itertools import islice

from backprop_cli.errors import Diagnostic, Label, Source, shorten
from backprop_cli.language.tokens import (
    ASSIGN,
    BAD,
    CALL,
    CLOSE,
    COLON,
    COMMA,
    DEFINE,
    NAME,
    NEWLINE,
    OPEN,
    OPERATOR,
    SEMICOLON,
    SQUARE,
    UNSQUARE,
    Tokens,
)

_EXPECTED = "expected a number, a name or `(`, found"
_VALUES = "a value is given after the expression, as `x=3`"
_CLOSES = {SQUARE: "]"}  # what closes the other brackets is `)`


class SyntaxProblem(Exception):  # noqa: N818  it leaves a statement, and becomes a diagnostic
    """A statement's error, and the token from which to look for the next statement."""

    def __init__(self, diagnostic: Diagnostic, token: int = -1) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.token = token


_POSITIVE = "the positive part is `max(x, 0)`"


def chained(place: Label) -> SyntaxProblem:
    """`a < b < c`."""
    help_ = "compare two numbers at a time: `where(a < b, where(b < c, 1, 0), 0)`"
    return SyntaxProblem(Diagnostic("S108", "comparisons do not chain", (place,), help_))


def after_named(place: Label) -> SyntaxProblem:
    """`clip(lo=0, x)`."""
    message = "a positional operand after a named one"
    return SyntaxProblem(Diagnostic("S107", message, (place,), "put the named operands last"))


def no_operand(source: Source, tokens: Tokens, position: int, opened: int) -> SyntaxProblem:
    """The token at `position` stands where an operand should; `opened` is the innermost open bracket, or -1."""
    kind, text = tokens.kinds[position], tokens.texts[position]
    if kind == BAD:
        return _bad(source, tokens, position)
    before = tokens.kinds[position - 1] if position else NEWLINE
    ended = kind in (NEWLINE, SEMICOLON)
    closes = kind in (CLOSE, UNSQUARE)
    if (closes and not _matches(tokens, position, opened)) or kind in (ASSIGN, DEFINE):
        return misplaced(source, tokens, position, opened)
    if ended and opened >= 0 and before in (OPEN, CALL, SQUARE, NEWLINE, COMMA):
        return _unclosed(source, tokens, position, opened)
    found = "the end of the text" if ended else f"`{shorten(text)}`"
    if before in (OPERATOR, DEFINE) and (signs := _typed_twice(tokens, position)):
        from backprop_cli.language.mistyped import DOUBLED

        first = tokens.starts[position - 1] + len(tokens.texts[position - 1].rstrip()) - (len(signs) - len(text))
        help_ = (
            "arrows mean nothing here: a function is `f(x) = …`"
            if signs == "->"
            else f"write `{DOUBLED.get(signs, text)}`"
        )
        place = Label(source, first, tokens.starts[position] + len(text))
        return SyntaxProblem(Diagnostic("S103", f"`{signs}` is no operator", (place,), help_), position)
    if before in (OPERATOR, DEFINE):
        sign = tokens.texts[position - 1][-1] if before == DEFINE else tokens.texts[position - 1]
        help_ = f"an operand is missing: {_EXPECTED} {found}"
        if sign == "+" and source.text[tokens.starts[position - 1] - 1 :][:1] in ("_", "^"):  # [x]_+
            help_ = _POSITIVE
        elif sign == "%":
            help_ = "for percent write `/100`; for the remainder of a division write what divides behind it"
        return _at(source, tokens, position - 1, "S103", f"`{sign}` has nothing on its right", help_)
    if kind == OPERATOR:
        help_ = "put a number, a name or `(` before it"
        if text == "%" and _names_next(tokens, position):
            name, start = tokens.texts[position + 1], tokens.starts[position]
            label = Label(source, start, start + 1 + len(name))
            help_ = f"constants have no sign in front: write `{name}`"
            return SyntaxProblem(Diagnostic("S103", "`%` has nothing on its left", (label,), help_), position)
        if text in "/%" and before in (NEWLINE, SEMICOLON):
            help_ += "; a comment begins with `#`"
        elif before in (OPEN, CALL) and text not in "<>":
            help_ += "; operators go between their operands: `x*y`"
        return _at(source, tokens, position, "S103", f"`{text}` has nothing on its left", help_)
    if closes:
        help_ = "put a number, a name or a formula there"
        return _at(source, tokens, position, "S103", f"an operand is missing before `{text}`", help_)
    return _at(source, tokens, position, "S103", f"an operand is missing: {_EXPECTED} {found}")


def _names_next(tokens: Tokens, position: int) -> bool:
    """Whether a name follows a token without a blank."""
    kinds, texts, starts = tokens
    return kinds[position + 1] == NAME and starts[position + 1] == starts[position] + len(texts[position])


def _typed_twice(tokens: Tokens, position: int) -> str:
    """Two signs of which one is too many, or of another language: `@@`, `=<`; empty where no sign follows another."""
    kind, text, before = tokens.kinds[position], tokens.texts[position], tokens.texts[position - 1]
    sign = before.strip()[-1:] if tokens.kinds[position - 1] == DEFINE else before
    return sign + text if kind == OPERATOR and text not in "+-" else ""


def misplaced(source: Source, tokens: Tokens, position: int, opened: int) -> SyntaxProblem:
    """The token at `position` means nothing after an operand; `opened` is as for `no_operand`."""
    kind, text = tokens.kinds[position], tokens.texts[position]
    if kind == BAD:
        return _bad(source, tokens, position)
    if kind == SEMICOLON and opened >= 0 and tokens.kinds[opened] == CALL and (closes := _closes(tokens, position)):
        place = Label(source, tokens.starts[position], tokens.starts[position] + 1)
        return SyntaxProblem(Diagnostic("S107", "`;` between operands", (place,), "write `,`"), closes)
    if kind in (SEMICOLON, NEWLINE):
        return _unclosed(source, tokens, position, opened)
    if kind in (CLOSE, UNSQUARE):
        if opened >= 0:
            closing = _CLOSES.get(tokens.kinds[opened], ")")
            message = f"expected `{closing}` to close the bracket, found `{text}`"
            return _at(source, tokens, position, "S105", message, f"write `{closing}`")
        help_ = "remove it, or open one before it"
        return _at(source, tokens, position, "S105", "this bracket was never opened", help_)
    if kind == COMMA and tokens.kinds[position + 1] == DEFINE and opened < 0:
        return _at(source, tokens, position, "S107", "a comma outside a gate's operands", _VALUES)
    if kind == COMMA:
        help_ = "a decimal point is `.`; commas separate operands, as in `max(x, y)`, and elements, as in `[1, 2]`"
        return _at(source, tokens, position, "S107", "a comma outside a gate's operands", help_)
    if kind == COLON:
        from backprop_cli.language.notations import colon

        help_ = colon(source.text, tokens, position)
        return _at(source, tokens, position, "S107", "`:` means nothing here", help_)
    if kind in (ASSIGN, DEFINE):
        if head := _head(source, tokens, position):
            name = head.partition("(")[0].rstrip()
            help_ = f"write `{name} = …`; for a gate of your own, `gate {shorten(head)} = …`"
            return _at(source, tokens, position, "S109", "`=` defines nothing here", help_)
        help_ = "`name = formula` defines a name, at the start of a statement; `==` compares"
        from backprop_cli.language.spellings import BEFORE_VALUES

        if tokens.texts[position - 1] in BEFORE_VALUES:
            help_ = _VALUES
        return _at(source, tokens, position, "S109", "`=` defines nothing here", help_)
    return _at(source, tokens, position, "S107", f"`{shorten(text)}` means nothing here")


def _closes(tokens: Tokens, position: int) -> int:
    """The token that closes the bracket around one in its statements' line; 0 if none does."""
    depth = 1
    for at, kind in enumerate(islice(tokens.kinds, position, None), position):
        depth += (kind in (OPEN, CALL)) - (kind == CLOSE)
        if not depth:
            return at
        if kind in (NEWLINE, DEFINE):
            break
    return 0


def _head(source: Source, tokens: Tokens, position: int) -> str:
    """The call of names alone, `f(x, y)`, that stands between the start of a statement and `=`; empty if none does."""
    kinds = tokens.kinds
    first = position - 1
    while first > 0 and kinds[first] in (CLOSE, NAME, COMMA):
        first -= 1
    if position == 0 or kinds[position - 1] != CLOSE or kinds[first] != CALL:
        return ""
    if first and kinds[first - 1] not in (SEMICOLON, NEWLINE):
        return ""
    return source.text[tokens.starts[first] : tokens.starts[position - 1] + 1]


def _matches(tokens: Tokens, position: int, opened: int) -> bool:
    """Whether the closing bracket at `position` is of the kind that was opened."""
    return opened >= 0 and (tokens.kinds[opened] == SQUARE) == (tokens.kinds[position] == UNSQUARE)


def _at(source: Source, tokens: Tokens, token: int, code: str, message: str, help_: str = "") -> SyntaxProblem:
    """A problem with a token; of `name =` it is the `=`."""
    start, end = tokens.starts[token], tokens.starts[token] + len(tokens.texts[token])
    if tokens.kinds[token] == DEFINE:
        start = end - 1
    return SyntaxProblem(Diagnostic(code, message, (Label(source, start, end),), help_), token)


def _unclosed(source: Source, tokens: Tokens, position: int, opened: int) -> SyntaxProblem:
    bracket = tokens.starts[opened] + len(tokens.texts[opened]) - 1
    end = tokens.starts[position]
    labels = (
        Label(source, bracket, bracket + 1, "opened here"),
        Label(source, end, end + 1, "and not closed before here"),
    )
    help_ = f"add the missing `{_CLOSES.get(tokens.kinds[opened], ')')}`"
    return SyntaxProblem(Diagnostic("S104", "this bracket is never closed", labels, help_), position)


def _bad(source: Source, tokens: Tokens, token: int) -> SyntaxProblem:
    from backprop_cli.language.notations import character, dotted

    text = tokens.texts[token]
    if text[0] in ".0123456789" and len(text) > 1:
        from backprop_cli.language.numbers_of_others import malformed

        help_ = malformed(text)
        return _at(source, tokens, token, "S102", f"`{shorten(text)}` is not a number", help_)
    if text == ".":
        first, last, help_ = dotted(tokens, token)
        start, end = tokens.starts[first], tokens.starts[last] + len(tokens.texts[last].rstrip(" \t("))
        message = f"`{shorten(source.text[start:end])}` is not part of the language"
        return SyntaxProblem(Diagnostic("S101", message, (Label(source, start, end),), help_), token)
    help_ = character(tokens, token)
    return _at(source, tokens, token, "S101", f"{_described(text)} is not part of the language", help_)


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


def after(problem: SyntaxProblem, kinds: list[int], first: int) -> int:
    """The token after the statement, from `first` on, in which an error was found."""
    depth = squares = 0
    for position in range(first, len(kinds)):
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
