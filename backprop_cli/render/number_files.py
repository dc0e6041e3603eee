"""Numbers by name, for programs to read: TOML, and NumPy's .npy and .npz.

Of a gradient they are the gradients that were asked for, or with a step the updated inputs; of `eval` the output and
the intermediates that have names; of a Jacobian a block an input.
"""

from __future__ import annotations

import io
import re
import zipfile

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.render.style import Style
from backprop_cli.text import literal

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(report: Any, style: Style) -> Iterator[str]:
    """A line a name, which `--vars` reads; digits in full, unless some were asked for."""
    for name, value in _numbers(report).items():
        yield f"{name if _BARE.fullmatch(name) else _quoted(name)} = {literal(value, style.digits)}\n"


def npz(report: Any) -> bytes:
    """An archive with an array a name, which may be any: `np.savez` would take `file` for a parameter of its own."""
    import numpy as np

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, value in _numbers(report).items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, np.asarray(value, dtype=float), allow_pickle=False)
    return file.getvalue()


def npy(report: Any) -> bytes:
    """The one array. Raises BackpropError (U801) if there are several."""
    import numpy as np

    numbers = _numbers(report)
    value = report.value if _kind(report) == "eval" else None
    if value is None:
        if len(numbers) != 1:
            message = f"a `.npy` file holds one array; here are {len(numbers)}: {', '.join(list(numbers)[:8])}"
            raise BackpropError(Diagnostic("U801", message, (), "`--wrt` chooses one; `.npz` holds all of them"))
        (value,) = numbers.values()
    file = io.BytesIO()
    np.save(file, np.asarray(value, dtype=float), allow_pickle=False)
    return file.getvalue()


def _numbers(report: Any) -> Mapping[str, Any]:
    kind = _kind(report)
    if kind == "eval":
        graph, values = report.columns.graph, report.columns.values
        named = {name: values[node] for node, name in graph.names.items() if node <= graph.output}
        return {**named, report.output: report.value}
    if kind == "grad":
        gradients: Mapping[str, Any] = report.step.updated if report.step else report.gradients
        return gradients
    found: Mapping[str, Any] = {"hessian": report.matrix} if hasattr(report, "matrix") else report.jacobians
    return found


def _kind(report: Any) -> str:
    return str(getattr(report, "kind", ""))


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
