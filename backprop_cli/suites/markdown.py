"""Cases in Markdown: the blocks fenced as `backprop`, so that a document's numbers are tested where they are printed.

    ```backprop the first example           the rest of the line is the name
    q = x + y                               the program
    f = q*z
    at x=-2 y=5 z=-4                        a point, as on a command line
    => -12                                  the value there
    q => 3                                  the value of a node
    local ∂q/∂x = 1                         a local gradient
    gradient q = -4                         the gradient at a node
    df/dq = -4                              claims there: numbers or formulas
    df/dz = x + y
    ```

    block  = program { case }               each `at` starts a case of the same program
    case   = [ "at" bindings ] { [name] "=>" number | "local" slope "=" number | "gradient" name "=" number | claim
                               | "notes" {code} | "error" code | "differs" | "rtol" number | "atol" number }

Blank lines and lines that start with `#` mean nothing. Other fences are passed over, whatever they hold.
"""

from __future__ import annotations

import re

from backprop_cli.check.verdict import DIFFERS
from backprop_cli.data.bindings import read_values, split_bindings
from backprop_cli.data.terms import Terms
from backprop_cli.errors import CODES, BackpropError, Diagnostic, Source, shorten
from backprop_cli.lean import Any, Iterator, NamedTuple
from backprop_cli.report.notes import NOTE_CODES
from backprop_cli.suites.case import Case, Written, beside, read_number
from backprop_cli.suites.places import Place, wrong

_FENCE = re.compile(r"(?P<indent>[ \t>]*+)(?P<fence>`{3,}|~{3,})[ \t]*+(?P<info>[^`\n]*+)")
_CLAIM = re.compile(r"[d∂][A-Za-z_]\w*\s*[/÷]\s*[d∂][A-Za-z_]\w*\s*=(?!=)", re.ASCII)
# `q => 3`, `local ∂q/∂x = 1`, `gradient q = -4`
_NODE = re.compile(
    r"(?P<node>[^\W\d][\w.]*)\s*=>\s*(?P<value>.+)|(?P<table>local|gradient)\s+"
    r"(?P<name>[^\W\d][\w.]*(?:\s*/\s*[d∂][\w.]+)?|∂[\w.]+\s*/\s*[d∂][\w.]+)\s*=(?!=)\s*(?P<number>.+)"
)
_TABLES = {"=>": "values", "local": "locals", "gradient": "gradients"}
_PAIRS = re.compile(r"(?<![\s,;])[\s,;]+(?=[^\W\d]\w*\s*=(?!=))")  # between `x = 2` and `W = [[1, 2], [3, 4]]`


class _Line(NamedTuple):
    """A line of a block: its number, where it starts in the document, its text."""

    number: int
    start: int
    text: str


class _Block(NamedTuple):
    """A fenced block: its name, its fence and its lines."""

    name: str
    fence: _Line
    lines: list[_Line]


def holds_blocks(text: str) -> bool:
    """Whether a document has blocks of ours, be they right or wrong."""
    try:
        return any(True for _ in _blocks("", text))
    except BackpropError:
        return True


def read_markdown(path: str, text: str) -> list[Case]:
    """The cases of a document.

    Raises BackpropError (F603, F604) with everything that is wrong with them.
    """
    complaints: list[Diagnostic] = []
    cases: list[Case] = []
    for block in _blocks(path, text):
        try:
            cases += _Reading(path, text, block).cases()
        except BackpropError as error:
            complaints += error.diagnostics
    if complaints:
        raise BackpropError(*complaints)
    if not cases:
        raise BackpropError(Diagnostic("F604", f"`{shorten(path, 80)}` has no blocks fenced as `backprop`"))
    return cases


def _blocks(path: str, text: str) -> Iterator[_Block]:
    """The blocks fenced as `backprop`; what other fences hold is not looked at."""
    fence, indent, block = "", "", None
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        begin, start = start, start + len(line) + 1
        line = line.rstrip("\r")
        found = _FENCE.fullmatch(line)
        if fence:
            if found and found["fence"].startswith(fence) and not found["info"]:
                if block:
                    yield block
                fence, block = "", None
            elif block:
                cut = len(indent) if line.startswith(indent) else len(line) - len(line.lstrip())
                block.lines.append(_Line(number, begin + cut, line[cut:]))
        elif found:
            fence, indent = found["fence"], found["indent"]
            language, _, name = found["info"].partition(" ")
            block = _Block(name.strip(), _Line(number, begin, line), []) if language.lower() == "backprop" else None
    if block:
        raise BackpropError(wrong("F603", path, text, _place(block.fence), "this block is never closed"))


def _place(line: _Line) -> Place:
    """The line but for the blanks around it."""
    stripped = line.text.strip()
    start = line.start + line.text.find(stripped)
    return Place(start, start + max(1, len(stripped)))


