"""Elements by places that are values themselves, as class labels are."""

from __future__ import annotations

import numpy as np

from backprop_cli.numeric.arrays import Array
from backprop_cli.numeric.losses import ValueProblem

__all__ = ["pick", "pick_back", "take", "take_back"]


def _whole(places: Array, length: int) -> Array:
    """The places as whole numbers, negative ones from the end. Raises ValueProblem for one that is no place."""
    found = np.asarray(places, dtype=float)
    right = (found == np.floor(found)) & (found >= -length) & (found < length)
    if not right.all():
        message = f"{found[~right].flat[0]:g} is not one of the places 0 to {length - 1}"
        raise ValueProblem(message, 1)
    return found.astype(int) % length


def take(x: Array, places: Array) -> Array:
    """x[places]: rows, or elements of a vector, in any order and as often as they are named."""
    return np.asarray(x)[_whole(places, len(x))]


def take_back(G: Array, x: Array, places: Array) -> Array:
    """What flows back through `take`: rows named several times get the sum."""
    out = np.zeros(np.shape(x), dtype=np.result_type(G))
    np.add.at(out, _whole(places, len(x)), G)
    return out


def pick(x: Array, places: Array) -> Array:
    """One element of each row, x[i, places[i]]."""
    index = _whole(places, np.shape(x)[-1])
    return np.take_along_axis(np.asarray(x), index[..., None], -1)[..., 0]


def pick_back(G: Array, x: Array, places: Array) -> Array:
    """What flows back through `pick`: zeros but at the places."""
    out = np.zeros(np.shape(x), dtype=np.result_type(G))
    index = _whole(places, np.shape(x)[-1])
    np.put_along_axis(out, index[..., None], np.asarray(G)[..., None], -1)
    return out
