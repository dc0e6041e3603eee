"""PyTorch and JAX: their words, and tests that compare the staged gradient with the one they find by themselves."""

from __future__ import annotations

import re

from backprop_cli.export.dialects import ELEMENTARY, NUMPY, Dialect
from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import FUNCTION, NoWordsError, Staged
from backprop_cli.gates import GATES
from backprop_cli.graph import Value
from backprop_cli.language.program import Index
from backprop_cli.lean import Any, Callable, Mapping, Sequence
from backprop_cli.text import shortest


def _jax(text: str) -> str:
    return re.sub(r"\bnp\.", "jnp.", text)


_HELPERS = ("onehot", "cross_entropy", "hinge_loss", "cofactors")  # of NumPy's that JAX lacks too
JAX = Dialect(
    "jax",
    'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)',
    "jnp.",
    NUMPY.same,
    {name: _jax(text) for name, text in NUMPY.calls.items()}
    | {
        "erf": "jax.scipy.special.erf({0})", "erfc": "jax.scipy.special.erfc({0})",
        "normcdf": "jax.scipy.special.erfc(-({0})/jnp.sqrt(2))/2", "lgamma": "jax.scipy.special.gammaln({0})",
        "gelu": "({0})*jax.scipy.special.erfc(-({0})/jnp.sqrt(2))/2", "stop_gradient": "jax.lax.stop_gradient({0})",
        "digamma": "jax.scipy.special.digamma({0})", "trigamma": "jax.scipy.special.polygamma(1, {0})",
        "tetragamma": "jax.scipy.special.polygamma(2, {0})", "sigmoid": "jax.nn.sigmoid({0})",
        "softplus": "jax.nn.softplus({0})", "silu": "jax.nn.silu({0})", "logsigmoid": "jax.nn.log_sigmoid({0})",
        "softmax": "jax.nn.softmax({all})", "log_softmax": "jax.nn.log_softmax({all})",
        "logsumexp": "jax.nn.logsumexp({all})",
    },
    {name: _jax(text) for name, text in NUMPY.helpers.items() if name in _HELPERS},
    array="jnp.array([{}])",
    pairwise={name: _jax(text) for name, text in NUMPY.pairwise.items()},
    constants={name: _jax(text) for name, text in NUMPY.constants.items()},
)  # fmt: skip
TORCH = Dialect(
    "torch",
    "import torch\n\ntorch.set_default_dtype(torch.float64)",
    "torch.",
    ELEMENTARY
    | {"abs", "sign", "floor", "ceil", "round", "square", "where", "outer", "kron", "trace", "sum", "mean", "dot"}
    | {"asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "erf", "erfc", "lgamma", "digamma", "logaddexp"}
    | {"sigmoid", "relu", "clip", "tril", "triu", "swapaxes", "ravel", "eye", "squeeze", "diag", "amax", "amin"}
    | {"softmax", "log_softmax", "logsumexp", "var", "std", "logdet", "det", "prod", "xlogy"},
    {
        "silu": "({0})*torch.sigmoid({0})", "logsigmoid": "-softplus(-({0}))", "softsign": "({0})/(1 + torch.abs({0}))",
        "leaky_relu": "torch.where({0} > 0, {0}, ({1})*({0}))", "hard_tanh": "torch.clip({0}, -1, 1)",
        "elu": "torch.where({0} > 0, {0}, ({1})*torch.expm1({0}))", "cbrt": "torch.sign({0})*torch.abs({0})**(1/3)",
        "gelu": "({0})*torch.erfc(-({0})/2**0.5)/2", "normcdf": "torch.erfc(-({0})/2**0.5)/2",
        "normpdf": "torch.exp(-({0})**2/2)/(2*torch.pi)**0.5", "stop_gradient": "({0}).detach()",
        "trigamma": "torch.special.polygamma(1, {0})", "tetragamma": "torch.special.polygamma(2, {0})",
        "max": "torch.amax({all})", "min": "torch.amin({all})", "inv": "torch.linalg.inv({0})",
        "solve": "torch.linalg.solve({all})", "norm": "torch.linalg.vector_norm({all})",
        "norm1": "torch.sum(torch.abs({0}){named})",
        "norminf": "torch.amax(torch.abs({0}){named})", "matrix_power": "torch.linalg.matrix_power({all})",
        "mse": "torch.mean(({0} - {1})**2)", "ones": "torch.ones({all})", "zeros": "torch.zeros({all})",
        "broadcast_to": "torch.broadcast_to({0}, ({rest}))", "reshape": "torch.reshape({0}, ({rest}))",
        "concat": "torch.cat([{operands}]{named})", "stack": "torch.stack([{operands}]{named})",
        "expand_dims": "torch.unsqueeze({all})",
    },
    {
        "softplus": """def softplus(x):
    return torch.logaddexp(torch.zeros_like(x), x)""",
        "softmax_over": """def softmax_over(x, dim):
    return torch.exp(x - torch.logsumexp(x, dim=dim, keepdim=True))""",
        "flip": """def flip(x, dim=None):
    return torch.flip(x, dims=tuple(range(x.dim())) if dim is None else (dim,))""",
        "cumsum": """def cumsum(x, dim=None):
    return torch.cumsum(x.ravel(), 0) if dim is None else torch.cumsum(x, dim)""",
        "cumprod": """def cumprod(x, dim=None):
    return torch.cumprod(x.ravel(), 0) if dim is None else torch.cumprod(x, dim)""",
        "cofactors": """def cofactors(a):  # the determinant's gradient, also where there is no inverse
    u, s, vt = torch.linalg.svd(a)
    rest = torch.stack([torch.prod(torch.cat([s[:k], s[k + 1:]])) for k in range(len(a))])
    return torch.det(u)*torch.det(vt)*(u*rest) @ vt""",
        "onehot": """def onehot(labels, classes):
    return (torch.as_tensor(labels)[..., None] == torch.arange(classes)).double()""",
        "cross_entropy": """def cross_entropy(scores, labels, label_smoothing=0):
    weights = labels if labels.shape == scores.shape else onehot(labels, scores.shape[-1])
    weights = (1 - label_smoothing)*weights + label_smoothing/scores.shape[-1]
    return -torch.sum(weights*torch.log_softmax(scores, dim=-1))/scores[..., 0].numel()""",
        "hinge_loss": """def hinge_loss(scores, labels, delta=1):
    right = labels if labels.shape == scores.shape else onehot(labels, scores.shape[-1])
    margins = (1 - right)*(scores - torch.sum(right*scores, dim=-1, keepdim=True) + delta)
    return torch.sum(torch.relu(margins))/scores[..., 0].numel()""",
    },
    array="torch.tensor([{}])",
    pairwise={"max": "torch.maximum", "min": "torch.minimum", "maxout": "torch.maximum"},
    constants={"pi": "torch.pi", "e": "torch.e", "inf": "torch.inf"},
)  # fmt: skip
_SPELLED = {"axis": "dim", "keepdims": "keepdim", "ddof": "correction"}
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "softmax": {"dim": "-1"},
    "log_softmax": {"dim": "-1"},
    "var": {"correction": "0"},
    "std": {"correction": "0"},
}


