"""A file with a set of values a line: a table with headings, an array of objects, or JSON lines, read as they come."""

from __future__ import annotations

import sys
from itertools import chain

from backprop_cli.data.bindings import FileValues
from backprop_cli.data.documents import read_json
from backprop_cli.data.files import LIMIT, read_text, too_long, unreadable, wrong_kind
from backprop_cli.data.records import are_rows, each_object
from backprop_cli.data.terms import Terms
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
    first = begun[-1].lstrip()[:1] if begun else ""
    found = {"{": each_object, "[": _objects}.get(first, _rows)
    shown = "standard input" if path == "-" else path
    for number, values in found(shown, chain(begun, lines)):
        yield LineOfValues(number, FileValues({shown: values}, terms._replace(noted={})))


def _objects(path: str, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a JSON array, which are counted as lines are."""
    found = read_json(path, "".join(_within_limit(path, lines)))
    if not are_rows(found):
        raise wrong_kind(path, 'it is no list of objects, such as `[{"x": 1}, {"x": 2}]`')
    yield from enumerate(found, 1)


def _rows(path: str, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    from backprop_cli.data.csv_table import Row, Table

    table = Table(path, "".join(_within_limit(path, lines)))
    if not table.headings:
        raise wrong_kind(path, "its first line has no names, which say what each column is")
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
