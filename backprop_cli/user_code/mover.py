"""Moves values at certain places while statements are run again, reads others, and stops when it has read them all."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, Callable, Mapping, Sequence
from backprop_cli.user_code.contents import item, put
from backprop_cli.user_code.instrument import AGAIN, BIND, EXPR, SET
from backprop_cli.user_code.tensors import is_tensor, plus
from backprop_cli.user_code.trace import LeftError, Place, StoppedError, as_array, is_list

# By statement, site and pass: which parts of the value there are moved, and by how much.
Shakes = Mapping[tuple[int, int, int], Sequence[tuple[tuple[Any, ...], Any]]]

Pins = Shakes  # values in the place of those that are there


class Mover:
    """Moves values and reads others while statements are run again."""

    def __init__(self, moves: Mapping[Place, Any], reads: Sequence[Place], shaken: int = -1) -> None:
        self.moves: dict[tuple[int, int, int], list[tuple[tuple[Any, ...], Any]]] = {}
        for place, delta in moves.items():
            self.moves.setdefault(place[:3], []).append((place.path, delta))
        self.reads: dict[tuple[int, int, int], list[tuple[int, tuple[Any, ...]]]] = {}
        for number, place in enumerate(reads):
            self.reads.setdefault(place[:3], []).append((number, place.path))
        self.found: list[Any] = []
        self.missing = 0
        self.count = len(reads)
        self.shaken = shaken  # a site whose value is another one every time
        self.watched = {shaken, *(place.site for place in (*moves, *reads))}
        self.statement = 0
        self.left: set[tuple[int, int, int]] = set()
        self.shakes: Shakes = {}
        self.pins: Pins = {}
        self._counts: dict[int, int] = {}

    def start(self, left: set[tuple[int, int, int]], shakes: Shakes, pins: Pins) -> None:
        """A run begins; at the places in `left` the first pass of a loop is over, and what is in `shakes` is moved
        in every run, and what is in `pins` stays what it was.
        """
        self.found, self.missing, self.left = [None] * self.count, self.count, left
        self.shakes, self.pins = shakes, pins
        self.watched |= {site for _, site, _ in (*left, *shakes, *pins)}

    def hooks(self) -> dict[str, Callable[..., Any]]:
        """The functions that the instrumented program calls."""
        watched, arrive = self.watched, self._arrive

        def bind(site: int, value: Any) -> Any:
            return arrive(site, value, written=False) if site in watched else value

        def again(site: int, value: Any) -> Any:
            return arrive(site, value, written=True) if site in watched else value

        def set_(site: int, base: Any, _key: Any) -> None:
            if site in watched:
                arrive(site, base, written=True)

        return {BIND: bind, SET: set_, AGAIN: again, EXPR: bind}

    def begin(self, statement: int) -> None:
        """A top-level statement begins."""
        self.statement = statement
        self._counts.clear()

    def _arrive(self, site: int, value: Any, *, written: bool) -> Any:
        count = self._counts[site] = self._counts.get(site, 0) + 1
        here = (self.statement, site, count)
        if here in self.left:
            raise LeftError
        for path, fixed in self.pins.get(here, ()):
            value = moved(value, path, fixed - as_array(_part(value, path)), written=written)
        if site == self.shaken:
            value = _shaken(value, count, in_place=written)
        for path, delta in (*self.shakes.get(here, ()), *self.moves.get(here, ())):
            value = moved(value, path, delta, written=written)
        for number, path in self.reads.get(here, ()):
            if self.found[number] is None:
                self.found[number] = as_array(_part(value, path))
                self.missing -= 1
        if not self.missing:
            raise StoppedError
        return value


def _part(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = item(value, key)
    return value


def moved(value: Any, path: tuple[Any, ...], delta: Any, *, written: bool) -> Any:
    """The value with a part of it moved; in place where it was written in place."""
    if not path:
        return _plus(value, delta, in_place=written)
    other = _plus(_part(value, path), delta, in_place=False)
    for deep in range(len(path) - 1, -1, -1):
        other = put(_part(value, path[:deep]), path[deep], other)
    return other


def _plus(value: Any, delta: Any, *, in_place: bool) -> Any:
    if is_tensor(value):
        return plus(value, delta, in_place=in_place)
    if isinstance(value, list | tuple):
        made = (np.array(value, dtype=float) + np.reshape(delta, np.shape(value))).tolist()
        if isinstance(value, tuple) or not in_place:
            return type(value)(made) if type(value) in (list, tuple) else tuple(made)
        value[:] = made
        return value
    if not isinstance(value, np.ndarray):
        return value + float(np.reshape(delta, ()))
    if in_place and value.dtype.kind == "f":
        value += np.reshape(delta, value.shape)
        return value
    return value + np.reshape(delta, value.shape)


def _shaken(value: Any, seed: int, *, in_place: bool) -> Any:
    """Another value of the same kind, not far away."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fb" and value.size:
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal(value.shape) * 1e-3 if value.dtype.kind == "f" else rng.random(value.shape) < 0.5
        if in_place:
            value[...] = value + noise if value.dtype.kind == "f" else value ^ noise
            return value
        return value + noise if value.dtype.kind == "f" else value ^ noise
    if is_list(value) and not in_place:
        return _plus(value, 1e-3 * np.random.default_rng(seed).standard_normal(np.shape(value)), in_place=False)
    return value + 1e-3 if isinstance(value, float) else value
