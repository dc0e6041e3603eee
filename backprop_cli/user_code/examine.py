"""The whole examination of a file: run it, find the loss and the gradients, judge each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from backprop_cli.check.tolerances import SIX_DIGITS
from backprop_cli.user_code.instrument import instrument
from backprop_cli.user_code.judge import Ruling, best
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.resolve import candidates, loss_of
from backprop_cli.user_code.run import Failure, Program, parse, quietly
from backprop_cli.user_code.slopes import Bench
from backprop_cli.user_code.trace import Claim, LossEvent


class Judged(NamedTuple):
    """A claim, and what became of it."""

    claim: Claim
    ruling: Ruling
    loss: LossEvent


class Examined(NamedTuple):
    """What was found in a file."""

    judged: tuple[Judged, ...]
    recorder: Recorder
    failure: Failure | None
    runs: int


def examine(text: str, path: str, *, loss: str = "", rtol: float = SIX_DIGITS, seed: int = 0) -> Examined:
    """Run the file and judge every gradient that it assigns. Raises SyntaxError where it is no Python."""
    made = instrument(parse(text, path))
    with quietly(path, seed=seed):
        program = Program(made, path)
        recorder = Recorder(made.sites, loss)
        failure = program.record(recorder, {})
        judged: list[Judged] = []
        runs = 0
        for round_ in range(recorder.round + 1):
            at = loss_of(recorder, round_)
            if at is None:
                continue
            bench = Bench(program, [(at.place, None)], seed)
            for claim in recorder.claims:
                if claim.round != round_ or not _judgeable(claim):
                    continue
                ruling = best(bench, claim, candidates(recorder, claim, at.order + 1), rtol)
                if ruling is not None:
                    judged.append(Judged(claim, ruling, at))
            runs += bench.runs
    return Examined(tuple(judged), recorder, failure, runs)


def _judgeable(claim: Claim) -> bool:
    value: Any = claim.value
    return bool(np.size(value))
