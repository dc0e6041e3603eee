r"""LaTeX as ours: `\frac{1}{2}\|Wx + b\|_2^2`, `\sum_i (y_i - \hat y_i)^2`, `-\log\sigma(w^\top x)`.

Letters stand for themselves, so `wx` is a product, unless a name of several letters has a value or is defined. A sum
over an index is the sum over a vector, whose subscript goes.
What is left of bars, powers and roots `mathematics` reads afterwards.
"""

from __future__ import annotations

import re

from backprop_cli.language.braces import parts_a_number
from backprop_cli.language.latex_derivatives import derivative
from backprop_cli.language.latex_spellings import (
    ACCENTS,
    BLANK,
    CALLED,
    CONDITIONS,
    FONTS,
    FRACTIONS,
    FUNCTIONS,
    NAMES,
    ROOT,
    SIGNS,
    SUM_SIGNS,
    SUMS,
    TRANSPOSED,
    UNICODE_NORMS,
    UNREAD,
    UPRIGHT,
    UPRIGHT_COMMANDS,
)
from backprop_cli.language.latex_sums import LatexSums
from backprop_cli.language.mistyped import command, is_known
from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Reading, Rewriter
from backprop_cli.lean import Collection

_LINE_END = re.compile(r"(?<!\\)\\\n")  # what a shell leaves of a row's end in double quotes
_DEFINED = re.compile(r"(?:^|[;\n])[ \t]*([A-Za-z]{2,})[ \t]*=(?!=)")


def latex(text: str, names: Collection[str], size_of: SizeOf) -> Reading:
    """The text without LaTeX in it; `names` have values, of which `size_of` tells the shapes."""
    taken = {*names, *_DEFINED.findall(text)}
    words = sorted((name for name in taken if len(name) > 1 and name.isalpha()), key=len, reverse=True)
    known = "".join(rf"|(?<![A-Za-z\\]){re.escape(word)}(?![A-Za-z])" for word in words[:200])
    number = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
    pattern = re.compile(rf"[ \t\r]+|\\[A-Za-z]+|\\.{known}|[A-Za-z]|{number}|\$\$?|.", re.DOTALL)
    edits = Rewriter(_LINE_END.sub(r"\\ ", text), pattern)
    _Latex(edits, names, size_of).rewrite()
    return edits.reading()


