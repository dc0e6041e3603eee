"""The order in which an account is told: forward, backward, paths, gradients, each section cut where it is long."""

from __future__ import annotations

from itertools import islice

from backprop_cli.lean import Iterable, Iterator, NamedTuple
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.model import Note
from backprop_cli.report.paths import MOST_PATHS, Paths, paths

FORWARD = "Forward: the value of every gate, operands first"
BACKWARD = "Backward: from the output, upstream gradient times local gradient"
RESULTS = "Gradients"


class Section(NamedTuple):
    """A heading, steps, equations that stand alone, notes of steps that are not shown, a word on what is left out."""

    heading: str
    steps: tuple[Step, ...] = ()
    equations: tuple[Equation, ...] = ()
    notes: tuple[Note, ...] = ()
    more: str = ""


def outline(account: Derivation, rows: int | None, with_paths: bool) -> Iterator[Section]:
    """The sections, at most `rows` steps or equations in each."""
    for heading, steps in ((FORWARD, account.forward()), (BACKWARD, account.backward())):
        section = _steps(heading, steps, rows)
        if section.steps or section.more:
            yield section
    if with_paths:
        for found in paths(account, rows):
            yield _paths(found, account.report.output)
    results = iter(account.results())
    shown = tuple(islice(results, rows))
    if shown:
        yield Section(RESULTS, equations=shown, notes=tuple(account.of_results), more=_more(sum(1 for _ in results)))


def trimmed(equations: tuple[Equation, ...], rows: int | None) -> tuple[tuple[Equation, ...], str]:
    """The equations of one step, if its gate has thousands of operands cut to twice `rows`, and a word on the rest."""
    if rows is None or len(equations) <= 2 * rows:
        return equations, ""
    return equations[: 2 * rows], _more((len(equations) - 2 * rows) // 2)


def count_text(count: int) -> str:
    """A count of paths; beyond a quadrillion its order of magnitude says enough."""
    if count < 10**15:
        return f"{count:,}"
    from math import log10

    exponent = int(log10(count))
    return f"about 10^{exponent}"


def _steps(heading: str, steps: Iterable[Step], rows: int | None) -> Section:
    steps = iter(steps)
    shown = tuple(islice(steps, rows))
    hidden = 0
    notes: list[Note] = []
    for step in steps:
        hidden += 1
        notes += step.notes
    return Section(heading, shown, notes=tuple(notes), more=_more(hidden))


def _paths(found: Paths, output: str) -> Section:
    how_many = {0: "No path", 1: "1 path"}.get(found.number, f"{count_text(found.number)} paths")
    heading = f"{how_many} from {output} to {found.name}"
    equations = found.listed if found.number == 1 else (*found.listed, found.total)
    hidden = found.number - len(found.listed)
    more = ""
    if hidden:
        more = f"… {count_text(hidden)} more in the sum; `--rows N` lists up to {MOST_PATHS:,}"
    return Section(heading, equations=equations, more=more)


def _more(hidden: int) -> str:
    return f"… {hidden:,} more; `--rows all` shows them" if hidden > 0 else ""
