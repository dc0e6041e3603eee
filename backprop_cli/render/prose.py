"""What the formats for reading say around their tables: the title, and what is below in words."""

from __future__ import annotations

from math import floor, log10

from backprop_cli.errors import shorten
from backprop_cli.lean import TYPE_CHECKING, Any, Iterator
from backprop_cli.render.style import Style
from backprop_cli.report.model import Folded, Report

if TYPE_CHECKING:
    from backprop_cli.report.jacobians import JacobianReport

_FORMULAS_SHOWN = 66  # characters of SymPy's closed forms
_LINE = 80
_PACKED_SHOWN = 6  # gates of the user


def title(report: Report, style: Style) -> str:
    """`f = (x+y)*z = -12`: the output, as it was written, and its value."""
    output = report.output
    formula = shorten(" ".join(_output_text(report).split()), 160)
    middle = "" if formula == output else f" = {style.text(formula)}"
    return f"{style.text(output)}{middle} = {style.number(report.value)}"


def _output_text(report: Report) -> str:
    start, end = report.output_span
    return report.source.text[start:end]


def closing(report: Report, style: Style) -> Iterator[str]:
    """The lines below the table: seed, parameter update, verdict."""
    if report.kind == "grad" and (hasattr(report.seed, "shape") or report.seed != 1):
        yield f"every gradient is times the upstream gradient {style.number(report.seed)}"
    if report.step is not None:
        for name, value in report.step.updated.items():
            before, slope = report.inputs[name], report.gradients[name]
            rate = style.number(report.step.rate)
            moved = f"{style.number(before)} - {rate}*{_bracketed(style.number(slope))}"
            yield f"{style.text(name)}: {moved} = {style.number(value)}"
    if report.columns.folded:
        yield from packing(report, style)
    if report.check is not None:
        yield from verdict(report, style)


def packing(report: Report, style: Style) -> Iterator[str]:
    """`packed: sig (4 gates as 1), 10 turns of t; 98 nodes are shown as 25`, and slopes of gates in closed form."""
    packed = report.folded
    parts = [
        f"{style.text(p.name)} ({p.gates:,} gate{'s' * (p.gates != 1)} as 1{f', {p.calls:,} times' * (p.calls > 1)})"
        for p in packed[:_PACKED_SHOWN]
    ]
    parts += [f"{len(packed) - _PACKED_SHOWN:,} more"] if len(packed) > _PACKED_SHOWN else []
    parts += [
        f"{turns:,} turn{'s' * (turns != 1)} of {style.text(name)}" for name, turns in report.folded_turns.items()
    ]
    shown = report.node_count - report.constant_count
    fewer = f"; {report.whole_count:,} nodes are shown as {shown:,}" if shown < report.whole_count else ""
    yield f"packed: {', '.join(parts)}{fewer}"
    for p in packed[:_PACKED_SHOWN]:
        slopes = [f"∂{p.name}/∂{parameter} = {slope_text(p, parameter)}" for parameter in p.slopes]
        together = f"  {', '.join(slopes)}"
        lines = [together] if len(together) <= _LINE else [f"  {slope}" for slope in slopes]
        yield from map(style.text, lines if slopes else [])


def slope_text(packed: Folded, parameter: str) -> str:
    """The closed form of a slope with the gate's name for its value: `sig*(1 - sig)`."""
    import re

    return re.sub(r"\bout\b", lambda _: packed.name, packed.slopes[parameter])


def verdict(report: Report | JacobianReport, style: Style) -> Iterator[str]:
    """`SymPy agrees: df/dx = z, …` and how that was found, on one line if it is short."""
    check = report.check
    assert check is not None
    *others, last = (_METHODS[m] for m in check.methods) if check.methods else [""]
    details = [" and ".join(filter(None, [", ".join(others), last]))] if last else []
    judge = "SymPy" if "per-gate" in check.methods or not check.methods else "difference quotients"
    if check.verdict == "undecided":
        said = f"{judge} cannot decide: {check.reason}"
    else:
        details.append(f"largest relative error {_error(check)}")
        verb = check.verdict if judge.endswith("s") else f"{check.verdict}s"
        said = f"{judge} {verb}"
        formulas = ", ".join(f"d{report.output}/d{name} = {form}" for name, form in check.formulas.items())
        if check.verdict == "agree" and 0 < len(formulas) <= _FORMULAS_SHOWN:
            said += f": {formulas}"
    how = f"({'; '.join(details)})" if details else ""
    if len(said) + len(how) + 3 <= _LINE:
        yield style.text(f"{said}   {how}".rstrip())
    else:
        yield style.text(said)
        yield style.text(f"  {how}")


_METHODS = {
    "elements": "arrays element by element",
    "sympy": "whole formula",
    "per-gate": "gate by gate",
    "differences": "kinks by differences",
    "gate-differences": "each gate",
    "directional": "the whole program along random directions",
}


def _error(check: Any) -> str:
    """The largest relative error as the power of ten above it: its digits differ from machine to machine.

    Difference quotients are no surer than 1e-6.
    """
    error, least = check.max_rel_error, -6 if "directional" in check.methods else -15
    return "0" if error == 0 else f"below 1e{max(least, floor(log10(error)) + 1)}"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("-") else number
