"""Every row of the gate table against definitions written down here, at fifty digits or more.

A new row is tested as soon as `MEANING` has its definition. Numbers out of mpmath decide; a looser tolerance
than the two below stands in a table with its reason.
"""

import itertools
import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest
import sympy

import backprop_cli
from backprop_cli import evaluate
from backprop_cli.check.sympy_gates import expression, pieces
from backprop_cli.engine.differences import analytic, one_sided, ridders
from backprop_cli.engine.passes import backward, forward
from backprop_cli.errors import Source
from backprop_cli.gates import ALIASES, BY_SYMBOL, CONSTANTS, GATES
from backprop_cli.gates.fields import COMPLEX, DIGITS, FLOATS
from backprop_cli.graph import lower
from backprop_cli.graph.names import node_names
from backprop_cli.graph.verify import verify
from backprop_cli.language.parser import parse
from backprop_cli.numeric import digits as many
from backprop_cli.report.names import written

INF, NAN = math.inf, math.nan
VALUE_TOLERANCE = 1e-14
SLOPE_TOLERANCE = 1e-12

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # the doubles; Klambauer et al. 2017


def scaled_tail(x):
    """exp(x^2)*erfc(x); far to the right, where mpmath's erfc gives up, by its asymptotic series."""
    if x < 100:
        return mp.exp(x * x) * mp.erfc(x)
    terms, term = [mp.mpf(1)], mp.mpf(1)
    while abs(term) > mp.eps and len(terms) < x * x:
        term *= -(2 * len(terms) - 1) / (2 * x * x)
        terms.append(term)
    return mp.fsum(terms) / (mp.sqrt(mp.pi) * x)


def polygamma(n, x):
    """mpmath's; by reflection below 0, where it takes a step a unit."""
    if x > 0:
        return mp.psi(n, x)
    cotangent = mp.cospi(x) / mp.sinpi(x)
    slope = mp.pi**2 * (1 + cotangent**2) if n == 1 else -2 * mp.pi**3 * cotangent * (1 + cotangent**2)
    return slope - (-1) ** (n + 1) * mp.psi(n, 1 - x)


# What each gate is, as a book would write it: no care for rounding, that is what the digits are for.
MEANING = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "mod": lambda x, y: x - y * mp.floor(x / y),
    "pow": lambda x, y: x**y,
    "neg": lambda x: -x,
    "abs": lambda x: -x if x < 0 else x,
    "stop_gradient": lambda x: x,  # whose slopes are a matter of test_stop_gradient
    "sign": lambda x: mp.mpf((x > 0) - (x < 0)),
    "max": max,
    "min": min,
    "maxout": max,
    "clip": lambda x, lo, hi: min(max(x, lo), hi),
    "where": lambda c, x, y: x if c else y,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "round": mp.nint,
    "lt": lambda x, y: mp.mpf(x < y),
    "le": lambda x, y: mp.mpf(x <= y),
    "gt": lambda x, y: mp.mpf(x > y),
    "ge": lambda x, y: mp.mpf(x >= y),
    "eq": lambda x, y: mp.mpf(x == y),
    "ne": lambda x, y: mp.mpf(x != y),
    "exp": mp.exp,
    "expm1": lambda x: mp.exp(x) - 1,
    "log": mp.log,
    "log1p": lambda x: mp.log(1 + x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "sqrt": mp.sqrt,
    "cbrt": lambda x: mp.sign(x) * mp.root(abs(x), 3),
    "square": lambda x: x * x,
    "hypot": lambda x, y: mp.sqrt(x * x + y * y),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "atan2": mp.atan2,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "logsigmoid": lambda x: -mp.log(1 + mp.exp(-x)),
    "relu": lambda x: max(x, mp.mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (mp.exp(x) - 1),
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * (mp.exp(x) - 1)),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2 if x > -1e10 else mp.mpf(0),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_tanh": lambda x: max(min(x, mp.mpf(1)), mp.mpf(-1)),
    "erf": mp.erf,
    "erfc": lambda x: mp.erfc(x) if x < 1e10 else mp.mpf(0),  # mpmath gives up beyond
    "gamma": mp.gamma,
    "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "xlogy": lambda x, y: x * mp.log(y) if x else mp.mpf(0),
    "logaddexp": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "erfcx": scaled_tail,
    "normcdf": lambda x: mp.exp(-x * x / 2) * scaled_tail(-x / mp.sqrt(2)) / 2,
    "log_normcdf": lambda x: mp.log(scaled_tail(-x / mp.sqrt(2)) / 2) - x * x / 2,
    "normpdf": lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
    "digamma": mp.digamma,
    "trigamma": lambda x: polygamma(1, x),
    "tetragamma": lambda x: polygamma(2, x),
    "sinc": lambda x: mp.sinpi(x) / (mp.pi * x) if x else mp.mpf(1),
    "logit": lambda x: mp.log(x / (1 - x)),
    "log_base": lambda x, base: mp.log(x) / mp.log(base),
    "mish": lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))),
    "huber": lambda x, delta: x * x / 2 if abs(x) <= delta else delta * (abs(x) - delta / 2),
}

