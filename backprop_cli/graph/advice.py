"""Functions of other tools that are no gates here, as formulas: what is advised where one is called.

A row is the function's name and what to write, over its operands {0}, {1}, …; where it means several things to several
tools, all of them. A test follows each.
"""

from __future__ import annotations

import re

from backprop_cli.graph.functions_of_others import MORE_FORMULAS
from backprop_cli.lean import Iterable, Sequence, cache

_ANGLES = {f"{name}d": f"{name}({{0}}*pi/180)" for name in ("sin", "cos", "tan")}
_INVERSE_ANGLES = {f"{name}d": f"{name}({{0}})*180/pi" for name in ("asin", "acos", "atan")}
RECIPROCAL = {"sec": "cos", "csc": "sin", "cosec": "sin", "cot": "tan", "sech": "cosh", "csch": "sinh", "coth": "tanh"}
_CHOSEN = ("exp(lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1))",)
_ORDERED = ("exp(lgamma(({0}) + 1) - lgamma(({0}) - ({1}) + 1))",)
FORMULAS: dict[str, tuple[str, ...]] = {
    **{name: (f"1/{of}({{0}})",) for name, of in RECIPROCAL.items()},
    **{name: (f"{inverse}(1/({{0}}))",) for start in ("a", "arc") for name, inverse in (
        (f"{start}sec", "acos"), (f"{start}csc", "asin"), (f"{start}cot", "atan"), (f"{start}sech", "acosh"),
        (f"{start}csch", "asinh"), (f"{start}coth", "atanh"))},
    **{name: (formula,) for name, formula in (_ANGLES | _INVERSE_ANGLES).items()},
    "exp2": ("2^({0})",), "exp10": ("10^({0})",), "lg": ("log2({0})", "log10({0})"), "lb": ("log2({0})",),
    "logistic": ("sigmoid({0})",),
    "trunc": ("where(({0}) < 0, ceil({0}), floor({0}))",), "fix": ("where(({0}) < 0, ceil({0}), floor({0}))",),
    "int": ("where(({0}) < 0, ceil({0}), floor({0}))",),
    "sgn": ("sign({0})",), "signum": ("sign({0})",), "heaviside": ("where(({0}) > 0, 1, 0)",),
    "step": ("where(({0}) > 0, 1, 0)",),
    "root": ("({0})^(1/({1}))",), "nthroot": ("({0})^(1/({1}))",), "cube": ("({0})^3",), "recip": ("1/({0})",),
    "reciprocal": ("1/({0})",), "rsqrt": ("1/sqrt({0})",), "inverse": ("inv({0})", "1/({0})"), "sqrt3": ("cbrt({0})",),
    "fact": ("gamma(({0}) + 1)",), "factorial": ("gamma(({0}) + 1)",),
    "lfact": ("lgamma(({0}) + 1)",), "logfactorial": ("lgamma(({0}) + 1)",),
    **dict.fromkeys(("nCr", "ncr", "binomial", "binom", "choose", "comb", "nck"), _CHOSEN),
    **dict.fromkeys(("nPr", "npr", "perm"), _ORDERED),
    "beta": ("exp(lgamma({0}) + lgamma({1}) - lgamma(({0}) + ({1})))",),
    **dict.fromkeys(("betaln", "lbeta"), ("lgamma({0}) + lgamma({1}) - lgamma(({0}) + ({1}))",)),
    **dict.fromkeys(("if", "iif", "ifelse", "cond"), ("where({0}, {1}, {2})",)),
    "xlog1py": ("({0})*log1p({1})",), "entr": ("-xlogy({0}, {0})",), "entropy": ("-sum(xlogy({0}, {0}))",),
    "erfi": (), "erfinv": (), "lambertw": (), "zeta": (),
    "gaussian": ("normpdf({0})", "exp(-({0})^2)"), "relu6": ("clip({0}, 0, 6)",),
    "crelu": ("concat(relu({0}), relu(-({0})))",),
    **dict.fromkeys(("hardsigmoid", "hard_sigmoid"), ("clip(({0})/6 + 0.5, 0, 1)",)),
    **dict.fromkeys(("hardswish", "hard_swish"), ("({0})*clip(({0})/6 + 0.5, 0, 1)",)),
    "prelu": ("leaky_relu({0}, {1})",), "celu": ("elu({0})",), "softmin": ("softmax(-({0}))",),
    "softshrink": ("sign({0})*max(abs({0}) - 0.5, 0)",), "hardshrink": ("where(abs({0}) > 0.5, {0}, 0)",),
    "tanhshrink": ("({0}) - tanh({0})",), "logcosh": ("log(cosh({0}))",),
    "log1mexp": ("log(-expm1({0}))", "log(-expm1(-({0})))"),
    **dict.fromkeys(("huber_loss", "smooth_l1", "smooth_l1_loss"), ("mean(huber(({0}) - ({1})))",)),
    **dict.fromkeys(("kl", "kl_divergence"), ("sum(xlogy({0}, ({0})/({1})))",)),
    **dict.fromkeys(("mae", "l1_loss", "mean_absolute_error"), ("mean(abs(({0}) - ({1})))",)),
    **dict.fromkeys(("rmse", "root_mean_squared_error"), ("sqrt(mse({0}, {1}))",)), "rms": ("sqrt(mean(({0})^2))",),
    "cosine": ("cosine_similarity({0}, {1})",),
    "lerp": ("({0}) + ({2})*(({1}) - ({0}))",), "fma": ("({0})*({1}) + ({2})",), "axpy": ("({0})*({1}) + ({2})",),
    **dict.fromkeys(("deg2rad", "radians", "rad"), ("({0})*pi/180",)), **dict.fromkeys(("rad2deg", "degrees", "deg"),
    ("({0})*180/pi",)),
    "normalize": ("({0})/norm({0}, axis=-1, keepdims=True)",), "dropout": (), "embedding": ("take({1}, {0})",),
    "T": ("({0})'",), "gather": ("pick({0}, {2})",),
    "scaled_dot_product_attention": ("softmax(({0}) @ ({1})'/sqrt(size({1}, axis=-1))) @ ({2})",),
    "sigmoid_cross_entropy_with_logits": ("softplus({1}) - ({0})*({1})",), "eigh": ("eigvalsh({0})",),
    "vstack": ("stack({0})", "concat({0})"), "hstack": ("concat({0})", "concat({0}, axis=1)"),
    "column_stack": ("stack({0}, axis=1)", "concat({0}, axis=1)"), "nanmean": (), "topk": (),
    "cross": (("[({0})[1]*({1})[2] - ({0})[2]*({1})[1], ({0})[2]*({1})[0] - ({0})[0]*({1})[2], "
              "({0})[0]*({1})[1] - ({0})[1]*({1})[0]]"),),
    "softmax_cross_entropy_with_logits": ("-sum(({0})*log_softmax({1}), axis=-1)",),
    "lstsq": ("pinv({0}) @ ({1})",),
    "diff": ("({0})[1:] - ({0})[:-1]",), "pad": (), "trapz": (), "polyval": (), "count_nonzero": ("sum(({0}) != 0)",),
    "corrcoef": (), "baddbmm": ("({0}) + ({1}) @ ({2})",), "long": (), "eig": (), "eigvals": (), "qr": (), "lu": (),
    "svd": ("svdvals({0})",),
    "versin": ("1 - cos({0})",), "haversin": ("(1 - cos({0}))/2",), "gcd": (), "lcm": (),
    "frobenius": ("norm({0})",), "sumsq": ("sum(({0})^2)",), "logsubexp": ("({0}) + log1p(-exp(({1}) - ({0})))",),
    **MORE_FORMULAS,
}  # fmt: skip
# Names of other tools that are no names here: what they are.
MEANT = {
    "M_PI": "pi", "M_E": "e", "M_PI_2": "(pi/2)", "M_PI_4": "(pi/4)", "M_1_PI": "(1/pi)", "M_2_PI": "(2/pi)",
    "M_2_SQRTPI": "(2/sqrt(pi))", **dict.fromkeys(("M_SQRT2", "SQRT2"), "sqrt(2)"),
    **dict.fromkeys(("M_SQRT1_2", "SQRT1_2"), "sqrt(1/2)"), **dict.fromkeys(("M_LN2", "LN2"), "log(2)"),
    **dict.fromkeys(("M_LN10", "LN10"), "log(10)"), **dict.fromkeys(("M_LOG2E", "LOG2E"), "log2(e)"),
    **dict.fromkeys(("M_LOG10E", "LOG10E"), "log10(e)"), **dict.fromkeys(("M_TAU", "TAU", "twopi", "two_pi"), "2*pi"),
    **dict.fromkeys(("INFINITY", "infinity", "infty", "oo", "Inf32", "Inf64"), "inf"), "exp1": "e",
    **dict.fromkeys(("true", "FLT_ONE"), "1"), "false": "0",
    **dict.fromkeys(("DBL_EPSILON", "DBL_EPS", "EPSILON", "FLT64_EPSILON"), "2^-52"), "FLT_EPSILON": "2^-23",
    **dict.fromkeys(("euler_mascheroni", "Euler", "eulergamma", "EULER_GAMMA"), "0.5772156649015329"),
    **dict.fromkeys(("golden", "golden_ratio", "goldenratio", "GOLDEN_RATIO"), "(1 + sqrt(5))/2"),
    "Catalan": "0.915965594177219", **dict.fromkeys(("TWO_PI", "PI2"), "2*pi"), "HALF_PI": "(pi/2)",
    "QUARTER_PI": "(pi/4)",
    "tau": "2*pi", "Infinity": "inf", "True": "1", "False": "0", "TRUE": "1", "FALSE": "0", "eps": "2^-52", "E": "e",
    **dict.fromkeys(("Degree", "deg", "degree", "degrees"), "pi/180"), "MOD": "%", "GoldenRatio": "(1 + sqrt(5))/2",
    **dict.fromkeys(("EulerGamma", "euler_gamma"), "0.5772156649015329"),
}  # fmt: skip
# Words of other languages between operands: what is written here.
_CHOICE = "a choice is a value: `where(x > 0, a, b)`"
WORDS = {
    "in": "a domain is no part of a formula: leave it out; `backprop check --range 0:1` looks there",
    **dict.fromkeys(("then", "else", "otherwise", "elif", "elseif", "case", "when", "end", "endif", "switch"), _CHOICE),
    **dict.fromkeys(("CASE", "WHEN", "THEN", "ELSE", "END", "IF"), _CHOICE),
    **dict.fromkeys(("None", "null", "nil"), "leave it out: `max(x, lo)` and `min(x, hi)` have one limit"),
    "squared": "write `x^2`", "cubed": "write `x^3`", **dict.fromkeys(("over", "divided"), "write `x/y`"),
    **dict.fromkeys(("of", "to", "the", "by", "and", "is"), "words are not read: write a formula, such as `x^2 + y`"),
    "console": "what is computed last is printed: leave it out",
    "for": "a loop is `for t in range(10) { … }`, a value is given after the expression, as `x=3`",
    "lambda": "a function has a name: `f(x) = …`", "lim": "limits are not computed",
    "limit": "limits are not computed",
    **dict.fromkeys(("integrate", "integral"), "integrals are not computed"),
    **dict.fromkeys(("derivative", "differentiate", "derive", "grad", "diff"),
                    "gradients are what comes out: leave it out"),
}  # fmt: skip
# The order of operands that have names, as our language has the names.
PARAMETERS = {
    **dict.fromkeys(("sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits"), ("labels", "scores")),
    **dict.fromkeys(("logpdf", "pdf", "cdf", "normpdf", "normcdf"), ("loc", "scale")),
    **dict.fromkeys(("swish", "silu", "softplus", "sigmoid", "smooth_l1", "smoothl1"), ("beta", "threshold")),
    **dict.fromkeys(("dnorm", "pnorm"), ("mean", "sd")),
    **dict.fromkeys(("dexp", "pexp"), ("rate",)),
    "dpois": ("lambda",),
    "dbinom": ("size", "prob"),
    "dgamma": ("shape", "rate"),
    "dbeta": ("shape1", "shape2"),
    **dict.fromkeys(("dt", "dchisq"), ("df",)),
    "celu": ("alpha",),
    **dict.fromkeys(("softshrink", "hardshrink", "shrink"), ("lambd",)),
    "prelu": ("weight", "alpha"),
    "norm": ("p", "ord"),
    "relu": ("negative_slope", "alpha"),
    "log": ("base",),
    "round": ("digits", "decimals", "ndigits", "n"),
}
_INFINITE = frozenset({"inf"})
_ORDERS_OF_GATES = {"norm": frozenset({"1", "2", "inf", "Inf", "'inf'"})}
BY_ORDER = frozenset({"polygamma/2", "psi/2", "digamma/2"})  # whose first operand says which of the formulas
UNSAID = {"loc": "0", "scale": "1", "mean": "0", "sd": "1"}  # of these, where another of them is given
_DERIVATIVES = frozenset({"diff", "derivative", "deriv", "D", "grad", "gradient", "jacobian", "nabla", "differentiate",
                          "derive", "nderiv", "numderiv", "numericalderivative", "dydx", "ddx", "valueandgrad", "vjp",
                          "jvp", "gradientat", "totalderivative", "partial"})  # fmt: skip
