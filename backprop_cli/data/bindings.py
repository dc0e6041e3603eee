"""Bindings: `name=value` from the command line, many from a TOML or JSON file.

A value is a constant expression in the language itself, or a JSON file: `x=-2`, `x=pi/2`, `x=@x.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, isfinite, nan
from typing import Any

from backprop_cli.data.files import malformed, read_text
from backprop_cli.engine.forward import forward
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.gates import ALIASES, CONSTANTS, GATES
from backprop_cli.graph import lower
from backprop_cli.language.parser import parse
from backprop_cli.report.numbers import shortest

_NONFINITE = {"nan": nan, "inf": inf, "+inf": inf, "-inf": -inf}


def read_bindings(assignments: list[str], *, allow_nonfinite: bool = False) -> dict[str, float]:
    """The values that `name=value` texts give; all that is wrong with them is reported at once."""
    values: dict[str, float] = {}
    wrong: list[Diagnostic] = []
    if "=" in assignments:
        label = Label(Source("binding", " ".join(assignments)), 0, len(" ".join(assignments)))
        raise BackpropError(Diagnostic("V305", "blanks around `=`", (label,), "write `x=1`, without blanks"))
    for text in assignments:
        source = Source("binding", text)
        name, equals, value = text.partition("=")
        name = name.strip()
        try:
            if not equals:
                help_ = "bindings are `name=value`; quote the expression so that the shell passes it whole"
                raise _wrong("V305", f"`{shorten(text)}` is not a binding", source, 0, len(text), help_)
            check_name(name, source)
            if name in values:
                help_ = "give it one value"
                raise _wrong("N208", f"`{shorten(name)}` is bound twice", source, 0, len(name), help_)
            values[name] = _value(value, source, len(text) - len(value), allow_nonfinite=allow_nonfinite)
        except BackpropError as error:
            wrong += error.diagnostics
    if wrong:
        raise BackpropError(*wrong[:20])
    return values


def check_name(name: str, source: Source) -> None:
    """Refuse a name that cannot be an input's: not a name at all, a constant's, a gate's."""
    if not (name.isascii() and name.isidentifier()):
        help_ = "names are made of ASCII letters, digits and `_`, and start with no digit"
        end = max(1, len(source.text.partition("=")[0]))
        raise _wrong("V305", f"`{shorten(name)}` is not a name", source, 0, end, help_)
    owner = "constant" if name in CONSTANTS else "gate" if name in GATES or name in ALIASES else ""
    if owner:
        help_ = "choose another name for the input"
        raise _wrong("N205", f"`{name}` is the name of a {owner}", source, 0, len(name), help_)


def constant(text: str, name: str = "value", *, allow_nonfinite: bool = False) -> float:
    """The number a constant expression is."""
    return _value(text, Source(name, text), 0, allow_nonfinite=allow_nonfinite)


def _value(text: str, source: Source, offset: int, *, allow_nonfinite: bool) -> float:
    stripped = text.strip()
    if len(stripped) < 16 and stripped.lstrip("-").replace(".", "", 1).isdigit() and stripped.isascii():
        return _plain(stripped)
    if not stripped:
        at = max(offset - 1, 0)
        help_ = "write `name=value`, such as `x=-2`" if source.name == "binding" else "write a number"
        raise _wrong("V305", "the value is missing", source, at, at + 1, help_)
    if stripped.startswith("@"):
        return _from_file(stripped[1:], allow_nonfinite=allow_nonfinite)
    number = _NONFINITE.get(stripped.lower())
    if number is None:
        # Blanks for `name=` keep the places of a diagnostic those of the whole binding.
        padded = Source(source.name, " " * offset + text)
        try:
            program = parse(padded)
            graph = lower(program, given=())
        except BackpropError as error:
            raise BackpropError(*(_constant_error(d, source) for d in error.diagnostics)) from None
        if len(program.statements) > 1 or program.statements[0].name or "juxtaposed" in program.ops:
            help_ = "a value is a number or a constant expression, such as `x=-2` or `x=pi/2`"
            raise _wrong("V306", f"`{shorten(stripped)}` is not one number", source, offset, len(source.text), help_)
        number = forward(graph, {})[graph.output]
    return _finite(number, source, offset, allow_nonfinite=allow_nonfinite)


def _plain(digits: str) -> float:
    """A short decimal number without an exponent, the quick way."""
    sign = -1 if digits.count("-") % 2 else 1
    return sign * float(digits.lstrip("-"))


