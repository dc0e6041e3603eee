"""What a user types and what they get: numbers of the lecture, options, streams, exit statuses."""

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from importlib.resources import files

import jsonschema
import pytest
from conftest import backprop, shell, shell_environment

SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]
SCHEMA = json.loads(files("backprop_cli.render").joinpath("report.schema.json").read_text(encoding="utf-8"))


def grad_json(*words):
    ran = backprop("grad", *words, "--json")
    document = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    return ran.status, document


# -- the lecture: CS231n notes, "optimization-2" ---------------------------------------------------------

LECTURE = [
    # program, bindings, value, gradients (of named intermediates too), digits
    ("(x+y)z", "x=-2 y=5 z=-4", -12, {"x": -4, "y": -4, "z": 3}, 15),
    ("q = x+y; f = q*z", "x=-2 y=5 z=-4", -12, {"x": -4, "y": -4, "z": 3, "q": -4}, 15),
    ("2*(x*y+max(z,w))", "x=3 y=-4 z=2 w=-1", -20, {"x": -8, "y": 6, "z": 2, "w": 0}, 15),
    (
        "dot = w0*x0+w1*x1+w2; m = -dot; e1 = exp(m); d = 1+e1; f = 1/d",
        "w0=2 x0=-1 w1=-3 x1=-2 w2=-3",
        0.73,
        {
            "w0": -0.20,
            "x0": 0.39,
            "w1": -0.39,
            "x1": -0.59,
            "w2": 0.20,
            "d": -0.53,
            "e1": -0.53,
            "m": -0.20,
            "dot": 0.20,
        },
        2,
    ),
    ("dot = w0*x0+w1*x1+w2; f = sigmoid(dot)", "w0=2 x0=-1 w1=-3 x1=-2 w2=-3", 0.73, {"dot": 0.20, "w2": 0.20}, 2),
    ("(x+sigmoid(y))/(sigmoid(x)+(x+y)^2)", "x=3 y=-4", 1.5456448841, {"x": 2.0595697956, "y": 1.5922327515}, 10),
]


@pytest.mark.parametrize(("program", "bindings", "value", "gradients", "digits"), LECTURE)
def test_lecture(program, bindings, value, gradients, digits):
    status, document = grad_json(program, *bindings.split())
    assert status == 0
    assert document["check"]["verdict"] == "agree"
    assert round(document["value"], digits) == value
    found = {node["name"]: node["grad"] for node in document["nodes"]}
    assert {name: round(found[name], digits) for name in gradients} == gradients


def test_step_is_the_update():
    ran = backprop("grad", "(x-3)^2+(y+1)^2", "x=0", "y=0", "--rate", "0.1", "-q")
    assert ran.out == "x=0.6000000000000001\ny=-0.2\n"  # 0 - 0.1*(2*(0-3)) and 0 - 0.1*(2*(0+1)), in doubles


def test_seed_grad_scales_everything():
    _, document = grad_json(*SEED, "--seed-grad", "-2")
    assert document["gradients"] == {"x": 8, "y": 8, "z": -6}
    assert document["nodes"][-1]["grad"] == -2
    assert document["check"]["verdict"] == "agree"


@pytest.mark.parametrize("wrt", [["--wrt", "q", "--wrt", "x"], ["--wrt", "q,x"], ["--wrt=q,x"]])
def test_wrt_takes_inputs_and_intermediates(wrt):
    ran = backprop("grad", "q = x+y; f = q*z", "x=-2", "y=5", "z=-4", *wrt, "-q")
    assert ran.out == "q=-4\nx=-4\n"


def test_what_was_not_asked_for_is_null():
    _, document = grad_json("x*exp(y)", "x=2", "y=1", "--wrt", "x")
    nodes = {node["name"]: node for node in document["nodes"]}
    assert nodes["n1"]["grad"] is None and nodes["y"]["grad"] is None
    assert nodes["f"]["locals"] == [pytest.approx(2.718281828459045), None]


# -- expressions that begin with a minus -----------------------------------------------------------------

OPTIONS = [["--no-check"], ["-q"], ["--digits", "3"], ["--seed-grad", "-2"], ["--wrt=x"]]


