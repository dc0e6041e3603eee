"""The small faults that a text of the package can have: each is a stretch of characters and what is there instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|", ast.Pow: "^"}
_EXCHANGED = {"+": "-", "-": "+", "*": "/", "/": "*", "&": "|", "|": "&"}
_COMPARED = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
             "is": ("is not",), "is not": ("is",), "in": ("not in",), "not in": ("in",)}  # fmt: skip
_CALLED = {"max": "min", "min": "max", "any": "all", "all": "any"}
_SYMMETRIC = frozenset({"maximum", "minimum", "hypot", "logaddexp"})
_INFINITE = ("1/0", "-1/0", "0/0")  # how rows write infinity and NaN


def of_rows(source: str, texts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Changes in the formulas, partials or conditions of the rows."""
    places = Places(source)
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Gate"):
            continue
        kinds = ["head", "description", "formula"]
        meant = [it for k, it in enumerate(node.args) if (kinds[k] if k < 3 else "partial") in texts]
        meant += [keyword.value for keyword in node.keywords if keyword.arg in texts and keyword.arg != "notes"]
        for keyword in node.keywords:
            if keyword.arg == "notes" == texts[-1] and isinstance(keyword.value, ast.List):
                meant += [note.elts[1] for note in keyword.value.elts if isinstance(note, ast.Tuple)]
        for text in meant:
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                continue
            start, end = places.of(text)
            if source[start + 1 : end - 1] == text.value and text.value not in ("linear", "reduction", "symmetric"):
                at = start + 1
                for part in text.value.split("; "):
                    yield from ((at + a, at + b, new) for a, b, new in Changes(part, code=False).all())
                    at += len(part) + 2


