"""What LaTeX calls things, and what they are called here: data, a row a command."""

from __future__ import annotations

_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
    "pi",
    "Pi",
]
NAMES = {**{name: name for name in _GREEK}, "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "ell": "l",
          "infty": "inf", "varrho": "rho", "varsigma": "sigma"}  # fmt: skip
FUNCTIONS = {
    **{name: name for name in ("log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det", "ln")},
    **{name: name for name in ("sec", "csc", "cot", "coth")},  # refused by name
    "arcsin": "asin", "arccos": "acos", "arctan": "atan",
}  # fmt: skip
# Words in `\text{…}` that are no functions, though a bracket may follow.
CONDITIONS = frozenset({"if", "for", "when", "where", "with", "and", "or", "otherwise", "else", "such that", "given"})
# Of letters that stand upright: `\mathrm{ReLU}`, `\operatorname{tr}`.
UPRIGHT = {
    "relu": "relu", "ReLU": "relu", "softmax": "softmax", "sigmoid": "sigmoid", "tanh": "tanh", "tr": "trace",
    "Tr": "trace",
    "trace": "trace", "diag": "diag", "gelu": "gelu", "GELU": "gelu", "ELU": "elu", "sgn": "sign", "sign": "sign",
    "softplus": "softplus", "SiLU": "silu", "silu": "silu", "erf": "erf", "logsumexp": "logsumexp", "Var": "var",
    "mean": "mean", "sum": "sum", "exp": "exp", "log": "log", "max": "max", "min": "min", "LeakyReLU": "leaky_relu",
    "det": "det", "logdet": "logdet", "norm": "norm", "MSE": "mse", "vec": "ravel", "sin": "sin", "cos": "cos",
}  # fmt: skip
INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan", "tanh": "atanh", "sinh": "asinh", "cosh": "acosh"}
UPRIGHT_COMMANDS = frozenset(
    {"mathrm", "text", "operatorname", "mathit", "mathsf", "texttt", "textrm", "mathtt", "mbox"}
)
FONTS = frozenset({"mathbf", "boldsymbol", "bm", "mathcal", "mathscr", "vec", "mathbb", "mathfrak", "textbf",
    "underline",
                    "pmb", "mathop", "bold"})  # fmt: skip
ACCENTS = {"hat": "hat", "bar": "bar", "tilde": "tilde", "widehat": "hat", "widetilde": "tilde", "overline": "bar"}
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "flatfrac"})
BLANK = frozenset({
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "quad", "qquad",
    ",", ";", "!",
    ":", " ", "displaystyle", "textstyle", "nonumber", "limits", "[", "]", "(", ")", "mathstrut", "label", "middle",
    "notag", ">",
})  # fmt: skip
SIGNS = {
    "cdot": "·", "times": "*", "odot": "*", "circ": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=",
    "geq": ">=",
    "leqslant": "<=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖",
    "lvert": "|",
    "rvert": "|", "vert": "|", "mid": "|", "parallel": "‖", "{": "(", "}": ")", "lbrace": "(", "rbrace": ")",
    "lbrack": "(",
    "rbrack": ")",
    "lfloor": "floor(", "rfloor": ")", "lceil": "ceil(", "rceil": ")", "\\": "\n", "bmod": "%", "mod": "%", "to": "",
    "%": "%",
    "colon": "",
    "coloneqq": "=", "leftarrow": "=", "gets": "=", "star": "*", "bullet": "*",
    "lt": "<", "gt": ">", "newline": "\n", "prime": "'", "degree": "°", "top": "⊤", "intercal": "⊤",
}  # fmt: skip
_GRADIENTS = "gradients are what comes out: `--wrt x` chooses some, `backprop check --claim` tests yours"
# What no gate has.
UNREAD = {
    "partial": _GRADIENTS, "nabla": _GRADIENTS, "int": "no gate is an integral: write its value",
    "lim": "no gate is a limit",
    "binom": "write `exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1))`", "lg": "write `\\log_2` or `\\log_{10}`",
    "arg": "write `argmax(x)` or `argmin(x)`", "forall": "leave it out", "in": "leave it out",
    **dict.fromkeys(("dot", "ddot", "dddot"),
                    "a derivative by time is not part of the language: give it a name, such as `x_dot`"),
    "hbar": "write a name, `hbar`", "hslash": "write a name, `hbar`",
    "sim": "write the formula of the density",
    "langle": "write `x @ y`", "rangle": "write `x @ y`", "oplus": "write `+`, or `concat(x, y)`",
    "otimes": "write `kron(a, b)` or `outer(x, y)`",
    "over": "write `\\frac{x}{y}`", **dict.fromkeys(("pm", "mp"), "write both formulas, `x + y` and `x - y`"),
    **dict.fromkeys(("approx", "simeq", "cong", "doteq"), "a formula is one side of it: leave out the other"),
    "propto": "write the formula, with its factor", "equiv": "write `=` to define a name",
    **dict.fromkeys(("triangleq", "stackrel", "overset", "underset"), "write the sign or the function alone"),
    **dict.fromkeys(("Pr", "P"), "write the formula of the probability"),
    **dict.fromkeys(("E", "mathbbE"), "the mean of values is `mean(x)`"),
    **dict.fromkeys(("R", "N", "C", "Z", "Q", "reals"), "a domain is no part of a formula: leave it out"),
    **dict.fromkeys(("num", "SI", "qty", "unit", "si"), "numbers have no unit: write the number alone"),
    "dagger": "write `A'` for the transpose, `pinv(A)` for the pseudoinverse", "wedge": "write `*` of conditions",
    **dict.fromkeys(("dv", "pdv", "dd", "odv", "diff", "grad"), _GRADIENTS), "pmod": "write `x \\bmod y`",
    **dict.fromkeys(("implies", "iff", "Rightarrow", "Leftrightarrow", "rightarrow", "mapsto", "longrightarrow"),
                    "arrows mean nothing here: a function is `f(x) = …`"),
    **dict.fromkeys(("rank", "Cov", "dim", "ker"), "no gate has that: write its value"),
    "bigcup": "no gate is of sets", "cup": "no gate is of sets", "cap": "no gate is of sets",
    "ldots": "write all of it out",
    "dots": "write all of it out", "cdots": "write all of it out",
}  # fmt: skip
SUMS = {"sum": "sum", "prod": "prod"}
SUM_SIGNS = {"∑": "sum", "∏": "prod"}
OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
TRANSPOSED = frozenset(
    {"T", "\\top", "\\intercal", "\\mathsf", "\\mathrm", "\\rm", "\\sf", "\\text", "\\textrm", "\\prime", "'", "⊤", "⊺"}
)
ROWS = frozenset({"matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"})
STOPS = frozenset({"+", "-", "=", ",", "&", "<", ">", ";", "\n", "\\\\", "\\le", "\\leq", "\\ge", "\\geq", "$", "−",
    "\\text",
                    "\\right", "\\end", "\\}", "\\]", "\\)"})  # fmt: skip
# A Greek letter that is called is a function.
CALLED = {"sigma": "sigmoid", "Gamma": "gamma", "Phi": "normcdf"}
LOGARITHMS = {"2": "log2", "10": "log10"}
ROOT = "sqrt"
UNICODE_NORMS = {"1": "₁", "2": "₂", "\\infty": "∞", "F": "₂"}
# Commands that many define for themselves: what they write around their argument.
OWN = {"norm": (r"\|", r"\|"), "abs": ("|", "|"), "inv": ("(", ")^{-1}"), "vect": (r"\mathbf{", "}")}
