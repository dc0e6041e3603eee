"""Arguments that change what a call of another library means: `clamp(x, min=0)`, `float('inf')`."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import (
    INFINITIES,
    JOINED,
    LABELLED,
    LIMITS,
    ONE_LIMIT,
    TRANSPOSED,
)

_QUOTES = "'\""


def one_sided(edits: Rewriter, name: str, bracket: int, operands: int) -> str:
    """`clamp(x, min=0)` is a maximum: the gate, if only one limit is given; its name is left out."""
    items = [item for item in edits.arguments(bracket) if not edits.dropped[item[0]]]
    if name not in LIMITS or len(items) != operands + 1:
        return ""
    first, last = items[-1]
    limit = LIMITS[name].get(edits.texts[first], "") if edits.at(first + 1) == "=" else ""
    if not limit or first == last:
        return ""
    edits.out[first] = edits.out[first + 1] = ""
    return ONE_LIMIT[limit]


def transposed(edits: Rewriter, name: str, bracket: int) -> None:
    """`tf.matmul(a, b, transpose_b=True)`: the operand is transposed, and the argument left out."""
    items = edits.arguments(bracket)
    for first, last in items if name.startswith("mat") else ():
        place = TRANSPOSED.get(edits.texts[first], -1)
        if 0 <= place < len(items) and edits.texts[last] in ("True", "False") and last == first + 2:
            if edits.texts[last] == "True":
                edits.wrap(*items[place], "(", ")'")
            edits.drop(first - 1, last)


def joined_along(edits: Rewriter, name: str, bracket: int) -> None:
    """`np.concatenate([x, y], 1)`: the number is the axis."""
    items = edits.arguments(bracket)
    if name in JOINED and len(items) == 2 and edits.texts[items[0][0]] in ("[", "("):
        first, last = items[1]
        if edits.texts[last].isdigit() and edits.texts[first] in ("-", edits.texts[last]):
            edits.before[first] = "axis=" + edits.before[first]


def labelled(edits: Rewriter, name: str, bracket: int) -> str:
    """What a loss of TensorFlow means whose operands have names, in the order in which they are given; names go."""
    items = [item for item in edits.arguments(bracket) if not edits.dropped[item[0]]]
    if name not in LABELLED or len(items) != 2:
        return ""
    named = [edits.texts[a] for a, _ in items if edits.at(a + 1) == "="]
    if len(named) == 2:
        for a, _ in items:
            edits.out[a] = edits.out[a + 1] = ""
    return LABELLED[name][named[:1] == ["logits"]] if len(named) in (0, 2) else ""


def refuse_texts(edits: Rewriter, name: str, bracket: int) -> bool:
    """Refuse what a text between quotation marks changes; whether there is one."""
    for first, last in edits.arguments(bracket):
        text = edits.texts[last].strip()
        if edits.dropped[first] or text[:1] not in _QUOTES or not text:
            continue
        keyword = edits.texts[first] if last > first else ""
        said = f"{keyword}={text}" if keyword else text
        help_ = f"leave it out for `{name}` as it is here, or write the formula"
        edits.refuse(first, last, f"`{said}` changes what `{name}` is, and is not read", help_)
        return True
    return False


def infinity(edits: Rewriter, name: str, bracket: int, close: int, first: int) -> bool:
    """`float('-inf')` is a number; whether it is one."""
    if name != "float" or close != bracket + 2 or edits.texts[bracket + 1].strip() not in INFINITIES:
        return False
    edits.merge(first, close, INFINITIES[edits.texts[bracket + 1].strip()])
    return True
