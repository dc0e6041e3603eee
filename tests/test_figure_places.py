"""Measured in pictures as they are written: no two labels overlap, no wire runs through a gate or off the paper."""

import json
import random
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from conftest import backprop

from backprop_cli import draw, grad
from backprop_cli.render.arrange import arrange
from backprop_cli.render.figures.shapes import width_of
from backprop_cli.render.figures.svg import render
from backprop_cli.render.style import Style
from backprop_cli.report.blocks import block
from backprop_cli.report.drawing import figure
from backprop_cli.report.figure import DrawnSubgraph

SIZES = {"leaf": 16, "result": 16, "name": 12, "local": 12, "grad share": 12, "title": 16, "operation": 16, "range": 12}
NORMALIZED = "m = mean(x, 0); c = x - m; v = mean(c^2, 0); s = sqrt(v + 0.1); n = c/s; out = g*n + b; loss = sum(out^3)"
PRICE = "d = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)); e = d - s*sqrt(T); C = S*normcdf(d) - K*exp(-r*T)*normcdf(e)"


TURNED = (" middle", " ends", " begins")  # how texts are anchored where wires run down


def program(seed):
    """A report of forty gates or fewer."""
    numbers = random.Random(seed)
    names, lines = [f"x{k}" for k in range(4)], []
    for k in range(numbers.randrange(5, 40)):
        one, other = numbers.choices(names[-8:], k=2)
        names.append(f"g{k}")
        lines.append(
            f"g{k} = " + numbers.choice([f"{one} + {other}", f"{one}*{other}", f"sin({one})", f"{one} - 2*{other}"])
        )
    text = "; ".join(lines)
    return grad(text, {name: 0.5 for name in names[:4] if re.search(rf"\b{name}\b", text)}, check=False)


def pieces(path):
    """Points along an SVG path of M, L, H, h, V, C and Q."""
    x = y = 0.0
    for command, words in re.findall(r"([MLHhVCQ])([^MLHhVCQ]*)", path):
        n = list(map(float, words.split()))
        if command in "ML":
            ends = [(x, y), (n[0], n[1])]
        elif command in "Hh":
            ends = [(x, y), (n[0] + x * (command == "h"), y)]
        elif command == "V":
            ends = [(x, y), (x, n[0])]
        else:
            ends = [(x, y), *zip(n[::2], n[1::2], strict=True)]
        if command == "M":
            x, y = ends[-1]
            continue
        for k in range(33):
            points, t = list(ends), k / 32
            while len(points) > 1:  # de Casteljau
                points = [(a + t * (c - a), b + t * (d - b)) for (a, b), (c, d) in pairwise(points)]
            yield points[0]
        x, y = ends[-1]


def measured(svg):
    """Labels and bodies as rectangles, wires as points with their ends, width and height of the paper."""
    root = ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    labels, bodies = [], {}
    graph = next(child for child in root if child.tag == "g" and "transform" in child.attrib)
    for text in graph.iter("text"):
        x, y, look = float(text.get("x")), float(text.get("y")), text.get("class")
        look, _, anchor = (look or "").rpartition(" ") if (look or "").endswith(TURNED) else (look, "", "")
        size = SIZES.get(look, 14) if look else 12  # an element of a matrix
        width = 0.82 * width_of(text.text, size)  # the layout's widths are generous
        ends = anchor == "ends" or (look in ("leaf", None) and not anchor)
        left = (
            x - width
            if ends
            else x
            if anchor == "begins"
            else x - width / 2
            if anchor
            else x
            if look in ("result", "module-name")
            else x - width / 2
        )
        if look != "operation":
            labels.append((left, y - 0.75 * size, left + width, y + 0.1 * size, text.text))
    for tile in graph.iter("rect"):
        if tile.get("class") == "tile":
            left, top, wide, high = (float(tile.get(name)) for name in ("x", "y", "width", "height"))
            labels.append((left, top, left + wide, top + high, "a tile"))
    for group in graph.iter("g"):
        for body in group.findall("rect[@class='body']"):
            left, top = float(body.get("x")), float(body.get("y"))
            right, bottom = left + float(body.get("width")), top + float(body.get("height"))
            bodies[group.get("data-node")] = (left, top, right, bottom)
    wires = [
        (path.get("data-from"), path.get("data-to"), list(pieces(path.get("d"))))
        for path in graph.iter("path")
        if path.get("data-from")
    ]
    return labels, bodies, wires, float(root.get("width")), float(root.get("height"))


