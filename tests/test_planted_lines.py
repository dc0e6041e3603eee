"""Programs as people write them, with mistakes planted in them: each program is right, each mistake is found.

A file in `planted_lines` is the right program. Behind a line, after `  #~ `, is what is written in its place, several
times; DEL leaves the line out. The line that is named is that one, or the one before what was left out.
"""

import pytest
from conftest import ROOT

from backprop_cli import check_code

FILES = sorted((ROOT / "tests/planted_lines").glob("*.py"))


def read(path):
    """The right program, and for each mistake its line and what is there."""
    lines, mistakes = [], []
    for line in path.read_text(encoding="utf-8").split("\n"):
        right, *wrong = line.split("  #~ ")
        lines.append(right)
        mistakes += [(len(lines), one) for one in wrong]
    return lines, mistakes


MISTAKES = [(path, *one) for path in FILES for one in read(path)[1]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_right_agrees(path, tmp_path):
    file = tmp_path / "net.py"
    file.write_text("\n".join(read(path)[0]), encoding="utf-8")
    report = check_code(str(file))
    assert (report.status, {one.verdict for one in report.results}) == (0, {"agrees"})


@pytest.mark.parametrize(
    ("path", "number", "wrong"), MISTAKES, ids=[f"{p.stem}:{n}:{wrong}" for p, n, wrong in MISTAKES]
)
def test_the_planted_line_is_named(path, number, wrong, tmp_path):
    lines, _ = read(path)
    right = lines[number - 1]
    indent = right[: len(right) - len(right.lstrip())]
    lines[number - 1] = indent + ("pass" if wrong == "DEL" else wrong)
    file = tmp_path / "net.py"
    file.write_text("\n".join(lines), encoding="utf-8")
    report = check_code(str(file))
    assert report.status == 1
    assert report.first_wrong.line in ({number, number - 1} if wrong == "DEL" else {number})
