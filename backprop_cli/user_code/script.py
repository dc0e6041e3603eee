"""The text of a user's file, and where in it a line is: `net.py:14`, or `cell 7, line 3` of a notebook."""

from __future__ import annotations

from backprop_cli.errors import Label, Source
from backprop_cli.lean import NamedTuple


class Script(NamedTuple):
    """The Python text of a file. `cells` are the numbers and first lines of a notebook's code cells.

    Lines after the `own` ones call functions of the file; `below` has for each of them the line that it is about, None
    where nobody is to see it. `returns` are the names of what such functions return.
    """

    path: str
    text: str
    cells: tuple[tuple[int, int], ...] = ()
    dropped: tuple[int, ...] = ()  # lines that were no Python: `%matplotlib inline`
    own: int | None = None
    below: tuple[int | None, ...] = ()
    returns: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def shown(self, line: int) -> int | None:
        """The line of the file that a line is about."""
        return line if self.own is None or line <= self.own else self.below[line - self.own - 1]

    def cell(self, line: int) -> tuple[int | None, int]:
        """The cell of a line, None in a plain file, and the line in it."""
        for number, first in reversed(self.cells):
            if first <= line:
                return number, line - first + 1
        return None, line

    def where(self, line: int) -> str:
        """A line in words, for a message."""
        cell, inside = self.cell(line)
        return f"line {line}" if cell is None else f"cell {cell}, line {inside}"


def label(script: Script, line: int, text: str = "") -> tuple[Label, ...]:
    """The statement on a line of the file; of a notebook, in the text of its cell."""
    lines = script.text.split("\n")
    if not 1 <= line <= len(lines):
        return ()
    cell, inside = script.cell(line)
    name = script.path if cell is None else f"{script.path}, cell {cell}"
    first = line - inside
    ends = [start - 1 for _, start in script.cells if start > line]
    shown = lines[line - 1]
    source = Source(name, "\n".join(lines[first : ends[0] if ends else None]))
    start = sum(len(one) + 1 for one in lines[first : line - 1])
    indent = len(shown) - len(shown.lstrip())
    code = shown.split("  #")[0].rstrip()
    return (Label(source, start + indent, start + max(len(code), indent + 1), text),)
