"""Numbers, arrays and indices as text: the shortest that reads back to the same doubles, or rounded for reading.

It knows no graph, and NumPy only as the arrays that come in.
"""

from __future__ import annotations

from math import inf, isfinite

from backprop_cli.lean import Any, Callable

__all__ = [
    "MOST_WHOLE", "READING_DIGITS", "SIDES", "WHOLE", "all_finite", "bytes_written", "elements", "in_lines",
    "index_text", "is_whole", "literal", "nested", "rounded", "shortest", "summary", "unblocked",
    "without_negative_zeros",
]  # fmt: skip

READING_DIGITS = 6
_WHOLE_IN_FULL = 1e15
WHOLE = 12  # elements; of larger arrays a summary is shown
MOST_WHOLE = 100  # where all rows are asked for
_WHOLE_WIDTH = 48  # characters
_BRIEF_WIDTH = 32
SIDES = (6, 6)  # rows and columns of a matrix that is shown in lines
_ANY_WIDTH = 1 << 30
_BRIEF_DIGITS = 3


def shortest(number: Any) -> str:
    """The shortest text that reads back to the same double: `9`, `0.1`, `1e-05`, `-0`, `inf`, `nan`.

    Of an array it is a literal without blanks: `[[1,2],[3,4]]`.
    """
    if hasattr(number, "tolist"):
        return nested(number.tolist(), shortest, ",")
    text = repr(float(number))
    return text.removesuffix(".0")


def rounded(
    number: Any, digits: int | None = None, *, brief: bool = False, whole: int = WHOLE, reading: int = READING_DIGITS
) -> str:
    """Rounded to significant digits for reading: `reading` of them by default, whole numbers below 10^15 in full.

    A small array is shown whole; of a large one its range and its length (the square root of the sum of squares).
    `brief` is for places where arrays have little room.
    """
    if hasattr(number, "tolist"):
        return summary(number, digits, brief=brief, whole=whole, reading=reading)
    if not isfinite(number):
        return shortest(number)
    if number == 0:
        return "0"
    if digits is None:
        if number == int(number) and abs(number) < _WHOLE_IN_FULL:
            return str(int(number))
        if 10**reading <= abs(number) < 10**READING_DIGITS:  # 1235 rather than 1.23e+03
            return f"{number:.0f}"
        digits = reading
    return f"{number:.{digits}g}"


def literal(number: Any, digits: int | None = None) -> str:
    """A number or an array as it could be typed, in full or rounded."""
    if digits is None:
        return shortest(number)
    if hasattr(number, "tolist"):
        return nested(number.tolist(), lambda element: rounded(element, digits), ",")
    return rounded(number, digits)


def summary(
    array: Any, digits: int | None = None, *, brief: bool = False, whole: int = WHOLE, reading: int = READING_DIGITS
) -> str:
    """An array in one line: `[[1, 2], [3, 4]]`, or `-0.4 … 0.4, norm 5.5` and how many elements are not finite.

    Arrays of at most `whole` elements are shown whole; without a wish for more, only in one short line. In brief the
    line is shorter, and of the others the range alone is said.
    """
    width = _BRIEF_WIDTH if brief else _WHOLE_WIDTH if whole <= WHOLE else _ANY_WIDTH
    if text := _whole(array, digits, width, WHOLE if brief else whole, reading):
        return text
    finite = array[abs(array) < float("inf")]
    odd = array.size - finite.size
    tail = f", {odd:,} not finite" if odd else ""
    if not finite.size:
        return f"{odd:,} elements, none finite"
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return f"{rounded(low, digits, reading=reading)} everywhere" + (f" else{tail}" if odd else "")
    few = min(digits or 4, _BRIEF_DIGITS) if brief else digits or 4
    if brief:
        return f"{rounded(low, few)} … {rounded(high, few)}{tail}"
    scale = max(abs(low), abs(high))
    length = scale * float((((finite / scale) ** 2).sum()) ** 0.5)
    return f"{rounded(low, few)} … {rounded(high, few)}, norm {rounded(length, few)}{tail}"


