"""Worksheets: points that can be worked with, blanks, solutions, and suites that hold with the right answers."""

import json
import tomllib

import jsonschema
import pytest
import schemas
from conftest import backprop

from backprop_cli import BackpropError
from backprop_cli.report.worksheet import BLANKS
from backprop_cli.suites import read_suites, run_cases
from backprop_cli.suites.exercises import suite_text
from backprop_cli.text import shortest
from backprop_cli.worksheets import worksheet

ALL = tuple(BLANKS)
# programs and what is given of their inputs
PROGRAMS = [
    ("(x+y)*z", {}),
    ("relu(w*x + b)", {"b": -2}),
    ("log(x)*sqrt(y - x) + asin(z)", {}),
    ("q = W@x; sum(relu(q)^2)", {"W": "(2, 3)"}),
    ("mean((W2@tanh(W1@x) - y)^2)", {"W1": "(2, 2)", "W2": "(2, 2)", "x": "(2,)", "y": "(2,)"}),
    ("gate sig(t) = 1/(1 + exp(-t)); s = sig(w*x); s^2 + s", {}),
    ("x/x + x*x", {}),
    ("h = x; for t in range(2) { h = h*y }; h + x", {}),
]


@pytest.mark.parametrize("ending", ["toml", "md"])
@pytest.mark.parametrize(("program", "given"), PROGRAMS, ids=[row[0] for row in PROGRAMS])
def test_the_suite_holds_with_the_answers_and_no_other(program, given, ending, tmp_path):
    sheet = worksheet([program], given, blank=ALL, count=3)
    path = tmp_path / f"answers.{ending}"
    text = suite_text(sheet, str(path))
    path.write_text(text, encoding="utf-8")
    blank = list(run_cases(read_suites([str(path)])))
    assert len(blank) == 3
    assert all(difference.found == "none" for outcome in blank for difference in outcome.differences)

    def filled(change):
        made = text
        for exercise in sheet.exercises:
            for kind in ALL:
                for answer in exercise.answers(frozenset([kind])):
                    mark = '"?"' if ending == "toml" else "?\n"
                    number = change(answer.number)
                    made = made.replace(mark, shortest(number) + "\n" * (ending == "md"), 1)
        path.write_text(made, encoding="utf-8")
        return list(run_cases(read_suites([str(path)])))

    text = text.partition("\n")[2]  # the sentence at the top has a mark too
    right = filled(lambda number: number)
    assert [outcome.differences for outcome in right] == [(), (), ()]
    wrong = filled(lambda number: number + 1)
    count = [len(list(exercise.answers(frozenset(ALL)))) for exercise in sheet.exercises]
    assert [len(outcome.differences) for outcome in wrong] == count and min(count) > 1


@pytest.mark.parametrize(("program", "given"), PROGRAMS, ids=[row[0] for row in PROGRAMS])
def test_points_are_finite_smooth_and_differ(program, given):
    sheet = worksheet(program, given, count=4, seed=5)
    points = {repr(exercise.point) for exercise in sheet.exercises}
    assert len(points) == 4
    for exercise in sheet.exercises:
        assert exercise.report.status == 0
        assert not {note.code for note in exercise.report.notes} & {"kink", "pole", "undefined", "saturated"}
    assert repr(worksheet(program, given, count=4, seed=5).exercises[3].point) == repr(sheet.exercises[3].point)


def test_numbers_are_short():
    for exercise in worksheet("(x+y)*z", count=10).exercises:
        assert all(number == round(2 * number) / 2 and abs(number) <= 5 for number in exercise.point.values())
        assert len(set(exercise.point.values())) == 3


BLANK_CELLS = [("values", 2), ("locals", 4), ("grads", 5), ("values,grads", 7), ("all", 11)]


