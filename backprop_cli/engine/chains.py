"""Chains: nodes of which each takes what the one before it made, computed without looking anything up.

A sum of a million terms is one, and so are nested calls and the steps of a recurrence.
"""

from __future__ import annotations

from itertools import repeat

import numpy as np

from backprop_cli.gates import BY_SYMBOL, GATES
from backprop_cli.gates.fields import FLOATS
from backprop_cli.lean import Any, Callable, Iterable, Iterator

_LONG = 64  # nodes on average, from which on chains are worth their name
_ADD, _SUB, _MUL = (BY_SYMBOL[sign] for sign in "+-*")
COMMUTING = (_ADD, _MUL)  # to the last bit
LINKING = (_ADD, _SUB, _MUL)  # which have a chain through their first operand


def chains(is_linked: Any) -> list[tuple[int, int]] | None:
    """Where chains begin and end, if each that is linked goes on with the one before it; None where they are short."""
    if not len(is_linked):
        return []
    starts = np.flatnonzero(~is_linked)
    if len(starts) * _LONG > len(is_linked):
        return None
    return list(zip(starts.tolist(), np.append(starts[1:], len(is_linked)).tolist(), strict=True))


def along(begin: float, words: list[str], codes: Any, others: Any, factors: Any) -> Any:
    """The values of a chain behind the one it begins with; `others` are the operands from beside it, of sums and such.

    Each is moved by its factor, if there are factors.
    """
    alike = words[codes[0]] if (codes == codes[0]).all() else ""
    if alike == _MUL:
        return products(begin, others, factors)
    if alike == _ADD and factors is None:
        return np.add.accumulate(np.append(begin, others))[1:]
    count = len(codes)
    by = repeat(1.0, count) if factors is None else memoryview(factors)
    if alike == _ADD:
        return np.fromiter(_sums(begin, memoryview(others), by), float, count)
    if alike and alike != _SUB:
        return np.fromiter(_calls(begin, _function(alike), by), float, count)
    return np.fromiter(_mixed(begin, words, codes.tolist(), memoryview(others), by), float, count)


def _function(word: str) -> Callable[[float], float]:
    """The function of numbers that a gate is."""
    is_one = GATES[word].formula == GATES[word].head  # of those the formulas are made of
    found: Callable[[float], float] = FLOATS.names[word] if is_one else FLOATS.value[word]
    return found


def products(begin: float, others: Any, factors: Any = None) -> Any:
    """The products of a number and more and more others; each is moved by its factor, if there are factors."""
    if factors is None:
        return np.multiply.accumulate(np.append(begin, others))[1:]
    return np.multiply.accumulate(np.append(begin, np.stack([others, factors], 1)))[2::2]


def _sums(out: float, others: Iterable[float], factors: Iterable[float]) -> Iterator[float]:
    for other, factor in zip(others, factors, strict=True):
        out = (out + other) * factor
        yield out


def _calls(out: float, function: Callable[[float], float], factors: Iterable[float]) -> Iterator[float]:
    for factor in factors:
        out = function(out) * factor
        yield out


def _mixed(
    out: float, words: list[str], codes: list[int], others: Iterable[float], factors: Iterable[float]
) -> Iterator[float]:
    add, mul, sub = (words.index(word) if word in words else -1 for word in (_ADD, _MUL, _SUB))
    of = {code: _function(word) for code, word in enumerate(words) if word in GATES}
    for code, other, factor in zip(codes, others, factors, strict=True):
        if code == add:
            out = (out + other) * factor
        elif code == mul:
            out = (out * other) * factor
        elif code == sub:
            out = (out - other) * factor
        else:
            out = of[code](out) * factor
        yield out
