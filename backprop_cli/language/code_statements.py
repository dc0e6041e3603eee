"""Statements of Python: `def`, `lambda`, `+=`, `N, D = X.shape`; and those that compute nothing here."""

from __future__ import annotations

from collections import Counter
from itertools import count
from keyword import iskeyword

from backprop_cli.language.comprehensions import comprehensions
from backprop_cli.language.letters import ascii_name
from backprop_cli.language.mistyped import heads
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.several_results import choose
from backprop_cli.language.spellings import DECLARING, LEAVES, LENGTH, TYPES
from backprop_cli.lean import Collection, Iterator, Mapping

_ENDS = ("\n", ";")
_PRINT = "print"
_SHOWN = "PRINT"  # BASIC's, without brackets
_SILENT = frozenset({"import", "from", _PRINT, "assert", "pass", "global"})
_METHODS = frozenset({"backward", "zero_grad", "seed", "step"})
_PRIMES = ("'", "′", "’")
_GRADIENTS = "gradients are what comes out: leave out the prime, and `backprop grad` has the slope"
_SYMBOLS = frozenset({"symbols", "Symbol", "symbol", "syms"})
_UPDATES = ("+=", "-=", "*=", "/=", "@=", "**=")


def rewrite_statements(edits: Rewriter, names: Collection[str], bound: Collection[str]) -> None:
    """Make the edits of whole statements; `names` have values or are defined, those that are `bound` have values."""
    lines = [(_behind_prompt(edits, first, last), last) for first, last in _lines(edits)]
    calls = Counter(text for k, text in enumerate(edits.texts) if edits.at(k + 1) == "(")
    definition: _Open | None = None
    heads(edits, lines)
    comprehensions(edits)
    for number, (first, last) in enumerate(lines):
        if definition is not None and edits.texts[first - 1] == "\n" and _indent(edits, first) <= definition.indent:
            definition.close(edits)
            definition = None
        if edits.texts[first] == "def":
            definition = _define(edits, first, last)
        elif _is_leaf(edits, first, last, bound) or _prints_more(edits, first, last):
            edits.drop(first, last)
        elif edits.texts[first] == _PRINT and edits.at(first + 1) == "(" and number + 1 == len(lines):
            edits.out[first] = ""  # what is shown last is what is asked for
        elif edits.texts[first] == _SHOWN and number + 1 == len(lines) and edits.at(first + 1) not in ("", "=", "*"):
            edits.drop(first, first)
        elif (edits.texts[first] in _SILENT and edits.at(first + 1) != "=") or _is_silent_method(edits, first, last):
            edits.drop(first, last)
        elif edits.texts[first][0] in "\"'" and first == last and len(edits.texts[first]) > 1:
            edits.drop(first, last)  # a text that explains
        elif _names_symbols(edits, first, last):
            edits.drop(first, last)
        elif edits.texts[first] == "return":
            edits.out[first] = ""
            if first < last and _commas(edits, first, last):
                edits.wrap(first + 1, last, "[", "]")
        elif not _differentiation(edits, first, last, names):
            _assignment(edits, first, last, calls, bound)
        if definition is not None:
            definition.last = last
            if number + 1 == len(lines):
                definition.close(edits)


def _behind_prompt(edits: Rewriter, first: int, last: int) -> int:
    """The first token of a statement behind the prompt of a shell, `>>>` or `In [1]:`, which is left out."""
    prompt = 3 if edits.texts[first : first + 3] == [">"] * 3 else 0
    if edits.texts[first : first + 2] == ["In", "["] and edits.at(first + 4) == ":":
        prompt = 5
    if prompt and first + prompt <= last:
        edits.drop(first, first + prompt - 1)
        return first + prompt
    return first


def _names_symbols(edits: Rewriter, first: int, last: int) -> bool:
    """Whether a statement says which letters are symbols: `x = sp.symbols('x')`, `syms x`."""
    if edits.texts[first] == "syms":
        return all(edits.is_word(k) for k in range(first + 1, last + 1))
    words = edits.texts[first : last + 1]
    if words[-1] != ")" or not any(text[:1] in ("'", '"') for text in words):
        return False
    if words[0] == "var" and words[1] == "(":
        return True
    calls = [k for k in range(first, last) if edits.texts[k] in _SYMBOLS and edits.closes.get(k + 1) == last]
    return bool(calls) and "=" in edits.texts[first : calls[0]]


class _Open:
    """A `def` whose body is being read."""

    def __init__(self, indent: int, last: int) -> None:
        self.indent, self.last = indent, last

    def close(self, edits: Rewriter) -> None:
        """Put the brace behind the body."""
        edits.behind[self.last] += " }"