def _finite(number: float, source: Source, offset: int, *, allow_nonfinite: bool) -> float:
    if not isfinite(number) and not allow_nonfinite:
        help_ = "`--allow-nonfinite` lets infinities and NaN through"
        message = f"the value is {shortest(number)}, which is not a finite number"
        raise _wrong("V304", message, source, offset, len(source.text), help_)
    return number


def _constant_error(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    """The diagnostic of a value's expression, told in terms of the binding."""
    labels = tuple(label._replace(source=source) for label in diagnostic.labels)
    if diagnostic.code == "N202":
        name = source.text[labels[0].start : labels[0].end]
        help_ = "a value is a number or a constant expression, such as `x=-2` or `x=pi/2`"
        return Diagnostic("V306", f"`{shorten(name)}` is not a number", labels, help_)
    return diagnostic._replace(labels=labels)


def _wrong(code: str, message: str, source: Source, start: int, end: int, help_: str) -> BackpropError:
    return BackpropError(Diagnostic(code, message, (Label(source, start, end),), help_))


# -- files ---------------------------------------------------------------------------------------------


class _FileValues(Mapping[str, float]):
    """The values of a file; one is read, and found wrong, when somebody asks for it."""

    def __init__(self, path: str, found: Mapping[str, Any], *, allow_nonfinite: bool) -> None:
        self.path = path
        self.found = found
        self.allow_nonfinite = allow_nonfinite

    def __getitem__(self, name: str) -> float:
        return _number(self.path, name, self.found[name], allow_nonfinite=self.allow_nonfinite)

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def read_vars(path: str, *, allow_nonfinite: bool = False) -> Mapping[str, float]:
    """The values in a TOML or JSON file: one table of names, each a number or a constant expression in quotes.

    Nobody looks at a value whose name is not used.
    """
    text = read_text(path)
    found = _toml(path, text) if path.lower().endswith(".toml") else _json(path, text)
    if not isinstance(found, Mapping):
        raise _kind(path, 'it holds no names: write `{"x": 1, "y": 2}`')
    return _FileValues(path, found, allow_nonfinite=allow_nonfinite)


def _from_file(path: str, *, allow_nonfinite: bool) -> float:
    found = _json(path, read_text(path))
    if isinstance(found, Mapping):
        raise _kind(path, "it holds several values; `--vars FILE` reads many")
    return _number(path, "the value", found, allow_nonfinite=allow_nonfinite)


def _number(path: str, name: str, value: Any, *, allow_nonfinite: bool) -> float:
    if isinstance(value, str) and value.lstrip().startswith("@"):
        raise _kind(path, f"`{shorten(name)}` names another file, which only the command line may")
    if isinstance(value, str):
        return constant(value, f"{name} in {path}", allow_nonfinite=allow_nonfinite)
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = {list: "an array", dict: "a table", bool: "a truth value", type(None): "null"}.get(
            type(value), "no number"
        )
        raise _kind(path, f"`{shorten(name)}` is {kind}, and a number is wanted")
    try:
        number = float(value)
    except OverflowError:
        number = inf
    return _finite(number, Source(path, f"{name} = {shortest(number)}"), 0, allow_nonfinite=allow_nonfinite)


def _kind(path: str, why: str) -> BackpropError:
    return BackpropError(Diagnostic("F604", f"`{shorten(path, 80)}`: {why}"))


def _json(path: str, text: str) -> Any:
    import json

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise malformed(path, text, "usable JSON", f"the key `{shorten(twice)}` stands in it twice")
        return found

    def refuse(word: str) -> Any:
        raise malformed(path, text, "JSON", f"{word} is not part of JSON")

    def integer(digits: str) -> float:
        return float(digits)  # int() refuses more than 4300 digits

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse, parse_int=integer)
    except json.JSONDecodeError as error:
        raise malformed(path, text, "JSON", error.msg.lower(), error.pos) from None
    except RecursionError:
        raise malformed(path, text, "usable JSON", "it is nested too deeply") from None


def _toml(path: str, text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise malformed(path, text, "TOML", shorten(str(error), 200)) from None
    except ValueError as error:  # an integer of more than 4300 digits
        raise malformed(path, text, "usable TOML", shorten(str(error), 200)) from None
    except RecursionError:
        raise malformed(path, text, "usable TOML", "it is nested too deeply") from None
