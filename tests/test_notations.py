"""Other people's notation: read as it is meant, and told in a note; or refused with the way out."""

import math
import re
from random import Random

import numpy as np
import pytest
from collected import COLLECTED
from conftest import ROOT, backprop
from mistyped import MISTYPED, VALUES
from notations import LINES, ROWS
from other_tools import ADVISED as FOLLOWED
from other_tools import READ

import backprop_cli
from backprop_cli.errors import BackpropError
from backprop_cli.gates import ALIASES, GATES
from backprop_cli.gates.tensors import TENSOR_ALIASES, TENSORS
from backprop_cli.graph import functions_of_others
from backprop_cli.graph.advice import FORMULAS, advice
from backprop_cli.language import spellings


def values_of(program, values):
    """What a program is worth where its names have those of the values that it knows."""
    given = dict(word.split("=") for word in values.split())
    while True:
        try:
            return backprop_cli.evaluate(program, given)
        except backprop_cli.BackpropError as error:
            unused = [d.message.split("`")[1] for d in error.diagnostics if d.code == "N209"]
            if len(unused) < len(error.diagnostics):
                raise
            given = {name: value for name, value in given.items() if name not in unused}


@pytest.mark.parametrize(("text", "ours", "values"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_line_is_read_as_it_is_meant(text, ours, values):
    read, expected = values_of(text, values), values_of(ours, values)
    assert np.shape(read.value) == np.shape(expected.value)
    np.testing.assert_allclose(read.value, expected.value, rtol=1e-13)
    told = any(note.code == "reading" for note in read.notes)
    assert told or _is_ours(text, values)


COLLECTED_ROWS = [(text, ours, values) for values, rows in COLLECTED.values() for text, ours in rows]


def read_or_refused(text, values):
    """The value of a text where its names have those of the values it knows and does not define; or the refusal."""
    given = dict(values)
    while True:
        try:
            return backprop_cli.evaluate(text, given).value
        except backprop_cli.BackpropError as error:
            spare = [d.message.split("`")[1] for d in error.diagnostics if d.code in ("N209", "N211")]
            others = [d for d in error.diagnostics if d.code not in ("N209", "N211")]
            if others:
                return others[0]
            given = {name: value for name, value in given.items() if name not in spare}


@pytest.mark.parametrize(("text", "ours", "values"), COLLECTED_ROWS, ids=[row[0][:40] for row in COLLECTED_ROWS])
def test_a_collected_line_is_read_as_it_is_meant_or_refused_with_the_way_out(text, ours, values):
    read = read_or_refused(text, values)
    if re.fullmatch(r"[A-Z]\d{3}", ours):
        assert getattr(read, "code", "read") == ours and read.help
    else:
        expected = read_or_refused(ours, values)
        assert np.shape(read) == np.shape(expected)
        np.testing.assert_allclose(read, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("text", "values", "value"), READ, ids=[row[0] for row in READ])
def test_a_function_of_another_tool_is_what_it_is_there(text, values, value):
    read = read_or_refused(text, values)
    assert np.shape(read) == np.shape(value)
    np.testing.assert_allclose(read, value, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("text", "values", "code", "way", "value"), FOLLOWED, ids=[row[0] for row in FOLLOWED])
def test_what_is_advised_for_it_is_worth_the_same(text, values, code, way, value):
    refusal = read_or_refused(text, values)
    assert refusal.code == code and f"`{way}`" in refusal.help
    np.testing.assert_allclose(read_or_refused(way, values), value, rtol=1e-9, atol=1e-11)


# What is something else in another tool, and nothing here would tell.
DIFFERENT = [
    ("torch.linalg.norm(X, 2)", "S112"), ("np.matrix(X) * X", "S112"), ("np.matrix(X)**2", "S112"),
    ("X.var(0, False) + 0*torch.ones(2)", "S112"), ("torch.max(X, dim=1)[1]", "S112"), ("sp.sinc(x)", "S112"),
    ("v, i = torch.max(X, dim=1)\nv*i", "S112"), ("F.softmax(Z)", "S112"), ("x && y", "S112"), ("x ≈ 1", "S101"),
    ("x > 0 and y > 0", "S112"), ("not x", "S112"), ("1 000*x", "S112"), ("2 3", "S112"), ("[1 -2]", "S112"),
    ("[x -1]", "S112"), ("sum(i*x for i in range(3))", "S112"), ("np.median(v)", "N201"),
    ("scipy.special.ndtri(x)", "N201"),
    (r"\|X\|_2^2", "V309"), ("2‖X‖₂", "V309"),  # of a matrix, the largest singular value
    ("v.item(1)", "S112"), ("X.take(1)", "S112"), ("np.take(X, [0, 1])", "S112"),
    ("lax.round(x)", "S112"), ("jax.lax.cumsum(X)", "S112"), ("perms(v)", "N201"), ("normal(x, y)", "N201"),
    ("bdtr(x, y, y)", "N201"), ("randint(x)", "N201"), ("sincos(x)", "N201"), ("lu_solve(X, v)", "N201"),
    ("erfcinv(x)", "N201"), ("interp(x, v, v)", "N201"), ("polygamma(3, x)", "N201"), ("matrix_rank(X)", "N201"),
]  # fmt: skip
PLACES = {"X": [[1.0, 2.0], [3.0, -4.0]], "x": 0.7, "y": 2.0, "v": [1.0, 2.0, 3.0], "Z": [[[1.0, 2.0], [3.0, 4.0]]] * 2}


@pytest.mark.parametrize(("text", "code"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_what_is_something_else_in_another_tool_is_refused(text, code):
    refusal = read_or_refused(text, PLACES)
    assert refusal.code == code and "did you mean" not in refusal.help


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1 2; 3 4]", [[1, 2], [3, 4]]),
        ("1.5e−3", 1.5e-3),
        ("print(x**2)", 0.49),
        ("u = x\nu **= 2\nu", 0.49),
        ("x√y + ⌊x⌋ + ⌈x⌉", 0.7 * math.sqrt(2) + 1),
        (r"\log \sum_i \exp(v_i)", math.log(math.exp(1) + math.exp(2) + math.exp(3))),
        (r"\begin{cases} x^2, & \text{if } x > 0, \\ -x, & \text{otherwise}. \end{cases}", 0.49),
        ("[1 -2 3]", [1, -2, 3]),
        ("[[ 1. -2.]\n [ 3. -4.]]", [[1, -2], [3, -4]]),
        ("[[ 1. -2.]\n [ 3.  4.]]", [[1, -2], [3, 4]]),
        ("v, i = torch.max(X, dim=1)\nv", [2, 3]),
        ("v, _ = X.sort()\nv", [[1, 2], [-4, 3]]),
        ("||x| - 3|", 2.3),
        ("X %*% X", [[7, -6], [-9, 22]]),
        ("tf.matmul(X, X, transpose_a=True)", [[10, -10], [-10, 20]]),
    ],
)
def test_signs_and_results_of_other_tools(text, value):
    defined = {"v"} if "v," in text else set()
    read = read_or_refused(text, {name: value for name, value in PLACES.items() if name not in defined})
    np.testing.assert_allclose(read, value, rtol=1e-12)


def test_the_document_counts_the_collected_lines():
    refused = sum(bool(re.fullmatch(r"[A-Z]\d{3}", ours)) for _, ours, _ in COLLECTED_ROWS)
    read, text = len(COLLECTED_ROWS) - refused, (ROOT / "docs/notations.md").read_text(encoding="utf-8")
    assert len(COLLECTED_ROWS) >= 300
    assert (
        f"Of {len(COLLECTED_ROWS)} lines" in text
        and f"{read} are read as they are meant, {refused} are refused" in text
    )


def _is_ours(text, values):
    """Whether the text needs no other notation than our own."""
    try:
        backprop_cli.evaluate(text, dict(word.split("=") for word in values.split()), notation="strict")
    except backprop_cli.BackpropError as error:
        return {diagnostic.code for diagnostic in error.diagnostics} == {"N209"}
    return True


# What the functions of other tools are, from their definitions: name, operands, value.
ADVISED = {
    "sec": lambda x: 1 / math.cos(x), "acot": lambda x: math.atan(1 / x), "sind": lambda x: math.sin(math.radians(x)),
    "exp2": lambda x: 2**x, "trunc": math.trunc,
    "factorial": lambda x: math.gamma(x + 1), "relu6": lambda x: min(max(x, 0), 6), "frac": lambda x: x - math.floor(x),
    "hardswish": lambda x: x * min(max(x + 3, 0), 6) / 6, "logcosh": lambda x: math.log(math.cosh(x)),
    "xlog1py": lambda x, y: x * math.log(1 + y), "root": lambda x, n: x ** (1 / n),
    "nCr": lambda n, k: math.gamma(n + 1) / math.gamma(k + 1) / math.gamma(n - k + 1),
    "lerp": lambda a, b, t: a + t * (b - a), "huber_loss": lambda x, y: (x - y) ** 2 / 2,
    "beta": lambda a, b: math.gamma(a) * math.gamma(b) / math.gamma(a + b), "rad2deg": math.degrees,
}  # fmt: skip
OPERANDS = ("0.7", "0.4", "0.25", "2", "3")
_TWO = ("[[1, 2]]", "[[3, 4]]")
_SQUARE = ("[[2, 1], [1, 3]]",)
OTHERS = {
    **dict.fromkeys(("if_else", "when", "case", "merge3", "piecewise/3"), ("1 < 2", "0.7", "0.4")),
    **dict.fromkeys(("piecewise/5",), ("1 < 2", "0.7", "1 > 2", "0.4", "0.25")), "merge": ("1", "2", "3 > 2"),
    **dict.fromkeys(("sum/4", "Sum/4", "summation/4", "prod/4", "product/4", "Product/4"), ("i^2", "i", "1", "3")),
    "IFS/4": ("1 < 2", "0.7", "1 > 2", "0.4"),
    "FLOOR/2": ("0.7", "0.4"), "LARGE": ("[1, 2]", "1"), "uniform_lpdf": ("0.7", "0.4", "2"),
    **dict.fromkeys(("StandardDeviation", "Variance", "stdDev", "STDEV_S", "VAR_S",
                     "zscore", "total_variation", "tv_loss"), ("[1, 2]",)),
    **dict.fromkeys(("affine/3", "linear/3", "dense/3"), ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]", "[5, 6]")),
    **dict.fromkeys(("attention/3", "dot_product_attention"), ("[[1, 2]]", "[[3, 4]]", "[[5, 6]]")),
    **dict.fromkeys(("batchnorm", "columns_dot_self", "rows_dot_self", "vecnorm"), ("[[1, 2], [3, 5]]",)),
    **dict.fromkeys(("ce", "xent", "crossent", "cross_ent", "cross_entropy_loss"), ("[0.5, 0.5]", "[0, 1]")),
    **dict.fromkeys(("cholesky_decompose", "determinant", "eigenvalues", "eigenvalues_sym", "inverse_spd", "normest",
                     "log_determinant", "nuc_norm", "nuclear_norm", "opnorm",
                     "singular_values", "spectral_norm"), _SQUARE),
    **dict.fromkeys(("columns_dot_product", "rows_dot_product", "vecdot", "horzcat", "vertcat"), _TWO),
    **dict.fromkeys(("diag_matrix", "nrow", "ncol", "rows", "cols", "layernorm", "rms_norm", "sort_asc", "sort_desc"),
                    ("[[1, 2]]",)), "softmax2d": ("[[[1, 2]]]",),
    **dict.fromkeys(("dot_product", "dotp", "dotprod", "innerProduct", "inner_product", "innerproduct",
                     "scalar_product", "outerProduct", "outerproduct", "kronecker", "reflect", "cos_sim", "cosine_sim",
                     "cossim", "cosine_distance"), ("[1, 2]", "[3, 4]")), "cosine_embedding_loss": ("[1]", "[2]", "1"),
    **dict.fromkeys(("identity", "identity_matrix", "ones_vector", "zeros_vector"), ("2",)),
    "geomspace": ("1", "2", "3"), **dict.fromkeys(("linsolve", "mdivide_left"), (*_SQUARE, "[1, 2]")),
    "mdivide_right": ("[[1, 2]]", *_SQUARE), **dict.fromkeys(("mtimes", "quad_form", "quad_form_sym"), _SQUARE*2),
    "quadform": ("[1, 2]", *_SQUARE), "vecmat": ("[1, 2]", *_SQUARE), "mahalanobis": ("[1, 2]", "[3, 5]", *_SQUARE),
    **dict.fromkeys(("multi_margin_loss", "nll", "perplexity"), ("[-1, -2]", "1")), "logitcrossentropy": _TWO,
    "rep_vector": ("1", "2"), "softmax_with_temperature": ("[1, 2]", "2"),
    **dict.fromkeys(("triplet", "triplet_loss", "triplet_margin_loss"), ("[1, 2]", "[3, 4]", "[5, 7]")),
    **dict.fromkeys(("if", "iif", "ifelse", "cond"), ("1 < 2", "0.7", "0.4")),
    "cosine": ("[1, 2]", "[3, 4]"),
    "normalize": ("[3, 4]",), "embedding": ("[0, 1]", "[[1, 2], [3, 4]]"), "diff": ("[1, 3, 6]",),
    "eigh": ("[[2, 1], [1, 3]]",),
    "scaled_dot_product_attention": ("[[1, 2]]", "[[3, 4]]", "[[5, 6]]"), "lstsq": ("[[1, 2], [3, 4]]", "[1, 2]"),
    **dict.fromkeys(("vstack", "hstack", "column_stack"), ("[[[1, 2]], [[3, 4]]]",)), "svd": ("[[2, 1], [1, 3]]",),
    "cross": ("[1, 2, 3]", "[4, 5, 6]"), "softmax_cross_entropy_with_logits": ("[[0, 1]]", "[[1, 2]]"),
    "MMULT": ("[[1, 2]]", "[[3], [4]]"),
    **dict.fromkeys(("crossprod/2", "tcrossprod/2", "softmax_cross_entropy"), ("[[1, 2]]", "[[3, 4]]")),
    **dict.fromkeys(("cdist", "pairwise_distance", "categorical_crossentropy", "append"), ("[[1, 2]]", "[[3, 4]]")),
    **dict.fromkeys(("crossprod", "tcrossprod", "add_n", "rot90", "flipud", "fliplr", "rowSums", "rowMeans", "colSums",
                     "colMeans", "rowsums", "Total", "adjoint", "diag_part"), ("[[1, 2]]",)),
    **dict.fromkeys(("MINVERSE", "MDETERM", "cond/1", "solve/1"), ("[[2, 1], [1, 3]]",)),
    **dict.fromkeys(("AND", "logical_and", "OR", "logical_or"), ("1 < 2", "2 < 3")),
    **dict.fromkeys(("NOT", "logical_not", "boole"), ("1 < 2",)), "select/3": ("1 < 2", "0.7", "0.4"),
    "addmv": ("[1]", "[[2]]", "[3]"), "addr": ("[[1]]", "[2]", "[3]"),
    "sparse_categorical_crossentropy": ("[0]", "[[1, 2]]"),
    "diag_embed": ("[1, 2]",), "repeat_interleave": ("[1, 2]", "2"), "repmat": ("[1, 2]", "2"),
    "repmat/3": ("[1, 2]", "2", "1"), **dict.fromkeys(("sd", "sem", "STDEV", "VAR"), ("[1, 2]",)),
    **dict.fromkeys(("addmm", "addbmm"), ("[[1]]", "[[2]]", "[[3]]")), "mldivide": ("[[2, 1], [1, 3]]", "[1, 2]"),
    **dict.fromkeys(("mrdivide",), ("[[1, 2]]", "[[2, 1], [1, 3]]")), "ger": ("[1, 2]", "[3, 4]"),
    **dict.fromkeys(("eigen", "slogdet", "chol", "pinverse"), ("[[2, 1], [1, 3]]",)), "msort": ("[[2, 1]]",),
    "nll_loss": ("[[-1, -2]]", "[0]"), "diagflat": ("[1, 2]",), "matrix_norm": ("[[1, 2]]",),
    "log_sum_exp": ("[1, 2]",),
    "DELTA": ("1", "2"), "cumlogsumexp": ("[1, 2]",), **dict.fromkeys(("stdev", "variance"), ("[1, 2]",)),
    "T": ("[[1, 2]]",), "gather": ("[[1, 2], [3, 4]]", "1", "[0, 1]"), "baddbmm": ("[[1]]", "[[2]]", "[[3]]"),
    "inverse": ("[[2, 1], [1, 3]]",), "crelu": ("[1, -2]",), "softmin": ("[1, -2]",),
}  # fmt: skip


def refused(program):
    with pytest.raises(backprop_cli.BackpropError) as caught:
        backprop_cli.evaluate(program)
    return caught.value.diagnostics[0]


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_advice_followed_literally_works(name):
    """Each formula is given with the operands in it, and runs."""
    called, _, count = name.partition("/")
    operands = OTHERS.get(name, OPERANDS[: int(count or _count(name))])
    diagnostic = refused(f"{called}({', '.join(operands)})")
    advised = re.findall("`([^`]+)`", diagnostic.help)
    assert diagnostic.code in ("N201", "N203", "V307") and len(advised) == len(FORMULAS[name])
    for formula in advised:
        value = backprop_cli.evaluate(formula).value
        if name in ADVISED:
            assert value == pytest.approx(ADVISED[name](*map(float, operands)), rel=1e-9)


def _count(name):
    places = {int(place) for formula in FORMULAS[name] for place in re.findall(r"\{(\d)\}", formula)}
    return len(places) or 1


@pytest.mark.parametrize("text", ["x^T x", "np.exp(x)", "|x|", r"\frac{1}{2} x", "θ"])
def test_strict_notation_reads_only_our_own(text):
    with pytest.raises(backprop_cli.BackpropError):
        backprop_cli.evaluate(text, {"x": 1.0, "theta": 2.0}, notation="strict")


def test_the_documents_table_has_the_rows_that_are_tested(record):
    path = ROOT / "docs/notations.md"
    text = path.read_text(encoding="utf-8")
    rows = "".join(
        f"| **{section}** | |\n" + "".join(f"| {_code(text)} | {_code(ours)} |\n" for text, ours in lines)
        for section, (_, lines) in LINES.items()
    )
    head = "| typed | read as |\n|---|---|\n"
    before, after = text.split(head)
    if record:
        path.write_text(before + head + rows + after[after.index("\n- A prefix") :], encoding="utf-8")
    else:
        assert after.startswith(rows + "\n")


def _code(text):
    shown = text.replace("|", "\\|").replace("\n", " ⏎ ")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


CLAIMS = ["df/dx == 2*x*y", "dx = 2*x*y", "df/dx: 2xy".replace("xy", "*x*y"), "d f/d x = 2*x*y", "∂f/∂x = 2*x*y",
    "d/dx f = 2*x*y",
          "d/dx = 2*x*y", "df/dx = 2*np.multiply(x, y)"]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_is_read_as_people_write_it(claim):
    report = backprop_cli.check("x^2*y", x=2, y=3, claims=[claim])
    assert report.verdict == "agrees" and report.results[0].target == "df/dx"


def test_a_derivative_without_its_variable_is_refused_where_there_are_several():
    assert backprop_cli.check("x^2", x=2, claims=["f' = 2*x"]).verdict == "agrees"
    with pytest.raises(backprop_cli.BackpropError):
        backprop_cli.check("x^2*y", x=2, y=3, claims=["f' = 2*x"])


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["x", "=", "3"], 3.0),
        (["x=", "3"], 3.0),
        (["x", "=3"], 3.0),
        (["x=[1,", "2]"], 3.0),
        (["x=np.pi"], math.pi),
        (["x=½"], 0.5),
        (["x=np.array([1, 2])"], 3.0),
    ],
)
def test_values_as_people_type_them(words, value):
    ran = backprop("eval", "sum(x)" if "[" in "".join(words) else "x", *words, "-q")
    assert (ran.status, float(ran.out)) == (0, value)


