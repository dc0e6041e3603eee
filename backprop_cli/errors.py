"""What can go wrong, as data: source texts, places in them, diagnostics, exit statuses.

It does not know how a diagnostic is drawn, nor who raises it.
"""

from __future__ import annotations

from backprop_cli.lean import MutableSequence, NamedTuple


class Status:
    """Exit statuses, by name: an interface that scripts rely on."""

    OK = 0
    DISAGREES = 1
    REQUEST = 2
    FILE = 3
    MATHEMATICS = 4
    LIMIT = 5
    OUTPUT = 6
    BUG = 70
    INTERRUPTED = 130
    READER_GONE = 141
    TERMINATED = 143


STATUS_MEANING = {
    Status.OK: "done: every gradient is the true derivative or a noted convention, and no check disagrees",
    Status.DISAGREES: "ran, and the answer is no: the check disagrees, a claim or a step is wrong",
    Status.REQUEST: "the request is wrong: option, syntax, unknown or missing name, binding, shapes",
    Status.FILE: "an input file is missing, malformed or damaged, or an optional package is not installed",
    Status.MATHEMATICS: "the mathematics: undefined, a pole, overflow, an infinite slope, nothing to decide, --strict",
    Status.LIMIT: "a resource limit; the message names the option that raises it",
    Status.OUTPUT: "the output cannot be written",
    Status.BUG: "a bug of ours",
    Status.INTERRUPTED: "interrupted (Ctrl-C)",
    Status.READER_GONE: "the reader of a pipe went away",
    Status.TERMINATED: "terminated",
}

# code: what it means. The letter decides the exit status (see STATUS_OF).
CODES = {
    "S101": "a character that is not part of the language",
    "S102": "a malformed number",
    "S103": "an operand is missing",
    "S104": "a bracket is never closed",
    "S105": "a bracket was never opened",
    "S106": "there is nothing to compute",
    "S107": "a token that means nothing where it is",
    "S108": "comparisons do not chain",
    "S109": "`=` defines nothing here",
    "S110": "the head of a gate's definition is malformed",
    "S111": "a library holds something that is no definition",
    "S112": "a notation that has two meanings",
    "N201": "unknown gate",
    "N202": "a name has no value",
    "N203": "wrong number of operands",
    "N204": "a gate is used without its operands",
    "N205": "a name belongs to a constant or a gate",
    "N206": "a name is defined twice",
    "N207": "a name is used before it is defined",
    "N208": "a name is bound twice",
    "N209": "a binding is not used",
    "N210": "a gate has no such parameter",
    "N211": "a binding for a name that the program defines",
    "N212": "`--wrt` names no input",
    "N213": "a claim or a step names no node",
    "N214": "a gate is used before it is defined, or in its own definition",
    "N215": "the derivative of a gate has no formula",
    "N216": "no loss was found in a Python file",
    "N217": "no gradient to judge was found in a Python file",
    "V301": "a number is out of range",
    "V302": "expected a number, found a comparison",
    "V303": "expected a comparison, found a number",
    "V304": "a value is not finite",
    "V305": "a binding is not `name=value`",
    "V306": "a value must be a constant expression",
    "V307": "an axis, shape, count or index is not written out",
    "V308": "the rows of an array differ in length",
    "V309": "shapes do not fit",
    "V310": "a gradient is asked of an output that is an array",
    "V311": "a value that a gate cannot work with",
    "V312": "a claim is not `df/dx = formula`",
    "V313": "a step is not `dx = formula`",
    "V314": "a loss that is not one number",
    "C501": "the check disagrees",
    "C502": "a step is wrong",
    "C503": "a gradient in a Python file is wrong",
    "F601": "a file cannot be read",
    "F602": "a file is not UTF-8 text",
    "F603": "a file is malformed",
    "F604": "a file holds the wrong kind of value",
    "F605": "the output cannot be written",
    "F606": "a Python file raises an exception",
    "F607": "an optional package is not installed",
    "L701": "a resource limit",
    "U801": "the command line is wrong",
    "X901": "a bug of ours",
}

