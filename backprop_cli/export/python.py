"""A file of Python: the value and the gradient, staged, with a test of itself."""

from __future__ import annotations

import keyword
import re

from backprop_cli.export.dialects import NUMPY, Dialect
from backprop_cli.export.expressions import Writer
from backprop_cli.export.staged import FUNCTION, Line, Staged, in_columns
from backprop_cli.graph import Value
from backprop_cli.lean import Callable
from backprop_cli.text import shortest


def reserved(dialect: Dialect) -> set[str]:
    """The names that a user's node cannot have in the file."""
    imported = {"np", "math", "torch", "jax", "jnp", "abs", "float", "max", "min", "round", "print", "value",
                "gradient", FUNCTION}  # fmt: skip
    return {*keyword.kwlist, *imported, *dialect.helpers}


def python(
    program: Staged,
    dialect: Dialect,
    writes: type[Writer] = Writer,
    test: Callable[[Staged], list[str]] | None = None,
) -> str:
    """The text of the file; with an example it tests itself when it is run.

    Raises BackpropError (U801) at a gate that the target has no words for.
    """
    writer = writes(dialect)
    writer.ranks = program.ranks

    def lines(made: list[Line]) -> list[str]:
        return in_columns(
            (f"    {line.name} = {program.translated(line, writer.expression, dialect.name)}", line.comment)
            for line in made
        )

    ahead, back = lines(program.forward), lines(program.backward)
    gradients = ", ".join(f'"{name}": {called}' for name, called in program.gradients.items())
    shapes = f" {program.shapes}" if program.shapes else ""
    functions = writer.functions()
    made = [
        program.docstring, "",
        _imports(dialect, functions), *(f"\n\n{function}" for function in functions), "", "",
        f"def {FUNCTION}({', '.join(program.inputs.values())}):",
        f'    """The value, and the gradients by name.{shapes}"""',
        "    # forward", *ahead, "", "    # backward", *back, "",
        f"    return {program.value}, {{{gradients}}}",
        *(test(program) if test else _test(program, dialect)),
    ]  # fmt: skip
    return "\n".join(made) + "\n"


def _imports(dialect: Dialect, functions: list[str]) -> str:
    """What the file imports: functions of numbers too, where its own need them."""
    needs_math = dialect is NUMPY and any("math." in function for function in functions)
    return f"import math\n\n{dialect.imports}" if needs_math else dialect.imports


def _test(program: Staged, dialect: Dialect) -> list[str]:
    example, is_numpy = program.example, dialect is NUMPY
    if example is None:
        return []

    def literal(number: Value) -> str:
        text = f"np.array({shortest(number)}, dtype=float)" if hasattr(number, "tolist") else repr(float(number))
        return re.sub(r"(?<![\w.])(inf|nan)\b", rf"{dialect.prefix}\1", text)

    def asserted(found: str, number: Value, name: str = "") -> str:
        slack = f", atol={example.slack(name)}" if is_numpy else ""
        close = f"np.allclose({{}}, {{}}, rtol=1e-9{slack})" if is_numpy else "math.isclose({}, {}, rel_tol=1e-9)"
        return f"    assert {close.format(found, literal(number))}, {found}"

    words = ", ".join(f"{called}={literal(example.given[name])}" for name, called in program.inputs.items())
    return [
        "", "", 'if __name__ == "__main__":',
        f"    value, gradient = {FUNCTION}({words})",
        asserted("value", example.value),
        *(asserted(f'gradient["{name}"]', example.gradients[name], name) for name in program.gradients),
        f'    print("{program.output} =", value)',
        "    for name, slope in gradient.items():",
        f'        print(f"d{program.output}/d{{name}} =", slope)',
    ]  # fmt: skip
