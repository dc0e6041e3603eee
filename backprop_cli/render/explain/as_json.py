"""The account for programs: what `grad --json` has, and the steps with their equations, digits in full."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from backprop_cli.render.as_json import document
from backprop_cli.render.explain.words import exact_words
from backprop_cli.render.style import Style
from backprop_cli.report.derivation import Account, Step
from backprop_cli.report.formula import Equation
from backprop_cli.report.notation import Speller
from backprop_cli.report.paths import paths as paths_of

_EXACT_COUNT = 2**53  # a larger one is no number to many readers of JSON


def render(account: Account, style: Style, paths: bool) -> Iterator[str]:
    """One JSON object, a line a step; of the paths to a node at most `rows` are listed."""
    made = document(account.report)
    made["schema"] = "backprop/explain@1"
    speller = account.speller(exact_words())
    yield "{\n"
    for name, value in made.items():
        yield f' "{name}": {_text(value)},\n'
    yield from _array("forward", (_step(step, speller) for step in account.forward()))
    yield ",\n"
    yield from _array("backward", (_step(step, speller) for step in account.backward()))
    if paths:
        yield ",\n"
        found = (
            {
                "name": f.name,
                "count": f.number if f.number < _EXACT_COUNT else _digits(f.number),
                "listed": [_equation(path, speller) for path in f.listed],
                "total": _equation(f.total, speller),
            }
            for f in paths_of(account, style.rows)
        )
        yield from _array("paths", found)
    yield "\n}\n"


def _step(step: Step, speller: Speller) -> dict[str, Any]:
    return {
        "step": step.number,
        "node": step.node,
        "subject": speller.formula(step.subject) or None,
        "role": step.role or None,
        "equations": [_equation(equation, speller) for equation in step.equations],
        "notes": [note.code for note in step.notes],
    }


def _equation(equation: Equation, speller: Speller) -> dict[str, Any]:
    made: dict[str, Any] = {
        "left": speller.formula(equation.left),
        "relation": equation.relation,
        "sides": speller.sides(equation),
    }
    return made | ({"shapes": equation.shapes} if equation.shapes else {})


def _array(name: str, items: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f' "{name}": ['
    separator = "\n  "
    for item in items:
        yield separator + _text(item)
        separator = ",\n  "
    yield "\n ]"


def _text(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _digits(count: int) -> str:
    from decimal import Decimal  # writes any number of digits, where `str` of an integer refuses thousands

    return str(Decimal(count))