def test_leading_minus_wherever_options_stand():
    chosen = random.Random(4)
    for _ in range(300):
        parts = "".join(
            chosen.choice(["x", "2*x", "v", "(x+q)", "o", "h*x", "V"]) + chosen.choice("+-*") for _ in range(3)
        )
        expression = "-" + parts + "x"
        names = sorted(set(re.findall("[a-zA-Z]", expression)))
        bindings = [f"{name}={chosen.randint(-3, 3)}" for name in names]
        options = [word for option in chosen.sample(OPTIONS, 2) for word in option]
        expected = backprop("eval", "--format", "jsonl", "--", expression, *bindings)
        words = [expression, *bindings]
        place = chosen.randint(0, len(words))
        ran = backprop("grad", *words[:place], "--no-check", "--format", "jsonl", *words[place:])
        assert json.loads(ran.out)["value"] == json.loads(expected.out)["value"], words
        assert json.loads(ran.out)["expression"] == expression
        placed = [*words[:place], *(o for o in options if o != "-q"), *words[place:], "-q"]
        assert backprop("grad", *placed, "--no-check").status == 0, placed


@pytest.mark.parametrize("words", [["-x^2", "x=3"], ["x=3", "--"], ["--", "-x^2", "x=3"]])
def test_double_dash(words):
    ran = backprop("grad", "--no-check", "-q", *words)
    assert ran.out == ("x=-6\n" if "-x^2" in words else "")


def test_an_unknown_option_is_not_an_expression():
    assert backprop("eval", "--x", "x=3").status == 2


# -- formats ----------------------------------------------------------------------------------------------

PROGRAMS = [
    ["x*y", "x=2", "y=3"],
    ["log(x)", "x=-1"],
    ["1/x + relu(y)", "x=0", "y=0"],
    ["q = x; q", "x=1"],
    ["3"],
    ["where(x > 0, x, y)", "x=1", "y=2"],
    ["x - x", "x=inf", "--allow-nonfinite"],
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p[0])
@pytest.mark.parametrize("command", ["eval", "grad"])
def test_json_follows_its_schema_in_both_layouts(command, program):
    pretty, line = (backprop(command, *program, "--format", f) for f in ("json", "jsonl"))
    assert json.loads(pretty.out) == json.loads(line.out)
    assert line.out.count("\n") == 1
    jsonschema.validate(json.loads(line.out), SCHEMA)
    assert pretty.err == ""


def test_json_errors_follow_the_schema_too():
    for words in (
        ["eval", "x+", "--json"],
        ["grad", "x*y", "x=1", "--format", "json"],
        ["eval", "--json", "--nonsense"],
    ):
        ran = backprop(*words)
        assert ran.status == 2 and ran.err.startswith("error[")
        jsonschema.validate(json.loads(ran.out), SCHEMA)


def test_numbers_read_back_to_the_same_double():
    for text in ("0.1", "1e-310", "-0", "123456789012345678", "1.7976931348623157e308", "2/3", "pi"):
        value = backprop("eval", "x", f"x={text}", "-q").out.strip()
        assert backprop("eval", "x", f"x={value}", "-q").out.strip() == value
        document = json.loads(backprop("eval", "x", f"x={text}", "--json").out)
        assert repr(float(value)) == repr(document["value"])


def test_csv_is_csv():
    rows = list(csv.DictReader(io.StringIO(backprop("grad", *SEED, "--format", "csv").out)))
    assert [row["grad"] for row in rows] == ["-4", "-4", "3", "-4", "1"]
    assert rows[3]["locals"] == "1 1"


@pytest.mark.parametrize("width", [20, 30, 50, 80, 200])
@pytest.mark.parametrize("digits", [[], ["--digits", "17"]])
def test_a_number_is_never_cut(width, digits):
    program = ["a_rather_long_name*sin(x) + 1/y", "a_rather_long_name=1.2345678e-300", "x=0.1", "y=-3e300"]
    wide = backprop("grad", *program, *digits, "--no-check", "--format", "csv").out
    narrow = backprop("grad", *program, *digits, "--no-check", "--width", str(width)).out
    shown = "%.17g" if digits else "%.6g"
    for row in csv.DictReader(io.StringIO(wide)):
        assert shown % float(row["value"]) in narrow
        if row["grad"]:
            assert shown % float(row["grad"]) in narrow
    table = narrow.split("\n\n")[1]
    assert "━" not in table or max(map(len, table.splitlines())) <= width


