"""`--safe`: strangers' command lines read no file but the one named, write none, and have an end."""

import os
import subprocess
import sys

import pytest
from conftest import backprop

FILES = {"x.json": "[1, 2]", "v.toml": "x = 2\n", "lib.bp": "gate s(a) = a^2\n", "f.bp": "x^2\n", "s.txt": "dx = 2*x\n"}
SUITE = '[[case]]\nprogram = "x*2"\nbindings.x = 3\nvalue = 6\n'


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {**FILES, "suite.toml": SUITE, "other.toml": SUITE.replace("3", '"@x.json"')}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "x", "x=@x.json"], ["eval", "x", "--vars", "v.toml"], ["eval", "s(x)", "x=1", "--use", "lib.bp"],
        ["eval", "x", "x=1", "-o", "out.txt"], ["eval", "x", "x=1", "-o", "/dev/stdout"], ["check", "."],
        ["check", "x^2", "--steps", "s.txt"], ["check", "x^2", "x=1", "--claim", "df/dx = @x.json"],
        ["check", "suite.toml", "--junit", "out.xml"], ["check", "suite.toml", "other.toml"],
        ["graph", "x", "--open"], ["eval", "x.json", "x=@x.json"], ["check", "net.py"], ["check", "net.ipynb"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_other_file_is_read_or_written(words):
    before = sorted(os.listdir())
    ran = backprop(*words, "--safe")
    assert ran.status in (1, 2, 3) and "--safe" in ran.err + ran.out
    assert sorted(os.listdir()) == before
    assert "--safe" not in backprop(*words[:1], "x", "x=1").err  # it holds for one command line


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["eval", "@f.bp", "x=3", "-q"], "9\n"), (["check", "suite.toml", "-q"], ""),
        (["eval", "x", "x=1", "-q"], "1\n"),
        (["eval", "-", "x=3", "-q"], "3\n"), (["eval", "swish(x)", "x=0", "-q", "--use", "nn"], "0\n"),
    ],
)  # fmt: skip
def test_the_file_that_is_named_is_read(words, out):
    ran = backprop(*words, "--safe", stdin="x")
    assert (ran.status, ran.out) == (0, out), ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["jacobian", "cumsum(x)", "x=ones(3900)", "--no-check", "-q"],
        ["eval", "sum(a@b)", "a=ones(3500,2000)", "b=ones(2000,3500)", "--max-elements", "100000000000", "-q"],
        ["eval", "x", "x=ones(300000000)", "--max-elements", "1000000000", "-q"],
    ],
    ids=lambda words: words[1],
)
def test_time_and_memory_have_an_end(words):
    """In a process of its own, whose limits those are."""
    ran = subprocess.run(
        [sys.executable, "-m", "backprop_cli", *words, "--safe"], capture_output=True, check=False, timeout=60
    )
    assert ran.returncode in (0, 5, -24) and b"Traceback" not in ran.stderr  # 24: the processor's limit
    assert ran.returncode != 5 or b"error[L701]" in ran.stderr
