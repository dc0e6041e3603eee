"""What there is to say about a run beside its findings: what was left out, hidden, cut short, and not judged."""

from __future__ import annotations

import numpy as np

from backprop_cli.lean import Collection, Iterator, Sequence
from backprop_cli.user_code.findings import Failure, Finding, Remark
from backprop_cli.user_code.names import SELDOM
from backprop_cli.user_code.recorder import Recorder
from backprop_cli.user_code.script import Script
from backprop_cli.user_code.trace import is_list

_MOST_NAMES = 6


def remarks_on(
    script: Script,
    recorder: Recorder,
    findings: Sequence[Finding],
    hidden: Sequence[Finding],
    failure: Failure | None,
    judged: Collection[str],
) -> list[Remark]:
    """The remarks on a run, in the order of the run; `hidden` were right by zeros only, `judged` are names."""
    found = [Remark("magic", line) for line in script.dropped]
    hid = {(one.function, one.text) for one in hidden}
    found += [Remark("hidden", one.line, (("text", one.text), ("of", one.of)))
              for one in findings if (one.function, one.text) in hid and not one.inherits]  # fmt: skip
    found += [Remark("left", line) for line in dict.fromkeys(recorder.left.values())]
    if names := list(dict.fromkeys(_unjudged(recorder, judged))):
        listed = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES]) + " and more" * (len(names) > _MOST_NAMES)
        found.append(Remark("unjudged", 0, (("names", listed),)))
    if failure is not None:
        found.append(Remark("stopped", failure.line, (("kind", failure.kind), ("message", failure.message))))
    return found


def _unjudged(recorder: Recorder, judged: Collection[str]) -> Iterator[str]:
    """What comes after the loss, has a gradient's name and was not judged: no variable has the rest of the name."""
    known = {id(one.object) for one in recorder.claims if one.text in judged}  # by another name
    elements = {name.partition("[")[0] for name in judged}
    for round_ in range(recorder.round + 1):
        at = recorder.chosen.get(round_)
        if at is None:
            continue
        named = [
            (one.order, one.text, one.name)
            for one in recorder.claims
            if one.round == round_
            and np.any(one.value)
            and id(one.object) not in known
            and not (one.element is None and one.text in elements and is_list(one.object))
        ]
        named += [(order, name, name) for order, name, _ in recorder.lists if not round_ and name not in elements]
        for order, text, name in sorted(named):
            if order > at.order and not {text, text.partition("[")[0]} & {*judged} and name.lower() not in SELDOM:
                yield text
