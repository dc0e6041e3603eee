r"""Claims whose left sides name no input, as such that do: `∇f = [2x, 2y]`, `\nabla f = …`, `grad f = …` and `f' = …`.

Of one input all of them are the derivative with respect to it. Of several, the gradient is a claim for each, in the
order of `f(x, y) = …` where the program has that, otherwise as they appear; `f'` has no meaning then.
"""

from __future__ import annotations

import re

from backprop_cli.check.messages import not_a_claim, unknown_output
from backprop_cli.check.scope import Scope
from backprop_cli.check.sides import Side, parts_of
from backprop_cli.errors import Source, shorten
from backprop_cli.graph.remarks import Remark
from backprop_cli.language.latex_spellings import NAMES
from backprop_cli.language.letters import ascii_name
from backprop_cli.lean import Sequence

_NAME = r"\\?[^\W\d]\w*"
_SYMBOL = rf"(?:\\(?:mathcal|mathbf|mathrm|bm|boldsymbol)\s*\{{\s*{_NAME}\s*\}}|{_NAME})"
_GRADIENT = re.compile(
    rf"""\s*(?:\\nabla(?![A-Za-z])|∇|(?:\\(?:operatorname|mathrm|text)\s*\{{\s*)?grad(?:ient)?\b\s*\}}?(?:\s+of\b)?)
    \s*(?P<of>\(\s*{_SYMBOL}\s*\)|\{{\s*{_SYMBOL}\s*\}}|{_SYMBOL})?
    \s*(?:\\left\s*)?(?:\([^()=]*\))?\s*(?P<sign>:?=)(?!=)""",
    re.VERBOSE,
)
_PRIMED = re.compile(rf"\s*(?P<of>{_NAME})\s*(?:['′’](?P<more>\s*['′’])?|(?P<double>″))\s*(?P<sign>:?=)(?!=)")
_OUTPUTS = frozenset({"f", "L", "J", "loss", "cost"})
_WRAPPED = (
    re.compile(r"\\begin\{[pbBv]?matrix\}(.*)\\end\{[pbBv]?matrix\}", re.DOTALL),
    re.compile(
        r"(?:(?:np|numpy|torch|jnp)\s*\.\s*)?(?:array|tensor|asarray)\s*\(\s*[\[(](.*)[\])]\s*,?\s*\)", re.DOTALL
    ),
    re.compile(r"\\langle(.*)\\rangle", re.DOTALL),
    re.compile(r"[\[(⟨<](.*)[\])⟩>]", re.DOTALL),
    re.compile(r"\\[{](.*)\\[}]", re.DOTALL),
    re.compile(r"[{](.*)[}]", re.DOTALL),
)
_SIZED = re.compile(r"\\(?:left|right|[bB]ig{1,2}[lr]?)(?![A-Za-z])")
_TRANSPOSED = re.compile(r"\s*(?:\^\s*\{?\s*(?:T|\\top|\\intercal|\\mathsf\s*\{?T\}?|⊤)\s*\}?|ᵀ|\.T|'|′)\s*$")
_ROWS = re.compile(r"\\\\|&|;|\n")


def with_inputs(source: Source, scope: Scope) -> list[Source]:
    """The claims that a claim is, each of one input: itself, or one for every input.

    Raises BackpropError (V312) if `f'` is that of several inputs, or if a gradient has not an entry for each of them.
    """
    text = source.text
    if found := _GRADIENT.match(text):
        name = _plain(found["of"] or scope.output)
        if name != scope.output and (name in scope.names or name not in _OUTPUTS):
            return [source]
        return _of_each(source, text[found.end() :].strip(), scope)
    found = _PRIMED.match(text)
    if not found:
        return [source]
    if (name := _plain(found["of"])) not in scope.names:
        raise unknown_output(name, source, found.start("of"), scope.names, scope.output)
    inputs, _ = _inputs(scope)
    if len(inputs) != 1:
        by = " or ".join(f"`{found['of']}'({one}) = …`" for one in inputs[:2])
        raise not_a_claim(source, f"there are several inputs: write {by}" if by else "")
    left = f"d2{name}/d{inputs[0]}2" if found["more"] or found["double"] else f"d{name}/d{inputs[0]}"
    return [Source(source.name, f"{left} = {text[found.end() :].strip()}")]


