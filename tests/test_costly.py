"""Every command at points that cost digits: six right digits, or status 4 and the true number noted."""

import sys

import mpmath as mp
import numpy as np
import pytest
from conftest import backprop
from costly import ARRAYS, SCALARS, truth_of

import backprop_cli
from backprop_cli.check.work import within

ROWS = (*SCALARS, *ARRAYS)
IDS = [f"{row.program} {k}" for k, row in enumerate(ROWS)]
# Right, but found so only with more digits than there may be, or tied.
OPEN = {"sum(inv(A))", "min(sqrt(x)^2, 2)"}


def is_off(ours, true):
    true = true if abs(true) > mp.mpf("1e-350") else mp.mpf(0)
    return not (ours == true or abs(ours - true) <= mp.mpf("1e-6") * abs(true))


def flat(x):
    return np.ravel(np.asarray(x, dtype=object))


def compared(report, true, slopes, row):
    """Each number of a report with the true one: the name, whether of a gradient, the element."""
    graph = report.columns.graph
    yield (graph.output, False, ()), float(report.value), true
    for name, grads in slopes.items():
        if report.gradients and name not in row.kinks.split():
            ours = np.asarray(report.gradients[name])
            for index in np.ndindex(*ours.shape):
                yield (graph.variables[name], True, index), float(ours[index]), grads[index]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_numbers_are_right_or_noted(row):
    with mp.workdps(60):
        true, slopes = truth_of(row)
        for report in (
            backprop_cli.evaluate(row.program, row.values),
            backprop_cli.grad(row.program, row.values, check=False),
            backprop_cli.grad(row.program, row.values),
        ):
            told = {(item.node, item.of_gradient, item.element): item for item in report.untrue}
            for key, ours, number in compared(report, true, slopes, row):
                item = told.get(key)
                if is_off(ours, number):
                    assert report.status == 4 and (item is not None or ours - ours != 0), (key, ours, number)
                elif item is not None:
                    assert item.is_small or row.program in OPEN, (key, ours, number)
                if item is not None and item.known and mp.mpf("1e-300") < abs(number) < mp.mpf("1e300"):
                    assert not is_off(item.true, number), (key, item.true, number)
            assert report.check is None or report.check.verdict != "disagree"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_claims_are_judged_by_the_true_gradient(row):
    with mp.workdps(60):
        _, slopes = truth_of(row)
    for name, grads in slopes.items():
        sizes = [abs(x) for x in flat(grads)]
        if name in row.kinks.split() or not all(1e-290 < x < 1e290 for x in sizes):
            continue
        right = np.array([float(x) for x in flat(grads)]).reshape(np.shape(grads))
        wrong = np.array(right)
        wrong.flat[-1] *= 1.001
        for claimed, never in ((right, "differs"), (wrong, "agrees")):
            text = str(claimed.tolist())
            result = backprop_cli.check(row.program, row.values, claims=f"df/d{name} = {text}")
            assert result.verdict != never, (name, text)


class _Finalized:
    def __del__(self):
        _nothing()


def _nothing():
    pass


def _closed():
    try:
        while True:
            yield
    finally:
        _nothing()


def _finalizers():
    for _ in range(50):
        generator, finalized = _closed(), _Finalized()
        next(generator)
        del generator, finalized
    return "done"


def test_a_budget_that_is_spent_as_a_generator_is_closed_is_silent_and_ends_the_work(capfd):
    hook = sys.unraisablehook
    assert {within(steps, _finalizers) for steps in range(1, 300)} == {None}
    assert within(10_000, _finalizers) == "done"
    assert capfd.readouterr().err == "" and sys.unraisablehook == hook


def test_a_number_beyond_reason_does_not_fill_the_memory():
    """digamma(2^(10^12)) is asked for where doubles have an infinity on the way."""
    ran = backprop("grad", "sum(digamma(1 + matrix_power(x, 1000000000000)))", "x=[[1e-8,-1],[0,2]]", "-q")
    assert ran.status == 4 and "Traceback" not in ran.err and "bug" not in ran.err