# Absolute errors that stand beside the relative tolerance, and why.
VALUE_SLACK = {
    "lgamma": 1e-15,  # zero at 1 and 2, where the C library's keeps absolute, not relative, digits
    "logaddexp": 1e-15,  # zero where the exponentials sum to 1; the larger operand is added last
}
SLOPE_SLACK = {
    "lgamma": 1e-14,  # digamma has a zero between any two poles; its terms are about 2
    "gamma": 1e-14,
    "huber": 1e-30,  # a difference is off by its step where the slope's own slope jumps
}
# Where a slope is not looked for: of mod, beyond the periods a double can count; of pow, where no step is
# small beside 1/y; of atan2, at the origin.
NO_SLOPE = {
    "pow": lambda _, y: abs(y) > 1e15,
    "mod": lambda x, y: abs(x) > 1e15 * abs(y),
    "atan2": lambda y, x: x == y == 0,
}

ORDINARY = (0.3, -0.7, 0.5, 1.0, -1.0, 1.5, -1.5, 2.0, 3.25, -4.75, 7.5, -7.5, 20.0, -27.3)
TINY = (0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e-17, -1e-17, 1e-8, -1e-8)
LARGE = (30.0, -30.0, 40.0, -40.0, 170.5, -180.5, 300.0, -300.0, 700.0, -700.0, 1000.0, -1000.0)
HUGE = (1e8, -1e8, 1e16, -1e16, 1e154, -1e154, 1e300, -1e300, 1.7e308, -1.7e308)
NEAR = (1 - 1e-10, 1 + 1e-10, -1 + 1e-10, -3 - 1e-9, -3 + 1e-9)  # edges of domains, poles of gamma
ONE = (*ORDINARY, *TINY, *LARGE, *HUGE, *NEAR)
TWO = (0.0, 1e-300, -1e-300, -1e-17, 0.1, 1.0, -1.0, 1.5, 3.0, -7.5, 40.0, -700.0, 1000.0, 1e15, 1e300)
THREE = (-1.0, 0.0, 0.5, 2.0)
CORNERS = (0.0, -0.0, 1.0, -2.5, 1e300, -1e300, 5e-324, INF, -INF, NAN)
# Where the easy formula overflows or cancels: gate, operands, value, slopes.
STABLE = [
    ("sigmoid", (1000.0,), 1.0, (0.0,)),
    ("sigmoid", (-1000.0,), 0.0, (0.0,)),
    ("sigmoid", (-700.0,), math.exp(-700), (math.exp(-700),)),
    ("sigmoid", (700.0,), 1.0, (math.exp(-700),)),
    ("logsigmoid", (-1000.0,), -1000.0, (1.0,)),
    ("logsigmoid", (700.0,), -math.exp(-700), (math.exp(-700),)),
    ("softplus", (1000.0,), 1000.0, (1.0,)),
    ("softplus", (-700.0,), math.exp(-700), (math.exp(-700),)),
    ("silu", (-700.0,), -700 * math.exp(-700), (-699 * math.exp(-700),)),
    ("silu", (1000.0,), 1000.0, (1.0,)),
    ("gelu", (40.0,), 40.0, (1.0,)),
    ("gelu", (1.7e308,), 1.7e308, (1.0,)),
    ("tanh", (300.0,), 1.0, (4 * math.exp(-600),)),
    ("logaddexp", (1000.0, 1000.0), 1000 + math.log(2), (0.5, 0.5)),
    ("logaddexp", (1e16, 1e16), 1e16, (0.5, 0.5)),
    ("logaddexp", (-INF, 3.0), 3.0, (0.0, 1.0)),
    ("logaddexp", (3.0, INF), INF, (0.0, 1.0)),
    ("pow", (0.0, 0.0), 1.0, (0.0, -INF)),
    ("pow", (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("stop_gradient", (3.0,), 3.0, (0.0,)),
    ("xlogy", (0.0, 0.0), 0.0, (-INF, 0.0)),
    ("logaddexp", (-1000.0, -700.0), -700.0, (math.exp(-300), 1.0)),
    ("hypot", (3e200, 4e200), 5e200, (0.6, 0.8)),
    ("hypot", (3e-200, 4e-200), 5e-200, (0.6, 0.8)),
    ("asinh", (1e200,), math.log(2) + 200 * math.log(10), (1e-200,)),
    ("acosh", (1e200,), math.log(2) + 200 * math.log(10), (1e-200,)),
    ("atan2", (3e200, 4e200), math.atan(0.75), (1.6e-201, -1.2e-201)),
    ("expm1", (1e-300,), 1e-300, (1.0,)),
    ("mod", (1.0, 0.1), 0.09999999999999995, (1.0, -9.0)),  # 1/0.1 rounds up to 10
    ("lgamma", (-1e-17,), 39.14394658089878, (1e17,)),
]

LATTICE = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)  # where pieces meet


def each(gates):
    return pytest.mark.parametrize("gate", list(gates), ids=lambda gate: gate.name)


each_gate = each(GATES.values())
each_unary = each(gate for gate in GATES.values() if len(gate.parameters) == 1 and not gate.variadic)
with_textbook = each(gate for gate in GATES.values() if gate.textbook and " for " not in gate.textbook)


# -- the judge ---------------------------------------------------------------------------------------------


@cache
def digits(operands):
    """Enough that neither log(1 + exp(-1000)) nor a step beside 1e-300 is lost."""
    return 700 if all(x == 0 or 1e-20 < abs(x) < 1e20 for x in operands) else 1500


def true_value(gate, operands):
    with mp.workdps(digits(operands)):
        return real(MEANING[gate.name](*map(mp.mpf, operands)))


def true_slope(gate, operands, k):
    """A central difference with a step of 1e-30 (1e-200 at 0): right to sixty digits, from values alone."""
    with mp.workdps(digits(operands)):
        here = [mp.mpf(x) for x in operands]
        step = mp.mpf(10) ** (-30 if here[k] else -200) * min(1, *(abs(x) for x in here if x), 1)
        high, low = (MEANING[gate.name](*here[:k], here[k] + d, *here[k + 1 :]) for d in (step, -step))
        return real((high - low) / (2 * step))


def real(number):
    """The number, NaN if it is not real."""
    number = mp.mpmathify(number)
    return number.real if number.imag == 0 else mp.nan


def double(number):
    """The nearest double, an infinity where there is none."""
    return math.copysign(INF, number) if abs(number) >= mp.mpf(2) ** 1024 else float(number)


def close(ours, true, relative, slack=0.0):
    """Equal to the relative tolerance, or as near as doubles below 1e-290 come."""
    if math.isnan(true) or math.isinf(true):
        return ours == true or (math.isnan(ours) and math.isnan(true))
    return abs(ours - true) <= max(relative * abs(true), relative * 1e-290, slack)


def leads_to(far, limit):
    """Whether a number at 1e300 is one on the way to the limit."""
    if math.isinf(limit):
        return abs(far) > 100 and math.copysign(far, limit) == far
    return close(limit, far, 1e-15, slack=1e-100)


# -- the points --------------------------------------------------------------------------------------------


def points(gate, one, two, three):
    """The row's own points, and all tuples of the numbers meant for its arity."""
    arity = 3 if gate.variadic else len(gate.parameters)
    return [*gate.at, *itertools.product((one, two, three)[arity - 1], repeat=arity)]


def lattice(gate):
    return points(gate, LATTICE, LATTICE, LATTICE[::2])


def at(conditions, text, gate, operands, out):
    return bool(text) and bool(conditions[gate.name](*operands, out))


def inside(gate, operands, out):
    return not gate.domain or bool(FLOATS.domain[gate.name](*operands, out))


def pole(gate, operands, out):
    return at(FLOATS.pole, gate.pole, gate, operands, out)


def kink(gate, operands, out):
    return at(FLOATS.kink, gate.kink, gate, operands, out)


def jump(gate, operands, out):
    return at(FLOATS.jump, gate.jump, gate, operands, out)


def smooth(gate, operands, out):
    """Whether there is a finite value, and slopes that are not a convention, infinite or one-sided."""
    odd = ((FLOATS.steep, gate.steep), (FLOATS.kink, gate.kink), (FLOATS.jump, gate.jump), (FLOATS.edge, gate.edge))
    return (
        math.isfinite(out)
        and gate.family != "cut"
        and not any(at(table, text, gate, operands, out) for table, text in odd)
    )


def along(gate, operands, k):
    """The gate as a function of its k-th operand alone."""
    return lambda x: float(FLOATS.value[gate.name](*operands[:k], x, *operands[k + 1 :]))


def locals_at(gate, operands):
    return FLOATS.locals[gate.name](*operands, FLOATS.value[gate.name](*operands))


# -- values and slopes -------------------------------------------------------------------------------------


def test_every_gate_is_defined_here_too():
    assert MEANING.keys() == GATES.keys()


@each_gate
def test_value(gate):
    wrong = []
    for operands in points(gate, ONE, TWO, THREE):
        ours = FLOATS.value[gate.name](*operands)
        if math.isnan(ours) or pole(gate, operands, ours):
            continue  # `test_domain` has them
        true = double(true_value(gate, operands))
        if not close(ours, true, VALUE_TOLERANCE, VALUE_SLACK.get(gate.name, 0.0)):
            wrong.append((operands, ours, true))
    assert not wrong


@each_gate
def test_slopes(gate):
    wrong = []
    for operands in points(gate, ONE, TWO, THREE):
        out = FLOATS.value[gate.name](*operands)
        if not smooth(gate, operands, out) or (gate.name in NO_SLOPE and NO_SLOPE[gate.name](*operands)):
            continue
        for k, ours in enumerate(FLOATS.locals[gate.name](*operands, out)):
            true = double(true_slope(gate, operands, k))
            if not close(ours, true, SLOPE_TOLERANCE, SLOPE_SLACK.get(gate.name, 0.0)):
                wrong.append((operands, k, ours, true))
    assert not wrong


@pytest.mark.parametrize(("name", "operands", "value", "slopes"), STABLE)
def test_stable(name, operands, value, slopes):
    assert FLOATS.value[name](*operands) == pytest.approx(value, rel=1e-13, abs=0)
    assert locals_at(GATES[name], operands) == pytest.approx(slopes, rel=1e-12, abs=0)


# Operands at which a formula that rounds an exponent before it is raised, or a sum that cancels, has lost digits.
LAST_DIGIT = [
    ("normpdf", 36.9), ("normpdf", -30.3), ("normpdf", 25.7), ("normcdf", -36.3), ("normcdf", -21.3),
    ("logit", 0.500000001), ("logit", 0.4999), ("logit", 0.55),
]  # fmt: skip


@pytest.mark.parametrize(("name", "x"), LAST_DIGIT)
def test_to_the_last_digit(name, x):
    ours, true = FLOATS.value[name](x), true_value(GATES[name], (x,))
    assert abs(ours - true) <= 1.5e-15 * abs(true)


@pytest.mark.parametrize("x", [30.3, 37.1, -12.7])
def test_a_slope_to_the_last_digit(x):
    """Of log_normcdf: the bell over the area below it, which is 1 but for its last digits far to the right."""
    (ours,) = FLOATS.locals["log_normcdf"](x, FLOATS.value["log_normcdf"](x))
    with mp.workdps(50):
        true = mp.npdf(x) / mp.ncdf(x)
        assert abs(ours - true) <= 2e-15 * true


@pytest.mark.parametrize(
    ("x", "base", "exponent"), [(1000, 10, 3), (125, 5, 3), (243, 3, 5), (2**29, 2, 29), (0.125, 2, -3)]
)
def test_the_logarithm_of_a_power_is_its_exponent(x, base, exponent):
    assert FLOATS.value["log_base"](float(x), float(base)) == exponent


def test_a_bell_far_out_has_its_digits_where_there_are_enough():
    with many.working(40), mp.workdps(40):
        found = mp.mpf(str(DIGITS.value["normpdf"](many.number(100.0))))
        assert abs(found / (mp.exp(-5000) / mp.sqrt(2 * mp.pi)) - 1) < 1e-30


def test_the_root_of_a_cube_is_exact():
    assert all(FLOATS.value["cbrt"](sign * n**3.0) == sign * n for n in (*range(1, 2000), 199_999) for sign in (1, -1))
    assert evaluate("where(cbrt(x) == 3, 1, 0)", x=27).value == 1 and not evaluate("floor(-cbrt(x))", x=27).notes
    assert math.copysign(1, FLOATS.value["cbrt"](-0.0)) == -1 and FLOATS.value["cbrt"](-INF) == -INF


@pytest.mark.parametrize("sign", [1, -1])
def test_the_sum_of_two_infinite_powers(sign):
    assert FLOATS.value["logaddexp"](sign * INF, sign * INF) == sign * INF  # log(inf + inf), log(0 + 0)


@each(gate for gate in GATES.values() if gate.family != "cut")
def test_differences_agree(gate):
    for operands in gate.at:
        for k, slope in enumerate(locals_at(gate, operands)):
            found = ridders(along(gate, operands, k), operands[k])
            assert found.slope == pytest.approx(slope, rel=1e-7, abs=1e-9)


@each(gate for gate in GATES.values() if analytic(gate))
def test_complex_step_agrees(gate):
    function = COMPLEX.value[gate.name]
    for operands in gate.at:
        for k, slope in enumerate(locals_at(gate, operands)):
            moved = function(*operands[:k], complex(operands[k], 1e-100), *operands[k + 1 :])
            assert complex(moved).imag / 1e-100 == pytest.approx(slope, rel=1e-12, abs=1e-15)


@each(gate for gate in GATES.values() if not gate.truth)
def test_means_what_it_computes(gate):
    for operands in gate.at:
        key, flats = pieces(gate.name, operands)
        meaning = expression(gate.name, [sympy.Rational(x) for x in operands], key, flats)
        ours = FLOATS.value[gate.name](*operands)
        assert ours == pytest.approx(float(sympy.N(meaning, 30)), rel=VALUE_TOLERANCE, abs=0)


@with_textbook
def test_textbook_partials(gate):
    """Absolute, not relative: that the book's form loses digits is why the row has another."""
    for operands in gate.at:
        names = {parameter.name: x for parameter, x in zip(gate.parameters, operands, strict=True)}
        names["out"] = FLOATS.value[gate.name](*operands)
        theirs = [evaluate(text, defaults=names).value for text in gate.textbook.split("; ")]
        assert list(locals_at(gate, operands)) == pytest.approx(theirs, rel=1e-12, abs=1e-12)


# -- the edges ---------------------------------------------------------------------------------------------


@each_gate
def test_any_double_is_an_operand(gate):
    conditions = (
        (FLOATS.domain, gate.domain), (FLOATS.pole, gate.pole), (FLOATS.steep, gate.steep), (FLOATS.kink, gate.kink),
        (FLOATS.jump, gate.jump), (FLOATS.edge, gate.edge), (FLOATS.vanish, gate.vanish),
    )  # fmt: skip
    for operands in points(gate, CORNERS, CORNERS, CORNERS):
        out = FLOATS.value[gate.name](*operands)
        slopes = FLOATS.locals[gate.name](*operands, out)
        assert len(slopes) == len(operands)
        assert all(isinstance(slope, int | float) for slope in slopes)
        if math.isnan(out) and gate.name != "where":
            assert all(map(math.isnan, slopes)), operands
        for condition, text in conditions:
            assert at(condition, text, gate, operands, out) in (True, False)


@each_gate
def test_domain(gate):
    """Inside it a number, or one too large; outside it NaN, or a pole's infinity."""
    for operands in points(gate, ONE, TWO, THREE):
        out = FLOATS.value[gate.name](*operands)
        if not inside(gate, operands, out):
            assert math.isnan(out) or pole(gate, operands, out), (operands, out)
            continue
        assert not math.isnan(out), operands
        assert not pole(gate, operands, out) or gate.name == "pow", operands
        if math.isinf(out) and not pole(gate, operands, out):
            assert double(true_value(gate, operands)) == out, operands


@each_gate
def test_zero_is_exact_or_called_an_underflow(gate):
    for operands in points(gate, ONE, TWO, THREE):
        out = FLOATS.value[gate.name](*operands)
        if out == 0:
            underflow = gate.vanish and not at(FLOATS.vanish, gate.vanish, gate, operands, out)
            assert underflow or true_value(gate, operands) == 0, operands


@each_unary
@pytest.mark.parametrize("side", [-1, 1])
def test_infinite_operand(gate, side):
    """The limits of value and slope where the domain reaches to infinity, otherwise NaN."""
    out = FLOATS.value[gate.name](side * INF)
    if not inside(gate, (side * INF,), out):
        assert math.isnan(out) or pole(gate, (side * INF,), out)
        return
    far = (side * 1e300,)
    value, slope = double(true_value(gate, far)), double(true_slope(gate, far, 0))
    (ours,) = FLOATS.locals[gate.name](side * INF, out)
    assert leads_to(value, out)
    assert leads_to(slope, ours) or jump(gate, far, value) or gate.family == "cut"


@each_unary
def test_nan_stays_nan(gate):
    assert math.isnan(FLOATS.value[gate.name](NAN))


@each_gate
def test_kinks(gate):
    """The slope at a kink is the least of those between the two sides.

    Tied operands of max and min share evenly; x and the bounds of clip add up to 1, and x has none of it.
    """
    found = 0
    for operands in lattice(gate):
        out = FLOATS.value[gate.name](*operands)
        if not kink(gate, operands, out):
            continue
        found += 1
        slopes = FLOATS.locals[gate.name](*operands, out)
        for k, slope in enumerate(slopes):
            low, high = sorted(one_sided(along(gate, operands, k), operands[k]))
            assert low - 1e-3 <= slope <= high + 1e-3, (operands, k)
            if gate.variadic:
                assert slope == (1 / operands.count(out) if operands[k] == out else 0), operands
            elif gate.name != "clip" or k == 0:
                assert slope == pytest.approx(min(max(0, low), high), rel=1e-3, abs=1e-3), (operands, k)
        assert gate.name != "clip" or sum(slopes) == 1, operands
    assert bool(found) == bool(gate.kink)


@each_gate
def test_no_kink_is_kept_quiet(gate):
    for operands in lattice(gate):
        out = FLOATS.value[gate.name](*operands)
        slopes = FLOATS.locals[gate.name](*operands, out)
        if not smooth(gate, operands, out):
            continue
        for k, slope in enumerate(slopes):
            for side in one_sided(along(gate, operands, k), operands[k]):
                if math.isfinite(side) and math.isfinite(slope) and not (gate.name == "where" and k == 0):
                    assert side == pytest.approx(slope, rel=1e-3, abs=1e-3), (operands, k)


@each_gate
def test_jumps(gate):
    """A jump is declared where the value has one along some operand, and nowhere else."""
    found = 0
    for operands in lattice(gate):
        out = FLOATS.value[gate.name](*operands)
        if not math.isfinite(out) or any(map(math.isnan, FLOATS.locals[gate.name](*operands, out))):
            continue
        if gate.name == "where" or at(FLOATS.steep, gate.steep, gate, operands, out):
            continue  # `where` jumps with its comparison; 0^y at y = 0 is called steep
        beside = [along(gate, operands, k)(x + h) for k, x in enumerate(operands) for h in (-1e-9, 1e-9)]
        jumps = any(math.isfinite(value) and abs(value - out) > 0.1 for value in beside)
        assert jumps == jump(gate, operands, out), operands
        found += jumps
    assert bool(found) == bool(gate.jump)


# -- the texts ---------------------------------------------------------------------------------------------


def call(gate, name=""):
    """The gate's call, as a program whose output is a number."""
    names = ("x", "y", "z") if gate.variadic else [parameter.name for parameter in gate.parameters]
    operands = ("c > 0", *names[1:]) if gate.name == "where" else names
    text = f"{name or gate.name}({', '.join(operands)})"
    return (f"where({text}, 1, 0)" if gate.truth else text), list(names)


def graph_of(text, names):
    graph = lower(parse(Source("test", text), names), names)
    verify(graph)
    return graph


def test_names_are_unique():
    names = [*GATES, *ALIASES, *CONSTANTS]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)
    assert len(BY_SYMBOL) == sum(bool(gate.symbol) for gate in GATES.values())


