"""The records of a run: which values got names, which gradients were claimed, what the loss was; and where."""

from __future__ import annotations

from math import isfinite

import numpy as np

from backprop_cli.lean import Any, Mapping, NamedTuple
from backprop_cli.user_code.tensors import is_tensor

_LONGEST = 1000  # of lists of numbers


class Place(NamedTuple):
    """When and where a value is at hand: the top-level statement, the site, how often it was passed in that statement
    before, and the keys that lead from the value to the part that is meant.
    """

    statement: int
    site: int
    passed: int
    path: tuple[Any, ...] = ()


class Version(NamedTuple):
    """An array or a number as it is from one moment on; `order` counts the moments.

    `kind` is `birth`, `alias` (another name for it) or `write` (its elements changed). `element` is the key in a list
    or dictionary under which it was put; `call` is the number of the function call, `size` the usual size of an
    element.
    """

    order: int
    place: Place
    name: str
    base: str
    element: Any
    call: int
    kind: str
    value: Any
    shape: tuple[int, ...]
    line: int
    size: float

    @property
    def scale(self) -> float:
        """By what to measure how far it is moved: 1 where it is all zeros."""
        return self.size or 1.0


class Claim(NamedTuple):
    """A gradient that the user assigned: its name, a copy of its value, the lines that set it, the order of the first
    and of the last of them, and the names and objects that were around.
    """

    name: str
    base: str
    element: Any
    value: Any
    lines: tuple[int, ...]
    sites: tuple[int, ...]
    place: Place
    first: int
    order: int
    call: int
    function: str
    depth: int
    around: Mapping[str, Any]
    object: Any
    round: int

    @property
    def text(self) -> str:
        """As the user writes it."""
        if isinstance(self.element, str):
            return f"{self.base}[{self.element!r}]"
        if self.element is not None:
            return f"{self.base}.{self.name}[{self.element}]" if self.base else f"{self.name}[{self.element}]"
        return f"{self.base}.{self.name}" if self.base else self.name


class LossEvent(NamedTuple):
    """A number that may be the loss, when it was assigned."""

    order: int
    place: Place
    name: str
    call: int
    depth: int
    line: int
    value: Any
    fresh: bool
    round: int


class Visit(NamedTuple):
    """When a site was passed first, in which top-level statement, and with which local names."""

    order: int
    statement: int
    scope: Mapping[str, Any]
    round: int


class LeftError(BaseException):
    """The first pass of a loop is over: the rest of the statement would only do the same again."""


class StoppedError(BaseException):
    """Everything that was to be read has been read."""


def is_number(value: Any) -> bool:
    """Whether it is a number that can be moved."""
    return isinstance(value, float | int | np.floating | np.integer) and not isinstance(value, bool)


def is_array(value: Any) -> bool:
    """Whether it is an array of numbers that can be moved; torch's tensors are, if they are of floats."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and value.size > 0
    return is_tensor(value) and not value.is_complex() and value.numel() > 0


def is_list(value: Any) -> bool:
    """Whether it is a list of numbers, or of such lists of one length: `w = [2, -3, -3]`."""
    if not isinstance(value, list | tuple) or not 0 < len(value) <= _LONGEST:
        return False
    if is_number(value[0]):
        return all(map(is_number, value))
    inner = value[0]
    return isinstance(inner, list | tuple) and 0 < len(inner) <= _LONGEST and all(
        isinstance(one, list | tuple) and len(one) == len(inner) and all(map(is_number, one)) for one in value
    )  # fmt: skip


def as_array(value: Any) -> Any:
    """A copy in doubles, whatever it is."""
    if is_tensor(value):
        value = value.detach().cpu().double().numpy()
    return np.array(value, dtype=float)


def size_of(value: Any) -> float:
    """The usual size of an element, 0 where all are, or where there is none that is finite."""
    array = np.asarray(value) if not is_tensor(value) else as_array(value)
    if array.dtype.kind not in "fiu" or not array.size:
        return 0.0
    size = float(np.sqrt(np.mean(np.square(array, dtype=float))))
    return size if isfinite(size) else 1.0


def count_of(value: Any) -> int:
    """How many numbers it has."""
    return int(np.prod(np.shape(value)))


def ending_in(known: tuple[int, ...], one: int) -> tuple[int, ...]:
    """The one at the end, once."""
    return (*(other for other in known if other != one), one)


def depth_of(frame: Any) -> int:
    """How deep a call is, counted from where the user's code begins."""
    depth = 0
    while frame is not None and frame.f_code.co_name != "run_user_code":
        frame, depth = frame.f_back, depth + 1
    return depth
