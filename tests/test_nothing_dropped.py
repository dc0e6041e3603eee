"""Nothing is dropped or guessed in silence: files, endings, what other tools mean, true digits, the user's limits."""

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile

import numpy as np
import pytest
from conftest import ROOT, backprop, shell, shell_environment

import backprop_cli
from backprop_cli import BackpropError

# -- exit statuses: the table, each line provoked -------------------------------------------------

STATUSES = {
    "0": 'backprop grad "x*y" x=1 y=2 -q',
    "1": 'backprop check "x*y" --claim "df/dx = x" -q',
    "2": 'backprop grad "x*(y" x=1 y=2',
    "3": "backprop grad x x=@missing.npy",
    "4": 'backprop eval "log(x)" x=-1',
    "5": 'backprop eval "x+x" x=1 --max-nodes 1',
    "6": "backprop eval x x=1 -o /missing/file.csv",
    "70": "",  # a bug of ours: test_commands.test_a_bug_is_one_line makes one
    "130": "",  # signals: test_commands.test_signals
    "141": "backprop eval - x=1 --json | head -1 > /dev/null; exit ${PIPESTATUS[0]}",
    "143": "",
}


def test_every_exit_status_of_the_table_is_provoked():
    table = (
        (ROOT / "docs/engineer.md").read_text(encoding="utf-8").split("| exit status | meaning |")[1].split("\n\n")[0]
    )
    told = [number for line in table.splitlines()[2:] for number in re.findall(r"\d+", line.split("|")[1])]
    assert told == list(STATUSES)
    for status, command in STATUSES.items():
        if command:
            assert str(shell(command, stdin="+".join(["x"] * 20_000)).status) == status, command


# -- output files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "file"),
    [("check", "a.npy"), ("explain", "a.npz"), ("graph", "a.toml"), ("gates", "a.npz"), ("grad", "a.dat")],
)
def test_an_ending_that_nobody_writes_is_refused(tmp_path, command, file):
    words = [] if command == "gates" else ["x^2", "x=1"]
    ran = backprop(command, *words, "-o", str(tmp_path / file))
    assert ran.status == 2 and "error[U801]" in ran.err and not (tmp_path / file).exists()
    assert "help: it writes " in ran.err and "`--format` says which" in ran.err


WRITTEN = [
    (["grad", "sum(W@x)"], "npz", {"W": [[5, 6], [5, 6]], "x": [4, 6]}),
    (["grad", "sum(W@x)", "--wrt", "x"], "npy", [4, 6]),
    (["grad", "sum(W@x)", "--rate", "1"], "toml", {"W": [[-4, -4], [-2, -2]], "x": [1, 0]}),
    (["eval", "q = W@x; sum(q)"], "npz", {"q": [17, 39], "f": 56}),
    (["eval", "q = W@x; sum(q)"], "npy", 56),
    (["eval", "q = W@x; sum(q)"], "toml", {"q": [17, 39], "f": 56}),
    (["jacobian", "W@x", "--wrt", "x"], "npy", [[1, 2], [3, 4]]),
    (["jacobian", "W@x", "--wrt", "x"], "npz", {"x": [[1, 2], [3, 4]]}),
    (["hessian", "sum((W@x)^2)", "--wrt", "x"], "npy", [[20, 28], [28, 40]]),
]