def _of_each(source: Source, right: str, scope: Scope) -> list[Source]:
    """A claim for each input, of its entry on the right side."""
    inputs, order = _inputs(scope)
    entries = _entries(right)
    if len(inputs) == 1:
        if scope.shape(scope.names[inputs[0]]):
            right = f"[{', '.join(entries)}]" if len(entries) > 1 else right
        elif len(entries) == 1:
            right = entries[0]
        return [Source(source.name, f"d{scope.output}/d{inputs[0]} = {right}")]
    if len(entries) != len(inputs) or not inputs:
        example = ", ".join(f"d{scope.output}/d{name}" for name in inputs[:4]) + ", …" * (len(inputs) > 4)
        message = f"the gradient has an entry for each of {', '.join(f'`{name}`' for name in inputs[:8])}"
        found = "none" if not entries else f"{len(entries)}"
        raise not_a_claim(
            source,
            f"write those, `∇{scope.output} = [{example}]`, or a claim for one: `d{scope.output}/d{inputs[0]} = …`",
            f"{message}; found {found}",
        )
    names = ", ".join(f"`{name}`" for name in inputs)
    words = (
        f"`{shorten(source.text.partition('=')[0].strip())}` is read as the partials with respect to {names}: {order}"
    )
    graph = scope.firsts.graph
    graph.remarks.append(Remark("reading", words, *graph.span(graph.output)))
    return [
        Source(source.name, f"d{scope.output}/d{name} = {entry}") for name, entry in zip(inputs, entries, strict=True)
    ]


def _inputs(scope: Scope) -> tuple[Sequence[str], str]:
    """The inputs that a gradient is with respect to, and in which order those are."""
    graph = scope.firsts.graph
    pattern = rf"(?:^|[;\n])[ \t]*{_SYMBOL}\s*(?:\\left\s*)?\(([^()=]*)\)\s*:?=(?!=)"
    heads = re.findall(pattern, graph.source.text)
    if heads:
        names = [_plain(name) for name in heads[-1].split(",")]
        if names and all(name in graph.variables for name in names):
            return names, f"the order of `{scope.output}({', '.join(names)})`"
    names = list(graph.variables)
    return names, f"in the order in which they appear; `{scope.output}({', '.join(names)}) = …` gives another"


def _entries(text: str) -> list[str]:
    """The entries of a vector that is written out, as a row or as a column; none if it is not one."""
    bare = _SIZED.sub("", text).strip()
    while found := _TRANSPOSED.search(bare):
        bare = bare[: found.start()].strip()
    for pattern in _WRAPPED:
        if found := pattern.fullmatch(bare):
            inner = found[1]
            if not _is_closed(inner):
                return []
            inner = re.sub(r"\]\s*,\s*\[", "],[", inner.strip())
            if inner[:1] == "[" and inner[-1:] == "]" and _is_closed(inner[1:-1].replace("],[", ",")):
                inner = inner[1:-1].replace("],[", ",")  # [[2x], [2y]]
            inner = _ROWS.sub(",", inner)
            return [inner[part.start : part.end].strip() for part in parts_of(inner, Side(0, len(inner)))]
    return []


def _is_closed(text: str) -> bool:
    """Whether no bracket is closed before it is opened: `(x+1)(y+1)` is a product, and no vector in brackets."""
    depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return False
    return depth == 0


def _plain(symbol: str) -> str:
    """A symbol as the name that programs have for it."""
    bare = re.sub(r"\\(?:mathcal|mathbf|mathrm|bm|boldsymbol|left|right)\b|[{}()\s]", "", symbol)
    if bare[:1] == "\\":
        return NAMES.get(bare[1:], bare[1:])
    return ascii_name(bare) or bare
