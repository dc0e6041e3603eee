"""How other tools spell what the gate table has: data, a row a spelling.

A function is read as what stands behind it:

* a name: it is that gate, whose operands come in the same order;
* a text with `{0}`, `{1}`: its operands are put there, in that order;
* "": it is its first operand; what else is given (a type, a device) changes no number.
"""

from __future__ import annotations

# What may stand before a point: `np.exp`, `torch.nn.functional.relu`.
LIBRARIES = frozenset({
    "np", "numpy", "math", "cmath", "torch", "jnp", "jax", "tf", "nn", "F", "functional", "scipy", "special", "sp",
    "sc", "statistics", "linalg", "stats", "norm",
    "Math",
    "ops", "optax", "sympy",
    "random", "lax", "numerics", "fft", "keras", "activations", "losses", "layers",
    "xp", "cp", "cupy", "autograd", "anp", "onp",
})  # fmt: skip
TORCH = frozenset({"torch", "F", "nn"})
# Only tensors of PyTorch have these keywords and methods.
TENSOR_KEYWORDS = frozenset({"dim", "keepdim"})
OF_TENSORS = frozenset({"unsqueeze", "detach", "clamp", "masked_fill", "gather", "pow", "exp", "log", "sigmoid", "tanh",
                        "relu", "backward", "permute", "softmax", "log_softmax", "float", "cpu"})  # fmt: skip
TENSORFLOW = frozenset({"tf", "keras"})
NUMPYS = frozenset({"np", "numpy", "jnp", "torch"})

_SAME = ("array", "asarray", "tensor", "as_tensor", "matrix", "float", "float32", "float64", "FloatTensor", "Variable",
         "constant", "convert_to_tensor", "Tensor", "atleast_1d", "ascontiguousarray", "double", "Parameter",
         "real", "Value", "cast")  # fmt: skip
# Of a library; and without one where nothing of ours has that name.
FUNCTIONS: dict[str, str] = {
    **dict.fromkeys(_SAME, ""),
    **dict.fromkeys(("dot", "matmul", "mm", "mv", "bmm", "multi_dot"), "(({0}) @ ({1}))"),
    **dict.fromkeys(("inner", "vdot"), "dot"),
    **dict.fromkeys(("max", "reduce_max"), "amax"), **dict.fromkeys(("min", "reduce_min"), "amin"),
    "reduce_sum": "sum", "reduce_mean": "mean", "reduce_prod": "prod", "reduce_logsumexp": "logsumexp",
    "reduce_std": "std", "reduce_variance": "var", "nansum": "sum",
    "abs": "abs", "absolute": "abs", "sum": "sum", "mean": "mean", "average": "mean", "square": "square", "pow": "pow",
    **dict.fromkeys(("concatenate", "cat", "concat"), "concat"),
    "stack": "stack",
    **dict.fromkeys(("transpose", "t", "permute_dims"), "transpose"), "reshape": "reshape", "ravel": "ravel",
    "flatten": "ravel",
    "expand_dims": "expand_dims", "unsqueeze": "expand_dims", "squeeze": "squeeze",
    "len": "size({0}, axis=0)", "size": "size", "numel": "size",
    "eye": "eye", "one_hot": "onehot", "clip_by_value": "clip", "clamp": "clip",
    "reciprocal": "(1/({0}))",
    "rsqrt": "(1/sqrt({0}))", "exp2": "(2^({0}))", "true_divide": "div", "float_power": "pow",
    "mse_loss": "mse", "mean_squared_error": "mse", "l1_loss": "mean(abs(({0}) - ({1})))",
    "deg2rad": "(({0})*pi/180)", "radians": "(({0})*pi/180)", "rad2deg": "(({0})*180/pi)", "degrees": "(({0})*180/pi)",
    "log_2": "log2", "log_10": "log10", "log_e": "log", "fabs": "abs", "factorial": "gamma(({0}) + 1)",
    "comb": "exp(lgamma(({0}) + 1) - lgamma(({1}) + 1) - lgamma(({0}) - ({1}) + 1))",
    "heaviside": "where(({0}) > 0, 1, where(({0}) < 0, 0, {1}))", "relu6": "clip({0}, 0, 6)",
    "zeros_like": "(0*({0}))", "ones_like": "(0*({0}) + 1)",
    "ger": "outer", "identity": "eye", "diagonal": "diag", "l2_loss": "(sum(({0})^2)/2)", "matvec": "(({0}) @ ({1}))",
    "addmm": "(({0}) + ({1}) @ ({2}))", "nll_loss": "(-mean(pick({0}, {1})))",
    "pairwise_distance": "norm(({0}) - ({1}) + 1e-6, axis=-1)",
    "smooth_l1_loss": "mean(huber(({0}) - ({1})))",
    "full_like": "(0*({0}) + ({1}))", "cdf": "normcdf", "pdf": "normpdf", "logcdf": "log_normcdf",
}  # fmt: skip
# Without a library these have a meaning of their own here, or in nobody's mind but one.
OURS = frozenset({"dot", "max", "min", "abs", "sum", "mean", "square", "pow", "stack", "transpose", "reshape", "ravel",
                  "eye", "size", "inner", "concat", "squeeze", "expand_dims", "real", "matmul", "constant", "t",
                  "matrix", "int", "long", "double", "clamp", "absolute", "fabs"})  # fmt: skip
