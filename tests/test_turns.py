"""Turns of loops, folded: rows keep their numbers and names, and the chain rule holds over those that are left."""

import json
from importlib.resources import files
from math import cosh, tanh

import jsonschema
import numpy as np
import pytest
from conftest import backprop

from backprop_cli.api import draw, grad, structure
from backprop_cli.errors import BackpropError
from backprop_cli.graph.verify import verify
from backprop_cli.render.style import Style
from backprop_cli.report.contributions import contributions
from backprop_cli.report.drawing import figure
from backprop_cli.report.drawn_subgraphs import layouts, with_subgraphs
from backprop_cli.report.subgraphs import unfolded

SCHEMA = json.loads(files("backprop_cli.render").joinpath("report.schema.json").read_text(encoding="utf-8"))
RNN = "h = 0; loss = 0; for t in range(3) { a = w*h + u; h = tanh(a); loss = loss + (h - y)^2 }; loss"
AT = {"w": 0.9, "u": 0.5, "y": 1.0}

# A program, values, and the rows that are left of it: what is neither an input nor a constant.
PROGRAMS = [
    (RNN, AT, ["turn1.h", "turn1.loss", "turn2.h", "turn2.loss", "h", "loss"]),
    ("s = 0; for i in range(3) { for j in range(i + 1) { s += X[i, j]*w*s + exp(w) }; s = s*2 }; s",
     {"X": np.eye(3), "w": 0.3}, ["turn1.s", "turn2.s", "s"]),
    ("for i in range(2) { w = w^2 + 1 }; for i in range(2) { w = sin(w)*w }; w", {"w": 0.3},
     ["turn1.w", "turn2.w", "loop2.turn1.w", "w2"]),
    ("h = 0; c = 1; for t in range(2) { a = x[t]@W + h; h = tanh(a); c = c*sum(h) + sum(a^2) }; sum(c*h)",
     {"x": np.arange(6.0).reshape(2, 3) / 10, "W": np.eye(3) * 0.3}, ["turn1.h", "turn1.c", "h", "c", "n1", "f"]),
    ("gate g(a) = { b = a*a; b + a*b }; h = q; for t in range(2) { k = g(h*t); h = g(k) + h }; h*k", {"q": 0.4},
     ["turn1.h", "k", "h", "f"]),
    ("for k in range(2) { f = a^2*b; g = df/da; a = a + g }; a", {"a": 0.4, "b": 2.0}, ["turn1.a", "a2"]),
    ("y = 0; for k in range(3) { m = max(y, x[k]); y = m*1.5 + exp(-m) }; y", {"x": np.array([1.0, 5, 2])},
     ["turn1.y", "turn2.y", "y"]),
    ("s = 0; for row in X { s = s + sum(row^2)*w }; s", {"X": np.ones((2, 2)), "w": 2.0}, ["turn1.s", "s"]),
    # One gate is not folded; nobody needs the first turn.
    ("for k in range(2) { a = b + 1 }; a*b", {"b": 2.0}, ["turn1.a", "a", "f"]),
    ("for k in range(2) { c = b*b; a = c + b }; a*b", {"b": 2.0}, ["turn1.a", "a", "f"]),
    ("for k in range(4) { a = 3 }; a*b", {"b": 2.0}, ["f"]),
    ("h = b; for k in range(2) { h = h*b; r = h }; h + r", {"b": 2.0}, ["turn1.h", "h", "f"]),  # two names of one node
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "left"), PROGRAMS)
def test_folded_turns_keep_numbers_and_names_and_the_chain_rule(text, at, left):
    whole, folded = grad(text, at, check=False, expand=True), grad(text, at, check=False)
    verify(whole.columns.graph)
    known = {row.id: row for row in whole.rows()}
    rows = {row.id: row for row in folded.rows()}
    assert [row.name for row in rows.values() if row.inputs] == left
    assert all(row.name == known[row.id].name for row in rows.values())
    assert all(np.array_equal(row.grad, known[row.id].grad) for row in rows.values() if row.grad is not None)
    sent, arrived = contributions(folded.columns), {}
    for row in rows.values():
        for position, operand in enumerate(row.inputs):
            assert operand in rows
            if rows[operand].grad is not None and (part := sent(row.id, position)) is not None:
                arrived[operand] = arrived.get(operand, 0) + part
                slope = row.locals[position] if row.locals else None
                if slope is not None and not folded.has_arrays:
                    assert part == pytest.approx(slope * row.grad, abs=1e-300)
    for operand, total in arrived.items():
        assert np.allclose(total, rows[operand].grad, rtol=1e-12)


