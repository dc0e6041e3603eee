"""On what terms values are taken, and what is to be noted of them."""

from __future__ import annotations

from backprop_cli.lean import NamedTuple
from backprop_cli.numeric.shapes import MAX_ELEMENTS


class Terms(NamedTuple):
    """Whether infinities and NaN pass, the seed of random values, the largest array.

    `noted` gets a remark on each name whose value is not what was given: a number that no double equals.
    """

    allow_nonfinite: bool = False
    seed: int = 0
    max_elements: int = MAX_ELEMENTS
    noted: dict[str, str] | None = None

    def note(self, name: str, remark: str) -> None:
        """Keep the remark, if there is one and somebody asks for it."""
        if remark and self.noted is not None:
            self.noted[name] = remark


TERMS = Terms()
