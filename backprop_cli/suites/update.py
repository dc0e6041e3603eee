"""Suites with the numbers that were found in the place of those that differ, and not a byte of them changed besides.

A number keeps the decimals it was written with: where `0.73` was, 0.268941 is `0.27`. Elements of lists are replaced
one by one, wherever they stand. What comes out is read and run again; it is the answer only if every case holds then.
"""

from __future__ import annotations

import re

from backprop_cli import api
from backprop_cli.check.verdict import AGREES
from backprop_cli.data.files import read_text
from backprop_cli.errors import BackpropError, shorten
from backprop_cli.lean import Any, Callable, Iterable, Iterator, NamedTuple, Sequence
from backprop_cli.report.case_result import CaseResult, Difference, Update
from backprop_cli.suites.case import Case, Written, elements, read_number, unravelled, without_comment
from backprop_cli.suites.find import read_suite
from backprop_cli.suites.places import Place
from backprop_cli.suites.run import run_cases
from backprop_cli.suites.toml_spans import Path, spans
from backprop_cli.text import shortest

_DECIMAL = re.compile(r"[-+]?(?P<whole>[0-9_]*)\.(?P<decimals>[0-9_]*)(?P<exponent>[eE][-+]?[0-9]+)?")
_ELEMENT = re.compile(r"[^\[\],;\s]+")
_CLAIM = re.compile(r"\s*[d∂](\w+)\s*[/÷]\s*[d∂](\w+)\s*=(?!=)")


class Rewritten(NamedTuple):
    """A file as it was read, and as it is to be."""

    path: str
    before: str
    after: str


class _Edit(NamedTuple):
    place: Place
    new: str


class _StaysError(Exception):
    """Why a difference is not one of numbers that can be replaced."""


def updated(cases: Sequence[Case], outcomes: Sequence[CaseResult]) -> tuple[list[CaseResult], list[Rewritten]]:
    """The outcomes with what is replaced, and the files; no files where anything differs that is no number.

    Raises BackpropError where a file cannot be read any more.
    """
    files: dict[str, _File] = {}
    edits: list[list[_Edit]] = []
    stays = [""] * len(cases)
    for k, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
        edits.append([])
        for difference in outcome.differences:
            try:
                file = files.get(case.path) or files.setdefault(case.path, _File(case.path))
                edits[-1] += file.edits(case, difference)
            except _StaysError as why:
                stays[k] = stays[k] or f"`{shorten(difference.subject)}`, {why}"
    if not any(stays):
        rewritten = [file.rewritten(edits[k] for k, case in enumerate(cases) if case.path == file.path)
                     for file in files.values()]  # fmt: skip
        again = _again(cases, outcomes, rewritten)
        stays = ["" if one is None or one.holds else "which does not hold with the new numbers either" for one in again]
    if any(stays):
        return [one._replace(stays=why) for one, why in zip(outcomes, stays, strict=True)], []
    shown = [
        one._replace(updates=tuple(files[case.path].update(edit) for edit in found))
        for one, case, found in zip(outcomes, cases, edits, strict=True)
    ]
    return shown, rewritten


def _again(
    cases: Sequence[Case], outcomes: Sequence[CaseResult], files: Iterable[Rewritten]
) -> Iterator[CaseResult | None]:
    """For each case its outcome with the new numbers, None where nothing is new; one that is gone does not hold."""
    found: dict[tuple[str, int], Case] = {}
    for file in files:
        try:
            found |= {(file.path, k): case for k, case in enumerate(read_suite(file.path, file.after))}
        except BackpropError:
            continue
    for case, outcome in zip(cases, outcomes, strict=True):
        now = found.get((case.path, case.number))
        if outcome.holds:
            yield None
        elif now is None or (now.program.text, now.line, now.name) != (case.program.text, case.line, case.name):
            yield outcome
        else:
            yield next(run_cases([now]))


