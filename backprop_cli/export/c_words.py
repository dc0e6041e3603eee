"""How the gates of the language are written in C99, and the functions that a file of C brings along."""

from __future__ import annotations

from backprop_cli.export.c_matrices import FUNCTIONS
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
        "log_base": "(log({0})/log({1}))",
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
        "selu": _function(
            "selu(double x)", "return 1.0507009873554805*(x > 0.0 ? x : 1.6732632423543772*expm1(x));"
        ),
        "mish": _function("mish(double x)", "return x*tanh(fmax(x, 0.0) + log1p(exp(-fabs(x))));"),
        "sinc": _function("sinc(double x)", "return x == 0.0 ? 1.0 : sin(acos(-1.0)*x)/(acos(-1.0)*x);"),
        "logit": _function(
            "logit(double x)", "return fabs(x - 0.5) < 0.25 ? log1p((2.0*x - 1.0)/(1.0 - x)) : log(x/(1.0 - x));"
        ),
        "digamma": """/* The slope of lgamma: recurrence up to 10, then Abramowitz & Stegun 6.3.18. */
static double digamma(double x)
{
    double sum = 0.0;
    if (x < 0.5)
        return digamma(1.0 - x) - acos(-1.0)/tan(acos(-1.0)*x);
    for (; x < 10.0; x += 1.0)
        sum -= 1.0/x;
    const double y = 1.0/(x*x);
    const double rest = y*(1.0/252.0 - y*(1.0/240.0 - y*(1.0/132.0 - y*691.0/32760.0)));
    return sum + log(x) - 0.5/x - y*(1.0/12.0 - y*(1.0/120.0 - rest));
}""",
        "xlogy": _function("xlogy(double x, double y)", "return x == 0.0 ? 0.0 : x*log(y);"),
        "logaddexp": _function(
            "logaddexp(double x, double y)", "return fmax(x, y) + log1p(exp(-fabs(x - y)));"
        ),
        "huber": _function(
            "huber(double x, double delta)",
            "return fabs(x) <= delta ? x*x/2.0 : delta*(fabs(x) - delta/2.0);",
        ),
        **FUNCTIONS,
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
EPS = {"layer_norm": 1e-5, "batch_norm": 1e-5, "cosine_similarity": 1e-8}  # where no other is given
_NORMALIZED = (
    "m = mean(x, axis={axis}, keepdims=True); d = x - m;"
    " v = mean(d^2, axis={axis}, keepdims=True); d/sqrt(v + {eps})*y + z"
)
# Gates of arrays in terms of simpler ones, over `x`, `y` and `z`, step by step; `{axis}`, `{count}`, … are filled in.
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
    "cross_entropy": "-sum({smooth}*log_softmax(x, axis=-1))/{rows}",
    "hinge_loss": "r = sum(y*x, axis=-1, keepdims=True); sum((1 - y)*max(x - r + {delta}, 0))/{rows}",
    "trace": "sum(x*eye({last}))",
    "cosine_similarity": "sum(x*y, axis={along})/(max(norm(x, axis={along}), {eps})*max(norm(y, axis={along}), {eps}))",
    "binary_cross_entropy": "-sum(xlogy(y, x) + where(y == 1, 0, (1 - y)*log1p(-x)))/{count}",
    "binary_cross_entropy_with_logits": "sum(y*softplus(-x) + (1 - y)*softplus(x))/{count}",
    "kl_div": "sum(xlogy(y, y) - y*x)/{count}",
    "layer_norm": _NORMALIZED, "batch_norm": _NORMALIZED,
}  # fmt: skip
