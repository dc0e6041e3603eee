"""The result of `hessian`: the matrix of second derivatives, its eigenvalues, what kind of point it is."""

from __future__ import annotations

from math import inf

import numpy as np

from backprop_cli.check.tolerances import SIX_DIGITS
from backprop_cli.check.verdict import Check
from backprop_cli.engine.anomalies import Anomaly
from backprop_cli.engine.eigenvalues import eigenvalues
from backprop_cli.engine.passes import Backward
from backprop_cli.errors import Diagnostic, Label, Source, Status
from backprop_cli.graph import Graph, Value
from backprop_cli.graph.names import output_name
from backprop_cli.lean import Any, Iterable, Mapping, NamedTuple
from backprop_cli.report.jacobians import JacobianReport, labels
from backprop_cli.report.model import TROUBLE, Note
from backprop_cli.report.notes import notes
from backprop_cli.report.rows import gradient_at
from backprop_cli.text import all_finite

_ZERO = 1e-9  # beside the largest: what counts as 0 of a gradient and of eigenvalues
_ROUNDED = 1e-14  # beside a number: what its rounding, and that of what is computed with it, leaves
_NO_SLOPE = frozenset({"kink", "jump"})  # where the gradient is a convention
_OF_DIGITS = frozenset({"precision", "underflow"})
_LOST = TROUBLE | _OF_DIGITS
_EVERY = 1 << 62
_FEW_DIGITS = (
    "eigenvalues up to {:.2g} in size may have fewer than six right digits beside the largest; "
    "so may the condition number"
)


class HessianReport(NamedTuple):
    """`matrix[i, j]` is d2f/d(i)d(j), made symmetric; `labels`, `place` (the values) and `gradient` are by element.
    `written` is the output's text.

    `eigenvalues` are in ascending order; up to the size `unsure` they may have fewer than six digits. There are none
    where the matrix is not finite, or not the true one and that is not known. `apart` is by how much the matrix was not
    symmetric, or its gradient not that of the backward pass, whichever is more, beside the largest element; 0 where
    digits are lost. `status` is the exit's.
    """

    source: Source
    output: str
    written: str
    value: Value
    labels: tuple[str, ...]
    place: Any
    gradient: Any
    matrix: Any
    eigenvalues: Any
    unsure: float
    jacobian: JacobianReport
    notes: tuple[Note, ...]
    apart: float
    status: int

    @property
    def check(self) -> Check | None:
        """The verdict on the second derivatives."""
        return self.jacobian.check

    @property
    def complaint(self) -> Diagnostic | None:
        """What to say where the check disagrees, or what must be equal is not."""
        if self.apart <= SIX_DIGITS:
            return self.jacobian.complaint
        message = f"the second derivatives are not symmetric, or not the gradient's, by {self.apart:.2g} of the largest"
        return Diagnostic("C501", message, (Label(self.source, 0, len(self.source.text)),))

    @property
    def expression(self) -> str:
        """The text as it was given."""
        return self.source.text

    @property
    def condition(self) -> float:
        """The largest size of an eigenvalue over the smallest."""
        sizes = np.abs(self.eigenvalues)
        with np.errstate(all="ignore"):
            return float(sizes.max() / sizes.min()) if sizes.size and sizes.min() else inf

    @property
    def _is_stationary(self) -> bool:
        """Whether the gradient is 0, up to what rounding leaves: Newton's step leads nowhere else."""
        if not np.any(self.gradient):
            return True
        if not np.isfinite(self.gradient).all():
            return False
        with np.errstate(all="ignore"):
            step = np.linalg.lstsq(self.matrix, self.gradient, rcond=None)[0]
            moved = np.abs(self.matrix @ step - self.gradient).max() <= _ZERO * np.abs(self.gradient).max()
        size = np.abs(self.place)
        beside = np.maximum(_ZERO * np.minimum(1.0, size), _ROUNDED * size)  # nine decimals, of large numbers the last
        near_0 = (np.abs(step) <= _ZERO) & (np.abs(self.gradient) <= _ZERO)
        return bool(moved and np.all((np.abs(step) <= beside) | near_0))

    @property
    def point(self) -> str:
        """What kind of point it is where the gradient is 0: minimum, maximum, saddle point, degenerate; else empty."""
        found, sizes = self.eigenvalues, np.abs(self.eigenvalues)
        no_slope = (note.code in _NO_SLOPE or (note.code in _LOST and note.node is not None) for note in self.notes)
        if not found.size or not self._is_stationary or any(no_slope):
            return ""
        # Of a place that is rounded itself a small eigenvalue says nothing.
        nothing = _ZERO * sizes.max() if np.any(self.gradient) else 0.0
        unknown = max(nothing, self.unsure)
        below, above = (bool((side * found > unknown).any()) for side in (-1, 1))
        if below and above:
            return "saddle point"
        if (sizes > unknown).all():
            return "minimum" if above else "maximum"
        return "degenerate" if unknown == nothing else ""


def hessian_report(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    targets: Mapping[str, int],
    found: JacobianReport,
    anomalies: Iterable[Anomaly],
    derived: Graph,
) -> HessianReport:
    """The report of a graph, from its backward pass, the Jacobian of its gradient, and what to note of the former.

    `derived` is the graph whose output is that gradient.
    """
    names = [label for name, node in targets.items() for label in labels(name, graph.shape(node), _EVERY)]
    matrix = np.concatenate([block.values.reshape(len(names), -1) for block in found.blocks], axis=1)
    made = notes(graph, values, anomalies)
    made += [note for note in found.notes if not any(note.message == other.message for other in made)]
    trouble = any(note.code in TROUBLE for note in made) or not all_finite(values[graph.output])
    status = Status.MATHEMATICS if found.status == Status.OK and trouble else found.status
    gradient = np.concatenate([np.ravel(gradient_at(graph, passed, node)) for node in targets.values()])
    apart = max(_apart(gradient, found.value), _apart(matrix, matrix.T))
    if any(note.code in _LOST for note in found.notes):
        apart = 0.0  # the digits that would tell are lost, which the notes say
    matrix = _symmetric(matrix)
    given = {name: values[node] for name, node in graph.variables.items()}
    is_true = not any(note.code in _OF_DIGITS and note.of_gradient for note in found.notes)
    own = eigenvalues(matrix, derived, given, targets.values(), is_true=is_true)
    if own.unsure:
        made.append(Note("precision", _FEW_DIGITS.format(own.unsure), None, graph.span(graph.output)))
    return HessianReport(
        source=graph.source,
        output=output_name(graph),
        written=graph.text(graph.output),
        value=values[graph.output],
        labels=tuple(names),
        place=np.concatenate([np.ravel(values[node]) for node in targets.values()]),
        gradient=gradient,
        matrix=matrix,
        eigenvalues=own.values,
        unsure=own.unsure,
        jacobian=found,
        notes=tuple(made),
        apart=apart,
        status=Status.DISAGREES if apart > SIX_DIGITS else status,
    )


def _symmetric(matrix: Any) -> Any:
    """The mean of a matrix and its transpose; of elements whose sum is too large, the matrix."""
    with np.errstate(all="ignore"):
        mean = (matrix + matrix.T) / 2
    return np.where(np.isfinite(mean), mean, matrix)


def _apart(one: Any, other: Any) -> float:
    """By how much two arrays differ beside their largest element; 0 where one is not finite."""
    size = max(np.abs(one).max(), np.abs(other).max())
    with np.errstate(all="ignore"):
        return float(np.abs(one - other).max() / size) if 0 < size < inf else 0.0
