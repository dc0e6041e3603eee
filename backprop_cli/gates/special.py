"""Special functions, and what statistics and networks make of them: rows of the gate table, as in `elementwise`.

Sources: the error function and the polygamma functions, Abramowitz & Stegun, chapters 6 and 7; Mish, Misra 2019; the
loss of Huber 1964; sinc is NumPy's and signal processing's, with zeros at the whole numbers.
"""

from __future__ import annotations

from backprop_cli.gates.gate import Gate

SPECIAL_COMPOSITES = (
    Gate("bell(x)", "exp(-x^2/2), to the last digit", "where(abs(x) < 64, bell_near(x, round(16*x)/16), exp(-x*x/2))"),
    Gate("bell_near(x, h)", "the same, from an h beside x whose square is exact", "exp(-h*h/2)*exp((h - x)*(h + x)/2)"),
    Gate("below(x)", "the normal distribution function, to the last digit",
         "where(x < -1, bell(x)*erfcx(-x/sqrt(2))/2, erfc(-x/sqrt(2))/2)"),
    Gate("sine_of_turns(x, n)", "sin(pi*x), from the whole number n beside x",
         "(1 - 2*abs(n - 2*round(n/2)))*sin(pi*(x - n))"),
    Gate("mish_gate(x, z)", "tanh(softplus(x)), with exp(-|x|) at hand",
         "where(x >= 0, 1 + 2*z, z*(z + 2))/where(x >= 0, 1 + 2*z*(1 + z), z*(z + 2) + 2)"),
    Gate("mish_gate_slope(x, z)", "its slope",
         "4*z*(1 + z)*where(x >= 0, z, 1)/where(x >= 0, 1 + 2*z*(1 + z), z*(z + 2) + 2)^2"),
    Gate("whole_or(q, n, x, base)", "n, if x is that power of the base, otherwise q", "where(base^n == x, n, q)"),
)  # fmt: skip

