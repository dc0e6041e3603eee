"""Files of values: one value out of a file, or many by their names, as their formats have them.

What is found is a number, a list, an array, or a text; it does not know what values may be.
"""

from __future__ import annotations

from backprop_cli.data.documents import read_json, read_toml
from backprop_cli.data.files import NAMED, read_text, wrong_kind
from backprop_cli.data.terms import Terms
from backprop_cli.lean import Any, Mapping


def read_many(path: str, terms: Terms) -> Mapping[str, Any]:
    """What a TOML, JSON, NPZ or CSV file holds, by name; of the last two a value is read when somebody asks for it."""
    NAMED.permit(path)
    lowered = path.lower()
    if lowered.endswith(".npz"):
        from backprop_cli.data.arrays import read_npz

        return read_npz(path, terms.max_elements)
    text = read_text(path)
    if lowered.endswith(".csv"):
        from backprop_cli.data.csv_table import Columns, Table

        return Columns(Table(path, text))
    found = read_toml(path, text) if lowered.endswith(".toml") else read_json(path, text)
    if not isinstance(found, Mapping):
        raise wrong_kind(path, 'it holds no names: write `{"x": 1, "y": 2}`')
    return found


def read_one(argument: str, name: str, terms: Terms) -> tuple[str, Any]:
    """The file's path, and the value for a name in it; the argument may say the column or the array, `mm.csv:price`."""
    path, column = _with_column(argument)
    NAMED.permit(path)
    lowered = path.lower()
    if lowered.endswith(".csv"):
        from backprop_cli.data.csv_table import read_csv

        return path, read_csv(path, read_text(path), name, column)
    if lowered.endswith((".npy", ".npz")):
        from backprop_cli.data import arrays

        if lowered.endswith(".npy"):
            return path, arrays.read_npy(path, terms.max_elements)
        archive = arrays.read_npz(path, terms.max_elements)
        return path, arrays.only(path, archive, column or name, exactly=bool(column))
    found = read_json(path, read_text(path))
    if isinstance(found, Mapping):
        raise wrong_kind(path, "it holds several values; `--vars FILE` reads many")
    return path, found


def _with_column(path: str) -> tuple[str, str]:
    """A file and the column or the array wanted from it: `mm.csv:price`, `grads.npz:dW`."""
    at = max(path.lower().rfind(".csv:"), path.lower().rfind(".npz:"))
    return (path, "") if at < 0 else (path[: at + 4], path[at + 5 :])
