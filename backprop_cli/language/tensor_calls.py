"""Calls of PyTorch that are more than a gate: `F.normalize(x)`, `q.gather(1, a.unsqueeze(1))`, `x.norm(2, dim=1)`."""

from __future__ import annotations

import re

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import COVERED, LIBRARIES, NORMS, OF_TENSORS, TENSOR_KEYWORDS
from backprop_cli.lean import Callable, Collection, Sequence

_ROWS, _LIMIT, _USUAL = "-1", "1e-12", "2"  # of `normalize`: the least length, the order of the norm
_COLUMN = re.compile(r"\.unsqueeze\((dim=)?-?1\)$|\.(view|reshape)\(-1,1\)$|\[:,(None|np\.newaxis)\]$")
_COUNT = re.compile(r"(\w+)\.size\((\d)\)|(\w+)\.shape\[(\d)\]|len\((\w+)\)")


def has_tensors(edits: Rewriter) -> bool:
    """Whether words or methods that only PyTorch has say that its tensors are meant."""
    for k, text in enumerate(edits.texts):
        if text in TENSOR_KEYWORDS and edits.at(k + 1) == "=" and edits.at(k - 1) in ("(", ","):
            return True
        is_method = text == "." and edits.at(k + 2) == "(" and edits.at(k + 1) in OF_TENSORS
        if is_method and k and edits.head[k - 1] >= 0 and edits.texts[edits.head[k - 1]] not in LIBRARIES:
            return True
    return False


def normalized(edits: Rewriter, bracket: int, first: int) -> bool:
    """`F.normalize(x, p=2, dim=1)`: each row over its length, of which the least is 1e-12; whether it is read."""
    given = {"p": _USUAL, "dim": "1"}
    items = edits.arguments(bracket)
    for (a, b), position in zip(items, ("input", "p", "dim", "eps"), strict=False):
        named = edits.is_word(a) and edits.at(a + 1) == "="
        given[edits.texts[a] if named else position] = "".join(edits.texts[a + 2 * named : b + 1])
    gate = NORMS["vector_norm"].get(given["p"].removesuffix(".0"))
    axis = given["dim"]
    if gate is None or not axis.removeprefix("-").isdigit() or "eps" in given:
        return False
    name = f"normalize_{'last' if axis == _ROWS else axis.replace('-', 'last')}" + f"_{gate}" * (given["p"] != _USUAL)
    body = f"input/max({gate}(input, axis={axis}, keepdims=True), {_LIMIT})"
    edits.definitions[name] = f"gate {name}(input) = {body}"
    edits.merge(first, bracket - 1, name)
    for a, b in items[1:]:
        edits.drop(a - 1, b)
    return True


def gathered(edits: Rewriter, head: int, point: int, bracket: int, close: int) -> bool:
    """`q.gather(1, a.unsqueeze(1))`: of each row the element that is chosen, as a column; whether it is that."""
    items = edits.arguments(bracket)
    if len(items) != 2 or edits.texts[items[0][1]] != "1" or edits.texts[items[0][0]] not in ("1", "-", "dim"):
        return False
    if not _COLUMN.search("".join(edits.texts[items[1][0] : close])):
        return False
    edits.wrap(head, point - 1, "expand_dims(pick(", "")
    edits.blank(point, bracket)
    edits.out[bracket] = ", ravel("
    edits.drop(items[0][0], items[1][0] - 1)
    edits.out[close] = ")), 1)"
    return True


def norm_method(edits: Rewriter, bracket: int) -> str:
    """The gate that `x.norm(2, dim=1)` is, whose order is left out; "" if it is no norm of elements."""
    gate = NORMS["vector_norm"]["2"]
    items = edits.arguments(bracket)
    for a, b in items:
        named = edits.is_word(a) and edits.at(a + 1) == "="
        if (named and edits.texts[a] != "p") or (not named and a != items[0][0]):
            continue
        order = "".join(edits.out[a + 2 * named : b + 1]).strip("'\"")
        if order not in NORMS["vector_norm"]:
            return ""
        gate = NORMS["vector_norm"][order]
        edits.drop(a, b + (edits.at(b + 1) == ","))
    return gate


def uncovered(edits: Rewriter, names: Collection[str], meant: str, items: Sequence[tuple[int, int]]) -> str:
    """A gate, or its formula where a value has its name; operands by name, in their order, are operands then."""
    formula = COVERED.get(meant, "") if meant in names else ""
    if not formula or formula.count("{") != len(items):
        return meant
    for a, _ in items:
        if edits.at(a + 1) == "=":
            edits.out[a] = edits.out[a + 1] = ""
    return formula


def counted(edits: Rewriter, bracket: int, close: int, shape: Callable[[str], object]) -> None:
    """`arange(x.size(0))` of a value whose shape is known: the number."""
    found = _COUNT.fullmatch("".join(edits.texts[bracket + 1 : close]))
    if found is None:
        return
    name, axis = found[1] or found[3] or found[5], int(found[2] or found[4] or 0)
    known = shape(name)
    if isinstance(known, tuple) and axis < len(known):
        edits.drop(bracket + 1, close - 1)
        edits.out[bracket] = f"({known[axis]}"
