"""A large graph, whose passes are columns, has the numbers, notes and statuses of the plain loops, bit for bit."""

from random import Random

import pytest
from truth import POINTS, random_formula, text_of

import backprop_cli
from backprop_cli.engine import chains, columns, doubtful, exaggerated_columns, stream
from backprop_cli.engine.exaggerated import Again
from backprop_cli.engine.exaggerated_numbers import backward
from backprop_cli.errors import BackpropError
from backprop_cli.graph.large import LargeGraph
from backprop_cli.language import understanding

POINT = {"x": 0.9, "y": 0.1, "z": -0.5}
# As they are; every level and sum by NumPy; chains however short; one by one.
WAYS = {
    "as usual": (24, 1000, 32, 1000, 64),
    "levels": (10**6, 1, 2, 1, 64),
    "chains": (0, 10**6, 3, 10**6, 1),
    "one by one": (0, 10**6, 10**6, 10**6, 10**6),
}


@pytest.fixture(params=WAYS, autouse=True)
def way(request, monkeypatch):
    patience, wide, many, fewest, long = WAYS[request.param]
    monkeypatch.setattr(stream, "_PATIENCE", patience)
    monkeypatch.setattr(stream, "_WIDE", wide)
    monkeypatch.setattr(stream, "_MANY", many)
    monkeypatch.setattr(columns, "_FEWEST", fewest)
    monkeypatch.setattr(chains, "_LONG", long)
    return request.param


GRAPH = ("gates", "inputs", "variables", "constants", "names", "definitions", "output", "title", "remarks", "products",
         "attributes", "shapes", "subgraphs")  # fmt: skip


def all_of(report):
    """Everything a report is made of."""
    graph, values, passed, active, *_ = report.columns
    found = {name: getattr(graph, name) for name in GRAPH}
    found |= {name: list(getattr(graph, name)) for name in ("starts", "ends")}
    found |= {name: list(getattr(graph, name)) for name in ("variables", "constants", "names", "definitions")}
    found |= {
        name: repr(getattr(report, name)) for name in ("value", "gradients", "notes", "status", "untrue", "output")
    }
    found["rows"] = repr(list(report.rows()))
    found["values"], found["active"] = repr(list(values)), bytes(active)
    if passed is not None:
        found["grads"] = repr([0.0 if x is None else x for x in passed.grads])
        found["locals"] = repr(list(passed.locals))
    return found


def result(verb, text, point, **options):
    try:
        report = verb(text, defaults=point, **options)
    except BackpropError as error:
        return [(d.code, d.message, [(x.start, x.end) for x in d.labels]) for d in error.diagnostics], None
    return all_of(report), report.columns.graph


def compare(monkeypatch, text, point, verb=backprop_cli.grad, **options):
    """Whether the program was one of columns; all that is found is the same both ways."""
    options |= {"check": False} if verb is backprop_cli.grad else {}
    monkeypatch.setattr(understanding, "LARGE", 10**9)
    expected, _ = result(verb, text, point, **options)
    monkeypatch.setattr(understanding, "LARGE", 0)
    found, graph = result(verb, text, point, **options)
    if isinstance(found, dict) and isinstance(expected, dict):
        for name, value in expected.items():
            assert found[name] == value, (name, text, point)
    assert found == expected, (text, point)
    return isinstance(graph, LargeGraph)


SMOOTH = ("tanh", "sin", "exp", "sigmoid", "atan", "softplus", "cos", "erf", "square", "cosh", "neg")


def random_text(chosen):
    """Sums, products, calls: trees, chains, statements that are used several times, constants."""
    names, lines = ["x", "y", "z"], []
    leaves = ["x", "y", "z", "2", "0.5", "pi", "-1", "1", "3"]
    for k in range(chosen.randint(0, 4)):
        lines.append(f"v{k} = {random_formula_text(chosen, [*names, *leaves], chosen.randint(1, 4))}")
        names.append(f"v{k}")
    last = "+".join([random_formula_text(chosen, [*names, *leaves], chosen.randint(1, 5)), *names[3:], *names[:1]])
    return "\n".join([*lines, last])


