"""What a call gives to each parameter of its gate, by position and by name, and what is wrong with it.

Operands are rows of the program. Attributes (axes, shapes, counts, indices) are written out as whole numbers, `None`,
`True` or `False`: what a shape depends on is known before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from backprop_cli.errors import Diagnostic, shorten
from backprop_cli.gates import ALIASES, CONSTANTS, GATES, Gate, Parameter
from backprop_cli.gates.tensors import REDUCTION_OF, TENSOR_ALIASES, TENSORS
from backprop_cli.language.program import Call, Definition, Program

DEFAULT = -2  # an operand nobody wrote; -1 is one whose definition did not parse
_WORDS = {"None": None, "none": None, "all": None, "True": True, "true": True, "False": False, "false": False}
_NOTHING = object()  # what is not written out


class Signature(NamedTuple):
    """What a call is judged by, of a gate of the table or of the user's."""

    head: str
    parameters: tuple[Parameter, ...]
    is_tensor: bool = False

    @property
    def name(self) -> str:
        """The gate's name."""
        return self.head.partition("(")[0]


class BoundCall(NamedTuple):
    """The rows of the operands, DEFAULT where nothing was written, and the defaults that are needed there.

    The values of the attributes, and the rows that were read for those only. Or what is wrong.
    """

    operands: tuple[int, ...] = ()
    defaults: tuple[float, ...] = ()
    attributes: tuple[Any, ...] = ()
    absorbed: frozenset[int] = frozenset()
    diagnostic: Diagnostic | None = None


class _Unreadable(Exception):  # noqa: N818  it becomes a diagnostic
    """The row of an attribute, and what is expected there."""

    def __init__(self, row: int, expected: str) -> None:
        super().__init__(expected)
        self.row = row


def signature(gate: Gate | Definition) -> Signature:
    """The names and defaults of a gate's parameters."""
    if isinstance(gate, Gate):
        return Signature(gate.head, gate.parameters, gate.is_tensor)
    defaults = ((p.name, None if p.default is None else float(p.default)) for p in gate.parameters)
    return Signature(gate.head, tuple(Parameter(name, "", value is None, value) for name, value in defaults))


def tensor_of(call: Call) -> Gate | None:
    """The tensor gate that is called; `max(x, axis=0)` is one by its keyword."""
    name = ALIASES.get(call.name, call.name)
    if name in REDUCTION_OF and call.keywords:
        return TENSORS[REDUCTION_OF[name]]
    if name in GATES:
        return None
    gate = TENSORS.get(TENSOR_ALIASES.get(name, name))
    return None if gate is None or gate.syntax == "index" else gate  # which is written x[…]


def bind(program: Program, row: int, gate: Signature) -> BoundCall:
    """The operands and attributes of a call, defaults filled in."""
    call: Call = program.args[row]
    parameters = gate.parameters
    given: list[list[int]] = [[] for _ in parameters]
    names = [p.name for p in parameters]
    unnamed = any(p.starred for p in parameters) and not gate.is_tensor
    for keyword, operand, start in call.keywords:
        if unnamed:
            return _refused(program, row, gate, f"the operands of `{shorten(gate.name)}` have no names")
        if keyword not in names:
            label = program.label(row)._replace(start=start, end=start + len(keyword))
            shown = call.name if gate.is_tensor else gate.name
            message = f"`{shorten(shown)}` has no parameter `{shorten(keyword)}`"
            return BoundCall(diagnostic=Diagnostic("N210", message, (label,), f"the gate is `{gate.head}`"))
        given[names.index(keyword)].append(operand)
    left_over = _by_position(parameters, given, list(call.operands))
    filled = list(zip(parameters, given, strict=True))
    missing = any(p.required and not rows and not (p.starred and p.kind) for p, rows in filled)
    twice = any(len(rows) > 1 and not p.starred for p, rows in filled)
    if left_over or twice or missing:
        return _refused(program, row, gate)
    operands = [j for p, rows in filled if not p.kind for j in rows or [DEFAULT]]
    defaults = tuple(p.default for p, rows in filled if not p.kind and not rows)
    try:
        attributes = tuple(_attribute(program, p, rows) for p, rows in filled if p.kind)
    except _Unreadable as problem:
        message = f"`{call.name}` expects {problem} here, written out"
        label = program.label(problem.row if problem.row >= 0 else row)
        return BoundCall(diagnostic=Diagnostic("V307", message, (label,), f"the gate is `{gate.head}`"))
    absorbed = {j for p, rows in filled if p.kind for j in rows}
    absorbed |= {j for array in absorbed if program.ops[array] == "array" for j in program.args[array]}
    return BoundCall(tuple(operands), defaults, attributes, frozenset(absorbed))


