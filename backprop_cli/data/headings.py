"""Headings of columns that have a unit behind the name: `speed (m/s)`, `t [s]`."""

from __future__ import annotations

from backprop_cli.language.letters import plain_name
from backprop_cli.lean import Any, Mapping, Sequence


def before_unit(heading: str) -> str:
    """The name in front of a unit in brackets: `speed` of `speed (m/s)`; empty where there is none."""
    name, bracket, unit = heading.partition("(" if "(" in heading else "[")
    return name.strip() if bracket and unit.rstrip()[-1:] in (")", "]") and name.strip().isidentifier() else ""


def with_unit(found: Mapping[str, Any], name: str) -> str:
    """The only heading that is a name with a unit; empty where there are none, or several."""
    headings = [heading for heading in found if before_unit(plain_name(heading)) == name]
    return headings[0] if len(headings) == 1 else ""


def named_before_units(headings: Sequence[str]) -> list[str]:
    """The names with a unit behind them in one heading, and no more."""
    names = [name for name in map(before_unit, headings) if name]
    return [name for name in names if names.count(name) == 1]
