"""The verb `worksheet`: points at which a program's numbers are short, chosen at random, and exercises made of them."""

from __future__ import annotations

from random import Random

from backprop_cli import api
from backprop_cli.errors import BackpropError, Diagnostic, Source, Status, shorten
from backprop_cli.lean import Any, Iterator, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape, size
from backprop_cli.report.model import TROUBLE, Report
from backprop_cli.report.worksheet import BLANKS, Exercise, Worksheet
from backprop_cli.session import Number, Session, libraries, open_session
from backprop_cli.text import elements, rounded

MOST_NODES, MOST_ELEMENTS, MOST_EXERCISES = 60, 36, 100
_TRIES = 120  # points to look at for an exercise
_ENOUGH = 24  # points that would do, of which the one with the shortest numbers is taken
_SHORT = 1.3  # characters a number at which no better point is looked for
_LONG = 12  # what a number is taken for that six digits do not hold
_UNWELCOME = 4  # likewise for a gradient of 0, and for an input that is 0 or that another one equals
_LESS_WELCOME = 0.5  # likewise for an input that is 1 or -1, or that is no multiple of 1/2
# Numbers to calculate with by hand, and how often each kind is tried: domains need the positive and the small ones.
_POOLS = (
    ((-4, -3, -2, -1, 1, 2, 3, 4, 5), 5),
    ((1, 2, 3, 4, 5), 2),
    ((-1.5, -0.5, 0.5, 1.5, 2.5), 1),
    ((0.2, 0.25, 0.5, 0.75), 1),
    ((0, 1), 1),
)
_CHOICES = [pool for pool, times in _POOLS for _ in range(times)]


def worksheet(
    expressions: str | Source | Sequence[str | Source],
    bindings: Mapping[str, Number] | None = None,
    /,
    *,
    blank: Sequence[str] = tuple(BLANKS),
    count: int = 1,
    wrt: str | Sequence[str] = (),
    solutions: bool = False,
    **options: Any,
) -> Worksheet:
    """Exercises on gradients: `count` of each expression, at points whose numbers are short; `seed` chooses them.

    An input with a value in `bindings` keeps it, and an array may be given by its shape (`W=(2, 3)`). `blank` names
    what is left for the reader to find: values, locals, grads. A point is within the domain, off kinks and poles.

    Raises BackpropError as `grad` does, for what does not fit on a sheet, and where no such point is found.
    """
    if wrong := [name for name in blank if name not in BLANKS]:
        message = f"there is no `{shorten(str(wrong[0]))}` to leave blank"
        raise BackpropError(Diagnostic("U801", message, (), f"there are {', '.join(BLANKS)}, all"))
    given = [expressions] if isinstance(expressions, str | Source) else list(expressions)
    if not 0 < count * len(given) <= MOST_EXERCISES:
        message = f"{count * len(given):,} exercises; a worksheet has from 1 to {MOST_EXERCISES}"
        raise BackpropError(Diagnostic("U801", message, (), "ask for fewer, with another `--seed` each time"))
    sessions = [open_session(text, bindings, dict(options), free=True, spare=True) for text in given]
    used = {name for session in sessions for name in session.given if name not in session.spare}
    sessions[0].refuse_unused(used)
    draw = Random(options.get("seed", 0))  # noqa: S311  exercises are no secret
    made: list[Exercise] = []
    for session in sessions:
        _refuse_large(session)
        for report in _reports(session, draw, count, wrt, options):
            made.append(Exercise(len(made) + 1, report, _whole_text(session)))
    return Worksheet(tuple(made), frozenset(blank), solutions)


def _whole_text(session: Session) -> str:
    """The program, after the libraries that it takes gates from."""
    own = session.graph.source.text
    return "\n".join([*(library.text.strip() for library in libraries(session.options.use)), own])


