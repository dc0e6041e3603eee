"""The Program of a large text: its rows as columns of numbers, and as lists for those who ask."""

from __future__ import annotations

from itertools import repeat

import numpy as np

from backprop_cli.errors import Source
from backprop_cli.language.large_tokens import SIGNS
from backprop_cli.language.program import Call, Program
from backprop_cli.lean import Any, Iterable, NamedTuple

NUMERAL, NEGATIVE, CALLED = 0, 1, 2  # what a row is, otherwise its sign's character
_OPS = np.empty(128, object)
_OPS[[ord(sign) for sign in SIGNS]] = list(SIGNS)
_OPS[:3] = ["num", "negative", "call"]


class Rows(NamedTuple):
    """The rows of `names`, and then those of `codes`, each with the rows of its operands, -1 where it has none.

    In the order of the rows the texts of the numbers, the names that are called, and the characters after these.
    """

    names: list[str]
    codes: Any
    first: Any
    second: Any
    numbers: list[str]
    called: list[str]
    name_ends: Any


class LargeProgram(Program):
    """A program of which `ops` and `args` are made of its columns when they are asked for."""

    def __init__(self, source: Source, rows: Rows) -> None:
        super().__init__(source)
        self.columns = rows
        del self.ops, self.args

    def __getattr__(self, name: str) -> Any:
        if name == "ops":
            self.ops = ["name"] * len(self.columns.names) + _OPS[self.columns.codes].tolist()
        elif name == "args":
            self.args = self.columns.names + _arguments(self.columns)
        else:
            raise AttributeError(name)
        return getattr(self, name)


def _arguments(rows: Rows) -> list[Any]:
    """The arguments of the rows: of numbers their texts, of others the rows of their operands."""
    codes, first, second = rows.codes, rows.first, rows.second
    found = np.empty(len(codes), object)
    is_pair = codes > CALLED
    found[is_pair] = _objects(zip(first[is_pair].tolist(), second[is_pair].tolist(), strict=True), is_pair)
    is_sign, is_number, is_call = codes == NEGATIVE, codes == NUMERAL, codes == CALLED
    found[is_sign] = _objects(zip(first[is_sign].tolist(), strict=True), is_sign)
    found[is_number] = _objects(rows.numbers, is_number)
    operands = zip(first[is_call].tolist(), second[is_call].tolist(), strict=True)
    calls = zip(
        rows.called, [(x,) if y < 0 else (x, y) for x, y in operands], repeat(()), rows.name_ends.tolist(), strict=False
    )
    found[is_call] = _objects(map(tuple.__new__, repeat(Call), calls), is_call)
    return found.tolist()


def _objects(values: Iterable[Any], where: Any) -> Any:
    return np.fromiter(values, object, np.count_nonzero(where))
