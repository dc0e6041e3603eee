"""The layouts of a figure that a page carries, so that it can be read on a wide screen and on a telephone.

A graph that is too wide is broken into rows where few wires turn at their ends, and runs down where many do. The page
shows the first of the layouts that is hardly made smaller, else the one that is least.
"""

from __future__ import annotations

from collections import Counter

from backprop_cli.lean import Iterator
from backprop_cli.render.figures.downwards import Downwards
from backprop_cli.render.figures.picture import Picture
from backprop_cli.report.figure import Figure

_SCREENS = ((1560, 1240), (560, 500))  # pixels: a picture that is wider than the first has one as wide as the second
_TURNING = 6  # the most wires that turn at the end of a row
_MOST = 150  # nodes; the page of a larger graph has one layout


def pictures(figure: Figure, max_width: int | None = None, direction: str = "") -> Iterator[Picture]:
    """The widest layout first; only the one that is asked for, if one is."""
    if max_width is not None or direction:
        yield (Downwards if direction == "down" else Picture)(figure, max_width, titled=False)
        return
    last = Picture(figure, titled=False)
    if last.width <= _SCREENS[0][0] or len(figure.nodes) > _MOST:
        yield last
    if len(figure.nodes) > _MOST:
        return
    for most, width in _SCREENS:
        if last.width <= most:
            continue
        rows = Picture(figure, width, titled=False)
        turning = Counter(column for _, column in rows.placed.turns)
        if max(turning.values(), default=0) <= _TURNING:
            last = rows
        elif isinstance(last, Downwards):
            return
        else:
            last = Downwards(figure, titled=False)
        yield last
