"""Every command that shows a table, in every table format, at several widths: whole numbers, only text in a pipe."""

import json
import re
from html.parser import HTMLParser

import jsonschema
import numpy as np
import pytest
import schemas
from conftest import backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.cli import terminal
from backprop_cli.render.encoding import line, lines
from backprop_cli.render.wrapping import laid
from backprop_cli.text import in_lines, nested, rounded, unblocked

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)
SEED = ("(x+y)*z", "x=-2.123456", "y=5.25", "z=-4.75")
NETWORK = ("f = sum(relu(W@x + b)^2)", "W=[[0.11,0.52],[-0.33,0.84]]", "x=[0.25,0.45]", "b=[0.15,-0.35]")
COMMANDS = {
    "eval": ("eval", *SEED),
    "grad": ("grad", *SEED),
    "grad of arrays": ("grad", *NETWORK),
    "check": ("check", *SEED, "--claim", "df/dz = x + y", "--claim", "df/dx = 3"),
    "jacobian": ("jacobian", "[x*y, x + y]", "x=2.5", "y=-1.25"),
    "anatomy": ("jacobian", *NETWORK, "--anatomy"),
    "gates": ("gates",),
    "a gate": ("gates", "sigmoid", "matmul"),
}
NUMBER = re.compile(r"-?\d+\.\d+")


def shown(name, *more):
    ran = backprop(*COMMANDS[name], *more)
    assert ran.status in (0, 1), ran.err
    return ran.out


