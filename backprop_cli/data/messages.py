"""What is wrong with bindings and their values, in words that point at the text, with what was probably meant."""

from __future__ import annotations

import re

from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.language.letters import ascii_name
from backprop_cli.lean import Any, Callable
from backprop_cli.numeric.shapes import Shape, written

_GRADIENT = re.compile(r"\s*[d∂]\w*\s*/\s*[d∂]\w+\s*=")
_FILE = re.compile(r"[\w./\\-]*[A-Za-z]\.(?:npy|npz|csv|json)")
_NEIGHBOURS = re.compile(r"(?<=[\w.)\]])\s+(?=[-+\w.(\[])")
_OPENING, _CLOSING = "([", ")]"


def wrong(code: str, message: str, source: Source, start: int, end: int, help_: str) -> BackpropError:
    """The error of a place in a source."""
    return BackpropError(Diagnostic(code, message, (Label(source, start, end),), help_))


def not_a_binding(source: Source, read: Callable[[str], Any]) -> BackpropError:
    """The error of a word without `=`; `read` reads a value."""
    help_ = "bindings are `name=value`; quote the expression so that the shell passes it whole"
    if source.text.replace(".", "").replace("-", "").isdigit():
        help_ = f"a value has the name that it is for in front, such as `x={source.text}`"
    help_ = in_our_spelling(source.text, read) or help_
    return wrong("V305", f"`{shorten(source.text)}` is not a binding", source, 0, len(source.text), help_)


def in_our_spelling(text: str, read: Callable[[str], Any]) -> str:
    """The help that has the bindings of another tool, `x: 2`, in our spelling, if `read` can read their values."""
    from backprop_cli.data.bindings_of_others import pairs, spelled

    found = pairs(text)
    try:
        for _, value in found:
            read(value)
    except BackpropError:
        return ""
    written = spelled(found)
    if written == text:
        return (
            f"each binding is a word of its own, with no quotes around both: `{shorten(text)}`"
            if len(found) > 1
            else ""
        )
    return f"write `{shorten(written)}`" if found and written.strip('"') != text else ""


def not_a_name(name: str, source: Source) -> BackpropError:
    """The error of a name that is none, with the name or the option it looks like."""
    help_ = "names are made of ASCII letters, digits and `_`, and start with no digit"
    if _GRADIENT.match(source.text):
        help_ = _tested(source.text)
    elif meant := ascii_name(name.lstrip("-")):
        help_ = f"write `{meant}={shorten(source.text.partition('=')[2])}`: {help_}"
    end = max(1, len(source.text.partition("=")[0]))
    return wrong("V305", f"`{shorten(name)}` is not a name", source, 0, end, help_)


def not_a_value(text: str, source: Source, start: int) -> BackpropError:
    """The error of a value that is a formula, or several."""
    help_ = "a value is a number, an array or a constant expression, such as `x=-2`, `x=[1, 2]` or `x=pi/2`"
    if text.startswith("[") and (spaced := _NEIGHBOURS.sub(", ", text)) != text:
        help_ = f"commas go between elements: `{shorten(spaced)}`"
    return wrong("V306", f"`{shorten(text)}` is not one number", source, start, len(source.text), help_)


def not_numbers(name: str, given: Any) -> BackpropError:
    """The error of something the library is given as a value, which is no number and no array of numbers."""
    text = f"{name}={shorten(' '.join(repr(given).split()), 40)}"
    kind = "None" if given is None else f"a {type(given).__name__}"
    if isinstance(given, int):
        kind = "an integer too large for a double"
    elif isinstance(given, list | tuple):
        kind += " that is no array of real numbers"
    message = f"the value of `{shorten(name)}` is {kind}; expected a number or an array"
    help_ = "give a number, nested lists or an array of real numbers, or a constant expression as text, such as `pi/2`"
    return wrong("V306", message, Source("binding", text), len(name) + 1, len(text), help_)


def refuse_masked(name: str, given: Any) -> None:
    """Refuse an array of NumPy's with elements that are masked: nothing here leaves elements out."""
    if given.mask.any():
        text = f"{name}={shorten(' '.join(str(given).split()))}"
        help_ = f"`{shorten(name)}.compressed()` is without them, `{shorten(name)}.filled(0)` has zeros in their places"
        message = f"the value of `{shorten(name)}` has elements that are masked"
        raise wrong("V306", message, Source("binding", text), len(name) + 1, len(text), help_)


def no_elements(name: str, shape: Shape) -> BackpropError:
    """The error of an empty array."""
    text = f"{name} of shape {written(shape)}"
    message = f"the value of `{shorten(name)}` has no elements"
    return wrong("V309", message, Source("binding", text), 0, len(name), "every length of a shape is at least 1")


def too_many_elements(name: str, source: Source, most: int) -> BackpropError:
    """The error of values that are too large together."""
    message = f"with `{shorten(name)}` the values have more than {most:,} elements together"
    help_ = "`--max-elements` raises the limit"
    return BackpropError(Diagnostic("L701", message, (Label(source, 0, len(name)),), help_))


def refuse_file_name(text: str, source: Source, start: int) -> None:
    """Refuse a value that is a file's name without `@`."""
    if _FILE.fullmatch(text):
        help_ = f"a file has `@` in front: `{shorten(source.text[:start])}@{shorten(text)}`"
        raise wrong("V306", f"`{shorten(text)}` is not one number", source, start, len(source.text), help_)


def only_a_shape(name: str, shape: Shape, source: Source, start: int) -> BackpropError:
    """The error of a shape where values are needed."""
    inside = ", ".join(map(str, shape))
    help_ = f"write its elements, or `{shorten(name)}=randn({inside})`; `check` takes a shape, and tries random values"
    message = f"`{shorten(name)}` has the shape {written(shape)} here, and no values"
    return wrong("V306", message, source, start, len(source.text), help_)


def _tested(text: str) -> str:
    return f'gradients come out; what you think of them is tested by `backprop check … --claim "{shorten(text)}"`'
