"""The documents of JSON mode, a function a kind of report; `documents` has their fields, `encoding` makes them text."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic
from backprop_cli.lean import TYPE_CHECKING, Any, Iterable, Iterator
from backprop_cli.render.encoding import line, lines, number
from backprop_cli.render.prose import slope_text
from backprop_cli.render.style import Style
from backprop_cli.report.model import Note, Report
from backprop_cli.report.rows import Row

if TYPE_CHECKING:
    from backprop_cli.render import documents
    from backprop_cli.report.jacobian_structure import Part
    from backprop_cli.report.jacobians import Block, JacobianReport


def report(report: Report, style: Style) -> Iterator[str]:
    """A field a line, a node a line."""
    return lines(fields(report, nodes=style.nodes))


def report_line(report: Report, style: Style) -> Iterator[str]:
    """One line: a loop that appends makes a log that programs read line by line."""
    return line(fields(report, nodes=style.nodes), brief=True)


def jacobian(report: JacobianReport, _style: Style) -> Iterator[str]:
    """One line."""
    return line(_jacobian(report))


def jacobian_line(report: JacobianReport, _style: Style) -> Iterator[str]:
    """One line without blanks."""
    return line(_jacobian(report), brief=True)


def error(diagnostics: Iterable[Diagnostic], status: int) -> Iterator[str]:
    """What JSON mode prints when there is no report: every diagnostic, and the exit status."""
    errors: list[documents.Problem] = [
        {
            "code": d.code,
            "message": d.message,
            "source": d.labels[0].source.name if d.labels else None,
            "span": [d.labels[0].start, d.labels[0].end] if d.labels else None,
            "help": d.help or None,
        }
        for d in diagnostics
    ]
    return line([("schema", "backprop/error@1"), ("status", int(status)), ("errors", errors)])


def fields(report: Report, *, nodes: bool) -> Iterator[tuple[str, Any]]:
    """What a report's object has; its nodes, which with arrays are there if asked for, are made as they are read."""
    yield "schema", f"backprop/{report.kind}@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    if (true := report.true_value) is not None:
        yield "true_value", number(true)
    if report.kind == "grad":
        yield "gradients", {name: number(x) for name, x in report.gradients.items()}
        if report.true_gradients:
            yield "true_gradients", {name: number(x) for name, x in report.true_gradients.items()}
        yield "seed_grad", number(report.seed)
    if report.step is not None:
        updated = {name: number(x) for name, x in report.step.updated.items()}
        yield "step", {"rate": number(report.step.rate), "updated": updated}
    if nodes or not report.has_arrays:
        yield "nodes", (_node(row, report) for row in report.rows())
    if report.columns.graph.subgraphs:
        yield "modules", list(_modules(report))
    if report.kind == "grad":
        yield "check", check(report)
    yield "notes", list(map(note, report.notes))


def note(note: Note) -> documents.Note:
    """A note's object."""
    made: documents.Note = {
        "code": note.code,
        "message": note.message,
        "node": note.node,
        "span": list(note.span),
    }
    if note.element:
        made["element"], made["elements"] = list(note.element), note.elements
    return made


def check(report: Report | JacobianReport) -> documents.Check | None:
    """A check's verdict as an object, null where there was no check."""
    found = report.check
    if found is None:
        return None
    made: documents.Check = {
        "verdict": found.verdict,
        "methods": list(found.methods),
        "max_rel_error": number(found.max_rel_error),
    }
    if found.formulas:
        made["formulas"] = dict(found.formulas)
    if found.variables:
        made["variables"] = {
            name: {
                "verdict": judged.verdict,
                "max_rel_error": number(judged.error),
                "element": list(judged.element),
                "backprop": number(judged.ours),
                "expected": number(judged.theirs),
            }
            for name, judged in found.variables.items()
        }
    if found.reason:
        made["reason"] = found.reason
    if found.worst is not None:
        ours, theirs = number(found.worst.ours), number(found.worst.theirs)
        made["worst"] = {"node": found.worst.node, "backprop": ours, "expected": theirs}
    return made


def _node(row: Row, report: Report) -> documents.Node:
    made: documents.Node = {
        "id": row.id,
        "name": row.name,
        "is": row.written,
        "span": list(row.span),
        "gate": row.gate,
        "inputs": list(row.inputs),
        "value": number(row.value),
    }
    if report.has_arrays:
        made["shape"] = list(row.shape)
    if report.kind == "grad":
        made["locals"] = [number(slope) for slope in row.locals]
        if row.rules:
            made["rules"] = list(row.rules)
        made["grad"] = number(row.grad)
    if (true := report.true_of(row.id)) is not None:
        made["true_value"] = number(true)
    if (true := report.true_of(row.id, grad=True)) is not None:
        made["true_grad"] = number(true)
    if row.subgraph:
        made["module"] = row.subgraph
    return made


def _modules(report: Report) -> Iterator[documents.Module]:
    """Every call of a user's gate, and every turn of a loop, those around others first."""
    packed = {p.name: p for p in report.folded}
    for call in report.subgraphs():
        made: documents.Module = {
            "call": call.label,
            "gate": call.name,
            "within": call.within,
            "parameters": list(call.parameters),
            "inputs": list(call.operands),
            "output": call.output,
            "nodes": call.nodes,
            "expanded": call.expanded,
        }
        if call.title:
            made["title"], made["outputs"] = call.title, list(call.outputs)
        elif call.name in packed and packed[call.name].slopes:
            made["slopes"] = {name: slope_text(packed[call.name], name) for name in packed[call.name].slopes}
        yield made


def _jacobian(report: JacobianReport) -> Iterator[tuple[str, Any]]:
    yield "schema", "backprop/jacobian@1"
    yield "expression", report.expression
    yield "output", report.output
    yield "value", number(report.value)
    yield "shape", list(report.shape)
    yield "jacobians", {block.variable: _block(block, report) for block in report.blocks}
    if report.anatomy:
        yield "anatomy", list(map(_part, report.anatomy))
    yield "check", check(report)
    yield "notes", list(map(note, report.notes))


def _block(block: Block, report: JacobianReport) -> documents.Block:
    return {
        "shape": list(report.shape + block.shape),
        "mode": block.mode,
        "passes": block.passes,
        "values": number(block.values),
    }


def _part(part: Part) -> documents.Part:
    return {
        "node": part.node,
        "is": part.written,
        "along": part.operand,
        "jacobian": [part.rows, part.columns],
        "structure": part.structure,
        "stored_bytes": part.stored,
        "kept_bytes": part.kept,
        "used": part.used,
    }
