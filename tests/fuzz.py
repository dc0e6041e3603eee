"""Random programs over every gate, random command lines over every option, and documents with random damage.

Each is a seed's for good, and goes through the library or the command line in this process; what came of it is a
status that is documented, or a fault. By hand, as many as one likes: `cd tests && python fuzz.py 10000`.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

import numpy as np
from conftest import backprop

import backprop_cli
from backprop_cli import api, checking
from backprop_cli.errors import STATUS_MEANING, BackpropError, Status
from backprop_cli.gates import GATES
from backprop_cli.gates.tensors import TENSORS
from backprop_cli.render import formats
from backprop_cli.session import open_session

SLOW = 6.0  # seconds that anything this small may take, wherever it runs
DOCUMENTED = {int(status) for status in STATUS_MEANING} - {int(Status.BUG)}


class Outcome(NamedTuple):
    """What was tried, the exit status it has (70: a fault), where that came from, and the seconds it took."""

    what: str
    status: int
    told: str
    seconds: float


def attempt(what: str, work: Callable[[], int]) -> Outcome:
    """Do it; whatever is raised but BackpropError is a fault."""
    began = time.process_time()
    told = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            status = int(work())
    except BackpropError as error:
        status = int(error.status)
    except Exception:
        status, told = int(Status.BUG), traceback.format_exc(limit=-8)
    return Outcome(what, status, told, time.process_time() - began)


# -- programs ------------------------------------------------------------------------------------------------

_NUMBERS = [0.0, 1.0, -1.0, 2.0, 0.5, -0.3, 3.7, -2.5, 1e-8, 40.0, -700.0, 1e160, 1e-160, 1e308, 5e-324, 1e-320]
_ODD = [float("inf"), float("-inf"), float("nan"), -0.0]
_SHAPES = [(), (), (3,), (3,), (2, 3), (3, 3), (3, 2), (1,), (3, 1), (2, 2, 2), (2, 2), (0,), (1, 1)]
_LITERALS = ["2", "0.5", "-1", "0", "3", "1e-9", "1e200", "pi", "[1, 2, 3]", "[[1, 2], [3, 4]]", "inf"]
_ATTRIBUTES = {
    "axes": ["0", "-1", "1", "None", "[0, 1]", "2", "[0]", "[0, 0]"], "flag": ["True", "False"],
    "whole": ["0", "1", "2", "3", "-1", "-2", "5", "1000000000000"], "number": ["2", "0.5", "-1", "0", "1e-300", "7"],
    "lengths": ["3", "2, 3", "[3, 2]", "-1", "1, 0", "0", "0, 1", "6", "3, -1", "2, 2, 2", "1, 1"],
}  # fmt: skip
_ITEMS = ["0", "-1", "1:", ":, 0", "::-1", "1, 1", "...", ":2", "None", "1:1", "5", "0, :", "::2", "i"]
_RARELY = 0.08  # how often something is done that is probably refused


def _operand(draw: Random, names: list[str]) -> str:
    return draw.choice(names) if draw.random() < 0.85 else draw.choice(_LITERALS)


def _call(draw: Random, names: list[str]) -> str:
    """One use of one gate: its attributes are left out, or given by name or by position."""
    gate = draw.choice([*GATES.values(), *TENSORS.values()])
    if gate.syntax == "index" or draw.random() < _RARELY:
        return f"{_operand(draw, names)}[{draw.choice(_ITEMS)}]"
    written = []
    for parameter in gate.parameters:
        if not parameter.kind:
            count = draw.randint(1, 3) if parameter.starred else 1
            if parameter.required or parameter.starred or draw.random() < 0.5:
                written += [_operand(draw, names) for _ in range(count)]
        elif parameter.required or parameter.starred or draw.random() < 0.5:
            value = draw.choice(_ATTRIBUTES[parameter.kind])
            by_name = not parameter.starred and not parameter.required and draw.random() < 0.7
            written.append(f"{parameter.name}={value}" if by_name else value)
    if gate.symbol and gate.symbol != "'" and len(written) == 2 and draw.random() < 0.7:
        return f"({written[0]} {gate.symbol} {written[1]})"
    if gate.symbol == "'":
        return f"{written[0]}'"
    name = draw.choice([gate.name, *gate.aliases])
    if draw.random() < _RARELY / 4:
        written = written[:-1]
    return f"{name}({', '.join(written)})"


def program(seed: int) -> tuple[str, dict[str, Any]]:
    """A program and its values: every statement fits what is before it, but now and then one that does not."""
    draw = Random(seed)
    values: dict[str, Any] = {}
    for name in "xyz"[: draw.randint(1, 3)]:
        shape = draw.choice(_SHAPES)
        numbers = [draw.choice(_NUMBERS) if draw.random() < 0.4 else draw.uniform(-3, 3) for _ in range(8)]
        if draw.random() < _RARELY:
            numbers[0] = draw.choice(_ODD)
        size = int(np.prod(shape))
        values[name] = np.array((numbers * 2)[:size]).reshape(shape) if shape else numbers[0]
    names, statements = list(values), []
    for count in range(draw.randint(1, 5)):
        for _ in range(6):
            call = _call(draw, names)
            if draw.random() < 0.3:
                call = f"{draw.choice(['2*', '-', '1 + ', 'x*'])}{call}"
            text = "; ".join([*statements, f"v{count} = {call}"])
            if draw.random() < _RARELY / 2 or _fits(text, values):
                break
        else:
            continue
        statements.append(f"v{count} = {call}")
        names.append(f"v{count}")
    if not statements:
        statements = ["v0 = x + 1"]
    if draw.random() < 0.6:  # one number, of which there is a gradient
        statements.append(f"sum({names[-1]})")
    if draw.random() < 0.1:
        statements.insert(0, "gate own(a, b=2) = tanh(a)*b")
        statements.append(f"own({names[-1]})")
    return "; ".join(statements), values


def _fits(text: str, values: dict[str, Any]) -> bool:
    try:
        open_session(text, values, {"max_elements": 10_000}, spare=True)
    except BackpropError:
        return False
    return True


def _used(text: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values that the program has a name for; two in a hundred programs keep all."""
    if len(text) % 50 == 0:
        return values
    try:
        variables = open_session(text, values, {"max_elements": 10_000}, spare=True).graph.variables
    except BackpropError:
        return values
    return {name: value for name, value in values.items() if name in variables}


