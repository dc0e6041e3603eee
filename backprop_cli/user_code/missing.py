"""What may be missing in a statement: factors and terms made of the numbers and arrays that have names there."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.user_code.names import readings

_MOST_NAMES = 24
SHAPE = ""  # under this name a scope has the shape of what is assigned
_FORMS = (
    ("local", "* {0}"), ("mask", "* ({0} > 0)"), ("local", "* (1 - {0} ** 2)"), ("local", "* {0} * (1 - {0})"),
    ("local", "* (1 - {0})"), ("local", "* 2 * {0}"), ("local", "/ {0}"),
)  # fmt: skip
_BY = (("/", "not divided"), ("*", "factor"))


def quantities(scope: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The numbers by which something may have to be multiplied or divided, each under one of its names."""
    names: dict[float, str] = {}
    for name, it in scope.items():
        if np.ndim(it) == 0 and _is_real(it):
            names.setdefault(float(it), name)
    for name, it in scope.items():
        for axis, length in enumerate(np.shape(it)[:4] if name != SHAPE else ()):
            names.setdefault(float(length), f"{name}.shape[{axis}]")
    for name, it in scope.items():
        if name != SHAPE and np.ndim(it) > 1:
            names.setdefault(float(np.size(it)), f"{name}.size")
    for plain in (0.0, 1.0):
        names.pop(plain, None)
    halves = names.pop(0.5, "")
    # What is twice is more often a 2 than some number that happens to be 2, or a half.
    found = [("factor", "* 2", "2")]
    found += [(mistake, f"{sign} {name}", name) for value, name in names.items() for sign, mistake in _BY
              if (value, sign) != (2.0, "*")]  # fmt: skip
    found += [("not divided", "/ 2", "2")] * (2.0 not in names)
    return found + [(mistake, f"{sign} {halves}", halves) for sign, mistake in _BY if halves]


def factors(scope: Mapping[str, Any], shape: Any) -> list[tuple[str, str, str]]:
    """The arrays by which it may have to be multiplied: upstream gradients, masks, slopes over a value."""
    fitting = _fitting(scope, shape)
    masks = [("mask", f"* {sign}{name}", name) for name, it in fitting if is_mask(it) for sign in ("", "~")]
    others = [name for name, it in fitting if not is_mask(it)]
    upstream = [("local", f"* {name}", name) for name in others if readings(name)]
    slopes = [(mistake, form.format(name), name) for name in others if not readings(name) for mistake, form in _FORMS]
    return masks + upstream + slopes


def missing_terms(scope: Mapping[str, Any], shape: Any) -> Iterator[str]:
    """What may have to be added: other gradients, and penalties of parameters."""
    numbers = [name for name, it in scope.items() if np.ndim(it) == 0 and isinstance(it, float)]
    for name, _ in _fitting(scope, shape):
        yield name
        yield from (f"{scale}{number} * {name}" for number in numbers for scale in ("", "2 * ", "0.5 * "))
        yield f"np.sign({name})"


def _fitting(scope: Mapping[str, Any], shape: Any) -> list[tuple[str, Any]]:
    """The arrays that can be multiplied with one of that shape."""
    arrays = [(name, it) for name, it in scope.items() if name != SHAPE and np.ndim(it) > 0]
    if shape:
        arrays = [(name, it) for name, it in arrays if _broadcasts(np.shape(it), shape)]
    return arrays[:_MOST_NAMES]


def _broadcasts(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(one, other)
    except ValueError:
        return False
    return True


def _is_real(it: Any) -> bool:
    return isinstance(it, int | float | np.number) and not isinstance(it, bool)


def is_mask(it: Any) -> bool:
    """Whether it is an array of truth values."""
    return isinstance(it, np.ndarray) and it.dtype.kind == "b"
