"""LaTeX and TikZ go through a real LaTeX, with everything in them that TeX would act upon."""

import random
import re
import shutil
import subprocess

import pytest
from conftest import backprop

from backprop_cli import BackpropError, evaluate
from backprop_cli.render.tex import tex_formula, tex_math, tex_name, tex_number, tex_operation, tex_sign, tex_text
from backprop_cli.render.tex_layout import typeset

HOSTILE = [
    """n_1 = x % y; __ = n_1^2.5; f = __ < n_1
end = max(__, y, # "<b>" & $x {\\} `code` #35; Ж ~ ^ -- é
-x); where(f, end, # "<b>" & $x {\\} `code` #35; Ж ~ ^ -- é
graph_of_it_all)""",
    "x=7", "y=3", "graph_of_it_all=1e-300",
]  # fmt: skip
PROGRAMS = {
    "seed": ["(x+y)*z", "x=-2", "y=5", "z=-4"],
    "neuron": ["1/(1+exp(-(w0*x0+w1*x1+w2)))", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3"],
    "routing": ["2*(x*y+max(z,w))", "x=3", "y=-4", "z=2", "w=-1"],
    "hostile": HOSTILE,
    "kinks and poles": ["abs(x) + leaky_relu(x) + 1/x + atan2(y, -1e-7)*log10(y)", "x=0", "y=2"],
    "every sign": [
        "where(x <= y, x^y^0.5 % 3, acos(x)) + hypot(-x, y)/2 - where(x != y, 1, x^-2)", "x=0.5", "y=1e-10",
    ],
    "arrays": [
        "f = sum((W@x)^2) + norm(x)*x[0] + sum(solve(W, x)) + sum(V[1, 0, :]) + sum(where(x > W, 1e-9*x, W'))",
        "W=[[0.1,0.5],[-3e-7,0.8]]", "x=[0.2,0.4]", "V=[[[1,2],[3,4]],[[5,6],[7,8]]]",
    ],
    "large arrays": [
        "cross_entropy(max(0, X@W + b_1), y)", "X=randn(20,30)", "W=randn(30,12)", "b_1=zeros(12)", "y=arange(20) % 7",
    ],
    "one constant": ["3"],
    "an input": ["x", "x=1"],
}  # fmt: skip


def compiled(tmp_path, name, text):
    """The log of a run of LaTeX that did not fail."""
    assert text.isascii()
    (tmp_path / f"{name}.tex").write_text(text, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    log = (tmp_path / f"{name}.log").read_text(encoding="latin-1")
    assert done.returncode == 0, re.findall(r"^!.*(?:\n.*){0,8}", log, re.MULTILINE)
    assert "Missing character" not in log
    assert (tmp_path / f"{name}.pdf").stat().st_size > 1000
    return log


def needs(*files):
    def missing():
        if not shutil.which("pdflatex"):
            return "no LaTeX here"
        found = subprocess.run(["kpsewhich", *files], capture_output=True, text=True, check=False).stdout.split()
        lacks = [name for name in files if not any(path.endswith(f"/{name}") for path in found)]
        return f"LaTeX lacks {', '.join(lacks)}" if lacks else ""

    reason = missing()
    return pytest.mark.skipif(bool(reason), reason=f"{reason}: what we print for it is not compiled")


@needs("amsmath.sty", "geometry.sty")
@pytest.mark.parametrize("name", PROGRAMS)
def test_explain_compiles(name, tmp_path):
    text = backprop("explain", *PROGRAMS[name], "--paths", "--no-check", "--format", "latex").out
    compiled(tmp_path, "explain", text)


@needs("booktabs.sty", "longtable.sty", "amsmath.sty", "geometry.sty", "graphicx.sty")
@pytest.mark.parametrize("name", PROGRAMS)
def test_tables_compile(name, tmp_path):
    compiled(tmp_path, "grad", backprop("grad", *PROGRAMS[name], "--format", "latex").out)
    compiled(tmp_path, "gates", backprop("gates", "--format", "latex").out)


@needs("standalone.cls", "tikz.sty", "amsmath.sty")
@pytest.mark.parametrize("name", PROGRAMS)
def test_tikz_compiles(name, tmp_path):
    for number, more in enumerate([[], ["--edges", "both", "--phase", "backward"]]):
        if more and name == "one constant":
            more = ["--phase", "forward", "--step", "0"]
        text = backprop("graph", *PROGRAMS[name], "--format", "tikz", *more).out
        compiled(tmp_path, f"figure{number}", text)


TEXTS = [
    (
        "a_b & 50% of $x^2 {#1} \\n ~",
        r"a\_b \& 50\% of \$x\textasciicircum{}2 \{\#1\} \textbackslash{}n \textasciitilde{}",
    ),
    ("0·∞ → -inf", r"0$\cdot$$\infty$ $\to$ -inf"),
    ("--rows", "-{}-rows"),
    ("Ж", r"\textbackslash{}u0416"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text(text, expected):
    assert tex_text(text) == expected


def test_names_stay_apart():
    names = ["n1", "n_1", "n_", "_n", "x", "X", "xy", "x1y", "n11", "n_11", "pi", "e"]
    assert len(set(map(tex_name, names))) == len(names)
    assert tex_name("n12") == "n_{12}" and tex_name("n_1") == r"\mathrm{n\_1}"


def test_numbers_and_signs():
    assert tex_number("-1.5e-07") == r"-{1.5 \cdot 10^{-7}}"
    assert tex_number("1e+300") == r"{1 \cdot 10^{300}}"
    assert tex_number("-inf") == r"-\infty" and tex_number("nan") == r"\mathrm{nan}"
    assert tex_sign("2*log(") == r"2\cdot\operatorname{log}("
    assert tex_operation("x^-2") == "{x}^{-2}" and tex_operation("^") == r"\text{\textasciicircum{}}"
    assert tex_operation("*1e-07") == r"\times{1 \times 10^{-7}}"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x^a^b", "{x}^{{a}^{b}}"),
        ("2^3^2", "2^{{3}^{2}}"),
        ("x^(a^b)^c + y", "{x}^{{{a}^{b}}^{c}} + {y}"),
        ("x^a^b^c", "{x}^{{a}^{{b}^{c}}}"),
        ("(x^a)^b", "({x}^{a})^{b}"),
        ("x^2*y^3", r"{x}^{2}\cdot{y}^{3}"),
    ],
)
def test_a_superscript_has_its_own_inside_of_it(formula, expected):
    assert tex_formula(formula) == expected


@needs("beamer.cls", "tikz.sty")
def test_the_steps_of_a_figure_are_a_slide_that_changes(tmp_path):
    """Six steps are six pages; and what a wide figure takes, its scale leaves on the page."""
    text = backprop("graph", "(x+y)*z", "x=-2", "y=5", "z=-4", "--frames", "--format", "tikz").out
    log = compiled(tmp_path, "steps", text)
    assert "(6 pages" in log and "Overfull" not in log
    wide = PROGRAMS["large arrays"]
    log = compiled(tmp_path, "wide", backprop("graph", *wide, "--frames", "--format", "tikz").out)
    assert "Overfull" not in log


TYPESET = [
    ("a/b", r"\frac{{a}}{{b}}"),
    ("-a/b", r"-\frac{{a}}{{b}}"),
    ("2*a/3 - b/(c + d)", r"\frac{2\cdot{a}}{3} - \frac{{b}}{{c} + {d}}"),
    ("a/b*c", r"\frac{{a}}{{b}}\cdot{c}"),
    ("a/b*c/d", r"\frac{{a}}{{b}}\cdot\frac{{c}}{{d}}"),
    ("a/b/c", r"\frac{{a}}{{b}\cdot {c}}"),
    ("a/(b+1)/c", r"\frac{{a}}{({b}+1)\cdot {c}}"),
    ("a/(b/c)", r"\frac{{a}}{\frac{{b}}{{c}}}"),
    ("a % b/c", r"\frac{{a} \bmod {b}}{{c}}"),
    ("(a+b)/(a-b)", r"\frac{{a}+{b}}{{a}-{b}}"),
    ("(a/b)^2", r"\left(\frac{{a}}{{b}}\right)^{2}"),
    ("1/x^2", r"\frac{1}{{x}^{2}}"),
    ("x^(a/b)", "{x}^{{a}/{b}}"),
    ("sqrt(x)/2", r"\frac{\sqrt{{x}}}{2}"),
    ("sqrt(x/2)^3", r"\left(\sqrt{\frac{{x}}{2}}\right)^{3}"),
    ("cbrt(abs(x))", r"\sqrt[3]{\left|{x}\right|}"),
    ("exp(-x/2)", r"{\operatorname{exp}}\left(-\frac{{x}}{2}\right)"),
    ("x[0]/y'", r"\frac{{x}[0]}{{y}^{\top}}"),
    ("1e-7/x", r"\frac{{1 \cdot 10^{-7}}}{{x}}"),
    ("df/dx = 2*x/3", r"\frac{d{f}}{d{x}} = \frac{2\cdot{x}}{3}"),
    ("∂n1/∂x", r"\frac{\partial {n_{1}}}{\partial {x}}"),
    ("norm(x)/floor(y)", r"\frac{\left\lVert {x}\right\rVert }{\left\lfloor {y}\right\rfloor }"),
    ("norm(x, 0)", r"{\operatorname{norm}}({x}, 0)"),
    ("x/", "{x}/"),
    ("(x/y", "({x}/{y}"),
]


@pytest.mark.parametrize(("formula", "expected"), TYPESET)
def test_fractions_roots_and_brackets(formula, expected):
    assert tex_formula(formula) == expected


def test_matrices_and_words_are_divided_in_the_line():
    matrix = r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"
    assert typeset(f"{matrix} / 2") == f"{matrix} / 2"
    assert typeset(r"1/\text{0.1 \ldots{} 3, norm 4}") == r"1 / \text{0.1 \ldots{} 3, norm 4}"
    assert typeset(f"2\\cdot({matrix} - 1)") == rf"2\cdot\left({matrix} - 1\right)"


def test_in_tables_slopes_are_flat_and_fractions_have_room():
    assert tex_math("∂n1/∂x=2") == r"${\partial {n_{1}}/\partial {x}}=2$"
    assert tex_math("n1/n2").endswith(r"$\displaystyle \frac{{n_{1}}}{{n_{2}}}$") and tex_math("n1/n2").startswith(
        r"\rule"
    )


def test_deep_brackets_are_left_alone():
    """TeX ends at 255 groups in one another, and Python's stack is not used at all."""
    deep = "(1+" * 20_000 + "x" + ")" * 20_000
    assert tex_formula(deep) == deep.replace("x", "{x}")
    long = "x/" * 20_000 + "x"
    assert tex_formula(long).count(r"\frac") == 1


def written(numbers, depth):
    """A random formula of fractions, products, roots and powers."""
    if not depth or numbers.random() < 0.2:
        return numbers.choice(["x", "y", "z", "2", "0.5", "3"])
    one, other = written(numbers, depth - 1), written(numbers, depth - 1)
    forms = [
        f"{one} + {other}", f"({one} - {other})", f"{one}*{other}", f"{one}/{other}", f"({one})/({other})", f"-{one}",
        f"({one})*({other})", f"sqrt(abs({one}))", f"({one})^2", f"cbrt(abs({one}))", f"exp(({one})/9)",
        f"({one})/-({other})",
    ]  # fmt: skip
    return numbers.choice(forms)


def test_what_is_set_means_the_same():
    """Read back by the language's reader of LaTeX, which knows nothing of how it was written."""
    values = {"x": 1.3, "y": -0.7, "z": 2.1}
    tried = 0
    for seed in range(300):
        formula = "0 + " + written(random.Random(seed), 4)
        given = {name: value for name, value in values.items() if name in formula.replace("exp", "")}
        text = tex_formula(formula).replace(r"{\operatorname{exp}}", r"\exp")
        if "\\" not in text:
            continue
        try:
            expected = evaluate(formula, given).value
        except BackpropError:
            continue
        tried += 1
        assert evaluate(text, given).value == pytest.approx(expected, rel=1e-9), (formula, text)
    assert tried > 200


IN_LATEX = [
    ["explain", "sqrt(x^2 + y^2)/(1 + exp(-x*y))^3 + x^-2 - cbrt(abs(y)/3)/2^x", "x=2", "y=3"],
    ["grad", "x/y/(x - y)", "x=2", "y=3"],
    ["eval", "sqrt(x)/y", "x=2", "y=3"],
    ["diff", "sqrt(x/y)/(1 + x)^2"],
    ["grad", "sqrt(x/y)/(1 + x)^2"],
    ["hessian", "x/y", "x=2", "y=3"],
    ["jacobian", "[x*y/2, sqrt(x)/y]", "x=2", "y=3"],
    ["jacobian", "[x*y/2, sqrt(x)/y]", "x=2", "y=3", "--anatomy"],
    ["check", "x/y", "x=2", "y=3", "--claim", "df/dx = 2/sqrt(y)/3", "--claim", "df/dy = 1/2"],
    ["check", "SUITE"],
    ["gates"],
    ["gates", "sqrt", "div"],
    ["worksheet", "sqrt(x/y)/(1 + x)^2", "--count", "2", "--solutions"],
    ["explain", "f = sum((W@x)^2)/2 + norm(x)/3 + sum(softmax(x)/x)", "W=[[1,2],[3,4]]", "x=[1,2]"],
]


@needs("booktabs.sty", "longtable.sty", "amsmath.sty", "geometry.sty", "graphicx.sty")
@pytest.mark.parametrize("words", IN_LATEX, ids=" ".join)
def test_a_fragment_can_stand_in_a_document(words, tmp_path):
    """What is between the beginning and the end of the whole, as it is there."""
    suite = tmp_path / "s.toml"
    suite.write_text('[[case]]\nprogram = "x/y"\nbindings = { x = 1, y = 2 }\nvalue = 3\n', encoding="utf-8")
    words = [str(suite) if word == "SUITE" else word for word in words]
    whole, fragment = (backprop(*words, "--format", "latex", *more).out for more in ([], ["--fragment"]))
    compiled(tmp_path, "whole", whole)
    assert "documentclass" not in fragment and "{document}" not in fragment and fragment.strip() in whole
    packages = r"\usepackage{amsmath,booktabs,longtable,graphicx}"
    (tmp_path / "part.tex").write_text(fragment, encoding="ascii")
    around = "\\documentclass{article}\n" + packages + "\n\\begin{document}\n\\input{part}\n\\end{document}\n"
    compiled(tmp_path, "around", around)


def test_gates_are_named_as_they_are_typed():
    text = backprop("gates", "--format", "latex").out
    assert r"\texttt{sqrt(x)}" in text and r"\texttt{leaky\_relu(x, slope=0.01)}" in text
