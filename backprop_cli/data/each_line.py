"""A file with a set of values a line: CSV with headings, or JSON lines, which are read as they come."""

from __future__ import annotations

import sys
from itertools import chain

from backprop_cli.data.bindings import FileValues
from backprop_cli.data.documents import read_json
from backprop_cli.data.files import LIMIT, malformed, read_text, too_long, unreadable, wrong_kind
from backprop_cli.data.terms import Terms
from backprop_cli.errors import shorten
from backprop_cli.graph import Value
from backprop_cli.lean import Any, Iterator, Mapping, NamedTuple


class LineOfValues(NamedTuple):
    """A line's number, and its values by name, each of which is read when it is asked for."""

    number: int
    values: Mapping[str, Value]


def each_line(path: str, terms: Terms) -> Iterator[LineOfValues]:
    """The sets of values in a file, one after the other; of standard input, `-`, as soon as a line is there.

    Raises BackpropError (F601 to F604, L701) where a line, or a value that is asked for, is wrong.
    """
    if path.lower().endswith((".npz", ".npy")):
        raise wrong_kind(
            path, "its arrays are values, and it has no lines: `--vars FILE` reads an NPZ, `x=@FILE` an NPY"
        )
    lines = _lines(path)
    begun: list[str] = []
    for text in lines:
        begun.append(text)
        if text.strip():
            break
    found = _documents if begun and begun[-1].lstrip().startswith("{") else _rows
    shown = "standard input" if path == "-" else path
    if begun and begun[-1].lstrip().startswith("["):
        raise wrong_kind(shown, "a JSON array is no lines of values: write an object a line, as `jq -c '.[]'` does")
    for number, values in found(shown, chain(begun, lines)):
        yield LineOfValues(number, FileValues({shown: values}, terms._replace(noted={})))


def _documents(path: str, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, text in enumerate(lines, 1):
        if text.strip():
            found = read_json(f"{path}:{number}", text)
            if not isinstance(found, dict):
                raise wrong_kind(path, f'line {number} holds no names: write `{{"x": 1, "y": 2}}`')
            yield number, found


def _rows(path: str, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from backprop_cli.data.csv_table import Row, Table

    table = Table(path, "".join(_within_limit(path, lines)))
    if not table.headings:
        raise wrong_kind(path, "its first line has no names, which say what each column is")
    if len(set(table.headings)) < len(table.headings):
        twice = next(name for name in table.headings if table.headings.count(name) > 1)
        raise malformed(path, "", "usable CSV", f"two columns are called `{shorten(twice)}`")
    for number, cells in table.lines:
        yield number, Row(table, number, cells)


def _within_limit(path: str, lines: Iterator[str]) -> Iterator[str]:
    read = 0
    for line in lines:
        read += len(line)
        if read > LIMIT.most_bytes:
            raise too_long(path)
        yield line


def _lines(path: str) -> Iterator[str]:
    if path != "-":
        yield from read_text(path).splitlines(keepends=True)
        return
    encoding = "utf-8-sig"  # of the first line; a process that answers line by line may read any number of them
    try:
        while raw := sys.stdin.buffer.readline(LIMIT.most_bytes + 1):
            if len(raw) > LIMIT.most_bytes:
                raise too_long("a line of standard input")
            yield raw.decode(encoding)
            encoding = "utf-8"
    except UnicodeDecodeError:
        raise wrong_kind("standard input", "it is not UTF-8 text") from None
    except (AttributeError, OSError, ValueError) as error:  # there is none, or it is closed
        raise unreadable(path, error if isinstance(error, OSError) else ValueError("it is closed")) from None
