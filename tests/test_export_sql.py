"""Exported SQL is run by DuckDB, where that is installed, and has the numbers of `grad` in every row."""

import numpy as np
import pytest
from conftest import backprop
from test_export import PROGRAMS

import backprop_cli

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: what we print for it is not run")
NO_WORDS = ("gelu", "normcdf", "erf")  # there is no error function
MORE = ["X*x + order^2*dX", "mod = x % y; mod*softplus(x - 30)", "expm1(x*1e-9) + log1p(y*1e-12)*1e3", "x"]
ROWS = [program for program in PROGRAMS + MORE if not any(word in program for word in NO_WORDS)]
POINTS = [(1.3, 0.7, -0.4, 2.1, 0.3), (0.2, 1.9, 3.0, 0.5, 1.1), (2.5, 2.25, 0.1, 1.75, 0.6)]


def given(program, point):
    names = list(backprop_cli.diff(program, check=False).graph.variables)
    return dict(zip(names, point, strict=False))


@pytest.mark.parametrize("program", ROWS)
def test_every_row_of_a_table(program):
    database = duckdb.connect()
    database.execute(backprop_cli.export(program, given(program, POINTS[0]), to="sql"))
    for point in POINTS[1:]:
        values = list(given(program, point).values())
        database.execute(f"INSERT INTO inputs VALUES ({', '.join('?' * len(values))})", values)
    rows = database.execute("FROM value_and_gradient").fetchall()
    assert len(rows) == len(POINTS)
    for point, row in zip(POINTS, rows, strict=True):
        values = given(program, point)
        report = backprop_cli.grad(program, values, check=False)
        found = row[len(values) :] if program != "x" else (row[0], row[1])
        assert np.allclose(found, [report.value, *report.gradients.values()], rtol=1e-12, atol=1e-15)


def test_a_wrong_column_is_an_error():
    text = backprop_cli.export("(x+y)*z", x=-2, y=5, z=-4, to="sql")
    assert duckdb.connect().execute(text).fetchall() == [(-12, -4, -4, 3)]
    with pytest.raises(duckdb.Error, match=r"df/dy is -8\.0, not -4\.0"):
        duckdb.connect().execute(text.replace("z AS dy", "2*z AS dy")).fetchall()


def test_without_values_it_is_a_query():
    database = duckdb.connect()
    database.execute("CREATE TABLE inputs AS SELECT 3.0::DOUBLE AS x, 2.0::DOUBLE AS y")
    assert database.execute(backprop_cli.export("x^2*y", to="sql")).fetchall() == [(3, 2, 18, 12, 9)]


@pytest.mark.parametrize(("words", "status", "said"), [
    (["x + gelu(y)"], 2, "`gelu` has no words in SQL"), (["sum(x)", "x=[1,2]"], 2, "numbers only"),
    (["h = x; for t in range(400) { h = sin(h) }; h"], 5, "nested SELECTs"),
])  # fmt: skip
def test_what_cannot_be_written_is_refused(words, status, said, tmp_path):
    ran = backprop("export", *words, "-o", str(tmp_path / "grad.sql"))
    assert ran.status == status and said in ran.err and not list(tmp_path.iterdir()), ran.err
