"""Derivatives as graphs: the gradient of a graph as more nodes beside its own."""

from backprop_cli.engine.derive.gradients import Derived, derive, with_gradient
from backprop_cli.engine.derive.inside import expanded

__all__ = ["Derived", "derive", "expanded", "with_gradient"]