def test_rows_are_capped_and_said_so():
    program = "+".join(["x"] * 100)
    assert "… 60 more; `--rows all` shows them" in backprop("eval", program, "x=1").out
    assert "n98" in backprop("eval", program, "x=1", "--rows", "all").out
    assert len(json.loads(backprop("eval", program, "x=1", "--json").out)["nodes"]) == 100


# -- what the user's text may not do ----------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["table", "plain", "markdown"])
def test_markup_and_controls_are_text(format_):
    ran = backprop("eval", "x # [bold]\x1b[31m :smile: \u202e", "x=1", "--format", format_)
    assert ran.status == 0
    ran = backprop("eval", "x + \x1b[31m[/i]", "x=1", "--format", format_)
    assert ran.status == 2
    assert "\x1b" not in ran.err and "\\x1b" in ran.err


def test_nothing_is_evaluated(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in ('__import__("os").system("touch owned")', "exec(x)", "eval(x)", "E", "S(1)", "lambda"):
        assert backprop("grad", text, "x=1").status == 2
        assert backprop("eval", "x", f"x={text}").status == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["E", "I", "S", "N", "O", "Q", "beta", "zeta", "lambda", "None", "True", "x1"])
def test_names_sympy_and_python_own_are_names_here(name):
    ran = backprop("grad", f"{name}^2 + 3*{name}", f"{name}=2")
    assert ran.status == 0
    assert f"df/d{name} = 2*{name} + 3" in ran.out


HOSTILE = [
    ("9**9**9**9", 4),
    ("(" * 100_000 + "x" + ")" * 100_000, 0),
    ("-" * 100_000 + "x", 0),
    ("(" * 100_000, 2),
    ("x" * 100_000, 2),
    ("9" * 5000, 2),
    ("x+" * 20_000 + "х", 2),
    ("x;" * 20_000, 0),
    ("y+1;" * 5_000, 2),
    ("\0", 2),
    ("x\x1b[2J", 2),
    ("x \u202e + 1", 2),
    ("# nothing\n;;;", 2),
    ("x\r\n", 0),
    ("sin(" * 30_000 + "x" + ")" * 30_000, 0),
    ("x^" * 3_000 + "1", 0),
    (" ".join(["x"] * 2_000), 0),
]


@pytest.mark.parametrize(("text", "status"), HOSTILE, ids=[text[:12] for text, _ in HOSTILE])
def test_hostile_text_gets_an_answer_of_bounded_length(text, status):
    ran = backprop("eval", text, *(["x=1"] if "x" in text and "x" * 9 not in text and "9*" not in text else []), "-q")
    assert ran.status == status, ran.err[:500]
    assert len(ran.err) < 20_000
    assert "Traceback" not in ran.err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", ran.err)


