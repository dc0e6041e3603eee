"""Which rows of a program others need."""

from __future__ import annotations

from backprop_cli.language.program import Program


def operands_of(program: Program) -> set[int]:
    """The rows that another row or a statement needs."""
    used = {statement.row for statement in program.statements}
    for op, args in zip(program.ops, program.args, strict=True):
        if op == "call":
            used.update(args.operands, (row for _, row, _ in args.keywords))
        elif op == "index":
            used.add(args.operand)
            used.update(part for item in args.items for part in item if part is not None)
        elif op not in ("name", "num"):
            used.update(args)
    return used