def test_greek_names_have_values_and_gradients():
    ran = backprop("grad", "θ²·α", "θ=3", "α=2", "--wrt", "θ", "-q")
    assert (ran.status, ran.out) == (0, "theta=12\n")
    assert backprop_cli.check("f = σ(θ*x)", {"θ": 0.3, "x": 2.0}, claims=["df/dθ = x*f*(1-f)"]).verdict == "agrees"


LOOPS = [
    ("h = 0; for t in range(3) { h = w*x[t] + h }; h", "w*(x[0] + x[1] + x[2])"),
    ("h = 1\nfor t in range(len(x)):\n    h = h*x[t - 1]\n    # again\nh*w", "x[-1]*x[0]*x[1]*w"),
    ("s = 0; for i in range(2) { for j in range(i + 1) { s += X[i, j]*w } }; s", "w*(X[0, 0] + X[1, 0] + X[1, 1])"),
    ("s = 0; for row in X { s = s + norm(row) }; s", "norm(X[0]) + norm(X[1])"),
    ("s = 0; for t in range(T, 0, -1) { s = s + t*w^t }; s", "3*w^3 + 2*w^2 + w"),
    ("s = 0\nfor t in range(X.shape[1]): s += X[0, t]\ns", "X[0, 0] + X[0, 1] + X[0, 2]"),
    ("s = w; for t in range(2*T - 6) { s = 7 }; s", "w"),
    ("gate f(u) = { s = 0; for t in range(3) { s = s + u^t }; s }; f(w)", "1 + w + w^2"),
]
LOOP_VALUES = {"w": 1.5, "x": [1.0, -2.0, 0.5], "X": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "T": 3.0}


