"""Where a gate has a pole, a kink, a jump, an infinite slope, an exact 0: points of both kinds for every condition."""

import math

import numpy as np
import pytest

from backprop_cli import grad
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import ARRAYS, DIGITS, FLOATS
from backprop_cli.numeric.digits import number, working

INF = math.inf
CONDITIONS = ("domain", "pole", "steep", "kink", "jump", "edge", "vanish", "exact_when")
TINY = 5e-324
BESIDE = math.nextafter(8, 9)  # of which the doubles of cbrt and log2 are whole, and the numbers are not
EVEN = 2.0**53  # from here on doubles are even: x + 1 is x

_WHOLE = ([0, 1, -3, EVEN], [0.5, -2.5, 1e-9])
_COMPARED = {"jump": ([(2, 2), (0, -0.0), (-1.5, -1.5)], [(2, 3), (3, 2), (-2, 2)])}
_TIED = {"kink": ([(1, 1), (2, 2, 1), (3, 1, 3), (-2, -2)], [(1, 2), (2, 1), (1, 2, 3), (1, 1, 2), (5,)])}
_FACTORIAL = {
    "domain": ([0.5, 1, 7, -0.5, -2.5], [0, -1, -7]),
    "pole": ([0, -1, -7], [0.5, 1, 7, -0.5, -2.5]),
}
_LEFT = {"vanish": ([-INF], [-800, 0, 1, INF])}
_RIGHT = {"vanish": ([INF], [-INF, -1, 0, 800])}
_ORIGIN_OR_LEFT = {"vanish": ([0, -0.0, -INF], [-800, -1, 1, INF])}

