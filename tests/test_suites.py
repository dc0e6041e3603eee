"""Suites: the corpus of published gradients, what a case can say, what is malformed, and every way to be told of it."""

import io
import json
import re
import shutil
from importlib import import_module
from importlib.resources import files
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from conftest import ROOT, backprop, shell

from backprop_cli.check.verdict import Check
from backprop_cli.cli import main
from backprop_cli.render import Style, formats, render
from backprop_cli.render.suites import words
from backprop_cli.render.workflow_commands import defused_lines
from backprop_cli.report.case_result import CaseResult, Difference, SuiteReport
from backprop_cli.suites import read_suites, run_cases
from backprop_cli.suites.case import Written, read_number
from backprop_cli.suites.markdown import read_markdown

SCHEMA = json.loads(files("backprop_cli.render").joinpath("suites.schema.json").read_text(encoding="utf-8"))
CORPUS = read_suites([str(ROOT / "tests/suites")])


# -- published gradients ------------------------------------------------------------------------------------


def test_published_gradients():
    ran = backprop("check", str(ROOT / "tests/suites"), "--sympy")
    assert ran.status == 0 and ran.err == ""
    assert len(CORPUS) >= 100
    assert ran.out.count("\n") == len(CORPUS) + 2
    assert all(len(case.published) > 10 for case in CORPUS)
    assert sum(case.verdict == "differs" for case in CORPUS) >= 20


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_no_published_case_is_idle(case):
    """With another number in any one place the case fails."""
    spoiled = []
    if case.value:
        spoiled.append(case._replace(value=_another(case.value)))
    for name, written in case.gradients.items():
        spoiled.append(case._replace(gradients={**case.gradients, name: _another(written)}))
    if case.verdict == "agrees":
        assert not any(outcome.holds for outcome in run_cases(spoiled))
        assert case.claims or spoiled
    else:
        assert not next(run_cases([case._replace(verdict="agrees")])).holds


def _another(written):
    return written._replace(number=1.5 * written.number + 1e3 if written.number == written.number else 1.0)


# -- what a case can say ------------------------------------------------------------------------------------

SQUARE = 'program = "x^2"\nbindings = {{ x = 3 }}\n{}\n'
# what is said of x^2 at 3, and of what it is that something differs
SAID = [
    ("value = 9", ""),
    ("value = 9.0", ""),
    ("value = 8.96", "f"),
    ("value = 9.04", "f"),
    ("value = 9.0\nrtol = 1e-9", ""),
    ("value = 9.01\nrtol = 1e-2", ""),
    ("value = 9.5\natol = 0.5", ""),
    ("value = 9.5\natol = 0.4", "f"),
    ('value = "3*3"', ""),
    ("value = nan", "f"),
    ("value = inf", "f"),
    ("gradients = { x = 6 }", ""),
    ("gradients = { x = -6 }", "df/dx"),
    ("gradients = { f = 1 }", ""),
    ("gradients = { g = 1 }", "error"),
    ("value = 9\ngradients = { x = 5 }", "df/dx"),
    ('claims = ["df/dx = 2*x"]', ""),
    ('claims = ["df/dx = 6.0"]', ""),
    ('claims = ["df/dx = x", "df/dx = 2*x"]', "df/dx"),
    ('claims = ["df/dy = x"]', "error"),
    ("notes = []", ""),
    ('notes = ["kink"]', "notes"),
    ('error = "N201"', "error"),
    ('value = 9\nverdict = "differs"', "f"),
    ('value = 8\nverdict = "differs"', ""),
    ('value = 8\ngradients = { x = 6 }\nverdict = "differs"', "df/dx"),
    ('claims = ["df/dx = x"]\nverdict = "differs"', ""),
    ('claims = ["df/dx = x"]\nverdict = "cannot decide"', "df/dx"),
    ('claims = ["df/dx = 2*x"]\nverdict = "differs"', "df/dx"),
]


@pytest.mark.parametrize(("said", "differs"), SAID, ids=[said for said, _ in SAID])
def test_a_case(said, differs, tmp_path):
    (outcome,) = outcomes(tmp_path, "[[case]]\n" + SQUARE.format(said))
    assert [item.subject for item in outcome.differences] == [differs] * bool(differs)


