"""Files the user names, read whole as UTF-8 text."""

from __future__ import annotations

import os
import sys

from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, shorten

_PACKAGED = ("nn",)


class Limit:
    """How many bytes of a text are read, in this process: more is an error, and is not read."""

    def __init__(self) -> None:
        self.most_bytes = 1 << 26


LIMIT = Limit()


class Named:
    """The files that may be read in this process: any where `only` is None; with `--safe` the one that is named."""

    only: frozenset[str] | None = None

    def permit(self, path: str, *, writing: bool = False) -> None:
        """Raise BackpropError (U801) for another file."""
        if self.only is not None and path != "-" and (writing or path not in self.only):
            does = "writes no file" if writing else "reads no file but the one that is the first argument"
            help_ = "give the values themselves; the output goes to standard output"
            raise BackpropError(Diagnostic("U801", f"`{shorten(path, 80)}`: `--safe` {does}", (), help_))


NAMED = Named()


def read_text(path: str, *, ours: bool = False) -> str:
    """The text of a file, or of standard input where the path is `-`; `ours`: of one that comes with us.

    Raises BackpropError (F601, F602) if it cannot be read or is not UTF-8.
    """
    if not ours:
        NAMED.permit(path)
    shown = "standard input" if path == "-" else f"`{shorten(path, 80)}`"
    try:
        if path == "-":
            raw = sys.stdin.buffer.read(LIMIT.most_bytes + 1)
        else:
            with open(path, "rb") as file:  # pathlib costs start-up and gives nothing here
                raw = file.read(LIMIT.most_bytes + 1)
    except AttributeError:  # there is no standard input
        raise BackpropError(Diagnostic("F601", f"{shown} cannot be read: it is closed")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        raise unreadable(path, error) from None
    if len(raw) > LIMIT.most_bytes:
        raise too_long(shown)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{shown} is not UTF-8 text: byte 0x{raw[error.start]:02x} at offset {error.start}"
        raise BackpropError(Diagnostic("F602", message)) from None


def read_expression(argument: str) -> Source:
    """The expression an argument stands for: `@file.bp`, `-` for standard input, or itself."""
    if argument == "-":
        return Source("standard input", read_text("-"))
    if argument.startswith("@") and len(argument) > 1:
        return Source(argument[1:], read_text(argument[1:]))
    return Source("expression", argument)


def read_library(path: str) -> Source:
    """A file of definitions, `file.bp` or `@file.bp`, or a library that comes with us, by its name."""
    path = path.removeprefix("@")
    return packaged(path) or Source(path, read_text(path))


def packaged(name: str) -> Source | None:
    """A library that comes with us, if that is the name of one and no file's."""
    if name not in _PACKAGED or os.path.exists(name):
        return None
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), f"{name}.bp")
    return Source(f"{name}.bp", read_text(path, ours=True))


def too_long(shown: str) -> BackpropError:
    """The error of a text beyond LIMIT."""
    help_ = f"the limit is {LIMIT.most_bytes:,}; `--max-bytes` raises it"
    return BackpropError(Diagnostic("L701", f"{shown} has more bytes than a text may have", (), help_))


def unreadable(path: str, error: Exception) -> BackpropError:
    """The error of a file that the system will not let us read."""
    why = "it is a directory" if os.path.isdir(path.replace("\0", "")) else _reason(error)
    shown = "standard input" if path == "-" else f"`{shorten(path, 80)}`"
    return BackpropError(Diagnostic("F601", f"{shown} cannot be read: {why}"))


def malformed(path: str, text: str, kind: str, why: str, offset: int | None = None, help_: str = "") -> BackpropError:
    """The error of a file that is not what its suffix says; `offset` is a character of the text."""
    labels = () if offset is None else (Label(Source(path, text), offset, min(offset + 1, len(text))),)
    return BackpropError(Diagnostic("F603", f"`{shorten(path, 80)}` is not {kind}: {why}", labels, help_))


def wrong_kind(path: str, why: str) -> BackpropError:
    """The error of a file that can be read and holds something else than was wanted."""
    return BackpropError(Diagnostic("F604", f"`{shorten(path, 80)}`: {why}"))


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
