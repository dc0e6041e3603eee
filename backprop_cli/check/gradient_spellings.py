"""How people write a gradient: `dq`, `dfdq`, `df/dq`, `∂L/∂q`, `grad_q`, `q.grad`, `grads['q']`; one name for each.

The gradient of the output by q becomes the name `dq`, the derivative of q by x the name `dq_dx`; where the program has
a node by that name, one that is free. Everything else of a text stays as it is.
"""

from __future__ import annotations

import re

from backprop_cli.language.letters import ascii_name
from backprop_cli.language.rewriting import Piece, Reading, reading_of
from backprop_cli.lean import Collection, Mapping, NamedTuple

OUTPUTS = frozenset({"L", "J", "C", "E", "f", "F", "l", "loss", "Loss", "cost", "out"})  # what people call the output
_NAME = r"[^\W\d]\w*"
_D = r"(?:[d∂]|\\partial\b|\\mathrm\{d\}|\\rm\s+d|\\d\b)"
_SYMBOL = rf"\\?(?:(?:mathcal|mathbf|bm|boldsymbol)\s*\{{\s*{_NAME}\s*\}}|{_NAME})(?:_?\{{\w+\}})?"
_FORMS = re.compile(
    rf"""
      \\[dt]?frac\s*\{{\s*{_D}\s*(?P<above>{_SYMBOL})\s*\}}\s*\{{\s*{_D}\s*(?P<below>{_SYMBOL})\s*\}}
    | (?<![\w.])[d∂][ ]?(?P<over>{_NAME})\s*[/÷]\s*[d∂][ ]?(?P<under>{_NAME})
    | (?<![\w.])(?:self\.)?(?:grads?|gradients)\[\s*['"](?P<key>\w+)['"]\s*\]
    | (?<![\w.])(?P<owner>{_NAME})\.grad\b(?:\.data\b)?
    | (?:\\nabla|∇)\s*_?\s*\{{?(?P<by>\\?{_NAME})\}}?(?:[ ]+(?P<of>{_NAME})(?=\s*(?:[-+*/]?=|$)))?
    | ^\s*(?P<primed>{_NAME})\s*['′’]\s*\(\s*(?P<at>{_NAME})\s*\)(?=\s*[-+*/]?=)
    | ^\s*[d∂]\s*[/÷]\s*[d∂](?P<operated>{_NAME})\s*\(?\s*(?P<operand>{_NAME})\s*\)?(?=\s*[-+*/]?=)
    | (?<![\w.])(?P<word>∂?{_NAME})
    """,
    re.VERBOSE,
)


class Spelled(NamedTuple):
    """What a name stands for: the derivative of the node `above` (the output if -1) by the node `below`."""

    above: int
    below: int
    name: str  # the node's below


