"""The user's file made ready to run: functions that it does not call are called below it, and hooks are put in."""

from __future__ import annotations

import ast

from backprop_cli.errors import BackpropError
from backprop_cli.lean import Any, Mapping, NamedTuple
from backprop_cli.user_code.calls import calls
from backprop_cli.user_code.doubles import in_doubles
from backprop_cli.user_code.functions import Pair, find_pairs
from backprop_cli.user_code.instrument import Instrumented, instrument
from backprop_cli.user_code.layers import with_names
from backprop_cli.user_code.observed import Observed
from backprop_cli.user_code.problems import no_python, no_values
from backprop_cli.user_code.run import attempted, parse
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.targets import named
from backprop_cli.user_code.turns import with_turns
from backprop_cli.user_code.updates import stepped


class Prepared(NamedTuple):
    """The text with its calls, and the statements with their hooks; `unsettled` is why returned values have no name.

    `steps` are the gradients that only a step names, `assumed` says which values nobody gave.
    """

    script: Script
    made: Instrumented
    given: Mapping[str, Any]
    steps: Mapping[str, str]
    unsettled: BackpropError | None = None
    assumed: str = ""
    first: int = 0  # the statement from which on gradients are judged


def pairs_in(script: Script, forward: str, backward: str, *, called: bool = False) -> list[Pair]:
    """The functions of a file that are to be called, one after the other; `called`: those that it calls itself, too.

    Raises BackpropError where it is no Python, or has no function of that name.
    """
    try:
        tree = parse(script.text, script.path)
        return find_pairs(tree, forward, backward, script.path, called=called)
    except (SyntaxError, RecursionError, ValueError) as error:
        raise no_python(script, error) from None


def prepare(script: Script, given: Mapping[str, Any]) -> Prepared:
    """The file as it is, ready to run."""
    try:
        return _ready(script, parse(script.text, script.path), given, None)
    except (SyntaxError, RecursionError, ValueError) as error:
        raise no_python(script, error) from None


def prepare_pair(script: Script, pair: Pair, given: Mapping[str, Any], *, others: bool = False) -> Prepared:
    """Ready to run, with calls of two functions below, whose gradients alone are judged.

    With `others` values that do not fit are for other functions. Raises BackpropError (N202) where it has no values.
    """
    tree = parse(script.text, script.path)
    first = len(tree.body)  # its own calls are at other values
    script, given, unsettled, assumed = _with_calls(script, tree, pair, given, others=others)
    try:
        ready = _ready(script, parse(script.text, script.path), given, unsettled)
    except RecursionError as error:
        raise no_python(script, error) from None
    return ready._replace(assumed=assumed, first=first)


def prepare_call(call: Observed) -> Prepared:
    """Ready to run: the definitions, and below them the two functions with the values of a call.

    Raises BackpropError where what comes back cannot be matched to the parameters.
    """
    script, given, unsettled, _ = _with_calls(call.script, call.tree, call.pair, call.values)
    return _ready(script, parse(script.text, script.path), given, unsettled)


def _ready(script: Script, tree: ast.Module, given: Mapping[str, Any], unsettled: BackpropError | None) -> Prepared:
    in_doubles(tree)
    steps = stepped(tree)
    with_names(tree, dict(script.returns))
    with_turns(tree)
    return Prepared(script, instrument(tree), given, steps, unsettled)


def _with_calls(
    script: Script, tree: ast.Module, pair: Pair, given: Mapping[str, Any], *, others: bool = False
) -> tuple[Script, Mapping[str, Any], BackpropError | None, str]:
    own = script.text.rstrip("\n") + "\n"
    known = [name for node in tree.body if isinstance(node, ast.Assign) for one in node.targets
             for name in [named(one)[0]] if name]  # fmt: skip

    def attempt(text: str, names: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return attempted(own + text, script.path, names)

    made = calls(pair, given, known, attempt, others=others)
    unsettled = no_values(script, pair, made.unsettled) if made.unsettled else None
    bound = [name for name in made.given if name not in known and name.isidentifier()]
    lines = (*(None for _ in bound), *made.lines)
    text = own + "".join([*(f"{name} = {name}\n" for name in bound), made.text])
    assumed = " ".join(f"{name}={value}" for name, value in made.assumed.items())
    script = script._replace(text=text, own=own.count("\n"), below=lines, returns=((pair.last.name, made.returned),))
    return script, made.given, unsettled, f"`{pair.forward.name}` is called with {assumed}" if assumed else ""
