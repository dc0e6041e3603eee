"""What is wrong with the names and calls of a program, in words that point at the text."""

from __future__ import annotations

import re
from itertools import islice

from backprop_cli.errors import Diagnostic, Label, nearest, shorten
from backprop_cli.gates import ALIASES, BY_SYMBOL, CONSTANTS, GATES
from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.graph.advice import (
    FORMULAS,
    GRADIENTS,
    MEANT,
    PARAMETERS,
    UNSAID,
    WORDS,
    advice,
    folded,
    is_formula,
    of_that_many,
)
from backprop_cli.graph.attributes import Unreadable
from backprop_cli.graph.bare_gates import is_without_brackets
from backprop_cli.graph.signature import Signature
from backprop_cli.language.bare import BARE
from backprop_cli.language.mistyped import word
from backprop_cli.language.numbers_of_others import of_a_number
from backprop_cli.language.program import Call, Program
from backprop_cli.language.spellings import KEYWORDS
from backprop_cli.language.uses import operands_of
from backprop_cli.lean import Collection

_CALLED = {"sigma": "sigmoid", **dict.fromkeys(("softmax_loss", "ce_loss", "ce", "nll", "nll_loss"), "cross_entropy")}
_LAST_OPERAND = re.compile(r"([A-Za-z0-9_.]+)[ \t]*$", re.ASCII)
_BETWEEN = {BY_SYMBOL["/"]: "`floor({}/{})` for the whole quotient, otherwise `{}/{}`"}  # as words between operands
_ABOVE = re.compile(r"d(?:[A-Za-z_]\w*|\([^()]*\))?\s*[/÷]\s*$", re.ASCII)
_OF_LATEX = re.compile(r"frac\s*\{\s*(?:d|\\partial)[^{}]*\}\s*\{\s*(?:d|\\partial)")
_FACTOR = re.compile(r"\s*(?:\\[dtc]?frac|\\sqrt|√)")  # after a name: no bracket, so that it is a product
_PRIMED = re.compile("['′’]+\\(")  # f'(x)
_INDEXED = re.compile(r"(?:\{E\})?(?:_\{?\w+\}?)?\[")  # E[x], \mathbb{E}_{x}[x]
_BELOW = re.compile(r"\s*(?:\([^()]{0,60}\))?\s*[/÷]\s*d[A-Za-z_]", re.ASCII)

# What verbs of the library are asked by keywords, which are no values of names.
OPTIONS_OF_VERBS = frozenset(
    {"allow_nonfinite", "anatomy", "atol", "check", "check_seconds", "claims", "defaults", "direction", "exact",
     "expand", "max_elements", "max_nodes", "mode", "notation", "order", "points", "range_", "rate", "rtol", "seed",
     "seed_grad", "step", "steps", "strict", "symbolic", "use", "wrt"}
)  # fmt: skip


