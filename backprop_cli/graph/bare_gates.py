"""Gates of arrays without brackets before their operand, as in `log det X`: as a name such a word would be a number."""

from __future__ import annotations

from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.language.program import Program


def is_without_brackets(program: Program, row: int, name: str) -> bool:
    """Whether the name of such a gate stands right before a name or a number."""
    if name not in TENSORS and name not in TENSOR_ALIASES:
        return False
    text, end = program.source.text, program.ends[row]
    rest = text[end : end + 40].lstrip(" \t{")
    return text[end : end + 1] in (" ", "\t") and (rest[:1].isalnum() or rest[:1] in ("\\", "|", "‖"))
