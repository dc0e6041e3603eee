"""The targets of `export`, and which of them have no arrays."""

from __future__ import annotations

from backprop_cli.errors import BackpropError
from backprop_cli.lean import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from backprop_cli.export.staged import Example
    from backprop_cli.graph import Graph

TARGETS = ("numpy", "python", "torch", "jax", "sympy", "c", "sql", "latex")
ENDINGS = {".py": "numpy", ".c": "c", ".tex": "latex", ".sql": "sql"}  # of files
NUMBERS_ONLY = {"python": "Python's `math`", "sympy": "our code for SymPy", "sql": "a row of a table"}


def exported(graph: Graph, targets: Mapping[str, int], example: Example | None, to: str) -> str:
    """The text of the file. Raises BackpropError (N215, U801), with the targets that have words for all of it."""
    try:
        return _exported(graph, targets, example, to)
    except BackpropError as error:
        if error.diagnostics[0].code != "U801":
            raise
        others = " or ".join(f"`--to {other}`" for other in TARGETS if _has_words(graph, targets, other))
        told = (item._replace(help=f"{others} has it; or {item.help}" if others else item.help)
                for item in error.diagnostics)  # fmt: skip
        raise BackpropError(*told) from None


def _has_words(graph: Graph, targets: Mapping[str, int], to: str) -> bool:
    """Whether a target that is code has words for every gate."""
    try:
        return (
            to != "latex"
            and not (to in NUMBERS_ONLY and graph.has_arrays)
            and bool(_exported(graph, targets, None, to))
        )
    except BackpropError:
        return False


def _exported(graph: Graph, targets: Mapping[str, int], example: Example | None, to: str) -> str:
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
