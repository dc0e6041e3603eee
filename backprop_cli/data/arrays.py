"""Arrays out of files: NPY and NPZ (NumPy's own formats), and lists out of JSON or TOML. All become doubles.

No file is trusted: pickles are refused, a size is compared with the limits before it is allocated, and numbers are read
rather than mapped, so that a file which shrinks meanwhile is a damaged one and no SIGBUS.
"""

from __future__ import annotations

import os
import tokenize
import zipfile
import zlib

import numpy as np

from backprop_cli.data.documents import BEYOND, OutOfRange
from backprop_cli.data.files import malformed, unreadable, wrong_kind
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten
from backprop_cli.graph.literals import out_of_range
from backprop_cli.lean import Any, Iterator, Mapping
from backprop_cli.numeric.shapes import MOST_AXES, size

_NONFINITE = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
# What broken headers and archives raise, encrypted ones (RuntimeError) and deeply nested headers (MemoryError) too.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, ArithmeticError, ValueError, TypeError, LookupError, SyntaxError,
    RuntimeError, MemoryError, tokenize.TokenError,
)  # fmt: skip


def read_npy(path: str, max_elements: int) -> Any:
    """The array of an NPY file in its own type, or the number of one without axes."""
    try:
        with open(path, "rb") as file:
            there = os.fstat(file.fileno()).st_size if os.path.isfile(path) else None
            return _read(path, "", file, there, max_elements)
    except OSError as error:
        raise unreadable(path, error) from None
    except _BROKEN as error:
        raise _damaged(path, "NPY", error) from None


class _Archive(Mapping[str, Any]):
    """The arrays of an NPZ file; one is read, and found wrong, when somebody asks for it."""

    def __init__(self, path: str, max_elements: int) -> None:
        self.path = path
        self.max_elements = max_elements
        self.sizes: dict[str, int] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except OSError as error:
            raise unreadable(path, error) from None
        except _BROKEN as error:
            raise _damaged(path, "NPZ", error) from None
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name in self.sizes:
                raise _damaged(path, "NPZ", ValueError(f"the array `{shorten(name)}` occurs twice"))
            self.sizes[name] = member.file_size

    def __getitem__(self, name: str) -> Any:
        if name not in self.sizes:
            raise KeyError(name)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{name}.npy") as member:
                return _read(self.path, name, member, self.sizes[name], self.max_elements)
        except (OSError, *_BROKEN) as error:
            raise _damaged(self.path, "NPZ", error) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)


def read_npz(path: str, max_elements: int) -> Mapping[str, Any]:
    """The arrays of an NPZ file by name."""
    return _Archive(path, max_elements)


def only(path: str, arrays: Mapping[str, Any], name: str, *, exactly: bool = False) -> Any:
    """The array of that name, or the only one there is, unless it must be `exactly` that."""
    if name in arrays:
        return arrays[name]
    if len(arrays) == 1 and not exactly:
        return arrays[next(iter(arrays))]
    there = ", ".join(f"`{shorten(key)}`" for key in list(arrays)[:8]) or "nothing"
    hint = (
        ""
        if exactly or not len(arrays)
        else f"; `@{shorten(path, 80)}:{shorten(next(iter(arrays), name))}` is one of them"
    )
    raise wrong_kind(path, f"it has no array `{shorten(name)}`; it holds {there}{hint}")


def checked_lists(path: str, name: str, values: list[Any]) -> None:
    """Raise BackpropError (F604) unless these are numbers, or lists of lists of numbers of the same lengths.

    The texts that JSON has for what it has no numbers for are replaced by those, in place.
    """
    level: list[Any] = [values]
    axes = 0
    while level and all(isinstance(item, list) for item in level):
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            raise wrong_kind(
                path, f"`{shorten(name)}` has rows of different lengths: {min(lengths)} and {max(lengths)}"
            )
        if 0 in lengths:
            raise wrong_kind(path, f"`{shorten(name)}` has no elements")
        if (axes := axes + 1) > MOST_AXES:
            raise wrong_kind(path, f"`{shorten(name)}` has more than {MOST_AXES} axes")
        rows = level
        level = [element for item in level for element in item]
    for row in rows:
        for at, item in enumerate(row):
            if isinstance(item, str) and item in _NONFINITE:
                row[at] = _NONFINITE[item]
            elif isinstance(item, OutOfRange) or (isinstance(item, int) and abs(item) >= BEYOND):
                text = str(item)
                raise BackpropError(out_of_range(text, Label(Source(f"{name} in {path}", text), 0, len(text))))
            elif isinstance(item, bool) or not isinstance(item, int | float):
                raise wrong_kind(path, f"`{shorten(name)}` holds {shorten(repr(item))}; expected numbers")


def _read(path: str, name: str, file: Any, there: int | None, max_elements: int) -> Any:
    """The array that is in an open NPY file, or NPZ member, of so many bytes, if that is known."""
    subject = f"`{shorten(name)}`" if name else "it"
    if (begins := file.read(8))[:6] != np.lib.format.MAGIC_PREFIX:
        raise malformed(path, "", "an NPY file", f"{subject} does not begin as one")
    shape, by_columns, dtype = _header(file, begins[6])
    if dtype.kind not in "biuf":
        kind = "complex numbers" if dtype.kind == "c" else f"elements of the type {dtype}"
        raise wrong_kind(path, f"{subject} holds {'Python objects, which are never read' if dtype.hasobject else kind}"
                         "; expected real numbers")  # fmt: skip
    count, bytes_ = size(shape), size(shape) * dtype.itemsize
    if min(shape, default=1) < 0:
        raise ValueError(f"{subject} claims the shape {shape}")
    if there is not None and bytes_ > (left_ := there - file.tell()):
        raise ValueError(f"{subject} claims {bytes_:,} bytes of numbers, and the file has {left_:,}")
    if count > max_elements:
        raise _too_large(path, f"{subject} has {count:,} elements", max_elements)
    if not count:
        raise wrong_kind(path, f"{subject} has no elements")
    found = np.empty(count, dtype)
    left = found.view(np.uint8).data
    while left:
        taken = file.readinto(left)
        if not taken:
            raise EOFError(f"{subject} ends {len(left):,} bytes too early")
        left = left[taken:]
    found = found.reshape(shape, order="F" if by_columns else "C")
    return found if shape else found[()]


def _header(file: Any, version: int) -> tuple[tuple[int, ...], bool, Any]:
    """The shape, whether columns come first, and the type. NumPy may warn of what it makes of a header."""
    import warnings

    reader = np.lib.format.read_array_header_1_0 if version == 1 else np.lib.format.read_array_header_2_0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return reader(file)


def _too_large(path: str, what: str, max_elements: int) -> BackpropError:
    help_ = f"the limit is {max_elements:,}; `--max-elements` raises it"
    return BackpropError(Diagnostic("L701", f"`{shorten(path, 80)}`: {what}", (), help_))


def _damaged(path: str, kind: str, error: Exception) -> BackpropError:
    why = " ".join(str(error).split()) or type(error).__name__
    return malformed(path, "", f"a usable {kind} file", shorten(why, 160))
