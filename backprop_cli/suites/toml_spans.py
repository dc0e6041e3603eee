"""Where in a TOML text every value is written, to the character: what `tomllib` reads and forgets.

    [[case]]
    gradients = { x = -4, W = [1, 2] }      # 0, "gradients", "x": the -4;   0, "gradients", "W", 1: the 2

The text is TOML that `tomllib` has read. Nothing here recurses, however deep its brackets are.
"""

from __future__ import annotations

import re
import tomllib

from backprop_cli.suites.places import Place

Path = tuple[int | str, ...]  # the number of the case (-1 at the top), then keys and positions in lists

# No expression tries a run in more than one way: `+` behind a quantifier gives nothing back.
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_QUOTED = r'"(?:[^"\\\n]|\\.)*+"|' + r"'[^'\n]*+'"
_KEY = re.compile(rf"[\w-]++|{_QUOTED}")
_ATOM = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}' + r"|'''(?:[^']|'(?!''))*+'{3,5}" + rf"|{_QUOTED}|[^\s,\[\]{{}}#=]++"
)


def spans(text: str) -> dict[Path, Place]:
    """The places of all values, those in inline tables and lists among them."""
    return _Scan(text).found


class _Scan:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.found = text, 0, dict[Path, Place]()
        case, prefix = -1, Path()
        self._skip()
        while self.at < len(text):
            if text[self.at] == "[":
                brackets = 2 if text.startswith("[[", self.at) else 1
                self.at += brackets
                keys = self._keys()
                self.at += brackets
                case += brackets == 2 and keys == ("case",)
                prefix = (case, *keys[1:]) if keys[:1] == ("case",) else (-1, *keys)
            else:
                self._pair(prefix or (-1,))
            self._skip()

    def _skip(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at

    def _keys(self) -> Path:
        """The parts of a dotted key; behind it are no blanks."""
        keys: list[str] = []
        while True:
            self._skip()
            found = _KEY.match(self.text, self.at)
            assert found is not None
            word = found[0]
            keys.append(tomllib.loads(f"k = {word}")["k"] if word[0] in "\"'" else word)
            self.at = found.end()
            self._skip()
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            self.at += 1

    def _pair(self, prefix: Path) -> None:
        """A key and its value, with all values inside of that."""
        path: Path = self._key(prefix)
        inside: list[tuple[Path, int, int]] = []  # of each open bracket: its path, its place, the elements before
        while True:
            self._skip()
            opening = self.text[self.at]
            if opening in "[{":
                inside.append((path, self.at, 0))
                self.at += 1
                self._skip()
                if self.text[self.at] not in "]}":
                    path = self._key(path) if opening == "{" else (*path, 0)
                    continue
            else:
                atom = _ATOM.match(self.text, self.at)
                assert atom is not None
                self.found[path] = Place(self.at, atom.end())
                self.at = atom.end()
            if not (path := self._next(inside)):
                return

    def _key(self, prefix: Path) -> Path:
        keys = self._keys()
        self.at += 1  # the =
        return (*prefix, *keys)

    def _next(self, inside: list[tuple[Path, int, int]]) -> Path:
        """Close brackets, as far as they are closed here; the path of the next value in the one that is open."""
        while inside:
            self._skip()
            outer, start, count = inside.pop()
            comma = self.text[self.at] == ","
            if comma:
                self.at += 1
                self._skip()
            if self.text[self.at] in "]}":
                self.at += 1
                self.found[outer] = Place(start, self.at)
            elif self.text[start] == "{":
                inside.append((outer, start, count))
                return self._key(outer)
            else:
                inside.append((outer, start, count + 1))
                return (*outer, count + 1)
        return ()