def no_value(program: Program, row: int, name: str, given: Collection[str]) -> Diagnostic:
    """A name that is no input's, or a gate's without operands; `given` are the names that have values."""
    label = program.label(row)
    shown = shorten(name)
    if name in GATES or name in ALIASES or is_without_brackets(program, row, name):
        rest = program.source.text[label.end : label.end + 40].lstrip()
        left = _LAST_OPERAND.search(program.source.text[max(0, label.start - 40) : label.start])
        help_ = f"write `{name}({_next_operand(rest)})`"
        if left and _next_operand(rest, "") and _takes_two(name):  # x max y
            pair = left[1], _next_operand(rest)
            help_ = "write " + _BETWEEN.get(name, f"`{name}({{}}, {{}})`").format(*pair, *pair)
        if rest[:1] == "[" and "]" in rest:
            help_ = f"operands go in round brackets: `{name}({rest[1 : rest.index(']')]})`"
        if rest[:1] in ("^", "²", "³"):
            help_ = f"powers go after the operands: `{name}(x)^2`; an inverse has a name of its own, such as `asin`"
        return Diagnostic("N204", f"the gate `{shown}` is used without its operands", (label,), help_)
    if _is_derivative(program, label, name) or (name[0] == "d" and _OF_LATEX.search(program.source.text)):
        help_ = f"{GRADIENTS}; if `{shown}` is a number, give it a value: `{shown}=…`"
    elif (number := of_a_number(program.source.text, label.start, label.end))[0]:
        help_ = f"{number[0]}; otherwise give it a value: `{shown}=…`"
        label = label._replace(start=number[1], end=number[2])
    elif _PRIMED.match(program.source.text, label.end):
        help_ = f"{GRADIENTS}; otherwise give it a value: `{shown}=…`"
    elif name == "end" and program.source.text[: label.start].rstrip().endswith(("[", ":")):
        help_ = "the last element is `x[-1]`, those up to it are `x[1:]`"
    elif name in WORDS:
        help_ = f"{WORDS[name]}; otherwise give it a value: `{shown}=…`"
    elif meant := word(name):
        help_ = f"did you mean `{meant}`? Otherwise give it a value: `{shown}=…`"
    elif glued := _glued(name, given):
        help_ = f"names are never split: write `{glued}`; otherwise give it a value: `{shown}=…`"
    elif name.isupper() and name.lower() in GATES and len(name) > 1:
        help_ = f"the gate is `{name.lower()}(x)`; otherwise give it a value: `{shown}=…`"
    elif split := _product_of(name, {*islice(given, 1000), *CONSTANTS}):
        product, each = " ".join(split), "*".join(split)
        help_ = f"names are never split: for a product write `{product}`; `{each}` goes element by element"
    elif name.lower() in CONSTANTS and len(name) > 1:
        help_ = f"the constant is `{name.lower()}`; capitals matter"
    elif name[0] == "E" and _INDEXED.match(program.source.text, label.end):
        help_ = f"the mean of values is `mean(x)`; otherwise give it a value: `{shown}=…`"
    elif name in MEANT:
        help_ = f"write `{MEANT[name]}` if that is meant; otherwise give it a value: `{shown}=…`"
    elif between := _between(program, label, name):
        help_ = f"{between}; otherwise give it a value: `{shown}=…`"
    elif len(name) > 1 and (told := advice(name, ())) and told != GRADIENTS:
        help_ = f"as a function, {told}; otherwise give it a value: `{shown}=…`"
    elif twins := [other for other in islice(given, 1000) if other.lower() == name.lower()]:
        help_ = f"did you mean `{twins[0]}`? Capitals matter; otherwise give it a value: `{shown}=…`"
    elif near := nearest(name, list(islice(given, 1000))):
        help_ = f"did you mean `{near[0]}`? Otherwise give it a value: `{shown}=…`"
    elif columns := [other for other in islice(given, 1000) if other and not other.isidentifier()]:
        column = shorten(columns[0])
        help_ = f'give it a value: `{shown}=…`; all of the column `{column}` is `"{shown}=@FILE:{column}"`'
        help_ += f"; for `--each`, give the column the heading `{shown}`"
    else:
        help_ = f"give it a value: `{shown}=…`"
    if name in OPTIONS_OF_VERBS:
        help_ = f"{help_}; in Python `{{'{shown}': …}}`, as `{shown}=` is an option there"
    return Diagnostic("N202", f"`{shown}` has no value", (label,), help_)


