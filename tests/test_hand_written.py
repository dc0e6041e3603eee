"""Backward passes as people write them, from the mathematics of courses and papers: all right, and none is accused."""

import pytest
from conftest import ROOT

from backprop_cli import check_code

FILES = sorted((ROOT / "tests/hand_written").glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_that_is_right_is_accused(path):
    report = check_code(str(path))
    assert report.ok and report.first_wrong is None
    assert {result.verdict for result in report.results} == {"agrees"}
