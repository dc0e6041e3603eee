"""Figures in text: what is drawn is the graph, in the terminal and for the programs that draw it elsewhere."""

import html
import json
import random
import re
import shutil
import subprocess
from collections import Counter

import pytest
from conftest import ROOT, backprop
from programs import random_program

import backprop_cli
from backprop_cli.render.figures.boxes import _Drawing
from backprop_cli.render.style import Style
from backprop_cli.report.drawing import figure
from backprop_cli.report.figure import DrawnSubgraph

NEURON = ["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3"]
SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]
TEXTS = ("boxes", "tree", "dot", "mermaid", "tikz")
# Names, operations and comments that mean something to one format or another.
HOSTILE = """n_1 = x % y; __ = n_1^2.5; f = __ < n_1
end = max(__, y, # "<b>" & $x {\\} `code` #35; Ж ~ ^
-x); where(f, end, # "<b>" & $x {\\} `code` #35; Ж ~ ^
graph)"""
HOSTILE_VALUES = {"x": 7.0, "y": 3.0, "graph": 1e-300}


def drawn(program, values, **options):
    report = backprop_cli.grad(program, values, check=False)
    return figure(report, Style().figure_number, **options)


def programs():
    for seed in range(40):
        yield random_program(random.Random(seed))
    yield SEED[0], dict(word.split("=") for word in SEED[1:])
    yield NEURON[0], dict(word.split("=") for word in NEURON[1:])
    yield "x*x*x + x/(y - x)", {"x": "2", "y": "5"}


CASES = list(programs())


# -- boxes: read back by following the wires -------------------------------------------------------------------

U, D, L, R = (-1, 0), (1, 0), (0, -1), (0, 1)
GLYPHS = {
    "─": {L, R}, "│": {U, D}, "┌": {R, D}, "┐": {L, D}, "└": {R, U}, "┘": {L, U}, "├": {U, D, R}, "┤": {U, D, L},
    "┬": {L, R, D}, "┴": {L, R, U}, "┼": {U, D, L, R},
}  # fmt: skip


class Picture:
    """Characters, in which boxes are found by the names in their upper borders, and wires are followed."""

    def __init__(self, lines, output):
        self.at = {(r, c): sign for r, line in enumerate(lines) for c, sign in enumerate(line)}
        self.ports, self.starts = {}, {}  # port place: (name, number); name: where its wire begins
        for row, line in enumerate(lines):
            for found in re.finditer(r"┌─(\w+)─+┐", line):
                self._box(found[1], row, found.start(), found.end() - 1)
            for leaf in re.finditer(r"(?<![^ ])([\w.+-]+) ─", line):
                self.starts.setdefault(leaf[1], []).append((row, leaf.end() - 1))
            last = re.search(rf"├(─+) {output}(?= |$)", line)
            if last:
                right = last.start()
                top = next(r for r in range(row, -1, -1) if self.at.get((r, right)) == "┐")
                left = next(c for c in range(right, -1, -1) if self.at.get((top, c)) == "┌")
                self._box(output, top, left, right)

    def _box(self, name, top, left, right):
        bottom = next(r for r in range(top, top + 99) if self.at.get((r, left)) == "└")
        places = [(r, left) for r in range(top, bottom) if self.at[r, left] == "┤"]
        self.ports |= {place: (name, number) for number, place in enumerate(places)}
        (leaves,) = [(r, right) for r in range(top, bottom) if self.at[r, right] == "├"]
        self.starts.setdefault(name, []).append((leaves[0], right + 1))

    def arrivals(self, name):
        """The ports that the wires of what is called so reach."""
        reached, seen = [], set()
        waiting = [(start, R) for start in self.starts[name]]
        while waiting:
            place, heading = waiting.pop()
            if (place, heading) in seen:
                continue
            seen.add((place, heading))
            if place in self.ports:
                reached.append(self.ports[place])
                continue
            sign = self.at.get(place, " ")
            ways = GLYPHS.get(sign, set())
            back = (-heading[0], -heading[1])
            if sign == "│" and heading in (L, R):
                ways, back = {heading}, None  # it passes behind
            elif place not in self.starts[name]:
                assert back in ways, f"a loose end at {place}: {sign!r}"
            waiting += [((place[0] + way[0], place[1] + way[1]), way) for way in ways - {back}]
        return reached


