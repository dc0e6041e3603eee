"""Answers over numbers of many digits, with more of them until more change nothing.

Every result that is rounded is moved in its last digits, so that two answers agree only where neither is made of lost
digits; and what they depend on has to agree as well, so that no saturated function hides that its operand has none.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.elementwise import COMPOSITES
from backprop_cli.gates.fields import DIGITS, Compiled, Field, formula_program, functions_of
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.graph.graph import Graph
from backprop_cli.lean import Any, Callable, Sequence, cache
from backprop_cli.numeric.digits import (
    ALGEBRAIC,
    finely,
    inf,
    is_rounded,
    is_whole,
    last_place,
    nan,
    nearest,
    number,
    price,
    working,
)

MOST_WORK = 600_000  # numbers times digits, two seconds; beyond it a number stays doubtful
LEAST = 30  # digits to begin with
_DIGITS = (LEAST, 60, 120, 240, 480, 960, 1920)
_ENOUGH = 480  # with so many a number that is none is 0, if there may not be twice as many
_PLACES = 2.0**20  # how far a result is moved, in units of its last place: so many moves do not cancel by chance
_NEAR = 2.0**10  # moves, after which two numbers may still be the same
_NOTHING = number("1e-350")  # no double is so small
_SHRUNK = number("1e-400")  # what is left of nothing but lost digits where there are twice as many as `_ENOUGH`
_SAME = 1e-9  # relative, of the answers with some digits and with twice as many
_STEADY = 1e-6  # of what they depend on: of its size, or of 1


def settled(
    answers: Callable[[Field], tuple[Sequence[Any], Sequence[Any]]],
    graphs: Sequence[Graph],
    reached: Callable[[Sequence[bool], Sequence[Any]], Sequence[bool]] | None = None,
    share: float = 1.0,
) -> list[Any]:
    """The answers that no more digits change; None for one that is still changed.

    `answers` has them over a field, and all numbers on the way. `reached` tells of each answer whether it depends on
    numbers that are not steady; by default all do. That an answer does not exist is believed where nothing was guessed
    and no infinity met. Empty where that is more than a
    `share` of the work there may be: `graphs` are those that are computed, once for each pass.
    """
    work = work_of(graphs)
    field = _NoisyDigits()
    before: Sequence[Any] = ()
    way_before: Sequence[Any] = ()
    found: list[Any] = []
    nothing: dict[int, Any] = {}  # those that are 0 unless more digits find them
    for digits in _DIGITS:
        if work(digits) > share * MOST_WORK:
            break
        field.begin(digits)
        with working(digits):
            now, way = answers(field)
            found = found or [None] * len(now)
            if before:
                unsteady = [not _steady(x, y) for x, y in zip(way_before, way, strict=True)]
                open_ = reached(unsteady, way) if reached is not None else [any(unsteady)] * len(now)
                guessed = field.guessed or any(abs(x) == inf for x in way)
                for k, x in enumerate(now):
                    if found[k] is not None or open_[k] or (guessed and x != x):
                        continue
                    if _same(before[k], x):
                        found[k] = x
                    elif digits >= _ENOUGH and abs(x) < _NOTHING:
                        nothing[k] = x * 0
                        if digits > _ENOUGH and abs(x) <= _SHRUNK * abs(before[k]):
                            found[k] = x * 0
            before, way_before = now, way
        if None not in found:
            break
    return [nothing.get(k) if x is None else x for k, x in enumerate(found)]


def work_of(graphs: Sequence[Graph]) -> Callable[[int], float]:
    """The work of computing them, as a function of the digits: numbers times digits, the slow functions' many times."""
    uses = Counter(gate for graph in graphs for gate in graph.gates)
    return lambda digits: digits * sum(count * _price(gate, digits) for gate, count in uses.items())


