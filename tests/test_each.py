"""`--each FILE`: an expression at every line of a file, and what is wrong with a line."""

import json
import subprocess
import sys

import pytest
from conftest import backprop

POINTS = "x,y,who\n1,2,ada\n3,4.5,grace\n-1,0,emmy\n"
LINES = '{"x": 1, "y": 2}\n\n{"x": 3, "y": 4.5, "who": "grace"}\n{"x": -1, "y": 0}\n'


@pytest.fixture
def points(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text(POINTS)
    (tmp_path / "points.jsonl").write_text(LINES)


@pytest.mark.usefixtures("points")
@pytest.mark.parametrize(("file", "numbers"), [("points.csv", "234"), ("points.jsonl", "134")])
def test_a_line_of_csv_a_line_of_the_file(file, numbers):
    ran = backprop("grad", "f = (x+y)*z", "z=2", "--wrt", "x,z", "--each", file, "--format", "csv")
    assert ran.status == 0
    heading, *rows = [line.split(",") for line in ran.out.splitlines()]
    assert heading == ["line", "x", "y", "f", "df/dx", "df/dz", "notes"]
    assert [row[0] for row in rows] == list(numbers)
    assert [tuple(map(float, row[1:-1])) for row in rows] == [(1, 2, 6, 2, 3), (3, 4.5, 15, 2, 7.5), (-1, 0, -2, 2, -1)]


@pytest.mark.usefixtures("points")
@pytest.mark.parametrize("file", ["points.csv", "points.jsonl"])
@pytest.mark.parametrize("command", ["eval", "grad"])
def test_jsonl_is_that_of_each_line_alone(file, command):
    ran = backprop(command, "x*y + x", "--each", file, "--format", "jsonl")
    alone = [(1, 2), (3, 4.5), (-1, 0)]
    assert ran.out == "".join(
        backprop(command, "x*y + x", f"x={x}", f"y={y}", "--format", "jsonl").out for x, y in alone
    )


@pytest.mark.usefixtures("points")
def test_quiet_lines_are_values_and_bindings():
    assert backprop("eval", "x*y", "--each", "points.csv", "-q").out == "2\n13.5\n-0\n"
    assert backprop("grad", "x*y", "--each", "points.csv", "-q").out.splitlines()[1] == "x=4.5 y=3"
    assert backprop("grad", "x*y", "--each", "points.csv", "-q", "--rate", "0.5").out.splitlines()[0] == "x=0 y=1.5"


@pytest.mark.usefixtures("points")
def test_notes_are_in_their_lines_and_the_worst_status_is_that_of_all():
    ran = backprop("eval", "x*log(y)", "--each", "points.csv", "--format", "csv")
    assert ran.status == 4
    assert [line.rsplit(",", 1)[1] for line in ran.out.splitlines()] == ["notes", "", "", "pole"]
    assert ran.err.startswith("note[pole]: line 4: `log` has a pole at y = 0")
    assert "pole" in backprop("eval", "x*log(y)", "--each", "points.csv").out.splitlines()[-1]


def test_values_of_lines_may_be_arrays_and_rows_of_a_table_are_bounded():
    lines = "".join(json.dumps({"v": [k, 2 * k]}) + "\n" for k in range(1, 60))
    ran = backprop("grad", "norm(v)^2", "--each", "-", "--format", "jsonl", stdin=lines)
    assert [json.loads(line)["gradients"]["v"] for line in ran.out.splitlines()][2] == [6, 12]
    table = backprop("grad", "norm(v)^2", "--each", "-", stdin=lines).out
    assert "… 19 more; `--rows all` shows them" in table and len(table.splitlines()) == 43


def test_lines_of_standard_input_are_answered_as_they_come():
    words = [sys.executable, "-m", "backprop_cli", "grad", "x^3", "--each", "-", "-q", "--no-check"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        for x in (1, 2, 5):
            process.stdin.write(f'{{"x": {x}}}\n')
            process.stdin.flush()
            assert process.stdout.readline() == f"x={3 * x * x}\n"
        process.stdin.close()
        assert process.wait() == 0


def test_json_has_a_document_a_line():
    for words in (["--json"], ["--format", "json"], ["--format", "jsonl"]):
        ran = backprop("eval", "x^2", "--each", "-", *words, stdin="x\n2\n3\n")
        assert [json.loads(line)["value"] for line in ran.out.splitlines()] == [4, 9]


@pytest.mark.parametrize(
    "text",
    ["x\n2\n3\n", '{"x": 2}\n{"x": 3}\n', '[{"x": 2},\n{"x": 3}]', "x y\n2 0\n3 0\n", ",x\n0,2\n1,3\n", "# x\n2\n3\n"],
)
def test_a_table_may_be_written_in_many_ways(text):
    assert backprop("eval", "x^2", "--each", "-", "-q", stdin=text).out == "4\n9\n"


WRONG = [  # expression, other words, the file, status, what the message says
    ("x", [], "", 3, "holds no numbers"),
    ("x", [], "1,2\n", 3, "its first line has no names"),
    ("x", [], "x,x\n1,2\n", 3, "two columns are called `x`"),
    ("x", [], "x,y\n1,2\n,3\n", 3, "an empty cell is not a number, in column `x`"),
    ("x", [], "x\ntwo\n", 3, "`two` is not a number"),
    ("x", [], "x\n1e999\n", 2, "1e999"),
    ("x + q", [], "x\n1\n", 2, "line 2: `q` has no value"),
    ("a^2", ["a=1"], "x\n1\n", 3, "line 2 has nothing that the expression uses, only `x`"),
    ("x", ["x=1"], "x\n1\n", 2, "`x` is bound, and line 2 of the file has it too"),
    ("x", ["-o", "a.json"], "x\n1\n", 2, "`--each` writes no `json`"),
    ("x", [], '{"x": 1,}\n', 3, "is not JSON"),
    ("x", [], '{"x": 1}\n[2]\n', 3, "line 2 holds no names"),
    ("x", [], '{"x": 1, "x": 2}\n', 3, "the key `x` occurs twice"),
    ("x", [], "[1, 2]", 3, "it is no list of objects"),
    ("x", ["--max-bytes", "20"], '[{"x": 1},\n {"x": 2}]\n', 5, "`--max-bytes` raises it"),
    ("x", ["--max-bytes", "20"], '{"x": 1}\n{"x": 1111111111111111}\n', 5, "a line of standard input"),
    ("x", ["--max-bytes", "20"], "x\n" + "1\n" * 20, 5, "`--max-bytes` raises it"),
    ("x", [], '{"x": null}\n', 3, "`x` is null"),
]


@pytest.mark.parametrize(("expression", "words", "text", "status", "said"), WRONG, ids=[row[4] for row in WRONG])
def test_what_is_wrong_with_a_line_is_said(expression, words, text, status, said):
    ran = backprop("grad", expression, *words, "--each", "-", stdin=text)
    assert ran.status == status and said in ran.err and "X901" not in ran.err


@pytest.mark.usefixtures("points")
def test_safe_reads_no_such_file():
    ran = backprop("eval", "x", "--each", "points.csv", "--safe")
    assert ran.status == 2 and "`--safe` reads no file" in ran.err


def test_a_file_of_arrays_has_no_lines(tmp_path):
    ran = backprop("grad", "x^2", "--each", str(tmp_path / "a.npz"))
    assert ran.status == 3 and "`--vars FILE` reads an NPZ" in ran.err
