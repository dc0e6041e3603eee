"""Derivatives as graphs: the gradient of a graph as more nodes beside its own."""

from backprop_cli.engine.derive.gradients import Derived, derive, with_gradient

__all__ = ["Derived", "derive", "with_gradient"]