class _Reading:
    """The reading of one block, line by line."""

    def __init__(self, path: str, text: str, block: _Block) -> None:
        self.path = path
        self.text = text
        self.block = block
        self.program: list[_Line] = []
        self.found: list[Case] = []
        self.open: Case | None = None
        self.wrong: list[Diagnostic] = []

    def cases(self) -> list[Case]:
        for line in self.block.lines:
            stripped = line.text.strip()
            if stripped and not stripped.startswith("#"):
                self._line(line, stripped)
        self._close()
        if not self.found and not self.wrong:
            self._wrong(self.block.fence, "this block says nothing that could turn out wrong", "write `=> value`")
        if self.wrong:
            raise BackpropError(*self.wrong)
        return self.found

    def _line(self, line: _Line, stripped: str) -> None:
        word, _, rest = stripped.partition(" ")
        if word == "at" and "=" in rest:
            self._close()
            self.open = self._case(line)._replace(bindings=self._bindings(line, rest))
        elif stripped.startswith("=>"):
            self._set(line, "value", read_number(stripped[2:].strip(), self.path))
        elif found := _NODE.fullmatch(stripped):
            table, name = _TABLES[found["table"] or "=>"], found["node"] or "".join(found["name"].split())
            self._set_in(line, table, name, read_number(found["value"] or found["number"], self.path))
        elif _CLAIM.match(stripped):
            case = self._current(line)
            claims = (*case.claims, Source(f"{self.path}:{line.number}", stripped))
            lines = {**case.lines, f"claims.{len(claims) - 1}": line.number}
            self.open = case._replace(claims=claims, lines=lines)
        elif word in ("rtol", "atol") and "=" not in rest:
            written = read_number(rest, self.path)
            if isinstance(written, str) or not 0 <= written.number < 1e300:
                self._wrong(line, f"`{word}` is a number that is not negative", f"write `{word} 1e-6`")
            else:
                case = self._current(line)
                self.open = case._replace(tolerance=case.tolerance._replace(**{word: written.number}))
        elif word == "notes" and "=" not in rest:
            codes = rest.replace(",", " ").split()
            for code in codes:
                if code not in NOTE_CODES:
                    self._wrong(line, f"`{shorten(code)}` is no note", f"there are {', '.join(NOTE_CODES)}")
            self._set(line, "notes", frozenset(codes))
        elif word == "error" and "=" not in rest:
            if rest.strip() not in CODES:
                self._wrong(line, f"`{shorten(rest)}` is no error", "write its code, such as `error N201`")
            self._set(line, "error", rest.strip())
        elif stripped == "differs":
            self._set(line, "verdict", DIFFERS)
        elif self.open:
            help_ = "after the program come `at`, `=> value`, `df/dx = …`, `notes`, `error`, `differs`, `rtol`, `atol`"
            self._wrong(line, f"`{shorten(stripped)}` follows the program and says nothing about it", help_)
        else:
            self.program.append(line)

    def _set(self, line: _Line, key: str, value: Any) -> None:
        case = self._current(line)
        if key in case.lines:
            self._wrong(line, f"`{key}` is said twice", "a point of its own starts with `at`")
        elif isinstance(value, str) and key == "value":
            self._wrong(line, value, "write a number, or a constant expression")
        else:
            self.open = case._replace(lines={**case.lines, key: line.number}, **{key: value})

    def _set_in(self, line: _Line, table: str, name: str, written: Written | str) -> None:
        case = self._current(line)
        key = f"{table}.{name}"
        if key in case.lines:
            self._wrong(line, f"`{shorten(name)}` is said twice", "a point of its own starts with `at`")
        elif isinstance(written, str):
            self._wrong(line, written, "write a number, or a constant expression")
        else:
            numbers: Any = {**getattr(case, table), name: written}
            self.open = case._replace(lines={**case.lines, key: line.number}, **{table: numbers})

    def _bindings(self, line: _Line, words: str) -> dict[str, Any]:
        try:
            pairs = (pair.partition("=") for pair in _PAIRS.split(words.strip()))
            assignments = [self._beside(f"{name.strip()}{equals}{value.strip()}") for name, equals, value in pairs]
            return read_values(split_bindings(assignments), Terms(allow_nonfinite=True))
        except BackpropError as error:
            self._wrong(line, error.diagnostics[0].message, error.diagnostics[0].help)
            return {}

    def _beside(self, word: str) -> str:
        name, equals, value = word.partition("=")
        return name + equals + beside(self.path, value)

    def _current(self, line: _Line) -> Case:
        return self.open or self._case(line)

    def _case(self, line: _Line) -> Case:
        program = self.program
        first = (program or [self.block.fence])[0].number
        text_of = {item.number: item.text for item in program}
        text = "\n".join(text_of.get(number, "") for number in range(first, (program or [line])[-1].number + 1))
        several = f", line {line.number}" if self.found or not self.block.name else ""
        name = f"{self.block.name}{several}".removeprefix(", ")
        return Case(self.path, line.number, name, Source(f"{self.path}:{first}", text), {}, {"program": first})

    def _close(self) -> None:
        if self.open is None:
            return
        if self.open.asks:
            self.found.append(self.open)
        else:
            line = next(item for item in self.block.lines if item.number == self.open.line)
            self._wrong(line, "this case says nothing that could turn out wrong", "write `=> value`")
        self.open = None

    def _wrong(self, line: _Line, message: str, help_: str) -> None:
        self.wrong.append(wrong("F604", self.path, self.text, _place(line), message, help_))
