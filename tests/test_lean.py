"""What stands in for `typing`, `collections` and `contextlib` behaves as they do."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from backprop_cli import lean


class Ours(lean.NamedTuple):
    """A record."""

    x: int
    y: str = "a"
    z: tuple = ()

    @property
    def twice(self):
        return 2 * self.x


class Theirs(typing.NamedTuple):
    """A record."""

    x: int
    y: str = "a"
    z: tuple = ()

    @property
    def twice(self):
        return 2 * self.x


class Below(Ours):
    """What is made of a record."""


CALLS = [
    ((1,), {}), ((1, "b"), {}), ((1, "b", (2,)), {}), ((), {"x": 1}), ((1,), {"z": (3,)}), ((), {"z": 1, "x": 2}),
    ((), {}), ((1, 2, 3, 4), {}), ((1,), {"x": 2}), ((1,), {"w": 2}), ((), {"y": 2}), ((1, 2, 3), {"z": 4}),
]  # fmt: skip


def made(record, given, named):
    try:
        return tuple(record(*given, **named))
    except TypeError as error:
        return str(error).replace("Theirs", "Ours")


@pytest.mark.parametrize("often", [1, 500])
@pytest.mark.parametrize(("given", "named"), CALLS)
def test_records_are_made_as_named_tuples_are(given, named, often):
    for _ in range(often):
        assert made(Ours, given, named) == made(Theirs, given, named)


def test_records_behave_as_named_tuples_do():
    ours, theirs = Ours(3, z=(1,)), Theirs(3, z=(1,))
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours == theirs and hash(ours) == hash(theirs) and [*ours] == [3, "a", (1,)] and isinstance(ours, tuple)
    assert (ours.x, ours.y, ours.z, ours.twice) == (3, "a", (1,), 6)
    assert ours._asdict() == theirs._asdict() and ours._fields == theirs._fields
    assert ours._field_defaults == theirs._field_defaults
    assert ours._replace(y="c") == theirs._replace(y="c") and type(ours._replace(y="c")) is Ours
    assert copy.copy(ours) == ours and pickle.loads(pickle.dumps(ours)) == ours
    match ours:
        case Ours(x, y):
            assert (x, y) == (3, "a")
    with pytest.raises(AttributeError):
        ours.x = 4
    with pytest.raises(AttributeError):
        ours.other = 4
    with pytest.raises((TypeError, ValueError)):
        ours._replace(w=1)


def test_a_class_made_of_a_record_keeps_its_fields():
    assert Below(1).y == "a" and type(Below(1)) is Below and Below(1)._fields == ("x", "y", "z")
    for _ in range(500):
        assert type(Below(1)) is Below and type(Ours(1)) is Ours


def test_properties_that_are_worked_out_once():
    class Thing:
        calls = 0

        @lean.cached_property
        def answer(self):
            """The answer."""
            self.calls += 1
            return 42

    thing = Thing()
    assert (thing.answer, thing.answer, thing.calls, Thing.answer.__doc__) == (42, 42, 1, "The answer.")
    assert Thing().calls == 0


def test_functions_that_remember():
    seen = []
    twice = lean.cache(lambda x: seen.append(x) or 2 * x)
    assert [twice(1), twice(1), twice(2)] == [2, 2, 4] and seen == [1, 2]


def test_exceptions_that_are_let_pass():
    with lean.suppress(ValueError, KeyError):
        {}["x"]
    with pytest.raises(TypeError), lean.suppress(ValueError):
        raise TypeError
