"""Formulas of the language in the words of a target."""

from __future__ import annotations

import re

from backprop_cli.errors import Source
from backprop_cli.export.dialects import Dialect
from backprop_cli.export.staged import NoWordsError
from backprop_cli.language.parser import parse_tokens
from backprop_cli.language.program import BINDING_POWER, COMPARISONS, Index
from backprop_cli.language.tokens import tokenize
from backprop_cli.lean import Any, Mapping, NamedTuple, Sequence

_ATOM = 9
_SIGNS = {"^": "**", "juxtaposed": "*", "·": "*"}
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
        self.ranks: Mapping[str, int] = {}  # axes by name, where they are known

    def expression(self, text: str) -> str:
        """A formula of the language. Raises NoWordsError for a gate without words."""
        program = parse_tokens(Source("formula", text), tokenize(text))
        assert not program.diagnostics, (text, program.diagnostics)
        pieces: list[Piece] = []
        for op, args in zip(program.ops, program.args, strict=True):
            pieces.append(self._piece(op, args, pieces))
        return self.whole(pieces[program.statements[-1].row]) if program.statements else ""

    def whole(self, piece: Piece) -> str:
        """The right-hand side of a line."""
        return piece.within(0)

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
        return [made[name] for name in self.dialect.helpers if name in made]

    def _piece(self, op: str, args: Any, pieces: list[Piece]) -> Piece:
        if op in ("num", "name"):
            return self.number(args) if op == "num" else self.name(args)
        if op == "call":
            operands = [pieces[row] for row in args.operands]
            named = {name: self._tuple(pieces[row].text) for name, row, _ in args.keywords}
            return self.call(args.name, operands, named)
        if op in ("index", "array", "transpose"):
            return self.around(op, args, pieces)
        return self.operator(op, [pieces[row] for row in args])

    def around(self, op: str, args: Any, pieces: list[Piece]) -> Piece:
        """Brackets: literals, indices, transposes."""
        if op == "index":
            return Piece(f"{pieces[args.operand].within(_ATOM)}[{self._items(args, pieces)}]")
        if op == "array":
            inside = (self._tuple(pieces[row].text, "[{}]") for row in args)
            return Piece(self.dialect.array.format(", ".join(inside)))
        return Piece(f"{pieces[args[0]].within(_ATOM)}.T")

    def number(self, text: str) -> Piece:
        """A literal, perhaps below 0."""
        return Piece(text, _ATOM if text[0] != "-" else BINDING_POWER["negative"])

    def name(self, text: str) -> Piece:
        """A name of the program's, or a constant."""
        return Piece(self.dialect.constants.get(text, text))

    def operator(self, op: str, operands: Sequence[Piece]) -> Piece:
        """A sign before an operand or between two."""
        if op in self.dialect.operators:
            return self.call(self.dialect.operators[op], operands, {})
        power = BINDING_POWER[op]
        if op == "negative":
            inner = operands[0].within(power)
            return Piece(f"-({inner})" if inner.startswith("-") else f"-{inner}", power)
        left, right = operands
        right_first = op in _RIGHT_FIRST
        sign = _SIGNS.get(op, op)
        before, after = left.within(power + right_first), right.within(power + (not right_first))
        space = "" if sign in ("**", "*", "/") else " "
        return Piece(f"{before}{space}{sign}{space}{after}", power, truth=op in COMPARISONS)

    def call(self, name: str, operands: Sequence[Piece], named: Mapping[str, str]) -> Piece:
        """A gate by its name. Raises NoWordsError."""
        texts = [piece.within(0) for piece in operands]
        given = [f"{key}={text}" for key, text in named.items()]
        if name == "where":
            texts[0] = operands[0].text
        if name in self.dialect.pairwise and len(texts) > 1 and not named:
            inner = texts[0]
            for text in texts[1:]:
                inner = f"{self.dialect.pairwise[name]}({inner}, {text})"
            return Piece(inner)
        template = self.dialect.calls.get(name)
        if template is None:
            if name in self.dialect.helpers:
                self.needed[name] = None
                return Piece(f"{name}({', '.join([*texts, *given])})")
            if name not in self.dialect.same:
                raise NoWordsError(f"`{name}` has no words")
            return Piece(f"{self.dialect.prefix}{name}({', '.join([*texts, *given])})")
        for helper in self.dialect.helpers:
            if re.search(rf"\b{helper}\(", template):
                self.needed[helper] = None
        joined = ", ".join(texts)
        text = template.format(
            *texts, *[""] * 3, all=", ".join([*texts, *given]), rest=", ".join([*texts[1:], ""]).strip(),
            operands=joined, named="".join(f", {one}" for one in given),
        )  # fmt: skip
        text = re.sub(r"(?<!\w)\((\w+)\)", r"\1", text)  # brackets around a name
        return Piece(text, _ATOM if re.fullmatch(r"[\w.]+\(.*\)|\(.*\)", text) and closes_last(text) else 0)

    def _tuple(self, text: str, written: str = "({})") -> str:
        """A literal of an array where it is a tuple, or inside of another; any other text as it is."""
        head, tail = self.dialect.array.split("{}")
        return written.format(text[len(head) : -len(tail)]) if text.startswith(head) else text

    @staticmethod
    def _items(index: Index, pieces: list[Piece]) -> str:
        parts = ((":".join("" if row is None else pieces[row].text for row in item)) for item in index.items)
        return ", ".join(parts)


def closes_last(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == ")":
            return place == len(text) - 1
    return False