@pytest.mark.parametrize(("loop", "plain"), LOOPS)
def test_a_loop_is_its_body_as_often_as_it_runs(loop, plain):
    values = {name: value for name, value in LOOP_VALUES.items() if re.search(rf"\b{name}\b", loop)}
    read = backprop_cli.grad(loop, values)
    expected = backprop_cli.grad(plain, {name: value for name, value in values.items() if name in read.gradients})
    assert read.value == pytest.approx(expected.value, rel=1e-14)
    for name, gradient in expected.gradients.items():
        np.testing.assert_allclose(read.gradients[name], gradient, rtol=1e-13)


def test_how_often_a_loop_runs_is_known_beforehand():
    diagnostic = refused("for t in range(n) { y = t }; y")
    assert diagnostic.code == "V307" and diagnostic.labels[0].start == len("for t in range(")
    assert refused("s = 0; for t in range(10^9) { s = s + t }; s").code in ("V307", "L701")
    assert refused("s = 0; for t in range(1000000000) { s = s + t }; s").code == "L701"


def test_an_error_in_a_loop_is_said_once_and_where_it_is():
    with pytest.raises(backprop_cli.BackpropError) as caught:
        backprop_cli.evaluate("s = 0; for t in range(3) { s = s + foo(t) }; s")
    assert {(d.code, d.labels[0].start) for d in caught.value.diagnostics} == {("N201", 35)}


