"""The mutants themselves: each is a program, and what is called equivalent is a mutant that there is."""

import ast

import pytest
from mutants import AREAS, EQUIVALENT, ROOT, mutants


def named(area):
    for mutant in mutants(AREAS[area]):
        source = (ROOT / "backprop_cli" / mutant.file).read_text(encoding="utf-8")
        yield mutant.name(source), mutant.applied(source)


@pytest.mark.parametrize("area", AREAS)
def test_mutants_are_programs_and_many(area):
    seen = set()
    for name, program in named(area):
        ast.parse(program)
        seen.add(name)
    assert len(seen) > 300


def test_what_is_called_equivalent_is_there():
    assert {name for area in AREAS for name, _ in named(area)} >= EQUIVALENT


# Of one row, `pow`: every kind of change, as it is named.
@pytest.mark.parametrize(
    "change",
    [
        "[> → >=] 0, 0, log(x))",  # a bound in or out
        "[> → <=] 0, 0, log(x))",  # a comparison turned
        "[y > 0 → 0 == 1], 0, log(x))",  # a condition that never holds
        "[y > 0 → 0 == 0], 0, log(x))",  # or always
        "[y*x^(y - 1) → y]))",  # a factor dropped
        "y*x^([y - 1 → y])",  # a term dropped
        "y*x^([y - 1 → (1 - y)])",  # operands in each other's place
        "y*x^(y [- → +] 1)",  # another operator
        "y*x^(y - [1 → 2])",  # another number
    ],
)
def test_a_row_is_changed_in_every_way(change):
    assert any(change.rstrip(")") in name for name, _ in named("partials") if " pow: " in name), change