def _rendered(draw: Random, kind: str, report: Any) -> int:
    format_ = draw.choice([*formats(kind)])
    text = api.render(report, format_, digits=draw.choice([None, 3, 17]), ascii=draw.random() < 0.2)
    if format_ == "json":
        json.loads(text)
    return int(report.status)


def _evaluated(draw: Random, text: str, values: Any) -> int:
    return _rendered(draw, "Report", api.evaluate(text, values, max_elements=10_000))


def _grad(draw: Random, text: str, values: Any, **more: Any) -> Any:
    more.setdefault("check", draw.random() < 0.15)
    try:
        return api.grad(text, values, max_elements=10_000, exact=draw.random() < 0.2, expand=True, **more)
    except BackpropError as error:
        if error.diagnostics[0].code != "V310":
            raise
        shape = np.shape(api.evaluate(text, values).value)
        return api.grad(text, values, seed_grad=np.ones(shape), max_elements=10_000, **more)


def _graded(draw: Random, text: str, values: Any) -> int:
    return _rendered(draw, "Report", _grad(draw, text, values, step=draw.choice([None, 0.1])))


def _explained(draw: Random, text: str, values: Any) -> int:
    report = _grad(draw, text, values, check=False)
    api.explain(report, draw.choice(backprop_cli.EXPLAIN_FORMATS), paths=draw.random() < 0.3)
    return int(report.status)


