"""A call's operands in the order of its gate's parameters, and what is wrong with them."""

from __future__ import annotations

from typing import NamedTuple

from backprop_cli.errors import Diagnostic, shorten
from backprop_cli.gates import Gate
from backprop_cli.gates.gate import Parameter
from backprop_cli.language.program import Call, Definition, Program

DEFAULT = -2  # stands for an operand nobody wrote; -1 is one whose definition did not parse


class Signature(NamedTuple):
    """What a call is judged by, of a gate of the table or of the user's."""

    name: str
    head: str
    parameters: tuple[Parameter, ...]
    variadic: bool = False


class Arguments(NamedTuple):
    """Rows, DEFAULT where nothing was written; the defaults wanted there; or what is wrong."""

    operands: tuple[int, ...] = ()
    defaults: tuple[float, ...] = ()
    diagnostic: Diagnostic | None = None


def signature(gate: Gate | Definition) -> Signature:
    """The names and defaults of a gate's parameters."""
    if isinstance(gate, Gate):
        return Signature(gate.name, gate.head, gate.parameters, gate.variadic)
    parameters = (Parameter(p.name, None if p.default is None else float(p.default)) for p in gate.parameters)
    return Signature(gate.name, gate.head, tuple(parameters))


def arguments(program: Program, row: int, gate: Signature) -> Arguments:
    """What a call gives to each parameter, by position and by name."""
    call: Call = program.args[row]
    if gate.variadic:
        wrong = wrong_arity(program, row, gate) if call.keywords or not call.operands else None
        return Arguments(call.operands, diagnostic=wrong)
    names = [p.name for p in gate.parameters]
    for keyword, _, start in call.keywords:
        if keyword not in names:
            label = program.label(row)._replace(start=start, end=start + len(keyword))
            message = f"`{shorten(gate.name)}` has no parameter `{shorten(keyword)}`"
            return Arguments(diagnostic=Diagnostic("N210", message, (label,), f"the gate is `{gate.head}`"))
    given = dict(zip(names, call.operands, strict=False))
    keywords = {keyword: operand for keyword, operand, _ in call.keywords}
    twice = len(call.keywords) != len(keywords) or not given.keys().isdisjoint(keywords)
    given |= keywords
    missing = [p for p in gate.parameters if p.name not in given]
    if twice or len(call.operands) > len(names) or any(p.default is None for p in missing):
        return Arguments(diagnostic=wrong_arity(program, row, gate))
    defaults = tuple(p.default for p in missing if p.default is not None)
    return Arguments(tuple(given.get(name, DEFAULT) for name in names), defaults)


def wrong_arity(program: Program, row: int, gate: Signature) -> Diagnostic:
    """A call with too few or too many operands, or with one given twice."""
    call: Call = program.args[row]
    found = len(call.operands) + len(call.keywords)
    wanted = "at least 1" if gate.variadic else str(len(gate.parameters))
    if any(p.default is not None for p in gate.parameters):
        wanted = f"{sum(p.default is None for p in gate.parameters)} to {wanted}"
    shown = shorten(gate.name)
    message = f"`{shown}` wants {wanted} operand{'s' * (wanted not in ('1', 'at least 1'))} and got {found}"
    if call.keywords:
        message = f"an operand of `{shown}` is given twice or not at all"
        if gate.variadic:
            message = f"the operands of `{shown}` have no names"
    return Diagnostic("N203", message, (program.label(row),), f"the gate is `{gate.head}`")
