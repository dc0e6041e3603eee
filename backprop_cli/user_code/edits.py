"""Small changes of one statement: what somebody may have meant who wrote it.

Each change has the name of the mistake that it undoes. The numbers decide which of them is the one; here is only what
is worth trying, the likelier first.
"""

from __future__ import annotations

import ast

import numpy as np

from backprop_cli.lean import Any, Iterator, Mapping, NamedTuple
from backprop_cli.user_code.indexing import indexed
from backprop_cli.user_code.missing import SHAPE, factors, is_mask, missing_terms, quantities
from backprop_cli.user_code.names import readings
from backprop_cli.user_code.node_changes import Change, changes
from backprop_cli.user_code.targets import copy


class Edit(NamedTuple):
    """A change: the mistake it undoes, and the statement as it would be; `beside` is one that is missing `where`."""

    mistake: str
    statement: ast.stmt
    detail: str = ""
    beside: str = ""
    where: str = "after it"

    @property
    def text(self) -> str:
        """What is right, as code."""
        return self.beside or ast.unparse(self.statement)


def edits(statement: ast.stmt, scope: Mapping[str, Any], tier: int) -> Iterator[Edit]:
    """The changes of a statement that are worth trying, the likelier tiers first; `scope` has the values of names."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign) or statement.value is None:
        return
    seen = {ast.unparse(statement)}
    mine = {
        ast.unparse(one) for one in ast.walk(statement) if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)
    }
    scope = {name: scope[name] for name in (*(one for one in scope if one in mine), *scope)}
    for table in TIERS[tier]:
        for edit in table(statement, scope):
            text = edit.text
            if text not in seen:
                seen.add(text)
                yield edit


# -- the whole right side -------------------------------------------------------------------------


def _with_value(statement: Any, change: Change) -> Any:
    made = copy(statement)
    made.value = change(made.value)
    return ast.fix_missing_locations(made)


def _signs(statement: Any, _scope: Mapping[str, Any]) -> Iterator[Edit]:
    if isinstance(statement, ast.AugAssign):
        twins: dict[type, Any] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
        twin = twins.get(type(statement.op))
        if twin is not None:
            made = copy(statement)
            made.op = twin()
            yield Edit("sign" if twin in (ast.Add, ast.Sub) else "inverse", made)
    if not isinstance(getattr(statement, "op", None), ast.Mult | ast.Div):
        yield Edit("sign", _with_value(statement, _negative))


def _negative(value: Any) -> Any:
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        return value.operand
    return ast.UnaryOp(ast.USub(), value)


def _operators(statement: Any, _scope: Mapping[str, Any]) -> Iterator[Edit]:
    """`=` for `+=` or `-=`, and the other way round."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        for operator in (ast.Add(), ast.Sub()) if isinstance(target, ast.Name | ast.Attribute | ast.Subscript) else ():
            made = ast.AugAssign(copy(target), operator, copy(statement.value))
            yield Edit("overwrites", ast.copy_location(made, statement))
    if isinstance(statement, ast.AugAssign):
        yield Edit("adds", ast.copy_location(ast.Assign([copy(statement.target)], copy(statement.value)), statement))