def unknown_gate(program: Program, row: int, named: Collection[str]) -> Diagnostic:
    """A call of something that is no gate; `named` are the names that mean something else."""
    call: Call = program.args[row]
    label = Label(program.source, program.starts[row], call.name_end)
    shown = shorten(call.name)
    defined = [definition.name for definition in program.definitions]
    near = nearest(call.name, [*defined, *GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES])
    if _FACTOR.match(program.source.text, label.end) and not (near and call.name not in FORMULAS):
        return no_value(program, row, call.name, named)._replace(labels=(label,))
    if call.name == "d" and _is_derivative(program, label, "d"):
        help_ = GRADIENTS
    elif (
        call.operands
        and (same := _spelled_alike(call.name))
        and not call.keywords
        and not is_formula(call.name, len(call.operands))
    ):
        help_ = f"write `{same}({', '.join(_operands(program, call))})`"
    elif call.name in ("t", "H", "tr") and program.source.text[: label.start].rstrip().endswith("^"):
        help_ = f"write `^T (…)` for the transpose; for the power write `^({call.name})*(…)`"
    elif told := advice(call.name, _operands(program, call)):
        unread = [name for name, _, _ in call.keywords if name not in PARAMETERS.get(call.name, ())]
        help_ = f"without `{shorten(unread[0])}` {told}" if unread else told
    elif (last := _ends_with_gate(call.name, named)) and not call.keywords:
        help_ = f"names are never split: write `{last}({', '.join(_operands(program, call))})`"
    elif call.name in CONSTANTS:
        help_ = f"`{call.name}` is a constant: for a product write `{call.name}*(…)`"
    elif meant := _CALLED.get(call.name):
        help_ = f"did you mean `{meant}`?"
    elif near and (near[0] in defined or is_slip(call.name, near[0])):
        help_ = f"did you mean `{near[0]}`?"
    elif call.name in named:
        help_ = f"for a product write `{shown}*(…)`"
    elif near:
        gate = GATES.get(ALIASES.get(near[0], near[0])) or TENSORS[TENSOR_ALIASES.get(near[0], near[0])]
        help_ = (
            f"there is `{near[0]}`: {gate.description}; anything else is written out, or defined: `gate {shown}(x) = …`"
        )
    else:
        value = f", and give `{shown}` a value" if len(call.name) == 1 else ""
        help_ = f"`backprop gates` lists them; for a product write `*`{value}"
        help_ += f"; a function of your own is `gate {shown}(x) = …`" * (len(call.name) > 1)
    return Diagnostic("N201", f"unknown gate `{shown}`", (label,), help_)


def _spelled_alike(name: str) -> str:
    """The gate whose name has the same letters: `leaky_relu` for `LeakyReLU`; empty if none has."""
    plain = folded(name)
    return next((gate for gate in (*GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES) if folded(gate) == plain), "")


def is_slip(name: str, meant: str) -> bool:
    """Whether a name is another mistyped, rather than one of something else: `expp` is, `expm` and `mad` are not."""
    one, two = folded(name), folded(meant)
    if sorted(one) == sorted(two):
        return True
    if one.startswith(two) or one.endswith(two):  # a letter more is typed twice by mistake, or makes another name
        more = one[len(two) :] if one.startswith(two) else one[: -len(two)]
        return set(more) == {two[-1] if one.startswith(two) else two[0]}
    return min(len(one), len(two)) > 4 or len(one) < len(two)


def _operands(program: Program, call: Call) -> list[str]:
    """The texts of a call's operands; of those that have names, in the order that these have in the other tool."""
    given = [_operand(program, operand) for operand in call.operands]
    named = {name: _operand(program, operand) for name, operand, _ in call.keywords}
    order = PARAMETERS.get(call.name, ())
    missing = UNSAID if named.keys() & UNSAID.keys() else {}
    return given + [value for name in order if (value := named.get(name) or missing.get(name))]


def _operand(program: Program, row: int) -> str:
    """An operand as it is written."""
    return shorten(program.source.text[program.starts[row] : program.ends[row]]) if row >= 0 else "x"


def _is_derivative(program: Program, label: Label, name: str) -> bool:
    """Whether a name is part of `df/dx` or `d(x^2)/dx`."""
    text = program.source.text
    if name[0] != "d":
        return False
    if _BELOW.match(text, label.end, label.end + 80):
        return True
    return len(name) > 1 and bool(_ABOVE.search(text[max(0, label.start - 80) : label.start]))


def _between(program: Program, label: Label, name: str) -> str:
    """What to write for a word between its operands, `n choose k`; empty for any other."""
    text = program.source.text
    left = _LAST_OPERAND.search(text[max(0, label.start - 40) : label.start])
    right = _next_operand(text[label.end : label.end + 40].lstrip(), "")
    return advice(name, (left[1], right)) if left and right and len(name) > 1 and is_formula(name, 2) else ""


def _takes_two(name: str) -> bool:
    row = GATES.get(ALIASES.get(name, name)) or TENSORS.get(TENSOR_ALIASES.get(name, name))
    return row is not None and (row.variadic or len(row.parameters) == 2)


def _next_operand(text: str, otherwise: str = "x") -> str:
    """The number or name with which a text begins, or behind a bracket of the wrong kind."""
    text = text.removeprefix("[")
    end = 0
    while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return text[:end] or otherwise


