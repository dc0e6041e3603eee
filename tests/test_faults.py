"""What is written arrives whole, or the status says so; a signal leaves nothing behind."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from conftest import backprop

from backprop_cli.check.sampler import PointSampler
from backprop_cli.errors import Source
from backprop_cli.graph import lower
from backprop_cli.language.parser import parse

BACKPROP = [sys.executable, "-m", "backprop_cli"]
LONG = ["eval", "x", "x=arange(40000)", "--json"]
WHOLE = len(subprocess.run([*BACKPROP, *LONG], capture_output=True, check=True).stdout)


def run(words, unbuffered=True, **more):
    return subprocess.run(
        [*BACKPROP, *words], stderr=subprocess.PIPE, check=False, env={**os.environ,
        "PYTHONUNBUFFERED": "1" * unbuffered},
        **more,
    )  # fmt: skip


@pytest.mark.parametrize("unbuffered", [True, False])
@pytest.mark.parametrize(
    "words", [LONG, ["eval", "x", "x=1"], ["eval", "x", "--json"], ["--version"], ["gates"]], ids=" ".join
)
def test_a_full_disk_is_not_success(words, unbuffered):
    with open("/dev/full", "wb") as full:
        ran = run(words, unbuffered, stdout=full)
    assert ran.returncode == 6 and ran.stderr.count(b"error[") in (1, 2) and b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


@pytest.mark.parametrize("unbuffered", [True, False])
def test_a_reader_that_goes_away_and_a_file_that_may_not_grow(unbuffered, tmp_path):
    line = f"{' '.join(BACKPROP)} {LONG[0]} {LONG[1]} '{LONG[2]}' --json"
    env = {**os.environ, "PYTHONUNBUFFERED": "1" * unbuffered}
    ran = subprocess.run(
        ["bash", "-c", f"{line} | head -c 10; exit ${{PIPESTATUS[0]}}"], capture_output=True, env=env, check=False
    )
    assert ran.returncode == 141 and not ran.stderr
    limited = f"trap '' XFSZ; ulimit -f 64; {line} > {tmp_path}/out"
    ran = subprocess.run(["bash", "-c", limited], capture_output=True, env=env, check=False)
    assert ran.returncode == 6 and b"cannot be written" in ran.stderr


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_is_open_already_is_written_and_not_replaced(path, tmp_path):
    out = tmp_path / "out"
    with open(out, "w", encoding="utf-8") as file:
        file.write("before\n")
        file.flush()
        ran = run(["eval", "x", "x=1", "-q", "-o", path], stdout=file)
    assert ran.returncode == 0 and out.read_text(encoding="utf-8") == "before\n1\n"
    assert os.listdir(tmp_path) == ["out"]


def test_a_link_to_standard_output_stays_one(tmp_path):
    (tmp_path / "link").symlink_to("/dev/stdout")
    ran = run(["eval", "x", "x=1", "-q", "-o", str(tmp_path / "link")], stdout=subprocess.PIPE)
    assert ran.stdout == b"1\n" and (tmp_path / "link").is_symlink()


def test_a_reader_that_goes_away_from_an_output_file():
    line = f"{' '.join(BACKPROP)} {LONG[0]} {LONG[1]} '{LONG[2]}' -o /dev/stdout | true; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert ran.returncode == 141 and not ran.stderr


def test_the_environment_asks_for_no_completion():
    ran = run(["eval", "x", "x=1", "-q"], stdout=subprocess.PIPE, unbuffered=False)
    asked = subprocess.run(
        [*BACKPROP, "eval", "x", "x=1", "-q"], capture_output=True, check=False,
        env={**os.environ, "_BACKPROP_COMPLETE": "complete_bash", "COMP_WORDS": "backprop ", "COMP_CWORD": "1"},
    )  # fmt: skip
    assert (ran.returncode, asked.returncode, asked.stdout) == (0, 0, ran.stdout)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_at_any_moment_leaves_the_old_file_or_the_new_and_nothing_else(number, tmp_path):
    out = tmp_path / "out.json"
    words = [*LONG, "-o", str(out)]
    statuses = set()
    for k in range(12):
        process = subprocess.Popen([*BACKPROP, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        time.sleep(0.1 + 0.04 * k)
        process.send_signal(number)
        _, told = process.communicate()
        statuses.add(process.returncode)
        assert b"Traceback" not in told or b"backprop_cli" not in told  # Python has one of its own while it starts
        assert not out.exists() or out.stat().st_size == WHOLE
        assert number == signal.SIGKILL or os.listdir(tmp_path) in ([], ["out.json"])
    assert statuses <= {0, -number, 130, 143}  # -number: before there was a Python to ask
    assert run(words, stdout=subprocess.DEVNULL).returncode == 0 and os.listdir(tmp_path) == ["out.json"]


# -- what goes in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [["@/dev/zero"], ["x", "x=@/dev/zero:a.csv"], ["x", "--vars", "sparse.toml"], ["@sparse.toml"]]
)
def test_no_more_is_read_than_a_text_may_have(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open("sparse.toml", "wb") as file:
        file.truncate(1 << 30)
    ran = backprop("eval", *words, "--max-bytes", "100000")
    assert ran.status in (3, 5) and (ran.status == 3 or "--max-bytes" in ran.err)


def test_a_directory_may_have_pipes_devices_and_huge_files_in_it(tmp_path):
    (tmp_path / "a.md").write_text("```backprop\nx\nat x = 1\n=> 1\n```\n", encoding="utf-8")
    os.mkfifo(tmp_path / "b.toml")
    (tmp_path / "c.toml").symlink_to("/dev/zero")
    with open(tmp_path / "d.md", "wb") as file:
        file.truncate(1 << 32)
    ran = backprop("check", str(tmp_path), "--max-bytes", "100000")
    assert ran.status == 0 and "1 case: all ok" in ran.out


BLANKS = " " * 20_000
DOCUMENTS = {
    "fence.md": f"# t\n\n```{BLANKS}x`\n", "pairs.md": f"```backprop\nx\nx = 1{BLANKS}y\n```\n",
    "lines.md": "\n" * 40_000,
    "header.toml": f"[{BLANKS}\n", "case.toml": "\n" * 40_000 + "[[case]]\n", "key.toml": f"a{BLANKS}b\n",
    "fences.md": ("```" + " \t" * 5_000 + "`\n") * 3, "words.toml": "[[case" + " x" * 20_000 + "\n",
    "commas.md": "```backprop\nx\nat x = 1" + " ," * 20_000 + "\n=> 1\n```\n", "word.toml": "a-" * 20_000,
    "parts.toml": "a" + ".a" * 20_000 + " = 1\n", "header parts.toml": "[[case]]\n[a" + " . 'a'" * 10_000 + "]\n",
    "quotes.toml": '"' * 20_001 + "\n", "blanks.bp": BLANKS + "x", "tabs.md": "\t>" * 20_000 + "```\n",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_is_read_in_more_than_linear_time(name, tmp_path):
    """A square of these lengths takes many seconds of the processor."""
    path = tmp_path / name
    path.write_text(DOCUMENTS[name], encoding="utf-8")
    before = time.process_time()
    ran = backprop("check", str(path)) if name != "blanks.bp" else backprop("eval", f"@{path}", "x=1")
    assert ran.status in (0, 2, 3) and time.process_time() - before < 3


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith("toml")])
def test_nor_are_values(name, tmp_path):
    (tmp_path / name).write_text(DOCUMENTS[name], encoding="utf-8")
    before = time.process_time()
    assert backprop("eval", "x", "x=1", "--vars", str(tmp_path / name)).status in (0, 3)
    assert time.process_time() - before < 3


def test_a_key_may_have_many_parts_and_a_text_many_dots(tmp_path):
    """For a key of many parts tomllib takes the square of their number in memory."""
    (tmp_path / "a.toml").write_text(".".join("a" * 64) + " = 1\nx = '" + "1." * 30 + "'\ny = 2\n", encoding="utf-8")
    assert backprop("eval", "y", "--vars", str(tmp_path / "a.toml"), "-q").out == "2\n"
    (tmp_path / "a.toml").write_text("y = 2\n" + ".".join("a" * 65) + " = 1\n", encoding="utf-8")
    ran = backprop("eval", "y", "--vars", str(tmp_path / "a.toml"), "-q")
    assert ran.status == 3 and "a key has more than 64 parts" in ran.err and "a.toml:2" in ran.err


NESTED = "gelu(gelu(gelu(gelu(gelu(gelu(a*b*c*d*g*h))))))"
SLOW = [
    ["check", NESTED, "a=0.9", "b=1.1", "c=1.2", "d=0.8", "g=1.05", "h=0.97"],
    ["grad", NESTED, "a=0.9", "b=1.1", "c=1.2", "d=0.8", "g=1.05", "h=0.97"],
    ["check", "sum(W^2)", "W=(50,50)"],
    ["check", "sum(erfc(W)*lgamma(W))", "W=(60,60)"],
    ["grad", "lgamma(x)*digamma(y)", "x=-2.457024738220801", "y=1.4616321449683623"],
]


@pytest.mark.parametrize("words", SLOW, ids=lambda words: " ".join(words[:2]))
def test_a_short_text_ends_soon_and_with_a_verdict(words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)  # of a process of its own: SymPy's caches are full in ours
    status = subprocess.run([*BACKPROP, *words], capture_output=True, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert status in (0, 4) and after.ru_utime - before.ru_utime < 6


def test_many_points_of_an_empty_domain_are_given_up_soon():
    sampler = PointSampler(lower(parse(Source("expression", "log(x-100)*sqrt(-x)"))), {}, ["x"], points=100_000)
    assert sum(1 for _ in sampler) == 2_000  # not 40 times as many as are wanted
    ran = backprop("check", "log(x-100)*sqrt(-x)", "--points", "100000", "--no-sympy")
    assert ran.status == 4 and "cannot decide" in ran.out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["eval", "x", "--json"], 5),
        (["eval", "x", "-q"], 5),
        (["eval", "x", "--format", "csv"], 5),
        (["grad", "sum(x)", "--no-check", "--format", "toml"], 5),
        (["eval", "sum(x)", "-q"], 0),  # one number
        (["eval", "x", "--format", "plain"], 0),  # a summary
        (["eval", "x", "-o", "x.npz"], 0),
    ],
)
def test_a_text_of_millions_of_numbers_is_refused_before_it_is_made(words, status, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = backprop(*words[:2], "x=ones(4000001)", *words[2:])
    assert ran.status == status and ("`-o FILE.npz` writes arrays as they are" in ran.err) == (status == 5)
