"""The rooms import only downwards, third parties stay where they belong, and nothing evaluates user text."""

import ast
from pathlib import Path

import pytest

import backprop_cli
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS

PACKAGE = Path(backprop_cli.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
# Room: what it may import of the others (itself always).
ROOMS = {
    "lean": set(),  # the standard library's place: every room may import it
    "errors": set(),
    "text": set(),
    "language": {"errors"},
    "numeric": {"errors"},
    "gates": {"errors", "language", "numeric"},
    "graph": {"errors", "text", "language", "numeric", "gates"},
    "engine": {"errors", "text", "language", "numeric", "gates", "graph"},
    "check": {"errors", "text", "language", "numeric", "gates", "graph", "engine"},
    # The verdict words and the tolerances are those of `check`.
    "user_code": {"errors", "text", "numeric", "check"},
    # How tightly operators bind decides where a formula needs brackets.
    "report": {"errors", "text", "language", "numeric", "gates", "graph", "engine", "check", "user_code"},
    "render": {"errors", "text", "report"},
    "data": {"errors", "text", "language", "numeric", "gates", "graph", "engine"},
    # Derivatives in a program are nodes before anybody sees it.
    "session": {"errors", "language", "numeric", "graph", "data", "engine"},
    "pause": set(),
    "remembered": {"data", "pause", "errors", "gates", "graph", "engine", "report", "session"},
    "checking": {"errors", "graph", "check", "report", "session", "user_code", "data"},
    "api": {"errors", "graph", "engine", "check", "report", "render", "session", "remembered"},
    # Formulas are read again to be written in other words.
    "export": {"errors", "text", "language", "numeric", "gates", "graph", "engine", "report", "render"},
    "deriving": {"errors", "numeric", "graph", "engine", "check", "report", "session", "api", "export"},
    "directions": {"errors", "language", "numeric", "graph", "engine", "data", "report", "session", "api"},
    "worksheets": {"errors", "numeric", "text", "report", "session", "api"},
    "compiled": {"data", "numeric", "errors", "gates", "graph", "engine", "report", "session", "api"},
    "notebook": {"errors", "api", "render", "report"},
    # The verbs, asked case after case; the tolerance of a claim is that of `check`.
    "suites": {"errors", "text", "check", "report", "data", "session", "api", "checking"},
    "__init__": {
        "errors",
        "api",
        "checking",
        "compiled",
        "deriving",
        "directions",
        "notebook",
        "render",
        "report",
        "session",
    },
    "__main__": {"cli"},
    "cli": {
        "errors",
        "text",
        "api",
        "checking",
        "deriving",
        "directions",
        "worksheets",
        "render",
        "report",
        "data",
        "session",
        "suites",
        "__init__",
    },
}
THIRD_PARTIES = {
    "typer": {"cli"},
    "rich": {"render/tables.py"},
    "cairosvg": {"render/figures/pictures.py"},
    "sympy": {"check"},
    "mpmath": {"numeric/digits.py", "check/evaluated.py"},
    "numpy": {
        "language/large.py",
        "language/large_tokens.py",
        "language/large_program.py",
        "graph/large.py",
        "engine/columns.py",
        "engine/stream.py",
        "engine/chains.py",
        "engine/exaggerated_columns.py",
        "engine/eigenvalues.py",
        "numeric/columns.py",
        "numeric/arrays.py",
        "numeric/reductions.py",
        "numeric/linalg.py",
        "numeric/losses.py",
        "numeric/arranged.py",
        "numeric/matrices.py",
        "numeric/normalizations.py",
        "numeric/factors.py",
        "numeric/windows.py",
        "engine/written_matrices.py",
        "numeric/places.py",
        "numeric/moved.py",
        "numeric/bell.py",
        "numeric/blocks.py",
        "engine/choices.py",
        "engine/apart.py",
        "engine/exaggerated.py",
        "engine/moves.py",
        "engine/flow.py",
        "engine/passes.py",
        "engine/sums.py",
        "render/number_files.py",
        "report/directional.py",
        "report/hessians.py",
        "report/rules.py",
        "engine/precision.py",
        "engine/alone.py",
        "engine/pinned.py",
        "engine/true_numbers.py",
        "engine/true_slopes.py",
        "engine/anomalies/masks.py",
        "engine/unroll.py",
        "engine/jacobian.py",
        "check/arrays.py",
        "check/assignments.py",
        "check/step_index.py",
        "check/array_differences.py",
        "check/rows.py",
        "check/straight.py",
        "check/array_edges.py",
        "check/array_mistakes.py",
        "check/tensor_mistakes.py",
        "check/claimed_digits.py",
        "check/in_numbers.py",
        "check/stochastic_arithmetic.py",
        "check/array_claims.py",
        "check/steps_in_digits.py",
        "check/full_check.py",
        "data/arrays.py",
        "data/nearest_doubles.py",
        "user_code",  # the user's arrays are of NumPy
    },
}
# Of a room that is heavy or whose verdict is plain data, the only files others may import.
DOORS = {
    "check": {
        f"backprop_cli.check.{file}"
        for file in (
            "arriving",
            "tolerances",
            "verdict",
            "cross_check",
            "closed_form",
            "simplified",
            "claims",
            "scope",
            "mistakes",
            "evidence",
            "examiner",
            "full_check",
            "gradient_check",
            "gradient_words",
            "judge",
            "sampler",
            "handwritten_steps",
            "step_lines",
        )
    }
}


def imports(path):
    """Each imported module of a file, and whether the import stands at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((f"{node.module}.{alias.name}", id(node) in top) for alias in node.names)


# Files that need the originals, and why.
ORIGINALS = {
    "cli/group.py": "Typer reads the annotations",
    "render/documents.py": "the schemas are made of the types",
    "render/documents_checks.py": "the same",
}
LEAN = {module for module, _ in imports(PACKAGE / "lean.pyi")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_takes_long_to_import_comes_from_lean(path):
    if str(path.relative_to(PACKAGE)) not in {"lean.py", *ORIGINALS}:
        assert not LEAN & {module for module, _ in imports(path)}


def room_of(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else "__init__"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    allowed_outside = {name for name, homes in THIRD_PARTIES.items() if homes & {room, str(relative)}}
    for module, _ in imports(path):
        first = module.split(".")[0]
        if first == "backprop_cli":
            other = room_of(module)
            assert other in {room, "lean", *ROOMS[room]}, f"{relative} imports {module}"
            if other != room and other in DOORS:
                assert any(module.startswith(door) for door in DOORS[other]), f"{relative} imports {module}"
        else:
            import sys

            assert first in sys.stdlib_module_names or first in allowed_outside, f"{relative} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring and len(docstring.split()) > 3


FORBIDDEN_CALLS = {"eval", "exec", "compile", "sympify", "parse_expr", "S", "__import__"}
FORBIDDEN_MODULES = {"pickle", "yaml", "marshal", "shelve"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_evaluates_text(path):
    may_compile = str(path.relative_to(PACKAGE)) in ("gates/fields.py", "user_code/run.py")
    for module, _ in imports(path):
        assert module.split(".")[0] not in FORBIDDEN_MODULES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            plain = isinstance(node.func, ast.Name) or name in ("sympify", "parse_expr")
            assert may_compile or not plain or name not in FORBIDDEN_CALLS, f"line {node.lineno}: {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_recurses(path):
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    direct = isinstance(node.func, ast.Name) and node.func.id == function.name
                    method = (
                        isinstance(node.func, ast.Attribute)
                        and node.func.attr == function.name
                        and getattr(node.func.value, "id", "") == "self"
                    )
                    assert not direct and not method, f"{function.name}, line {node.lineno}"


def dependencies(path):
    """The files of ours that a file imports, at its top or inside a function; not those for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    blocks = [
        block for block in ast.walk(tree) if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
    ]
    for_types = {id(node) for block in blocks for node in ast.walk(block)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in for_types:
            for alias in node.names:
                for module in (f"{node.module}.{alias.name}", node.module):
                    if module in MODULES:
                        yield MODULES[module]
                        break


def module_of(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def test_no_file_imports_itself_by_way_of_others():
    """No cycle among files, imports inside functions included: what is imported can be read first."""
    needs = {path: {other for other in dependencies(path) if other != path} for path in FILES}
    while needs:
        ready = {path for path, others in needs.items() if not others & needs.keys()}
        assert ready, sorted(str(path.relative_to(PACKAGE)) for path in needs)
        needs = {path: others for path, others in needs.items() if path not in ready}


# Rooms that may name gates: the table, what its texts mean, what they mean to SymPy, and what mistakes look like; and
# the one that reads Python, where the same words are NumPy's.
NAMING = ("gates", "numeric", "check", "user_code", "export")
SPELLINGS = (
    "language/bare.py",
    "language/spellings.py",
    "language/latex_spellings.py",
    "language/losses.py",
    "language/library_losses.py",
    "language/other_meanings.py",
    "graph/advice.py",
    "graph/functions_of_others.py",
    "graph/calculating_of_others.py",
    "graph/learning_of_others.py",
    "language/choices_of_others.py",
)  # what others call gates
# What the texts of rows mean where numbers are nodes.
NODES = tuple(f"engine/derive/{name}.py" for name in ("field", "sums", "scores", "normalizations", "places"))
# Words that are gates' names too, and mean something else.
SYNTAX = {"index", "transpose"}  # operators of a program
OTHER_WORDS = {
    "cli/options.py": {"dot"},  # a format
    "render/__init__.py": {"dot"},
    "engine/anomalies/of_flow.py": {"sum"},  # which wording
    "engine/exaggerated.py": {"sum"},  # a family
    "engine/alone.py": {"sum"},
    "engine/exaggerated_numbers.py": {"sum"},
    "engine/columns.py": {"sum"},
    "language/large_tokens.py": {"clip"},  # what NumPy does with places beyond the end
    "engine/settling.py": {"sum"},
    "report/notes.py": {"sum"},
    "report/mistakes.py": {"sign"},  # a mistake
    "report/code_report.py": {"where", "mean", "sign"},  # a place in a message, and mistakes
    # Names in the meanings of the rows.
    "engine/unroll.py": {"det", "log", "exp", "xlogy", "sqrt", "max", "abs"},
    "engine/written_matrices.py": {"cholesky", "eigvalsh", "expm", "pinv", "solve_triangular", "svdvals"},
    "graph/shapes.py": {"softmax"},  # a family
    "render/tex_layout.py": {"sqrt", "cbrt", "abs", "floor", "ceil", "norm"},  # what books have signs for
    "graph/comparisons.py": {"sum"},
    "graph/messages.py": {"sigmoid", "cross_entropy"},  # what other tools call them
    "language/notations.py": {"dot", "matmul", "min", "norm", "abs"},  # spellings of other tools
    "language/rewriting.py": {"mod"},  # a word between operands
    "language/mathematics.py": {"mod"},
    "language/spreadsheets.py": {"normcdf", "normpdf"},  # what NORM.DIST is
    "language/signs_of_arrays.py": {"sum", "mean", "max", "min", "prod", "amax", "amin", "norm1"},  # of elements
    "language/understanding.py": {"mod"},
    "language/code_statements.py": {"var"},  # SymPy's, which makes symbols
    "language/probability.py": {"gamma", "norm", "mean", "std"},  # distributions, and their parameters
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_facts_about_gates_are_in_their_rows(path):
    name = str(path.relative_to(PACKAGE))
    if name.split("/", maxsplit=1)[0] in NAMING or name in (*SPELLINGS, *NODES):
        return
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named = {text for text in texts if text in GATES or text in TENSORS}
    assert named - SYNTAX <= OTHER_WORDS.get(name, set())


# Files that may ask whether a graph, or a value, is of arrays or of numbers, and why; in `numeric`, and in `user_code`,
# which has neither from us, every file may.
ARRAYS_OR_NUMBERS = {
    "text.py": "how a value is written",
    "graph/graph.py": "where the question is answered",
    "graph/names.py": "what a constant is called",
    "graph/verify.py": "whether attributes are complete",
    "engine/unroll.py": "which operands are written out in numbers",
    "engine/choices.py": "how NaN is put in the place of a number",
    "engine/exaggerated.py": "which moves there are",
    "engine/sums.py": "what a sum at a fork lost",
    "engine/true_numbers.py": "which numbers are written out",
    "engine/true_slopes.py": "the same",
    "report/contributions.py": "a folded sub-graph of arrays has no slopes of its own",
    "report/derivation.py": "whether a note shows in any element",
    "report/model.py": "what a report says of itself",
    "deriving.py": "SymPy differentiates numbers, and `math` knows no arrays",
    "export/python.py": "how values are written",
    "export/c.py": "how values are written",
    "export/latex.py": "how values are written",
    "export/frameworks.py": "how values are written",
    "export/staged.py": "how much two values differ",
    "export/targets.py": "which targets have numbers only",
    "engine/true_number.py": "how a number is put in the place of another",
    "report/notes.py": "whether an operand is one number",
    "report/true_numbers.py": "whether a gradient is one number",
    "check/sampler.py": "the numbers in a constant",
    "engine/anomalies/__init__.py": "whether any gradient arrives",
    "report/paths.py": "of arrays a path is a product of Jacobians",
    "report/rules.py": "whether a book's formula gives every element",
    "render/nodes.py": "whether there is a column of shapes",
    "render/as_json.py": "whether there are shapes",
    "render/encoding.py": "how a value is written",
    "render/explain/latex.py": "which values are matrices",
    "render/prose.py": "whether the upstream gradient is 1",
    "session.py": "where shapes are inferred",
    "data/bindings.py": "what was bound",
    "cli/values.py": "options that take numbers only",
    "api.py": "which check and which Jacobian there are",
    # The checks; each is to be asked for arrays in one place some day.
    "check/claim_verdicts.py": "",
    "check/claimed_digits.py": "",
    "check/in_numbers.py": "",
    "check/stochastic_arithmetic.py": "",
    "check/claims.py": "",
    "check/closed_form.py": "",
    "check/cross_check.py": "",
    "check/examiner.py": "",
    "check/full_check.py": "",
    "check/handwritten_steps.py": "",
    "check/step_values.py": "",
    "check/steps_in_digits.py": "",
    "check/point.py": "",
}
_OF_ARRAYS = {"shape", "tolist", "ndim", "any", "all"}  # what a float does not have


def asks_about_arrays(node):
    if isinstance(node, ast.Attribute):
        return node.attr in ("has_arrays", "needs_shapes", "ndarray")
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr"
    return called and isinstance(node.args[1], ast.Constant) and node.args[1].value in _OF_ARRAYS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_few_files_ask_whether_there_are_arrays(path):
    name = str(path.relative_to(PACKAGE))
    asks = any(map(asks_about_arrays, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    assert not asks or name in ARRAYS_OR_NUMBERS or name.startswith(("numeric/", "user_code/"))


# What one reads to understand how a text becomes a gradient; docs/core.md walks through it.
CORE = (
    "language/tokens.py", "language/program.py", "language/parser.py", "language/brackets.py", "gates/gate.py",
    "gates/elementwise.py", "gates/fields.py", "numeric/floats.py", "graph/graph.py", "graph/lower.py",
    "graph/arguments.py", "engine/passes.py",
)  # fmt: skip


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_core_is_read_in_an_hour():
    assert sum(lines_of(PACKAGE / name) for name in CORE) <= 1700


# Longer than three hundred lines: tables.
LONG = {
    "gates/tensors.py": 360, "graph/functions_of_others.py": 310, "user_code/edits.py": 320, "render/documents.py": 440,
}  # fmt: skip


def test_files_stay_readable():
    for path in FILES:
        name = str(path.relative_to(PACKAGE))
        assert lines_of(path) <= LONG.get(name, 300), name
