"""How the gates of the language are written in each target: expressions, and functions that a file brings along."""

from __future__ import annotations

from backprop_cli.lean import Mapping, NamedTuple

# Of a call its text, where `{0}`, `{1}`, … are the operands and `{axis}`, … what was given by name.


class Dialect(NamedTuple):
    """A target: what to import, calls by the gate's name, and the functions that some of these are.

    A name that is neither in `calls` nor in `helpers` is written `{prefix}name(…)` if it is in `same`.
    """

    name: str
    imports: str
    prefix: str
    same: frozenset[str]
    calls: Mapping[str, str]
    helpers: Mapping[str, str]
    array: str = "[{}]"  # how a literal is written
    pairwise: Mapping[str, str] = {}  # of any number of operands, by a function of two
    operators: Mapping[str, str] = {}  # signs of the language that are functions
    constants: Mapping[str, str] = {}


ELEMENTARY = frozenset(
    ["exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "hypot"]
)
_SCALAR_HELPERS = {
    "sigmoid": """def sigmoid(x):
    z = math.exp(-abs(x))
    return 1/(1 + z) if x >= 0 else z/(1 + z)""",
    "softplus": """def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))""",
    "sign": """def sign(x):
    return float((x > 0) - (x < 0))""",
}
PYTHON = Dialect(
    "python",
    "import math",
    "math.",
    ELEMENTARY
    | {"asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "erf", "erfc", "gamma", "lgamma", "cbrt"},
    {
        "abs": "abs({0})", "relu": "max({0}, 0.0)", "floor": "float(math.floor({0}))", "ceil": "float(math.ceil({0}))",
        "round": "float(round({0}))", "where": "({1} if {0} else {2})", "square": "({0})**2", "max": "max({all})",
        "min": "min({all})", "clip": "min(max({0}, {1}), {2})", "logsigmoid": "-softplus(-({0}))",
        "silu": "({0})*sigmoid({0})", "normpdf": "math.exp(-({0})**2/2)/math.sqrt(2*math.pi)",
        "normcdf": "math.erfc(-({0})/math.sqrt(2))/2", "gelu": "({0})*math.erfc(-({0})/math.sqrt(2))/2",
        "leaky_relu": "({0} if {0} > 0 else ({1})*({0}))", "elu": "({0} if {0} > 0 else ({1})*math.expm1({0}))",
        "softsign": "({0})/(1 + abs({0}))", "maxout": "max({all})", "hard_tanh": "min(max({0}, -1.0), 1.0)",
        "xlogy": "({0}*math.log({1}) if {0} else 0.0)", "logaddexp": "({0} + softplus({1} - ({0})))",
    },
    _SCALAR_HELPERS,
    constants={"pi": "math.pi", "e": "math.e", "inf": "math.inf"},
)  # fmt: skip

_ARRAY_HELPERS = {
    "sigmoid": """def sigmoid(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z)/(1 + z)""",
    "softplus": """def softplus(x):
    return np.logaddexp(0, x)""",
    "erf": """def erf(x):  # NumPy has none
    return np.vectorize(math.erf, otypes=[float])(x)""",
    "erfc": """def erfc(x):  # NumPy has none
    return np.vectorize(math.erfc, otypes=[float])(x)""",
    "normcdf": """def normcdf(x):
    return erfc(-x/np.sqrt(2))/2""",
    "softmax": """def softmax(x, axis=-1):
    raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return raised/np.sum(raised, axis=axis, keepdims=True)""",
    "logsumexp": """def logsumexp(x, axis=None, keepdims=False):
    largest = np.max(x, axis=axis, keepdims=True)
    summed = largest + np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True))
    return summed if keepdims else np.squeeze(summed, axis=axis)""",
    "log_softmax": """def log_softmax(x, axis=-1):
    moved = x - np.max(x, axis=axis, keepdims=True)
    return moved - np.log(np.sum(np.exp(moved), axis=axis, keepdims=True))""",
    "cofactors": """def cofactors(a):  # the determinant's gradient, also where there is no inverse
    u, s, vt = np.linalg.svd(a)
    rest = np.array([np.prod(np.delete(s, k)) for k in range(len(a))])
    return np.linalg.det(u)*np.linalg.det(vt)*(u*rest) @ vt""",
    "onehot": """def onehot(labels, classes):
    return (np.asarray(labels)[..., None] == np.arange(classes)).astype(float)""",
    "cross_entropy": """def cross_entropy(scores, labels, label_smoothing=0):
    moved = scores - np.max(scores, axis=-1, keepdims=True)
    logs = moved - np.log(np.sum(np.exp(moved), axis=-1, keepdims=True))
    weights = labels if np.shape(labels) == np.shape(scores) else onehot(labels, np.shape(scores)[-1])
    weights = (1 - label_smoothing)*weights + label_smoothing/np.shape(scores)[-1]
    return -np.sum(weights*logs)/scores[..., 0].size""",
    "hinge_loss": """def hinge_loss(scores, labels, delta=1):
    right = labels if np.shape(labels) == np.shape(scores) else onehot(labels, np.shape(scores)[-1])
    margins = (1 - right)*(scores - np.sum(right*scores, axis=-1, keepdims=True) + delta)
    return np.sum(np.maximum(margins, 0))/scores[..., 0].size""",
}
NUMPY = Dialect(
    "numpy",
    "import numpy as np",
    "np.",
    ELEMENTARY
    | {"abs", "sign", "floor", "ceil", "round", "square", "cbrt", "where", "clip", "outer", "kron", "trace", "sum"}
    | {"mean", "prod", "var", "std", "cumsum", "cumprod", "argmax", "argmin", "reshape", "ravel", "tril", "triu"}
    | {"flip", "roll", "swapaxes", "tile", "repeat", "diag", "expand_dims", "squeeze", "eye", "dot", "sort"},
    {
        **{name: f"np.arc{name[1:]}({{0}})" for name in ("asin", "acos", "atan")},
        **{f"a{name}": f"np.arc{name}({{0}})" for name in ("sinh", "cosh", "tanh")},
        "atan2": "np.arctan2({0}, {1})", "relu": "np.maximum({0}, 0)", "logaddexp": "np.logaddexp({0}, {1})",
        "silu": "({0})*sigmoid({0})", "logsigmoid": "-softplus(-({0}))", "softsign": "({0})/(1 + np.abs({0}))",
        "leaky_relu": "np.where({0} > 0, {0}, ({1})*({0}))", "elu": "np.where({0} > 0, {0}, ({1})*np.expm1({0}))",
        "max": "np.max({all})", "min": "np.min({all})",
        "amax": "np.max({all})", "amin": "np.min({all})", "inv": "np.linalg.inv({0})", "det": "np.linalg.det({0})",
        "logdet": "np.linalg.slogdet({0})[1]", "solve": "np.linalg.solve({all})", "norm": "np.linalg.norm({all})",
        "matrix_power": "np.linalg.matrix_power({all})", "mse": "np.mean(({0} - {1})**2)",
        "norm1": "np.sum(np.abs({0}){named})", "norminf": "np.max(np.abs({0}){named})",
        "ones": "np.ones(({all}))", "zeros": "np.zeros(({all}))", "broadcast_to": "np.broadcast_to({0}, ({rest}))",
        "reshape": "np.reshape({0}, ({rest}))", "concat": "np.concatenate([{operands}]{named})",
        "stack": "np.stack([{operands}]{named})", "hard_tanh": "np.clip({0}, -1, 1)", "normpdf":
        "np.exp(-({0})**2/2)/np.sqrt(2*np.pi)", "transpose": "np.transpose({0})", "gelu": "({0})*normcdf({0})",
    },
    _ARRAY_HELPERS,
    array="np.array([{}])",
    pairwise={"max": "np.maximum", "min": "np.minimum", "maxout": "np.maximum"},
    constants={"pi": "np.pi", "e": "np.e", "inf": "np.inf"},
)  # fmt: skip
DIALECTS = {dialect.name: dialect for dialect in (NUMPY, PYTHON)}
