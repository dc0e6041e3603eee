"""A program and its gradient in stages: forward and backward, a line a node, formulas in the language.

It does not know what language the lines will be written in; a target says which names it has to leave alone.
"""

from __future__ import annotations

import re
from math import inf

from backprop_cli.engine.derive import Derived, derive
from backprop_cli.engine.passes import forward
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.graph.names import node_names, output_name
from backprop_cli.lean import Callable, Iterable, Mapping, NamedTuple, Sequence, TypeVar
from backprop_cli.numeric.shapes import written
from backprop_cli.report.algebra import write
from backprop_cli.report.names import written as written_node
from backprop_cli.text import all_finite, has_nan, shortest

FUNCTION = "value_and_gradient"
_T = TypeVar("_T")
_LONGEST = 200  # characters of the program in the first line
_RTOL = 1e-12  # how well formulas of books must do
_ROUNDING = 1e-15
_CONSTANTS = frozenset({"pi", "e", "inf"})  # of the language: a user's variable has another name in formulas


class Line(NamedTuple):
    """`name = formula  # comment`, the formula in the language; `node` is where the program says so."""

    name: str
    formula: str
    node: int
    comment: str = ""


class Example(NamedTuple):
    """Numbers for the file's test: the inputs, and the value and gradients that backprop has for them.

    `kinks`: some slope is a convention there, and others may have another one. `scales` are how large the terms were
    of which gradients are the sums, by name, where they are known.
    """

    given: Mapping[str, Value]
    value: Value
    gradients: Mapping[str, Value]
    kinks: bool = False
    scales: Mapping[str, float] = {}

    def slack(self, name: str = "") -> str:
        """By how much a file's gradient may be off beside a billionth of it, the value where no name is given.

        Small elements of an array have no more right digits than its largest; where terms cancel, rounding is left.
        """
        largest = {of: _most(abs(grad)) for of, grad in self.gradients.items()}
        moves = [_most(abs(self.given.get(of, 1.0) * grad)) for of, grad in self.gradients.items()]
        if not name:
            size, terms = _most(abs(self.value)), 100 * max(moves, default=0.0)
        else:
            size, terms = largest[name], self.scales.get(name, 0.0)
            if name not in self.scales and size < _RTOL * max(largest.values()):
                terms = max(largest.values())
        slack = _RTOL * size + _ROUNDING * terms
        return f"{slack if 0 < slack < inf else _ROUNDING:.0e}"

    @property
    def has_gaps(self) -> bool:
        """Whether a number does not exist, so that a file's may be another one."""
        return any(map(has_nan, (self.value, *self.gradients.values())))

    @property
    def is_finite(self) -> bool:
        """Whether no number is infinite either."""
        return all(map(all_finite, (self.value, *self.gradients.values())))


class Staged(NamedTuple):
    """The lines, and what they are called: inputs and gradients by the user's names, and the value."""

    graph: Graph
    inputs: Mapping[str, str]
    forward: list[Line]
    backward: list[Line]
    value: str
    gradients: Mapping[str, str]
    targets: Mapping[str, int]
    prefix: str  # of the gradients' names
    example: Example | None
    names: Sequence[str]  # of the graph's nodes

    @property
    def ranks(self) -> dict[str, int]:
        """The number of axes of what has a name, and of its gradient."""
        ranks = {called: len(self.graph.shape(self.graph.variables[name])) for name, called in self.inputs.items()}
        ranks |= {line.name: len(self.graph.shape(line.node)) for line in self.forward}
        return ranks | {self.prefix + name: rank for name, rank in ranks.items()}

    @property
    def output(self) -> str:
        """What the user calls the value."""
        return output_name(self.graph)

    @property
    def title(self) -> str:
        """The program in one line."""
        lines = [" ".join(line.partition("#")[0].split()) for line in self.graph.source.text.splitlines()]
        text = shorten(re.sub(r";?\n(?=[\w\[(])", "; ", "\n".join(filter(None, lines))).replace("\n", " "), _LONGEST)
        return text if self.graph.title or ";" in text else f"{self.output} = {text}"

    @property
    def shapes(self) -> str:
        """`Shapes: W (3, 2), x (2,).`, where there are arrays."""
        graph = self.graph
        shapes = [(self.inputs[name], graph.shape(node)) for name, node in graph.variables.items() if graph.shape(node)]
        return f"Shapes: {', '.join(f'{name} {written(shape)}' for name, shape in shapes)}." if shapes else ""

    @property
    def docstring(self) -> str:
        """The first line of a file of Python."""
        title = self.title.replace("\\", "\\\\").replace('"', "'")
        return f'"""{title}, and its gradient by the chain rule. Written by backprop; run it to test it."""'

    def translated(self, line: Line, translate: Callable[[str], _T], target: str) -> _T:
        """The line's formula in the words of a target. Raises BackpropError (U801) at a gate without words."""
        try:
            return translate(line.formula)
        except NoWordsError as missing:
            label, help_ = self.graph.label(line.node), "write it in simpler gates"
            raise BackpropError(Diagnostic("U801", f"{missing} in {target}", (label,), help_)) from None


