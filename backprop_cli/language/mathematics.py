"""Mathematics as it is written by hand, in Unicode: θ, x₁, x⁴, wᵀ, |x|, ‖x‖, √x, ½, sin²(x), 5!, a mod b, 30°."""

from __future__ import annotations

import re

from backprop_cli.language.bare import BARE, CAPITALS, JOINING, MATHEMATICA, MATHEMATICA_OF_TWO, SUM_SIGNS
from backprop_cli.language.blackboard import Blackboard
from backprop_cli.language.braces import refuse_braces
from backprop_cli.language.dimensions import is_matlab, read_dimensions, read_parts, refuse_remainders
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.raised_transposes import read_transpose
from backprop_cli.language.rewriting import FRACTIONS, RAISED, Rewriter
from backprop_cli.language.spellings import (
    ABSOLUTE,
    BAR_NORMS,
    BRACKETS,
    CALLED,
    CONSTANTS,
    ELEMENTWISE,
    LOWERED,
    ORDERS,
    ROOTS,
    SIGNS,
    SIGNS_OF_JOINING,
)
from backprop_cli.lean import Collection

_BEFORE_OPERANDS = frozenset("+-−*/^·⋅×(,")
_ELEMENTWISE = ("^", "'", "*", "/", "**", "+", "-", "<", ">", "==", "<=", ">=", "(")
_OF_MATHEMATICA = {"Pi": "pi", "E": "e"}  # where its square brackets show that the text is
_JOINED = {
    "and": "conditions are multiplied: write `1*(x > 0)*(y > 0)`, or `where(1*(x > 0)*(y > 0) == 1, x, y)` to choose",
    "or": "write `max(1*(x > 0), 1*(y > 0))`, or `where(max(1*(x > 0), 1*(y > 0)) == 1, x, y)` to choose",
    "not": "write the opposite comparison: `x <= 0` for `not x > 0`",
}
# ∂²f/∂x∂y, the signs of which are letters here.
_PARTIAL = re.compile(
    r"∂(?:\s*(?:²|\^\s*2)\s*)?[^\W\d]\w*\s*[/÷⁄∕]\s*\(?\s*∂[^\W\d]\w*(?:(?:\s*[*·]\s*|\s*)∂[^\W\d]\w*)?"
)
# 1 where a comparison holds, and 0 elsewhere: the brackets that may be behind each sign.
_INDICATORS = {"I": "[{(", "𝕀": "[{(", "1": "[{", "1_": "[{(", "𝟙": "[{(", "𝟏": "[{("}
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠", "="})
_BARS = {"|": "|", "‖": "‖", "||": "||", "∥": "∥"}

_BEHIND_PERCENT = frozenset("+-*/^),;")


