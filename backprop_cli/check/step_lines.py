"""The lines of a backward pass written by hand, read: which gradient each is for, and its formula."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from backprop_cli.check.claims import Formula, read_formula
from backprop_cli.check.messages import not_a_step, told_of, unknown_node
from backprop_cli.check.scope import Scope
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.parser import MOST_ERRORS

_STEP = re.compile(r"\s*((?:[^\W\d]|∂)\w*)[ \t]*(\+=|=(?!=))")


class Step(NamedTuple):
    """One line: `node` gains the gradient (-1: a number by the name of `name`); `adds` for `+=`; where it stands.

    `of` is the node's name, which `name` has in it in one of several ways.
    """

    name: str
    node: int
    adds: bool
    formula: Formula
    label: Label
    of: str = ""


def read_steps(source: Source, scope: Scope) -> list[Step]:
    """The steps of a text, about a program.

    Raises BackpropError with what is wrong in all lines.
    """
    steps: list[Step] = []
    wrong: list[Diagnostic] = []
    names, output = scope.names, scope.output
    known = {f"d{output}"}
    # `df/dq` is `dq`: blanks in the place of `df/` keep the places of everything else.
    text = source.text
    if f"d{output}" not in names:
        text = re.sub(rf"(?<!\w)[d∂]{re.escape(output)}\s*[/÷]\s*(?=[d∂]\w)", lambda bar: " " * len(bar[0]), text)
    plain = Source(source.name, text)
    start = 0
    for line in source.text.splitlines(keepends=True):
        code = line.partition("#")[0].rstrip().rstrip(";").rstrip()
        if code.strip():
            try:
                step = _step(source, plain, start, start + len(code), scope, known)
                steps.append(step)
                known.add(step.name)
            except BackpropError as error:
                wrong += error.diagnostics
        start += len(line)
    if not steps and not wrong:
        wrong.append(Diagnostic("S106", f"`{shorten(source.name)}` holds no step", (), "write `dq = z*df`, one a line"))
    if not wrong and all(step.node < 0 for step in steps):
        label = Label(source, 0, len(source.text.rstrip()))
        help_ = f"write `d` and the name of a node, such as `d{next(iter(names), 'x')} = …`"
        wrong.append(Diagnostic("V313", "no line says what a gradient is", (label,), help_))
    if wrong:
        raise BackpropError(*wrong[:MOST_ERRORS])
    return steps


def _node_of(name: str, names: Mapping[str, int], output: str) -> str:
    """The node whose gradient a name is for, as people write it: `dq`, `dfdq`, `df_dq`, `grad_q`; empty for others."""
    above = f"d{output}"
    ways = [("d", ""), (f"{above}d", ""), (f"{above}_d", ""), ("d_", ""), ("grad_", ""), ("", "_grad")]
    for before, after in ways if name not in names else []:
        inner = name[len(before) : len(name) - len(after)]
        if name.startswith(before) and name.endswith(after) and inner in names:
            return inner
    return ""


def _nearly(name: str, names: Mapping[str, int]) -> str:
    """What a name has after its `d` if that is a node's but for capitals: a slip, and no number of one's own."""
    inner = name[1:] if name[0] == "d" else name.removeprefix("grad_") if name.startswith("grad_") else ""
    return inner if inner and inner.lower() in {other.lower() for other in names} else ""


def _step(source: Source, plain: Source, start: int, end: int, scope: Scope, known: set[str]) -> Step:
    """The step between `start` and `end` of a text; `plain` is the text as it is read."""
    text = plain.text[start:end]
    found = _STEP.match(text)
    if found is None:
        first = start + len(source.text[start:end]) - len(source.text[start:end].lstrip())
        raise not_a_step(source, first, end)
    name, begin = ascii_name(found[1].replace("∂", "d")), start + found.end()
    names = scope.names
    of = _node_of(name, names, scope.output)
    node = names.get(of, -1)
    if node < 0 and name not in names and (meant := _nearly(name, names)):
        raise unknown_node(meant, source, start + found.start(1) + len(name) - len(meant), names)
    if found[2] == "+=" and node < 0 and name[0] == "d":
        raise unknown_node(name[1:], source, start + found.start(1) + 1, names)
    try:
        formula = read_formula(plain, begin, scope, known, end)._replace(source=source)
    except BackpropError as error:
        raise BackpropError(*(told_of(source, diagnostic) for diagnostic in error.diagnostics)) from None
    first = begin + len(source.text[begin:end]) - len(source.text[begin:end].lstrip())
    return Step(name, node, found[2] == "+=", formula, Label(source, first, end), of)
