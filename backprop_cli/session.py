"""A session: a program and its values, each read once, and what is asked of them.

Every verb of `api` begins with one. What a caller may ask of any verb is a field of `Options`, with its default.
"""

from __future__ import annotations

from backprop_cli.data.bindings import read_value, read_values, source_of, together
from backprop_cli.data.files import packaged
from backprop_cli.data.terms import Terms, ValueText, code_of, declared_shape
from backprop_cli.errors import BackpropError, Diagnostic, Label, Source, nearest, shorten
from backprop_cli.graph import Graph, Value, lower
from backprop_cli.graph.graph import DERIVATIVE
from backprop_cli.graph.lower import MAX_NODES
from backprop_cli.graph.names import node_names
from backprop_cli.graph.remarks import Remark
from backprop_cli.language.definitions import read_program
from backprop_cli.language.letters import plain_name
from backprop_cli.language.parser import MOST_ERRORS
from backprop_cli.language.program import Definition, Program
from backprop_cli.lean import Any, Collection, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import MAX_ELEMENTS, written

NOTATIONS = ("any", "strict")
LETTERS = frozenset({"t", "H", "tr"})  # above another letter a transpose to some
MOST_NODES = MAX_NODES  # of a graph, unless a caller says otherwise

# A number, a constant expression ("pi/2", "[1, 2]"), or anything that NumPy makes an array of real numbers of.
Number = Any


class Options(NamedTuple):
    """What every verb can be asked, by these names.

    `defaults` give values to names that have none, and may hold names nobody uses. `strict` turns any note into exit
    status 4; without `allow_nonfinite` a value that is infinite or NaN is refused. `exact` prints true numbers, right
    to the last digit of a double; with 1e-6, only in the place of those that have fewer than six digits. `seed` decides
    what `rand` and `randn` give. With the `notation` "strict" no other than our own is read. A graph of more than
    `max_nodes` nodes (5,000,000, or 100,000 that only calls make) is refused, and values that have more than
    `max_elements` elements together.

    `use` are libraries: texts that define gates (`gate sig(x) = 1/(1 + exp(-x))`) for the expression. A call of such a
    gate is one node of the report; `expand` names those whose inside is shown, True for all.
    """

    defaults: Mapping[str, Value] | None = None
    strict: bool = False
    allow_nonfinite: bool = True
    exact: bool | float = False
    seed: int = 0
    notation: str = "any"
    max_nodes: int | None = None
    max_elements: int = MAX_ELEMENTS
    use: Sequence[str | Source] = ()
    expand: bool | Collection[str] = ()

    @property
    def terms(self) -> Terms:
        """On what terms values are taken."""
        return Terms(self.allow_nonfinite, self.seed, self.max_elements, {})


OPTIONS = Options()