def _drawn(draw: Random, text: str, values: Any) -> int:
    bound = draw.random() < 0.8
    report = _grad(draw, text, values, check=False) if bound else api.structure(text, max_elements=10_000)
    api.draw(
        report, draw.choice([*backprop_cli.FIGURE_FORMATS]), edges=draw.choice(["", "grad", "local", "both", "none"]),
        collapse=draw.random() < 0.3, depth=draw.choice([None, 1, 2]), phase=draw.choice(["", "forward", "backward"]),
    )  # fmt: skip
    return int(report.status)


def _jacobian(draw: Random, text: str, values: Any) -> int:
    report = api.jacobian(
        text, values, mode=draw.choice(["auto", "forward", "reverse"]), anatomy=draw.random() < 0.2,
        check=draw.random() < 0.15, max_elements=10_000,
    )  # fmt: skip
    return _rendered(draw, "JacobianReport", report)


def _checked(draw: Random, text: str, values: Any) -> int:
    kept = {name: value for name, value in values.items() if draw.random() < 0.7}
    more: dict[str, Any] = {"points": draw.choice([1, 3]), "symbolic": draw.random() < 0.2, "max_elements": 10_000}
    name = draw.choice([*values, "w"])
    if draw.random() < 0.6:
        claimed = draw.choice(["0", "1", "2*x", "x'", "v0", "dv0", "[1, 2, 3]", "sum(x)*ones(3)", "nan", "1/x"])
        more["claims"] = [f"d{draw.choice(['f', 'v0', 'v1'])}/d{name} = {claimed}"]
    elif draw.random() < 0.3:
        lines = draw.choice(["dv0 = 1", "dx = dv0*x", "dv0 = 1\ndx += 2*dv0", f"d{name} = 0"])
        del more["symbolic"]
        return _rendered(draw, "CheckReport", checking.check_steps(text, kept, steps=lines, **more))
    return _rendered(draw, "CheckReport", checking.check(text, kept, **more))


def _derived(draw: Random, text: str, values: Any) -> int:
    summed = (
        f"{text}; out_ = sum(sin({text.rsplit('; ', maxsplit=1)[-1].partition(' = ')[0]}))"
        if draw.random() < 0.7
        else text
    )
    more: dict[str, Any] = {"max_elements": 10_000}
    kind = draw.randint(0, 2)
    if kind == 0:
        shown = values if draw.random() < 0.5 else {}
        order = draw.choice([1, 1, 1, 2])
        check = draw.random() < 0.1
        return _rendered(draw, "DerivativeReport", backprop_cli.diff(summed, shown, order=order, check=check, **more))
    if kind == 1:
        return _rendered(draw, "HessianReport", backprop_cli.hessian(summed, values, check=False, **more))
    exported = backprop_cli.export(summed, values, to=draw.choice(["numpy", "python"]), **more)
    compile(exported, "exported", "exec")
    return 0


_VERBS = [_evaluated, _graded, _graded, _explained, _drawn, _jacobian, _jacobian, _checked, _derived, _derived]


def try_program(seed: int) -> Outcome:
    """A program through one verb."""
    text, values = program(seed)
    values = _used(text, values)
    draw = Random(~seed)
    verb = draw.choice(_VERBS)
    shown = " ".join(f"{name}={np.asarray(value).tolist()}" for name, value in values.items())
    return attempt(f"{verb.__name__} {seed}: {text!r} {shown}", lambda: verb(draw, text, values))


# -- command lines -------------------------------------------------------------------------------------------

