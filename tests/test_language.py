"""Printed by one hand and read by another: random formulas mean what their trees mean, and spans lead back to them."""

import json
import math
import random
import re

import pytest
from conftest import backprop

import backprop_cli
from backprop_cli.errors import BackpropError, Source
from backprop_cli.graph import lower
from backprop_cli.graph.verify import verify
from backprop_cli.language.cutting import CUT, NUMBER, cut_plainly
from backprop_cli.language.parser import parse
from backprop_cli.language.tokens import is_number

AT = {"x": 1.5, "y": -0.75, "z": 2.0}
SUM, PRODUCT, UNARY, POWER, ATOM = range(1, 6)  # how tightly, loosest first; docs/language.md


def tree(chosen, depth):
    """A random tree: (kind, children), with children the text of a leaf."""
    if depth == 0 or chosen.random() < 0.15:
        return ("leaf", chosen.choice(["x", "y", "z", "2", "3", ".5", "1e1"]))
    kind = chosen.choice(["+", "-", "*", "/", "^", "neg", "juxtaposed", "max", "abs", "where", "square"])
    count = {"neg": 1, "abs": 1, "square": 1, "where": 4, "max": 3}.get(kind, 2)
    return (kind, [tree(chosen, depth - 1) for _ in range(count)])


def value(node):
    """The value of a tree, by Python alone."""
    kind, children = node
    if kind == "leaf":
        return AT.get(children) or float(children)
    a, *rest = map(value, children)
    b = rest[0] if rest else 0.0
    if kind == "^":
        a, b = abs(a) + 0.5, max(-3.0, min(3.0, b))
    if kind == "/":
        b = b or 1.0
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "juxtaposed": lambda: a * b,
        "/": lambda: a / b,
        "^": lambda: a**b,
        "neg": lambda: -a,
        "abs": lambda: abs(a),
        "square": lambda: a * a,
        "max": lambda: max(a, *rest),
        "where": lambda: rest[1] if a < b else rest[2],
    }[kind]()


def text(chosen, node):
    """The tree as text and how tightly it binds, with no more brackets than needed, but for some."""
    kind, children = node
    if kind == "leaf":
        return children, ATOM

    def child(k, needed, *, brackets=False):
        written, tightness = text(chosen, children[k])
        return f"({written})" if brackets or tightness < needed or chosen.random() < 0.1 else written

    gap = chosen.choice(["", " ", "  "])
    if kind in ("+", "-"):
        right = child(1, PRODUCT)
        apart = " " if kind == "+" and right[0] in "-−" else ""  # `+-` is both signs to most
        return f"{child(0, SUM)}{gap}{kind}{gap or apart}{right}", SUM
    if kind == "*":
        sign = chosen.choice(["*", "·", "×"])
        return f"{child(0, PRODUCT)}{gap}{sign}{gap}{child(1, UNARY)}", PRODUCT
    if kind == "/":
        divisor = child(1, 0)
        return f"{child(0, PRODUCT)}{gap}/{gap}where({divisor} == 0, 1, {divisor})", PRODUCT
    if kind == "juxtaposed":
        # On the right a bracket: with or without a blank before it, as in 2(x+y), x (y+1), (x)(y).
        return f"{child(0, PRODUCT)}{gap}{child(1, 0, brackets=True)}", PRODUCT
    if kind == "^":
        base = f"(abs({child(0, 0)}) + .5)"
        return f"{base}{gap}{chosen.choice(['^', '**'])}{gap}clip({child(1, 0)}, -3, hi=3)", POWER
    if kind == "neg":
        return f"{chosen.choice(['-', '−'])}{gap}{child(0, UNARY)}", UNARY
    if kind == "square":
        return f"{child(0, ATOM)}{chosen.choice(['²', '^2'])}", POWER
    if kind == "where":
        return f"where({child(0, SUM)} < {child(1, SUM)},\n {child(2, 0)}, {child(3, 0)})", ATOM
    return f"{kind}({', '.join(child(k, 0) for k in range(len(children)))})", ATOM


@pytest.mark.parametrize("seed", range(300))
def test_a_formula_means_what_its_tree_means(seed):
    chosen = random.Random(seed)
    node = tree(chosen, chosen.randint(1, 5))
    program = text(chosen, node)[0]
    verify(lower(parse(Source("expression", program), AT)))
    bindings = [f"{name}={number}" for name, number in AT.items() if name in program.replace("max", "")]
    document = json.loads(backprop("eval", "--json", "--", program, *bindings).out)
    expected = value(node)
    assert float(document["value"]) == pytest.approx(expected, rel=1e-9) or not math.isfinite(expected), program


