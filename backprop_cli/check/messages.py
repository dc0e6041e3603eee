"""What is wrong with a claim or a step, in words that point at the text, with what was probably meant."""

from __future__ import annotations

import re

from backprop_cli.check.gradient_spellings import Spellings
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.lean import Iterable, Mapping

_SIGN = r"\s*(?:==|:=|=|:)\s*"
_SPACED = re.compile(rf"\s*[d∂]\s*(\w+)\s*[/÷]\s*[d∂]\s*(\w+){_SIGN}(.*)", re.DOTALL)  # d f/d x = …, df/dx: …
_OPERATOR = re.compile(rf"\s*[d∂]\s*[/÷]\s*[d∂]\s*(\w+)(?:\s*\(?\s*(\w+)\s*\)?)?{_SIGN}(.*)", re.DOTALL)  # d/dx f = …
_BARE = re.compile(rf"\s*[d∂](\w+){_SIGN}(.*)", re.DOTALL)  # dx = …, as in steps
_PRIMED = re.compile(rf"\s*(\w+)\s*['′’]\s*\(\s*([^\W\d]\w*)\s*\){_SIGN}(.*)", re.DOTALL)  # f'(x) = …
_SUBSCRIPT = re.compile(r"\s*(\w+?)_(\w+)\s*=(?!=)(.*)", re.DOTALL)  # f_x = …
_AT_A_POINT = re.compile(
    r"\s*\w+\s*['′’]+\s*\(\s*[-+.\d]|.*(?:\|_|\()\{?\s*(?:\w+\s*=\s*)?[-+.\d]+\s*[})]\s*="
)  # f'(2) = 12
_ABOUT = re.compile(r"([^=]*[/÷][^=]*?)(?:≈|≅|~|->|→|\bis\b)([^=]*)")  # df/dx ≈ 6
_HIGHER = re.compile(
    r"\s*(?:[d∂](?:\^|\*\*)?\s*\{?(?P<order>[3-9])\}?\s*\w*\s*[/÷]|\w+\s*(?P<primes>['′’]{3,})).*=", re.DOTALL
)
_TWICE = re.compile(r"\s*(?:(?:∇|\\nabla)\s*(?:²|\^\s*\{?2)|(?:\\mathbf\s*\{)?[Hh]ess(?:ian)?\b|(?:Δ|\\Delta)\s*\w)")
_DEFAULT = "write `df/dx = …`: a formula over the program's names, or a number"
_SHOWN = 8


def not_a_claim(source: Source, help_: str = "", message: str = "") -> BackpropError:
    """The error of a text that is no claim."""
    message = message or f"`{shorten(source.text)}` is not a claim"
    return _wrong("V312", message, source, 0, len(source.text), help_ or _beyond(source.text) or _DEFAULT)


def _beyond(text: str) -> str:
    """What to do about a left side that is no first or second derivative of the output at the values given."""
    if _AT_A_POINT.match(text):
        return "write `df/dx = …`, and the point as the value of the input: `x=2`"
    if about := _ABOUT.fullmatch(text):
        return f"write `{shorten(about[1].strip())} = {shorten(about[2].strip())}`"
    if found := _HIGHER.match(text):
        order = found["order"] or len(found["primes"])
        return f"claims are of first and second derivatives; `backprop diff … --order {order}` computes this one"
    if _TWICE.match(text):
        return "write `d2f/dx2 = …` or `d2f/dxdy = …` of numbers; of arrays, `backprop hessian` has all of them"
    return ""


def not_one_formula(source: Source, start: int, end: int) -> BackpropError:
    """The error of a right side that is nothing, or several statements."""
    return _wrong("V312", "the right side is not one formula", source, start, end, _DEFAULT)


def ambiguous_second(source: Source, start: int, end: int, pairs: Iterable[tuple[str, str]]) -> BackpropError:
    """The error of two names without a blank that can be parted in several ways."""
    ways = " or ".join(f"`(d{first} d{second})`" for first, second in pairs)
    return _wrong(
        "V312", f"`{source.text[start:end]}` can be read in several ways", source, start, end, f"write {ways}"
    )


