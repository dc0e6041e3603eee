"""Random programs of arrays at points that cost digits, against mpmath with hundreds of them.

    python tests/truth_arrays.py [COUNT] [SEED]

prints what `truth.py` prints. The reference is written down here, over NumPy's arrays of mpmath's numbers, as a book
would define each operation; of our gates it knows nothing. Gradients are differences with a step of 1e-70, an element
at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
from test_gates import MEANING
from truth import DIGITS, KEPT, POINTS, STEP, off

import backprop_cli

MORE_DIGITS, SMALLER = 6000, "1e-900"  # for the reference itself, where it is about to accuse
HUGE, MOST = mp.mpf("1e5000"), 40
SHAPES = ((), (2,), (3,), (2, 2), (3, 3), (2, 3), (3, 2), (3, 1), (1, 2), (2, 1, 2))


class NoNumberError(Exception):
    """The reference has no real number, or none of a reasonable size."""


class Operation(NamedTuple):
    """What is typed, what it means over arrays of mpmath's numbers, and the shapes of operands that it takes."""

    text: str
    means: Callable[..., Any]
    fits: Callable[..., bool] = lambda *_: True


# -- what operations mean ------------------------------------------------------------------------------------


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers on every element."""
    return np.frompyfunc(function, function.__code__.co_argcount, 1)


def above(x: Any, y: Any) -> bool:
    """Whether x > y; of two numbers that agree in all these digits nobody knows."""
    if x == y:
        raise NoNumberError
    return bool(x > y)


def total(x: Any, axis: Any, keep: bool) -> Any:
    return np.sum(x, axis=axis, keepdims=keep)


def count(x: Any, axis: Any) -> Any:
    return mp.mpf(x.size if axis is None else int(np.prod([x.shape[k] for k in np.atleast_1d(axis)])))


def variance(x: Any, axis: Any, keep: bool, ddof: int = 0) -> Any:
    off = x - total(x, axis, True) / count(x, axis)
    return total(off * off, axis, keep) / (count(x, axis) - ddof)


def root(x: Any) -> Any:
    return np.frompyfunc(mp.sqrt, 1, 1)(x)


def exponentials(x: Any) -> Any:
    return np.frompyfunc(mp.exp, 1, 1)(x)


def logarithms(x: Any) -> Any:
    return np.frompyfunc(mp.log, 1, 1)(x)


def softmax(x: Any, axis: int) -> Any:
    raised = exponentials(x)
    return raised / total(raised, axis, True)


def determinant(a: Any) -> Any:
    """By the first row's minors (Laplace)."""
    if len(a) == 0:
        return mp.mpf(1)
    minors = [determinant(np.delete(a[1:], k, axis=1)) for k in range(len(a))]
    return sum(((-1) ** k * a[0, k] * minor for k, minor in enumerate(minors)), mp.mpf(0))


def inverse(a: Any) -> Any:
    """By cofactors."""
    whole, order = determinant(a), len(a)
    out = np.empty((order, order), dtype=object)
    for i, j in np.ndindex(order, order):
        out[j, i] = (-1) ** (i + j) * determinant(np.delete(np.delete(a, i, 0), j, 1)) / whole
    return out


def accumulated(x: Any, axis: int | None) -> Any:
    return np.add.accumulate(x.ravel() if axis is None else x, axis or 0)


def largest(x: Any, axis: Any, keep: bool, pick: Any = np.maximum) -> Any:
    return pick.reduce(x, axis=tuple(range(x.ndim)) if axis is None else axis, keepdims=keep)


def identity(order: int) -> Any:
    return np.array([[mp.mpf(i == j) for j in range(order)] for i in range(order)], dtype=object)


def entropy(scores: Any) -> Any:
    picked = scores[:, 0] - logarithms(total(exponentials(scores), 1, False))
    return -np.sum(picked) / len(scores)


def chances(x: Any, y: Any) -> Any:
    """The binary cross-entropy of sigmoid(x) and sigmoid(y)."""
    p, q = (1 / (1 + exponentials(-z)) for z in (x, y))
    return -np.sum(q * logarithms(p) + (1 - q) * logarithms(1 - p)) / mp.mpf(x.size)


def divergence(x: Any, y: Any) -> Any:
    p, q = softmax(x, -1), softmax(y, -1)
    return np.sum(q * (logarithms(q) - logarithms(p))) / mp.mpf(x.size)


