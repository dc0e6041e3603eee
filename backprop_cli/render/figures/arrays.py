"""Arrays in an SVG: a matrix in brackets, or a tile of squares, the darker the further from 0, in two colours."""

from __future__ import annotations

from html import escape

from backprop_cli.lean import Iterator
from backprop_cli.render.style import visible
from backprop_cli.report.figure import Block

_SMALL = 12  # pixels of the font
_ROW, _BETWEEN, _BRACKET = 16.0, 10.0, 5.0  # of a matrix: a row, from column to column, a bracket with its room
_LONGEST, _SHORTEST = 60.0, 4.0  # the longer side of a tile, the side of a square
_RANGE = 15.0  # the line that says a tile's range
_LEVELS = 6  # of darkness


class Drawn:
    """A block with its size."""

    def __init__(self, block: Block, widths: tuple[float, ...], range_width: float, *, ranged: bool) -> None:
        self.block, self.ranged, self.columns = block, ranged, widths
        if block.elements:
            self.width = sum(widths) + _BETWEEN * (len(widths) - 1) + 2 * _BRACKET
            self.height = _ROW * len(block.elements) + 2
            return
        rows, columns = len(block.shades), len(block.shades[0])
        self.square = max(_SHORTEST, min(10.0, _LONGEST / max(rows, columns)))
        self.tile = self.square * columns
        self.width = max(self.tile, range_width if ranged else 0.0)
        self.height = self.square * rows + 2 + (_RANGE if ranged else 0.0)

    def drawn(self, x: float, top: float, look: str, more: str) -> Iterator[str]:
        """The block, its middle at x; `more` is what a page must know of it."""
        yield f'<g class="array {look}"{more}>\n'
        yield from self._matrix(x, top) if self.block.elements else self._tile(x, top)
        yield "</g>\n"

    def _matrix(self, x: float, top: float) -> Iterator[str]:
        left, right, bottom = x - self.width / 2, x + self.width / 2, top + self.height
        for side, inwards in ((left, 4), (right, -4)):
            yield f'<path class="bracket" d="M{side + inwards:.5g} {top:.5g}H{side:.5g}V{bottom:.5g}h{inwards}"/>\n'
        for number, row in enumerate(self.block.elements):
            end = left + _BRACKET
            for text, width in zip(row, self.columns, strict=True):
                end += width
                yield f'<text x="{end:.5g}" y="{top + _ROW * (number + 1) - 3:.5g}">{escape(visible(text))}</text>\n'
                end += _BETWEEN

    def _tile(self, x: float, top: float) -> Iterator[str]:
        block, side = self.block, self.square
        left = x - self.tile / 2
        paths: dict[tuple[str, int], str] = {}
        for number, row in enumerate(block.shades):
            for place, shade in enumerate(row):
                kind = "odd" if shade is None else "plus" if shade > 0 else "minus"
                level = _LEVELS if shade is None else round(abs(shade) * _LEVELS)
                corner = f"M{left + side * place:.5g} {top + side * number:.5g}"
                paths[kind, level] = paths.get((kind, level), "") + f"{corner}h{side:.5g}v{side:.5g}h-{side:.5g}z"
        for (kind, level), path in paths.items():
            if level:
                yield f'<path class="{kind}" fill-opacity="{level / _LEVELS:.2g}" d="{path}"/>\n'
        high = side * len(block.shades)
        yield f'<rect class="tile" x="{left:.5g}" y="{top:.5g}" width="{self.tile:.5g}" height="{high:.5g}"/>\n'
        if self.ranged:
            yield f'<text class="range" x="{x:.5g}" y="{top + high + 13:.5g}">{escape(visible(block.range))}</text>\n'
