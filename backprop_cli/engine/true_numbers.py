"""The true value of doubtful numbers: the same passes over numbers of many digits, until more digits change nothing.

The true number is that of the formula as it is written, at the doubles that were bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from random import Random
from typing import Any, NamedTuple

from backprop_cli.engine.doubtful import SIX_DIGITS, Doubtful
from backprop_cli.engine.passes import Backward, backward, forward
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.fields import DIGITS, Compiled, Field, formula_program, functions_of
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.numeric.digits import ALGEBRAIC, finely, last_place, number, working, written
from backprop_cli.numeric.shapes import Shape

MOST_WORK = 600_000  # numbers times digits; beyond it a number stays doubtful
_DIGITS = (30, 60, 120, 240, 480, 960)
_ENOUGH = 480  # with so many a number that is none is 0
_PLACES = 2.0**20  # how far a result is moved, in units of its last place: so many moves do not cancel by chance
_NOTHING = number("1e-350")  # no double is so small
_SAME = 1e-9  # relative, of the answers with some digits and with twice as many


class _Number(NamedTuple):
    node: int
    of_gradient: bool
    element: tuple[int, ...]
    ours: float
    id: int  # of its node in the graph of numbers


def true_numbers(
    graph: Graph,
    values: Sequence[Value],
    found: Doubtful,
    output: int,
    passed: Backward | None = None,
    upstream: Value = 1.0,
) -> list[TrueNumber]:
    """The doubtful numbers that are not right to six digits, each with the true one, and those nobody can tell."""
    numbers, given, end, ids = graph, {name: values[node] for name, node in graph.variables.items()}, output, None
    if graph.has_arrays:
        from backprop_cli.engine.unroll import unroll

        weights = upstream if hasattr(upstream, "shape") else _ones(graph.shapes[output])
        unrolled = unroll(graph, values, output, weights, MOST_WORK // _DIGITS[0])
        if unrolled is None:
            return [TrueNumber(*item[:4], item.ours, "") for item in _listed(values, found, passed, None)]
        numbers, given, end, ids = unrolled.graph, unrolled.given, unrolled.output, unrolled.ids
        upstream = upstream if not graph.shapes[output] else 1.0
    doubts = list(_listed(values, found, passed, ids))
    return _decided(numbers, given, end, upstream if passed is not None else None, doubts)


def _ones(shape: Shape) -> Value:
    import numpy as np

    return np.ones(shape)


def _listed(values: Sequence[Value], found: Doubtful, passed: Backward | None, ids: Any) -> Iterator[_Number]:
    """Each doubtful number, with its node in the graph of numbers."""
    for of_gradient, marked in ((False, found.values), (True, found.grads)):
        for node, mask in marked.items():
            here: Any = passed.grads[node] if of_gradient and passed is not None else values[node]
            if type(here) is float:
                yield _Number(node, of_gradient, (), here, int(ids(node)[()]) if ids is not None else node)
                continue
            import numpy as np

            of_element = ids(node) if ids is not None else None
            for index in zip(*np.nonzero(mask), strict=True):
                place = tuple(map(int, index))
                yield _Number(
                    node, of_gradient, place, float(here[place]), -1 if of_element is None else int(of_element[place])
                )


def _decided(
    graph: Graph, given: Mapping[str, float], output: int, upstream: Value | None, doubts: list[_Number]
) -> list[TrueNumber]:
    def answers(field: Field) -> Sequence[Any]:
        numbers = forward(graph, given, field)
        passed = None if upstream is None else backward(graph, numbers, output, upstream, field=field)
        return [_of(item, numbers, passed) for item in doubts]

    found = settled(answers, 2 * len(graph)) or [None] * len(doubts)
    decided = []
    with working(_DIGITS[0]):
        for item, x in zip(doubts, found, strict=True):
            if x is None:
                decided.append(TrueNumber(*item[:4], item.ours, ""))
            elif not _right(item.ours, x):
                decided.append(TrueNumber(*item[:4], float(x), _text(x)))
    return decided


def settled(answers: Callable[[Field], Sequence[Any]], nodes: int) -> list[Any]:
    """The answers over numbers of many digits, with more of them until more change nothing; None for one that does.

    Empty where that is too much: `nodes` is how many numbers are computed for the answers.
    """
    field = _NoisyDigits()
    before: Sequence[Any] = ()
    found: list[Any] = []
    for digits in _DIGITS:
        if digits * nodes > MOST_WORK:
            break
        field.begin()
        with working(digits):
            now = answers(field)
            found = found or [None] * len(now)
            for k, x in enumerate(now):
                if found[k] is None and before and _same(before[k], x):
                    found[k] = x
                elif found[k] is None and digits >= _ENOUGH and abs(x) < _NOTHING:
                    found[k] = x * 0
            before = now
        if None not in found:
            break
    return found


def _of(item: _Number, numbers: Sequence[Any], passed: Backward | None) -> Any:
    found = passed.grads[item.id] if item.of_gradient and passed is not None else numbers[item.id]
    return found if found is not None else 0.0


def _same(before: Any, now: Any) -> bool:
    if before == now or (before != before and now != now):
        return True
    return bool(abs(before) != inf and abs(now) != inf and abs(before - now) <= _SAME * abs(now))


def _right(ours: float, true: Any) -> bool:
    """Whether six digits are right; of what is not finite the other notes speak."""
    if true - true != 0:
        return ours - ours != 0
    return bool(ours == true or abs(ours - true) <= SIX_DIGITS * abs(true))


def _text(true: Any) -> str:
    return str(float(true)) if true - true != 0 else written(true, 10) if true else "0"


class _NoisyDigits(Field):
    """Numbers of many digits, of which a result that is rounded is moved in its last ones.

    So two answers with more and with still more digits agree only where neither is made of lost digits: what 1 + 1e-500
    rounds to is not taken for 1. What is exact is not moved: a sum, product, quotient or root that stays the same with
    so many digits that nothing can be lost.
    """

    def __init__(self) -> None:
        super().__init__(*DIGITS.modules, literal=DIGITS.literal)
        self.sign = -1
        self.begin()
        self.value, self.locals = Compiled(self._moved_value), Compiled(self._moved_slopes)

    def begin(self) -> None:
        """The same moves again, in the other direction: a choice that they decide is never made twice alike."""
        self.random = Random(0)  # noqa: S311  digits, not secrets
        self.sign = -self.sign

    def _moved_value(self, name: str) -> Callable[..., Any]:
        gate, function = GATES[name], DIGITS.value[name]
        exact_when = DIGITS.exact_when[name] if gate.exact_when else None
        if gate.exact or gate.truth:
            return function
        algebraic = _is_algebraic(gate, gate.formula)

        def moved(*xs: Any) -> Any:
            out, moved = function(*xs), self.move()
            is_root = gate.family == "power" and len(xs) > 1 and xs[1] % 1 != 0  # of a power that is no whole number
            if (exact_when and exact_when(*xs, out)) or (algebraic and not is_root and out == finely(function, xs)):
                return out
            return out * moved

        return moved

    def _moved_slopes(self, name: str) -> Callable[..., Any]:
        gate, function = GATES[name], DIGITS.locals[name]
        algebraic = all(_is_algebraic(gate, text) for text in gate.partials)

        def moved(*xs: Any) -> Any:
            slopes = function(*xs)
            exact = finely(function, xs) if algebraic else None
            if not isinstance(exact, tuple):
                exact = (None,) * len(slopes)
            moves = [self.move() for _ in slopes]
            return tuple([x if x == y else x * move for x, y, move in zip(slopes, exact, moves, strict=True)])

        return moved

    def move(self) -> Any:
        """A factor that moves a number in its last digits. What is exact takes one too: all others stay the same."""
        return 1 + self.sign * self.random.uniform(-1, 1) * _PLACES * last_place()


def _is_algebraic(gate: Gate, text: str) -> bool:
    """Whether a text only adds, multiplies, divides, takes roots and chooses."""
    return functions_of(formula_program(gate, text)) <= ALGEBRAIC