def in_lines(array: Any, digits: int | None = None, *, whole: int = WHOLE, sides: tuple[int, int] = SIDES) -> str:
    """An array as `rounded` has it where that is whole, else a matrix of few rows and columns in as many lines as rows.

    `sides` are the most rows and columns, the first also of a vector's elements; the numbers stand in columns:

        [[-0.0634921, -0.0544218],
         [   1.42857,    1.22449]]
    """
    if not hasattr(array, "tolist"):
        return rounded(array, digits)
    short = _whole(array, digits, _WHOLE_WIDTH, WHOLE)
    if short or not 1 <= array.ndim <= 2:
        return short or summary(array, digits, whole=whole)
    if any(n > most for n, most in zip(array.shape, sides, strict=False)) and array.size > (whole > WHOLE) * whole:
        return summary(array, digits, whole=whole)
    if array.ndim == 1 or not array.size:
        return nested(array.tolist(), lambda number: rounded(number, digits), ", ")
    rows = [[rounded(number, digits) for number in row] for row in array.tolist()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [", ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
    return "[[" + "],\n [".join(lines) + "]]"


def unblocked(text: str) -> str:
    """A text with what `in_lines` made, on one line: `[[1, 2], [3, 4]]`."""
    if "\n" not in text:
        return text
    import re

    first, *others = text.split("\n")
    before, _, row = first.rpartition("[[")
    rows = [re.sub(r", +", ", ", line.lstrip(" [")) for line in (row, *others)]
    return f"{before}[[{' ['.join(rows)}"


def is_whole(number: Any, digits: int | None = None) -> bool:
    """Whether a number is short enough to be put into a formula; of an array, whether every element is shown."""
    return not hasattr(number, "tolist") or bool(_whole(number, digits, _WHOLE_WIDTH, WHOLE))


def _whole(array: Any, digits: int | None, width: int, most: int, reading: int = READING_DIGITS) -> str:
    """A small array element by element; nothing for one that would be wider."""
    if array.size > most:
        return ""
    text = nested(array.tolist(), lambda number: rounded(number, digits, reading=reading), ", ")
    return text if len(text) <= width else ""


def nested(values: Any, text_of: Callable[[float], str], separator: str) -> str:
    """Lists in lists as text, however deep, without recursion: arrays have few axes, but text is cheap to get right."""
    parts: list[str] = []
    waiting: list[Any] = [values]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, list):
            waiting.append("]")
            for k in range(len(item) - 1, -1, -1):
                waiting.append(item[k])
                if k:
                    waiting.append(separator)
            waiting.append("[")
        else:
            parts.append(text_of(item))
    return "".join(parts)


def elements(value: Any) -> list[float]:
    """A number alone, or the elements of an array in order."""
    return value.ravel().tolist() if hasattr(value, "tolist") else [value]


def all_finite(value: Any) -> bool:
    """Whether a number is finite, or every element of an array."""
    if hasattr(value, "tolist"):
        return not value.size or bool(-inf < value.min() <= value.max() < inf)
    return isfinite(value)


def has_nan(value: Any) -> bool:
    """Whether a number is NaN, or an element of an array."""
    if hasattr(value, "tolist"):
        return bool(value.size) and bool(value.min() != value.min())
    return bool(value != value)


def without_negative_zeros(value: Any) -> Any:
    """The gradient with +0 for -0: no sum of what flows is ever printed as -0."""
    return value + 0.0 if hasattr(value, "tolist") else value


def index_text(index: tuple[int, ...]) -> str:
    """`[0, 2]`, the place of an element; nothing for a number, which has none."""
    return str(list(index)) if index else ""


def bytes_written(count: float) -> str:
    """`134 MB`, in powers of ten."""
    if count >= 10**18:
        return "more than 1000 PB"
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000 or unit == "PB":
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.3g} {unit}"
        count /= 1000
    raise AssertionError
