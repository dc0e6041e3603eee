"""What passes over a large graph leave: it looks like a list, and becomes one when all of it is asked for."""

from __future__ import annotations

from math import inf

from backprop_cli.lean import Any, Callable, Iterator, cached_property


class Later:
    """A list that is made when it is first looked at."""

    def __init__(self, make: Callable[[], list[Any]]) -> None:
        self._make = make

    made = cached_property(lambda self: self._make())

    def __getitem__(self, place: Any) -> Any:
        return self.made[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)


class Column(Later):
    """The numbers of a large graph, node by node, and as the array that they were computed as."""

    def __init__(self, array: Any) -> None:
        super().__init__(array.tolist)
        self.array = array

    def __getitem__(self, place: Any) -> Any:
        return self.array.item(place) if type(place) is int and "made" not in self.__dict__ else self.made[place]

    def __setitem__(self, place: int, number: float) -> None:
        self.made[place] = self.array[place] = number

    def __len__(self) -> int:
        return len(self.array)

    @property
    def is_usual(self) -> bool:
        """Whether no number is 0, infinite or NaN."""
        sizes = abs(self.array)
        return bool(sizes.min() > 0 and sizes.max() < inf)