# A formula and the names it needs; what each may be; what an option may be given, first what it takes, then the rest.
_TEXTS = [
    ("(x+y)*z", "xyz"), ("x", "x"), ("-x^2", "x"), ("sum(x*y)", "xy"), ("W v", "Wv"), ("softmax(v)", "v"), ("x/0", "x"),
    ("gate s(a) = a^2; s(x)", "x"), ("@f.bp", "xy"), ("-", "xy"), ("max(x, y)", "xy"), ("norm(v)", "v"), ("v'", "v"),
    ("q = x*y; g = q + z", "xyz"), ("\\frac{x}{y}", "xy"), ("relu(x)", "x"), ("v[0]", "v"), ("log(x)", "x"),
    ("where(x > 0, x, 0)", "x"), ("x^x", "x"), ("½x²", "x"), ("rand(3)*x", "x"), ("W@v + x", "Wvx"),
    ("sigmoid(x)", "x"),
    ("softmax(W v)", "Wv"), ("norm(W)^2", "W"), ("exp(-x)*y", "xy"), ("@net.py", "x"), ("@loss.tex", "x"),
]  # fmt: skip
_REFUSED = [
    "sgimoid(x)",
    "",
    "x+",
    "sin(",
    "v.json",
    ".",
    "@",
    "x;;y",
    "\0",
    "é",
    "x y = 3",
    "--x",
    "notes.md",
    "suite.toml",
]
_BOUND = {
    "x": ["2", "-0.5", "pi/2", "1e-9", "0", "@h.csv", "[1,2]"], "y": ["3", "-1", "1e200", "0.25"], "z": ["-4", "7"],
    "v": ["[1,2]", "[0,0]", "[1,-1]", "randn(2)", "@h.csv:x"], "W": ["[[1,2],[3,4]]", "eye(2)", "@a.npy", "@l.json"],
}  # fmt: skip
_MISBOUND = [
    "x=", "=3", "x=@v.json", "x=inf", "x=nan", "x=(3,2)", "x", "x=1e400", "x=1e-400", "y=rand(3)", "w=1", "X=0",
    "x=2 y",
    "x=12345678901234567890", "x=@missing.csv", "v=[1,2,3]", "W=[[1,2],[3]]", "x=@f.bp", "y=@b.npy", "x=@i.npy",
]  # fmt: skip
_GIVEN = {
    "--format": (["json", "csv", "table", "latex", "markdown", "svg", "quiet", "html", "jsonl"],
      ["nonsense", "tap", ""]),
    "-o": (["out.txt", "out.json", "out.svg", "/dev/null"], ["no/such/place.txt", "out.npy", "f.bp", "."]),
    "--color": (["always", "never", "auto"], ["green"]), "--rows": (["all", "0", "5"], ["-1", "x"]),
    "--width": (["20", "80", "10000"], ["10"]), "--digits": (["1", "17", "4"], ["0", "30"]),
    "--timeout": (["1000"], ["0", "x", "nan"]),
    "--vars": (["v.toml", "a.npz", "h.csv"], ["missing.toml", "suite.toml", "v.json"]),
    "--use": (["lib.bp", "nn"], ["v.json"]), "--seed": (["0", "7"], ["-1", "9999999999999999999999"]),
    "--max-nodes": (["100", "5"], ["1", "x"]), "--max-elements": (["100", "1000000"], ["0", "1"]),
    "--max-bytes": (["1000"], ["1", "-5"]), "--notation": (["strict", "any"], ["latex"]),
    "--expand": (["s"], ["all", "x"]),
    "--each": (["h.csv", "-"], ["missing.csv", "v.toml", "a.npz"]),
    "--wrt": (["x", "x,y", "W", "v"], ["q", ",", "", "f", "nothing"]),
    "--seed-grad": (["1", "2", "[1,2]", "0"], ["x", "", "inf", "[[1]]"]),
    "--rate": (["0.1", "1", "2"], ["x", "-1", "inf", "[1]"]),
    "--mode": (["forward", "reverse", "auto"], ["sideways"]), "--edges": (["both", "none", "local"], ["all"]),
    "--phase": (["forward", "backward"], ["x"]), "--depth": (["1", "2", "9"], ["0"]),
    "--most": (["10", "500"], ["0", "1"]),
    "--claim": (["df/dx = y", "dx=2", "d/dx f = x", "df/dW = outer(v, v)", "df/dv = 2*v"],
      ["nonsense", "", "df/dx = @a.npy"]),
    "--steps": (["s.txt"], ["missing", "f.bp"]), "--points": (["1", "5"], ["0", "x"]),
    "--range": (["-1:1", "0:1e300"], ["2:1", ":"]), "--rtol": (["1e-3"], ["-1", "x", "nan"]),
    "--atol": (["0", "1"], [""]),
    "--junit": (["out.xml"], ["suite.toml", "."]), "-k": (["a", "*"], ["[", ""]),
}  # fmt: skip
_NEVER = {"--open", "--traceback"}  # nothing is opened in a browser
_SAYS = {"--help", "-h", "--version", "-V"}  # whatever else is asked


