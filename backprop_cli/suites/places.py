"""Places in a suite's text, and where in TOML cases and keys are written: `tomllib` reads values and forgets places.

Of TOML it knows headers, keys and long strings, line by line; what it cannot find it places at the header above.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from backprop_cli.errors import Diagnostic, Label, Source, shorten
from backprop_cli.lean import NamedTuple, Sequence

# No expression tries a run of blanks in more than one way: `+` behind a quantifier gives nothing back.
_HEADER = re.compile(r"\s*+(\[\[?)\s*+([^\[\]]++)\]")
_KEY = re.compile(r"""\s*+((?:[\w-]++|"[^"]*+"|'[^']*+')(?:\s*+\.\s*+(?:[\w-]++|"[^"]*+"|'[^']*+'))*+)\s*+=""")
_INLINE = r"""(?<![\w-])["']?{}["']?\s*="""
_LONG = ('"""', "'''")


class Place(NamedTuple):
    """A word of the text: where it starts and ends."""

    start: int
    end: int


def wrong(code: str, path: str, text: str, place: Place, message: str, help_: str = "") -> Diagnostic:
    """What is wrong with a file, said with the line and the column of the place."""
    line = text.count("\n", 0, place.start) + 1
    column = place.start - text.rfind("\n", 0, place.start)
    where = f"`{shorten(path, 80)}` at line {line}, column {column}"
    return Diagnostic(code, f"{where}: {message}", (Label(Source(path, text), *place),), help_)


class Outline:
    """The places of a TOML text: of its keys at the top, and of each `[[case]]`."""

    def __init__(self, text: str) -> None:
        self.text = text
        # One mapping a case, before them that of the top: `gradients.x`: its place.
        self._tables: list[dict[str, Place]] = [{}]
        self._starts = [0]
        prefix = ""
        inside = ""
        for line in _lines(text):
            begin = self._starts[-1]
            self._starts.append(begin + len(line))
            if inside:
                inside = "" if inside in line else inside
                continue
            if header := _HEADER.match(line):
                words = _words(header[2])
                if header[1] == "[[" and words == ["case"]:
                    self._tables.append({"": Place(begin + header.start(1), begin + header.end())})
                prefix = ".".join(words[1:]) if words[:1] == ["case"] else ".".join(words)
                written = header[2].rstrip()
                self._tables[-1].setdefault(
                    prefix, Place(begin + header.start(2), begin + header.start(2) + len(written))
                )
            elif key := _KEY.match(line):
                path = ".".join([*filter(None, [prefix]), *_words(key[1])])
                self._tables[-1].setdefault(path, Place(begin + key.start(1), begin + key.end(1)))
                for quote in _LONG:
                    if line.count(quote, key.end()) % 2:
                        inside = quote

    def place(self, case: int | None, *keys: str) -> Place:
        """Where a key of a case (None: of the top) is written, or else what it belongs to."""
        number = 0 if case is None else case + 1
        table = self._tables[number] if number < len(self._tables) else self._tables[0]
        for count in range(len(keys), -1, -1):
            path = ".".join(keys[:count])
            if path not in table:
                continue
            found = table[path]
            if count < len(keys):  # in an inline table: `gradients = { x = 1 }`
                finish = self.text.find("\n", found.end)
                rest = self.text[found.end : finish if finish >= 0 else len(self.text)]
                if inner := re.search(_INLINE.format(re.escape(keys[count])), rest):
                    word = re.search(re.escape(keys[count]), inner[0])
                    assert word is not None
                    start = found.end + inner.start() + word.start()
                    return Place(start, start + len(keys[count]))
            return found
        return Place(0, 0)

    def after(self, place: Place, text: str) -> Place:
        """Where a text stands next after a place, or that place."""
        start = self.text.find(text, place.start)
        return Place(start, start + len(text)) if start >= 0 else place

    def line(self, place: Place) -> int:
        """The number of the line in which a place starts."""
        return bisect_right(self._starts, place.start)


def _lines(text: str) -> list[str]:
    """The lines with their ends, which in TOML are line feeds and nothing else."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _words(dotted: str) -> Sequence[str]:
    return [word.strip().strip("\"'") for word in dotted.split(".")]