def _refuse_large(session: Session) -> None:
    """Raise BackpropError for an array as the output, and for more than a reader would work through."""
    graph = session.graph
    session.refuse_array("wrap it, as in `sum(…)`")
    count = len(graph) - len(graph.constants)
    largest = max(map(size, graph.shapes), default=1)
    for many, most, what in ((count, MOST_NODES, "nodes"), (largest, MOST_ELEMENTS, "elements in an array")):
        if many > most:
            message = f"{many:,} {what}; an exercise has at most {most}"
            raise BackpropError(Diagnostic("L701", message, (), "a smaller program, or smaller arrays, will fit"))


def _reports(
    session: Session, draw: Random, count: int, wrt: str | Sequence[str], options: Mapping[str, Any]
) -> Iterator[Report]:
    """So many reports at points that differ, as far as there are that many."""
    graph = session.graph
    free = {name: graph.shape(node) for name, node in graph.variables.items() if name not in session.values}
    fixed = {name: value for name, value in session.given.items() if name not in free and name not in session.spare}
    if count > 1 and not free:
        message = "every input has a value, and there is one exercise at one point"
        raise BackpropError(Diagnostic("U801", message, (), "leave out a value, or `--count`"))
    seen: set[str] = set()
    for _ in range(count):
        found: list[tuple[float, int, str, Report]] = []
        failure: BackpropError | None = None
        for attempt in range(_TRIES if free else 1):
            point = {name: _drawn(draw, shape) for name, shape in free.items()}
            key = repr(point)
            if key in seen and free:
                continue
            try:
                report = api.grad(graph.source, {**fixed, **point}, wrt=wrt, check=False, **options)
            except BackpropError as error:
                failure = error
                continue
            if report.status is Status.OK and not any(note.code in TROUBLE for note in report.notes):
                noted = 1000 * sum(note.code != "reading" for note in report.notes)
                found.append((_length(report, free) + noted, attempt, key, report))
                if found[-1][0] <= _SHORT or len(found) == _ENOUGH:
                    break
        if not found:
            if failure and not seen:
                raise failure
            raise _nowhere(session, seen)
        _, _, key, report = min(found, key=lambda item: item[:2])
        seen.add(key)
        yield report


def _nowhere(session: Session, seen: set[str]) -> BackpropError:
    label = session.graph.label(session.graph.output)
    if seen:
        message = f"only {len(seen)} points were found that differ"
        return BackpropError(Diagnostic("V304", message, (label,), f"`--count {len(seen)}` asks for no more"))
    message = "no point with small numbers was found at which this has a value and a gradient"
    return BackpropError(Diagnostic("V304", message, (label,), "give some of the inputs values that are in its domain"))


def _drawn(draw: Random, shape: Shape) -> Number:
    pool = _CHOICES[int(draw.random() * len(_CHOICES))]
    numbers = [float(pool[int(draw.random() * len(pool))]) for _ in range(size(shape))]
    for length in reversed(shape[1:]):
        numbers = [numbers[k : k + length] for k in range(0, len(numbers), length)]  # type: ignore[misc]  # nested
    return numbers if shape else numbers[0]


def _length(report: Report, free: Mapping[str, Shape]) -> float:
    """How long the numbers of the table are, on average, and how unwelcome."""
    lengths: list[float] = []
    for row in report.rows(constants=False):
        for number in (row.value, row.grad, *row.locals):
            if number is not None:
                lengths += map(_characters, elements(number))
    inputs = [report.columns.values[report.columns.graph.variables[name]] for name, shape in free.items() if not shape]
    idle = sum(not any(elements(grad)) for grad in report.gradients.values())
    unwelcome = len(inputs) - len(set(inputs)) + inputs.count(0) + idle
    less_welcome = sum(abs(number) == 1 or 2 * number % 1 != 0 for number in inputs)
    return sum(lengths) / max(1, len(lengths)) + float(_UNWELCOME * unwelcome + _LESS_WELCOME * less_welcome)


def _characters(number: float) -> float:
    text = rounded(number)
    extreme = number != 0 and not 1e-3 <= abs(number) < 1e4
    return (len(text) if abs(float(text) - number) <= 1e-15 * abs(number) else _LONG) + extreme * _LONG