_SECOND = frozenset({"hessian", "laplacian", "hessp"})
GRADIENTS = "gradients are what comes out: `--wrt x` chooses some, `backprop check --claim` tests yours"
SECONDS = "second derivatives are what `backprop hessian` prints, of the formula alone"


_TYPES = frozenset({"int", "float", "double", "bool", "Float64", "int32", "float32"})  # of a condition: 1 or 0
_COMPARES = re.compile("[<>=≤≥≠]")
_OF_A_BASE = re.compile(r"log_?([0-9]+)|log_([A-Za-z])")


def advice(name: str, operands: Sequence[str]) -> str:
    """What to write for a call of a function of another tool; empty where the name is none's."""
    count, based = len(operands), _OF_A_BASE.fullmatch(name)
    known = "" if based and name not in FORMULAS else next((key for key in _keys(name, count) if key in FORMULAS), "")
    if {name, folded(name)} & _DERIVATIVES and not (known and count == 1):
        return GRADIENTS
    if folded(name) in _SECOND:
        return SECONDS
    if name in _TYPES and count == 1 and _COMPARES.search(operands[0]):
        return f"write `1*({operands[0]})`"
    if not known and not based:
        return ""
    formulas = (
        FORMULAS[known]
        if known
        else (f"log({{0}})/log({based[1]})" if based and based[1] else f"log({{0}}, {based[2] if based else ''})",)
    )
    if known in BY_ORDER and operands[0].isdigit():
        formulas = formulas[int(operands[0]) :][:1]
    if not formulas:
        return "there is no such gate, and no formula of gates for it"
    given = [*operands, *"xyz"[count:]]
    listed = ", ".join(operands)
    made = [f"`{_PLACE.sub(lambda place: _put(place, given), formula.replace('{*}', listed))}`" for formula in formulas]
    fewer = max((int(place) + 1 for formula in formulas for _, place in _PLACE.findall(formula)), default=count)
    told = f"of {fewer} operand{'s' * (fewer > 1)} it is" if fewer < count else "write"
    return f"{told} {' or '.join(made)}"


