"""What TeX would act upon made harmless: words, names, numbers, formulas.

Everything that comes out is ASCII, so that any TeX engine and any input encoding will do.
"""

from __future__ import annotations

import re

from backprop_cli.render.tex_layout import typeset

_BEGIN = r"""\documentclass{article}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath}
"""
_BODY = r"""\setlength{\parindent}{0pt}
\begin{document}
"""
END = "\\end{document}\n"
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"{\char34}",
    "∂": r"$\partial$", "·": r"$\cdot$", "×": r"$\times$", "÷": r"$\div$", "−": r"$-$", "∞": r"$\infty$", "π": r"$\pi$",
    "²": "$^2$", "³": "$^3$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "…": r"\ldots{}", "→": r"$\to$",
    "⊗": r"$\otimes$", "ᵀ": r"$^{\top}$",
}  # fmt: skip
_SIGNS = {
    "*": r"\cdot", "·": r"\cdot", "@": r"\mathbin{@}", "%": r"\bmod", "==": "=", "!=": r"\ne",
    "<=": r"\le", ">=": r"\ge", "→": r"\to", "…": r"\ldots", "'": r"^{\top}", "∂": r"\partial",
}  # fmt: skip
_PLAIN = frozenset("+-/(),.^<>=[]; ")
_CUT = re.compile(
    r"turn [0-9]+ of [0-9]+|[A-Za-z]{2,}(?: [A-Za-z]{2,})+(?![\w(])|[A-Za-z_]\w*\(?|"
    r"[0-9.]+(?:e[+-]?[0-9]+)?|==|!=|<=|>=|.",
    re.DOTALL,
)
_RAISED = re.compile(r" *\^ *(-[\w.]+|)")
_FUNCTION = re.compile(r"\{?\\operatorname\{[^}]*\}\}?\(")
_QUOTIENT = re.compile(r"([d∂])([A-Za-z_]\w*)/\1([A-Za-z_]\w*)")
_PARTS = re.compile(rf"(?<!\w){_QUOTIENT.pattern}(?![\w(])|{_CUT.pattern}", re.DOTALL)
_MOST_COLUMNS = 10
_STRUT = r"\rule[-2.2ex]{0pt}{5.6ex}"  # as high as a fraction
_NUMBER = re.compile(r"[0-9.]+")
_SUBSCRIPT = re.compile(r"([A-Za-z])([0-9]+)")
_SCIENTIFIC = re.compile(r"(.*)e([+-]?)0*([0-9]+)")


def preamble(*more: str) -> str:
    """How a document begins, with more lines than those that every document has; it ends with `END`."""
    return _BEGIN + "".join(f"{line}\n" for line in more) + _BODY


def tex_text(text: str) -> str:
    """Words, for text mode."""
    return "".join(map(_harmless, text)).replace("--", "-{}-")


