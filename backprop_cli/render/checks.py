"""A check of claims for reading, as CSV and as verdicts: a row a claim, below it what there is to say about each."""

from __future__ import annotations

from math import isnan

from backprop_cli.errors import shorten
from backprop_cli.lean import Any, Iterator, Mapping, partial
from backprop_cli.render.pages import Formula, Lines, Notes, Page
from backprop_cli.render.style import Style
from backprop_cli.render.tables import Cell, Column, Layout, Table, csv_lines, flat
from backprop_cli.report.claim_results import CheckReport, ClaimResult

_LAYOUTS = (Layout(3, 30), Layout(2, 30), Layout(2, 20), Layout(2, 14))
_LINE = 80
_SAID = 60  # characters of a claim below the table
_INPUTS_SHOWN = 6
LOOKS = {"agrees": "green", "differs": "red", "cannot decide": "yellow"}


def page(report: CheckReport, style: Style) -> Page:
    """A table or records, what is left out, remarks."""
    if not report.results:
        yield Lines([("there is nothing to check: the program has no inputs",)], apart=False)
        return
    columns = _columns(report)
    rows: list[list[Cell]] = [_cells(result, columns, style) for result in report.results[: style.rows]]
    yield Table(columns, rows, partial(_record, columns), LOOKS, _LAYOUTS)
    if hidden := len(report.results) - len(rows):
        yield Lines([(style.glyphs(f"… {hidden:,} more; `--rows all` shows them"),)], apart=False)
    yield Notes(report.notes)
    yield Lines(list(_below(report, style)), listed=True, width=_LINE)


def csv(report: CheckReport, _style: Style) -> Iterator[str]:
    """A line a claim, digits in full."""
    columns = _columns(report)
    rows = (
        (r.text, *_numbers(r, columns), None if isnan(r.rel_error) else r.rel_error, r.verdict) for r in report.results
    )
    return csv_lines([column.heading for column in columns], rows)


def quiet(report: CheckReport, style: Style) -> Iterator[str]:
    """A verdict a line."""
    for result in report.results:
        yield f"{result.verdict}: {style.text(result.text)}\n"


def _columns(report: CheckReport) -> list[Column]:
    """Those of which a result has something."""
    has = {heading for result in report.results for heading, number in _found(result).items() if number is not None}
    first = Column({"claims": "claim", "gradients": "gradient", "steps": "step"}[report.kind])
    numbers = [Column(name, "number") for name in _NUMBERS if name in has or name == "backprop"]
    return [first, *numbers, Column("error", "number"), Column("verdict", "words")]


_NUMBERS = ("claimed", "backprop", "SymPy", "forward", "numeric")


def _found(result: ClaimResult) -> dict[str, float | None]:
    unknown = isnan(result.backprop) and isnan(result.rel_error) and result.claimed is None and result.written
    numeric = result.numeric.slope if result.numeric else None
    numbers = (result.claimed, None if unknown else result.backprop, result.sympy, result.forward, numeric)
    return dict(zip(_NUMBERS, numbers, strict=True))


def _numbers(result: ClaimResult, columns: list[Column]) -> list[float | None]:
    found = _found(result)
    return [found[column.heading] for column in columns if column.heading in found]


def _cells(result: ClaimResult, columns: list[Column], style: Style) -> list[Cell]:
    numbers = map(style.number, _numbers(result, columns))
    return [style.text(shorten(result.text, 200)), *numbers, error_text(result.rel_error), result.verdict]


def _record(columns: list[Column], row: list[Cell]) -> Iterator[str]:
    claim, *numbers, verdict = map(flat, row)
    yield f"{claim}: {verdict}"
    yield from (f"{column.heading} {number}" for column, number in zip(columns[1:], numbers, strict=False) if number)


def error_text(error: float) -> str:
    """A relative error, as far as it says something: of the last bit nothing is said."""
    return "" if isnan(error) else "0" if error == 0 else "<1e-15" if error < 1e-15 else f"{error:.2g}"


# -- the lines below ---------------------------------------------------------------------------------------


def _below(report: CheckReport, style: Style) -> Iterator[tuple[str, ...]]:
    agreed: dict[str, list[str]] = {}
    remarks: list[tuple[str, ...]] = []
    for result in report.results:
        said = list(_remarks(result, report, style))
        claim = Formula(style.text(shorten(result.text, _SAID)))
        if said and result.verdict == "agrees":
            agreed.setdefault(said[0], []).append(claim)
        elif said:
            remarks += [(claim, f": {said[0]}"), *((f"  {text}",) for text in said[1:])]
    for reason, claims in agreed.items():
        separated = [piece for claim in claims for piece in ("; ", claim)]
        yield (f"{reason}: ", *separated[1:])
    yield from remarks
    yield from ((line,) for line in (*_where(report, style), *_numerics(report, style)))
    if report.unmentioned and report.verdict == "agrees":
        yield ("not computed: " + ", ".join(style.text(f"d{name}") for name in report.unmentioned[:8]),)


def _remarks(result: ClaimResult, report: CheckReport, style: Style) -> Iterator[str]:
    """How it was decided; where it differs; what mistake it looks like; what would be right."""
    if result.verdict == "differs" and report.free and result.point:
        yield f"differs at {_at(result.point, style)}"
    if result.reason:
        yield style.text(result.reason)
    if result.element:
        is_second = result.target.startswith("d2")  # no name begins with a digit
        name = result.target if is_second else result.target.partition("/d")[2]
        yield style.text(f"the numbers are those of {name}{list(result.element)}")
    if result.diagnosis:
        yield style.text(f"it looks as if {result.diagnosis}")
    if result.correct and result.verdict == "differs":
        at = list(result.element) if result.element else ""
        yield style.text(f"SymPy has {result.target}{at} = {result.correct}")


def _where(report: CheckReport, style: Style) -> Iterator[str]:
    """The random point at which the numbers of what agrees were found."""
    points = [result.point for result in report.results if result.point]
    told = [result.point for result in report.results if result.verdict == "differs"]
    is_one = points and all(_same(point, points[0]) for point in points)
    if report.free and is_one and not any(_same(point, points[0]) for point in told):
        yield f"the numbers are those at {_at(points[0], style)}"


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two points are one: their arrays are the same objects then."""
    return all(x is other[name] or (isinstance(x, float) and x == other[name]) for name, x in one.items())


def _at(point: Mapping[str, float], style: Style) -> str:
    shown = [f"{style.text(name)} = {style.number(x)}" for name, x in list(point.items())[:_INPUTS_SHOWN]]
    return ", ".join(shown) + (", …" if len(point) > len(shown) else "")


def _numerics(report: CheckReport, style: Style) -> Iterator[str]:
    """How the numeric column was found, and how far off it may be."""
    largest: dict[str, float] = {}
    for result in report.results:
        if result.numeric is not None:
            method = result.numeric.method
            largest[method] = max(largest.get(method, 0.0), result.numeric.error)
    if largest:
        found = " and ".join(
            f"{method}, off by at most {f'{error:.0e}' if error else '0'}" for method, error in largest.items()
        )
        yield style.text(f"numeric: by {found}")
