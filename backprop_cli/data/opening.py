"""A program and the values it is given, opened: its graph, with a value for every input that has one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import nan
from typing import Any

from backprop_cli.data.bindings import Terms, check_name, constant
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.graph import Graph, Value, lower
from backprop_cli.graph.infer import infer
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.report.numbers import rounded

# A number, a constant expression ("pi/2", "[1, 2]"), or anything that NumPy makes an array of numbers of.
Number = Any


def bound_graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, Value] | None,
    max_nodes: int,
    seed: int,
    max_elements: int,
) -> tuple[Graph, dict[str, Value]]:
    """The graph, and a value for each of its inputs."""
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given: dict[str, Value] = {}
    terms = Terms(allow_nonfinite=True, seed=seed, max_elements=max_elements)
    for name, value in bindings.items():
        if isinstance(value, str):
            value = constant(value, name, terms)
        value = as_value(value)
        check_name(name, Source("binding", f"{name}={rounded(value)}"))
        given[name] = value
    defaults = defaults or {}
    names = {*given, *defaults}
    program = parse(source, names)
    defined = {statement.name for statement in program.statements}
    graph = lower(program, names - (defined - given.keys()), max_nodes=max_nodes)
    unused = [name for name in bindings if name not in graph.variables]
    if unused:
        raise BackpropError(*(_unused(name, given[name]) for name in unused[:MOST_ERRORS]))
    for name in graph.variables:
        if name not in given:
            given[name] = as_value(defaults[name])
    shapes = {name: getattr(given[name], "shape", ()) for name in graph.variables}
    if graph.needs_shapes or any(shapes.values()):
        infer(graph, shapes, seed=seed, max_elements=max_elements)
    return graph, given


def open_graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, Value] | None,
    limits: tuple[int, int, int],
    named: Collection[str] = (),
) -> tuple[Graph, dict[str, Value], list[str]]:
    """The graph, the values that its inputs have, and the inputs without one; `named` are sure to be inputs."""
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given = {*bindings, *(defaults or {})}
    open_names = [name for name in lower(parse(source, {*given, *named})).variables if name not in given]
    graph, numbers = bound_graph(source, bindings, {**dict.fromkeys(open_names, nan), **(defaults or {})}, *limits)
    free = [name for name in graph.variables if name in open_names]
    return graph, {name: number for name, number in numbers.items() if name not in free}, free


def as_value(value: Any) -> Value:
    """A float, or an array of doubles with at least one axis."""
    if isinstance(value, int | float):
        return float(value)
    from backprop_cli.numeric.array import doubles

    return doubles(value)


def _unused(name: str, value: Value) -> Diagnostic:
    source = Source("binding", f"{name}={rounded(value)}")
    message = f"the binding of `{shorten(name)}` is not used by the expression"
    return Diagnostic("N209", message, (Label(source, 0, len(name)),), "remove it, or use it in the expression")
