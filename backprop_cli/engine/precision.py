"""Six right digits, or the true number: what is promised of every number of a pass.

`doubtful` finds the numbers for which doubles cannot vouch, at the price of another pass; `true_numbers` decides on
those with as many digits as it takes, and is imported where there are any.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backprop_cli.engine.doubtful import doubtful
from backprop_cli.engine.passes import Backward
from backprop_cli.graph.graph import Graph, Value

if TYPE_CHECKING:
    from backprop_cli.engine.true_numbers import TrueNumber


def untrue_numbers(
    graph: Graph,
    values: Sequence[Value],
    output: int,
    passed: Backward | None = None,
    active: bytearray | None = None,
    upstream: Value = 1.0,
) -> list[TrueNumber]:
    """The numbers of a pass that are not right to six digits, with the true ones."""
    found = doubtful(graph, values, output, passed, active)
    if not found:
        return []
    from backprop_cli.engine.true_numbers import true_numbers

    return true_numbers(graph, values, found, output, passed, upstream)
