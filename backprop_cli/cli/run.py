"""The one place where everything that can go wrong becomes a message and an exit status."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

from backprop_cli.cli import safe
from backprop_cli.cli.destinations import unwritable, write
from backprop_cli.cli.limits import OutOfTimeError, go_on
from backprop_cli.cli.options import COLORS, OutputOptions, Reply
from backprop_cli.cli.overwriting import refuse_overwriting
from backprop_cli.cli.terminal import complain, deliver, for_log, say
from backprop_cli.cli.words import no_such_command, read
from backprop_cli.errors import BackpropError, Diagnostic, Status, nearest, shorten
from backprop_cli.lean import Any, NamedTuple, suppress
from backprop_cli.render import CARRIES_NOTES


class _Asked(NamedTuple):
    """What a line says of its errors, which may come before the line is read."""

    json: bool
    color: str


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; answer the exit status, and let no exception out (unless `--traceback` asks for it)."""
    try:
        return _guarded(arguments)
    except OutOfTimeError as error:  # once more, while what the first one ended was put away
        go_on()
        return _out_of_time(error, asked=_asked(sys.argv[1:] if arguments is None else arguments))


def _guarded(arguments: list[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    before_dashes = words[: words.index("--")] if "--" in words else words
    show_traceback = "--traceback" in before_dashes
    if show_traceback:
        words.remove("--traceback")
    asked = _asked(before_dashes)
    try:
        if "--safe" in before_dashes:
            safe.begin(words, ours=arguments is None)
        if "--force" not in before_dashes:
            refuse_overwriting(words)
        return _run(words, asked=asked)
    except BackpropError as error:
        return _fail(error.diagnostics, error.status, asked=asked)
    except OutOfTimeError as error:
        go_on()
        return _out_of_time(error, asked=asked)
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit:
        return _reader_gone()  # Typer's way to say that nobody reads the help
    except OSError as error:  # from the help and the version, which Typer writes
        return _fail(unwritable("standard output", error).diagnostics, Status.OUTPUT, asked=asked._replace(json=False))
    except MemoryError:
        message = "not enough memory for a graph of this size"
        return _fail((Diagnostic("L701", message, (), "a smaller expression needs less"),), Status.LIMIT, asked=asked)
    except Exception as error:
        if show_traceback:
            import traceback

            say([traceback.format_exc()])
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        help_ = "please report it, with the command; `--traceback` shows where"
        return _fail((Diagnostic("X901", f"a bug in backprop: {what}", (), help_),), Status.BUG, asked=asked)
    finally:
        go_on()
        safe.end()


def _out_of_time(error: OutOfTimeError, *, asked: _Asked) -> int:
    given_up = Diagnostic("L701", str(error), (), "a larger `--timeout` gives it longer")
    return _fail((given_up,), Status.LIMIT, asked=asked)


def _asked(words: list[str]) -> _Asked:
    formats, colors = _given(words, "--format"), _given(words, "--color")
    json = "--json" in words or not CARRIES_NOTES.isdisjoint(formats)
    return _Asked(json, next((one for one in reversed(colors) if one in COLORS), "auto"))


def _given(words: list[str], option: str) -> list[str]:
    """The values that a line has for an option, in their order."""
    found = [(at, word.partition("=")[2]) for at, word in enumerate(words) if word.startswith(f"{option}=")]
    found += [(at, value) for at, (word, value) in enumerate(pairwise(words)) if word == option]
    return [value for _, value in sorted(found)]


def _run(words: list[str], *, asked: _Asked) -> int:
    if plain := read(words):
        command, given = plain
        return deliver(command.run(**given))
    from backprop_cli.cli.group import group, refusal

    no_completion = "_BACKPROP_HAS_NO_COMPLETION"  # Typer's own would answer whatever the environment asks it
    try:
        answer = group().main(
            words, prog_name="backprop", complete_var=no_completion, standalone_mode=False, windows_expand_args=False
        )
    except refusal() as error:
        return _usage(error, asked=asked)
    if isinstance(answer, Reply):
        return deliver(answer)
    if sys.stdout is None:
        raise unwritable("standard output", ValueError("it is closed"))
    sys.stdout.flush()
    return answer if isinstance(answer, int) else Status.OK


def _fail(diagnostics: tuple[Diagnostic, ...], status: int, *, asked: _Asked) -> int:
    for diagnostic in diagnostics:
        complain(diagnostic, OutputOptions(color=asked.color))
    if asked.json:
        from backprop_cli.render import as_json

        try:
            write(sys.stdout, "".join(for_log(as_json.error(diagnostics, status))))
        except BrokenPipeError:
            return _reader_gone()
        except (OSError, ValueError, AttributeError):
            status = Status.OUTPUT
    if status == Status.OUTPUT:
        _abandon_stdout()
    return int(status)


_SHORT = 3  # letters of a name that may be a variable's


def _usage(error: Any, *, asked: _Asked) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        say([error.format_message() + "\n"])
        return Status.REQUEST
    command = context.command_path if context else "backprop"
    message = error.format_message()
    lowered = (message[:1].lower() + message[1:]).rstrip(".")
    help_ = f"`{command} --help` lists what there is"
    mistyped = str(getattr(error, "option_name", None) or "")
    if lowered.startswith("no such command"):
        return _fail((no_such_command(message.split("'")[1]),), Status.REQUEST, asked=asked)
    if lowered.startswith("no such option") and mistyped and context:
        lowered = f"no such option: {shorten(mistyped)}"
        there = [one[2:] for it in context.command.params for one in (*it.opts, *it.secondary_opts) if one[:2] == "--"]
        near = nearest(mistyped.lstrip("-"), there)  # any two dashes are alike
        name = mistyped.lstrip("-")
        if near:
            help_ = f"did you mean `--{near[0]}`? {help_}"
        elif mistyped.startswith("--") and name.isidentifier() and len(name) <= _SHORT:
            help_ = f"a value is `{name}=…`, without dashes; {help_}"
    return _fail((Diagnostic("U801", lowered, (), help_),), Status.REQUEST, asked=asked)


def _reader_gone() -> int:
    _abandon_stdout()
    return Status.READER_GONE


def _abandon_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush cannot complain."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
