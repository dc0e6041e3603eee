"""A file of Python: the value and the gradient, staged, with a test of itself."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import NamedTuple

from backprop_cli.engine.derive import Derived, derive
from backprop_cli.engine.passes import forward
from backprop_cli.errors import shorten
from backprop_cli.export.dialects import NUMPY, Dialect
from backprop_cli.export.expressions import Writer
from backprop_cli.graph import CONSTANT, INPUT, Graph, Value
from backprop_cli.graph.names import node_names, output_name
from backprop_cli.numeric.shapes import written
from backprop_cli.report.algebra import write
from backprop_cli.report.names import written as written_node
from backprop_cli.text import all_finite, shortest

_LONGEST = 200  # characters of the program in the first line
_RTOL = 1e-12  # how well formulas of books must do
FUNCTION = "value_and_gradient"


class Line(NamedTuple):
    """`name = formula  # comment`, the formula in the language."""

    name: str
    formula: str
    comment: str = ""


class Example(NamedTuple):
    """Numbers for the file's test: the inputs, and the value and gradients that backprop has for them."""

    given: Mapping[str, Value]
    value: Value
    gradients: Mapping[str, Value]


def python(graph: Graph, targets: Mapping[str, int], example: Example | None, dialect: Dialect) -> str:
    """The text of the file; with an `example` it tests itself when it is run.

    Slopes are written as in books, unless they would lose the example's digits.

    Raises BackpropError at a gate whose derivative is no formula (N215), or that the target has no words for (U801).
    """
    called, writer = _names(graph), Writer(dialect)

    def lines(made: list[Line]) -> list[str]:
        rows = [(f"    {line.name} = {writer.expression(line.formula)}", line.comment) for line in made]
        width = max((len(code) for code, comment in rows if comment), default=0)
        return [f"{code:{width}}  # {comment}" if comment else code for code, comment in rows]

    ahead, back = (
        lines(_forward(graph, called)),
        lines(_backward(graph, _derived(graph, targets, example), targets, called)),
    )
    arguments = ", ".join(called[node] for node in graph.variables.values())
    gradients = ", ".join(f'"{name}": {_d(called[node])}' for name, node in targets.items())
    made = [
        f'"""{_one_line(graph)}, and its gradient by the chain rule. Written by backprop; run it to test it."""', "",
        dialect.imports, *(f"\n\n{function}" for function in writer.functions()), "", "",
        f"def {FUNCTION}({arguments}):",
        f'    """The value, and the gradients by name.{_shapes(graph)}"""',
        "    # forward", *ahead, "", "    # backward", *back, "",
        f"    return {called[graph.output]}, {{{gradients}}}",
        *(_test(graph, called, targets, example, dialect) if example is not None else []),
    ]  # fmt: skip
    return "\n".join(made) + "\n"


def _names(graph: Graph) -> list[str]:
    """A name of Python for every node."""
    names = node_names(graph)
    names = [name if node in graph.constants else re.sub(r"\W", "_", name) for node, name in enumerate(names)]
    if graph.output not in graph.names and graph.output not in graph.variables.values():
        names[graph.output] = output_name(graph)
    return [f"{name}_" if keyword.iskeyword(name) or name in (FUNCTION, "np", "math") else name for name in names]


def _d(name: str) -> str:
    return f"d{name}"


def _forward(graph: Graph, called: list[str]) -> list[Line]:
    shown = [f"({name})" if name[0] == "-" else name for name in called]
    lines = []
    for node, gate in enumerate(graph.gates):
        if gate not in (INPUT, CONSTANT):
            lines.append(Line(called[node], written_node(graph, node, shown)))
    return lines


def _derived(graph: Graph, targets: Mapping[str, int], example: Example | None) -> Derived:
    """The derivative as in books, or where that loses digits as the gate table has it."""
    wrt = list(targets.values())
    derived = derive(graph, graph.output, wrt, as_in_books=True)
    if example is None:
        return derived
    numbers = forward(derived.graph, example.given)
    pairs = zip(example.gradients.values(), (numbers[node] for node in derived.gradients), strict=True)
    same = all(all_finite(found) and _most(abs(found - ours)) <= _RTOL * _most(abs(ours)) for ours, found in pairs)
    return derived if same else derive(graph, graph.output, wrt)


