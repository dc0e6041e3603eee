"""Densities and divergences as statistics writes them, `N(x | 0, 1)`, `KL(p || q)`, `stats.expon.pdf(x)`.

No gate has them; they are refused, with the formula to write.
"""

from __future__ import annotations

import re

from backprop_cli.language.rewriting import Problem, Rewriter
from backprop_cli.lean import Collection, Mapping, NamedTuple, Sequence

_DIVERGENCE = re.compile(
    r"(?<![\w.])(?:D\s*_?\s*[{(]?\s*)?(?:KL|kl)\s*[})]?\s*[(\[]\s*([^()|∥‖\[\]]+?)\s*(?:\|\||∥|‖)\s*([^()|\[\]]+?)\s*[)\]]"
)
_NORMAL = re.compile(
    r"(?<![\w.])(?:N|𝒩|Normal|Gaussian|normal|gaussian)\s*\(\s*([^()|;,]+?)\s*[|;]\s*([^(),|;]+?)\s*,\s*([^()|;,]+?)\s*\)"
)
_SQUARED = re.compile(r"(.+?)\s*(?:\^\s*\{?2\}?|\*\*\s*2|²)")
_ATOM = re.compile(r"[\w.]+|\w+\[[\w, ]+\]|\w+\([^()]*\)")
_KINDS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")
_LIBRARIES = frozenset({"stats", "scipy", "st", "ss", "sps", "jsp", "jax"})
_CLASSES = frozenset({"torch", "distributions", "dist", "D", "td", "tfd", "distrax", "pyro"})


class _Law(NamedTuple):
    """A distribution: its parameters in SciPy's order before loc and scale, the logarithm of its density of `{z}`.

    `where` is the support; `below` and `above` are the distribution function and what is left of 1. `counts`: the
    operand is a whole number, and has no scale.
    """

    shapes: tuple[str, ...]
    log: str
    where: str = ""
    below: str = ""
    above: str = ""
    counts: bool = False


_ONE = ("", "1", "1.0")
_CHOOSE = " + lgamma({n} + 1) - lgamma({z} + 1) - lgamma({n} - {z} + 1)"
_LAWS = {
    "norm": _Law((), "-{z}^2/2 - log(2*pi)/2", "", "normcdf({z})", "normcdf(-{z})"),
    "expon": _Law((), "-{z}", " > 0", "-expm1(-{z})", "exp(-{z})"),
    "laplace": _Law((), "-abs({z}) - log(2)"),
    "logistic": _Law((), "-{z} - 2*softplus(-{z})", "", "sigmoid({z})", "sigmoid(-{z})"),
    "cauchy": _Law((), "-log(pi*(1 + {z}^2))", "", "1/2 + atan({z})/pi", "1/2 - atan({z})/pi"),
    "gumbel_r": _Law((), "-{z} - exp(-{z})", "", "exp(-exp(-{z}))"),
    "rayleigh": _Law((), "log({z}) - {z}^2/2", " > 0", "-expm1(-{z}^2/2)", "exp(-{z}^2/2)"),
    "halfnorm": _Law((), "-{z}^2/2 + log(2/pi)/2", " > 0", "erf({z}/sqrt(2))", "erfc({z}/sqrt(2))"),
    "gamma": _Law(("a",), "({a} - 1)*log({z}) - {z} - lgamma({a})", " > 0"),
    "invgamma": _Law(("a",), "-({a} + 1)*log({z}) - 1/{z} - lgamma({a})", " > 0"),
    "beta": _Law(
        ("a", "b"), "({a} - 1)*log({z}) + ({b} - 1)*log1p(-{z}) + lgamma({a} + {b}) - lgamma({a}) - lgamma({b})",
        " between 0 and 1",
    ),
    "t": _Law(("df",), "lgamma(({df} + 1)/2) - lgamma({df}/2) - log(pi*{df})/2 - ({df} + 1)/2*log1p({z}^2/{df})"),
    "chi2": _Law(("df",), "({df}/2 - 1)*log({z}) - {z}/2 - lgamma({df}/2) - {df}/2*log(2)", " > 0"),
    "lognorm": _Law(("s",), "-(log({z})/{s})^2/2 - log({s}*{z}) - log(2*pi)/2", " > 0", "normcdf(log({z})/{s})",
                    "normcdf(-log({z})/{s})"),
    "weibull_min": _Law(("c",), "log({c}) + ({c} - 1)*log({z}) - {z}^{c}", " > 0", "-expm1(-{z}^{c})", "exp(-{z}^{c})"),
    "pareto": _Law(("b",), "log({b}) - ({b} + 1)*log({z})", " > 1", "1 - {z}^(-{b})", "{z}^(-{b})"),
    "poisson": _Law(("mu",), "xlogy({z}, {mu}) - {mu} - lgamma({z} + 1)", counts=True),
    "geom": _Law(("p",), "({z} - 1)*log1p(-{p}) + log({p})", counts=True),
    "bernoulli": _Law(("p",), "xlogy({z}, {p}) + xlogy(1 - {z}, 1 - {p})", counts=True),
    "binom": _Law(("n", "p"), "xlogy({z}, {p}) + xlogy({n} - {z}, 1 - {p})" + _CHOOSE, counts=True),
}  # fmt: skip
# Classes of PyTorch and TensorFlow Probability: the distribution, and what their operands are; `/` is a rate.
_OF_CLASSES = {
    "Normal": ("norm", ("loc", "scale")), "Laplace": ("laplace", ("loc", "scale")),
    "Cauchy": ("cauchy", ("loc", "scale")), "Gumbel": ("gumbel_r", ("loc", "scale")),
    "Exponential": ("expon", ("/",)), "Gamma": ("gamma", ("a", "/")), "Beta": ("beta", ("a", "b")),
    "Poisson": ("poisson", ("mu",)), "Bernoulli": ("bernoulli", ("p",)), "HalfNormal": ("halfnorm", ("scale",)),
    "StudentT": ("t", ("df", "loc", "scale")),
}  # fmt: skip
_NAMED = {"rate": "/", "probs": "p", "mean": "loc", "mu": "loc", "std": "scale", "stddev": "scale", "sigma": "scale",
          "concentration": "a", "concentration1": "a", "concentration0": "b"}  # fmt: skip


