"""Mistakes in the local gradient at one edge of the graph: what people write there instead."""

from __future__ import annotations

from math import e

from backprop_cli.gates.fields import FLOATS
from backprop_cli.lean import Callable, NamedTuple


class Edge(NamedTuple):
    """An edge at a place: the gate's operands' values, its value, the local gradient, and what is around it.

    `upstream` is df/da, `inner` is db/dx, `x` the value of x. `constants` are the operands that are numbers in the
    program, `forks` counts the ways on which b goes on to f, `both` tells that the gate's other operand depends on x
    too, `straight` that a reaches f through sums, signs and constant factors only. `rates` are the derivatives of the
    operands by x, where they are numbers, and `rate` is the gate's.
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
    rates: tuple[float, ...] = ()
    rate: float = 0.0


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


def _product_of_slopes(edge: Edge) -> _Wrong:
    """f'*g' for (f*g)': what both terms come to is put on the first."""
    if edge.gate != "mul" or not edge.both or edge.position or not edge.inner or not edge.rates:
        return None
    return edge.slope + (edge.rates[0] * edge.rates[1] - edge.rate) / edge.inner


def _quotient_of_slopes(edge: Edge) -> _Wrong:
    if edge.gate != "div" or not edge.both or edge.position or not edge.inner or not edge.rates or not edge.rates[1]:
        return None
    return edge.slope + (edge.rates[0] / edge.rates[1] - edge.rate) / edge.inner


def _quotient_not_squared(edge: Edge) -> _Wrong:
    if edge.gate != "div" or not edge.both or edge.position or not edge.inner or not edge.rates:
        return None
    return edge.slope + (edge.rate * edge.point[1] - edge.rate) / edge.inner


def _slope_of_slope(edge: Edge) -> _Wrong:
    """f'(g'(x)) for f(g(x))': all of the chain rule is that."""
    if len(edge.point) != 1 or edge.is_x or edge.gate in LINEAR or not edge.rates or not edge.inner:
        return None
    (slope,) = FLOATS.locals[edge.gate](edge.inner, FLOATS.value[edge.gate](edge.inner))
    return float(slope) / edge.inner


def _power_rule(edge: Edge) -> _Wrong:
    """x*a^(x-1) for a^x."""
    if edge.gate == "exp":
        return edge.point[0] * edge.out / e
    if edge.gate == "pow" and edge.position == 1 and edge.constants[0]:
        return edge.point[1] * edge.out / edge.point[0]
    return None


def _antiderivative(edge: Edge) -> _Wrong:
    if edge.gate == "pow" and edge.position == 1 and edge.constants[0]:
        return edge.out / _log(edge.point[0])
    if edge.gate == "div" and edge.position == 1 and edge.constants[0]:
        return edge.point[0] * _log(edge.point[1])
    if n := exponent(edge):
        return edge.out * edge.point[0] / (n + 1) if n != -1 else _log(edge.point[0])
    integral = _INTEGRALS.get(edge.gate)
    return integral(edge.point[0], edge.out) if integral else None


def _log(x: float) -> float:
    """The logarithm of the absolute value."""
    return float(FLOATS.value["log"](FLOATS.value["abs"](x)))


_INTEGRALS: dict[str, Callable[[float, float], float]] = {
    "log": lambda x, out: x * out - x,
    "sqrt": lambda x, out: 2 / 3 * x * out,
    "tanh": lambda x, _: _log(FLOATS.value["cosh"](x)),
    "sigmoid": lambda x, _: FLOATS.value["softplus"](x),
}


def _reciprocal(edge: Edge) -> _Wrong:
    one = len(edge.point) == 1 or exponent(edge)
    return 1 / edge.slope if one and edge.gate not in LINEAR and edge.slope else None


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
    "place": {"place": _wrong_place, "slope of slope": _slope_of_slope},
    "power": {"not lowered": _not_lowered},
    "quotient": {
        "not squared": _not_squared,
        "quotient not squared": _quotient_not_squared,
        "quotient of slopes": _quotient_of_slopes,
    },
    "of slopes": {"product of slopes": _product_of_slopes},
    "other rule": {"power rule": _power_rule, "antiderivative": _antiderivative},
    "operand": {"operand": _own_operand},
    "reciprocal": {"reciprocal": _reciprocal},
    "path": {"product": _half_product, "quotient half": _half_quotient, "path": _no_path, "branch": _no_branch},
}
