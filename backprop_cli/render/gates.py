"""The gate catalogue as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.gate_reference import Entry, Gate

_LEAST = 30  # columns for a text beside its label


def listing(entries: Iterable[Entry], style: Style) -> Iterator[str]:
    """A line a gate: head and description."""
    gates = [entry.gate for entry in entries]
    widest = max(len(gate.head) for gate in gates)
    for gate in gates:
        yield _fact(gate.head, gate.description, widest, style)


def names(entries: Iterable[Entry]) -> Iterator[str]:
    """A name a line."""
    for entry in entries:
        yield f"{entry.gate.name}\n"


def details(entries: Iterable[Entry], style: Style) -> Iterator[str]:
    """Everything about each gate, a labelled line a fact."""
    for number, entry in enumerate(entries):
        yield "\n" if number else ""
        widest = max(len(label) for label, _ in entry.lines)
        for label, text in entry.lines:
            yield _fact(label, text, widest, style)


def _fact(label: str, text: str, widest: int, style: Style) -> str:
    """A text beside its label; where little room is left, below it."""
    start = style.glyphs(label).ljust(widest + 2)
    if style.width is None or style.width - len(start) >= _LEAST or len(start) + len(text) <= style.width:
        return wrapped(style.glyphs(text), style.width, start=start, hang=" " * len(start))
    return f"{start.rstrip()}\n" + wrapped(style.glyphs(text), style.width, start="    ", hang="    ")


def as_json(entries: Iterable[Entry]) -> Iterator[str]:
    """The table's rows as one JSON object."""
    import json

    gates = [_tensor(entry.gate) if entry.gate.is_tensor else _elementwise(entry.gate) for entry in entries]
    yield json.dumps({"schema": "backprop/gates@1", "gates": gates}, indent=1, allow_nan=False) + "\n"


def _elementwise(gate: Gate) -> dict[str, Any]:
    return {
        "name": gate.name,
        "head": gate.head,
        "description": gate.description,
        "aliases": list(gate.aliases),
        "symbol": gate.symbol or None,
        "formula": gate.formula,
        "means": gate.means,
        "partials": list(gate.partials),
        "domain": gate.domain or None,
        "pole": gate.pole or None,
        "kink": gate.kink or None,
        "jump": gate.jump or None,
    }


def _tensor(gate: Gate) -> dict[str, Any]:
    """Of a tensor gate: what it sends back to each operand, by the operands' numbers of axes where that matters."""
    return {
        "name": gate.name,
        "head": gate.head,
        "description": gate.description,
        "aliases": list(gate.aliases),
        "symbol": gate.symbol or None,
        "operands": list(gate.operands),
        "attributes": list(gate.attributes),
        "sends": {case: list(texts) for case, texts in gate.words.items()},
        "jacobians": {case: list(texts) for case, texts in gate.structures.items()},
    }