def cosines(x: Any, y: Any) -> Any:
    lengths = [each(lambda z: max(z, mp.mpf(1e-8)))(root(total(z * z, -1, False))) for z in (x, y)]
    return total(x * y, -1, False) / (lengths[0] * lengths[1])


def standardized(x: Any, axis: Any) -> Any:
    return (x - total(x, axis, True) / count(x, axis)) / root(variance(x, axis, True) + mp.mpf(1e-5))


def hinge(scores: Any) -> Any:
    margins = np.frompyfunc(lambda x: max(x, mp.mpf(0)), 1, 1)(scores[:, 1:] - scores[:, :1] + 1)
    return np.sum(margins) / len(scores)


def distances(x: Any) -> Any:
    apart = x[:, None, :] - x[None, :, :] + mp.mpf("0.5")
    return root(np.sum(apart * apart, axis=2))


# -- the table ---------------------------------------------------------------------------------------------


def _axes(least: int, most: int = 9) -> Callable[..., bool]:
    return lambda *shapes: all(least <= len(shape) <= most for shape in shapes)


def _broadcast(*shapes: Any) -> bool:
    try:
        return int(np.prod(np.broadcast_shapes(*shapes))) <= MOST
    except ValueError:
        return False


def _product(a: Any, b: Any) -> bool:
    return 0 < len(a) <= 2 and 0 < len(b) <= 2 and a[-1] == b[0]


def _square(*shapes: Any) -> bool:
    return all(len(shape) == 2 and shape[0] == shape[1] for shape in shapes)


def _solvable(a: Any, b: Any) -> bool:
    return _square(a) and len(b) in (1, 2) and b[0] == a[0]


def _elementwise() -> list[Operation]:
    one = ("exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "square", "sigmoid", "softplus", "expm1", "log1p", "atan",
           "asin", "erf", "erfc", "gelu", "silu", "logsigmoid", "sinh", "cosh", "asinh", "cbrt", "abs", "relu",
           "lgamma", "softsign")  # fmt: skip
    two = ("hypot", "atan2", "logaddexp", "max", "min")
    signs = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow"}
    made = [Operation(f"{name}({{0}})", np.frompyfunc(KEPT.get(name) or MEANING[name], 1, 1)) for name in one]
    made += [Operation(f"{name}({{0}}, {{1}})", np.frompyfunc(MEANING[name], 2, 1), _broadcast) for name in two]
    binary = [Operation(f"{{0}} {sign} {{1}}", np.frompyfunc(MEANING[name], 2, 1), _broadcast)
              for sign, name in signs.items()]  # fmt: skip
    made += 4 * binary
    return [
        *made,
        Operation("where({0} > {1}, {0}, {1}^2)", each(lambda x, y: x if above(x, y) else y * y), _broadcast),
        Operation("where({0} > 0, log(1 + {0}), {0})", each(lambda x: mp.log(1 + x) if x > 0 else x)),
        Operation("-{0}", lambda x: -x),
        Operation("1 - {0}", lambda x: 1 - x),
        Operation("3*{0}", lambda x: 3 * x),
        Operation("{0}/3", lambda x: x / 3),
        Operation("{0}^2 - {1}^2", lambda x, y: x * x - y * y, _broadcast),
        Operation("xlogy({0}, abs({1}))", each(lambda x, y: x * mp.log(abs(y)) if x else mp.mpf(0)), _broadcast),
        Operation("clip({0}, -2.5, 1.75)", each(lambda x: min(max(x, mp.mpf("-2.5")), mp.mpf("1.75")))),
    ]


def _reductions() -> list[Operation]:
    made = []
    for written, axis, least in (("", None, 1), (", axis=0", 0, 1), (", axis=-1", -1, 1), (", axis=1", 1, 2),
                                 (", axis=[0, 1]", (0, 1), 2)):  # fmt: skip
        for keep in (False, True):
            tail = written + ", keepdims=True" * keep
            for name, means in _REDUCTIONS.items():

                def over(x: Any, means: Any = means, axis: Any = axis, keep: bool = keep) -> Any:
                    return means(x, axis, keep)

                made.append(Operation(f"{name}({{0}}{tail})", over, _axes(least)))
            for name, means in (("var", variance), ("std", lambda *a: root(variance(*a)))):

                def spare(x: Any, means: Any = means, axis: Any = axis, keep: bool = keep) -> Any:
                    if count(x, axis) < 2:
                        raise NoNumberError
                    return means(x, axis, keep, 1)

                made.append(Operation(f"{name}({{0}}{tail}, ddof=1)", spare, _axes(least)))
    return made