def _spellings(command: str) -> list[tuple[list[str], bool]]:
    """The options of a command: how each may be spelled, and whether it is a flag."""
    from backprop_cli.cli.declared import Option
    from backprop_cli.cli.words import command_named

    found = [it for it in command_named(command).parameters if isinstance(it.declared, Option)]
    return [(list(it.declared.both), it.type is bool) for it in found] + [(["-h", "--help"], True)]


_OPTIONS: dict[str, list[tuple[list[str], bool]]] = {}


def command_line(seed: int) -> list[str]:
    """A command with options that it has, and now and then one that it has not."""
    from backprop_cli.cli.words import COMMANDS

    draw = Random(seed)
    command = draw.choice([*COMMANDS])
    if not _OPTIONS:
        _OPTIONS.update({name: _spellings(name) for name in COMMANDS})
    text, needed = draw.choice(_TEXTS)
    if draw.random() < _RARELY:
        text = draw.choice(_REFUSED)
    words = [text, *(f"{name}={draw.choice(_BOUND[name])}" for name in needed if draw.random() > _RARELY)]
    if draw.random() < _RARELY:
        words.insert(draw.randint(0, len(words)), draw.choice(_MISBOUND))
    if command == "gates":
        words = draw.sample(["relu", "@", "+", "sum", "nothing", ""][: draw.choice([4, 6])], draw.randint(0, 2))
    if command == "check" and draw.random() < 0.2:
        words = draw.sample(["suite.toml", "notes.md", "."], draw.randint(1, 2))
    for _ in range(draw.choice([0, 1, 1, 2, 2, 3, 4])):
        of = command if draw.random() > _RARELY / 4 else draw.choice([*COMMANDS])
        spellings, is_flag = draw.choice(_OPTIONS[of])
        spelling = draw.choice(spellings)
        if not _NEVER.isdisjoint(spellings) or (spelling in _SAYS and draw.random() < 0.9):
            continue
        given = [spelling]
        if not is_flag and draw.random() > _RARELY / 8:
            taken, odd = next((_GIVEN[name] for name in spellings if name in _GIVEN), (["1"], ["x"]))
            value = draw.choice(odd if draw.random() < _RARELY else taken)
            given = [f"{spelling}={value}"] if spelling.startswith("--") and draw.random() < 0.3 else [spelling, value]
        at = draw.randint(0, len(words))
        words[at:at] = given
    return [command, *words]


def try_command_line(seed: int) -> Outcome:
    """A command line in a folder that `documents` has filled."""
    words = command_line(seed)

    def run() -> int:
        ran = backprop(*words, stdin="x*y")
        assert ran.status in DOCUMENTED, ran.err
        assert "Traceback" not in ran.out + ran.err
        assert ran.status in (0, 1, 4, 141) or ran.err or "--json" in words, "it fails and does not say why"
        if "--json" in words and ran.out and _SAYS.isdisjoint(words):
            json.loads(ran.out)
        return ran.status

    return attempt(f"{seed}: {words}", run)


# -- documents -----------------------------------------------------------------------------------------------


def _npy(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values))
    return file.getvalue()


def _npz(**values: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **values)
    return file.getvalue()


def _plain_npz() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", _npy([1.5, 2.5]))
    return file.getvalue()