class _Latex(LatexSums):
    """The edits that make LaTeX ours."""

    def rewrite(self) -> None:
        """Make the edits: from the left, brackets by their places."""
        edits, k = self.edits, 0
        while k < len(edits):
            text = self.texts[k]
            if edits.out[k] != text:
                k += 1
                continue
            if text[0] == "\\":
                self._command(k, text[1:])
            elif text in SUM_SIGNS:
                self.sum(k, SUM_SIGNS[text])
            elif text in ("$", "$$"):
                self._dollar(k)
            elif text == "&":
                edits.out[k] = ""
            elif text == "{":
                self._group(k)
            elif text == "^":
                self._power(k)
            elif text == "_":
                self._subscript(k)
            elif text.isalpha():
                edits.before[k] += self._apart(k)
            k += 1

    def _dollar(self, k: int) -> None:
        """`$…$` around all of it, or around a line."""
        first = k == 0 or self.texts[k - 1] in ("\n", ";") or self.edits.out[k - 1] == ""
        if first or k + 1 == len(self.edits) or self.texts[k + 1] in ("\n", ";", ".", ","):
            self.edits.out[k] = ""

    # -- parts -----------------------------------------------------------------------------------------

    def _apart(self, k: int) -> str:
        """A blank, where a name would run into the one before it."""
        return " " if k and (self.texts[k - 1][-1].isalnum() or self.texts[k - 1] == "}") else ""

    def _group(self, k: int) -> None:
        """`{…}`: brackets."""
        edits = self.edits
        if parts_a_number(edits, k):
            return
        if k in edits.closes:
            edits.out[k], edits.out[edits.closes[k]] = "(", ")"

    def _command(self, k: int, name: str) -> None:
        edits = self.edits
        if name in FRACTIONS:
            self._fraction(k)
        elif name == ROOT:
            self._root(k)
        elif name in SUMS:
            self.sum(k, name)
        elif name in UPRIGHT_COMMANDS | FONTS | ACCENTS.keys():
            self._name(k, name)
        elif name in FUNCTIONS and name not in self.names:
            self.function(k, k, FUNCTIONS[name])
        elif name in NAMES:
            edits.out[k] = self.apart_command(k) + NAMES[name]
            if name in CALLED and name not in self.names and self.is_called(k + 1):
                edits.out[k] = self.apart_command(k) + CALLED[name]
            elif edits.at(k + 1).isalnum() or edits.at(k + 1) == "\\":
                edits.behind[k] += " "
        elif name == "begin":
            self.environment(k)
        elif name in SIGNS:
            edits.out[k] = SIGNS[name]
        elif name in BLANK:
            edits.out[k] = "" if name in ("left", "right") else " "
            if edits.at(k + 1) == "[" and k + 1 in edits.closes and not edits.commas[k + 1]:
                edits.out[k + 1], edits.out[edits.closes[k + 1]] = "(", ")"  # no index, nor an array
            if name in ("left", "right") and edits.at(k + 1) == ".":
                edits.out[k + 1] = ""
        elif not is_known(name):
            command(edits, k, name, frozenset(self.names))
        elif name in UNREAD:
            edits.refuse(k, k, f"`\\{name}` is not read", UNREAD[name])

    def _fraction(self, k: int) -> None:
        r"""`\frac{a}{b}` and `\frac12`."""
        edits = self.edits
        if edits.at(k + 1).isdigit() and len(edits.at(k + 1)) == 2:  # \frac12
            edits.merge(k, k + 1, "({}/{})".format(*edits.at(k + 1)))
            return
        last = self.argument(k + 1)
        end = self.argument(last + 1)
        if end >= len(edits):
            return
        quotient = derivative(self.texts[k + 1 : last + 1], self.texts[last + 1 : end + 1])
        if quotient and "d" not in self.names:
            behind = quotient.startswith("d/")
            edits.merge(k, end, f"{self.apart_command(k)}{f'{quotient} ' if behind else f'({quotient})'}")
            return
        edits.out[k] = "("
        for a, b in ((k + 1, last), (last + 1, end)):
            if self.texts[a] == "{" and b > a + 2:
                self._group(a)
            elif self.texts[a] == "{":
                edits.out[a] = edits.out[b] = ""  # of one piece: it needs no brackets
        edits.before[last + 1] = "/" + edits.before[last + 1]
        self.close(end, ")")

    def _root(self, k: int) -> None:
        r"""`\sqrt{x}`, `\sqrt[3]{x}`."""
        edits = self.edits
        order, first = "", k + 1
        if edits.at(k + 1) == "[" and (close := edits.closes.get(k + 1)):
            order = "".join(self.texts[k + 2 : close])
            edits.blank(k + 1, close)
            first = close + 1
        last = self.argument(first)
        if last >= len(edits):
            return
        if self.texts[first] == "{":
            self._group(first)
        else:
            edits.wrap(first, last, "(", ")")
        if order:
            edits.out[k] = self.apart_command(k) + "("
            self.close(last, f"^(1/{order}))")
        else:
            edits.out[k] = self.apart_command(k) + ROOT

    def _name(self, k: int, command: str) -> None:
        r"""`\mathbf{x}`, `\mathrm{ReLU}`, `\hat{y}`: one name, or a function's."""
        edits = self.edits
        last = self.argument(k + 1)
        if last >= len(edits):
            return
        inside = [text for text in self.texts[k + 1 : last + 1] if text not in "{}"]
        name = "".join(NAMES.get(text[1:], "?") if text[0] == "\\" else text for text in inside)
        apart = self.apart_command(k)
        is_function = name not in CONDITIONS and self.is_called(last + 1)
        if command in ("text", "mbox", "textrm") and name not in UPRIGHT and name not in self.names and not is_function:
            edits.blank(k, last)  # words between formulas
            return
        if name == "1":
            edits.merge(k, last, f"{apart}𝟙")
            return
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            return
        edits.blank(k + 1, last)
        edits.spans[k] = last  # what is said of the name points at all of it
        if command in ACCENTS:
            edits.out[k] = f"{apart}{name}_{ACCENTS[command]}"
        elif command in UPRIGHT_COMMANDS and name in UPRIGHT and name not in self.names:
            self.function(k, last, UPRIGHT[name])
        else:
            edits.out[k] = apart + name
        if edits.at(last + 1)[:1].isalnum():
            edits.behind[k] += " "

    # -- scripts ---------------------------------------------------------------------------------------

    def _power(self, k: int) -> None:
        r"""`^{…}`; of `^T` and `^{\top}` a transpose."""
        edits = self.edits
        last = self.argument(k + 1)
        if last >= len(edits):
            return
        inside = [text for text in self.texts[k + 1 : last + 1] if text not in "{}"]
        if len(inside) == 3 and inside[0] in "([" and inside[2] in ")]" and inside[1].isalnum():
            base, index = self._name_before(k), inside[1]
            help_ = f"for the name write `{base}_{index}`, for the power `{base}^{index}`"
            message = f"`^{{({index})}}` is an index to most, and a power to others"
            edits.refuse(k, last, message, help_)
        elif inside == ["\\circ"]:
            edits.blank(k + 1, last)
            edits.out[k] = "°"
        elif inside and set(inside) <= TRANSPOSED and ("T" not in self.names or "\\top" in inside):
            edits.blank(k + 1, last)
            edits.out[k] = "'"
        elif inside in (["-", "\\top"], ["-", "T"]):
            edits.blank(k + 1, last)
            edits.out[k] = "^(-1)'"
        elif self.texts[k + 1] == "{":
            self._group(k + 1)
        elif self.texts[k + 1][0] == "\\" or self.texts[k + 1].isalpha():
            edits.wrap(k + 1, last, "(", ")")

    def _subscript(self, k: int) -> None:
        """`W_2`, `W_{hh}`: part of the name, if that has letters and digits only; of bars the kind of norm."""
        edits = self.edits
        last = self.argument(k + 1)
        if last >= len(edits):
            return
        inside = self.inside(k + 1, last)
        before = self.texts[k - 1] if k else ""
        if before in ("\\|", "\\rVert", "\\Vert", "‖"):
            edits.out[k] = UNICODE_NORMS.get(inside, "_" + inside)
            edits.blank(k + 1, last)
        elif inside.isalnum() and inside.isascii():
            short = self._name_before(k) + inside
            edits.out[k] = inside if short in self.names else "_" + inside
            edits.blank(k + 1, last)
            if edits.at(last + 1)[:1].isalnum():
                edits.behind[k] += " "

    def _name_before(self, k: int) -> str:
        return (self.edits.out[k - 1] or "").strip()