def random_formula_text(chosen, leaves, depth):
    kind = chosen.random()
    if depth == 0 or kind < 0.1:
        return chosen.choice(leaves)
    if kind < 0.3:  # a chain
        text = chosen.choice(leaves)
        for _ in range(chosen.randint(1, 12)):
            inner = chosen.choice([*leaves, random_formula_text(chosen, leaves, depth - 1)])
            text = chosen.choice(
                [f"{text}*{inner}", f"({text} + {inner})", f"({inner} - {text})", f"({text} - {inner})"]
            )
            text = f"{chosen.choice(SMOOTH[:5])}({text})" if chosen.random() < 0.3 else text
        return f"({text})"
    inner = [random_formula_text(chosen, leaves, depth - 1) for _ in range(2)]
    if kind < 0.8:
        return f"({inner[0]} {chosen.choice('++**-')} {inner[1]})"
    return f"{chosen.choice(SMOOTH)}({inner[0]})"


@pytest.mark.parametrize("seed", range(3))
def test_random_programs_have_the_same_reports(monkeypatch, seed):
    chosen, large = Random(seed), 0
    for _ in range(120):
        point = {name: chosen.uniform(-1.5, 1.5) for name in POINT}
        if chosen.random() < 0.3:
            point[chosen.choice("xyz")] = chosen.choice([*POINTS, 0.0, -0.0, 1.0, -1.0, float("inf"), float("nan")])
        wrt = chosen.choice([(), (), ("x",), ("y", "z")])
        options = {"wrt": wrt, "seed_grad": chosen.choice([1.0, 1.0, -1.0, 2.5, 0.0, -0.0])}
        text = random_text(chosen)
        used = {name for name in POINT if name in text}
        options["wrt"] = [name for name in wrt if name in used]
        large += compare(monkeypatch, text, point, **options)
        compare(monkeypatch, text, point, backprop_cli.evaluate)
    assert large > 50


@pytest.mark.parametrize("seed", range(3))
def test_any_gate_has_the_same_report(monkeypatch, seed):
    chosen, large = Random(seed), 0
    for _ in range(100):
        text = text_of(random_formula(chosen, chosen.randint(1, 6)))
        point = {name: chosen.choice([*POINTS, 0.0, -0.5, 0.25]) for name in ("x", "y")}
        large += compare(monkeypatch, text, point)
    assert large > 10


SURE = [
    "+".join("xyz"[k % 3] for k in range(300)),
    "tanh(" * 200 + "x*y" + ")" * 200,
    "a0 = z\n" + "\n".join(f"a{k + 1} = a{k}*x + y" for k in range(150)),
    "a = tanh(x*y + z); b = a*a + a*x; c = b*b*a + sin(b); c*c - 2*c*x",
    "pi*x + pi*y + e*(x*pi - z)",
    "w = 2*3 + 1; w*x + w*y + sin(w)*w",
    "((x*y + y*z)*(z*x + x*y) + (x*y - y*z)*(z*x - x*y))*-((x + 1)*(y + 1))",
]


@pytest.mark.parametrize("wrt", [(), ("x",)])
@pytest.mark.parametrize("text", SURE)
def test_the_moves_are_those_of_the_plain_loops(monkeypatch, text, wrt):
    """The numbers that are compared in the exaggerated passes are the same ones, and they are sure."""
    compare(monkeypatch, text, POINT, wrt=wrt)
    seen = []
    near = exaggerated_columns._are_near
    monkeypatch.setattr(exaggerated_columns, "_are_near", lambda x, y: (seen.append(y), near(x, y))[1])
    report = backprop_cli.grad(text, defaults=POINT, wrt=wrt, check=False)
    graph, values, passed, active, *_ = report.columns
    assert isinstance(graph, LargeGraph)
    assert exaggerated_columns.are_sure(graph, values, passed, active)
    again = Again(graph, values, graph.output)
    assert repr([*again.values]) == repr(seen[-2].tolist())
    there, _ = backward(again, passed.grads, active)
    asked = [x for x, is_asked in zip(there, active, strict=True) if is_asked]
    assert repr([x + 0.0 for x in asked]) == repr(seen[-1].tolist())


def test_what_is_sure_is_not_doubtful(monkeypatch):
    chosen, counts = Random(5), {True: 0, False: 0}
    monkeypatch.setattr(understanding, "LARGE", 0)
    for _ in range(120):
        text = random_text(chosen)
        point = {name: chosen.choice([0.5, -1.25, 2.0, 1e-8, 1e-160, 1e160, 40.0, 1e10]) for name in POINT}
        report = backprop_cli.grad(text, defaults=point, check=False)
        graph, values, passed, active, *_ = report.columns
        if isinstance(graph, LargeGraph):
            sure = exaggerated_columns.are_sure(graph, values, passed, active)
            counts[sure] += 1
            assert not (sure and doubtful._doubtful_numbers(Again(graph, values, graph.output), passed, active))
    assert min(counts.values()) > 5
