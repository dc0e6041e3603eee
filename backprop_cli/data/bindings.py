"""Bindings: `name=value` from the command line, many from a TOML or JSON file.

A value is a constant expression in the language itself, or a file: `x=-2`, `W=[[1, 2], [3, 4]]`, `b=zeros(10)`,
`X=@x.npy`.
"""

from __future__ import annotations

from itertools import chain
from math import inf, nan

from backprop_cli.data.files import wrong_kind
from backprop_cli.data.headings import named_before_units, with_unit
from backprop_cli.data.terms import TERMS, Reading, Terms, ValueText, declared_shape
from backprop_cli.engine.passes import forward
from backprop_cli.errors import BackpropError, Diagnostic, Source, shorten
from backprop_cli.graph import Value, lower
from backprop_cli.language.letters import plain_name
from backprop_cli.language.parser import MOST_ERRORS, parse
from backprop_cli.lean import Any, Callable, Iterator, Mapping, Sequence
from backprop_cli.text import all_finite, rounded

_ANY = Terms(allow_nonfinite=True)
# What is wrong with the text of a value, rather than with the number that it is.
_OF_SPELLING = frozenset(
    {"V305", "V306", "S101", "S102", "S103", "S106", "S107", "S109", "S112", "N201", "N202", "N203", "N204"}
)
_NONFINITE = {"nan": nan, "inf": inf, "+inf": inf, "-inf": -inf}


def _messages() -> Any:
    """The words for what is wrong, imported when something is."""
    from backprop_cli.data import messages

    return messages


def split_bindings(assignments: list[str]) -> dict[str, ValueText]:
    """The text of the value that each `name=value` has; all that is wrong with them is reported at once."""
    values: dict[str, ValueText] = {}
    wrong: list[Diagnostic] = []
    if not all(word.find("=") > 0 and word[-1] != "=" for word in assignments):
        from backprop_cli.data.pieces import joined

        assignments = joined(assignments)
    for text in assignments:
        source = Source("binding", text)
        name, equals, value = text.partition("=")
        name = plain_name(name.strip())
        try:
            if not equals:
                raise _messages().not_a_binding(source, _readable)
            if name in values:
                help_ = "give it one value"
                raise _messages().wrong("N208", f"`{shorten(name)}` is bound twice", source, 0, len(name), help_)
            values[name] = ValueText(source, len(text) - len(value))
        except BackpropError as error:
            wrong += error.diagnostics
    if wrong:
        read_values(values, Terms(allow_nonfinite=True), wrong)
    return values


def read_values(
    bindings: Mapping[str, Any], terms: Terms = TERMS, wrong: Sequence[Diagnostic] = ()
) -> dict[str, Value]:
    """The value of each name; all that is wrong with names and values, and what was before, is reported at once."""
    values: dict[str, Value] = {}
    diagnostics = list(wrong)
    left = terms.max_elements  # for all of them together
    for name, given in bindings.items():
        try:
            _check_name(name, given)
            values[name] = read_value(given, name, terms)
            left -= values[name].size if hasattr(values[name], "shape") else 0
            if left < 0:
                raise _messages().too_many_elements(name, source_of(name, given), terms.max_elements)
        except BackpropError as error:
            diagnostics += _as_others_have_it(given, error.diagnostics)
    if diagnostics:
        raise BackpropError(*diagnostics[:MOST_ERRORS])
    return values


