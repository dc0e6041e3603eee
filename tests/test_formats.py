"""Every command that shows a table, in every table format, at several widths: whole numbers, only text in a pipe."""

import json
import re

import jsonschema
import pytest
import schemas
from conftest import backprop

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


@pytest.mark.parametrize("name", schemas.documents.SCHEMAS)
def test_a_schema_is_what_the_types_of_the_documents_say(name):
    """Write it anew with `python tests/schemas.py`."""
    assert (schemas.HOME / f"{name}.schema.json").read_text(encoding="utf-8") == schemas.schema(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_json_follows_its_schema(name):
    document = json.loads(shown(name, "--json"))
    schema = {"check": "check", "gates": "gates"}.get(document["schema"].split("/")[1].split("@")[0], "report")
    jsonschema.validate(document, json.loads(schemas.schema(schema)))


@pytest.mark.parametrize("name", ["eval", "grad", "check", "jacobian"])
def test_csv_has_the_numbers_of_json_in_full(name):
    in_json = json.dumps(json.loads(shown(name, "--json")))
    numbers = {number for line in shown(name, "--format", "csv").splitlines()[1:] for number in NUMBER.findall(line)}
    names_apart = {number for number in numbers if number not in in_json}
    assert numbers and names_apart == set()
