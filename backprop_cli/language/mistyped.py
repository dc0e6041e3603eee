r"""What a hand does wrong: brackets that do not match, `=<`, `retrun`, `\farc`; and what to type instead."""

from __future__ import annotations

from backprop_cli.errors import nearest
from backprop_cli.language.latex_spellings import (
    ACCENTS,
    BLANK,
    FONTS,
    FRACTIONS,
    FUNCTIONS,
    NAMES,
    OWN,
    ROOT,
    SIGNS,
    SUMS,
    UNREAD,
    UPRIGHT,
    UPRIGHT_COMMANDS,
)
from backprop_cli.language.rewriting import Problem, Rewriter

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_WORDS = ("return", "import", "lambda", "print")
# Signs of other languages, and signs typed twice.
DOUBLED = {
    "=<": "<=", "=>": ">=` or, for a function, `f(x) = …", "<>": "!=", "===": "==", "@@": "@", "^^": "^",
    "//": "floor(a/b)` or `/`; a comment begins with `#", "*/": "/",
    "%/": "floor(a/b)", "%%": "%",
    "<<": "x*2^n", ">>": "floor(x/2^n)", "***": "^", "^*": "*` or, for a name, `x_star", "*^": "^` or, in a number, `e",
    "=*": "*=", "=/": "/=", "/*": "*`; a comment begins with `#",
    "+*": "*", "*+": "+", "-*": "*", "+/": "/", "-/": "/", "~=": "!=", "=!": "!=",
}  # fmt: skip


def brackets(edits: Rewriter) -> Problem | None:
    """The first bracket of a text that nothing closes, that was never opened, or that another kind closes."""
    around: list[int] = []
    for k, text in enumerate(edits.texts):
        begin = edits.begins[k]
        if text in _CLOSING:
            around.append(k)
        elif text in _CLOSING.values():
            if not around:
                return Problem(begin, begin + 1, "this bracket was never opened", "remove it", "S105")
            wanted = _CLOSING[edits.texts[around.pop()]]
            if text != wanted:
                message = f"expected `{wanted}` to close the bracket, found `{text}`"
                return Problem(begin, begin + 1, message, f"write `{wanted}`", "S105")
    if not around:
        return None
    begin = edits.begins[around[-1]]
    wanted = _CLOSING[edits.texts[around[-1]]]
    return Problem(begin, begin + 1, "this bracket is never closed", f"add the missing `{wanted}`", "S104")


def command(edits: Rewriter, k: int, name: str, known: frozenset[str]) -> None:
    r"""Refuse a command of LaTeX that is not read: `\farc`, `\relu`, `\norm{x}`; `known` are names with values."""
    last, help_ = k, ""
    stem = next(
        (name[:end] for end in range(len(name) - 1, 1, -1) if name[:end] in _COMMANDS and name[end:] in known), ""
    )
    if name in OWN and edits.at(k + 1) == "{" and k + 1 in edits.closes:
        last = edits.closes[k + 1]
        before, behind = OWN[name]
        help_ = f"write `{before}{''.join(edits.texts[k + 2 : last])}{behind}`"
    elif name in UPRIGHT or name.lower() in UPRIGHT:
        help_ = rf"write `\mathrm{{{name}}}`"
    elif edits.touches(k) and edits.head[k - 1] >= 0 and name in known:
        help_ = f"the solution of a linear system is `solve({edits.at(k - 1)}, {name})`"
    elif stem:
        help_ = rf"write `\{stem} {name[len(stem) :]}`"
    elif near := nearest(name, sorted(_COMMANDS)):
        help_ = rf"did you mean `\{near[0]}`?"
    else:
        help_ = "write the formula that it stands for"
    edits.refuse(k, last, rf"`\{name}` is no command that is read", help_)


_COMMANDS = frozenset({
    *FRACTIONS, ROOT, *SUMS, *UPRIGHT_COMMANDS, *FONTS, *ACCENTS, *FUNCTIONS, *NAMES, "begin", "end",
    *(name for name in (*SIGNS, *BLANK) if name.isalpha()),
})  # fmt: skip


def is_known(name: str) -> bool:
    """Whether a command of LaTeX means something here."""
    return name in _COMMANDS or name in SIGNS or name in BLANK or name in UNREAD


def word(text: str) -> str:
    """The word of Python that a name was probably meant to be; empty if it is none."""
    near = nearest(text, list(_WORDS)) if len(text) > 4 else []
    return near[0] if near else ""


_STATEMENTS = ("def", "for", "lambda", "range")


def heads(edits: Rewriter, lines: list[tuple[int, int]]) -> None:
    """Refuse `def f(x) return x` and `for i in range(3) s += i`, whose colon is missing, and `dfe f(x): …`."""
    for first, last in lines:
        start = edits.texts[first]
        if (wrong := _misspelled(edits, first)) >= 0:
            meant = nearest(edits.texts[wrong], list(_STATEMENTS))[0]
            edits.refuse(wrong, wrong, f"`{edits.texts[wrong]}` means nothing here", f"write `{meant}`")
            continue
        if start == "def":
            end = edits.closes.get(first + 2, -1)
        elif start == "for" and edits.at(first + 2) == "in":
            end = edits.closes.get(first + 4, -1) if edits.at(first + 4) == "(" else first + 3
        else:
            continue
        if 0 < end <= last and edits.at(end + 1) not in (":", "{", "->", ".", "["):
            text = edits.text[edits.begins[first] : edits.begins[end] + len(edits.texts[end])]
            help_ = f"write `{text.removeprefix('def ')} = …`" if edits.at(end + 1) == "=" else f"write `{text}:`"
            edits.refuse(first, end, "the colon is missing", help_)


def _misspelled(edits: Rewriter, first: int) -> int:
    """The token of a statement that a word of Python was meant to be where it stands, or -1."""
    texts = edits.texts
    close = edits.closes.get(first + 2, -1)
    if edits.is_word(first) and edits.is_word(first + 1) and edits.at(first + 2) == "(" and edits.at(close + 1) == ":":
        place, meant = first, "def"
    elif edits.at(first + 2) == "in" and edits.is_word(first) and edits.is_word(first + 1):
        loop = texts[first] == "for"
        place, meant = (first + 3, "range") if loop and edits.at(first + 4) == "(" else (first, "for")
    elif edits.at(first + 1) == "=" and edits.is_word(first + 2) and edits.at(first + 4) in (":", ","):
        place, meant = first + 2, "lambda"
    else:
        return -1
    return place if texts[place] != meant and nearest(texts[place], [meant]) else -1
