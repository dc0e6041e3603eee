"""The activations of neurons: rows of the gate table, as in `elementwise`.

Sources: the CS231n notes ("Neural Networks Part 1"); ELU, Clevert, Unterthiner & Hochreiter 2016; SELU and its two
constants, Klambauer et al. 2017; GELU, Hendrycks & Gimpel 2016; SiLU, Elfwing, Uchibe & Doya 2018; maxout, Goodfellow
et al. 2013. At a kink the subgradient of least norm counts.
"""

from __future__ import annotations

from backprop_cli.gates.gate import Gate

ACTIVATIONS = (
    Gate("sigmoid(x)", "logistic sigmoid", "sigmoid(x)", "out*sigmoid(-x)", at=[0.5, -2, 40], aliases="expit",
         means="1/(1 + exp(-x))", textbook="out*(1 - out)", vanish="x == -1/0", exact_when="x == 0"),
    Gate("logsigmoid(x)", "logarithm of the sigmoid", "-logaddexp(0, -x)", "sigmoid(-x)", at=[0.5, -2, 40],
         aliases="log_sigmoid", means="-log(1 + exp(-x))", textbook="1 - sigmoid(x)", vanish="x == 1/0"),
    Gate("relu(x)", "rectifier: max(0, x), with slope 0 at 0", "maximum(x, 0)", "where(x > 0, 1, 0)", at=[-2, 3],
         means="where(x > 0, x, 0)", kink="x == 0", routes=True, exact=True),
    Gate("leaky_relu(x, slope=0.01)", "rectifier that leaks below 0", "where(x > 0, x, slope*x)",
         "where(x > 0, 1, where(x < 0, slope, clip(0, minimum(slope, 1), maximum(slope, 1))))",
         "where(x > 0, 0, x)", at=[(-2, 0.01), (3, 0.01), (-2, 0.3)], textbook="1 for x > 0, slope for x < 0",
         aliases="lrelu", kink="x == 0", vanish="x == 0 or slope == 0", routes=True),
    Gate("elu(x, alpha=1)", "exponential linear unit", "where(x > 0, x, alpha*expm1(x))",
         "where(x > 0, 1, where(x < 0, alpha*exp(x), clip(0, minimum(alpha, 1), maximum(alpha, 1))))",
         "where(x > 0, 0, expm1(x))", at=[(-2, 1), (3, 1), (-2, 0.3)],
         means="where(x > 0, x, alpha*(exp(x) - 1))", textbook="1 for x > 0, alpha*exp(x) for x < 0", kink="x == 0",
         vanish="x == 0 or alpha == 0"),
    Gate("selu(x)", "self-normalizing ELU",
         "1.0507009873554805*where(x > 0, x, 1.6732632423543772*expm1(x))",
         "1.0507009873554805*where(x < 0, 1.6732632423543772*exp(x), 1)", at=[-2, 3],
         means="1.0507009873554805*where(x > 0, x, 1.6732632423543772*(exp(x) - 1))", kink="x == 0"),
    Gate("gelu(x)", "Gaussian error linear unit: x times the normal distribution function",
         "weigh(x, below(x))", "below(x) + weigh(x, bell(x))/sqrt(2*pi)", at=[0.5, -2],
         means="x*(1 + erf(x/sqrt(2)))/2",
         vanish="x == 0 or x == -1/0", loose=True),
    Gate("silu(x)", "sigmoid linear unit, or swish: x*sigmoid(x)", "weigh(x, sigmoid(x))",
         "sigmoid(x) + weigh(x, sigmoid(x)*sigmoid(-x))", at=[0.5, -2], aliases="swish", means="x/(1 + exp(-x))",
         vanish="x == 0 or x == -1/0", loose=True),
    Gate("softplus(x)", "log(1 + exp(x))", "logaddexp(0, x)", "sigmoid(x)", at=[0.5, -2, -40],
         means="log(1 + exp(x))", vanish="x == -1/0"),
    Gate("softsign(x)", "x/(1 + |x|)", "where(abs(x) < 1/0, x/(1 + abs(x)), sign(x))",
         "(1/(1 + abs(x)))^2", at=[0.5, -2], means="x/(1 + abs(x))"),
    Gate("hard_tanh(x)", "x, clipped to [-1, 1]", "clip(x, -1, 1)", "where(abs(x) < 1, 1, 0)",
         at=[0.5, -2, 2], aliases="hardtanh", means="where(x > 1, 1, where(x < -1, -1, x))", kink="abs(x) == 1",
         routes=True, exact=True),
    Gate("maxout(*x)", "maxout neuron: the largest of its linear pieces", "largest(x)",
         "where(x == out, 1/ties, 0)", at=[(1, 3), (5, 2, 4)],
         kink="ties > 1", routes=True, exact=True, symmetric=True),
)  # fmt: skip
