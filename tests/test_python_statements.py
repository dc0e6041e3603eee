"""Statements of Python where a program is read: the help is about what is written."""

import pytest
from conftest import backprop

# Programs, and what their help says.
STATEMENTS = [
    ("if x > 0: y = 1", "`y = where(x > 0, a, b)`"),
    ("while x: x = 1", "`for t in range(10) { … }`"),
    ("class A: x = 1", "`backprop check FILE.py`"),
    ("try: x = 1", "`backprop check FILE.py`"),
    ("x:3", "`x[1:3]`"),
]


@pytest.mark.parametrize(("text", "told"), STATEMENTS)
def test_the_help_is_about_the_statement(text, told):
    ran = backprop("eval", text, "x=1")
    assert ran.status == 2 and "[S107]" in ran.err and told in ran.err


@pytest.mark.parametrize("text", ["y = where(x > 0, 2, 3)", "s = 0; for t in range(10) { s = s + x }; s"])
def test_what_the_help_says_works(text):
    assert backprop("eval", text, "x=1").status == 0
