"""The Graph: columns, of which a node's id is the position.

f = (x+y)*2     id  gate      inputs
                 0  input     ()          variables = {"x": 0, "y": 1}
                 1  input     ()
                 2  add       (0, 1)
                 3  constant  ()          constants = {3: 2.0}
                 4  mul       (2, 3)      names = {4: "f"}, output = 4
"""

from __future__ import annotations

from backprop_cli.errors import Label, Source, places_in
from backprop_cli.graph.remarks import Remark, Subgraph
from backprop_cli.lean import Any, Collection
from backprop_cli.numeric.shapes import Shape

Value = Any  # a float, or a numpy.ndarray of floats; a number is never an array without axes

INPUT, CONSTANT = "input", "constant"
DERIVATIVE = "derivative"  # of its first operand by the others, until `engine.derive` has put nodes in its place


class Graph:
    """Columns over the nodes, the leaves' names and values, and the output's id.

    `gates[i]` is a gate's name, or `input` or `constant`; `inputs[i]` are ids below i; `starts[i]`, `ends[i]`
    are characters of the source. Inputs, in the order in which the text mentions them, come before any gate.

    `attributes[i]` are a tensor gate's, in the order of its row; `products` are the products without a sign, `dotted`
    those with `·`, which are matrix products between arrays. `shapes` is empty until shapes are inferred, which only a
    graph with an array in it needs: every node is a number then.
    `subgraphs` are slices of the columns, those around others first.
    """

    __slots__ = (
        "attributes", "constants", "definitions", "derivatives", "dotted", "ends", "gates", "inputs", "names", "output",
        "products", "remarks", "shapes", "source", "starts", "subgraphs", "title", "variables",
    )  # fmt: skip
    is_large = False  # whether the columns are arrays, as in `graph.large`

    def __init__(self, source: Source) -> None:
        self.source = source
        self.gates: list[str] = []
        self.inputs: list[tuple[int, ...]] = []
        self.starts, self.ends = places_in(source.text), places_in(source.text)
        self.variables: dict[str, int] = {}
        self.constants: dict[int, Value] = {}
        self.attributes: dict[int, tuple[Any, ...]] = {}
        self.names: dict[int, str] = {}  # one a node
        self.definitions: dict[str, int] = {}  # every defined name, also the second of a node
        self.derivatives: dict[int, tuple[int, int]] = {}  # inside the program: of which node, and by which
        self.title = ""  # the name the last statement defines
        self.output = -1
        self.remarks: list[Remark] = []
        self.products, self.dotted = list[int](), list[int]()
        self.shapes: list[Shape] = []
        self.subgraphs: list[Subgraph] = []

    def __len__(self) -> int:
        return len(self.gates)

    @property
    def used(self) -> Collection[str]:
        """The gates that nodes have, each once or more often."""
        return self.gates

    @property
    def needs_shapes(self) -> bool:
        """Whether the text alone says that there are arrays: a tensor gate or an array literal."""
        return bool(self.attributes) or any(hasattr(value, "shape") for value in self.constants.values())

    @property
    def has_arrays(self) -> bool:
        """Whether shapes were inferred, because some node may be an array."""
        return bool(self.shapes)

    def shape(self, node: int) -> Shape:
        """A node's shape; of a number `()`."""
        return self.shapes[node] if self.shapes else ()

    def span(self, node: int) -> tuple[int, int]:
        """The characters of the source that a node was written with: the first, and the one after the last."""
        return self.starts[node], self.ends[node]

    def text(self, node: int) -> str:
        """What a node was written as."""
        return self.source.text[self.starts[node] : self.ends[node]]

    def label(self, node: int, words: str = "") -> Label:
        """A node's place in the source, for a diagnostic."""
        return Label(self.source, self.starts[node], self.ends[node], words)

    def dependents(self, leaves: set[int]) -> bytearray:
        """For each node 1 if it is one of the leaves or depends on one, else 0."""
        depends = bytearray(len(self.gates))
        for leaf in leaves:
            depends[leaf] = 1
        for i, operands in enumerate(self.inputs):
            for j in operands:
                if depends[j]:
                    depends[i] = 1
                    break
        return depends
