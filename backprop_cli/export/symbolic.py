"""A file of Python for SymPy: the value and the gradient as expressions, with a test by SymPy's own derivatives."""

from __future__ import annotations

import keyword
import re

from backprop_cli.export.dialects import ELEMENTARY, Dialect
from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import Line, Staged, in_columns
from backprop_cli.language.program import COMPARISONS
from backprop_cli.lean import Mapping, Sequence
from backprop_cli.text import all_finite

SYMPY = Dialect(
    "sympy",
    "",
    "sp.",
    (ELEMENTARY - {"expm1", "log1p", "log2", "log10", "hypot"})
    | {"asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "erf", "erfc", "gamma", "loggamma", "digamma"}
    | {"floor", "sign"},
    {
        "expm1": "(sp.exp({0}) - 1)", "log1p": "sp.log(1 + {0})", "log2": "sp.log({0}, 2)", "log10": "sp.log({0}, 10)",
        "hypot": "sp.sqrt(({0})**2 + ({1})**2)", "cbrt": "sp.real_root({0}, 3)", "square": "({0})**2",
        "abs": "sp.Abs({0})", "ceil": "sp.ceiling({0})", "max": "sp.Max({all})", "min": "sp.Min({all})",
        "maxout": "sp.Max({all})", "relu": "sp.Max({0}, 0)", "clip": "sp.Min(sp.Max({0}, {1}), {2})",
        "where": "sp.Piecewise(({1}, {0}), ({2}, True))", "hard_tanh": "sp.Min(sp.Max({0}, -1), 1)",
        "sigmoid": "1/(1 + sp.exp(-({0})))", "softplus": "sp.log(1 + sp.exp({0}))", "mod": "sp.Mod({0}, {1})",
        "logsigmoid": "-sp.log(1 + sp.exp(-({0})))", "silu": "({0})/(1 + sp.exp(-({0})))",
        "softsign": "({0})/(1 + sp.Abs({0}))", "normpdf": "sp.exp(-({0})**2/2)/sp.sqrt(2*sp.pi)",
        "normcdf": "sp.erfc(-({0})/sp.sqrt(2))/2", "gelu": "({0})*sp.erfc(-({0})/sp.sqrt(2))/2",
        "leaky_relu": "sp.Piecewise(({0}, {0} > 0), (({1})*({0}), True))", "lgamma": "sp.loggamma({0})",
        "elu": "sp.Piecewise(({0}, {0} > 0), (({1})*(sp.exp({0}) - 1), True))", "xlogy": "({0})*sp.log({1})",
        "logaddexp": "sp.log(sp.exp({0}) + sp.exp({1}))", "log_base": "sp.log({0}, {1})", "tanh": "sp.tanh({0})",
        "eq": "sp.Eq({0}, {1})", "ne": "sp.Ne({0}, {1})", "mish": "({0})*sp.tanh(sp.log(1 + sp.exp({0})))",
        "trigamma": "sp.polygamma(1, {0})", "tetragamma": "sp.polygamma(2, {0})",
        "logit": "sp.log(({0})/(1 - ({0})))", "stop_gradient": "({0})",
    },
    {},
    operators={"%": "mod"},
    constants={"pi": "sp.pi", "e": "sp.E", "inf": "sp.oo"},
)  # fmt: skip
RESERVED = {*keyword.kwlist, "sp", "gradient", "point", "name", "slope", "expected", "found", "number", "own", "print",
            "abs"}  # fmt: skip
_NO_DERIVATIVE = {"floor", "ceil", "round", "mod"}  # in SymPy, which leaves it as it is
_LITERAL = re.compile(r"-?[\d.]+(e[-+]?\d+)?")
_EQUALITIES = {"==": "eq", "!=": "ne"}


class SympyWriter(Writer):
    """Python would compute 1/3 before SymPy sees it, and would answer `x == y` at once."""

    def whole(self, piece: Piece) -> str:
        """The right-hand side of a line is an expression of SymPy, a number alone too."""
        text = _number(piece).text
        return f"sp.Number({text})" if _LITERAL.fullmatch(text) else text

    def operator(self, op: str, operands: Sequence[Piece]) -> Piece:
        """Fractions of whole numbers are exact; a truth in arithmetic is 0 or 1."""
        if op in _EQUALITIES:
            return self.call(_EQUALITIES[op], operands, {})._replace(truth=True)
        if op not in COMPARISONS:
            operands = [_number(piece) for piece in operands]
        if op == "/" and all(piece.text.removeprefix("-").isdigit() for piece in operands):
            return Piece(f"sp.Rational({operands[0].text}, {operands[1].text})")
        return super().operator(op, operands)

    def call(self, name: str, operands: Sequence[Piece], named: Mapping[str, str]) -> Piece:
        """A gate by its name; `where` takes a truth as it is. Raises NoWordsError."""
        operands = [piece if k == 0 and name == "where" else _number(piece) for k, piece in enumerate(operands)]
        if name == "where" and not operands[0].truth:
            operands[0] = Piece(f"sp.Ne({operands[0].text}, 0)", truth=True)
        return super().call(name, operands, named)


def _number(piece: Piece) -> Piece:
    return Piece(f"sp.Piecewise((1, {piece.text}), (0, True))") if piece.truth else piece


def symbolic(program: Staged) -> str:
    """The text of the file; with an example it tests itself when it is run. Raises BackpropError (U801)."""
    writer = SympyWriter(SYMPY)

    def lines(made: list[Line]) -> list[str]:
        return in_columns(
            (f"{line.name} = {program.translated(line, writer.expression, 'sympy')}", line.comment) for line in made
        )

    names = ", ".join(program.inputs.values())
    gradients = ", ".join(f"{called}: {program.gradients[name]}" for name, called in _targets(program).items())
    made = [
        program.docstring, "",
        "import sympy as sp", "",
        f'{names} = sp.symbols("{names.replace(",", "")}", real=True)', "",
        "# forward", *lines(program.forward), "",
        "# backward", *lines(program.backward), "",
        f"gradient = {{{gradients}}}",
        *(_test(program) if program.example is not None else []),
    ]  # fmt: skip
    return "\n".join(made) + "\n"


def _targets(program: Staged) -> dict[str, str]:
    """What the file calls the nodes of the gradients, by the user's names."""
    return {name: called.removeprefix(program.prefix) for name, called in program.gradients.items()}


def _test(program: Staged) -> list[str]:
    example, output = program.example, program.output
    assert example is not None
    numbers = {program.inputs[name]: example.given[name] for name in program.inputs}
    point = ", ".join(f"{name}: {float(number)!r}" for name, number in numbers.items())
    called = _targets(program)
    expected = {called[name]: float(number) for name, number in example.gradients.items() if all_finite(number)}
    slopes = ", ".join(f"{name}: {number!r}" for name, number in expected.items())
    slacks = ", ".join(
        f"{called[name]}: {example.slack(name)}" for name in example.gradients if called[name] in expected
    )
    own = (
        not example.kinks
        and not set(program.graph.gates) & _NO_DERIVATIVE
        and expected.keys() <= set(program.inputs.values())
    )
    return [
        "", 'if __name__ == "__main__":',
        f"    point = {{{point}}}",
        f"    expected = {{{slopes}}}",
        f"    slack = {{{slacks}}}",
        f'    print("{output} =", {program.value}, "=", sp.sympify({program.value}).subs(point).evalf())',
        "    for name, slope in expected.items():",
        "        found = sp.sympify(gradient[name])",
        "        number = found.subs(point).evalf()",
        "        assert abs(number - slope) <= 1e-9*abs(slope) + slack[name], number",
        *[f"        own = sp.diff({program.value}, name).evalf(subs=point)",
          # of a corner that a product with 0 hides, its own derivative is 0/0
          "        assert not own.is_finite or abs(own - slope) <= 1e-9*abs(slope) + slack[name], own"] * own,
        f'        print(f"d{output}/d{{name}} =", found, "=", number)',
    ]  # fmt: skip
