"""What a call is judged by, whether its gate is one of the table or the user's."""

from __future__ import annotations

from backprop_cli.gates import Gate, Parameter
from backprop_cli.language.program import Definition
from backprop_cli.lean import NamedTuple


class Signature(NamedTuple):
    """A gate's head, as it is written in messages, and its parameters."""

    head: str
    parameters: tuple[Parameter, ...]
    is_tensor: bool = False

    @property
    def name(self) -> str:
        """The gate's name."""
        return self.head.partition("(")[0]


def signature(gate: Gate | Definition) -> Signature:
    """The names and defaults of a gate's parameters."""
    if isinstance(gate, Gate):
        return Signature(gate.head, gate.parameters, gate.is_tensor)
    defaults = ((p.name, None if p.default is None else float(p.default)) for p in gate.parameters)
    return Signature(gate.head, tuple(Parameter(name, "", value is None, value) for name, value in defaults))