@cache
def _price(name: str, digits: int) -> float:
    """That of the slowest function a gate's value and slopes are computed with."""
    if name not in GATES:
        return 1.0
    called, waiting = set[str](), [GATES[name]]
    while waiting:
        gate = waiting.pop()
        found = {word for text in (gate.formula, *gate.partials) for word in functions_of(formula_program(gate, text))}
        waiting += [COMPOSITES[word] for word in found - called if word in COMPOSITES]
        called |= found
    return max((price(word, digits) for word in called), default=1.0)


def reach(graph: Graph, output: int, unsteady: Sequence[bool], numbers: Sequence[Any]) -> tuple[list[bool], list[bool]]:
    """For each node whether its value, and whether the output's gradient there, depends on a number without digits.

    The `numbers` are the values of all nodes, and if there was a backward pass their slopes after them. A gradient
    depends on the slopes on its way, and they on operands but for a sum's. The branch not taken does not matter.
    """
    values, slopes = list(unsteady[: len(graph)]), iter(unsteady[len(graph) :])
    grads, needed = [False] * len(graph), ancestors(graph, output)
    of_slopes = []
    for node, operands in enumerate(graph.inputs):
        gate, skipped = GATES.get(graph.gates[node]), -1
        if gate is not None and gate.family == "choice":
            skipped = 2 if numbers[operands[0]] else 1
        reached = [values[j] and k != skipped for k, j in enumerate(operands)]
        values[node] = values[node] or any(reached)
        exempt = gate is None or gate.family == "sum"
        alike = gate is not None and gate.family == "product"  # the slope along one is the other
        own = [next(slopes, False) for _ in operands]
        if gate is not None and gate.variadic:  # how it is shared is tried in two ways
            own = [False for _ in operands]
        of_slopes.append(
            [
                (j, not exempt and (own[k] or any(reached[:k] + reached[k + 1 - (not alike) :])))
                for k, j in enumerate(operands)
                if k != skipped
            ]
        )
    for node in range(output, -1, -1):
        if needed[node]:
            for j, of_slope in of_slopes[node]:
                grads[j] = grads[j] or grads[node] or of_slope
    return values, grads


def is_finite(x: Any) -> bool:
    """Whether a number of many digits is one; most are larger than any double."""
    return bool(x - x == 0)


def _same(before: Any, now: Any) -> bool:
    if before == now or (before != before and now != now):
        return True
    return is_finite(before) and is_finite(now) and bool(abs(before - now) <= _SAME * abs(now))


def _steady(before: Any, now: Any) -> bool:
    if before == now or (before != before and now != now):
        return True
    return is_finite(before) and is_finite(now) and bool(abs(before - now) <= _STEADY * max(1, abs(now)))