_REDUCTIONS = {
    "sum": total,
    "mean": lambda x, axis, keep: total(x, axis, keep) / count(x, axis),
    "max": largest,
    "min": lambda x, axis, keep: largest(x, axis, keep, np.minimum),
    "prod": lambda x, axis, keep: np.prod(x, axis=axis, keepdims=keep),
    "var": variance,
    "std": lambda x, axis, keep: root(variance(x, axis, keep)),
    "norm": lambda x, axis, keep: root(total(x * x, axis, keep)),
    "norm1": lambda x, axis, keep: total(np.abs(x), axis, keep),
    "norminf": lambda x, axis, keep: largest(np.abs(x), axis, keep),
    "logsumexp": lambda x, axis, keep: logarithms(total(exponentials(x), axis, keep)),
}


def _tensors() -> list[Operation]:
    twice = [
        Operation("{0} @ {1}", np.dot, _product),
        Operation("det({0})", determinant, _square),
        Operation("inv({0})", inverse, _square),
        Operation("solve({0}, {1})", lambda a, b: np.dot(inverse(a), b), _solvable),
        Operation("softmax({0})", lambda x: softmax(x, -1), _axes(1)),
        Operation("log_softmax({0})", lambda x: logarithms(softmax(x, -1)), _axes(1)),
        Operation("cumsum({0}, axis=0)", lambda x: accumulated(x, 0), _axes(1)),
    ]
    return [
        *twice,
        *twice,
        Operation("softmax({0}, axis=0)", lambda x: softmax(x, 0), _axes(1)),
        Operation("log_softmax({0}, axis=0)", lambda x: logarithms(softmax(x, 0)), _axes(1)),
        Operation("logdet({0})", lambda a: logarithms(determinant(a)), _square),
        Operation("trace({0})", np.trace, _square),
        Operation("{0}' @ {0}", lambda a: np.dot(a.T, a), _axes(2, 2)),
        Operation("inv({0}' @ {0} + 1e-9*eye({m}))",
                  lambda a: inverse(np.dot(a.T, a) + mp.mpf(1e-9) * identity(a.shape[1])),
                  _axes(2, 2)),
        Operation("det({0} @ {0}')", lambda a: determinant(np.dot(a, a.T)), _axes(2, 2)),
        Operation("{0}'", lambda x: x.T, _axes(2)),
        Operation("dot({0}, {1})", np.dot, lambda a, b: len(a) == 1 and a == b),
        Operation("outer({0}, {1})", np.outer, lambda a, b: len(a) == len(b) == 1),
        Operation("mse({0}, {1})",
                  lambda x, y: np.sum((x - y) * (x - y)) / mp.mpf(x.size), lambda a, b: len(a) > 0 and a == b),
        Operation("binary_cross_entropy(sigmoid({0}), sigmoid({1}))", chances, lambda a, b: len(a) > 0 and a == b),
        Operation("binary_cross_entropy_with_logits({0}, sigmoid({1}))", chances, lambda a, b: len(a) > 0 and a == b),
        Operation("kl_div(log_softmax({0}), softmax({1}))", divergence, lambda a, b: len(a) > 0 and a == b),
        Operation("cosine_similarity({0}, {1})", cosines, lambda a, b: len(a) > 0 and a == b),
        Operation("layer_norm({0})", lambda x: standardized(x, -1), _axes(1)),
        Operation("batch_norm({0})", lambda x: standardized(x, 0), _axes(1, 2)),
        Operation("cumsum({0})", lambda x: accumulated(x, None), _axes(1)),
        Operation("cumprod({0}, axis=-1)", lambda x: np.multiply.accumulate(x, -1), _axes(1)),
        Operation("matrix_power({0}, 3)", lambda a: np.dot(a, np.dot(a, a)), _square),
        Operation("matrix_power({0}, -2)", lambda a: np.dot(inverse(a), inverse(a)), _square),
        Operation("kron({0}, {1})", np.kron, lambda a, b: len(a) == len(b) and len(a) in (1, 2)),
        Operation("sort({0}, axis=0)", lambda x: np.sort(x, 0), _axes(1)),
        Operation("tril({0})", lambda x: np.where(np.tri(*x.shape, dtype=bool), x, mp.mpf(0)), _axes(2, 2)),
        Operation("roll({0}, 1, axis=0) - {0}", lambda x: np.roll(x, 1, 0) - x, _axes(1)),
        Operation("ravel({0})", lambda x: x.ravel(), _axes(1)),
        Operation("reshape({0}, -1, 2)", lambda x: x.reshape(-1, 2), lambda a: len(a) > 0 and np.prod(a) % 2 == 0),
        Operation("{0}[0]", lambda x: x[0], _axes(1)),
        Operation("{0}[-1]", lambda x: x[-1], _axes(1)),
        Operation("{0}[1:] - {0}[:-1]", lambda x: x[1:] - x[:-1], lambda a: len(a) > 0 and a[0] > 1),
        Operation("{0}[:, 1:]", lambda x: x[:, 1:], lambda a: len(a) > 1 and a[1] > 1),
        Operation("{0}[::-1]", lambda x: x[::-1], _axes(1)),
        Operation("concat({0}, {1})", lambda x, y: np.concatenate([x, y]), lambda a, b: len(a) > 0 and a == b),
        Operation("stack({0}, {1}, axis=1)", lambda x, y: np.stack([x, y], 1), lambda a, b: len(a) > 0 and a == b),
        Operation("[{0}, {1}]", lambda x, y: np.stack([x, y]), lambda a, b: a == b),
        Operation("diag({0})", lambda x: np.diag(x) if x.ndim == 2 else np.where(identity(len(x)) == 1, x, mp.mpf(0)),
                  _axes(1, 2)),
        Operation("{0} - mean({0})", lambda x: x - np.sum(x) / mp.mpf(x.size), _axes(1)),
        Operation("{0} - max({0}, axis=-1, keepdims=True)", lambda x: x - largest(x, -1, True), _axes(1)),
        Operation("log(sum(exp({0})))", lambda x: mp.log(np.sum(exponentials(x))), _axes(1)),
        Operation("exp({0})/sum(exp({0}))", lambda x: exponentials(x) / np.sum(exponentials(x)), _axes(1)),
        Operation("mean({0}^2) - mean({0})^2", lambda x: variance(x, None, False), _axes(1)),
        Operation("cross_entropy({0}, 0*{0}[:, 0])", entropy, _axes(2, 2)),
        Operation("hinge_loss({0}, zeros({n}))", hinge, lambda a: len(a) == 2 and a[1] > 1),
        Operation("sqrt(sum((reshape({0}, {n}, 1, {m}) - reshape({0}, 1, {n}, {m}) + 0.5)^2, axis=2))", distances,
                  _axes(2, 2)),
        Operation("full(2, 2, {0})", lambda x: np.full((2, 2), x, dtype=object), _axes(0, 0)),
        Operation("linspace({0}, {1}, 4)",
                  lambda x, y: np.array([x + (y - x) * mp.mpf(k) / 3 for k in range(4)], dtype=object),
                  _axes(0, 0)),
    ]  # fmt: skip


