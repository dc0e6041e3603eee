"""One gate: everything that is said about an operation, as text in the language itself.

It does not know how the text becomes a function; `fields` does.
"""

from __future__ import annotations

from backprop_cli.gates.parameters import parameters_of
from backprop_cli.lean import Mapping, NamedTuple, Sequence, cached_property


class NoteRule(NamedTuple):
    """A note's code, where it is due (a condition over operands, `out` and attributes), and its words."""

    code: str
    condition: str
    words: str


class Gate:
    """A row of the gate table, of elementwise gates or of tensor gates (`is_tensor`: those that say their `shape`).

    `formula` is computed. Of an elementwise gate `partials` has one formula a parameter, over the parameters and `out`.
    Of a tensor gate the texts are Python over the names of `numeric`; `pulls` has for each operand what flows back to
    it, over the operands, `out`, the upstream gradient `G` and the attributes (for a variadic gate one text, over the
    operand's position `k` and all of them, `xs`). `at` are points at which tests try the row.
    """

    # `means` is the definition in simpler gates, for SymPy and for reading, where `formula` is a primitive or is
    # written for stability; `textbook` is how books write the partials where ours are written for stability.
    means: str
    textbook: str = ""
    # How it is written: between two operands (or after one, `'`), before one, in brackets.
    symbol: str = ""
    prefix: str = ""
    syntax: str = ""

    # Conditions over the same names, at which something deserves a note.
    domain: str = ""  # where the gate has a real value; elsewhere the value is NaN
    pole: str = ""  # where the value leaves for infinity
    steep: str = ""  # where a slope does
    kink: str = ""  # where the slopes of two sides differ
    jump: str = ""  # where the values do
    edge: str = ""  # where only one side lies in the domain, yet the slope there is finite
    vanish: str = ""  # where a value of 0 is exact; elsewhere a 0 is an underflow. Empty: a 0 is always exact
    exact_when: str = ""  # where the value is not rounded; asked of numbers, not of arrays
    period: str = ""  # what lies between places of x that look alike: a move by half of it leaves no digit

    exact: bool = False  # the value is never rounded
    loose: bool = False  # near a zero of its value or of a slope it has fewer digits than its operands
    routes: bool = False  # a slope of exactly 0 means the operand is ignored: nothing flows, whatever lies behind
    picks: bool = False  # it selects, and some elements of the operand may be in no element of the value
    selects: bool = False  # every element of the value is a sum of elements: what it ignores is ignored in the operand
    truth: bool = False  # the result is a comparison's, not a number
    symmetric: bool = False  # operands may change places
    setting: str = ""  # what to say where a name is its second operand, which is usually a number
    # What kind of operation it is where that decides how it is told: sum, product, quotient, power, choice, join,
    # places, transpose, softmax, loss of scores, order (of elements in a row, along one axis or of all).
    family: str = ""

    # Of a tensor gate: the value's shape over the operands' shapes, in the names of `numeric.shapes`.
    shape: str = ""
    # How the value moves with an operand: `linear` (as the gate itself, put in the operand's place), `reduction` (each
    # element of the value has elements of its own: their pulls, times how they move, summed), `symmetric` (as it
    # pulls), or texts over how the operand moves, `d`.
    push: str

    def __init__(
        self,
        head: str,
        description: str,
        formula: str,
        *partials: str,
        at: Sequence[float | tuple[float, ...]] = (),
        aliases: str = "",
        words: Sequence[str] | Mapping[str, Sequence[str]] = (),
        structures: Sequence[str] | Mapping[str, Sequence[str]] = (),
        notes: Sequence[tuple[str, str, str]] = (),
        **facts: str | bool,
    ) -> None:
        """`words` say what flows back to each operand, in the names of the nodes; `structures` what kind of matrix its
        Jacobian is, which is never formed; both by the operands' numbers of axes where that matters.
        """
        assert facts.keys() <= Gate.__annotations__.keys(), facts
        self.__dict__.update({"means": formula, **facts})
        self.head, self.description, self.formula = head, description, formula
        self.name = head.partition("(")[0]
        self.is_tensor = bool(self.shape)
        self.partials: tuple[str, ...] = () if self.is_tensor else partials
        self.pulls: tuple[str, ...] = partials if self.is_tensor else ()
        self.at: tuple[tuple[float, ...], ...] = tuple(p if isinstance(p, tuple) else (p,) for p in at)
        self.aliases = tuple(aliases.split())
        self.selects = self.selects or self.picks
        self._words, self._structures, self._notes = words, structures, notes
        self.random = "seed" in formula
        if "push" not in facts:
            self.push = "reduction" if "keepdims" in head or self.shape.endswith("()") else "linear"

    def __repr__(self) -> str:
        return f"<gate {self.head}>"

    # What follows from the texts is made when it is asked for: few programs have more than a few gates.
    parameters = cached_property(lambda self: parameters_of(self.head, tensor=self.is_tensor))
    operands = cached_property(lambda self: tuple(p.name for p in self.parameters if not p.kind))
    attributes = cached_property(lambda self: tuple(p.name for p in self.parameters if p.kind))
    variadic = cached_property(lambda self: any(p.starred and not p.kind for p in self.parameters))
    words = cached_property(lambda self: _by_case(self._words))
    structures = cached_property(lambda self: _by_case(self._structures))
    notes = cached_property(lambda self: tuple(NoteRule(*note) for note in self._notes))


def _by_case(texts: Sequence[str] | Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    cases = texts if isinstance(texts, Mapping) else {"": texts}
    return {case: tuple(of_operands) for case, of_operands in cases.items()}