TWO_MEANINGS = [
    "10%", "10% + 1", "2½", "5!!", "1 + 7 mod 3", "x.std()", "np.exp(x).sum() + torch.ones(2).sum() + x.var()",
    "np.linalg.norm(X, 1)", "np.linalg.norm(X @ x, 2)", "X.transpose(0, 1)", "X.max(1)[0]", "x.repeat(2)",
    r"\sum_{i=1}^{3} 2", "np.linalg.slogdet(X)", "w, V = np.linalg.eigh(X) \n V",
    "sign, logdet = np.linalg.slogdet(X) \n sign",
    "U, S, V = np.linalg.svd(X) \n V", "scipy.linalg.cholesky(X)", "tf.nn.conv2d(X, X)",
    "keras.losses.cosine_similarity(x, x)",
    "scipy.special.kl_div(x, x)",
]  # fmt: skip
REFUSED = [
    "x.astype(int)", "np.array([1.7], dtype=int)", "int(x)", "F.gelu(x, approximate='tanh')", "np.vstack((x, x))",
    "X.mT",
    "np.reshape(X, 4, order='F')", "7 // 2", "x.long()", "F.cross_entropy(X, x, reduction='sum')", "np.round(x, 2)",
]  # fmt: skip


@pytest.mark.parametrize("text", TWO_MEANINGS)
def test_what_has_two_meanings_is_refused(text):
    with pytest.raises(backprop_cli.BackpropError) as caught:
        values_of(text, "X=[[1,2],[3,4]] x=[1,2]")
    assert caught.value.diagnostics[0].code == "S112" and caught.value.diagnostics[0].help


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_change_numbers_is_not_dropped(text):
    with pytest.raises(backprop_cli.BackpropError):
        values_of(text, "X=[[1,2],[3,4]] x=[1,2]")


def test_the_larger_of_pytorchs_two_results():
    values = {"X": [[1, 5], [3, 4]]}
    read = backprop_cli.evaluate("torch.relu(X).max(dim=1)[0]", values).value
    assert read.tolist() == [5, 4]
    assert backprop_cli.evaluate("np.exp(0*X).max(axis=1)[0] + X.max(axis=1)[0]", values).value == 6


def test_a_negative_power_of_a_matrix_is_told_from_its_inverse():
    values = {"A": [[1, 2], [3, 4]]}
    for text in ("A⁻¹", "A^-1", "A^{-1}"):
        notes = backprop_cli.evaluate(text, values).notes
        assert any("`inv(A)`" in note.message for note in notes), text
    assert not backprop_cli.evaluate("A^2", values).notes and not backprop_cli.evaluate("a^-1", a=2.0).notes


S, V = [[2.0, 1.0], [0.5, 3.0]], [1.5, 2.0]
MATRIX_POWERS = [
    ("x' A^-1 x", "x @ inv(A) @ x"),
    ("A² x", "A @ A @ x"),
    ("xᵀ A⁻¹ x", "x @ inv(A) @ x"),
    (r"x^\top A^{-1} x", "x @ inv(A) @ x"),
    ("(A A)^-1 x", "inv(A @ A) @ x"),
    ("y = A x; x' A^-2 y", "x @ inv(A @ A) @ (A @ x)"),
    ("A x + 0*sum(A^-1 x)", "A @ x"),
    # a prime or a T after an exponent that is a number transposes the power
    ("A^-1' x", "inv(A)' @ x"),
    ("A^2' x", "(A @ A)' @ x"),
    ("A^{-1}^T x", "inv(A)' @ x"),
    ("A⁻¹ᵀ x", "inv(A)' @ x"),
    (r"A^{-\top} x", "inv(A)' @ x"),
    ("A^(-1)'' x", "inv(A) @ x"),
    ("x^2' + A x", "x*x + A @ x"),
    # elementwise: Python's power, what a sum takes in, products with their sign, what is no square matrix
    ("x' A**2 x", "x @ (A*A) @ x"),
    ("norm(A x)^2 + sum(A^2)", "sum((A @ x)*(A @ x)) + sum(A*A)"),
    ("A^2 @ x", "(A*A) @ x"),
    ("A x^2", "A @ (x*x)"),
    ("2 A^2", "2*A*A"),
]


@pytest.mark.parametrize(("text", "ours"), MATRIX_POWERS, ids=[row[0] for row in MATRIX_POWERS])
def test_powers_of_matrices_where_products_have_no_sign(text, ours):
    values = {"A": S, "x": V} if "x" in text else {"A": S}
    seed = np.ones(np.shape(backprop_cli.evaluate(ours, values).value))
    read, plain = (backprop_cli.grad(program, values, seed_grad=seed) for program in (text, ours))
    np.testing.assert_allclose(read.value, plain.value, rtol=1e-12)
    assert read.check.verdict == "agree"
    for name, gradient in plain.gradients.items():
        np.testing.assert_allclose(read.gradients[name], gradient, rtol=1e-10, atol=1e-12)


def test_how_a_power_of_a_matrix_is_read_is_told():
    notes = [note.message for note in backprop_cli.evaluate("x' A^-1 x", A=S, x=V).notes]
    assert "read `A^-1` as the inverse, `inv(A)`; element by element it is `A**-1`" in notes
    notes = [note.message for note in backprop_cli.evaluate("x' (A+A)^-2 x", A=S, x=V).notes]
    assert "read `(A+A)^-2` as a power of the matrix; element by element it is `(A+A)**-2`" in notes
    assert backprop_cli.evaluate("sum(A**-1)", A=S).value == pytest.approx(0.5 + 1 + 2 + 1 / 3)
    told = [note.message for note in backprop_cli.evaluate("x' A^n x", A=S, x=V, n=2).notes]
    assert "`A^n` is elementwise; there are whole powers of matrices only" in told


def followed(text, refusal):
    """What a person types who does what the help says: takes the text out of it, and puts it where it belongs."""
    advised = re.findall("`([^`]+)`", refusal.help)
    place = refusal.labels[0] if refusal.labels else None
    if refusal.help.startswith("remove it"):
        yield text[: place.start] + text[place.end :]
    elif refusal.help.startswith("add the missing"):
        yield text + advised[0]
    elif advised:
        yield advised[0]
        yield from [text[: place.start] + advised[0] + text[place.end :]] if place else []
        wrong = re.findall("`([^`]+)`", refusal.message)
        yield from [text.replace(wrong[0], advised[0], 1)] if wrong else []


def is_meant(read, expected):
    return not hasattr(read, "code") and np.shape(read) == np.shape(expected) and np.allclose(read, expected)


@pytest.mark.parametrize(("text", "meant"), MISTYPED, ids=[row[0] for row in MISTYPED])
def test_the_help_at_a_mistake_works_when_it_is_followed(text, meant):
    """A second mistake that the first one hid has its own help: three times at most."""
    expected, texts = read_or_refused(meant, VALUES), [text]
    assert not hasattr(expected, "code")
    for _ in range(3):
        refusals = [(typed, read_or_refused(typed, VALUES)) for typed in texts]
        texts = [new for typed, read in refusals if hasattr(read, "code") for new in followed(typed, read)]
        if any(is_meant(read_or_refused(typed, VALUES), expected) for typed in texts):
            return
    pytest.fail(f"{read_or_refused(text, VALUES)}")


