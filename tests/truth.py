"""Random formulas at points that cost digits, against mpmath with hundreds of them: is every wrong number noted?

    python tests/truth.py [COUNT] [SEED]

prints how many numbers were compared, how many were off by more than a millionth without a note and status 4, and how
many notes were needless. The reference knows nothing of ours but the definitions of the gates in `test_gates.py`:
values are mpmath's, gradients are differences of them with a step of 1e-70.
"""

from __future__ import annotations

import sys
from random import Random

import mpmath as mp
from test_gates import MEANING

import backprop_cli

UNARY = (
    "exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "square", "sigmoid", "softplus", "expm1", "log1p", "atan",
    "asin", "erf", "erfc", "gelu", "silu", "logsigmoid", "sinh", "cosh", "asinh", "cbrt", "neg", "abs", "relu",
    "lgamma", "gamma", "erfcx", "normcdf", "log_normcdf", "normpdf", "digamma", "sinc", "logit", "mish",
)  # fmt: skip
BINARY = ("add", "sub", "mul", "div", "pow", "hypot", "atan2", "logaddexp", "max", "min", "log_base", "huber")
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
POINTS = (
    1.0, 2.0, 0.5, 3.0, -1.0, 1e-8, -1e-9, 1e-5, 1e-160, 1e-300, 1e5, 1e10, 1e17, 1e160, 37.0, 60.0, -40.0, 700.0,
    -700.0, -745.0, 1.0000000001, 0.9999999, 3.141592653589793,
)  # fmt: skip
CONSTANTS = (1.0, 2.0, 0.5, 3.0, 1e-3, 100.0)
NAMES = ("x", "y")
DIGITS, STEP = 1200, "1e-70"
# With no digits for 1 + exp(-1e17), where a book's definition has them.
KEPT = {"logsigmoid": lambda x: -mp.log1p(mp.exp(-x)), "softplus": lambda x: mp.log1p(mp.exp(x))}


def random_formula(chosen: Random, gates: int):
    """A formula as statements (gate, operands); an operand is a name, a constant or the number of a statement."""
    steps = []
    for _ in range(gates):

        def operand():
            if steps and chosen.random() < 0.65:
                return chosen.randrange(max(0, len(steps) - 3), len(steps))
            return chosen.choice(NAMES) if chosen.random() < 0.7 else chosen.choice(CONSTANTS)

        gate = chosen.choice(BINARY) if chosen.random() < 0.55 else chosen.choice(UNARY)
        steps.append((gate, tuple(operand() for _ in range(2 if gate in BINARY else 1))))
    return steps


def text_of(steps) -> str:
    """The formula as one types it, a statement a gate."""
    lines = []
    for k, (gate, operands) in enumerate(steps):
        words = [f"v{x}" if isinstance(x, int) else repr(x) if isinstance(x, float) else x for x in operands]
        written = f" {SYMBOLS[gate]} ".join(words) if gate in SYMBOLS else f"{gate}({', '.join(words)})"
        lines.append(f"v{k} = {written}" if gate != "neg" else f"v{k} = -{words[0]}")
    return "\n".join(lines)


def value_of(steps, point):
    """The last statement's value; None where it is not a real number."""
    values = []
    for gate, operands in steps:
        xs = [values[x] if isinstance(x, int) else mp.mpf(x) if isinstance(x, float) else point[x] for x in operands]
        try:
            if any(mp.isfinite(x) and abs(x) > mp.mpf("1e5000") for x in xs):
                return None
            out = (KEPT.get(gate) or MEANING[gate])(*xs)
        except (ValueError, ZeroDivisionError, OverflowError, mp.mp.NoConvergence, KeyError):
            return None
        if not isinstance(out, mp.mpf) or not mp.isfinite(out):
            return None
        values.append(out)
    return values[-1]


def names_of(steps):
    """The inputs that the last statement depends on."""
    return sorted({x for _, operands in steps for x in operands if isinstance(x, str)})


def truth_of(steps, point):
    """The value and the gradients; None where there are none."""
    h = mp.mpf(STEP)
    here = value_of(steps, point)
    if here is None:
        return None
    slopes = {}
    for name in point:
        step = h * min(max(abs(point[name]), mp.mpf("1e-300")), 1)
        sides = [value_of(steps, {**point, name: point[name] + sign * step}) for sign in (1, -1)]
        if None in sides:
            return None
        slopes[name] = (sides[0] - sides[1]) / (2 * step)
        if abs((sides[0] - here) / step - (here - sides[1]) / step) > mp.mpf("1e-20") * max(
            abs(slopes[name]), mp.mpf("1e-400")
        ):
            return None  # a kink, or a step too large
    return here, slopes


def off(ours: float, true) -> bool:
    """Whether six digits are not right; what is far below the doubles counts as 0."""
    true = true if abs(true) > mp.mpf("1e-350") else mp.mpf(0)
    return not (ours == true or abs(ours - true) <= mp.mpf("1e-6") * abs(true))


def compare(steps, values):
    """(numbers compared, wrong without a note, needless notes), and the formula if anything is the matter."""
    with mp.workdps(DIGITS):
        found = truth_of(steps, {name: mp.mpf(value) for name, value in values.items()})
        if found is None:
            return 0, 0, 0, ""
        true, slopes = found
        try:
            report = backprop_cli.grad(text_of(steps), values, check=False)
        except backprop_cli.BackpropError:
            return 0, 0, 0, ""
        # Of numbers far below the doubles the reference has no digits either.
        told = {(item.node, item.of_gradient) for item in report.untrue if not (item.known and abs(item.true) < 1e-300)}
        nodes = report.columns.graph
        pairs = [((nodes.output, False), report.value, true)]
        pairs += [((nodes.variables[name], True), report.gradients[name], slope) for name, slope in slopes.items()]
        silent = sum(off(ours, number) and not (report.notes and report.status == 4) for _, ours, number in pairs)
        needless = sum(key in told and not off(ours, number) for key, ours, number in pairs)
        wrongly = sum(
            item.known and off(item.true, number) and mp.mpf("1e-300") < abs(number) < mp.mpf("1e308")
            for key, _, number in pairs
            for item in report.untrue
            if (item.node, item.of_gradient) == key
        )
        word = f"{text_of(steps)!r} {values}" if silent or needless or wrongly else ""
        word += " SILENT" * bool(silent) + " NEEDLESS" * bool(needless) + " WRONG TRUTH" * bool(wrongly)
        return len(pairs), silent + wrongly, needless, word.strip()


def run(count: int, seed: int = 0, *, loud: bool = False):
    """The sums over so many random formulas."""
    chosen = Random(seed)
    sums = [0, 0, 0]
    for _ in range(count):
        steps = random_formula(chosen, chosen.randint(1, 7))
        values = {
            name: chosen.choice(POINTS) if chosen.random() < 0.7 else chosen.uniform(-3, 3) for name in names_of(steps)
        }
        *numbers, word = compare(steps, values)
        sums = [a + b for a, b in zip(sums, numbers, strict=True)]
        if word and loud:
            print(word)
    return tuple(sums)


if __name__ == "__main__":
    count, seed = (int(word) for word in (sys.argv[1:] + ["1000", "0"][len(sys.argv) - 1 :])[:2])
    print("{} numbers; {} wrong without a note; {} needless notes".format(*run(count, seed, loud=True)))
