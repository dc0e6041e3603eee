"""What there is to say about a run beside its findings: what was left out, hidden, cut short, and not judged."""

from __future__ import annotations

import numpy as np

from backprop_cli.check.verdict import AGREES, DIFFERS
from backprop_cli.lean import Sequence
from backprop_cli.user_code.cases import begins_anew
from backprop_cli.user_code.findings import Failure, Finding, Remark
from backprop_cli.user_code.judge import Case, is_dead
from backprop_cli.user_code.names import GRAD, LISTS, SELDOM, is_a_parameter, looks_like_a_loss
from backprop_cli.user_code.passes import changes, nudges
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.repair import Workshop
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.trace import Claim, LossEvent, as_array, is_list

_MOST_NAMES = 6


def remarks_on(
    script: Script,
    recorder: Recorder,
    findings: Sequence[Finding],
    hidden: Sequence[Finding],
    failure: Failure | None,
    rest: Sequence[tuple[str, str]],
) -> list[Remark]:
    """The remarks on a run, in the order of the run; `hidden` were right by zeros only, `rest` what was not judged."""
    found = [Remark("magic", line) for line in script.dropped]
    hid = {(one.function, one.text) for one in hidden}
    found += [Remark("hidden", one.line, (("text", one.text), ("of", one.of)))
              for one in findings if (one.function, one.text) in hid and not one.inherits]  # fmt: skip
    found += [Remark("left", line) for line in dict.fromkeys(recorder.left.values())]
    wrong = {one.text for one in findings if one.verdict == DIFFERS}
    rest = [(kind, name) for kind, name in rest if not (kind in ("dead", "zero") and name in wrong)]  # shown elsewhere
    for kind in dict.fromkeys(kind for kind, _ in rest):
        names = list(dict.fromkeys(name for one, name in rest if one == kind))
        listed = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES]) + " and more" * (len(names) > _MOST_NAMES)
        found.append(Remark(kind, 0, (("names", listed), *(("name", name) for name in names))))
    if failure is not None:
        found.append(Remark("stopped", failure.line, (("kind", failure.kind), ("message", failure.message))))
    return found


def unjudged(shop: Workshop, at: LossEvent, cases: Sequence[Case], given: Sequence[Claim]) -> list[tuple[str, str]]:
    """What comes after the loss, has a gradient's name and was not judged, for no variable has the rest of the name.

    Before it, what is `dead` (of a number, `zero`): 0, as its gradient is. It is `unmatched` where it is surely a
    gradient, and nothing right is computed from it: that is no success.
    """
    recorder = shop.recorder
    judged = [case.claim for case in cases] + list(given)
    known = {id(one.object) for one in judged}  # by another name
    texts = {(one.call, one.text) for one in judged}
    wholes = {(one.call, one.text.partition("[")[0]) for one in judged}
    lines = {(one.text, one.lines[-1]) for one in judged}
    same = [one.order for one in recorder.losses
            if one.round == at.round and looks_like_a_loss(one.name)
            and np.array_equal(as_array(one.value), as_array(at.value))]  # fmt: skip
    start, end = min([at.order, *same]), begins_anew(recorder, at)
    rest = [
        one for one in recorder.claims
        if one.round == at.round and start < one.order < end and np.any(one.value) and id(one.object) not in known
        and not {(one.call, one.text), (one.call, one.text.partition("[")[0])} & texts
        and (one.text, one.lines[-1]) not in lines and one.name.lower() not in SELDOM
        and not (one.element is None and (one.call, one.text) in wholes and is_list(one.object))
    ]  # fmt: skip
    right = [case for case in cases if case.ruling.verdict == AGREES]
    dead = [case for case in right if is_dead(case.ruling) and not np.any(case.claim.value)]
    alive = {case.claim.text for case in right if not any(case is one for one in dead)}
    kinds = ("zero", "dead")  # a number may be 0 because what is added up cancels
    nothing = [(kinds[np.ndim(one.claim.value) > 0], one.claim.text) for one in dead if one.claim.text not in alive]
    return nothing + [
        ("unmatched" if _is_surely_one(recorder, one) and not _is_used(shop, one, right) else "unjudged", one.text)
        for one in sorted(rest, key=lambda one: one.order)
    ]


def _is_surely_one(recorder: Recorder, claim: Claim) -> bool:
    """Whether it can be nothing but the gradient of a parameter, by its name or by what it is put into."""
    if any(is_a_parameter(reading.by) for reading in recorder.reads_as(claim.name) if not reading.of):
        return True
    held = (
        (claim.name in GRAD and bool(claim.base))
        or recorder.holders.inside(claim.base)
        or (claim.element is not None and claim.name in LISTS)
    )
    return held and bool(np.ndim(claim.value))


def _is_used(shop: Workshop, claim: Claim, right: Sequence[Case]) -> bool:
    """Whether what is right is computed from it, in this pass of a loop or another one."""
    site = claim.place.site
    others = [one for one in right if site not in one.claim.sites]
    if not others:
        return False
    if claim.place.path:  # a part of what is at its site
        reads = [one.claim.place for one in others]
        return any(changes(shop.bench.program, reads, moves=nudges([claim])))
    return bool(shop.depends([site], others).get(site))
