"""A suite in TOML: a table `[[case]]` for each case.

    rtol = 1e-9                                    # at the top: for every case that has none

    [[case]]
    name = "(x+y)z"
    program = "q = x + y; f = q*z"
    bindings = { x = -2, y = 5, z = -4 }
    value = -12
    gradients = { x = -4, q = -4 }
    claims = ["df/dz = x + y"]

It answers cases, or an error with the line and the column of every key that is wrong.
"""

from __future__ import annotations

import re

from backprop_cli.check.tolerances import Tolerance
from backprop_cli.check.verdict import AGREES, UNDECIDED
from backprop_cli.data.documents import refuse_long_keys
from backprop_cli.data.files import malformed
from backprop_cli.data.toml_values import help_at, place_of
from backprop_cli.errors import CODES, BackpropError, Diagnostic, Source, nearest, shorten
from backprop_cli.lean import Any, Mapping
from backprop_cli.report.notes import NOTE_CODES
from backprop_cli.suites.case import VERDICTS, Case, Digits, Written, beside, read_number
from backprop_cli.suites.places import Outline, Place, wrong

_TOP = ("title", "rtol", "atol", "case")
_KEYS = (
    "name", "source", "program", "bindings", "value", "values", "locals", "gradients", "claims", "rtol", "atol",
    "notes", "error", "verdict",
)  # fmt: skip
_MEANT = {
    "at": "bindings", "point": "bindings", "inputs": "bindings", "expected": "value",
    "result": "value", "formula": "program", "expression": "program", "derivatives": "gradients", "title": "name",
}  # fmt: skip
_LONG = re.compile(r"""\s*=\s*(?:\"{3}|'{3})\r?\n""")  # a text that begins in the next line
_GRADIENT = re.compile(r"[d∂]\w+\s*/\s*[d∂](\w+)")


def read_toml(path: str, text: str) -> list[Case]:
    """The cases of a suite.

    Raises BackpropError (F603, F604) with everything that is wrong with it.
    """
    return _Reader(path, text).cases()


