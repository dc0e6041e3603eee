"""Functions without brackets, as a blackboard has them: `sin x`, `ln|x|`, `sin² x`, `exp -x²`, `sin⁻¹(x)`."""

from __future__ import annotations

import re

from backprop_cli.language.bare import BARE, BASES, INDICES, INVERSES, LOGARITHMS, SUM_SIGNS, SUMS_OF
from backprop_cli.language.index_sums import MATRICES, objection
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.rewriting import RAISED, IndexSum, Rewriter
from backprop_cli.language.spellings import LOWERED
from backprop_cli.lean import Collection

_BELOW = re.compile(rf"[{''.join(INDICES)}]|_[A-Za-z]")
_MINUS = ("-", "−")
_POWER = ("^", "**")
_PRODUCTS = ("*", "/", "·", "⋅", "×", "÷")


class Blackboard:
    """The edits that put brackets around operands; `names` are the user's own, and no functions.

    Bars around operands have been read already.
    """

    def __init__(self, edits: Rewriter, names: Collection[str]) -> None:
        self.edits = edits
        self.names = names
        self.ends: dict[int, int] = {}  # a function without brackets: the last token of its operand

    def rewrite(self) -> None:
        """Make the edits, from the last function to the first: `ln sin x` reaches around what `sin x` has become."""
        for k in range(len(self.edits) - 1, -1, -1):
            if self._is_function(k) and self.edits.at(k - 1) != "." and not self.edits.dropped[k]:
                self._function(k)

    def _is_function(self, k: int) -> bool:
        text = self.edits.at(k)
        if text in SUM_SIGNS:  # a name too: of a covariance
            return ascii_name(text) not in self.names and self.edits.at(k + 1) != ""
        if text in LOGARITHMS or self._base(k):
            return text not in self.names
        return (text in BARE and text not in self.names) or text in SUMS_OF or self._runs_over(k) != ""

    def _base(self, k: int) -> str:
        """The base of `log_{10}`; empty if it is something else."""
        is_log = self.edits.texts[k] == "log_" and self.edits.at(k + 1) == "{" and self.edits.at(k + 3) == "}"
        return self.edits.texts[k + 2] if is_log and self.edits.texts[k + 2] in BASES else ""

    def _runs_over(self, k: int) -> str:
        """The index of `sum_i`; empty if it is none."""
        gate, _, index = self.edits.at(k).partition("_")
        named = gate in SUMS_OF.values() and self.edits.at(k) not in self.names
        return index if named and len(index) == 1 and index.isalpha() else ""

    def _function(self, k: int) -> None:
        edits = self.edits
        index = self._runs_over(k)
        base = self._base(k)
        first, power = self._raised(k + 4 if base else k + 1)
        if edits.texts[k] in SUMS_OF and (below := _BELOW.fullmatch(edits.at(first))):  # ∑ᵢ and ∑_i
            index, first = INDICES.get(below[0], below[0][-1]), first + 1
        called = edits.at(first) == "(" and first in edits.closes
        gate = (
            LOGARITHMS.get(edits.texts[k])
            or BASES.get(base)
            or SUMS_OF.get(edits.texts[k])
            or edits.texts[k].partition("_")[0]
        )
        if called and gate in SUMS_OF.values():
            behind = edits.at(edits.closes[first] + 1)
            if not index and (behind in _POWER or behind[:1] in tuple(RAISED)):
                inside = self._written(first, edits.closes[first])
                ways = f"`{gate}({inside}^…)` or `{gate}{inside}^…`"
                edits.refuse(
                    k, edits.closes[first] + 1, f"whether the `{gate}` is raised is not written", f"write {ways}"
                )
            called = False
        if called and first == k + 1:
            edits.out[k] = gate
            return
        last = edits.closes[first] if called else self._operand(first, of_sum=gate in SUMS_OF.values())
        if last < first:
            return
        if not called:
            if ways := self._two_ways(gate, first, last, power):
                edits.refuse(k, last, f"how far `{gate}` reaches is not written", f"write {ways}")
            if edits.closes.get(first) != last:
                edits.wrap(first, last, "(", ")")
        if gate in SUMS_OF.values():
            self._without_indices(k, first, last, index)
        if power == "-1" and gate in INVERSES:
            gate, power = INVERSES[gate], ""
        edits.out[k] = gate
        edits.drop(k + 1, first - 1)
        edits.behind[last] += f"^({power})" if len(power) > 1 else f"^{power}" if power else ""
        self.ends[k] = last

    def _without_indices(self, sign: int, first: int, last: int, index: str) -> None:
        """In a sum over an index `x_i` is an element of the vector x, and the sum that of its elements."""
        edits, found, own = self.edits, set[str](), set[str]()
        for k in range(first, last + 1):
            text = edits.texts[k]
            base, _, letter = text.partition("_") if "_" in text else (text[:-1], "", INDICES.get(text[-1], ""))
            is_own = ascii_name(text) in self.names or text in self.names
            is_element = base in self.names and not is_own
            if index and letter == index and not is_element and k not in edits.calls:
                own.add(letter)  # a name of its own, of which this is all elements
            if is_element and len(letter) == 1 and letter.isalpha():
                edits.out[k] = base
                found.add(letter)
        if not found:
            if own and index not in edits.texts[first : last + 1]:
                start, end = edits.begins[first], edits.begins[last] + len(edits.texts[last])
                edits.sums.append(IndexSum(start, end, letter=index))
            return
        index, texts = index or min(found), edits.texts[first : last + 1]
        problem = objection(index, found)
        if index in texts:
            problem = f"the index `{index}` is a number here", "write the terms out, or a vector of these numbers"
        elif any(text in ("'", "‖", "||") or "ᵀ" in text for text in texts):
            problem = "a product or a norm of vectors in a sum over an index is not read", MATRICES
        if problem:
            edits.refuse(sign, last, *problem)
        edits.sums.append(IndexSum(edits.begins[first], edits.begins[last] + len(edits.texts[last])))

    def _raised(self, k: int) -> tuple[int, str]:
        """What follows a power between a function and its operand, and the power: `²`, `⁻¹`, `^2`, `^-1`, `^{-1}`."""
        edits = self.edits
        text = edits.at(k)
        if text and text[0] in RAISED and "ᵀ" not in text:
            return k + 1, text.translate(LOWERED)
        if text not in _POWER:
            return k, ""
        last = edits.closes.get(k + 1, k + 1 + (edits.at(k + 1) in _MINUS))
        power = "".join(edits.texts[k + 1 : last + 1]).strip("(){}").replace("−", "-")
        return (last + 1, power) if power.lstrip("-").isdigit() else (k, "")

    def _operand(self, k: int, *, of_sum: bool) -> int:
        """The last token of the factors that begin at token k; one before it where there is none.

        A sum goes over all of a product, `∑ y log p`; the operand of another function ends before the next.
        """
        last, at = k - 1, k + (self.edits.at(k) in _MINUS)
        while at < len(self.edits) and not (last >= k and self._ends_before(at, of_sum=of_sum)):
            end = self.ends.get(at) or self._factor(at)
            if end < at:
                break
            last, at = end, end + 1
        return last

    def _ends_before(self, k: int, *, of_sum: bool) -> bool:
        """Whether the operand of a function ends before token k."""
        is_sum = self.edits.at(k) in SUMS_OF or self._runs_over(k) != ""
        return self._is_function(k) and (is_sum or not of_sum)

    def _factor(self, k: int) -> int:
        """The last token of the operand that begins at token k, its power included; one before it where none does."""
        edits = self.edits
        first, end = k, self._plain(k)
        while first <= end < len(edits) - 1:
            close = edits.closes.get(end + 1, end + 1)
            if edits.head[close] == first:
                end = close
            elif edits.texts[end + 1] == "." and edits.head[min(end + 2, len(edits) - 1)] == first:
                end += 2
            elif edits.texts[end + 1] in _POWER:
                exponent = end + 2 + (edits.at(end + 2) in _MINUS)
                reached = self._plain(exponent)
                if reached < exponent:
                    break
                first, end = exponent, reached
            else:
                break
        return end

    def _plain(self, k: int) -> int:
        """The last token of the name, number or bracket that begins at token k, or of a function with its operand."""
        edits = self.edits
        text = edits.at(k)
        if k in self.ends:
            return self.ends[k]
        if text == "|":
            return next((m for m in range(k + 1, len(edits)) if edits.texts[m] == "|" and edits.head[m] == k), k - 1)
        if text in ("(", "["):
            return edits.closes.get(k, k - 1)
        return k if text and edits.head[k] == k else k - 1

    def _two_ways(self, function: str, first: int, last: int, power: str) -> str:
        """What `sin x/2`, `sin 2*x` and `sin x (y + 1)` may mean; empty where there is one meaning."""
        edits = self.edits
        if power == "-1" and function in INVERSES:
            function, power = INVERSES[function], ""
        raised = f"^({power})" if len(power) > 1 else f"^{power}" if power else ""
        sign, after = edits.at(last + 1), edits.at(last + 2)
        operand = self._written(first, last)
        number = operand.replace(".", "").isdigit()
        if sign in _PRODUCTS and (
            (edits.touches(last + 1) and (sign in "/÷" or number)) or function in SUMS_OF.values()
        ):
            return f"`{function}({operand}){raised}{sign}{after}` or `{function}({operand}{sign}{after}){raised}`"
        bracket = next((m for m in range(first + 1, last) if edits.texts[m] == "(" and self._multiplies(m)), -1)
        if bracket < 0:
            return ""
        operand, behind = self._written(first, bracket - 1), self._written(bracket, edits.closes[bracket])
        return f"`{function}({operand}){raised}*{behind}` or `{function}({operand}*{behind}){raised}`"

    def _multiplies(self, bracket: int) -> bool:
        """Whether a bracket is a factor behind another, and holds no operands of a function."""
        edits = self.edits
        if bracket not in edits.closes or edits.head[bracket - 1] < 0:
            return False
        return bracket not in edits.calls or edits.texts[bracket - 1] in self.names or not edits.touches(bracket)

    def _written(self, first: int, last: int) -> str:
        edits = self.edits
        return edits.text[edits.begins[first] : edits.begins[last] + len(edits.texts[last])]
