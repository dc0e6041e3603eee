"""What a gate does to the gradient that passes through it, in a teacher's words: add distributes, mul switches.

The role follows from the gate's own row, so that a gate with the same slopes plays the same role.
"""

from __future__ import annotations

from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.report.parts import CALLED

_MULTIPLIES = "switches, giving each operand the gradient times the other"
_BY_PARTIALS = {
    ("1", "1"): "distributes the whole gradient to each operand",
    ("1", "-1"): "distributes the gradient, to the second operand with its sign turned",
    ("y", "x"): _MULTIPLIES,
    ("-1",): "turns the sign of the gradient",
    ("0",): "stops the gradient, as its slope is 0",
    ("0", "0"): "only decides, and passes no gradient on",
}
_BY_STRUCTURES: dict[tuple[str, ...], str] = {
    ("rows of ones",): "distributes the whole gradient to each element",
    ("rows of 1/n",): "distributes the gradient evenly over the elements",
    ("rows one-hot",): "routes the gradient to the element taken, nothing to the others",
    ("permutation",): "turns the gradient as it turned the elements",
    ("identity",): "puts the gradient back into the shape of the operand",
    ("one-hot",): "puts each gradient back where its element came from",
    ("triangle of ones",): "gives each element the gradients of all sums that it is in",
    ("column of ones",): "is a copy in each place, and sums their gradients",
    ("zero",): "passes no gradient on",
}
_PULLS = "hands the gradient back by a rule of its own"
_ROUTES = "routes the gradient to the operand taken, nothing to the others"
_PASSES = "passes the gradient where its slope is 1, stops it where it is 0"
_CUTS = "lets the value through and nothing back: the gradient ends here"
_SCALES = "scales the gradient by its slope"


def role(name: str) -> str:
    """`mul switches, …`: a gate's name and what it does."""
    if name in TENSORS:
        return f"{CALLED.get(name, name)} {_of_tensor(TENSORS[name])}"
    gate = GATES.get(name)
    return f"{name} {_of(gate) if gate else _SCALES}"


def copies(uses: int) -> str:
    """What happens at a node that is used more than once: each use is a copy, and the copies' gradients add up."""
    return f"copy sums the {uses:,} gradients that come back"


def _of_tensor(row: Gate) -> str:
    if row.family == "product":
        return _MULTIPLIES
    return _BY_STRUCTURES.get(row.structures[""], _PULLS)


def _of(gate: Gate) -> str:
    if gate.family == "cut":
        return _CUTS
    if gate.partials in _BY_PARTIALS:
        return _BY_PARTIALS[gate.partials]
    if not (gate.routes and gate.exact):  # what routes and is never rounded hands on one of its operands as it is
        return _SCALES
    return _ROUTES if gate.variadic or len(gate.parameters) > 1 else _PASSES
