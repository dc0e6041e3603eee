"""A gradient that arrives from outside: `dw = x.T @ dout`, where the program's output is an array.

What is right then is what holds for any array in the place of `dout`: the gradient of the sum of the output's elements
times its own.
"""

from __future__ import annotations

import re

from backprop_cli.errors import Source, shorten
from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.graph import Graph, Value
from backprop_cli.graph.names import all_names
from backprop_cli.language.spellings import LIBRARIES
from backprop_cli.lean import Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape

_WORD = re.compile(
    r"(?<![\w.'\"])[^\W\d]\w*(?!\w|\s*\(|\s*=(?!=))"
)  # no function, attribute, keyword of a call or text
_SIGN = re.compile(r"(?<![<>=!])[-+*/@]?=(?!=)")
_REMARK = re.compile(r"#.*")
_ABOVE = re.compile(r"[d∂]([^\W\d]\w*)\s*/\s*[d∂]")
_OTHERS = frozenset({"None", "True", "False", "return", "for", "in", "range", "if", "else", "self", "cache", "T"})
_KNOWN = frozenset({*GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES, *CONSTANTS, *LIBRARIES, *_OTHERS})


class Arriving(NamedTuple):
    """The name of the gradient and its shape, the program whose output is a number, and what says so."""

    name: str
    shape: Shape
    program: Source
    message: str


def arriving(graph: Graph, spare: Mapping[str, Value | Shape], texts: Sequence[str]) -> Arriving | None:
    """The one name in claims or steps that nobody else gives a value, where the output is an array; else None.

    `spare` are values, or shapes of such, that the program does not use: one like the output may be that of the name.
    """
    shape = graph.shape(graph.output)
    if not shape:
        return None
    own = next((name for name, node in graph.definitions.items() if node == graph.output), "")
    used, assigned, above = _words(texts)
    names = {name for name in all_names(graph) if name != f"d{own}"}
    gradients = {f"d{name}" for name in names if name != own}
    fits = {name for name, value in spare.items() if _shape(value) == shape}
    left = used - assigned - names - gradients - _KNOWN - (spare.keys() - fits)
    if len(left) != 1:
        return None
    (name,) = left
    source, start, end = graph.source, *graph.span(graph.output)
    loss = next((one for one in above if one not in names and one != name), "")
    begin = f"{loss} = " if loss else ""
    if own:
        of, text = own, f"{source.text.rstrip()}\n{begin}sum({own}*{name})"
    else:
        of = f"({source.text[start:end]})"
        text = f"{source.text[:start]}{begin}sum({of}*{name}){source.text[end:]}"
    message = (
        f"`{shorten(name)}` is taken to be the gradient that arrives at the output, an array like it: "
        f"what is checked is the gradient of `sum({shorten(of, 60)}*{shorten(name)})`"
    )
    return Arriving(name, shape, Source(source.name, text), message)


def _words(texts: Sequence[str]) -> tuple[set[str], set[str], list[str]]:
    """The names on the right sides of claims or steps, those that get a value there, and numerators on the left."""
    used: set[str] = set()
    assigned: set[str] = set()
    above: list[str] = []
    for line in re.split(r"[\n;]", "\n".join(texts)):
        left, *right = _SIGN.split(_REMARK.sub("", line), maxsplit=1)
        if right:
            assigned |= set(re.findall(r"[^\W\d]\w*", left))
            above += _ABOVE.findall(left)
            used |= set(_WORD.findall(right[0]))
    return used, assigned, above


def _shape(value: Value | Shape) -> Shape:
    return value if isinstance(value, tuple) else getattr(value, "shape", ())