def outcomes(folder, text, name="suite.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return list(run_cases(read_suites([str(path)])))


def test_errors_notes_and_names_of_options(tmp_path):
    text = """
        [[case]]
        program = "relo(x)"
        bindings = { x = 1 }
        error = "N201"
        [[case]]
        program = "relu(x) - relu(-x)"
        bindings = { x = 0 }
        gradients = { x = 0 }
        notes = ["kink"]
        [[case]]
        program = "log(check)*wrt"
        bindings = { check = "e", wrt = "pi/2" }
        value = "pi/2"
        gradients.check = "pi/2/e"
        gradients."wrt" = 1
        [[case]]
        program = "2x"
        bindings = { x = inf }
        notes = ["nonfinite-input"]
    """
    found = outcomes(tmp_path, text)
    assert [outcome.differences for outcome in found] == [()] * 4


def test_another_error_than_the_one_that_is_due(tmp_path):
    (outcome,) = outcomes(tmp_path, '[[case]]\nprogram = "relo(x)"\nbindings = { x = 1 }\nerror = "N202"\n')
    assert outcome.differences == (Difference("error", "N202", "error[N201]: unknown gate `relo`", "", 4),)


def test_tolerances_at_the_top_are_those_of_every_case_without_its_own(tmp_path):
    cases = [SQUARE.format("value = 9.5"), SQUARE.format("value = 9.5\nrtol = 0.01")]
    found = outcomes(tmp_path, "rtol = 0.1\n" + "".join(f"[[case]]\n{case}" for case in cases))
    assert [outcome.holds for outcome in found] == [True, False]


def test_sympy_can_disagree(tmp_path, monkeypatch):
    verdict = Check("disagree", ("sympy",), 1.0, {}, "for this test")
    monkeypatch.setattr(import_module("backprop_cli.check.cross_check"), "cross_check", lambda *_, **__: verdict)
    path = tmp_path / "suite.toml"
    path.write_text("[[case]]\n" + SQUARE.format("value = 9"), encoding="utf-8")
    asked, not_asked = (next(run_cases(read_suites([str(path)]), sympy=sympy)) for sympy in (True, False))
    assert [item.subject for item in asked.differences] == ["SymPy"] and not_asked.holds


def test_a_difference_names_its_line(tmp_path):
    text = """
        [[case]]
        program = '''
            f = x*y
        '''
        value = 7
        claims = [
            "df/dx = y",  # right
            "df/dy = y",
        ]
        [case.bindings]
        x = 2
        y = 3
        [case.gradients]
        x = 3
        y = 4
    """
    (outcome,) = outcomes(tmp_path, text)
    assert [(item.subject, item.line) for item in outcome.differences] == [("f", 6), ("df/dy", 16), ("df/dy", 9)]


@pytest.mark.parametrize(
    ("written", "half_unit"),
    [
        ("0.20", 0.005),
        ("-4.", 0.0),
        (".5", 0.05),
        ("9.531e-02", 5e-6),
        ("1.5e3", 50),
        ("3", 0),
        ("1e-3", 0.0005),
        ("0.1e2", 0),
        ("1e1", 0),
        ("pi/4", 0),
    ],
)
def test_decimals(written, half_unit):
    assert read_number(written).half_units == (pytest.approx(half_unit),)


def test_arrays_agree_element_by_element():
    """The comparison, which is ready for arrays before the language is."""
    import numpy as np

    (case,) = [case for case in CORPUS if case.name == "a product"]
    wanted = Written(np.array([[0.27, 1.0]]), "[[0.27, 1]]", (0.005, 0.0))
    assert case.agree(np.array([[0.2689, 1.0]]), wanted)
    assert not case.agree(np.array([[0.2689, 1.001]]), wanted)
    assert not case.agree(np.array([0.27, 1.0]), wanted) and not case.agree(0.27, wanted)
    assert case.agree(np.array([np.nan, np.inf]), Written(np.array([np.nan, np.inf]), ""))


# -- malformed ----------------------------------------------------------------------------------------------

GOOD = '[[case]]\nprogram = "x"\nbindings = { x = 1 }\nvalue = 1\n'
# a suite in TOML, the code, the line, the column, and what is said
MALFORMED = [
    ("x = = 1", "F603", 1, 5, "invalid value"),
    ("[[case]]\nname = 'a", "F603", 2, 10, "not TOML"),
    (GOOD + GOOD.replace("value", "name = 1\nname"), "F603", 9, 9, "overwrite"),
    ("", "F604", 1, 1, "no cases"),
    ("rtol = 1", "F604", 1, 1, "no cases"),
    ("case = 3", "F604", 1, 1, "no cases"),
    ("titel = 'x'\n" + GOOD, "F604", 1, 1, "a suite has no `titel`"),
    (GOOD + "\n[[case]]\n  valeu = 2\nprogram = 'x'\n", "F604", 7, 3, "a case has no `valeu`"),
    (GOOD + "[[case]]\nprogram = '''\nvalue = 1\n[[case]]\n'''\n[[case]]\nprogram = 1\n", "F604", 5, 1, "says nothing"),
    ("[[case]]\nprogram = '''\n[[case]]\nx'''\nvalue = 1\n[[case]]\nprogram = 1\n", "F604", 7, 1, "is a text"),
    (GOOD + "[[case]]\nvalue = 1", "F604", 5, 1, "no `program`"),
    (GOOD + "program = 2", "F603", 5, 12, "overwrite"),
    (GOOD.replace('"x"', "2"), "F604", 2, 1, "`program` is a text"),
    (GOOD.replace("value = 1", "value = true"), "F604", 4, 1, "a truth value"),
    (GOOD.replace("value = 1", "value = 1.5e400"), "F604", 4, 1, "`1.5e400` is too large for a double"),
    (GOOD.replace("value = 1", "value = [1.5e400]"), "F604", 4, 1, "`1.5e400` is too large for a double"),
    (GOOD.replace("value = 1", "value = -1e-400"), "F604", 4, 1, "too small for a double"),
    (GOOD.replace("value = 1", "value = 1979-05-27"), "F604", 4, 1, "a date"),
    (GOOD.replace("value = 1", "value = 'y'"), "F604", 4, 1, "`y` is not a number"),
    (GOOD.replace("value = 1", "value = [true]"), "F604", 4, 1, "expected numbers"),
    (GOOD.replace("{ x = 1 }", "{ y = 1, x = ['1'] }"), "F604", 3, 21, "`x`: a list of"),
    (GOOD.replace("{ x = 1 }", "3"), "F604", 3, 1, "`bindings` is a table"),
    (GOOD + "[case.gradients]\nx = 1\nz = {}", "F604", 7, 1, "a table"),
    (GOOD + "claims = 'df/dx = 1'", "F604", 5, 1, "a list of texts"),
    (GOOD + "notes = ['kinky']", "F604", 5, 1, "did you mean `kink`?"),
    (GOOD + "error = 'N999'", "F604", 5, 1, "`N999` is no error"),
    (GOOD + "verdict = 'wrong'", "F604", 5, 1, "`wrong` is no verdict"),
    (GOOD + "verdict = 'cannot decide'", "F604", 5, 1, "a verdict on claims"),
    (GOOD + "rtol = -1", "F604", 5, 1, "not negative"),
    (GOOD.replace("value = 1\n", "name = 'n'\n"), "F604", 1, 1, "says nothing that could turn out wrong"),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "said"), MALFORMED)