def _most(sizes: Value) -> float:
    return float(sizes.max()) if hasattr(sizes, "max") else float(sizes)


def _backward(graph: Graph, derived: Derived, targets: Mapping[str, int], called: list[str]) -> list[Line]:
    names = {node: called[node] for node, gate in enumerate(graph.gates) if gate != CONSTANT}
    spare = node_names(derived.graph)
    spare = [f"t{re.sub(r'[^0-9]', '', name)}" if node >= len(graph) else name for node, name in enumerate(spare)]
    uses: dict[int, list[str]] = {}
    for node, operands in enumerate(graph.inputs):
        for j in operands:
            uses.setdefault(j, []).append(called[node])
    wanted = set(targets.values())
    lines = []
    for node in range(graph.output, -1, -1):
        adjoint = derived.adjoints.get(node)
        if adjoint is None or graph.gates[node] == CONSTANT:
            continue
        made = write(derived.graph, [adjoint], names, spare)
        lines += [Line(name, formula) for name, formula in made.parts]
        through = ", ".join(dict.fromkeys(uses.get(node, ())))
        lines.append(Line(_d(called[node]), made.formulas[0], f"through {through}" if through else ""))
        if derived.graph.inputs[adjoint]:
            names.setdefault(adjoint, _d(called[node]))
    for name, node in targets.items():
        if node not in derived.adjoints:
            zero = f"zeros({', '.join(map(str, graph.shape(node)))})" if graph.shape(node) else "0.0"
            lines.append(Line(_d(called[node]), zero, f"{name} has no influence"))
    return _needed(lines, {_d(called[node]) for node in wanted})


def _needed(lines: list[Line], wanted: set[str]) -> list[Line]:
    """The lines that lead to what is wanted, in their order."""
    kept = []
    for line in reversed(lines):
        if line.name in wanted:
            kept.append(line)
            wanted = wanted | set(re.findall(r"[A-Za-z_]\w*", line.formula))
    return kept[::-1]


def _one_line(graph: Graph) -> str:
    text = shorten(" ".join(graph.source.text.split()), _LONGEST).replace("\\", "\\\\").replace('"', "'")
    return text if graph.title else f"{output_name(graph)} = {text}"


def _shapes(graph: Graph) -> str:
    if not graph.has_arrays:
        return ""
    shapes = ", ".join(
        f"{name} {written(graph.shape(node))}" for name, node in graph.variables.items() if graph.shape(node)
    )
    return f" Shapes: {shapes}." if shapes else ""


def _test(graph: Graph, called: list[str], targets: Mapping[str, int], example: Example, dialect: Dialect) -> list[str]:
    is_numpy = dialect is NUMPY

    def literal(number: Value) -> str:
        text = f"np.array({shortest(number)}, dtype=float)" if hasattr(number, "tolist") else repr(float(number))
        return re.sub(r"(?<![\w.])(inf|nan)\b", rf"{dialect.prefix}\1", text)

    def asserted(found: str, number: Value) -> str:
        close = "np.allclose({}, {}, rtol=1e-9, atol=1e-12)" if is_numpy else "math.isclose({}, {}, rel_tol=1e-9)"
        return f"    assert {close.format(found, literal(number))}, {found}"

    output = output_name(graph)
    words = ", ".join(f"{called[node]}={literal(example.given[name])}" for name, node in graph.variables.items())
    return [
        "", "", 'if __name__ == "__main__":',
        f"    value, gradient = {FUNCTION}({words})",
        asserted("value", example.value),
        *(asserted(f'gradient["{name}"]', example.gradients[name]) for name in targets),
        f'    print("{output} =", value)',
        "    for name, slope in gradient.items():",
        f'        print(f"d{output}/d{{name}} =", slope)',
    ]  # fmt: skip