STATUS_OF = {
    "S": Status.REQUEST,
    "N": Status.REQUEST,
    "V": Status.REQUEST,
    "U": Status.REQUEST,
    "C": Status.DISAGREES,
    "F": Status.FILE,
    "L": Status.LIMIT,
    "X": Status.BUG,
}


_LONG = 100_000  # characters


class Source(NamedTuple):
    """A text the user gave and what to call it (`expression`, `binding x`, a file's name)."""

    name: str
    text: str


class Label(NamedTuple):
    """A place in a source, in characters, end exclusive, with a word on what is there."""

    source: Source
    start: int
    end: int
    text: str = ""


class Diagnostic(NamedTuple):
    """One thing to tell the user: the first label is where it happened, the others explain."""

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    help: str = ""


def places_in(text: str) -> MutableSequence[int]:
    """An empty column for places in a text; in the columns of a long one each takes eight bytes."""
    if len(text) < _LONG:
        return []
    from array import array

    return array("l")


def place_of(diagnostic: Diagnostic) -> int:
    """Where a diagnostic points, to put several in order."""
    return diagnostic.labels[0].start if diagnostic.labels else 0


class BackpropError(Exception):
    """The request cannot be carried out; `diagnostics` says why, all of them at once.

    `status` is the exit status a command should end with.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"[{d.code}] {d.message}" for d in diagnostics[:3]))
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[type[BackpropError], tuple[Diagnostic, ...]]:
        """How it is pickled: an exception of a process pool's worker arrives as it was."""
        return type(self), self.diagnostics

    @property
    def status(self) -> int:
        """The exit status of the first diagnostic."""
        code = self.diagnostics[0].code
        return Status.OUTPUT if code == "F605" else STATUS_OF[code[0]]


def shorten(text: str, limit: int = 40) -> str:
    """The text if it is short, otherwise its two ends: messages stay bounded whatever the input."""
    if len(text) <= limit:
        return text
    half = (limit - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def nearest(word: str, known: list[str], limit: int = 1) -> list[str]:
    """The known words that a misspelled one is likely to mean, best first; none where nothing is near.

    A third of the letters may be mistyped, four at most, capitals aside. After those come words of which one begins
    with the other.
    """
    if len(word) > 64:
        return []
    found = []
    for place, other in enumerate(known):
        one, two = word.casefold(), other.casefold()
        shorter, longer = sorted((len(one), len(two)))
        steps = _distance(one, two, most=min(4, (longer + 1) // 3)) if 2 < longer <= 64 or one == two else None
        if steps is not None:
            swapped = sorted(one) == sorted(two)  # `tahn` is `tanh` sooner than `tan`
            differ = sum(a != b for a, b in zip(word, other, strict=False))
            found.append((0, steps, not swapped, differ, place))
        elif shorter >= 3 and (two.startswith(one) or (one.startswith(two) and longer <= 2 * shorter)):
            found.append((1, longer - shorter, True, 0, place))
    return [known[place] for *_, place in sorted(found)[:limit]]


def _distance(one: str, two: str, *, most: int) -> int | None:
    """How many letters are added, left out, changed or swapped with the next; None where it is more than `most`."""
    if abs(len(one) - len(two)) > most:
        return None
    before, row = [0], list(range(len(two) + 1))
    for i, a in enumerate(one):
        earlier, before, row = before, row, [i + 1]
        for j, b in enumerate(two):
            steps = min(before[j + 1] + 1, row[j] + 1, before[j] + (a != b))
            if i and j and a == two[j - 1] and b == one[i - 1]:
                steps = min(steps, earlier[j - 1] + 1)
            row.append(steps)
        if min(row) > most and min(before) > most:
            return None
    return row[-1] if row[-1] <= most else None
