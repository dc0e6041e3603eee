"""Wrong derivations are told their mistake and no other, of arrays and of numbers; right ones of the same agree."""

import pytest
from test_claims import DIAGNOSES
from wrong_derivations import ARRAYS, NUMBERS

from backprop_cli import check, check_steps
from backprop_cli.check.mistakes import MISTAKES
from backprop_cli.report.mistakes import WORDS

UNSEEN = {
    "direct path",  # how a path is told
    "transpose",  # of claims that cannot be computed: test_array_claims.py
}
ROWS = ARRAYS + NUMBERS
WRONG = [
    (program, values, target, wrong, mistakes) for program, values, target, _, made in ROWS for wrong, mistakes in made
]


def test_the_table_is_large_and_half_of_it_is_about_arrays():
    assert len(WRONG) >= 150 and sum(len(row[-1]) for row in ARRAYS) >= 75


@pytest.mark.parametrize(("program", "values", "target", "right", "_"), ROWS, ids=[f"{r[0]} {r[2]}" for r in ROWS])
def test_right_derivations_agree(program, values, target, right, _):
    assert check(program, values, claims=[f"{target} = {right}"], symbolic=False).verdict == "agrees"
    step = f"d{target.partition('/d')[2]} = {right}"
    assert check_steps(program, values, steps=step).verdict == "agrees"


@pytest.mark.parametrize(
    ("program", "values", "target", "wrong", "mistakes"), WRONG, ids=[f"{r[2]} = {r[3]}" for r in WRONG]
)
def test_wrong_derivations_are_told_their_mistake(program, values, target, wrong, mistakes):
    (result,) = check(program, values, claims=[f"{target} = {wrong}"], symbolic=False).results
    assert (result.verdict, ", ".join(result.mistakes)) == ("differs", mistakes), result.diagnosis
    assert bool(result.diagnosis) == bool(mistakes)


def test_every_mistake_is_in_the_tables_and_has_words():
    tables = [mistakes for _, _, _, _, mistakes in WRONG] + [mistakes for _, _, mistakes in DIAGNOSES]
    named = {name for mistakes in tables for name in mistakes.split(", ") if name}
    assert named >= WORDS.keys() - UNSEEN
    assert set(MISTAKES) <= WORDS.keys()
