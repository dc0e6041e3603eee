"""The result of `jacobian --jvp` and `grad --hvp`: a matrix of derivatives times a direction, without the matrix."""

from __future__ import annotations

import numpy as np

from backprop_cli.check.verdict import Check
from backprop_cli.errors import Diagnostic, Label, Source
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Any, Mapping, NamedTuple
from backprop_cli.report.jacobians import JacobianReport
from backprop_cli.report.model import Note
from backprop_cli.text import shortest


class DirectionalReport(NamedTuple):
    """`products` has what the matrix makes of the `direction`: of a Jacobian (`kind` jvp) one array of the output's
    shape, under the output's name; of a Hessian (hvp) one for each input, of its shape. `written` is the output's text.
    """

    kind: str
    source: Source
    output: str
    written: str
    value: Value
    direction: Mapping[str, Value]
    products: Mapping[str, Value]
    jacobian: JacobianReport
    notes: tuple[Note, ...]
    status: int

    @property
    def check(self) -> Check | None:
        """The verdict on the products."""
        return self.jacobian.check

    @property
    def complaint(self) -> Diagnostic | None:
        """What to say where the check disagrees."""
        worst = self.check.worst if self.check else None
        if worst is None:
            return None
        ours, theirs = shortest(worst.ours), shortest(worst.theirs)
        message = f"the product, weighed at random: backprop has {ours}, the check has {theirs}"
        return Diagnostic("C501", message, (Label(self.source, 0, len(self.source.text)),))

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text


def parts(graph: Graph, product: Any) -> dict[str, Value]:
    """The elements of all inputs, one after the other, as arrays of their shapes."""
    flat, parts, at = np.ravel(product), {}, 0
    for name, node in graph.variables.items():
        shape = graph.shape(node)
        length = int(np.prod(shape))
        parts[name] = flat[at : at + length].reshape(shape)
        at += length
    return parts
