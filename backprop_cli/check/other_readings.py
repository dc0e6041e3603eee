"""What a claim may have been meant to be: `|x|` as a length or a determinant, `A^-1` as the inverse, `1/2x` as 1/(2x).

A formula in a claim is read as a program is. One that differs so is tried as mathematics writes it, where shapes leave
one such meaning; which it was is said, and never that a claim differs which is right in that reading.
"""

from __future__ import annotations

from backprop_cli.check.claims import Claim
from backprop_cli.check.gradient_words import Gradient
from backprop_cli.errors import BackpropError, Source, shorten
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph import INPUT, Graph, lower
from backprop_cli.graph.matrix_powers import taken_in, with_caret
from backprop_cli.graph.readings import divides
from backprop_cli.graph.shapes import infer
from backprop_cli.language.parser import parse
from backprop_cli.language.signs_of_arrays import BARS
from backprop_cli.language.spellings import ABSOLUTE
from backprop_cli.lean import Callable, Iterator, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import MAX_ELEMENTS, Shape

_LARGEST = 9  # power of a matrix


class _Change(NamedTuple):
    """A node that another gate may be: what was typed, what that may be short for, and how it is read otherwise."""

    kind: str
    node: int
    typed: str
    meant: str
    plain: str


def other_readings(
    claim: Claim, shape: Callable[[int], Shape], read: Callable[[Source], Claim]
) -> Iterator[tuple[Claim, str]]:
    """The claim in other readings, all that can be at once and each by itself, with words that say which."""
    uses = claim.formula.uses.items()
    shapes = {name: shape(use.wrt if isinstance(use, Gradient) else use) for name, use in uses}
    changes = list(_changes(read(claim.source).formula.graph, read(claim.source).formula.graph, shapes))
    kinds = list(dict.fromkeys(change.kind for change in changes))
    for group in ([kinds] if len(kinds) > 1 else []) + [[kind] for kind in kinds]:
        other = read(claim.source)
        chosen = [change for change in changes if change.kind in group]
        for change in chosen:
            _apply(other.formula.graph, change)
        yield other, _words(chosen)


def how_it_was_read(graph: Graph) -> list[str]:
    """What a program with a formula would be noted for."""
    plain = all(graph.gates[node] in GATES and not divides(graph, node) for node in graph.products)
    return [remark.message for remark in graph.remarks if not (remark.of_products and plain)]


def _words(changes: Sequence[_Change]) -> str:
    told = dict.fromkeys((change.typed, change.meant) for change in changes)
    return " and ".join(f"`{shorten(typed)}` read as `{shorten(meant)}`" for typed, meant in told)


def _changes(graph: Graph, probe: Graph, shapes: Mapping[str, Shape]) -> Iterator[_Change]:
    """What may be read in another way; `probe` is the same graph, in which shapes are inferred."""
    found: dict[tuple[int, int], Shape] = {}
    try:
        infer(probe, shapes, max_elements=MAX_ELEMENTS)
        found = {probe.span(node): probe.shape(node) for node in range(len(probe))}
    except BackpropError:
        pass
    named = {node: shapes.get(name, ()) for name, node in graph.variables.items()}
    summed = taken_in(graph)
    for node, operands in enumerate(graph.inputs):
        if not operands or graph.gates[node] == INPUT:
            continue
        first = operands[0]
        shape = named.get(first) or found.get(graph.span(first), ())
        typed, inside = graph.text(node), graph.text(first)
        is_square = len(shape) == 2 and shape[0] == shape[1]
        if graph.gates[node] == ABSOLUTE and typed.startswith(BARS) and shape and node not in summed:
            meant = f"det({inside})" if is_square else f"norm({inside})"
            yield _Change("bars", node, typed, meant, f"abs({inside})")
        elif with_caret(graph, node) and is_square and node not in summed:
            power = graph.constants.get(operands[1], 0.5)
            typed = f"{inside}^{power:g}" if "\\" in graph.source.text else typed
            if power == -1:
                yield _Change("powers", node, typed, f"inv({_bare(inside)})", "")
            elif power % 1 == 0 and 1 < abs(power) <= _LARGEST:
                name = next(name for name, row in TENSORS.items() if row.family == "power")
                yield _Change("powers", node, typed, f"{name}({_bare(inside)}, {power:g})", "")
        elif node in graph.products and divides(graph, node):
            below = graph.source.text[graph.starts[graph.inputs[first][1]] : graph.ends[node]]
            above = graph.text(graph.inputs[first][0])
            yield _Change("fractions", node, typed, f"{above}/({below})", "")


def _bare(text: str) -> str:
    inner = text[1:-1]
    return inner if text[:1] == "(" and text[-1:] == ")" and not {*"()"} & {*inner} else text


def _apply(graph: Graph, change: _Change) -> None:
    """Make a node the other gate."""
    node = change.node
    if change.kind == "fractions":
        graph.gates[node] = graph.gates[graph.inputs[node][0]]
        graph.products = [other for other in graph.products if other != node]
        return
    begin, _, rest = change.meant.partition("(")
    more = f", {rest.rpartition(', ')[2]}" if change.kind == "powers" and ", " in rest else ")"
    model = lower(parse(Source("reading", f"{begin}(x{more}")))
    graph.gates[node], graph.inputs[node] = model.gates[model.output], graph.inputs[node][:1]
    graph.attributes[node] = model.attributes[model.output]
