"""Command lines as they are usually written, read without Typer: any other line is Typer's, to read or to refuse."""

from __future__ import annotations

from backprop_cli.cli.declared import Argument, Command, Option, Parameter
from backprop_cli.errors import BackpropError, Diagnostic, nearest, shorten
from backprop_cli.lean import Any, Mapping, Sequence, import_module

# command: one line on it. The function is `command` in the module of that name.
COMMANDS = {
    "eval": "the value of an expression, and of every node in it",
    "grad": "the gradient of an expression, node by node",
    "diff": "the derivatives of an expression as formulas, without values",
    "explain": "the gradient step by step: each rule in symbols and in numbers",
    "graph": "the figure of an expression: values above, gradients below",
    "jacobian": "every element of an output with respect to every element of an input",
    "hessian": "the matrix of second derivatives, and what kind of point it is",
    "check": "whether a gradient is what you claim it is",
    "export": "the expression and its gradient as code that tests itself",
    "worksheet": "exercises with numbers to find, their solutions, and the suite that grades them",
    "gates": "the gates there are: formulas, slopes, domains, conventions",
    "completion": "a script that makes a shell complete command lines",
    "help": "what a command takes, with examples",
}
_NUMBERS = {int: r"[+-]?[0-9]{1,18}", float: r"[+-]?(?:[0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})"}


def command_named(name: str) -> Command:
    """A command of COMMANDS."""
    found: Command = import_module(f"backprop_cli.cli.{name}_").command
    return found


def no_such_command(name: str) -> Diagnostic:
    """What is wrong with a name that is not in COMMANDS."""
    near = nearest(name, list(COMMANDS))
    meant = f"did you mean `backprop {near[0]}`? " if near else ""
    if not near and _is_expression(name):
        meant = f'write `backprop eval "{shorten(name)}"`, or `grad` in the place of `eval`; '
    message = f"no such command '{shorten(name)}'"
    return Diagnostic("U801", message, (), f"{meant}`backprop --help` lists what there is")


def _is_expression(text: str) -> bool:
    from backprop_cli.api import has_inputs

    try:
        has_inputs(text)
    except BackpropError:
        return False
    return not text.isidentifier()


def read(words: Sequence[str]) -> tuple[Command, dict[str, Any]] | None:
    """The command that a line names and what the line gives it; None for a line that is Typer's.

    Raises BackpropError (U801) for what `split` refuses.
    """
    if not words or words[0] not in COMMANDS:
        return None
    command = command_named(words[0])
    options, positionals = split(f"backprop {words[0]}", words[1:], command.parameters)
    spelled = {one: it for it in command.parameters if isinstance(it.declared, Option) for one in it.declared.both}
    given: dict[str, Any] = {it.name: it.default for it in command.parameters}
    lists: dict[str, list[str]] = {}
    for word, *value in options:
        option, equals, after = word.partition("=")
        found = spelled.get(option)
        if found is None or (found.type is bool and equals):
            return None
        if found.type is bool:
            given[found.name] = found.declared.both[option]  # type: ignore[union-attr]  # an Option
            continue
        text = value[0] if value else after
        if found.type is list:
            lists.setdefault(found.name, []).append(text)
        elif (read_ := _read(text, found)) is None:
            return None
        else:
            given[found.name] = read_
    for it in command.parameters:
        if not isinstance(it.declared, Argument):
            continue
        if it.type is list:
            lists[it.name], positionals = positionals, []
        elif positionals:
            given[it.name] = positionals.pop(0)
    given |= lists
    if positionals or given.get("version") or ... in given.values():
        return None
    return command, {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


def _read(text: str, parameter: Parameter) -> Any:
    """What an option is given, or None where that is not plainly right."""
    if parameter.type is str:
        return text
    import re

    if not re.fullmatch(_NUMBERS[parameter.type], text):
        return None
    value, option = parameter.type(text), parameter.declared
    least, most = getattr(option, "least", None), getattr(option, "most", None)
    return value if (least is None or value >= least) and (most is None or value <= most) else None


def split(command: str, words: Sequence[str], known: Sequence[Parameter]) -> tuple[list[list[str]], list[str]]:
    """The options of a line, each with its value behind it or in it, and the rest, which may begin with `-`.

    A known option spelled exactly, or `--word`, is an option; what comes after `--` is none.
    Raises BackpropError (U801) for an option without its value, and for a binding that looks like an option.
    """
    takes: dict[str, bool] = {"--help": False, "-h": False}
    optional: set[str] = set()  # options that may come without their value, which is a name
    for it in known:
        if isinstance(it.declared, Option):
            takes |= dict.fromkeys(it.declared.both, it.type is not bool)
            if (it.declared.metavar or "").startswith("["):
                optional |= it.declared.both.keys()
    options: list[list[str]] = []
    others: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word == "--":
            others += words[position:]
            break
        if word in optional and not (position < len(words) and words[position].isidentifier()):
            options.append([word, ""])
        elif word in takes:
            if takes[word] and position == len(words):
                help_ = f"`{command} --help` lists what there is"
                raise BackpropError(Diagnostic("U801", f"`{word}` needs a value", (), help_))
            options.append([word, *words[position : position + takes[word]]])
            position += takes[word]
        elif word.startswith("--") and word[2:3].isalpha():
            _refuse_binding(word, takes)
            options.append([word])
        else:
            others.append(word)
    return options, others


def _refuse_binding(word: str, known: Mapping[str, bool]) -> None:
    option, equals, value = word.partition("=")
    if word not in known and not word[2:].replace("-", "").isalnum() and not equals:
        help_ = f'an expression that begins with a dash comes after `--`: `-- "{shorten(word)}"`'
        raise BackpropError(Diagnostic("U801", f"no such option: {shorten(word)}", (), help_))
    if equals and option not in known and option[2:].isidentifier():
        near = nearest(option[2:], [one.lstrip("-") for one in known])  # any two dashes are alike
        help_ = f"did you mean `--{near[0]}`?" if near else f"a value is `{option[2:]}={shorten(value)}`"
        raise BackpropError(Diagnostic("U801", f"no such option: {option}", (), help_))


def meant_among(given: str, known: Sequence[str], others: Sequence[str] = ()) -> str:
    """Help for a word that is none of those known: the one that is meant, if it can be told, and all of them.

    `others` are what the word stands for elsewhere.
    """
    near = [word for word in (*others, *nearest(given, list(known))) if word in known]
    listed = f"there are {', '.join(known)}"
    return f"did you mean `{near[0]}`? {listed[0].upper()}{listed[1:]}" if near else listed