@pytest.mark.parametrize(("words", "ending", "numbers"), WRITTEN)
def test_files_of_numbers_have_what_was_computed(tmp_path, words, ending, numbers):
    path = tmp_path / f"a.{ending}"
    ran = backprop(*words, "W=[[1,2],[3,4]]", "x=[5,6]", "-o", str(path))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    if ending == "toml":
        assert tomllib.loads(path.read_text(encoding="utf-8")) == numbers
        return
    found = np.load(path, allow_pickle=False)
    assert ({name: found[name].tolist() for name in found.files} if ending == "npz" else found.tolist()) == numbers


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["grad", "x*y", "x=1", "y=2", "-o", "a.npy"], "holds one array; here are 2: x, y"),
        (["grad", "x*y", "-o", "a.npz"], "without values a gradient is a formula"),
        (["grad", "x*y", "x=1", "y=2", "--format", "npz"], "unknown format `npz`"),
    ],
)
def test_numbers_that_a_file_cannot_hold_are_refused(tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    ran = backprop(*words)
    assert ran.status == 2 and told in ran.err and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["sum(x)", "x=@a.csv", "-o", "a.csv"],
        ["sum(x)", "x=@a.csv:x", "--output=a.csv"],
        ["sum(x)", "--vars", "a.csv", "-o", "./a.csv"],
        ["sum(x)", "--vars=./a.csv", "-o", "a.csv"],
        ["@p.bp", "x=1", "-o", "p.bp", "--format", "csv"],
    ],
)
def test_an_input_is_not_overwritten(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n2\n", encoding="utf-8")
    (tmp_path / "p.bp").write_text("x^2", encoding="utf-8")
    before = [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.csv", "p.bp")]
    ran = backprop("eval", *words)
    assert ran.status == 2 and "is an input of this command" in ran.err
    assert before == [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.csv", "p.bp")]
    assert backprop("eval", *words, "--force").status == 0


def test_an_output_that_exists_and_is_no_input_is_written(tmp_path):
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    assert backprop("eval", "x", "x=1", "-o", str(tmp_path / "out.csv")).status == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("id,")


# -- files of arrays ---------------------------------------------------------------------------------------


def test_arrays_of_an_npz_have_names(tmp_path):
    np.savez(tmp_path / "d.npz", S=[1.0, 2.0], x=[3.0, 4.0])
    found = backprop("grad", "sum(S*y)", f"S=@{tmp_path}/d.npz", f"y=@{tmp_path}/d.npz:x", "-q")
    assert found.out == "S=[3,4]\ny=[1,2]\n"
    assert backprop("grad", "sum(S*x)", "--vars", f"{tmp_path}/d.npz", "-q").out == "S=[3,4]\nx=[1,2]\n"
    missing = backprop("grad", "sum(y)", f"y=@{tmp_path}/d.npz:Q")
    assert missing.status == 3 and "no array `Q`; it holds `S`, `x`" in missing.err


# -- what comes in ---------------------------------------------------------------------------------------

BIG, NEAR = "12345678901234567890", "12345678901234567168"
ROUNDED = [
    # file, its content (an array for NumPy's own), program, the remark
    ("", f"x={BIG}", "2*x", f"`x`: `{BIG}` is not a double; the nearest one, {NEAR}, is used"),
    ("", "x=9007199254740992", "2*x", ""),
    ("", "x=[1, 9007199254740993]", "sum(x)", "9007199254740993"),
    ("a.json", f'{{"x": {BIG}, "y": 9007199254740993}}', "2*x", f"`{BIG}` is not a double"),
    ("a.json", '{"x": [1.5, 9007199254740993]}', "sum(x)", "`9007199254740993` is not a double"),
    ("a.json", '{"x": 9007199254740992, "y": 9007199254740993}', "2*x", ""),
    ("a.json", f'{{"x": "{BIG}"}}', "2*x", f"`{BIG}` is not a double"),
    ("a.toml", f"x = -{BIG}", "2*x", f"the nearest one, -{NEAR}, is used"),
    ("a.csv", f"x,y\n{BIG},1\n1,0.1\n", "sum(x)", f"`{BIG}` is not a double"),
    ("a.csv", f"x,y\n{BIG},1\n1,0.1\n", "sum(y)", ""),
    ("a.npy", np.array([3, 2**53 + 1, -(2**63), 2**62 + 1]), "sum(x)", "one, 9007199254740992, is used (and 1 more)"),
    ("a.npy", np.array([2**64 - 1], dtype=np.uint64), "sum(x)", "`18446744073709551615` is not a double"),
    ("a.npy", np.array(2**53 + 1), "2*x", "`9007199254740993` is not a double"),
    ("a.npy", np.array([2**60, -3, 7 * 2**60]), "sum(x)", ""),
    ("a.npz", np.array([2**53 + 1]), "sum(x)", "`9007199254740993` is not a double"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "program", "remark"), ROUNDED, ids=[f"{c[0]} {c[1]}" for c in ROUNDED])
def test_a_number_that_loses_digits_on_the_way_in_is_noted(tmp_path, name, content, program, remark):
    path = tmp_path / name
    if name.endswith(".npy"):
        np.save(path, content)
    elif name.endswith(".npz"):
        np.savez(path, x=content)
    elif name:
        path.write_text(content, encoding="utf-8")
    given = [content] if not name else [f"x=@{path}"] if name.endswith(".npy") else ["--vars", str(path)]
    ran = backprop("eval", program, *given, "-q")
    assert ran.status == 0 and remark in ran.err and bool(remark) == bool(ran.err)
    assert backprop("eval", program, *given, "-q", "--strict").status == (4 if remark else 0)


@pytest.mark.parametrize("value", [2**53 + 1, [2**53 + 1, 0.5], np.array([2**53 + 1]), (1, -(2**63) - 1)], ids=repr)
def test_a_number_of_python_that_loses_digits_is_noted(value):
    assert [note.code for note in backprop_cli.evaluate("sum(x)", x=value).notes] == ["precision"]
    assert not backprop_cli.evaluate("sum(x)", x=[2**53, 0.1]).notes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"x": %s}'),
        ("a.json", '{"x": [1, %s]}'),
        ("a.toml", "x = %s"),
        ("a.toml", "x = [1, %s]"),
        ("a.csv", "x\n%s\n2\n"),
    ],
)
@pytest.mark.parametrize("number", ["1e-400", "-2.5E-999", "1e400", "1" + "0" * 400])
def test_a_number_beyond_the_doubles_is_one_in_a_file_too(tmp_path, name, content, number):
    (tmp_path / name).write_text("y = 1\n" * name.endswith("toml") + content % number, encoding="utf-8")
    ran = backprop("eval", "sum(x)", "--vars", str(tmp_path / name), "--allow-nonfinite")
    told = "too small" if "-" in number[1:] else "too large"
    assert ran.status == 2 and "error[V301]" in ran.err and told in ran.err


