"""Numbers and arrays as they are written in a program: what no double equals, and rows that do not fit."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Label, shorten
from backprop_cli.gates import CONSTANTS
from backprop_cli.graph.remarks import Remark
from backprop_cli.language.program import Program
from backprop_cli.lean import Any
from backprop_cli.numeric.shapes import MOST_AXES, Shape

_LEAST_NORMAL = 2.0**-1022
_DIGITS = 2**53  # what a double keeps of a decimal, but for subnormal ones


def doubtful(program: Program, row: int, value: float) -> tuple[list[Diagnostic], list[Remark]]:
    """What is wrong with a number that may be out of range, and what is to be noted of one that may not be exact."""
    text = program.args[row]
    if value in (0.0, float("inf"), float("-inf")):
        if value == 0 and text.lstrip("-0.")[:1] in ("", "e", "E"):
            return [], []
        return [out_of_range(text, program.label(row))], []
    if abs(value) < _LEAST_NORMAL:
        from fractions import Fraction

        exact = Fraction(text.lower())
        if abs(exact - Fraction(value)) <= abs(exact) / _DIGITS:
            return [], []
        message = f"`{shorten(text)}` is not a double; the nearest one, {value:.10g}, is used"
        return [], [Remark("precision", message, program.starts[row], program.ends[row])]
    if name := next((name for name, number in CONSTANTS.items() if number == abs(value)), ""):
        message = f"`{shorten(text.lstrip('-'))}` is taken for `{name}`, in all its digits"
        return [], [Remark("reading", message, program.starts[row], program.ends[row])]
    digits = text.lstrip("-0")
    if not digits.isdigit() or int(digits) == int(abs(value)):
        return [], []
    message = f"`{shorten(text)}` is not a double; the nearest one, {value:.0f}, is used"
    return [], [Remark("precision", message, program.starts[row], program.ends[row])]


def out_of_range(text: str, label: Label) -> Diagnostic:
    """What is wrong with a number that is no double, and near none."""
    message = f"`{shorten(text)}` is too {'small' if 'e-' in text.lower() else 'large'} for a double"
    return Diagnostic("V301", message, (label,), "doubles reach from 5e-324 to 1.8e308")


def array(program: Program, row: int, values: list[Any]) -> tuple[Any, list[Diagnostic]]:
    """The array of the elements, and what is wrong with their shapes."""
    from backprop_cli.numeric.arrays import doubles

    shapes = [getattr(value, "shape", ()) for value in values]
    if odd := next((k for k, shape in enumerate(shapes) if shape != shapes[0]), 0):
        elements = program.args[row]
        labels = tuple(program.label(elements[k], _length(shapes[k])) for k in (0, odd))
        message = "the rows of an array have the same length"
        return values[0], [Diagnostic("V308", message, labels, "fill the shorter one up")]
    if len(shapes[0]) >= MOST_AXES:
        message = f"an array has more than {MOST_AXES} axes"
        return values[0], [Diagnostic("V308", message, (program.label(row),), "use fewer brackets")]
    return doubles(values), []


def _length(shape: Shape) -> str:
    return f"{shape[0]} element{'s' * (shape[0] != 1)}" if shape else "a number"
