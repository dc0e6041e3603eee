"""The check of the whole formula: SymPy differentiates it, and the closed form is worth showing.

Whole expressions explode (a shared intermediate is copied at every mention), so this has a budget of nodes, written
out without sharing, and of steps; past it the answer is None and the gate-by-gate check stands alone.
"""

from __future__ import annotations

import re
from math import inf, log2

import sympy
from sympy.printing.str import StrPrinter

from backprop_cli.check.partials import numbers
from backprop_cli.check.sympy_gates import expression, number, pieces, readable_number
from backprop_cli.check.work import STEPS_A_SECOND, OutOfWorkError, within
from backprop_cli.gates import CONSTANTS, GATES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph import CONSTANT, INPUT, Graph
from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, cache, partial

NODE_BUDGET = 400
DEPTH_BUDGET = 60
INPUT_BUDGET = 24
BITS_BUDGET = 10_000
SECONDS_BUDGET = 2.0  # of work
_SMALL = 30  # nodes, written out: what is differentiated faster than its steps are counted
CONSTANT_NAMES = {CONSTANTS["pi"]: sympy.pi, CONSTANTS["e"]: sympy.E, CONSTANTS["inf"]: sympy.oo}
_KEPT_SYMBOLIC = frozenset({"add", "sub", "mul", "div", "neg"})


class Whole(NamedTuple):
    """For each input SymPy's closed form as text; `evaluate(digits)` has their values, NaN where one is not real.

    It is None where that is past the budget.
    """

    formulas: Mapping[str, str]
    evaluate: Callable[[int], Mapping[str, float] | None]


def differentiate(graph: Graph, values: list[float], wrt: Mapping[str, int], seconds: float) -> Whole | None:
    """Differentiate the output by each name in `wrt` (name: node); None if that is past the budget."""
    if seconds <= 0 or len(wrt) > INPUT_BUDGET or not affordable(graph, values):
        return None
    steps = seconds * STEPS_A_SECOND if _is_large(graph) else inf
    found = within(steps, partial(_differentiate, graph, values, wrt))
    if found is None:
        return None
    formulas, evaluate = found
    return Whole(formulas, lambda digits: within(steps, partial(evaluate, digits)))


def _is_large(graph: Graph) -> bool:
    """Whether SymPy may work for long, each mention of an operand in a gate's formula written out."""
    size = [1] * len(graph)
    for node, operands in enumerate(graph.inputs):
        size[node] += sum(size[j] * _mentions(graph.gates[node]) for j in operands)
        if size[node] > _SMALL:
            return True
    return False


@cache
def _mentions(gate: str) -> int:
    """How often the formula that SymPy sees mentions an operand at most."""
    row = GATES[gate]
    return max(1, *(len(re.findall(rf"\b{p.name}\b", row.means)) for p in row.parameters))


def affordable(graph: Graph, values: list[float]) -> bool:
    """Whether the formula, written out in full, is small, and so are the whole numbers SymPy will multiply out.

    SymPy has (3*x)^n as 3^n*x^n, exactly; for n = 999999999 it would never come back, nor hear an alarm.
    """
    if len(graph) > NODE_BUDGET:
        return False
    varies = graph.dependents(set(graph.variables.values()))
    size, depth, bits = [1] * len(graph), [1] * len(graph), [0.0] * len(graph)
    for node, operands in enumerate(graph.inputs):
        if operands:
            size[node] = 1 + sum(size[j] for j in operands)
            depth[node] = 1 + max(depth[j] for j in operands)
            bits[node] = 1 + sum(bits[j] for j in operands)
            if graph.gates[node] == "pow" and not varies[operands[1]]:
                bits[node] *= max(1.0, abs(values[operands[1]]))
        elif node in graph.constants:
            bits[node] = log2(max(1.0, abs(values[node])))
        row = GATES.get(graph.gates[node])
        if row and row.kink and FLOATS.kink[row.name](*(values[j] for j in operands), values[node]):
            return False  # two formulas meet here
        if size[node] > NODE_BUDGET or depth[node] > DEPTH_BUDGET or bits[node] > BITS_BUDGET:
            return False
    return True


def _differentiate(
    graph: Graph, values: list[float], wrt: Mapping[str, int]
) -> tuple[dict[str, str], Callable[[int], dict[str, float]]]:
    inputs = {node: sympy.Symbol(name, real=True) for name, node in graph.variables.items()}
    output = written_out(graph, values, inputs)[graph.output]
    if output.has(sympy.nan):  # a number on the way is past the largest double
        raise OutOfWorkError
    symbols = dict(inputs)
    derivatives = {}
    for name, node in wrt.items():
        if node in inputs:
            derivatives[name] = sympy.diff(output, inputs[node])
        else:  # an intermediate: a symbol of its own in a formula of its own
            symbols[node] = sympy.Symbol(name, real=True)
            standing_in = {**inputs, node: symbols[node]}
            derivatives[name] = sympy.diff(written_out(graph, values, standing_in)[graph.output], symbols[node])
    point = {symbol: values[node] for node, symbol in symbols.items()}

    def evaluate(digits: int) -> dict[str, float]:
        return dict(zip(derivatives, numbers(derivatives.values(), point, digits), strict=True))

    formulas = {}
    for name, derivative in derivatives.items():
        formulas[name] = readable(derivative)
    return formulas, evaluate


class _Printer(StrPrinter):  # type: ignore[misc]  # SymPy ships no types
    """As a user would type it: e by its name, doubles in the shortest decimals that read back to them.

    Putting others in their place would evaluate the expression anew: four times the work for each level of nesting.
    """

    def _print_Exp1(self, _: Any) -> str:  # noqa: N802  SymPy finds it by this name
        return "e"

    def _print_Float(self, number_: Any) -> str:  # noqa: N802  SymPy finds it by this name
        return str(super()._print_Float(readable_number(number_)))


def readable(expression_: Any) -> str:
    """An expression as a user would type it."""
    return str(_Printer({"full_prec": False}).doprint(expression_)).replace("**", "^")


def written_out(graph: Graph, values: list[float], symbols: Mapping[int, Any]) -> list[Any]:
    """Every node as one SymPy expression over `symbols` (node: symbol, or any expression that stands for it)."""
    depends = graph.dependents(set(symbols))
    built: list[Any] = []
    for node, gate in enumerate(graph.gates):
        operands = graph.inputs[node]
        if node in symbols:
            built.append(symbols[node])
        elif gate == CONSTANT or (not depends[node] and gate not in _KEPT_SYMBOLIC):
            built.append(CONSTANT_NAMES.get(values[node]) or number(values[node]))
        elif gate != INPUT:
            here = [values[j] for j in operands]
            if gate == "where":
                built.append(built[operands[1] if here[0] else operands[2]])
            else:
                key, flats = pieces(gate, here)
                built.append(expression(gate, [built[j] for j in operands], key, [number(c) for c in flats]))
    return built
