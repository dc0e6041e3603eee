"""A file of C99: the value and the gradient, staged, with a `main` that tests them."""

from __future__ import annotations

import re
from math import prod

from backprop_cli.export.c_words import KEYWORDS, NAMES, C
from backprop_cli.export.loops import CWriter, Loops
from backprop_cli.export.staged import FUNCTION, Line, Staged, in_columns
from backprop_cli.graph import Value
from backprop_cli.lean import Mapping, partial
from backprop_cli.numeric.shapes import Shape
from backprop_cli.text import shortest

RESERVED = {*KEYWORDS, *NAMES, *C.helpers, FUNCTION}
_MARK = "  /* "  # of a comment behind a statement
_MOST_ON_STACK = 8192  # elements; more are static
_CONSTANTS = {"pi": "static const double PI = 3.141592653589793;", "e": "static const double E = 2.718281828459045;"}
_TO_TEST = "test it: cc -std=c99 -o grad grad.c -lm && ./grad"
_CHECK = """static int failures = 0;

static void check(const char *name, double found, double expected, double slack)
{
    const int same = found == expected || (isnan(found) && isnan(expected));
    const int close = isfinite(expected) && fabs(found - expected) <= 1e-9*fabs(expected) + slack;
    printf("%s = %.17g\\n", name, found);
    if (!same && !close) {
        printf("    expected %.17g\\n", expected);
        failures++;
    }
}"""
_CHECK_ALL = """

/* Close are arrays whose largest difference is small beside their largest element. */
static void check_all(const char *name, const double *found, const double *expected, int count, double slack)
{
    double largest = 0.0;
    for (int i = 0; i < count; i++)
        if (isfinite(expected[i]))
            largest = fmax(largest, fabs(expected[i]));
    for (int i = 0; i < count; i++) {
        const int same = found[i] == expected[i] || (isnan(found[i]) && isnan(expected[i]));
        const int close = isfinite(expected[i]) && fabs(found[i] - expected[i]) <= 1e-9*largest + slack;
        printf("%s[%d] = %.17g\\n", name, i, found[i]);
        if (!same && !close) {
            printf("    expected %.17g\\n", expected[i]);
            failures++;
        }
    }
}"""


def c(program: Staged) -> str:
    """The text of the file. Without an example it has no `main`.

    Raises BackpropError (U801) at a gate that C has no words for.
    """
    graph, words = program.graph, CWriter(C)
    shapes = {name: graph.shape(node) for name, node in graph.variables.items()}
    known = {called: shapes[name] for name, called in program.inputs.items()}
    elements = sum(prod(graph.shape(node)) for node in range(len(graph)) if graph.shape(node))
    storage = "static " if 2 * elements > _MOST_ON_STACK else ""
    taken = RESERVED | {*known, *(line.name for line in (*program.forward, *program.backward))}
    loops = Loops(words, known, taken, storage)
    ahead = _statements(program, loops, program.forward)
    back = _statements(program, loops, program.backward)
    for name, called in program.gradients.items():
        loops.copy(f"gradient->{_field(program, name)}", called, _shape(program, name))
    code = re.sub(r"/\*.*?\*/", "", "\n".join([*ahead, *back, program.value]))
    said = set(re.findall(r"\w+", code))
    unused = [f"    (void){called};  /* has no influence */" for called in known if called not in said]
    arguments = [f"{'const ' if shape else ''}double {_declared(called, shape)}" for called, shape in known.items()]
    fields = [f"double {_declared(_field(program, name), _shape(program, name))};" for name in program.gradients]
    test = _main(program, known, storage) if program.example is not None else []
    made = [
        f"/* {_comment(program.title)}",
        "   and its gradient by the chain rule. Written by backprop;",
        f"   {_TO_TEST if test else 'with values for the inputs it writes a `main` that tests it'}. */",
        "", "#include <math.h>", *["#include <stdio.h>"] * bool(test), "#include <string.h>", "",
        *(_CONSTANTS[name] for name in _CONSTANTS if name in words.needed),
        *[""] * bool(_CONSTANTS.keys() & words.needed.keys()),
        *(f"{function}\n" for function in _functions(words)),
        "struct gradient {", *(f"    {field}" for field in fields), "};", "",
        f"/* The value, and the gradients by name.{(' ' + program.shapes) if program.shapes else ''} */",
        f"double {FUNCTION}({', '.join([*arguments, 'struct gradient *gradient'])})", "{",
        *unused, "    /* forward */", *ahead, "", "    /* backward */", *back, "",
        *(f"    {line}" for line in loops.lines), f"    return {program.value};", "}", *test,
    ]  # fmt: skip
    text = "\n".join(made) + "\n"
    return text if "memcpy" in text else text.replace("#include <string.h>\n", "")


def _functions(words: CWriter) -> list[str]:
    for name in _CONSTANTS:
        words.needed.pop(name, None)
    return words.functions()


def _statements(program: Staged, loops: Loops, lines: list[Line]) -> list[str]:
    """The statements of some lines; comments behind single ones stand in a column."""
    made: list[str] = []
    for line in lines:
        program.translated(line, partial(loops.assign, line.name, _comment(line.comment)), "C")
        made += loops.lines
        loops.lines = []
    pairs = ((code, comment) for code, _, comment in (line.partition(_MARK) for line in made))
    return [f"    {line}" for line in in_columns(pairs, _MARK)]


def _field(program: Staged, name: str) -> str:
    return program.inputs.get(name) or name


def _shape(program: Staged, name: str) -> Shape:
    return program.graph.shape(program.targets[name])


def _declared(name: str, shape: Shape) -> str:
    return name + "".join(f"[{length}]" for length in shape)


def _comment(text: str) -> str:
    return text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")


def _main(program: Staged, known: Mapping[str, Shape], storage: str) -> list[str]:
    example, output = program.example, program.output
    assert example is not None
    arrays = [name for name, called in program.inputs.items() if known[called]]
    words = [called if known[called] else _literal(example.given[name]) for name, called in program.inputs.items()]
    lines = []
    for name in arrays:
        called = program.inputs[name]
        lines.append(f"{storage}const double {_declared(called, known[called])} = {_literal(example.given[name])};")
    lines += [
        f"{storage}struct gradient gradient;",
        f'check("{output}", {FUNCTION}({", ".join([*words, "&gradient"])}),',
        f"      {_literal(example.value)}, {example.slack()});",
    ]
    for name in program.gradients:
        shape, field, expected = _shape(program, name), _field(program, name), _literal(example.gradients[name])
        if not shape:
            lines.append(f'check("d{output}/d{name}", gradient.{field}, {expected}, {example.slack(name)});')
            continue
        first = "[0]" * len(shape)
        lines += [
            "{", f"    {storage}const double {_declared('expected', shape)} = {expected};",
            f'    check_all("d{output}/d{name}", &gradient.{field}{first}, &expected{first}, {prod(shape)},',
            f"              {example.slack(name)});", "}",
        ]  # fmt: skip
    lines.append("return failures != 0;")
    return [
        "",
        _CHECK + _CHECK_ALL * ("check_all(" in "".join(lines)),
        "",
        "int main(void)",
        "{",
        *(f"    {line}" for line in lines),
        "}",
    ]


def _literal(number: Value) -> str:
    if hasattr(number, "tolist"):
        return (
            shortest(number)
            .replace("[", "{")
            .replace("]", "}")
            .replace(",", ", ")
            .replace("nan", "NAN")
            .replace("inf", "INFINITY")
        )
    return {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}.get(text := repr(float(number)), text)
