"""The eigenvalues of a Hessian, of which small ones have no digits beside large ones in doubles.

The second derivatives again with many digits, and with twice as many, until every eigenvalue is the same number or
shrinks as the digits grow, as only what is truly 0 does. Where that takes too much work there are those of the matrix
in doubles, block by block, and by how much each may be wrong.
"""

from __future__ import annotations

import numpy as np

from backprop_cli.engine.passes import backward, forward
from backprop_cli.engine.settling import MOST_WORK, is_finite, work_of
from backprop_cli.gates.fields import DIGITS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Any, Collection, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.digits import last_place, number, symmetric_eigenvalues, working

_DIGITS = (30, 60, 120, 240, 480, 960)
_LEAST_OF_ZERO = 480  # beside the largest no double is so small; with fewer digits what shrinks may be a number
_LOST = "1e15"  # what rounding leaves of 0, in units of the last place of the largest
_SAME = 1e-12
_SIX_DIGITS = 1e-6
_CLOSE = 1e-3  # beside the largest: what is smaller is worked out, for of elements nine digits are sure
_ROUNDING = 2.0**-50  # of a block's largest eigenvalue, a row
_MOST_ROWS = 32  # a tenth of a second with the fewest digits
_PLAIN = 16.0  # times as much work as of passes that move what they round
_BEYOND = 5e-324  # what is smaller is no double


class Eigenvalues(NamedTuple):
    """In ascending order, and by how much each may be wrong beyond its sixth digit: 0 where it is right."""

    values: Any
    errors: Any

    @property
    def unsure(self) -> float:
        """Up to which size eigenvalues may have fewer than six digits; 0 where all have them."""
        return float(self.errors.max(initial=0.0, where=_SIX_DIGITS * np.abs(self.values) < self.errors)) / _SIX_DIGITS


NONE = Eigenvalues(np.zeros(0), np.zeros(0))


def eigenvalues(
    matrix: Any, derived: Graph, values: Mapping[str, Value], targets: Collection[int], *, is_true: bool
) -> Eigenvalues:
    """Those of a symmetric matrix, the Jacobian of the output of `derived` by the nodes `targets`.

    None where it is not finite; where it is not `is_true`, as its digits are lost, those of the true one or none.
    """
    if not np.isfinite(matrix).all():
        return NONE
    found = _by_blocks(matrix) if is_true else NONE
    sizes = np.abs(found.values)
    is_sure = is_true and (not found.errors.any() or sizes.min() >= _CLOSE * sizes.max())
    if is_sure or len(matrix) > _MOST_ROWS:
        return found
    return _in_digits(derived, values, targets) or found


def _by_blocks(matrix: Any) -> Eigenvalues:
    """Of each block that elements other than 0 make: a diagonal one has its elements, whatever their sizes."""
    waiting, values, errors = set(range(len(matrix))), [], []
    while waiting:
        block, reached = set[int](), {min(waiting)}
        while reached:
            block |= reached
            reached = {int(j) for i in reached for j in np.flatnonzero(matrix[i])} - block
        waiting -= block
        rows = sorted(block)
        inside = matrix[np.ix_(rows, rows)]
        own = np.diagonal(inside) if len(rows) == 1 else np.linalg.eigvalsh(inside)
        values.append(own)
        errors.append(np.full(len(rows), _ROUNDING * len(rows) * np.abs(own).max() * (len(rows) > 1)))
    found = np.concatenate(values)
    order = np.argsort(found, kind="stable")
    return Eigenvalues(found[order], np.concatenate(errors)[order])


def _in_digits(derived: Graph, values: Mapping[str, Value], targets: Collection[int]) -> Eigenvalues | None:
    """Of the second derivatives with many digits; None where that takes too much work, or they are not decided."""
    from backprop_cli.engine.unroll import unroll

    given = forward(derived, values)
    weights = np.ones(derived.shapes[derived.output])
    numbers = unroll(derived, given, derived.output, weights, int(_PLAIN * MOST_WORK / _DIGITS[0]))
    if numbers is None:
        return None
    rows = np.ravel(numbers.ids(derived.output)).tolist()
    columns = np.concatenate([np.ravel(numbers.ids(node)) for node in targets]).tolist()
    work = work_of([numbers.graph] * (1 + len(rows)))
    before: list[Any] = []
    found = None
    for digits in _DIGITS:
        if work(digits) > _PLAIN * MOST_WORK:
            break
        with working(digits):
            now = _with_these_digits(numbers.graph, numbers.given, rows, columns)
            if not now:
                return None
            if before:
                found = _compared(before, now, digits)
                if not found.errors.any():
                    break
        before = now
    return found


def _with_these_digits(graph: Graph, given: Mapping[str, Value], rows: Sequence[int], columns: Sequence[int]) -> Any:
    """The eigenvalues with as many digits as are worked with; none where an element has no value."""
    values = forward(graph, given, DIGITS)
    matrix = []
    for row in rows:
        grads = backward(graph, values, row, field=DIGITS).grads
        matrix.append([number(0 if grads[node] is None else grads[node]) for node in columns])
        if not all(map(is_finite, matrix[-1])):
            return []
    return symmetric_eigenvalues(matrix)


def _compared(before: Sequence[Any], now: Sequence[Any], digits: int) -> Eigenvalues:
    """The eigenvalues, each right where twice the digits left it the same, or nothing of it."""
    nothing = number(_LOST) * last_place() * max(map(abs, now))
    values, errors = [], []
    for x, y in zip(before, now, strict=True):
        is_nothing = abs(y) <= nothing
        value = 0.0 if is_nothing else float(y)
        is_right = digits >= _LEAST_OF_ZERO if is_nothing else value != 0 and abs(x - y) <= _SAME * abs(y)
        values.append(value)
        errors.append(0.0 if is_right else max(_BEYOND, float(max(abs(x - y), nothing))))
    return Eigenvalues(np.array(values), np.array(errors))
