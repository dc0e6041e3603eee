"""A worksheet as a suite: a case an exercise, whose answers are blanks that `backprop check` takes for unanswered."""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.report.worksheet import Answer, Exercise, Worksheet
from backprop_cli.suites.case import UNANSWERED
from backprop_cli.text import literal


def suite_text(sheet: Worksheet, path: str) -> str:
    """The suite in TOML or Markdown, as the path ends. An exercise without blanks is left out.

    Raises BackpropError (U801) for another ending, and if none has any.
    """
    ending = path.lower().rpartition(".")[2]
    if ending not in _WRITERS:
        message = f"a suite is not written to `{shorten(path, 80)}`"
        raise BackpropError(Diagnostic("U801", message, (), "its name ends in .toml or .md"))
    graded = [exercise for exercise in sheet.exercises if any(exercise.answers(sheet.blank))]
    if not graded:
        message = "no exercise leaves a number blank that a suite could ask for"
        raise BackpropError(
            Diagnostic("U801", message, (), "a formula with an operation in it has some with `--blank all`")
        )
    return "".join(_WRITERS[ending](sheet._replace(exercises=tuple(graded))))


def _toml(sheet: Worksheet) -> Iterator[str]:
    yield f'# Put numbers in the place of each "{UNANSWERED}", then run `backprop check` with the name of this file.\n'
    for exercise in sheet.exercises:
        yield f'\n[[case]]\nname = "exercise {exercise.number}"\nprogram = {_quoted(exercise.text)}\n'
        point = (f"{_key(name)} = {literal(value)}" for name, value in exercise.point.items())
        yield f"bindings = {{ {', '.join(point)} }}\n" if exercise.point else ""
        for table, keys in _tables(exercise, sheet.blank).items():
            yield f"[case.{table}]\n"
            yield from (f'{key} = "{UNANSWERED}"\n' for key in map(_key, keys))


def _markdown(sheet: Worksheet) -> Iterator[str]:
    yield f"Put numbers in the place of each `{UNANSWERED}`, then run `backprop check` with the name of this file.\n"
    for exercise in sheet.exercises:
        yield f"\n```backprop exercise {exercise.number}\n{exercise.text.strip()}\n"
        point = (f"{name} = {literal(value)}" for name, value in exercise.point.items())
        yield f"at {', '.join(point)}\n" if exercise.point else ""
        tables = _tables(exercise, sheet.blank)
        yield from (f"{name} => {UNANSWERED}\n" for name in tables.get("values", ()))
        yield from (f"local {name} = {UNANSWERED}\n" for name in tables.get("locals", ()))
        yield from (f"gradient {name} = {UNANSWERED}\n" for name in tables.get("gradients", ()))
        yield "```\n"


_WRITERS = {"toml": _toml, "md": _markdown, "markdown": _markdown}
_TABLES = {"values": "values", "locals": "locals", "grads": "gradients"}


def _tables(exercise: Exercise, blank: frozenset[str]) -> Mapping[str, list[str]]:
    """The keys of each table of a case."""
    names: dict[str, list[str]] = {kind: [] for kind in _TABLES}
    for answer in exercise.answers(blank):
        names[answer.kind].append(_name(answer))
    return {_TABLES[kind]: found for kind, found in names.items() if found}


def _name(answer: Answer) -> str:
    return f"∂{answer.node}/∂{answer.along}" if answer.along else answer.node


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").isalnum()
    return name if bare else _quoted(name)


def _quoted(text: Any) -> str:
    """A basic string of TOML, which knows JSON's escapes."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
