"""A graph calculator: values, local gradients and global gradients of a formula, checked against SymPy.

>>> import backprop_cli
>>> backprop_cli.grad("(x+y)*z", x=-2, y=5, z=-4).gradients["x"]
-4.0

What is imported from here is read when it is asked for first; so is NumPy, SymPy and all that takes time.
"""

from __future__ import annotations

import sys

from backprop_cli.lean import TYPE_CHECKING, Any, ModuleType, import_module

if TYPE_CHECKING:
    from backprop_cli.api import draw, evaluate, explain, grad, jacobian, render, structure
    from backprop_cli.checking import check, check_code, check_steps
    from backprop_cli.compiled import Compiled, compile  # noqa: A004  as an attribute
    from backprop_cli.deriving import diff, export, hessian
    from backprop_cli.directions import hvp, jvp
    from backprop_cli.errors import BackpropError, Source
    from backprop_cli.render import EXPLAIN_FORMATS, FIGURE_FORMATS, FORMATS
    from backprop_cli.report import Note, Report, Row
    from backprop_cli.report.claim_results import CheckReport, ClaimResult
    from backprop_cli.report.derivatives import DerivativeReport
    from backprop_cli.report.directional import DirectionalReport
    from backprop_cli.report.hessians import HessianReport
    from backprop_cli.report.jacobians import JacobianReport
    from backprop_cli.session import Options

__version__ = "0.2.0"
__all__ = [
    "EXPLAIN_FORMATS", "FIGURE_FORMATS", "FORMATS", "BackpropError", "CheckReport", "ClaimResult", "Compiled",
    "DerivativeReport", "DirectionalReport", "HessianReport", "JacobianReport",
    "Note", "Options", "Report", "Row", "Source",
    "check", "check_code", "check_steps", "compile", "diff", "draw", "evaluate", "explain", "export", "grad", "hessian",
    "hvp", "jacobian", "jvp", "render", "structure",
]  # fmt: skip
# Each name and its home.
_HOMES = {
    **dict.fromkeys(("draw", "evaluate", "explain", "grad", "jacobian", "render", "structure"), "api"),
    **dict.fromkeys(("Compiled", "compile"), "compiled"),
    **dict.fromkeys(("diff", "export", "hessian"), "deriving"),
    **dict.fromkeys(("hvp", "jvp"), "directions"),
    **dict.fromkeys(("check", "check_code", "check_steps"), "checking"),
    **dict.fromkeys(("BackpropError", "Source"), "errors"),
    **dict.fromkeys(("EXPLAIN_FORMATS", "FIGURE_FORMATS", "FORMATS"), "render"),
    **dict.fromkeys(("Note", "Report", "Row"), "report"), "DerivativeReport": "report.derivatives",
    "DirectionalReport": "report.directional", "HessianReport": "report.hessians",
    "JacobianReport": "report.jacobians", "Options": "session",
    **dict.fromkeys(("CheckReport", "ClaimResult"), "report.claim_results"),
}  # fmt: skip


def _asked_for(name: str) -> property:
    def found(_: ModuleType) -> Any:
        if _HOMES[name] == "api":
            import_module("backprop_cli.notebook")  # which gives reports their looks there
        return getattr(import_module(f"backprop_cli.{_HOMES[name]}"), name)

    # A room of the same name, `check`, stands behind the function; when it is imported it is not to take its place.
    return property(found, lambda *_: None)


class _Package(ModuleType):
    """The package: its names are found when they are asked for."""

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


for _name in _HOMES:
    setattr(_Package, _name, _asked_for(_name))
sys.modules[__name__].__class__ = _Package