@each_gate
def test_row_is_whole(gate):
    assert gate.description
    assert gate.at
    assert len(gate.partials) == len(gate.parameters)
    assert all(gate.variadic or len(operands) == len(gate.parameters) for operands in gate.at)


@each_gate
def test_aliases_find_it(gate):
    expected = graph_of(*call(gate)).gates
    assert gate.name in expected
    for alias in gate.aliases:
        assert ALIASES[alias] == gate.name
        assert graph_of(*call(gate, alias)).gates == expected


@each(gate for gate in GATES.values() if any(p.default is not None for p in gate.parameters))
def test_defaults_are_filled_in(gate):
    needed = [parameter.name for parameter in gate.parameters if parameter.default is None]
    graph = graph_of(f"{gate.name}({', '.join(needed)})", needed)
    assert list(graph.constants.values()) == [p.default for p in gate.parameters if p.default is not None]


@each_gate
def test_written_reads_back(gate):
    """What a report prints for a node is parsed as the same node."""
    graph = graph_of(*call(gate))
    node, names = graph.gates.index(gate.name), node_names(graph)
    text = written(graph, node, names)
    operands = [names[j] for j in graph.inputs[node]]
    if gate.name == "where":
        text, operands = text.replace("n1", "n1 > 0"), [*operands]
    again = graph_of(f"where({text}, 1, 0)" if gate.truth else text, dict.fromkeys(operands))
    found = again.gates.index(gate.name)
    read = [node_names(again)[j] for j in again.inputs[found]]
    assert read[gate.name == "where" :] == operands[gate.name == "where" :]


