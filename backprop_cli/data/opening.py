"""A program and what it is given, opened: its graph, a value for every input that has one, what is asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import nan
from typing import Any

from backprop_cli.data.bindings import Terms, check_name, constant
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.graph import Graph, Value, lower
from backprop_cli.graph.names import node_names
from backprop_cli.graph.shapes import infer
from backprop_cli.language.definitions import read_program
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.language.program import Program
from backprop_cli.numeric.shapes import written
from backprop_cli.text import rounded

# A number, a constant expression ("pi/2", "[1, 2]"), or anything that NumPy makes an array of numbers of.
Number = Any
# Names of the user's gates, or all of them.
Expand = bool | Collection[str]


def bound_graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, Value] | None,
    max_nodes: int,
    seed: int,
    max_elements: int,
    use: Sequence[str | Source],
    expand: Expand,
) -> tuple[Graph, dict[str, Value], Collection[str] | None]:
    """The graph, a value for each of its inputs, and the gates whose inside is to be shown."""
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given: dict[str, Value] = {}
    terms = Terms(allow_nonfinite=True, seed=seed, max_elements=max_elements)
    for name, value in bindings.items():
        if isinstance(value, str):
            value = constant(value, name, terms)
        given[name] = as_value(value)
        check_name(name, lambda name=name: Source("binding", f"{name}={rounded(given[name])}"))  # type: ignore[misc]
    defaults = defaults or {}
    names = {*given, *defaults}
    program = read_program(source, names, libraries(use))
    shown = shown_gates(program, expand)
    defined = {statement.name for statement in program.statements}
    names.difference_update(definition.name for definition in program.definitions)
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
    return graph, given, shown


def open_graph(
    expression: str | Source,
    bindings: Mapping[str, Number],
    defaults: Mapping[str, Value] | None,
    limits: tuple[int, int, int],
    use: Sequence[str | Source],
    named: Collection[str] = (),
) -> tuple[Graph, dict[str, Value], list[str]]:
    """The graph, the values that its inputs have, and the inputs without one; `named` are sure to be inputs.

    `limits` are the most nodes, the seed, the most elements.
    """
    source = expression if isinstance(expression, Source) else Source("expression", expression)
    given = {*bindings, *(defaults or {})}
    program = read_program(source, {*given, *named}, libraries(use))
    open_names = [name for name in lower(program, max_nodes=limits[0]).variables if name not in given]
    graph, numbers, _ = bound_graph(
        source, bindings, {**dict.fromkeys(open_names, nan), **(defaults or {})}, *limits, use, ()
    )
    free = [name for name in graph.variables if name in open_names]
    return graph, {name: number for name, number in numbers.items() if name not in free}, free


def libraries(use: Sequence[str | Source]) -> list[Source]:
    """The texts of libraries with a name for each."""
    return [library if isinstance(library, Source) else Source("library", library) for library in use]


def shown_gates(program: Program, expand: Expand) -> Collection[str] | None:
    """The names in `expand`, None for all of them. Raises BackpropError (U801) for a gate nobody defined."""
    if isinstance(expand, bool):
        return None if expand else ()
    names = [definition.name for definition in program.definitions]
    for name in expand:
        if name not in names:
            near = nearest(name, names)
            help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names[:8])}" if names else ""
            help_ = help_ or "`gate name(x) = …` defines one, in the expression or in a file for `--use`"
            raise BackpropError(Diagnostic("U801", f"no gate `{shorten(name)}` is defined to expand", (), help_))
    return set(expand)


def upstream_of(graph: Graph, seed: Number) -> Value:
    """The gradient that arrives at the output; it has the output's shape."""
    given = as_value(constant(seed, "--seed-grad", Terms(allow_nonfinite=True)) if isinstance(seed, str) else seed)
    wanted, shape = graph.shape(graph.output), getattr(given, "shape", ())
    if shape == wanted:
        return given
    there = written(wanted) if wanted else "a number"
    label = Label(graph.source, graph.starts[graph.output], graph.ends[graph.output], there)
    message = f"the upstream gradient has the shape {written(shape)}, and the output is {there}"
    help_ = "they have the same shape"
    if not shape:
        message = f"the output has the shape {there}, and a gradient is that of one number"
        help_ = "wrap it, as in `sum(…)`, or give the upstream gradient: `--seed-grad` with an array of that shape"
    raise BackpropError(Diagnostic("V310", message, (label,), help_))


def targets_of(graph: Graph, wrt: Sequence[str]) -> dict[str, int]:
    """The nodes whose gradients are asked for: the names in `wrt`, or every input."""
    if not wrt:
        return dict(graph.variables)
    known = {**graph.variables, **graph.definitions}
    if not known.keys() >= set(wrt):  # names that only the report gives: n1, n2, …
        known = {name: node for node, name in enumerate(node_names(graph)) if node not in graph.constants} | known
    wrong = []
    for name in wrt:
        if name not in known:
            near = nearest(name, list(known))
            help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(list(known)[:8]) or 'no inputs'}"
            label = Label(Source("--wrt", name), 0, len(name))
            wrong.append(Diagnostic("N212", f"`{shorten(name)}` is no input or intermediate", (label,), help_))
            if len(wrong) == MOST_ERRORS:
                break
    if wrong:
        raise BackpropError(*wrong)
    return {name: known[name] for name in wrt}


def as_value(value: Any) -> Value:
    """A float, or an array of doubles with at least one axis."""
    if isinstance(value, int | float):
        return float(value)
    from backprop_cli.numeric.arrays import doubles

    return doubles(value)


def _unused(name: str, value: Value) -> Diagnostic:
    source = Source("binding", f"{name}={rounded(value)}")
    message = f"the binding of `{shorten(name)}` is not used by the expression"
    return Diagnostic("N209", message, (Label(source, 0, len(name)),), "remove it, or use it in the expression")