def in_columns(rows: Iterable[tuple[str, str]], mark: str = "  # ") -> list[str]:
    """Lines of code with the comments behind them in a column."""
    listed = list(rows)
    width = max((len(code) for code, comment in listed if comment), default=0)
    return [f"{code:{width}}{mark}{comment}" if comment else code for code, comment in listed]


class NoWordsError(LookupError):
    """A target has no words for something; the text says for what: "`erfcx` has no words"."""


def staged(
    graph: Graph,
    targets: Mapping[str, int],
    example: Example | None,
    reserved: Iterable[str],
    *,
    ascii_: bool = False,
    fold: bool = False,
    whole: bool = False,
) -> Staged:
    """The program and its gradient with respect to `targets`; `reserved` are names that mean something else.

    `ascii_`: names have no other letters; `fold`: `x` and `X` are the same name; `whole`: also the lines that lead to
    nothing that was asked for.

    Slopes are written as in books, unless they would lose the example's digits. Raises BackpropError (N215).
    """
    derived = _derived(graph, targets, example)
    taken = {*reserved, *_CONSTANTS}
    called, ahead = _names(graph, taken, ascii_=ascii_, fold=fold)
    named = {line.node for line in ahead}
    prefixes = ("d", "grad_", *(f"d{k}_" for k in range(len(graph) + 1)))
    prefix = next(prefix for prefix in prefixes if _free(prefix, called, taken))
    taken |= {*called, *(prefix + name for name in called)}
    spare = _unique([f"t{node}" for node in range(len(derived.graph))], taken)
    ahead += _forward(graph, called)
    back = _backward(graph, derived, targets, called, named, prefix, spare)
    gradients = {name: prefix + called[node] for name, node in targets.items()}
    lines = [*ahead, *back]
    needed = set(lines) if whole else _needed(lines, {called[graph.output], *gradients.values()})
    return Staged(
        graph,
        {name: called[node] for name, node in graph.variables.items()},
        [line for line in ahead if line in needed],
        [line for line in back if line in needed],
        called[graph.output],
        gradients,
        targets,
        prefix,
        example,
        called,
    )


def _names(graph: Graph, taken: set[str], *, ascii_: bool, fold: bool) -> tuple[list[str], list[Line]]:
    """What every node is called, and the lines that give long constants a name."""
    names = node_names(graph)
    if graph.output not in graph.names and graph.output not in graph.variables.values():
        names[graph.output] = output_name(graph)
    inside = r"[^A-Za-z0-9_]" if ascii_ else r"\W"
    nodes = [node for node in range(len(graph)) if node not in graph.constants]
    for node, name in zip(
        nodes, _unique([re.sub(inside, "_", names[node]) for node in nodes], taken, fold=fold), strict=True
    ):
        names[node] = name
    long = [node for node, name in enumerate(names) if node in graph.constants and name.startswith("array")]
    lines = []
    for node, name in zip(long, _unique([f"c{k + 1}" for k in range(len(long))], taken | set(names)), strict=True):
        names[node] = name
        lines.append(Line(name, shortest(graph.constants[node]), node))
    return names, lines