def test_there_are_a_hundred_mistakes():
    assert len(MISTYPED) >= 120


def test_a_loop_without_a_body():
    assert refused("for i in range(2):").code == "S106"


# Operands that fit nothing: none at all, too many, keywords without values, words in the place of numbers.
ODD = [
    "", "x", "X, X, X, X, X", "X, axis=", "X, dim=(0,", "*X", "'ij,jk->ik'", "'ij,jk->ik', X", "None", "X, None",
    "None, X", "(X, X), axis=1", "X, 0, 1, 2", "X, ord='fro'", "lambda t: t", "X, y, reduction='none'",
    "[x, [X]]", "X,, X",
]  # fmt: skip
KNOWN = sorted(
    {*spellings.FUNCTIONS, *spellings.METHODS, *spellings.OURS, *spellings.CALLED, *GATES, *TENSORS, "einsum", "norm"}
)


@pytest.mark.parametrize("before", ["", "np.", "np.linalg.", "torch.", "F.", "X."])
def test_whatever_a_function_is_given_there_is_an_answer_or_an_error_of_ours(before):
    draw, errors = Random(before), 0
    for _ in range(600):
        text = f"{before}{draw.choice(KNOWN)}({draw.choice(ODD)})"
        values = {"x": 1.5, "y": 1.0, "X": [[1.0, 2.0], [3.0, 4.0]]}
        try:
            backprop_cli.evaluate(text, {name: value for name, value in values.items() if name in text})
        except backprop_cli.BackpropError as error:
            errors += bool(str(error))
    assert 300 < errors < 600


@pytest.mark.parametrize("text", ["np.linalg.norm()", "torch.norm()", "np.einsum()"])
def test_a_function_without_operands_is_refused(text):
    with pytest.raises(backprop_cli.BackpropError):
        backprop_cli.evaluate(text)


def test_no_function_of_another_tool_has_two_formulas():
    heads = (
        line.partition(":")[0].split()
        for line in functions_of_others.ALL_LINES.splitlines()
        if line[:1] not in ("", "#")
    )
    names = [name for head in heads for name in head]
    assert len(names) == len({*names}) and not {*names} & {*GATES, *ALIASES, *TENSORS, *TENSOR_ALIASES}


VECTORS = {"x": [3.0, 4.0], "y": [1.0, -1.0]}


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        (r"\sum_i \ln(1+e^{-y_i x_i})", VECTORS, math.log1p(math.exp(-3)) + math.log1p(math.exp(4))),
        (r"\sum_i (y_i x_i)^2", VECTORS, 25),
        (r"\sum_i \max(0, 1 - y_i x_i)", VECTORS, 5),
        (r"\sum_i e^{a_i x_i}", {"x": [1.0, 2.0], "a": [1.0, 1.0]}, math.e + math.e**2),
        (r"\prod_i (1 + w_i r_i)", {"w": [1.0, 2.0], "r": [0.1, 0.2]}, 1.54),
        ("∑ log(1+exp(-y_i x_i))", VECTORS, math.log1p(math.exp(-3)) + math.log1p(math.exp(4))),
        ("sum_i log(1+exp(-y_i x_i))", VECTORS, math.log1p(math.exp(-3)) + math.log1p(math.exp(4))),
        ("∑ᵢ xᵢ yᵢ", VECTORS, -1),
        ("∑_i x_i y_i", VECTORS, -1),
        ("∑_{i=1}^{2} x_i y_i", VECTORS, -1),
        ("∑ᵢ (yᵢ log pᵢ + (1-yᵢ) log(1-pᵢ))", {"y": [1.0, 0.0], "p": [0.3, 0.4]}, math.log(0.3) + math.log(0.6)),
        (r"\sum_{i=1}^{n} (y_i - a - b x_i)^2", {**VECTORS, "a": 1.0, "b": 2.0, "n": 2.0}, 136),
        (r"\frac{1}{n}\sum_{i=1}^{n} (y_i - \hat{y}_i)^2", {"y": [1.0, 2.0], "y_hat": [1.0, 4.0], "n": 2.0}, 2),
        (r"\sum_{i=0}^{n-1} x_i", {"x": [3.0, 4.0], "n": 2.0}, 7),
        (r"\sum_i x_i \sum_j y_j", {"x": [1.0, 2.0], "y": [3.0, 4.0]}, 21),
        (r"\sum_i (z_i - \log\sum_j e^{z_j})", {"z": [0.0, 0.0]}, -2 * math.log(2)),
        (r"\sum_i x^{(i)} y^{(i)}", VECTORS, -1),
        (r"\sum_{i,j} A_{ij}^2", {"A": [[1.0, 2.0], [3.0, 4.0]]}, 30),
        (r"\sum_i |x_i y_i|", VECTORS, 7),
        (r"\sum_{i=1}^{2} (y_i - w^T x_i)^2", {"x": [[1.0, 2.0], [3.0, 4.0]], "y": [3.0, 4.0], "w": [1.0, 2.0]}, 53),
        (r"\sum_i (\mathbf{x}_i^\top \mathbf{w})^2", {"x": [[1.0, 2.0], [3.0, 4.0]], "w": [1.0, 2.0]}, 146),
        (r"\sum_i 2 w^{\top} x_{i} y_i", {"x": [[1.0, 2.0], [3.0, 4.0]], "y": [3.0, 4.0], "w": [1.0, 2.0]}, 118),
        ("sum(|x|)", VECTORS | {"x": [3.0, -4.0]}, 7),
    ],
)
def test_a_sum_over_an_index_adds_up_products_of_elements(text, values, value):
    used = {name: number for name, number in values.items() if name in text.replace(r"\hat{y}", "y_hat")}
    assert backprop_cli.evaluate(text, used).value == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        (r"\sum_{k=0}^{3} x^k", {"x": 2.0}, "the index `k` is a number here"),
        (r"\sum_{t=1}^{3} \frac{C_t}{(1+y)^t}", {"C": [5.0, 5.0, 105.0], "y": 0.04}, "the index `t` is a number here"),
        (r"\sum_{n=0}^{3} a_n x^n", {"a": [1.0, 2.0, 3.0, 4.0], "x": 0.5}, "the index `n` is a number here"),
        (r"\sum_{i=1}^n \frac{x_i}{2^i}", VECTORS, "the index `i` is a number here"),
        (r"\sum_i i x_i", VECTORS, "the index `i` is a number here"),
        ("sum_i x_i^i", VECTORS, "the index `i` is a number here"),
        (r"\sum_{i=1}^{2} x_i", {"x": [1.0, 2.0, 4.0]}, "2 terms, and the vectors have 3 elements"),
        (r"\sum_{i=1}^{n} x_i", {"x": [1.0, 2.0, 4.0], "n": 2.0}, "2 terms, and the vectors have 3 elements"),
        (r"\sum_{i=2}^{n} x_i", VECTORS, "begins with element 2"),
        (r"\sum_{i=1}^{\infty} x_i", VECTORS, "no end"),
        (r"\sum_{i=1}^{2n} x_i", VECTORS, "`2n` above a sum"),
        (r"\sum_{i=1}^{" + "9" * 5000 + "} x_i", VECTORS, "above a sum is not read"),
        (r"\sum_i^{3} x_i", VECTORS, "3 terms"),
        (r"\sum_{i,j=1}^{2} A_{ij}", {"A": [[1.0, 2.0, 3.0]] * 3}, "2 terms"),
        (r"\sum_{i \in S} x_i", VECTORS, "below a sum is not read"),
        (r"\sum_{i<j} x_i", VECTORS, "below a sum is not read"),
        (r"\sum_{i} A_{ii}", {"A": [[1.0, 2.0], [3.0, 4.0]]}, "trace(A)"),
        (r"\sum_{i,j} A_{ij} B_{ji}", {"A": [[1.0]], "B": [[1.0]]}, "`ij` and `ji`"),
        (r"\sum_i \sum_j x_i A_{ij} x_j", {"A": [[1.0]], "x": [1.0]}, "elements of the outer one"),
        (r"\sum_i (y_i - w^T x_i)^2", {"y": [3.0], "w": [1.0], "x": [1.0]}, "X @ w"),
        (r"\sum_i x_i^T A x_i", {"A": [[1.0]], "x": [[1.0]]}, "X @ w"),
        (r"\sum_{i=1}^{2} w^T x_i", {"w": [1.0], "x": [[1.0]]}, "2 terms"),
        (r"\sum_i \|x_i\|^2", {"x": [[1.0]]}, "a norm in a sum"),
        (r"\sum_i x_{i+1} x_i", VECTORS, "`i` and `i+1`"),
        (r"\sum_i a x_i", {"a": [1.0, 2.0], "x": [3.0, 4.0]}, "`a` is an array without an index"),
        (r"\sum_i x_i", {"x": [[1.0, 2.0]]}, "`x` is a matrix"),
        ("∑ x_i y_j", VECTORS, "`i` and `j`"),
        (r"\log|\Sigma|", {"Sigma": [[2.0, 0.5], [0.5, 3.0]]}, "det(Sigma)"),
        ("x·y/(|x||y|)", VECTORS, "norm(x)"),
        (r"\vec{a}\times\vec{b}", {"a": [1.0, 2.0, 3.0], "b": [3.0, 4.0, 5.0]}, "cross product"),
    ],
)
def test_a_sum_that_is_none_over_vectors_is_refused(text, values, said):
    with pytest.raises(BackpropError) as refused:
        backprop_cli.evaluate(text, {name: value for name, value in values.items() if name in text})
    assert any(said in f"{d.message} {d.help}" and d.code == "S112" for d in refused.value.diagnostics)