def test_a_bug_is_one_line(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("a bug\nof ours")

    monkeypatch.setattr("backprop_cli.api.forward", broken)
    ran = backprop("eval", "x", "x=1")
    assert ran.status == 70
    assert ran.err.startswith("error[X901]: a bug in backprop: ZeroDivisionError: a bug of ours\n")
    told = backprop("eval", "x", "x=1", "--traceback")
    assert told.status == 70 and "in broken" in told.err and told.err.endswith("shows where\n")


def test_a_wrong_partial_is_caught_and_underlined(monkeypatch):
    from backprop_cli.gates.fields import FLOATS

    monkeypatch.setitem(FLOATS.locals, "tanh", lambda _, out: (1 - out,))  # instead of 1 - out^2
    ran = backprop("grad", "3*tanh(x)", "x=0.5")
    assert ran.status == 1
    assert "error[C501]" in ran.err
    assert "| 3*tanh(x)\n  |   ^^^^^^^" in ran.err
    assert "0.53788284273999" in ran.err and "0.786447732965927" in ran.err
    assert "SymPy disagrees" in ran.out and "0.462117" in ran.out


# -- notes, strictness, values ----------------------------------------------------------------------------


def test_strict_turns_notes_into_status_4():
    assert backprop("grad", "relu(x)", "x=0", "--no-check").status == 0
    assert backprop("grad", "relu(x)", "x=0", "--no-check", "--strict").status == 4
    assert backprop("grad", "relu(x)", "x=1", "--no-check", "--strict").status == 0
    assert backprop("eval", "2x", "x=1", "--strict").status == 4


def test_trouble_is_printed_whole():
    status, document = grad_json("x*log(y)", "x=2", "y=0")
    assert status == 4
    assert document["value"] == "-Infinity"
    assert [note["code"] for note in document["notes"]] == ["pole"]
    assert document["check"]["verdict"] == "undecided"


def test_nonfinite_values_need_leave():
    assert backprop("eval", "tanh(x)", "x=inf").status == 2
    ran = backprop("eval", "tanh(x)", "x=inf", "--allow-nonfinite", "-q")
    assert ran.out == "1\n"
    assert "note[nonfinite-input]" in ran.err


@pytest.mark.parametrize(
    ("name", "text", "status", "out"),
    [
        ("v.toml", 'x = 3\ny = "pi/pi"\nunused = 7', 0, "3\n"),
        ("v.json", '{"x": 3, "y": 1}', 0, "3\n"),
        ("v.json", '\ufeff{"x": 3, "y": 1}', 0, "3\n"),
        ("v.json", '{"x": 3, "y": 1e400}', 2, ""),
        ("v.json", '{"x": 3, "y": true}', 3, ""),
        ("v.json", "[" * 100_000, 3, ""),
        ("v.json", '{"x": ' + "9" * 5000 + ', "y": 1}', 2, ""),
        ("v.toml", "x = 3\nx = 4", 3, ""),
        ("v.toml", "x = nan\ny = 1", 2, ""),
        ("v.toml", "x = " + "[" * 5_000, 3, ""),
        ("v.toml", "sin = 1", 2, ""),
        ("v.json", '{"x": "y", "y": 1}', 2, ""),
    ],
)
def test_files_of_values(tmp_path, name, text, status, out):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    ran = backprop("eval", "x*y", "--vars", str(path), "-q")
    assert (ran.status, ran.out) == (status, out), ran.err
    assert len(ran.err) < 2_000 and "Traceback" not in ran.err


# -- streams, colour, encodings ---------------------------------------------------------------------------


def test_output_to_a_file_is_whole_or_not_at_all(tmp_path):
    path = tmp_path / "result.json"
    path.write_text("before")
    assert backprop("grad", "x+", "--json", "-o", str(path)).status == 2
    assert path.read_text() == "before"
    path.chmod(0o640)
    assert backprop("grad", *SEED, "--json", "-o", str(path)) == (0, "", "")
    assert json.loads(path.read_text())["value"] == -12
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_a_reader_that_leaves_is_no_error():
    program = "+".join(["x"] * 20_000)
    ran = shell("backprop eval - x=1 --json | head -1; echo ${PIPESTATUS[0]}", stdin=program)
    assert ran.out.splitlines() == ["{", "141"] and ran.err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["eval x x=1", "grad x x=1 --json --no-check", "gates", "--version", "eval --help"])
def test_a_full_disk_is_said(words):
    ran = shell(f"backprop {words} > /dev/full")
    assert ran.status == 6 and "error[F605]" in ran.err and "Traceback" not in ran.err


def test_closed_streams():
    assert shell("backprop eval x x=1 >&-").status == 6
    assert shell("backprop eval x x=1 -q 2>&-").out == "1\n"
    assert shell("backprop eval - x=1 <&-").status == 3


def test_stdin_is_read_only_when_asked():
    ran = shell("printf 'a\\nb\\nc\\n' | while read line; do backprop eval 'x' x=1 -q > /dev/null; echo $line; done")
    assert ran.out == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("environment", "words", "colored"),
    [
        ("", "", False),
        ("FORCE_COLOR=1", "", True),
        ("FORCE_COLOR=0", "", False),
        ("FORCE_COLOR=1 NO_COLOR=1", "", False),
        ("CLICOLOR_FORCE=1", "", True),
        ("NO_COLOR=1", "--color always", True),
        ("FORCE_COLOR=1", "--color never", False),
    ],
)
def test_colour(environment, words, colored):
    ran = shell(f"{environment} backprop eval 'x+1' x=1 {words}")
    assert ("\x1b[" in ran.out) == colored
    failed = shell(f"{environment} backprop eval 'x^' {words}")
    assert failed.err.startswith("\x1b[1;31merror[S103]:\x1b[0m `^`" if colored else "error[S103]: `^`")
    assert failed.err.count("\x1b[1;31m^\x1b[0m") == colored
    noted = shell(f"{environment} backprop grad 'relu(x)' x=0 --no-check -o /dev/null {words}")
    assert noted.err.startswith("\x1b[1;33mnote[kink]:\x1b[0m " if colored else "note[kink]: ")


