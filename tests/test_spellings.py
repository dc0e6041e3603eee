"""What people type who come from other tools is read as it is meant there, or the help that they get works."""

import re

import numpy as np
import pytest
from spelled_elsewhere import ROWS, VALUES

import backprop_cli


def answer(text, values):
    """The value of a text, or what is wrong with it; values that it does not use are left out."""
    given = {name: value for name, value in values.items() if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)}
    try:
        return backprop_cli.evaluate(text, given).value
    except backprop_cli.BackpropError as error:
        return error.diagnostics[0]


def same(found, expected):
    if hasattr(found, "code") or np.shape(found) != np.shape(expected):
        return False
    return np.allclose(np.asarray(found, float), expected, rtol=1e-9, atol=1e-11)


def right(text, values, expected):
    """Whether a text is worth that, or one of the ways in its help is; a mere similar name is no help."""
    found = answer(text, values)
    if not hasattr(found, "code"):
        return same(found, expected)
    place = found.labels[0]
    ways = re.findall("`([^`]+)`", found.help)
    typed = [*ways, *(text[: place.start] + way + text[place.end :] for way in ways)]
    return "did you mean" not in found.help and any(same(answer(way, values), expected) for way in typed)


@pytest.mark.parametrize(("text", "value"), ROWS, ids=[text for text, _ in ROWS])
def test_a_function_of_another_tool_is_read_or_the_help_has_its_formula(text, value):
    assert right(text, VALUES, value), answer(text, VALUES)