def test_a_turn_has_the_slopes_of_all_that_is_in_it():
    rows = {row.name: row for row in grad(RNN, AT, check=False).rows()}
    h1 = tanh(0.5)
    assert rows["turn1.h"].value == pytest.approx(h1)
    second = rows["turn2.h"]
    assert second.written == "turn 2 of 3 (w, u, turn1.h)"
    slope = 1 / cosh(0.9 * h1 + 0.5) ** 2
    assert second.locals == pytest.approx((h1 * slope, slope, 0.9 * slope))
    assert rows["turn2.loss"].written == "turn 2 of 3 (y, turn1.loss, turn2.h)"


def test_one_loop_is_expanded_by_its_name():
    text = "gate g(x) = x*x + 1; for i in range(2) { w = g(w) }; for k in range(2) { w = g(w)*w }; w"
    names = [row.name for row in grad(text, {"w": 0.5}, check=False, expand="k").rows() if row.inputs]
    assert names == ["turn1.w", "turn2.w", "loop2.turn1.n1", "loop2.turn1.w", "loop2.turn2.n1", "w2"]
    with pytest.raises(BackpropError, match="no gate `i2`"):
        grad(text, {"w": 0.5}, expand="i2")


def test_json_says_what_a_turn_is_made_of():
    made = json.loads(backprop("grad", RNN, "w=0.9", "u=0.5", "y=1", "--json").out)
    jsonschema.validate(made, SCHEMA)
    third = made["modules"][2]
    assert (third["call"], third["title"], third["gate"], third["expanded"]) == ("turn3", "turn 3 of 3", "t", False)
    ids = {node["name"]: node["id"] for node in made["nodes"]}
    assert third["outputs"] == [ids["h"], ids["loss"]]
    assert {node["name"] for node in made["nodes"] if node.get("module") == "turn3"} == {"h", "loss"}


def test_a_page_folds_and_opens_turns():
    report = grad(RNN, AT, check=False)
    whole = unfolded(report, 500)
    drawn = with_subgraphs(figure(whole, Style().figure_number), whole, report.columns.folded)
    packed, opened = layouts(drawn)
    gates = [node for node in packed.nodes if node.kind in ("gate", "output")]
    assert sorted((node.name, node.operation) for node in gates) == [
        ("h", "turn 3 of 3"), ("loss", "turn 3 of 3"), ("turn1.h", "turn 1 of 3"), ("turn1.loss", "turn 1 of 3"),
        ("turn2.h", "turn 2 of 3"), ("turn2.loss", "turn 2 of 3"),
    ]  # fmt: skip
    assert not packed.subgraphs
    assert [subgraph.name for subgraph in opened.subgraphs] == ["turn 1 of 3", "turn 2 of 3", "turn 3 of 3"]
    arriving = sum(float(edge.grad) for edge in packed.edges if edge.source == 0)
    assert arriving == pytest.approx(-0.232132, abs=2e-3)  # three digits an edge


def test_what_two_names_of_a_turn_need_is_drawn_once():
    text = "a = q; b = q; for k in range(2) { s = sin(a*b) ; a = s*b; b = exp(s) + a }; a*b"
    report = grad(text, {"q": 0.3}, check=False)
    whole = unfolded(report, 500)
    packed, _ = layouts(with_subgraphs(figure(whole, Style().figure_number), whole, report.columns.folded))
    names = {node.name for node in packed.nodes}
    assert {"turn1.s", "turn1.a", "turn1.b"} <= names
    assert "turn 1 of 2" in draw(report, "svg")


@pytest.mark.parametrize("format_", ["markdown", "latex", "table"])
def test_a_turn_is_called_alike_in_every_format(format_):
    assert "turn 2 of 3" in backprop("grad", RNN, "w=0.9", "u=0.5", "y=1", "--format", format_).out


def test_notes_say_in_which_turn():
    made = backprop("eval", "x = 3; for k in range(40) { x = x^2 - 5 }; x", "-q")
    assert "(in turn 11 of 40)" in made.err  # 3, 4, 11, 116, …: each about the square of the one before


def test_without_values_turns_are_drawn_too():
    assert "turn 2 of 2" in draw(structure("y = x; for k in range(2) { y = sin(y)*x }; y"), "svg")


def test_ten_thousand_turns_stay_short():
    text = "h = 0; loss = 0; for t in range(10000) { h = tanh(w*h + u); loss = loss + h^2 }; loss"
    made = backprop("grad", text, "w=0.5", "u=0.3", "--width", "80", "--no-check").out
    assert "packed: 10,000 turns of t; 50,002 nodes are shown as 20,002" in made
    assert len(made.splitlines()) < 250
    assert all(len(line) <= 80 for line in made.splitlines())
    report = grad(text, {"w": 0.5, "u": 0.3}, check=False)
    assert sum(len(view.inside) for view in report.columns.folded) == 50_000  # no node is walked twice