class Spellings:
    """The gradients of a program, however they are written.

    `own` are names that the text gives values to, which `dout` may be one of; `others` have values elsewhere.
    """

    def __init__(self, names: Mapping[str, int], output: str, own: Collection[str], others: Collection[str]) -> None:
        self.names, self.output, self.own, self.others = names, output, own, others
        self.found: dict[str, Spelled] = {}
        self.bars: set[str] = set()  # those that are written as a quotient
        self.folded: dict[str, list[str]] = {}
        for name in names:
            self.folded.setdefault(name.casefold(), []).append(name)

    def read(self, text: str) -> Reading:
        """The text with one name for each gradient in it."""
        pieces: list[Piece] = []
        last = 0
        for found in _FORMS.finditer(text):
            name = self._name(found)
            if name:
                if found["over"] or found["above"]:
                    self.bars.add(name)
                begin, end = found.span()
                name = f" {name} " if found["above"] else name  # `\\cdot\\frac{…}` and two fractions keep apart
                pieces += [(text[last:begin], last, begin), (name, begin, end)]
                last = end
        return reading_of([*pieces, (text[last:], last, len(text))], len(text))

    def _name(self, found: re.Match[str]) -> str:
        """The name of what a form says; empty where it is no gradient."""
        parts = found.groupdict()
        if word := parts["word"]:
            return self._of_word(word)
        if parts["over"]:
            quotient = {f"d{parts['over']}", f"d{parts['under']}"} & {*self.names, *self.others}
            spaced = " " in found[0][:2] and "d" in self.names
            return "" if quotient or spaced else self._pair(parts["over"], parts["under"])
        if parts["above"]:
            return self._pair(parts["above"], parts["below"])
        if parts["primed"]:
            return self._pair(parts["primed"], parts["at"])
        if parts["operated"]:
            return self._pair(parts["operand"], parts["operated"])
        if parts["by"]:
            return self._pair(parts["of"] or self.output, parts["by"])
        key = parts["key"] or parts["owner"]
        return self._pair(self.output, key) or (self._of_word(key) if parts["key"] else "")

    def _of_word(self, word: str) -> str:
        name = ascii_name(word.replace("∂", "d"))
        if not name or name in self.names or name in self.others:
            return ""
        if name[0] == "d" and name[1:] in OUTPUTS - self.names.keys():
            return self._one("", self.output) if name not in self.own else ""
        for folded in (False, True):
            for below in _inside(name):
                if made := self._one("", self._node(below, folded=folded)):
                    return made
            pairs = [
                (above, below)
                for above, below in _split(name)
                if (above == self.output or above in self.names or above in OUTPUTS)
                and self._node(below, folded=folded)
            ]
            if pairs:
                return self._pair(*next((pair for pair in pairs if pair[0] == self.output), pairs[0]))
        return ""

    def _pair(self, above: str, below: str) -> str:
        """The name of the derivative of one node by another."""
        above, below = _plain(above, self.names), _plain(below, self.names)
        if above not in self.names and above in OUTPUTS:
            above = self.output
        if above not in self.names and above != self.output:
            return ""
        return self._one("" if above == self.output else above, self._node(below, folded=False))

    def _one(self, above: str, below: str) -> str:
        """The name of a derivative; `above` is empty for the output."""
        if not below:
            return ""
        made = f"d{above}_d{below}" if above else f"d{below}"
        while made in self.names or made in self.others:
            made += "_"
        self.found[made] = Spelled(self.names[above] if above else -1, self.names[below], below)
        return made

    def _node(self, name: str, *, folded: bool) -> str:
        """The node that a name is, or is but for capitals; empty if it is none, or several."""
        if name in self.names:
            return name
        near = self.folded.get(name.casefold(), []) if folded else []
        return near[0] if len(near) == 1 else ""


def _inside(name: str) -> list[str]:
    """What is below the bar in a name of a gradient of the output: `q` in `dq`, `d_q`, `grad_q`, `q_grad`."""
    forms = [(name[1:], name[0] == "d"), (name[2:], name[:2] == "d_"), (name[5:], name[:5] == "grad_"),
             (name[4:], name[:4] == "grad" and name[4:5].isupper()), (name[:-5], name[-5:] == "_grad")]  # fmt: skip
    return [inner for inner, fits in forms if fits and inner]


def _split(name: str) -> list[tuple[str, str]]:
    """The ways to read `dfdq` and `df_dq` as two names."""
    if name[0] != "d":
        return []
    cuts = [k for k in range(2, len(name) - 1) if name[k] == "d"]
    return [(name[1:k].removesuffix("_"), name[k + 1 :].removeprefix("_")) for k in cuts]


def _plain(symbol: str, names: Mapping[str, int]) -> str:
    """A symbol of LaTeX as a name: `W1` for `W_1` and `W_{1}`."""
    bare = re.sub(r"\\(?:mathcal|mathbf|bm|boldsymbol)\b|[\\{}\s]", "", symbol)
    name = ascii_name(bare)
    return name if name in names or name.replace("_", "") not in names else name.replace("_", "")
