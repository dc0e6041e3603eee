"""Other people's notation read as ours, once the text has shown that it is not ours already.

`read` answers our text with the place of every character in theirs; `relocated` tells a program, and what is wrong with
it, of the text that was typed.
"""

from __future__ import annotations

import re

from backprop_cli.errors import Diagnostic, Label, Source
from backprop_cli.language.calls_of_others import read_calls
from backprop_cli.language.choices_of_others import problem as choice
from backprop_cli.language.code_notation import CodeNotation
from backprop_cli.language.code_statements import rewrite_statements
from backprop_cli.language.dimensions import is_matlab
from backprop_cli.language.index_sums import elementwise
from backprop_cli.language.mathematics import Mathematics
from backprop_cli.language.mistyped import brackets
from backprop_cli.language.nameless_functions import read_nameless
from backprop_cli.language.probability import problem as density
from backprop_cli.language.program import Call, Definition, Program, SizeOf
from backprop_cli.language.rewriting import SINGLE_BARS, Problem, Reading, Rewriter, reading_of
from backprop_cli.language.rows import separate
from backprop_cli.language.signs_of_arrays import refuse_signs
from backprop_cli.language.spreadsheets import spreadsheet
from backprop_cli.lean import Collection, Iterable

_OF_LATEX = re.compile(r"\\(?! )|\$|[∑∏]\s*_\s*\{")  # `A \ b` alone solves a system, in MATLAB
# Two shapes of a letter, of which texts that have both make two names.
_TWINS = (
    *((f"\\{letter}", f"\\var{letter}") for letter in ("phi", "epsilon", "theta")), ("φ", "ϕ"), ("ε", "ϵ"), ("θ", "ϑ"),
)  # fmt: skip
_OF_CHOICES = re.compile(r"\{|iecewise|select|[∑∏ΣΠ]|(?i:case\s+when|sum|prod)")
_SHORT = 10_000  # characters of a text in which choices and sums of other tools are looked for
_DEFINED = re.compile(r"[^=;\n]*?:?=[ \t]*")
_QUOTED = re.compile(r"""\s*(["'`])([^"'`]+)\1\s*""")
_SIGN = re.compile(r"[()\[\]{};\n]")
_COMMENT = re.compile(r"#[^\n]*")


def read(
    text: str, names: Collection[str], size_of: SizeOf, *, failed: bool = True, strange: bool = False
) -> Reading | None:
    """The text in our notation, None where it is in that already; `names` have values.

    `failed`: it is not in our notation for sure; `strange`: it has signs that ours has not.
    """
    reading: Reading | None = None
    if quoted := _QUOTED.fullmatch(text):  # a shell that leaves the quotes
        begin, end = quoted.span(2)
        reading = reading_of([(text[begin:end], begin, end)], len(text))
        text = reading.text
    if not text.isascii() or "\\" in text:
        for one, other in _TWINS:
            places = [re.search(f"{re.escape(sign)}(?![A-Za-z])", text) for sign in (one, other)]
            if found_one := all(places) and places[1]:
                message = f"`{one}` and `{other}` are the same name here"
                help_ = "give one of them another name, such as `a`"
                return _as_it_is(text, Problem(*found_one.span(), message, help_))
    if strange and (problem := brackets(Rewriter(text))):
        return _as_it_is(text, problem)
    if len(text) < _SHORT and _OF_CHOICES.search(text) and (problem := choice(text)):
        return _as_it_is(text, problem)
    if text.lstrip().startswith("=") and (found := spreadsheet(text, names)):  # `$A$1` is no LaTeX
        reading, text = found, found.text
    elif failed and _OF_LATEX.search(_COMMENT.sub("", text)):
        from backprop_cli.language.latex import latex

        of_latex = latex(text, names, size_of)
        reading = of_latex if reading is None else reading.then(of_latex)
        text = of_latex.text
    if found := spreadsheet(text, names):
        reading = found if reading is None else reading.then(found)
        text = reading.text
    if found := read_calls(text, names, size_of):
        reading = found if reading is None else reading.then(found)
        text = reading.text
    if len(text) < _SHORT and (problem := density(text, names)):
        found = _as_it_is(text, problem)
        return found if reading is None else reading.then(found)
    edits = Rewriter(text, SINGLE_BARS) if text.count("||") % 2 else Rewriter(text)  # ||x| - 1|
    defined = set(_defined(edits))
    clashing = defined.difference(names) & _called(edits)
    own = {*names, *(defined - clashing)}
    separate(edits)
    read_nameless(edits, own, names, is_matlab=is_matlab(edits))
    rewrite_statements(edits, own, names)
    _rename(edits, clashing)
    CodeNotation(edits, own, size_of).rewrite()
    Mathematics(edits, own).rewrite()
    found = edits.reading()
    if found.text != text or found.problems:
        reading = found if reading is None else reading.then(found)
    if reading is None or reading.problems:
        return reading
    reading = refuse_signs(reading, size_of)
    return elementwise(reading, own, size_of) if reading.sums else reading


