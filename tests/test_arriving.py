"""Backward passes of one layer, to which the gradient of its output is handed: `dw = x.T @ dout`."""

import pytest
from conftest import backprop

import backprop_cli

SHAPES = {"x": "(5, 3)", "w": "(3, 2)", "b": "(2,)"}
AFFINE = ["dx = dout @ w.T", "dw = x.T @ dout", "db = np.sum(dout, axis=0)"]
# A program, its values, the steps, and how far these are right: CS231n's layers, and others.
LAYERS = [
    ("x@w + b", SHAPES, AFFINE, "agrees"),
    ("out = x@w + b", SHAPES, AFFINE, "agrees"),
    ("np.dot(x, w) + b", SHAPES, AFFINE, "agrees"),
    ("y = x.dot(w) + b  # scores", SHAPES, [line.replace("dout", "dy") for line in AFFINE], "agrees"),
    ("x@w + b", SHAPES, [line.replace("dout", "upstream") for line in AFFINE], "agrees"),
    ("h = x@w; h + b", SHAPES, ["N = dout.shape[0]", "db = dout.sum(axis=0)", "dh = dout", "dx = dh @ w.T"], "agrees"),
    ("x@w + b", SHAPES, [*AFFINE[:2], "db = dout"], "differs"),
    ("x@w + b", SHAPES, [AFFINE[0], "dw = x.T @ dout / 5"], "differs"),
    ("relu(x)", {"x": "[[1, -2], [-3, 4]]"}, ["dx = dout", "dx[x < 0] = 0"], "agrees"),
    ("relu(x)", {"x": "[[1, -2], [-3, 4]]", "dout": "[[1, 2], [3, 4]]"}, ["dx = dout*(x > 0)"], "agrees"),
    ("sigmoid(x)", {"x": "(4,)"}, ["s = sigmoid(x)", "dx = dout*s*(1 - s)"], "agrees"),
    ("softmax(x)", {"x": "(4,)"}, ["s = softmax(x)", "dx = s*(g - sum(g*s))"], "agrees"),
    ("softmax(x)", {"x": "(4,)"}, ["s = softmax(x)", "dx = s*(1 - s)*g"], "differs"),
    ("(x - mean(x, axis=0))/std(x, axis=0)", {"x": "(6, 2)"},
     ["s = std(x, axis=0)", "h = (x - mean(x, axis=0))/s",
      "dx = (dout - mean(dout, axis=0) - h*mean(dout*h, axis=0))/s"], "agrees"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "values", "steps", "verdict"), LAYERS)
def test_the_passes_of_layers(program, values, steps, verdict):
    report = backprop_cli.check_steps(program, values, steps="\n".join(steps))
    assert report.verdict == verdict
    (note,) = [note for note in report.notes if "is taken to be the gradient that arrives" in note.message]
    assert "`sum(" in note.message
    assert not set(report.unmentioned) & {"dout", "dy", "g", "upstream"}


def test_claims_of_layers():
    for claim in ("dL/dw = x'@dout", "dw = x'@dout", "df/db = sum(dout, axis=0)"):
        assert backprop_cli.check("x@w + b", SHAPES, claims=claim).verdict == "agrees"
    assert backprop_cli.check("x@w + b", SHAPES, claims="dL/dw = dout'@x").verdict == "differs"
    assert backprop_cli.check("y = x@w", SHAPES | {"b": "(5, 2)"}, claims="dL/dx = b @ w'").verdict == "agrees"


@pytest.mark.parametrize("steps", ["dx = 2*ones(5, 3)", "dx = p @ q"])
def test_of_none_or_several_such_names_nothing_is_guessed(tmp_path, monkeypatch, steps):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps.txt").write_text(steps)
    ran = backprop("check", "x@w + b", "--steps", "steps.txt", *(f"{name}={shape}" for name, shape in SHAPES.items()))
    assert ran.status == 2 and "arrives" not in ran.err
