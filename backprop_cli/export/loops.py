"""Formulas over arrays as statements of C: loops over elements, an array a name.

What an element is, and which indices it has, `c_arrays` knows.
"""

from __future__ import annotations

import re
from itertools import count
from math import prod

from backprop_cli.errors import Source
from backprop_cli.export.c_arrays import (
    Array,
    Reduction,
    Written,
    braces,
    bring,
    element,
    gathered,
    indexed,
    matrix_product,
    named,
    nest,
    number,
    running,
    spread,
)
from backprop_cli.export.c_constants import constant
from backprop_cli.export.c_matrices import ANSWERS, statement
from backprop_cli.export.c_views import VIEWS
from backprop_cli.export.c_words import COMPOSITES, EPS
from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import NoWordsError
from backprop_cli.language.parser import parse_tokens
from backprop_cli.language.program import Call, Program
from backprop_cli.language.tokens import tokenize
from backprop_cli.lean import Any, Callable, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape, axes, broadcast

_REDUCTIONS = {  # where it starts, and the next step
    "sum": ("0.0", "{0} += {1};"),
    "prod": ("1.0", "{0} *= {1};"),
    "amax": ("-INFINITY", "{0} = fmax({0}, {1});"),
    "amin": ("INFINITY", "{0} = fmin({0}, {1});"),
}
_RUNNING = {"cumsum": " + ", "cumprod": "*"}
_OF_ONE = {"max": "amax", "min": "amin"}
Made = Array | Reduction | Written
_NOTHING = number(Piece("0.0"))


class CWriter(Writer):
    """Writes what becomes of numbers."""

    def number(self, text: str) -> Piece:
        """Always a double: 1/2 is not 0."""
        made = super().number(text)
        return made if set(text) & {".", "e", "n"} else made._replace(text=f"{text}.0")

    def name(self, text: str) -> Piece:
        """A name of the program's, or a constant, which is remembered."""
        if text in ("pi", "e"):
            self.needed[text] = None
        return super().name(text)

    def operator(self, op: str, operands: Sequence[Piece]) -> Piece:
        """C has no sign for powers."""
        if op != "^":
            return super().operator(op, operands)
        if operands[1].text != "2.0":
            return self.call("pow", operands, {})
        x = operands[0].text
        return (
            super().operator("*", [operands[0]] * 2)
            if re.fullmatch(r"\w+(\[\w+\])*", x)
            else self.call("square", operands[:1], {})
        )