def judge(svg, *, down=False):
    labels, bodies, wires, width, height = measured(svg)
    assert labels and bodies and wires
    for k, (left, top, right, bottom, text) in enumerate(labels):
        for start, high, end, low, other in labels[k + 1 :]:
            assert right <= start or end <= left or bottom <= high or low <= top, f"{text} is over {other}"
        assert left >= -24 and right <= width - 24 and top >= -58 and bottom <= height - 24, f"{text} is off the paper"
        for node, (start, high, end, low) in bodies.items():
            assert right <= start or end <= left or bottom <= high or low <= top, f"{text} is over the gate {node}"
    for source, target, points in wires:
        for x, y in points:
            assert -24 <= x <= width - 24 and -58 <= y <= height - 58
            for node, (left, top, right, bottom) in bodies.items():
                if node not in (source, target):
                    assert not (left < x < right and top < y < bottom), f"{source} to {target} runs through {node}"
        for left, top, right, bottom, text in labels:
            assert not any(left < x < right and top < y < bottom for x, y in points), f"{source} to {target}: {text}"
    # Nor does one begin or end elsewhere than at its gates.
    for _, target, points in wires:
        (left, top, right, bottom), (x, y) = bodies[target], points[-1]
        if down:
            left, top, right, bottom, x, y = top, left, bottom, right, y, x
        assert left - 1 <= x <= (left + right) / 2 and top <= y <= bottom


@pytest.mark.parametrize("edges", ["grad", "both"])
@pytest.mark.parametrize("max_width", [None, 1280, 700])
@pytest.mark.parametrize("seed", range(30))
def test_in_thirty_graphs_nothing_overlaps(seed, max_width, edges):
    judge(draw(program(seed), "svg", edges=edges, max_width=max_width))


LONG = [
    (NORMALIZED, {"x": [[1, 2, 3], [4, 1, 0], [2, 2, 5]], "g": [1, 1, 1], "b": [0, 0, 0]}, 1280),
    (PRICE, {"S": 100, "K": 95, "r": 0.05, "s": 0.2, "T": 0.5}, 1600),
]


@pytest.mark.parametrize(("text", "values", "most"), LONG)
def test_a_long_graph_is_no_wider_than_it_may_be(text, values, most):
    report = grad(text, values, check=False)
    whole, broken = draw(report, "svg"), draw(report, "svg", max_width=most)
    judge(broken)
    (*_, wide, _), (*_, width, height) = measured(whole), measured(broken)
    assert wide > most >= width and width / height < 3
    wires, same = measured(whole)[2], measured(broken)[2]
    assert [wire[:2] for wire in wires] == [wire[:2] for wire in same]


def test_a_graph_that_fits_is_left_alone():
    report = grad("(x+y)*z", x=-2, y=5, z=-4, check=False)
    assert draw(report, "svg", max_width=2000) == draw(report, "svg")


def test_characters_are_not_broken_into_rows_of_pixels():
    ran = backprop("graph", "(x+y)*z", "x=-2", "y=5", "z=-4", "--max-width", "600", "--format", "dot")
    assert ran.status == 2 and "error[U801]: the dot format is not broken into rows" in ran.err


MANY = [
    ("+".join(["x"] * 90), {"x": 1}),
    ("+".join(f"{'xyz'[k % 3]}" for k in range(90)), {"x": 1, "y": 2, "z": 3}),
    ("+".join(f"x{k}*y{k}" for k in range(40)), {f"{c}{k}": 1 for k in range(40) for c in "xy"}),
]