_SUITE = """rtol = 1e-6
[[case]]
name = "the product"
program = "(x+y)*z"
bindings = {x = -2, y = 5, z = "-4"}
value = -12
gradients = {x = -4.0, z = 3}
claims = ["df/dz = x + y", "dx = z"]
[[case]]
program = '''
q = [1.0, 2e0]*x
sum(q)
'''
bindings.x = [3.25, 1e-3]
notes = []
source = "here"
[[case]]
program = "sgimoid(x)"
error = "N201"
"""
_MARKDOWN = """# Exercise

```backprop
f = (x+y)*z
at x = -2, y = 5, z = -4
=> -12
df/dx = -4
df/dz = x + y
```

> ~~~backprop
> relu(x)
> at x = 0
> notes kink
> ~~~
"""
DOCUMENTS: dict[str, bytes] = {
    "suite.toml": _SUITE.encode(), "notes.md": _MARKDOWN.encode(),
    "v.toml": b'x = [1, 2.5, 3]\ny = "pi/2"\nv = [1, 2]\n[t]\na = 1979-05-27\n[[u]]\nz = 0x10\nb = 1e400\n',
    "v.json": b'{"x": [[1, 2.5e-3], [3, 4]], "y": "2*pi", "z": 12345678901234567890, "w": null, "n": -0.0}',
    "l.json": b"[[1, 2], [3, 4.5]]", "t.csv": b'x;y\n1.5;2\n3;4\n"5";6\n', "m.csv": b"1,2\n3,4\n",
    "h.csv": b"x,y\n1,2\n3,4.5\n", "a.npy": _npy([[1.0, 2.0], [3.0, 4.0]]), "i.npy": _npy([1, 2, 2**60]),
    "b.npy": _npy([True, False]), "a.npz": _npz(x=[1.0, 2.0], y=3.0), "p.npz": _plain_npz(),
    "f.bp": b"# the loss\ngate s(a) = 1/(1 + exp(-a))\nq = s(x)*y\nfor t in range(3) {\n  q = q + t*x\n}\nsum(q)\n",
    "lib.bp": b"gate s(a, b=2) = a^b\ngate u(a) = s(a)*a # twice\n", "s.txt": b"dq = z*df\ndx = dq\n",
    "net.py": b"import numpy as np\nh = np.tanh(x)\nh += 1\nloss = np.sum(h**2)\n",
    "loss.tex": b"\\frac{1}{2}\\|x\\|_2^2 + \\sum_{i=1}^{n} x_i",
}  # fmt: skip
_PIECES = [
    b"\0", b"\xff", b"\xef\xbb\xbf", b"'''", b'"', b"[", b"]", b"[[case]]\n", b"\r", b"\n\n", b"e999", b"-",
    b"nan", b"=",
    b"```", b"\t", b"{", b"}", b",", b"1e-999", b"@v.json", b"0" * 40, b"\x80\x81", b"PK\x03\x04", b"x", b"~~~",
    b"(" * 50,
    "½θ²".encode(), b"True", b"null", b"#", b";", b".", b"inf", b"\\", b"\xe2\x80\xa8", b"99999999999", b"for t in ",
]  # fmt: skip


def document(seed: int) -> tuple[str, bytes]:
    """One of the documents, damaged in one to four places."""
    draw = Random(seed)
    name = draw.choice([*DOCUMENTS])
    data = bytearray(DOCUMENTS[name])
    for _ in range(draw.choice([1, 1, 1, 2, 3, 4])):
        at, to = sorted((draw.randint(0, len(data)), draw.randint(0, len(data))))
        to = min(to, at + draw.choice([1, 1, 2, 4, 20, 1000]))
        what = draw.randint(0, 6)
        if what == 0:
            del data[at:to]
        elif what == 1:
            data[at:at] = draw.choice(_PIECES)
        elif what == 2 and data:
            data[min(at, len(data) - 1)] ^= 1 << draw.randint(0, 7)
        elif what == 3:
            data[at:at] = data[at:to] * draw.choice([1, 2, 10])
        elif what == 4:
            del data[at:]
        elif what == 5:
            data[at:to] = draw.choice(_PIECES)
        else:
            other = DOCUMENTS[draw.choice([*DOCUMENTS])]
            start = draw.randint(0, len(other))
            data[at:to] = other[start : start + draw.randint(1, 60)]
    return name, bytes(data)