class Session(NamedTuple):
    """The graph, a value for each of its inputs but the `free` ones, and the user's gates whose inside is shown.

    `shown` is None where that is all of them. `spare` are values whose names the program does not use, `gates` those
    that it and its libraries define; `given` are the values as they were given. How large, or of which shape, those are
    that are `sized` decided how the text was read.
    """

    graph: Graph
    values: dict[str, Value]
    free: list[str]
    shown: Collection[str] | None
    options: Options
    spare: Mapping[str, Value]
    gates: Sequence[Definition]
    given: Mapping[str, Number]
    sized: Collection[str] = ()

    def read(self, given: Number, name: str) -> Value:
        """A number or an array that an option is given."""
        terms = self.options.terms
        value = read_value(given, name, terms)
        for said in (terms.noted or {}).values():
            place = self.graph.span(self.graph.output)
            self.graph.remarks.append(Remark("precision", f"`{name}`: {said}", *place))
        return value

    def read_text(self, source: Source, start: int, name: str) -> Value:
        """The value that a source's text is from `start` on."""
        return self.read(ValueText(source, start), name)

    def refuse_unused(self, used: Collection[str] = ()) -> None:
        """Raise BackpropError (N209) if there are spare values beside those that are used."""
        if unused := [name for name in self.spare if name not in used]:
            raise BackpropError(*(_unused(name, source_of(name, self.given[name])) for name in unused[:MOST_ERRORS]))

    def targets(self, wrt: str | Sequence[str]) -> dict[str, int]:
        """The nodes whose gradients are asked for: the names in `wrt`, or every input."""
        graph, wrt = self.graph, list(map(plain_name, _several(wrt)))
        if not wrt:
            return dict(graph.variables)
        known = {**graph.variables, **graph.definitions}
        if not known.keys() >= set(wrt):  # names that only the report gives: n1, n2, …
            known = {name: node for node, name in enumerate(node_names(graph)) if node not in graph.constants} | known
        wrong = [_no_target(name, known) for name in wrt if name not in known]
        if wrong:
            raise BackpropError(*wrong[:MOST_ERRORS])
        return {name: known[name] for name in wrt}

    def upstream(self, given: Number) -> Value:
        """The gradient that arrives at the output; it has the output's shape."""
        value = self.read(given, "--seed-grad")
        expected, shape = self.graph.shape(self.graph.output), getattr(value, "shape", ())
        if shape == expected:
            return value
        if not shape:
            self.refuse_array(
                "wrap it, as in `sum(…)`, or give the upstream gradient: `--seed-grad` with an array of that shape"
            )
        there = written(expected) if expected else "a number"
        message = f"the upstream gradient has the shape {written(shape)}, and the output is {there}"
        label = self.graph.label(self.graph.output, there)
        raise BackpropError(Diagnostic("V310", message, (label,), "they have the same shape"))

    def with_shapes(self) -> Graph:
        """The graph, shapes inferred also where every node is a number."""
        if not self.graph.has_arrays:
            from backprop_cli.graph.shapes import infer

            infer(self.graph, dict.fromkeys(self.graph.variables, ()), max_elements=self.options.max_elements)
        return self.graph

    def refuse_array(self, help_: str) -> None:
        """Raise BackpropError (V310) if the output is an array."""
        if shape := self.graph.shape(self.graph.output):
            message = f"the output has the shape {written(shape)}, and a gradient is that of one number"
            label = self.graph.label(self.graph.output, written(shape))
            raise BackpropError(Diagnostic("V310", message, (label,), help_))


def open_session(
    expression: str | Source,
    bindings: Mapping[str, Number] | None,
    keywords: dict[str, Any],
    *,
    free: bool = False,
    inputs: Collection[str] = (),
    shapes: bool = True,
    spare: bool = False,
    way: int = 0,
) -> Session:
    """A program with the values in `bindings` and among `keywords`, where those called like an option are that.

    With `free` a name needs no value, and may be given a shape; `inputs` are names that are sure to be inputs,
    `shapes=False` leaves shapes open (what a product is may be clear still), and with `spare` values may be left over.
    Of the ways to choose shapes for names without a value, the first is taken, or another `way`.

    Raises BackpropError if the text, a value, an option or a shape is wrong, or if a value is not used; NoOtherWayError
    if there are not as many ways.
    """
    options = Options(**{name: keywords.pop(name) for name in Options._fields if name in keywords})
    source = as_source(expression)
    given = {plain_name(name): value for name, value in together(bindings, keywords).items()}
    declared = {name: shape for name in given if (shape := declared_shape(given[name]))} if free else {}
    terms = options.terms
    values = read_values({name: given[name] for name in given if name not in declared}, terms)
    defaults = options.defaults or {}
    names = {*values, *declared, *defaults, *inputs}
    if options.notation not in NOTATIONS:
        message = f"unknown notation {shorten(str(options.notation))!r}"
        raise BackpropError(Diagnostic("U801", message, (), f"there are {', '.join(NOTATIONS)}"))
    strict = options.notation == NOTATIONS[1]
    sized = set[str]()

    def default(name: str) -> Value:
        value = defaults[name]
        is_read = getattr(value, "shape", ()) and value.dtype.char == "d" and not hasattr(value, "mask")
        return value if is_read else read_value(value, name, terms)

    def size_of(name: str) -> tuple[int, ...] | int | None:
        sized.add(name)
        if name in declared:
            return declared[name]
        return _size(values[name] if name in values else default(name) if name in defaults else None)

    program = read_program(source, names, libraries(options.use), strict=strict, size_of=size_of)
    shown = _shown_gates(program, options.expand)
    defined = {statement.name for statement in program.statements} | {module.name for module in program.definitions}
    bound = names - (defined - values.keys()) - {module.name for module in program.definitions}
    graph = lower(program, bound, free=free, max_nodes=options.max_nodes)
    left = {
        name: values.pop(name, shape) for name, shape in {**values, **declared}.items() if name not in graph.variables
    }
    for name in program.counts:
        left.pop(name, None)
    session = Session(graph, values, [], shown, options, left, program.definitions, given, sized)
    if not spare:
        session.refuse_unused()
    for name in graph.variables:
        if name in values:
            continue
        if name in defaults and name not in declared:
            values[name] = default(name)
        else:
            session.free.append(name)
    noted = {**getattr(defaults, "noted", {}), **(terms.noted or {})}
    for name, node in graph.variables.items():
        if name in noted:
            graph.remarks.append(Remark(code_of(noted[name]), f"`{name}`: {noted[name]}", *graph.span(node)))
    shape_of = {name: declared.get(name) or getattr(values.get(name), "shape", ()) for name in graph.variables}
    unknown = [name for name in session.free if name not in declared]
    if not LETTERS.isdisjoint(unknown):
        from backprop_cli.graph.transposes import refuse_letters_that_transpose

        refuse_letters_that_transpose(graph, unknown)
    if shapes and unknown and graph.needs_shapes:
        from backprop_cli.graph.free_shapes import infer_free

        infer_free(graph, shape_of, unknown, options.max_elements, ranks=program.ranks, way=way)
    elif way:
        from backprop_cli.graph.free_shapes import NoOtherWayError

        raise NoOtherWayError
    elif shapes and (graph.needs_shapes or any(shape_of.values())):
        from backprop_cli.graph.shapes import infer

        infer(graph, shape_of, seed=options.seed, max_elements=options.max_elements)
    elif not shapes and graph.needs_shapes:
        from backprop_cli.graph.free_shapes import settle_products

        settle_products(graph, unknown, options.max_elements)
    if shapes and graph.attributes:
        from backprop_cli.graph.transposes import refuse_numbers_to_the_t

        refuse_numbers_to_the_t(graph)
    if DERIVATIVE in graph.used:
        from backprop_cli.engine.derive import expanded

        session = session._replace(graph=expanded(graph))
    return session


