"""Arrays out of files: NPY and NPZ (NumPy's own formats), CSV, and lists out of JSON or TOML. All become doubles.

No file is trusted: pickles are refused, and a size is compared with what the file can hold before it is allocated.
"""

from __future__ import annotations

import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from backprop_cli.data.documents import Inexact, TooSmall
from backprop_cli.data.files import malformed, too_small, unreadable, wrong_kind
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.numeric.shapes import MOST_AXES

_HEADER = 16_384  # bytes an NPY header may have before its numbers
_WIDEST = 32  # bytes of an element
# What the readers of damaged files raise.
_FAULTS = (
    ValueError, EOFError, OverflowError, SyntaxError, KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile,
    zlib.error, struct.error, MemoryError, TypeError,
)  # fmt: skip


def read_npy(path: str, max_elements: int) -> Any:
    """The array of an NPY file, or the number of one without axes."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that NumPy no longer writes
            if file.read(len(np.lib.format.MAGIC_PREFIX)) != np.lib.format.MAGIC_PREFIX:
                raise malformed(path, "", "an NPY file", "it does not begin as one")
            file.seek(0)
            claimed = _claimed_bytes(file)
            there = os.fstat(file.fileno()).st_size
            if claimed > there:
                raise _damaged(path, "NPY", ValueError(f"it claims {claimed:,} bytes of numbers, and has {there:,}"))
            if claimed > max_elements * _WIDEST:
                raise _too_large(path, f"it has {claimed:,} bytes of numbers", max_elements)
            file.seek(0)
            found = np.load(file, allow_pickle=False)
    except OSError as error:
        raise unreadable(path, error) from None
    except _FAULTS as error:
        raise _damaged(path, "NPY", error) from None
    return _checked(path, "", found, max_elements)


class _Archive(Mapping[str, Any]):
    """The arrays of an NPZ file; one is read, and found wrong, when somebody asks for it."""

    def __init__(self, path: str, max_elements: int) -> None:
        self.path = path
        self.max_elements = max_elements
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
            self.sizes = {i.filename.removesuffix(".npy"): i.file_size for i in members}
            if len(self.sizes) < len(members):
                raise _damaged(path, "NPZ", ValueError("an array stands in it twice"))
        except OSError as error:
            raise unreadable(path, error) from None
        except _FAULTS as error:
            raise _damaged(path, "NPZ", error) from None

    def __getitem__(self, name: str) -> Any:
        if name not in self.sizes:
            raise KeyError(name)
        if self.sizes[name] > self.max_elements * _WIDEST + _HEADER:
            raise _too_large(self.path, f"`{shorten(name)}` takes {self.sizes[name]:,} bytes", self.max_elements)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{name}.npy") as member:
                claimed = _claimed_bytes(member)
            if claimed > self.sizes[name]:
                raise _damaged(self.path, "NPZ", ValueError(f"`{shorten(name)}` claims {claimed:,} bytes"))
            with np.load(self.path, allow_pickle=False) as arrays, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = arrays[name]
        except BackpropError:
            raise
        except (*_FAULTS, OSError) as error:
            raise _damaged(self.path, "NPZ", error) from None
        return _checked(self.path, name, found, self.max_elements)

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


def from_lists(path: str, name: str, values: list[Any], tell: Callable[[str], None]) -> Any:
    """Lists of numbers, or of lists of the same length, as an array; `tell` is called if no double is one of them."""
    level: list[Any] = [values]
    shape: list[int] = []
    while level and all(isinstance(item, list) for item in level):
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            raise wrong_kind(
                path, f"`{shorten(name)}` has rows of different lengths: {min(lengths)} and {max(lengths)}"
            )
        shape.append(lengths.pop())
        if shape[-1] == 0:
            raise wrong_kind(path, f"`{shorten(name)}` has no elements")
        if len(shape) > MOST_AXES:
            raise wrong_kind(path, f"`{shorten(name)}` has more than {MOST_AXES} axes")
        level = [element for item in level for element in item]
    numbers: list[float] = []
    for item in level:
        number = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}.get(item) if isinstance(item, str) else item
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise wrong_kind(path, f"`{shorten(name)}` holds {shorten(repr(item))}; expected numbers")
        if isinstance(number, TooSmall):
            raise too_small(path, name)
        numbers.append(_as_float(number))
    if any(isinstance(x, Inexact) or (isinstance(x, int) and x != y) for x, y in zip(level, numbers, strict=True)):
        tell(name)
    return np.array(numbers).reshape(shape)


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return np.inf


def _claimed_bytes(member: Any) -> int:
    """How many bytes of numbers an NPY header claims."""
    version = np.lib.format.read_magic(member)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = reader(member)
    claimed = int(dtype.itemsize)
    for length in shape:
        claimed *= int(length)
    return claimed


def _checked(path: str, name: str, found: Any, max_elements: int) -> Any:
    subject = f"`{shorten(name)}`" if name else "it"
    if found.dtype.kind not in "biuf":
        kind = "complex numbers" if found.dtype.kind == "c" else f"elements of the type {found.dtype}"
        raise wrong_kind(path, f"{subject} holds {kind}; expected real numbers")
    if found.size > max_elements:
        raise _too_large(path, f"{subject} has {found.size:,} elements", max_elements)
    if not found.size:
        raise wrong_kind(path, f"{subject} has no elements")
    return found


def as_doubles(found: Any) -> tuple[Any, bool]:
    """An array of any real type as doubles, and whether whole numbers in it were not doubles."""
    with np.errstate(over="ignore"):
        made = np.array(found, dtype=float)
    lost = found.dtype.kind in "iu" and found.dtype.itemsize > 4 and bool((abs(made) > 2.0**53).any())
    if lost:
        lost = any(int(x) != int(y) for x, y in zip(found.flat, made.flat, strict=True) if abs(y) > 2.0**53)
    return (made if made.ndim else float(made)), lost


def _too_large(path: str, what: str, max_elements: int) -> BackpropError:
    help_ = f"the limit is {max_elements:,}; `--max-elements` raises it"
    return BackpropError(Diagnostic("L701", f"`{shorten(path, 80)}`: {what}", (), help_))


def _damaged(path: str, kind: str, error: Exception) -> BackpropError:
    why = " ".join(str(error).split()) or type(error).__name__
    if "pickle" in why or "Python objects" in why:
        return wrong_kind(path, "it holds Python objects, which are never read")
    return malformed(path, "", f"a usable {kind} file", shorten(why, 160))
