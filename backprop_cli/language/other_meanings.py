"""Functions that are something else in one library than the gate of that name: refused, with what to write for each.

A row has the libraries, the functions, when it is so, the message, and what to write over the operands {0}, {1}.
"""

from __future__ import annotations

import re

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.lean import Callable, Collection, NamedTuple

_JAX = frozenset({"jax"})
_SCIPY = frozenset({"scipy", "special"})
_TORCH = frozenset({"torch", "F"})
_TANH = "0.5*({0})*(1 + tanh(sqrt(2/pi)*({0} + 0.044715*({0})^3)))"
_BARE = re.compile(r"(?<![\w}])\(\{(\d)\}\)")  # an operand brings its own brackets, where it needs them
_IEEE = "({0}) - ({1})*round(({0})/({1}))"


class Asked(NamedTuple):
    """A call: the library's words, its arguments as they are written, the axes of the first (0 where unknown)."""

    words: Collection[str]
    arguments: list[str]
    axes: int
    text: str  # the whole program

    def names(self, *keywords: str) -> bool:
        """Whether an argument is given by one of these names."""
        return any(a.partition("=")[0].strip() in keywords for a in self.arguments if "=" in a)

    def has(self, *texts: str) -> bool:
        """Whether an argument is one of these texts."""
        return any(a.replace(" ", "").replace('"', "'") in texts for a in self.arguments)


class Row(NamedTuple):
    """Functions of libraries that are refused when a call is like that."""

    libraries: frozenset[str]
    functions: frozenset[str]
    when: Callable[[Asked], bool]
    message: str
    ways: tuple[str, ...]


def _row(libraries: Collection[str], functions: str, when: Callable[[Asked], bool], message: str, *ways: str) -> Row:
    return Row(frozenset(libraries), frozenset(functions.split()), when, message, ways)


def _without_axis(asked: Asked) -> bool:
    return len(asked.arguments) == 1 and asked.axes != 1


def _always(_: Asked) -> bool:
    return True


ROWS = (
    _row(_SCIPY, "softmax", _without_axis, "SciPy's is over all elements, and ours over the last axis",
         "exp({0} - logsumexp({0}))", "softmax({0}, axis=-1)"),
    _row(_SCIPY, "log_softmax", _without_axis, "SciPy's is over all elements, and ours over the last axis",
         "{0} - logsumexp({0})", "log_softmax({0}, axis=-1)"),
    _row(_SCIPY | {"sc"}, "huber", lambda asked: len(asked.arguments) == 2,
         "SciPy's `huber` has its delta first, and ours last", "huber({1}, {0})", "huber({0}, {1})"),
    _row(_SCIPY | {"sc"}, "kl_div", _always, "SciPy's `kl_div` is elementwise, of probabilities",
         "xlogy({0}, {0}/{1}) - {0} + {1}", "kl_div({0}, {1})"),
    _row({"sp", "sympy"}, "sinc", _always, "`sinc(x)` is sin(x)/x in SymPy, and sin(pi*x)/(pi*x) here",
         "sin({0})/({0})", "sinc({0})"),
    _row({"math", "cmath", "std"}, "remainder", _always,
         "this `remainder` is from the nearest multiple, and ours from the one below", _IEEE, "{0} % ({1})"),
    _row({"Math"}, "round", _always, "JavaScript rounds halves up, and ours to the even number",
         "floor({0} + 0.5)", "round({0})"),
    _row({"std"}, "round", _always, "C rounds halves away from 0, and ours to the even number",
         "sign({0})*floor(abs({0}) + 0.5)", "round({0})"),
    _row({"lax"}, "round", _always, "`lax.round` rounds halves away from 0, and ours to the even number",
         "sign({0})*floor(abs({0}) + 0.5)", "round({0})"),
    _row({"lax"}, "cumsum cumprod", _without_axis, "`lax` sums along the first axis, and ours all elements",
         "{f}({0}, axis=0)", "{f}({0})"),
    _row({"np", "numpy", "jnp", "torch"}, "take", lambda asked: not asked.names("axis", "dim") and asked.axes != 1,
         "this `take` is of all elements in a row, and ours of rows", "take(ravel({0}), {1})", "take({0}, {1})"),
    _row({"np", "numpy", "jnp"}, "matrix mat asmatrix", lambda asked: "*" in asked.text,
         "`*` and `**` of NumPy's matrices are matrix products, and elementwise here", "{0} @ …"),
    _row(_JAX, "gelu", lambda asked: not asked.has("False", "approximate=False"),
         "JAX's `gelu` is an approximation by tanh", _TANH, "gelu({0})"),
    _row({"jax", "tf", "torch", "F", "nn", "keras"}, "gelu",
         lambda asked: asked.has("True", "approximate=True", "approximate='tanh'", "'tanh'"),
         "this `gelu` is an approximation by tanh", _TANH, "gelu({0})"),
    _row(_TORCH, "var std", lambda asked: len(asked.arguments) > 1 and asked.has("True", "False"),
         "PyTorch's `True` or `False` in this place is `unbiased`, and ours `keepdims`", "{f}({0}{axis}, ddof=1)",
         "{f}({0}{axis}, ddof=0)"),
    _row(_TORCH, "softmax log_softmax softmin", lambda asked: len(asked.arguments) == 1 and asked.axes > 2,
         "without `dim` PyTorch takes the first axis of three, and ours is the last", "{f}({0}, axis=0)",
         "{f}({0}, axis=-1)"),
    _row({"sp", "sympy"}, "Heaviside", lambda asked: len(asked.arguments) == 1, "SymPy's `Heaviside` is ½ at 0",
         "where({0} > 0, 1, where({0} < 0, 0, 0.5))"),
)  # fmt: skip


def refused(
    edits: Rewriter, name: str, bracket: int, close: int, first: int, axes: int, *, words: Collection[str] = ()
) -> bool:
    """Refuse a call that means something else here; whether it does. `words` are those of a library."""
    words = words or [word for word in edits.texts[first : bracket - 1] if word not in (".", ":")]
    rows = [row for row in ROWS if name in row.functions and not row.libraries.isdisjoint(words)]
    if not rows:
        return False
    written = [edits.text[edits.begins[a] : edits.begins[b] + len(edits.texts[b])] for a, b in edits.arguments(bracket)]
    asked = Asked(words, written, axes, edits.text)
    row = next((row for row in rows if row.when(asked)), None)
    if row is None:
        return False
    lengths = [text for text in written[1:2] if text.lstrip("-").isdigit()]
    axis = f", axis={lengths[0]}" if lengths else ""
    operands = [
        *(text if text.replace(".", "").isalnum() or text[0] == "[" else f"({text})" for text in written),
        *"xyz",
    ]
    ways = (_BARE.sub(r"{\1}", way).format(*operands, f=name, axis=axis) for way in row.ways)
    edits.refuse(first, close, row.message, "write " + " or ".join(f"`{way}`" for way in ways))
    return True