def test_a_cross_of_vectors_is_noted():
    report = backprop_cli.evaluate("a × b", a=[1, 2, 3], b=[3, 4, 5])
    assert list(report.value) == [3, 8, 15] and "cross product" in report.notes[0].message


ODD = (r"\frac{1}{4\pi\epsilon_0}", "{x}", "{0}{1}", r"\g<1>\1", "}{", "%s", "$x")


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_advice_takes_operands_as_they_are_written(name):
    bare, count = name.partition("/")[0], int(name.partition("/")[2] or max(3, _count(name)))
    plain = advice(bare, ["xyzuv"[k] for k in range(count)])
    for odd in ODD:
        told = advice(bare, [odd] * count)
        places = len(re.findall(r"(?<![a-zA-Z])[xyzuv](?![a-zA-Z])", plain)) if plain.startswith("write") else 0
        assert told.count(odd) >= places, (odd, told)


# A name that has no value, and not a gate that is not known.
NAMES_WITHOUT_VALUES = [
    (r"T\frac{1}{2}", "T"), (r"F\frac{1}{2}", "F"), (r"m\frac{1}{r}", "m"), ("F√2", "F"),
    (r"T\frac{1}{4\pi\epsilon}\frac{r}{r^2}", "T"), ("(1+r)^T", "T"), (r"\left(1+r\right)^{T}", "T"), ("r^{-T}", "T"),
    (r"P\frac{r}{2}^{-T}", "P"), ("sum((1+r)^T)", "T"), ("3 r ^ T", "T"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES_WITHOUT_VALUES, ids=[row[0] for row in NAMES_WITHOUT_VALUES])
def test_a_name_without_a_value_is_said_to_be_one(text, name):
    with pytest.raises(BackpropError) as found:
        backprop_cli.evaluate(text, r=0.1)
    first = found.value.diagnostics[0]
    assert (first.code, first.message) == ("N202", f"`{name}` has no value")
    label = first.labels[0]
    assert text[label.start : label.end] == name


def test_to_the_power_of_t():
    assert backprop_cli.evaluate("(1+r)^T", r=0.5, T=2).value == 2.25
    assert backprop_cli.evaluate("(1+r)^T", r=[0.5, 1]).value.tolist() == [1.5, 2]
    assert backprop_cli.diff("(1+r)^(T)").formulas["df/dr"] == "T*(r + 1)^(T - 1)"
    for verb in (backprop_cli.diff, backprop_cli.structure, backprop_cli.check):
        with pytest.raises(BackpropError, match="`T` has no value"):
            verb("P*(1+r)^T")


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("exp(-x²/2σ²)", {"x": 1.0, "sigma": 2.0}, "`(-x²/2)*σ²`"),
        (r"e^{-x^2/2\sigma^2}", {"x": 1.0, "sigma": 2.0}, "`(-x^2/2)*sigma^2`"),
        (r"\frac12 x y", {"x": 1.0, "y": 2.0}, ""),
        ("x/2·y²", {"x": 1.0, "y": 2.0}, ""),
    ],
)
def test_a_product_behind_a_division_is_told_in_other_notations_too(text, values, told):
    notes = [note.message for note in backprop_cli.evaluate(text, values).notes if note.message.startswith("read `")]
    assert len(notes) == bool(told) and all(told in note for note in notes)