@pytest.mark.parametrize(("program", "values"), CASES)
@pytest.mark.parametrize("edges", ["grad", "both", "none"])
def test_boxes_show_every_wire(program, values, edges):
    whole = drawn(program, values, edges=edges)
    drawing = _Drawing(whole, Style())
    picture = Picture(drawing.lines(), whole.output)
    names = {node.id: node.operation if node.kind in ("input", "constant") else node.name for node in whole.nodes}
    used = {names[edge.source] for edge in whole.edges}
    found = Counter((name, target) for name in used for target, _ in picture.arrivals(name))
    assert found == Counter((names[edge.source], names[edge.target]) for edge in whole.edges)
    for node in whole.nodes:  # in the order in which they are written, where that matters
        if node.ordered:
            arrived = {number: name for name in used for target, number in picture.arrivals(name)
                       if target == names[node.id]}  # fmt: skip
            operands = sorted((e for e in whole.edges if e.target == node.id), key=lambda edge: edge.operand)
            assert [arrived[k] for k in range(len(arrived))] == [names[edge.source] for edge in operands]


@pytest.mark.parametrize(("program", "values"), CASES)
def test_in_boxes_no_label_stands_on_a_wire_or_on_another(program, values):
    drawing = _Drawing(drawn(program, values, edges="both"), Style())
    texts = []
    write = drawing.sheet.text
    drawing.sheet.text = lambda row, column, text, *_: (texts.append((row, column, text)), write(row, column, text))[1]
    drawing.lines()
    labels = [(r, c + k) for r, c, text in texts if not set(text) & set("┌└╔╚") for k, _ in enumerate(text)]
    ports = {place for place, sign in drawing.sheet.signs.items() if sign in "┤├"}
    wires = set(drawing.sheet.upright)
    for (row, _), runs in drawing.sheet.runs.items():
        wires |= {(row, column) for start, end in runs for column in range(start, end + 1)}
    assert not [place for place in labels if place in wires and place not in ports]
    overwritten = [place for place, count in Counter(labels).items() if count > 1]
    assert not overwritten


def test_boxes_that_are_too_wide_become_a_tree():
    tree = backprop("graph", *NEURON, "--format", "tree").out
    hint = "\nas boxes it takes 136 columns, fewer with `--digits 2`\n"
    assert backprop("graph", *NEURON, "--format", "boxes", "--width", "80").out == tree + hint
    assert backprop("graph", *NEURON, "--format", "boxes", "--width", "136").out.count("┌─n1─┐") == 1
    assert "┌─n1─┐" in backprop("graph", *NEURON, "--format", "boxes", "--width", "300").out
    assert max(map(len, backprop("graph", *SEED, "--format", "boxes", "--width", "50").out.splitlines())) <= 50


