"""The targets of `export`, and which of them have no arrays."""

from __future__ import annotations

from backprop_cli.lean import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from backprop_cli.export.staged import Example
    from backprop_cli.graph import Graph

TARGETS = ("numpy", "python", "torch", "jax", "sympy", "c", "sql", "latex")
ENDINGS = {".py": "numpy", ".c": "c", ".tex": "latex", ".sql": "sql"}  # of files
NUMBERS_ONLY = {"python": "Python's `math`", "sympy": "our code for SymPy", "sql": "a row of a table"}


def exported(graph: Graph, targets: Mapping[str, int], example: Example | None, to: str) -> str:
    """The text of the file. Raises BackpropError (N215, U801)."""
    from backprop_cli.export.staged import staged

    if example is not None and (example.has_gaps or (to == "python" and not example.is_finite)) and to != "latex":
        example = None  # there is nothing to test
    if to == "c":
        from backprop_cli.export.c import RESERVED, c

        return c(staged(graph, targets, example, RESERVED, ascii_=True))
    if to == "sympy":
        from backprop_cli.export import symbolic

        return symbolic.symbolic(staged(graph, targets, example, symbolic.RESERVED))
    if to == "sql":
        from backprop_cli.export import sql

        return sql.sql(staged(graph, targets, example, sql.RESERVED, ascii_=True, fold=True))
    if to == "latex":
        from backprop_cli.export.latex import latex

        return latex(staged(graph, targets, example, ()))
    from backprop_cli.export.dialects import DIALECTS
    from backprop_cli.export.python import python, reserved

    if to in ("torch", "jax"):
        from backprop_cli.export import frameworks

        dialect, writer, test = frameworks.FRAMEWORKS[to]
        return python(staged(graph, targets, example, reserved(dialect)), dialect, writer, test)

    return python(staged(graph, targets, example, reserved(DIALECTS[to])), DIALECTS[to])
