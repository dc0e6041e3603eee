"""A text in anybody's notation to a Program: in ours if it is that, otherwise as it is read to mean."""

from __future__ import annotations

import sys

from backprop_cli.errors import Diagnostic, Source
from backprop_cli.language.bare import BARE, CAPITALS, INDICES, JOINING, LOGARITHMS, MATHEMATICA, SPREADSHEETS, SUMS_OF
from backprop_cli.language.program import Program, SizeOf
from backprop_cli.language.tokens import BAD, POSTFIX, PRIME, Tokens, tokenize
from backprop_cli.lean import Callable, Collection

# Words that our language has too, as names or not at all.
_WORDS = frozenset({
    "if", "mod", "def", "return", "import", "from",
    "min=", "max=", "min =", "max =", "negative_slope=", "alpha=",
    "dim=", "dims=", "dims =", "keepdim=", "dim =", "keepdim =", "len(", "%", "None",
    "T", "T(", "T (", "function(", "function (", "print(", "print (",
    "then", "THEN", "PRINT", "syms", *MATHEMATICA, *(f"{word}{end}" for word in JOINING for end in ("", "(", " (")),
    "c(", "c (", "Symbol(", "symbols(",
    "ord=", *(f"{log}{end}" for log in LOGARITHMS for end in ("", "(", " (")), "Value(", *BARE,
    *(f"{written}{end}" for written in (*CAPITALS, *SPREADSHEETS) for end in ("", "(", " (")),
    *(f"{gate}_{index}{end}" for gate in {*SUMS_OF.values()} for index in INDICES.values() for end in ("", "(", " (")),
})  # fmt: skip

_INDICATOR = r"(?<![\w.])(?:1_?|I)\["  # 1[x > 0]

# Characters: from there on it pays to read all tokens at once, and to import NumPy for that.
LARGE, _WORTH_NUMPY = 100_000, 400_000

Parse = Callable[[Source, Tokens], Program]


def nothing_known(_: str) -> None:
    """No value has a size."""


def understood(
    source: Source,
    variables: Collection[str],
    parse: Parse,
    *,
    strict: bool = False,
    size_of: SizeOf = nothing_known,
) -> Program:
    """The program that a text is, of which `parse` makes one; `variables` are names that have values.

    What is not in our notation is read as ours where its meaning is plain, unless `strict`; the program's
    `reading` says how. Loops are written out; `size_of` answers the shape of a value, or the whole number
    that it is.
    """
    if len(source.text) >= (LARGE if "numpy" in sys.modules else _WORTH_NUMPY):
        from backprop_cli.language.large import read_large

        if (large := read_large(source, variables, _WORDS)) is not None:
            return large
    tokens = tokenize(source.text)
    program = parse(source, tokens)
    loops = "for" in tokens.texts
    if not loops and (
        strict or not (program.diagnostics or _is_foreign(source, tokens) or _differentiates(tokens, variables))
    ):
        if tokens.kinds[-2:-1] == [PRIME] and not program.diagnostics:  # it may belong to what stands before a power
            from backprop_cli.language.foreign import span_the_output

            span_the_output(program)
        return program
    from backprop_cli.language import foreign

    strange = any(diagnostic.code == "S101" for diagnostic in program.diagnostics)
    reading = (
        None
        if strict
        else foreign.read(source.text, variables, size_of, failed=bool(program.diagnostics), strange=strange)
    )
    typed, written = reading.text if reading else "", None
    if loops:
        from backprop_cli.language.loops import TooLongError, unrolled

        try:
            written = unrolled(reading.text if reading else source.text, size_of)
        except TooLongError:
            message = "the program is too long, with its loops written out"
            program.diagnostics = [Diagnostic("L701", message, (), "let them run less often")]
            return program
        if written is not None:
            reading = reading.then(written.reading) if reading else written.reading
    if reading is None:
        return program
    inner = Source(source.name, reading.text)
    made = parse(inner, tokenize(inner.text))
    if written is not None:
        from backprop_cli.language.turns import placed

        made.turns, made.counts = placed(written.marks, made), written.counts
    made = foreign.relocated(made, reading, source)
    foreign.span_the_output(made)
    made.reading = typed
    made.counts |= reading.counted
    made.ranks = dict(reading.ranks)
    return made


def _differentiates(tokens: Tokens, variables: Collection[str]) -> bool:
    """Whether `d/dx` may stand in front of a formula."""
    return "d" in tokens.texts and "d" not in variables


def _is_foreign(source: Source, tokens: Tokens) -> bool:
    if BAD in tokens.kinds or POSTFIX in tokens.kinds or not _WORDS.isdisjoint(tokens.texts):
        return True
    if "norm(" in tokens.texts and not {"p=", "p ="}.isdisjoint(tokens.texts):
        return True
    if "<-" in source.text or "^T" in source.text:  # R defines names so, and w^Tx is a product
        return True
    if not any(sign in source.text for sign in ("1[", "1_[", "I[")):
        return False
    import re

    return bool(re.search(_INDICATOR, source.text))
