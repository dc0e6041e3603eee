"""Lines of a backward pass decided with many digits, where doubles hide whether they are right.

Every line so far is computed again over DIGITS, from the program's numbers and from what the lines before it made.
"""

from __future__ import annotations

from backprop_cli.check.assignments import SET, assigned
from backprop_cli.check.claims import Formula
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.in_numbers import InNumbers, in_numbers
from backprop_cli.check.point import Point
from backprop_cli.engine.passes import backward, forward
from backprop_cli.gates.fields import Field
from backprop_cli.graph import Value
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape


class Line(NamedTuple):
    """What a line makes of a name by its operator: a formula (of `values`, its nodes') or a number.

    Of the elements `at` an index; what repeated indices give adds up if it `gathers`.
    """

    name: str
    formula: Formula | None
    number: float = 0.0
    operator: str = SET
    values: Sequence[Value] = ()
    at: tuple[Any, ...] | None = None
    gathers: bool = False
    shape: Shape = ()  # of what comes of it


def last_in_digits(lines: Sequence[Line], place: Point, of: Gradient) -> tuple[Any, Any] | None:
    """What the last line makes of its name, and the gradient that it should be, each as an array of doubles.

    None where that is too much, or never settles.
    """
    import numpy as np

    from backprop_cli.engine.settling import settled  # which loads mpmath

    program = in_numbers(place.graph, place.values, of.output)
    if program is None:
        return None
    formulas: list[InNumbers | None] = []
    for line in lines:
        graph = line.formula.graph if line.formula is not None else None
        formulas.append(None if graph is None else in_numbers(graph, line.values, graph.output))
        if graph is not None and formulas[-1] is None:
            return None
    end, wanted = int(program.of(of.output)[()]), np.asarray(program.of(of.wrt))
    needed = ancestors(program.graph, end)

    def answers(field: Field) -> tuple[Sequence[Any], Sequence[Any]]:
        numbers = forward(program.graph, program.given, field)
        passed = backward(program.graph, numbers, end, field=field)
        way = [x for node, x in enumerate(numbers) if needed[node] for x in (x, *passed.locals[node])]
        nothing = field.number(0.0)

        def there(ids: Any, column: Sequence[Any]) -> Any:
            return _each(lambda i: nothing if column[i] is None else column[i], ids)

        written: dict[str, Any] = {}
        for line, formula in zip(lines, formulas, strict=True):
            if line.formula is None or formula is None:
                written[line.name] = np.array(field.number(line.number), dtype=object)
                continue
            given: dict[str, Any] = {}
            names = {id_: name for name, id_ in formula.graph.variables.items()}
            for name, use in line.formula.uses.items():
                ids = np.asarray(formula.of(line.formula.graph.variables[name]))
                if name in written:
                    values = written[name]
                elif isinstance(use, Gradient):
                    values = there(np.asarray(program.of(use.wrt)), passed.grads)
                else:
                    values = there(np.asarray(program.of(use)), numbers)
                spread = np.broadcast_to(values, ids.shape)
                given |= {names[int(id_)]: x for id_, x in zip(ids.flat, spread.flat, strict=True)}
            found = forward(formula.graph, given, field)
            way += found
            made = there(np.asarray(formula.of(line.formula.graph.output)), found)
            old = written.get(line.name)
            if line.at is not None:
                old = np.broadcast_to(np.asarray(old), line.shape)
            written[line.name] = assigned(line.operator, old, made, line.at, gathers=line.gathers)
        claimed = np.broadcast_to(written[lines[-1].name], wanted.shape)
        return [*claimed.flat, *there(wanted, passed.grads).flat], way

    computed = [program.graph, program.graph, *(formula.graph for formula in formulas if formula is not None)]
    decided = settled(answers, computed)
    if not decided or None in decided:
        return None
    numbers = np.array(list(map(float, decided)))
    return numbers[: wanted.size].reshape(wanted.shape), numbers[wanted.size :].reshape(wanted.shape)


def _each(function: Any, ids: Any) -> Any:
    """The function's answers for an array of ids, as an array of objects."""
    import numpy as np

    out = np.empty(np.shape(ids), dtype=object)
    for index in np.ndindex(*out.shape):
        out[index] = function(int(ids[index]))
    return out
