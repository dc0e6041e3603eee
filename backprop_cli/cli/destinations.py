"""Where bytes go: all of them, or an error; a file is replaced whole or not at all.

A write that takes a part, as one to an unbuffered stream may, is followed by another for the rest.
"""

from __future__ import annotations

import os
from codecs import BOM_UTF8

from backprop_cli.cli.leaving import TEMPORARY
from backprop_cli.data.files import NAMED
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Any, Iterable, suppress

# Names for what is open already: renaming over them would replace the file behind a redirection.
_OPEN = r"/dev/(?:(stdout)|(stderr)|fd/([0-9]+))|/proc/self/fd/([0-9]+)"
_LEFT = r"\.backprop-([0-9]+)\.tmp"


def unwritable(what: str, error: Exception) -> BackpropError:
    """The error of an output that takes no text."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return BackpropError(Diagnostic("F605", f"{what} cannot be written: {why.lower()}"))


def write(stream: Any, text: str) -> None:
    """Write all of a text. Raises OSError or ValueError."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:  # no file: what somebody put in the place of one
        stream.write(text)
        stream.flush()
        return
    stream.flush()
    _write_bytes(buffer, text.replace("\n", os.linesep).encode(stream.encoding, stream.errors or "strict"))
    buffer.flush()


def _write_bytes(file: Any, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def write_file(path: str, pieces: Iterable[str | bytes]) -> None:
    """Write beside the file, then take its place: whoever looks sees the old text or the new, never half of it.

    What is no file, and what is open already, takes the bytes as it is. Raises BackpropError (F605), or
    BrokenPipeError if nobody reads any more.
    """
    import re

    NAMED.permit(path, writing=True)
    data = b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)
    shown = f"`{shorten(path, 80)}`"
    if path.endswith(("/", os.sep)):
        raise unwritable(shown, ValueError("it is a directory"))
    try:
        if found := re.fullmatch(_OPEN, _first_link(path)):
            number = 1 if found[1] else 2 if found[2] else int(found[3] or found[4])
            with open(os.dup(number), "wb", buffering=0) as file:
                _write_bytes(file, data)
        elif os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb", buffering=0) as file:
                _write_bytes(file, data)
        else:
            _replace(os.path.realpath(path), data)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise unwritable(shown, error) from None


def refuse_unwritable(path: str) -> None:
    """Raise BackpropError (F605) for what is no file of one's own that may be changed, before anything is."""
    NAMED.permit(path, writing=True)
    shown = f"`{shorten(path, 80)}`"
    if not os.path.isfile(path):
        raise unwritable(shown, ValueError("it is no file"))
    file, folder = os.path.realpath(path), os.path.dirname(os.path.realpath(path))
    # To the owner of a machine all is writable; a file that is marked otherwise is left alone even so.
    if not (os.stat(file).st_mode & 0o222 and os.access(file, os.W_OK) and os.access(folder, os.W_OK)):
        raise unwritable(shown, ValueError("it is read-only"))


def rewrite(path: str, before: str, after: str) -> None:
    """Write a file anew that was read as a text, with the mark that it began with. Raises BackpropError (F605)."""
    with open(path, "rb") as file:
        raw = file.read()
    mark = BOM_UTF8 * raw.startswith(BOM_UTF8)
    if raw != mark + before.encode():
        raise unwritable(f"`{shorten(path, 80)}`", ValueError("it has changed since it was read"))
    write_file(path, [mark, after])


def _first_link(path: str) -> str:
    """The path, with links followed as far as something that is open already: behind it is the file redirected to."""
    import re

    for _ in range(40):  # as many as Linux follows
        if re.fullmatch(_OPEN, path) or not os.path.islink(path):
            break
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    return path


def _replace(path: str, data: bytes) -> None:
    folder = os.path.dirname(path)
    _sweep(folder)
    temporary = os.path.join(folder, f".backprop-{os.getpid()}.tmp")
    TEMPORARY.add(temporary)  # before there is one: a signal may come at any moment
    try:
        with open(temporary, "wb", buffering=0, opener=_only_ours) as file:
            _write_bytes(file, data)
            os.fsync(file.fileno())
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            os.unlink(temporary)
        TEMPORARY.discard(temporary)


def _only_ours(path: str, flags: int) -> int:
    """Nobody else may read what is not finished; no other process has our number."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    return os.open(path, flags | os.O_EXCL, 0o600)


def _sweep(folder: str) -> None:
    """Remove what a process left that was killed while it wrote here."""
    import re

    with suppress(OSError):
        for name in os.listdir(folder):
            found = re.fullmatch(_LEFT, name)
            if found and not _runs(int(found[1])):
                os.unlink(os.path.join(folder, name))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
