"""Braces around a list, which has square brackets here; choices between braces are read elsewhere."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter


def parts_a_number(edits: Rewriter, k: int) -> bool:
    """Refuse `1{,}000`, a thousand to some, and `3{,}14`; whether the brace at token k is one of those."""
    whole, rest = edits.at(k - 1), edits.at(k + 3)
    if edits.texts[k + 1 : k + 3] != [",", "}"] or not (whole.isdigit() and rest.isdigit()):
        return False
    ways = [f"`{whole}{rest}`"] * (len(rest) == 3) + [f"`{whole}.{rest}`"]
    message = "`{,}` parts thousands for some, and is a decimal point to others"
    edits.refuse(k - 1, k + 3, message, "write " + " or ".join(ways))
    edits.blank(k, k + 2)
    return True


def refuse_braces(edits: Rewriter, k: int) -> None:
    """Refuse `{x, y}`, with what to write; what is in something that was refused is left alone."""
    if parts_a_number(edits, k):
        return
    begin, close = edits.begins[k], edits.closes[k]
    if not edits.commas[k] or any(problem.start <= begin < problem.end for problem in edits.problems):
        return
    inside = edits.text[begin + 1 : edits.begins[close]].strip()
    edits.refuse(k, close, "a list has square brackets here", f"write `[{inside}]`")
