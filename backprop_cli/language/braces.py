"""Braces around a list, which has square brackets here; choices between braces are read elsewhere."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter


def refuse_braces(edits: Rewriter, k: int) -> None:
    """Refuse `{x, y}`, with what to write; what is in something that was refused is left alone."""
    begin, close = edits.begins[k], edits.closes[k]
    if not edits.commas[k] or any(problem.start <= begin < problem.end for problem in edits.problems):
        return
    inside = edits.text[begin + 1 : edits.begins[close]].strip()
    edits.refuse(k, close, "a list has square brackets here", f"write `[{inside}]`")
