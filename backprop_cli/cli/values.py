"""What the options of `check` are given: a number, a range, a format."""

from __future__ import annotations

from backprop_cli.data.bindings import constant
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source
from backprop_cli.lean import Sequence


def refuse_format(format_: str, known: Sequence[str], what: str) -> None:
    """Refuse a format that a command has, but not for this."""
    if format_ not in known:
        message = f"`{format_}` is no format of {what}"
        raise BackpropError(Diagnostic("U801", message, (), f"there are {', '.join(known)}"))


def read_number(text: str, option: str) -> float:
    """A tolerance: a number that is not negative."""
    number = constant(text, option)
    if hasattr(number, "shape") or number < 0:
        label = Label(Source(option, text), 0, len(text))
        message = f"`{option}` is one number, and not negative"
        raise BackpropError(Diagnostic("U801", message, (label,), "write a number such as 1e-6"))
    return float(number)


def read_range(text: str) -> tuple[float, float]:
    """`lo:hi`, two numbers in this order."""
    low, colon, high = text.partition(":")
    found = (constant(low, "--range"), constant(high, "--range")) if colon and low.strip() and high.strip() else None
    if found is None or any(hasattr(end, "shape") for end in found) or found[0] >= found[1]:
        label = Label(Source("--range", text), 0, max(1, len(text)))
        help_ = "write the lowest and the highest number, such as `-2:2`"
        raise BackpropError(Diagnostic("U801", "`--range` is `lo:hi`, the lower first", (label,), help_))
    return found
