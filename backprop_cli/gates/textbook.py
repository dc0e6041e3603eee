"""Slopes as books write them, a part of a gate's `textbook` as a function over a field."""

from __future__ import annotations

from backprop_cli.gates.elementwise import GATES
from backprop_cli.gates.fields import Field, formula_program, functions_of, head
from backprop_cli.gates.tensor_rules import Function
from backprop_cli.lean import cache


@cache  # fields are a handful, and live as long as the program
def textbook(field: Field, name: str, text: str) -> Function:
    """The slope of the gate `name` that a text is, over operands and `out`; it may call gates."""
    for called in functions_of(formula_program(GATES[name], text)):
        if field.function(called) is None:
            field.names[called] = field.value[called]
    return field.build(f"lambda {head(GATES[name])}, out: {field.python(GATES[name], text)}")