class Loops:
    """The statements so far, and the names that they make."""

    def __init__(self, words: CWriter, known: Mapping[str, Shape], taken: set[str], storage: str = "") -> None:
        self.words, self.storage = words, storage
        self.known = {name: named(name, shape) for name, shape in known.items()}
        self.lines: list[str] = []
        self._taken = taken
        letters = [*"ijklmpqrsuv", *(f"i{k}" for k in range(60))]
        self._letters = [letter for letter in letters if letter not in taken]

    def assign(self, name: str, comment: str, formula: str) -> None:
        """Statements that give a formula a name. Raises NoWordsError."""
        first = len(self.lines)
        self._make(name, self._value(formula, self.known))
        if len(self.lines) == first + 1:
            self.lines[first] += f"  /* {comment} */" if comment else ""
        else:
            said = f"   {comment}" if comment else ""
            self.lines.insert(first, f"/* {name} = {formula}{said} */")

    def copy(self, target: str, name: str, shape: Shape) -> None:
        """Statements that put an array, or a number in every element, into another place."""
        source = self.known[name]
        if shape and source.shape == shape:
            self.lines.append(f"memcpy({target}, {name}, sizeof {target});")
        else:
            self._loop(shape, lambda at: [f"{element(target, at)} = {bring(source, shape).at(at).text};"])

    def _make(self, name: str, made: Made) -> Array:
        declared = name + "".join(f"[{length}]" for length in made.shape)
        if isinstance(made, Written):
            self.lines += [f"{self.storage}double {declared};"] * bool(made.shape) + made.lines(name)
        elif isinstance(made, Array):
            if not made.shape:
                self.lines.append(f"const double {name} = {made.at(()).text};")
            else:
                self.lines.append(f"{self.storage}double {declared};")
                self._loop(made.shape, lambda at: [f"{element(name, at)} = {made.at(at).text};"])
        else:
            start, step = _REDUCTIONS[made.kind]
            if made.shape:
                self.lines.append(f"{self.storage}double {declared};")
            else:
                self.lines.append(f"double {name} = {start};")

            def gather(at: Sequence[str]) -> list[str]:
                inside: list[str] = [f"{element(name, at)} = {start};"] if made.shape else []
                inner = self._letters[len(at) : len(at) + len(made.inner)]
                body = step.format(element(name, at), made.at(at, inner).text)
                return inside + nest(made.inner, inner, [body])

            self._loop(made.shape, gather)
        self.known[name] = named(name, made.shape)
        return self.known[name]

    def _loop(self, shape: Shape, body: Callable[[Sequence[str]], list[str]]) -> None:
        at = ["0" if length == 1 else letter for length, letter in zip(shape, self._letters, strict=False)]
        self.lines += nest(shape, at, body(at))

    def _stored(self, made: Made, stem: str) -> Array:
        """An array that has a place: gathered, or computed once. Axes of length 1 are left out there."""
        if not made.shape and isinstance(made, Array):
            return made
        shape, long = made.shape, [axis for axis, length in enumerate(made.shape) if length != 1]

        def full(at: Sequence[str]) -> list[str]:
            places = dict(zip(long, at, strict=True))
            return [places.get(axis, "0") for axis in range(len(shape))]

        if isinstance(made, Written):
            return self._make(self._spare(stem), made)
        short: Made = (
            Array(tuple(shape[axis] for axis in long), lambda at: made.at(full(at)))
            if isinstance(made, Array)
            else made._replace(shape=tuple(shape[axis] for axis in long), at=lambda at, inner: made.at(full(at), inner))
        )
        stored = self._make(self._spare(stem), short)
        return Array(shape, lambda at: stored.at([at[axis] for axis in long]))

    def _spare(self, stem: str) -> str:
        name = next(name for k in count(1) if (name := f"{stem}{k}") not in self._taken)
        self._taken.add(name)
        return name

    def _array(self, made: Made) -> Array:
        return made if isinstance(made, Array) else self._stored(made, "s")

    def _pointer(self, x: Array) -> str:
        """To the first element of what is stored row after row; what is not is stored first."""
        name = re.match(r"\w*", x.at(["0"] * len(x.shape)).text)
        whole = self.known.get(name[0] if name else "")
        letters = self._letters[: len(x.shape)]
        if whole is None or whole.shape != x.shape or whole.at(letters) != x.at(letters):
            x = self._stored(x, "s")
        return f"&{x.at(['0'] * len(x.shape)).text}"

    def _of_matrices(self, name: str, operands: Sequence[Array]) -> Written:
        self.words.needed[name] = None
        shapes, pointers = [x.shape for x in operands], [self._pointer(x) for x in operands]
        return Written(ANSWERS[name](shapes), lambda target: [statement(name, shapes, pointers, target)])

    def _running(self, name: str, x: Array, along: int | None) -> Written:
        """Running sums or products, of all elements in order or along an axis."""
        if along is None:
            x = VIEWS["ravel"]([x], [], {})
        letters = ["0" if n == 1 else letter for n, letter in zip(x.shape, self._letters, strict=False)]
        k = (along or 0) % len(x.shape)
        return Written(x.shape, lambda target: nest(x.shape, letters, running(x, k, target, letters, _RUNNING[name])))

    def _value(self, text: str, given: Mapping[str, Array]) -> Made:
        program = parse_tokens(Source("formula", text), tokenize(text))
        assert not program.diagnostics, (text, program.diagnostics)
        values: list[Made] = []
        settings = {k for args in program.args if isinstance(args, Call) for _, k, _ in args.keywords}
        for row, op in enumerate(program.ops):
            setting = row in settings
            values.append(_NOTHING if setting else self._row(program, op, program.args[row], values, given))
        return values[program.statements[-1].row]

    def _row(self, program: Program, op: str, args: Any, values: list[Made], given: Mapping[str, Array]) -> Made:
        if op == "num":
            return number(self.words.number(args))
        if op == "name":
            return given[args] if args in given else number(self.words.name(args))
        if op == "array":
            return self._literal([values[k] for k in args])
        if op == "call":
            return self._call(program, args, values)
        if op == "index":
            values[args.operand] = x = self._array(values[args.operand])
            return indexed(x, [[None if k is None else constant(program, k) for k in item] for item in args.items])
        for k in args:
            values[k] = self._array(values[k])
        operands = [self._array(values[k]) for k in args]
        if op == "transpose":
            return Array(operands[0].shape[::-1], lambda at: operands[0].at(at[::-1]))
        if op == "@" or (op in ("juxtaposed", "·") and all(operand.shape for operand in operands)):
            return matrix_product(self.words, *operands)
        return self._elementwise(operands, lambda pieces: self.words.operator(op, pieces))

    def _elementwise(self, operands: Sequence[Array], combine: Callable[[list[Piece]], Piece]) -> Array:
        shape = broadcast([operand.shape for operand in operands])
        brought = [bring(operand, shape) for operand in operands]
        return Array(shape, lambda at: combine([operand.at(at) for operand in brought]))

    def _literal(self, elements: Sequence[Made]) -> Array:
        arrays = [self._array(element) for element in elements]
        shape = (len(arrays), *arrays[0].shape)
        name = self._spare("a")
        self.lines.append(f"const double {name}{''.join(f'[{n}]' for n in shape)} = {braces(arrays)};")
        return named(name, shape)

    def _call(self, program: Program, call: Call, values: list[Made]) -> Made:
        for k in call.operands:
            values[k] = self._array(values[k])
        keywords = {name: constant(program, row) for name, row, _ in call.keywords}
        operands = [self._array(values[k]) for k in call.operands]
        x = operands[0] if operands else _NOTHING
        name = _OF_ONE.get(call.name, call.name) if len(operands) == 1 else call.name
        places = [constant(program, row) for row in call.operands]
        if name in _REDUCTIONS or name in COMPOSITES:
            return self._reduced(name, x, operands, keywords)
        if name == "matrix_power" and (places[1] or 0) > 0:
            return self._value("@".join(["x"] * places[1]), {"x": x})
        if name in ANSWERS:
            return self._of_matrices(name, operands)
        if name in _RUNNING:
            return self._running(name, x, keywords.get("axis"))
        if name in VIEWS:
            return VIEWS[name](operands, places, keywords)
        if name == "outer":
            return self._elementwise(
                [spread(operands[0], len(operands[1].shape)), operands[1]],
                lambda pieces: self.words.operator("*", pieces),
            )
        if keywords or name not in {*self.words.dialect.calls, *self.words.dialect.helpers, *self.words.dialect.same,
                                    *self.words.dialect.pairwise}:  # fmt: skip
            raise NoWordsError(f"`{name}` has no words")
        return self._elementwise(operands, lambda pieces: self.words.call(name, pieces, {}))

    def _reduced(self, name: str, x: Array, operands: Sequence[Array], keywords: Mapping[str, Any]) -> Made:
        """A sum and the like, or what is made of them."""
        along = keywords.get("axis", -1 if name in ("softmax", "log_softmax", "layer_norm") else None)
        over, keep = axes(x.shape, along), bool(keywords.get("keepdims", False))
        if name in _REDUCTIONS:
            made = gathered(name, x, over, keep)
            alone = ["0"] * len(over)  # one element is its own sum
            return Array(made.shape, lambda at: made.at(at, alone)) if prod(made.inner) == 1 else made
        counted, ddof = prod(x.shape[k] for k in over), keywords.get("ddof", 0)
        if name in ("cross_entropy", "hinge_loss") and operands[1].shape != x.shape:
            labels = operands[1]
            operands = [x, VIEWS["onehot"]([labels], [None, x.shape[-1]], {})]
        share = keywords.get("label_smoothing", 0)
        smooth = f"({1 - share}*y + {share / x.shape[-1]})" if share else "y"
        if name == "batch_norm":
            over = tuple(axis for axis in range(len(x.shape)) if axis != 1)
            more = len(x.shape) - 2
            operands = [x, *(spread(y, more) if y.shape else y for y in operands[1:])]
        text = COMPOSITES[name].format(
            axis=str(list(over)) if len(over) != 1 else over[0], keepdims=keep, count=counted, free=counted - ddof,
            ddof=ddof, along=-1 if along is None else along, delta=keywords.get("delta", 1),
            eps=keywords.get("eps", EPS.get(name)), smooth=smooth, rows=prod(x.shape[:-1]),
            last=x.shape[-1] if x.shape else 1,
        )  # fmt: skip
        given = dict(zip("xyz", operands, strict=False))
        *steps, last = text.split("; ")
        for step in steps:
            stem, _, formula = step.partition(" = ")
            given[stem] = self._stored(self._value(formula, given), stem)
        return self._value(last, given)
