"""What a node is and what it sends back, in parts: literal text, and references to the nodes it is about.

It does not know what the nodes are called; `names` puts names in the place of references, `notation` numbers too.
"""

from __future__ import annotations

from math import prod

from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.tensors import REDUCTION_OF, TENSORS
from backprop_cli.graph import Graph
from backprop_cli.lean import Any, Iterator, cache
from backprop_cli.report.formula import TRANSPOSED, Formula, Grad, Name, Partial, Piece, Rule, merged

CALLED = {reduction: name for name, reduction in REDUCTION_OF.items()}  # amax is written max
_TIGHT = {"^"}  # written without spaces
_OF_FORMULAS = {"axis", "keepdims", "True"}  # the words that a formula may have, gates and operands aside


def node_parts(graph: Graph, node: int) -> Formula:
    """What a node is, over its operands: `n1 * z`, `sigmoid(n3)`, `turn 3 of 10 (h, x)`, `input`, `constant`."""
    gate, operands = graph.gates[node], tuple(map(Name, graph.inputs[node]))
    if not operands and node not in graph.attributes:  # a leaf
        return (gate,)
    if gate not in GATES and gate in TENSORS:
        return merged(_tensor_parts(graph, node, operands))
    if gate not in GATES:
        return _call(f"{gate} " if " " in gate else gate, map(Name, graph.attributes[node]))
    row = GATES[gate]
    if row.prefix:
        return (row.prefix, *operands)
    if not row.symbol:
        return _call(gate, operands)
    return _between(row.symbol if row.symbol in _TIGHT else f" {row.symbol} ", operands)


def _call(name: str, arguments: Any) -> Formula:
    return merged((f"{name}(", *_between(", ", arguments), ")"))


def _between(sign: str, pieces: Any) -> Formula:
    """The pieces, a sign between them."""
    return tuple(part for piece in pieces for part in (sign, piece))[1:]


def _tensor_parts(graph: Graph, node: int, operands: Formula) -> Formula:
    gate, attributes = graph.gates[node], graph.attributes[node]
    row = TENSORS[gate]
    if row.symbol:
        return _between(f" {row.symbol} ", operands) if len(operands) > 1 else (operands[0], row.symbol)
    if row.syntax == "index":
        return (operands[0], f"[{', '.join(map(_item, attributes[0]))}]")
    if row.syntax == "array" and attributes == ((0,),):
        return ("[", *_between(", ", operands), "]")
    told = tuple(_told(graph, node, row))
    last = bool(row.parameters and row.parameters[0].kind)  # attributes come first: `full(2, 3, value)`
    first = row.variadic or not last
    return _call(CALLED.get(gate, gate), (*operands * first, *told, *operands * last))


def _told(graph: Graph, node: int, row: Gate) -> Iterator[str]:
    """The attributes that are written: `axis=0`, and none that is what it would be anyway."""
    for parameter, value in zip((p for p in row.parameters if p.kind), graph.attributes[node], strict=False):
        if parameter.kind == "axes":
            axes = tuple(range(len(graph.shape(graph.inputs[node][0])))) if graph.inputs[node] else ()
            usual = {None: axes, -1: axes[-1:]}.get(parameter.default, (0,))
            value = (value,) if isinstance(value, int) else value  # before shapes are known
            if parameter.required or value not in (usual, None):
                over = list(value or ())
                yield f"axis={over[0] if len(over) == 1 else over if over and row.family != 'order' else None}"
        elif parameter.starred:
            yield from map(str, value)
        elif parameter.required:
            yield _plain(value)
        elif value != parameter.default:
            yield f"{parameter.name}={_plain(value)}"


def _plain(value: Any) -> str:
    """An attribute as it is typed: of lengths that are one, that one."""
    return str(value if not isinstance(value, tuple) else value[0] if len(value) == 1 else list(value))


def _item(item: int | slice) -> str:
    if isinstance(item, int):
        return str(item)
    start, stop, step = ("" if part is None else str(part) for part in (item.start, item.stop, item.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


def sent_parts(graph: Graph, node: int, position: int) -> Rule:
    """What a tensor gate sends to an operand, over operands and the gradient that arrives: `outer(df/dq, x)`.

    Of a folded call it is the chain rule alone: what the call does to a gradient is told by its inside.
    """
    operands, row = graph.inputs[node], TENSORS.get(graph.gates[node])
    if row is None:
        return Rule((Grad(node), " · ", Partial(node, operands[position])))
    case = "".join(str(min(len(graph.shape(j)), 2)) for j in operands[:2])
    attributes = dict(zip(row.attributes, graph.attributes[node], strict=False))
    taken = attributes.get("label_smoothing", 0)
    smoothed = "~" * bool(taken)
    texts = row.words.get(case + smoothed) or row.words.get(smoothed) or row.words[""]
    shape = graph.shape(operands[0])
    over = attributes.get("axis") if "keepdims" in attributes else None
    count = prod(shape[k] for k in over) if isinstance(over, tuple) else prod(shape)
    stands_for: dict[str, Piece] = dict(zip(row.operands, map(Name, operands), strict=False))
    stands_for |= {"G": Grad(node), "out": Name(node), "count": str(count), "examples": str(prod(shape[:-1]))}
    stands_for["free"] = str(count - attributes.get("ddof", 0))
    if taken:
        stands_for |= {"taken": f"{taken:.6g}", "kept": f"{1 - taken:.6g}", "given": f"{taken / shape[-1]:.6g}"}
    template, in_words = _template(texts[0 if row.variadic else position])
    return Rule(tuple(stands_for[part] if is_field else part for part, is_field in template), in_words)


@cache
def _template(text: str) -> tuple[tuple[tuple[str, bool], ...], bool]:
    """A text of a row as parts, of which some are fields, and whether it says more than a formula could."""
    import re
    from string import Formatter

    parts: list[tuple[str, bool]] = []
    words: set[str] = set()
    for literal, field, _, _ in Formatter().parse(text):
        parts += [(part, False) for part in re.split(f"({TRANSPOSED})", literal) if part]
        parts += [(field, True)] if field else []
        words.update(re.findall("[A-Za-z_]+", literal))
    return tuple(parts), not words <= _OF_FORMULAS | GATES.keys() | TENSORS.keys()
