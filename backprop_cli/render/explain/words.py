"""The words of an account: what each reference in a formula is called, for reading and for programs."""

from __future__ import annotations

from backprop_cli.lean import Any
from backprop_cli.lean import partial as partial_
from backprop_cli.render.style import Style
from backprop_cli.report.notation import Words
from backprop_cli.text import is_whole, rounded, shortest


def plain_words(style: Style, *, answer: bool = False) -> Words:
    """For reading: `df/dx`, `∂q/∂x`, of which the second is `Dq/Dx` in ASCII: it must not look like the first.

    Small matrices are in lines; as an `answer` larger ones too.
    """
    partial = "D{}/D{}" if style.ascii else "∂{}/∂{}"
    return Words(
        style.text,
        partial_(style.block, answer=answer),
        lambda number: is_whole(number, style.digits),
        lambda output, name: f"d{output}/d{name}",
        partial.format,
        style.glyphs,
    )


def exact_words() -> Words:
    """For programs: the same with digits in full."""
    return plain_words(Style())._replace(number=_exact)


def _exact(number: Any) -> str:
    """A number in full; an array that would not be shown whole in summary, since the nodes have it."""
    return shortest(number) if is_whole(number) else rounded(number)
