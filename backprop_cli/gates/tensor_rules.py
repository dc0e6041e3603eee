"""What the rows of tensor gates say, as functions over a field: their texts are Python over the field's names."""

from __future__ import annotations

from backprop_cli.gates.gate import Gate
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.lean import Any, Callable, Mapping, Protocol, Sequence

Function = Callable[..., Any]


class Names(Protocol):
    """What a field has that is needed here."""

    @property
    def forward(self) -> Mapping[str, Function]:
        """By gate the value, as a function of operands and attributes."""

    @property
    def pull(self) -> Mapping[str, Function]:
        """By gate what flows to operand k."""

    @property
    def names(self) -> Mapping[str, Any]:
        """What the texts' names mean."""

    def build(self, python: str) -> Function:
        """The function that a text in Python is."""


def rule(field: Names, part: str, name: str) -> Function:
    """A part of a gate's row (`formula`, `means`, …) as a function of operands and attributes."""
    return _function(field, TENSORS[name], getattr(TENSORS[name], part))


def _function(field: Names, gate: Gate, text: str, before: str = "") -> Function:
    """A text as a function of (*before, operands, attributes)."""
    operands = ["xs"] if gate.variadic else gate.operands
    head = ", ".join([*filter(None, [before]), *operands, *gate.attributes, *["seed=()"] * gate.random])
    function = field.build(f"lambda {head}: {text}")
    if gate.variadic:
        return lambda *a: function(*a[:-2], a[-2], *a[-1])
    return lambda *a: function(*a[:-2], *a[-2], *a[-1])


def pull(field: Names, name: str) -> Function:
    """What flows to operand k, as a function of (k, G, out, operands, attributes)."""
    gate = TENSORS[name]
    pulls = [_function(field, gate, text, "k, G, out") for text in gate.pulls]
    return lambda k, *rest: pulls[0 if gate.variadic else k](k, *rest)


def push(field: Names, name: str) -> Function:
    """How the value moves when operand k moves by d, as a function of (k, d, out, operands, attributes)."""
    gate, forward, pulled = TENSORS[name], field.forward[name], field.pull[name]

    def linear(k: int, d: Any, _: Any, operands: Sequence[Any], attributes: Sequence[Any]) -> Any:
        # Of what is put side by side the rest does not move; of a product it stays a factor.
        rest = operands if gate.family == "product" else [0 * x for x in operands]
        return forward([*rest[:k], d, *rest[k + 1 :]], attributes)

    def reduction(k: int, d: Any, out: Any, operands: Sequence[Any], attributes: Sequence[Any]) -> Any:
        weighed = pulled(k, 0 * out + 1, out, operands, attributes) * d
        if "keepdims" in gate.attributes:
            return field.names["sum"](weighed, *attributes[:2])
        return weighed.sum() if hasattr(weighed, "sum") else weighed  # of one number

    ways = {"linear": linear, "reduction": reduction, "symmetric": pulled}
    if gate.push in ways:
        return ways[gate.push]
    pushes = [_function(field, gate, text, "d, out") for text in gate.push.split("; ")]
    return lambda k, *rest: pushes[k](*rest)


def note(field: Names, name: str) -> Function:
    """Where the k-th note is due, as a function of (k, out, operands, attributes)."""
    conditions = [_function(field, TENSORS[name], note.condition, "out") for note in TENSORS[name].notes]
    return lambda k, *rest: conditions[k](*rest)