class Places:
    """Lines and columns (of UTF-8) as offsets in a text."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


class Changes:
    """The small faults that a text can have: a file of code, or a formula of a row, whose power is `^`."""

    def __init__(self, source: str, *, code: bool) -> None:
        self.source, self.code = source, code
        self.python = source if code else source.replace("^", "**")
        self.places = Places(self.python)
        self.mirrored: set[ast.AST] = set()  # differences of which only the size counts

    def all(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and what is there instead."""
        tree = ast.parse(self.python)
        skipped: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "abs":
                self.mirrored.add(node.args[0])
            for part in self._ignored(node):
                skipped.update(ast.walk(part))
        if not self.code:
            (only,) = tree.body
            assert isinstance(only, ast.Expr)
            if isinstance(only.value, ast.Compare | ast.BoolOp):
                yield from ((*self.of(only.value), truth) for truth in ("0 == 0", "0 == 1"))
        for node in ast.walk(tree):
            if node not in skipped:
                for kind, changes in _KINDS:
                    if isinstance(node, kind):
                        yield from changes(self, node)

    def _ignored(self, node: ast.AST) -> list[ast.AST]:
        """What is no part of the work: types, assertions (`strict` is one), how infinity is written."""
        if isinstance(node, ast.keyword):
            return [node.value] if node.arg == "strict" else []
        if isinstance(node, ast.arg | ast.AnnAssign):
            return [node.annotation] if node.annotation else []
        if isinstance(node, ast.FunctionDef):
            return [node.returns] if node.returns else []
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [node]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr):
            return [node.value] if isinstance(node.value.left, ast.Subscript) else []  # a name for two types
        infinite = isinstance(node, ast.BinOp) and not self.code and self.text(node) in _INFINITE
        return [node] if infinite or isinstance(node, ast.Assert) else []

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where it is in the text."""
        start, end = self.places.of(node)
        if not self.code:
            start, end = (place - self.python.count("**", 0, place) for place in (start, end))
        return start, end

    def text(self, node: ast.expr) -> str:
        return self.source[slice(*self.of(node))]

    def _wrapped(self, node: ast.expr) -> str:
        plain = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
        return self.text(node) if plain else f"({self.text(node)})"

    def _between(self, left: ast.expr, right: ast.expr, old: str) -> tuple[int, int]:
        start = self.source.index(old, self.of(left)[1], self.of(right)[0])
        return start, start + len(old)

    def operation(self, node: ast.BinOp) -> Iterator[tuple[int, int, str]]:
        """Another operator; a term or a factor dropped; operands that change places."""
        old = _ARITHMETIC.get(type(node.op))
        if old is None or (old == "^" and self.code):
            return
        left, right = self._wrapped(node.left), self._wrapped(node.right)
        if old in _EXCHANGED:
            yield *self._between(node.left, node.right, old), _EXCHANGED[old]
        yield *self.of(node), left
        if old not in "/^":
            yield *self.of(node), f"(-{right})" if old == "-" else right
        if old in "-/^" and left != right and not (old == "-" and node in self.mirrored):
            yield *self.of(node), f"({right} {old} {left})"

    def augmented(self, node: ast.AugAssign) -> Iterator[tuple[int, int, str]]:
        """`+=` for `-=`, and the like."""
        old = _ARITHMETIC.get(type(node.op), "")
        if old in _EXCHANGED:
            start = self.source.index(old + "=", self.of(node.target)[1])
            yield start, start + 1, _EXCHANGED[old]

    def comparison(self, node: ast.Compare) -> Iterator[tuple[int, int, str]]:
        """A bound that is in or out, a comparison turned."""
        for (left, right), op in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            between = self.source[self.of(left)[1] : self.of(right)[0]].strip("() \n")
            old = " ".join(between.split()).strip("() ")
            if old in self.source[self.of(left)[1] : self.of(right)[0]]:
                yield from ((*self._between(left, right, old), new) for new in _COMPARED.get(old, ()))
            assert isinstance(op, ast.cmpop)

    def condition(self, node: ast.BoolOp) -> Iterator[tuple[int, int, str]]:
        """`and` for `or`, and one of the conditions dropped."""
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            yield *self._between(left, right, old), new
        for k in range(len(node.values)):
            kept = [it for it in node.values if it is not node.values[k]]
            yield *self.of(node), f" {old} ".join(self._wrapped(it) if self.code else self.text(it) for it in kept)

    def sign(self, node: ast.UnaryOp) -> Iterator[tuple[int, int, str]]:
        """Without the sign, or without `not`."""
        if isinstance(node.op, ast.Not | ast.USub):
            yield *self.of(node), self._wrapped(node.operand)

    def constant(self, node: ast.Constant) -> Iterator[tuple[int, int, str]]:
        """A number that is larger by one; the other truth."""
        if type(node.value) in (int, float):
            yield *self.of(node), repr(node.value + 1)
        elif type(node.value) is bool:
            yield *self.of(node), repr(not node.value)

    def branch(self, node: ast.If | ast.IfExp | ast.While | ast.comprehension) -> Iterator[tuple[int, int, str]]:
        """A condition that always holds, or never."""
        for test in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
            yield *self.of(test), "False"
            if not isinstance(node, ast.While):
                yield *self.of(test), "True"

    def call(self, node: ast.Call) -> Iterator[tuple[int, int, str]]:
        """In code the smallest for the largest; in rows operands that change places, or a choice made beforehand."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if self.code:
            if name in _CALLED:
                yield *self.of(node.func), _CALLED[name]
            return
        if name == "where":
            yield from ((*self.of(node.args[0]), truth) for truth in ("0 == 0", "0 == 1"))
        elif len(node.args) > 1 and name not in _SYMMETRIC:
            one, other = (self.text(operand) for operand in node.args[:2])
            yield self.of(node.args[0])[0], self.of(node.args[1])[1], f"{other}, {one}"

    def jump(self, node: ast.Continue | ast.Break) -> Iterator[tuple[int, int, str]]:
        """No way out."""
        yield *self.of(node), "pass"


_KINDS: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[tuple[int, int, str]]]], ...] = (
    (ast.BinOp, Changes.operation),
    (ast.AugAssign, Changes.augmented),
    (ast.Compare, Changes.comparison),
    (ast.BoolOp, Changes.condition),
    (ast.UnaryOp, Changes.sign),
    (ast.Constant, Changes.constant),
    ((ast.If, ast.IfExp, ast.While, ast.comprehension), Changes.branch),
    (ast.Call, Changes.call),
    ((ast.Continue, ast.Break), Changes.jump),
)
