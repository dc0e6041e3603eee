"""Calls of other libraries' functions and methods: which of our gates they are, or which formula.

Brackets are visited when they close, so that what is inside has been read before what is around it.
"""

from __future__ import annotations

from backprop_cli.language.code_arguments import (
    infinity,
    joined_along,
    labelled,
    one_sided,
    refuse_texts,
    transposed,
)
from backprop_cli.language.library_losses import loss_of_library
from backprop_cli.language.objects import Objects
from backprop_cli.language.other_meanings import refused
from backprop_cli.language.several_results import chosen, drop_keyword, drop_lengths, largest_with_places
from backprop_cli.language.spellings import (
    APPROXIMATED,
    ASSUMED,
    ASSUMED_BY_TENSORFLOW,
    COPIES,
    COUNTING,
    ELEMENTWISE,
    FLAT,
    FUNCTIONS,
    FUNCTIONS_OF,
    JAVASCRIPTS,
    KEYWORDS,
    KEYWORDS_OF,
    LAST_AXES,
    LIBRARIES,
    LIMITS,
    METHODS,
    NORMS,
    NUMPYS,
    OF_COUNT,
    OF_ROWS,
    OPTIONAL,
    PAIR,
    PYTORCHS,
    RESULTS,
    SILENT,
    SPREAD,
    SUMMING,
    SWAPS,
    TENSORFLOW,
    TORCH,
    TRIANGLES,
    UPPER,
)
from backprop_cli.language.tensor_calls import counted, gathered, norm_method, normalized, uncovered


