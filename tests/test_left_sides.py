"""Left sides of claims as books write them: `∇f`, `y'`, `f_{xy}`; each of the right sides is a derivative by hand."""

import pytest

import backprop_cli
from backprop_cli import check

# program, claim, what each claim is read as, which of them are right
WHOLE = [
    ("f(x,y) = x^2 + y^2", "∇f = [2x, 2y]", ["df/dx = 2x", "df/dy = 2y"], "agrees agrees"),
    ("f(x,y) = x^2 + y^2", "∇f(x, y) = (2x, 2y)", ["df/dx = 2x", "df/dy = 2y"], "agrees agrees"),
    ("f(x,y) = x^2 + y^2", "∇f = [2x, 3y]", ["df/dx = 2x", "df/dy = 3y"], "agrees differs"),
    ("f(y,x) = x^2 + 3y", "∇f = [3, 2x]", ["df/dy = 3", "df/dx = 2x"], "agrees agrees"),
    ("x^2 + 3y", "∇f = [2x, 3]", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", "∇f = [2x; 3]", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", "∇f = [[2x], [3]]", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", "∇f = [2x, 3]^T", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", "∇f = (2x, 3)ᵀ", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("max(x, 2y)*1", "grad f = (where(x > 2y, 1, 0), where(x > 2y, 0, 2))", ["df/dx", "df/dy"], "agrees agrees"),
    ("x^2 + 3y", "grad(f) = np.array([2*x, 3])", ["df/dx = 2*x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", "gradient = ⟨2x, 3⟩", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", r"\nabla f = \begin{pmatrix} 2x \\ 3 \end{pmatrix}", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", r"\nabla f = \begin{bmatrix} 2x & 3 \end{bmatrix}^\top", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    ("x^2 + 3y", r"\nabla f = \left(2x, 3\right)", ["df/dx = 2x", "df/dy = 3"], "agrees agrees"),
    # one input: a number, or a vector
    ("f = x^2", "∇f = 2x", ["df/dx = 2x"], "agrees"),
    ("f = x^2", "∇f = 3x", ["df/dx = 3x"], "differs"),
    ("f = x^2", "∇f = [2x]", ["df/dx = 2x"], "agrees"),
    ("f = (x + 1)^2", "∇f = (x + 1)(1 + 1)", ["df/dx = (x + 1)(1 + 1)"], "agrees"),
    ("f = sum(x^2)", "∇f = 2x", ["df/dx = 2x"], "agrees"),
    ("L = sum(w^2)", r"\nabla L = 2w", ["dL/dw = 2w"], "agrees"),
    ("L = sum(w^2)", "∇L(w) = 2w", ["dL/dw = 2w"], "agrees"),
    ("sum(x^2)/2", "∇f = x", ["df/dx = x"], "agrees"),
    ("f(x) = x^2*a", "∇f = 2a x", ["df/dx = 2a x"], "agrees"),  # the signature says of what f is a function
    # gradients by one name are as they were
    ("f = sum(x^2)", "∇_x f = 2x", ["df/dx = 2x"], "agrees"),
    ("f = sum(x^2)", "∇x = 2x", ["df/dx = 2x"], "agrees"),
    ("q = x*y; f = q^2", "∇q = 2q", ["df/dq = 2q"], "agrees"),
    # primes: as many nodes as there may be, one input
    ("y = 3x^2 + 2x", "y' = 6x + 2", ["dy/dx = 6x + 2"], "agrees"),
    ("y = 3x^2 + 2x", "y' = 6x", ["dy/dx = 6x"], "differs"),
    ("y = x^2 sin x", "y' = 2x sin(x) + x^2 cos(x)", ["dy/dx"], "agrees"),
    ("y = sin 2x", "y' = 2cos(2x)", ["dy/dx"], "agrees"),
    ("y = e^(-x)", "y' = -e^(-x)", ["dy/dx"], "agrees"),
    ("y = (x+1)(x-1)", "y' = 2x", ["dy/dx"], "agrees"),
    ("y = (x+1)(x-1)", "y'' = 2", ["d2y/dx2 = 2"], "agrees"),
    ("y = x^2", "y'(x) = 2x", ["dy/dx = 2x"], "agrees"),
    ("f(x) = a*x^3", "f' = 3a x^2", ["df/dx = 3a x^2"], "agrees"),
    ("f(x) = a*x^3", "f'' = 6a x", ["d2f/dx2 = 6a x"], "agrees"),
    # second derivatives by subscripts
    ("f = x^2 y", "f_{xy} = 2x", ["d2f/dxdy = 2x"], "agrees"),
    ("f = x^2 y", "f_xy = 2x", ["d2f/dxdy = 2x"], "agrees"),
    ("f = x^2 y", "f_{xx} = 2y", ["d2f/dx2 = 2y"], "agrees"),
    ("f = x^2 y", "f_{xx} = 2x", ["d2f/dx2 = 2x"], "differs"),
    # the formula itself
    ("x^2", "(x^2)' = 2x", ["df/dx = 2x"], "agrees"),
    ("x^2", "(x²)′ = 3x", ["df/dx = 3x"], "differs"),
    ("sin(x)", "[sin x]' = cos x", ["df/dx = cos x"], "agrees"),
    ("sin(x)", "sin'(x) = cos(x)", ["df/dx = cos(x)"], "agrees"),
    ("x^2 + 1", "d/dx (x^2 + 1) = 2x", ["df/dx = 2x"], "agrees"),
    ("x^2 + 1", "d/dx x^2 + 1 = 2x", ["df/dx = 2x"], "agrees"),
    ("x^2*y", "d(x^2*y)/dy = x^2", ["df/dy = x^2"], "agrees"),
    ("x^2*y", r"\frac{\partial}{\partial x} (x^2 y) = 2x*y", ["df/dx = 2x*y"], "agrees"),
    ("x^2*y", "D_x f = 2x*y", ["df/dx = 2x*y"], "agrees"),
    ("x^2*y", "∂_y (x^2 y) = x^2", ["df/dy = x^2"], "agrees"),
    ("x^2", "Df = 2x", ["df/dx = 2x"], "agrees"),
    ("x^2", "diff(x**2, x) = 2*x", ["df/dx = 2*x"], "agrees"),
    ("x^2", "D[x^2, x] = 2x", ["df/dx = 2x"], "agrees"),
    ("q = x^2; 3*q", "d/dx (x^2) = 2x", ["dq/dx = 2x"], "agrees"),
    ("f(x) = x^3", "d/dx f(x) = 3x^2", ["df/dx = 3x^2"], "agrees"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "claim", "claims", "verdicts"), WHOLE, ids=lambda row: str(row)[:40])
def test_what_a_left_side_is_read_as(program, claim, claims, verdicts):
    results = check(program, claims=[claim]).results
    assert [result.verdict for result in results] == verdicts.split()
    assert all(
        f"{result.target} = {result.written}".startswith(one) for result, one in zip(results, claims, strict=True)
    )


def test_the_order_is_said():
    def said(program):
        return [note.message for note in check(program, claims=["∇f = [1, 2]"]).notes]

    assert any("`x`, `y`: the order of `f(x, y)`" in note for note in said("f(x, y) = 2y + x"))
    assert any("`y`, `x`: in the order in which they appear; `f(y, x) = …`" in note for note in said("f = y + 2x"))
    assert not any("partials" in note for note in [n.message for n in check("x^2", claims=["∇f = 2x"]).notes])


# program, claim, a part of the error
REFUSED = [
    ("x^2 + y^2", "∇f = 2x", "the gradient has an entry for each of `x`, `y`; found none"),
    ("x^2 + y^2", "∇f = [1, 2, 3]", "found 3"),
    ("x^2 + y^2", "∇f = 2*[x, y]", "write those, `∇f = [df/dx, df/dy]`"),
    ("y = w*x", "y' = w", "write `y'(w) = …` or `y'(x) = …`"),
    ("x^2", "f'(0) = 0", "the point as the value of the input"),
    ("x^2", "f''(0) = 2", "the point as the value of the input"),
    ("x^4", "f'''(x) = 24x", "`backprop diff … --order 3`"),
    ("x^4", "d^3f/dx^3 = 24x", "`backprop diff … --order 3`"),
    ("x^4", "d4f/dx4 = 24", "`backprop diff … --order 4`"),
    ("x' @ A @ x", "∇²f = A + A'", "`backprop hessian`"),
    ("x^2", "(x^3)' = 2x", "`(x^3)` is not a formula of the program, `x^2`"),
    ("x^2", "d/dx (x^3) = 3x^2", "write `df/dx = …`, or check that formula"),
    ("x*x", "(x^2)' = 2x", "`(x^2)` is not a formula of the program, `x*x`"),
    ("x^2*y", "(x^2*y)' = 2x*y", "there are several inputs: write `df/dx = …` or `df/dy = …`"),
    ("x^2", "(f(2))' = 0", "is not a formula of the program"),
]


@pytest.mark.parametrize(("program", "claim", "said"), REFUSED)
def test_left_sides_that_are_refused(program, claim, said):
    with pytest.raises(backprop_cli.BackpropError, match="V312") as error:
        check(program, claims=[claim])
    (diagnostic,) = error.value.diagnostics
    assert said in f"{diagnostic.message}\n{diagnostic.help}"


def test_what_the_help_says_works():
    """The slope of x² at 3 is 6; the order of the gradient is that of the entries."""
    assert check("x^2", {"x": 3}, claims=["f'(x) = 6"]).verdict == "agrees"
    assert check("y = w*x", claims=["y'(w) = x"]).verdict == "agrees"
    assert check("x^2 + y^2", claims=["∇f = [df/dx, df/dy]"]).verdict == "agrees"


@pytest.mark.parametrize(
    ("steps", "verdict"), [("f'(x) = 4x^3", "agrees"), ("d/dx f = 4x^3", "agrees"), ("f'(x) = 5x^3", "differs")]
)
def test_steps_may_begin_so(steps, verdict):
    assert backprop_cli.check_steps("f = x^4", steps=steps).verdict == verdict


def test_a_prime_of_no_node_has_help_about_the_output():
    with pytest.raises(backprop_cli.BackpropError, match="N213") as error:
        check("x^2", claims=["y' = 2x"])
    assert "the output is `f`: write `df/d…`" in error.value.diagnostics[0].help
