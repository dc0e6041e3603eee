"""A script of SQL for DuckDB: the value and the gradient of every row of a table, as nested SELECTs, with a test.

What is used more than once is a column of an inner SELECT, computed once. In DuckDB `FROM` may come first, so that the
inner ones are read first. Only programs of numbers: a row has the inputs in its columns.
"""

from __future__ import annotations

import re

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.export.dialects import ELEMENTARY, Dialect
from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import FUNCTION, Staged
from backprop_cli.graph import Value
from backprop_cli.lean import Mapping, Sequence

SQL = Dialect(
    "sql",
    "",
    "",
    (ELEMENTARY - {"expm1", "log1p", "log", "hypot", "log10"})
    | {"asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "cbrt", "gamma", "lgamma", "abs", "floor", "ceil"},
    {
        "log": "ln({0})", "log10": "log10({0})", "relu": "greatest({0}, 0)", "round": "round_even({0}, 0)",
        "max": "greatest({all})", "min": "least({all})", "maxout": "greatest({all})", "sign": "sign({0})",
        "where": "CASE WHEN {0} THEN {1} ELSE {2} END", "clip": "least(greatest({0}, {1}), {2})",
        "hard_tanh": "least(greatest({0}, -1), 1)", "logsigmoid": "-softplus(-({0}))", "silu": "({0})*sigmoid({0})",
        "leaky_relu": "CASE WHEN {0} > 0 THEN {0} ELSE ({1})*({0}) END", "softsign": "({0})/(1 + abs({0}))",
        "elu": "CASE WHEN {0} > 0 THEN {0} ELSE ({1})*expm1({0}) END", "normpdf": "exp(-({0})*({0})/2)/sqrt(2*pi())",
        "xlogy": "CASE WHEN {0} = 0 THEN 0 ELSE ({0})*ln({1}) END", "stop_gradient": "({0})",
        "logaddexp": "({0}) + softplus({1} - ({0}))", "pow": "pow({0}, {1})",
    },
    {
        "sigmoid": "sigmoid(x) AS if(x >= 0, 1, exp(-abs(x)))/(1 + exp(-abs(x)))",
        "softplus": "softplus(x) AS greatest(x, 0) + log1p(exp(-abs(x)))",
        "square": "square(x) AS x*x",
        "mod": "mod(x, y) AS x - y*floor(x/y)",
        # W. Kahan's: what 1 + x rounds off is left out of both factors.
        "log1p": "log1p(x) AS if(1 + x = 1, x, ln(1 + x)*(x/((1 + x) - 1)))",
        "expm1": "expm1(x) AS CASE WHEN exp(x) = 1 THEN x WHEN abs(x) > 1 THEN exp(x) - 1"
                 " ELSE (exp(x) - 1)*(x/ln(exp(x))) END",
        "hypot": "hypot(x, y) AS if(x = 0 AND y = 0, 0, greatest(abs(x), abs(y))"
                 "*sqrt(1 + pow(least(abs(x), abs(y))/greatest(abs(x), abs(y)), 2)))",
    },
    operators={"%": "mod"},
    constants={"pi": "pi()", "e": "exp(1)", "inf": "'inf'::DOUBLE"},
)  # fmt: skip
RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially
    intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing
    primary qualify references returning select show some summarize symmetric table then to trailing true union unique
    unpivot using variadic when where window with inputs rowid checked excluded interval""".split()  # noqa: SIM905
) | {FUNCTION}
_MOST_NESTED = 300  # SELECTs; the parser of DuckDB ends at a depth of 1000
_SIGNS = {"==": "=", "!=": "<>"}
_CHECKED = """CREATE OR REPLACE TEMP MACRO checked(name, found, expected, slack) AS
    if(found = expected OR isfinite(expected) AND abs(found - expected) <= 1e-9*abs(expected) + slack,
       found, error(name || ' is ' || found || ', not ' || expected));"""


class SqlWriter(Writer):
    """A truth is no number, and a power no sign."""

    def whole(self, piece: Piece) -> str:
        """The right-hand side of a line is a number."""
        return _number(piece).text

    def operator(self, op: str, operands: Sequence[Piece]) -> Piece:
        """Powers are functions, squares products."""
        operands = [_number(piece) for piece in operands]
        if op == "^":
            if operands[1].text != "2":
                return self.call("pow", operands, {})
            x = operands[0]
            return super().operator("*", [x, x]) if x.text.isidentifier() else self.call("square", operands[:1], {})
        made = super().operator(op, operands)
        return made._replace(text=made.text.replace(f" {op} ", f" {_SIGNS[op]} ")) if op in _SIGNS else made

    def call(self, name: str, operands: Sequence[Piece], named: Mapping[str, str]) -> Piece:
        """A gate by its name; `where` takes a truth as it is. Raises NoWordsError."""
        operands = [piece if k == 0 and name == "where" else _number(piece) for k, piece in enumerate(operands)]
        if name == "where" and not operands[0].truth:
            operands[0] = Piece(f"{operands[0].text} <> 0", truth=True)
        made = super().call(name, operands, named)
        return made._replace(power=0) if made.text.startswith("CASE ") else made


def _number(piece: Piece) -> Piece:
    return Piece(f"if({piece.text}, 1, 0)") if piece.truth else piece


def sql(program: Staged) -> str:
    """The text of the script; with an example it makes a table of one row and tests itself.

    Raises BackpropError at a gate without words (U801), and where there are too many nodes for DuckDB (L701).
    """
    writer = SqlWriter(SQL)
    query = _query(program, writer)
    macros = [f"CREATE OR REPLACE TEMP MACRO {text};" for text in _in_order(writer.functions())]
    example, names = program.example, list(program.inputs.values())
    made = [
        f"-- {program.title}",
        "-- and its gradient by the chain rule, in the dialect of DuckDB. Written by backprop.",
    ]
    if example is None:
        made += [f"-- `inputs` is your table, with the columns {', '.join(names)}.", "", *macros, *[""] * bool(macros)]
        return "\n".join([*made, f"{query};"]) + "\n"
    values = [_literal(example.given[name]) for name in program.inputs]
    output = program.output
    checks = [(output, program.value, example.value, example.slack())]
    checks += [
        (f"d{output}/d{name}", called, example.gradients[name], example.slack(name))
        for name, called in program.gradients.items()
    ]
    columns = ",\n".join(
        f"""    checked('{name}', {called}, {_literal(number)}, {slack}) AS "{name}\""""
        for name, called, number, slack in checks
    )
    made += [
        "-- Test it: duckdb < grad.sql. Then put your own table in the place of `inputs`.", "",
        f"CREATE OR REPLACE TEMP TABLE inputs ({', '.join(f'{name} DOUBLE' for name in names)});",
        f"INSERT INTO inputs VALUES ({', '.join(values)});", "",  # noqa: S608  names are checked, values are numbers
         *macros, *[""] * bool(macros),
        f"CREATE OR REPLACE TEMP VIEW {FUNCTION} AS", f"{query};", "",
        "-- the test: an error where a number is not the one that backprop found", _CHECKED,
        f"SELECT\n{columns}\nFROM {FUNCTION};",
    ]  # fmt: skip
    return "\n".join(made) + "\n"


