"""The record of a number that is not right to six digits, and the true numbers put in the place of such."""

from __future__ import annotations

from math import isfinite

from backprop_cli.graph.graph import Value
from backprop_cli.lean import TYPE_CHECKING, Any, Iterable, NamedTuple, Sequence

if TYPE_CHECKING:
    from backprop_cli.engine.passes import Backward

SMALLEST = 2.0**-1022  # of the doubles with all their digits


class TrueNumber(NamedTuple):
    """A number that is not right: the node's value or its gradient (`of_gradient`), of an array an element.

    `true` is the nearest double, `text` has the number's first digits also where no double is near. Where nobody could
    tell, because it takes more work than there may be, `text` is empty. `by_quotients`: no pass has it, whatever its
    digits; the quotients of differences do.
    """

    node: int
    of_gradient: bool
    element: tuple[int, ...]
    ours: float
    true: float
    text: str
    by_quotients: bool = False

    @property
    def known(self) -> bool:
        """Whether the true number is known."""
        return bool(self.text)

    @property
    def is_small(self) -> bool:
        """Whether doubles are too coarse for the number, which is not 0."""
        return self.text != "0" and abs(self.true) < SMALLEST

    @property
    def is_representable(self) -> bool:
        """Whether a double is the true number, to all its digits."""
        return self.known and not self.is_small and (isfinite(self.true) or self.text == str(self.true))


def put_in_place(values: list[Value], passed: Backward | None, untrue: Sequence[TrueNumber]) -> None:
    """Put the true numbers of values and gradients in the place of ours, as far as doubles have them."""
    for item in untrue:
        if item.is_representable:
            column: list[Any] = values if passed is None or not item.of_gradient else passed.grads
            column[item.node] = corrected(column[item.node], [item])


def of_node(untrue: Iterable[TrueNumber], node: int, *, of_gradient: bool) -> list[TrueNumber]:
    """The numbers that are not right of a node's value, or of its gradient."""
    return [item for item in untrue if item.node == node and item.of_gradient == of_gradient]


def corrected(value: Value, untrue: Sequence[TrueNumber]) -> Any:
    """A value or a gradient with the true numbers in it, as far as they are known, each the nearest double."""
    known = [item for item in untrue if item.known]
    if not known:
        return value
    if not hasattr(value, "shape"):
        return known[0].true
    made = value.copy()
    for item in known:
        made[item.element] = item.true
    return made