def test_a_number_beyond_the_doubles_that_nobody_asks_for_is_nobodys_business(tmp_path):
    (tmp_path / "a.json").write_text('{"x": 1e-400, "y": 2, "z": 0e-400, "u": -0.0}', encoding="utf-8")
    assert backprop("eval", "y + z + u", "--vars", str(tmp_path / "a.json"), "-q").out == "2\n"


def npy(header, numbers=b"", version=1):
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2 if version == 1 else 4, "little") + text + numbers


def npz(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return packed.getvalue()


GOOD = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", np.arange(3.0).tobytes())
FLAGS = [at for at in range(len(npz(x=GOOD))) if npz(x=GOOD)[at : at + 2] == b"PK"]
ENCRYPTED = bytearray(npz(x=GOOD))
for _at, _offset in ((FLAGS[0], 6), (FLAGS[1], 8)):
    ENCRYPTED[_at + _offset] |= 1
DAMAGED = [
    # a file's name, its content, what is said
    ("a.npy", GOOD[:-1], "claims 24 bytes of numbers, and the file has 23"),
    ("a.npy", GOOD[:40], "NPY"),
    ("a.npy", GOOD[:7], "NPY"),
    ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }", b"1" * 99), "NPY"),
    ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }", np.arange(3.0).tobytes()), ""),
    ("a.npy", npy("(" * 5000), "NPY"),
    ("a.npy", npy("{'descr': 5, 'fortran_order': False, 'shape': (3,), }", b"1" * 99), "NPY"),
    ("a.npy", npy("[1, 2"), "NPY"),
    ("a.npy", npy("é" * 20, version=3), "NPY"),
    ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", b"", 9), "NPY"),
    ("a.npz", npz(x=GOOD, y=GOOD).replace(b"y.npy", b"x.npy"), "the array `x` occurs twice"),
    ("a.npz", bytes(ENCRYPTED), "password"),
    ("a.npz", npz(x=GOOD)[:60] + b"\xff\xff" + npz(x=GOOD)[62:], "NPZ"),
    ("a.npz", npz(x=GOOD[:-1]), "claims 24 bytes of numbers, and the file has 23"),
    ("a.npz", npz(x=b"text"), "does not begin as one"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), DAMAGED, ids=[f"{c[0]} {c[2]} {len(c[1])}" for c in DAMAGED])
