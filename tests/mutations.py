"""Single mistakes put into right backward passes: `python tests/mutations.py [N]` reports how many lines are named."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from backprop_cli.errors import BackpropError
from backprop_cli.user_code.examine import examine
from backprop_cli.user_code.names import readings
from backprop_cli.user_code.script import Script

HERE = Path(__file__).parent / "hand_written"


def targets(statement):
    found = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    for one in found:
        for node in ast.walk(one) if one is not None else ():
            if isinstance(node, ast.Name | ast.Attribute):
                yield node.id if isinstance(node, ast.Name) else node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def statements(tree):
    """Statements that compute a gradient."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign) and any(map(readings, targets(node))):
            zeros = ast.unparse(node.value)
            plain = (
                not isinstance(node.value, ast.Tuple | ast.Constant)
                and "Tuple"
                not in ast.dump(node.targets[0] if isinstance(node, ast.Assign) else node.target).split("slice")[0]
            )
            if plain and "zeros" not in zeros and zeros not in ("{}", "[]", "0", "0.0", "None"):
                yield node


def mutants(statement):
    """Each single mistake that the statement can have: (kind, changed statement)."""
    nodes = [node for node in ast.walk(statement.value) if isinstance(node, ast.expr)]

    def with_node(number, make):
        made = copy.deepcopy(statement)
        old = [node for node in ast.walk(made.value) if isinstance(node, ast.expr)][number]
        new = make(old)
        if old is made.value:
            made.value = new
            return made
        for parent in ast.walk(made.value):
            for field, value in ast.iter_fields(parent):
                if value is old:
                    setattr(parent, field, new)
                elif isinstance(value, list) and any(one is old for one in value):
                    setattr(parent, field, [new if one is old else one for one in value])
        return made

    def with_value(make):
        made = copy.deepcopy(statement)
        made.value = make(made.value)
        return made

    yield "negated", with_value(lambda value: ast.UnaryOp(ast.USub(), value))
    yield "doubled", with_value(lambda value: ast.BinOp(ast.Constant(2), ast.Mult(), value))
    if isinstance(statement, ast.AugAssign):
        if isinstance(statement.op, ast.Add | ast.Sub):
            yield "= for +=", ast.copy_location(ast.Assign([statement.target], statement.value), statement)
        twin = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}[type(statement.op)]
        yield "operator", ast.copy_location(ast.AugAssign(statement.target, twin(), statement.value), statement)
    for number, node in enumerate(nodes):
        if isinstance(node, ast.BinOp):
            twin = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}.get(type(node.op))
            if twin:
                yield "operator", with_node(number, lambda one, twin=twin: ast.BinOp(one.left, twin(), one.right))
            if isinstance(node.op, ast.Mult | ast.Div):
                yield "factor dropped", with_node(number, lambda one: one.left)
            if isinstance(node.op, ast.Mult):
                yield "factor dropped", with_node(number, lambda one: one.right)
            if isinstance(node.op, ast.Add | ast.Sub):
                yield "term dropped", with_node(number, lambda one: one.left)
            if isinstance(node.op, ast.Sub):
                yield "term dropped", with_node(number, lambda one: one.right)
            if isinstance(node.op, ast.MatMult):
                yield "order", with_node(number, lambda one: ast.BinOp(one.right, ast.MatMult(), one.left))
            if isinstance(node.op, ast.Pow):
                yield "power dropped", with_node(number, lambda one: one.left)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            yield "transpose dropped", with_node(number, lambda one: one.value)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield "sign dropped", with_node(number, lambda one: one.operand)
        elif isinstance(node, ast.Compare):
            yield "comparison", with_node(number, lambda one: ast.Compare(one.left, [ast.Lt()], one.comparators))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("sum", "mean"):
            twin = "mean" if node.func.attr == "sum" else "sum"
            yield (
                "sum for mean",
                with_node(
                    number, lambda one, twin=twin: ast.Call(ast.Attribute(one.func.value, twin), one.args, one.keywords)
                ),
            )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "dot":
            if len(node.args) == 2:
                yield "order", with_node(number, lambda one: ast.Call(one.func, one.args[::-1], []))
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value in (1, 2, 0.5, -1, 3)
        ):
            yield "constant", with_node(number, lambda one: ast.Constant(one.value + 1))


def cases(path):
    """(kind, line, text) of each mutant of a file."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.split("\n")
    for statement in statements(tree):
        if statement.lineno != statement.end_lineno or ";" in lines[statement.lineno - 1]:
            continue
        seen = {ast.unparse(statement)}
        for kind, changed in mutants(statement):
            made = ast.unparse(ast.fix_missing_locations(changed))
            if made in seen:
                continue
            seen.add(made)
            line = lines[statement.lineno - 1]
            new = line[: len(line) - len(line.lstrip())] + made
            yield kind, statement.lineno, "\n".join([*lines[: statement.lineno - 1], new, *lines[statement.lineno :]])


def values(text):
    """What a file leaves behind: its numbers and arrays by name; None where it does not run."""
    names = {"__name__": "__main__"}
    if "while True" in text:
        return None
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            exec(compile(text, "net.py", "exec"), names)
    except Exception:  # any that the changed file has
        return None
    waiting, found = [((), names)], {}
    for key, value in waiting:
        if isinstance(value, dict) and len(key) < 3:
            waiting += [((*key, str(name)), one) for name, one in value.items() if not str(name).startswith("__")]
        elif isinstance(value, list | tuple) and len(key) < 3:
            waiting += [((*key, number), one) for number, one in enumerate(value)]
        elif isinstance(value, int | float | np.floating | np.ndarray):
            found[key] = value
    return found


def is_no_mistake(before, after):
    """Whether a change left every number as it was: at this point it is not wrong."""
    if not before or not after or before.keys() != after.keys():
        return False
    pairs = [(one, after[key]) for key, one in before.items()]
    return all(np.shape(one) == np.shape(other) and np.allclose(one, other, 1e-9, 1e-12) for one, other in pairs)


def outcome(path, line, text):
    """What became of a mutant: `exact`, `other LINE`, `unseen`, `refused` (it does not run), `same` (no mistake)."""
    if is_no_mistake(values(path.read_text(encoding="utf-8")), values(text)):
        return "same", None
    try:
        examined = examine(Script(str(path), text))
    except BackpropError as error:
        return f"refused {error.diagnostics[0].code}", None
    found = examined.findings
    wrong = [one for one in found if one.verdict == "differs"]
    own = [one for one in wrong if not one.inherits] or wrong
    if not own and examined.failure:
        return "refused F606", None
    if not own:
        return "undecided" if any(one.verdict != "agrees" for one in found) else "unseen", None
    return ("exact" if own[0].wrong_line == line else f"other {own[0].wrong_line}"), own[0].mistake


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    names = sys.argv[2:]
    tally, mistakes = Counter(), Counter()
    for path in sorted(HERE.glob("*.py")):
        if names and path.stem not in names:
            continue
        listed = list(cases(path))
        random.Random(path.stem).shuffle(listed)
        for kind, line, text in listed[:count]:
            found, mistake = outcome(path, line, text)
            tally[found.split()[0]] += 1
            mistakes[bool(mistake)] += found == "exact"
            if found != "exact":
                print(
                    path.stem,
                    line,
                    kind,
                    "|",
                    text.split("\n")[line - 1].strip(),
                    "->",
                    found,
                    mistake and mistake.name,
                    flush=True,
                )
    print(dict(tally), "named", dict(mistakes))