class _NoisyDigits(Field):
    """Numbers of many digits, of which a result that is rounded is moved in its last ones.

    What 1 + 1e-500 rounds to is not taken for 1. What is exact is not moved: a sum, product, quotient or root that
    stays the same with so many digits that nothing can be lost.
    """

    def __init__(self) -> None:
        super().__init__(*DIGITS.modules, literal=DIGITS.literal)
        self.sign, self.is_enough, self.guessed = 1, False, False
        self.value, self.locals = Compiled(self._moved_value), Compiled(self._moved_slopes)

    def moved_sum(self, total: Any) -> Any:
        """A sum of gradients that was rounded."""
        return total * self.move(total)

    def begin(self, digits: int) -> None:
        """The same moves again, in the other direction: a choice that they decide is never made twice alike."""
        self.is_enough, self.guessed = digits >= _ENOUGH, False
        self.random = Random(0)  # noqa: S311  digits, not secrets
        self.moves: dict[object, Any] = {}
        self.sign = -self.sign

    def constant(self, value: Any) -> Any:
        """A constant of the formula; pi and e are rounded."""
        known, move = super().constant(value), self.move(value)
        return known if known == value else known * move

    def _moved_value(self, name: str) -> Callable[..., Any]:
        gate, function = GATES[name], DIGITS.value[name]
        exact_when = DIGITS.exact_when[name] if gate.exact_when else None
        if gate.period:
            function = self._within_period(name, function)
        if gate.exact or gate.truth:
            return function
        algebraic, numbers = _is_algebraic(gate, gate.formula), _has_numbers(gate, gate.formula)

        def moved(*xs: Any) -> Any:
            xs = self._whole(gate, xs)
            out, move = function(*xs), self.move(name, xs)
            is_root = gate.family == "power" and len(xs) > 1 and not is_whole(xs[1])
            if (exact_when and exact_when(*xs, out)) or (
                algebraic and not is_root and out == finely(function, xs, numbers=numbers)
            ):
                return out
            if self.is_enough and abs(out) == 1:  # what is missing is nothing: tanh(100) was moved before
                return out
            return out * move

        return moved

    def _within_period(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function; what it has no digits for is not known yet."""
        period = DIGITS.period[name]

        def within(*xs: Any) -> Any:
            if is_rounded(xs[0]) and abs(xs[0]) * _PLACES * last_place() >= period(*xs, None) / 2:
                self.guessed = True
                return nan
            return function(*xs)

        return within

    def _moved_slopes(self, name: str) -> Callable[..., Any]:
        gate, function = GATES[name], DIGITS.locals[name]
        if gate.family == "sum":  # also of what has no value: an element of an array says nothing of the others
            return lambda *xs: function(*xs[:-1], number(0))
        algebraic = all(_is_algebraic(gate, text) for text in gate.partials)
        numbers = any(_has_numbers(gate, text) for text in gate.partials)

        def moved(*xs: Any) -> Any:
            if gate.variadic and self.sign > 0:  # all that may be the largest share; at other digits one has it all
                xs = tuple([xs[-1] if self._near(x, xs[-1]) else x for x in xs])
            xs = (*self._whole(gate, xs[:-1]), xs[-1])
            slopes = function(*xs)
            exact = finely(function, xs, numbers=numbers) if algebraic else None
            if not isinstance(exact, tuple):
                exact = (None,) * len(slopes)
            moves = [self.move(name, k, xs) for k in range(len(slopes))]
            return tuple([x if x == y else x * move for x, y, move in zip(slopes, exact, moves, strict=True)])

        return moved

    def _whole(self, gate: Gate, xs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands; the exponent of a negative number a whole one if it may be one but for moves."""
        if gate.family != "power" or len(xs) < 2 or not xs[0] < 0 or is_whole(xs[1]):
            return xs
        near = nearest(xs[1])
        if not self._near(xs[1], near):
            return xs
        self.guessed = True
        return (xs[0], near) if self.is_enough else xs

    def _near(self, x: Any, y: Any) -> bool:
        """Whether moves may have made one number of the other."""
        return bool(abs(x - y) <= _NEAR * _PLACES * last_place() * abs(y))

    def move(self, *of: object) -> Any:
        """A factor that moves a number in its last digits, the same for the same operation on the same numbers.

        What is exact takes one too: so all others stay the same.
        """
        known = tuple([_told_apart(part) for part in of])
        if known not in self.moves:
            self.moves[known] = 1 + self.sign * self.random.uniform(-1, 1) * _PLACES * last_place()
        return self.moves[known]


def _told_apart(part: object) -> object:
    """What stands for a number, or for several, in a dictionary: all that are beyond reason have one hash."""
    return tuple(map(_bits, part)) if isinstance(part, tuple) else _bits(part)


def _bits(x: object) -> object:
    return number(x)._mpf_ if isinstance(x, float | number) else x


def _is_algebraic(gate: Gate, text: str) -> bool:
    """Whether a text only adds, multiplies, divides, takes roots and chooses."""
    return functions_of(formula_program(gate, text)) <= ALGEBRAIC


def _has_numbers(gate: Gate, text: str) -> bool:
    """Whether a text adds numbers of its own to something."""
    ops = formula_program(gate, text).ops
    return "num" in ops and ("+" in ops or "-" in ops)