def _ends_with_gate(name: str, given: Collection[str]) -> str:
    """`x sin` for `xsin`: a name with a value and a function."""
    ends = (end for end in range(1, len(name)) if name[:end] in given and name[end:] in BARE and name[end:] in GATES)
    return next((f"{name[:end]} {name[end:]}" for end in ends), "")


def _glued(name: str, given: Collection[str]) -> str:
    """`sin(x)` for `sinx`, `sin(2x)` for `sin2x`: a function, and a number, a name with a value or both."""
    for end in range(len(name) - 1, 1, -1):
        operand = name[end:].lstrip("0123456789")
        if name[:end] in BARE and (operand in given or operand in CONSTANTS or not operand):
            return f"{name[:end]}({name[end:]})" if name[:end] in GATES or name[:end] in ALIASES else ""
    return ""


def _product_of(name: str, known: Collection[str]) -> list[str]:
    """The known names of which `name` is a concatenation, if it is one; shortest first, without recursion."""
    if len(name) > 64:
        return []
    ways: dict[int, list[str]] = {0: []}
    for end in range(1, len(name) + 1):
        for start in range(end):
            if start in ways and name[start:end] in known:
                ways.setdefault(end, [*ways[start], name[start:end]])
    return ways.get(len(name), [])


def names_of_failed_statements(program: Program) -> set[int]:
    """Rows of names that only statements mention which did not parse: nobody is to be blamed for those."""
    return {row for row, op in enumerate(program.ops) if op == "name"} - operands_of(program)


def unknown_parameter(program: Program, row: int, gate: Signature, keyword: str, start: int) -> Diagnostic:
    """An operand or attribute given by a name that its gate does not have."""
    label = program.label(row)._replace(start=start, end=start + len(keyword))
    shown = program.args[row].name if gate.is_tensor else gate.name
    message = f"`{shorten(shown)}` has no parameter `{shorten(keyword)}`"
    near = nearest(KEYWORDS.get(keyword, keyword), [*(p.name for p in gate.parameters), *KEYWORDS])
    help_ = f"did you mean `{near[0]}`? The gate is `{gate.head}`" if near else f"the gate is `{gate.head}`"
    if keyword in PARAMETERS.get(program.args[row].name, ()):
        help_ = of_that_many(program.args[row].name, _operands(program, program.args[row])) or help_
    return Diagnostic("N210", message, (label,), help_)


def misread(program: Program, row: int, gate: Signature, problem: Unreadable, near: str) -> Diagnostic:
    """A call in which an operand is not what the gate expects to be written out; `near` is what it may be."""
    call: Call = program.args[row]
    help_ = of_that_many(call.name, _operands(program, call)) or f"the gate is `{gate.head}`"
    if near:
        help_ = f"did you mean `{near}`?"
    label = program.label(problem.row if problem.row >= 0 else row)
    return Diagnostic("V307", f"`{call.name}` expects {problem} here, written out", (label,), help_)


def misfit(program: Program, row: int, gate: Signature, message: str = "") -> Diagnostic:
    """A call with too few or too many operands, or with one given twice."""
    call: Call = program.args[row]
    found = len(call.operands) + len(call.keywords)
    help_ = f"the gate is `{gate.head}`"
    if named := [p.name for p in gate.parameters if p.named]:
        others = (name for name in TENSORS if name.startswith(gate.name) and name != gate.name)
        help_ += f"; an axis has its name: `{call.name}(x, {named[0]}=0)`"
        help_ += "".join(f"; `{name}` is another" for name in others)
    help_ = of_that_many(call.name, _operands(program, call)) or help_
    if gate.is_tensor:
        message = f"`{call.name}` expects `{gate.head}`, got {found} operand{'s' * (found != 1)}"
    elif not message and call.keywords:
        message = f"an operand of `{shorten(gate.name)}` is given twice or not at all"
    elif not message:
        most, least = len(gate.parameters), sum(p.required for p in gate.parameters)
        variadic = any(p.starred for p in gate.parameters)
        expected = "at least 1" if variadic else str(most) if least == most else f"{least} to {most}"
        plural = "s" * (expected not in ("1", "at least 1"))
        message = f"`{shorten(gate.name)}` expects {expected} operand{plural}, got {found}"
    return Diagnostic("N203", message, (program.label(row),), help_)