FUNCTIONS_OF = {("tf", "identity"): ""}  # of one library
# With another number of operands than in the table above.
OF_COUNT = {
    ("linear", 2): "(({0}) @ ({1})')", ("linear", 3): "(({0}) @ ({1})' + ({2}))", ("gather", 2): "take",
    ("huber_loss", 2): "mean(huber(({0}) - ({1})))", ("huber_loss", 3): "mean(huber(({0}) - ({1}), {2}))",
}  # fmt: skip
# Classes whose objects are called: `nn.ReLU()(x)`.
CLASSES = {
    "ReLU": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "softmax", "LogSoftmax": "log_softmax",
    "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "Softsign": "softsign", "Hardtanh": "hard_tanh",
    "GELU": "gelu", "SiLU": "silu", "Mish": "mish", "Softplus": "softplus", "LogSigmoid": "logsigmoid",
}  # fmt: skip
# Others, whose functions have formulas and no gates.
WITHOUT_GATE = frozenset({"CELU", "Hardsigmoid", "Hardswish", "Softmin", "ReLU6", "Tanhshrink", "Softshrink",
                          "Hardshrink", "GLU", "PReLU"})  # fmt: skip
PARAMETRIC = frozenset({"LeakyReLU", "ELU"})  # with the operand of the gate
INFINITIES = {"'inf'": "inf", "'-inf'": "(-inf)", '"inf"': "inf", '"-inf"': "(-inf)"}
# Of the library alone: `np.log` is our `log`, but `tf.log` is too, and `math.e` a constant.
CONSTANTS = {
    "pi": "pi", "e": "e", "PI": "pi", "E": "e", "inf": "inf", "Inf": "inf", "infty": "inf", "newaxis": "None",
    "nan": "",
}  # fmt: skip

# Methods whose argument counts all elements, and what they are.
FLAT = {"item": "ravel(x)[0]", "take": "take(ravel(x), 0)"}
OF_ROWS = frozenset({"take"})  # which is the same here of a vector
# Behind an operand: `x.sum(0)`, `W.T`. `{0}` is what stands before the point, `{1}` the first argument.
METHODS: dict[str, str] = {
    **dict.fromkeys(
        ("copy", "clone", "astype", "float", "double", "numpy", "item", "cpu", "cuda", "to", "contiguous",
         "requires_grad_", "type", "asnumpy", "tolist", "half", "block_until_ready", "retain_grad"), ""),
    "detach": "stop_gradient",
    **dict.fromkeys(("dot", "matmul", "mm", "mv", "bmm", "__matmul__"), "(({0}) @ ({1}))"),
    **dict.fromkeys(("t", "transpose", "adjoint"), "transpose"),
    "max": "amax", "min": "amin", "pow": "(({0})^({1}))", "reshape": "reshape", "view": "reshape",
    "flatten": "ravel", "unsqueeze": "expand_dims", "clamp": "clip", "clip": "clip", "size": "size",
    "add": "(({0}) + ({1}))", "sub": "(({0}) - ({1}))", "mul": "(({0})*({1}))", "div": "(({0})/({1}))",
    "neg": "(-({0}))",
    "square": "square", "reciprocal": "(1/({0}))", "numel": "size", "rsqrt": "(1/sqrt({0}))", "inverse": "inv",
    "masked_fill": "where(y={0}, c={1}, x={2})", "diagonal": "diag", "item": "", "squeeze": "squeeze",
    "logdet": "logdet",
}  # fmt: skip
ATTRIBUTES = {"T": "'", "H": "'", "data": "stop_gradient", "real": "", "size": "size", "values": ""}

