"""Random programs over x, y and z, with values for those they use; their output is called f."""

import re

TEMPLATES = (
    "{a} + {b}", "{a} - {b}", "{a}*{b}", "{a}/({b}^2 + 1)", "max({a}, {b})", "{f}({a})", "{f}({a})*{b}", "-{a}",
    "where({a} > {b}, {a}, {b})", "hypot({a}, {b})", "{a}^2",
)  # fmt: skip
FUNCTIONS = ("sin", "tanh", "exp", "sigmoid", "relu", "abs", "softplus", "atan", "square", "elu", "leaky_relu")


def random_program(chosen):
    names = ["x", "y", "z"]
    lines = []
    for k in range(chosen.randint(1, 8)):
        a, b = chosen.choice(names), chosen.choice([*names, "2", "0.5"])
        operation = chosen.choice(TEMPLATES)
        lines.append(f"v{k} = {operation.format(a=a, b=b, f=chosen.choice(FUNCTIONS))}")
        names.append(f"v{k}")
    lines.append(f"f = v{k}*{chosen.choice(names)}")
    program = "\n".join(lines)
    used = sorted(set(re.findall(r"\b[xyz]\b", program)))
    return program, {name: f"{chosen.uniform(-3, 3):.3g}" for name in used}
