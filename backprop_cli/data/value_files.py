"""Files of values: one value out of a file, or many by their names, as their formats have them.

What is found is a number, a list, an array, or a text; it does not know what values may be. Where the ending of a name
does not say what a file is, its first line does.
"""

from __future__ import annotations

from backprop_cli.data.documents import read_json, read_toml
from backprop_cli.data.files import NAMED, read_text, wrong_kind
from backprop_cli.data.records import columns_of, read_lines
from backprop_cli.data.terms import Terms
from backprop_cli.errors import nearest, shorten
from backprop_cli.lean import Any, Mapping

_KINDS = {
    ".npy": "npy", ".npz": "npz", ".toml": "toml", ".json": "json", ".jsonl": "lines", ".ndjson": "lines",
    ".csv": "table", ".tsv": "table", ".dat": "table", ".txt": "",
}  # fmt: skip
# What is not read, and what is instead.
_OTHERS = {
    **dict.fromkeys((".yaml", ".yml"), 'YAML is not read; as TOML a line is `x = 1`, as JSON all of it `{"x": 1}`'),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), "a workbook is not read; save the sheet as CSV"),
    **dict.fromkeys((".pkl", ".pickle", ".pt", ".pth"), "pickles are never read; `numpy.savez` writes an NPZ"),
    **dict.fromkeys((".mat", ".h5", ".hdf5", ".parquet", ".rds"), "it is not read; write its numbers as NPZ or CSV"),
}


def read_many(path: str, terms: Terms) -> Mapping[str, Any]:
    """What a file holds by name; values of an NPZ, a table or rows of objects are read when they are asked for."""
    kind, text = _opened(path)
    if kind == "npz":
        from backprop_cli.data.arrays import read_npz

        return read_npz(path, terms.max_elements)
    if kind == "table":
        from backprop_cli.data.csv_table import Columns, Table

        return Columns(Table(path, text))
    found = None if kind == "npy" else _document(path, text, kind)
    if not isinstance(found, Mapping):
        raise wrong_kind(path, 'it holds no names: write `{"x": 1, "y": 2}`')
    return found


def read_one(argument: str, name: str, terms: Terms) -> tuple[str, Any]:
    """The file's path, and the value for a name in it; the argument may say which one that is, `mm.csv:price`."""
    path, chosen = _with_name(argument)
    kind, text = _opened(path)
    if kind == "table":
        from backprop_cli.data.csv_table import read_csv

        return path, read_csv(path, text, name, chosen)
    if kind in ("npy", "npz"):
        from backprop_cli.data import arrays

        if kind == "npy":
            return path, arrays.read_npy(path, terms.max_elements)
        archive = arrays.read_npz(path, terms.max_elements)
        return path, arrays.only(path, archive, chosen or name, exactly=bool(chosen))
    found = _document(path, text, kind)
    if not isinstance(found, Mapping) and not chosen:
        return path, found
    if isinstance(found, Mapping) and (chosen or name) in found:
        return path, found[chosen or name]
    names = list(found) if isinstance(found, Mapping) else []
    near = nearest(chosen or name, names)
    there = f"did you mean `{near[0]}`?" if near else f"it holds {', '.join(map(shorten, names[:8])) or 'no names'}"
    raise wrong_kind(path, f"it has no `{shorten(chosen or name)}`; {there}")


def _opened(path: str) -> tuple[str, str]:
    """What a file is: `table`, `toml`, `json`, `lines` (of JSON), `npy` or `npz`; and its text, but of the last two."""
    NAMED.permit(path)
    ending = f".{path.rpartition('.')[2].lower()}"
    if ending in _OTHERS:
        raise wrong_kind(path, _OTHERS[ending])
    kind = _KINDS.get(ending, "")
    text = "" if kind in ("npy", "npz") else read_text(path)
    return kind or _kind(text), text


def _kind(text: str) -> str:
    """What a text is that does not say so."""
    first = next((line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"), "")
    if first[:1] == "{" or (first[:1] == "[" and not first[1:2].isalpha()):
        return "json"
    return "toml" if first[:1] == "[" or "=" in first else "table"


def _document(path: str, text: str, kind: str) -> Any:
    """What a TOML or JSON text holds; of objects in a row their columns."""
    if kind == "toml":
        return read_toml(path, text)
    return columns_of(path, read_lines(path, text) if kind == "lines" else read_json(path, text))


def _with_name(argument: str) -> tuple[str, str]:
    """A file, and the name of what is meant in it: `mm.csv:price`, `grads.npz:dW`."""
    lowered = argument.lower()
    at, length = max((lowered.rfind(f"{ending}:"), len(ending)) for ending in _KINDS)
    return (argument, "") if at < 0 else (argument[: at + length], argument[at + length + 1 :])