class _File:
    """A suite's text, and where its numbers are written."""

    def __init__(self, path: str) -> None:
        self.path, self.text = path, read_text(path)
        self.spans = spans(self.text) if path.lower().endswith(".toml") else None
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def edits(self, case: Case, difference: Difference) -> Iterator[_Edit]:
        """What replaces the numbers that differ. Raises _StaysError."""
        table, _, name = difference.key.partition(".")
        if not difference.key or case.verdict != AGREES:
            raise _StaysError("which is more than a number")
        written: Any = getattr(case, table)
        number = difference.number
        if table == "claims":
            claim = case.claims[int(name)].text
            written, number = _claimed(case, claim, number)
        elif name:
            written = written[name]
        if written.text.startswith("@"):
            raise _StaysError(f"whose numbers are in the file {shorten(written.text)}")
        agree = case.agree
        if self.spans is None:
            yield from _in_text(self.text, self._in_line(case.lines[difference.key]), written, number, agree)
            return
        path: Path = (case.number, table, int(name) if table == "claims" else name)[: 3 if name else 2]
        place = self.spans.get(path)
        if place is None:
            raise _StaysError("whose place in the file is not found")
        token = self.text[place.start : place.end]
        if token[0] == "[":
            for index, old, found in _differing(written, number, agree):
                element = self.spans[(*path, *index)]
                yield _Edit(element, _as_written(old, found, agree))
        elif table != "claims" and (token[0] not in "\"'" or written.is_blank or not elements(written.number)[0]):
            yield _Edit(place, _as_written(written.text, number, agree))
        elif "\\" in token or token[:3] in ('"""', "'''"):
            raise _StaysError("which is written in a way that is not changed")
        else:
            yield from _in_text(self.text, Place(place.start + 1, place.end - 1), written, number, agree)

    def _in_line(self, line: int) -> Place:
        start = self.lines[line - 1]
        end = self.text.find("\n", start)
        return Place(start, len(self.text) if end < 0 else end)

    def rewritten(self, edits: Iterable[Iterable[_Edit]]) -> Rewritten:
        """The text with the edits made, from the last to the first."""
        after = self.text
        for place, new in sorted((edit for some in edits for edit in some), reverse=True):
            after = after[: place.start] + new + after[place.end :]
        return Rewritten(self.path, self.text, after)

    def update(self, edit: _Edit) -> Update:
        """An edit as it is shown."""
        line = self.text.count("\n", 0, edit.place.start) + 1
        return Update(line, self.text[edit.place.start : edit.place.end], edit.new)


def _claimed(case: Case, claim: str, number: Any) -> tuple[Written, Any]:
    """The number that is claimed, and the one that is true. Raises _StaysError where a formula is."""
    found = _CLAIM.match(claim)
    written = read_number(claim[found.end() :], case.path) if found else ""
    if isinstance(written, str) or found is None:
        raise _StaysError("where a formula is claimed")
    if number is not None:
        return written, number
    report = api.grad(case.program, case.bindings, wrt=[found[2]], check=False)
    if report.output != found[1] or elements(report.gradients[found[2]])[0] != elements(written.number)[0]:
        raise _StaysError("which is more than a number")
    return written, report.gradients[found[2]]


def _in_text(
    text: str, line: Place, written: Written, number: Any, agree: Callable[[Any, Written], bool]
) -> Iterator[_Edit]:
    """The edits in a line that ends with the number, or with a comment behind it; a number follows the first `=`."""
    said = text[line.start : line.end]
    sign = re.search(r"=>|=(?!=)", said)
    start = sign.end() if sign else 0
    bare = without_comment(said[start:])
    start = line.start + said.index(bare, start)
    if bare != written.text:
        raise _StaysError("whose place in the file is not found")
    words = list(_ELEMENT.finditer(bare))
    shape, _ = elements(written.number)
    if not shape or written.is_blank or not written.element_texts:
        yield _Edit(Place(start, start + len(bare)), _as_written(bare, number, agree))
        return
    places = dict(zip((unravelled(k, shape) for k in range(len(words))), words, strict=True))
    for index, old, found in _differing(written, number, agree):
        yield _Edit(Place(start + places[index].start(), start + places[index].end()), _as_written(old, found, agree))


def _differing(
    written: Written, number: Any, agree: Callable[[Any, Written], bool]
) -> Iterator[tuple[tuple[int, ...], str, float]]:
    """The elements that differ: index, text, and the number that is to be there."""
    shape, found = elements(number)
    said = zip(elements(written.number)[1], written.element_texts, written.half_units, strict=True)
    for k, ((was, text, half_unit), now) in enumerate(zip(said, found, strict=True)):
        if not agree(now, Written(was, text, (half_unit,))):
            yield unravelled(k, shape), text, now


def _as_written(old: str, number: Any, agree: Callable[[Any, Written], bool]) -> str:
    """A number with the decimals of another, or as many digits, where that is true; else, and an array, in full."""
    if elements(number)[0]:
        return shortest(number).replace(",", ", ")
    tried = [f"{number:.0f}"] if abs(number) < 1e15 else []
    if found := _DECIMAL.fullmatch(old):
        decimals = len(found["decimals"].replace("_", ""))
        digits = max(1, len((found["whole"] + found["decimals"]).replace("_", "").lstrip("0")))
        form = "e" if found["exponent"] else "f"
        tried = [f"{number:.{decimals}{form}}", f"{number:.{digits}g}"]
    tried = [re.sub(r"e\+?(-?)0*(?=\d)", r"e\1", text) for text in tried]
    for text in tried:
        said = read_number(text)
        if isinstance(said, Written) and agree(number, said) and (said.number or not number):  # 2e-9 is not 0.00
            return text
    return shortest(number)
