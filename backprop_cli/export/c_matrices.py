"""Functions of matrices in C99, which a file brings along where it calls them: elimination with partial pivoting.

Matrices are passed as pointers to their first elements, row after row.
"""

from __future__ import annotations

from math import prod

from backprop_cli.lean import Callable, Mapping, Sequence
from backprop_cli.numeric.shapes import Shape

_ELIMINATE = """/* Gauss: makes a upper triangular, by rows with the largest pivots, and does the same to
   the m columns of b; returns the sign of the order of the rows. */
static double eliminate(int n, double *a, int m, double *b)
{
    double sign = 1.0;
    for (int k = 0; k < n; k++) {
        int pivot = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(a[i*n + k]) > fabs(a[pivot*n + k]))
                pivot = i;
        if (a[pivot*n + k] == 0.0)
            continue;
        if (pivot != k) {
            sign = -sign;
            for (int j = 0; j < n; j++) {
                const double kept = a[k*n + j];
                a[k*n + j] = a[pivot*n + j];
                a[pivot*n + j] = kept;
            }
            for (int j = 0; j < m; j++) {
                const double kept = b[k*m + j];
                b[k*m + j] = b[pivot*m + j];
                b[pivot*m + j] = kept;
            }
        }
        for (int i = k + 1; i < n; i++) {
            const double factor = a[i*n + k]/a[k*n + k];
            a[i*n + k] = 0.0;
            for (int j = k + 1; j < n; j++)
                a[i*n + j] -= factor*a[k*n + j];
            for (int j = 0; j < m; j++)
                b[i*m + j] -= factor*b[k*m + j];
        }
    }
    return sign;
}"""
_DET = """/* The determinant. */
static double det(int n, const double *a)
{
    double rows[n*n];
    memcpy(rows, a, sizeof rows);
    double product = eliminate(n, rows, 0, NULL);
    for (int k = 0; k < n; k++)
        product *= rows[k*n + k];
    return product;
}"""
_LOG_DET = """/* The logarithm of the determinant, and its sign. */
static double log_det(int n, const double *a, double *sign)
{
    double rows[n*n], sum = 0.0;
    memcpy(rows, a, sizeof rows);
    *sign = eliminate(n, rows, 0, NULL);
    for (int k = 0; k < n; k++) {
        *sign *= rows[k*n + k] < 0.0 ? -1.0 : 1.0;
        sum += log(fabs(rows[k*n + k]));
    }
    return sum;
}"""
_LOGDET = """/* NaN where the determinant is below 0. */
static double logdet(int n, const double *a)
{
    double sign;
    const double log_size = log_det(n, a, &sign);
    return sign < 0.0 && isfinite(log_size) ? NAN : log_size;
}"""
_LOGABSDET = """static double logabsdet(int n, const double *a)
{
    double sign;
    return log_det(n, a, &sign);
}"""
_SOLVE = """/* The x of a x = b, where b and x have m columns; NaN if a is singular. */
static void solve(int n, const double *a, int m, const double *b, double *x)
{
    double rows[n*n];
    memcpy(rows, a, sizeof rows);
    memcpy(x, b, (size_t)(n*m)*sizeof *x);
    eliminate(n, rows, m, x);
    int singular = 0;
    for (int k = 0; k < n; k++)
        singular |= rows[k*n + k] == 0.0;
    for (int i = n - 1; i >= 0; i--)
        for (int j = 0; j < m; j++) {
            for (int k = i + 1; k < n; k++)
                x[i*m + j] -= rows[i*n + k]*x[k*m + j];
            x[i*m + j] = singular ? NAN : x[i*m + j]/rows[i*n + i];
        }
}"""
_INV = """/* The inverse. */
static void inv(int n, const double *a, double *x)
{
    double identity[n*n];
    for (int i = 0; i < n*n; i++)
        identity[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    solve(n, a, n, identity, x);
}"""
_COFACTORS = """/* The cofactors, which are the gradient of the determinant, also where there is no inverse. */
static void cofactors(int n, const double *a, double *x)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double minor[n*n];
            int count = 0;
            for (int k = 0; k < n*n; k++)
                if (k/n != i && k%n != j)
                    minor[count++] = a[k];
            x[i*n + j] = n == 1 ? 1.0 : ((i + j)%2 ? -1.0 : 1.0)*det(n - 1, minor);
        }
}"""
# A function calls those before it.
FUNCTIONS: Mapping[str, str] = {
    "eliminate": _ELIMINATE, "det": _DET, "log_det": _LOG_DET, "logdet": _LOGDET, "logabsdet": _LOGABSDET,
    "solve": _SOLVE, "inv": _INV, "cofactors": _COFACTORS,
}  # fmt: skip
# The shape of what a gate of matrices answers.
ANSWERS: Mapping[str, Callable[[Sequence[Shape]], Shape]] = {
    **dict.fromkeys(("det", "logdet", "logabsdet"), lambda _: ()),
    **dict.fromkeys(("inv", "cofactors"), lambda shapes: shapes[0]),
    "solve": lambda shapes: shapes[1],
}


def statement(name: str, shapes: Sequence[Shape], pointers: Sequence[str], target: str) -> str:
    """The call of a function that writes to what `target` names."""
    counts = [shapes[0][0], *(prod(shape[1:]) for shape in shapes[1:])]
    given = ", ".join(f"{count}, {pointer}" for count, pointer in zip(counts, pointers, strict=True))
    answer = ANSWERS[name](shapes)
    if not answer:
        return f"const double {target} = {name}({given});"
    return f"{name}({given}, &{target}{'[0]' * len(answer)});"
