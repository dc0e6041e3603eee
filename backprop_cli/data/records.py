"""Objects of JSON in a row, `[{"x": 1, "y": 2}, {"x": 3, "y": 4}]` or one a line: a table by another name."""

from __future__ import annotations

from backprop_cli.data.documents import read_json
from backprop_cli.data.files import wrong_kind
from backprop_cli.errors import shorten
from backprop_cli.lean import Any, Iterable, Iterator, Mapping


class Records(Mapping[str, Any]):
    """The columns of such a table: a list of what the objects have by a name, or that of the only object."""

    def __init__(self, path: str, rows: list[dict[str, Any]]) -> None:
        self.path, self.rows = path, rows

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        for number, row in enumerate(self.rows, 1):
            if name not in row:
                raise wrong_kind(self.path, f"object {number} has no `{shorten(name)}`, and others do")
        found = [row[name] for row in self.rows]
        return found if len(found) > 1 else found[0]

    def __contains__(self, name: object) -> bool:
        return any(name in row for row in self.rows)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for row in self.rows for name in row))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def columns_of(path: str, found: Any) -> Any:
    """The columns of objects in a row; anything else as it is."""
    return Records(path, found) if are_rows(found) else found


def are_rows(found: Any) -> bool:
    """Whether what a JSON text holds is a list of objects."""
    return isinstance(found, list) and bool(found) and all(isinstance(row, dict) for row in found)


def read_lines(path: str, text: str) -> list[dict[str, Any]]:
    """The objects of a text that has one a line. Raises BackpropError (F603, F604) at the line that is none."""
    found = [row for _, row in each_object(path, text.splitlines())]
    if not found:
        raise wrong_kind(path, "it holds no objects")
    return found


def each_object(path: str, lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each line that is not blank, and its object."""
    for number, text in enumerate(lines, 1):
        if text.strip():
            found = read_json(f"{path}:{number}", text)
            if not isinstance(found, dict):
                raise wrong_kind(path, f'line {number} holds no names: write `{{"x": 1, "y": 2}}`')
            yield number, found
