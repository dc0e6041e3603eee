"""A check of claims as text: a row a claim, below it what there is to say about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan

from backprop_cli.errors import shorten
from backprop_cli.render.cells import Column
from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.claim_results import CheckReport, ClaimResult

_LAYOUTS = ((3, 30), (2, 30), (2, 20), (2, 14))  # blanks between columns, characters of a claim
_LINE = 80
_SAID = 60  # characters of a claim below the table
_INPUTS_SHOWN = 6
FORMATS = ("table", "plain", "markdown", "json", "quiet")
_LOOKS = {"agrees": "32", "differs": "31", "cannot decide": "33"}
_Lines = list[list[str]]


def render_check(report: CheckReport, format_: str, style: Style) -> Iterator[str]:
    """The pieces of a check's text in one of FORMATS."""
    if format_ == "json":
        from backprop_cli.render import checks_json

        return checks_json.render(report, style)
    return {"table": _table, "plain": _plain, "markdown": _markdown, "quiet": _quiet}[format_](report, style)


def _table(report: CheckReport, style: Style) -> Iterator[str]:
    """Aligned columns under a rule; records where those would not fit."""
    heads, lines = _columns(report), _cells(report, style)
    if not lines:
        yield "there is nothing to check: the program has no inputs\n"
        return
    hidden = len(lines) - len(lines[: style.rows])
    lines = lines[: style.rows]
    for gap, shown in _LAYOUTS:
        cut = [[shorten(claim, shown), *rest] for claim, *rest in lines]
        if _total(heads, cut, gap) <= (style.width or _LINE):
            yield from _ruled(heads, cut, gap, style)
            break
    else:
        yield from _records(heads, lines, style) if style.width else _ruled(heads, lines, _LAYOUTS[0][0], style)
    if hidden:
        yield style.glyphs(f"… {hidden:,} more; `--rows all` shows them") + "\n"
    yield from _below(report, style)


def _ruled(heads: list[Column], lines: _Lines, gap: int, style: Style) -> Iterator[str]:
    widths = _widths(heads, lines)
    yield _look("1", _aligned([c.heading for c in heads], heads, widths, gap), style)
    yield style.glyphs("━") * _total(heads, lines, gap) + "\n"
    for line in lines:
        text = _aligned(line, heads, widths, gap)
        yield text[: -len(line[-1]) - 1] + _look(_LOOKS[line[-1]], line[-1] + "\n", style)


def _plain(report: CheckReport, style: Style) -> Iterator[str]:
    """The same columns without rule or colour."""
    heads, lines = _columns(report), _cells(report, style)
    widths = _widths(heads, lines)
    for line in ([c.heading for c in heads], *lines):
        yield _aligned(line, heads, widths, 2)
    yield from _below(report, style._replace(width=None))


def _markdown(report: CheckReport, style: Style) -> Iterator[str]:
    """A Markdown table, what there is to say as a list."""
    heads = _columns(report)
    yield f"| {' | '.join(c.heading for c in heads)} |\n"
    yield f"|{'|'.join('--:' if c.numeric else '---' for c in heads)}|\n"
    for claim, *numbers, verdict in _cells(report, style):
        yield f"| {' | '.join([_code(claim), *numbers, verdict])} |\n"
    said = [(result, text) for result in report.results for text in _remarks(result, report, style)]
    if said:
        yield "\n"
    for result, text in said:
        yield f"- {_code(style.text(result.text))}: {text}\n"


def _quiet(report: CheckReport, style: Style) -> Iterator[str]:
    """A verdict a line."""
    for result in report.results:
        yield f"{result.verdict}: {style.text(result.text)}\n"


def _columns(report: CheckReport) -> list[Column]:
    results = report.results
    heads = [Column({"claims": "claim", "gradients": "gradient", "steps": "step"}[report.kind])]
    heads += [Column("claimed", numeric=True)] * any(r.claimed is not None for r in results)
    heads += [Column("backprop", numeric=True)]
    heads += [Column("SymPy", numeric=True)] * any(r.sympy is not None for r in results)
    heads += [Column("forward", numeric=True)] * any(r.forward is not None for r in results)
    heads += [Column("numeric", numeric=True)] * any(r.numeric is not None for r in results)
    return [*heads, Column("error", numeric=True), Column("verdict")]


