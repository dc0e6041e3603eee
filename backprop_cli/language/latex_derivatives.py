r"""Derivatives in LaTeX, as programs have them: `\frac{\partial^2 f}{\partial x \partial y}` is `d^2 f/(dx dy)`."""

from __future__ import annotations

import re

from backprop_cli.language.latex_spellings import NAMES
from backprop_cli.lean import Iterable

_SIGNS = frozenset({"d", "\\partial", "∂"})
_LEFT_OUT = frozenset({"{", "}", "\\,", "\\;", "\\!", "\\mathrm", "\\rm", "\\text"})
_VARIABLE = re.compile(r"d([A-Za-z]\w*)")
_ABOVE = re.compile(r"d(?:\^2 )?[A-Za-z]\w*")
_BELOW = re.compile(r"d[A-Za-z]\w*(?:\^2)?|d[A-Za-z]\w* d[A-Za-z]\w*")


def derivative(above: Iterable[str], below: Iterable[str]) -> str:
    """The quotient of the tokens above and below a bar, if it is a derivative; otherwise empty."""
    over, under = _joined(above), _joined(below)
    if over == "d" and _VARIABLE.fullmatch(under):  # of what comes behind
        return f"d/{under}"
    if not _ABOVE.fullmatch(over) or not _BELOW.fullmatch(under) or ("^" in over) != bool(set(under) & {"^", " "}):
        return ""
    return f"{over}/({under})" if " " in under else f"{over}/{under}"


def _joined(tokens: Iterable[str]) -> str:
    r"""`\partial x \partial y` as `dx dy`."""
    made, is_open = "", False  # whether the name comes yet that a sign belongs to
    for text in tokens:
        if text in _LEFT_OUT:
            continue
        if text in _SIGNS:
            made, is_open = f"{made} d" if made else "d", True
            continue
        name = NAMES.get(text[1:], text) if text[0] == "\\" else text
        is_raised = made.endswith("^2") and made.startswith("d^")
        apart = " " if (made and not is_open and name[0].isalpha()) or is_raised else ""
        made, is_open = f"{made}{apart}{name}", is_open and text == "^"
    return made