@pytest.mark.parametrize("seed", range(60))
def test_spans_lead_back(seed):
    """What a node's span holds is a formula of that node's value."""
    chosen = random.Random(1000 + seed)
    program = text(chosen, tree(chosen, 3))[0]
    names = [name for name in AT if name in program.replace("max", "")]
    document = json.loads(backprop("eval", "--json", "--", program, *(f"{n}={AT[n]}" for n in names)).out)
    for node in document["nodes"]:
        start, end = node["span"]
        part = program[start:end]
        if node["gate"] in ("lt", "eq") or part == "²":  # no formulas on their own
            continue
        inside = [name for name in AT if name in part.replace("max", "")]
        again = backprop("eval", "-q", "--", part, *(f"{n}={AT[n]}" for n in inside))
        assert float(again.out) == pytest.approx(float(node["value"]), rel=1e-12), (program, part)


@pytest.mark.parametrize(("text", "said"), [
    ("x div y", "write `floor(x/y)` for the whole quotient, otherwise `x/y`"), ("x max y", "write `max(x, y)`"),
    ("x atan2 3", "write `atan2(x, 3)`"), ("2*x min 1", "write `min(x, 1)`"),
    ("x \\ y", "write `solve(A, b)` for the solution of A x = b, or `x/y`"),
])  # fmt: skip
def test_a_function_between_two_operands(text, said):
    ran = backprop("eval", text, "x=1", "y=2")
    assert ran.status == 2 and said in ran.err, ran.err


def test_literals_of_pi_and_e():
    for text, name in [("3.141592653589793", "pi"), ("2.718281828459045", "e"), ("-3.141592653589793", "pi")]:
        ran = backprop("grad", f"{text}*x", "x=1", "-q")
        assert ran.status == 0 and f"is taken for `{name}`, in all its digits" in ran.err
    for text in ("3.14159265358979", "pi", "3.141592653589794", "x*2.7182818284590"):
        assert "taken" not in backprop("grad", f"{text}*x", "x=1", "-q").err


def test_short_texts_are_cut_by_hand_as_the_regular_expression_cuts_them():
    signs = "xyz(( ))+-*/^=<>!.,;\n\t 0123456789eE_.xXbo[]'\":@%&|~#\rπ"
    words = [
        *signs,
        "1e-5",
        "1.2.3",
        "x (",
        "x =",
        "x ==",
        "**",
        "<=",
        "0x1F",
        "2exp(",
        ".5",
        "5.",
        "1e",
        "e1",
        "1e5.",
        "sin(",
    ]
    chosen, plainly = random.Random(0), 0
    for _ in range(20_000):
        text = "".join(chosen.choices(words, k=chosen.randint(0, 9)))
        expected = re.findall(CUT, text, re.VERBOSE | re.DOTALL)
        pieces = cut_plainly(text)
        assert pieces in (None, expected), text
        plainly += pieces is not None
        for piece in expected:
            if piece[0] in "0123456789" or (piece[0] == "." and len(piece) > 1):
                assert is_number(piece) == bool(re.fullmatch(NUMBER, piece)), piece
    assert plainly > 8_000


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("x +- y", "write `x + y` and `x - y`, or with a blank `x + - y`"),
        ("x+-y", "write `x+y` and `x-y`, or with a blank `x+ -y`"),
        ("x -+ y", "write `x - y` and `x + y`, or with a blank `x - + y`"),
        ("x +− y", "write `x + y` and `x - y`, or with a blank `x + - y`"),
        ("(x +- 3*y)/2", "write `(x + 3*y)/2` and `(x - 3*y)/2`, or with a blank `(x + - 3*y)/2`"),
    ],
)
def test_both_signs_are_refused(text, help_):
    with pytest.raises(BackpropError) as caught:
        backprop_cli.evaluate(text, x=5, y=2)
    diagnostic = caught.value.diagnostics[0]
    label = diagnostic.labels[0]
    assert (diagnostic.code, diagnostic.help) == ("S112", help_)
    assert text[label.start : label.end] in ("+-", "-+", "+−")
    for way in help_.split("`")[1::2]:
        assert backprop_cli.evaluate(way, x=5, y=2).value is not None


@pytest.mark.parametrize(
    ("text", "value", "noted"),
    [("x+-3", 2, True), ("2*x+-3*y", 4, True), ("x + -3", 2, False), ("x - -3", 8, False), ("x--3", 8, False)],
)
def test_a_sign_of_a_number_that_a_program_printed(text, value, noted):
    report = backprop_cli.evaluate(text, **{name: {"x": 5, "y": 2}[name] for name in "xy" if name in text})
    assert report.value == value
    assert [note.message for note in report.notes] == [
        "`+-3` is read as `-3`; for both signs write two formulas"
    ] * noted