AS_ELSEWHERE = [
    # roots behind Greek letters
    ("2π√(x/y)", "2*pi*sqrt(x/y)"), ("1/(σ√(2π))", "1/(sigma*sqrt(2*pi))"), ("3√(x)", "3*sqrt(x)"),
    ("√(x)√(x)", "x"), ("2π∛(x)", "2*pi*cbrt(x)"), ("³√(x)", "cbrt(x)"),
    # spreadsheets
    ("=x*y", "x*y"), ("=-PI()*x", "-pi*x"), ("= SQRT(x)*PI()", "sqrt(x)*pi"), ("IF(x>y, x, y)", "max(x, y)"),
    ("IF(x=1.3, 5, 6)", "5"), ("IF(x<>1.3, 5, 6)", "6"), ("AVERAGE(x, y, 3)", "(x + y + 3)/3"),
    ("AVERAGE([x, y])", "(x + y)/2"), ("NORMSDIST(x)", "normcdf(x)"), ("NORM.S.DIST(x, TRUE)", "normcdf(x)"),
    ("NORM.S.DIST(x, FALSE)", "normpdf(x)"), ("NORM.DIST(x+1, y-1, 2*sigma, TRUE)", "normcdf((x + 2 - y)/(2*sigma))"),
    ("NORM.DIST(x, y, sigma, 1)", "normcdf((x - y)/sigma)"), ("=2*x^2 - y^2", "2*x^2 - y^2"),
    # Mathematica
    ("Exp[-x]*E^2*Pi", "exp(-x)*e^2*pi"), ("Total[[x, y]]", "x + y"), ("Total[[x, y; y, y]][0]", "x + y"),
    # derivatives
    (r"\frac{d}{dx}(x^3)", "3*x^2"), (r"\frac{d}{dx}\left(x^2+y\right)", "2*x"),
    (r"\frac{d}{d\sigma}(\sigma^2)", "2*sigma"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ours"), AS_ELSEWHERE, ids=[row[0] for row in AS_ELSEWHERE])
def test_what_people_bring_along(text, ours):
    values = {"x": 1.3, "y": 0.7, "sigma": 2.0}
    found = backprop_cli.evaluate(text, defaults=values).value
    assert np.allclose(found, backprop_cli.evaluate(ours, defaults=values).value, rtol=1e-14)


HELPS = [
    ("dnorm(x, log=1)", "without `log` write `normpdf(x)`"),
    (r"1{,}000 \cdot x", "write `1000` or `1.000`"),
    ("3{,}14 x", "write `3.14`"),
    (r"\sin x \, y", r"write `\sin(x) y` or `\sin(x y)`"),
    ("=-x^2", "write `(-x)^…` or `-(x^…)`"), ("=x^y^2", "put brackets around one of them"),
    ("NORM.DIST(x, y, sigma, FALSE)", "write `normpdf((x - m)/s)/s`"),
    ("PI*x", "the constant is `pi`; capitals matter"),
    (r"\dot{x}", "a derivative by time is not part of the language: give it a name, such as `x_dot`"),
    (r"\hbar*x", "write a name, `hbar`"), ("E^(-x)", "write `e` if that is meant; otherwise give it a value: `E=…`"),
    ("scipy.stats.norm.logpdf(x, loc=y, scale=sigma)", "write `-((x - y)/sigma)^2/2 - log(sigma*sqrt(2*pi))`"),
    ("scipy.stats.norm.logpdf(x, scale=sigma)", "write `-((x - 0)/sigma)^2/2 - log(sigma*sqrt(2*pi))`"),
    ("scipy.stats.norm.pdf(x, loc=y, scale=sigma)", "write `normpdf((x - y)/sigma)/sigma`"),
    ("scipy.stats.norm.cdf(x, loc=y)", "write `normcdf((x - y)/1)`"),
    ("!x", "of a condition write the opposite: `x <= 0` for `!(x > 0)`"),
    ("x ∈ [0, 1]", "a domain is no part of a formula: leave it out; `backprop check --range 0:1` looks there"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "help_"), HELPS, ids=[row[0] for row in HELPS])
def test_help_is_about_what_is_meant(text, help_):
    with pytest.raises(BackpropError) as found:
        backprop_cli.evaluate(text, defaults={"x": 1.3, "y": 0.7, "sigma": 2.0})
    assert found.value.diagnostics[0].help == help_


@pytest.mark.parametrize(
    ("program", "claim", "verdict"),
    [
        ("log(sin(x))", "cot(x)", "agrees"), ("-1/tan(x)", "csc(x)^2", "agrees"), ("-1/tan(x)", r"\csc^2 x", "agrees"),
        ("tanh(x)", "sech²(x)", "agrees"), ("tan(x)", "sec(x)**2", "agrees"), ("tan(x)", "sec(x)", "differs"),
        ("1/sinh(x)", "-csch(x)*coth(x)", "agrees"), ("gate cot(t) = 2*t; cot(x)", "cot(x)/x", "agrees"),
    ],
)  # fmt: skip
def test_claims_have_the_functions_that_books_write_slopes_with(program, claim, verdict):
    assert backprop_cli.check(program, claims=f"df/dx = {claim}").verdict == verdict


# Cases, and the values at -2, -1/2, 0, 1/2 and 3; None where no case holds.
CASES = [
    (r"\begin{cases} 1 - x & x < 1 \\ 0 & x \ge 1 \end{cases}", (3, 1.5, 1, 0.5, 0)),
    (r"\begin{cases} 1 - x & x < 1 \ 0 & x \ge 1 \end{cases}", (3, 1.5, 1, 0.5, 0)),  # what a shell leaves of it
    ("\\begin{cases} 1 - x & x < 1 \\\n0 & x \\ge 1 \\end{cases}", (3, 1.5, 1, 0.5, 0)),
    (r"\begin{cases} 1 - x & x < 1 \0 & x \ge 1 \end{cases}", (3, 1.5, 1, 0.5, 0)),
    (r"\begin{cases} x^2 & x > 0 \\ x & x < -1 \end{cases}", (-2, None, None, 0.25, 9)),
    (r"\begin{cases} -1 & x<-1 \\ x & -1 \le x \le 1 \\ 1 & x>1\end{cases}", (-1, -0.5, 0, 0.5, 1)),
    (r"\begin{cases} x & \text{if } 0 < x,\\ 7 & x = 0, \\ -x & \text{if } x < 0. \end{cases}", (2, 0.5, 7, 0.5, 3)),
    (r"\begin{cases} x & x \ge 0 \end{cases}", (None, None, 0, 0.5, 3)),
    (r"\begin{cases} 1 & x \ne 0 \\ 0 & x = 0 \end{cases}", (1, 1, 0, 1, 1)),
    (r"\begin{cases} 2 & 1 < x \\ 3 & x < 1 \end{cases}", (3, 3, 3, 3, 2)),
    (
        r"\begin{cases} \begin{cases} 1 & x > 2 \\ 2 & x \le 2 \end{cases} & x > 0 \\ 3 & \text{else} \end{cases}",
        (3, 3, 3, 2, 1),
    ),
]


@pytest.mark.parametrize(("text", "values"), CASES)
def test_each_case_holds_where_it_says(text, values):
    for x, value in zip((-2, -0.5, 0, 0.5, 3), values, strict=True):
        ran = backprop("eval", text, f"x={x}", "-q")
        assert (
            (ran.out, ran.status) == (f"{value:g}\n", 0) if value is not None else (ran.out, ran.status) == ("nan\n", 4)
        )


def test_the_last_case_is_dropped_only_where_the_others_hold_elsewhere():
    ran = backprop("eval", r"\begin{cases} 2 & 1 < x \\ 3 & x < 1 \end{cases}", "x=1", "-q")
    assert (ran.out, ran.status) == ("nan\n", 4)
    ran = backprop("eval", r"\begin{cases} 2 & x > 1 \\ 3 & x \in [0, 1] \end{cases}", "x=1", "-q")
    assert ran.status == 2 and "S112" in ran.err


@pytest.mark.parametrize(
    "text", [r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \ 3 & 4 \end{pmatrix}"]
)
def test_rows_of_matrices_end_with_one_backslash_too(text):
    assert backprop("eval", text, "-q").out == "[[1,2],[3,4]]\n"


PERCENT = [
    ("=5%+A1", 8.05), ("=10%*A1", 0.8), ("=A1*(1+5%)^2", 8.82), ("=A1%", 0.08), ("=(A1+2)%-1", -0.9),
    ("5%+A1", None), ("5%-3+A1", None), ("5% + A1", None),  # where nobody knows
    ("7 % 4 + A1", 11), ("7%4 + A1", 11), ("A1 % 3", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PERCENT)
def test_a_percentage_is_one_in_spreadsheets(text, value):
    ran = backprop("eval", text, "A1=8", "-q")
    if value is None:
        assert ran.status == 2 and "percentage" in ran.err
    else:
        assert float(ran.out) == pytest.approx(value, rel=1e-15)


def test_probabilities_where_logarithms_are_meant_have_a_note():
    ran = backprop("eval", "kl_div(p, q)", "p=[0.2,0.8]", "q=[0.5,0.5]", "-q")
    assert ran.status == 0 and "logarithms of probabilities" in ran.err
    assert backprop("eval", "kl_div(log(p), q)", "p=[0.2,0.8]", "q=[0.5,0.5]", "-q").err == ""


def test_greek_names_in_files_are_those_of_formulas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text('{"θ": 2, "y": 3}', encoding="utf-8")
    (tmp_path / "a.csv").write_text("θ,y\n2,3\n", encoding="utf-8")
    for words in (["--vars", "a.json"], ["--vars", "a.csv"], ["--each", "a.csv"]):
        for text in ("θ*y", "theta*y"):
            assert backprop("eval", text, *words, "-q").out.strip("[]\n") == "6"


# As it is typed, and the formula that the help says to write; a formula with the values below is a number.
WRITTEN = [
    ("KL(p||q)", "sum(xlogy(p, p/q))"),
    ("D_KL(p ∥ q)", "sum(xlogy(p, p/q))"),
    (r"D_{\mathrm{KL}}(p \,\|\, q)", "sum(xlogy(p, p/q))"),
    (r"D_{KL}(p \parallel q)", "sum(xlogy(p, p/q))"),
    ("N(x|0,1)", "normpdf(x)"),
    ("N(x; y, sigma^2)", "normpdf((x - y)/sigma)/sigma"),
    (r"\mathcal{N}(x \mid \mu, \sigma^2)", "normpdf((x - mu)/sigma)/sigma"),
    ("N(x|y,4)", "normpdf((x - y)/sqrt(4))/sqrt(4)"),
    ("stats.expon.pdf(x)", "exp(-x)"),
    ("scipy.stats.expon.logpdf(x, scale=2)", "-(x/2) - log(2)"),
    ("expon.cdf(x, 0, 2)", "-expm1(-(x/2))"),
    ("stats.norm(1, 2).pdf(x)", "normpdf((x - 1)/2)/2"),
    ("stats.gamma.logpdf(x, 2.5)", "(2.5 - 1)*log(x) - x - lgamma(2.5)"),
    ("stats.poisson.pmf(3, x)", "exp(xlogy(3, x) - x - lgamma(3 + 1))"),
    ("torch.distributions.Normal(y, sigma).log_prob(x)", "-((x - y)/sigma)^2/2 - log(2*pi)/2 - log(sigma)"),
    ("Exponential(2.0).log_prob(x)", "-(2.0*x) + log(2.0)"),
    ("norm(p, p=3)", "sum(abs(p)^3)^(1/3)"),
    ("np.linalg.norm(p - q, ord=3)", "sum(abs(p - q)^3)^(1/3)"),
    ("torch.norm(p, p=3, dim=0)", "sum(abs(p)^3, axis=0)^(1/3)"),
    ("p.norm(3)", "sum(abs(p)^3)^(1/3)"),
    ("norm(p, 3)", "sum(abs(p)^3)^(1/3)"),
    ("np.linalg.norm(p, 0)", "sum(1*(p != 0))"),
    ("clip(0, 1, x)", "clip(x, 0, 1)"),
    ("np.clip(-1, 1, x + y)", "clip(x + y, -1, 1)"),
    ("c(p, q)", "concat(p, q)"),
    ("sum(p.^2) + p[1]", "p[0]"),
    ("v <- c(0.7, 0.2); p[2]*x", "p[1]"),
    ("c(x, y)[1]", "c(x, y)[0]"),
    ("sum(p %*% q) + p[1:2]", "p[0:2]"),
    ("polygamma(1, x)", "trigamma(x)"),
    ("psi(2, x)", "tetragamma(x)"),
]
_AT = {"x": 0.7, "y": 0.3, "sigma": 2.0, "mu": 0.1, "p": [0.25, 0.75], "q": [0.5, 0.5]}


@pytest.mark.parametrize(("text", "way"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_what_is_refused_says_the_formula_to_write(text, way):
    with pytest.raises(BackpropError) as caught:
        backprop_cli.evaluate(text, defaults=_AT)
    diagnostic = caught.value.diagnostics[0]
    assert f"write `{way}`" in diagnostic.help and diagnostic.labels
    assert np.isfinite(backprop_cli.evaluate(way, defaults=_AT).value).all()


# Call, where the density is not 0, and its mean: integrals by the trapezoidal rule over so many steps.
DENSITIES = [
    ("stats.norm(1, 2).pdf(x)", (-30, 30), 1),
    ("stats.expon.pdf(x, scale=2)", (0, 80), 2),
    ("stats.laplace.pdf(x, 1, 0.5)", (-30, 30), 1),
    ("stats.logistic.pdf(x, loc=-1)", (-60, 60), -1),
    ("stats.gumbel_r.pdf(x)", (-10, 60), 0.5772156649015329),
    ("stats.rayleigh.pdf(x)", (0, 40), 1.2533141373155),
    ("stats.halfnorm.pdf(x)", (0, 40), 0.7978845608028654),
    ("stats.gamma.pdf(x, 3, scale=2)", (0, 200), 6),
    ("stats.invgamma.pdf(x, 8)", (0, 60), 1 / 7),
    ("stats.beta.pdf(x, 3, 2)", (0, 1), 0.6),
    ("stats.t.pdf(x, 9)", (-400, 400), 0),
    ("stats.chi2.pdf(x, 5)", (0, 200), 5),
    ("stats.lognorm.pdf(x, 0.5, scale=2)", (0, 200), 2 * math.exp(0.125)),
    ("stats.weibull_min.pdf(x, 2)", (0, 40), 0.886226925452758),
    ("stats.pareto.pdf(x, 9)", (1, 60), 9 / 8),
]


@pytest.mark.parametrize(("text", "limits", "mean"), DENSITIES, ids=[row[0] for row in DENSITIES])
def test_a_density_that_is_written_has_the_area_1_and_its_mean(text, limits, mean):
    x = np.linspace(*limits, 400_001)[1:-1]
    with pytest.raises(BackpropError) as caught:
        backprop_cli.evaluate(text, x=0.5)
    way = caught.value.diagnostics[0].help.partition("write `")[2].removesuffix("`")
    density = backprop_cli.evaluate(way, x=x).value
    step = x[1] - x[0]
    assert np.sum(density) * step == pytest.approx(1, abs=1e-3)
    assert np.sum(x * density) * step == pytest.approx(mean, abs=1e-3 * max(1, abs(mean)))


@pytest.mark.parametrize(
    ("text", "counts", "mean"),
    [
        ("stats.poisson.pmf(x, 3.5)", range(80), 3.5),
        ("stats.geom.pmf(x, 0.25)", range(1, 200), 4),
        ("stats.binom.pmf(x, 9, 0.3)", range(10), 2.7),
        ("stats.bernoulli.pmf(x, 0.3)", range(2), 0.3),
    ],
)
def test_a_probability_that_is_written_adds_up_to_1(text, counts, mean):
    with pytest.raises(BackpropError) as caught:
        backprop_cli.evaluate(text, x=1)
    way = caught.value.diagnostics[0].help.partition("write `")[2].removesuffix("`")
    chances = backprop_cli.evaluate(way, x=np.array(counts, dtype=float)).value
    assert np.sum(chances) == pytest.approx(1) and np.sum(chances * np.array(counts)) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        ("c(x + 1)", {"c": 2.0, "x": 1.0}, 4),  # a speed times a bracket
        ("c = 3; c(x + 1)", {"x": 2.0}, 9),
        ("c(x) = x^2; c(3)", {}, 9),
        ("gate c(a, b) = a*b; c(2, 3)", {}, 6),
        ("clip(0, x, 1)", {"x": 5.0}, 1),
        ("sum(x.^2) + x[0]", {"x": [5.0, 6.0]}, 66),
        ("sum(x.^2) + x[-1]", {"x": [5.0, 6.0]}, 67),
        ("c(1, 2)[0]", {}, 1),
        ("clip(2, 0, 1)", {}, 1),
        ("clip(lo, hi, x)", {"lo": 0.0, "hi": 1.0, "x": 5.0}, 1),
    ],
)
def test_what_only_looks_like_a_call_of_another_tool(text, values, value):
    assert backprop_cli.evaluate(text, values).value == value


def test_one_operand_of_an_unknown_c_may_be_a_product():
    with pytest.raises(BackpropError, match="N201"):
        backprop_cli.evaluate("c(x + 1)", x=1)
