"""What is inside a value, the elements of lists and dictionaries and the attributes of objects; and what is around."""

from __future__ import annotations

import types

from backprop_cli.lean import Any, Iterator, NamedTuple
from backprop_cli.user_code.trace import is_array, is_list, is_number

_MOST_ITEMS = 200
_DEEPEST = 2
_VALUES = ("data", "value", "val", "values", "array")  # attributes that are what an object stands for: `W.data` is W


class Attribute(str):
    """A key of a path that is the name of an attribute."""

    __slots__ = ()


class Part(NamedTuple):
    """An array or a number inside a value: the keys to it, its name and the text before that, its key in a list or
    dictionary, itself, and what it is in: `dict`, `list` or `object`.
    """

    path: tuple[Any, ...]
    name: str
    base: str
    key: Any
    value: Any
    inside: str


def parts(value: Any, name: str) -> Iterator[Part]:
    """The arrays and numbers inside the value of a name, those in inner dictionaries and objects too."""
    waiting: list[tuple[Any, str, str, tuple[Any, ...]]] = [(value, name, name, ())]
    while waiting:
        holder, holder_name, text, path = waiting.pop(0)
        inside, items = _items(holder)
        for key, item in items[:_MOST_ITEMS]:
            if is_array(item) or is_number(item):
                own, base, index = (key, text, key) if isinstance(key, str) else (holder_name, "", key)
                if inside == "object":
                    own, base, index = (holder_name, "", None) if key in _VALUES else (str(key), text, None)
                yield Part((*path, key), own, base, index, item, inside)
            elif len(path) < _DEEPEST and (isinstance(item, dict) or is_object(item)):
                inner = f"{text}.{key}" if inside == "object" else f"{text}[{key!r}]"
                waiting.append((item, key if isinstance(key, str) else holder_name, inner, (*path, key)))


def _items(holder: Any) -> tuple[str, list[tuple[Any, Any]]]:
    if isinstance(holder, dict):
        return "dict", list(holder.items())
    if hasattr(holder, "_fields") and isinstance(holder, tuple):
        return "object", [(Attribute(key), item) for key, item in attributes(holder).items()]
    if isinstance(holder, list | tuple):
        return "list", [] if is_list(holder) else list(enumerate(holder))
    return "object", [(Attribute(key), item) for key, item in attributes(holder).items()]


def is_object(value: Any) -> bool:
    """Whether it is an object of a class of the user's file, or one that is made to have attributes."""
    if isinstance(value, tuple):
        return hasattr(value, "_fields")
    return type(value).__module__ == "__main__" or isinstance(value, types.SimpleNamespace)


def attributes(value: Any) -> dict[str, Any]:
    """Those of an object of the user's; none of anything else."""
    if not is_object(value):
        return {}
    if isinstance(value, tuple):
        return value._asdict() if hasattr(value, "_asdict") else {}
    slots = getattr(type(value), "__slots__", ())
    found = {one: getattr(value, one) for one in (slots if isinstance(slots, tuple) else ()) if hasattr(value, one)}
    return found | getattr(value, "__dict__", {})


def held(value: Any) -> Any:
    """What an object stands for, where it has that in an attribute; the value itself otherwise."""
    known = attributes(value)
    return next((known[one] for one in _VALUES if is_array(known.get(one)) or is_number(known.get(one))), value)


def names_around(frame: Any, base: str) -> dict[str, Any]:
    """The names where a gradient is assigned, and the attributes of `self` and of the object that gets it."""
    found = {one: held(it) for one, it in frame.f_locals.items()}
    words = base.split(".")
    holder = frame.f_locals.get(words[0], frame.f_globals.get(words[0]))
    for word in words[1:]:
        holder = attributes(holder).get(word)
    for one in (frame.f_locals.get("self"), holder):
        found |= {name: held(it) for name, it in getattr(one, "__dict__", attributes(one)).items() if name not in found}
    return {
        name: it for name, it in found.items() if is_array(it) or is_number(it) or isinstance(it, dict | list | tuple)
    }


def item(holder: Any, key: Any) -> Any:
    """An element, or an attribute."""
    return getattr(holder, key) if isinstance(key, Attribute) else holder[key]


def put(holder: Any, key: Any, value: Any) -> Any:
    """The holder with another element or attribute; a tuple is a new one."""
    if isinstance(holder, tuple):
        if isinstance(key, Attribute):
            return holder._replace(**{key: value})  # type: ignore[attr-defined]
        return (*holder[:key], value, *holder[key + 1 :])
    if isinstance(key, Attribute):
        object.__setattr__(holder, key, value)
    else:
        holder[key] = value
    return holder