def _harmless(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char.isascii():
        return char if char.isprintable() else " "
    return _SPECIAL["\\"] + char.encode("ascii", "backslashreplace").decode()[1:]


def tex_name(name: str) -> str:
    """A name, for math mode: `n1` gets a subscript, a long name stands upright."""
    if len(name) == 1 and name.isalpha():
        return name
    indexed = _SUBSCRIPT.fullmatch(name)
    if indexed:
        return f"{indexed[1]}_{{{indexed[2]}}}"
    if name[:1].isalpha() or name[:1] == "_":
        return rf"\mathrm{{{tex_text(name)}}}"
    return tex_number(name)


def tex_number(text: str) -> str:
    """A number's text, for math mode."""
    plain = text.removeprefix("-")
    sign = "-" * (len(text) - len(plain))
    if plain == "inf":
        return sign + r"\infty"
    scientific = _SCIENTIFIC.fullmatch(plain)
    if scientific:
        mantissa, negative, exponent = scientific.groups()
        return rf"{sign}{{{mantissa} \cdot 10^{{{'-' if negative == '-' else ''}{exponent}}}}}"
    return sign + plain if plain[:1].isdigit() else rf"\mathrm{{{text}}}"


def tex_value(text: str) -> str:
    """The text of a number, a small array, a shape, or a summary in words, for math mode."""
    if text.startswith("[[") and "[" not in text[2:].replace("], [", ""):
        return _matrix(text[2:-2].split("], ["))
    if text[:1] in ("[", "("):
        return re.sub(r"[^][(), ]+", lambda number: tex_number(number[0]), text)
    return rf"\text{{{tex_text(text)}}}" if " " in text else tex_number(text)


def _matrix(rows: list[str]) -> str:
    """A `bmatrix`, which has at most ten columns unless a document says otherwise, or an array in brackets."""
    cells = [[tex_number(text.strip()) for text in row.split(",")] for row in rows]
    body = r" \\ ".join(map(" & ".join, cells))
    if len(cells[0]) <= _MOST_COLUMNS:
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
    return rf"\left[\begin{{array}}{{{'r' * len(cells[0])}}} {body} \end{{array}}\right]"


def tex_sign(text: str) -> str:
    """Signs and words between names, for math mode: `sin(` is a function, other words are words."""
    return "".join(map(_sign, _CUT.findall(text)))


def _sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign in _PLAIN:
        return sign
    if sign[0].isdigit():
        return tex_number(sign)
    if sign[-1] == "(":
        return rf"\operatorname{{{tex_text(sign[:-1])}}}("
    apart = " " * (len(sign) > 1 and sign.replace(" ", "").isalpha())
    return rf"\text{{{apart}{tex_text(sign)}{apart}}}"


def raised(formula: str) -> str:
    """The formula with what follows a `^` as its superscript: a number, a call, or a bracket without its brackets."""
    made: list[str] = []
    closers: list[str] = []  # what each open bracket ends with
    position = 0
    while position < len(formula):
        here, after = formula[position], formula[position + 1 : position + 2]
        position += 1
        if here == "^" and after == "(":
            made.append("^{")
            closers.append("}")
            position += 1
        elif here == "^" and (function := _FUNCTION.match(formula, position)):
            made.append(f"^{{{function[0]}")
            closers.append(")}")
            position = function.end()
        elif here == "(":
            made.append(here)
            closers.append(")")
        elif here == ")":
            made.append(closers.pop() if closers else here)
        elif here == "^" and (number := _NUMBER.match(formula, position)):
            made.append(f"^{{{number[0]}}}")
            position = number.end()
        else:
            made.append(here)
    return "".join(made) + "".join(closer.removeprefix(")") for closer in reversed(closers))


def tex_math(text: str) -> str:
    """A formula in a line of text or a cell of a table: fractions in full size, and room for them, but `df/dx` flat."""
    made = tex_formula(text, flat=True)
    return rf"{_STRUT}$\displaystyle {made}$" if r"\frac" in made else f"${made}$"


def tex_formula(text: str, *, flat: bool = False) -> str:
    """A formula for math mode, set as in books: `n1 * z`, `∂f/∂x=2`, `softmax(W @ x)/2`; `flat`: but for `df/dx`."""
    if text.isidentifier():
        return tex_name(text)
    text = _RAISED.sub(lambda match: f"^({match[1]})" if match[1] else "^", text)
    made = raised("".join(_part(found[0], flat=flat) for found in _PARTS.finditer(text)))
    return typeset(_towers(made)).replace(_SIGNS["'"] + "^", _SIGNS["'"] + "{}^")


def _towers(formula: str) -> str:
    """The formula with a superscript that follows another inside of that: TeX refuses `x^{a}^{b}`."""
    made: list[str] = []
    levels: list[tuple[int, int]] = []  # of each open brace: where a superscript's contents begin or 0, what waits
    waiting = 0  # braces that close after the next superscript
    for k, here in enumerate(formula):
        if here == "{":
            levels.append(((len(made) + 1) * (formula[k - 1 : k] == "^"), waiting))
            waiting = 0
        elif here == "}" and levels:
            begin, waiting = levels.pop()
            if begin and formula[k + 1 : k + 2] == "^":
                made.insert(begin, "{")
                waiting += 1
            elif begin:
                made.append("}" * waiting)
                waiting = 0
        made.append(here)
    return "".join(made)


def _part(part: str, *, flat: bool) -> str:
    """A piece of a formula: each name in braces of its own, a `^` as it is, `df/dx` as a fraction or `flat`."""
    if quotient := _QUOTIENT.fullmatch(part):
        d, above, below = "d" if quotient[1] == "d" else r"\partial ", quotient[2], quotient[3]
        over, under = (f"{d}{{{tex_name(name)}}}" for name in (above, below))
        return f"{{{over}/{under}}}" if flat else rf"\frac{{{over}}}{{{under}}}"
    if part == "^" or not (part[0].isalpha() or part[0] == "_") or " " in part:
        return part if part == "^" else _sign(part)
    return f"{{{_sign(part)[:-1]}}}(" if part[-1] == "(" else f"{{{tex_name(part)}}}"


def tex_operation(text: str) -> str:
    """What stands inside a gate, for math mode: `1/x`, `x^2`, `max`, `>0`; a lone dot would be lost there."""
    base, hat, exponent = ("".join(map(_token, _CUT.findall(part) or [part])) for part in text.partition("^"))
    made = f"{base}^{{{exponent}}}" if exponent else base + hat
    return made.replace(_SIGNS["*"], r"\times")


def _token(token: str) -> str:
    if token in ("", "^"):
        return rf"\text{{{_SPECIAL[token]}}}" if token else ""
    is_name = token[0].isalpha() and token[-1] != "(" and " " not in token
    return f"{{{tex_name(token)}}}" if is_name else _sign(token)
