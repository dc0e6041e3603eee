"""What happens in each step of a figure, in the equations of the derivation."""

from __future__ import annotations

from backprop_cli.lean import Sequence
from backprop_cli.report.derivation import Derivation
from backprop_cli.report.figure import Edge, Moment, Number
from backprop_cli.report.formula import Equation
from backprop_cli.report.model import Report
from backprop_cli.report.notation import Speller, Words
from backprop_cli.report.rows import Row
from backprop_cli.text import is_whole


def moments(
    report: Report, number: Number, gates: Sequence[Row], sending: Sequence[Row], edges: Sequence[Edge]
) -> list[Moment]:
    """A moment a gate computed, one for the output, one a gate that sends, with the sums that it completes."""
    derivation, output = Derivation(report), report.columns.graph.output
    speller = derivation.speller(Words(str, number, is_whole, "d{}/d{}".format, "∂{}/∂{}".format, str))
    computed = {step.node: step.equations[0] for step in derivation.forward()}
    made = [Moment("forward", row.id, (_line(computed[row.id], speller),)) for row in gates]
    leaving: dict[int, list[Equation]] = {}
    sums: dict[int, Equation] = {}
    for step in derivation.backward():
        if step.subject and step.equations[-1].relation == "+=":
            leaving[step.node] = [equation for equation in step.equations if equation.relation == "+="]
        else:
            sums[step.node] = step.equations[0]
    if output not in sums:
        return made
    made.append(Moment("backward", output, (_line(sums[output], speller),)))
    last = {edge.source: edge.sent for edge in sorted(edges, key=lambda edge: edge.sent)}
    for step_number, row in enumerate(sending, 2):
        whole = [j for j in dict.fromkeys(row.inputs) if j in sums and last.get(j) == step_number]
        said = [*leaving.get(row.id, ()), *(sums[j] for j in whole)]
        made.append(Moment("backward", row.id, tuple(_line(equation, speller) for equation in said)))
    return made


def _line(equation: Equation, speller: Speller) -> str:
    """An equation on a line, with its shapes behind it."""
    beside = f"; {equation.shapes}" if equation.shapes else ""
    return f"{speller.equation(equation)}{beside}"
