"""What a command takes, declared once: Typer is built from it for help and errors, and `words` reads plain lines by it.

Typer itself is not imported here: that takes longer than most commands.
"""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Any, Callable, Mapping, NamedTuple, Sequence, UnionType

COMPUTE, VALUES, OUTPUT, LIMITS, RARE = HEADINGS = ("What to compute", "Values", "Output", "Limits", "Rarely needed")


class Argument(NamedTuple):
    """A positional: one word, or all that are left where its type is a list."""

    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()


class Option(NamedTuple):
    """An option; `--on/--off` spells both sides of a flag. Numbers are from `least` to `most`.

    `choices` are offered where a line is completed, and others are refused; the default may be none of them.
    Help lists it under its `heading`.
    """

    spellings: tuple[str, ...]
    help: str
    metavar: str | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    heading: str = COMPUTE

    @property
    def both(self) -> dict[str, bool]:
        """Every spelling, and what a flag is when it is given so."""
        return {one: side == 0 for spelling in self.spellings for side, one in enumerate(spelling.split("/")) if one}


def option(
    help_: str,
    *spellings: str,
    metavar: str | None = None,
    least: int | None = None,
    most: int | None = None,
    choices: tuple[str, ...] = (),
    heading: str = COMPUTE,
) -> Option:
    """An option: what it is for, how it is spelled."""
    return Option(spellings, help_, metavar, least, most, choices, heading)


class Parameter(NamedTuple):
    """A parameter of a command; `type` is str, int, float, bool or list, and None beside it is not said."""

    name: str
    type: type
    default: Any
    declared: Argument | Option


class Command(NamedTuple):
    """A command: what it takes, the function that answers, and its help."""

    parameters: tuple[Parameter, ...]
    run: Callable[..., Any]
    help: str


def parameter(name: str, annotated: Any, default: Any = ...) -> Parameter:
    """A parameter of an `Annotated` type; without a default it has to be given."""
    type_ = annotated.__origin__
    if isinstance(type_, UnionType):
        type_ = type_.__args__[0]
    return Parameter(name, getattr(type_, "__origin__", type_), default, annotated.__metadata__[0])


def parameters(function: Callable[..., Any], but: Sequence[str]) -> list[Parameter]:
    """What a function takes `but` for some names. Its annotations are names of declarations in its module."""
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = dict(zip(code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount], defaults, strict=True))
    given |= function.__kwdefaults__ or {}
    known = function.__globals__
    return [
        parameter(name, known[function.__annotations__[name]], given.get(name, ...))
        for name in names
        if name not in but
    ]


def refuse_beside(option: str, given: Mapping[str, bool]) -> None:
    """Raise BackpropError (U801) for an option that is given and that another one has no use for."""
    for name, is_given in given.items():
        if is_given:
            message = f"`{name}` has no meaning beside `{option}`"
            raise BackpropError(Diagnostic("U801", message, (), f"leave out one of them: `{name}` or `{option}`"))
