"""Tables of numbers as spreadsheets write them: one decimal sign a file, and headings that are no names."""

import pytest
from conftest import backprop

# what a file holds, its ending, and what `x` is in its lines
READ = [
    ("x;y\n1,5;2,25\n", "csv", "1.5\n"),
    ("x;y\n1,234;2\n", "csv", "1.234\n"),  # semicolons: a comma has decimals behind it
    ("x;y\n1.234;2.5\n", "csv", "1.234\n"),
    ("x;y\n0.125;2,5\n", "csv", "0.125\n"),  # no thousands begin with 0
    ("x;y\n12,5;1.234\n", "csv", "12.5\n"),  # what `1.234` is does not matter for `x`
    ("x\ty\n1,5\t2\n", "tsv", "1.5\n"),
    ("x\ty\n1,234\t2,5\n", "tsv", "1.234\n"),
    ("x\ty\n1.234\t2.5\n", "tsv", "1.234\n"),
]
# and what is refused: the cell, and the numbers that it may be
UNSURE = [
    ("x;y\n1.234;2,5\n987;3,5\n", "csv", "1.234", "1234", "1,234"),
    ("x;y\n3;2,5\n-1.234;0\n", "csv", "-1.234", "-1234", "-1,234"),
    ("x;y\n1,234;2.5\n", "csv", "1,234", "1234", "1.234"),
    ("x\ty\n1,500\t2\n", "tsv", "1,500", "1500", "1.500"),
    ("x\ty\n1.234\t2,5\n", "tsv", "1.234", "1234", "1,234"),
]


@pytest.mark.parametrize(("text", "ending", "shown"), READ)
def test_one_decimal_sign_is_read(tmp_path, text, ending, shown):
    (tmp_path / f"t.{ending}").write_text(text)
    assert backprop("eval", "-q", "x", "--each", str(tmp_path / f"t.{ending}")).out == shown


@pytest.mark.parametrize(("text", "ending", "cell", "whole", "decimal"), UNSURE)
def test_what_may_be_thousands_is_refused_and_either_help_works(tmp_path, text, ending, cell, whole, decimal):
    file = tmp_path / f"t.{ending}"
    file.write_text(text)
    ran = backprop("eval", "-q", "x", "--each", str(file))
    assert (ran.status, ran.out.count("\n")) == (3, text.partition(cell)[0].count("\n") - 1)
    assert f"`{cell}` may be {whole} or have decimals, in column `x`" in ran.err
    assert f"help: write `{whole}`, or `{decimal}` if the " in ran.err
    for written in (whole, decimal):
        file.write_text(text.replace(cell, written))
        ran = backprop("eval", "-q", "x", "--each", str(file))
        assert ran.status == 0
        assert f"{float(written.replace(',', '.')):g}" in ran.out.split()


def test_where_both_signs_have_decimals_all_numbers_are_to_be_written_anew(tmp_path):
    (tmp_path / "t.csv").write_text("x;y\n1,234;2.5\n3,5;1\n")
    ran = backprop("eval", "x", "--each", str(tmp_path / "t.csv"))
    assert ran.status == 3
    assert "help: `3,5` and `2.5` both have decimals: write all of them with a point" in ran.err


def test_a_german_number_has_its_help(tmp_path):
    (tmp_path / "t.csv").write_text("x;y\n1.234,5;2\n")
    assert "help: write it as `1234.5`" in backprop("eval", "x", "--each", str(tmp_path / "t.csv")).err


def test_numbers_between_tabs_have_decimal_commas_without_headings_too(tmp_path):
    (tmp_path / "t.tsv").write_text("1,5\t2,5\n2,25\t3\n")
    assert backprop("eval", "-q", "x", f"x=@{tmp_path}/t.tsv").out == "[[1.5,2.5],[2.25,3]]\n"


def test_headings_may_be_no_names(tmp_path):
    (tmp_path / "t.csv").write_text("a b,a.b,2x,y-1\n1,2,3,4\n5,6,7,8\n")
    assert backprop("eval", "-q", "v", f"v=@{tmp_path}/t.csv:2x").out == "[3,7]\n"


def test_a_heading_with_a_unit_is_called_by_its_name_with_a_note(tmp_path):
    (tmp_path / "t.csv").write_text("speed (m/s),t [s]\n2,3\n4,5\n")
    ran = backprop("eval", "-q", "speed*t", "--each", str(tmp_path / "t.csv"))
    assert (ran.status, ran.out) == (0, "6\n20\n")
    ran = backprop("eval", "sum(speed)", "--vars", str(tmp_path / "t.csv"))
    assert ran.status == 0 and " 6\n" in ran.out
    assert "`speed`: the column `speed (m/s)`" in ran.err
    ran = backprop("eval", "v*t", "--each", str(tmp_path / "t.csv"))
    assert ran.status == 2 and "for `--each`, give the column the heading `v`" in ran.err


@pytest.mark.parametrize("headings", ["speed (m/s),speed (km/h)", "speed of light,t", "speed (m/s) max,t"])
def test_what_is_not_clear_is_not_called_so(tmp_path, headings):
    (tmp_path / "t.csv").write_text(f"{headings}\n2,3\n")
    assert backprop("eval", "speed*2", "--each", str(tmp_path / "t.csv")).status in (2, 3)


def test_a_heading_that_is_the_name_comes_first(tmp_path):
    (tmp_path / "t.csv").write_text("speed (m/s),speed\n2,3\n")
    assert backprop("eval", "-q", "speed*2", "--each", str(tmp_path / "t.csv")).out == "6\n"


def test_the_normal_distribution_function_of_textbooks_has_its_name():
    assert "help: write `normcdf(d1)` or `d1`" in backprop("eval", "S*N(d1)", "S=2", "d1=1").err
