"""The rooms import only downwards, third parties stay where they belong, and nothing evaluates user text."""

import ast
from pathlib import Path

import pytest

import backprop_cli

PACKAGE = Path(backprop_cli.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
# Room: what it may import of the others (itself always).
ROOMS = {
    "errors": set(),
    "language": {"errors"},
    "numeric": {"errors"},
    "gates": {"errors", "language", "numeric"},
    "graph": {"errors", "language", "numeric", "gates"},
    "engine": {"errors", "language", "numeric", "gates", "graph"},
    "check": {"errors", "language", "numeric", "gates", "graph", "engine"},
    "report": {"errors", "numeric", "gates", "graph", "engine", "check"},
    "render": {"errors", "report"},
    "data": {"errors", "language", "numeric", "gates", "graph", "engine", "report"},
    "api": {"errors", "language", "numeric", "gates", "graph", "engine", "check", "report", "render", "data"},
    # The verbs, asked case after case; the tolerance of a claim is that of `check`.
    "suites": {"errors", "check", "report", "data", "api"},
    "__init__": {"errors", "api", "render", "report"},
    "__main__": {"cli"},
    "cli": {"errors", "api", "render", "report", "data", "suites", "__init__"},
}
THIRD_PARTIES = {
    "typer": {"cli"},
    "rich": {"render/tables.py"},
    "sympy": {"check"},
    "mpmath": {"numeric/digits.py"},
    "numpy": {
        "numeric/arrays.py",
        "numeric/reductions.py",
        "numeric/linalg.py",
        "numeric/losses.py",
        "engine/passes.py",
        "engine/anomalies/masks.py",
        "engine/unroll.py",
        "engine/jacobian.py",
        "check/arrays.py",
        "check/array_claims.py",
        "data/arrays.py",
    },
}
# Of a room that is heavy or whose verdict is plain data, the only files others may import.
DOORS = {
    "check": {
        f"backprop_cli.check.{file}"
        for file in (
            "verdict",
            "cross_check",
            "closed_form",
            "claims",
            "mistakes",
            "evidence",
            "gradient_check",
            "judge",
            "sampler",
            "handwritten_steps",
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
            assert other == room or other in ROOMS[room], f"{relative} imports {module}"
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
    may_compile = path.relative_to(PACKAGE) == Path("gates/fields.py")
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


def test_files_stay_readable():
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 420, path