def _lines(edits: Rewriter) -> Iterator[tuple[int, int]]:
    """The first and the last token of each statement."""
    depth, first = 0, 0
    for k, text in enumerate(edits.texts):
        depth += (text in "([") - (text in ")]")
        if (text in _ENDS or text in "{}" or (text == ":" and edits.at(first) == "for")) and depth <= 0:
            if k > first:
                yield first, k - 1
            first = k + 1
    if first < len(edits):
        yield first, len(edits) - 1


def _commas(edits: Rewriter, first: int, last: int) -> list[int]:
    """The commas of a statement that no bracket contains."""
    inside = {k for bracket, commas in edits.commas.items() if edits.texts[bracket] != "{" for k in commas}
    return [k for k in range(first, last + 1) if edits.texts[k] == "," and k not in inside]


def _several(edits: Rewriter, first: int, last: int, equals: int) -> None:
    """`h, c = lstm(x, h, c)` takes a value apart; `a, b = b, a` takes both sides at once."""
    words = edits.texts[first:equals:2]
    if any(not edits.is_word(k) for k in range(first, equals, 2)) or set(edits.texts[first + 1 : equals : 2]) != {","}:
        return
    if _commas(edits, equals + 1, last):
        edits.wrap(equals + 1, last, "[", "]")
    if choose(edits, first, last, equals, words):
        return
    whole = "_".join(words)
    edits.merge(first, equals, f"{whole} =")
    edits.behind[last] += "".join(f"; {word} = {whole}[{k}]" for k, word in enumerate(words))


def _indent(edits: Rewriter, first: int) -> int:
    start = edits.begins[first]
    return start - (edits.text.rfind("\n", 0, start) + 1)


def _define(edits: Rewriter, first: int, last: int) -> _Open | None:
    """`def f(x, w=1): return x*w` is a gate; what is said about types goes."""
    bracket = first + 2
    close = edits.closes.get(bracket, -1)
    if edits.at(bracket) != "(" or close < 0:
        return None
    colon = next((k for k in range(close, last + 1) if edits.texts[k] == ":"), -1)
    if colon < 0:
        return None
    edits.out[first] = "gate"
    edits.drop(close + 1, colon - 1)
    for a, b in edits.arguments(bracket):
        if edits.at(a + 1) == ":":
            equals = next((k for k in range(a, b + 1) if edits.texts[k] == "="), b + 1)
            edits.drop(a + 1, equals - 1)
    edits.out[colon] = " = {"
    if edits.at(colon + 1) == "return":
        edits.out[colon + 1] = ""
    return _Open(_indent(edits, first), last)


def _is_leaf(edits: Rewriter, first: int, last: int, bound: Collection[str]) -> bool:
    """`a = Value(-4.0)`, `x = torch.tensor(2., requires_grad=True)` of a name that has a value: that is its value."""
    bracket = edits.opens.get(last, -1)
    if edits.at(first + 1) != "=" or edits.texts[first] not in bound or edits.head[last] != first + 2:
        return False
    words = "".join(edits.texts[bracket : last + 1])
    return edits.at(bracket - 1) in LEAVES or "requires_grad=True" in words


def _prints_more(edits: Rewriter, first: int, last: int) -> bool:
    """Whether a statement prints a text with numbers in it, or a gradient."""
    if edits.texts[first] != _PRINT or edits.at(first + 1) != "(":
        return False
    return (edits.at(first + 2) == "f" and edits.at(first + 3)[:1] in "\"'") or "grad" in edits.texts[first : last + 1]


def _is_silent_method(edits: Rewriter, first: int, last: int) -> bool:
    """`loss.backward()`, `np.random.seed(0)`."""
    words = edits.texts[first : last + 1]
    return "=" not in words and len(words) > 4 and words[1] == "." and bool(_METHODS.intersection(words))


def _differentiation(edits: Rewriter, first: int, last: int, names: Collection[str]) -> bool:
    """`g = d/dx (x^2)` is `h = (x^2); g = dh/dx`; answers whether it is one."""
    at = first + 2 if edits.at(first + 1) == "=" else first
    sign, below = edits.at(at), edits.at(at + 2)
    if sign == "∂" and below == "∂":
        variable, begin = edits.at(at + 3), at + 4
    elif sign == "d" and below[:1] == "d" and below[1:] and "d" not in names and below not in names:
        variable, begin = below[1:], at + 3
    else:
        return False
    if edits.at(at + 1) != "/" or begin > last or not variable.isalnum():
        return False
    reaches_on = any(edits.texts[k] in "+-−" for k in range(begin + 1, last + 1))
    if edits.closes.get(begin, begin if reaches_on else last) != last:
        help_ = "put brackets around what is differentiated, and nothing behind them"
        edits.refuse(at, begin - 1, "how far the derivative reaches is not written", help_)
        return True
    taken = {*edits.texts, *names}
    whole = next(name for name in map("h{}".format, count(1)) if name not in taken)
    target = f"{edits.texts[first]} = " if at > first else ""
    edits.blank(first, begin - 1)
    edits.out[first] = f"{whole} ="
    edits.after[last] = f"; {target}d{whole}/d{ascii_name(variable) or variable}"
    return True


