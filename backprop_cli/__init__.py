"""A graph calculator: values, local gradients and global gradients of a formula, checked against SymPy.

>>> import backprop_cli
>>> backprop_cli.grad("(x+y)*z", x=-2, y=5, z=-4).gradients["x"]
-4.0
"""

from backprop_cli import api
from backprop_cli.api import evaluate, grad
from backprop_cli.errors import BackpropError, Source
from backprop_cli.render import FORMATS
from backprop_cli.report import Note, Report, Row
from backprop_cli.report.claims import CheckReport, ClaimResult

check, render = api.check, api.render  # the functions; the rooms of those names stand behind them

__version__ = "0.1.0"
__all__ = [
    "FORMATS",
    "BackpropError",
    "CheckReport",
    "ClaimResult",
    "Note",
    "Report",
    "Row",
    "Source",
    "check",
    "evaluate",
    "grad",
    "render",
]