class TorchWriter(Writer):
    """Its functions take tensors only, not numbers."""

    def whole(self, piece: Piece) -> str:
        """The right-hand side of a line is a tensor."""
        return _tensor(piece).text

    def call(self, name: str, operands: Sequence[Piece], named: Mapping[str, str]) -> Piece:
        """A gate by its name. Raises NoWordsError."""
        given = {**_DEFAULTS.get(name, {})} | {_SPELLED.get(key, key): text for key, text in named.items()}
        if "keepdim" in given and "dim" not in given:
            given = {"dim": "()" if name in ("max", "min", "amax", "amin", "norminf") else "None", **given}
        if name == "logsumexp" and given.get("dim", "None") == "None":
            given["dim"] = f"tuple(range({operands[0].within(9)}.dim()))"
        if name == "softmax" and not given["dim"].removeprefix("-").isdigit():
            name = "softmax_over"
        if name == "broadcast_to":
            operands = [_tensor(operands[0]), *operands[1:]]
        if name in GATES:
            first = name == "where"
            if first and not operands[0].truth:
                operands = [Piece(f"{operands[0].within(2)} != 0", truth=True), *operands[1:]]
            operands = [*operands[:first], *(_tensor(piece) for piece in operands[first:])]
        return super().call(name, operands, given)

    def around(self, op: str, args: Any, pieces: list[Piece]) -> Piece:
        """Brackets: what is not constant is stacked, a vector's transpose is the vector. Raises NoWordsError."""
        if op == "transpose":
            operand = pieces[args[0]].within(9)
            rank = self.ranks.get(operand, 2)
            order = ", ".join(map(str, reversed(range(rank))))
            return Piece(operand if rank < 2 else f"{operand}.T" if rank == 2 else f"{operand}.permute({order})")
        if op == "array" and any(_varies(pieces[row].text) for row in args):
            return Piece(f"torch.stack([{', '.join(_tensor(pieces[row]).text for row in args)}])")
        made = super().around(op, args, pieces)
        if op == "index" and self._backwards(args, pieces):
            raise NoWordsError("a slice that goes backwards has no words")
        return made

    @staticmethod
    def _backwards(index: Index, pieces: list[Piece]) -> bool:
        steps = (item[2] for item in index.items if len(item) > 2)
        return any(step is not None and pieces[step].text.startswith("-") for step in steps)