def _query(program: Staged, writer: SqlWriter) -> str:
    """The SELECTs, those of inner ones first; lines that need nothing of each other share one."""
    groups: list[list[tuple[str, str, str]]] = []
    backward = len(program.forward)
    for place, line in enumerate([*program.forward, *program.backward]):
        text = program.translated(line, writer.expression, "SQL")
        used = set(re.findall(r"\w+", line.formula))
        together = groups and place != backward and not used & {name for name, _, _ in groups[-1]}
        if not together:
            groups.append([])
        groups[-1].append((line.name, text, line.comment))
    if len(groups) > _MOST_NESTED:
        message = f"{len(groups)} nested SELECTs are too many for DuckDB: there may be {_MOST_NESTED}"
        raise BackpropError(
            Diagnostic("L701", message, (program.graph.label(program.graph.output),), "`--to c` has no such limit")
        )
    columns = dict.fromkeys([*program.inputs.values(), program.value, *program.gradients.values()])
    if not groups:
        return f"FROM inputs\nSELECT {', '.join(columns)}"
    lines = ["FROM (" * len(groups) + "FROM inputs"]
    for group in groups:
        rows = [f"{text} AS {name}{',' * (k < len(group) - 1) or ')'}" for k, (name, text, _) in enumerate(group)]
        width = max(map(len, rows))
        heads = ["SELECT *, ", *["          "] * (len(rows) - 1)]
        lines += [
            f"{head}{row:{width}}  -- {comment}" if comment else head + row
            for head, row, (_, _, comment) in zip(heads, rows, group, strict=True)
        ]
    return "\n".join([*lines, f"SELECT {', '.join(columns)}"])


def _in_order(macros: list[str]) -> list[str]:
    """A macro after those that it calls, which call none."""
    return sorted(macros, key=lambda text: "log1p(exp" in text)


def _literal(number: Value) -> str:
    """A double: what has as many digits as one would be a decimal number without an exponent."""
    text = repr(float(number))
    if text.strip("-") in ("inf", "nan"):
        return f"'{text}'::DOUBLE"
    return text if "e" in text or len(text.strip("-")) <= 16 else f"{text}e0"
