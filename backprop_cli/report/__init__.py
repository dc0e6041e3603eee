"""What was computed, in the words users read: rows, notes, results, verdict.

It does not know any output format.
"""

from backprop_cli.report.build import build
from backprop_cli.report.model import Note, Report
from backprop_cli.report.rows import Row

__all__ = ["Note", "Report", "Row", "build"]
