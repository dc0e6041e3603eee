"""Definitions of gates in a program and in libraries, cut out of the tokens before the rest of them is parsed.

    gate sig(x) = 1/(1 + exp(-x))
    gate neuron(w, x, b=0) = { q = w*x + b; sig(q) }

`gate` is a word only where a definition begins with it; elsewhere it is a name like any other.
"""

from __future__ import annotations

from itertools import chain

from backprop_cli.errors import Diagnostic, Label, Source, shorten
from backprop_cli.language.parser import parse_tokens
from backprop_cli.language.program import Definition, Parameter, Program, SizeOf
from backprop_cli.language.tokens import (
    ASSIGN,
    CALL,
    CLOSE,
    COMMA,
    DEFINE,
    NAME,
    NEWLINE,
    NUMBER,
    OPEN,
    SEMICOLON,
    SPELLING,
    SQUARE,
    UNSQUARE,
    Tokens,
    tokenize,
)
from backprop_cli.language.understanding import nothing_known, understood
from backprop_cli.lean import Collection, NamedTuple, Sequence

_WORD = "gate"
_ENDS = (SEMICOLON, NEWLINE)
_OPENING = (OPEN, CALL, SQUARE)
_CLOSING = (CLOSE, UNSQUARE)


class _Found(NamedTuple):
    """A definition's tokens: `gate`, the `)` of its head, the first of its body and the end of that, the end of all.

    `problem` is what is wrong with the braces around the body.
    """

    first: int
    close: int
    begin: int
    stop: int
    end: int
    problem: Diagnostic | None = None


def read_program(
    source: Source,
    variables: Collection[str] = (),
    libraries: Sequence[Source] = (),
    *,
    strict: bool = False,
    size_of: SizeOf = nothing_known,
) -> Program:
    """The program a text is, as `parse` has it, with the gates that the libraries and the text define, in order.

    If `strict`, only our own notation is read. `size_of` answers the shape of a value, or the whole
    number that it is.
    """
    diagnostics: list[Diagnostic] = []
    definitions: list[Definition] = []
    for library in libraries:
        tokens, found = _take_definitions(library, tokenize(library.text), diagnostics)
        definitions += found
        diagnostics += _statements_of_library(library, tokens)
    others = [definition.name for definition in definitions]

    def parse(text: Source, tokens: Tokens) -> Program:
        return _parse(text, tokens, variables, others)

    program = understood(source, variables, parse, strict=strict, size_of=size_of)
    own = program.definitions
    if own and not program.statements and not (
        diagnostics or program.diagnostics or any(definition.body.diagnostics for definition in own)
    ):  # fmt: skip
        last = own[-1]
        label = Label(source, last.name_start, last.name_start + len(last.name))
        help_ = f"call it in a statement, such as `{last.head}`"
        message = f"the {source.name} defines gates and computes nothing"
        program.diagnostics.append(Diagnostic("S106", message, (label,), help_))
    program.diagnostics[:0] = diagnostics
    program.definitions = [*definitions, *own]
    return program


def _parse(source: Source, tokens: Tokens, variables: Collection[str], others: Collection[str]) -> Program:
    """The program of tokens, the gates that it defines beside it; `others` are gates too."""
    wrong: list[Diagnostic] = []
    tokens, own = _take_definitions(source, tokens, wrong)
    gates = {*others, *(definition.name for definition in own)}
    program = parse_tokens(source, tokens, [name for name in variables if name not in gates])
    program.definitions = own
    if own and not program.statements and [d.code for d in program.diagnostics] == ["S106"]:
        program.diagnostics.clear()
    program.diagnostics[:0] = wrong
    return program


def _take_definitions(source: Source, tokens: Tokens, diagnostics: list[Diagnostic]) -> tuple[Tokens, list[Definition]]:
    """The tokens without the definitions, and those; what is wrong with heads and braces is added to `diagnostics`."""
    if _WORD not in tokens.texts:
        return tokens, []
    pieces: list[_Found] = []
    position = 0
    while (first := _next_word(tokens, position)) >= 0:
        close = _head_end(tokens, first)
        position = first + 1
        if close >= 0:
            pieces.append(_find_body(source, tokens, first, close))
            position = pieces[-1].end
    definitions = [_definition(source, tokens, piece, diagnostics) for piece in pieces]
    kept = []
    start = 0
    for piece in pieces:
        kept.append((start, piece.first))
        start = piece.end
    kept.append((start, len(tokens.kinds)))
    rest = Tokens(*(list(chain.from_iterable(column[a:b] for a, b in kept)) for column in tokens))  # type: ignore[arg-type]  # a column keeps its type
    return rest, definitions


def _next_word(tokens: Tokens, position: int) -> int:
    """The next `gate` with which a statement begins and which a call follows, or -1."""
    kinds = tokens.kinds
    while True:
        try:
            position = tokens.texts.index(_WORD, position)
        except ValueError:
            return -1
        if kinds[position + 1] == CALL and (position == 0 or kinds[position - 1] in _ENDS):
            return position
        position += 1


def _head_end(tokens: Tokens, first: int) -> int:
    """The `)` that closes the head and has `=` behind it; -1 where this is no definition."""
    kinds = tokens.kinds
    depth = 0
    for position in range(first + 1, len(kinds)):
        kind = kinds[position]
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
            if depth == 0:
                return position if kinds[position + 1] == ASSIGN else -1
        elif kind == SEMICOLON or (tokens.texts[position] == _WORD and kinds[position - 1] == NEWLINE):
            return -1
    return -1


