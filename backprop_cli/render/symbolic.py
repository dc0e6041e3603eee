"""Both passes in symbols, as text and documents."""

from __future__ import annotations

from backprop_cli.lean import Iterator
from backprop_cli.render.pages import GAP, Formula, Heading, Lines, Notes, Page, Title, draw
from backprop_cli.render.style import Style
from backprop_cli.report.symbolic_steps import SymbolicSteps


def page(report: SymbolicSteps, style: Style) -> Page:
    """The program, the gates, the gradients of all nodes from the output on, those that were asked for."""
    yield Title(style.text(report.heading))
    yield Heading("Forward: every gate, operands first")
    yield Lines(list(_numbered([" = ".join(step) for step in report.forward], 1, style)), apart=False)
    d, output = report.prefix, report.output
    yield GAP
    yield Heading(style.glyphs(f"Backward: {d}x is d{output}/dx, upstream times local, added up over the uses of x"))
    chains = [" = ".join(filter(None, chain)) for chain in report.backward]
    yield Lines(list(_numbered(chains, len(report.forward) + 1, style)), apart=False)
    yield GAP
    yield Heading("Gradients")
    yield Lines([("  ", Formula(style.text(f"{name} = {text}"))) for name, text in report.results], apart=False)
    yield Notes(report.notes)


def _numbered(lines: list[str], first: int, style: Style) -> Iterator[tuple[str, ...]]:
    margin = len(str(first + len(lines))) + 4
    for number, line in enumerate(lines, first):
        yield f"{number}. ".rjust(margin), Formula(style.text(line))


def text(report: SymbolicSteps, style: Style) -> Iterator[str]:
    """For reading in a terminal."""
    return draw(page, report, "table", style)


def quiet(report: SymbolicSteps, _style: Style) -> Iterator[str]:
    """The gradients alone."""
    for name, formula in report.results:
        yield f"{name} = {formula}\n"
