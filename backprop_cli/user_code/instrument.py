"""The user's syntax tree with hooks in it: after whatever is assigned, and around whatever is computed.

A hook answers the value it is given, so that the program does what it did. A site is the place of a hook:

    x = X @ W       x = __bp_bind__(7, __bp_expr__(6, X @ W))
    h[h < 0] = 0    h[h < 0] = 0; __bp_set__(8, h, None)
    dW += d         dW += d; dW = __bp_again__(9, dW)
"""

from __future__ import annotations

import ast

from backprop_cli.lean import Any, NamedTuple, Sequence
from backprop_cli.user_code.names import UNNAMED
from backprop_cli.user_code.targets import assigned_by, copy, loaded, named, pure, reads, renames

BIND, SET, AGAIN, EXPR = "__bp_bind__", "__bp_set__", "__bp_again__", "__bp_expr__"
_WRITERS = {
    "at", "copyto", "fill", "put", "sort", "shuffle", "place", "putmask", "append", "insert", "extend", "update",
}  # fmt: skip


class Site(NamedTuple):
    """Where a hook is.

    `kind` is `bind` (a value that is about to have a name), `unpack` (a name that has got a part of one), `param`,
    `loop`, `again` (`x += …`), `set` (`x[…] = …`), `returned` (a value without a name) or `expr`.
    `name` is the last word of the target, `base` the text before it; `fresh` says that the old value is not used,
    `renames` that the new one is only a name's, or a part of one. `node` is the statement as the user wrote it.
    """

    kind: str
    name: str
    base: str
    line: int
    fresh: bool
    renames: bool
    function: str
    statement: int
    node: Any


class Instrumented(NamedTuple):
    """The statements of a file, each with its hooks, and the sites by their number."""

    statements: list[ast.Module]
    sites: list[Site]


def instrument(tree: ast.Module) -> Instrumented:
    """Hooks everywhere. Changes the tree."""
    sites: list[Site] = []
    statements: list[ast.Module] = []
    for number, statement in enumerate(tree.body):
        hooks = _Hooks(sites, number)
        made = hooks.visit(statement)
        module = ast.Module(made if isinstance(made, list) else [made], [])
        ast.fix_missing_locations(module)
        statements.append(module)
    return Instrumented(statements, sites)


def instrument_again(changed: ast.stmt, statement: int, numbers: Sequence[int]) -> list[ast.stmt]:
    """A statement of a top-level one that was changed, with the hooks that it had before: those of these sites."""
    hooks = _Hooks([], statement)
    hooks.numbers = list(numbers)
    made = hooks.visit(changed)
    return [ast.fix_missing_locations(one) for one in (made if isinstance(made, list) else [made])]


