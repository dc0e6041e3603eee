"""The gate table. Adding a gate is adding a row.

Source: Abramowitz & Stegun; `activations` and `special` have more rows, with their sources. Where a textbook form
loses digits the row has a stable one, and `means` or `textbook` keeps the book's.

Conventions: at a kink the subgradient of least norm; tied operands of max and min share evenly; at a jump 0. At an
edge of clip x has slope 0 and the bound that holds it has 1, so that the slopes of what is tied still add up to 1.
"""

from __future__ import annotations

import math

from backprop_cli.gates.activations import ACTIVATIONS
from backprop_cli.gates.gate import Gate
from backprop_cli.gates.special import SPECIAL, SPECIAL_COMPOSITES

CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf}

# What the rows' formulas use and some field does not have by itself, in terms of what every field has.
_COMPOSITES = (
    Gate("maximum(x, y)", "the larger; NaN if either is", "where(x > y, x, where(x == x, y, x))"),
    Gate("minimum(x, y)", "the smaller; NaN if either is", "where(x < y, x, where(x == x, y, x))"),
    Gate("clip(x, lo, hi)", "x between lo and hi; hi wins where they cross", "minimum(maximum(x, lo), hi)"),
    Gate("weigh(x, p)", "x*p, and 0 where p is 0: the limit for an infinite x", "where(p == 0, 0, x*p)"),
    Gate("sigmoid(x)", "1/(1 + exp(-x)), from the side on which exp does not overflow", "logistic(x, exp(-abs(x)))"),
    Gate("logistic(x, z)", "the sigmoid, with exp(-|x|) at hand", "where(x >= 0, 1, z)/(1 + z)"),
    Gate("xlogy(x, y)", "x*log(y), and 0 where x is 0 and y is not negative",
         "where(x == 0, where(y >= 0, 0, x*log(y)), x*log(y))"),
    Gate("logaddexp(x, y)", "log(exp(x) + exp(y)), without forming either; both may be infinite",
         "where(x == y, x + log(2), maximum(x, y) + log1p(exp(-abs(x - y))))"),
)  # fmt: skip

