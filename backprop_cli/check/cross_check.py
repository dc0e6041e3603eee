"""The cross-check of a backward pass: the whole formula where it is small, gate by gate always, one verdict."""

from __future__ import annotations

from math import isfinite, isnan, nan

from backprop_cli.check import sympy_expression
from backprop_cli.check.partials import DIGITS
from backprop_cli.check.per_gate import check_locals, check_sweep
from backprop_cli.check.tolerances import SIX_DIGITS
from backprop_cli.check.verdict import AGREES, Check, Lost, Opinion, relative_error, verdict
from backprop_cli.engine.anomalies import Anomaly
from backprop_cli.engine.passes import Backward
from backprop_cli.engine.rounding import scales_of
from backprop_cli.engine.true_number import TrueNumber
from backprop_cli.graph import Graph, Value
from backprop_cli.lean import Iterable, Mapping, partial
from backprop_cli.text import index_text

_JUDGED = frozenset({"underflow", "precision", "nonfinite-input", "reading"})  # notes that do not stop a comparison


def cross_check(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    anomalies: Iterable[Anomaly],
    *,
    seed: Value = 1.0,
    seconds: float = sympy_expression.SECONDS_BUDGET,
    untrue: Iterable[TrueNumber] = (),
    exact: bool | float = False,
) -> Check:
    """Compare a backward pass with what SymPy finds; `seconds` bounds the differentiation of the whole formula.

    Nobody accuses or acquits a gradient that is `untrue`: of which rounding left too few digits. With `exact` the true
    number is shown, and SymPy's is compared with that.
    """
    found = _cross_check(graph, values, passed, active, wrt, anomalies, seed=seed, seconds=seconds)
    nodes = {node: name for name, node in wrt.items()}
    wanted = [item for item in untrue if item.of_gradient and item.node in nodes]
    wanted = [
        item for item in wanted if not (item.is_representable and _same(item.ours, item.true))
    ]  # but for its last digits
    true = {nodes[item.node] + index_text(item.element): item.true for item in wanted}
    without = list(dict.fromkeys(nodes[item.node] for item in wanted))
    if not without or (found.verdict == "undecided" and not found.lost and not found.variables):
        return found
    # The rule of a gate, judged at its own operands, or a gradient that is right to six digits.
    if found.worst is not None and found.worst.name not in true:
        return found
    theirs = {item.name: item.theirs for item in found.lost}
    decided = exact and all(_same(theirs.get(name, nan), number) for name, number in true.items())
    verdict_ = "agree" if decided else "undecided"
    variables = {
        name: judged._replace(verdict=verdict_) if name in without else judged
        for name, judged in found.variables.items()
    }
    if decided:
        return found._replace(verdict="agree", reason="", worst=None, lost=(), variables=variables)
    return found._replace(
        verdict="undecided", reason=_too_few_digits(without), worst=None, lost=(), variables=variables
    )


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SIX_DIGITS * abs(other)


def _too_few_digits(names: list[str]) -> str:
    return "rounding left too few digits of " + ", ".join(f"`{name}`'s gradient" for name in names[:3])


def _cross_check(
    graph: Graph,
    values: list[Value],
    passed: Backward,
    active: bytearray,
    wrt: Mapping[str, int],
    anomalies: Iterable[Anomaly],
    *,
    seed: Value,
    seconds: float,
) -> Check:
    if graph.has_arrays:
        from backprop_cli.check.arrays import check_arrays

        judge = partial(cross_check, seconds=seconds)
        return check_arrays(graph, values, passed, active, wrt, anomalies, seed=seed, judge=judge)
    noted = {f.node: f.code for f in sorted(anomalies, key=lambda f: f.code != "kink") if f.code not in _JUDGED}
    grads = {name: passed.grads[node] or 0.0 for name, node in wrt.items()}
    if not isfinite(values[graph.output]):
        return Check("undecided", (), 0.0, {}, "the value is not a finite number")
    if not all(map(isfinite, grads.values())):
        return Check("undecided", (), 0.0, {}, "a gradient is not a finite number")

    scales = scales_of(graph, passed, graph.output)
    theirs, local_error, worst, undecided = check_locals(graph, values, passed, active, noted)
    sweep_error, off_sweep = check_sweep(graph, theirs, passed, wrt, scales, seed)
    methods: tuple[str, ...] = ("per-gate",)
    error = max(local_error, sweep_error)
    worst = worst or off_sweep
    formulas: dict[str, str] = {}
    lost: list[Lost] = []
    if not noted and worst is None:
        found = sympy_expression.differentiate(graph, values, wrt, seconds)
        whole_error, unknown = 0.0, 0
        for digits in DIGITS:
            slopes = None if found is None else found.evaluate(digits)
            if (
                found is None or slopes is None
            ):  # the budget is spent; with the digits before it there is an answer, or none
                break
            methods, formulas = ("sympy", "per-gate"), dict(found.formulas)
            whole_error, lost, unknown = _compare(grads, {name: slope * seed for name, slope in slopes.items()}, wrt)
            if not lost and not unknown:
                break
        error = max(error, whole_error)
        undecided += unknown
    if worst is not None:
        return Check("disagree", methods, error, formulas, "", worst)
    if set(noted.values()) == {"kink"} and not undecided:
        return Check("agree", (*methods, "differences"), error, formulas)
    if noted:
        reason = "the derivative is a convention here" if set(noted.values()) <= _KINKS else ""
        return Check("undecided", methods, error, formulas, reason or "the notes say where a slope does not exist")
    if lost:
        reason = _too_few_digits([item.name for item in lost])
        return Check("undecided", methods, error, formulas, reason, lost=tuple(lost))
    if undecided:
        return Check("undecided", methods, error, formulas, "SymPy finds no number for some of the slopes")
    return Check("agree", methods, error, formulas)


_KINKS = frozenset({"kink", "jump", "one-sided"})


def _compare(
    grads: Mapping[str, float], found: Mapping[str, float], wrt: Mapping[str, int]
) -> tuple[float, list[Lost], int]:
    """The largest relative error, what rounding lost, and how many could not be compared.

    Every gate has passed when this is asked: a difference is not a wrong rule but rounding.
    """
    largest, lost, unknown = 0.0, [], 0
    for name, ours in grads.items():
        expected = found[name]
        if isnan(expected):
            unknown += 1
            continue
        if verdict(ours, [Opinion("whole formula", expected)])[0] == AGREES:
            largest = max(largest, relative_error(ours, expected))
        else:
            lost.append(Lost(name, wrt[name], ours, expected))
    return largest, lost, unknown