# -- the tree --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("program", "values"), CASES)
@pytest.mark.parametrize("ascii_", [[], ["--ascii"]])
def test_the_tree_has_every_wire_once(program, values, ascii_):
    bindings = [f"{name}={value}" for name, value in values.items()]
    whole = drawn(program, values)
    lines = backprop("graph", program, *bindings, "--format", "tree", *ascii_).out.splitlines()[3:]
    above, found = [], []
    for line in filter(None, lines):
        branches, name = re.match(r"([ │├└─|`-]*?)(\w\S*|\d\S*)", line).groups()
        assert len(branches) % 3 == 0
        del above[len(branches) // 3 :]
        if above:
            found.append((name, above[-1]))
        above.append(name)
    names = {node.id: node.name for node in whole.nodes}
    assert Counter(found) == Counter((names[edge.source], names[edge.target]) for edge in whole.edges)


# -- for every format ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["boxes", "tree"])
@pytest.mark.parametrize("program", [SEED, NEURON, ["x*x - max(x, y)", "x=1", "y=2"]])
def test_ascii_is_ascii(format_, program):
    for more in ([], ["--edges", "both"], ["--phase", "backward", "--step", "2"]):
        assert backprop("graph", *program, "--format", format_, "--ascii", *more).out.isascii()


@pytest.mark.parametrize("format_", TEXTS)
def test_before_the_backward_pass_gradients_are_blank(format_):
    program = ["x^2 + 7*x", "x=11.37"]  # the gradient 29.7 is 22.7 and 7; the values are 129, 79.6 and 209

    def told(*more):
        return re.sub(r"\([-\d.]+,[-\d.]+\)", "", backprop("graph", *program, "--format", format_, *more).out)

    whole, forward, last = told(), told("--phase", "forward"), told("--phase", "backward")
    before, first = told("--phase", "forward", "--step", "0"), told("--phase", "backward", "--step", "1")
    for number in ("29.7", "22.7"):
        assert number in whole and number not in forward and number not in first and number in last
    for number in ("129", "79.6"):
        assert number in forward and number not in before
    assert "11.4" in before


@pytest.mark.parametrize("format_", TEXTS)
def test_without_values_there_is_structure_alone(format_):
    ran = backprop("graph", "sin(x)*y + x", "--format", format_)
    assert ran.status == 0 and "sin" in ran.out
    assert "nan" not in ran.out.lower() and "its value" not in ran.out


@pytest.mark.parametrize("format_", TEXTS)
@pytest.mark.parametrize("program", [["x", "x=1"], ["3"], ["a = x^2; y", "x=1", "y=2"], ["log(x)", "x=-1"]])
def test_small_and_odd_graphs(format_, program):
    ran = backprop("graph", *program, "--format", format_)
    assert ran.status in (0, 4) and ran.out and "Traceback" not in ran.err


def test_a_chain_of_five_hundred_gates_is_drawn_quickly():
    import time

    program = "+".join(["x"] * 480)
    for format_ in TEXTS:
        begun = time.process_time()
        assert backprop("graph", program, "x=1", "--format", format_).status == 0
        assert time.process_time() - begun < 4, format_


# -- Graphviz --------------------------------------------------------------------------------------------------

needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed: DOT is not read back")


def graphviz(text, *options):
    done = subprocess.run(["dot", *options], input=text, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0 and "Error" not in done.stderr and "syntax" not in done.stderr, done.stderr
    return done.stdout


def texts_of_svg(svg):
    return [html.unescape(text).replace("\xa0", " ") for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@needs_dot
@pytest.mark.parametrize(("program", "values"), [*CASES[:10], *CASES[-3:], (HOSTILE, HOSTILE_VALUES)])
def test_graphviz_draws_the_same_graph(program, values):
    whole = drawn(program, values)
    text = backprop_cli.draw(backprop_cli.grad(program, values, check=False), "dot")
    edges = Counter(re.findall(r"^edge (\w+) (\w+)", graphviz(text, "-Tplain"), re.MULTILINE))
    expected = Counter((f"n{edge.source}", f"n{edge.target}") for edge in whole.edges)
    (output,) = [node for node in whole.nodes if node.kind == "output"]
    assert edges == expected + Counter([(f"n{output.id}", "output")])
    shown = Counter(texts_of_svg(graphviz(text, "-Tsvg")))
    wanted = Counter(node.operation for node in whole.nodes) + Counter(edge.value for edge in whole.edges)
    wanted += Counter([whole.title, output.value, output.grad])
    assert not wanted - shown


# -- Mermaid ---------------------------------------------------------------------------------------------------

PARSER = ROOT / "tests/mermaid"


def mermaid(texts):
    node = shutil.which("node")
    if not node or not (PARSER / "node_modules/mermaid").exists():
        pytest.skip("no Mermaid to read with: node, and `npm install --prefix tests/mermaid`")
    done = subprocess.run(
        [node, str(PARSER / "parse.mjs")], input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_mermaid_reads_the_same_graph():
    cases = [*CASES, (HOSTILE, HOSTILE_VALUES)]
    figures = [drawn(program, values, edges="both") for program, values in cases]
    reports = [backprop_cli.grad(program, values, check=False) for program, values in cases]
    for whole, read in zip(
        figures, mermaid([backprop_cli.draw(r, "mermaid", edges="both") for r in reports]), strict=True
    ):
        (output,) = [node for node in whole.nodes if node.kind == "output"]
        expected = [
            [f"n{e.source}", f"n{e.target}", "<br>".join(t for t in (e.value, e.grad, e.local and f"∂ {e.local}") if t)]
            for e in whole.edges
        ]
        assert read["edges"] == [*expected, [f"n{output.id}", "output", f"{output.value}<br>{output.grad}"]]
        bare = ("input", "constant", "output")
        uses = Counter(e.source for e in whole.edges)
        labels = {
            f"n{n.id}": (n.operation if n.kind in bare else f"{n.name}<br>{n.operation}")
            + (f"<br>d{whole.output}/d{n.name} = {n.grad}" if uses[n.id] > 1 and n.grad else "")
            for n in whole.nodes
        }
        assert read["vertices"] == labels | {"output": whole.output}


# -- modules ---------------------------------------------------------------------------------------------------


def test_modules_nest():
    whole = drawn("a = x*2; b = sin(a); c = exp(b) + y; c*y", {"x": 1.0, "y": 2.0})
    by_name = {node.name: node.id for node in whole.nodes}
    inner, outer = (by_name["b"],), (by_name["a"], by_name["b"])
    whole = whole._replace(
        subgraphs=(DrawnSubgraph(1, "inner_1", inner), DrawnSubgraph(0, 'outer "quoted" & <b>', outer))
    )
    from backprop_cli.render import render

    dot = "".join(render(whole, "dot", Style()))
    assert re.search(r"subgraph cluster_0 \{.*?subgraph cluster_1 \{[^}]*\}[^}]*\}", dot, re.DOTALL)
    if shutil.which("dot"):
        assert {'outer "quoted" & <b>', "inner_1"} <= set(texts_of_svg(graphviz(dot, "-Tsvg")))
    tikz = "".join(render(whole, "tikz", Style()))
    assert r"outer {\char34}quoted{\char34} \& \textless{}b\textgreater{}" in tikz
    (read,) = mermaid(["".join(render(whole, "mermaid", Style()))])
    members = {name: sorted(nodes) for _, name, nodes in read["subgraphs"]}
    assert members == {'outer "quoted" & <b>': sorted(["c1", f"n{by_name['a']}"]), "inner_1": [f"n{by_name['b']}"]}


@pytest.mark.parametrize("format_", ["boxes", "tree"])
@pytest.mark.parametrize(
    "words", [["x*x + y", "x=-2", "y=5"], ["sum((W@x)^2)", "W=[[0.1,0.5],[-0.3,0.8]]", "x=[0.2,0.4]"]]
)
def test_colour_adds_nothing_but_colour(format_, words):
    plain = backprop("graph", *words, "--format", format_, "--color", "never").out
    colored = backprop("graph", *words, "--format", format_, "--color", "always").out
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
    green, red = (set(re.findall(f"\x1b\\[{look}m(.*?)\x1b\\[0m", colored)) for look in ("32", "1;31"))
    report = backprop_cli.grad(words[0], dict(word.split("=") for word in words[1:]), check=False)
    number = Style().number
    assert {number(value) for value in report.inputs.values()} <= green
    assert {number(grad) for grad in report.gradients.values()} <= red


def test_a_forward_pass_has_no_gradients_to_explain():
    seed = ("(x+y)*z", "x=-2", "y=5", "z=-4")
    for format_ in ("boxes", "svg"):
        forward = backprop("graph", *seed, "--phase", "forward", "--format", format_).out
        assert "its value" in forward and "df/d(wire)" not in forward
        assert "df/d(wire)" in backprop("graph", *seed, "--phase", "backward", "--format", format_).out


FORMULAS = "d = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T)); S*normcdf(d) - K*exp(-r*T)*normcdf(d - v*sqrt(T))"


@pytest.mark.parametrize("format_", ["boxes", "svg", "mermaid", "dot", "tree"])
@pytest.mark.parametrize("direction", ["", "down"])
def test_what_is_collapsed_has_its_whole_formula(format_, direction):
    if direction and format_ != "svg":
        return
    report = backprop_cli.grad(FORMULAS, S=100, K=110, r=0.05, v=0.2, T=1, check=False)
    drawn = backprop_cli.draw(report, format_, collapse=True, direction=direction)
    assert "…" not in drawn
    assert "sqrt(T)" in drawn and "normcdf(d" in drawn


def test_figures_show_the_true_numbers():
    words = ("graph", FORMULAS, "S=100", "K=95", "r=.03", "v=.25", "T=.5", "--format", "json")
    drawn = json.loads(backprop(*words).out)
    (of_d,) = (node for node in drawn["nodes"] if node["name"] == "d")
    assert of_d["labels"]["grad"] == "0"
    told = backprop("grad", *words[1:-2]).err
    assert "note[precision]" in told and "= 0" in told
