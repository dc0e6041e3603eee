"""Functions as others write them, without our brackets or in capitals, and sums over an index.

`understanding` looks for these words in every text, so there is no more here than it needs; `spellings` has the rest.
"""

from __future__ import annotations

# Functions whose inverse has a name, as in sin⁻¹(x); powers of others are written sin²(x) too.
INVERSES = {
    "sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh", "exp": "log",
    "log": "exp", "ln": "exp",
}  # fmt: skip
# Functions that are written without brackets, or with their power before the operand: sin x, ln|x|, sin²(x).
BARE = frozenset({
    *INVERSES, "log2", "log10", "sec", "csc", "cot", "sech", "csch", "coth", "sigmoid", "relu", "sqrt", "abs", "erf",
    "arcsin", "arccos", "arctan", "arsinh", "arcosh", "artanh", "asin", "acos", "atan", "asinh", "acosh", "atanh",
})  # fmt: skip
# Logarithms whose base is below, and the signs of a base in braces behind `log_`.
BASES = {"2": "log2", "10": "log10", "e": "log"}
LOGARITHMS = {**{f"log_{base}": gate for base, gate in BASES.items()}, "log₂": "log2", "log₁₀": "log10"}
# In capitals, as spreadsheets and Mathematica have them: EXP(x), Sin[x]. A LOG has base 10 to some, and e to others.
CAPITALS = {
    written: name
    for name in {*BARE, "sum", "mean", "max", "min", "power", "gamma"} - {"log"}
    for written in (name.upper(), name.capitalize())
}
# Signs of sums and products: Greek letters, which are names too, and the signs themselves, which are none.
SUM_SIGNS = {"Σ": "sum", "Π": "prod"}
SUMS_OF = {**SUM_SIGNS, "∑": "sum", "∏": "prod"}
INDICES = {"ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₙ": "n", "ₘ": "m", "ₜ": "t"}
# Mathematica's functions, which have square brackets: Log[x], Tr[A]; what is not simply a gate here is refused by name.
MATHEMATICA = {
    "Log": "log", "Tr": "trace", "Det": "det", "Inverse": "inv", "Transpose": "transpose", "Norm": "norm",
    "Dot": "matmul", "If": "where", "Mod": "mod", "Floor": "floor", "Ceiling": "ceil", "Round": "round",
    "Sign": "sign", "Erfc": "erfc", "LogGamma": "lgamma", "LogisticSigmoid": "sigmoid", "MatrixExp": "expm",
    "CubeRoot": "cbrt", "Ramp": "relu", "ArcSin": "asin", "ArcCos": "acos", "ArcTan": "atan", "ArcSinh": "asinh",
    "ArcCosh": "acosh", "ArcTanh": "atanh", "Surd": "surd", "Factorial": "factorial", "Boole": "boole",
    "PolyGamma": "polygamma", "Cross": "cross",
    **{name: name for name in ("UnitStep", "HeavisideTheta", "Binomial", "FractionalPart", "IntegerPart", "Integrate",
                               "Limit", "Sinc")},
    "Total": "sum",
}  # fmt: skip
# Of two operands: the gate, and the names of its operands in Mathematica's order.
MATHEMATICA_OF_TWO = {"Log": ("log_base", "base", "x"), "ArcTan": ("atan2", "x", "y")}
# Spreadsheets' functions that have another name here, each with how many operands it has.
SPREADSHEETS = {
    "SUM": ("sum", 1),
    "IF": ("where", 3),
    "AVERAGE": ("mean", 1),
    "PI": ("pi", 0),
    "NORMSDIST": ("normcdf", 1),
}
JOINING = frozenset({"and", "or", "not"})  # words between conditions