# Gate: condition: points at which it holds, and at which it does not.
POINTS = {
    "add": {"exact_when": ([(1, 2), (0.1, 0), (EVEN, 2), (0.1, -0.1)], [(0.1, 0.2), (EVEN, 1), (1, EVEN)])},
    "sub": {"exact_when": ([(1, 2), (0.1, 0), (EVEN, 2), (0.1, 0.1)], [(0.1, 0.7), (EVEN, -1), (1, -EVEN)])},
    "mul": {
        "vanish": ([(0, 3), (3, 0), (0, 0)], [(1e-200, 1e-200), (1, 1)]),
        "exact_when": ([(3, 7), (0.1, 2), (0, 0.1), (-0.5, 0.1)], [(0.1, 3), (3, 0.1), (0.1, 0.1), (1e-200, 1e-200)]),
    },
    "div": {
        "domain": ([(1, 2), (0, -3), (5, TINY)], [(1, 0), (0, 0), (-1, -0.0)]),
        "pole": ([(1, 0), (-2, 0), (TINY, 0)], [(0, 0), (1, 1), (0, 2), (1, TINY)]),
        "vanish": ([(0, 2), (0, -1), (3, INF), (3, -INF)], [(1e-200, 1e200), (1, 2), (1, -1)]),
        "exact_when": ([(1, 2), (21, 7), (0.1, -4), (0, 3)], [(1, 3), (2, 0.1), (0.3, 0.1), (1, 0)]),
    },
    "mod": {
        "domain": ([(1, 2), (0, -3), (0, 1)], [(1, 0), (0, 0)]),
        "jump": ([(4, 2), (0, 3), (-6, 2), (-6, -2), (2.5, 0.5)], [(5, 2), (7.5, 2), (-7.5, 2), (-1, -2)]),
    },
    "pow": {
        "domain": ([(0, 0.5), (2, 0.5), (-2, 3), (-2, 0), (-1, -2), (0, -1)], [(-2, 0.5), (-1e-9, 1.5), (-2, -0.5)]),
        "pole": ([(0, -1), (0, -0.5), (0, -TINY)], [(0, 0), (0, 1), (1, -1), (-1, -1)]),
        "steep": ([(0, 0.5), (0, 0), (0, -1), (0, 0.999)], [(0, 1), (0, 2), (1, 0.5), (-1, -1)]),
        "edge": ([(0, 1.5), (0, 2.5), (0, 1.001)], [(0, 1), (0, 2), (0, 3), (0, 0.5), (1, 1.5), (0, -1.5)]),
        "vanish": (
            [(0, 2), (INF, -1), (-INF, -1), (0.5, INF), (2, -INF)],
            [(1e-200, 2), (0.1, 400), (10, -400), (1, 1), (-1e-200, 2)],
        ),
        "exact_when": (
            [(0.1, 1), (1, 7.5), (0, 2), (0, 0.3), (3, 2), (-1, 3), (5, 4)],
            [(0.1, 2), (2, 0.5), (0.1, 3), (1e6 + 1, 3), (0.1, 4), (1e5 + 1, 4), (0.5, -1)],
        ),
    },
    "abs": {"kink": ([0, -0.0], [TINY, -1, 1])},
    "sign": {"jump": ([0, -0.0], [TINY, -1, 1])},
    "max": _TIED, "min": {"kink": ([(1, 1), (2, 2, 3), (3, 5, 3)], [(1, 2), (2, 1), (1, 2, 2)])}, "maxout": _TIED,
    "clip": {
        "kink": (
            [(-1, -1, 1), (1, -1, 1), (0, 2, 2), (3, 2, 2), (2, 3, 2), (2, 2, 0)],
            [(0, -1, 1), (-2, -1, 1), (2, -1, 1), (0, 1, -1)],
        )
    },
    "floor": {"jump": _WHOLE}, "ceil": {"jump": _WHOLE},
    "round": {"jump": ([0.5, -0.5, 2.5, -1.5], [0, 1, -3, 0.25, -0.75, 0.49])},
    "lt": _COMPARED, "le": _COMPARED, "gt": _COMPARED, "ge": _COMPARED, "eq": _COMPARED, "ne": _COMPARED,
    "exp": {"vanish": ([-INF], [-800, 0, INF]), "exact_when": ([0], [1, -1, TINY])},
    "log": {
        "domain": ([TINY, 1, 7, INF], [0, -TINY, -1, -INF]), "pole": ([0, -0.0], [TINY, 1, -1]),
        "exact_when": ([1], [0.5, 2, 10]),
    },
    "log1p": {"domain": ([-0.5, 0, 1, INF], [-1, -2]), "pole": ([-1], [-2, -0.5, 0, 1])},
    "log2": {
        "domain": ([TINY, 1, 7], [0, -TINY, -1]), "pole": ([0], [TINY, 1, -1]),
        "exact_when": ([1, 2, 8, 0.25, 2.0**-1000], [3, 10, 0.3, 7.999999999999999]),
    },
    "log10": {
        "domain": ([TINY, 1, 7], [0, -TINY, -1]), "pole": ([0], [TINY, 1, -1]),
        "exact_when": ([1, 10, 100, 1e15, 1e22], [2, 0.1, 0.01, 5, 1e23, 1e300, 999999999999999.9]),
    },
    "sqrt": {"domain": ([0, TINY, 4, INF], [-TINY, -1]), "steep": ([0, -0.0], [TINY, 1, -1])},
    "cbrt": {
        "steep": ([0], [TINY, 1, -1]),
        "exact_when": ([0, 1, 8, -27, -64, 1e12], [2, 0.5, 9, 0.125, 1e30, BESIDE, 300005.0**3]),
    },
    "square": {"vanish": ([0], [1e-200, -1, 1]), "exact_when": ([0, -3, 0.5], [0.1, 1e10 + 1, 1e-200])},
    "hypot": {"kink": ([(0, 0)], [(0, 1), (1, 0), (1, 1), (-1, 0)])},
    "sin": {"domain": ([0, 1e300, -1e300], [INF, -INF])},
    "cos": {"domain": ([0, 1e300, -1e300], [INF, -INF]), "exact_when": ([0], [1, math.pi, -1])},
    "tan": {"domain": ([0, 1e300, -1e300], [INF, -INF])},
    "asin": {"domain": ([0, 1, -1, 0.5], [1.5, -1.5, 2]), "steep": ([1, -1], [0, 0.5, 2, -2])},
    "acos": {"domain": ([0, 1, -1, 0.5], [1.5, -1.5, 2]), "steep": ([1, -1], [0, 0.5, 2, -2])},
    "atan2": {
        "jump": ([(0, -1), (0, -TINY), (-0.0, -3)], [(0, 1), (0, 0), (1, -1), (1, 0), (-1, -1), (1, 1)]),
        "vanish": ([(0, 1), (0, 5)], [(1e-200, 1e200), (1, 1), (-1, 1)]),
    },
    "cosh": {"exact_when": ([0], [1, -1])},
    "acosh": {"domain": ([1, 1.5, INF], [0.999, 0, -1]), "steep": ([1], [0, 2, 1.5])},
    "atanh": {"domain": ([0, 0.5, -0.999], [1, -1, 2, -2]), "pole": ([1, -1], [0, 0.5, 2, -2])},
    "sigmoid": _LEFT | {"exact_when": ([0], [1, -1, 40])},
    "logsigmoid": _RIGHT,
    "relu": {"kink": ([0], [TINY, -1, 1])},
    "leaky_relu": {
        "kink": ([(0, 0.5), (0, 2)], [(1, 0.5), (-1, 0.5)]),
        "vanish": ([(0, 0.5), (-1, 0), (0, 0)], [(-1e-200, 1e-200), (-1, 1), (1, 1)]),
    },
    "elu": {
        "kink": ([(0, 0.5), (0, 2)], [(1, 0.5), (-1, 0.5)]),
        "vanish": ([(0, 0.5), (-1, 0), (0, 0)], [(-1e-200, 1e-200), (-1, 1), (1, 1)]),
    },
    "selu": {"kink": ([0], [TINY, -1, 1])},
    "gelu": _ORIGIN_OR_LEFT, "silu": _ORIGIN_OR_LEFT, "mish": _ORIGIN_OR_LEFT,
    "softplus": _LEFT,
    "hard_tanh": {"kink": ([1, -1], [0, 0.5, 2, -2])},
    "erfc": _RIGHT | {"exact_when": ([0], [1, -1])},
    "gamma": _FACTORIAL | {
        "vanish": ([EVEN, 1e300, -1e17, -INF], [-200.5, -180.5, 1, 0.5]),
        "exact_when": ([1, 2, 5, 22], [0, -1, 0.5, 23, 24, 1.5]),
    },
    "lgamma": _FACTORIAL, "digamma": _FACTORIAL,
    **dict.fromkeys(("trigamma", "tetragamma"), _FACTORIAL | {"vanish": ([INF], [1e200, -1e200, 1, -0.5])}),
    "xlogy": {
        "domain": ([(1, 2), (0, 2), (0, 0), (-1, 0.5), (0, TINY)], [(1, 0), (1, -1), (0, -1), (-1, 0)]),
        "pole": ([(1, 0), (-2, 0)], [(0, 0), (1, 1), (1, -1), (0, 1)]),
        "steep": ([(0, 0)], [(1, 0), (0, 1), (1, 1), (0, -1)]),
        "vanish": ([(0, 2), (3, 1), (0, 0)], [(5e-324, 0.9999999999999999), (2, 3), (-1, 0.5)]),
    },
    "logaddexp": {"vanish": ([(-INF, 0), (0, -INF), (INF, 1), (1, INF)], [(-800, 0), (0, 1), (-1, -1), (1, 1)])},
    "erfcx": _RIGHT | {"exact_when": ([0], [1, -1])},
    "normcdf": _LEFT | {"exact_when": ([0], [1, -1])},
    "log_normcdf": _RIGHT,
    "normpdf": {"vanish": ([INF, -INF], [-40, 0, 1, 40])},
    "sinc": {"exact_when": ([0, 1, -2, 7], [0.5, 1.25])},
    "logit": {
        "domain": ([0.5, TINY, 0.999], [0, 1, -1, 2]), "pole": ([0, 1], [0.5, -1, 2]),
        "exact_when": ([0.5], [0.25, 0.6]),
    },
    "log_base": {
        "domain": ([(8, 2), (0.5, 10), (8, 0.5)], [(0, 2), (-1, 2), (8, 0), (8, -2), (8, 1)]),
        "pole": ([(0, 2), (0, 0.5), (8, 1), (0.5, 1)], [(1, 1), (8, 2), (0, 0), (0, -2), (-8, 1), (1, 2), (8, -1)]),
        "exact_when": (
            [(1, 2), (1, 7), (8, 2), (81, 3), (0.25, 2)],
            [(2, 8), (3, 2), (0.3, 10), (10, 7), (100.00000000000001, 10)],
        ),
    },
    "huber": {
        "domain": ([(1, 1), (0, 2), (-3, TINY)], [(1, 0), (1, -1), (0, 0)]),
        "vanish": ([(0, 1)], [(1e-200, 1), (-1, 1), (1, 1)]),
    },
}  # fmt: skip