def together(bindings: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of a mapping and of keywords. Raises BackpropError (V305, N208) for no mapping and a name in both."""
    if bindings is None:
        return keywords
    try:
        found = {**bindings}
    except TypeError:
        message = f"the values are of type `{type(bindings).__name__}`; expected names with values"
        raise BackpropError(Diagnostic("V305", message, (), "give `x=2`, or a mapping: `{'x': 2}`")) from None
    if twice := [name for name in found if name in keywords]:
        message = f"`{shorten(str(twice[0]))}` is bound twice"
        raise BackpropError(Diagnostic("N208", message, (), "give it one value, in the mapping or as a keyword"))
    return {**found, **keywords}


def _as_others_have_it(given: Any, found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """What is wrong with a binding, with the help to write what another tool has there in our spelling."""
    if not isinstance(given, ValueText) or found[0].code not in _OF_SPELLING:
        return found
    help_ = _messages().in_our_spelling(given.source.text, _readable)
    return [found[0]._replace(help=help_)] if help_ else found


def _readable(value: str) -> Value:
    """A value that a help line has, to see that it is one."""
    return constant(value, terms=_ANY)


def _check_name(name: str, given: Any) -> None:
    """Refuse what is no name."""
    if not (name.isascii() and name.isidentifier()):
        raise _messages().not_a_name(name, source_of(name, given))


def source_of(name: str, given: Any) -> Source:
    """A binding as text: as it was written, or as it can be."""
    if isinstance(given, ValueText):
        return given.source
    known = isinstance(given, int | float) or hasattr(given, "shape")
    return Source("binding", f"{name}={rounded(given) if known else shorten(str(given))}")


def read_value(given: Any, name: str = "value", terms: Terms = TERMS) -> Value:
    """A number or an array from what the library is given: a number, a constant expression, what NumPy reads.

    Raises BackpropError (V306) for anything else.
    """
    if isinstance(given, ValueText):
        return _value(given.source.text[given.start :], given.source, given.start, terms, name)
    if isinstance(given, str):
        return _value(given, Source(name, given), 0, terms, name)
    if hasattr(given, "filled"):
        _messages().refuse_masked(name, given)
    try:
        if isinstance(given, float):
            value: Value = float(given)
        else:
            from backprop_cli.data.nearest_doubles import nearest_doubles

            value, said = nearest_doubles(given)
            terms.note(name, said)
    except (TypeError, ValueError, OverflowError):
        raise _messages().not_numbers(name, given) from None
    if hasattr(value, "shape") and not value.size:
        raise _messages().no_elements(name, value.shape)
    return _finite(value, lambda: source_of(name, value), 0, terms)


def constant(text: str, name: str = "value", terms: Terms = TERMS) -> Value:
    """The number or array that a constant expression is."""
    return _value(text, Source(name, text), 0, terms, name)


def _value(text: str, source: Source, offset: int, terms: Terms, name: str) -> Value:
    stripped = text.strip()
    if len(stripped) < 16 and stripped.lstrip("-").replace(".", "", 1).isdigit() and stripped.isascii():
        return _plain(stripped)
    if not stripped:
        at = max(offset - 1, 0)
        help_ = "write `name=value`, such as `x=-2`" if source.name == "binding" else "write a number"
        raise _messages().wrong("V305", "the value is missing", source, at, at + 1, help_)
    if stripped == "@":
        help_ = f"`@` goes before a file's name, such as `{shorten(name)}=@{shorten(name)}.npy`"
        raise _messages().wrong("V305", "the file's name is missing", source, offset, len(source.text), help_)
    if stripped.startswith("@"):
        from backprop_cli.data.value_files import read_one

        path, found = read_one(stripped[1:], name, terms)
        return _number(path, name, found, terms)
    if shape := declared_shape(stripped):
        raise _messages().only_a_shape(name, shape, source, offset)
    number = _NONFINITE.get(stripped.lower())
    if number is None:
        _messages().refuse_file_name(stripped, source, offset)
        # Blanks for `name=` keep the places of a diagnostic those of the whole binding.
        padded = Source(source.name, " " * offset + text)
        try:
            program = parse(padded)
            graph = lower(program, given=())
            if graph.needs_shapes:
                from backprop_cli.graph.shapes import infer

                infer(graph, {}, seed=terms.seed, stream=name, max_elements=terms.max_elements)
        except BackpropError as error:
            raise BackpropError(*(_constant_error(d, source) for d in error.diagnostics)) from None
        if len(program.statements) > 1 or program.statements[0].name or "juxtaposed" in program.ops:
            raise _messages().not_a_value(stripped, source, offset)
        terms.note(name, "; ".join(remark.message for remark in graph.remarks if remark.code == "precision"))
        number = forward(graph, {})[graph.output]
    return _finite(number, lambda: source, offset, terms)


def _plain(digits: str) -> float:
    """A short decimal number without an exponent, the quick way."""
    sign = -1 if digits.count("-") % 2 else 1
    return sign * float(digits.lstrip("-"))


def _finite(number: Value, source: Callable[[], Source], offset: int, terms: Terms) -> Value:
    """The number, refused where it is not finite; `source` is asked for the text only then, which takes time."""
    if not terms.allow_nonfinite and not all_finite(number):
        help_ = "`--allow-nonfinite` lets infinities and NaN through"
        message = f"the value is {rounded(number)}, which is not a finite number"
        if hasattr(number, "shape"):
            message = f"the value has elements that are not finite: {rounded(number)}"
        text = source()
        raise _messages().wrong("V304", message, text, offset, len(text.text), help_)
    return number


def _constant_error(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    """The diagnostic of a value's expression, told in terms of the binding."""
    labels = tuple(label._replace(source=source) for label in diagnostic.labels)
    if diagnostic.code == "N202":
        name = source.text[labels[0].start : labels[0].end]
        help_ = "a value is a number or a constant expression, such as `x=-2` or `x=pi/2`"
        return Diagnostic("V306", f"`{shorten(name)}` is not a number", labels, help_)
    return diagnostic._replace(labels=labels)


# -- files ---------------------------------------------------------------------------------------------


class FileValues(Mapping[str, Value]):
    """The values of files, the later ones first; one is read, and found wrong, when it is asked for."""

    def __init__(self, files: Mapping[str, Mapping[str, Any]], terms: Terms) -> None:
        self.files = files
        self.terms = terms

    @property
    def noted(self) -> Mapping[str, str]:
        """A remark on each name whose value is not what the file has."""
        return self.terms.noted or {}

    def __getitem__(self, name: str) -> Value:
        for path, found in reversed([*self.files.items()]):
            typed = name if name in found else _typed(found, name)
            if typed == name and name not in found and (typed := with_unit(found, name) or name) != name:
                self.terms.note(name, Reading(f"the column `{shorten(typed)}`"))
            if typed in found or len(self.files) == 1:  # a table alone says which columns it has
                return _number(path, name, found[typed], self.terms)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        headings = [*dict.fromkeys(map(plain_name, chain(*self.files.values())))]
        return iter(dict.fromkeys([*headings, *named_before_units(headings)]))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _typed(found: Mapping[str, Any], name: str) -> str:
    """How a file spells a name: `θ` for `theta`."""
    return next((key for key in found if not key.isascii() and plain_name(key) == name), name)


def read_vars(paths: Sequence[str], terms: Terms = TERMS) -> Mapping[str, Value]:
    """The values in TOML, JSON, NPZ and CSV files: names, each a number, an array or a constant expression in quotes.

    Nobody looks at a value whose name is not used.
    """
    from backprop_cli.data.value_files import read_many

    return FileValues({path: read_many(path, terms) for path in paths}, terms)


def _number(path: str, name: str, value: Any, terms: Terms) -> Value:
    """A value out of a file: a number, an array, lists of numbers, or a constant expression in quotes."""
    from backprop_cli.data.documents import BEYOND

    if isinstance(value, int) and abs(value) >= BEYOND:
        value = str(value)  # read as a text, it is told what it is
    if isinstance(value, str) and value.lstrip().startswith("@"):
        raise wrong_kind(path, f"`{shorten(name)}` names another file, which only the command line may")
    if isinstance(value, str):
        return _value(value, Source(f"{name} in {path}", value), 0, terms, name)
    if isinstance(value, list):
        from backprop_cli.data.arrays import checked_lists

        checked_lists(path, name, value)
    if isinstance(value, bool) or not (hasattr(value, "dtype") or isinstance(value, int | float | list)):
        kind = {dict: "a table", bool: "a truth value", type(None): "null"}.get(type(value), "no number")
        raise wrong_kind(path, f"`{shorten(name)}` is {kind}; expected a number or an array")
    number: Value
    if isinstance(value, float):
        number = float(value)  # NumPy's are another type, whose arithmetic warns
    else:
        from backprop_cli.data.nearest_doubles import nearest_doubles

        number, said = nearest_doubles(value)
        terms.note(name, said)
    return _finite(number, lambda: Source(path, f"{name} = {rounded(number)}"), 0, terms)
