"""Lines of NumPy, PyTorch, JAX and TensorFlow as ours: prefixes, functions, methods, tuples, `a if c else b`.

Brackets are visited when they close, so that what is inside has been read before what is around it.
"""

from __future__ import annotations

from backprop_cli.language.code_calls import CodeCalls
from backprop_cli.language.losses import LOSS_OF_CLASS, LOSSES
from backprop_cli.language.other_meanings import refused
from backprop_cli.language.spellings import (
    APPROXIMATED,
    ATTRIBUTES,
    CHOSEN,
    CLASSES,
    CONSTANTS,
    COUNTING,
    CPLUSPLUS,
    FUNCTIONS,
    LENGTH,
    LIMITS,
    NEW_AXIS,
    NORMS,
    OURS,
    SUMMING,
    TORCH,
)

_NEW = ("None", "newaxis")
_ENDS = ("\n", ";")


class CodeNotation(CodeCalls):
    """The edits that turn a program in another language into ours."""

    def rewrite(self) -> None:
        """Make the edits."""
        edits = self.edits
        # Per open bracket: where the operand at hand begins, and the choices that wait: a `?` for its `:`, others for
        # their end.
        starts: list[int] = [0]
        waiting: list[list[str]] = [[]]
        for k, text in enumerate(self.texts):
            if edits.dropped[k]:
                continue
            ends = text in _ENDS and len(starts) == 1
            if (text in ",)]}" or ends or (text == "=" and len(starts) == 1)) and waiting[-1]:
                edits.behind[k - 1] += ")" * len(waiting[-1])
                waiting[-1].clear()
            if text in "([{":
                starts.append(k + 1)
                waiting.append([])
            elif text in ")]}" and k in edits.opens:
                starts.pop()
                waiting.pop()
                self._closed(edits.opens[k], k)
            elif text in (",", "=") or ends or text == "return":
                starts[-1] = k + 1
            elif text == ":" and edits.texts[k - 1 : k + 2] == CPLUSPLUS:
                edits.drop(k - 1, k + 1)
            elif text == "?" and k > starts[-1]:
                edits.before[starts[-1]] = "where(c=" + edits.before[starts[-1]]
                edits.out[k], starts[-1] = ", x=", k + 1
                waiting[-1].append("?")
            elif text == ":" and "?" in waiting[-1]:
                while waiting[-1].pop() != "?":  # a ? b ? c : d : e
                    edits.behind[k - 1] += ")"
                edits.out[k], starts[-1] = ", y=", k + 1
                waiting[-1].append(":")
            elif text == "if" and k == starts[-1]:
                edits.out[k] = "where(c="
                waiting[-1].append("if")
            elif text == "then" and waiting[-1]:
                edits.out[k], starts[-1] = ", x=", k + 1
            elif text == "if" and edits.head[k - 1] >= 0:
                edits.before[starts[-1]] = "where(x=" + edits.before[starts[-1]]
                edits.out[k] = ", c="
                waiting[-1].append("if")
            elif text == "else" and waiting[-1]:
                edits.out[k] = ", y="
                starts[-1] = k + 1
            elif text == "." and edits.is_word(k + 1) and edits.at(k + 2) != "(":
                self._attribute(k)
        if waiting[0]:
            edits.behind[-1] += ")" * len(waiting[0])

    def _attribute(self, point: int) -> None:
        """`W.T`, `np.pi`, `X.shape[0]`."""
        edits, word = self.edits, self.texts[point + 1]
        head = edits.head[point - 1] if point else -1
        if head < 0:
            return
        if self.is_library(head, point):
            if edits.at(point + 2) != ".":
                edits.merge(head, point + 1, CONSTANTS.get(word, word))
            return
        if word == "shape" and edits.at(point + 2) == "[" and (close := edits.closes.get(point + 2)):
            edits.wrap(head, point - 1, f"{LENGTH}(", "")
            edits.out[point], edits.out[point + 1], edits.out[point + 2] = "", "", ", axis="
            edits.out[close] = ")"
        elif word in ATTRIBUTES:
            self._put(head, point - 1, ATTRIBUTES[word])
            edits.out[point] = edits.out[point + 1] = ""

    def _put(self, head: int, last: int, meant: str) -> None:
        """An attribute's meaning: a sign behind the operand, or a gate around it."""
        if meant.isidentifier():
            self.edits.wrap(head, last, f"{meant}(", ")")
        else:
            self.edits.behind[last] += meant

    def _closed(self, bracket: int, close: int) -> None:
        edits = self.edits
        opening = self.texts[bracket]
        if opening == "[":
            if edits.head[bracket - 1] >= 0 and bracket:
                self._index(bracket, close)
            return
        if opening != "(":
            return
        if bracket not in edits.calls:
            within = edits.at(bracket - 1) == "[" and edits.closes.get(bracket - 1) == close + 1
            if edits.commas[bracket] and within and bracket > 1 and edits.head[bracket - 2] >= 0:  # X[(0, 1)]
                edits.out[bracket] = edits.out[close] = ""
            elif edits.commas[bracket] and not (bracket == 0 and close == len(edits) - 1):  # a tuple
                edits.out[bracket], edits.out[close] = "[", "]"
                if edits.commas[bracket][-1] == close - 1:
                    edits.out[close - 1] = ""
            return
        word = bracket - 1
        name = self.texts[word]
        self.keywords(bracket, name)
        point = word - 1
        if edits.texts[max(point - 2, 0) : word] == CPLUSPLUS:
            refused(edits, name, bracket, close, point - 2, 0)
        elif edits.at(point) == "." and edits.head[point - 1] >= 0:
            first = edits.head[point - 1]
            if self.is_library(first, point):
                self.function(name, bracket, close, first, library=True)
            else:
                self.method(name, first, point, bracket, close)
        elif edits.at(word - 1) == "(" and edits.at(word - 2) in COUNTING:
            return  # range(len(x)), which loops understand
        elif name in edits.objects:
            self.object_called(*edits.objects[name], (word, word), bracket)
        elif (name in LOSSES or (name in FUNCTIONS and name not in OURS)) and name not in self.names:
            self.function(name, bracket, close, word, library=False)
        elif name in NORMS and name not in self.names:
            self.norm(bracket, word)
        elif name in LIMITS and name not in self.names and edits.at(word - 1) != "gate":
            self.function(name, bracket, close, word, library=False)
        elif name in APPROXIMATED and any(self.texts[a] == APPROXIMATED[name] for a, _ in edits.arguments(bracket)):
            refused(edits, name, bracket, close, word, 0, words=TORCH)
        elif (name in CLASSES or name in LOSS_OF_CLASS) and name not in self.names and self._makes(bracket, close):
            self.is_object(name, bracket, close, word)
        elif name == SUMMING:
            self.einsum(bracket, close, word)

    def _makes(self, bracket: int, close: int) -> bool:
        """Whether a call of a class makes an object, `MSELoss()(x, y)`, rather than being one of a function."""
        arguments = self.edits.arguments(bracket)
        return close + 1 in self.edits.closes or all(self.edits.at(a + 1) == "=" for a, _ in arguments)

    def _index(self, bracket: int, close: int) -> None:
        """`x[:, None]` has one axis more, `X[np.arange(N), y]` an element of each row."""
        edits = self.edits
        items = edits.arguments(bracket)
        words = ["".join(edits.out[first : last + 1]) for first, last in items]
        new = [k for k, word in enumerate(words) if word in _NEW]
        head = edits.head[bracket - 1]
        if "..." in words and not new:
            self._all_the_others(items[words.index("...")][0], head, bracket, len(items) - 1)
        elif new:
            if all(word in (":", "...", *_NEW) for word in words):
                edits.drop(bracket, close)
                for k in new:
                    edits.before[head] = f"{NEW_AXIS}(" + edits.before[head]
                    edits.behind[bracket - 1] += f", {k})"
        elif len(items) == 2 and self._counts(items[0]):
            edits.drop(bracket, items[1][0] - 1)
            edits.wrap(head, bracket - 1, f"{CHOSEN}(", ", ")
            edits.out[close] = ")"

    def _all_the_others(self, dots: int, head: int, bracket: int, others: int) -> None:
        """`x[..., 0]`: a `:` for each axis that has no index, where the shape is known."""
        edits = self.edits
        axes = len(self.shape(head, bracket - 1)) - others
        if axes > 0:
            edits.out[dots] = ", ".join([":"] * axes)
        else:
            edits.refuse(dots, dots, "how many axes `...` is for is not known here", "write a `:` for each of them")

    def _counts(self, item: tuple[int, int]) -> bool:
        """Whether an index is `np.arange(N)` or `range(N)`: every row."""
        words = [text for text in self.texts[item[0] : item[1] + 1] if text not in ("np", ".", "torch", "jnp", "list")]
        return len(words) > 1 and (words[0] in COUNTING or words[0] == "(")
