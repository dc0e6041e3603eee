"""The gate table. Adding a gate is adding a row.

`elementary`, `activations` and `special` have more rows, with their sources. Where a textbook form loses digits the row
has a stable one, and `means` or `textbook` keeps the book's.

Conventions: at a kink the subgradient of least norm; tied operands of max and min share evenly; at a jump 0. At an
edge of clip x has slope 0 and the bound that holds it has 1, so that the slopes of what is tied still add up to 1.
"""

from __future__ import annotations

import math

from backprop_cli.gates.activations import ACTIVATIONS
from backprop_cli.gates.elementary import ELEMENTARY
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
    Gate("add(x, y)", "sum", "x + y", "1", "1", at=[(2, 3)], symbol="+", family="sum", symmetric=True,
         exact_when="out - x == y and out - y == x"),
    Gate("sub(x, y)", "difference", "x - y", "1", "-1", at=[(2, 3)], symbol="-", aliases="subtract", family="sum",
         exact_when="x - out == y and out + y == x"),
    Gate("mul(x, y)", "product", "x*y", "y", "x", at=[(2, 3)], symbol="*", aliases="multiply",
         family="product", symmetric=True, vanish="x == 0 or y == 0", exact_when="is_product(x, y, out)"),
    Gate("div(x, y)", "quotient", "x/y", "1/y", "-out/y", at=[(2, 3), (1, -4)], symbol="/", aliases="divide",
         family="quotient", domain="y != 0", pole="y == 0 and x != 0", vanish="x == 0 or abs(y) == 1/0",
         exact_when="is_product(out, y, x)"),
    Gate("mod(x, y)", "remainder, with the sign of y", "x % y", "1", "-round((x - out)/y)", at=[(7.5, 2), (-7.5, 2)],
         symbol="%", aliases="remainder", means="x - y*floor(x/y)", domain="y != 0", jump="x % y == 0",
         period="abs(y)"),
    Gate("pow(x, y)", "power", "x^y", "where(y == 0, 0, y*x^(y - 1))",
         "where(x == 0, where(y > 0, 0, log(x)), out*log(x))", at=[(2, 3), (0.5, -1.5)], symbol="^",
         family="power", exact_when="x == 1 or x == 0 or is_power(x, y, out)",
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
         "0", "where(c, 1, 0)", "where(c, 0, 1)", at=[(1, 2, 3), (0, 2, 3)], family="choice", routes=True, exact=True),
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
    *ELEMENTARY,
    *ACTIVATIONS,
    *SPECIAL,
)  # fmt: skip

GATES = {gate.name: gate for gate in _ROWS}
COMPOSITES = {composite.name: composite for composite in (*_COMPOSITES, *SPECIAL_COMPOSITES)}
ALIASES = {alias: gate.name for gate in _ROWS for alias in gate.aliases}
BY_SYMBOL = {gate.symbol: gate.name for gate in _ROWS if gate.symbol}
ROUTES = frozenset(gate.name for gate in _ROWS if gate.routes)
BY_SYNTAX = {gate.syntax: gate.name for gate in _ROWS if gate.syntax}
