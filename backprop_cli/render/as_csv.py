"""A CSV line a node (RFC 4180 quoting); operands and local gradients are separated by blanks within their field."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from backprop_cli.render.style import Style
from backprop_cli.report.model import Report
from backprop_cli.report.numbers import shortest


def render(report: Report, _style: Style) -> Iterator[str]:
    """A heading, then a line a node, digits in full."""
    grads = report.kind == "grad"
    yield line(["id", "name", "is", "gate", "inputs", "value", *(["locals", "grad"] if grads else [])])
    for row in report.rows():
        fields = [str(row.id), row.name, row.written, row.gate, " ".join(map(str, row.inputs)), shortest(row.value)]
        if grads:
            fields += [" ".join("-" if s is None else shortest(s) for s in row.locals)]
            fields += ["" if row.grad is None else shortest(row.grad)]
        yield line(fields)


def line(fields: list[str]) -> str:
    """The fields as a line of CSV."""
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow(fields)
    return out.getvalue()