ELEMENTWISE, REDUCTIONS, TENSORS = _elementwise(), _reductions(), _tensors()


# -- programs ----------------------------------------------------------------------------------------------


class Program(NamedTuple):
    """Statements (name, operation, operands) over `values`, arrays of doubles; `text` is what one types."""

    text: str
    values: dict[str, Any]
    steps: list[tuple[str, Operation, tuple[str, ...]]]


def numbers(value: Any) -> Any:
    """An array of doubles as one of mpmath's numbers; of one number that number."""
    return np.frompyfunc(mp.mpf, 1, 1)(value) if np.ndim(value) else mp.mpf(float(value))


def applied(operation: Operation, operands: list[Any]) -> Any:
    """The operation's value; NoNumberError where that is not real, or too large to go on with."""
    try:
        out = operation.means(*operands)
    except (ValueError, ZeroDivisionError, OverflowError, mp.mp.NoConvergence) as problem:
        raise NoNumberError from problem
    for x in np.ravel(np.asarray(out, dtype=object)):
        if not isinstance(x, mp.mpf) or not mp.isfinite(x) or abs(x) > HUGE:
            raise NoNumberError
    return out


def output_of(steps: Any, point: dict[str, Any]) -> Any:
    """The last statement's value."""
    known = dict(point)
    for name, operation, operands in steps:
        known[name] = applied(operation, [known[operand] for operand in operands])
    return known[steps[-1][0]]


