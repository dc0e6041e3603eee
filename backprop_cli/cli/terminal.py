"""Standard output and error: where text goes, how wide it is, whether it is coloured, what happens when it breaks."""

from __future__ import annotations

import os
import sys
from itertools import chain

from backprop_cli.cli.destinations import unwritable, write, write_file
from backprop_cli.cli.options import OutputOptions, Reply
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, Status
from backprop_cli.lean import IO, TYPE_CHECKING, Any, Iterable, Iterator
from backprop_cli.render import BINARY, CARRIES_NOTES, IN_FULL, Style, render, render_bytes
from backprop_cli.report.model import Note, Report

if TYPE_CHECKING:
    from backprop_cli.cli.options import Noted
    from backprop_cli.report.case_result import CaseResult, SuiteReport
    from backprop_cli.report.each import AtLine, EachReport

_CHUNK = 1 << 16
_MOST_WRITTEN = 4_000_000  # numbers of arrays in a text: while it is made each takes some hundred bytes


def deliver(reply: Reply) -> int:
    """Write a command's answer, and what there is to say about it; the exit status.

    Raises BackpropError (F605) if it cannot be written, BrokenPipeError if nobody reads any more.
    """
    content, options = reply.content, reply.options
    if not isinstance(content, Report | str | bytes):
        from backprop_cli.report.each import EachReport

        if isinstance(content, EachReport):
            return _deliver_each(content, options)
        from backprop_cli.report.case_result import SuiteReport

        if isinstance(content, SuiteReport):
            return _deliver_suites(content, options)
        from backprop_cli.report.code_report import CodeReport

        if isinstance(content, CodeReport) and content.junit:
            from backprop_cli.render.code_checks import junit

            write_file(content.junit, junit(content))
    report: Noted | None = reply.report if isinstance(content, str | bytes) else content
    if report is not None:
        if not reply.noted and options.format not in CARRIES_NOTES:
            _remark(report, options)
        if report.complaint:
            complain(report.complaint, options)
    if isinstance(content, Report):
        content = render_bytes(content, options.format) if options.format in BINARY else content
    if isinstance(content, bytes):
        write_file(options.output or "", [content])
    elif not isinstance(content, str):
        if isinstance(content, Report):
            afford(content, options.format, nodes=options.nodes)
        _write(render(content, options.format, style_for(sys.stdout, options)), options)
    else:
        _write(iter([content]), options)
        if reply.opens and options.output:
            _open(options.output)
    return report.status if report is not None else Status.OK


def afford(report: Report, format_: str, *, nodes: bool = False) -> None:
    """Raise BackpropError (L701) for a text with more numbers than there may be, before any of it is made."""
    if format_ not in IN_FULL:
        return
    count = report.elements(results=IN_FULL[format_] and not nodes)
    if count > _MOST_WRITTEN:
        message = f"as {format_} the arrays are {count:,} numbers, and at most {_MOST_WRITTEN:,} are written as text"
        help_ = "`-o FILE.npz` writes arrays as they are; `sum(…)`, `x[0]` or `--wrt` leave fewer"
        raise BackpropError(Diagnostic("L701", message, (), help_))


def _deliver_suites(report: SuiteReport, options: OutputOptions) -> int:
    """Write every outcome as it comes, and the file with all of them."""
    kept: list[CaseResult] = []

    def keep() -> Iterator[CaseResult]:
        for outcome in report.outcomes:
            kept.append(outcome)
            yield outcome

    _write(render(report._replace(outcomes=keep()), options.format, style_for(sys.stdout, options)), options, chunk=1)
    if report.junit:
        from backprop_cli.render import suites_junit

        write_file(report.junit, suites_junit.render(kept))
    return Status.OK if all(outcome.holds or outcome.updates for outcome in kept) else Status.DISAGREES


def _deliver_each(report: EachReport, options: OutputOptions) -> int:
    """Write every line's report as it comes; then, once, that there are notes."""
    from backprop_cli.report.each import worst

    statuses: list[int] = []
    noted: list[AtLine] = []

    def keep() -> Iterator[AtLine]:
        for at in report.found:
            statuses.append(at.report.status)
            if at.report.complaint:
                complain(at.report.complaint, options)
            if at.report.notes and not noted:
                noted.append(at)
            yield at

    style = style_for(sys.stdout, options)
    _write(render(report._replace(found=keep()), options.format, style), options, chunk=1)
    if noted and options.format not in CARRIES_NOTES:
        first = noted[0].report
        note = first.notes[0]._replace(message=f"line {noted[0].line}: {first.notes[0].message}")
        complain(_as_diagnostic(note, first.source), options, "note")
    return worst(statuses)