def test_a_damaged_file_is_status_3_and_numpy_says_nothing(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    ran = backprop("eval", "sum(x)", f"x=@{tmp_path / name}", "-q")
    if not said:
        assert (ran.status, ran.out, ran.err) == (0, "3\n", "")
        return
    assert ran.status == 3 and ran.err.startswith("error[F603]") and said in ran.err and ran.err.count("\n") == 1


def test_a_file_that_shrinks_while_it_is_read_is_a_damaged_one(tmp_path, monkeypatch):
    """Mapped, it would end the process with SIGBUS."""
    np.save(tmp_path / "a.npy", np.arange(100_000.0))
    from backprop_cli.data import arrays

    header = arrays._header

    def and_shrink(file, version):
        found = header(file, version)
        os.truncate(tmp_path / "a.npy", 500_000)
        return found

    monkeypatch.setattr(arrays, "_header", and_shrink)
    ran = backprop("eval", "sum(x)", f"x=@{tmp_path}/a.npy")
    assert ran.status == 3 and "error[F603]" in ran.err and "too early" in ran.err


# -- what other tools mean ---------------------------------------------------------------------------------

A, V = [[1.0, 2.0], [0.0, 4.0]], [1.0, 2.0]
MEANT = [
    # program, values, value
    ("concat([x, y])", {"x": [1, 2], "y": [3]}, [1, 2, 3]),
    ("concat([[1, 2], [3]])", {}, [1, 2, 3]),
    ("stack([x, y])", {"x": [1, 2], "y": [3, 4]}, [[1, 2], [3, 4]]),
    ("stack([x, y], axis=1)", {"x": [1, 2], "y": [3, 4]}, [[1, 3], [2, 4]]),
    ("[1, 2; 3, x]", {"x": 7}, [[1, 2], [3, 7]]),
    ("norm(A, axis=1)", {"A": [[3, 4], [5, 12]]}, [5, 13]),
]


@pytest.mark.parametrize(("program", "values", "value"), MEANT, ids=[case[0] for case in MEANT])
def test_a_call_means_what_it_means_in_numpy(program, values, value):
    assert np.array_equal(backprop_cli.evaluate(program, values).value, value)


@pytest.mark.parametrize(
    ("program", "values", "code", "way_out"),
    [
        ("[A; B]", {"A": A, "B": A}, "V309", "concat(A, B)"),
        ("norm(A, 1)", {"A": A}, "N203", "norm(x, axis=0)"),
        ("norm(x, 1)", {"x": [3, 4]}, "N203", "`norm1`"),
        ("var(x, ddof=1)", {"x": [1]}, "V309", "less than the number of elements"),
    ],
)
def test_what_would_mean_something_else_is_refused_with_the_way_out(program, values, code, way_out):
    with pytest.raises(BackpropError) as caught:
        backprop_cli.evaluate(program, values)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code and way_out in diagnostic.help


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("A*v", "the matrix product is `A @ v`"),
        ("max(A, 1)*v[0]", "`max(A, axis=1)`"),
        ("v*A", ""),
        ("max(A, 0)*v[0]", ""),
    ],
)
def test_what_numpy_users_may_not_mean_is_noted(program, told):
    notes = " ".join(note.message for note in backprop_cli.evaluate(program, A=A, v=V).notes)
    assert told in notes and bool(told) == bool(notes)


# -- infinities --------------------------------------------------------------------------------------------

MASKED = [
    # program, gradient of s at [1, 2, 3] where the mask is [1, 0, 1]: p = exp(1)/(exp(1)+exp(3)) = 0.11920292202211755,
    # then p, 0, 1-p; then p*(1-p)*(1-5), 0, its opposite
    ("logsumexp(where(m > 0, s, -inf))", [0.11920292202211755, 0, 0.8807970779778825]),
    ("sum(softmax(where(m > 0, s, -inf))*[1, 2, 5])", [-0.41997434161402614, 0, 0.41997434161402614]),
    ("max(s[0], -inf)", [1, 0, 0]),
]


@pytest.mark.parametrize(("program", "gradient"), MASKED, ids=[case[0] for case in MASKED])
def test_a_mask_of_minus_infinity_lets_true_gradients_through(program, gradient):
    values = {"s": [1, 2, 3], **({"m": [1, 0, 1]} if "m >" in program else {})}
    report = backprop_cli.grad(program, values, wrt="s")
    assert np.allclose(report.gradients["s"], gradient, rtol=1e-12) and report.status == 0 and not report.notes


def test_an_infinity_that_arrives_is_told():
    ran = backprop("eval", "where(m > 0, s, -inf)", "s=[1,2]", "m=[1,0]", "-q")
    assert ran.status == 4 and ran.out == "[1,-inf]\n" and "note[nonfinite-input]" in ran.err
    assert backprop("eval", "x", "x=[-inf,1]", "-q").status == 2
    assert backprop("eval", "x", "x=[-inf,1]", "-q", "--allow-nonfinite").out == "[-inf,1]\n"


