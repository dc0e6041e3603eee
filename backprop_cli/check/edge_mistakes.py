"""Mistakes in the local gradient at one edge of the graph: what people write there instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from backprop_cli.gates.fields import FLOATS


class Edge(NamedTuple):
    """An edge at a place: the gate's operands' values, its value, the local gradient, and what is around it.

    `upstream` is df/da, `inner` is db/dx, `x` the value of x. `constants` are the operands that are numbers in the
    program, `forks` counts the ways on which b goes on to f, `both` tells that the gate's other operand depends on x
    too, `straight` that a reaches f through sums, signs and constant factors only.
    """

    gate: str
    node: int
    operand: int
    position: int
    point: tuple[float, ...]
    out: float
    slope: float
    upstream: float
    inner: float
    x: float
    is_x: bool
    constants: tuple[bool, ...]
    forks: int
    both: bool
    straight: bool


_Wrong = float | None
LINEAR = frozenset({"add", "sub", "neg"})
_SIGNED = frozenset({"neg", "sin", "cos", "sinh", "cosh", "acos", "erfc"})  # whose signs are mixed up


def _scales(edge: Edge) -> bool:
    """Whether the gate multiplies x's way by a number of the program."""
    return (edge.gate == "mul" and any(edge.constants)) or (edge.gate == "div" and edge.constants[1])


def exponent(edge: Edge) -> float:
    """The constant exponent of a power rule's edge, otherwise 0."""
    if edge.gate == "square":
        return 2.0
    return edge.point[1] if edge.gate == "pow" and edge.position == 0 and edge.constants[1] else 0.0


def _sign(edge: Edge) -> _Wrong:
    minus_somewhere = edge.gate in _SIGNED or (edge.gate in ("sub", "div") and edge.position == 1)
    return -edge.slope if minus_somewhere else None


def _no_exponent(edge: Edge) -> _Wrong:
    return edge.slope / n if (n := exponent(edge)) else None


def _no_constant(edge: Edge) -> _Wrong:
    return 1.0 if _scales(edge) and edge.straight else None


def _left_out(edge: Edge) -> _Wrong:
    return None if edge.gate in LINEAR or (_scales(edge) and edge.straight) else 1.0


def _value(edge: Edge) -> _Wrong:
    return None if edge.gate in LINEAR or edge.gate in ("exp", "mul") or exponent(edge) == 2 else edge.out


def _input_for_output(edge: Edge) -> _Wrong:
    x = edge.point[0]
    return {"sigmoid": x * (1 - x), "tanh": 1 - x * x}.get(edge.gate)


def _wrong_place(edge: Edge) -> _Wrong:
    if len(edge.point) != 1 or edge.is_x or edge.gate in LINEAR:
        return None
    (slope,) = FLOATS.locals[edge.gate](edge.x, FLOATS.value[edge.gate](edge.x))
    return float(slope)


def _not_lowered(edge: Edge) -> _Wrong:
    n = exponent(edge)
    return n * edge.out if n else None


def _not_squared(edge: Edge) -> _Wrong:
    return -edge.out if edge.gate == "div" and edge.position == 1 else None


def _own_operand(edge: Edge) -> _Wrong:
    return edge.point[edge.position] if edge.gate == "mul" and not _scales(edge) else None


def _half_product(edge: Edge) -> _Wrong:
    return 0.0 if edge.gate == "mul" and edge.both else None


def _half_quotient(edge: Edge) -> _Wrong:
    return 0.0 if edge.gate == "div" and edge.both else None


def _no_path(edge: Edge) -> _Wrong:
    return 0.0 if edge.forks > 1 else None


def _no_branch(edge: Edge) -> _Wrong:
    return 0.0 if edge.gate in LINEAR and edge.both else None


# family: its mistakes, the more telling first. The first of a family that fits speaks for it.
AT_AN_EDGE: dict[str, dict[str, Callable[[Edge], _Wrong]]] = {
    "sign": {"sign at": _sign},
    "factor": {"exponent": _no_exponent, "constant": _no_constant},
    "chain": {"left out": _left_out},
    "value": {"value": _value},
    "input": {"input": _input_for_output},
    "place": {"place": _wrong_place},
    "power": {"not lowered": _not_lowered},
    "quotient": {"not squared": _not_squared},
    "operand": {"operand": _own_operand},
    "path": {"product": _half_product, "quotient half": _half_quotient, "path": _no_path, "branch": _no_branch},
}
