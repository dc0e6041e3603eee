"""The statements of a backward pass as it was written down: comments, numbers of lines and headings of functions aside.

What is left out is blanked, so that every character keeps its place. What a statement says is not known here.
"""

from __future__ import annotations

import re

from backprop_cli.lean import Callable, Iterator

_TEXTS = re.compile(r"'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|/\*[\s\S]*?\*/")
_SURE = re.compile(r"#.*")
_PERHAPS = re.compile(r"//|(?<!\\)%|(?:^|(?<=\s))--(?=\s)")  # comments elsewhere, and signs here
_MARK = re.compile(
    r"""\s*(?:
      (?:[Ss]tep|[Ll]ine)\s*\d+\s*[.:)]?\s | \(?\d+\s*[.):]\)?(?=\s) | \(?[a-hA-H]\)(?=\s) | \[\d+\]:?(?=\s)
    | [-*•–—▸→⇒](?=\s.*?[^=<>!]=) | >>> | \\item\b | \\\[ | \\begin\{\w+\*?\} | \$\$?(?=.*\$)
    )""",
    re.VERBOSE,
)
_TAIL = re.compile(r"(?:\\\\|\\\]|\$\$?|\\end\{\w+\*?\}|[;,.])\s*$")
_NOTHING = re.compile(
    r"(?:import|from)\s.*|pass|def\s.*:|print\s*\(.*\)|\\(?:begin|end)\{\w+\*?\}|\\\[|\\\]|```\w*|\$\$"
)
_GOES_ON = re.compile(r"[+*/@·×⋅](?!=)|-(?![=\s]*$)")
_WAITS = re.compile(r"(?:[-+*/@^(\[{]|(?<!\\)\\)$")


def statements(text: str, is_formula: Callable[[str], bool]) -> tuple[str, list[tuple[int, int]]]:
    """The text with blanks in the place of what says nothing, and where in it each statement begins and ends.

    What stands behind `//`, `%` or `--` is a comment unless `is_formula` says that it can be computed.
    """
    plain = list(text)

    def blank(start: int, end: int) -> None:
        for k in range(start, end):
            if plain[k] != "\n":
                plain[k] = " "

    for found in _TEXTS.finditer(text):
        blank(*found.span())
    begin = 0
    for line in "".join(plain).splitlines(keepends=True):
        if (start := _comment(line, is_formula)) is not None:
            blank(begin + start, begin + len(line))
        begin += len(line)
    spans: list[tuple[int, int]] = []
    for start, end in _logical(plain):
        bare = "".join(plain[start:end])
        mark = _MARK.match(bare)
        if mark and bare[mark.end() :].strip():
            blank(start, start + mark.end())
        while tail := _TAIL.search("".join(plain[start:end])):
            blank(start + tail.start(), end)
        for k in range(start, end):
            if plain[k] == "\n" or (plain[k] == "&" and plain[k + 1 : k + 2] == ["="]):
                plain[k] = " "  # one formula on several lines, or aligned
        whole = "".join(plain[start:end])
        first, last = start + len(whole) - len(whole.lstrip()), start + len(whole.rstrip())
        if first < last and not _NOTHING.fullmatch(whole.strip()):
            spans += _parted(plain, first, last)
    return "".join(plain), spans


def _comment(line: str, is_formula: Callable[[str], bool]) -> int | None:
    """Where a comment begins in a line; None without one."""
    found = _SURE.search(line)
    start = found.start() if found else len(line.rstrip("\n"))
    for sign in _PERHAPS.finditer(line[:start]):
        rest = line[sign.end() : start].strip()
        if not rest or not is_formula(rest):
            start = sign.start()
            break
    return start if start < len(line.rstrip("\n")) else None


def _logical(plain: list[str]) -> Iterator[tuple[int, int]]:
    """Where lines begin and end, of which one may go on in the next."""
    text = "".join(plain)
    start, depth, at = 0, 0, 0
    lines = text.splitlines(keepends=True)
    margin = 0
    for number, line in enumerate(lines):
        if depth == 0 and at > start and not text[start:at].strip():
            start = at
        if at == start:
            margin = len(line) - len(line.lstrip())
        depth += sum(line.count(c) for c in "([{") - sum(line.count(c) for c in ")]}")
        at += len(line)
        bare = line.rstrip()
        if bare.endswith("\\") and not bare.endswith("\\\\"):
            plain[at - len(line) + len(bare) - 1] = " "
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        deeper = len(following) - len(following.lstrip()) > margin
        goes_on = _GOES_ON.match(following.strip()) and (deeper or following.strip()[0] not in "-*")
        waits = (
            (depth > 0 and following.strip()) or (bare and _WAITS.search(bare)) or (bare and goes_on and "=" in bare)
        )
        if waits and not (goes_on and _MARK.match(following)):
            continue
        yield start, at
        start, depth = at, 0
    if start < len(text):
        yield start, len(text)


def _parted(plain: list[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The statements that `;` separates outside of brackets."""
    depth, start = 0, first
    for k in range(first, last + 1):
        sign = plain[k] if k < last else ";"
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ";" and (depth == 0 or k == last):
            part = "".join(plain[start:k])
            if part.strip():
                yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
            start = k + 1
