"""The account for programs: what `grad --json` has, and the steps with their equations, digits in full."""

from __future__ import annotations

from backprop_cli.lean import TYPE_CHECKING, Any, Iterator
from backprop_cli.render.as_json import fields
from backprop_cli.render.encoding import lines
from backprop_cli.render.explain.words import exact_words
from backprop_cli.render.style import Style
from backprop_cli.report.derivation import Derivation, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.notation import Speller
from backprop_cli.report.paths import Paths
from backprop_cli.report.paths import paths as paths_of

if TYPE_CHECKING:
    from backprop_cli.render import documents

_EXACT_COUNT = 2**53  # a larger one is no number to many readers of JSON


def render(account: Derivation, style: Style, paths: bool) -> Iterator[str]:
    """One JSON object, a line a step; of the paths to a node at most `rows` are listed."""
    return lines(_fields(account, style, paths))


def _fields(account: Derivation, style: Style, paths: bool) -> Iterator[tuple[str, Any]]:
    speller = account.speller(exact_words())
    made = {name: list(value) if name == "nodes" else value for name, value in fields(account.report, nodes=True)}
    yield from (made | {"schema": "backprop/explain@1"}).items()
    yield "forward", (_step(step, speller) for step in account.forward())
    yield "backward", (_step(step, speller) for step in account.backward())
    if paths:
        yield "paths", (_paths(found, speller) for found in paths_of(account, style.rows))


def _step(step: Step, speller: Speller) -> documents.StepOfAPass:
    return {
        "step": step.number,
        "node": step.node,
        "subject": speller.formula(step.subject) or None,
        "role": step.role or None,
        "equations": [_equation(equation, speller) for equation in step.equations],
        "notes": [note.code for note in step.notes],
    }


def _equation(equation: Equation, speller: Speller) -> documents.Equation:
    made: documents.Equation = {
        "left": speller.formula(equation.left),
        "relation": equation.relation,
        "sides": speller.sides(equation),
    }
    if equation.shapes:
        made["shapes"] = equation.shapes
    return made


def _paths(found: Paths, speller: Speller) -> documents.Paths:
    return {
        "name": found.name,
        "count": found.number if found.number < _EXACT_COUNT else _digits(found.number),
        "listed": [_equation(path, speller) for path in found.listed],
        "total": _equation(found.total, speller),
    }


def _digits(count: int) -> str:
    from decimal import Decimal  # writes any number of digits, where `str` of an integer refuses thousands

    return str(Decimal(count))
