"""Gradients lost on the way: products upstream × local that are no number, too large or too small."""

from __future__ import annotations

from math import inf

from backprop_cli.engine.anomalies.anomaly import Anomaly
from backprop_cli.engine.anomalies.masks import (
    Mask,
    Sizes,
    at,
    every,
    first,
    is_finite,
    is_infinite,
    is_nan,
    operands_of,
    some,
)
from backprop_cli.engine.flow import chosen, flow_of_tensor
from backprop_cli.engine.passes import Backward
from backprop_cli.engine.true_number import SMALLEST
from backprop_cli.gates import ROUTES
from backprop_cli.gates.fields import ARRAYS
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.graph.graph import Graph, Value
from backprop_cli.lean import Iterator


def of_flow(
    graph: Graph, values: list[Value], passed: Backward, output: int, active: bytearray, sensitive: list[Mask],
    sizes: Sizes,
) -> Iterator[Anomaly]:  # fmt: skip
    """Where neither factor of a product is to blame, and sums of infinite gradients."""
    grads, numbers = passed.grads, not passed.flows
    finite = [grad is not None and sizes.all_finite(grad) for grad in grads]
    explained: tuple[set[int], set[int]] = (set(), set())  # nodes into which some product sends NaN, an infinity
    for node in range(output, -1, -1):
        upstream, ids = grads[node], graph.inputs[node]
        if upstream is None or not active[node]:
            continue
        flow = passed.flows[node] if passed.flows else True
        for k, j in enumerate(ids):
            if not active[j]:
                continue
            if numbers and 0 < abs(upstream * passed.locals[node][k]) < inf:  # as most are
                continue
            if not (numbers or node in graph.attributes or _is_odd(upstream, passed.locals[node][k], sizes)):
                continue
            shape, factors = graph.shape(node), (upstream, *passed.locals[node][k : k + 1])
            if node in graph.attributes:
                if some(is_nan(values[node])):
                    explained[0].add(j)  # an undefined value has undefined slopes, and a note of its own
                    continue
                if finite[j]:  # so is all that it is the sum of
                    continue
                shape, factors = graph.shape(j), ()
                sent, masks = _pulled(graph, values, node, k, upstream, flow)
            else:
                sent, masks = _product(graph, node, upstream, passed.locals[node][k], flow)
            if not every(is_finite(sent)):
                for lost, where in zip(explained, (is_nan, is_infinite), strict=True):
                    if some(where(sent)):
                        lost.add(j)
            for code, mask in masks.items():
                if not some(mask):
                    continue
                element, elements = first(mask, shape)
                here = tuple(at(factor, element, shape) for factor in factors)
                wording, other = "gradient", -1
                if code == "undefined" and factors:
                    wording, other = "product", _sender(graph, passed, node, output)
                yield Anomaly(code, wording, node, (k,), other, here * (other >= 0), element, elements)
    for node, grad in enumerate(grads):
        if grad is None or not active[node] or node == output:
            continue
        if finite[node] or not some(bad := (is_finite(grad) ^ True) & sensitive[node]):
            continue
        for code, of, lost in (("undefined", is_nan, explained[0]), ("overflow", is_infinite, explained[1])):
            if some(of(grad)) and node not in lost:
                element, elements = first(bad, graph.shape(node))
                yield Anomaly(code, "sum", node, element=element, elements=elements)
                break


def _is_odd(upstream: Value, slope: Value, sizes: Sizes) -> bool:
    """Whether the product of the two is 0, infinite or NaN in any element."""
    (least, most), (small, large) = sizes.of(upstream), sizes.of(slope)
    if least * small >= SMALLEST and most * large < inf:
        return False
    from backprop_cli.numeric.blocks import somewhere

    return somewhere(lambda x, y: ((size := abs(x * y)) == 0) | (size == inf) | (size != size), upstream, slope)


def _product(graph: Graph, node: int, upstream: Value, slope: Value, flow: Mask) -> tuple[Value, dict[str, Mask]]:
    """What an elementwise gate sends, and where that is no number, too large or too small."""
    if graph.gates[node] in ROUTES:
        flow = flow & (slope != 0)
    sent = chosen(flow, upstream * slope) if flow is not False else 0.0
    masks = {}
    if not every(is_finite(sent)):
        masks["undefined"] = flow & is_nan(sent) & (upstream == upstream) & (slope == slope)
        masks["overflow"] = flow & is_infinite(sent) & is_finite(upstream) & is_finite(slope)
    if some(zero := sent == 0):
        masks["underflow"] = flow & zero & (upstream != 0) & (slope != 0)
    return sent, masks


def _pulled(
    graph: Graph, values: list[Value], node: int, k: int, upstream: Value, flow: Mask
) -> tuple[Value, dict[str, Mask]]:
    """What a tensor gate sends, and where that is no number or too large though all it is made of is finite."""
    operands = operands_of(graph, values, node)
    pulled = ARRAYS.pull[graph.gates[node]](k, upstream, values[node], operands, graph.attributes[node])
    sent = chosen(flow_of_tensor(graph, values, node, k, flow), pulled)
    if every(is_finite(sent)) or not all(every(is_finite(x)) for x in (upstream, values[node], *operands)):
        return sent, {}
    steep = TENSORS[graph.gates[node]].steep
    return sent, {"undefined": is_nan(sent), "infinite" if steep else "overflow": is_infinite(sent)}


def _sender(graph: Graph, passed: Backward, node: int, output: int) -> int:
    """A gate that sends the node its gradient: the last with a slope of 0 or infinity there, if there is one."""
    found = node
    for i in range(output, -1, -1):
        if passed.grads[i] is not None and node in graph.inputs[i]:
            slope = dict(zip(graph.inputs[i], passed.locals[i], strict=False)).get(node, 1.0)
            if found == node or some(slope == 0) or some(is_infinite(slope)):
                found = i
    return found