@pytest.mark.parametrize("width", [80, 50, 20])
@pytest.mark.parametrize("format_", ["table", "plain", "markdown", "latex"])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_number_is_cut(name, format_, width):
    """What the widest table shows, each narrower one shows too."""
    widest = set(NUMBER.findall(shown(name, "--format", "plain", "--width", "1000")))
    text = shown(name, "--format", format_, "--width", str(width))
    assert "\x1b" not in text and text.strip()
    together = text.replace("\n", " ").replace("{", "").replace("}", "")
    assert {number for number in widest if number not in together} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_tables_fit_the_width_or_are_told_as_records(name):
    for width in (80, 50):
        lines = shown(name, "--format", "table", "--width", str(width)).splitlines()
        assert [line for line in lines if len(line) > width and " " in line.strip()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_latex_is_ascii_and_balanced(name):
    text = shown(name, "--format", "latex")
    assert text.isascii() and text.count(r"\toprule") == text.count(r"\bottomrule") > 0
    assert text.count("\\begin{") == text.count("\\end{")
    assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0


@given(st.dictionaries(st.text(), VALUES), st.lists(VALUES), st.integers(0, 130))
def test_documents_are_what_the_json_module_makes_of_them(document, items, repeated):
    assert "".join(line(document.items())) == json.dumps(document) + "\n"
    assert "".join(line(document.items(), brief=True)) == json.dumps(document, separators=(",", ":")) + "\n"
    items = items + [{"x": 1.5}] * repeated
    for is_ascii in (True, False):
        text = "".join(lines([("items", iter(items)), *document.items()], ascii=is_ascii))
        assert json.loads(text) == json.loads(json.dumps({"items": items, **document}))
        assert text.isascii() or not is_ascii


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_a_schema_is_what_the_types_of_the_documents_say(name):
    """Write it anew with `python tests/schemas.py`."""
    assert (schemas.HOME / f"{name}.schema.json").read_text(encoding="utf-8") == schemas.schema(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_json_follows_its_schema(name):
    document = json.loads(shown(name, "--json"))
    schema = {"check": "check", "gates": "gates"}.get(document["schema"].split("/")[1].split("@")[0], "report")
    jsonschema.validate(document, json.loads(schemas.schema(schema)))


@pytest.mark.parametrize(
    ("words", "true"),
    [
        (("eval", "exp(-exp(x))", "x=14"), "3.939798652e-522285"),
        (("grad", "-logaddexp(1e200, 2*mish(x))", "x=1e160"), "-10^-4.342944819e+199"),
    ],
)
def test_true_numbers_that_no_double_is_near_follow_the_schema(words, true):
    text = backprop(*words, "--json").out
    assert f'"{true}' in text
    jsonschema.validate(json.loads(text), json.loads(schemas.schema("report")))


@pytest.mark.parametrize("name", ["eval", "grad", "check", "jacobian"])
def test_csv_has_the_numbers_of_json_in_full(name):
    in_json = json.dumps(json.loads(shown(name, "--json")))
    numbers = {number for line in shown(name, "--format", "csv").splitlines()[1:] for number in NUMBER.findall(line)}
    names_apart = {number for number in numbers if number not in in_json}
    assert numbers and names_apart == set()


# -- matrices -----------------------------------------------------------------------------------------------

MATRIX = ("sum((W@x - y)^2)", "W=[[1,2],[3,4],[5,6]]", "x=[1/3,2/7]", "y=[1,0,1]", "--no-check")


def test_a_small_matrix_is_shown_in_lines():
    lines = backprop("grad", *MATRIX, "--width", "80").out.splitlines()
    start = lines.index("    df/dW = [[-0.0634921, -0.0544218],")
    assert lines[start + 1 : start + 3] == [
        "             [   1.42857,    1.22449],",
        "             [    1.5873,    1.36054]]",
    ]
    assert backprop("grad", *MATRIX).out == backprop("grad", *MATRIX, "--format", "table").out
    assert (
        "[[-0.0634921, -0.0544218], [1.42857, 1.22449], [1.5873, 1.36054]]"
        in backprop("grad", *MATRIX, "--format", "markdown").out
    )
    latex = backprop("grad", *MATRIX, "--format", "latex").out
    assert r"\begin{bmatrix} -0.0634921 & -0.0544218 \\ 1.42857 & 1.22449 \\ 1.5873 & 1.36054 \end{bmatrix}" in latex


@pytest.mark.parametrize("format_", ["text", "markdown", "latex"])
def test_the_answers_of_explain_are_shown_up_to_the_rows(format_):
    words = ("explain", "sum(relu(W)^2)", "W=randn(8, 7)", "--no-check", "--format", format_)
    answers = backprop(*words).out.rpartition("Gradients")[2]
    assert len(NUMBER.findall(answers)) > 20 and "norm" not in answers
    assert "norm" in backprop(*words, "--rows", "7").out.rpartition("Gradients")[2]


SHAPES = [(1, 1), (2, 3), (6, 6), (7, 1), (1, 7), (6,), (7,), (2, 2, 2), (3, 0), (0,)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [1.0, -1e-7, 1 / 3, 1e12])
def test_a_block_is_the_array_on_several_lines(shape, scale):
    array = np.linspace(-1, 2, int(np.prod(shape))).reshape(shape) * scale
    text = in_lines(array)
    assert "\n" not in unblocked(text)
    whole = nested(array.tolist(), rounded, ", ")
    fits = len(whole) <= 48 or (len(shape) <= 2 and max(shape) <= 6)
    assert unblocked(text) == (whole if fits else rounded(array))
    lines = text.split("\n")
    assert len(lines) in (1, shape[0])
    assert len({len(line) + (k == len(lines) - 1) for k, line in enumerate(lines)}) <= 3
    assert laid(f"a = {text}", 10_000) == "a = " + text.replace("\n", "\n    ") + "\n"
    for width in (20, 40):
        narrow = laid(f"a = {text}", width, start="  ")
        assert narrow.split() == f"a = {text}".split() or narrow.split() == f"a = {unblocked(text)}".split()


# -- HTML, and what stands inside of a document -------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page: every one that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "img", "link", "iframe") and not dict(attrs).keys() & {"src", "href", "onload"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("words", [("explain", *NETWORK), ("worksheet", "where(x < y, x, y*x)", "--solutions")])
def test_html_stands_alone(words):
    page, tags = backprop(*words, "--format", "html").out, Tags()
    tags.feed(page)
    assert tags.open == [] and page.startswith("<!DOCTYPE html>") and "http:" not in page and "https:" not in page
    inside = backprop(*words, "--format", "html", "--fragment").out
    assert inside in page and "<body" not in inside and "<style" not in inside
    whole = backprop(*words, "--format", "plain" if words[0] == "worksheet" else "text", "--width", "1000").out
    assert set(NUMBER.findall(whole)) <= set(NUMBER.findall(tags.text))
    assert backprop(*words, "--format", "html", "--ascii").out.isascii()


def test_what_a_user_wrote_is_text_in_html():
    page = backprop("explain", "where(x<y, x, y)   # <script>alert(1)</script>", "x=1", "y=2", "--format", "html").out
    assert "<script" not in page and "x &lt; y" in page


@pytest.mark.parametrize("words", [("grad", *SEED), ("explain", *SEED), ("worksheet", "x*y"), ("check", *SEED)])
def test_a_fragment_of_latex_has_no_document(words):
    whole = backprop(*words, "--format", "latex").out
    inside = backprop(*words, "--format", "latex", "--fragment").out
    assert inside in whole and inside.count("\n") > 4
    assert not re.search(r"documentclass|usepackage|\{document\}", inside)
    refused = backprop(*words, "--fragment", "--json" if words[0] != "explain" else "--quiet")
    assert refused.status == 2 and "`--fragment` is for latex and html" in refused.err


@pytest.mark.parametrize("command", ["grad", "eval"])
@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_of_arrays_the_nodes_are_there_if_asked_for(command, format_):
    """A network's activations are many, its gradients few; what has no arrays keeps its nodes."""
    words = [command, "sum(tanh(W@x))", "W=[[1, 2], [3, 4]]", "x=[0.1, 0.2]", "--format", format_]
    few, many = (json.loads(backprop(*words, *more).out) for more in ([], ["--nodes"]))
    assert "nodes" not in few and [node["name"] for node in many.pop("nodes")] == ["W", "x", "n1", "n2", "f"]
    assert few == many
    numbers = [command, "(x+y)*z", "x=-2", "y=5", "z=-4", "--format", format_]
    assert backprop(*numbers).out == backprop(*numbers, "--nodes").out
    assert len(json.loads(backprop(*numbers).out)["nodes"]) == 5


def test_nodes_are_for_json():
    ran = backprop("grad", "x*y", "x=2", "y=3", "--nodes")
    assert ran.status == 2 and "error[U801]: `--nodes` is for json and jsonl, not table" in ran.err


def test_gradients_alone_are_written_where_all_numbers_would_be_too_many(monkeypatch):
    monkeypatch.setattr(terminal, "_MOST_WRITTEN", 10)
    words = ["grad", "sum((x + 1)*2)", "x=[1, 2, 3, 4, 5, 6]", "--no-check", "--json"]
    assert backprop(*words).status == 0 and backprop(*words, "--nodes").status == 5
