"""A claim decided with many digits, where doubles hide whether it is true: program and formula over DIGITS.

No SymPy: the program's own passes and the claim's formula, with more digits until more change nothing. It is asked
about numbers that rounding may have made, of an array about those elements only.
"""

from __future__ import annotations

from backprop_cli.check.claims import Claim, Formula, is_constant
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.check.in_numbers import InNumbers, in_numbers
from backprop_cli.check.judge import BY_DIGITS, Judgement
from backprop_cli.check.point import Point
from backprop_cli.check.tolerances import SUBNORMAL, Tolerance
from backprop_cli.check.verdict import AGREES, DIFFERS, UNDECIDED, relative_error
from backprop_cli.engine.passes import backward, forward
from backprop_cli.engine.settling import LEAST, settled
from backprop_cli.gates.fields import Field
from backprop_cli.graph.ancestors import ancestors
from backprop_cli.lean import Any, Iterable, Sequence
from backprop_cli.numeric.digits import working

Index = tuple[int, ...]


def in_digits(claim: Claim, place: Point, elements: Iterable[Index]) -> list[tuple[Any, Any]] | None:
    """What is claimed of each element, and what is right there, in many digits; None where that takes too long or never
    settles.

    The element of a number is ().
    """
    program = in_numbers(place.graph, place.values, claim.of.output)
    formula = in_numbers(claim.formula.graph, claim.formula.values(place), claim.formula.graph.output)
    if program is None or formula is None:
        return None
    chosen = list(elements)
    right = claim.chosen(program.of(claim.of.wrt).astype(float))
    wanted = [int(_at(right, index)) for index in chosen]
    claimed = [int(_at(formula.of(claim.formula.graph.output), index)) for index in chosen]
    leaves = _leaves(claim.formula, program, formula)
    uses = [use for use in claim.formula.uses.values() if isinstance(use, Gradient)]
    outputs = {output: int(program.of(output)[()]) for output in {claim.of.output, *(use.output for use in uses)}}

    needed = ancestors(program.graph, outputs[claim.of.output])

    def answers(field: Field) -> tuple[Sequence[Any], Sequence[Any]]:
        numbers = forward(program.graph, program.given, field)
        passes = {output: backward(program.graph, numbers, id_, field=field) for output, id_ in outputs.items()}

        def number(output: int | None, id_: int) -> Any:
            found = numbers[id_] if output is None else passes[output].grads[id_]
            return field.number(0.0) if found is None else found

        values = forward(formula.graph, {name: number(*leaf) for name, leaf in leaves.items()}, field)
        slopes = next(iter(passes.values())).locals
        way = [x for node, x in enumerate(numbers) if needed[node] for x in (x, *slopes[node])] + values
        return [*(values[id_] for id_ in claimed), *(number(claim.of.output, id_) for id_ in wanted)], way

    found = settled(answers, [program.graph] * (1 + len(outputs)) + [formula.graph])
    if not found or None in found:
        return None
    return list(zip(found[: len(chosen)], found[len(chosen) :], strict=True))


def decided(
    claim: Claim, made: Judgement, tolerance: Tolerance, elements: Iterable[Index], otherwise: str
) -> Judgement:
    """The judgement on elements where doubles hide what is right: what many digits say; undecided where they do not."""
    assert made.place is not None
    chosen = list(elements)
    pairs = in_digits(claim, made.place, chosen)
    if pairs is None or (not is_constant(claim.formula) and any(_is_unknown(*pair) for pair in pairs)):
        return made._replace(verdict=UNDECIDED, why=otherwise)
    wrong = (k for k, pair in enumerate(pairs) if not tolerance.allows(*_doubles(*pair)))
    shown = next(wrong, None)
    claimed, right = map(float, pairs[shown or 0])
    error = relative_error(*_doubles(*pairs[shown or 0]))
    made = made._replace(claimed=claimed, backprop=right, rel_error=error, tried=1)
    made = made._replace(element=chosen[shown or 0] if made.element is not None else None)
    if shown is not None:
        return made._replace(verdict=DIFFERS, why=BY_DIGITS[1])
    return made._replace(verdict=AGREES, why=BY_DIGITS[0])


def _is_unknown(claimed: Any, right: Any) -> bool:
    """Whether one is 0 beside the other, which is smaller than any double: as small a difference would not be seen."""
    return bool(0 < max(abs(claimed), abs(right)) < SUBNORMAL and not (claimed and right))


def _doubles(claimed: Any, right: Any) -> tuple[float, float]:
    """Two numbers as doubles; beside the larger one where both are too small to be any."""
    size = max(abs(claimed), abs(right))
    if 0 < size < SUBNORMAL:
        with working(LEAST):
            return float(claimed / size), float(right / size)
    return float(claimed), float(right)


def _leaves(formula: Formula, program: InNumbers, numbers: InNumbers) -> dict[str, tuple[int | None, int]]:
    """What each input of the formula's numbers is: a node of the program's, or the gradient of an output there."""
    names = {id_: name for name, id_ in numbers.graph.variables.items()}
    leaves = {}
    for name, use in formula.uses.items():
        output, node = use if isinstance(use, Gradient) else (None, use)
        ours = program.of(node)
        for there, here in zip(numbers.of(formula.graph.variables[name]).flat, ours.flat, strict=True):
            leaves[names[int(there)]] = (output, int(here))
    return leaves


def _at(ids: Any, index: Index) -> Any:
    """An element's; of a number that is claimed of every element, that number's."""
    import numpy as np

    ids = np.asarray(ids)
    return ids[index] if ids.ndim else ids[()]