def test_an_empty_answer_says_why():
    ran = backprop("grad", "x=3; x^2", "-q")
    assert ran.status == 0 and ran.out == "" and "no inputs" in ran.err


# -- true numbers, and time --------------------------------------------------------------------------------


def test_exact_prints_true_numbers():
    # exp(-60)/(1 + exp(-60))^2 by mpmath, as in test_truth
    assert backprop("grad", "exp(x)/(1+exp(x))", "x=60", "--exact", "-q").out == "x=8.75651076269652e-27\n"
    ran = backprop("grad", "exp(x)/(1+exp(x))", "x=60", "--exact", "--json")
    document = json.loads(ran.out)
    assert ran.status == 0 and document["notes"] == [] and document["check"]["verdict"] == "agree"
    assert document["gradients"] == {"x": 8.75651076269652e-27} and "true_gradients" not in document
    assert backprop_cli.evaluate("(1 - cos(x))/x^2", x=1e-9, exact=True).value == 0.5
    array = backprop_cli.grad("sum(log(1 + x)/x)", x=[1e-9, 1], exact=True)
    assert array.gradients["x"][0] == pytest.approx(-0.49999999933333333, rel=1e-12)


def test_exact_keeps_the_note_where_no_double_is_the_number():
    report = backprop_cli.evaluate("exp(x)", x=-1000, exact=True)
    assert report.status == 4 and [note.code for note in report.notes] == ["underflow"]


def test_a_timeout_is_status_5():
    ran = shell('backprop grad "x" x=1 --timeout 0.001')
    assert ran.status == 5 and "error[L701]: not finished after 0.001 seconds" in ran.err and "Traceback" not in ran.err
    assert shell('backprop grad "x" x=1 -q --timeout 60').out == "x=1\n"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e308", "1e7"])
def test_a_timeout_is_a_sensible_number(seconds):
    ran = backprop("eval", "x", "x=1", "--timeout", seconds)
    assert ran.status == 2 and "`--timeout` is from 0.001" in ran.err


def test_a_misspelled_option_and_a_value_with_dashes_are_told_apart():
    assert "a value is `x=3`" in backprop("eval", "x*2", "--x=3").err
    assert "did you mean `--width`?" in backprop("eval", "x*2", "x=1", "--widht=30").err


def test_a_suite_is_not_overwritten_by_its_junit(tmp_path):
    suite = tmp_path / "s.toml"
    suite.write_text('[[case]]\nprogram = "x"\nbindings = { x = 1 }\nvalue = 1\n', encoding="utf-8")
    ran = backprop("check", str(suite), "--junit", str(suite))
    assert ran.status == 2 and "`--junit` would write over it" in ran.err and "[[case]]" in suite.read_text("utf-8")


@pytest.mark.parametrize(
    "command", ['grad "tanh(tanh(tanh(tanh(x*y))))*softplus(x)" x=0.3 y=0.7', 'check "x^3*y" --claim "df/dx = 3*x^2*y"']
)
def test_a_busy_machine_prints_the_same_bytes(command):
    alone = shell(f"backprop {command}")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"], env=shell_environment()) for _ in range(4)]
    try:
        assert shell(f"backprop {command}") == alone
    finally:
        for process in busy:
            process.kill()
            process.wait()


# -- a bug of ours is none of the answers ------------------------------------------------------------------

ANSWERS = [
    # words, status, what is said
    (["eval", "y=;-y"], 2, "S103"),
    (["eval", "y=;y<y"], 2, "S103"),
    (["check", "x*y", "x=[1,2]", "y=3"], 2, "V310"),
    (["eval", "arange(2, step=0.5)", "-q"], 0, "[0,0.5,1,1.5]\n"),
    (["jacobian", "1/x", "x=0", "--format", "jsonl", "--no-check"], 4, '"-Infinity"'),
    (["jacobian", "log(x)", "x=0", "--json"], 4, '"Infinity"'),
]


@pytest.mark.parametrize(("words", "status", "said"), ANSWERS, ids=[" ".join(words) for words, *_ in ANSWERS])
def test_an_answer_rather_than_a_bug(words, status, said):
    ran = backprop(*words)
    assert ran.status == status and said in ran.out + ran.err, ran
