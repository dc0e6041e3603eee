"""`--each FILE`: a command at every line of a file of values."""

from __future__ import annotations

from collections import ChainMap

from backprop_cli.cli.options import OutputOptions, Reply
from backprop_cli.data.each_line import each_line
from backprop_cli.data.files import wrong_kind
from backprop_cli.errors import BackpropError, Diagnostic, shorten
from backprop_cli.lean import Any, Callable, Collection, Iterator, Mapping
from backprop_cli.render import formats
from backprop_cli.report.each import AtLine, EachReport, at_line
from backprop_cli.report.model import Report
from backprop_cli.session import Options


class _Defaults(ChainMap[str, Any]):
    """A line's values, and behind them those of `--vars`."""

    @property
    def noted(self) -> Mapping[str, str]:
        """What is to be noted of them."""
        return {name: said for values in reversed(self.maps) for name, said in getattr(values, "noted", {}).items()}


def at_each_line(
    path: str, verb: Callable[..., Report], bound: Collection[str], options: Options, output: OutputOptions
) -> Reply:
    """What a verb of `api` answers at each line of a file, once it has its expression and what else it is asked.

    `bound` are the names that have a value, which no line may give.
    """
    known = formats("EachReport")
    if output.format == "json" and not (output.output or "").lower().endswith(".json"):
        output = output._replace(format="jsonl")  # a line is a document
    if output.format not in known:
        message = f"`--each` writes no `{output.format}`"
        raise BackpropError(Diagnostic("U801", message, (), f"there are {', '.join(known)}"))

    def found() -> Iterator[AtLine]:
        for line, values in each_line(path, options.terms):
            for name in bound:
                if name in values:
                    help_ = "leave out the binding, or rename the column"
                    message = f"`{shorten(name)}` is bound, and line {line} of the file has it too"
                    raise BackpropError(Diagnostic("N208", message, (), help_))
            defaults: Any = _Defaults(values, options.defaults or {})  # type: ignore[arg-type]  # nobody writes to it
            try:
                report = verb(**options._replace(defaults=defaults)._asdict())
            except BackpropError as error:
                raise BackpropError(*(_at(line, diagnostic) for diagnostic in error.diagnostics)) from None
            made = at_line(line, values, report)
            if not made.given:
                raise wrong_kind(path, f"line {line} has nothing that the expression uses, only {_listed(values)}")
            yield made

    return Reply(EachReport(path, found()), output)


def _at(line: int, diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic with the line that it is about, unless it shows that."""
    shows = diagnostic.code[0] == "F"
    return diagnostic if shows else diagnostic._replace(message=f"line {line}: {diagnostic.message}")


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{shorten(name)}`" for name in list(names)[:8])