def _cells(report: CheckReport, style: Style) -> _Lines:
    headings = {column.heading for column in _columns(report)}
    return [_line(result, headings, style) for result in report.results]


def _line(result: ClaimResult, headings: set[str], style: Style) -> list[str]:
    numeric = result.numeric.slope if result.numeric else None
    unknown = (
        isnan(result.backprop) and result.rel_error != result.rel_error and result.claimed is None and result.written
    )
    by_column = {
        "claimed": style.number(result.claimed),
        "backprop": style.number(None if unknown else result.backprop),
        "SymPy": style.number(result.sympy),
        "forward": style.number(result.forward),
        "numeric": style.number(numeric),
    }
    numbers = [text for heading, text in by_column.items() if heading in headings]
    return [style.text(shorten(result.text, 200)), *numbers, _error(result.rel_error), result.verdict]


def _error(error: float) -> str:
    """A relative error, as far as it says something: of the last bit nothing is said."""
    return "" if isnan(error) else "0" if error == 0 else "<1e-15" if error < 1e-15 else f"{error:.2g}"


def _widths(heads: list[Column], lines: _Lines) -> list[int]:
    return [max(map(len, column)) for column in zip([c.heading for c in heads], *lines, strict=True)]


def _aligned(line: list[str], heads: list[Column], widths: list[int], gap: int) -> str:
    cells = (
        cell.rjust(width) if head.numeric else cell.ljust(width)
        for cell, width, head in zip(line, widths, heads, strict=True)
    )
    return (" " * gap).join(cells).rstrip() + "\n"


def _total(heads: list[Column], lines: _Lines, gap: int) -> int:
    return sum(_widths(heads, lines)) + gap * (len(heads) - 1)


def _records(heads: list[Column], lines: _Lines, style: Style) -> Iterator[str]:
    for claim, *numbers, verdict in lines:
        yield f"{claim}: {_look(_LOOKS[verdict], verdict, style)}\n"
        for head, number in zip(heads[1:], numbers, strict=False):
            if number:
                yield f"    {head.heading} {number}\n"


def _look(code: str, text: str, style: Style) -> str:
    return f"\x1b[{code}m{text.rstrip()}\x1b[0m{text[len(text.rstrip()) :]}" if style.color else text


# -- the lines below ---------------------------------------------------------------------------------------


def _below(report: CheckReport, style: Style) -> Iterator[str]:
    lines = []
    agreed: dict[str, list[str]] = {}
    for result in report.results:
        said = list(_remarks(result, report, style))
        if said and result.verdict == "agrees":
            agreed.setdefault(said[0], []).append(style.text(shorten(result.text, _SAID)))
        elif said:
            lines.append(f"{style.text(shorten(result.text, _SAID))}: {said[0]}")
            lines += [f"  {text}" for text in said[1:]]
    lines = [f"{reason}: {'; '.join(texts)}" for reason, texts in agreed.items()] + lines
    lines += _where(report, style)
    lines += _numerics(report, style)
    if report.unmentioned and report.verdict == "agrees":
        missing = ", ".join(style.text(f"d{name}") for name in report.unmentioned[:8])
        lines.append(f"not computed: {missing}")
    if lines:
        yield "\n"
    for line in lines:
        yield wrapped(line, style.width or _LINE)


def _remarks(result: ClaimResult, report: CheckReport, style: Style) -> Iterator[str]:
    """How it was decided; where it differs; what mistake it looks like; what would be right."""
    if result.verdict == "differs" and report.free:
        yield f"differs at {_at(result.point, style)}"
    if result.reason:
        yield style.text(result.reason)
    if result.element:
        name = result.target.partition("/d")[2]
        yield style.text(f"the numbers are those of {name}{list(result.element)}")
    if result.diagnosis:
        yield style.text(f"it looks as if {result.diagnosis}")
    if result.correct and result.verdict == "differs":
        yield style.text(f"SymPy has {result.target} = {result.correct}")


def _where(report: CheckReport, style: Style) -> Iterator[str]:
    """The random point at which the numbers of what agrees were found."""
    points = [result.point for result in report.results if result.point]
    told = [result.point for result in report.results if result.verdict == "differs"]
    if report.free and points and points[0] not in told and all(point == points[0] for point in points):
        yield f"the numbers are those at {_at(points[0], style)}"


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


def _code(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("`", "'")
    return f"`{escaped}`"