def _size(value: Value) -> tuple[int, ...] | int | None:
    """An array's shape, a whole number itself: what may say how often a loop runs."""
    if hasattr(value, "shape"):
        return tuple(value.shape)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else None


def as_source(text: Any, name: str = "expression") -> Source:
    """A text with a name. Raises BackpropError (U801) if it is no text."""
    if isinstance(text, Source):
        return text
    if not isinstance(text, str):
        message = f"the {name} is a {type(text).__name__}; expected text"
        raise BackpropError(Diagnostic("U801", message, (), 'write it in quotes, such as "(x+y)*z"'))
    return Source(name, text)


def _several(given: str | Source | Sequence[Any]) -> Sequence[Any]:
    """One text, or several, as several."""
    return [given] if isinstance(given, str | Source) else given


def libraries(use: str | Source | Sequence[str | Source]) -> list[Source]:
    """The texts of libraries with a name for each; `nn` is one that comes with us."""
    return [packaged(library) or as_source(library, "library") for library in _several(use)]


def _shown_gates(program: Program, expand: bool | Collection[str]) -> Collection[str] | None:
    """The names in `expand`, None for all of them. Raises BackpropError (U801) for a gate nobody defined."""
    if isinstance(expand, bool):
        return None if expand else ()
    names = [*(module.name for module in program.definitions), *dict.fromkeys(turn.name for turn in program.turns)]
    for name in [expand] if isinstance(expand, str) else expand:
        if name not in names:
            near = nearest(name, names)
            help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names[:8])}" if names else ""
            help_ = help_ or "`gate name(x) = …` defines one, in the expression or in a file for `--use`"
            raise BackpropError(Diagnostic("U801", f"no gate `{shorten(name)}` is defined to expand", (), help_))
    return {expand} if isinstance(expand, str) else set(expand)


def _no_target(name: str, known: Mapping[str, int]) -> Diagnostic:
    near = nearest(name, list(known))
    help_ = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(list(known)[:8]) or 'no inputs'}"
    label = Label(Source("--wrt", name), 0, len(name))
    return Diagnostic("N212", f"`{shorten(name)}` is no input or intermediate", (label,), help_)


def _unused(name: str, source: Source) -> Diagnostic:
    message = f"the binding of `{shorten(name)}` is not used by the expression"
    return Diagnostic("N209", message, (Label(source, 0, len(name)),), "remove it, or use it in the expression")