def test_the_last_colour_said_is_that_of_errors():
    for words in (["--color", "never", "--color=always"], ["--color=never", "--color", "always"]):
        assert backprop("eval", "x^", *words).err.startswith("\x1b[1;31merror")
    assert backprop("eval", "x^", "--color=always", "--color", "never").err.startswith("error")
    assert backprop("eval", "x^", "--color", "blue").err.startswith("error")
    assert backprop("eval", "-q", "--", "x^", "--color", "always").err.startswith("error")


def test_ascii_where_nothing_else_can_be_shown():
    plain = shell("PYTHONUTF8=0 PYTHONIOENCODING=ascii backprop grad 'x*π' x=2 2>&1")
    assert plain.status == 0 and plain.out.isascii() and "df/dx=3.14159" in plain.out
    assert backprop("grad", "x²", "x=2", "--ascii").out.isascii()


@pytest.mark.parametrize(("signal_", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals(signal_, status):
    process = subprocess.Popen(
        [sys.executable, "-m", "backprop_cli", "eval", "-", "x=1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=shell_environment(),
        # Who runs the tests in the background may ignore the signal, and then so does what is begun here.
        preexec_fn=lambda: signal.signal(signal_, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    time.sleep(1.5)  # it waits for its standard input
    process.send_signal(signal_)
    _, err = process.communicate(timeout=20)
    assert process.returncode == status
    assert b"Traceback" not in err


# -- found by attack --------------------------------------------------------------------------------------

ODD_BUT_RIGHT = [
    # words, output
    (["grad", "q=x+y; f=q*z", "x=1", "y=2", "z=3", "--wrt", "x,q", "-q"], "x=3\nq=3\n"),
    (["grad", "q=x+y; p=q; f=p*z", "x=1", "y=2", "z=3", "--wrt", "p", "-q"], "p=3\n"),
    (["grad", "(x+y)*z", "x=1", "y=2", "z=3", "--wrt", "n1", "-q"], "n1=3\n"),
    (["grad", "clip(y,z,y)", "y=1", "z=1", "-q"], "y=1\nz=0\n"),
    (["grad", "x^3", "x=0", "-q"], "x=0\n"),
    (["eval", "0" * 5000 + "5", "-q"], "5\n"),
    (["eval", "x", "x=1", "-q", "-o", "-"], "1\n"),
    (["eval", "json", "json=1", "-q"], "1\n"),
    (["eval", "a = 2; b = -a; a - b", "-q"], "4\n"),
    (["eval", "a = 2; - a", "-q"], "-2\n"),
    (["eval", "--2 - -(3) - -4^2", "-q"], "21\n"),
    (["eval", "1/x(y+1)", "x=2", "y=3", "-q"], "2\n"),
    (["eval", "2^x(y+1)", "x=2", "y=3", "-q"], "16\n"),
    (["eval", "-y(x+1)^2", "x=2", "y=3", "-q"], "-27\n"),
    (["eval", "q = x+1; q (x) (x+1)", "x=2", "-q"], "18\n"),
    (["grad", "1 % y", "y=0.1", "-q"], "y=-9\n"),
    (["grad", "sin(1e300*x)", "x=1", "--wrt", "x", "-q", "--digits", "1"], "x=-6e+299\n"),
]


@pytest.mark.parametrize(("words", "out"), ODD_BUT_RIGHT, ids=[" ".join(words)[:40] for words, _ in ODD_BUT_RIGHT])
def test_odd_but_right(words, out):
    ran = backprop(*words)
    assert (ran.status, ran.out) == (0, out), ran.err


REFUSED = [
    (["eval", "x", "x=1 000"], "S112"),
    (["eval", "x", "x=y=2"], "V306"),
    (["eval", "x", "x=1", "-o"], "U801"),
    (["eval", "x", "x=1", "--vars"], "U801"),
    (["grad", "x", "x=1", "--seed-grad", ""], "V305"),
    (["grad", "x", "x=1", "--rate", ""], "V305"),
    (["eval", "q=x+1 # sum\rf=q*100", "x=1"], "S109"),
]


@pytest.mark.parametrize(("words", "code"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_refused(words, code):
    ran = backprop(*words)
    assert ran.status == 2
    assert f"error[{code}]" in ran.err


def test_many_errors_stay_few():
    assert len(backprop("grad", "x", "x=1", *(f"a{k}=1" for k in range(2000))).err) < 20_000
    assert len(backprop("grad", "x", "x=1", "--wrt", ",".join(f"w{k}" for k in range(2000))).err) < 20_000
    assert len(backprop("eval", "+".join(f"w{k}" for k in range(20_000))).err) < 20_000


def test_a_file_may_not_name_another(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(f'"@{path}"')
    assert backprop("eval", "x", f"x=@{path}").status == 3


def test_names_in_a_file_that_nobody_uses_are_ignored(tmp_path):
    path = tmp_path / "v.json"
    path.write_text('{"x": 2, "pi": 3, "learning-rate": 4, "q": 5, "W": [1, 2]}')
    assert backprop("eval", "q = x; q*3", "--vars", str(path), "-q") == (0, "6\n", "")


def test_the_last_statement_names_the_output():
    assert json.loads(backprop("eval", "q = x+1; h = q", "x=1", "--json").out)["output"] == "h"
    assert backprop("eval", "c = 2", "--format", "plain").out.startswith("c = 2 = 2\n")


def test_a_statement_nobody_uses_is_still_honest():
    ran = backprop("grad", "u = log(-x); f = x", "x=1", "--no-check", "-q")
    assert ran.status == 4
    assert "note[undefined]" in ran.err


def test_lost_gradients_are_said():
    status, document = grad_json("sin(x)/x", "x=1e-8")
    assert [note["code"] for note in document["notes"]] == ["precision"]
    assert document["check"]["verdict"] == "undecided"
    assert status == 4
    status, document = grad_json("(1-cos(x))/x^2", "x=1e-8")
    assert {note["code"] for note in document["notes"]} == {"precision"}
    assert status == 4


def test_help_into_a_pipe_that_closes():
    for words in ("--help", "--version", "eval --help"):
        ran = shell(f"backprop {words} | true; echo ${{PIPESTATUS[0]}}")
        assert ran.out.strip() in ("141", "0")  # 0 where it was written before the reader left
        assert ran.err == ""
        assert shell(f"backprop {words} >&-").status == 6


@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize(
    "command",
    [
        ("eval", "alpha beta + gamma2 delta + 2 alpha(beta+1)", "alpha=1", "beta=2", "gamma2=3", "delta=4"),
        ("grad", "sum(softmax(W@x+b)^2)", "W=randn(6,8)", "x=randn(8)", "b=zeros(6)"),
        ("grad", "relu(x)*y", "x=0", "y=2"),
        ("jacobian", "softmax(W@x)", "W=randn(3,8)", "x=randn(8)"),
        ("jacobian", "softmax(W@x)", "W=randn(3,3)", "x=randn(3)", "--anatomy"),
        ("gates",),
        ("gates", "cross_entropy", "relu", "norm"),
    ],
    ids=" ".join,
)
def test_no_line_is_wider_than_asked_for(command, width):
    ran = backprop(*command, "--width", str(width))
    assert ran.status in (0, 4)
    assert [line for line in (ran.out + ran.err).splitlines() if len(line) > width] == []


def test_what_a_wide_jacobian_leaves_out_is_counted():
    out = backprop("jacobian", "sum(x^2)", "x=randn(20)", "--width", "50").out
    assert "… 8 more columns; `--rows all` shows them" in out and "0 more" not in out
    panels = out.partition("\n\n")[2].split("\n\n")
    assert len(panels) > 2 and all(panel.lstrip().startswith("x[") for panel in panels[:-1])


ENDINGS = [
    # command, file, how the file begins; None where the command writes nothing of the kind
    ("grad", "a.json", "{"),
    ("grad", "a.csv", "id,name"),
    ("grad", "a.md", "`f = "),
    ("grad", "a.txt", "f = "),
    ("explain", "a.tex", "\\documentclass"),
    ("explain", "a.md", "`f = "),
    ("graph", "a.svg", "<svg"),
    ("graph", "a.html", "<!doctype html>"),
    ("graph", "a.tex", "\\documentclass"),
    ("graph", "a.mmd", "---"),
    ("graph", "a.mermaid", "---"),
    ("export", "a.py", '"""f = '),
    ("export", "a.c", "/*"),
    ("export", "a.js", None),
    ("export", "a.torch", None),
    ("graph", "a.gif", None),
    ("grad", "a.svg", None),
]


@pytest.mark.parametrize(("command", "file", "begins"), ENDINGS)
def test_the_ending_of_a_file_chooses_the_format(tmp_path, command, file, begins):
    ran = backprop(command, *SEED, "-o", str(tmp_path / file))
    if begins is None:
        assert ran.status == 2 and "error[U801]" in ran.err and not (tmp_path / file).exists()
    else:
        assert ran.status == 0 and (tmp_path / file).read_text(encoding="utf-8").lower().startswith(begins.lower())


def test_a_format_that_is_named_overrules_the_ending(tmp_path):
    assert backprop("grad", *SEED, "-o", str(tmp_path / "a.svg"), "--json").status == 0
    assert json.loads((tmp_path / "a.svg").read_text())["value"] == -12


def test_a_target_that_is_named_is_written_to_any_file(tmp_path):
    path = tmp_path / "a.torch"
    assert backprop("export", *SEED, "-o", str(path), "--to", "torch").status == 0
    assert "import torch" in path.read_text()
    ran = backprop("export", *SEED, "-o", str(tmp_path / "a.js"), "--format", "code")
    assert ran.status == 2 and "`.js`" in ran.err and "`--to` names one of numpy" in ran.err


@pytest.mark.parametrize("command", ["grad 'x*y' x=2 y=3", "explain 'x*y' x=2 y=3", "graph 'x*y' --format tree",
                                     "eval 'θ + x²' θ=1 x=2", "eval 'f(2) = ∂'"])  # fmt: skip
def test_the_locale_c_gets_ascii(command):
    # Python writes UTF-8 there; whoever asks for C has a terminal or a tool that reads ASCII only.
    ran = shell(f"LC_ALL=C backprop {command} 2>&1")
    assert ran.out and ran.out.isascii()
    assert not shell(f"LC_ALL=C PYTHONIOENCODING=utf-8 backprop {command} 2>&1").out.isascii()


def test_the_old_name_of_the_learning_rate_works_with_a_note():
    words = ["grad", "(x-3)^2", "x=0", "-q"]
    new, old = backprop(*words, "--rate", "0.1"), backprop(*words, "--step", "0.1")
    assert new.out == old.out == "x=0.6000000000000001\n" and new.err == "" and "`--rate` now" in old.err
    assert backprop(*words, "--rate", "1", "--step", "1").status == 2
    import backprop_cli

    with pytest.raises(backprop_cli.BackpropError):
        backprop_cli.grad("x^2", x=1, step=0.25, rate=0.25)
    assert backprop_cli.grad("x^2", x=1, step=0.25).step == backprop_cli.grad("x^2", x=1, rate=0.25).step


def test_files_of_values_are_put_together_and_need_not_have_what_is_bound(tmp_path, monkeypatch):
    """The gradients of a regression line through (1, 2) and (2, 3), at w = 1, b = 0 and at w = 1, b = 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xy.csv").write_text("x,y\n1,2\n2,3\n", encoding="utf-8")
    (tmp_path / "w.json").write_text('{"w": 1, "b": 7}', encoding="utf-8")
    (tmp_path / "b.json").write_text('{"b": 2}', encoding="utf-8")
    line = ["grad", "mean((w*x + b - y)^2)", "--wrt", "w,b", "-q", "--vars"]
    assert backprop(*line, "xy.csv", "w=1", "b=0").out == "w=-3\nb=-2\n"
    assert backprop(*line, "w.json", "--vars", "xy.csv", "--vars", "b.json").out == "w=3\nb=2\n"  # the later b


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grad", "x^2", "x=1", "--format", "md"], "did you mean `markdown`?"),
        (["grad", "x^2", "x=1", "--format", "tex"], "did you mean `latex`?"),
        (["gates", "sigm"], "did you mean `sigmoid`?"),
        (["hessian", "x^2 y + y^3"], "`backprop diff … --order 2`"),
    ],
)
def test_what_was_meant(arguments, said):
    ran = backprop(*arguments)
    assert ran.status == 2 and said in ran.err
