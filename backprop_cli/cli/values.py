"""What a command reads before it computes: the expression, the bindings, the file of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_cli.cli.options import InputOptions
from backprop_cli.data.bindings import read_bindings, read_vars
from backprop_cli.data.files import read_expression
from backprop_cli.errors import Source


def read_inputs(
    expression: str, bindings: list[str], options: InputOptions
) -> tuple[Source, dict[str, Any], Mapping[str, Any]]:
    """The source, the values bound on the command line, and those of `--vars`, which they override."""
    source = read_expression(expression)
    values = read_bindings(bindings, options.terms)
    defaults = read_vars(options.vars, options.terms) if options.vars is not None else {}
    return source, values, defaults
