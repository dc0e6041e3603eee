"""The lines of a backward pass written by hand, read: which gradient each is for, and its formula.

dq = z*df                     # initialise, accumulate: `=`, `+=`, `-=`, `*=`, `/=`
dx, dy = dq, dq               # several at once; `dx = dy = dq` too
dh[h <= 0] = 0                # elements of a gradient
df/dx = df/dq * dq/dx = z     # a derivation: each side of `=` is the one before, on this line or the next
q = x + y                     # a line of the forward pass
"""

from __future__ import annotations

import re

from backprop_cli.check.assignments import ADD, SET
from backprop_cli.check.claims import Formula, read_formula
from backprop_cli.check.gradient_spellings import Spelled, Spellings
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.messages import no_value_yet, not_a_step, unknown_node
from backprop_cli.check.printed import half_unit_of
from backprop_cli.check.scope import Scope
from backprop_cli.check.sides import Side, assigned_words, is_comparison, meant, parts_of, signs_of
from backprop_cli.check.step_index import Item, items_of
from backprop_cli.check.step_statements import statements
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.lean import NamedTuple

_TARGET = re.compile(r"\s*([^\W\d]\w*)\s*(?:\[(.*)\]\s*)?", re.DOTALL)
_CACHED = re.compile(r"\s*(?:self\.)?(?:cache|memory|ctx|saved|self)\w*(?:\.\w+|\[[^\]]*\])?\s*")
_ZEROS = re.compile(r"\s*(?:(?:np|torch|jnp|numpy)\s*\.\s*)?(?:zeros|empty)\s*\([^()]*(?:\([^()]*\))?[^()]*\)\s*")
_RETURN = re.compile(r"return\b[\w\s,()\[\]{}:'\"]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SHAPE = re.compile(r"\s*(\w+)\.shape\s*")
_AT = re.compile(r"\s*np\s*\.\s*add\s*\.\s*at\s*\((.*)\)\s*", re.DOTALL)


class Step(NamedTuple):
    """One assignment: what `name`, typed as `typed`, becomes by `operator`, all of it or the elements at `items`.

    It is the derivative by `node` (-1: a number of the user's own), whose name is `of`: of the output, or of the node
    `above`. With `is_value` the name is that of the program's node, and the line one of the forward pass. `goes_on`: a
    side of an equation, which is what the side before it is. `label` is where the right side was typed, `half_unit`
    half a unit of its last decimal if it is a decimal number. Repeated elements add up if `gathers`.
    """

    name: str
    node: int
    operator: str
    formula: Formula
    label: Label
    of: str = ""
    above: int = -1
    typed: str = ""
    items: tuple[Item, ...] | None = None
    is_value: bool = False
    goes_on: bool = False
    half_unit: float = 0.0
    gathers: bool = False

    @property
    def adds(self) -> bool:
        """Whether it is `+=` of a whole gradient."""
        return self.operator == ADD and self.items is None


def read_steps(source: Source, scope: Scope) -> list[Step]:
    """The steps of a text, about a program.

    Raises BackpropError with what is wrong in all lines.
    """
    reader = _Reader(source, scope)
    steps, wrong = reader.steps, reader.wrong
    if not steps and not wrong:
        wrong.append(Diagnostic("S106", f"`{shorten(source.name)}` holds no step", (), "write `dq = z*df`, one a line"))
    if not wrong and all(step.node < 0 or step.is_value for step in steps):
        label = Label(source, 0, len(source.text.rstrip()))
        help_ = f"write `d` and the name of a node, such as `d{next(iter(scope.names), 'x')} = …`"
        wrong.append(Diagnostic("V313", "no line says what a gradient is", (label,), help_))
    if wrong:
        raise BackpropError(*wrong[:MOST_ERRORS])
    return steps


class _Reader:
    """The steps of a text and what is wrong with it; `known` are the names that have a value so far."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source, self.scope = source, scope
        self.steps: list[Step] = []
        self.wrong: list[Diagnostic] = []
        self.masks: set[str] = set()
        plain, spans = statements(source.text, self._is_formula)
        own = {word for start, end in spans for word in assigned_words(plain[start:end])}
        self.spellings = Spellings(scope.names, scope.output, own, scope.values)
        self.known = {f"d{scope.output}"} - scope.names.keys()
        self.spellings.read(f"d{scope.output}")
        for start, end in spans:
            self.offset, self.end = start, end
            self.reading = self.spellings.read(plain[start:end])
            try:
                self._statement(self.reading.text)
            except BackpropError as error:
                self.wrong += map(self._told, error.diagnostics)

    # -- statements ------------------------------------------------------------------------------------

    def _statement(self, text: str) -> None:
        """Read one."""
        signs = list(signs_of(text))
        if found := _AT.fullmatch(text):
            self._add_at(found)
            return
        if not signs:
            words = re.findall(r"[^\W\d]\w*", _QUOTED.sub("", text))
            if _RETURN.fullmatch(text) and {*words[1:]} <= {*self.known, *self.scope.names}:
                return
            raise not_a_step(self.source, self.offset, self.end)
        limits = [0, *(edge for sign in signs for edge in sign), len(text)]
        sides = [Side(*pair) for pair in zip(limits[::2], limits[1::2], strict=True)]
        operators = [meant(text[slice(*sign)]) for sign in signs]
        if not text[: sides[0].end].strip():
            if not self.steps or set(operators) != {SET}:
                raise not_a_step(self.source, self.offset, self.end)
            for side in sides[1:]:
                self._go_on(side)
            return
        if operators != [operators[0]] * len(signs) or (operators[0] != SET and len(signs) > 1):
            raise not_a_step(self.source, self.offset, self.end)
        self._assignment(text, sides, operators[0])

    def _assignment(self, text: str, sides: list[Side], operator: str) -> None:
        first, *middle, last = sides
        targets = parts_of(text, first)
        if len(targets) > 1:
            if middle:
                raise not_a_step(self.source, self.offset, self.end)
            self._several(text, targets, last, operator)
            return
        more: list[Side] = []
        for side in middle:  # dx = dy = dq; df/dx = df/dq*dq/dx = z
            found = _TARGET.fullmatch(text[side.start : side.end])
            is_new = found is not None and ascii_name(found[1]) not in {*self.known, *self.scope.names}
            (targets if is_new and not more else more).append(side)
        more.append(last)
        if not self._is_kept(text, targets, more[0]):
            for target in reversed(targets):
                self._take(text, target, more[0], operator)
        for side in more[1:]:
            self._go_on(side)

    def _several(self, text: str, targets: list[Side], last: Side, operator: str) -> None:
        """`dx, dy = dq, dq`: both sides at once; `N, D = X.shape`."""
        if operator == SET and self._is_kept(text, targets, last):
            return
        if found := _SHAPE.fullmatch(text, last.start, last.end):
            for axis, target in enumerate(targets):
                name = ascii_name(text[target.start : target.end].strip())
                self._add(name, self._formula(f"size({found[1]}, axis={axis})", last), last, SET)
            return
        values = parts_of(text, last)
        if operator != SET or len(values) != len(targets):
            raise not_a_step(self.source, self.offset, self.end)
        made = [(self._formula(text[value.start : value.end], value), value) for value in values]
        for number, (formula, value) in enumerate(made):
            self._add(f"_side{number}", formula, value, SET)
        for number, (target, value) in enumerate(zip(targets, values, strict=True)):
            name = f"_side{number}"
            self.known.add(name)
            formula = read_formula(Source(self.source.name, name), 0, self.scope, self.known)
            self._take(text, target, value, SET, formula)

    def _is_kept(self, text: str, targets: list[Side], value: Side) -> bool:
        """Whether what is taken out of a cache are values of the program."""
        names = {text[target.start : target.end].strip() for target in targets}
        words = re.match(r"\s*(?:self\.)?(\w*)", text[value.start : value.end])
        is_unknown = words is not None and words[1] not in {*self.scope.names, *self.known, *self.scope.values}
        is_cached = _CACHED.fullmatch(text, value.start, value.end) is not None
        return is_unknown and is_cached and names <= self.scope.names.keys()

    def _add_at(self, found: re.Match[str]) -> None:
        """`np.add.at(dE, idx, dout)`, which adds up what repeated indices give."""
        parts = parts_of(found.string, Side(*found.span(1)))
        if len(parts) < 3:
            raise not_a_step(self.source, self.offset, self.end)
        text = found.string
        name = text[parts[0].start : parts[0].end].strip()
        self._require(name, parts[0])
        items = items_of(text, Side(parts[1].start, parts[-2].end), self.masks, self._formula)
        formula = self._formula(text[parts[-1].start : parts[-1].end], parts[-1])
        self._add(name, formula, parts[-1], ADD, items, gathers=True)

    def _go_on(self, side: Side) -> None:
        """A further side of an equation."""
        text, before = self.reading.text[side.start : side.end], self.steps[-1]
        formula, label = self._formula(text, side), self._label(side)
        unit = half_unit_of(formula, text)
        self.steps.append(before._replace(formula=formula, label=label, half_unit=unit, goes_on=True, items=None))

    def _take(self, text: str, target: Side, value: Side, operator: str, formula: Formula | None = None) -> None:
        """One name gets a value."""
        found = _TARGET.fullmatch(text[target.start : target.end])
        name = ascii_name(found[1]) if found else ""
        if not found or not name:
            raise not_a_step(self.source, self.offset, self.end)
        items = None
        if found[2] is not None or operator not in (SET, ADD):
            self._require(name, target)
        if found[2] is not None:
            begin = target.start + found.start(2)
            items = items_of(self.reading.text, Side(begin, begin + len(found[2])), self.masks, self._formula)
        if operator == ADD and name not in self.spellings.found and name not in self.known and name[0] == "d":
            at = self._at(target.start + found.start(1) + 1)
            raise unknown_node(name[1:], self.source, at, self.scope.names)
        formula = formula or self._formula(text[value.start : value.end], value)
        self._add(name, formula, value, operator, items, self._typed(Side(target.start, target.end)))

    def _add(
        self,
        name: str,
        formula: Formula,
        value: Side,
        operator: str,
        items: tuple[Item, ...] | None = None,
        typed: str = "",
        *,
        gathers: bool = False,
    ) -> None:
        """The step, put to the others."""
        spelled = self.spellings.found.get(name, Spelled(-1, -1, ""))
        node, is_value = spelled.below, False
        if not spelled.name and name in self.scope.names:
            node, is_value = self.scope.names[name], True
        label = self._label(value)
        half_unit = half_unit_of(formula, self.reading.text[value.start : value.end])
        self.steps.append(
            Step(
                name, node, operator, formula, label, spelled.name or name, spelled.above, typed or name, items,
                is_value, half_unit=half_unit, gathers=gathers,
            )
        )  # fmt: skip
        if not is_value:
            self.known.add(name)
        if is_comparison(self.reading.text[value.start : value.end]):
            self.masks.add(name)

    def _require(self, name: str, side: Side) -> None:
        """Raise BackpropError if a name has no value that could be changed."""
        if name not in self.known and name not in self.scope.names:
            label = self._label(side)
            raise no_value_yet(self._typed(side), self.source, label.start, label.end)

    # -- formulas --------------------------------------------------------------------------------------

    def _formula(self, text: str, side: Side) -> Formula:
        """A formula that stands at a place of the statement."""
        before, text = " " * side.start, "0" if _ZEROS.fullmatch(text) else text
        is_mask = is_comparison(text)
        if is_mask:
            before, text = before[:-3] + "1*(" if len(before) >= 3 else "1*(", text + ")"
        local = {
            name: Gradient(spelled.above if spelled.above >= 0 else self.scope.names[self.scope.output], spelled.below)
            for name, spelled in self.spellings.found.items()
            if (spelled.above >= 0 or name in self.spellings.bars) and name not in self.known
        }
        source = Source(self.source.name, before + text)
        return read_formula(source, len(before) - 3 * is_mask, self.scope, self.known, derivatives=local, sized=True)

    def _is_formula(self, text: str) -> bool:
        """Whether what stands behind a sign is something that can be computed with."""
        words = re.findall(r"[^\W\d]\w*", text)
        names = {*self.scope.names, *self.scope.values}
        known = all(word in names or (word[0] == "d" and word[1:] in names) for word in words)
        return known and not re.search(r"\w\s+\w", text)

    # -- places ----------------------------------------------------------------------------------------

    def _at(self, place: int, *, ends: bool = False) -> int:
        places = self.reading.ends if ends else self.reading.starts
        return self.offset + places[min(place, len(places) - 1)]

    def _typed(self, side: Side) -> str:
        label = self._label(side)
        return self.source.text[label.start : label.end]

    def _label(self, side: Side) -> Label:
        text = self.reading.text[side.start : side.end]
        first = side.start + len(text) - len(text.lstrip())
        last = side.start + len(text.rstrip())
        return Label(self.source, self._at(first), self._at(last, ends=True))

    def _told(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic of the reading, told of the text."""
        labels = tuple(
            label
            if label.source is self.source
            else label._replace(source=self.source, start=self._at(label.start), end=self._at(label.end, ends=True))
            for label in diagnostic.labels
        )
        return diagnostic._replace(labels=labels)