def _varies(text: str) -> bool:
    """Whether there is a name of the program in it."""
    return bool(re.search(r"(?<![\w.])(?!torch\b|requires_grad\b)[A-Za-z_]\w*", re.sub(r"torch\.\w+", "", text)))


def _tensor(piece: Piece) -> Piece:
    text = piece.within(0)
    if _varies(text) or (text.startswith("torch.") and "(" in text):
        return piece
    return Piece(f"torch.tensor({text}{'.0' * text.removeprefix('-').isdigit()})")


def torch_test(program: Staged) -> list[str]:
    """Statements that compare with `torch.autograd`."""
    own = "dict(zip(inputs, torch.autograd.grad(value, list(inputs.values()), materialize_grads=True)))"
    return _test(program, _torch_literal, own, "value.item()", "slope.tolist()")


def jax_test(program: Staged) -> list[str]:
    """Statements that compare with `jax.grad`."""
    own = f"jax.grad(lambda inputs: {FUNCTION}(**inputs)[0])(inputs)"
    return _test(program, _jax_literal, own, "value", "slope")


def _torch_literal(number: Value) -> str:
    text = shortest(number) if hasattr(number, "tolist") else repr(float(number))
    return re.sub(r"(inf|nan)", r"torch.\1", f"torch.tensor({text}, dtype=torch.float64)")


def _jax_literal(number: Value) -> str:
    text = f"jnp.array({shortest(number)}, dtype=float)" if hasattr(number, "tolist") else repr(float(number))
    return re.sub(r"(?<![\w.])(inf|nan)\b", r"jnp.\1", text)


def _test(program: Staged, literal: Callable[[Value], str], own: str, value: str, slope: str) -> list[str]:
    example, output = program.example, program.output
    if example is None:
        return []
    library = "torch" if literal is _torch_literal else "jnp"

    def asserted(found: str, expected: str, shown: str, name: str = "") -> str:
        return f"    assert {library}.allclose({found}, {expected}, rtol=1e-9, atol={example.slack(name)}), {shown}"

    given = {called: literal(example.given[name]) for name, called in program.inputs.items()}
    if library == "torch":
        given = {called: text.removesuffix(")") + ", requires_grad=True)" for called, text in given.items()}
    lines = ["    inputs = {", *(f'        "{called}": {text},' for called, text in given.items()), "    }"]
    lines += [f"    value, gradient = {FUNCTION}(**inputs)", asserted("value", literal(example.value), "value")]
    for name in program.gradients:
        lines.append(asserted(f'gradient["{name}"]', literal(example.gradients[name]), f'gradient["{name}"]', name))
    compared = [name for name in program.gradients if name in program.inputs]
    by_values = any("cofactors(" in line.formula for line in (*program.forward, *program.backward))
    if compared and not example.kinks and not by_values:  # of singular values theirs may be infinite, or 0
        lines.append(f"    own = {own}")
        for name in compared:
            theirs = f'own["{program.inputs[name]}"]'
            lines.append(asserted(f'gradient["{name}"]', theirs, theirs, name))
    return [
        "", "", 'if __name__ == "__main__":', *lines,
        f'    print("{output} =", {value})',
        "    for name, slope in gradient.items():",
        f'        print(f"d{output}/d{{name}} =", {slope})',
    ]  # fmt: skip


FRAMEWORKS = {"torch": (TORCH, TorchWriter, torch_test), "jax": (JAX, Writer, jax_test)}
