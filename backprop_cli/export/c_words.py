"""How the gates of the language are written in C99, and the functions that a file of C brings along."""

from __future__ import annotations

from backprop_cli.export.dialects import ELEMENTARY, Dialect


def _function(head: str, body: str) -> str:
    return f"static double {head}\n{{\n    {body}\n}}"


C = Dialect(
    "c",
    "",
    "",
    ELEMENTARY | {"asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "erf", "erfc", "lgamma", "cbrt", "pow"}
    | {"floor", "ceil"},
    {
        "abs": "fabs({0})", "relu": "fmax({0}, 0.0)", "round": "rint({0})", "where": "({0} ? {1} : {2})",
        "clip": "fmin(fmax({0}, {1}), {2})", "logsigmoid": "-softplus(-({0}))", "gamma": "tgamma({0})",
        "normcdf": "erfc(-({0})/sqrt(2.0))/2.0", "hard_tanh": "fmin(fmax({0}, -1.0), 1.0)",
        "leaky_relu": "leaky_relu({0}, {1})", "elu": "elu({0}, {1})", "stop_gradient": "({0})",
    },
    {
        "sigmoid": "static double sigmoid(double x)\n{\n    const double z = exp(-fabs(x));\n"
                   "    return x >= 0.0 ? 1.0/(1.0 + z) : z/(1.0 + z);\n}",
        "softplus": _function("softplus(double x)", "return fmax(x, 0.0) + log1p(exp(-fabs(x)));"),
        "sign": _function("sign(double x)", "return (x > 0.0) - (x < 0.0);"),
        "square": _function("square(double x)", "return x*x;"),
        "mod": _function("mod(double x, double y)", "return x - y*floor(x/y);"),
        "silu": _function("silu(double x)", "return x/(1.0 + exp(-x));"),
        "softsign": _function("softsign(double x)", "return x/(1.0 + fabs(x));"),
        "gelu": _function("gelu(double x)", "return x*erfc(-x/sqrt(2.0))/2.0;"),
        "normpdf": _function("normpdf(double x)", "return exp(-x*x/2.0)/sqrt(2.0*acos(-1.0));"),
        "leaky_relu": _function("leaky_relu(double x, double slope)", "return x > 0.0 ? x : slope*x;"),
        "elu": _function("elu(double x, double alpha)", "return x > 0.0 ? x : alpha*expm1(x);"),
        "xlogy": _function("xlogy(double x, double y)", "return x == 0.0 ? 0.0 : x*log(y);"),
        "logaddexp": _function(
            "logaddexp(double x, double y)", "return fmax(x, y) + log1p(exp(-fabs(x - y)));"
        ),
        "huber": _function(
            "huber(double x, double delta)",
            "return fabs(x) <= delta ? x*x/2.0 : delta*(fabs(x) - delta/2.0);",
        ),
    },
    pairwise={"max": "fmax", "min": "fmin", "maxout": "fmax"},
    operators={"%": "mod"},
    constants={"pi": "PI", "e": "E", "inf": "INFINITY", "nan": "NAN"},
)  # fmt: skip
KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile
    while""".split()  # noqa: SIM905
)
# Names of the headers that a user's node must not cover where they are called, and those of the file itself.
NAMES = frozenset(
    """acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh erf erfc exp expm1 fabs floor fmax fmin hypot
    isfinite isnan lgamma log log10 log1p log2 memcpy pow printf rint sin sinh sqrt tan tanh tgamma E INFINITY NAN PI
    NULL check check_all expected failures found gradient main value""".split()  # noqa: SIM905
)
# Gates of arrays in terms of simpler ones, over `x` and `y`, step by step; `{axis}`, `{count}`, … are filled in.
COMPOSITES = {
    "mean": "sum(x, axis={axis}, keepdims={keepdims})/{count}",
    "var": "m = mean(x, axis={axis}, keepdims=True); sum((x - m)^2, axis={axis}, keepdims={keepdims})/{free}",
    "std": "m = mean(x, axis={axis}, keepdims=True); sqrt(sum((x - m)^2, axis={axis}, keepdims={keepdims})/{free})",
    "norm": "sqrt(sum(x^2, axis={axis}, keepdims={keepdims}))",
    "norm1": "sum(abs(x), axis={axis}, keepdims={keepdims})",
    "norminf": "amax(abs(x), axis={axis}, keepdims={keepdims})",
    "dot": "sum(x*y)",
    "mse": "mean((x - y)^2)",
    "softmax": "m = amax(x, axis={axis}, keepdims=True); e = exp(x - m); e/sum(e, axis={axis}, keepdims=True)",
    "log_softmax": "x - logsumexp(x, axis={axis}, keepdims=True)",
    "logsumexp": "m = amax(x, axis={axis}, keepdims=True); s = log(sum(exp(x - m), axis={axis}, keepdims=True)) + m;"
                 " sum(s, axis={axis}, keepdims={keepdims})",
    "cross_entropy": "-sum(y*log_softmax(x, axis=-1))/{rows}",
    "hinge_loss": "r = sum(y*x, axis=-1, keepdims=True); sum((1 - y)*max(x - r + {delta}, 0))/{rows}",
    "trace": "sum(x*eye({last}))",
}  # fmt: skip
