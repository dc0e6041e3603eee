"""The tensor gates: operations whose operands and values are arrays, each in one row.

A row is text, as in the table of elementwise gates, but over whole arrays and in Python: `numeric.reductions` and
`numeric.arrays` have the names. NumPy's conventions for axes, shapes and broadcasting hold throughout.

Sources: matrix derivatives, Petersen & Pedersen, *The Matrix Cookbook* (2012), sections 2.1, 2.2 and 2.4; the
determinant's slope is the adjugate, which exists where the inverse does not (Jacobi's formula).

Conventions: a norm or `std` at 0 has slope 0, the subgradient of least norm; elements tied for a maximum or minimum
share evenly; class numbers have no slope.
"""

from __future__ import annotations

from backprop_cli.gates.gate import Gate
from backprop_cli.lean import Any, Callable, Iterator, Mapping, cache

_REDUCED = "reduced(x, axis, keepdims)"
_SINGULAR = ("undefined", "isnan(out).all()", "`{name}`: the matrix `{0}` is singular")
_NEARLY = ("precision", "cond(a) > 1e10", "`{name}`: the matrix `{0}` is nearly singular; few digits are sure")
_TIED = (
    "kink",
    "ties(x, out, axis) > 1",
    "`{name}`: elements of `{0}` are tied; they share the slope, any split is valid",
)


