"""Operands of calls put into formulas; norms by their order, and `einsum` by its subscripts."""

from __future__ import annotations

import re

from backprop_cli.language.program import SizeOf
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import NORMS, SUMS, TORCH
from backprop_cli.language.tensor_calls import has_tensors
from backprop_cli.lean import Collection

_ORDER = re.compile(r"[0-9]*\.?[0-9]+|[a-z]")
_FIELD = re.compile(r"\{(\w+)\}")


class Operands:
    """A text in another language, and the edits that turn it into ours; `names` are the user's own."""

    def __init__(self, edits: Rewriter, names: Collection[str], size_of: SizeOf) -> None:
        self.edits = edits
        self.names = names
        self.size_of = size_of
        self.texts = edits.texts
        self.numpy = any(text in ("np", "numpy") for text in self.texts)
        named = any(text in TORCH and edits.at(k + 1) == "." for k, text in enumerate(self.texts))
        self.torch = named or (not self.numpy and has_tensors(edits))

    def _fill(self, meant: str, word: int, bracket: int, close: int, items: list[tuple[int, int]]) -> None:
        """Put operands, which stand in their order, into a formula that names them in that order."""
        edits = self.edits
        pieces = _FIELD.split(meant)
        fields = pieces[1::2]
        order = [int(field) for field in fields if field.isdigit()]
        if order != list(range(len(order))) or len(items) != len(order):
            if edits.texts[bracket - 1] != "." and edits.at(word - 1) != ".":
                edits.merge(word, bracket - 1, edits.texts[bracket - 1])  # refused by name
            return
        texts = pieces[0::2]
        edits.blank(word, bracket)
        edits.out[close] = ""
        for k in edits.commas[bracket]:
            edits.out[k] = ""
        behind = texts[0]
        for position, (first, last) in enumerate(items):
            before, behind = behind, texts[position + 1]
            own = before.endswith("(") and behind.startswith(")") and not before[-2:-1].isalnum()
            if edits.head[last] == first and own:
                before, behind = before[:-1], behind[1:]  # of one piece: it needs no brackets
            edits.wrap(first, last, before, "")
        edits.behind[close] = behind + edits.behind[close]

    def norm(self, bracket: int, first: int) -> None:
        """`norm(x, 1)`, `norm(x, ord=np.inf)`, `torch.norm(x, p=2, dim=1)`; NumPy's of a matrix is another norm."""
        edits = self.edits
        orders = NORMS[self.texts[bracket - 1]]
        gate = orders.get("2") or orders["fro"]
        items = self._kept(bracket)
        for a, b in items[1:]:
            named = edits.is_word(a) and edits.at(a + 1) == "="
            if named and self.texts[a] not in ("ord", "p"):
                continue
            order = "".join(edits.out[a + 2 * named : b + 1]).strip("'\"")
            if order not in orders:
                self.other_order(order, items[0], a, first, bracket)
                return
            gate = orders[order]
            is_vector = len(self.shape(*items[0])) == 1 or self._has(bracket, "axis") or self.texts[a] == "p"
            flat = self.texts[first] in TORCH and "linalg" not in self.texts[first:bracket]
            if not (is_vector or order == "fro" or flat):
                message = "of a vector this is a norm of its elements, and of a matrix another"
                edits.refuse(first, edits.closes[bracket], message, f"for the elements' write `{gate}(x)`")
                return
            edits.drop(a - 1, b)
            break
        edits.merge(first, bracket - 1, gate)

    def other_order(self, order: str, x: tuple[int, int], argument: int, first: int, bracket: int) -> None:
        """Refuse a norm of another order, `norm(x, p=3)`, with its formula; `argument` is where that begins."""
        edits = self.edits
        if not _ORDER.fullmatch(order):
            return
        operand = edits.text[edits.begins[x[0]] : edits.begins[x[1]] + len(self.texts[x[1]])]
        others = [k for k, last in self._kept(bracket) if k not in (argument, x[0]) and last == k + 2]
        rest = "".join(f", {edits.out[k]}={edits.out[k + 2]}" for k in others)
        formula = f"sum(abs({operand})^{order}{rest})^(1/{order})" if order != "0" else f"sum(1*({operand} != 0){rest})"
        message = f"no gate is the norm of order {order}"
        edits.refuse(first, edits.closes[bracket], message, f"of a vector write `{formula}`")

    def shape(self, first: int, last: int) -> tuple[int, ...]:
        """The shape of an operand, if that is the name of a value; otherwise ()."""
        shape = self.size_of(self.texts[first]) if first == last else None
        return shape if isinstance(shape, tuple) else ()

    def einsum(self, bracket: int, close: int, first: int) -> None:
        """`einsum('ij,jk->ik', A, B)`: the sums that have a name."""
        edits = self.edits
        items = edits.arguments(bracket)
        if len(items) < 2 or items[0][0] != items[0][1]:
            return
        (a, _), *items = items
        meant = SUMS.get(_canonical(self.texts[a].strip().strip("'\"")))
        if meant is not None:
            edits.drop(a, items[0][0] - 1)
            self._fill(meant, first, bracket, close, items)

    def _kept(self, bracket: int) -> list[tuple[int, int]]:
        return [(a, b) for a, b in self.edits.arguments(bracket) if not self.edits.dropped[a]]

    def _has(self, bracket: int, keyword: str) -> bool:
        return any(self.edits.out[a] == keyword and self.edits.at(a + 1) == "=" for a, _ in self._kept(bracket))

    def _is_axis(self, item: tuple[int, int]) -> bool:
        words = self.texts[item[0] : item[1] + 1]
        return words[0] in ("axis", "dim") or (words[-1].isdigit() and words[:-1] in ([], ["-"]))

    def _counts_only(self, first: int, last: int) -> bool:
        """Whether a type is one of whole numbers: what is cut to one changes."""
        return any(kind in text for text in self.texts[first : last + 1] for kind in ("int", "bool", "long"))


def _canonical(subscripts: str) -> str:
    """Subscripts with their letters in the order of the alphabet: `bij,bjk->bik` is `abc,acd->abd`."""
    letters: dict[str, str] = {}
    for letter in subscripts:
        if letter.isalpha():
            letters.setdefault(letter, chr(ord("a") + len(letters)))
    return "".join(letters.get(letter, letter) for letter in subscripts if letter != " ")