ROWS = [(name, condition) for name, conditions in POINTS.items() for condition in conditions]


def operands(point):
    return tuple(map(float, point if isinstance(point, tuple) else (point,)))


def test_every_condition_of_every_gate_is_in_the_table():
    declared = {(gate.name, name) for gate in GATES.values() for name in CONDITIONS if getattr(gate, name)}
    assert declared == set(ROWS)


@pytest.mark.parametrize(("name", "condition"), ROWS)
def test_it_holds_there_and_not_elsewhere(name, condition):
    for truth, points in zip((True, False), POINTS[name][condition], strict=True):
        for point in map(operands, points):
            out = FLOATS.value[name](*point)
            assert bool(getattr(FLOATS, condition)[name](*point, out)) is truth, point
            if condition != "exact_when":  # which is asked of numbers
                arrays = [np.array([x]) for x in (*point, out)]
                with np.errstate(all="ignore"):
                    assert np.all(getattr(ARRAYS, condition)[name](*arrays) == np.array([truth])), point
            elif math.isfinite(out):
                with working(15):  # 53 bits, as doubles have
                    exact = [number(x) for x in point]
                    assert bool(DIGITS.exact_when[name](*exact, DIGITS.value[name](*exact))) is truth, point


# What is said of a value of 0 that is too small, and not of one that is exact: program, x, the notes.
VANISHING = [
    ("sigmoid(x)", -800, {"underflow"}), ("silu(x)", -800, {"underflow"}), ("silu(x)", 0, set()),
    ("gelu(x)", -60, {"underflow"}), ("gelu(x)", 0, set()), ("mish(x)", -800, {"underflow"}), ("mish(x)", 0, set()),
    ("gamma(x)", -200.5, {"underflow"}), ("erfc(x)", 30, {"underflow"}),
    ("normcdf(x)", -40, {"underflow"}), ("softplus(x)", -800, {"underflow"}), ("logsigmoid(x)", 800, {"underflow"}),
    ("x/1e200", 1e-200, {"underflow"}), ("x/2", 0, set()), ("x^2", 1e-200, {"underflow"}), ("x^2", 0, set()),
    ("leaky_relu(x, 1e-200)", -1e-200, {"underflow"}), ("leaky_relu(x, 0)", -1, set()),
    ("elu(x, 1e-200)", -1e-200, {"underflow"}), ("elu(x, 0)", -1, set()), ("atan2(x, 1)", 0, set()),
    ("atan2(x, 1e200)", 1e-200, {"underflow"}), ("huber(x)", 1e-200, {"underflow"}), ("huber(x)", 0, set()),
]  # fmt: skip


@pytest.mark.parametrize(("program", "x", "codes"), VANISHING)
def test_a_value_that_vanished_is_noted(program, x, codes):
    report = grad(program, x=x, check=False)
    assert report.value == 0
    assert {note.code for note in report.notes} == codes
    arrays = grad(f"sum({program})", x=[x], check=False)
    assert {note.code for note in arrays.notes} == codes
