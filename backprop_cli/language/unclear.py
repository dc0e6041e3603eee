"""Signs and numbers side by side that mean one thing to some and another to others: `1 000`, `[1 -2]`, `x +- y`."""

from __future__ import annotations

from backprop_cli.errors import Diagnostic, Label, Source, shorten
from backprop_cli.language.syntax_errors import SyntaxProblem
from backprop_cli.language.tokens import NEWLINE, NUMBER, PRIME, Tokens

# Two signs: what they are to whom, and the formulas to write.
_SIGNS = {
    "+-": ("`+-` is both signs to most", ("+", "-"), "+ -"),
    "-+": ("`-+` is both signs to most", ("-", "+"), "- +"),
}
_LONGEST = 60  # characters of a statement that is written again


def unclear(source: Source, tokens: Tokens, position: int, *, in_array: bool) -> None:
    """Refuse `1 000` and `[1 2]`, two numbers side by side, and `[1 -2]`, two elements in MATLAB, one in Python."""
    kinds, texts, starts = tokens
    one, other = texts[position - 1], texts[position]
    first, start = starts[position - 1], starts[position]
    end = start + len(other)
    if kinds[position] == NUMBER:
        if kinds[position - 1] == PRIME and kinds[position - 2] == NUMBER and start == first + 1:  # 1'000
            whole = texts[position - 2] + other
            label = Label(source, starts[position - 2], end)
            message = "`'` transposes, and is no part of a number"
            raise SyntaxProblem(Diagnostic("S112", message, (label,), f"write `{whole}`"), position)
        if kinds[position - 1] != NUMBER:
            return
        message = "two numbers side by side"
        ways: tuple[str, ...] = (f"{one}, {other}",) if in_array else (f"{one}{other}", f"{one}*{other}")
        if texts[position + 1] == "/" and kinds[position + 2] == NUMBER:  # 3 1/2
            ways, end = (f"({one} + {other}/{texts[position + 2]})",), starts[position + 2] + len(texts[position + 2])
    else:
        apart = first + len(one.rstrip()) < start and kinds[position - 1] != NEWLINE
        if not (in_array and apart and starts[position + 1] == end):
            return
        one, behind = shorten(one), shorten(texts[position + 1])
        message = f"`{one} {other}{behind}` is two elements to some, and one to others"
        ways, end = (f"{one}, {other}{behind}", f"{one} {other} {behind}"), end + len(texts[position + 1])
    help_ = "write " + " or ".join(f"`{way}`" for way in ways)
    raise SyntaxProblem(Diagnostic("S112", message, (Label(source, first, end),), help_), position)


def sign(source: Source, tokens: Tokens, position: int) -> str:
    """The sign in front of an operand. Refuses `x +- y`; `x+-3`, which programs print, has one meaning."""
    kinds, texts, starts = tokens
    signs = (texts[position - 1] + texts[position]).replace("−", "-") if position else ""
    start = starts[position]
    if signs not in _SIGNS or starts[position - 1] + 1 != start:
        return texts[position]
    if kinds[position + 1] == NUMBER and starts[position + 1] == start + 1:
        return texts[position]
    message, ways, apart = _SIGNS[signs]
    before, behind = source.text[: start - 1].lstrip(), source.text[start + 1 :].rstrip()
    if len(source.text) > _LONGEST or "\n" in before + behind:
        before, behind = "x ", " y"
    help_ = "write " + " and ".join(f"`{before}{one}{behind}`" for one in ways)
    help_ += f", or with a blank `{before}{apart}{behind}`"
    raise SyntaxProblem(Diagnostic("S112", message, (Label(source, start - 1, start + 1),), help_), position)