def is_formula(name: str, count: int) -> bool:
    """Whether a function of another tool, of so many operands, is written exactly so."""
    return name in FORMULAS or f"{name}/{count}" in FORMULAS


def of_that_many(name: str, operands: Sequence[str]) -> str:
    """What to write for a call of a gate with as many operands as another tool's function of that name has."""
    known = f"{name}/{len(operands)}" in FORMULAS and _ORDERS_OF_GATES.get(name, _INFINITE).isdisjoint(operands[1:])
    return advice(name, operands) if known else ""


_PLACE = re.compile(r"((?<!\w)\()?\{([0-9])\}(?(1)\))")


def _put(place: re.Match[str], given: Sequence[str]) -> str:
    """An operand in its place; a name or a number needs no brackets, in a call nothing does."""
    operand = given[int(place[2])]
    return f"({operand})" if place[1] and not operand.replace("_", "").replace(".", "").isalnum() else operand


def _keys(name: str, count: int) -> Iterable[str]:
    """Under which a function may be found: for that many operands or any, as it is written or in small letters."""
    plain = name.rstrip("_") or name  # of PyTorch's that end so the values change in place
    for written in dict.fromkeys((plain, plain.lower()) if plain.isupper() else (plain,)):
        yield from (f"{written}/{count}", written)
    if like := _by_folding().get(folded(plain)):
        yield from (f"{like}/{count}", like)


def folded(name: str) -> str:
    """A name without what differs from tool to tool: `hardswish` for `HardSwish` and `hard_swish`."""
    return name.replace("_", "").lower()


@cache
def _by_folding() -> dict[str, str]:
    """The functions by their folded names, but for those of spreadsheets."""
    names = (key.partition("/")[0] for key in FORMULAS)
    return {folded(name): name for name in names if not name.isupper() and len(name) > 1}
