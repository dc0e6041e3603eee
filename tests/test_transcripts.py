"""Every example in the documentation, every error's picture and every transcript prints what it says."""

import pytest
from conftest import ROOT
from transcripts import check, exchanges

from backprop_cli.errors import CODES

FILES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "tests/transcripts").glob("*.txt"))]
ERRORS = sorted((ROOT / "tests/errors").glob("*.txt"))


@pytest.mark.parametrize("path", [*FILES, *ERRORS], ids=lambda path: path.name)
def test_transcript(path, tmp_path, monkeypatch, record):
    monkeypatch.chdir(tmp_path)
    check(path, tmp_path, record=record)


def test_every_error_code_has_its_picture():
    unreachable = {"C501", "X901"}  # bugs of ours; test_commands provokes both
    pictured = {path.name[:4] for path in ERRORS}
    assert pictured == CODES.keys() - unreachable
    for path in ERRORS:
        assert all(f"[{path.name[:4]}]" in exchange.expected for exchange in exchanges(path)), path.name
