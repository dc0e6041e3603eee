"""A few elements of arrays, or rows of a batch, as a program of their own: what is doubtful, and what that depends on.

Row i of `X@w + b` depends on row i of X, and on no other one. A sum or a mean over all of them sends each the same,
however many there are. So of a thousand rows the one whose digits are lost can be worked out alone.
"""

from __future__ import annotations

from operator import or_

import numpy as np

from backprop_cli.engine.apart import Doubtful
from backprop_cli.engine.by_elements import plan
from backprop_cli.engine.passes import Backward, forward, quiet, rule_of
from backprop_cli.engine.settling import LEAST, MOST_WORK
from backprop_cli.gates import BY_SYMBOL, GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import CONSTANT, Graph, Value
from backprop_cli.lean import Any, Callable, Iterator, Mapping, NamedTuple, Sequence, reduce
from backprop_cli.numeric.shapes import Shape, size

_MUL, _DIV = (BY_SYMBOL[symbol] for symbol in "*/")
MOST_NUMBERS = MOST_WORK // LEAST
_SAME = 1e-9  # relative, of what a mean sends to rows
_LOSSES = ("classes(", "same(")  # the shapes of gates that are means over all examples


class Alone(NamedTuple):
    """The program, its values, and which of the doubtful numbers it has.

    `ids` are its nodes for those of the whole program; of the axes `shape` it has the `places`, in ascending order.
    """

    graph: Graph
    values: list[Value]
    found: Doubtful
    ids: list[int]
    shape: Shape
    places: Any

    def there(self, node: int, place: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """The node and the place for those of the whole program."""
        flat, count = 0, len(self.shape)
        for k, length in zip(place[:count], self.shape, strict=True):
            flat = flat * length + k
        return self.ids[node], (int(self.places.searchsorted(flat)), *(0 for _ in place[1:count]), *place[count:])


class _Cut(NamedTuple):
    """The nodes of whose elements some remain, along the axes `shape`, and those that depend on all of them."""

    shape: Shape
    some: set[int]
    late: set[int]


def alone(graph: Graph, values: Sequence[Value], found: Doubtful, output: int, passed: Backward | None) -> Alone | None:
    """The doubtful elements that depend on no others; None if there are none."""
    if graph.shapes[output]:
        return None
    with quiet(graph):
        return _alone(graph, values, found, output, passed)


def _alone(
    graph: Graph, values: Sequence[Value], found: Doubtful, output: int, passed: Backward | None
) -> Alone | None:
    for cut in _cuts(graph, values, found, output):
        of_values, of_grads = _some(graph, found, cut)
        if of_grads and passed is not None and _is_straight(graph, cut):
            made = _program(graph, values, Doubtful(of_values, of_grads), output, cut)
            if made is not None:
                return made
        if of_values:
            return _program(graph, values, Doubtful(of_values, {}), output, cut)
    return None


def _some(graph: Graph, found: Doubtful, cut: _Cut) -> Doubtful:
    """The doubtful ones that such a program has; without nodes of which too many elements are doubtful."""
    kept = len(cut.shape)
    each = sum(size(graph.shapes[node][kept:]) for node in cut.some)
    at = [
        (k, node, _along(mask, cut))
        for k, masks in enumerate(found)
        for node, mask in masks.items()
        if node in cut.some
    ]
    chosen, places = Doubtful({}, {}), np.zeros(size(cut.shape), bool)
    for k, node, there in sorted(at, key=lambda one: int(one[2].sum())):
        if np.count_nonzero(places | there) * each > MOST_NUMBERS:
            break
        places |= there
        chosen[k][node] = found[k][node]
    return Doubtful(
        *(
            {node: mask for node, mask in masks.items() if node in some}
            for masks, some in zip(found, chosen, strict=True)
        )
    )


def _along(mask: Any, cut: _Cut) -> Any:
    """At which places along the axes something is marked."""
    return mask.reshape(size(cut.shape), -1).any(axis=1)


def _cuts(graph: Graph, values: Sequence[Value], found: Doubtful, output: int) -> Iterator[_Cut]:
    """By elements, if all arrays have one shape; otherwise by rows, of which there are more than of anything else."""
    of = plan(graph, values, output)
    if of is not None:
        yield _Cut(of.shape, {node for node in range(output + 1) if graph.shapes[node]}, set(of.after))
        return
    lengths = {graph.shapes[node][0] for masks in found for node in masks if graph.shapes[node]}
    for length in sorted(lengths, reverse=True):
        some, late = set[int](), set[int]()
        for node, inputs in enumerate(graph.inputs[: output + 1]):
            if not late.isdisjoint(inputs):
                late.add(node)
            elif not inputs and node not in graph.attributes:
                some |= {node} if graph.shapes[node][:1] == (length,) else set()
            elif not some.isdisjoint(inputs):
                (some if _keeps_rows(graph, node, some, length) else late).add(node)
        yield _Cut((length,), some, late)


def _keeps_rows(graph: Graph, node: int, some: set[int], length: int) -> bool:
    """Whether row i of a gate's value depends on row i of the operands that have `some` rows, and on no other."""
    shape, inputs = graph.shapes[node], graph.inputs[node]
    if shape[:1] != (length,):
        return False
    shapes = [graph.shapes[j] for j in inputs]
    if node not in graph.attributes:
        return all(
            len(x) == len(shape) if j in some else len(x) < len(shape) or x[0] == 1
            for j, x in zip(inputs, shapes, strict=True)
        )
    row, attributes = TENSORS[graph.gates[node]], graph.attributes[node]
    if row.symbol == "@":
        return inputs[0] in some and inputs[1] not in some and len(shapes[0]) > 1 and len(shapes[1]) <= 2
    if row.syntax == "index":
        return bool(attributes[0][0] == slice(None))
    kinds = [parameter.kind for parameter in row.parameters if parameter.kind]
    axes = [value for kind, value in zip(kinds, attributes, strict=False) if kind == "axes"]
    return len(inputs) == 1 and axes != [] and None not in axes and not any(0 in value for value in axes)


def _is_straight(graph: Graph, cut: _Cut) -> bool:
    """Whether what arrives at the sums over all elements does not depend on what they are."""
    for node in cut.late:
        moving = [j in cut.late for j in graph.inputs[node]]
        if graph.shapes[node] or (node in graph.attributes and (any(moving) or not _adds_up(graph, node))):
            return False
        if any(moving):
            family = GATES[graph.gates[node]].family
            is_part = (family, *moving) == ("quotient", True, False) or (family == "product" and sum(moving) == 1)
            if family != "sum" and not is_part:
                return False
        elif node not in graph.attributes:
            return False
    return True


def _adds_up(graph: Graph, node: int) -> bool:
    """Whether a gate is a sum or a mean of what it has of each row."""
    row = TENSORS[graph.gates[node]]
    is_sum = row.selects and len(graph.inputs[node]) == 1 and not (row.exact or row.vanish or row.notes)
    return is_sum or row.shape.startswith(_LOSSES)


def _program(graph: Graph, values: Sequence[Value], found: Doubtful, output: int, cut: _Cut) -> Alone | None:
    """The program of these elements; None if it is not known what its sums send to them."""
    count, kept = size(cut.shape), len(cut.shape)
    places = reduce(or_, (mask.reshape(count, -1).any(axis=1) for masks in found for mask in masks.values())).nonzero()[
        0
    ]

    def part(x: Value) -> Value:
        rest = x.shape[kept:]
        return x.reshape(count, *rest)[places].reshape(len(places), *(1 for _ in cut.shape[1:]), *rest)

    parts = {node: part(values[node]) for node in cut.some}
    made, ids = Graph(graph.source), list[int]()

    def add(gate: str, inputs: tuple[int, ...] = (), shape: Shape = (), constant: Value = None) -> int:
        made.gates.append(gate)
        made.inputs.append(inputs)
        made.shapes.append(shape)
        made.starts.append(graph.starts[len(ids)])
        made.ends.append(graph.ends[len(ids)])
        if constant is not None:
            made.constants[len(made) - 1] = constant
        return len(made) - 1

    for node in range(output + 1):
        if node in cut.late and not found.grads:
            ids.append(add(CONSTANT, (), graph.shapes[node], values[node]))
            continue
        inputs = tuple([ids[j] for j in graph.inputs[node]])
        shape = parts[node].shape if node in parts else graph.shapes[node]
        constant = parts.get(node, graph.constants[node]) if node in graph.constants else None
        new = add(graph.gates[node], inputs, shape, constant)
        if node in graph.attributes:
            made.attributes[new] = graph.attributes[node]
        if node in cut.late and not cut.some.isdisjoint(graph.inputs[node]):
            is_sum = _sends(graph, node, values, parts, part, 1.0)
            if not is_sum and not _sends(graph, node, values, parts, part, len(places) / count):
                return None
            for sign, number in () if is_sum else ((_MUL, len(places)), (_DIV, count)):  # a mean, over so many fewer
                new = add(sign, (new, add(CONSTANT, constant=float(number))))
        ids.append(new)
    made.variables, made.output = {name: ids[node] for name, node in graph.variables.items()}, ids[output]
    given = {name: parts.get(node, values[node]) for name, node in graph.variables.items()}
    return Alone(made, forward(made, given), found, ids, cut.shape, places)


def _sends(
    graph: Graph, node: int, values: Sequence[Value], parts: Mapping[int, Value], part: Callable[[Value], Value],
    share: float,
) -> bool:  # fmt: skip
    """Whether a sum of all elements sends to each of some this share of what it would send to them alone."""
    inputs, rule = graph.inputs[node], rule_of(graph, node)
    whole, some = [values[j] for j in inputs], [parts.get(j, values[j]) for j in inputs]
    out = rule.value(some)
    for k, j in enumerate(inputs):
        if j in parts:
            theirs = part(np.broadcast_to(rule.pull(k, 1.0, (), whole, values[node]), whole[k].shape))
            ours = rule.pull(k, share, (), some, out)
            if not np.allclose(theirs, ours, rtol=_SAME, atol=0.0):
                return False
    return True