def _as_it_is(text: str, problem: Problem) -> Reading:
    """A text that is not read, and why."""
    return Reading(text, range(len(text) + 1), range(len(text) + 1), (problem,))


def _defined(edits: Rewriter) -> Iterable[str]:
    """The names that the text defines."""
    for k, text in enumerate(edits.texts):
        if text == "=" and edits.is_word(k - 1) and (k == 1 or edits.texts[k - 2] in ("\n", ";")):
            yield edits.texts[k - 1]


def _called(edits: Rewriter) -> set[str]:
    """The names of functions of a library, and of methods: `mean = x.mean()` calls `mean`."""
    places = (k for k, text in enumerate(edits.texts) if text == "." and edits.at(k + 2) == "(")
    return {edits.at(k + 1) for k in places}


def _rename(edits: Rewriter, names: Collection[str]) -> None:
    """Give values names of their own where they have those of functions that the text calls."""
    for k, text in enumerate(edits.texts):
        is_keyword = edits.at(k + 1) == "=" and edits.at(k - 1) in ("(", ",")
        if text in names and edits.at(k - 1) != "." and edits.at(k + 1) != "(" and not is_keyword:
            edits.out[k] = edits.out[k].replace(text, f"{text}_", 1)


def relocated(program: Program, reading: Reading, source: Source) -> Program:
    """The program that a reading parses to, told of the text that was typed."""
    starts, ends = reading.starts, reading.ends
    program.source = source
    program.starts, program.ends = [starts[k] for k in program.starts], [ends[k] for k in program.ends]
    for row, op in enumerate(program.ops):
        if op == "call":
            call: Call = program.args[row]
            keywords = tuple((name, operand, starts[k]) for name, operand, k in call.keywords)
            program.args[row] = call._replace(keywords=keywords, name_end=ends[call.name_end])
    program.statements = [
        statement._replace(name_start=starts[statement.name_start]) for statement in program.statements
    ]
    program.definitions = [_relocated_definition(definition, reading, source) for definition in program.definitions]
    program.diagnostics = [
        Diagnostic(problem.code, problem.message, (Label(source, problem.start, problem.end),), problem.help)
        for problem in reading.problems
    ] or [told_of_the_typed(diagnostic, reading, source) for diagnostic in program.diagnostics]
    if reading.problems:  # what else would be said is said of half a reading
        for column in (program.ops, program.args, program.starts, program.ends):
            del column[:]
        program.statements, program.definitions, program.turns = [], [], []
    return program


def span_the_output(program: Program) -> None:
    """What is asked for last is shown as it was typed, whole: of `x.dot(y)` our row begins and ends inside."""
    if not program.statements or program.statements[-1].row < 0:
        return
    name, row, _ = program.statements[-1]
    text = _COMMENT.sub(lambda found: " " * len(found[0]), program.source.text)
    end = len(text.rstrip(" \t\r\n;"))
    start, depth = 0, 0
    for found_sign in _SIGN.finditer(text, 0, end):
        depth += (found_sign[0] in "([{") - (found_sign[0] in ")]}")
        if found_sign[0] in ";\n" and depth <= 0:
            start = found_sign.end()
    if name and (found := _DEFINED.match(text, start)):
        start = found.end()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    if start <= program.starts[row] < end:
        program.starts[row], program.ends[row] = start, end


def _relocated_definition(definition: Definition, reading: Reading, source: Source) -> Definition:
    parameters = tuple(p._replace(start=reading.starts[p.start]) for p in definition.parameters)
    body = relocated(definition.body, reading, source)
    return definition._replace(name_start=reading.starts[definition.name_start], parameters=parameters, body=body)


def told_of_the_typed(diagnostic: Diagnostic, reading: Reading, source: Source) -> Diagnostic:
    """A diagnostic of our text, told of the text that was typed."""
    labels = (
        label._replace(source=source, start=reading.starts[label.start], end=reading.ends[label.end])
        if label.source.name == source.name and label.end < len(reading.ends)
        else label
        for label in diagnostic.labels
    )
    return diagnostic._replace(labels=tuple(labels))