def of_an_array(source: Source, start: int, end: int) -> BackpropError:
    """The error of a second derivative that has more than one number for each element."""
    message, help_ = "a second derivative in a claim is that of a number, once or twice with respect to a number", (
        "`backprop hessian` has those with respect to the elements of arrays"
    )  # fmt: skip
    return _wrong("V310", message, source, start, end, help_)


def one_in_the_other(source: Source, start: int, end: int) -> BackpropError:
    """The error of a mixed derivative that depends on what is kept fixed."""
    message, help_ = "one of these is computed from the other: their order would matter", "differentiate by inputs"
    return _wrong("V312", message, source, start, end, help_)


def unknown_node(name: str, source: Source, start: int, names: Mapping[str, int]) -> BackpropError:
    """The error of a name that is no node's."""
    near = nearest(name, list(names)[:1000])
    help_ = f"did you mean `{near[0]}`?" if near else f"there are {_listed(names)}"
    return _wrong("N213", f"`{shorten(name)}` is no node of the program", source, start, start + len(name), help_)


def unknown_output(name: str, source: Source, start: int, names: Mapping[str, int], output: str) -> BackpropError:
    """The error of a name above the bar that is no node's, where the output probably was meant."""
    if not output or nearest(name, list(names)[:1000]):
        return unknown_node(name, source, start, names)
    help_ = f"the output is `{output}`: write `d{output}/d…`, or name the last statement: `{name} = …`"
    return _wrong("N213", f"`{shorten(name)}` is no node of the program", source, start, start + len(name), help_)


def not_a_step(source: Source, start: int, end: int) -> BackpropError:
    """The error of a line that is no step."""
    help_ = "write `dx = …` or `dx += …`, where dx is the gradient with respect to x"
    return _wrong("V313", f"`{shorten(source.text[start:end])}` is not a step", source, start, end, help_)


def no_value_yet(name: str, source: Source, start: int, end: int) -> BackpropError:
    """The error of a line that changes a name that no line before it has given a value."""
    help_ = f"give it one first: `{name.partition('[')[0]} = …`"
    return _wrong("N213", f"`{shorten(name)}` has no value yet that could be changed", source, start, end, help_)


def told_of(source: Source, diagnostic: Diagnostic, names: Iterable[str] = ()) -> Diagnostic:
    """The diagnostic of a rewritten text, told of the text as it was typed.

    A name without a value is none of `names`, which are all that may be used there.
    """
    told = diagnostic._replace(labels=tuple(label._replace(source=source) for label in diagnostic.labels))
    if told.code != "N202" or "give it a value" not in told.help:
        return told
    label = told.labels[0]
    name, known = source.text[label.start : label.end], list(names)
    help_ = f"here only the program's own names have a meaning: {_listed(known)}"
    if name[0] == "d" and name[1:] in known:
        help_ = f"a gradient is `df/{name}` in a claim; in steps it needs a line of its own above: `{name} = …`"
    elif near := nearest(name, known[:1000]):
        help_ = f"did you mean `{near[0]}`?"
    return Diagnostic("N213", f"`{shorten(name)}` is no node of the program", told.labels, help_)


def meant_claim(text: str, names: Mapping[str, int], output: str) -> str:
    """The claim that a text would be in our spelling; empty where there is none."""
    if found := _SPACED.fullmatch(text):
        above, below, formula = found.groups()
    elif found := _OPERATOR.fullmatch(text):
        below, above, formula = found[1], found[2] or output, found[3]
    elif (found := _BARE.fullmatch(text)) and found[1] in names:
        above, below, formula = output, found[1], found[2]
    elif ((found := _PRIMED.fullmatch(text)) and found[1] in names) or (
        (found := _SUBSCRIPT.fullmatch(text)) and {found[1], found[2]} <= names.keys()
    ):
        above, below, formula = found.groups()
    else:
        left, _, formula = text.replace("==", "=", 1).partition("=")
        spellings = Spellings(names, output, (), ())
        spelled = spellings.found.get(spellings.read(left).text.strip())
        if spelled is None:
            return ""
        above = output if spelled.above < 0 else next(name for name, node in names.items() if node == spelled.above)
        below = spelled.name
    return f"d{above}/d{below} = {formula.strip()}" if above and below else ""


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")


def _wrong(code: str, message: str, source: Source, start: int, end: int, help_: str) -> BackpropError:
    return BackpropError(Diagnostic(code, message, (Label(source, start, max(start + 1, end)),), help_))