def random_value(chosen: Random, shape: tuple[int, ...]) -> Any:
    """Elements that cost digits: far apart, nearly equal, of a large mean, or rows that are nearly multiples."""
    flat = [
        chosen.choice(POINTS) if chosen.random() < 0.5 else chosen.uniform(-3, 3) for _ in range(int(np.prod(shape)))
    ]
    kind = chosen.randrange(5)
    if not shape:
        return flat[0]
    if kind == 0:
        return np.array(flat).reshape(shape)
    small = np.array([chosen.uniform(-3, 3) for _ in flat]).reshape(shape)
    if kind == 1:
        return small
    if kind == 2:
        return chosen.choice((1.0, 0.1, 1e8, 1e-8, 3.0)) * (1 + chosen.choice((1e-8, 1e-12, 1e-5)) * small)
    if kind == 3:
        return chosen.choice((200.0, 700.0, 1e8, -1000.0)) + chosen.choice((1.0, 30.0)) * small
    rows = small[..., :1] * small.reshape(-1, shape[-1])[0]
    return rows + chosen.choice((0.0, 1e-9, 1e-15, 1e-6)) * np.round(small)


def random_program(chosen: Random) -> Program:
    """A program whose every statement has a value."""
    values = {name: random_value(chosen, chosen.choice(SHAPES)) for name in "xyz"[: chosen.randint(1, 3)]}
    known = {name: numbers(value) for name, value in values.items()}
    steps: list[Any] = []
    for _ in range(200):
        if len(steps) >= chosen.randint(2, 6):
            break
        operation = chosen.choice(chosen.choices((ELEMENTWISE, REDUCTIONS, TENSORS), (5, 2, 4))[0])
        names = list(known)
        wanted = 2 if "{1}" in operation.text else 1
        operands = tuple(names[-1 - min(int(chosen.expovariate(0.7)), len(names) - 1)] for _ in range(wanted))
        shapes = [np.shape(known[name]) for name in operands]
        if len({*operands}) < wanted or not operation.fits(*shapes):
            continue
        try:
            made = applied(operation, [known[name] for name in operands])
        except NoNumberError:
            continue
        if np.size(made) > MOST:
            continue
        name = f"v{len(steps)}"
        known[name] = made
        steps.append((name, operation, operands))
    needed, kept = {steps[-1][0]}, []
    for step in reversed(steps):
        if step[0] in needed:
            kept.insert(0, step)
            needed.update(step[2])
    lines = []
    for name, operation, operands in kept:
        n, m = (*np.shape(known[operands[0]]), 0, 0)[:2]
        lines.append(f"{name} = " + operation.text.format(*operands, n=n, m=m))
    return Program("\n".join(lines), {name: value for name, value in values.items() if name in needed}, kept)


def truth_of(program: Program, weights: Any, step_size: str) -> Any:
    """The output and, of its elements times the weights, the gradients; None where there are none."""
    point = {name: numbers(value) for name, value in program.values.items()}

    def weighed(moved: dict[str, Any]) -> Any:
        return np.sum(np.asarray(output_of(program.steps, moved) * numbers(weights), dtype=object))

    try:
        output = output_of(program.steps, point)
        here, slopes = weighed(point), {}
        for name, value in point.items():
            grads = np.empty(np.shape(value), dtype=object)
            for index in np.ndindex(*np.shape(value)):
                x = value[index] if index else value
                step = mp.mpf(step_size) * min(max(abs(x), mp.mpf("1e-300")), 1)
                sides = []
                for sign in (1, -1):
                    moved = np.array(value, dtype=object)
                    moved[index] = x + sign * step
                    sides.append(weighed({**point, name: moved if index else moved[()]}))
                grads[index] = (sides[0] - sides[1]) / (2 * step)
                if abs(sides[0] + sides[1] - 2 * here) / step > mp.mpf("1e-20") * max(
                    abs(grads[index]), mp.mpf("1e-400")
                ):
                    return None  # a kink, or a step too large
            slopes[name] = grads
    except NoNumberError:
        return None
    return output, slopes