@pytest.mark.parametrize("max_width", [None, 1600])
@pytest.mark.parametrize(("text", "values"), MANY)
def test_in_long_sums_nothing_overlaps(text, values, max_width):
    judge(draw(grad(text, values, check=False), "svg", max_width=max_width))


def test_a_long_sum_takes_room_as_its_terms_do():
    """Not as their square: a wire that goes straight past a hundred gates is written as one that passes two."""
    values = {"x": 1, "y": 2, "z": 3}
    small, large = (len(draw(grad("+".join(["x+y+z"] * count), values, check=False), "svg")) for count in (40, 160))
    assert large < 5 * small


def test_products_in_a_long_sum_stand_beside_their_sum():
    text, values = MANY[2]
    drawn = arrange(figure(grad(text, values, check=False), lambda number, **_: str(number)))
    assert all(cell.node for column in drawn.columns for cell in column)


NETWORK = "f = cross_entropy(max(0, X@W1 + b1)@W2 + b2, y)"
BATCH = {"X": [[1, 2, 3], [4, 1, 0], [2, 2, 5], [0.5, 1, 1]], "W1": [[0.1, -0.2, 0.3, 0.4, -0.5]] * 3, "b1": [0] * 5,
         "W2": [[0.2, -0.1, 0.3]] * 5, "b2": [0] * 3, "y": [0, 2, 1, 1]}  # fmt: skip
KNOWN = [
    ("(x+y)*z", {"x": -2, "y": 5, "z": -4}),
    ("1/(1+exp(-(w0*x0+w1*x1+w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    ("2*(x*y+max(z,w))", {"x": 3, "y": -4, "z": 2, "w": -1}),
    (NETWORK, BATCH),
    ("norm(W@x)^2", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}),
    ("u = max(W@V, 0); f = sum(u*W) + sum(u)", {"W": [[1, 2], [3, 4]], "V": [[1, -2], [0.25, 1]]}),
    ("a_long_name_of_a_matrix = W@W; f = sum(a_long_name_of_a_matrix^2)", {"W": [[1, 2], [3, 4]]}),
    *[(text, values) for text, values, _ in LONG],
]


@pytest.mark.parametrize("edges", ["grad", "both"])
@pytest.mark.parametrize("max_width", [None, 1280])
@pytest.mark.parametrize(("text", "values"), KNOWN)
def test_in_known_graphs_nothing_overlaps(text, values, max_width, edges):
    judge(draw(grad(text, values, check=False), "svg", edges=edges, max_width=max_width))


def arrays(svg, look):
    """The texts of the matrices of values or of gradients."""
    root = ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    return [
        [text.text for text in group.findall("text")]
        for group in root.iter("g")
        if group.get("class") == f"array {look}"
    ]


def test_small_matrices_are_drawn_by_their_elements():
    report = grad("sum(W*V)", W=[[1, 2], [3, 4]], V=[[5, 6], [-7, 0.25]], check=False)
    drawn = draw(report, "svg")
    assert arrays(drawn, "value") == [["1", "2", "3", "4"], ["5", "6", "-7", "0.25"], ["5", "12", "-21", "1"]]
    assert arrays(drawn, "grad") == [["5", "6", "-7", "0.25"], ["1", "2", "3", "4"], ["1", "1", "1", "1"]]
    assert not [text for *_, text in measured(drawn)[0] if text.startswith("[[")]
    forward = draw(report, "svg", phase="forward", step=0)
    assert arrays(forward, "value") == [["1", "2", "3", "4"], ["5", "6", "-7", "0.25"]] and not arrays(forward, "grad")
    assert 'class="array' not in draw(grad("sum(v*2)", v=[1, 2, 3, 4, 5, 6], check=False), "svg")


