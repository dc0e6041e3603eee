"""Plain command lines are read without Typer: what a command is given is what Typer would give it, and no more."""

import pytest
from conftest import backprop
from fuzz import command_line

from backprop_cli.cli import group, words
from backprop_cli.errors import BackpropError, nearest

SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]


@pytest.fixture
def typer_gives(monkeypatch, capsys):
    """What Typer gives the command of a line: (its parameters, None), or (None, what it raised)."""
    given = {}

    def noted(name):
        return command_named(name)._replace(run=given.update)

    command_named = words.command_named
    monkeypatch.setattr(group, "command_named", noted)
    whole = group.group()

    def read(line):
        given.clear()
        try:
            whole.main(list(line), standalone_mode=False, windows_expand_args=False)
        except (BackpropError, group.refusal(), SystemExit) as error:
            return None, error
        capsys.readouterr()
        given.pop("version", None)  # Typer's callback deals with it
        return dict(given) or None, None

    return read


@pytest.mark.parametrize("start", range(0, 6000, 500))
def test_both_give_a_command_the_same(typer_gives, start):
    plain = 0
    for seed in range(start, start + 500):
        line = command_line(seed)
        theirs, raised = typer_gives(line)
        ours, refused = None, ""
        try:
            ours = words.read(line)
        except BackpropError as error:
            refused = str(error)
        assert not refused or refused == str(raised), line
        if ours is not None:
            assert ours[1].pop("version") is False
            assert ours[1] == theirs, line
            plain += 1
    assert plain > 350, "most lines are plain"


LEFT = [  # lines of which no more is known than that Typer is to answer them
    [], ["grad"], ["grad", "--help"], ["grad", "x", "-h"], ["--version"], ["eval", "x", "-V"], ["grab", "x"],
    ["grad", *SEED, "--bogus"], ["grad", *SEED, "--json=yes"], ["grad", *SEED, "--digits", "x"],
    ["grad", *SEED, "--digits", "18"], ["grad", *SEED, "--digits", "0"], ["grad", *SEED, "--seed", "1.5"],
    ["grad", *SEED, "--digits", "\u0664"], ["grad", *SEED, "--digits", " 4"], ["grad", *SEED, "--timeout", "nan"],
]  # fmt: skip


@pytest.mark.parametrize("line", LEFT, ids=" ".join)
def test_what_is_not_plain_is_left_to_typer(line):
    assert words.read(line) is None


NEAR = [  # what is typed, what there is, what is meant
    ("grda", ["eval", "graph", "grad"], ["grad"]),
    ("tahn", ["tan", "tanh"], ["tanh"]),
    ("simga", ["Sigma", "sigma"], ["sigma"]),
    ("Price", ["prime", "price"], ["price"]),
    ("alfa", ["alpha"], ["alpha"]),
    ("jac", ["jacobian"], ["jacobian"]),
    ("gradient", ["grad"], ["grad"]),
    ("x", ["y"], []),
    ("x1", ["x2"], []),
    ("w", ["W"], ["W"]),
    ("frobnicate", ["force", "format", "strict"], []),
    ("wrong", ["rows", "version", "wrt"], []),
    ("", ["a", "abc"], []),
    ("a" * 65, ["a" * 65], []),
]


@pytest.mark.parametrize(("typed", "there", "meant"), NEAR, ids=[row[0][:20] for row in NEAR])
def test_did_you_mean(typed, there, meant):
    assert nearest(typed, there) == meant


@pytest.mark.parametrize("name", words.COMMANDS)
@pytest.mark.parametrize("columns", ["50", "80"])
def test_help_is_what_the_option_prints(name, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    asked = backprop("help", name)
    assert asked == backprop(name, "--help") and asked.status == 0
    assert backprop("help").out == backprop("--help").out


def test_help_of_no_command():
    assert "did you mean `backprop grad`?" in backprop("help", "grda").err


@pytest.mark.parametrize("line", [["(x+y)*z", "x=1"], ["x^2"], ["f=x", "x=1"]])
def test_an_expression_without_a_command_is_told_one(line):
    ran = backprop(*line)
    assert ran.status == 2 and f'write `backprop eval "{line[0]}"`' in ran.err


@pytest.mark.parametrize("word", ["./file.bp", "2*(x+", "grda"])
def test_what_is_no_expression_is_not_told_to_be_one(word):
    assert "`backprop eval" not in backprop(word, "x=1").err
