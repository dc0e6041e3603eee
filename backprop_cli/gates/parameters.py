"""A gate's parameters, as its head says them: `sum(x, axis=None, keepdims=False)`."""

from __future__ import annotations

from backprop_cli.lean import Any, Mapping, NamedTuple

# How an attribute of a tensor gate is read. Every other parameter is an operand.
ATTRIBUTES = {
    **dict.fromkeys(("ddof", "count", "classes", "diagonal", "shift", "one", "other", "power"), "whole"),
    **dict.fromkeys(("shape", "order", "counts", "kernel_size", "stride", "padding"), "lengths"),
    **dict.fromkeys(("delta", "eps", "label_smoothing", "begin", "end", "step"), "number"),
    "axis": "axes", "keepdims": "flag", "lower": "flag", "items": "items",
}  # fmt: skip
_WORDS = {"None": None, "False": False}


class Parameter(NamedTuple):
    """A parameter: `kind` says how an attribute is read and is empty for an operand; `starred` takes any number.

    `default` counts where the parameter is not `required`. `named`: it is given by name only.
    """

    name: str
    kind: str = ""
    required: bool = True
    default: Any = None
    starred: bool = False
    named: bool = False


def parameters_of(head: str, *, tensor: bool) -> tuple[Parameter, ...]:
    """What the head says of each parameter, in order; only tensor gates have attributes."""
    before, star, named = head.removesuffix(")").partition("(")[2].partition("*, ")
    kinds = ATTRIBUTES if tensor else {}
    return tuple(
        _parameter(text, kinds)._replace(named=bool(star) and part is named)
        for part in (before, named)
        for text in part.split(", ")
        if text
    )


def _parameter(text: str, kinds: Mapping[str, str]) -> Parameter:
    name, equals, default = text.partition("=")
    bare = name.lstrip("*")
    kind = kinds.get(bare, "")
    if not equals:
        return Parameter(bare, kind, starred=name != bare)
    value = _WORDS[default] if default in _WORDS else int(default) if kind not in ("", "number") else float(default)
    return Parameter(bare, kind, False, value)