def test_malformed_toml(text, code, line, column, said, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(text, encoding="utf-8")
    ran = backprop("check", str(path))
    assert ran.status == 3 and ran.out == ""
    assert f"error[{code}]: " in ran.err and f"at line {line}, column {column}: " in ran.err and said in ran.err


def test_everything_wrong_is_told_at_once(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD + "one = 1\n" + GOOD + "two = 1\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("```backprop\nx\n=> z\n```\n", encoding="utf-8")
    ran = backprop("check", str(tmp_path))
    assert ran.status == 3 and ran.out == ""
    assert re.findall(r"line (\d+), column", ran.err) == ["5", "10", "3"]


# -- Markdown -----------------------------------------------------------------------------------------------

DOCUMENT = """
# Notes

1. A list, and in it

   ```backprop the first example
   # a remark
   q = x + y

   f = q*z
   at x=-2 y=5 z=-4
   => -12
   df/dz = 3
   df/dq = z
   at x=1 y=1 z=pi
   => 6.28
   ```

~~~~markdown
```backprop
this is not looked at
```
~~~~

```python
=> 1
```

```backprop
relu(x)
at x=0
=> 0
notes kink
```

```backprop for all values
f = x*y
df/dx = y
```

````backprop wrong ones
f = x*y
at x=2 y=3
differs
df/dx = x
rtol 1e-3
at x=2 y=3
error N201
````
"""


def test_markdown(tmp_path):
    found = outcomes(tmp_path, DOCUMENT, "notes.md")
    assert [(o.line, o.name, o.holds) for o in found] == [
        (11, "the first example", True),
        (15, "the first example, line 15", True),
        (31, "line 31", True),
        (38, "for all values", True),
        (43, "wrong ones", True),
        (47, "wrong ones, line 47", False),
    ]
    assert found[-1].differences == (Difference("error", "N201", "none", "", 48),)
    assert found[3].differences == ()


def test_a_longer_fence_is_not_closed_by_a_shorter_one(tmp_path):
    text = "````md\n```backprop\n````\n```backprop\nx\nat x=1\n=> 1\n```\n"
    (outcome,) = outcomes(tmp_path, text, "notes.md")
    assert outcome.holds and outcome.line == 6


# a block, the line, the column, and what is said
MALFORMED_BLOCKS = [
    ("x\nat x=1\n=> 1\ny = 2\n", 6, 1, "follows the program"),
    ("x\nat x=1\n=> 1\n=> 2\n", 6, 1, "said twice"),
    ("x\nat x=1\n  => y\n", 5, 3, "`y` is not a number"),
    ("x\nat x=y\n=> 1\n", 4, 1, "`y` is not a number"),
    ("x\nat x=1\n", 4, 1, "says nothing"),
    ("x\n", 2, 1, "says nothing"),
    ("", 2, 1, "says nothing"),
    ("x\nat x=1\nnotes kinky\n", 5, 1, "`kinky` is no note"),
    ("x\nat x=1\nerror X\n", 5, 1, "`X` is no error"),
    ("x\nat x=1\nrtol much\n=> 1\n", 5, 1, "not negative"),
]


@pytest.mark.parametrize(("block", "line", "column", "said"), MALFORMED_BLOCKS)
def test_malformed_markdown(block, line, column, said, tmp_path):
    path = tmp_path / "notes.md"
    path.write_text(f"# Notes\n```backprop\n{block}```\n", encoding="utf-8")
    ran = backprop("check", str(path))
    assert ran.status == 3 and ran.out == ""
    assert f"at line {line}, column {column}: " in ran.err and said in ran.err


@pytest.mark.parametrize("argument", [".", "notes.md"])
def test_a_block_that_is_not_closed(argument, tmp_path):
    (tmp_path / "notes.md").write_text("text\n\n```backprop\nx\nat x=1\n=> 1\n", encoding="utf-8")
    ran = backprop("check", str(tmp_path / argument))
    assert ran.status == 3 and "error[F603]" in ran.err and "at line 3, column 1: this block is never closed" in ran.err


# -- files and directories ----------------------------------------------------------------------------------


def test_directories(tmp_path):
    for name in ("b.toml", "a/z.toml", "a/y.toml", ".hidden/h.toml", "node_modules/n.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    (tmp_path / "other.toml").write_text("[case]\nstudy = 1\n", encoding="utf-8")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9\n")
    (tmp_path / "README.md").write_text("```sh\nls\n```\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("```backprop\nx\nat x=1\n=> 1\n```\n", encoding="utf-8")
    ran = shell("backprop check . a/y.toml", tmp_path)
    assert ran.status == 0 and ran.err == ""
    files = re.findall(r"^ok +(\S+):", ran.out, re.MULTILINE)
    assert files == ["b.toml", "notes.md", "a/y.toml", "a/z.toml"]
    assert shell("backprop check a/y.toml b.toml", tmp_path).out.splitlines()[1].startswith("ok   b.toml:1")


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("c.toml", GOOD.replace("[[case]]", "[case]").encode(), "it holds no cases: write tables `[[case]]`"),
        ("c.toml", GOOD.replace("[[case]]", "[[Case]]").encode(), "help: did you mean `case`?"),
        ("c.toml", GOOD.encode("utf-16"), "is not UTF-8 text"),
        ("c.toml", b"garbage [", "not TOML"),
        ("c.md", "```backprop\nx\nat x=1\n=> 1\n```\n".encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_what_is_no_suite_by_a_slip_is_not_passed_over_in_a_directory(name, raw, said, tmp_path):
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / name).write_bytes(raw)
    ran = backprop("check", str(tmp_path))
    assert ran.status == 3 and said in ran.err and name in ran.err


def test_the_language_of_a_fence_may_have_capitals(tmp_path):
    (tmp_path / "a.md").write_text("```Backprop\nx\nat x=1\n=> 2\n```\n", encoding="utf-8")
    assert backprop("check", str(tmp_path)).status == 1


@pytest.mark.parametrize(
    ("argument", "formula"),
    [("suite", ["suite", "suite=2"]), ("tests/gradients", ["tests / gradients"]), ("my-suite", ["my - suite"])],
)
def test_a_path_that_is_not_there_is_no_formula(argument, formula, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = backprop("check", argument)
    assert ran.status == 3 and f"error[F601]: `{argument}` is no file or directory here" in ran.err
    assert f"a formula is `{formula[0]}`" in ran.err
    assert backprop("check", *formula).status == 0
    (tmp_path / argument).parent.mkdir(exist_ok=True)
    (tmp_path / argument).write_text(GOOD)
    assert "is a file, and no suite" in backprop("check", argument).err


@pytest.mark.parametrize("words", [["x/y"], ["x", "--claim", "dx/dx = 1"], ["x", "x=2"], ["x^2"], ["loss - x"]])
def test_formulas_are_still_checked(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert backprop("check", *words).status == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("check missing.toml", 3, "no such file"),
        ("check empty", 3, "holds no suites"),
        ("check README.md", 3, "no blocks"),
        ("check other.toml", 3, "no cases"),
        ("check x x=1", 0, ""),
        ("check good.toml --claim 'df/dx = 1'", 2, "`--claim` does not go with suites"),
        ("check good.toml --strict", 2, "`--strict` does not go with suites"),
        ("check good.toml --format jsonl", 2, "`jsonl` is no format of suites"),
        ("check 'x^2' x=1 --format tap", 2, "`tap` is no format of a formula"),
        ("check good.toml -k nothing", 2, "none of the 1 cases"),
        ("check x x=1 --junit j.xml", 2, "`--junit` is for suites"),
        ("check good.toml --junit no/such/folder/j.xml", 6, "cannot be written"),
    ],
)
def test_requests(words, status, said, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "x").mkdir()
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# nothing\n", encoding="utf-8")
    ran = shell(f"backprop {words}", tmp_path)
    assert ran.status == status and said in ran.err, ran


def test_a_formula_that_is_spelled_like_an_option():
    assert backprop("check", "-x", "x=2", "--claim", "df/dx = -1").status == 0
    assert backprop("check", "-x", "x=2", "--claim", "df/dx = 1").status == 1


# -- telling ------------------------------------------------------------------------------------------------

NASTY = 'on: 50%, <b>&"#1\\ \x1b[31m\u202e'
TOLD = [
    CaseResult("a.toml", 3, "fine", "a book", "agrees", (), 0.25),
    CaseResult("a.toml", 9, "known to be wrong", "", "differs", (), 0.25),
    CaseResult("a,b:c.md", 7, NASTY, "", "agrees", (Difference("df/dx", "1", "2", "100% off\nor so", 8),) * 2, 0.5),
]


@pytest.mark.parametrize("format_", [name for name in formats("SuiteReport") if name not in ("markdown", "latex")])
def test_every_format_tells_a_case_as_soon_as_it_is_there(format_):
    taken = []

    def coming():
        for outcome in TOLD[2:] * 3:
            taken.append(outcome)
            yield outcome

    pieces = render(SuiteReport(coming()), format_, Style())
    assert "df/dx" in next(piece for piece in pieces if "df/dx" in piece)
    assert len(taken) == 1


def test_every_line_is_flushed(monkeypatch):
    class Stream(io.StringIO):
        seen = ()

        def flush(self):
            self.seen += (self.getvalue(),)

    stream = Stream()
    monkeypatch.setattr("sys.stdout", stream)
    assert main(["check", str(ROOT / "tests/suites/cs231n.toml")]) == 0
    assert [text.count("\n") for text in stream.seen[:3]] == [1, 2, 3]


def told(format_):
    return "".join(render(SuiteReport(iter(TOLD)), format_, Style()))


def test_lines():
    assert told("table") == (
        "ok   a.toml:3 fine\n"
        "ok   a.toml:9 known to be wrong (differs, as it should)\n"
        'FAIL a,b:c.md:7 on: 50%, <b>&"#1\\ \\x1b[31m\\u202e\n'
        + "     line 8: df/dx: expected 1, found 2 (100% off or so)\n" * 2
        + "\n3 cases: 2 ok, 1 failed\n"
    )
    assert told("quiet").startswith("FAIL") and "case" not in told("quiet")
    painted = "".join(render(SuiteReport(iter(TOLD)), "table", Style(color=True)))
    assert painted.startswith("\x1b[32mok  \x1b[0m") and "\x1b[31mFAIL" in painted


def test_json():
    found = json.loads(told("json"))
    jsonschema.validate(found, SCHEMA)
    assert found["summary"] == {"cases": 3, "ok": 2, "failed": 1}
    assert [case["ok"] for case in found["cases"]] == [True, True, False]
    assert found["cases"][0] == {
        "file": "a.toml", "line": 3, "name": "fine", "source": "a book", "verdict": "agrees", "found": "agrees",
        "ok": True, "differences": [],
    }  # fmt: skip
    assert found["cases"][2]["name"] == NASTY
    assert found["cases"][2]["differences"][0] == {
        "subject": "df/dx", "expected": "1", "found": "2", "remark": "100% off\nor so", "line": 8,
    }  # fmt: skip
    jsonschema.validate(json.loads("".join(render(SuiteReport(iter([])), "json", Style()))), SCHEMA)


def test_tap():
    lines = told("tap").splitlines()
    assert lines[0] == "TAP version 14" and lines[-1] == "1..3"
    assert [line.partition(" - ")[0] for line in lines if re.match(r"(not )?ok ", line)] == ["ok 1", "ok 2", "not ok 3"]
    (point,) = [line for line in lines if line.startswith("not ok")]
    assert point.endswith(r"""<b>&"\#1\\ \\x1b[31m\\u202e""")
    assert all(line.startswith("  ") for line in lines[lines.index(point) + 1 : -1])
    assert '    - "line 8: df/dx: expected 1, found 2 (100% off or so)"' in lines


def test_github():
    annotations = [line for line in told("github").splitlines() if line.startswith("::")]
    where = 'file=a%2Cb%3Ac.md,line=8,title=on%3A 50%25%2C <b>&"#1\\ \\x1b[31m\\u202e'
    assert annotations == [f"::error {where}::df/dx: expected 1, found 2 (100%25 off%0Aor so)"] * 2


HOSTILE = """\
[[case]]
name = "##[stop-commands]tok"
program = '''
::stop-commands::tok
f = x + ##[warning]y '''
bindings = {x = 1}
value = 1
[[case]]
name = "::warning::a name"
program = "gate g(x) = x  ###[error]z\\ng(y) # ::debug::"
claims = ["::stop-commands::tok", "\u00a0 ::error::x = ##[group]", "df/dy = 2 ##[set-output name=x]"]
"""


def commands_in(log):
    """What the runner takes for commands: `##[name` anywhere in a line, `::name` at its beginning."""
    lines = re.split("[\n\r]", log)
    return [line for line in lines if "##[" in line or re.match(r"\s*::(?!error file=)", line)]


@pytest.mark.parametrize("format_", [*formats("SuiteReport"), ""])
def test_no_text_of_a_users_is_a_command_to_github(format_, tmp_path, monkeypatch):
    (tmp_path / "##[error]s.toml").write_text(HOSTILE, encoding="utf-8")
    (tmp_path / "::error::s.toml").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = ["check", "##[error]s.toml", "::error::s.toml", *(["--format", format_] if format_ else ["-x"])]
    plain = backprop(*words)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = backprop(*words)
    assert ran.status == plain.status == 1 and not commands_in(ran.out + ran.err)
    if format_ not in ("github", "latex", "tap"):  # which have escapes of their own
        assert commands_in(plain.out + plain.err)
    if format_ == "github":
        assert plain == ran and "::error file=" in ran.out
    if format_ == "json":
        assert [case["name"] for case in json.loads(ran.out)["cases"]] == [
            "##[stop-commands]tok",
            "::warning::a name",
        ] * 2


@pytest.mark.parametrize(
    "words",
    [
        ["grad", "x*( ##[error]"],
        ["grad", "::error::x", "--json"],
        ["eval", "x  # ##[error]", "x=1", "--json"],
        ["explain", "\n::error::\nx  # ##[error]", "x=1"],
        ["explain", "x  # ##[error]\n::error::", "x=1", "--format", "markdown"],
        ["graph", "x + y  # ##[error]", "x=1", "y=2", "--format", "tikz"],
        ["eval", "x", "##[error]=1"],
        ["##[error]"],
        ["eval", "x", "--##[error]"],
        ["eval", "x", "x=@##[error].csv"],
    ],
    ids=" ".join,
)
def test_no_expression_is_a_command_to_github(words, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    ran = backprop(*words)
    assert not commands_in(ran.out + ran.err) and (ran.status or ran.out)


def test_what_is_defused_stays_readable():
    text = "##[a] ###[b\n  ::c::d::\n::e\n a::b ## [x]\n" + "\n" * 100_000
    wanted = "\\u0023#[a] #\\u0023#[b\n  \\u003a:c::d::\n\\u003a:e\n a::b ## [x]\n" + "\n" * 100_000
    assert "".join(defused_lines(iter(text))) == "".join(defused_lines([text])) == wanted


def test_junit(tmp_path):
    (tmp_path / "a.toml").write_text(
        GOOD + "[[case]]\nname = 'x & <y> \"z\" \\\\u0001'\nprogram = 'x'\nbindings = {x = 1}\nvalue = 2\n",
        encoding="utf-8",
    )
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    ran = shell("backprop check a.toml b.toml --junit out.xml -q", tmp_path)
    assert ran.status == 1
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert root.tag == "testsuites" and [suite.tag for suite in root] == ["testsuite"] * 2
    for holder in (root, *root):
        cases = list(holder.iter("testcase"))
        failures = [case for case in cases if case.find("failure") is not None]
        assert holder.get("tests") == str(len(cases)) and holder.get("failures") == str(len(failures))
        assert holder.get("errors") == holder.get("skipped") == "0"
        assert float(holder.get("time")) == pytest.approx(sum(float(case.get("time")) for case in cases), abs=1e-5)
    (failure,) = root.iter("failure")
    assert failure.get("message") == "x: expected 2, found 1 (relative error 0.5)"
    assert failure.text == f"line 9: {failure.get('message')}"
    case = root[0][1]
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("a", "a.toml", "5")
    assert case.get("name") == 'x & <y> "z" \\\\u0001'


def test_first_failure_and_choice(tmp_path):
    text = "".join(
        f"[[case]]\nname = '{name}'\nprogram = 'x'\nbindings = {{x = 1}}\nvalue = {value}\n"
        for name, value in [("one", 1), ("Two [2]", 2), ("three", 1), ("four", 4)]
    )
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")

    def names(options):
        ran = shell(f"backprop check s.toml {options}", tmp_path)
        return ran.status, re.findall(r"^(?:ok|FAIL) +s.toml:\d+ (.*)$", ran.out, re.MULTILINE)

    assert names("") == (1, ["one", "Two [2]", "three", "four"])
    assert names("-x") == (1, ["one", "Two [2]"])
    assert names("-k t") == (1, ["one", "Two [2]", "three", "four"])  # the file is s.toml
    assert names("-k two") == (1, ["Two [2]"])
    assert names("-k '[2]'") == (1, ["Two [2]"])
    assert names("-k 'toml:* t*ee'") == (0, ["three"])
    assert names("--only :11 --exitfirst") == (0, ["three"])
    assert shell("backprop check s.toml", tmp_path) == shell("backprop check s.toml", tmp_path)


# -- documentation ------------------------------------------------------------------------------------------

DOCUMENTATION = (ROOT / "docs/suites.md").read_text(encoding="utf-8")


def test_formats_are_documented():
    for name, meaning in formats("SuiteReport").items():
        assert f"| `{name}` | {meaning} |" in DOCUMENTATION


def test_numbers_in_the_documentation_are_right():
    ran = backprop("check", str(ROOT / "docs"))
    assert ran.status == 0 and "suites.md" in ran.out


@pytest.fixture
def checkout(tmp_path):
    """What the snippets need of this repository."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "tests/suites", tmp_path / "tests/suites")
    return tmp_path


def test_the_github_snippet_runs(checkout):
    (snippet,) = re.findall(r"```yaml\n(steps:.*?)```", DOCUMENTATION, re.DOTALL)
    commands = [c for c in re.findall(r"^ +run: (.*)$", snippet, re.MULTILINE) if not c.startswith("pip install")]
    assert len(commands) == 1
    ran = shell(commands[0], checkout)
    assert ran.status == 0 and "::error" not in ran.out, ran
    assert ET.parse(checkout / "gradients.xml").getroot().get("failures") == "0"
    (checkout / "docs/wrong.md").write_text("```backprop\nx^2\nat x=3\n=> 8\n```\n", encoding="utf-8")
    ran = shell(commands[0], checkout)
    assert ran.status == 1 and "::error file=docs/wrong.md,line=4," in ran.out


def test_the_pytest_examples_run(checkout):
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENTATION, re.DOTALL)
    assert len(blocks) == 2
    for number, block in enumerate(blocks):
        (checkout / f"test_example{number}.py").write_text(block, encoding="utf-8")
    ran = shell("python -m pytest -q -p no:cacheprovider test_example0.py test_example1.py", checkout)
    assert ran.status == 0 and f"{3 + len(CORPUS)} passed" in ran.out, ran


def test_points_with_room_in_markdown():
    text = "```backprop\nf = sum(W x) + y\nat W = [[1, 2], [3, 4]] x=[1, 1], y = 2\n=> 12\ndf/dy = 1\n```\n"
    (case,) = read_markdown("a.md", text)
    assert case.bindings["W"].tolist() == [[1, 2], [3, 4]] and case.bindings["y"] == 2
    (outcome,) = run_cases([case])
    assert outcome.holds, outcome.differences


def test_an_error_in_a_program_is_shown_where_it_stands(tmp_path):
    (tmp_path / "a.md").write_text(
        "# Notes\n```backprop bad\n# first\nq = x + y\n\nf = q*(2 +\nat x=3 y=1\n=> 9\n```\n"
    )
    (tmp_path / "b.toml").write_text('[[case]]\nprogram = """\nq = 1\nf = 2*\n"""\nvalue = 1\n')
    ran = shell("backprop check a.md b.toml --junit out.xml", tmp_path)
    assert "     line 6: error: expected none, found error[S103]: `+` has nothing on its right\n" in ran.out
    assert "       | f = q*(2 +\n       |          ^\n" in ran.out
    assert "     line 4: error: expected none, found error[S103]: `*` has nothing on its right\n" in ran.out
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert [root.get("failures"), root.get("errors")] == ["0", "2"]
    assert [error.get("type") for error in root.iter("error")] == ["error", "error"]


def test_files_are_looked_for_beside_the_suite(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/x.csv").write_text("1,2\n3,4\n")
    (tmp_path / "inner/s.toml").write_text(
        '[[case]]\nprogram = "sum(x^2)"\nbindings = { x = "@x.csv" }\nvalue = 30\n'
        "gradients = { x = [[2, 4], [6, 8]] }\n"
    )
    (tmp_path / "inner/s.md").write_text("```backprop\nsum(x^2)\nat x=@x.csv\n=> 30\n```\n")
    monkeypatch.chdir(tmp_path)
    ran = backprop("check", "inner")
    assert ran.status == 0, ran


# -- arrays -------------------------------------------------------------------------------------------------

# what is claimed of the gradient of sum((W@x)^2) at W = [[1, 2], [3, 4]], x = [1, 2]: what the line says
ARRAY_MISTAKES = [
    ("x", "[76, 103]", "df/dx[1]: expected 103, found 108 (relative error 0.046; 1 of 2 elements differ)"),
    ("W", "[[11, 20], [22, 40]]", "df/dW[1, 1]: expected 40, found 44 (relative error 0.091; 2 of 4 elements differ)"),
    ("W", "'[[10, 20], [1/0, 40]]'", "df/dW[1, 0]: expected 1/0, found 22 (2 of 4 elements differ)"),
    ("W", "[[-10, -20], [-22, -44]]", "4 of 4 elements differ; the sign is wrong"),
    ("W", "[[10, 22], [20, 44]]", "2 of 4 elements differ; it is the transpose"),
    ("x", "[[76, 108]]", "df/dx: expected an array of the shape (1, 2), found an array of the shape (2,)"),
    ("x", "76", "df/dx: expected a number, found an array of the shape (2,)"),
]


@pytest.mark.parametrize(("name", "claimed", "said"), ARRAY_MISTAKES)
def test_the_worst_element_of_an_array_is_named(name, claimed, said, tmp_path):
    suite = tmp_path / "a.toml"
    suite.write_text(
        '[[case]]\nprogram = "sum((W@x)^2)"\nbindings = { W = [[1, 2], [3, 4]], x = [1, 2] }\n'
        f"gradients = {{ {name} = {claimed} }}\n"
    )
    ran = backprop("check", str(suite))
    assert ran.status == 1 and said in ran.out


def test_a_large_array_that_differs_is_a_short_line(tmp_path):
    suite = tmp_path / "a.toml"
    numbers = [float(k) for k in range(2000)]
    suite.write_text(
        f'[[case]]\nprogram = "sum(x^2)"\nbindings = {{ x = {numbers} }}\ngradients = {{ x = {numbers} }}\n'
        f'claims = ["df/dx = {numbers}"]\n'
    )
    junit = tmp_path / "a.xml"
    ran = backprop("check", str(suite), "--junit", str(junit), "--json")
    assert max(map(len, ran.out.splitlines())) < 1500 and len(junit.read_text()) < 3000
    (case,) = json.loads(ran.out)["cases"]
    assert not case["ok"] and case["verdict"] == "agrees" and case["found"] == "differs"
    assert case["differences"][0]["subject"] == "df/dx[1999]"
    assert "1,999 of 2,000 elements differ" in case["differences"][0]["remark"]


SAID_AT_LENGTH = [
    # a whole array that is claimed, a formula, a name of 300 characters, a number in many words, notes and errors
    ("sum(x^2)", {"x": [float(k) for k in range(2000)]}, 'claims = ["df/dx = x", "df/dx = x + 0*x + 0*x*x*x"]'),
    ("sum(x^2)", {"x": [float(k) for k in range(2000)]}, "gradients = { x = [" + "1, " * 2000 + "] }"),
    ("sum(x^2)", {"x": [float(k) for k in range(2000)]}, "gradients = { x = 3 }"),
    ("y" * 300 + "^2", {"y" * 300: 3}, "gradients = { " + "y" * 300 + " = 3 }"),
    ("y" * 300 + "^2", {"y" * 300: 3}, 'claims = ["df/d' + "y" * 300 + " = " + "y" * 300 + '"]'),
    ("x^2", {"x": 3}, 'value = "' + "1+" * 500 + '1"'),
    ("x^2", {"x": 3}, "values = { " + "q" * 300 + ' = "' + "1+" * 500 + '1" }'),
    ("x^2 + " + "y" * 300, {"x": 3}, "value = 3"),
    ("*".join(f"a_rather_long_name_{k}" for k in range(20)), {f"a_rather_long_name_{k}": 1.5 + k for k in range(20)},
     'gradients = { a_rather_long_name_3 = 1 }\nclaims = ["df/da_rather_long_name_7 = a_rather_long_name_3^2"]'),
]  # fmt: skip


@pytest.mark.parametrize(("program", "point", "said"), SAID_AT_LENGTH)
def test_no_message_is_long(program, point, said, tmp_path):
    """In TAP, JUnit and GitHub's annotations a message is one line, of less than 200 characters."""
    path = tmp_path / "s.toml"
    bindings = ", ".join(f"{name} = {number}" for name, number in point.items())
    path.write_text(f'[[case]]\nprogram = "{program}"\nbindings = {{ {bindings} }}\n{said}\n', encoding="utf-8")
    (outcome,) = run_cases(read_suites([str(path)]))
    messages = [words(difference) for difference in outcome.differences]
    assert messages and all(len(message) < 200 and "\n" not in message for message in messages), messages
    for format_ in ("table", "tap", "github"):
        ran = backprop("check", str(path), "--format", format_, "--junit", str(tmp_path / "j.xml"))
        assert ran.status == 1 and max(map(len, ran.out.replace(str(path), "").splitlines())) < 240
    for element in ET.parse(tmp_path / "j.xml").iter():
        assert len(element.get("message", "")) < 200


def test_a_wrong_array_that_is_claimed_says_the_number_at_its_worst_element(tmp_path):
    """df/dW = 2 (W@x) x' = [[10, 20], [22, 44]]."""
    case = 'program = "sum((W@x)^2)"\nbindings = { W = [[1, 2], [3, 4]], x = [1, 2] }\n'
    (outcome,) = outcomes(tmp_path, f"[[case]]\n{case}claims = ['df/dW = [[10, 20], [22, 4]]', 'df/dx = 2*W@x']\n")
    assert [words(difference) for difference in outcome.differences] == [
        "df/dW[1, 1]: expected 4, found 44 (relative error 0.91; elements that differ: 1)",
        (
            "df/dx[1]: expected 2*W@x, found 108 (the claim is 22 at W=[[1,2],[3,4]], x=[1,2]; elements that differ: 2"
            "; the chain rule stops at `n1` = W @ x: this is df/dn1, and dn1/dx is missing)"
        ),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-.13", "-0.13"), (".5e3", "0.5e3"), ("+.5", "+0.5"), ("0,5", "0.5"), ("-0,25", "-0.25"), ("1.", "1.0"),
        ("1.e5", "1.0e5"), ("007", "7"), ("pi/4", '"pi/4"'), ("1/2", '"1/2"'), ("True", "true"), ("NaN", "nan"),
        ("[.5, 1]", "0.5"), ("[1, -.5]", "-0.5"), ("−3", "-3"),
        ("1 000", ""), ("= 1", ""), ("[1, 2", ""), ("-", ""), ("'a' b", ""),
    ],
)  # fmt: skip
def test_help_says_how_a_value_is_written_in_toml(tmp_path, written, meant):
    path = tmp_path / "v.toml"
    path.write_text(f"x = 1\nw = {written}\n", encoding="utf-8")
    of_values = backprop("eval", "w*x", "--vars", str(path))
    path.write_text(f'[[case]]\nprogram = "w*x"\n[case.bindings]\nx = 2\nw = {written}\n', encoding="utf-8")
    of_suite = backprop("check", str(path))
    for ran in (of_values, of_suite):
        assert ran.status == 3 and "error[F603]" in ran.err and "TOML" in ran.err
        assert (
            (f"help: write `{meant}`" in ran.err or f"help: a formula is a text: write `{meant}`" in ran.err)
            if meant
            else "help:" not in ran.err
        )
    assert "v.toml:2" in of_values.err or written[0] == "["
