"""What is not documented does not exist: commands, options, gates, codes, formats, statuses; and README's code runs."""

import doctest
import json
import math
import re
import shutil
import subprocess
import sys
import textwrap

import pytest
from conftest import ROOT, backprop, shell, shell_environment

from backprop_cli.cli.words import COMMANDS
from backprop_cli.errors import CODES, STATUS_MEANING, STATUS_OF, Status
from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.render import FORMATS
from backprop_cli.report.notes import NOTE_CODES

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}


def test_every_command_and_option_is_documented():
    for command in COMMANDS:
        assert f"$ backprop {command} --help" in DOCS["commands.md"]
        for option in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", backprop(command, "--help").out, re.MULTILINE):
            assert option in DOCS["commands.md"], option


def test_every_gate_is_documented():
    for gate in [*GATES.values(), *TENSORS.values()]:
        assert f"{gate.head} " in DOCS["gates.md"], gate
    for name in [*GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES]:
        ran = backprop("gates", name)
        assert ran.status == 0 and ran.out.startswith("gate")


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_is_documented(code):
    status = Status.OUTPUT if code == "F605" else STATUS_OF[code[0]]
    assert f"| `{code}` | {int(status)} | {CODES[code]} |" in DOCS["errors.md"]


def test_codes_in_the_source_are_in_the_table():
    import backprop_cli.api

    package = ROOT / "backprop_cli" if (ROOT / "backprop_cli").exists() else None
    assert package and backprop_cli.api
    used = set()
    for path in package.rglob("*.py"):
        used |= set(re.findall(r'"([SNVCFLUX]\d{3})"', path.read_text(encoding="utf-8")))
    assert used == set(CODES)


def test_every_note_format_and_status_is_documented():
    for code in NOTE_CODES:
        assert f"| `{code}` |" in DOCS["numbers.md"]
    for name in FORMATS:
        assert f"| `{name}` |" in DOCS["formats.md"]
    assert STATUS_MEANING.keys() == {value for name, value in vars(Status).items() if name.isupper()}
    for status in STATUS_MEANING:
        assert re.search(rf"^\|[^|]*\b{int(status)}\b[^|]*\|", DOCS["engineer.md"], re.MULTILINE), status


def test_constants_are_documented():
    for name in CONSTANTS:
        assert f"`{name}`" in DOCS["language.md"]


def test_python_in_the_pages():
    for name, page in DOCS.items():
        blocks = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
        test = doctest.DocTestParser().get_doctest(blocks, {}, name, name, 0)
        results = doctest.DocTestRunner().run(test)
        assert results.failed == 0 and (name != "engineer.md" or results.attempted >= 5), name


def test_package_docstring():
    import backprop_cli

    assert doctest.testmod(backprop_cli).failed == 0


def test_ci_snippet(tmp_path):
    (snippet,) = re.findall(r"```yaml\n(steps:.*?)```", DOCS["engineer.md"], re.DOTALL)
    commands = [c for c in re.findall(r"^ +run: (.*)$", snippet, re.MULTILINE) if not c.startswith("pip install")]
    assert len(commands) == 2
    for command in commands:
        ran = shell(command, tmp_path)
        assert ran.status == 0, ran


def test_the_readme_fits_on_a_screen():
    assert README.count("\n") <= 80


def test_readme_links_lead_somewhere():
    for text, base in [(README, ROOT), *((text, ROOT / "docs") for text in DOCS.values())]:
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (base / target).exists(), target


def test_ci_runs_the_readme_command():
    (command,) = re.findall(r"<!-- test -->\n```sh\n(.*?)\n```", README)
    assert command.endswith("pytest")
    assert "<!-- test -->" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_version_is_said_once_everywhere():
    import tomllib

    import backprop_cli

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == backprop_cli.__version__
    assert f"## {backprop_cli.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert backprop("--version").out == f"backprop {backprop_cli.__version__}\n"


# -- the walk through the source ---------------------------------------------------------------------------

_EXCERPT = re.compile(r"^```text file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_walk_quotes_the_source():
    found = _EXCERPT.findall(DOCS["core.md"])
    assert len(found) > 5
    for name, code in found:
        assert code in (ROOT / "backprop_cli" / name).read_text(encoding="utf-8"), (name, code)


def test_a_gate_is_a_row(tmp_path):
    """The steps of docs/contributing.md on a copy: one row, and the gate is computed, differentiated and checked."""
    shutil.copytree(ROOT / "backprop_cli", tmp_path / "backprop_cli")
    row = re.search(r"^   ```text gate\n(.*?)^   ```$", DOCS["contributing.md"], re.MULTILINE | re.DOTALL)[1]
    table = tmp_path / "backprop_cli/gates/special.py"
    text = table.read_text(encoding="utf-8")
    last = text.rindex(")  # fmt: skip\n")
    table.write_text(text[:last] + textwrap.dedent(row).replace("\n", "\n    ") + text[last:], encoding="utf-8")
    command = [sys.executable, "-m", "backprop_cli", "grad", "softexp(x)", "x=0.5", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, env=shell_environment())
    report = json.loads(done.stdout)
    assert report["value"] == pytest.approx(math.e**0.5, rel=1e-15)  # (e^0.5 - 1)/1 + 1
    assert report["gradients"]["x"] == pytest.approx(math.e**0.5, rel=1e-15)
    assert report["check"]["verdict"] == "agree"
