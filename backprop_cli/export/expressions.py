"""Formulas of the language in the words of a target."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from backprop_cli.errors import BackpropError, Diagnostic, Source
from backprop_cli.export.dialects import Dialect
from backprop_cli.language.parser import parse_tokens
from backprop_cli.language.program import BINDING_POWER, COMPARISONS, Call, Index
from backprop_cli.language.tokens import tokenize

_ATOM = 9
_SIGNS = {"^": "**", "juxtaposed": "*", "·": "*"}
_CONSTANTS = ("pi", "e", "inf")
_RIGHT_FIRST = frozenset({"^"})


class Piece(NamedTuple):
    """A text, how tightly it holds together, and whether it is a truth."""

    text: str
    power: int = _ATOM
    truth: bool = False

    def within(self, power: int) -> str:
        """The text where something binds as tightly as that; a truth is a number there."""
        if self.truth:
            return f"1.0*({self.text})" if power <= BINDING_POWER["*"] else f"(1.0*({self.text}))"
        return self.text if self.power >= power else f"({self.text})"


class Writer:
    """Writes formulas, and knows which functions they need."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.needed: dict[str, None] = {}

    def expression(self, text: str) -> str:
        """A formula of the language. Raises BackpropError (U802) for a gate that the target has no words for."""
        program = parse_tokens(Source("formula", text), tokenize(text))
        assert not program.diagnostics, (text, program.diagnostics)
        pieces: list[Piece] = []
        for op, args in zip(program.ops, program.args, strict=True):
            pieces.append(self._piece(op, args, pieces))
        return pieces[program.statements[-1].row].within(0) if program.statements else ""

    def functions(self) -> list[str]:
        """The functions that the formulas need beside what is imported."""
        made: dict[str, str] = {}
        waiting = list(self.needed)
        while waiting:
            name = waiting.pop()
            text = self.dialect.helpers[name]
            if name not in made:
                made[name] = text
                waiting += [
                    other for other in self.dialect.helpers if re.search(rf"\b{other}\(", text) and other != name
                ]
        return [made[name] for name in sorted(made)]

    def _piece(self, op: str, args: Any, pieces: list[Piece]) -> Piece:
        if op == "num":
            return Piece(args, _ATOM if args[0] != "-" else BINDING_POWER["negative"])
        if op == "name":
            return Piece(f"{self.dialect.prefix}{args}" if args in _CONSTANTS else args)
        if op == "call":
            return self._call(args, pieces)
        if op == "index":
            return Piece(f"{pieces[args.operand].within(_ATOM)}[{self._items(args, pieces)}]")
        if op == "array":
            inside = ", ".join(pieces[row].text for row in args)
            return Piece(f"np.array([{inside}])" if self.dialect.name == "numpy" else f"[{inside}]")
        if op == "transpose":
            return Piece(f"{pieces[args[0]].within(_ATOM)}.T")
        power = BINDING_POWER[op]
        if op == "negative":
            return Piece(f"-{pieces[args[0]].within(power)}", power)
        left, right = (pieces[row] for row in args)
        right_first = op in _RIGHT_FIRST
        sign = _SIGNS.get(op, op)
        before, after = left.within(power + right_first), right.within(power + (not right_first))
        space = "" if sign in ("**", "*", "/") else " "
        return Piece(f"{before}{space}{sign}{space}{after}", power, truth=op in COMPARISONS)

    def _call(self, call: Call, pieces: list[Piece]) -> Piece:
        operands = [pieces[row] for row in call.operands]
        texts = [piece.within(0) for piece in operands]
        named = {name: re.sub(r"^np\.array\(\[(.*)\]\)$", r"(\1)", pieces[row].text) for name, row, _ in call.keywords}
        given = [f"{name}={text}" for name, text in named.items()]
        if call.name == "where":
            texts[0] = operands[0].text
        if call.name in ("max", "min") and self.dialect.name == "numpy":
            if named or len(texts) == 1:
                return Piece(f"np.{call.name}({', '.join([*texts, *given])})")
            inner = texts[0]
            for text in texts[1:]:
                inner = f"np.{call.name}imum({inner}, {text})"
            return Piece(inner)
        template = self.dialect.calls.get(call.name)
        if template is None:
            if call.name in self.dialect.helpers:
                self.needed[call.name] = None
                return Piece(f"{call.name}({', '.join([*texts, *given])})")
            if call.name not in self.dialect.same:
                message = f"`{call.name}` has no words in {self.dialect.name}"
                help_ = f"`--to {self._other()}` may have it; or write it in simpler gates"
                raise BackpropError(Diagnostic("U801", message, (), help_))
            return Piece(f"{self.dialect.prefix}{call.name}({', '.join([*texts, *given])})")
        for name in self.dialect.helpers:
            if re.search(rf"\b{name}\(", template):
                self.needed[name] = None
        joined = ", ".join(texts)
        text = template.format(
            *texts, *[""] * 3, all=", ".join([*texts, *given]), rest=", ".join([*texts[1:], ""]).strip(),
            operands=joined, named="".join(f", {one}" for one in given),
        )  # fmt: skip
        return Piece(text, _ATOM if re.fullmatch(r"[\w.]+\(.*\)|\(.*\)", text) and _closes_last(text) else 0)

    def _other(self) -> str:
        return "numpy" if self.dialect.name == "python" else "python"

    @staticmethod
    def _items(index: Index, pieces: list[Piece]) -> str:
        parts = ((":".join("" if row is None else pieces[row].text for row in item)) for item in index.items)
        return ", ".join(parts)


def _closes_last(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == ")":
            return place == len(text) - 1
    return False
