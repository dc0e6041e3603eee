"""How to draw: width, colour, characters, digits; and user text made safe to show."""

from __future__ import annotations

from backprop_cli.lean import Any, NamedTuple
from backprop_cli.text import MOST_WHOLE, READING_DIGITS, SIDES, WHOLE, in_lines, rounded

_ASCII = {
    "∂": "d", "━": "-", "…": "...", "·": "*", "×": "x", "∞": "inf", "−": "-", "²": "^2", "³": "^3", "π": "pi",
    "∇": "grad_", "ε": "eps", "→": "->", "↑": "^", "◀": "<", "╳": "x",
}  # fmt: skip
_TO_ASCII = str.maketrans(_ASCII)
# C0, DEL, C1, soft hyphen, zero-width and bidirectional controls, line separators, byte order mark, surrogates, tags.
_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_MOST_COLUMNS = 10  # of a matrix that is an answer
# Values are green and gradients red, as in the lecture, and bold, so that colour is not all that tells them apart.
VALUE, GRAD = "32", "1;31"
FIGURE_DIGITS = 3


class Style(NamedTuple):
    """`width` None: as wide as the content; `digits` None: six significant, in figures three; `rows` None: all.

    Of a `fragment` there is no document around it. `nodes`: JSON of arrays has those of all nodes, not the results
    alone.
    """

    width: int | None = None
    color: bool = False
    ascii: bool = False
    digits: int | None = None
    rows: int | None = 40
    fragment: bool = False
    nodes: bool = False

    def text(self, text: str) -> str:
        """User text on one line, with nothing in it that a terminal would act upon."""
        return self.glyphs(visible(text).replace("\n", " ").replace("\t", " "))

    def glyphs(self, text: str) -> str:
        """Our own signs, in ASCII where only that can be shown."""
        if not self.ascii:
            return text
        return text.translate(_TO_ASCII).encode("ascii", "backslashreplace").decode()

    def number(self, number: Any, *, brief: bool = False, reading: int = READING_DIGITS) -> str:
        """A number rounded for reading, an array whole or in summary; nothing where there is none."""
        whole = MOST_WHOLE if self.rows is None else WHOLE
        if number is None:
            return ""
        return self.glyphs(rounded(number, self.digits, brief=brief, whole=whole, reading=reading))

    def figure_number(self, number: Any, *, brief: bool = False) -> str:
        """The same for a figure, whose labels have room for few digits."""
        return self.number(number, brief=brief, reading=FIGURE_DIGITS)

    def block(self, number: Any, *, answer: bool = False) -> str:
        """The same, but that a small matrix is shown in lines; as an `answer` also one of up to `rows` rows."""
        whole = MOST_WHOLE if self.rows is None else WHOLE
        sides = (max(SIDES[0], MOST_WHOLE if self.rows is None else self.rows), _MOST_COLUMNS) if answer else SIDES
        return "" if number is None else self.glyphs(in_lines(number, self.digits, whole=whole, sides=sides))

    def painted(self, text: str, look: str) -> str:
        """The text in a look (an ANSI code, such as `32` for green), where there is colour."""
        return f"\x1b[{look}m{text}\x1b[0m" if self.color and text and look else text


def visible(text: str) -> str:
    """The text with control, bidirectional and zero-width characters written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    import re

    return re.sub(_UNSAFE, lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text)