# -- many digits -------------------------------------------------------------------------------------------

# Where the definition above needs more than its fifty digits, or a point at which no slope is looked for.
DIGITS_TOLERANCE = {"erfc": 1e-18, "gelu": 1e-18}  # far in the tail the definition has few digits of its own


@each_gate
def test_many_digits(gate):
    """Value and slopes by the row's own texts, at thirty digits, against the definitions: right to twenty."""
    wrong = []
    for operands in points(gate, (*ORDINARY, *NEAR), TWO[4:11], THREE):
        out = FLOATS.value[gate.name](*operands)
        if not smooth(gate, operands, out) or (gate.name in NO_SLOPE and NO_SLOPE[gate.name](*operands)):
            continue
        numbers = [many.number(x) for x in operands]
        exact = DIGITS.value[gate.name](*numbers)
        pairs = [("value", exact, true_value(gate, operands))]
        slopes = DIGITS.locals[gate.name](*numbers, exact)
        pairs += [(k, ours, true_slope(gate, operands, k)) for k, ours in enumerate(slopes)]
        for what, ours, true in pairs:
            with mp.workdps(50):
                allowed = DIGITS_TOLERANCE.get(gate.name, 1e-20) * abs(true) + 1e-30
                if abs(mp.mpf(str(ours)) - true) > allowed:
                    wrong.append((operands, what, ours, true))
    assert not wrong


