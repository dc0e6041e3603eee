"""The gate table over a kind of number: its texts as functions, each compiled when it is first asked for.

What a text means is what its names mean, and these are a field's: floats, arrays, complex numbers, numbers of many
digits; `check` and `engine.unroll` have fields of SymPy's expressions and of a graph's nodes.
This is the one file that compiles, and all it ever compiles is our own table.
"""

from __future__ import annotations

from math import inf, nan

from backprop_cli.errors import Source
from backprop_cli.gates import tensor_rules
from backprop_cli.gates.elementwise import COMPOSITES, CONSTANTS, GATES
from backprop_cli.gates.gate import Gate
from backprop_cli.gates.tensor_rules import Function
from backprop_cli.language.parser import parse
from backprop_cli.language.program import COMPARISONS, Program
from backprop_cli.lean import Any, Callable, cached_property, import_module, partial

_FUNCTION_OF = {"/": "div", "%": "mod", "^": "pow"}


class Compiled(dict[str, Function]):
    """A gate's name to a function, which is made the first time it is asked for."""

    def __init__(self, make: Callable[[str], Function]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> Function:
        function = self[name] = self.make(name)
        return function


class Field:
    """The gate table over one kind of number.

    `value[gate](*operands)`; `locals[gate](*operands, out)`, a slope an operand; the conditions of the row,
    `kink[gate](*operands, out)` and its like, truths or arrays of them. NaN is the slope of an undefined value.
    Of tensor gates `forward[gate](operands, attributes)`; `pull[gate](k, G, out, operands, attributes)`: what flows to
    operand k before broadcasting is undone; `push[gate](k, d, out, operands, attributes)`: how the value moves when
    operand k moves by d; `note[gate](k, out, operands, attributes)`: where the k-th note is due;
    `exact_zero[gate](operands, attributes)`: where a value of 0 is exact; `shape[gate](shapes, attributes)`.
    """

    moved_sum: Function | None = None  # what becomes of a sum of gradients that is rounded

    def __init__(
        self,
        *modules: str,
        of: str = "formula",
        choice: str = "({1} if {0} else {2})",
        known: str = "({0} if out == out else {1})",
        literal: str = "{0}",
        each: str = "{0}",
    ) -> None:
        """`modules` of `numeric` give the names; the value is computed by the row's text `of`.

        `choice`, `known`, `literal` and `each` are how `where`, the slopes of what may be undefined, numbers and
        elementwise functions are written. Of numbers the branch not taken is not computed.
        """
        self.modules, self.of, self.choice, self.known, self.literal = modules, of, choice, known, literal
        self.value, self.locals, self.each = Compiled(self._value), Compiled(self._locals), each
        self.domain, self.pole, self.steep, self.kink, self.jump, self.edge, self.vanish, self.exact_when = (
            Compiled(self._condition(text))
            for text in ("domain", "pole", "steep", "kink", "jump", "edge", "vanish", "exact_when")
        )
        self.period = Compiled(self._condition("period"))
        self.forward, self.tensor_means, self.exact_zero, self.shape = (
            Compiled(partial(tensor_rules.rule, self, text)) for text in ("formula", "means", "vanish", "shape")
        )
        self.pull, self.push, self.note = (
            Compiled(partial(made, self)) for made in (tensor_rules.pull, tensor_rules.push, tensor_rules.note)
        )

    @cached_property
    def names(self) -> dict[str, Any]:
        """What the texts' names mean."""
        rooms = [import_module(f"backprop_cli.numeric.{module}") for module in self.modules]
        meant = {name: getattr(room, name) for room in rooms for name in getattr(room, "__all__", dir(room))}
        builtins = {"__import__": __import__}  # NumPy's methods import what they need when they are first called
        ours = {
            "_ties": lambda xs, out: sum([x == out for x in xs]), "len": len, "tuple": tuple, "__builtins__": builtins,
        }  # fmt: skip
        return {"nan": nan, "inf": inf, **CONSTANTS, **meant, **ours}

    def number(self, value: Any) -> Any:
        """A double as a number of the field."""
        return self.names["number"](value) if "number" in self.names else value

    def constant(self, value: Any) -> Any:
        """A constant of a formula as a number of the field, which may know pi and e better than doubles do."""
        return self.names["constant"](value) if "constant" in self.names else self.number(value)

    def has(self, gate: Gate) -> bool:
        """Whether every name that the gate's value is computed with means something here."""
        return functions_of(formula_program(gate, getattr(gate, self.of))) <= self.names.keys()

    def _value(self, name: str) -> Function:
        gate = GATES[name]
        python = self.python(gate, getattr(gate, self.of))
        python = self.choice.format(python, "1.0", "0.0") if gate.truth else python  # every value is a number
        return self.build((self.each if not gate.symbol else "{0}").format(f"lambda {head(gate)}: {python}"))

    def _locals(self, name: str) -> Function:
        gate = GATES[name]
        partials = [self.python(gate, text) for text in gate.partials]
        if gate.variadic:  # one formula, applied to each operand
            shares = f"tuple([(lambda x: {partials[0]})(x) for x in xs])"
            undefined = "tuple([nan for _ in xs])"
            inner = f"lambda xs, out, ties: {self.known.format(shares, undefined)}"
            return self.build(self.each.format(f"lambda *a: ({inner})(a[:-1], a[-1], _ties(a[:-1], a[-1]))"))
        slopes = f"({', '.join(partials)},)"
        if gate.family != "choice":  # which alone looks at one branch only
            slopes = self.known.format(slopes, f"({'nan, ' * len(partials)})")
        return self.build(self.each.format(f"lambda {head(gate)}, out: {slopes}"))

    def _condition(self, field: str) -> Callable[[str], Function]:
        def make(name: str) -> Function:
            gate = GATES[name]
            condition = " | ".join(  # on arrays too
                "(" + " & ".join(self.python(gate, part) for part in alternative.split(" and ")) + ")"
                for alternative in getattr(gate, field).split(" or ")
            )
            if gate.variadic:
                return self.build(f"lambda *a: (lambda out, ties: {condition})(a[-1], _ties(a[:-1], a[-1]))")
            return self.build(f"lambda {head(gate)}, out: {condition}")

        return make

    def build(self, python: str) -> Function:
        """The function that a text in Python is, over the field's names."""
        function: Function = eval(compile(python, "<gate table>", "eval"), self.names)  # noqa: S307  our own table
        return function

    def function(self, name: str) -> Function | None:
        """What a name in a formula means; a composite is compiled when it is first used."""
        if name not in self.names and name in COMPOSITES:
            composite = COMPOSITES[name]
            self.names[name] = self.build(f"lambda {head(composite)}: {self.python(composite, composite.formula)}")
        return self.names.get(name)

    def python(self, gate: Gate, text: str) -> str:
        """A formula as Python over the names of the field; composites it uses are compiled on the way."""
        program = formula_program(gate, text)
        for name in functions_of(program):
            self.function(name)
        written: list[str] = []
        for op, args in zip(program.ops, program.args, strict=True):
            if op == "num":
                written.append(self.literal.format(repr(float(args))))
            elif op == "name":
                written.append(args)
            elif op == "call":
                operands = [written[row] for row in args.operands]
                call = f"{args.name}({'*' * gate.variadic}{', '.join(operands)})"
                written.append(self.choice.format(*operands) if args.name == "where" else call)
            elif op == "negative":
                written.append(f"(-{written[args[0]]})")
            elif op in _FUNCTION_OF:
                left, right = (written[row] for row in args)
                squared = op == "^" and right == self.literal.format("2.0") and program.ops[args[0]] == "name"
                written.append(f"({left}*{left})" if squared else f"{_FUNCTION_OF[op]}({left}, {right})")
            else:
                assert op in "+-*" or op in COMPARISONS, op
                left, right = (written[row] for row in args)
                written.append(f"({left} {op} {right})")
        return written[-1]


def formula_program(gate: Gate, text: str) -> Program:
    """A formula of the gate's row, parsed; its names are the parameters, `out` and, if variadic, `ties`."""
    program = parse(Source(gate.head, text), [*(p.name for p in gate.parameters), "out", "ties"])
    assert not program.diagnostics, (gate, text, program.diagnostics)
    return program


def functions_of(program: Program) -> set[str]:
    """The names of the functions that a formula uses, those of its operators included."""
    called = {args.name for op, args in zip(program.ops, program.args, strict=True) if op == "call"}
    return called | {_FUNCTION_OF[op] for op in program.ops if op in _FUNCTION_OF}


def head(gate: Gate) -> str:
    """The gate's parameters as those of a function."""
    return ", ".join(("*" if gate.variadic else "") + p.name for p in gate.parameters)


_ROOMS = ("arrays", "reductions", "arranged", "linalg", "matrices", "losses", "normalizations", "factors", "windows")
FLOATS = Field("floats", "special")
ARRAYS = Field(*_ROOMS, choice="where({0}, {1}, {2})", known="where_known({0}, out)", each="in_pieces({0})")
COMPLEX = Field("complex", of="means")
DIGITS = Field("digits", literal="number({0})")
SHAPES = Field("shapes", "arranged_shapes", "normalized_shapes", "windowed_shapes")
COLUMNS = Field("columns", choice="where({0}, {1}, {2})", known="{0}")  # of numbers that are all finite