KEYWORDS = {
    "dim": "axis", "keepdim": "keepdims", "axes": "axis", "reduction_indices": "axis", "keep_dims": "keepdims",
    "a_min": "lo", "a_max": "hi", "clip_value_min": "lo", "clip_value_max": "hi", "negative_slope": "slope",
    "num_classes": "classes", "logits": "scores", "depth": "classes", "correction": "ddof",
}  # fmt: skip
KEYWORDS_OF = {("leaky_relu", "alpha"): "slope"}
UPPER, TRIANGLES = frozenset({"cholesky"}), frozenset({"solve_triangular"})
OPTIONAL = frozenset({"conv1d", "conv2d"})  # an operand that is None there is 0 here
# They change no number.
SILENT = frozenset({"dtype", "requires_grad", "device", "out", "copy", "inplace", "memory_format",
                    "preferred_element_type", "name", "ndmin"})  # fmt: skip

# Signs of mathematics, and what is typed here.
SIGNS = {
    "–": "-", "—": "-", "∗": "*", "∙": "*", "•": "*", "⋆": "*", "⊙": "*", "∘": "*", "⁄": "/", "∕": "/", "∞": "inf",
    "＊": "*", "＾": "^", "‐": "-", **dict.fromkeys("‑‒﹣－➖⊖", "-"), "➕": "+", **dict.fromkeys("➗⊘∶／", "/"),
    **dict.fromkeys("✕✖⨉", "*"), **dict.fromkeys("↑⌃", "^"), **dict.fromkeys("⩽≦", "<="), **dict.fromkeys("⩾≧", ">="),
    **dict.fromkeys("←≝≜", "="), "［": "[", "］": "]", "；": ";", "∆": "Delta",
    "＋": "+", "＝": "=", "（": "(", "）": ")", "，": ",", "ℓ": "l", "⊤": "'", "“": '"', "≔": "=",
    "\u2009": " ", "\u202f": " ", "\u2003": " ", "\u2062": " ", "\u200b": " ", "\u2002": " ",
}  # fmt: skip
# Greek letters that are functions where they are called.
CALLED = {
    "σ": "sigmoid",
    "Γ": "gamma",
    "Φ": "normcdf",
    "φ": "normpdf",
    "ϕ": "normpdf",
    "ψ": "digamma",
}
_DIGITS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "⁺": "+", "⁻": "-",
           "⁽": "(", "⁾": ")", "ⁿ": "n", "ˣ": "x", "ʸ": "y", "ᵏ": "k"}  # fmt: skip
LOWERED = str.maketrans(_DIGITS)

