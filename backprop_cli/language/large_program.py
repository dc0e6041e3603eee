"""The Program of a large text: its rows as columns of numbers, and as lists for those who ask."""

from __future__ import annotations

from array import array
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

    In the order of the rows the texts of the numbers, and of the calls which of the names that are `called` each has,
    and the character behind it. `starts` and `ends` are of all rows.
    """

    names: list[str]
    codes: Any
    first: Any
    second: Any
    numbers: list[str]
    called: list[str]
    calls: Any
    name_ends: Any
    starts: Any
    ends: Any

    def places(self, name: str) -> array[int]:
        """The column of `starts` or of `ends`."""
        made = array("l")
        made.frombytes(getattr(self, name).astype(np.dtype("l")).view(np.uint8).data)
        return made


class LargeProgram(Program):
    """A program of which the columns of a program are made of those of numbers when they are asked for."""

    def __init__(self, source: Source, rows: Rows) -> None:
        super().__init__(source)
        self.columns = rows
        del self.ops, self.args, self.starts, self.ends

    def __getattr__(self, name: str) -> Any:
        if name == "ops":
            self.ops = ["name"] * len(self.columns.names) + _OPS[self.columns.codes].tolist()
        elif name == "args":
            self.args = self.columns.names + _arguments(self.columns)
        elif name in ("starts", "ends"):
            setattr(self, name, self.columns.places(name))
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
    called = map(rows.called.__getitem__, rows.calls.tolist())
    calls = zip(
        called, [(x,) if y < 0 else (x, y) for x, y in operands], repeat(()), rows.name_ends.tolist(), strict=False
    )
    found[is_call] = _objects(map(tuple.__new__, repeat(Call), calls), is_call)
    return found.tolist()


def _objects(values: Iterable[Any], where: Any) -> Any:
    return np.fromiter(values, object, np.count_nonzero(where))
