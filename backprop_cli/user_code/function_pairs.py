"""A function that answers a number beside the one that answers its gradient: `f` and `df`, `cost` and `gradient`."""

from __future__ import annotations

import ast

from backprop_cli.lean import Iterator
from backprop_cli.user_code.functions import Pair, parameters
from backprop_cli.user_code.names import readings, spellings
from backprop_cli.user_code.targets import named

_NUMBERS = ("loss", "cost", "j", "objective", "f", "fun", "func", "error", "mse", "nll", "energy", "e", "l")
_GRADIENTS = frozenset({"grad", "grads", "gradient", "gradients", "jac", "jacobian", "derivative", "deriv", "nabla",
                        "df", "dj", "dl", "dloss", "dcost", "fprime", "g"})  # fmt: skip
_BEFORE = ("d", "grad", "gradient", "gradientof", "gradof", "nabla", "derivative", "derivativeof", "dof", "g")
_AFTER = ("grad", "gradient", "prime", "derivative", "deriv", "der", "jac", "d", "dx")
_LEFT_OUT = ("compute", "calculate", "calc", "get", "eval", "evaluate")
_ENDS = ("function", "fn", "func", "value")
# Their slopes are often written as functions of the output: `s*(1 - s)`.
_ACTIVATIONS = frozenset({
    "sigmoid", "tanh", "relu", "transfer", "activation", "softmax", "softplus", "elu",
    "nonlin", "leakyrelu", "swish", "gelu", "act", "logistic", "activate", "sig",
    "phi", "g", "sigma",
})  # fmt: skip
_MOST = 4  # pairs


def pairs_by_name(tree: ast.Module) -> list[Pair]:
    """The pairs of which the file calls the second function, where it computes no other gradients."""
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = [Pair(one, other) for other in known.values() for one in _numbers_of(other, known)][:_MOST]
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    found = [fit for pair in found if pair.last.name in called and (fit := fitting(pair)) is not None]
    return [] if _computes_others(tree, found) else found


def _numbers_of(function: ast.FunctionDef, known: dict[str, ast.FunctionDef]) -> Iterator[ast.FunctionDef]:
    """The function whose gradient one answers by its name, if there is one."""
    name = _plain(function.name)
    plain = {_plain(one): node for one, node in known.items() if node is not function}
    for one, node in plain.items():
        if one not in _ACTIVATIONS and name in (*(it + one for it in _BEFORE), *(one + it for it in _AFTER)):
            yield node
            return
    if name in _GRADIENTS:
        yield from [plain[one] for one in _NUMBERS if one in plain][:1]


def _plain(name: str) -> str:
    """`compute_cost` is `cost`, and `J_grad` is `jgrad`."""
    words = [word for word in name.lower().split("_") if word]
    if len(words) > 1 and words[0] in _LEFT_OUT:
        words = words[1:]
    if len(words) > 1 and words[-1] in _ENDS:
        words = words[:-1]
    return "".join(words)


def fitting(pair: Pair) -> Pair | None:
    """The pair if the first can be called with what the second is called with: by the names, or in order."""
    assert pair.backward is not None
    for one in (pair.forward, pair.backward):
        if one.args.vararg or one.args.kwarg or one.args.kwonlyargs:
            return None
    own, theirs = ([name for name, _ in parameters(one)] for one in (pair.forward, pair.backward))
    needed = {name for name, default in parameters(pair.forward) if not default}
    free, also = ({one.id for one in ast.walk(it) if isinstance(one, ast.Name)} for it in (pair.forward, pair.backward))
    if needed & {*theirs} and needed <= {*theirs} | also:
        return pair if {*theirs} <= {*own} | free else None
    alike = len(own) == 1 or _plain(pair.forward.name) in _plain(pair.backward.name)
    return pair._replace(in_order=True) if alike and len(own) == len(theirs) else None


def _computes_others(tree: ast.Module, pairs: list[Pair]) -> bool:
    """Whether gradients are assigned that are not what these functions answer: then those are to be judged."""
    names = {pair.last.name for pair in pairs}
    stored = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    stored |= {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    stored |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef) and any(node in (pair.forward, pair.backward) for pair in pairs):
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
            called = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
            if not called & names and any(_is_gradient(one, stored) for one in _each(targets)):
                return True
    return False


def _each(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _is_gradient(target: ast.expr, stored: set[str]) -> bool:
    return any(one in stored for reading in readings(named(target)[0]) for one in spellings(reading.by))
