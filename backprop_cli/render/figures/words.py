"""What stands around a figure: its title, what its numbers are, what happens in a step, what its signs mean."""

from __future__ import annotations

from collections import Counter

from backprop_cli.errors import shorten
from backprop_cli.lean import Iterable, Iterator
from backprop_cli.render.figures.shapes import LEAVES, width_of
from backprop_cli.render.style import Style
from backprop_cli.render.wrapping import wrapped
from backprop_cli.report.figure import Figure

KEY_GAP = 22  # pixels from one sign of the key to the next


def around(figure: Figure, drawing: Iterable[str], meaning: str, style: Style) -> Iterator[str]:
    """The lines of the drawing between title and words."""
    yield f"{style.text(figure.title)}\n\n"
    for line in drawing:
        yield f"{line}\n"
    below = [*([meaning] if meaning else []), *figure.caption, *([figure.notice] if figure.notice else [])]
    if below:
        yield "\n"
    for line in below:
        yield wrapped(style.text(local_sign(line, style)), style.width, hang="    ")


def local_sign(text: str, style: Style) -> str:
    """The text, in ASCII with a `D` for the ∂ of a local gradient: a `d` is for the whole one."""
    return text.replace("∂", "D") if style.ascii else text


def key(figure: Figure, value: str, grad: str) -> str:
    """`above a wire its value, below it df/d(wire)`."""
    if not figure.valued:
        return ""
    said = [f"{value} its value"]
    if figure.shows in ("grad", "both") and figure.phase != "forward":
        said.append(f"{grad} d{figure.output}/d(wire)")
    if figure.shows in ("local", "both"):
        said.append("∂ at a gate its local gradient")
    return ", ".join(said)


def sums(figure: Figure) -> dict[int, str]:
    """`df/dx = 5` for each node whose wire forks: elsewhere its one wire says it."""
    uses = Counter(edge.source for edge in figure.edges)
    return {
        node.id: f"d{figure.output}/d{node.name} = {node.grad}"
        for node in figure.nodes
        if uses[node.id] > 1 and node.grad
    }


def described(figure: Figure) -> str:
    """The figure in words: a clause a node, in the order of the forward pass."""
    said = []
    for node in figure.nodes:
        clause = node.name if node.kind in LEAVES else f"{node.name} = {node.written}"
        clause += f" = {node.value}" if node.value and node.value != node.name else ""
        said.append(clause + (f", gradient {node.grad}" if node.grad else ""))
    return "; ".join([*said, *figure.caption])


def key_of(figure: Figure, width: float, where: tuple[str, str]) -> list[list[tuple[str, str]]]:
    """What the signs mean, on one line if it fits."""
    if not figure.valued:
        return []
    words = [("value", f"{where[0]}: its value")]
    if figure.shows in ("grad", "both"):
        words.append(("grad", f"{where[1]}: its gradient, d{shorten(figure.output, 24)}/d(wire)"))
    if figure.shows in ("local", "both"):
        words.append(("local", "∂ at a gate: the local gradient"))
    if any(block and block.shades for node in figure.nodes for block in (node.value_block, node.grad_block)):
        words.append(("notice", "squares: green above 0, pink below it, the stronger the further from 0"))
    if sum(width_of(text, 13) + KEY_GAP for _, text in words) <= width + KEY_GAP:
        return [words]
    return [[word] for word in words]
