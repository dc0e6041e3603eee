"""Help: every option under a heading, at any width, as a page of the manual; and its examples run."""

import re
import shlex
import shutil
import subprocess

import pytest
from conftest import ROOT, backprop, shell

from backprop_cli.cli.declared import HEADINGS, RARE, Option
from backprop_cli.cli.manual import help_of, page, roff_of
from backprop_cli.cli.words import COMMANDS, command_named
from backprop_cli.errors import STATUS_MEANING

ALL = ["", *COMMANDS]
FILES = {  # what the examples name
    "points.csv": "x,y\n1,2\n3,4\n",
    "net.py": "import numpy as np\nx = np.array([1.0, 2.0])\nloss = np.sum(x**2)\ndx = 2*x\n",
    "suite.toml": '[[case]]\nprogram = "x*y"\nbindings = { x = -2, y = 5 }\ngradients = { x = 5, y = -2 }\n',
}
EXAMPLES = [(name, example) for name in ALL for example in page(name).examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_an_example_runs(name, example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, text in FILES.items():
        (tmp_path / path).write_text(text)
    if "<(" in example:
        assert shell(f"bash -c {shlex.quote(example)}", tmp_path).status == 0
        return
    words = shlex.split(example)
    assert words[0] == "backprop" and words[1] in ([name] if name else COMMANDS)
    ran = backprop(*words[1:])
    assert (ran.status, ran.err) == (0, "")
    for option in ("-o", "--junit", "--suite"):
        assert option not in words or (tmp_path / words[words.index(option) + 1]).stat().st_size > 20


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_examples_and_pages(name):
    it = page(name)
    assert 2 <= len(it.examples) <= 3
    assert it.pages and all((ROOT / "docs" / one).is_file() for one in it.pages)


@pytest.mark.parametrize("columns", [30, 50, 64, 80, 200])
@pytest.mark.parametrize("name", ALL)
def test_help_fits_and_loses_nothing(name, columns):
    text = help_of(name, columns)
    assert text.isascii()
    words = [word for line in text.splitlines() for word in line.split()]
    assert words == help_of(name, 80).split()
    longest = max(map(len, words)) + 6  # a word is never cut
    assert max(map(len, text.splitlines())) <= max(min(columns, 80), longest)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_under_its_heading(name):
    sections = re.split(r"^(\S.*):$", help_of(name, 80), flags=re.MULTILINE)
    under = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert [heading for heading in under if heading in HEADINGS][-1] == RARE
    for it in command_named(name).parameters:
        if isinstance(it.declared, Option):
            spelled = [one for spelling in it.declared.spellings for one in spelling.split("/")]
            assert re.search(rf"^  {', '.join(spelled)}\b", under[it.declared.heading], re.MULTILINE), it.name


def test_rare_and_dangerous_come_last():
    text = help_of("grad", 80)
    order = ["--wrt", "--vars", "--format", "--max-nodes", "--step", "--force", "--help", "Examples:", "Exit status:"]
    places = [text.index(f"\n  {one}" if one[0] == "-" and one != "--help" else one) for one in order]
    assert places == sorted(places)


def test_plain_help_has_every_status():
    text = help_of("", 80)
    assert all(re.search(rf"^  {int(status)}\b", text, re.MULTILINE) for status in STATUS_MEANING)


@pytest.mark.parametrize("name", ALL)
def test_a_page_of_the_manual(name):
    ran = backprop("help", *([name] if name else []), "--format", "man")
    assert (ran.status, ran.out, ran.err) == (0, roff_of(name), "")
    assert ran.out.isascii() and ran.out.startswith(".TH ")
    for line in ran.out.splitlines():  # whatever begins a line with a dot is a macro
        assert not line.startswith(("'", "\\&'")) and not line.endswith(" ")
        assert line[:1] != "." or re.match(r"\.(TH|SH|TP|PP|nf|fi|nh|ad l)\b", line), line
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    asked = [groff, "-man", "-Tascii", "-ww", "-P-cbou"]
    shown = subprocess.run(asked, input=ran.out, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert all(example in shown.stdout for example in page(name).examples)
