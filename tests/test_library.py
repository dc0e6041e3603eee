"""The library refuses what the command refuses, with the same errors, and takes what Python has."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import backprop_cli

REFUSED = [
    (None, "V306", "the value of `x` is None; expected a number or an array"),
    ({"a": 1}, "V306", "the value of `x` is a dict; expected a number or an array"),
    (1j, "V306", "the value of `x` is a complex; expected a number or an array"),
    (np.array([1j]), "V306", "the value of `x` is a ndarray; expected a number or an array"),
    ([1, [2]], "V306", "the value of `x` is a list that is no array of real numbers; expected a number or an array"),
    ([1, None], "V306", "the value of `x` is a list that is no array of real numbers; expected a number or an array"),
    (b"1", "V306", "the value of `x` is a bytes; expected a number or an array"),
    (np.array(["1"]), "V306", "the value of `x` is a ndarray; expected a number or an array"),
    (10**400, "V306", "the value of `x` is an integer too large for a double; expected a number or an array"),
    ("abc", "V306", "`abc` is not a number"),
]


@pytest.mark.parametrize(("value", "code", "message"), REFUSED, ids=[repr(value)[:20] for value, _, _ in REFUSED])
@pytest.mark.parametrize("verb", ["evaluate", "grad", "jacobian", "check"])
def test_what_is_no_number_is_refused(verb, value, code, message):
    with pytest.raises(backprop_cli.BackpropError) as caught:
        getattr(backprop_cli, verb)("2*x", x=value)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == (code, message)


@pytest.mark.parametrize("value", [2, True + 1, 2.0, Decimal(2), Fraction(4, 2), np.float32(2), np.array(2), "4/2"])
def test_numbers_of_every_kind(value):
    report = backprop_cli.grad("x^3", x=value, check=False)
    assert type(report.gradients["x"]) is float and report.gradients["x"] == 12.0


@pytest.mark.parametrize("value", [[1, 2], (1, 2), np.array([1, 2], dtype=np.int8), [Fraction(1), 2], "[1, 2]"])
def test_arrays_of_every_kind(value):
    report = backprop_cli.grad("sum(x^2)", x=value, check=False)
    assert report.gradients["x"].dtype == float and report.gradients["x"].tolist() == [2.0, 4.0]


def test_all_that_is_wrong_with_values_is_said_at_once():
    with pytest.raises(backprop_cli.BackpropError) as caught:
        backprop_cli.grad("x*y", {"x": None, "y": "1+", "exp": 2})
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["V306", "S103"]


def test_one_text_may_stand_for_several():
    library = "gate sig(x) = 1/(1 + exp(-x))"
    report = backprop_cli.grad("sig(x)", x=0, wrt="x", use=library, expand="sig", check=False)
    assert report.gradients == {"x": 0.25} and len(list(report.rows())) > 2


def test_an_expression_is_text():
    with pytest.raises(backprop_cli.BackpropError, match="the expression is a float; expected text"):
        backprop_cli.evaluate(2.0)


def test_options_have_one_record():
    assert backprop_cli.Options().max_nodes is None and backprop_cli.Options().max_elements == 16_000_000
    for name in backprop_cli.Options._fields:  # an option, never a value
        backprop_cli.evaluate("2", **{name: getattr(backprop_cli.Options(), name)})
    with pytest.raises(backprop_cli.BackpropError, match="not used"):
        backprop_cli.evaluate("2", {"seed": 3})
    assert backprop_cli.evaluate("seed^2", {"seed": 3}).value == 9.0


def test_a_value_that_is_not_finite_is_refused_when_asked():
    assert backprop_cli.evaluate("x", x=float("inf")).value == float("inf")
    with pytest.raises(backprop_cli.BackpropError, match="not a finite number"):
        backprop_cli.evaluate("x", x=float("inf"), allow_nonfinite=False)


def test_defaults_may_be_whatever_values_may_be():
    found = backprop_cli.grad("sum(X*x)", defaults={"X": [[1, 2], [3, 4]], "x": "pi/2", "unused": object()})
    assert found.gradients["x"] == 10 and found.gradients["X"].tolist() == [[np.pi / 2] * 2] * 2
    assert backprop_cli.evaluate("x*y", defaults={"x": 2, "y": np.float32(1.5)}).value == 3
    with pytest.raises(backprop_cli.BackpropError, match="V306"):
        backprop_cli.evaluate("x + 1", defaults={"x": None})
