"""What a shell completes: in the function that answers, and in the shells themselves where they are installed."""

import shutil
import subprocess

import pytest
from conftest import backprop, shell_environment

SEED = 'backprop grad "(x+y)*z"'
OFFERED = [  # a line up to the cursor, and all that can follow
    ("backprop gr", ["grad", "graph"]),
    ("backprop --ver", ["--version"]),
    ("backprop grad x --form", ["--format"]),
    ("backprop grad x --format js", ["json", "jsonl"]),
    ("backprop grad x --format=lat", ["--format=latex"]),
    ("backprop eval x --format tap", []),
    ("backprop check x --format tap", ["tap"]),
    ("backprop jacobian x --mode ", ["auto", "forward", "reverse"]),
    ("backprop grad x --no-", ["--no-check"]),
    ("backprop export x --to nu", ["numpy"]),
    (f"{SEED} ", ["x=", "y=", "z="]),
    (f"{SEED} x=1 --json z=2 ", ["y="]),
    (f"{SEED} --wrt ", []),
    ("backprop grad 'x + q' q", ["q="]),
    ("backprop grad (x+ ", []),
    ("backprop grad -x^2 ", ["x="]),
    ('backprop eval "(x+y)*sigm', ["(x+y)*sigmoid("]),
    ("backprop eval tan", ["tan(", "tanh("]),
    ("backprop eval x.tan", []),
    ("backprop eval 2", []),
    ("backprop eval -tan", ["-tan(", "-tanh("]),
    ("backprop gates leaky", ["leaky_relu"]),
    ("backprop completion f", ["fish"]),
    ("backprop nonsense x", []),
    ("backprop eval @po", ["@point.toml", "@points/"]),
    ("backprop eval x x=@point.", ["x=@point.toml"]),
    ("backprop eval x x=@points/a", ["x=@points/a b.csv"]),
    ("backprop eval x --vars point.", ["point.toml"]),
    ("backprop eval x --vars=point.", ["--vars=point.toml"]),
    ("backprop check suit", ["suite.toml"]),
    ("backprop eval suit", []),
]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("point.toml", "suite.toml", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "points").mkdir()
    (tmp_path / "points" / "a b.csv").touch()


@pytest.mark.parametrize(("line", "offered"), OFFERED, ids=[line for line, _ in OFFERED])
def test_what_can_follow(line, offered):
    ran = backprop("completion", "fish", "--at", line)
    assert (ran.status, ran.out.splitlines(), ran.err) == (0, offered, "")


def run(words):
    return subprocess.run(words, env=shell_environment(), capture_output=True, text=True, check=True).stdout.split("\n")


BASH = [  # the line, its words as bash cuts them, what is put in the place of the last
    ("backprop grad x --format js", ["backprop", "grad", "x", "--format", "js"], ["json", "jsonl"]),
    ("backprop eval x x=@point.", ["backprop", "eval", "x", "x", "=@", "point."], ["point.toml"]),
    ("backprop eval x --vars=point.", ["backprop", "eval", "x", "--vars", "=", "point."], ["point.toml"]),
    ("backprop eval x --vars=", ["backprop", "eval", "x", "--vars", "="], ["point.toml", "points/", "suite.toml"]),
    ('backprop eval "(x+y)*sigm', ["backprop", "eval", '"(x+y)*sigm'], ["(x+y)*sigmoid(", "(x+y)*sigmoid()"]),
]


@pytest.mark.parametrize(("line", "words", "replies"), BASH, ids=[line for line, *_ in BASH])
def test_bash(line, words, replies):
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"""source <(backprop completion bash); COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}
    COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}
    compopt() {{ :; }}; _backprop; printf '%s\\n' "${{COMPREPLY[@]}}" """
    assert run(["bash", "-c", script])[:-1] == replies


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish():
    lines = "; ".join(f"complete -C '{line}'" for line in ("backprop grad x --format js", "backprop eval @po"))
    found = run(["fish", "--no-config", "-c", f"backprop completion fish | source; {lines}"])
    assert found[:-1] == ["json", "jsonl", "@point.toml", "@points/"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh():
    script = """source <(backprop completion zsh); compadd() { print -rl -- "${@:#--}"; }
    LBUFFER='backprop grad x --format js' _backprop; LBUFFER='backprop eval x x=@points/' _backprop"""
    assert run(["zsh", "-f", "-c", script])[:-1] == ["json", "jsonl", "x=@points/a b.csv"]


def test_only_these_shells_have_a_script():
    ran = backprop("completion", "csh")
    assert ran.status == 2 and "bash, zsh, fish, powershell" in ran.err
    for name in ("bash", "zsh", "fish", "powershell"):
        assert "backprop completion" in backprop("completion", name).out