def _rows() -> tuple[Gate, ...]:
    from backprop_cli.gates.factorizations import rows as factor_rows
    from backprop_cli.gates.losses import rows as loss_rows
    from backprop_cli.gates.places import rows as place_rows
    from backprop_cli.gates.windows import rows as window_rows

    return (
        # -- products
        Gate("matmul(a, b)", "matrix product", "matmul(a, b)", "matmul_left(G, a, b)", "matmul_right(G, a, b)",
               shape="matmul(a, b)", symbol="@", family="product",
               vanish="(matmul(abs(a), abs(b)) > 0) | (matmul(1.0*(a != 0), 1.0*(b != 0)) == 0)",
               words={"": ("{G} @ {b}'", "{a}' @ {G}"), "21": ("outer({G}, {b})", "{a}' @ {G}"),
                      "12": ("{b} @ {G}", "outer({a}, {G})"), "11": ("{G} * {b}", "{G} * {a}")},
               structures={"": ("Kronecker: I ⊗ {b}ᵀ", "Kronecker: {a} ⊗ I"), "21": ("Kronecker: I ⊗ {b}ᵀ", "dense: {a} itself"),
                           "12": ("dense: {b}ᵀ", "Kronecker: {a}ᵀ ⊗ I"), "11": ("row: {b}ᵀ", "row: {a}ᵀ")}),
        Gate("dot(x, y)", "inner product of two vectors", "dot(x, y)", "G*y", "G*x", shape="inner(x, y)", push="linear", family="product",
               vanish="(dot(abs(x), abs(y)) > 0) | (dot(x != 0, y != 0) == 0)",
               words=("{G} * {y}", "{G} * {x}"), structures=("row: {y}ᵀ", "row: {x}ᵀ"), aliases="inner"),
        Gate("outer(x, y)", "every element of one vector times every one of another", "outer(x, y)", "matmul(G, y)",
               "matmul(x, G)", shape="(vector(x), vector(y, 1))", syntax="x yᵀ", family="product", vanish="outer(x != 0, y != 0) == 0", words=("{G} @ {y}", "{G}' @ {x}"),
               structures=("Kronecker: I ⊗ {y}", "Kronecker: {x} ⊗ I")),
        Gate("kron(a, b)", "Kronecker product: each element of one matrix times the whole other one", "kron(a, b)",
               "kron_left(G, a, b)", "kron_right(G, a, b)", shape="kroned(a, b)", family="product",
               vanish="kron(a != 0, b != 0) == 0",
               words=("each block of {G} times {b}, summed", "the blocks of {G} times {a}, summed"),
               structures=("Kronecker: I ⊗ {b}", "Kronecker: {a} ⊗ I")),
        Gate("transpose(x)", "transpose: axes in reverse order", "swap(x)", "swap(G)", shape="x[::-1]",
               words=("{G}'",), structures=("permutation",), symbol="'", syntax="transpose", family="transpose",
             selects=True, exact=True),
        # -- reductions
        Gate("sum(x, axis=None, keepdims=False)", "sum", "sum(x, axis, keepdims)", "spread(G, x, axis)", shape=_REDUCED,
               words=("{G}, to every element of {x}",), structures=("rows of ones",), selects=True),
        Gate("mean(x, axis=None, keepdims=False)", "mean", "mean(x, axis, keepdims)",
               "spread(div(G, total(x, axis)), x, axis)", shape=_REDUCED, words=("{G} / {count}, to every element of {x}",),
               structures=("rows of 1/n",), aliases="average", selects=True),
        Gate("amax(x, axis=None, keepdims=False)", "largest element; `max` of one array", "amax(x, axis, keepdims)",
               "share(G, x, out, axis)", shape=_REDUCED, words=("{G}, to the largest element of {x}",),
               structures=("rows one-hot",), notes=[_TIED], routes=True, exact=True),
        Gate("amin(x, axis=None, keepdims=False)", "smallest element; `min` of one array", "amin(x, axis, keepdims)",
               "share(G, x, out, axis)", shape=_REDUCED, words=("{G}, to the smallest element of {x}",),
               structures=("rows one-hot",), notes=[_TIED], routes=True, exact=True),
        Gate("prod(x, axis=None, keepdims=False)", "product of the elements", "prod(x, axis, keepdims)",
               "spread(G, x, axis)*others(x, axis)", shape=_REDUCED, vanish="sum(x == 0, axis, keepdims) > 0",
               words=("{G} * the product of the other elements of {x}",),
               structures=("rows: products of the others",)),
        Gate("var(x, axis=None, keepdims=False, ddof=0)", "variance: mean squared distance from the mean, over n - ddof",
               "var(x, axis, keepdims, ddof)", "spread(G, x, axis)*2*centred(x, axis)/(total(x, axis) - ddof)",
               means="sum((x - mean(x, axis, True))*(x - mean(x, axis, True)), axis, keepdims)/(total(x, axis) - ddof)",
               vanish="sum(centred(x, axis) != 0, axis, keepdims) == 0",
               shape="spare(x, axis, ddof) and " + _REDUCED, words=("{G} * 2*({x} - mean({x})) / {free}",),
               structures=("rows: 2({x} - mean)ᵀ/n",)),
        Gate("std(x, axis=None, keepdims=False, ddof=0)", "standard deviation: the square root of `var`",
               "std(x, axis, keepdims, ddof)",
               "where(spread(out, x, axis) == 0, 0*x, spread(G, x, axis)*div(centred(x, axis), spread(out, x, axis))/(total(x, axis) - ddof))",
               shape="spare(x, axis, ddof) and " + _REDUCED,
               means="sqrt(sum((x - mean(x, axis, True))*(x - mean(x, axis, True)), axis, keepdims)/(total(x, axis) - ddof))",
               words=("{G} * ({x} - mean({x})) / ({free}*{out})",), structures=("rows: ({x} - mean)ᵀ/(n·{out})",),
               notes=[("kink", "out == 0", "`std` has a kink where all elements of `{0}` are equal: slope 0 is used")]),
        Gate("norm(x, *, axis=None, keepdims=False)", "length: the square root of the sum of squares",
               "norm(x, axis, keepdims)", "where(spread(out, x, axis) == 0, 0*x, spread(G, x, axis)*div(x, spread(out, x, axis)))",
               shape=_REDUCED, means="sqrt(sum(x*x, axis, keepdims))", words=("{G} * {x} / {out}",),
               structures=("rows: {x}ᵀ/{out}",), aliases="norm2",
               notes=[("kink", "out == 0", "`norm` has a kink at `{0}` = 0: any slope of length at most 1 is valid, 0 is used")]),
        Gate("norm1(x, axis=None, keepdims=False)", "sum of the absolute values", "sum(abs(x), axis, keepdims)",
               "spread(G, x, axis)*sign(x)", shape=_REDUCED,
               words=("{G} * sign({x})",), structures=("rows of ±1",),
               notes=[("kink", "x == 0", "`norm1` has a kink where an element of `{0}` is 0: any slope from -1 to 1 is valid, 0 is used")]),
        Gate("norminf(x, axis=None, keepdims=False)", "largest absolute value", "amax(abs(x), axis, keepdims)",
               "share(G, abs(x), out, axis)*sign(x)", shape=_REDUCED, words=("{G} * sign, to the largest element of {x}",),
               structures=("rows one-hot, ±1",), routes=True, exact=True,
               notes=[("kink", "out == 0", "`norminf` has a kink at `{0}` = 0: slope 0 is used"),
                      ("kink", "(ties(abs(x), out, axis) > 1) & (amax(abs(x), axis, True) > 0)",
                       "`norminf`: elements of `{0}` are tied; they share the slope, any split is valid")]),
        Gate("cumsum(x, axis=None)", "running sums, of all elements in order or along an axis", "accumulate(x, axis)",
               "accumulate_back(G, x, axis)", shape="accumulated(x, axis)", family="order",
               words=("running sums of {G} from the end",), structures=("triangle of ones",), selects=True),
        Gate("cumprod(x, axis=None)", "running products, of all elements in order or along an axis", "multiply_up(x, axis)",
               "multiply_up_back(G, x, out, axis)", shape="accumulated(x, axis)", family="order",
               vanish="accumulate(x == 0, axis) > 0", push="multiply_up_push(d, x, out, axis)",
               words=("sums of {G} times the products of the other elements before",),
               structures=("triangle: products of the others",)),
        Gate("argmax(x, axis=None, keepdims=False)", "place of the largest element, the first of tied ones", "argmax(x, axis, keepdims)",
               "0*x", shape=_REDUCED, words=("0: a place has no slope",), structures=("zero",), push="0*out", family="order",
               exact=True, jump="ties"),
        Gate("argmin(x, axis=None, keepdims=False)", "place of the smallest element, the first of tied ones", "argmin(x, axis, keepdims)",
               "0*x", shape=_REDUCED, words=("0: a place has no slope",), structures=("zero",), push="0*out", family="order",
               exact=True, jump="ties"),
        Gate("logsumexp(x, axis=None, keepdims=False)", "log(sum(exp(x))), without overflow",
               "logsumexp(x, axis, keepdims)", "spread(G, x, axis)*softmax(x, axis)", shape=_REDUCED, vanish="sum(x != -inf, axis, keepdims) < 2",
               means="log(sum(exp(x), axis, keepdims))", words=("{G} * softmax({x})",), structures=("rows: softmaxᵀ",)),
        # -- square matrices
        Gate("trace(a)", "sum of the diagonal", "trace(a)", "G*eye(len(a))", shape="square_matrix(a) and ()",
               words=("{G} * identity",), structures=("row: the identity",), picks=True, aliases="tr"),
        Gate("det(a)", "determinant", "det(a)", "G*cofactors(a)", shape="square_matrix(a) and ()", vanish="logdet(a) == -inf",
               words=("{G} * cofactors of {a}",), structures=("row: the cofactors",)),
        Gate("cofactors(a)", "matrix of cofactors, the gradient of `det`, also of a singular matrix; its transpose is the adjugate",
               "cofactors(a)", "cofactors_push(G, a)", shape="(square_matrix(a),)*2", means="swap(adjugate(a))",
               push="cofactors_push(d, a)", vanish="is_minor_zero(a)",
               words=("how the cofactors of {a} move along {G}",), structures=("dense: second derivatives of det({a})",)),
        Gate("logdet(a)", "logarithm of the determinant", "logdet(a)", "G*swap(inv(a))",
               shape="square_matrix(a) and ()", means="log(det(a))", words=("{G} * inv({a})'",), structures=("row: the inverse, transposed",),
               notes=[("pole", "out == -inf", "`logdet` has a pole at the singular matrix `{0}`"),
                      ("undefined", "isnan(out)", "`logdet` has no real value: the determinant of `{0}` is negative"), _NEARLY]),
        Gate("inv(a)", "inverse matrix", "inv(a)", "-matmul(matmul(swap(out), G), swap(out))", family="inverse",
               shape="(square_matrix(a),)*2", words=("-{out}' @ {G} @ {out}'",), structures=("Kronecker: -{out} ⊗ {out}ᵀ",),
               means="adjugate(a)/det(a)", push="-matmul(matmul(out, d), out)", notes=[_SINGULAR, _NEARLY]),
        Gate("solve(a, b)", "the x of a @ x = b", "solve(a, b)", "-matmul_left(solve(swap(a), G), a, out)",
               "solve(swap(a), G)", shape="solved(a, b)", words={"": ("-solve({a}', {G}) @ {out}'", "solve({a}', {G})"),
                      "21": ("-outer(solve({a}', {G}), {out})", "solve({a}', {G})")},
               structures=("Kronecker: -inv({a}) ⊗ {out}ᵀ", "dense: inv({a})"), means="matmul(adjugate(a), b)/det(a)",
               push="-solve(a, matmul(d, out)); solve(a, d)",
               notes=[_SINGULAR, _NEARLY]),
        Gate("matrix_power(a, power)", "product of so many copies of a square matrix, of its inverse if negative",
               "matrix_power(a, power)", "matrix_power_push(G, swap(a), power)", family="power", shape="(square_matrix(a),)*2",
               means="matrix_power(a, power) if power >= 0 else matrix_power(adjugate(a)/det(a), -power)",
               words=("{G} between powers of {a}', summed",), structures=("sum of Kronecker products of powers",),
               push="matrix_power_push(d, a, power)", notes=[_SINGULAR]),
        Gate("diag(x)", "a vector as the diagonal of a matrix, or a matrix's diagonal", "diag(x)",
               "diag(G) if len(shape_of(x)) == 1 else diagonal_back(G, x)", shape="diagonal(x)",
               words={"": ("the diagonal of {G}",), "2": ("{G}, on the diagonal",)},
               structures=("one-hot",), picks=True, exact=True),
        *factor_rows(),
        *window_rows(),
        *loss_rows(),
        *place_rows(),
    )  # fmt: skip


class _Table(Mapping[str, Any]):
    """A mapping that is made when somebody first looks into it: programs of numbers alone never do."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._made = cache(make)

    def __getitem__(self, name: str) -> Any:
        return self._made()[name]

    def __contains__(self, name: object) -> bool:
        return name in self._made()

    def __iter__(self) -> Iterator[str]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())


TENSORS: Mapping[str, Gate] = _Table(lambda: {row.name: row for row in _rows()})
TENSOR_ALIASES: Mapping[str, str] = _Table(
    lambda: {alias: row.name for row in TENSORS.values() for alias in row.aliases}
)
TENSOR_BY_SYNTAX: Mapping[str, str] = _Table(
    lambda: {row.syntax or row.symbol: row.name for row in TENSORS.values() if row.syntax or row.symbol}
)
# What an elementwise gate of any number of operands means when it has one, and that is an array.
REDUCTION_OF = {"max": "amax", "min": "amin"}