def drawn(report: Any, options: OutputOptions) -> str | bytes:
    """A report as what is written of it."""
    if options.format in BINARY:
        return render_bytes(report, options.format)
    return "".join(render(report, options.format, style_for(sys.stdout, options)))


def say(pieces: Iterable[str]) -> None:
    """Write to standard error; that nobody can read it is no reason to fail."""
    try:
        sys.stderr.write("".join(for_log(pieces)))
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass


def complain(diagnostic: Diagnostic, options: OutputOptions, severity: str = "error") -> None:
    """Write a diagnostic, with its place in the text, to standard error."""
    from backprop_cli.render.diagnostics import picture

    say(picture(diagnostic, style_for(sys.stderr, options), severity))


def for_log(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces of a text as a log may have them: in GitHub Actions nothing that a user wrote is to be a command."""
    if not os.environ.get("GITHUB_ACTIONS"):
        return iter(pieces)
    from backprop_cli.render.workflow_commands import defused_lines

    return defused_lines(pieces)


def style_for(stream: IO[str] | None, options: OutputOptions) -> Style:
    """How to draw on a stream; what `-o` writes does not go to standard error."""
    if stream is sys.stderr:
        options = options._replace(output=None)
    terminal = stream is not None and stream.isatty()
    width = options.width
    if width is None and terminal and not options.output:
        import shutil

        width = shutil.get_terminal_size().columns
    return Style(
        width=width,
        color=_colored(options, terminal=terminal),
        ascii=options.ascii or not _can_show(stream),
        digits=options.digits,
        rows=options.rows,
        fragment=options.fragment,
        nodes=options.nodes,
    )


def _colored(options: OutputOptions, *, terminal: bool) -> bool:
    """`--color` first, then NO_COLOR (no-color.org), FORCE_COLOR and CLICOLOR_FORCE, CLICOLOR, then the terminal."""
    if options.color != "auto":
        return options.color == "always"
    if options.output or os.environ.get("NO_COLOR"):
        return False
    for force in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if (wish := os.environ.get(force)) is not None:
            return wish not in ("", "0")
    return terminal and os.environ.get("CLICOLOR") != "0" and os.environ.get("TERM") != "dumb"


def _can_show(stream: IO[str] | None) -> bool:
    """Whether more than ASCII may be written: a locale that is C says no, although Python writes UTF-8 there."""
    if os.environ.get("LC_ALL") in ("C", "POSIX") and not os.environ.get("PYTHONIOENCODING"):
        return False
    try:
        "∂━…".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _remark(report: Noted, options: OutputOptions) -> None:
    """Write the notes as pictures; `reading` is one line."""
    for note in report.notes:
        if note.code == "reading":
            from backprop_cli.render.wrapping import wrapped

            style = style_for(sys.stderr, options)
            say([wrapped(style.text(f"note[reading]: {note.message}"), style.width)])
        else:
            complain(_as_diagnostic(note, report.source), options, "note")


def _as_diagnostic(note: Note, source: Source) -> Diagnostic:
    return Diagnostic(note.code, note.message, (Label(source, *note.span),))


def _write(pieces: Iterator[str], options: OutputOptions, chunk: int = _CHUNK) -> None:
    written = options.output if options.output and options.output != "-" else ""
    if (not written or written.startswith("/dev/")) and options.format != "github":
        pieces = for_log(pieces)
    if written:
        write_file(written, pieces)
        return
    stream = sys.stdout
    if stream is None:
        raise unwritable("standard output", ValueError("it is closed"))
    for text in _chunks(pieces, chunk):
        try:
            write(stream, text)
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:  # full, or closed
            raise unwritable("standard output", error) from None


def _chunks(pieces: Iterator[str], least: int) -> Iterator[str]:
    """The pieces, gathered into fewer and larger ones."""
    held: list[str] = []
    size = 0
    for piece in chain(pieces, [""]):
        held.append(piece)
        size += len(piece)
        if size >= least or not piece:
            yield "".join(held)
            held.clear()
            size = 0
    yield "".join(held)


def _open(path: str) -> None:
    """Show a file in the browser; that there is none is no failure, the file stands."""
    import webbrowser
    from pathlib import Path

    address = Path(path).resolve().as_uri()
    say([f"{'opened' if webbrowser.open(address) else 'no browser; open'} {address}\n"])
