"""A large text is read all at once to the very rows that `parser` makes of it, or not at all."""

from random import Random

import numpy as np
import pytest

import backprop_cli
from backprop_cli.errors import Source
from backprop_cli.language import understanding
from backprop_cli.language.large import read_large
from backprop_cli.language.parser import parse
from backprop_cli.language.understanding import _WORDS

NAMES = ("x", "y", "z")
COLUMNS = ("ops", "args", "starts", "ends", "statements", "diagnostics", "definitions", "reading", "turns", "counts")


def columns(program):
    found = {name: getattr(program, name) for name in COLUMNS}
    return found | {name: list(found[name]) for name in ("starts", "ends")}


def at_once(text, names=NAMES):
    return read_large(Source("test", text), names, _WORDS)


# Texts that are read at once, all of them.
PLAIN = [
    "x", "3", "((x))", "x+y*z", "(x+y)*z", "x*y+z", "x-y-z", "x/y/z*2", "x^y^z", "x*y^z*2", "(x)", "-2", "-x", "-(2)",
    "-2*x", "2 - -3", "x - -y", "-x^2", "-2^2", "2^-3", "2^-3*x", "2^-x^2", "x^-2^2*y", "(-2)^2", "-(x+y)*z", "--2"[1:],
    "f(x)", "tanh(tanh(x))*2", "max(x, y)", "max(x+1, -y*2) - 1", "max((x), max(y, 3))", "f(-2)", "f(x)^g(-y)",
    "a = x; a", "a = x + 1; b = a*a; b + a", "a = x\nb = a + 1\n\n\nb*y", ";;x;;", "\n\nx\n", "a = x + 1; a", "a=2;a*x",
    "x + (\ny\n)\n", "max(x,\n y)", "  x\t+  y ", "1.5 + .5 + 2. + 10", "a1 = x; a_2 = a1*y; a_2 - a1", "w = 3; w; x",
    "x;y;z", "x\r\n+y"[:1], "exp(x)\r\n", "a = y*2; a", "long_name = x*y; long_name/2", "e*x + pi", "q", "p*q + p",
    "3;4", "if(x)", "x**2", "x**-2**y", "x** 2*y", "1e5*x", "x-1e-5", "1E+3-2e3*y", "2.5e-3", "1.e5 + .5e-2", "x1e - 5",
    "x # a", "# a\nx # b # c\n", "x; # y\n# z\ny*2 # (\n", "(x + # in\n y)", "x*2#", "#\nx",
    "a = x # b = 2\na*y", "x # y\r\n", "a\t = 2; a*x\f",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_are_read_at_once(text):
    assert columns(at_once(text)) == columns(parse(Source("test", text), NAMES))


# Texts that are left to the parser, which may find them wrong.
LEFT = [
    "", " ", "\n", ";", "x +", "x y", "2x", "x(y)", "(x", "x)", "x + )", "()", "f()", "(x, y)", "x, y", "f(x, y, z)",
    "x = ", "x = 1; x", "a = b; b = 1; a", "a = 1; a = 2; a", "b = x; a = b; a*2; b"[:12] + " a", "x == y", "x < y",
    "x * * 2", "x***2", "x* *2", "+x", "--x", "- -x", "x\n+ y", "x\n - y", "x; -y", "f (x)", "f(k=2)", "[1, 2]", "x'",
    "x²", "π*x", "1e", "1e-", "1e-x", "1e- 5", "1e -5", "1e-5e-3", "1e-5.2", "1e5.", "2e5x", ".e5", "# é\nx",
    "0x1f", "#", "a\r= 2; a*x", "a = b + 1\r; b = 2; a", "1__0", "1_0", "1.2.3", "x.y", ".", "1_000",
    "x # y\r+ 2", "x @ y", "x % y", "f = x^2; df/dx", "d/dx", "d*x", "for",
    "gate",
    "gate g(t) = t; g(x)", "for t in range(3) { x = x + 1 }; x", "np.sin(x)", "T*x", "a = x*2; a(y)", "(x;y)", "x \\ y",
    "x/\n", "f(,x)", "f(x,)", "max(x y)", "((x)", "x))((y", "a = ; x", "= x", "x*/y", "x*-", "log_2(x)",
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT)
def test_other_texts_are_left_to_the_parser(text):
    assert at_once(text) is None


DAMAGE = ["", "(", ")", ",", " ", "x", "2", "=", ";", "\n", "-", "*", "e", ".", "#", "# (", "\r"]


def random_text(chosen, names, depth):
    """An expression, mostly right."""
    kind = chosen.random()
    if depth == 0 or kind < 0.2:
        return chosen.choice([*names, "2", "0.5", "3.25", "-1", ".5", "1e-3", "2.5E2"])
    inner = [random_text(chosen, names, depth - 1) for _ in range(2)]
    if kind < 0.6:
        blank = chosen.choice(["", " ", "  "])
        return f"{inner[0]}{blank}{chosen.choice([*'+-*/^', '**'])}{blank}{inner[1]}"
    if kind < 0.75:
        return f"({inner[0]})"
    if kind < 0.85:
        return f"{chosen.choice(['tanh', 'exp', 'f'])}({inner[0]})"
    return f"max({inner[0]},{chosen.choice(['', ' ', chr(10)])}{inner[1]})" if kind < 0.93 else f"-{inner[0]}"


@pytest.mark.parametrize("seed", range(6))
def test_random_texts_have_the_rows_of_the_parser(seed):
    chosen, read = Random(seed), 0
    for _ in range(400):
        names, lines = list(NAMES), []
        for k in range(chosen.randint(0, 4)):
            lines.append(f"v{k} = {random_text(chosen, names, chosen.randint(0, 4))}")
            names.append(f"v{k}")
        text = chosen.choice(["\n", "; ", ";", "\n\n"]).join([*lines, random_text(chosen, names, 5)])
        if chosen.random() < 0.3:  # damage, mostly refused
            at = chosen.randrange(len(text))
            text = text[:at] + chosen.choice(DAMAGE) + text[at + 1 :]
        variables = chosen.choice([NAMES, (), ("x",), {"x", "y", "v0"}])
        found, expected = at_once(text, variables), parse(Source("test", text), variables)
        if found is not None:
            assert columns(found) == columns(expected), text
            assert not found.diagnostics
            read += 1
    assert read > 150


def test_a_large_text_means_what_it_does_in_parts():
    many = 30_000
    text = " + ".join("xyz"[k % 3] for k in range(many)) + " - 2*x"
    assert len(text) > understanding.LARGE
    report = backprop_cli.grad(text, x=1, y=2, z=3, check=False)
    assert (report.value, report.gradients) == (many * 2 - 2, {"x": many / 3 - 2, "y": many / 3, "z": many / 3})
    assert report.columns.graph.span(3) == (0, 5)
    with pytest.raises(backprop_cli.BackpropError) as caught:
        backprop_cli.grad(text + " + w", x=1, y=2, z=3)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.labels[0].start) == ("N202", len(text) + 3)
    with pytest.raises(backprop_cli.BackpropError, match="S103"):
        backprop_cli.grad(text + " +", x=1, y=2, z=3)


def test_depth_is_the_users_to_choose():
    depth = 50_000
    report = backprop_cli.grad("neg(" * depth + "x" + ")" * depth, x=np.float64(2), check=False)
    assert (report.value, report.gradients) == (2.0, {"x": 1.0})
    unclosed = "(" * depth + "x" + ")" * (depth - 1)
    assert at_once(unclosed) is None
    with pytest.raises(backprop_cli.BackpropError) as caught:
        backprop_cli.grad(unclosed, x=2)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["S104"]
