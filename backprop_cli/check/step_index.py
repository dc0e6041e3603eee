"""The index on the left of an assignment: `dh[h <= 0]`, `dscores[range(N), y]`, `dW[:, 0]`."""

from __future__ import annotations

import re

from backprop_cli.check.claims import Formula
from backprop_cli.check.sides import Side, is_comparison, parts_of
from backprop_cli.graph import Value
from backprop_cli.lean import Any, Callable, Collection, NamedTuple, Sequence

_RANGE = re.compile(r"\s*(?:list\s*\()?\s*(?:(?:np|torch|jnp)\.)?a?range\s*\((.*?)\)\s*\)?\s*")
_SLICE = re.compile(r"\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?")
_WHOLE = re.compile(r"\s*-?\d+\s*")
FIXED, MASK, NUMBERS, RANGE = "fixed", "mask", "numbers", "range"


class Item(NamedTuple):
    """One item: a `fixed` slice or number; or what a formula's value is by its kind, for `RANGE` how many there are."""

    kind: str
    fixed: Any = None
    formula: Formula | None = None


def items_of(
    text: str, side: Side, masks: Collection[str], formula: Callable[[str, Side], Formula]
) -> tuple[Item, ...]:
    """The items of an index, which is a part of a text; `masks` are the names of what is true or false."""
    items = []
    for part in parts_of(text, side):
        word = text[part.start : part.end]
        bare = word.strip().removeprefix("~").strip()
        if found := _SLICE.fullmatch(word):
            items.append(Item(FIXED, slice(*(int(x) if x else None for x in found.groups()))))
        elif word.strip() == "...":
            items.append(Item(FIXED, ...))
        elif _WHOLE.fullmatch(word):
            items.append(Item(FIXED, int(word)))
        elif found := _RANGE.fullmatch(word):
            items.append(Item(RANGE, None, formula(found[1], part)))
        else:
            negated = bare != word.strip()
            is_mask = negated or bare in masks or is_comparison(bare)
            items.append(Item(MASK if is_mask else NUMBERS, None, formula(f"1 - ({bare})" if negated else bare, part)))
    return tuple(items)


def index_of(items: Sequence[tuple[Item, Value]]) -> tuple[Any, ...]:
    """NumPy's index, where the formulas have the values beside them."""
    import numpy as np

    made: list[Any] = []
    for item, value in items:
        if item.kind == FIXED:
            made.append(item.fixed)
        elif item.kind == RANGE:
            made.append(np.arange(int(value)))
        else:
            made.append(np.asarray(value, dtype=bool if item.kind == MASK else int))
    return tuple(made)
