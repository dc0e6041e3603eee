"""Objects and dictionaries that hold gradients under the variables' own names: `grads['W']`, `g.W`, or `dp.W` of `p.W`.

Some names say so by themselves. Others may be those of a model or of a gate: there is a variable of the same name and
shape elsewhere then, for each thing in the holder that is no gradient already and not all zeros.
"""

from __future__ import annotations

import types

import numpy as np

from backprop_cli.lean import Any, Collection, Mapping, Sequence
from backprop_cli.user_code.contents import attributes, is_object
from backprop_cli.user_code.names import holds_gradients, is_inside_gradients, readings
from backprop_cli.user_code.trace import Version, is_array, is_number

_SHORT = frozenset({"g", "G", "gs", "gr", "d", "out", "result"})
_PAIRS = (("g", "d"), ("G", "D"))  # a generator beside a discriminator


class Holders:
    """The texts of those that were found in a run, of which these are the versions and the objects of all claims."""

    def __init__(self, versions: Sequence[Version], claimed: Collection[int]) -> None:
        self.versions, self.claimed = versions, claimed
        self.texts: set[str] = set()

    def inside(self, base: str) -> bool:
        """Whether the text before a name is that of something that holds gradients."""
        return base in self.texts or is_inside_gradients(base)

    def holds(self, name: str) -> bool:
        """Whether what has the name holds gradients under their variables' names."""
        return name in self.texts or holds_gradients(name)

    def look(self, text: str, new: Mapping[str, Any], frame: types.FrameType, holder: Any = None) -> bool:
        """Whether a holder that has got, or is about to get, what is `new` is one of gradients; it is remembered.

        `holder` is it itself, where it has no name yet.
        """
        if self.holds(text):
            return True
        if text == "self" or not all(is_array(one) or is_number(one) for one in new.values()):
            return False
        holder = holder_at(frame, text) if holder is None else holder
        if not _may_hold(text, holder, frame):
            return False
        rest = {key: one for key, one in _items(holder).items() if isinstance(key, str) and key not in new}
        rest = {key: one for key, one in rest.items() if (is_array(one) or is_number(one)) and np.any(one)}
        rest = {key: one for key, one in rest.items() if id(one) not in self.claimed}
        if not all(self._has_a_variable(text, name, value) for name, value in {**rest, **new}.items()):
            return False
        self.texts.add(text)
        return True

    def _has_a_variable(self, text: str, name: str, value: Any) -> bool:
        same = [one for one in self.versions if one.name == name and one.base != text and not self.inside(one.base)]
        return any(one.shape == np.shape(value) for one in same) and all(one.value is not value for one in same)


def _may_hold(text: str, holder: Any, frame: types.FrameType) -> bool:
    """Whether the name, or that of the class, is one that such a holder has."""
    if holder is None or not (is_object(holder) or isinstance(holder, dict)):
        return False
    name = text.rpartition(".")[2]
    if any(name in pair and all(holder_at(frame, one) is not None for one in pair) for pair in _PAIRS):
        return False
    if name in _SHORT or holds_gradients(type(holder).__name__.lower()):
        return True
    others = (holder_at(frame, one.by) for one in readings(name) if not one.of)
    return any(isinstance(one, dict) or is_object(one) for one in others)


def _items(holder: Any) -> Mapping[Any, Any]:
    return holder if isinstance(holder, dict) else attributes(holder)


def holder_at(frame: types.FrameType, text: str) -> Any:
    """What a text such as `self.g` is the name of; None where it is none of something in the file."""
    first, *rest = text.split(".")
    found = frame.f_locals.get(first, frame.f_globals.get(first))
    for word in rest:
        found = attributes(found).get(word)
    return found
