"""What mathematics and other languages write and this one does not, and what to write instead."""

from __future__ import annotations

from backprop_cli.language.letters import ascii_name
from backprop_cli.language.tokens import BAD, CALL, CLOSE, NAME, NEWLINE, NUMBER, OPERATOR, UNSQUARE, Tokens

# Fortran's: x .GT. 3
_COMPARED = {"GT": ">", "LT": "<", "GE": ">=", "LE": "<=", "EQ": "==", "NE": "!=", "AND": "*", "OR": "max(x, y)"}
_OF_TWO = ("einsum",)
_LIBRARIES = ("np", "numpy", "math", "cmath", "torch", "jnp", "jax", "tf", "nn", "F", "functional", "special", "scipy")
_MAKES_ARRAYS = ("array", "asarray", "tensor", "matrix")
_PRODUCTS = ("dot", "matmul", "mm")
_FILES = ("npy", "npz", "csv", "json")
_BAR = "‖"
_MEANT = {
    "&": "min",
    "√": "sqrt(x)",
    "∑": "sum(x)",
    "?": "where(c, x, y)",
    "\u0302": "x_hat",
    "\u0304": "x_bar",
    "\u0303": "x_tilde",
    "⟨": "x @ y",
    "⟩": "x @ y",
    "–": "-",
    "⊗": "outer(x, y)` or `kron(a, b)",
    "⊕": "+` or `concat(x, y)",
    "⨯": "*` of numbers, `x @ y",
    "±": "x + y` and `x - y",
    "‰": "/1000",
    "~": "1 - x",
    "—": "-",
    "∗": "*",
    "\\": "solve(A, b)` for the solution of A x = b, or `x/y",
    "𝟙": "1*(x > 0)",
    "{": "(",
    "}": ")",
    "ˆ": "^",
    **dict.fromkeys("º˚", "°"),
    **dict.fromkeys("≪", "<"),
    **dict.fromkeys("≫", ">"),
    **dict.fromkeys("∣⏐", "abs(x)"),
    **dict.fromkeys("⏨ᴇ", "e` in a number, as in `1.5e3"),
}
_ARROW = "arrows and limits mean nothing here: a function is `f(x) = …`"
_INTEGRAL = "integrals are not computed"
# Signs about which there is more to say than another spelling.
_SAID = {
    **dict.fromkeys("→↦⟶⇒⟹↔⇔", _ARROW),
    **dict.fromkeys("∫∬∭∮", _INTEGRAL),
    **dict.fromkeys("≈≅≃∼≐", "a formula is one side of it: leave out the sign and the other side"),
    **dict.fromkeys("≡≟", "write `=` to define a name, `==` to compare"),
    "∝": "write the formula, with its factor",
    "$": "leave it out",
    **dict.fromkeys("€£¥", "leave it out: numbers have no unit"),
    **dict.fromkeys("…⋯⋮", "write all of it out"),
    **dict.fromkeys("∀∃∴", "leave it out: a formula is all that is read"),
    **dict.fromkeys("∪∩⊂⊆∅∖", "no gate is of sets"),
    **dict.fromkeys("\"'`", "texts are not read: leave it out"),
}


_CHOICE = "a choice is a value: `y = where(x > 0, a, b)`"
_TIMES = "a loop runs a known number of times: `for t in range(10) { … }`"
_NONE = "no such statement: programs have definitions and loops, and `backprop check FILE.py` reads Python"
_LAMBDA = "a function has a name: `f(x) = …`"
_STATEMENTS = {**dict.fromkeys(("lambda", "fun", "fn"), _LAMBDA), "while": _TIMES,
               **dict.fromkeys(("if", "elif", "else", "where(c="), _CHOICE),
               **dict.fromkeys(("class", "try", "except", "with", "finally", "match"), _NONE)}  # fmt: skip


def colon(text: str, tokens: Tokens, position: int) -> str:
    """What to write instead of a `:` that means nothing: of a statement, between numbers, or in a slice."""
    kinds, texts, starts = tokens
    start = text.rfind("\n", 0, starts[position]) + 1
    word = (text[start : starts[position]].replace(";", " ").split() or [""])[0]
    if word in _STATEMENTS or "lambda" in texts:
        return _STATEMENTS.get(word, _LAMBDA)
    slices = "slices go in brackets: `x[1:3]`"
    if not {kinds[position - 1], kinds[position + 1]} <= {NUMBER, NAME}:
        return slices
    first, last = texts[position - 1], texts[position + 1]
    row = f"arange({first}, {int(last) + 1})" if last.isdigit() else f"arange({first}, {last} + 1)"
    return f"a division is `{first}/{last}`, numbers in a row are `{row}`; {slices}"


