"""What a call gives to each parameter of its gate, by position and by name, and what is wrong with it.

Operands are rows of the program. Attributes (axes, shapes, counts, indices) are written out as whole numbers, `None`,
`True` or `False`: what a shape depends on is known before anything runs.
"""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, shorten
from backprop_cli.gates import Parameter
from backprop_cli.graph.attributes import Unreadable, attribute, meant
from backprop_cli.graph.signature import Signature
from backprop_cli.language.program import Call, Program
from backprop_cli.lean import Any, NamedTuple

DEFAULT = -2  # an operand nobody wrote; -1 is one whose definition did not parse


class BoundCall(NamedTuple):
    """The rows of the operands, DEFAULT where nothing was written, and the defaults that are needed there.

    The values of the attributes, and the rows that were read for those only. Or what is wrong.
    """

    operands: tuple[int, ...] = ()
    defaults: tuple[float, ...] = ()
    attributes: tuple[Any, ...] = ()
    absorbed: frozenset[int] = frozenset()
    diagnostic: Diagnostic | None = None


def bind(program: Program, row: int, gate: Signature) -> BoundCall:
    """The operands and attributes of a call, defaults filled in."""
    call: Call = program.args[row]
    parameters = gate.parameters
    given: list[list[int]] = [[] for _ in parameters]
    positional, absorbed = list(call.operands), set()
    if any(p.starred and not p.kind for p in parameters) and gate.is_tensor and len(positional) == 1:
        (only,) = positional
        if only >= 0 and program.ops[only] == "array":  # concat([x, y]) is concat(x, y)
            positional, absorbed = list(program.args[only]), {only}
    names = [p.name for p in parameters]
    unnamed = any(p.starred for p in parameters) and not gate.is_tensor
    for keyword, operand, start in call.keywords:
        if unnamed:
            return _misfit(program, row, gate, f"the operands of `{shorten(gate.name)}` have no names")
        if keyword not in names:
            from backprop_cli.graph.messages import unknown_parameter  # only now is there something to complain of

            return BoundCall(diagnostic=unknown_parameter(program, row, gate, keyword, start))
        given[names.index(keyword)].append(operand)
    left_over = _by_position(parameters, given, positional)
    filled = list(zip(parameters, given, strict=True))
    missing = any(p.required and not rows and not (p.starred and p.kind) for p, rows in filled)
    twice = any(len(rows) > 1 and not p.starred for p, rows in filled)
    if left_over or twice or missing:
        return _misfit(program, row, gate)
    operands = [j for p, rows in filled if not p.kind for j in rows or [DEFAULT]]
    defaults = tuple(p.default for p, rows in filled if not p.kind and not rows)
    try:
        attributes = tuple(attribute(program, p, rows) for p, rows in filled if p.kind)
    except Unreadable as problem:
        from backprop_cli.graph.messages import misread

        return BoundCall(diagnostic=misread(program, row, gate, problem, meant(program, problem.row)))
    read = {j for p, rows in filled if p.kind for j in rows}
    read |= {j for array in read if program.ops[array] == "array" for j in program.args[array]}
    return BoundCall(tuple(operands), defaults, attributes, frozenset(read | absorbed))


def _by_position(parameters: tuple[Parameter, ...], given: list[list[int]], positional: list[int]) -> list[int]:
    """Give the operands without a name to the parameters in order; answers what is left over.

    Of a gate that takes any number, what comes after the starred parameter is taken from the end.
    """
    starred = next((k for k, p in enumerate(parameters) if p.starred or p.named), len(parameters))
    for k in range(len(parameters) - 1, starred, -1):
        if parameters[k].required and not given[k] and positional:
            given[k].append(positional.pop())
    for k in range(starred):
        if positional:
            given[k].append(positional.pop(0))
    if starred < len(parameters) and parameters[starred].starred:
        given[starred] += positional
        positional = []
    return positional


def _misfit(program: Program, row: int, gate: Signature, message: str = "") -> BoundCall:
    from backprop_cli.graph.messages import misfit

    return BoundCall(diagnostic=misfit(program, row, gate, message))