def test_more_digits_on_demand():
    with many.working(100):
        third = str(DIGITS.value["div"](many.number(1), many.number(3)))
    assert third.startswith("0." + "3" * 95)


@pytest.mark.parametrize(
    ("text", "values", "true"),
    [
        ("exp(x)/(1 + exp(x))", {"x": 60}, "8.756510762696520e-27"),  # slope exp(-60)/(1 + exp(-60))^2
        ("1/(1 + exp(-a))", {"a": -700}, "9.859676543759770e-305"),  # where doubles say 0
    ],
)
def test_a_pass_over_many_digits(text, values, true):
    graph = lower(parse(Source("test", text), values), values)
    numbers = forward(graph, values, DIGITS)
    slope = backward(graph, numbers, graph.output, field=DIGITS).grads[0]
    assert float(slope) == pytest.approx(float(true), rel=1e-14)


@pytest.mark.parametrize("x", [1e300, -1e300, INF, -INF, NAN, 0.0])
@each_gate
def test_many_digits_come_back(gate, x):
    """No answer fills the memory or raises, whatever is asked."""
    for operands in ([x] * len(gate.parameters), [x, *[2.0] * (len(gate.parameters) - 1)]):
        out = DIGITS.value[gate.name](*map(many.number, operands))
        DIGITS.locals[gate.name](*map(many.number, operands), out)


@pytest.mark.parametrize("name", ["erf", "erfc", "erfcx", "normcdf", "gelu", "lognormcdf"])
def test_the_bell_curve_over_arrays_is_that_of_numbers(name):
    """Arrays have rational functions, numbers the C library: two ways to the same digits, at the seams too."""
    seams = [s * (x + d) for x in (0.46875, 4.0, 3.0, 26.5) for d in (-1e-9, 0.0, 1e-9) for s in (-1, 1)]
    points = np.concatenate([seams, np.linspace(-12, 12, 40_001), [1e-300, -1e-8, 0.0, 38.0, -27.5]])
    made = backprop_cli.grad(f"sum({name}(x))", x=points, check=False)
    values = backprop_cli.evaluate(f"{name}(x)", x=points).value
    for place in [*range(len(seams)), *range(len(seams), len(points), 997), *range(len(points) - 5, len(points))]:
        alone = backprop_cli.grad(f"{name}(x)", x=float(points[place]), check=False)
        assert values[place] == pytest.approx(alone.value, rel=5e-15, abs=1e-320), points[place]
        assert made.gradients["x"][place] == pytest.approx(alone.gradients["x"], rel=1e-13, abs=1e-320), points[place]