class _Hooks(ast.NodeTransformer):
    def __init__(self, sites: list[Site], statement: int) -> None:
        self.sites, self.statement, self.inside = sites, statement, [""]
        self.current: ast.AST | None = None
        self.numbers: list[int] | None = None  # of the sites, where they are known; values inside have none then

    # -- statements -------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> Any:
        """`a = b = value`, `a, b = values`, `a[i] = value`."""
        before, self.current = self.current, self._kept(node)
        after: list[ast.stmt] = []
        again = renames(node.value)
        stale = [target for target in node.targets if reads(node.value, target)]
        value = self.visit(node.value)
        for target in reversed(node.targets):
            if isinstance(target, ast.Name | ast.Attribute):
                site = self._site("bind", target, node, fresh=target not in stale, renames=again)
                value = _call(BIND, site, value)
            else:
                after += self._unpacked(target, node, renames=again)
        self.current = before
        made = ast.copy_location(ast.Assign(node.targets, value), node)
        return [made, *getattr(node, "followed", ()), *(ast.copy_location(extra, node) for extra in after)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """`a: int = value`."""
        if node.value is None:
            return node
        made: list[Any] = self.visit_Assign(ast.copy_location(ast.Assign([node.target], node.value), node))
        if isinstance(node.target, ast.Name):  # a data class reads the annotations of its body
            made[0] = ast.copy_location(ast.AnnAssign(node.target, node.annotation, made[0].value, node.simple), node)
        return made

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """`a += value`."""
        before, self.current = self.current, self._kept(node)
        target = node.target
        after: list[ast.stmt] = []
        if isinstance(target, ast.Name | ast.Attribute) and pure(target):
            site = self._site("again", target, node, fresh=False, renames=False)
            after = [ast.Assign([copy(target)], _call(AGAIN, site, loaded(target)))]
        elif isinstance(target, ast.Subscript):
            after = self._unpacked(target, node, renames=False)
        node.value = self.visit(node.value)
        self.current = before
        return [node, *getattr(node, "followed", ()), *(ast.copy_location(extra, node) for extra in after)]

    def visit_Expr(self, node: ast.Expr) -> Any:
        """`np.add.at(dW, i, d)`, `np.maximum(h, 0, out=h)`: calls that write into what they are given."""
        before, self.current = self.current, self._kept(node)
        after: list[ast.stmt] = []
        call = node.value
        if isinstance(call, ast.Call):
            written: list[ast.expr] = [keyword.value for keyword in call.keywords if keyword.arg == "out"]
            key: ast.expr = ast.Constant(None)
            for one in assigned_by(call):
                after += self._unpacked(one, node, renames=False)
            if isinstance(call.func, ast.Attribute) and call.func.attr in _WRITERS:
                written += call.args[:1] + [call.func.value] * (call.func.attr != "at")  # `np.add` is no array
                if call.func.attr in ("append", "insert"):
                    key = ast.Constant(-1) if call.func.attr == "append" else copy(call.args[0])
            for target in written:
                if isinstance(target, ast.Name | ast.Attribute | ast.Subscript) and pure(target):
                    site = self._site("set", target, node, fresh=False, renames=False)
                    after.append(ast.Expr(_call(SET, site, loaded(target), key)))
        node = ast.copy_location(ast.Expr(self.visit(node.value)), node)
        self.current = before
        return [node, *(ast.copy_location(extra, node) for extra in after)]

    def visit_For(self, node: ast.For) -> Any:
        """`for t in …`."""
        bound = self._unpacked(node.target, node, kind="loop", renames=True)
        before, self.current = self.current, node
        node.iter = self.visit(node.iter)
        self.current = before
        node.body = [*(ast.copy_location(extra, node) for extra in bound), *self._all(node.body)]
        node.orelse = self._all(node.orelse)
        return node

    def visit_With(self, node: ast.With) -> Any:
        """`with … as …`: its body alone."""
        node.body = self._all(node.body)
        return node

    def visit_FunctionDef(self, node: Any) -> Any:
        """`def f(x):` – its parameters are bound where its body begins."""
        self.inside.append(node.name)
        arguments = node.args
        names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        bound: list[ast.stmt] = []
        for parameter in names:
            name = ast.copy_location(ast.Name(parameter.arg, ast.Store()), parameter)
            if parameter.arg not in ("self", "cls"):
                bound += self._unpacked(name, parameter, kind="param", renames=True)
        says = 1 if ast.get_docstring(node, clean=False) is not None else 0
        node.body = [*node.body[:says], *bound, *self._all(node.body[says:])]
        self.inside.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        """`class Net:` – its methods."""
        node.body = self._all(node.body)
        return node

    def visit_Return(self, node: ast.Return) -> Any:
        """`return value`."""
        before, self.current = self.current, self._kept(node)
        if node.value is not None:
            node.value = self.visit(node.value)
        self.current = before
        return node

    def visit_Delete(self, node: ast.Delete) -> Any:
        """`del x`: untouched."""
        return node

    visit_Global = visit_Nonlocal = visit_Import = visit_ImportFrom = visit_Delete  # type: ignore[assignment]

    def _all(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            one = self.visit(statement)
            made += one if isinstance(one, list) else [one]
        return made

    def _unpacked(self, target: ast.expr, node: Any, *, kind: str = "unpack", renames: bool) -> list[ast.stmt]:
        """What to put after a statement that binds a target with several names, or an element."""
        made: list[ast.stmt] = []
        waiting = [target]
        while waiting:
            one = waiting.pop(0)
            if isinstance(one, ast.Tuple | ast.List):
                waiting[:0] = one.elts
            elif isinstance(one, ast.Starred):
                waiting.insert(0, one.value)
            elif isinstance(one, ast.Subscript) and pure(one.value):
                site = self._site("set", one.value, node, fresh=False, renames=renames)
                key = loaded(one.slice) if pure(one.slice) else ast.Constant(None)
                made.append(ast.Expr(_call(SET, site, loaded(one.value), key)))
            elif isinstance(one, ast.Name | ast.Attribute) and pure(one):
                site = self._site(kind, one, node, fresh=True, renames=renames or kind != "unpack")
                made.append(ast.Assign([copy(one)], _call(BIND, site, loaded(one))))
        return made

    # -- expressions ------------------------------------------------------------------------------

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Any:
        """`(a := value)`."""
        if self.current is None:
            return self.generic_visit(node)
        again = renames(node.value)
        node.value = self.visit(node.value)
        node.value = _call(BIND, self._site("bind", node.target, node, fresh=True, renames=again), node.value)
        return self._expr(node)

    def _wrapped(self, node: Any) -> Any:
        if self.current is None or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return self.generic_visit(node)
        return self._expr(self.generic_visit(node))

    def _kept(self, node: Any) -> Any:
        return copy(node) if self.numbers is None else node

    def _expr(self, node: Any) -> Any:
        if self.numbers is not None:
            return node
        self.sites.append(Site("expr", "", "", node.lineno, True, True, self.inside[-1], self.statement, self.current))
        return ast.copy_location(_call(EXPR, len(self.sites) - 1, node), node)

    visit_BinOp = visit_Name = visit_IfExp = visit_UnaryOp = _wrapped

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """`x[i]`: its index is no value that could be moved."""
        if self.current is None or not isinstance(node.ctx, ast.Load):
            return node
        node.value = self._called(node.value)
        return self._expr(node)

    def visit_Call(self, node: ast.Call) -> Any:
        """A call: what is called is no value that could be moved."""
        if self.current is None:
            return self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
            node.func.value = self._called(node.func.value)
        node.args = [self.visit(one) for one in node.args]
        node.keywords = [self.visit(one) if one.arg not in ("axis", "out", "dtype") else one for one in node.keywords]
        return self._expr(node)

    def _called(self, node: ast.expr) -> ast.expr:
        """What a method belongs to: `np` and `np.random` are no values."""
        inner = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name) and (inner is not node or inner.id in ("np", "numpy", "self", "torch", "super")):
            return node
        made: ast.expr = self.visit(node)
        return made

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """`self.W`, `W.T`."""
        if self.current is None or not isinstance(node.ctx, ast.Load):
            return node
        if isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy", "math", "torch"):
            return node
        node.value = self._called(node.value)
        return self._expr(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        """Text, as indices below: untouched."""
        return node

    visit_Slice = visit_JoinedStr  # type: ignore[assignment]

    def _site(self, kind: str, target: ast.expr, node: Any, *, fresh: bool, renames: bool) -> int:
        if self.numbers is not None:
            return self.numbers.pop(0)
        name, base = named(target)
        kind = "returned" if name.startswith(UNNAMED) else kind
        statement = self.current if kind not in ("loop", "param") and self.current is not None else node
        where = self.inside[-1], self.statement, statement
        self.sites.append(Site(kind, name, base, node.lineno, fresh, renames, *where))
        return len(self.sites) - 1


def _call(hook: str, site: int, *values: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(hook, ast.Load()), [ast.Constant(site), *values], [])
