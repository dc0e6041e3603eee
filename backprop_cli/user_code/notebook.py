"""A notebook's code cells as one Python text; `%magic` and `!commands` are left out, and said to be."""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.user_code.script import Script


def read_notebook(path: str, text: str) -> Script:
    """The cells of an `.ipynb` file (nbformat 3 and 4) in their order. Raises BackpropError (F603) for another file."""
    import json

    try:
        document = json.loads(text)
        cells = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        codes = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        told = f": {error}" if isinstance(error, ValueError) else ""
        message = f"`{shorten(path)}` is not a notebook{told}"
        help_ = "a notebook is a JSON file with a list of `cells`"
        raise BackpropError(Diagnostic("F603", message, (), help_)) from None
    lines: list[str] = []
    starts: list[tuple[int, int]] = []
    dropped: list[int] = []
    for number, code in enumerate(codes, 1):
        starts.append((number, len(lines) + 1))
        whole = code.lstrip().startswith("%%")
        for line in code.split("\n"):
            plain = line.strip()
            magic = whole or plain.startswith(("%", "!")) or (plain.endswith("?") and "#" not in plain)
            if magic and plain:
                dropped.append(len(lines) + 1)
            lines.append(line[: len(line) - len(line.lstrip())] + "pass" * (not whole) if magic and plain else line)
    return Script(path, "\n".join(lines) + "\n", tuple(starts), tuple(dropped))


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