def _unique(names: Iterable[str], taken: set[str], *, fold: bool = False) -> list[str]:
    """The names, each with `_` behind it until no other, and nothing that is taken, is called so."""
    seen = set(taken)
    made = []
    for name in names:
        while (name.lower() if fold else name) in seen or not name.isidentifier():
            name = name + "_" if name[:1].isalpha() or name[:1] == "_" else "x" + name
        seen.add(name.lower() if fold else name)
        made.append(name)
    return made


def _free(prefix: str, called: list[str], taken: set[str]) -> bool:
    """Whether gradients may be called so: `dx` is taken where the program has a `dx`."""
    return not {(prefix + name).lower() for name in called} & {name.lower() for name in (*called, *taken)}


def _forward(graph: Graph, called: list[str]) -> list[Line]:
    shown = [f"({name})" if name[0] == "-" else name for name in called]
    return [
        Line(called[node], written_node(graph, node, shown), node)
        for node, gate in enumerate(graph.gates)
        if gate not in (INPUT, CONSTANT)
    ]


def _derived(graph: Graph, targets: Mapping[str, int], example: Example | None) -> Derived:
    """The derivative as in books, or where that loses digits as the gate table has it.

    Raises BackpropError (N215) where neither has a value at the example, as at a singular matrix, though there is one.
    """
    wrt = list(targets.values())
    derived = derive(graph, graph.output, wrt, as_in_books=True)
    if example is None:
        return derived
    numbers = forward(derived.graph, example.given)
    pairs = zip(example.gradients.values(), (numbers[node] for node in derived.gradients), strict=True)
    same = all(all_finite(found) and _most(abs(found - ours)) <= _RTOL * _most(abs(ours)) for ours, found in pairs)
    finite = all(all_finite(numbers[node]) for node in derived.adjoints.values())  # also where a choice leaves it out
    if same and finite:
        return derived
    derived = derive(graph, graph.output, wrt)
    numbers = forward(derived.graph, example.given)
    for (name, ours), node in zip(example.gradients.items(), derived.gradients, strict=True):
        if all_finite(ours) and not all_finite(numbers[node]):
            message = f"the gradient of `{name}` has no formula in gates that holds at these values"
            help_ = "`backprop grad` has the numbers; without values the formula for others is written"
            raise BackpropError(Diagnostic("N215", message, (graph.label(graph.output),), help_))
    return derived


def _most(sizes: Value) -> float:
    return float(sizes.max()) if hasattr(sizes, "max") else float(sizes)


def _backward(
    graph: Graph, derived: Derived, targets: Mapping[str, int], called: list[str], named: set[int], prefix: str,
    spare: list[str],
) -> list[Line]:  # fmt: skip
    names = {node: called[node] for node, gate in enumerate(graph.gates) if gate != CONSTANT or node in named}
    place = {name: node for node, name in enumerate(spare)}
    uses: dict[int, list[int]] = {}
    for node, operands in enumerate(graph.inputs):
        for j in operands:
            uses.setdefault(j, []).append(node)
    lines = []
    for node in range(graph.output, -1, -1):
        adjoint = derived.adjoints.get(node)
        if adjoint is None or graph.gates[node] == CONSTANT:
            continue
        made = write(derived.graph, [adjoint], names, spare)
        at = uses.get(node, [node])[0]
        lines += [Line(name, formula, at) for name, formula in made.parts]
        names |= {place[name]: name for name, _ in made.parts}
        through = ", ".join(dict.fromkeys(called[use] for use in uses.get(node, ())))
        lines.append(Line(prefix + called[node], made.formulas[0], at, f"through {through}" if through else ""))
        if derived.graph.inputs[adjoint]:
            names.setdefault(adjoint, prefix + called[node])
    for name, node in targets.items():
        if node not in derived.adjoints:
            zero = f"zeros({', '.join(map(str, graph.shape(node)))})" if graph.shape(node) else "0.0"
            lines.append(Line(prefix + called[node], zero, node, f"{name} has no influence"))
    return lines


def _needed(lines: list[Line], needed: set[str]) -> set[Line]:
    """The lines that lead to what is asked for."""
    kept = set()
    for line in reversed(lines):
        if line.name in needed:
            kept.add(line)
            needed.update(re.findall(r"\w+", line.formula))
    return kept
