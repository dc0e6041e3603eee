"""Random programs and right claims about them: no code of ours has a hand in either.

    python tests/random_claims.py [COUNT] [SEED]

makes claims about random places, about points that cost digits, and about arrays at such points, right ones and ones
that are off by a thousandth, and prints how many right ones were accused, wrong ones acquitted, and neither decided.
"""

from __future__ import annotations

import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
import sympy
import truth
import truth_arrays

import backprop_cli

SYMBOLS = sympy.symbols("x y z", real=True)
_UNARY = (
    sympy.sin, sympy.cos, sympy.exp, sympy.tanh, sympy.atan, sympy.log, sympy.sqrt, sympy.Abs,
    lambda u: u**2, lambda u: u**3, lambda u: 1 / u, lambda u: 1 / (1 + sympy.exp(-u)),
)  # fmt: skip
_BINARY = (lambda u, v: u + v, lambda u, v: u - v, lambda u, v: u * v, lambda u, v: u / v, lambda u, v: u * v)
_READABLE = re.compile(r"[a-z0-9+\-*/^(). ]*")
_REWRITES = (sympy.simplify, sympy.expand, sympy.factor)


class Sample(NamedTuple):
    """A program, an input, and SymPy's derivative in several forms; the values, where there are some."""

    program: str
    name: str
    forms: tuple[str, ...]
    values: dict[str, Any] = {}


def samples(count: int, seed: int, *, costly: bool = False) -> Iterator[Sample]:
    """Programs whose derivative is not 0; `costly`: at points that cost digits, where it has a double near."""
    chosen = random.Random(seed)
    made = 0
    while made < count:
        tree = _tree(chosen, chosen.randint(2, 5))
        symbol = chosen.choice(SYMBOLS)
        if not tree.has(symbol) or tree.has(sympy.zoo, sympy.nan, sympy.I):
            continue
        derivative = sympy.diff(tree, symbol)
        forms = tuple(dict.fromkeys(_text(form) for form in (derivative, *_rewritten(derivative))))
        if derivative == 0 or "0" in forms or not all(map(_READABLE.fullmatch, (_text(tree), *forms))):
            continue
        values = {}
        if costly:
            values = {name.name: _costly(chosen) for name in sorted(tree.free_symbols, key=str)}
            if not _is_a_double(tree, values) or not _is_a_double(derivative, values):
                continue
        yield Sample(_text(tree), symbol.name, forms, values)
        made += 1


def _costly(chosen: random.Random) -> float:
    return chosen.choice(truth.POINTS) if chosen.random() < 0.7 else chosen.uniform(-3, 3)


def _is_a_double(expression: sympy.Expr, values: dict[str, float]) -> bool:
    """Whether the expression is a real number there that doubles have, or far from 0 at least."""
    function = sympy.lambdify(SYMBOLS, expression, "mpmath")
    with mp.workdps(truth.DIGITS):
        try:
            number = function(*(mp.mpf(values.get(symbol.name, 0)) for symbol in SYMBOLS))
        except (ValueError, ZeroDivisionError, OverflowError, mp.mp.NoConvergence):
            return False
        return isinstance(number, mp.mpf) and bool(mp.isfinite(number)) and 1e-290 < abs(number) < 1e290


def array_claims(count: int, seed: int) -> Iterator[tuple[str, dict[str, Any], str, Any]]:
    """Programs of arrays, their values, an input, and the true gradient there; none of its elements below doubles."""
    made = 0
    while made < count:
        seed += 1
        with mp.workdps(truth.DIGITS):
            chosen = random.Random(seed)
            program = truth_arrays.random_program(chosen)
            if not program.steps:
                continue
            found = truth_arrays.truth_of(program, 1.0, truth.STEP)
            if found is None:
                continue
            name = chosen.choice(sorted(found[1]))
            right = np.asarray(found[1][name], dtype=float)
        sizes = np.abs(right[right != 0])
        if not sizes.size or not np.isfinite(right).all() or sizes.min() < 1e-290:
            continue
        last = program.steps[-1][0]
        text = f"{program.text}\nf = sum({last})" if np.shape(found[0]) else f"{program.text}\nf = {last}"
        yield text, program.values, name, right
        made += 1


def verdict_on(program: str, values: dict[str, Any], claim: str) -> str:
    """What `check` says of a claim, without SymPy; the error's code where it refuses."""
    try:
        report = backprop_cli.check(program, values, claims=[claim], symbolic=False)
    except backprop_cli.BackpropError as error:
        return error.diagnostics[0].code
    assert report.status == {"agrees": 0, "differs": 1}.get(report.verdict, 4), report
    return report.verdict


def judged(kind: str, count: int, seed: int, *, loud: bool = False) -> tuple[Counter[str], Counter[str]]:
    """The verdicts on right claims and on wrong ones: about `numbers` anywhere, `costly` numbers, or `arrays`."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()

    def judge(program: str, values: dict[str, Any], claim: str, verdicts: Counter[str], expected: str) -> None:
        verdict = verdict_on(program, values, claim)
        verdicts[verdict] += 1
        if loud and verdict != expected:
            print(f"{verdict} for {expected}: {program!r} {values} {claim}", flush=True)

    if kind == "arrays":
        for program, values, name, grad in array_claims(count, seed):
            off = grad.copy()
            place = np.unravel_index(np.argmax(np.abs(grad)), grad.shape)
            off[place] = 1.001 * grad[place]
            judge(program, {**values, "mine": grad}, f"df/d{name} = mine", right, "agrees")
            judge(program, {**values, "mine": off}, f"df/d{name} = mine", wrong, "differs")
        return right, wrong
    for sample in samples(count, seed, costly=kind == "costly"):
        for form in sample.forms:
            judge(f"f = {sample.program}", sample.values, f"df/d{sample.name} = {form}", right, "agrees")
            judge(f"f = {sample.program}", sample.values, f"df/d{sample.name} = 1.001*({form})", wrong, "differs")
    return right, wrong


def _tree(chosen: random.Random, size: int) -> sympy.Expr:
    """A formula of `size` operations, and a product with a number here and there."""
    pool = [*SYMBOLS, sympy.Integer(chosen.randint(2, 5))]
    for _ in range(size):
        if chosen.random() < 0.5:
            pool.append(chosen.choice(_UNARY)(chosen.choice(pool[-4:])))
        else:
            pool.append(chosen.choice(_BINARY)(chosen.choice(pool[-4:]), chosen.choice(pool[-4:])))
    return pool[-1]


def _rewritten(derivative: sympy.Expr) -> Iterator[sympy.Expr]:
    for rewrite in _REWRITES:
        previous = signal.signal(signal.SIGALRM, _late)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            yield rewrite(derivative)
        except TimeoutError:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)


def _late(*_: object) -> None:
    raise TimeoutError


def _text(expression: sympy.Expr) -> str:
    return sympy.sstr(expression).replace("**", "^").replace("Abs(", "abs(").replace("E", "e")


if __name__ == "__main__":
    count_, seed_ = (int(word) for word in (sys.argv[1:] + ["100", "0"][len(sys.argv) - 1 :])[:2])
    for kind_ in ("numbers", "costly", "arrays"):
        right_, wrong_ = judged(kind_, count_, seed_, loud=True)
        print(f"{kind_}: right claims {dict(right_)}, wrong claims {dict(wrong_)}", flush=True)
