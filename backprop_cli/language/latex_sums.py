r"""Sums over an index in LaTeX: `\sum_{i=1}^{n} (y_i - w^T x_i)^2`."""

from __future__ import annotations

from backprop_cli.language.index_sums import MATRICES, below, objection
from backprop_cli.language.latex_environments import LatexEnvironments
from backprop_cli.language.latex_spellings import FONTS, SUM_SIGNS, SUMS, TRANSPOSED
from backprop_cli.language.rewriting import IndexSum

_NORMS = ("\\|", "\\Vert", "\\lVert", "‖")


class LatexSums(LatexEnvironments):
    """The edits that make sums over vectors of sums over an index, or say why they are none."""

    def sum(self, k: int, name: str) -> None:
        r"""`\sum_{i=1}^{n} …`: the sum over a vector; the subscripts that it runs over go."""
        edits = self.edits
        at, written = k + 1, {"_": "", "^": ""}
        while edits.at(at) in ("_", "^"):
            end = self.argument(at + 1)
            written[self.texts[at]] = self.inside(at + 1, end)
            edits.blank(at, end)
            at = end + 1
        end = self._end_of_term(at)
        if end < at:
            return
        limits = below(written["_"]) if written["_"] else ("", "")
        if limits is None:
            help_ = "write the sum over a vector that has the elements which are meant"
            edits.refuse(k, end, f"`{written['_']}` below a sum is not read", help_)
            return
        indices, lower = limits
        if not written["_"]:
            indices = self._index_of(at, end)
        if indices and (problem := self._without_indices(at, end, indices)):
            edits.refuse(k, end, *problem)
        edits.out[k] = self.apart_command(k) + f"{SUMS[name]}("
        self.close(end, ")")
        if indices:
            first, last = edits.begins[at], edits.begins[end] + len(self.texts[end])
            edits.sums.append(IndexSum(first, last, len(indices), lower, written["^"]))

    def _index_of(self, first: int, last: int) -> str:
        """The one letter that is the subscript of vectors with values, where nothing is below the sign."""
        found = {
            self.inside(k + 1, self.argument(k + 1))
            for k in range(first + 1, last)
            if self.texts[k] == "_" and self.texts[k - 1] in self.names
        }
        letters = [letter for letter in found if len(letter) == 1 and letter.isalpha()]
        return letters[0] if len(letters) == len(found) == 1 else ""

    def _without_indices(self, first: int, last: int, indices: str) -> tuple[str, str] | None:
        """Blank the subscripts of the elements of a sum; what there is that is none, and what to write."""
        edits, found = self.edits, set[str]()
        place, inner = first, -1  # the last token of a sum in this one
        while place <= last:
            text = self.texts[place]
            end = self.argument(place + 1) if text in ("_", "^") else place
            inside = self.inside(place + 1, end) if end > place else ""
            letters = inside.strip("()").replace(",", "")
            if text[1:] in SUMS or text in SUM_SIGNS:
                inner = max(inner, self._end_of_term(self._behind_scripts(place + 1)))
            if text in indices:
                return (
                    f"the index `{min(indices)}` is a number here",
                    "write the terms out, or a vector of these numbers",
                )
            if text == "^" and {inside} <= TRANSPOSED and (product := self._of_row(place, end, indices, first)):
                found.add(indices)
                place = product + 1
                continue
            if text in ("'", "\\langle") or (text == "^" and {inside} <= TRANSPOSED):
                return "a product of vectors in a sum over an index is not read", MATRICES
            if text in _NORMS:
                return "a norm in a sum over an index is not read", "write it with matrices: `sum(X^2)` for all ‖x‖²"
            if text == "^" and inside[:1] != "(":
                end = place  # what is in an exponent is looked at as well
            elif text in ("_", "^") and set(indices).intersection(letters) and self._is_subscript(place, inside):
                if place <= inner:
                    return "an inner sum has elements of the outer one", "write it with matrices, such as `x' A y`"
                found.add(letters)
                edits.blank(place, end)
            place = end + 1
        if not found:
            return "nothing in this sum has its index", "write the sum out, or over a vector whose elements have it"
        return objection(indices, found)

    def _of_row(self, place: int, end: int, indices: str, first: int) -> int:
        r"""`w^T x_i` and `x_i^T w` of a matrix x and a vector w, as `(x@w)`: the last token; 0 where it is none."""
        edits = self.edits
        behind = end + 1
        begin, one, of_one = self._name_with_index(place - 1, indices, backwards=True)
        last, other, of_other = self._name_with_index(behind, indices)
        matrix, vector = (one, other) if of_one else (other, one)
        shapes = [self.size_of(name) for name in (matrix, vector)]
        ranks = [len(shape) if isinstance(shape, tuple) else -1 for shape in shapes]
        if ranks != [2, 1] or of_one == of_other or begin < first:
            return 0
        edits.merge(begin, last, f"{self.apart_command(begin)}({matrix}@{vector})")
        return last

    def _name_with_index(self, k: int, indices: str, *, backwards: bool = False) -> tuple[int, str, bool]:
        """The far end of a name with its font and its subscript, the name, and whether it has the index."""
        edits, has_index = self.edits, False
        if backwards:
            if edits.at(k - 1) == "_" or (edits.at(k) == "}" and edits.at(edits.opens.get(k, 0) - 1) == "_"):
                under = k - 1 if edits.at(k - 1) == "_" else edits.opens[k] - 1
                has_index = self.inside(under + 1, k) == indices
                k = under - 1
            if edits.at(k) == "}" and edits.at(edits.opens.get(k, 0) - 1)[1:] in FONTS:
                return edits.opens[k] - 1, self.inside(edits.opens[k], k), has_index
            return k, edits.at(k), has_index
        last = edits.closes.get(k + 1, k) if edits.at(k)[1:] in FONTS else k
        name = self.inside(k + 1, last) if last > k else edits.at(k)
        if edits.at(last + 1) == "_":
            end = self.argument(last + 2)
            has_index = self.inside(last + 2, end) == indices
            last = end if has_index else last
        return last, name, has_index

    def _is_subscript(self, place: int, inside: str) -> bool:
        """Whether a name with a subscript is an element, and not one that has a value."""
        name = self.edits.at(place - 1)
        return not {f"{name}_{inside}", f"{name}{inside}"} & {*self.names}
