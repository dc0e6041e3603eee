"""A diagnostic, or a note, as a picture: the words, the line of the source, carets under the place, the help."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Label, shorten
from backprop_cli.lean import Iterator
from backprop_cli.render.style import Style, visible
from backprop_cli.render.wrapping import wrapped

_EXCERPT = 72  # characters of a source line
_LOOKS = {"error": "1;31", "note": "1;33"}
_BEFORE = 24  # of them before the place, where the line is longer


def picture(diagnostic: Diagnostic, style: Style, severity: str = "error") -> Iterator[str]:
    """The lines of the picture; bounded in number and in length whatever the source."""
    look = _LOOKS[severity]
    head = f"{severity}[{diagnostic.code}]:"
    words = wrapped(style.text(f"{head} {_one_line(diagnostic.message, 400)}"), style.width)
    yield words.replace(head, style.painted(head, look), 1)
    shown: tuple[str, int] | None = None
    for label in diagnostic.labels[:4]:
        number = label.source.text.count("\n", 0, label.start) + 1
        line, carets = excerpt(label, style)
        where = (label.source.name, number)
        if where != shown:
            named = "" if number == 1 and label.source.name in ("expression", "binding") else _place(label, number)
            if named:
                yield f"  {style.text(named)}\n"
            yield line
            shown = where
        import re

        yield re.sub(r"\^+", lambda found: style.painted(found[0], look), carets, count=1)
    if diagnostic.help:
        yield wrapped(style.text(f"help: {_one_line(diagnostic.help, 400)}"), style.width)


def excerpt(label: Label, style: Style) -> tuple[str, str]:
    """The line in which a place is, and the carets under it."""
    line, start, end = _line_of(label)
    shown, start, end = _excerpt(line, start, end, min(_EXCERPT, (style.width or 80) - 6))
    carets = f"  | {' ' * start}{'^' * max(1, end - start)} {style.text(label.text)}".rstrip()
    return f"  | {style.glyphs(shown)}\n", f"{carets}\n"


def _place(label: Label, number: int) -> str:
    name = shorten(visible(label.source.name), 60)
    return f"{name}:{number}" if "\n" in label.source.text else name


def _one_line(text: str, limit: int) -> str:
    return shorten(" ".join(text.split("\n")), limit)


def _line_of(label: Label) -> tuple[str, int, int]:
    """The source line in which the label starts, and the label's columns in it."""
    text = label.source.text
    begin = text.rfind("\n", 0, label.start) + 1
    finish = text.find("\n", label.start)
    finish = len(text) if finish < 0 else finish
    return text[begin:finish], label.start - begin, min(label.end, finish) - begin


def _excerpt(line: str, start: int, end: int, most: int) -> tuple[str, int, int]:
    """At most so many characters of the line around the place, made visible; the columns move along."""
    left, right = "", ""
    if len(line) > most:
        first = max(0, min(start - min(_BEFORE, most // 3), len(line) - most))
        left = "…" if first else ""
        right = "…" if first + most < len(line) else ""
        line = line[first : first + most]
        start, end = start - first, min(end - first, len(line))
    before, marked, after = (visible(part).replace("\t", " ") for part in (line[:start], line[start:end], line[end:]))
    return left + before + marked + after + right, len(left + before), len(left + before + marked)
