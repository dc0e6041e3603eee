"""The tensor gates of matrices' factors and functions: rows as in `tensors`.

`numeric.factors` has the sources.
"""

from __future__ import annotations

from backprop_cli.gates.gate import Gate

_ASYMMETRIC = (
    "reading",
    "asymmetry(a) > 1e-8",
    "`{name}` is that of the symmetric part of `{0}`, which is not symmetric",
)
_NEARLY = ("precision", "cond(a) > 1e10", "`{name}`: the matrix `{0}` is nearly singular; few digits are sure")


def rows() -> tuple[Gate, ...]:
    """The rows of the table."""
    return (
        Gate("logabsdet(a)", "logarithm of the determinant's size; the second result of `slogdet`", "logabsdet(a)", "G*swap(inv(a))",
               shape="square_matrix(a) and ()", means="log(abs(det(a)))", words=("{G} * inv({a})'",),
               structures=("row: the inverse, transposed",),
               notes=[("pole", "out == -inf", "`logabsdet` has a pole at the singular matrix `{0}`"), _NEARLY]),
        Gate("eigvalsh(a)", "eigenvalues of a symmetric matrix, from the smallest on", "eigvalsh(a)", "eigvalsh_back(G, a, out)",
               shape="(square_matrix(a),)", push="eigvalsh_push(d, a, out)",
               words=("V @ diag({G}) @ V', V the eigenvectors",), structures=("rows: vᵀ⊗vᵀ of each eigenvector",),
               notes=[_ASYMMETRIC,
                      ("kink", "tied(out)", "`eigvalsh`: eigenvalues of `{0}` are tied; they share the slope, any split is valid")]),
        Gate("svdvals(a)", "singular values, from the largest on", "svdvals(a)", "svdvals_back(G, a, out)",
               shape="narrower(a)", push="svdvals_push(d, a, out)",
               words=("U @ diag({G}) @ V', the singular vectors",), structures=("rows: uᵀ⊗vᵀ of each pair of vectors",),
               notes=[("kink", "tied(out) & ~vanishing(out)",
                       "`svdvals`: singular values of `{0}` are tied; they share the slope, any split is valid"),
                      ("kink", "vanishing(out)", "`svdvals` has a kink where a singular value of `{0}` is 0: slope 0 is used")]),
        Gate("cholesky(a)", "lower triangle L with L @ L' = a, of a symmetric positive definite matrix", "cholesky(a)",
               "cholesky_back(G, out)", shape="(square_matrix(a),)*2", push="cholesky_push(d, out)",
               words=("inv({out})' @ lower({out}' @ {G}) @ inv({out}), diagonal halved, symmetric part",),
               structures=("triangular: L(Φ(L⁻¹·dA·L⁻ᵀ))",),
               notes=[("undefined", "isnan(out).any()", "`cholesky`: the matrix `{0}` is not positive definite"), _ASYMMETRIC, _NEARLY]),
        Gate("solve_triangular(a, b, lower=False)", "the x of triu(a) @ x = b, or of tril(a) @ x = b if `lower`",
               "solve_triangular(a, b, lower)", "-triangle(matmul_left(solve(swap(triangle(a, lower)), G), a, out), lower)",
               "solve(swap(triangle(a, lower)), G)", shape="solved(a, b)",
               push="-solve_triangular(a, matmul(triangle(d, lower), out), lower); solve_triangular(a, d, lower)",
               words={"": ("-solve(triangle of {a}', {G}) @ {out}', of it the triangle", "solve(triangle of {a}', {G})"),
                      "21": ("-outer(solve(triangle of {a}', {G}), {out}), of it the triangle", "solve(triangle of {a}', {G})")},
               structures=("Kronecker: -inv(t) ⊗ {out}ᵀ", "dense: inv(t)"),
               notes=[("undefined", "isnan(out).all()", "`solve_triangular`: the diagonal of `{0}` has a 0")]),
        Gate("pinv(a)", "pseudoinverse (Moore-Penrose)", "pinv(a)", "pinv_back(G, a, out)", shape="matrix(a)[::-1]",
               push="pinv_push(d, a, out)", words=("-{out}' @ {G} @ {out}', and what the null spaces of {a} add",),
               structures=("sum of Kronecker products",),
               notes=[("jump", "deficient(a)", "`pinv` jumps where the rank of `{0}` changes, as it does here: the slope is that of this rank"),
                      _NEARLY]),
        Gate("expm(a)", "matrix exponential: the sum of a^k/k!", "expm(a)", "expm_push(G, swap(a))", shape="(square_matrix(a),)*2",
               push="expm_push(d, a)", words=("the derivative of expm at {a}', along {G}",),
               structures=("integral of Kronecker products: ∫ expm(t·aᵀ) ⊗ expm((1 - t)·a)",), aliases="matrix_exp"),
    )  # fmt: skip
