"""The field of nodes: what the names in the gate table's texts mean where every number or array is a node.

The rows' partials and pulls, read over it, write a derivative as more nodes of the graph. A name that is missing has no
such form, and its gate no derivative as a formula.
"""

from __future__ import annotations

from math import pi

from backprop_cli.engine.derive import normalizations, places, scores, sums
from backprop_cli.engine.derive.builder import Builder, Node
from backprop_cli.gates import GATES
from backprop_cli.gates.fields import Field
from backprop_cli.lean import partial

_CALLED = {"maximum": "max", "minimum": "min", "largest": "max", "smallest": "min"}


def field_of_nodes(builder: Builder) -> Field:
    """The gate table over nodes of the graph that `builder` makes."""
    field = Field(choice="where({0}, {1}, {2})", known="{0}")
    gates = {name: partial(builder.make, name) for name in GATES}
    field.names.update(gates)
    field.names.update({ours: gates[gate] for ours, gate in _CALLED.items()})
    field.names.update(
        {name: getattr(room, name) for room in (sums, scores, normalizations, places) for name in room.__all__}
    )
    field.names.update({function.__name__: function for function in (
        bell, below, erfcx_slope, mish_gate, mish_gate_slope, sinc_slope, weigh,
    )})  # fmt: skip
    field.names["pi"] = builder.node(pi)
    field.names["eye"] = lambda count: builder.tensor("eye", count=count)
    field.names["linspace"] = lambda start, stop, count: builder.tensor("linspace", start, stop, count=count)
    return field


# What the rows name for the sake of the last digit, as books write it.


def weigh(x: Node, p: Node) -> Node:
    """A weighed number."""
    return x * p


def bell(x: Node) -> Node:
    """exp(-x^2/2)."""
    return x.builder.make("exp", -(x * x / 2))


def below(x: Node) -> Node:
    """The normal distribution function."""
    return x.builder.make("normcdf", x)


def erfcx_slope(x: Node) -> Node:
    """The slope of exp(x^2)*erfc(x)."""
    return 2 * x * x.builder.make("erfcx", x) - 2 / x.builder.make("sqrt", pi)


def sinc_slope(x: Node) -> Node:
    """The slope of sin(pi*x)/(pi*x), 0 at 0."""
    make = x.builder.make
    return make("where", x == 0, 0, (make("cos", pi * x) - make("sinc", x)) / x)


def mish_gate(x: Node, _: Node) -> Node:
    """tanh(softplus(x))."""
    return x.builder.make("tanh", x.builder.make("softplus", x))


def mish_gate_slope(x: Node, _: Node) -> Node:
    """Its slope."""
    make = x.builder.make
    return make("sigmoid", x) / make("square", make("cosh", make("softplus", x)))
