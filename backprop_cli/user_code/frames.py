"""A top-level statement with a gap: one of the statements in it is to be another, again and again."""

from __future__ import annotations

import ast

from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.user_code.instrument import Site, instrument_again

_GAP = "a statement is missing here"


class Frame(NamedTuple):
    """The instrumented statement: `body` is where the gap is, `before` and `after` are what is around it there, and
    `numbers` are the sites in it.
    """

    module: ast.Module
    body: list[ast.stmt]
    before: tuple[ast.stmt, ...]
    after: tuple[ast.stmt, ...]
    statement: int
    numbers: tuple[int, ...]

    def filled(self, statement: ast.stmt) -> ast.Module:
        """With a statement in the gap; it holds until the next one comes."""
        self.body[:] = [*self.before, *instrument_again(statement, self.statement, self.numbers), *self.after]
        return self.module


def frame_of(tree: ast.Module, where: Site, sites: Sequence[Site]) -> Frame | None:
    """The top-level statement with a gap in the place of the one at a site. Changes the tree."""
    top = _with_gap(tree, where)
    if top is None:
        return None
    gap = _key(where.node)
    hooked = [number for number, site in enumerate(sites) if site.statement == where.statement and site.kind != "expr"]
    inside = [number for number in hooked if _key(sites[number].node) == gap]
    module = ast.Module(instrument_again(top, where.statement, [one for one in hooked if one not in inside]), [])
    for node in ast.walk(module):
        for _, value in ast.iter_fields(node):
            for index, child in enumerate(value if isinstance(value, list) else ()):
                if isinstance(child, ast.Expr) and getattr(child.value, "value", None) is _GAP:
                    around = tuple(value[:index]), tuple(value[index + 1 :])
                    return Frame(module, value, *around, where.statement, tuple(inside))
    return None


def statement_at(tree: ast.Module, where: Site) -> Any:
    """The statement of a site in another tree of the same text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _key(node) == _key(where.node):
            return node
    return None


def _key(node: Any) -> tuple[Any, ...]:
    return (node.lineno, node.col_offset, type(node).__name__)


def _with_gap(tree: ast.Module, where: Site) -> ast.stmt | None:
    gap = ast.Expr(ast.Constant(_GAP))
    for top in tree.body:
        for parent in [tree] if _key(top) == _key(where.node) else ast.walk(top):
            for _, value in ast.iter_fields(parent):
                for index, child in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(child, ast.stmt) and _key(child) == _key(where.node):
                        value[index] = ast.copy_location(gap, child)
                        return gap if child is top else top
    return None
