"""A text in anybody's notation to a Program: in ours if it is that, otherwise as it is read to mean."""

from __future__ import annotations

from collections.abc import Callable, Collection

from backprop_cli.errors import Source
from backprop_cli.language.program import Program
from backprop_cli.language.tokens import BAD, POSTFIX, Tokens, tokenize

# Words that our language has too, as names or not at all.
_WORDS = frozenset({
    "if", "mod", "def", "return", "import", "from", "dim=", "keepdim=", "dim =", "keepdim =", "len(", "%", "None", "T",
})  # fmt: skip


Parse = Callable[[Source, Tokens], Program]


def understood(source: Source, variables: Collection[str], parse: Parse, *, strict: bool = False) -> Program:
    """The program that a text is, of which `parse` makes one; `variables` are names that have values.

    What is not in our notation is read as ours where its meaning is plain, unless `strict`; the program's
    `reading` says how.
    """
    tokens = tokenize(source.text)
    program = parse(source, tokens)
    if strict or not (program.diagnostics or _is_foreign(tokens)):
        return program
    from backprop_cli.language import foreign

    reading = foreign.read(source.text, variables, failed=bool(program.diagnostics))
    if reading is None:
        return program
    inner = Source(source.name, reading.text)
    made = foreign.relocated(parse(inner, tokenize(inner.text)), reading, source)
    made.reading = reading.text
    return made


def _is_foreign(tokens: Tokens) -> bool:
    return BAD in tokens.kinds or POSTFIX in tokens.kinds or not _WORDS.isdisjoint(tokens.texts)