class _Reader:
    """The one reading of a file: what is wrong is gathered, and told at the end."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.wrong: list[Diagnostic] = []
        self.outline = Outline(text)

    def cases(self) -> list[Case]:
        top = self._toml()
        self._check_keys(top, _TOP, None)
        tables = top.get("case")
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self._wrong("it holds no cases: write tables `[[case]]`", self.outline.place(None, "case"))
            tables = []
        self._kind(top, "title", str, "a text", None)
        defaults = {key: self._tolerance(top, key, None) for key in ("rtol", "atol")}
        found = [self._case(number, table, defaults) for number, table in enumerate(tables)]
        if self.wrong:
            self.wrong.sort(key=lambda diagnostic: diagnostic.labels[0].start)
            raise BackpropError(*self.wrong)
        return found

    def _toml(self) -> dict[str, Any]:
        import tomllib

        refuse_long_keys(self.path, self.text)
        try:
            return tomllib.loads(self.text, parse_float=Digits)
        except tomllib.TOMLDecodeError as error:
            raise self._malformed(str(error)) from None
        except ValueError:
            raise self._malformed("it has a whole number of more than 4300 digits") from None
        except RecursionError:
            raise self._malformed("it is nested too deeply") from None

    def _malformed(self, why: str) -> BackpropError:
        words, start = place_of(why, self.text)
        if start is None:
            return malformed(self.path, self.text, "usable TOML", why)
        message = f"not TOML: {words[:1].lower()}{shorten(words[1:], 200)}"
        return BackpropError(
            wrong("F603", self.path, self.text, Place(start, start + 1), message, help_at(self.text, start))
        )

    def _case(self, number: int, table: Mapping[str, Any], defaults: Mapping[str, float | None]) -> Case:
        self._check_keys(table, _KEYS, number)
        header = self.outline.place(number)
        name = self._kind(table, "name", str, "a text", number) or f"case {number + 1}"
        program = self._kind(table, "program", str, "a text", number)
        if program is None and "program" not in table:
            self._wrong("this case has no `program`", header)
        claims = self._texts(table, "claims", number)
        lines = self._lines(table, claims, number)
        notes = self._texts(table, "notes", number, NOTE_CODES) if "notes" in table else None
        verdict = self._one_of(table, "verdict", VERDICTS, number) or AGREES
        rtol, atol = (
            self._tolerance(table, key, number) if key in table else defaults[key] for key in ("rtol", "atol")
        )
        case = Case(
            path=self.path,
            line=self.outline.line(header),
            name=" ".join(name.split()) or f"case {number + 1}",
            program=Source(f"{self.path}:{self.outline.line(self.outline.place(number, 'program'))}", program or ""),
            bindings=self._bindings(table, number),
            lines=lines,
            published=self._kind(table, "source", str, "a text", number) or "",
            value=self._number(table["value"], number, "value") if "value" in table else None,
            values=self._numbers(table, "values", number),
            locals=self._numbers(table, "locals", number),
            gradients=self._gradients(table, number),
            claims=tuple(Source(f"{self.path}:{lines[f'claims.{n}']}", claim) for n, claim in enumerate(claims)),
            tolerance=Tolerance(rtol, atol or 0.0),
            notes=None if notes is None else frozenset(notes),
            error=self._one_of(table, "error", tuple(CODES), number) or "",
            verdict=verdict,
        )
        if not (case.asks or self.wrong):
            self._wrong("this case says nothing that could turn out wrong", header, "give it a `value` or `gradients`")
        if verdict == UNDECIDED and (case.value or case.gradients):
            message = "`cannot decide` is a verdict on claims; a number agrees or differs"
            self._wrong(message, self.outline.place(number, "verdict"))
        return case

    def _lines(self, table: Mapping[str, Any], claims: list[str], number: int) -> dict[str, int]:
        found = {key: self.outline.line(self.outline.place(number, key)) for key in table}
        for key in ("values", "locals", "gradients"):
            for name in names if isinstance(names := table.get(key), dict) else ():
                found[f"{key}.{name}"] = self.outline.line(self.outline.place(number, key, name))
        if _LONG.match(self.text, self.outline.place(number, "program").end):
            found["program"] += 1
        place = self.outline.place(number, "claims")
        for count, claim in enumerate(claims):
            place = self.outline.after(place, claim)
            found[f"claims.{count}"] = self.outline.line(place)
        return found

    def _bindings(self, table: Mapping[str, Any], number: int) -> dict[str, float | str]:
        found: dict[str, float | str] = {}
        for name, given in (self._kind(table, "bindings", dict, "a table", number) or {}).items():
            if isinstance(given, str):
                found[name] = beside(self.path, given)  # whatever is wrong with it is the case's to find
            elif written := self._number(given, number, "bindings", name):
                found[name] = written.number
        return found

    def _gradients(self, table: Mapping[str, Any], number: int) -> dict[str, Written]:
        for name in given if isinstance(given := table.get("gradients"), dict) else ():
            if called := _GRADIENT.fullmatch(name):
                place = self.outline.place(number, "gradients", name)
                help_ = f'write `{called[1]} = …`; a claim is `claims = ["{shorten(name)} = …"]`'
                self._wrong(f"`{shorten(name)}`: a gradient goes by the name of its input", place, help_)
        return self._numbers(table, "gradients", number)

    def _numbers(self, table: Mapping[str, Any], key: str, number: int) -> dict[str, Written]:
        given = self._kind(table, key, dict, "a table", number) or {}
        read = {name: self._number(number_, number, key, name) for name, number_ in given.items()}
        return {name: written for name, written in read.items() if written}

    def _number(self, given: Any, number: int | None, *keys: str) -> Written | None:
        written = read_number(given, self.path)
        if isinstance(written, Written):
            return written
        self._wrong(f"`{shorten(keys[-1])}`: {written}", self.outline.place(number, *keys))
        return None

    def _tolerance(self, table: Mapping[str, Any], key: str, number: int | None) -> float | None:
        if key not in table:
            return None
        written = self._number(table[key], number, key)
        if written and not 0 <= written.number < 1e300:
            self._wrong(f"`{key}` is a number that is not negative", self.outline.place(number, key))
        return written.number if written else None

    def _kind(self, table: Mapping[str, Any], key: str, type_: type, word: str, number: int | None) -> Any:
        given = table.get(key)
        if given is None or isinstance(given, type_):
            return given
        self._wrong(f"`{key}` is {word}", self.outline.place(number, key))
        return None

    def _texts(
        self, table: Mapping[str, Any], key: str, number: int, known: Mapping[str, str] | None = None
    ) -> list[str]:
        given = table.get(key, [])
        place = self.outline.place(number, key)
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            self._wrong(f"`{key}` is a list of texts", place)
            return []
        for text in given if known is not None else ():
            if known is not None and text not in known:
                self._unknown(f"`{shorten(text)}` is no note", text, list(known), place)
        return given

    def _one_of(self, table: Mapping[str, Any], key: str, known: tuple[str, ...], number: int) -> str | None:
        given: str | None = self._kind(table, key, str, "a text", number)
        if given is not None and given not in known:
            self._unknown(f"`{shorten(given)}` is no {key}", given, list(known), self.outline.place(number, key))
        return given

    def _check_keys(self, table: Mapping[str, Any], known: tuple[str, ...], number: int | None) -> None:
        for key in table:
            if key not in known:
                where = "a case" if number is not None else "a suite"
                message = f"{where} has no `{shorten(key)}`"
                meant = [_MEANT[key]] if number is not None and key in _MEANT else list(known)
                self._unknown(message, key, meant, self.outline.place(number, key))

    def _unknown(self, message: str, word: str, known: list[str], place: Place) -> None:
        near = known if len(known) == 1 else nearest(word, known)
        self._wrong(message, place, f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known[:12])}")

    def _wrong(self, message: str, place: Place, help_: str = "") -> None:
        self.wrong.append(wrong("F604", self.path, self.text, place, message, help_))