# Which norm the order asks for: `norm(x, 1)`, `norm(x, ord=np.inf)`.
NORMS = {
    "norm": {"1": "norm1", "2": "norm", "inf": "norminf", "fro": "norm"},
    "vector_norm": {"1": "norm1", "2": "norm", "inf": "norminf"},
    "matrix_norm": {"fro": "norm"},
}
BAR_NORMS = {
    "": "norm",
    "₁": "norm1",
    "₂": "norm",
    "∞": "norminf",
    "_1": "norm1",
    "_2": "norm",
    "_F": "norm",
    "_inf": "norminf",
}
ABSOLUTE = "abs"
ROOTS = {"√": "sqrt", "∛": "cbrt", "∜": "sqrt(sqrt"}
ORDERS = {"2": "sqrt", "3": "cbrt", "4": "sqrt(sqrt"}  # ³√x
SIGNS_OF_JOINING = {"&": "and", "&&": "and", "∧": "and", "∨": "or", "¬": "not", "~": "not"}
BRACKETS = {"⟨": "dot(", "⟩": ")", "〈": "dot(", "〉": ")", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}  # ⟨x, y⟩
# Of two operands they are elementwise: `torch.max(a, b)`.
ELEMENTWISE = frozenset({"max", "min"})
LEAVES = frozenset({"Value", "Parameter", "Variable"})  # what they make is differentiated by
TYPES = frozenset({"float", "real", "int", "mut", "my", "local"})  # float x = 2.0
DECLARING = frozenset({"let", "var", "const", "auto", "double", "val", *TYPES})  # let f = x + 1
BEFORE_VALUES = frozenset({"where", "at", "with", "for", "when"})  # x^2 where x = 3
CPLUSPLUS = ["std", ":", ":"]
JAVASCRIPTS = frozenset({"Math"})  # there of any number of operands
COVERED = {"clip": "min(max({0}, {1}), {2})"}  # what a gate is where a value of the user's has its name
LIMITS = {"clip": {"min": "lo", "max": "hi"}, "clamp": {"min": "lo", "max": "hi"}}
ONE_LIMIT = {"lo": "max", "hi": "min"}
SWAPS, PAIR = frozenset({"transpose"}), "swapaxes"  # of all axes, of two
COPIES = {"repeat": "tile"}  # a method that NumPy has by one meaning, and PyTorch by another
SPREAD = frozenset({"var", "std"})  # PyTorch divides by n - 1
# Of which MATLAB's second operand, and Julia's `dims`, is a dimension.
ALONG_ONE = frozenset({"sum", "mean", "prod", "cumsum", "cumprod"})
ALONG_DIMENSIONS = frozenset({"sum", "mean", "prod", *SPREAD, "max", "min", "maximum", "minimum"})
ASSUMED_BY_TENSORFLOW = {"leaky_relu": "slope=0.2"}
APPROXIMATED = {"gelu": "approximate"}
# PyTorch's of an axis have two results, the second of which is places; and what those are here.
WITH_PLACES = {"max": "argmax", "min": "argmin", "sort": "argmax"}
WITHOUT_AXIS = frozenset({"sort"})  # which have two results without an axis too
TRANSPOSED = {"transpose_a": 0, "transpose_b": 1, "adjoint_a": 0, "adjoint_b": 1}  # of `tf.matmul`
JOINED = frozenset({"concatenate", "cat", "concat", "stack"})
# Losses an example whose operands have names: what they mean if the labels are first, and if the scores are.
LABELLED = {
    "sparse_softmax_cross_entropy_with_logits": ("(-pick(labels={0}, x=log_softmax({1})))",
                                                 "(-pick(log_softmax({0}), {1}))"),
    "softmax_cross_entropy_with_logits": ("(-sum(({0})*log_softmax({1}), axis=-1))",
                                          "(-sum(log_softmax({0})*({1}), axis=-1))"),
}  # fmt: skip
# What PyTorch's functions assume where ours assume something else.
ASSUMED = {**dict.fromkeys(SPREAD, "ddof=1"), "cosine_similarity": "axis=1"}
# Functions with several results, each by its number or name; "" has none here.
RESULTS = {
    "slogdet": {"0": "sign(det({0}))", "sign": "sign(det({0}))", "1": "logabsdet({0})", "logabsdet": "logabsdet({0})"},
    "eigh": {"0": "eigvalsh({0})", "eigenvalues": "eigvalsh({0})"},
    "svd": {"1": "svdvals({0})", "S": "svdvals({0})"},
}
# Other libraries have functions of these names that are not PyTorch's.
PYTORCHS = frozenset({
    "conv1d", "conv2d", "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "layer_norm", "batch_norm", "kl_div",
    "cosine_similarity", "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "huber",
})  # fmt: skip
LAST_AXES = {"layer_norm": "normalized_shape"}  # the second operand is the lengths of the last axes
COUNTING = frozenset({"arange", "range"})
CHOSEN, NEW_AXIS, LENGTH = "pick", "expand_dims", "size"
# `einsum('ij,jk->ik', A, B)`: letters in the order of the alphabet, and the sum that has a name.
SUMMING = "einsum"
SUMS = {
    "ab,bc->ac": "(({0}) @ ({1}))", "ab,b->a": "(({0}) @ ({1}))", "a,ab->b": "(({0}) @ ({1}))",
    "abc,acd->abd": "(({0}) @ ({1}))", "abc,cd->abd": "(({0}) @ ({1}))", "ab,cb->ac": "(({0}) @ ({1})')",
    "ab,ac->bc": "(({0})' @ ({1}))", "a,a->": "dot({0}, {1})", "a,b->ab": "outer({0}, {1})",
    "ab->ba": "({0})'", "aa->": "trace({0})", "aa->a": "diag({0})", "ab->": "sum({0})", "a->": "sum({0})",
    "ab->a": "sum({0}, axis=1)", "ab->b": "sum({0}, axis=0)", "ab,ab->": "sum(({0})*({1}))",
    "ab,ab->ab": "(({0})*({1}))", "ab,ab->a": "sum(({0})*({1}), axis=1)", "a,a->a": "(({0})*({1}))",
    "ab,ba->": "trace(({0}) @ ({1}))", "ab,ab->b": "sum(({0})*({1}), axis=0)",
    "a,ab->ab": "(expand_dims({0}, 1)*({1}))", "aa": "trace({0})", "ab,bc": "(({0}) @ ({1}))",
    "ab,b": "(({0}) @ ({1}))",
    "a,a": "dot({0}, {1})",
}  # fmt: skip