def _by_position(parameters: tuple[Parameter, ...], given: list[list[int]], positional: list[int]) -> list[int]:
    """Give the operands without a name to the parameters in order; answers what is left over.

    Of a gate that takes any number, what comes after the starred parameter is taken from the end.
    """
    starred = next((k for k, p in enumerate(parameters) if p.starred), len(parameters))
    for k in range(len(parameters) - 1, starred, -1):
        if parameters[k].required and not given[k] and positional:
            given[k].append(positional.pop())
    for k in range(starred):
        if positional:
            given[k].append(positional.pop(0))
    if starred < len(parameters):
        given[starred] += positional
        positional = []
    return positional


def _refused(program: Program, row: int, gate: Signature, message: str = "") -> BoundCall:
    """A call with too few or too many operands, or with one given twice."""
    call: Call = program.args[row]
    found = len(call.operands) + len(call.keywords)
    if gate.is_tensor:
        message = f"`{call.name}` expects `{gate.head}`, got {found} operand{'s' * (found != 1)}"
    elif not message and call.keywords:
        message = f"an operand of `{shorten(gate.name)}` is given twice or not at all"
    elif not message:
        most, least = len(gate.parameters), sum(p.required for p in gate.parameters)
        variadic = any(p.starred for p in gate.parameters)
        expected = "at least 1" if variadic else str(most) if least == most else f"{least} to {most}"
        plural = "s" * (expected not in ("1", "at least 1"))
        message = f"`{shorten(gate.name)}` expects {expected} operand{plural}, got {found}"
    return BoundCall(diagnostic=Diagnostic("N203", message, (program.label(row),), f"the gate is `{gate.head}`"))


# -- attributes --------------------------------------------------------------------------------------------


def bind_index(program: Program, row: int) -> BoundCall:
    """The operand of `x[items]`, and the items as whole numbers and slices."""
    index = program.args[row]
    items: list[int | slice] = []
    absorbed: set[int] = set()
    try:
        for item in index.items:
            parts = [None if part is None else _whole(program, part, "a whole number") for part in item]
            absorbed.update(part for part in item if part is not None)
            items.append(slice(*parts) if len(item) > 1 else parts[0])  # type: ignore[arg-type]  # an item has a part
    except _Unreadable as problem:
        help_ = "indices are whole numbers and slices, as in `W[1, :]`"
        if program.ops[problem.row] == "array" or len(index.items) > 1:
            help_ += "; for a product write `W @ [1, 2]`"
        message = "an index is a whole number, written out"
        diagnostic = Diagnostic("V307", message, (program.label(problem.row),), help_)
        return BoundCall((index.operand,), diagnostic=diagnostic)
    return BoundCall((index.operand,), (), (tuple(items),), frozenset(absorbed))


def _attribute(program: Program, parameter: Parameter, rows: list[int]) -> Any:
    if parameter.kind == "lengths":
        return _lengths(program, rows)
    return _READERS[parameter.kind](program, rows[0]) if rows else parameter.default


def _lengths(program: Program, rows: list[int]) -> tuple[int, ...]:
    """`2, 3`, or one vector of them, `[2, 3]`."""
    if len(rows) == 1 and program.ops[rows[0]] == "array":
        rows = list(program.args[rows[0]])
    return tuple(_whole(program, row, "whole numbers") for row in rows)


def _axes(program: Program, row: int) -> Any:
    if program.ops[row] == "array":
        return tuple(_whole(program, element, "axes") for element in program.args[row])
    value = _written_out(program, row)
    if value is None:
        return None
    return _whole(program, row, "an axis, such as `axis=0`,")


def _flag(program: Program, row: int) -> bool:
    value = _written_out(program, row)
    if value not in (True, False):
        raise _Unreadable(row, "`True` or `False`")
    return bool(value)


def _whole(program: Program, row: int, expected: str = "a whole number") -> int:
    value = _written_out(program, row)
    if not isinstance(value, float) or value != int(value) or abs(value) > 1e15:
        raise _Unreadable(row, expected)
    return int(value)


def _number(program: Program, row: int) -> float:
    value = _written_out(program, row)
    if not isinstance(value, float):
        raise _Unreadable(row, "a number")
    return value


def _written_out(program: Program, row: int) -> Any:
    """The value of a literal, of `True`, `None` and their like, or of a named constant."""
    if row < 0:
        return _NOTHING
    op, args = program.ops[row], program.args[row]
    if op == "num":
        value = float(args)
        return value if abs(value) < float("inf") else _NOTHING
    if op == "name":
        return _WORDS[args] if args in _WORDS else CONSTANTS.get(args, _NOTHING)
    return _NOTHING


_READERS: dict[str, Callable[[Program, int], Any]] = {
    "axes": _axes, "flag": _flag, "whole": _whole, "number": _number,
}  # fmt: skip