def dotted(tokens: Tokens, point: int) -> tuple[int, int, str]:
    """The first and the last token of `np.exp(x)`, `W.T` or `x.^2`, whose `.` is at hand, and what to write instead."""
    kinds, texts, starts = tokens
    first = point - 1 if point and kinds[point - 1] == NAME else point
    owner = texts[first] if first < point else "x"
    last = point + 1
    while kinds[last] == NAME and texts[last + 1] == "." and kinds[last + 2] in (NAME, CALL):  # torch.nn.relu(x)
        last += 2
    after = texts[last]
    name = after[:-1].rstrip() if kinds[last] == CALL else after
    if kinds[point + 1] == NEWLINE and starts[point + 1] == starts[point] + 1:
        return point, point, "leave it out: a formula ends without a full stop"
    if kinds[point + 1] == NAME and first < point and starts[point + 1] > starts[point] + 1:  # x . y
        return point, point, "write `*`, or of vectors `@`"
    if kinds[point + 1] not in (NAME, CALL, OPERATOR) or starts[point + 1] != starts[point] + 1:
        return point, point, ""
    if (sign := _COMPARED.get(after.upper())) and texts[last + 1] == ".":
        return point, last + 1, f"write `{sign}`"
    if kinds[last] == OPERATOR:
        return point, last, f"`{after}` works element by element as it is: write `{owner}{after}…`"
    if name in ("T", "transpose"):
        return point, last, f"the transpose of `{owner}` is `{owner}'`"
    if name in _FILES:
        return first, last, f"a file is the value of a name: write `{owner}=@{owner}.{name}` after the expression"
    if name in _MAKES_ARRAYS and owner in _LIBRARIES:
        return first, last, "an array is written as it is: `[1, 2]`, `[[1, 2], [3, 4]]`"
    if name in _OF_TWO:
        return first, last, f"`{name}` is read of two arrays, such as `{owner}.{name}('ij,jk->ik', A, B)`: nest them"
    if owner in _LIBRARIES:
        return first, last, f"gates have no library in front: write `{name}{'(…)' if kinds[last] == CALL else ''}`"
    if name in _PRODUCTS:
        return point, last, f"the matrix product is `{owner} @ …`"
    if kinds[last] == CALL:
        return point, last, f"there are no methods: write `{name}({owner})`"
    return point, last, f"nothing is read behind the point: write what `{owner}.{name}` stands for"


def character(tokens: Tokens, position: int) -> str:
    """What to write instead of a character that means nothing here; empty where that is not known."""
    import unicodedata

    text = tokens.texts[position]
    follows = tokens.texts[position + 1] if position + 1 < len(tokens.texts) else ""
    if text in (_BAR, "|"):
        inside = _between_bars(tokens, position, twice=text == "|" and follows == "|")
        return (
            f"write `{inside}`" if inside else "bars go around what they are of, as in `|x|`; parameters follow a `,`"
        )
    if text == "{" and (inside := _within(tokens, position)):
        return (
            f"write `[{inside}]`" if "," in inside and "(" not in inside else f"write `({inside})`: brackets are round"
        )
    if text in _MEANT:
        return f"write `{_MEANT[text]}`"
    if text == "!":
        is_before = not position or tokens.kinds[position - 1] not in (NAME, NUMBER, CLOSE, UNSQUARE)
        opposite = "of a condition write the opposite: `x <= 0` for `!(x > 0)`"
        return opposite if is_before else "write `gamma(n + 1)`"
    if text in ("∈", "∉"):
        return "a domain is no part of a formula: leave it out; `backprop check --range 0:1` looks there"
    if text in _SAID:
        return _SAID[text]
    if text in ("∂", "∇"):
        return "gradients are what comes out: `--wrt x` chooses some, `backprop check --claim` tests yours"
    if text == "σ" and follows == "(":
        return "write `sigmoid(…)`"
    if name := ascii_name(_word(tokens, position)):
        return f"write `{name}`: names are made of ASCII letters, digits and `_`"
    if (digit := unicodedata.digit(text, -1)) >= 0:
        return f"write the ASCII `{digit}`"
    plain = unicodedata.normalize("NFKC", text)
    if plain.isalnum() and plain.isascii() and unicodedata.decomposition(text).startswith("<super>"):
        return f"write `^{plain}`"
    if plain != text and plain.isascii() and plain.isprintable():
        return f"write the ASCII `{plain}`"
    return "names are made of ASCII letters, digits and `_`" if text.isalpha() else ""


def _word(tokens: Tokens, position: int) -> str:
    """The name to which a character belongs: what stands around it without a blank between."""
    kinds, texts, starts = tokens
    first = last = position
    if first and kinds[first - 1] in (NAME, BAD) and starts[first - 1] + len(texts[first - 1]) == starts[first]:
        first -= 1
    while last + 1 < len(kinds) and starts[last] + len(texts[last]) == starts[last + 1]:
        if not (kinds[last + 1] in (NAME, BAD) or texts[last + 1].isalnum()):
            break
        last += 1
    return "".join(texts[first : last + 1])


def _within(tokens: Tokens, position: int) -> str:
    """What is between a `{` and its `}`; empty where nothing closes it, or where it is long."""
    depth = 0
    for at in range(position, min(position + 40, len(tokens.texts))):
        depth += (tokens.texts[at] == "{") - (tokens.texts[at] == "}")
        if not depth:
            return "".join(tokens.texts[position + 1 : at])
    return ""


def _between_bars(tokens: Tokens, position: int, *, twice: bool) -> str:
    """`norm(q)` for `‖q‖` and `||q||`, `abs(q)` for `|q|`."""
    text, begin = tokens.texts[position], position + 1 + twice
    gate = "norm" if twice or text == _BAR else "abs"
    try:
        end = tokens.texts.index(text, begin, begin + 20)
    except ValueError:
        return ""
    inside = "".join(tokens.texts[begin:end])
    return f"{gate}({inside or 'x'})"