def _find_body(source: Source, tokens: Tokens, first: int, close: int) -> _Found:
    """Where the body stands: to the end of the statement, or between braces."""
    kinds, texts = tokens.kinds, tokens.texts
    begin, last = close + 2, len(kinds) - 1
    inside = begin
    while inside < last and kinds[inside] == NEWLINE:
        inside += 1
    if texts[inside] == "{":
        try:
            end = texts.index("}", inside)
        except ValueError:
            labels = (
                Label(source, tokens.starts[inside], tokens.starts[inside] + 1, "opened here"),
                Label(source, tokens.starts[last], tokens.starts[last] + 1, "and not closed before here"),
            )
            unclosed = Diagnostic("S104", "this brace is never closed", labels, "add the missing `}`")
            return _Found(first, close, inside + 1, last, last, unclosed)
        problem = None
        if kinds[end + 1] not in _ENDS:
            message = f"`{shorten(texts[end + 1])}` follows the gate's `}}`"
            help_ = "begin a new line there, or put `;` before it"
            problem = Diagnostic("S107", message, (_place(source, tokens, end + 1),), help_)
        return _Found(first, close, inside + 1, end, end + 1, problem)
    depth = squares = 0
    for end in range(begin, last):
        kind = kinds[end]
        if kind in _OPENING:
            depth += 1
            squares += kind == SQUARE
        elif kind in _CLOSING:
            depth -= 1
            squares -= kind == UNSQUARE
        elif (kind == NEWLINE and depth <= 0) or (kind == SEMICOLON and squares <= 0):
            return _Found(first, close, begin, end, end)
    return _Found(first, close, begin, last, last)


def _definition(source: Source, tokens: Tokens, found: _Found, diagnostics: list[Diagnostic]) -> Definition:
    name = tokens.texts[found.first + 1][:-1].rstrip()
    parameters, problem = _parameters(source, tokens, found)
    if problem:
        diagnostics.append(problem)
    stop = found.stop
    names = [p.name for p in parameters]
    if found.problem:
        body = Program(source)
        body.diagnostics.append(found.problem)
    elif all(kind in _ENDS for kind in tokens.kinds[found.begin : stop]):
        body = Program(source)
        equals = _place(source, tokens, found.close + 1)
        help_ = f"write what the gate computes: `gate {name}(…) = …`"
        body.diagnostics.append(Diagnostic("S103", "`=` has nothing on its right", (equals,), help_))
    else:
        kinds, texts, starts = (list(column[found.begin : stop]) for column in tokens)
        closed = Tokens([*kinds, NEWLINE], [*texts, "\n"], [*starts, tokens.starts[stop]])  # type: ignore[list-item]  # a column keeps its type
        body = parse_tokens(source, closed, names)
    return Definition(name, tokens.starts[found.first + 1], () if problem else tuple(parameters), body)


def _parameters(source: Source, tokens: Tokens, found: _Found) -> tuple[list[Parameter], Diagnostic | None]:
    """The parameters in the head, and what is wrong with the first that is none."""
    kinds, texts, starts = tokens.kinds, tokens.texts, tokens.starts
    inside = [k for k in range(found.first + 2, found.close) if kinds[k] != NEWLINE]
    parameters: list[Parameter] = []
    waiting = iter([*inside, found.close])
    for k in waiting:
        kind, default = kinds[k], None
        if kind not in (NAME, DEFINE):
            return parameters, _malformed(source, tokens, k, "a parameter's name")
        name = texts[k][:-1].rstrip() if kind == DEFINE else SPELLING.get(texts[k], texts[k])
        after = next(waiting)
        if kind == DEFINE:
            default = ""
            if texts[after] in ("-", "−"):
                default, after = "-", next(waiting)
            if kinds[after] != NUMBER:
                return parameters, _malformed(source, tokens, after, "a number as the parameter's default")
            default += texts[after]
            after = next(waiting)
        elif parameters and parameters[-1].default is not None:
            message = f"`{shorten(name)}` has no default, but follows a parameter that has one"
            help_ = "put the parameters without a default first"
            return parameters, Diagnostic("S110", message, (_place(source, tokens, k),), help_)
        parameters.append(Parameter(name, starts[k], default))
        if kinds[after] == CLOSE:
            break
        if kinds[after] != COMMA:
            return parameters, _malformed(source, tokens, after, "`,` or `)`")
    return parameters, None


def _malformed(source: Source, tokens: Tokens, token: int, expected: str) -> Diagnostic:
    message = f"expected {expected}, found `{shorten(tokens.texts[token])}`"
    help_ = "a head is `gate name(x, y, slope=0.01) = …`"
    return Diagnostic("S110", message, (_place(source, tokens, token),), help_)


def _place(source: Source, tokens: Tokens, token: int) -> Label:
    start = tokens.starts[token]
    return Label(source, start, start + len(tokens.texts[token]))


def _statements_of_library(library: Source, tokens: Tokens) -> list[Diagnostic]:
    """A library defines gates and computes nothing."""
    for position, kind in enumerate(tokens.kinds):
        if kind not in _ENDS:
            message = f"`{shorten(tokens.texts[position])}` begins no definition, and a library holds nothing else"
            help_ = "write `gate name(x) = …`, or give the file as the expression: `@file.bp`"
            return [Diagnostic("S111", message, (_place(library, tokens, position),), help_)]
    return []