def problem(text: str, names: Collection[str]) -> Problem | None:
    """The first density or divergence in a text, with what to write for it; `names` have values."""
    if found := _DIVERGENCE.search(text):
        p, q = found[1], found[2]
        help_ = f"write `sum(xlogy({p}, {_atom(p)}/{_atom(q)}))`"
        return Problem(*found.span(), "a divergence between distributions is a sum here", help_)
    if found := _NORMAL.search(text):
        return _normal(found)
    if "." not in text:
        return None
    edits = Rewriter(text)
    for k, word in enumerate(edits.texts):
        close = edits.closes.get(k + 1, -1)
        if edits.at(k + 1) != "(" or close < 0:
            continue
        if word in _KINDS and edits.at(k - 1) == "." and edits.at(k - 2) in _LAWS:
            made = _of_scipy(edits, k, close, names)
        elif word in _OF_CLASSES and edits.texts[close + 1 : close + 4] == [".", "log_prob", "("]:
            made = _of_class(edits, k, close)
        elif (
            word in _LAWS
            and edits.at(close + 1) == "."
            and edits.at(close + 2) in _KINDS
            and edits.at(close + 3) == "("
        ):
            made = _of_scipy(edits, close + 2, edits.closes.get(close + 3, -1), names, frozen=k)
        else:
            continue
        if made is not None:
            return made
    return None


def _normal(found: re.Match[str]) -> Problem:
    """`N(x | 0, 1)`: what is second is a variance if it is a square, and to some otherwise."""
    x, mean, spread = found.groups()
    squared = _SQUARED.fullmatch(spread)
    ways = [squared[1].strip()] if squared else [spread] if spread == "1" else [f"sqrt({spread})", spread]
    written = [f"`{_density(_LAWS['norm'], 'pdf', x, {'loc': mean, 'scale': way})}`" for way in ways]
    message = "a density has a gate of its own here"
    if len(ways) > 1:
        message = f"`{spread}` is the variance to most, and the standard deviation to some"
    return Problem(*found.span(), message, "write " + " or ".join(written))


