"""Second derivatives in claims: `d2f/dxdy` is the derivative with respect to y of `df/dx`, made as nodes of the graph.

The left side may be typed as people do: `d2f/dx2`, `d²f/dx²`, `∂²f/∂x∂y`, `d^2f/(dx dy)`.
"""

from __future__ import annotations

import re

from backprop_cli.check.messages import ambiguous_second, not_a_claim, of_an_array, one_in_the_other
from backprop_cli.check.scope import FirstDerivatives
from backprop_cli.errors import Source
from backprop_cli.language.derivatives import TWO, pairs
from backprop_cli.language.letters import ascii_name
from backprop_cli.lean import Collection, Mapping, NamedTuple

_LEFT = re.compile(
    rf"\s*[d∂]{TWO}\s*(?P<above>[^\W\d]\w*)\s*[/÷]\s*(?P<below>\(?\s*[d∂][^\[=]*?)\s*(?P<element>\[[^\]=]*\])?\s*=(?!=)"
)


_NAME = r"\\?[^\W\d]\w*"
_D = r"(?:d|∂|\\partial\b|\\mathrm\{d\})"
_FRACTION = re.compile(
    rf"\s*\\[dt]?frac\s*\{{\s*{_D}\s*\^\s*\{{?\s*2\s*\}}?\s*({_NAME})\s*\}}"
    rf"\s*\{{\s*{_D}\s*({_NAME})\s*(?:\^\s*\{{?\s*2\s*\}}?|{_D}\s*({_NAME}))\s*\}}\s*=(?!=)(.*)",
    re.DOTALL,
)
_SUBSCRIPTS = re.compile(r"\s*([^\W\d]\w*?)_(?:\{(\w+)[\s,]*(\w+)\}|(\w)(\w))\s*=(?!=)(.*)", re.DOTALL)  # f_{xy}
_PRIMED = re.compile(r"\s*([^\W\d]\w*)\s*(?:''|″|′′)\s*\(\s*([^\W\d]\w*)\s*\)\s*=(?!=)(.*)", re.DOTALL)


def meant_second(text: str, names: Mapping[str, int]) -> str:
    """The claim about a second derivative that a text would be in our spelling; empty where there is none."""
    if found := _FRACTION.fullmatch(text):
        above, first, second = (name and ascii_name(name.removeprefix("\\")) for name in found.groups()[:3])
        return f"d2{above}/d{first}{f'd{second}' if second else 2} = {found[4].strip()}"
    if (found := _PRIMED.fullmatch(text)) and found[1] in names:
        return f"d2{found[1]}/d{found[2]}2 = {found[3].strip()}"
    if found := _SUBSCRIPTS.fullmatch(text):
        above, *below, formula = (part for part in found.groups() if part is not None)
        if {above, *below} <= names.keys() and f"{above}_{''.join(below)}" not in names:
            first, second = below
            return f"d2{above}/{f'd{first}2' if first == second else f'(d{first} d{second})'} = {formula.strip()}"
    return ""


class Left(NamedTuple):
    """The left side of a claim: the names above and below the bar, the index behind it, and where these are."""

    above: str
    below: tuple[str, str]
    start_above: int
    start_below: int
    end_below: int
    element: str
    end_element: int
    end: int

    @property
    def written(self) -> str:
        """How it reads: `d2f/dx2`."""
        first, second = self.below
        return f"d2{self.above}/d{first}2" if first == second else f"d2{self.above}/d{first}d{second}"


def pair(source: Source, left: Left, firsts: FirstDerivatives, output: int, by: tuple[int, int]) -> tuple[int, int]:
    """Which node's derivative with respect to which node a second derivative is.

    Raises BackpropError where an array is differentiated twice, one name is computed from the other, or no gates
    compute the first derivative (N215).
    """
    graph, (first, second) = firsts.graph, by
    if graph.shape(first) and not graph.shape(second):
        first, second = second, first
    if graph.shape(output) or graph.shape(first):
        raise of_an_array(source, left.start_above, left.end_below)
    if first != second and (graph.dependents({first})[second] or graph.dependents({second})[first]):
        raise one_in_the_other(source, left.start_below, left.end_below)
    return firsts.node(output, first), second


def left_side(source: Source, names: Collection[str] = ()) -> Left | None:
    """What a claim's left side says, if it is a second derivative; `names` tell where `dxdy` is two.

    Raises BackpropError if it begins like one and is none, or could be several.
    """
    found = _LEFT.match(source.text)
    if found is None:
        return None
    below = list(dict.fromkeys(pairs(found["below"].replace("∂", "d"), names)))
    start, end = found.span("below")
    if not below:
        raise not_a_claim(source)
    if len(below) > 1:
        raise ambiguous_second(source, start, end, below)
    start_above, element = found.start("above"), found["element"] or ""
    return Left(
        ascii_name(found["above"]), below[0], start_above, start, end, element, found.end("element"), found.end()
    )