@pytest.mark.parametrize("format_", ["table", "plain", "markdown"])
@pytest.mark.parametrize(("blank", "cells"), BLANK_CELLS)
def test_blanks(blank, cells, format_):
    ran = backprop(
        "worksheet", "(x+y)*z", "x=-2", "y=5", "z=-4", "--blank", blank, "--format", format_, "--width", "50"
    )
    assert ran.status == 0 and ran.out.count("____") == cells
    assert ("-12" in ran.out) == ("values" not in blank and blank != "all")
    solved = backprop(
        "worksheet", "(x+y)*z", "x=-2", "y=5", "z=-4", "--blank", blank, "--format", format_, "--solutions"
    )
    assert "-12" in solved.out.partition("Solution 1")[2]
    assert "____" not in solved.out.partition("Solution 1")[2]


def test_latex_has_lines_to_write_on():
    text = backprop("worksheet", "q = W@x; sum(q^2)", "W=[[1,2],[3,4]]", "x=[1,2]", "--format", "latex").out
    assert text.isascii() and text.count(r"\underline{\hspace") == 3 + 5
    assert text.count("\\begin{") == text.count("\\end{") and "____" not in text


def test_json_follows_its_schema():
    document = json.loads(backprop("worksheet", "x*y", "x=2", "y=3", "--blank", "all", "--json").out)
    jsonschema.validate(document, json.loads(schemas.schema("report")))
    (exercise,) = document["exercises"]
    assert exercise["point"] == {"x": 2, "y": 3}
    assert [(it["kind"], it["node"], it["along"], it["answer"]) for it in exercise["answers"]] == [
        ("grads", "x", None, 3), ("grads", "y", None, 2), ("values", "f", None, 6),
        ("locals", "f", "x", 3), ("locals", "f", "y", 2),
    ]  # fmt: skip


def test_solutions_go_into_a_file_of_their_own(tmp_path):
    sheet = tmp_path / "sheet.md"
    assert backprop("worksheet", "x*y", "--solutions", "-o", str(sheet)) == (0, "", "")
    assert "____" in sheet.read_text() and "Solution" not in sheet.read_text()
    solved = (tmp_path / "sheet-solutions.md").read_text()
    assert "____" not in solved and "Solution 1" in solved and "Exercise" not in solved


def test_a_library_is_written_into_the_suite(tmp_path):
    library, suite = tmp_path / "lib.bp", tmp_path / "s.toml"
    library.write_text("gate twice(x) = 2*x\n")
    assert backprop("worksheet", "twice(x)*y", "--use", str(library), "--suite", str(suite)).status == 0
    (case,) = tomllib.loads(suite.read_text(encoding="utf-8"))["case"]
    assert case["program"] == "gate twice(x) = 2*x\ntwice(x)*y"
    assert backprop("check", str(suite)).status == 1


REFUSED = [
    (("x=2",), 2, "there is no expression"),
    ((), 2, "missing argument"),
    (("[x, y]",), 2, "a gradient is that of one number"),
    (("x*y", "z=2"), 2, "not used"),
    (("x*y", "--blank", "all", "--blank", "cells"), 0, ""),
    (("x*y", "--blank", "cells"), 2, "there is no `cells` to leave blank"),
    (("x*y", "x=2", "y=3", "--count", "2"), 2, "every input has a value"),
    (("x*y", "--count", "101"), 2, "101"),
    (("x", "--count", "50"), 2, "points were found that differ"),
    (("log(x - 10)",), 2, "no point with small numbers"),
    (("sum(x)", "x=(37,)"), 5, "37 elements in an array"),
    (("x*y", "--suite", "a.txt"), 2, "its name ends in .toml or .md"),
    (("x", "--blank", "grads", "--suite", "a.md"), 2, "no exercise leaves a number blank"),
    (("x*y", "--suite", "a.md", "-o", "a.md"), 2, "are both `a.md`"),
    (("x*y", "--json", "--format", "table"), 2, "two formats"),
]


@pytest.mark.parametrize(("words", "status", "said"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED])
def test_refused(words, status, said):
    ran = backprop("worksheet", *words)
    assert ran.status == status and said in ran.err


def test_formulas_and_values_are_told_apart():
    out = backprop("worksheet", "f=x*y", "g=x+y", "x=2").out
    assert "`f=x*y` at `x = 2," in out and "`g=x+y` at `x = 2," in out


def test_from_python():
    with pytest.raises(BackpropError, match="1 to 100"):
        worksheet("x*y", count=0)