def _of_scipy(edits: Rewriter, k: int, close: int, names: Collection[str], frozen: int = -1) -> Problem | None:
    """`stats.expon.pdf(x, scale=2)`, and `stats.expon(scale=2).pdf(x)`, of which `frozen` is the distribution."""
    at = k - 2 if frozen < 0 else frozen
    law, first = edits.texts[at], _first(edits, at, _LIBRARIES)
    row = _LAWS[law]
    is_function = law == "norm" and frozen < 0  # which is read, or has a formula
    if is_function or close < 0 or (first == at and (law in names or edits.at(first - 1) == ".")):
        return None
    order = (*row.shapes, "loc", *(() if row.counts else ("scale",)))
    given = _given(edits, k + 1, ("x", *order)) if frozen < 0 else _given(edits, k + 1, ("x",))
    fixed = _given(edits, frozen + 1, order) if frozen >= 0 else {}
    if given is None or fixed is None:
        return None
    given |= fixed
    x = given.get("x", given.get("k", ""))
    if not x or not {*row.shapes} <= given.keys():
        return None
    return _refused(edits, first, close, law, row, x, _density(row, edits.texts[k], x, given))


def _of_class(edits: Rewriter, k: int, close: int) -> Problem | None:
    """`torch.distributions.Normal(0, 1).log_prob(x)`."""
    law, order = _OF_CLASSES[edits.texts[k]]
    row, end = _LAWS[law], edits.closes.get(close + 3, -1)
    given, asked = _given(edits, k + 1, order), _given(edits, close + 3, ("x",)) if end > 0 else None
    if given is None or asked is None or not {*row.shapes} <= given.keys() or "x" not in asked:
        return None
    made = _density(row, "logpdf", asked["x"], given)
    return _refused(edits, _first(edits, k, _CLASSES), end, edits.texts[k], row, asked["x"], made)


def _given(edits: Rewriter, bracket: int, order: Sequence[str]) -> dict[str, str] | None:
    """The arguments of a call by their names, None where there are others."""
    given: dict[str, str] = {}
    for position, (a, b) in enumerate(edits.arguments(bracket)):
        named = edits.is_word(a) and edits.at(a + 1) == "="
        begin = a + 2 * named
        name = edits.texts[a] if named else order[position] if position < len(order) else ""
        name = name if name in order else _NAMED.get(name, name)
        if name not in (*order, "k") or name in given:
            return None
        given[name] = edits.text[edits.begins[begin] : edits.begins[b] + len(edits.texts[b])]
    return given


def _refused(edits: Rewriter, first: int, last: int, law: str, row: _Law, x: str, made: str) -> Problem | None:
    if not made:
        return None
    begin, end = edits.begins[first], edits.begins[last] + len(edits.texts[last])
    support = f"for {x}{row.where} " if row.where else ""
    return Problem(begin, end, f"the distribution `{law}` is no gate here", f"{support}write `{made}`")


def _first(edits: Rewriter, k: int, libraries: Collection[str]) -> int:
    """The first word of a name with libraries in front."""
    while edits.at(k - 1) == "." and edits.at(k - 2) in libraries:
        k -= 2
    return k


def _density(law: _Law, kind: str, x: str, given: Mapping[str, str]) -> str:
    """The formula, of a number that is moved and scaled; empty where there is none."""
    loc, scale, rate = (given.get(name, "") for name in ("loc", "scale", "/"))
    z = x if loc.strip("0.") == "" else f"{_atom(x)} - {_atom(loc)}"
    if rate not in _ONE:
        z = f"{_atom(rate)}*{_atom(z)}"
    elif scale not in _ONE:
        z = f"{_atom(z)}/{_atom(scale)}"
    factor = f"*{_atom(rate)}" if rate not in _ONE else f"/{_atom(scale)}" if scale not in _ONE else ""
    if law is _LAWS["norm"] and kind == "pdf":
        return f"normpdf({z}){factor}"
    tail = {"cdf": law.below, "sf": law.above, "logcdf": "", "logsf": ""}
    text = tail.get(kind, law.log)
    if not text:
        return ""
    made = text.format(z=_atom(z), **{name: _atom(given[name]) for name in law.shapes})
    made = re.sub(r"(?<=\w)\(\(([^()]*)\)\)", r"(\1)", made)  # exp((…))
    if kind in tail:
        return made
    if kind in ("pdf", "pmf"):
        return f"exp({made}){factor}"
    return made + (f" {'+' if factor[0] == '*' else '-'} log({rate if factor[0] == '*' else scale})" if factor else "")


def _atom(text: str) -> str:
    """A text of one piece as it is, another in brackets."""
    return text if _ATOM.fullmatch(text) else f"({text})"
