"""One gate: everything that is said about an operation, as text in the language itself.

It does not know how the text becomes a function; `compiled` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Parameter(NamedTuple):
    """A parameter of a gate; `default` is None where an operand must be given."""

    name: str
    default: float | None = None


class Gate:
    """A row of the gate table.

    `formula` is computed; `partials` has one formula a parameter, over the parameters and `out`. The other
    texts are conditions over the same names, at which something deserves a word:

    * `domain`: where the gate has a real value; elsewhere the value is NaN.
    * `pole`: where the value leaves for infinity. * `steep`: where a slope does.
    * `kink`: where the slopes of two sides differ. * `jump`: where the values do.
    * `edge`: where only one side lies in the domain, yet the slope there is finite.
    * `vanish`: where a value of 0 is exact; elsewhere a 0 is an underflow. Empty: a 0 is always exact.

    `means` is the definition in simpler gates, for SymPy and for reading, where `formula` is a primitive or is
    written for stability. `textbook` is how books write the partials where ours are written for stability.
    `routes`: a slope of exactly 0 means the operand is ignored, so nothing flows to it, whatever lies behind.
    `exact`: the result is never rounded. `truth`: the result is a comparison's, not a number.
    """

    __slots__ = (
        "aliases", "at", "description", "domain", "edge", "exact", "formula", "head", "jump", "kink", "means",
        "name", "parameters", "partials", "pole", "routes", "steep", "symbol", "textbook", "truth", "vanish",
        "variadic",
    )  # fmt: skip

    def __init__(
        self,
        head: str,
        description: str,
        formula: str,
        *partials: str,
        at: Sequence[float | tuple[float, ...]],
        symbol: str = "",
        aliases: str = "",
        means: str = "",
        textbook: str = "",
        domain: str = "",
        pole: str = "",
        steep: str = "",
        kink: str = "",
        jump: str = "",
        edge: str = "",
        vanish: str = "",
        routes: bool = False,
        exact: bool = False,
        truth: bool = False,
    ) -> None:
        self.head = head
        self.name, _, inside = head.rstrip(")").partition("(")
        self.variadic = inside.startswith("*")
        self.parameters = tuple(_parameter(p) for p in inside.lstrip("*").split(", "))
        self.description = description
        self.formula = formula
        self.partials = partials
        self.at: tuple[tuple[float, ...], ...] = tuple(p if isinstance(p, tuple) else (p,) for p in at)
        self.symbol = symbol
        self.aliases = tuple(aliases.split())
        self.means = means or formula
        self.textbook = textbook
        self.domain, self.pole, self.steep = domain, pole, steep
        self.kink, self.jump, self.edge = kink, jump, edge
        self.vanish = vanish
        self.routes, self.exact, self.truth = routes, exact, truth

    def __repr__(self) -> str:
        return f"<gate {self.head}>"


def _parameter(text: str) -> Parameter:
    name, _, default = text.partition("=")
    return Parameter(name, float(default) if default else None)
