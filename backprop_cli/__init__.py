"""A graph calculator: values, local gradients and global gradients of a formula, checked against SymPy.

>>> import backprop_cli
>>> backprop_cli.grad("(x+y)*z", x=-2, y=5, z=-4).gradients["x"]
-4.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from backprop_cli import api, checking, notebook
from backprop_cli.api import draw, evaluate, explain, grad, jacobian, structure
from backprop_cli.checking import check_steps
from backprop_cli.errors import BackpropError, Source
from backprop_cli.render import EXPLAIN_FORMATS, FIGURE_FORMATS, FORMATS
from backprop_cli.report import Note, Report, Row
from backprop_cli.session import Options

if TYPE_CHECKING:
    from backprop_cli.report.claim_results import CheckReport, ClaimResult
    from backprop_cli.report.jacobians import JacobianReport

# The functions; the rooms of those names stand behind them. A room that is imported later would take its name back.
import_module("backprop_cli.check")
check, render = checking.check, api.render
Report._repr_svg_ = notebook.svg  # type: ignore[attr-defined]
Report._repr_html_ = notebook.page  # type: ignore[attr-defined]

__version__ = "0.2.0"
__all__ = [
    "EXPLAIN_FORMATS", "FIGURE_FORMATS", "FORMATS", "BackpropError", "CheckReport", "ClaimResult", "JacobianReport",
    "Note", "Options", "Report", "Row", "Source",
    "check", "check_steps", "draw", "evaluate", "explain", "grad", "jacobian", "render", "structure",
]  # fmt: skip


# Records that only some verbs answer with, imported when they are asked for: where they are.
_RECORDS = {"CheckReport": "claim_results", "ClaimResult": "claim_results", "JacobianReport": "jacobians"}


def __getattr__(name: str) -> Any:
    if file := _RECORDS.get(name):
        return getattr(import_module(f"backprop_cli.report.{file}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