def _function(edits: Rewriter, first: int, last: int, calls: Mapping[str, int]) -> None:
    """`f(x) = x^2` defines a gate that is called elsewhere, and otherwise the value `f`."""
    close = edits.closes[first + 1]
    equals = close + 1 + (edits.at(close + 1) == ":")
    arguments = edits.arguments(first + 1)
    if (
        edits.at(equals) != "="
        or equals >= last
        or not arguments
        or any(a != b or not edits.is_word(a) for a, b in arguments)
    ):
        return
    if equals > close + 1:
        edits.out[close + 1] = ""
    name = edits.texts[first]
    for k, text in enumerate(edits.texts):
        if text == name and edits.at(k + 1) in _PRIMES and edits.at(k + 2) in ("(", *_PRIMES):
            edits.refuse(k, k + 1, f"`{name}'(…)` is a derivative", _GRADIENTS)
    if calls[name] > 1:
        edits.before[first] = "gate "
    else:
        edits.blank(first + 1, close)


def _assignment(edits: Rewriter, first: int, last: int, calls: Mapping[str, int], bound: Collection[str]) -> None:
    """`loss += x`; `N, D = X.shape`; `f = lambda x: x**2`; `def` aside, annotations go."""
    while edits.texts[first] in DECLARING and edits.is_word(first + 1) and first + 2 < last:
        behind = ("=", ":") if edits.texts[first] in TYPES else ("=", "(", ":")
        if edits.texts[first + 2] not in behind and edits.texts[first + 1] not in DECLARING:
            break
        within = [k for k in range(first, last) if edits.texts[k] == "in"] if edits.texts[first] == "let" else []
        for k in within[:1]:
            edits.out[k] = ";"  # let x = 2 in x^2
        edits.drop(first, first)
        first += 1
    name, sign = edits.texts[first], edits.at(first + 1)
    if not edits.is_word(first):
        return
    if sign == ":" and edits.at(first + 2) == "=" and edits.touches(first + 2):  # f := x + 1
        edits.out[first + 1] = ""
        return
    if (
        sign == ":" and edits.is_word(first + 2) and edits.at(first + 3) == "=" and not iskeyword(name)
    ):  # x: float = 2.0
        edits.drop(first + 1, first + 2)
        return
    if sign == "<" == edits.out[first + 1] and edits.at(first + 2) == "-" and edits.touches(first + 2):  # x <- 2
        if name not in bound:  # otherwise a comparison
            edits.out[first + 1], edits.out[first + 2] = "=", ""
        return
    if edits.texts[first + 1 : last + 1] in (["+", "+"], ["-", "-"]):  # x++
        edits.merge(first + 1, last, f"= {name} {sign} 1")
        return
    if sign == "(" and first + 1 in edits.closes:
        _function(edits, first, last, calls)
    elif sign in _UPDATES:
        edits.out[first + 1] = f"= {name} {sign[:-1]} ("
        edits.behind[last] += ")"
    elif sign == "=" and edits.at(first + 2) == "lambda":
        colon = next((k for k in range(first, last + 1) if edits.texts[k] == ":"), -1)
        if colon > 0:
            edits.before[first] = "gate "
            edits.out[first + 1], edits.out[first + 2], edits.out[colon] = "(", "", ") ="
    elif sign == "," and not (edits.texts[last] == "shape" and edits.at(last - 1) == "."):
        equals = next((k for k in range(first, last) if edits.texts[k] == "="), -1)
        if equals > 0:
            _several(edits, first, last, equals)
    elif sign == ",":
        names = [k for k in range(first, last) if edits.texts[k] == "="][:1]
        if names and all(edits.is_word(k) for k in range(first, names[0], 2)):
            whole = "".join(edits.texts[names[0] + 1 : last - 1])
            words = edits.texts[first : names[0] : 2]
            made = "; ".join(f"{word} = {LENGTH}({whole}, axis={axis})" for axis, word in enumerate(words))
            edits.merge(first, last, made)
            edits.drop(first + 1, last)