_ROWS = (
    # -- arithmetic
    Gate("add(x, y)", "sum", "x + y", "1", "1", at=[(2, 3)], symbol="+", family="sum", symmetric=True),
    Gate("sub(x, y)", "difference", "x - y", "1", "-1", at=[(2, 3)], symbol="-", aliases="subtract", family="sum"),
    Gate("mul(x, y)", "product", "x*y", "y", "x", at=[(2, 3)], symbol="*", aliases="multiply",
         family="product", symmetric=True,
         vanish="x == 0 or y == 0"),
    Gate("div(x, y)", "quotient", "x/y", "1/y", "-out/y", at=[(2, 3), (1, -4)], symbol="/", aliases="divide",
         family="quotient",
         domain="y != 0", pole="y == 0 and x != 0", vanish="x == 0 or abs(y) == 1/0"),
    Gate("mod(x, y)", "remainder, with the sign of y", "x % y", "1", "-round((x - out)/y)", at=[(7.5, 2), (-7.5, 2)],
         symbol="%", aliases="remainder", means="x - y*floor(x/y)", domain="y != 0", jump="x % y == 0",
         period="abs(y)"),
    Gate("pow(x, y)", "power", "x^y", "where(y == 0, 0, y*x^(y - 1))",
         "where(x == 0, where(y > 0, 0, log(x)), out*log(x))", at=[(2, 3), (0.5, -1.5)], symbol="^",
         family="power", exact_when="y == 1 or x == 1 or x == 0",
         aliases="power", textbook="y*x^(y - 1); x^y*log(x)", domain="x >= 0 or y == floor(y)",
         pole="x == 0 and y < 0", steep="x == 0 and y < 1", edge="x == 0 and y > 1 and y != floor(y)",
         vanish="x == 0 or abs(x) == 1/0 or abs(y) == 1/0"),
    Gate("neg(x)", "opposite", "-x", "-1", at=[2], prefix="-", syntax="negative", family="sum",
         aliases="negative", exact=True),
    # -- pieces
    Gate("abs(x)", "absolute value", "abs(x)", "sign(x)", at=[-2, 3], aliases="absolute fabs",
         means="where(x > 0, x, -x)", kink="x == 0", exact=True),
    Gate("sign(x)", "sign: -1, 0 or 1", "sign(x)", "0", at=[-2, 3], jump="x == 0", routes=True, exact=True),
    Gate("max(*x)", "largest operand", "largest(x)", "where(x == out, 1/ties, 0)", at=[(1, 3), (5, 2, 4)],
         aliases="maximum fmax", kink="ties > 1", routes=True, exact=True, symmetric=True),
    Gate("min(*x)", "smallest operand", "smallest(x)", "where(x == out, 1/ties, 0)", at=[(1, 3), (5, 2, 4)],
         aliases="minimum fmin", kink="ties > 1", routes=True, exact=True, symmetric=True),
    Gate("clip(x, lo, hi)", "x, but at least lo and at most hi", "clip(x, lo, hi)",
         "where(x > lo, where(x < hi, 1, 0), 0)", "where(x <= lo, where(lo < hi, 1, 0), 0)",
         "where(maximum(x, lo) >= hi, 1, 0)", at=[(0.5, -1, 1), (-2, -1, 1), (2, -1, 1)], aliases="clamp",
         means="where(maximum(x, lo) > hi, hi, where(x > lo, x, lo))",
         kink="x == lo or x == hi or lo == hi", routes=True, exact=True),
    Gate("where(c, x, y)", "x if the comparison c holds, otherwise y", "where(c, x, y)",
         "0", "where(c, 1, 0)", "where(c, 0, 1)", at=[(1, 2, 3), (0, 2, 3)], family="choice",
         routes=True, exact=True),
    Gate("stop_gradient(x)", "x, through which no gradient flows back", "x", "0", at=[0.5, -2], aliases="detach",
         means="stop_gradient(x)", family="cut", routes=True, exact=True),
    Gate("floor(x)", "largest whole number not above x", "floor(x)", "0", at=[2.5, -2.5], jump="x == floor(x)",
         routes=True, exact=True, period="1"),
    Gate("ceil(x)", "smallest whole number not below x", "ceil(x)", "0", at=[2.5, -2.5], jump="x == floor(x)",
         routes=True, exact=True, period="1"),
    Gate("round(x)", "nearest whole number, halves to the even one", "round(x)", "0", at=[2.25, -2.75],
         aliases="rint", jump="x - floor(x) == 0.5", routes=True, exact=True, period="1"),
    # -- comparisons: for `where`
    Gate("lt(x, y)", "whether x is below y", "x < y", "0", "0", at=[(1, 2)], symbol="<", aliases="less",
         jump="x == y", routes=True, exact=True, truth=True),
    Gate("le(x, y)", "whether x is at most y", "x <= y", "0", "0", at=[(1, 2)], symbol="<=",
         aliases="less_equal", jump="x == y", routes=True, exact=True, truth=True),
    Gate("gt(x, y)", "whether x is above y", "x > y", "0", "0", at=[(1, 2)], symbol=">", aliases="greater",
         jump="x == y", routes=True, exact=True, truth=True),
    Gate("ge(x, y)", "whether x is at least y", "x >= y", "0", "0", at=[(1, 2)], symbol=">=",
         aliases="greater_equal", jump="x == y", routes=True, exact=True, truth=True),
    Gate("eq(x, y)", "whether x equals y", "x == y", "0", "0", at=[(1, 2)], symbol="==", aliases="equal",
         jump="x == y", routes=True, exact=True, truth=True, symmetric=True),
    Gate("ne(x, y)", "whether x differs from y", "x != y", "0", "0", at=[(1, 2)], symbol="!=",
         aliases="not_equal", jump="x == y", routes=True, exact=True, truth=True, symmetric=True),
    # -- exponentials, logarithms, roots
    Gate("exp(x)", "exponential", "exp(x)", "out", at=[-1, 2], vanish="x == -1/0", exact_when="x == 0"),
    Gate("expm1(x)", "exp(x) - 1, accurate near 0", "expm1(x)", "exp(x)", at=[-1, 2, 1e-9], means="exp(x) - 1"),
    Gate("log(x)", "natural logarithm", "log(x)", "1/x", at=[0.5, 3], aliases="ln", domain="x > 0",
         pole="x == 0", exact_when="x == 1"),
    Gate("log1p(x)", "log(1 + x), accurate near 0", "log1p(x)", "1/(1 + x)", at=[0.5, -0.5, 1e-9],
         means="log(1 + x)", domain="x > -1", pole="x == -1"),
    Gate("log2(x)", "binary logarithm", "log2(x)", "1/(x*log(2))", at=[0.5, 3], means="log(x)/log(2)",
         domain="x > 0", pole="x == 0", exact_when="out == floor(out) and 2^out == x"),
    Gate("log10(x)", "decimal logarithm", "log10(x)", "1/(x*log(10))", at=[0.5, 3], means="log(x)/log(10)",
         domain="x > 0", pole="x == 0", exact_when="out == floor(out) and 0 <= out and out < 23 and 10^out == x"),
    Gate("sqrt(x)", "square root", "sqrt(x)", "1/(2*abs(out))", at=[0.25, 2], textbook="1/(2*sqrt(x))",
         domain="x >= 0", steep="x == 0"),
    Gate("cbrt(x)", "cube root", "cbrt(x)", "1/(3*out^2)", at=[8, -2], means="where(x > 0, x^(1/3), -(-x)^(1/3))",
         steep="x == 0", exact_when="out == floor(out) and abs(out) < 1e5 and out*out*out == x"),
    Gate("square(x)", "square", "x^2", "2*x", at=[3, -2], aliases="sqr", family="power", vanish="x == 0"),
    Gate("hypot(x, y)", "length of (x, y), without overflow", "hypot(x, y)", "where(out == 0, 0, x/out)",
         "where(out == 0, 0, y/out)", at=[(3, 4), (-1, 2)], means="sqrt(x^2 + y^2)", textbook="x/out; y/out",
         kink="x == 0 and y == 0", symmetric=True),
    # -- trigonometry
    Gate("sin(x)", "sine", "sin(x)", "cos(x)", at=[0.5, -2], domain="abs(x) < 1/0"),
    Gate("cos(x)", "cosine", "cos(x)", "-sin(x)", at=[0.5, -2], domain="abs(x) < 1/0", exact_when="x == 0"),
    Gate("tan(x)", "tangent", "tan(x)", "1 + out^2", at=[0.5, -1], domain="abs(x) < 1/0"),
    Gate("asin(x)", "inverse sine", "asin(x)", "1/sqrt((1 - x)*(1 + x))", at=[0.5, -0.9], aliases="arcsin",
         textbook="1/sqrt(1 - x^2)", domain="abs(x) <= 1", steep="abs(x) == 1"),
    Gate("acos(x)", "inverse cosine", "acos(x)", "-1/sqrt((1 - x)*(1 + x))", at=[0.5, -0.9], aliases="arccos",
         textbook="-1/sqrt(1 - x^2)", domain="abs(x) <= 1", steep="abs(x) == 1"),
    Gate("atan(x)", "inverse tangent", "atan(x)", "(1/hypot(1, x))^2", at=[0.5, -2], aliases="arctan",
         textbook="1/(1 + x^2)"),
    Gate("atan2(y, x)", "angle of the point (x, y)", "atan2(y, x)", "x/hypot(x, y)/hypot(x, y)",
         "-y/hypot(x, y)/hypot(x, y)", at=[(1, 2), (-1, -2)], aliases="arctan2",
         textbook="x/(x^2 + y^2); -y/(x^2 + y^2)", jump="y == 0 and x < 0", vanish="y == 0"),
    Gate("sinh(x)", "hyperbolic sine", "sinh(x)", "cosh(x)", at=[0.5, -2]),
    Gate("cosh(x)", "hyperbolic cosine", "cosh(x)", "sinh(x)", at=[0.5, -2], exact_when="x == 0"),
    Gate("tanh(x)", "hyperbolic tangent", "tanh(x)", "(1/cosh(x))^2", at=[0.5, -2, 20], textbook="1 - out^2"),
    Gate("asinh(x)", "inverse hyperbolic sine", "asinh(x)", "1/hypot(1, x)", at=[0.5, -2], aliases="arcsinh",
         textbook="1/sqrt(1 + x^2)"),
    Gate("acosh(x)", "inverse hyperbolic cosine", "acosh(x)", "1/(sqrt(x - 1)*sqrt(x + 1))", at=[1.5, 20],
         aliases="arccosh", textbook="1/sqrt(x^2 - 1)", domain="x >= 1", steep="x == 1"),
    Gate("atanh(x)", "inverse hyperbolic tangent", "atanh(x)", "1/((1 - x)*(1 + x))", at=[0.5, -0.9],
         aliases="arctanh", textbook="1/(1 - x^2)", domain="abs(x) < 1", pole="abs(x) == 1"),
    *ACTIVATIONS,
    *SPECIAL,
)  # fmt: skip

GATES = {gate.name: gate for gate in _ROWS}
COMPOSITES = {composite.name: composite for composite in (*_COMPOSITES, *SPECIAL_COMPOSITES)}
ALIASES = {alias: gate.name for gate in _ROWS for alias in gate.aliases}
BY_SYMBOL = {gate.symbol: gate.name for gate in _ROWS if gate.symbol}
ROUTES = frozenset(gate.name for gate in _ROWS if gate.routes)
BY_SYNTAX = {gate.syntax: gate.name for gate in _ROWS if gate.syntax}