SPECIAL = (
    Gate("erf(x)", "error function", "erf(x)", "2/sqrt(pi)*exp(-x*x)", at=[0.5, -2]),
    Gate("erfc(x)", "1 - erf(x), accurate for large x", "erfc(x)", "-2/sqrt(pi)*exp(-x*x)", at=[0.5, 5],
         means="1 - erf(x)", vanish="x == 1/0", exact_when="x == 0"),
    Gate("gamma(x)", "gamma function: gamma(n) = (n-1)!", "gamma(x)", "out*digamma(x)", at=[0.5, 4.5, -1.5],
         domain="x > 0 or x != floor(x)", pole="x <= 0 and x == floor(x)", vanish="x == x + 1",
         exact_when="x == floor(x) and 0 < x and x < 23", loose=True),
    Gate("lgamma(x)", "logarithm of |gamma(x)|", "lgamma(x)", "digamma(x)", at=[0.5, 4.5], aliases="gammaln",
         means="log(abs(gamma(x)))", domain="x > 0 or x != floor(x)", pole="x <= 0 and x == floor(x)", loose=True),
    Gate("xlogy(x, y)", "x*log(y), and 0 where x is 0", "xlogy(x, y)", "log(y)", "where(x == 0, 0, x/y)",
         at=[(2, 3)], means="x*log(y)", textbook="log(y); x/y", domain="y > 0 or x == 0 and y == 0",
         pole="y == 0 and x != 0", steep="x == 0 and y == 0", vanish="x == 0 or y == 1"),
    Gate("logaddexp(x, y)", "log(exp(x) + exp(y)), without overflow", "logaddexp(x, y)", "sigmoid(x - y)",
         "sigmoid(y - x)", at=[(1, 2), (30, -20)], means="log(exp(x) + exp(y))", symmetric=True, loose=True,
         vanish="abs(x) == 1/0 or abs(y) == 1/0"),
    Gate("erfcx(x)", "exp(x^2)*erfc(x), without overflow", "erfcx(x)", "erfcx_slope(x)", at=[0.5, -2, 8],
         means="exp(x^2)*erfc(x)", textbook="2*x*out - 2/sqrt(pi)", vanish="x == 1/0", exact_when="x == 0"),
    Gate("normcdf(x)", "normal distribution function: the area of the bell curve to the left of x", "below(x)",
         "bell(x)/sqrt(2*pi)", at=[0.5, -2, -12], aliases="ndtr norm_cdf Phi", means="erfc(-x/sqrt(2))/2",
         textbook="normpdf(x)", vanish="x == -1/0", exact_when="x == 0"),
    Gate("log_normcdf(x)", "logarithm of the normal distribution function",
         "where(x < -1, log(erfcx(-x/sqrt(2))/2) - x*x/2, log1p(-below(-x)))",
         "where(x < 0, sqrt(2/pi)/erfcx(-x/sqrt(2)), bell(x)/sqrt(2*pi)/below(x))", at=[0.5, -2, -12],
         aliases="log_ndtr lognormcdf", means="log(erfc(-x/sqrt(2))/2)", textbook="normpdf(x)/normcdf(x)",
         vanish="x == 1/0"),
    Gate("normpdf(x)", "normal density: the bell curve of area 1", "bell(x)/sqrt(2*pi)", "-weigh(x, out)",
         at=[0.5, -2], aliases="norm_pdf", means="exp(-x^2/2)/sqrt(2*pi)", textbook="-x*out",
         vanish="abs(x) == 1/0"),
    Gate("digamma(x)", "slope of lgamma", "digamma(x)", "trigamma(x)", at=[0.5, 4.5, -1.5], aliases="psi",
         means="where(x > 0, digamma(x), digamma(1 - x) - pi/tan(pi*x))",
         domain="x > 0 or x != floor(x)", pole="x <= 0 and x == floor(x)", loose=True),
    Gate("trigamma(x)", "slope of digamma", "trigamma(x)", "tetragamma(x)", at=[0.5, 4.5, -1.5],
         means="where(x > 0, trigamma(x), (pi/sin(pi*x))^2 - trigamma(1 - x))",
         domain="x > 0 or x != floor(x)", pole="x <= 0 and x == floor(x)", vanish="x == 1/0", loose=True),
    Gate("tetragamma(x)", "slope of trigamma", "tetragamma(x)", "pentagamma(x)", at=[0.5, 4.5, -1.25],
         means="where(x > 0, tetragamma(x), tetragamma(1 - x) - 2*cos(pi*x)*(pi/sin(pi*x))^3)",
         domain="x > 0 or x != floor(x)", pole="x <= 0 and x == floor(x)", vanish="x == 1/0", loose=True),
    Gate("sinc(x)", "sin(pi*x)/(pi*x), and 1 at 0",
         "where(x == 0, 1, where(x == round(x), 0, sine_of_turns(x, round(x))/pi/x))", "sinc_slope(x)",
         at=[0.5, -1.25, 0.01],
         means="where(x == 0, 1, sin(pi*x)/(pi*x))", textbook="(cos(pi*x) - out)/x", exact_when="x == floor(x)",
         loose=True, period="1"),
    Gate("logit(x)", "log(x/(1 - x)), the inverse of sigmoid",
         "where(abs(x - 0.5) < 0.25, log1p((2*x - 1)/(1 - x)), log(x/(1 - x)))", "1/(x*(1 - x))",
         at=[0.3, 0.5, 0.9], means="log(x/(1 - x))", domain="x > 0 and x < 1", pole="x == 0 or x == 1",
         exact_when="x == 0.5"),
    Gate("log_base(x, base)", "logarithm to a base; `log(x, base)`",
         "where(base > 0, whole_or(log(x)/log(base), round(log(x)/log(base)), x, base), 0/0)",
         "1/log(base)/x", "-out/log(base)/base", at=[(8, 2), (0.3, 10), (5, 0.5)], means="log(x)/log(base)",
         textbook="1/(x*log(base)); -log(x)/(base*log(base)^2)", domain="x > 0 and base > 0 and base != 1",
         pole="x == 0 and base > 0 or base == 1 and x > 0 and x != 1",
         setting="of a number: `log({0}, {1})` is the logarithm of {0} to the base {1}; that of {1} is `log({1}, {0})`",
         exact_when="x == 1 or base^out == x and out == floor(out)"),
    Gate("mish(x)", "x*tanh(softplus(x))", "weigh(x, mish_gate(x, exp(-abs(x))))",
         "mish_gate(x, exp(-abs(x))) + weigh(x, mish_gate_slope(x, exp(-abs(x))))", at=[0.5, -2],
         means="x*tanh(log(1 + exp(x)))", vanish="x == 0 or x == -1/0", loose=True),
    Gate("huber(x, delta=1)", "loss that is x^2/2 up to delta, and linear beyond",
         "where(delta > 0, where(abs(x) <= delta, x^2/2, delta*(abs(x) - delta/2)), 0/0)",
         "clip(x, -delta, delta)", "where(abs(x) <= delta, 0, abs(x) - delta)", at=[(0.5, 1), (-3, 1), (3, 2.5)],
         means="where(x > delta, delta*(x - delta/2), where(x < -delta, -delta*(x + delta/2), x^2/2))",
         domain="delta > 0", vanish="x == 0",
         setting="`{1}` is the delta of `huber({0}, {1})`; the loss between two values is `huber({0} - {1})`"),
)  # fmt: skip
# What a gate's name means with another number of operands.
OF_OPERANDS = {("log", 2): "log_base"}
# What the last operands of a gate are, which some have in front.
LAST = {"clip": "its bounds"}
