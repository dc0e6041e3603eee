"""The cross-check of a backward pass: the whole formula where it is small, gate by gate always, one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite, isnan

from backprop_cli.check import whole
from backprop_cli.check.partials import DIGITS
from backprop_cli.check.per_gate import TOLERANCE, check_locals, check_sweep, scales_of
from backprop_cli.check.verdict import Check, Disagreement
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.survey import Finding
from backprop_cli.graph import Graph

_ROUNDING = 1e-12  # of the sizes of what was summed: below it a difference is rounding, not a wrong gradient
_JUDGED = frozenset({"underflow", "precision", "nonfinite-input", "reading"})  # notes that do not stop a comparison


def cross_check(
    graph: Graph,
    values: list[float],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    findings: Iterable[Finding],
    *,
    seed: float = 1.0,
    seconds: float = whole.SECONDS_BUDGET,
) -> Check:
    """Compare a backward pass with what SymPy finds; `seconds` bounds the differentiation of the whole formula."""
    noted = {f.node: f.code for f in sorted(findings, key=lambda f: f.code != "kink") if f.code not in _JUDGED}
    grads = {name: passed.grads[node] or 0.0 for name, node in wrt.items()}
    if not isfinite(values[graph.output]):
        return Check("undecided", (), 0.0, {}, "the value is not a finite number")
    if not all(map(isfinite, grads.values())):
        return Check("undecided", (), 0.0, {}, "a gradient is not a finite number")

    scales = scales_of(graph, passed)
    theirs, local_error, worst, undecided = check_locals(graph, values, passed, active, noted)
    sweep_error, off_sweep = check_sweep(graph, theirs, passed, wrt, scales, seed)
    methods: tuple[str, ...] = ("per-gate",)
    error = max(local_error, sweep_error)
    worst = worst or off_sweep
    formulas: dict[str, str] = {}
    if not noted and worst is None:
        found = whole.differentiate(graph, values, wrt, seconds)
        if found is not None:
            methods = ("sympy", "per-gate")
            formulas = dict(found.formulas)
            for digits in DIGITS:
                whole_error, worst, lost = _compare(grads, found.evaluate(digits), wrt, scales, seed, graph.output)
                if worst is None:
                    break
            if worst is not None and abs(worst.ours - worst.theirs) <= abs(seed) * found.slack(worst.name):
                worst = None  # next to a zero of the gradient its last digits are the inputs'
                whole_error = 0.0
            error = max(error, whole_error)
            undecided += lost
    if worst is not None:
        return Check("disagree", methods, error, formulas, "", worst)
    if set(noted.values()) == {"kink"} and not undecided:
        return Check("agree", (*methods, "differences"), error, formulas)
    if noted:
        reason = "the derivative is a convention here" if set(noted.values()) <= _KINKS else ""
        return Check("undecided", methods, error, formulas, reason or "the notes say where a slope does not exist")
    if undecided:
        return Check("undecided", methods, error, formulas, "SymPy finds no number for some of the slopes")
    return Check("agree", methods, error, formulas)


_KINKS = frozenset({"kink", "jump", "one-sided"})


def _compare(
    grads: Mapping[str, float],
    found: Mapping[str, float],
    wrt: Mapping[str, int],
    scales: list[float],
    seed: float,
    output: int,
) -> tuple[float, Disagreement | None, int]:
    """The largest relative error, the worst input if it disagrees, and how many could not be compared."""
    largest, worst, lost = 0.0, None, 0
    for name, ours in grads.items():
        expected = found[name]
        if isnan(expected):
            lost += 1
            continue
        expected *= seed
        size = max(abs(ours), abs(expected))
        if ours == expected or size < 1e-290 or abs(ours - expected) <= _ROUNDING * scales[wrt[name]]:
            continue
        error = abs(ours - expected) / size
        if error > largest:
            largest = error
            if error > TOLERANCE:
                worst = Disagreement(ours, expected, output, name=name)
    return largest, worst, lost