# What a document of a kind is read by; the document stands for {}.
READERS: dict[str, list[list[str]]] = {
    ".toml": [["eval", "sum(x)*y", "--vars", "{}", "-q"], ["check", "{}"], ["eval", "x", "--vars", "{}", "--json"]],
    ".md": [["check", "{}"], ["check", "{}", "--format", "github"], ["check", "{}", "--json"]],
    ".json": [["eval", "sum(x)*y", "--vars", "{}"], ["eval", "x", "x=@{}", "--json"]],
    ".csv": [["eval", "sum(x)*y", "--vars", "{}"], ["eval", "x", "x=@{}"], ["eval", "x", "x=@{}:y", "-q"]],
    ".npy": [["eval", "x", "x=@{}"], ["grad", "sum(x)", "x=@{}", "--no-check"]],
    ".npz": [["eval", "sum(x)*y", "--vars", "{}"], ["eval", "x", "x=@{}:x"], ["eval", "x", "x=@{}"]],
    ".bp": [["grad", "@{}", "x=2", "y=3", "--no-check"], ["eval", "s(x)", "x=2", "--use", "{}"], ["graph", "@{}"]],
    ".txt": [["check", "q = x+y; f = q*z", "x=-2", "y=5", "z=-4", "--steps", "{}"]],
    ".py": [["eval", "@{}", "x=[1,2]"], ["grad", "@{}", "x=[1,2]", "--json"]],
    ".tex": [["eval", "@{}", "x=[1,2]"], ["explain", "@{}", "x=[1,2]", "--no-check"]],
}


def try_document(seed: int) -> Outcome:
    """A damaged document, read by a command that reads its kind."""
    name, data = document(seed)
    path = f"damaged{os.path.splitext(name)[1]}"
    words = [word.format(path) for word in Random(~seed).choice(READERS[os.path.splitext(name)[1]])]

    def run() -> int:
        with open(path, "wb") as file:
            file.write(data)
        ran = backprop(*words)
        assert ran.status in DOCUMENTED, ran.err
        if "--json" in words and ran.out:
            json.loads(ran.out)
        return ran.status

    return attempt(f"{seed}: {words} {name}: {data!r}"[:1500], run)


# -- many of them --------------------------------------------------------------------------------------------

KINDS = {"programs": try_program, "command lines": try_command_line, "documents": try_document}


def many(kind: str, count: int, first: int = 0) -> Iterator[Outcome]:
    """The outcomes of so many seeds, in a folder of their own that has the documents in it."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for seed in range(first, first + count):
                if kind == "command lines" and seed % 100 == first % 100:  # some of them write over the documents
                    for name, data in DOCUMENTS.items():
                        with open(name, "wb") as file:
                            file.write(data)
                yield KINDS[kind](seed)
        finally:
            os.chdir(home)


def faults(outcomes: list[Outcome]) -> list[Outcome]:
    """Those that went wrong: not a documented status, or too slow."""
    return [outcome for outcome in outcomes if outcome.status not in DOCUMENTED or outcome.seconds > SLOW]


def main(count: int, first: int = 0, kinds: list[str] | None = None) -> int:
    """Run as many of each kind, print each fault and a line a kind; the exit status."""
    wrong = 0
    for kind in kinds or KINDS:
        outcomes = []
        for outcome in many(kind, count, first):
            outcomes.append(outcome._replace(told=""))
            if faults([outcome]):
                print(f"FAULT {kind} {outcome.what}\n  {outcome.seconds:.1f} s  {outcome.told}", flush=True)
        statuses = Counter(outcome.status for outcome in outcomes)
        slowest = max(outcomes, key=lambda outcome: outcome.seconds)
        bad = len(faults(outcomes))
        wrong += bad
        shown = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
        print(
            f"{count:,} {kind}: {bad} faults; statuses {shown}; slowest {slowest.seconds:.2f} s ({slowest.what[:120]})"
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *map(int, sys.argv[2:3]), kinds=sys.argv[3:] or None))  # count, first seed, kinds
