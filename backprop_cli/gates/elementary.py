"""Rows of the gate table: exponentials, logarithms, roots, trigonometry (Abramowitz & Stegun, chapters 3 and 4)."""

from __future__ import annotations

from backprop_cli.gates.gate import Gate

ELEMENTARY = (
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
    Gate("square(x)", "square", "x^2", "2*x", at=[3, -2], family="power", vanish="x == 0",
         exact_when="is_product(x, x, out)"),
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
)  # fmt: skip
