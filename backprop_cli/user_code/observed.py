"""A function that answers gradients, and the values with which the file calls it: each call is judged by itself.

`x = x - 0.1*df(x)` assigns no gradient. The file is run until `df` has been called a few times; at each of the
values `f` and `df` are called below their definitions, and nothing else of the file is run.
"""

from __future__ import annotations

import ast
import inspect

import numpy as np

from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, Sequence, suppress
from backprop_cli.user_code.copies import copied
from backprop_cli.user_code.doubles import in_doubles
from backprop_cli.user_code.function_pairs import fitting, pairs_by_name
from backprop_cli.user_code.functions import Pair, parameters
from backprop_cli.user_code.run import attempted, parse, quietly, run_tree
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.turns import MOST_TURNS, TURN, TooManyTurnsError, counted, with_turns

_CALLS = 3  # that are judged of a function
_HOOK = "__bp_seen__"


class _EnoughError(Exception):
    """All calls that are judged have been seen."""


class Observed(NamedTuple):
    """A call: the definitions of the file alone, the two functions, and the values of all names that these need."""

    script: Script
    tree: ast.Module
    pair: Pair
    values: Mapping[str, Any]


def observed(script: Script, forward: str, backward: str, given: Mapping[str, Any], seed: int) -> list[Observed]:
    """The first calls of each function that answers the gradient of another; empty where there are none to judge."""
    try:
        whole = script._replace(text=_with_definitions(script.text))
        tree = parse(whole.text, script.path)
    except (SyntaxError, RecursionError, ValueError):
        return []
    pairs = pairs_by_name(tree)
    if forward:
        known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        both = known.get(forward), known.get(backward)
        named = [Pair(both[0], both[1])] if both[0] and both[1] and forward != backward else []
        pairs = [fit for pair in named if (fit := fitting(pair)) is not None]
        pairs = [pair for pair in pairs if not {name for name, _ in parameters(pair.forward)} <= {*given}]
    if not pairs:
        return []
    seen = _watched(whole, pairs, given, seed)
    alone = whole._replace(text=_definitions(whole.text, tree))
    defined = parse(alone.text, script.path)
    read = {one.id for one in ast.walk(defined) if isinstance(one, ast.Name)}
    found: list[Observed] = []
    for pair in pairs:
        own = [name for name, _ in parameters(pair.forward)]
        for arguments, names in seen[pair.last.name]:
            passed = dict(zip(own, arguments.values(), strict=True)) if pair.in_order else arguments
            needed = {name for name, default in parameters(pair.forward) if not default}
            wanted = {*needed, *(read - {*own})}
            free = {name: value for name, value in names.items() if name in wanted}
            values = {**free, **passed}
            if _is_number(pair, own, alone, values):
                found.append(Observed(alone, defined, pair, values))
    return found


def _is_number(pair: Pair, own: Sequence[str], script: Script, values: Mapping[str, Any]) -> bool:
    arguments = ", ".join(f"{name}={name}" for name in own if name in values)
    seen = attempted(f"{script.text}\n_answer = {pair.forward.name}({arguments})\n", script.path, values)
    answer = None if seen is None else seen["_answer"]
    return answer is not None and not isinstance(answer, tuple | list | dict | str) and np.size(answer) == 1


def _watched(
    script: Script, pairs: Sequence[Pair], given: Mapping[str, Any], seed: int
) -> dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]]:
    """The arguments of the first calls by the function's name, each with the names of the file at that time."""
    seen: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {pair.last.name: [] for pair in pairs}
    names: dict[str, Any] = {"__name__": "__main__", "__file__": script.path, "__builtins__": __builtins__, **given}

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        calls, signature = seen[function.__name__], inspect.signature(function)

        def answer(*arguments: Any, **named: Any) -> Any:
            if len(calls) < _CALLS:
                bound = signature.bind(*arguments, **named)
                bound.apply_defaults()
                data = {name: value for name, value in names.items() if not _is_definition(name, value)}
                calls.append((copied(dict(bound.arguments), set())[0], copied(data, set())[0]))
                if all(len(one) == _CALLS for one in seen.values()):
                    raise _EnoughError
            return function(*arguments, **named)

        return answer

    names |= {_HOOK: watch, TURN: counted(MOST_TURNS)}
    tree = parse(script.text, script.path)
    in_doubles(tree)
    with_turns(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in seen:
            node.decorator_list.insert(0, ast.copy_location(ast.Name(_HOOK, ast.Load()), node))
    with (
        quietly(script.path, seed=seed),
        suppress(Exception, SystemExit, TooManyTurnsError),
    ):  # what was called before it is judged
        run_tree(tree, script.path, names)
    return seen


def _is_definition(name: str, value: Any) -> bool:
    return name.startswith("__") or inspect.ismodule(value) or inspect.isfunction(value) or inspect.isclass(value)


# -- the text ---------------------------------------------------------------------------------------------------


def _with_definitions(text: str) -> str:
    """`f = lambda x: x**2` as `def f(x): return x**2`, on its own line."""
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and node.lineno == node.end_lineno):
            continue
        target, line = node.targets[0], lines[node.lineno - 1]
        plain = line.isascii() and line.startswith(ast.unparse(target)) and not line[node.end_col_offset :].strip(" ;")
        if isinstance(target, ast.Name) and len(node.targets) == 1 and plain:
            body = ast.get_source_segment(text, node.value.body) or ""
            lines[node.lineno - 1] = f"def {target.id}({ast.unparse(node.value.args)}): return {body}"
    return "\n".join(lines)


def _definitions(text: str, tree: ast.Module) -> str:
    """The imports and definitions, on their lines."""
    lines = text.split("\n")
    made = [""] * len(lines)
    for node in tree.body:
        inner = node.body if isinstance(node, ast.Try) else [node]
        if not all(isinstance(one, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef) for one in inner):
            continue
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
        last = node.end_lineno or node.lineno
        if isinstance(node, ast.Import | ast.ImportFrom):
            made[first] = "; ".join([*([made[first]] if made[first] else []), ast.unparse(node)])
        else:
            made[first:last] = lines[first:last]
    return "\n".join(made)