class Mathematics:
    """The edits that make a blackboard's signs ours; `names` are the user's own."""

    def __init__(self, edits: Rewriter, names: Collection[str]) -> None:
        self.edits = edits
        gates = (edits.at(k + 1) for k, text in enumerate(edits.texts) if text in ("gate", "def"))
        self.names = {*names, *gates}
        called = (text for k, text in enumerate(edits.texts) if edits.at(k + 1) == "[")
        self.is_mathematica = any(text in MATHEMATICA or text in CAPITALS for text in called)
        found = (place for place in _PARTIAL.finditer(edits.text) if "∂" in edits.texts)
        self.is_matlab = is_matlab(edits)
        self.partials = {k for place in found for k in range(*place.span()) if edits.text[k] == "∂"}

    def rewrite(self) -> None:
        """Make the edits; signs around operands last, which need to know where those end."""
        edits = self.edits
        read_dimensions(edits, self.names, pointed=self.is_matlab)
        refuse_remainders(edits)
        if self.is_mathematica:
            read_parts(edits)
        self._bars()
        Blackboard(edits, self.names).rewrite()
        for k, text in enumerate(edits.texts):
            if text in _INDICATORS and text not in self.names and (bracket := self._indicates(k)):
                edits.blank(k, bracket - 1)
                edits.out[k], edits.out[bracket], edits.out[edits.closes[bracket]] = "(1*", "(", "))"
            elif edits.is_word(k):
                self._word(k, text)
            elif text[0].isdigit() and "−" in text:  # 1.5e−3
                edits.out[k] = text.replace("−", "-")
            elif text in FRACTIONS:
                edits.out[k] = FRACTIONS[text]
                if edits.touches(k) and edits.texts[k - 1][-1].isdigit():
                    whole = edits.texts[k - 1]
                    help_ = f"write `({whole} + {FRACTIONS[text][1:-1]})` or `{whole}*{FRACTIONS[text]}`"
                    edits.refuse(k - 1, k, f"`{whole}{text}` is a sum to most, and a product to others", help_)
            elif text == "∂" and edits.begins[k] in self.partials:
                edits.out[k] = " d" if edits.touches(k) and edits.is_word(k - 1) else "d"
            elif text in SIGNS and edits.out[k] == text:
                edits.out[k] = SIGNS[text]
            elif text[0] in RAISED and k and edits.head[k - 1] >= 0:
                self._raised(k, text)
            elif text == "!" and edits.at(k + 1) == "!" and k and edits.head[k - 1] >= 0:
                edits.refuse(k, k + 1, "`!!` is the product of every second number", "no gate has that: write it out")
            elif text == "!" and k and edits.head[k - 1] >= 0 and edits.at(k + 1) != "=":
                edits.wrap(edits.head[k - 1], k - 1, f"{CALLED['Γ']}((", ") + 1)")
                edits.out[k] = ""
            elif text == "^" and read_transpose(edits, k, self.names):
                continue
            elif text == "{" and k in edits.closes and edits.out[k] == text and not edits.dropped[k]:
                self._brace(k)
            elif text in BRACKETS and edits.out[k] == text:
                edits.out[k] = BRACKETS[text]
            elif text == "%" and edits.texts[k : k + 3] == ["%", "*", "%"]:  # R's product of matrices
                edits.out[k : k + 3] = ["@", "", ""]
            elif (
                text == "%"
                and k
                and edits.texts[k - 1][-1].isdigit()
                and edits.touches(k)
                and (not edits.touches(k + 1) or edits.texts[k + 1] in _BEHIND_PERCENT)
            ):
                number = edits.texts[k - 1]
                help_ = f"for percent write `{number}/100`, for the remainder of a division `{number} % n`"
                edits.refuse(k - 1, k, f"`{number}%` is a percentage to some, and a division to others", help_)
            elif text == "." and edits.at(k + 1) in _ELEMENTWISE and edits.touches(k + 1):
                edits.out[k] = ""  # MATLAB's and Julia's sign that it is elementwise
            elif (
                text == "*" and self.is_matlab and edits.out[k] == "*" and "." not in (edits.at(k - 1), edits.at(k + 1))
            ):
                edits.out[k] = "·"  # of arrays that fit it is the matrix product
            elif text in SIGNS_OF_JOINING:
                edits.refuse(k, k, f"`{text}` joins conditions, and is not read", _JOINED[SIGNS_OF_JOINING[text]])
            elif text == "°" and edits.touches(k + 1) and edits.at(k + 1)[:1].isdigit():  # 30°15'
                angle = edits.texts[k - 1]
                help_ = f"write `({angle} + {edits.at(k + 1)}/60)*pi/180`"
                edits.refuse(k - 1, k + 1, "minutes of an angle are not read", help_)
            elif text == "°" and k and edits.head[k - 1] >= 0:
                edits.wrap(edits.head[k - 1], k - 1, "(", "")
                edits.out[k] = "*pi/180)"
        for k in range(len(edits) - 1, -1, -1):
            if edits.texts[k] in ROOTS:
                self._root(k)

    def _indicates(self, k: int) -> int:
        """The bracket with the comparison that a sign is the indicator of: `1[x > 0]`, `𝟙_{x > 0}`; 0 if it is none."""
        edits = self.edits
        bracket = k + 1 + (edits.at(k + 1) == "_")
        if edits.at(bracket) not in _INDICATORS[edits.texts[k]] or bracket not in edits.closes:
            return 0
        return bracket if _COMPARISONS.intersection(edits.texts[bracket : edits.closes[bracket]]) else 0

    def _brace(self, k: int) -> None:
        """`x^{2}`, `x_{1}`, `max{x, 0}`, `2*{x + 1}`."""
        edits = self.edits
        close, before = edits.closes[k], edits.at(k - 1)
        if before == "^" and edits.closes.get(k + 1) == close - 1 == k + 3:
            base, index = edits.at(k - 2), edits.texts[k + 2]
            message = f"`^{{({index})}}` is an index to most, and a power to others"
            help_ = f"for the name write `{base}_{index}`, for the power `{base}^{index}`"
            edits.refuse(k - 1, close, message, help_)
        elif edits.is_word(k - 1) and before.endswith("_") and close == k + 2 and edits.texts[k + 1].isalnum():
            edits.merge(k - 1, close, f"{self._name(before)}{edits.texts[k + 1]}")
        elif edits.is_word(k - 1) and before.endswith("_"):
            name, index = before[:-1], edits.text[edits.begins[k] + 1 : edits.begins[close]].strip()
            help_ = f"write `{name}[{index}]` for an element, or a name such as `{name}_prev`"
            edits.refuse(k - 1, close, f"`{name}_{{{index}}}` has an index that is worked out", help_)
        elif (before in _BEFORE_OPERANDS and not edits.commas[k]) or (
            before in (*BARE, *ELEMENTWISE) and before not in self.names
        ):
            edits.out[k], edits.out[close] = "(", ")"
        elif self.is_mathematica and edits.commas[k]:
            edits.out[k], edits.out[close] = "[", "]"
        else:
            refuse_braces(edits, k)

    def _word(self, k: int, text: str) -> None:
        """A name in ASCII letters; a Greek letter that is called, a function that is raised, `mod`."""
        edits = self.edits
        called = edits.at(k + 1) == "("
        if (
            text in CAPITALS
            and edits.out[k] == text
            and text not in self.names
            and edits.at(k + 1) in ("(", "[")
            and k + 1 in edits.closes
        ):
            edits.out[k] = CAPITALS[text]
            edits.out[k + 1], edits.out[edits.closes[k + 1]] = "(", ")"
            return
        if text in MATHEMATICA and text not in self.names and edits.at(k + 1) == "[" and k + 1 in edits.closes:
            self._of_mathematica(k, text)
            return
        if text in _OF_MATHEMATICA and text not in self.names and self.is_mathematica:
            edits.out[k] = _OF_MATHEMATICA[text]
            return
        if text in JOINING and text not in self.names:
            edits.refuse(k, k, f"`{text}` joins conditions, and is not read", _JOINED[text])
            return
        if text in CALLED and called and ascii_name(text) not in self.names:
            edits.out[k] = CALLED[text]
        elif text == "mod" and k and edits.head[k - 1] >= 0 and not (called and edits.commas.get(k + 1)):
            edits.out[k] = "%"
            before = edits.head[k - 1] - 1
            if edits.at(before) in ("+", "-") and before > 0 and edits.head[before - 1] >= 0:
                message = "`a + b mod n` is (a + b) mod n to some, and a + (b mod n) to others"
                edits.refuse(before, k, message, "put brackets around what is divided")
        elif text[0] in SUM_SIGNS and len(text) > 1 and ascii_name(text) not in self.names:
            edits.refuse(
                k, k, f"`{text}` runs over an index", f"write `{SUM_SIGNS[text[0]]}(…)` of vectors, such as `sum(w*x)`"
            )
        elif not text.isascii() and edits.out[k] == text:
            edits.out[k] = self._name(text)

    def _of_mathematica(self, k: int, text: str) -> None:
        """`Log[x]`, `ArcTan[x, y]`: square brackets are round ones."""
        edits, bracket = self.edits, k + 1
        edits.out[k] = MATHEMATICA[text]
        edits.out[bracket], edits.out[edits.closes[bracket]] = "(", ")"
        items = edits.arguments(bracket)
        if text == "Total" and len(items) == 1:
            edits.out[edits.closes[bracket]] = ", axis=0)"
        if len(items) == 2 and text in MATHEMATICA_OF_TWO:
            edits.out[k], *names = MATHEMATICA_OF_TWO[text]
            for name, (first, _) in zip(names, items, strict=True):
                edits.before[first] = f"{name}=" + edits.before[first]

    def _name(self, text: str) -> str:
        """The name in ASCII; of a Greek letter and a name that both have values, and together none, their product."""
        whole = ascii_name(text)
        parts = [ascii_name(text[:1]), ascii_name(text[1:])] if not text[0].isascii() else []
        if whole not in self.names and all(part in self.names or part == CONSTANTS["pi"] for part in parts):
            return " ".join(parts) or whole or text
        return whole or text

    def _raised(self, k: int, text: str) -> None:
        """A raised number, or the sign of a transpose."""
        edits = self.edits
        if edits.dropped[k] or text in ("²", "³"):
            return
        signs = text.replace("ᵀ", "'")
        power = signs.strip("'").translate(LOWERED)
        power = "-1" if power == "-" and signs[-1] == "'" else power  # ⁻ᵀ
        made = f"^({power})" if len(power) > 1 else f"^{power}" if power else ""
        edits.out[k] = made + "'" * signs.count("'") if signs[0] != "'" else "'" * signs.count("'") + made

    def _root(self, k: int) -> None:
        """`√x` and `√(x+1)`: the operand right behind."""
        edits = self.edits
        gate, sign = ROOTS[edits.texts[k]], edits.texts[k - 1] if k else ""
        order = sign.translate(LOWERED)
        if sign and sign[0] in RAISED and order.isdigit() and not (k > 1 and edits.head[k - 2] >= 0):  # ³√x
            if order not in ORDERS:
                edits.refuse(k - 1, k, f"a root of order {order} has no sign here", f"write `x^(1/{order})`")
                return
            gate, edits.out[k - 1] = ORDERS[order], ""
        more, apart = ")" * gate.count("("), " " * (edits.touches(k) and edits.head[k - 1] >= 0)
        if edits.at(k + 1) == "(" and k + 1 in edits.closes:
            edits.out[k] = apart + gate
            edits.behind[edits.closes[k + 1]] += more
            return
        last = k + 1
        while last + 1 < len(edits) and edits.head[last + 1] == edits.head[k + 1] >= 0:
            last += 1
        if k + 1 < len(edits) and edits.head[last] >= 0 and edits.texts[last][0] not in RAISED:
            edits.out[k] = f"{apart}{gate}("
            edits.behind[last] += ")" + more

    def _bars(self) -> None:
        """`|x|` and `‖x‖`: a bar where an operand is wanted opens, any other closes."""
        edits = self.edits
        opened: list[int] = []
        for k, text in enumerate(edits.texts):
            if text not in _BARS:
                continue
            wanted = k == 0 or (edits.head[k - 1] < 0 and edits.texts[k - 1] not in _BARS) or self._opens(k, opened)
            if not (opened and edits.texts[opened[-1]] == text) or (wanted and not self._ends_operand(k - 1)):
                opened.append(k)
            elif opened and edits.texts[opened[-1]] == text:
                first = opened.pop()
                gate, end = ABSOLUTE, k
                if text != "|":
                    below = edits.at(k + 1) == "_" and edits.at(k + 2) in BAR_NORMS
                    order = edits.at(k + 1 + below)
                    end += (order in BAR_NORMS and order != "") * (1 + below)
                    gate = BAR_NORMS.get(order, BAR_NORMS[""])
                apart = " " if first and edits.touches(first) and edits.texts[first - 1][-1].isalnum() else ""
                edits.out[first], edits.out[k] = f"{apart}{gate}(", ")"
                edits.blank(k + 1, end)
                edits.head[k] = edits.head[end] = first

    def _opens(self, k: int, opened: list[int]) -> bool:
        """Whether a bar behind another opens one more: `||x| - 1|`."""
        before = self.edits.texts[k - 1]
        return before in _BARS and bool(opened) and opened[-1] == k - 1

    def _ends_operand(self, k: int) -> bool:
        return k >= 0 and self.edits.head[k] >= 0
