"""What plain commands need of `typing`, `collections`, `functools` and `contextlib`, without importing these.

A command is over in the time that a few of them take to import; the names of annotations are never looked up while it
runs, and most of its records are made a few times or not at all. `lean.pyi` shows type checkers the originals.
"""

from __future__ import annotations

import sys
from _collections import _tuplegetter, defaultdict
from _collections_abc import Callable, Collection, Iterable, Iterator, Mapping, MutableSequence, Sequence
from _frozen_importlib import _gcd_import as import_module
from _functools import partial, reduce

_FEW = 200  # calls of a constructor
_calls = {}  # of each

TYPE_CHECKING = False
MappingProxyType, ModuleType, UnionType = type(type.__dict__), type(sys), type(int | str)
AbstractContextManager = Any = IO = object


class Protocol:
    """What has certain methods; nobody asks while the program runs."""


class Annotated:
    """A type, and what is said of it."""

    def __class_getitem__(cls, items):
        made = cls()
        made.__origin__, *made.__metadata__ = items
        return made


def TypeVar(name):
    """A type that type checkers know."""
    return name


def cast(_, value):
    """The value: only type checkers look at the type."""
    return value


class suppress:
    """A block that may end with some exceptions."""

    def __init__(self, *kinds):
        self._kinds = kinds

    def __enter__(self):
        pass

    def __exit__(self, kind, *_):
        return kind is not None and issubclass(kind, self._kinds)


class nullcontext:
    """A block as it is."""

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


class cached_property:
    """A property that is worked out once, and is an attribute from then on."""

    def __init__(self, work_out):
        self._work_out, self.__doc__ = work_out, work_out.__doc__

    def __set_name__(self, _, name):
        self._name = name

    def __get__(self, of, _=None):
        if of is None:
            return self
        value = of.__dict__[self._name] = self._work_out(of)
        return value


def cache(work_out):
    """A function of hashable values that remembers its answers."""
    known = {}

    def answer(*given):
        if given not in known:
            known[given] = work_out(*given)
        return known[given]

    answer.__doc__ = work_out.__doc__
    return answer


class _Record(type):
    """Makes a class of fields a tuple with names for its elements."""

    def __new__(cls, name, bases, members):
        return super().__new__(cls, name, bases, {"__slots__": (), **members})

    def __init__(cls, name, bases, members):
        super().__init__(name, bases, members)
        if bases == (tuple,) or hasattr(cls, "_fields"):
            return
        cls._fields = cls.__match_args__ = tuple(cls.__annotations__)
        cls._field_defaults = {field: members[field] for field in cls._fields if field in members}
        for place, field in enumerate(cls._fields):
            setattr(cls, field, _tuplegetter(place, None))


class NamedTuple(tuple, metaclass=_Record):
    """`typing.NamedTuple`, whose constructor is compiled when it has been called a few times, or is called wrongly.

    To compile it takes as long as some hundred calls of this one.
    """

    def __new__(cls, *given, **named):
        missing = cls._fields[len(given) :]
        values = given
        if missing:
            known = cls._field_defaults | named if named else cls._field_defaults
            values += tuple([known[field] for field in missing if field in known])
        _calls[cls] = calls = _calls.get(cls, 0) + 1
        if calls <= _FEW and len(values) == len(cls._fields) and (not named or named.keys() <= {*missing}):
            return tuple.__new__(cls, values)
        from collections import namedtuple

        made = namedtuple(cls.__name__, cls._fields, defaults=cls._field_defaults.values())
        cls.__new__ = staticmethod(made.__new__)
        return made.__new__(cls, *given, **named)

    def __repr__(self):
        inside = ", ".join([f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True)])
        return f"{type(self).__name__}({inside})"

    def __getnewargs__(self):
        return tuple(self)

    @classmethod
    def _make(cls, values):
        return cls(*values)

    def _replace(self, **named):
        return type(self)(**{**self._asdict(), **named})

    def _asdict(self):
        return dict(zip(self._fields, self, strict=True))
