"""Watches the first run of the user's program: every value that gets a name, every gradient, every possible loss."""

from __future__ import annotations

import ast
import sys

import numpy as np

from backprop_cli.lean import Any, Callable, Mapping, MappingProxyType, Sequence
from backprop_cli.user_code.contents import names_around, parts
from backprop_cli.user_code.holders import Holders
from backprop_cli.user_code.instrument import AGAIN, BIND, EXPR, SET, Site
from backprop_cli.user_code.mover import Shakes, moved
from backprop_cli.user_code.names import GRAD, Reading, is_a_loss, looks_like_a_loss, plain, readings, spellings
from backprop_cli.user_code.targets import stored
from backprop_cli.user_code.trace import (
    Claim,
    LeftError,
    LossEvent,
    Place,
    Version,
    Visit,
    as_array,
    count_of,
    depth_of,
    ending_in,
    is_array,
    is_list,
    is_number,
    size_of,
)  # fmt: skip

_MOST_EVENTS = 200_000
_MOST_OF_A_SITE = 3_000  # a site that binds arrays more often than that is a loop over elements


class Recorder:
    """Watches a run from its beginning."""

    def __init__(
        self,
        sites: Sequence[Site],
        loss: str = "",
        shakes: Shakes = MappingProxyType({}),
        steps: Mapping[str, str] = MappingProxyType({}),
        first: int = 0,
    ) -> None:
        self.sites, self.loss, self.shakes, self.steps, self.first_judged = sites, loss, shakes, steps, first
        self.versions: list[Version] = []
        self.of_object: dict[int, list[int]] = {}
        self.claims: list[Claim] = []
        self.losses: list[LossEvent] = []
        self._seen_losses: dict[tuple[int, int], int] = {}  # by their sites and rounds, the order of the last
        self._sure: set[int] = set()  # the passes that have one that is sure to be one
        self.beside: dict[int, int] = {}  # lines by the order of a gradient: `data_loss, dscores = softmax_loss(…)`
        self.late: dict[int, str] = {}  # by the pass: a loss that only comes after the gradients in a loop
        self.constant: set[str] = set()  # numbers that turned out to depend on no variable
        self.chosen: dict[int, LossEvent] = {}  # by the pass: what turned out to be the loss
        self.joined: dict[int, LossEvent] = {}  # by the pass: the sum of losses that have gradients of their own
        self.statement = 0
        self.order = 0
        self.round = 0
        self._names: set[str] = set()  # of all that was assigned, in small letters
        self._counts: dict[int, int] = {}
        self._totals: dict[int, int] = {}
        self._calls: dict[Any, int] = {}
        self._claim_at: dict[tuple[Any, ...], int] = {}
        self._claim_depth: int | None = None
        self._claim_statement, self._claim_order = -1, 0
        self.left: dict[tuple[int, int, int], int] = {}  # where a loop was left, and the line
        self.visited: dict[int, Visit] = {}
        self.shapes: dict[int, tuple[int, ...]] = {}
        self._claimed: set[int] = set()  # the objects of all claims
        self.holders = Holders(self.versions, self._claimed)
        self.arrays: list[tuple[str, int, tuple[int, ...]]] = []  # what has the name of a loss and is not one number

    def hooks(self) -> dict[str, Callable[..., Any]]:
        """The functions that the instrumented program calls."""
        return {BIND: self.bind, SET: self.set, AGAIN: self.again, EXPR: lambda _site, value: value}

    def begin(self, statement: int) -> None:
        """A top-level statement begins."""
        self.statement = statement
        self._counts.clear()

    def reads_as(self, name: str) -> tuple[Reading, ...]:
        """What a name can be the gradient of: by the name itself, or by the step that is taken along it."""
        return (Reading("", self.steps[name]),) if name in self.steps else readings(name)

    def is_of_something(self, claim: Claim) -> bool:
        """Whether there is a variable that its name speaks of: `diff` is no gradient of `iff`."""
        keyed = isinstance(claim.element, str) and self.holders.holds(claim.base)
        return keyed or claim.name in GRAD or self.holders.inside(claim.base) or self._is_of_a_name(claim.name)

    def _is_of_a_name(self, name: str) -> bool:
        return any(plain(one) in self._names for reading in self.reads_as(name) for one in spellings(reading.by))

    def first(self, version: Version) -> Version:
        """The moment at which the array of a version was made, by whatever name; a number, by the name it has."""
        known = [self.versions[one] for one in self.of_object.get(id(version.value), [])]
        if not is_array(version.value):
            known = [one for one in known if one.name == version.name and one.value is version.value]
        return known[0] if known else version

    # -- hooks ------------------------------------------------------------------------------------

    def bind(self, site: int, value: Any) -> Any:
        """A value has got a name, or is about to."""
        place, where = self._arrive(site), self.sites[site]
        for path, delta in self.shakes.get(place[:3], ()):
            value = moved(value, path, delta, written=False)
        self._see(where, place, value, None, write=False)
        return value

    def again(self, site: int, value: Any) -> Any:
        """`x += …` has been done; `value` is x."""
        place, where = self._arrive(site), self.sites[site]
        self._see(where, place, value, None, write=True)
        return value

    def set(self, site: int, base: Any, key: Any) -> None:
        """An element of `base` has been assigned."""
        place, where = self._arrive(site), self.sites[site]
        for path, delta in self.shakes.get(place[:3], ()):
            moved(base, path, delta, written=True)
        if isinstance(base, dict | list):
            try:
                value = base[key]
            except (KeyError, IndexError, TypeError):
                return
            key = len(base) - 1 if isinstance(base, list) and key == -1 else key
            added = isinstance(where.node, ast.Expr) and isinstance(base, list)  # by `append` or `insert`
            if not added or is_array(value) or self._is_of_a_name(where.name):
                self._see(where, place._replace(path=(key,)), value, key, write=False)
            if is_list(base) and not added and self.reads_as(where.name):
                self._see(where, place, base, None, write=True)
        else:
            self._see(where, place, base, None, write=True)

    # -- what it was ------------------------------------------------------------------------------

    def _arrive(self, site: int) -> Place:
        count = self._counts[site] = self._counts.get(site, 0) + 1
        self.order += 1
        if site not in self.visited:
            scope = dict(sys._getframe(2).f_locals)  # noqa: SLF001
            self.visited[site] = Visit(self.order, self.statement, scope, self.round)
        return Place(self.statement, site, count)

    def _see(self, where: Site, place: Place, value: Any, key: Any, *, write: bool) -> None:
        if where.kind == "returned" and is_array(value):
            self.shapes[place.site] = tuple(np.shape(value))
        if where.kind == "returned" or len(self.versions) > _MOST_EVENTS:
            return
        frame = sys._getframe(2)  # noqa: SLF001  the caller's locals are what a claim is about
        call = self._call_of(frame)
        name = key if isinstance(key, str) else where.name
        base = where.name if isinstance(key, str) else where.base
        inner = self.holders.inside(where.base)
        if inner and isinstance(key, str):
            base = f"{where.base}[{where.name!r}]"
        elif inner and where.kind == "set":
            key = where.name
        if self._loss(where, place, value, call, frame):
            return
        if key is None:
            self._inside(where, place, value, call, frame)
        is_empty = isinstance(value, np.ndarray) and value.dtype.kind == "f" and not value.size
        if not (is_array(value) or is_number(value) or is_list(value) or is_empty):
            return
        self.shapes[place.site] = tuple(np.shape(value))
        gradient = where.kind not in ("param", "loop") and place.statement >= self.first_judged
        held = key is not None and self.holders.holds(where.name)
        if gradient and base and not held and not inner and (key is None or isinstance(key, str)):
            inner = self.holders.look(base, {name: value}, frame)
        if gradient and (self.reads_as(name) or held or inner or (name in GRAD and base and np.any(value))):
            self._claim(where, place, name, base, key, value, call, frame)
        self._version(place, where, name, base, key, call, value, write)

    def _inside(self, where: Site, place: Place, value: Any, call: int, frame: Any) -> None:
        """The parts of a value that has got a name: gradients that have none by themselves, and variables."""
        bound = where.kind in ("bind", "unpack") and not where.renames and place.statement >= self.first_judged
        found = list(parts(value, where.name))
        mine = {one.name: one.value for one in found if one.base == where.name}
        looked = bool(bound and mine) and self.holders.look(where.name, mine, frame, value)
        holds = looked or self.holders.holds(where.name)
        for one in found:
            at = place._replace(path=one.path)
            literal = one.inside == "dict" and where.kind == "bind"
            new = literal or (id(one.value) not in self._claimed and bool(np.any(one.value)))
            if bound and new and (holds or self.reads_as(one.name)):
                self._claim(where, at, one.name, one.base, one.key, one.value, call, frame)
            known = id(one.value) in self.of_object if is_array(one.value) else plain(one.name) in self._names
            if (one.inside == "list" and is_array(one.value)) or not known or one.name == where.name != one.key:
                self._version(at, where, one.name, one.base, one.key, call, one.value, False)

    def _version(
        self, place: Place, where: Site, name: str, base: str, key: Any, call: int, value: Any, write: bool
    ) -> None:
        self._names.add(plain(name))
        total = self._totals[place.site] = self._totals.get(place.site, 0) + 1
        known = self.of_object.setdefault(id(value), [])
        kind = "birth"
        if known:
            if write:
                kind = "write"
            elif not is_number(value) or any(self.versions[one].name == name for one in known):
                kind = "alias"
        shape, size = tuple(np.shape(value)), size_of(value)  # of now: it may be written into
        version = Version(self.order, place, name, base, key, call, kind, value, shape, where.line, size)
        last = self.versions[known[-1]] if known else None
        same = last is not None and last.place.site == place.site and last.call == call
        if same and last is not None and last.value is value and last.element == key:
            self.versions[known[-1]] = version._replace(kind=last.kind)
        elif total <= _MOST_OF_A_SITE:
            known.append(len(self.versions))
            self.versions.append(version)

    def _claim(
        self, where: Site, place: Place, name: str, base: str, key: Any, value: Any, call: int, frame: Any
    ) -> None:
        around = names_around(frame, base)
        slot = (call, base, name, key)
        at = self._claim_at.get(slot)
        anew = (where.fresh and where.kind != "set") or (isinstance(where.node, ast.Expr) and key is not None)
        before = self.claims[at] if at is not None and not anew else None
        depth = depth_of(frame)
        if self.round in self.late and anew and any(place.site in one.sites for one in self._before_late()):
            self._leave(place, where)
        claim = Claim(
            name, base, key, as_array(value),
            ending_in(before.lines if before else (), where.line),
            ending_in(before.sites if before else (), place.site),
            place, before.first if before else self.order, self.order, call, where.function, depth, around, value,
            self.round,
        )  # fmt: skip
        self._claimed.add(id(value))
        if before is not None and at is not None:
            self.claims[at] = claim
        else:
            self._claim_at[slot] = len(self.claims)
            self.claims.append(claim)
        if where.kind == "unpack" and any(map(self.is_the_loss, stored(where.node))):
            self.beside[self.order] = where.line
        elif np.any(claim.value) and self.is_of_something(claim):  # what is all zeros is about to be summed up
            self._claim_depth = depth if self._claim_depth is None else min(depth, self._claim_depth)
            self._claim_statement, self._claim_order = self.statement, self.order

    def _loss(self, where: Site, place: Place, value: Any, call: int, frame: Any) -> bool:
        """Whether it is the loss; where it begins anew, a pass is over."""
        named = where.name == self.loss if self.loss else looks_like_a_loss(where.name)
        if where.kind in ("param", "loop"):
            return False
        if not (is_number(value) or (is_array(value) and count_of(value) == 1)):
            likely = bool(self.loss) or is_a_loss(where.name) or not where.function  # `f` in a function is anything
            if is_array(value) and named and likely and not self.reads_as(where.name):
                self.arrays.append((where.name, where.line, tuple(np.shape(value))))
            return False
        if not named and not isinstance(value, float | np.floating):
            return False
        depth = depth_of(frame)
        # `f` may be many things, but what was a loss at this very line in this pass begins another one.
        again = self._seen_losses.get((place.site, self.round), 0)
        sure = named and (self.is_the_loss(where.name) or (again > 0 and self.round not in self._sure))
        over = self._claim_depth is not None and (self._claim_depth <= depth or 0 < again < self._claim_order)
        if sure and where.fresh and over:
            late = self.statement == self._claim_statement and self.round not in self._sure
            late |= self.round in self.late and not self.is_the_loss(self.late[self.round])
            seen = self.round in self.late or any(site == place.site for site, _ in self._seen_losses)
            if late:  # the pass goes on up to where its first gradient comes again
                self.late[self.round] = where.name
            elif self.statement == self._claim_statement and seen:
                self._leave(place, where)
            else:
                self.round += 1
                self._claim_depth = None
        event = LossEvent(self.order, place, where.name, call, depth, where.line, value, where.fresh, self.round)
        self.losses.append(event)
        self._seen_losses[place.site, self.round] = self.order
        self._sure |= {self.round} if sure else set()
        # A gate `f` is a variable too.
        return named and self.is_the_loss(where.name) and not self.reads_as(where.name)

    def is_the_loss(self, name: str) -> bool:
        """Whether a number of that name is surely a loss."""
        return name == self.loss if self.loss else is_a_loss(name)

    def _before_late(self) -> list[Claim]:
        """The gradients of this pass that this statement computed before its loss."""
        last = max((one.order for one in self.losses if one.place.statement == self.statement), default=0)
        return [one for one in self.claims if one.order < last and one.place.statement == self.statement]

    def _leave(self, place: Place, where: Site) -> None:
        self.left[place[:3]] = where.line
        raise LeftError

    def _call_of(self, frame: Any) -> int:
        """The number of a function call; 0 is the file itself."""
        return 0 if frame.f_code.co_name == "<module>" else self._calls.setdefault(frame, len(self._calls) + 1)
