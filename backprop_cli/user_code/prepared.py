"""The user's file made ready to run: functions that it does not call are called below it, and hooks are put in."""

from __future__ import annotations

import ast

from backprop_cli.errors import BackpropError
from backprop_cli.lean import Any, Mapping, MappingProxyType, NamedTuple, Sequence
from backprop_cli.user_code.calls import Called, calls
from backprop_cli.user_code.doubles import in_doubles
from backprop_cli.user_code.functions import Pair, find_pairs, parameters
from backprop_cli.user_code.instrument import Instrumented, instrument
from backprop_cli.user_code.layers import with_names
from backprop_cli.user_code.observed import Observed
from backprop_cli.user_code.problems import no_python, no_values
from backprop_cli.user_code.proposed import options_of
from backprop_cli.user_code.run import attempted, parse
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.targets import named
from backprop_cli.user_code.updates import stepped


class Prepared(NamedTuple):
    """The text with its calls, and the statements with their hooks; `unsettled` is why returned values have no name.

    `steps` are the gradients that only a step names, `assumed` are values that nobody gave.
    """

    script: Script
    made: Instrumented
    given: Mapping[str, Any]
    steps: Mapping[str, str]
    unsettled: BackpropError | None = None
    assumed: Mapping[str, Any] = MappingProxyType({})
    first: int = 0  # the statement from which on gradients are judged


def prepare(
    script: Script, forward: str, backward: str, given: Mapping[str, Any], *, called: bool = False
) -> Prepared | None:
    """Ready to run; functions that the file calls itself are called again if `called`, None where there are none.

    Raises BackpropError where it is no Python, or a function has no values.
    """
    before, unsettled = given, None
    try:
        tree = parse(script.text, script.path)
    except (SyntaxError, RecursionError, ValueError) as error:
        raise no_python(script, error) from None
    try:
        pairs = find_pairs(tree, forward, backward, script.path, called=called)
        if called and not pairs:
            return None
        first = len(tree.body) if called or forward else 0  # its own calls are at other values
        if pairs:
            script, given, unsettled = _with_calls(script, tree, pairs, given)
            tree = parse(script.text, script.path)
        assumed = {name: value for name, value in given.items() if name not in before}
        return _ready(script, tree, given, unsettled)._replace(assumed=assumed, first=first)
    except RecursionError as error:
        raise no_python(script, error) from None


def prepare_call(call: Observed) -> Prepared:
    """Ready to run: the definitions, and below them the two functions with the values of a call.

    Raises BackpropError where what comes back cannot be matched to the parameters.
    """
    script, given, unsettled = _with_calls(call.script, call.tree, [call.pair], call.values)
    return _ready(script, parse(script.text, script.path), given, unsettled)


def _ready(script: Script, tree: ast.Module, given: Mapping[str, Any], unsettled: BackpropError | None) -> Prepared:
    in_doubles(tree)
    steps = stepped(tree)
    with_names(tree, dict(script.returns))
    return Prepared(script, instrument(tree), given, steps, unsettled)


def _with_calls(
    script: Script, tree: ast.Module, pairs: Sequence[Pair], given: Mapping[str, Any]
) -> tuple[Script, Mapping[str, Any], BackpropError | None]:
    own = script.text.rstrip("\n") + "\n"
    known = [name for node in tree.body if isinstance(node, ast.Assign) for one in node.targets
             for name in [named(one)[0]] if name]  # fmt: skip
    have = {*given, *known}
    able = [
        pair for pair in pairs
        if all(default or name in have or options_of(name) is not None for name, default in parameters(pair.forward))
    ] or pairs[:1]  # fmt: skip

    def attempt(text: str, names: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return attempted(own + text, script.path, names)

    made: list[Called] = []
    unsettled = None
    for pair in able:
        one = calls(pair, given, known, script.path, attempt)
        given = one.given
        made.append(one)
        if one.unsettled:
            unsettled = no_values(script, pair, one.unsettled)
    returns = tuple((pair.last.name, one.returned) for pair, one in zip(able, made, strict=True))
    bound = [name for name in given if name not in known and name.isidentifier()]
    lines = (*(None for _ in bound), *(line for one in made for line in one.lines))
    text = own + "".join([*(f"{name} = {name}\n" for name in bound), *(one.text for one in made)])
    return script._replace(text=text, own=own.count("\n"), below=lines, returns=returns), given, unsettled
