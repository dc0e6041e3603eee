"""Functions that a file defines and does not call: a `forward` with its `backward`, or one that answers both."""

from __future__ import annotations

import ast

from backprop_cli.errors import BackpropError, Diagnostic, nearest, shorten
from backprop_cli.lean import NamedTuple
from backprop_cli.user_code.names import holds_gradients, looks_like_a_loss, readings

_PAIRS = (("forward", "backward"), ("forward_pass", "backward_pass"), ("forward_propagation", "backward_propagation"),
          ("fprop", "bprop"), ("f", "g"), ("f", "grad_f"), ("f", "df"), ("loss", "grad"), ("loss", "gradient"),
          ("cost", "gradient"), ("cost", "grad"), ("cost_function", "gradient"), ("compute_cost", "compute_gradient"),
          ("loss_fn", "grad_fn"), ("loss", "grad_loss"), ("loss", "dloss"))  # fmt: skip


class Pair(NamedTuple):
    """The two functions; `backward` is None where one answers the loss with its gradients.

    `in_order` says that it takes what `forward` takes, under other names.
    """

    forward: ast.FunctionDef
    backward: ast.FunctionDef | None
    in_order: bool = False

    @property
    def last(self) -> ast.FunctionDef:
        """The function that answers gradients."""
        return self.backward or self.forward

    @property
    def answer(self) -> int:
        """The line on which it answers them."""
        lines = [node.lineno for node in ast.walk(self.last) if isinstance(node, ast.Return)]
        return max(lines, default=self.last.lineno)


def find_pairs(tree: ast.Module, forward: str, backward: str, path: str, *, called: bool = False) -> list[Pair]:
    """The functions of these names, or those that are called as people call them; empty where there are none.

    Those that the file calls itself, or would by what it calls, are left out, unless `called`.

    Raises BackpropError (U801) for a name that no function has.
    """
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, option in ((forward, "--forward"), (backward, "--backward")):
        if name and name not in known:
            near = nearest(name, list(known))
            help_ = f"did you mean `{near[0]}`?" if near else "it names a function that the file defines"
            message = f"`{option} {shorten(name)}`: `{shorten(path)}` defines no such function"
            raise BackpropError(Diagnostic("U801", message, (), help_))
    if not backward and "forward" in forward and forward.replace("forward", "backward") in known:
        backward = forward.replace("forward", "backward")
    if forward and (backward == forward or (not backward and answers_both(known[forward]))):
        return [Pair(known[forward], None)]
    if forward or backward:
        if not (forward and backward):
            help_ = "name both functions; one that returns the loss with its gradients is enough alone"
            raise BackpropError(Diagnostic("U801", "`--forward` and `--backward` go together", (), help_))
        return [Pair(known[forward], known[backward])]
    busy = set() if called else _run_by(tree)
    found: list[Pair] = []
    for name, function in known.items():
        back = known.get(name.replace("forward", "backward")) if "forward" in name else None
        if back is not None and not {name, back.name} & busy:
            found.append(Pair(function, back))
    for one, other in _PAIRS:
        if not found and one in known and other in known and not {one, other} & busy:
            found.append(Pair(known[one], known[other]))
    taken = busy | {one.name for pair in found for one in (pair.forward, pair.last)}
    both = [Pair(function, None) for name, function in known.items() if name not in taken and answers_both(function)]
    return sorted([*found, *both], key=lambda pair: pair.forward.lineno)


def _run_by(tree: ast.Module) -> set[str]:
    """The names that the file's own statements use, and what these use in turn."""
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    waiting = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    used: set[str] = set()
    while waiting:
        names = {node.id for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name)} - used
        used |= names
        waiting += [defined[name] for name in names & defined.keys()]
    return used


def answers_both(function: ast.FunctionDef) -> bool:
    """Whether it returns the loss with its gradients: `return loss, dW`."""
    names = returned(function)
    return any(map(looks_like_a_loss, names)) and any(readings(name) or holds_gradients(name) for name in names)


def parameters(function: ast.FunctionDef) -> list[tuple[str, bool]]:
    """The names of the parameters, and whether each has a default."""
    listed = [*function.args.posonlyargs, *function.args.args]
    without = len(listed) - len(function.args.defaults)
    return [(one.arg, number >= without) for number, one in enumerate(listed)]


def returned(function: ast.FunctionDef, *, flat: bool = False) -> list[str]:
    """The names of what a function returns, empty where it is no name; a dictionary is `grads`. `flat` is without the
    brackets of `return (h, c), cache`.
    """
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    if not returns:
        return [""]
    value = returns[-1]
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    if flat and together(function):
        parts = [*getattr(parts[0], "elts", ()), *parts[1:]]
    return [one.id if isinstance(one, ast.Name) else "grads" * isinstance(one, ast.Dict) for one in parts]


def together(function: ast.FunctionDef) -> int:
    """How many outputs it answers as the first of several: 2 for `return (h, c), cache`; 0 where it does not."""
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    parts = values[-1].elts if values and isinstance(values[-1], ast.Tuple) else []
    first = parts[0].elts if len(parts) > 1 and isinstance(parts[0], ast.Tuple) else []
    return len(first) if all(isinstance(one, ast.Name) for one in first) else 0