def _whole(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """A factor that is missing on the right side, or in one of its terms."""
    for mistake, tail, detail in (*quantities(scope), *factors(scope, scope.get(SHAPE))):
        yield from _times(statement, mistake, tail, detail)


def _sums(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """A sum over an axis, or a term, that is missing."""
    axes = [f".sum(axis={axis})" for axis in range(3)] + [f".sum(axis={axis}, keepdims=True)" for axis in range(3)]
    for tail in (".T", *axes, ".sum()"):
        yield _tail(statement, "transposed" if tail == ".T" else "not summed", tail)
    for term in missing_terms(scope, scope.get(SHAPE)):
        yield Edit("term", _with_value(statement, _plus(term)), term)
        if term.isidentifier():
            yield Edit("term", _with_value(statement, _plus(term, ast.Sub())), term)


def _paths(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """Another gradient, for what flows back along another path: `+ dhnext`."""
    for term in missing_terms(scope, scope.get(SHAPE)):
        if term.isidentifier() and readings(term):
            yield Edit("term", _with_value(statement, _plus(term)), term)


def _chain(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """What flows back from above, as a factor: `* dout`."""
    for mistake, tail, detail in factors(scope, scope.get(SHAPE)):
        if tail == f"* {detail}" and readings(detail):
            yield from _times(statement, mistake, tail, detail)


def _parsed(text: str) -> Any:
    return ast.parse(text, mode="eval").body


def _plus(term: str, operator: Any = None) -> Change:
    return lambda value: ast.BinOp(value, operator or ast.Add(), _parsed(term))


def _tail(statement: Any, mistake: str, tail: str) -> Edit:
    """`(value).T`."""

    def change(value: Any) -> Any:
        made = _parsed(f"_{tail}")
        for node in ast.walk(made):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "_":
                node.value = value
        return made

    return Edit(mistake, _with_value(statement, change))


def _times(statement: Any, mistake: str, tail: str, detail: str) -> Iterator[Edit]:
    def change(value: Any) -> Any:
        made = _parsed(f"_ {tail}")
        for node in ast.walk(made):
            if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id == "_":
                node.left = value
        return made

    yield Edit(mistake, _with_value(statement, change), detail)
    for number in range(len(_terms(statement.value))):
        made = copy(statement)
        holder = _terms(made.value)[number]
        setattr(holder[0], holder[1], change(getattr(holder[0], holder[1])))
        yield Edit(mistake, ast.fix_missing_locations(made), detail)


def _terms(value: Any) -> list[tuple[Any, str]]:
    """The two sides of a sum, each by its node and field."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
        return [(value, "left"), (value, "right")]
    return []


# -- inside ---------------------------------------------------------------------------------------


def _inside(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """Changes of one node: operators, operands, axes, constants, transposes."""
    nodes = _places(statement)
    for number, node in enumerate(nodes):
        for mistake, change in changes(node, scope):
            if not _is_only_turned(statement, made := _changed(statement, number, change)):
                yield Edit(mistake, made)


def _is_only_turned(one: Any, other: Any) -> bool:
    # Who multiplies or divides by the opposite number has a wrong sign elsewhere.
    old, new = (getattr(it.value, "value", None) for it in (one, other))
    return isinstance(one, ast.AugAssign) and isinstance(new, int | float) and old == -new


def _places(statement: Any) -> list[Any]:
    # In an order that copies have too: of the value, and of the target's index.
    roots = [statement.value]
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    roots += [target.slice for target in targets if isinstance(target, ast.Subscript)]
    return [node for root in roots for node in ast.walk(root) if isinstance(node, ast.expr)]


def _changed(statement: Any, number: int, change: Change) -> Any:
    made = copy(statement)
    old = _places(made)[number]
    parents = {id(child): (parent, field, index) for parent, field, index, child in _children(made)}
    parent, field, index = parents[id(old)]
    new = change(old)
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new
    return ast.fix_missing_locations(made)


def _children(root: Any) -> Iterator[tuple[Any, str, int | None, Any]]:
    for parent in ast.walk(root):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield parent, field, None, value
            elif isinstance(value, list):
                for index, child in enumerate(value):
                    yield parent, field, index, child


def _names(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """Another variable of the same kind in the place of one."""
    for number, node in enumerate(_places(statement)):
        if isinstance(node, ast.Name) and node.id in scope:
            shape = np.shape(scope[node.id])
            for name, it in scope.items():
                if (
                    name != node.id
                    and name.isidentifier()
                    and (np.shape(it) == shape or (np.shape(it)[::-1] == shape and shape))
                ):
                    yield Edit("name", _changed(statement, number, _name(name)), name)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in scope:
            kind = type(scope[node.value.id])
            for name, it in scope.items():
                if name != node.value.id and name.isidentifier() and type(it) is kind:

                    def change(one: Any, name: str = name) -> Any:
                        one.value = ast.Name(name, ast.Load())
                        return one

                    yield Edit("name", _changed(statement, number, change), name)


def _name(name: str) -> Change:
    return lambda _: ast.Name(name, ast.Load())


_OF_MASKS = (("mask", "{0}"), ("mask", "~{0}"))
_OF_ARRAYS = (("mask", "({0} > 0)"), ("local", "(1 - {0} ** 2)"), ("local", "({0} * (1 - {0}))"), ("local", "{0}"))


def _masked(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """A factor that is missing at one of the arrays on the right side."""
    arrays = {name: it for name, it in scope.items() if np.ndim(it) > 0}
    arrays = dict(sorted(arrays.items(), key=lambda pair: not is_mask(pair[1])))
    for number, node in enumerate(_places(statement)):
        text = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""
        shape = np.shape(scope[text]) if text in scope and text != SHAPE else ()
        for name, it in arrays.items() if shape else ():
            if name not in (text, SHAPE) and np.shape(it) == shape:
                forms = _OF_MASKS if is_mask(it) else _OF_ARRAYS
                for mistake, factor in ((mistake, form.format(name)) for mistake, form in forms):
                    yield Edit(mistake, _changed(statement, number, _product(factor)), name)


def _product(factor: str) -> Change:
    return lambda one: ast.BinOp(one, ast.Mult(), _parsed(factor))


def _followed(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """A statement that is missing after one that writes into an array: `dscores /= N`, `dW += reg * W`."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    if isinstance(statement, ast.Assign) and not isinstance(target, ast.Subscript):
        return
    while isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
        target = target.value
    name = ast.unparse(target)
    shape = np.shape(scope[name]) if name in scope else scope.get(SHAPE)
    texts = [(mistake, f"{name} {tail[0]}= {tail[2:]}", detail) for mistake, tail, detail in
             (*quantities(scope), *factors(scope, shape))]  # fmt: skip
    texts += [("term", f"{name} += {term}", term) for term in missing_terms(scope, shape)]
    for mistake, text, detail in texts:
        made = copy(statement)
        made.followed = ast.parse(text).body
        yield Edit(mistake, made, detail, text)


def _preceded(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    """A division that is missing before a term is added: `dW /= N` between a loop and `dW += reg * W`."""
    if not isinstance(statement, ast.AugAssign) or not isinstance(statement.op, ast.Add | ast.Sub):
        return
    name = ast.unparse(statement.target)
    for mistake, tail, detail in quantities(scope) if not isinstance(statement.target, ast.Subscript) else ():
        value = ast.BinOp(_parsed(f"{name} {tail}"), copy(statement.op), copy(statement.value))
        made = ast.copy_location(ast.Assign([copy(statement.target)], value), statement)
        text = f"{name} {tail[0]}= {tail[2:]}"
        yield Edit(mistake, ast.fix_missing_locations(made), detail, text, "before it")


def _indexed(statement: Any, scope: Mapping[str, Any]) -> Iterator[Edit]:
    return (Edit(mistake, made, detail) for mistake, made, detail in indexed(statement, scope))


TIERS = ((_signs, _operators, _indexed, _inside), (_names,), (_whole,), (_preceded, _followed, _sums), (_paths, _chain),
         (_masked,))  # fmt: skip
