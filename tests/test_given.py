"""What the library is given and gives back: values, however they come; errors and reports in other processes."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import backprop_cli as bp
from backprop_cli.graph.messages import OPTIONS_OF_VERBS


def refused(call, *words, **values):
    with pytest.raises(bp.BackpropError) as found:
        call(*words, **values)
    return found.value.diagnostics[0]


def test_a_mask_is_not_ignored():
    masked = np.ma.masked_array([1.0, 2, 3], mask=[0, 1, 0])
    program = bp.compile("sum(x^2)", x="(3,)")
    for call, words in (
        (bp.grad, ["sum(x^2)"]),
        (bp.evaluate, ["sum(x^2)"]),
        (program, []),
    ):
        found = refused(call, *words, x=masked)
        assert (found.code, found.message) == ("V306", "the value of `x` has elements that are masked")
    assert refused(bp.grad, "sum(x^2)", defaults={"x": masked}).code == "V306"
    assert bp.grad("sum(x^2)", x=masked.compressed()).value == 10
    assert bp.grad("sum(x^2)", x=masked.filled(0)).value == 10
    assert bp.grad("sum(x^2)", x=np.ma.masked_array([1.0, 2, 3])).value == 14


@pytest.mark.parametrize("call", [bp.grad, bp.evaluate, bp.jacobian, bp.hessian, bp.compile])
def test_a_name_in_the_mapping_and_among_keywords_is_bound_twice(call):
    found = refused(call, "x^2*y", {"x": 3, "y": 1}, y=2)
    assert (found.code, found.message) == ("N208", "`y` is bound twice")
    assert refused(call, "x^2*y", {"x": 3, "y": 1}, y=2, exact=True).code == "N208"


def test_a_name_that_is_an_option_may_be_in_the_mapping():
    assert bp.evaluate("seed*x", {"seed": 3, "x": 2}, seed=5).value == 6


@pytest.mark.parametrize("call", [bp.grad, bp.evaluate, bp.compile, bp.compile("x^2")])
def test_values_without_names(call):
    words = [] if isinstance(call, bp.Compiled) else ["x^2"]
    found = refused(call, *words, 3)
    assert (found.code, found.help) == ("V305", "give `x=2`, or a mapping: `{'x': 2}`")


def test_a_compiled_program_takes_a_mapping():
    program = bp.compile("x^2*y", y=3)
    assert program({"x": 2}) == program(x=2) == (12, {"x": 12, "y": 4})
    assert program.report({"x": 2}).value == 12


def test_the_help_for_a_name_that_is_an_option():
    for name in sorted(OPTIONS_OF_VERBS):
        assert refused(bp.grad, f"{name} + x", x=2).help.endswith(
            f"in Python `{{'{name}': …}}`, as `{name}=` is an option there"
        )
        assert bp.grad(f"{name} + x", {name: 3, "x": 2}).value == 5


def test_the_options_are_those_of_the_verbs():
    verbs = [bp.grad, bp.evaluate, bp.jacobian, bp.hessian, bp.check, bp.check_steps, bp.compile, bp.jvp, bp.hvp]
    asked = {
        name
        for verb in verbs
        for name, one in inspect.signature(verb).parameters.items()
        if one.kind == one.KEYWORD_ONLY
    }
    assert asked | set(bp.Options._fields) <= OPTIONS_OF_VERBS


def test_errors_are_pickled_and_copied():
    with pytest.raises(bp.BackpropError) as found:
        bp.grad("x*(y", x=1)
    for other in (pickle.loads(pickle.dumps(found.value)), copy.deepcopy(found.value)):
        assert (str(other), other.diagnostics) == (str(found.value), found.value.diagnostics)
        assert other.status == found.value.status == 2


@pytest.mark.parametrize(
    "report",
    [
        bp.grad("x*y", x=2, y=3),
        bp.grad("f(x) = x^2\nf(x)*y", x=2, y=3),
        bp.grad("sum(x^2)", x=[1, 2]),
        bp.evaluate("x*y", x=2, y=3),
        bp.check("x^2", x=2, claims=["df/dx = 2x"]),
        bp.check("x^2*y"),
        bp.jacobian("x*y", x=2, y=3),
        bp.hessian("x^2*y", x=2, y=3),
        bp.diff("x^2*y"),
    ],
    ids=lambda report: type(report).__name__,
)
def test_reports_are_pickled_and_copied(report):
    shown = bp.render(report)
    assert bp.render(pickle.loads(pickle.dumps(report))) == bp.render(copy.deepcopy(report)) == shown