def test_larger_arrays_are_tiles_with_a_range():
    """Five times three: green above 0, pink below, and what is 0 is left white."""
    drawn = draw(grad("sum(A^2)", A=[[4, 0, -2], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]], check=False), "svg")
    root = ET.fromstring(drawn.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    tile = next(group for group in root.iter("g") if group.get("class") == "array value")
    shades = [(path.get("class"), float(path.get("fill-opacity"))) for path in tile.findall("path")]
    assert shades == [("plus", 1.0), ("minus", 0.5), ("plus", 0.33)]
    assert [text.text for text in tile.findall("text")] == ["-2 … 4"] and ">(5, 3)<" in drawn


def test_a_square_of_a_tile_is_the_largest_of_its_elements():
    row = [0.0] * 36
    row[7], row[35] = -3.0, float("inf")
    made = block(np.array([row, row]), lambda number, **_: str(number))
    assert made.shades == ((0, 0, -1, *[0] * 8, None),) * 2


@pytest.mark.parametrize("edges", ["grad", "both"])
@pytest.mark.parametrize(("text", "values"), [known for known in KNOWN if "=" in known[0]])
def test_in_collapsed_graphs_nothing_overlaps(text, values, edges):
    drawn = draw(grad(text, values, check=False), "svg", edges=edges, collapse=True)
    judge(drawn)
    ends = [wire[:2] for wire in measured(drawn)[2]]
    assert len(ends) == len(set(ends)) + text.count("W@W")  # a gate alone is no formula: it has both its operands


def test_a_collapsed_variable_has_one_wire_with_the_sum():
    """q = x^2 + 3x = 10 at 2, g = q^2 + q, g' = 21 q' + 0 = 21 * 7; and what q sends is 21 rather than 10, 10 and 1."""
    report = grad("q = x*x + 3*x; g = q*q + q; f = g*x*y", x=2, y=0.5, check=False)
    drawn = json.loads(draw(report, "json", collapse=True))
    names = {node["id"]: node["name"] for node in drawn["nodes"]}
    wires = [(names[edge["source"]], names[edge["target"]], edge["labels"]["grad"]) for edge in drawn["edges"]]
    assert wires == [("x", "q", "147"), ("q", "g", "21"), ("g", "f", "1"), ("x", "f", "55"), ("y", "f", "220")]
    (line,) = backprop(
        "graph",
        report.source.text,
        "x=2",
        "y=0.5",
        "--collapse",
        "--format",
        "tree",
        "--phase",
        "backward",
        "--step",
        "3",
    ).out.splitlines()[-1:]
    assert line == "df/dq += df/dg · dg/dq = 21"
    none = json.loads(draw(report, "json", collapse=True, edges="none"))
    assert [edge["labels"]["grad"] for edge in none["edges"]] == [""] * 5


@pytest.mark.parametrize("edges", ["grad", "both"])
@pytest.mark.parametrize("seed", range(30))
def test_in_thirty_graphs_that_run_down_nothing_overlaps(seed, edges):
    judge(draw(program(seed), "svg", edges=edges, direction="down"), down=True)


@pytest.mark.parametrize("more", [{}, {"edges": "both"}, {"phase": "backward", "step": 1}])
@pytest.mark.parametrize(("text", "values"), KNOWN)
def test_in_known_graphs_that_run_down_nothing_overlaps(text, values, more):
    drawn = draw(grad(text, values, check=False), "svg", direction="down", **more)
    judge(drawn, down=True)
    assert "left of a wire: its value" in drawn and "above a wire" not in drawn


def test_down_is_down():
    """Batch normalization is wider than high to the right and higher than wide downwards; it has the same wires."""
    report = grad(NORMALIZED, LONG[0][1], check=False)
    right, down = (measured(draw(report, "svg", direction=way)) for way in ("right", "down"))
    assert right[3] > 4 * right[4] and down[4] > 2 * down[3]
    assert [wire[:2] for wire in right[2]] == [wire[:2] for wire in down[2]]
    assert sorted(label[4] for label in right[0]) == sorted(label[4] for label in down[0])
    assert draw(report, "svg", direction="right") == draw(report, "svg")
    assert 'class="leaf middle"' in draw(report, "html", direction="down")
    for format_, look in (("dot", "rankdir=TB"), ("mermaid", "flowchart TD")):
        assert look in draw(report, format_, direction="down") and look not in draw(report, format_)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--direction", "down", "--format", "tikz"], "the tikz format is drawn to the right"),
        (["--direction", "down", "--format", "json"], "the json format is drawn to the right"),
        (["--direction", "down", "--max-width", "400", "--format", "svg"], "rows of `--max-width` run to the right"),
    ],
)
def test_what_does_not_run_down(more, message):
    ran = backprop("graph", "x*y", "x=2", "y=3", *more)
    assert ran.status == 2 and ran.err.startswith(f"error[U801]: {message}")


