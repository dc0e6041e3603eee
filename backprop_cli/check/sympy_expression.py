"""The check of the whole formula: SymPy differentiates it, and the closed form is worth showing.

Whole expressions explode (a shared intermediate is copied at every mention), so this has a budget of nodes, written
out without sharing, and of seconds; past it the answer is None and the gate-by-gate check stands alone.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import log2, ulp
from typing import Any, NamedTuple

import sympy
from sympy.printing.str import StrPrinter

from backprop_cli.check.partials import DIGITS, numbers
from backprop_cli.check.sympy_gates import expression, number, pieces, readable_number
from backprop_cli.gates import CONSTANTS, GATES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.graph import CONSTANT, INPUT, Graph

NODE_BUDGET = 400
DEPTH_BUDGET = 60
INPUT_BUDGET = 24
BITS_BUDGET = 10_000
SECONDS_BUDGET = 2.0
CONSTANT_NAMES = {value: sympy.pi if name == "pi" else sympy.E for name, value in CONSTANTS.items()}
_KEPT_SYMBOLIC = frozenset({"add", "sub", "mul", "div", "neg"})


class Whole(NamedTuple):
    """For each input SymPy's closed form as text.

    `evaluate(digits)` has their values, NaN where one is not real; `slack(name)` is how far one moves when the inputs
    move by four units in the last place.
    """

    formulas: Mapping[str, str]
    evaluate: Callable[[int], Mapping[str, float]]
    slack: Callable[[str], float]


class OutOfTimeError(BaseException):  # so that no `except Exception` in SymPy keeps it
    """The budget of seconds is spent."""


def differentiate(graph: Graph, values: list[float], wrt: Mapping[str, int], seconds: float) -> Whole | None:
    """Differentiate the output by each name in `wrt` (name: node); None if that is past the budget."""
    if seconds <= 0 or len(wrt) > INPUT_BUDGET or not affordable(graph, values):
        return None
    try:
        with deadline(seconds) as check_time:
            return _differentiate(graph, values, wrt, check_time)
    except (OutOfTimeError, RecursionError):
        return None


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


def _differentiate(graph: Graph, values: list[float], wrt: Mapping[str, int], check_time: Callable[[], None]) -> Whole:
    inputs = {node: sympy.Symbol(name, real=True) for name, node in graph.variables.items()}
    output = written_out(graph, values, inputs, check_time)[graph.output]
    if output.has(sympy.nan):  # a number on the way is past the largest double
        raise OutOfTimeError
    symbols = dict(inputs)
    derivatives = {}
    for name, node in wrt.items():
        if node in inputs:
            derivatives[name] = sympy.diff(output, inputs[node])
        else:  # an intermediate: a symbol of its own in a formula of its own
            symbols[node] = sympy.Symbol(name, real=True)
            standing_in = {**inputs, node: symbols[node]}
            derivatives[name] = sympy.diff(
                written_out(graph, values, standing_in, check_time)[graph.output], symbols[node]
            )
        check_time()
    point = {symbol: values[node] for node, symbol in symbols.items()}

    def evaluate(digits: int) -> dict[str, float]:
        return dict(zip(derivatives, numbers(derivatives.values(), point, digits), strict=True))

    def slack(name: str) -> float:
        at = numbers([derivatives[name]], point, DIGITS[0])[0]
        moved = ({**point, symbol: x + 4 * ulp(x)} for symbol, x in point.items())
        return sum(abs(numbers([derivatives[name]], place, DIGITS[0])[0] - at) for place in moved)

    formulas = {}
    for name, derivative in derivatives.items():
        check_time()
        formulas[name] = readable(derivative)
    return Whole(formulas, evaluate, slack)


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


def written_out(
    graph: Graph, values: list[float], symbols: Mapping[int, Any], check_time: Callable[[], None]
) -> list[Any]:
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
        check_time()
    return built


def has_alarm() -> bool:
    """Whether an alarm can be had: not outside the main thread, nor while someone else's is ticking."""
    alarms = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    return alarms and not signal.getitimer(signal.ITIMER_REAL)[0]


@contextmanager
def deadline(seconds: float) -> Iterator[Callable[[], None]]:
    """Raise OutOfTimeError when time is up: by an alarm where there is one, otherwise when asked between steps."""
    end = time.monotonic() + seconds

    def check_time() -> None:
        if time.monotonic() > end:
            raise OutOfTimeError

    if not has_alarm():
        yield check_time
        return

    over = False

    def ring(*_: object) -> None:
        if not over:
            raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        # Again and again: an alarm that rings inside a destructor is printed and forgotten.
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        yield check_time
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