def listed(program: Program, weights: Any, report: Any, digits: int) -> Any:
    """Each number (node, whether a gradient, element), ours and the true one; None where there are none."""
    with mp.workdps(digits):
        found = truth_of(program, weights, STEP if digits == DIGITS else SMALLER)
    if found is None:
        return None
    graph = report.columns.graph
    output, slopes = found
    pairs = [((graph.output, False), report.value, output)]
    pairs += [((graph.variables[name], True), report.gradients[name], slope) for name, slope in slopes.items()]
    return {
        (*key, index): (float(np.asarray(ours)[index]), np.asarray(true, dtype=object)[index])
        for key, ours, true in pairs
        for index in np.ndindex(*np.shape(true))
    }


def judged(pairs: Any, report: Any) -> tuple[set[Any], set[Any], set[Any]]:
    """The numbers that are wrong without a note, those noted needlessly, and those whose true number is none."""
    told = {(item.node, item.of_gradient, item.element): item for item in report.untrue}
    silent, needless, untrue = set(), set(), set()
    for key, (ours, true) in pairs.items():
        item = told.get(key)
        is_small = abs(true) < mp.mpf("1e-300")  # of which the reference may have no digits
        if off(ours, true) and not (report.status == 4 and (item or ours - ours != 0)):
            silent.add(key)
        if item and not off(ours, true) and not (is_small and item.known):
            needless.add(key)
        if item and item.known and off(item.true, true) and not is_small and abs(true) < mp.mpf("1e308"):
            untrue.add(key)
    return silent, needless, untrue


def compare(program: Program, chosen: Random) -> tuple[int, int, int, str]:
    """(numbers compared, wrong without a note, needless notes), and the program if anything is the matter."""
    shape = np.shape(output_of(program.steps, {name: numbers(value) for name, value in program.values.items()}))
    weights = np.array([chosen.choice((1.0, -1.0, 0.5, 0.3)) for _ in range(int(np.prod(shape)))]).reshape(shape)
    try:
        report = backprop_cli.grad(program.text, program.values, seed_grad=weights if shape else 1.0, check=False)
    except backprop_cli.BackpropError as problem:
        return 0, 1, 0, f"{program.text!r} {program.values} REFUSED {problem}"
    if not shape:
        weights = 1.0
    pairs = listed(program, weights, report, DIGITS)
    if pairs is None:
        return 0, 0, 0, ""
    found = judged(pairs, report)
    if any(found):  # is it the reference that has too few digits?
        again = listed(program, weights, report, MORE_DIGITS)
        found = judged(again, report) if again is not None else (set(), set(), set())
    silent, needless, untrue = found
    words = [
        f"{word} {key[1:]} ours {pairs[key][0]!r} true {mp.nstr(pairs[key][1], 12)}"
        for word, keys in (("SILENT", silent), ("NEEDLESS", needless), ("WRONG TRUTH", untrue))
        for key in sorted(keys)[:2]
    ]
    values = {name: np.asarray(value).tolist() for name, value in program.values.items()}
    word = f"{program.text!r} {values} weights {np.asarray(weights).tolist()}\n    " + "; ".join(words) if words else ""
    return len(pairs), len(silent | untrue), len(needless), word


def run(count: int, seed: int = 0, *, loud: bool = False) -> tuple[int, int, int]:
    """The sums over so many random programs."""
    sums = (0, 0, 0)
    for k in range(count):
        chosen = Random(1_000_000 * seed + k)
        with mp.workdps(DIGITS):
            program = random_program(chosen)
        if not program.steps:
            continue
        with mp.workdps(DIGITS):
            *found, word = compare(program, chosen)
        sums = tuple(a + b for a, b in zip(sums, found, strict=True))
        if word and loud:
            print(k, word, flush=True)
    return sums


if __name__ == "__main__":
    count_, seed_ = (int(word) for word in (sys.argv[1:] + ["1000", "0"][len(sys.argv) - 1 :])[:2])
    print("{} numbers; {} wrong without a note; {} needless notes".format(*run(count_, seed_, loud=True)))
