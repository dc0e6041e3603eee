"""Terms of LaTeX: how far a function and a sum reach."""

from __future__ import annotations

from backprop_cli.language.latex_spellings import (
    ACCENTS,
    BLANK,
    CLOSING,
    FONTS,
    FRACTIONS,
    FUNCTIONS,
    INVERSE,
    LOGARITHMS,
    NAMES,
    OPENING,
    STOPS,
    SUMS,
    UPRIGHT_COMMANDS,
)
from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.lean import Collection

_SPACES = frozenset({"\\,", "\\;", "\\:", "\\ ", "\\quad", "\\qquad"})


class LatexTerms:
    """A text of LaTeX and the edits that make it ours; `names` have values."""

    def __init__(self, edits: Rewriter, names: Collection[str], size_of: SizeOf) -> None:
        self.edits = edits
        self.size_of = size_of
        self.texts = edits.texts
        self.names = names

    def apart_command(self, k: int) -> str:
        """A blank, where a word would run into the one before it."""
        before = self.edits.at(k - 1)
        return " " if before and (before[-1].isalnum() or before == "}") else ""

    def argument(self, k: int) -> int:
        """The last token of the argument that begins with token k: a group, or one token."""
        edits = self.edits
        if self.texts[k : k + 1] == ["{"]:
            return edits.closes.get(k, k)
        if edits.at(k)[1:] in FRACTIONS and edits.at(k + 1) == "{":
            below = edits.closes.get(k + 1, k) + 1
            return edits.closes.get(below, below)
        if edits.at(k).startswith("\\") and edits.at(k + 1) == "{" and edits.at(k)[1:] in (
            FONTS | UPRIGHT_COMMANDS | ACCENTS.keys()
        ):  # fmt: skip
            return edits.closes.get(k + 1, k + 1)
        return k

    def inside(self, k: int, last: int) -> str:
        """What an argument says, without braces."""
        return "".join(self.texts[k : last + 1]).strip("{}")

    def close(self, token: int, sign: str) -> None:
        """Put a sign behind a token."""
        self.edits.behind[token] += sign

    def is_called(self, k: int) -> bool:
        r"""Whether a bracket follows, `\left` aside."""
        while self.edits.at(k)[:1] == "\\" and self.edits.at(k)[1:] in BLANK:
            k += 1
        return self.edits.at(k) in ("(", "[")

    def function(self, k: int, last: int, gate: str) -> None:
        r"""`\log(x)`, `\sin^2 x`, `\log_2 8`, `\exp{x}`: else the factors that follow are the operand."""
        edits = self.edits
        at, power = last + 1, ""
        if edits.at(at) == "_":
            end = self.argument(at + 1)
            base = self.inside(at + 1, end)
            if (
                base not in LOGARITHMS
                and gate in LOGARITHMS["2"]
                and (base.isdigit() or (len(base) == 1 and base.isalpha()))
            ):
                gate = f"{gate}_{base}"  # refused by name
            elif base not in LOGARITHMS or LOGARITHMS[base].rstrip(base) != gate:
                help_ = f"write `{gate}(x)` of a vector, or of several operands"
                edits.refuse(k, end, f"`{gate}` with an index is not read", help_)
                return
            else:
                gate = LOGARITHMS[base]
            edits.blank(at, end)
            at = end + 1
        if edits.at(at) == "^":
            end = self.argument(at + 1)
            power = self.inside(at + 1, end)
            if power == "-1" and gate in INVERSE:
                gate, power = INVERSE[gate], ""
            edits.blank(at, end)
            at = end + 1
        edits.out[k] = self.apart_command(k) + gate
        while edits.at(at)[:1] == "\\" and edits.at(at)[1:] in BLANK:
            edits.out[at] = ""
            at += 1
        if edits.at(at) in ("(", "[", "{") and at in edits.closes:
            close = edits.closes[at]
            edits.out[at], edits.out[close] = "(", ")"
            if power:
                self.close(close, f"^({power})")
            return
        if edits.at(at) in ("\\{", "\\lbrace"):
            return  # \max\{0, x\}: its signs become brackets
        is_sum = edits.at(at)[:1] == "\\" and edits.at(at)[1:] in SUMS
        end = self._end_of_term(self._behind_scripts(at + 1)) if is_sum else self._end_of_factors(at)
        if end < at or (not is_sum and self._is_parted(k, at, end)):
            return
        edits.before[at] = "(" + edits.before[at]
        self.close(end, ")" + (f"^({power})" if power else ""))

    def _is_parted(self, k: int, at: int, end: int) -> bool:
        r"""Refuse `\sin x \, y`, which is sin(x) y to most and sin(x y) to others; whether it is so."""
        edits = self.edits
        for j in range(at + 1, end):
            before = self.texts[j - 1]
            is_number = before[0].isdigit() and self.texts[j - 2] not in ("_", "^")
            if self.texts[j] not in _SPACES or is_number or before in ("\\pi", *_SPACES):
                continue
            is_operand = edits.head[j - 1] >= 0 or before[1:] in NAMES
            if not is_operand or all(text in _SPACES for text in self.texts[j : end + 1]):
                continue
            begin, last = edits.begins[at], edits.begins[end] + len(self.texts[end])
            function = edits.text[edits.begins[k] : begin].strip()
            first, rest = edits.text[begin : edits.begins[j]].strip(), edits.text[edits.begins[j] + 2 : last].strip()
            help_ = f"write `{function}({first}) {rest}` or `{function}({first} {rest})`"
            edits.refuse(k, end, f"how far `{function}` reaches is not written", help_)
            return True
        return False

    def _end_of_factors(self, k: int) -> int:
        """The last token of the factors that begin at token k."""
        edits, first, last = self.edits, k, k - 1
        while k < len(edits):
            text = self.texts[k]
            name = text[1:] if text[0] == "\\" else ""
            if (text in STOPS and not (text == "-" and last < k - 1)) or text in (*CLOSING, "/", "\\cdot", "\\times"):
                break
            if name in SUMS:  # \log\sum_i \exp(x_i)
                at = k + 1
                while edits.at(at) in ("_", "^"):
                    at = self.argument(at + 1) + 1
                return max(last, self._end_of_term(at))
            if last >= k and name in FUNCTIONS:
                break
            if name in FUNCTIONS and last > k - 2 and self._began(first, last):
                break
            k = last = edits.closes[k] if text in OPENING and k in edits.closes else k
            k += 1
        return last

    def _began(self, first: int, last: int) -> bool:
        """Whether an operand is there already, so that the next function begins a factor of its own."""
        while last >= first and self.texts[last][0] == "\\" and self.texts[last][1:] in BLANK:
            last -= 1
        return last >= first and (self.texts[last][0] != "\\" or self.texts[last][1:] in NAMES)

    def _behind_scripts(self, k: int) -> int:
        """The first token that is neither a subscript nor a superscript."""
        while self.edits.at(k) in ("_", "^"):
            k = self.argument(k + 1) + 1
        return k

    def _end_of_term(self, k: int) -> int:
        """The last token of the product that begins at token k, or of minus a product."""
        edits, first, last = self.edits, k, k - 1
        while k < len(edits):
            text = self.texts[k]
            if (text in STOPS or text in CLOSING) and not (text == "-" and k == first):
                break
            if text == "\\left":
                depth, k = 1, k + 1
                while k < len(edits) and depth:
                    depth += (self.texts[k] == "\\left") - (self.texts[k] == "\\right")
                    k += 1
                last = k
            else:
                last = edits.closes[k] if text in OPENING and k in edits.closes else k
            k = last + 1
        return min(last, len(edits) - 1)
