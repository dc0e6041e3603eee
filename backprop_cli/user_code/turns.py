"""Loops that may have no end, counted: a run goes through `while` loops so often and no more.

It is no clock: what comes out does not depend on how fast the machine is.
"""

from __future__ import annotations

import ast

from backprop_cli.lean import Any, Callable

MOST_TURNS = 200_000
TURN = "__bp_turn__"
_ENDLESS = {"count", "cycle", "repeat", "iter"}


class TooManyTurnsError(BaseException):
    """The loop in a line was gone through too often; not an Exception, which the file may catch."""

    def __init__(self, line: int, most: int) -> None:
        super().__init__(f"more than {most:,} turns of `while` loops")
        self.line, self.most = line, most


def with_turns(tree: ast.AST) -> None:
    """Count the turns of loops that need not end. Changes the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            node.test = ast.copy_location(_turn(node, node.test), node.test)
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
            called = node.iter.func
            if (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) in _ENDLESS:
                node.body.insert(0, ast.copy_location(ast.Expr(_turn(node, ast.Constant(None))), node))
    ast.fix_missing_locations(tree)


def _turn(node: ast.stmt, value: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(TURN, ast.Load()), [ast.Constant(node.lineno), value], [])


def counted(most: int) -> Callable[[int, Any], Any]:
    """What the loops call in one run: it answers the value it is given, `most` times.

    Raises TooManyTurnsError after that.
    """
    left = most

    def turn(line: int, value: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise TooManyTurnsError(line, most)
        return value

    return turn
