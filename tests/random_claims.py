"""Random programs and right claims about them, made by SymPy alone: no code of ours has a hand in either."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator
from typing import NamedTuple

import sympy

SYMBOLS = sympy.symbols("x y z", real=True)
_UNARY = (
    sympy.sin, sympy.cos, sympy.exp, sympy.tanh, sympy.atan, sympy.log, sympy.sqrt, sympy.Abs,
    lambda u: u**2, lambda u: u**3, lambda u: 1 / u, lambda u: 1 / (1 + sympy.exp(-u)),
)  # fmt: skip
_BINARY = (lambda u, v: u + v, lambda u, v: u - v, lambda u, v: u * v, lambda u, v: u / v, lambda u, v: u * v)
_READABLE = re.compile(r"[a-z0-9+\-*/^(). ]*")
_REWRITES = (sympy.simplify, sympy.expand, sympy.factor)


class Sample(NamedTuple):
    """A program, an input, and SymPy's derivative in several forms."""

    program: str
    name: str
    forms: tuple[str, ...]


def samples(count: int, seed: int) -> Iterator[Sample]:
    """Programs whose derivative is not 0."""
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
        yield Sample(_text(tree), symbol.name, forms)
        made += 1


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