@pytest.mark.parametrize("way", ["right", "down"])
def test_names_of_modules_stand_free(way):
    """Two modules, one in the other, that begin with the same gates."""
    text, values = KNOWN[1]
    drawn = figure(grad(text, values, check=False), lambda number, **_: f"{number:.3g}", edges="both")
    gates = tuple(node.id for node in drawn.nodes if node.kind in ("gate", "output"))
    clusters = (DrawnSubgraph(1000, "neuron(w, x)", gates), DrawnSubgraph(1001, "linear", gates[:4]))
    drawn = drawn._replace(subgraphs=clusters)
    svg = "".join(render(drawn, Style(), direction=way))
    judge(svg, down=way == "down")
    assert {"neuron(w, x)", "linear"} <= {label[4] for label in measured(svg)[0]}


def layouts_of(page):
    """The pictures of a page, and whether each runs down."""
    return [(found, "left of a wire" in found) for found in re.findall(r"<svg .*?</svg>", page, re.DOTALL)]


@pytest.mark.parametrize("seed", range(30))
def test_in_the_layouts_of_thirty_pages_nothing_overlaps(seed):
    for svg, down in layouts_of(draw(program(seed), "html")):
        judge(svg, down=down)


@pytest.mark.parametrize(
    ("text", "values", "most", "down"),
    [
        (*KNOWN[0], [450], [False]),
        (NETWORK, BATCH, [1400, 700], [False, False]),
        (NORMALIZED, LONG[0][1], [1400, 700], [False, False]),
        (PRICE, LONG[1][1], [1400], [True]),  # nine wires would turn at the end of a row
    ],
)
def test_a_page_has_a_layout_for_each_screen(text, values, most, down):
    """The widest first; the same nodes and wires in all."""
    report = grad(text, values, check=False)
    found = layouts_of(draw(report, "html"))
    assert [way for _, way in found] == down
    sizes = [measured(svg) for svg, _ in found]
    assert all(width <= limit for (*_, width, _), limit in zip(sizes, most, strict=True))
    assert len({json.dumps([wire[:2] for wire in wires]) for _, _, wires, *_ in sizes}) == 1
    for svg, way in found:
        judge(svg, down=way)
    assert len(layouts_of(draw(report, "html", max_width=2000))) == 1
    assert len(layouts_of(draw(report, "html", direction="right"))) == 1


def test_a_module_in_rows_has_a_frame_where_no_other_node_stands():
    """In the row that it shares one, around the rows that it has alone another."""
    report = grad("gate sig(x) = 1/(1+exp(-x)); f = sig(w*x+b)", w=2, x=-1, b=1, check=False)
    narrow = layouts_of(draw(report, "html"))[-1][0]
    frames = re.findall(r'<rect x="([-\d.]+)" y="([-\d.]+)" [^>]*rx="(\d+)"', narrow.partition("module ground")[2])
    assert len(frames) == 2 and {rounded for *_, rounded in frames} == {"10"}