class CodeCalls(Objects):
    """The calls in a text of another language, and the edits that turn them into ours."""

    def is_library(self, first: int, point: int) -> bool:
        """Whether the words from `first` to a point are a library's."""
        words = self.texts[first:point]
        named = words[0] if words else ""  # nothing is before the point in `.sum()`
        return named in LIBRARIES and named not in self.names and all(w == "." or w in LIBRARIES for w in words)

    def keywords(self, bracket: int, name: str) -> None:
        """The names that other tools give to operands of ours; what changes no number is left out."""
        edits = self.edits
        if name in self.names:
            return
        limits = edits.commas[bracket]
        for first, last in edits.arguments(bracket):
            if not (edits.is_word(first) and edits.at(first + 1) == "="):
                continue
            word = self.texts[first]
            if word in SILENT and not self._counts_only(first, last):
                edits.drop(first, last)
                if edits.at(first - 1) == ",":
                    edits.drop(first - 1, first - 1)
                elif last + 1 in limits:
                    edits.drop(last + 1, last + 1)
            elif word in KEYWORDS and not (word == "axes" and name in SWAPS):
                edits.out[first] = KEYWORDS[word]
            elif (name, word) in KEYWORDS_OF:
                edits.out[first] = KEYWORDS_OF[name, word]
            elif word in LIMITS.get(name, ()):
                edits.out[first] = LIMITS[name][word]
            elif word == "upper" and name in TRIANGLES:
                edits.out[first] = "lower"
                edits.out[last] = {"True": "False", "False": "True"}.get(self.texts[last], self.texts[last])
            elif word == "unbiased":
                edits.out[first] = "ddof"
                edits.out[last] = {"True": "1", "False": "0"}.get(self.texts[last], self.texts[last])

    def function(self, name: str, bracket: int, close: int, first: int, *, library: bool) -> None:
        """A function of a library: it is a gate, or a formula of its operands."""
        edits = self.edits
        if name in NORMS:
            self.norm(bracket, first)
            return
        if name == SUMMING:
            self.einsum(bracket, close, first)
            return
        if refused(edits, name, bracket, close, first, len(self.shape(*(edits.arguments(bracket) or [(0, 1)])[0]))):
            return
        if library and (meant := loss_of_library(edits, name, bracket, first)):
            self._fill(meant, first, bracket, close, self._kept(bracket))
            return
        if library and name in PYTORCHS and self.texts[first] not in TORCH:
            message = f"`{name}` is read as PyTorch's, and this library's may be another"
            edits.refuse(first, close, message, f"if it is the same write `{name}(…)`")
            return
        if name in RESULTS:
            if meant := chosen(edits, name, bracket, close):
                self._fill(meant, first, bracket, close, self._kept(bracket))
                return
            ways = " or ".join(f"`{way.format('…')}`" for way in dict.fromkeys(RESULTS[name].values()))
            edits.refuse(first, close, f"`{name}` has several results, and only some are gates", f"write {ways}")
            return
        if largest_with_places(edits, name, bracket, close, first, torch=library and self.texts[first] in TORCH):
            return
        transposed(edits, name, bracket)
        joined_along(edits, name, bracket)
        of_scipy = name in UPPER and library and not NUMPYS.intersection(self.texts[first:bracket])
        if of_scipy and not drop_keyword(edits, bracket, "lower", "True"):
            message = f"SciPy's `{name}` is the upper triangle, and ours and NumPy's the lower one"
            edits.refuse(first, close, message, f"write `{name}(a)'`, or for the lower one `{name}(a)`")
            return
        if library and self.is_object(name, bracket, close, first):
            return
        if library and name == "normalize" and normalized(edits, bracket, first):
            return
        if name in COUNTING:
            counted(edits, bracket, close, self.size_of)
        if infinity(edits, name, bracket, close, first) or self.loss(name, (first, bracket - 1), bracket):
            return
        meant = labelled(edits, name, bracket)
        if name in APPROXIMATED:
            drop_keyword(edits, bracket, APPROXIMATED[name], "False", "'none'")
        if library and refuse_texts(edits, name, bracket):
            return
        items = self._kept(bracket)
        meant = (
            meant or one_sided(edits, name, bracket, 1) or OF_COUNT.get((name, len(items)), FUNCTIONS.get(name, name))
        )
        if (self.texts[first], name) in FUNCTIONS_OF:
            meant = FUNCTIONS_OF[self.texts[first], name]
        for a, b in items if name in OPTIONAL else ():
            if self.texts[b] == "None" and (a == b or self.texts[a + 1] == "="):
                edits.out[b] = "0"
        if not meant and any(self._counts_only(*item) for item in items[1:]):
            return
        if not meant and len(items) > 1 and all(self.texts[a][0].isdigit() or self.texts[a] == "-" for a, _ in items):
            inside = ", ".join("".join(self.texts[a : b + 1]) for a, b in items)
            edits.refuse(bracket + 1, close - 1, f"`{name}` makes an array of one operand", f"write `[{inside}]`")
            return
        if name in ELEMENTWISE and len(items) == 2 and library and not self._is_axis(items[1]):
            meant = name  # torch.max(a, b) is elementwise
        if name in ELEMENTWISE and self.texts[first] in JAVASCRIPTS:
            meant = name
        if name in LAST_AXES and library:
            drop_lengths(edits, bracket, close, LAST_AXES[name])
        meant = uncovered(edits, self.names, meant, items)
        self._read_as(meant, first, bracket, close, [])
        assumed = ASSUMED.get(name, "") if self.texts[first] in TORCH else ""
        if self.texts[first] in TENSORFLOW and name in ASSUMED_BY_TENSORFLOW and len(items) == 1:
            edits.before[close] += f", {ASSUMED_BY_TENSORFLOW[name]}"
        if assumed and not self._has(bracket, assumed.partition("=")[0]) and (name in SPREAD or len(items) == 2):
            edits.before[close] += f", {assumed}"

    def method(self, name: str, head: int, point: int, bracket: int, close: int) -> None:
        """A method behind an operand, which is the first of what it means."""
        edits = self.edits
        items = self._kept(bracket)
        meant = one_sided(edits, name, bracket, 0) or METHODS.get(name, name)
        if not meant and any(self._counts_only(*item) for item in items):
            return
        if name in FLAT and items and (name not in OF_ROWS or len(self.shape(head, point - 1)) != 1):
            message = f"`.{name}(…)` is of all elements in a row"
            edits.refuse(point, close, message, f"write `{FLAT[name]}`")
            return
        if name in SPREAD and self.torch and any(self.texts[a] in ("True", "False") for a, _ in items):
            message = "PyTorch's `True` or `False` in this place is `unbiased`, and ours `keepdims`"
            edits.refuse(point, close, message, f"write `{name}(x, axis=…, ddof=1)` or `{name}(x, axis=…, ddof=0)`")
            return
        if name in SPREAD and self.torch == self.numpy and not self._has(bracket, "ddof"):
            message = f"`.{name}()` divides by n in NumPy, and by n - 1 in PyTorch"
            edits.refuse(point, close, message, f"write `{name}(…)`, or `{name}(…, ddof=1)`")
            return
        if name in COPIES:
            if self.torch == self.numpy:
                message = f"`.{name}(…)` repeats elements in NumPy, and all of it in PyTorch"
                edits.refuse(point, close, message, f"write `{name}(x, …)` or `{COPIES[name]}(x, …)`")
                return
            meant = COPIES[name] if self.torch else name
        if name == "gather" and gathered(edits, head, point, bracket, close):
            return
        if name in NORMS and (norm := norm_method(edits, bracket)):
            meant, items = norm, self._kept(bracket)
        elif name in NORMS:
            (a, b), *_ = items
            named = edits.at(a + 1) == "="
            self.other_order("".join(edits.out[a + 2 * named : b + 1]), (head, point - 1), a, head, bracket)
            return
        edits.out[point] = ""
        if name in SWAPS and len(items) == 2 and self.torch and not self.numpy:
            meant = PAIR
        elif name in SWAPS and items:  # two axes of several are swapped, and ours turns all around
            message = f"`.{name}(…)` of axes swaps those, and a transpose here reverses all"
            edits.refuse(point, close, message, f"of a matrix write `.T` or `{name}(x)`")
            return
        if name in ELEMENTWISE and items and edits.at(close + 1) == "[" and not self.numpy:
            if not (self.torch or self._has(bracket, "axis")):
                message = f"`.{name}(…)[…]` is the first of PyTorch's two results, and an element of NumPy's one"
                axis = edits.text[edits.begins[items[0][0]] : edits.begins[items[0][1]] + len(edits.texts[items[0][1]])]
                edits.refuse(point, close, message, f"write `{meant}(…, axis={axis.rpartition('=')[2].strip()})`")
                return
            if (end := edits.closes.get(close + 1)) == close + 3 and self.texts[close + 2] == "0":
                edits.blank(close + 1, end)
        if self._divides_by_less(name, bracket):
            meant = meant if items else f"{meant}({{0}}, ddof=1)"
            edits.before[close] += ", ddof=1" if items else ""
        meant = uncovered(edits, self.names, meant, [(head, point - 1), *items])
        self._read_as(meant, point + 1, bracket, close, [(head, point - 1)])

    def _read_as(self, meant: str, word: int, bracket: int, close: int, receiver: list[tuple[int, int]]) -> None:
        """Write what a call means: a gate's name in the place of the old, or a formula around the operands."""
        edits = self.edits
        items = self._kept(bracket)
        if not meant:
            edits.blank(word, bracket - 1)
            if receiver:
                edits.drop(word, close)
            else:
                for first, last in items[1:]:
                    edits.drop(first - 1, last)
            return
        if meant.isidentifier():
            if not receiver:
                edits.merge(word, bracket - 1, meant)
                return
            ((head, last),) = receiver
            edits.out[word] = ""
            if items:
                edits.wrap(head, last, f"{meant}(", "")
                edits.out[bracket] = ", "
            else:
                edits.wrap(head, last, f"{meant}(", ")")
                edits.out[bracket] = edits.out[close] = ""
            return
        self._fill(meant, word, bracket, close, [*receiver, *items])

    def _divides_by_less(self, name: str, bracket: int) -> bool:
        """Whether it is PyTorch's variance, which divides by n - 1."""
        return name in SPREAD and self.torch and not self.numpy and not self._has(bracket, "ddof")
