"""Frames: a figure as it is known after a step of a pass. What is not known yet is blank, not 0."""

from __future__ import annotations

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.report.figure import PHASES, Edge, Figure, Moment, Node


def frame(whole: Figure, phase: str, step: int | None = None) -> Figure:
    """What is known after a step of a pass, by default the last one; 0 is before the first gate.

    Raises BackpropError (U801) for a step the pass does not have or that is of no pass, and where there are no numbers;
    ValueError for a pass that is none of PHASES.
    """
    if phase and phase not in PHASES:
        message = f"a pass is one of {', '.join(PHASES)}, not {phase!r}"
        raise ValueError(message)
    if not whole.valued:
        help_ = "give the inputs values: `x=2`"
        raise BackpropError(Diagnostic("U801", "there are no steps to show: nothing has a value", (), help_))
    if not phase:
        passes = " or ".join(f"`--phase {name}` ({int(name == 'backward')} to {whole.steps(name)})" for name in PHASES)
        raise BackpropError(Diagnostic("U801", "`--step` is a step of a pass", (), f"say which: {passes}"))
    first, last = int(phase == "backward"), whole.steps(phase)
    step = last if step is None else step
    if not first <= step <= last:
        if last < first:
            help_ = "nothing has a gradient; an array has with `--seed-grad`, the gradient that arrives at it"
            raise BackpropError(Diagnostic("U801", "there is no backward pass to show", (), help_))
        help_ = f"its steps are {first} to {last}"
        raise BackpropError(Diagnostic("U801", f"the {phase} pass has no step {step}", (), help_))
    return _Frame(whole, phase, step).figure()


class _Frame:
    def __init__(self, whole: Figure, phase: str, step: int) -> None:
        self.whole, self.phase, self.step = whole, phase, step
        self.forward, self.backward = (step, 0) if phase == "forward" else (whole.steps("forward"), step)
        moments = [moment for moment in whole.moments if moment.phase == phase]
        self.moment = moments[step - 1] if step else Moment(phase, -1, ())
        self.computed = {node.id: node.computed for node in whole.nodes}

    def figure(self) -> Figure:
        """The whole with what is not known yet left out."""
        known = all(node.kind != "output" or node.computed <= self.forward for node in self.whole.nodes)
        return self.whole._replace(
            value=self.whole.value if known else "",
            nodes=tuple(map(self._node, self.whole.nodes)),
            edges=tuple(map(self._edge, self.whole.edges)),
            phase=self.phase,
            step=self.step,
            caption=self.moment.lines,
            whole=self.whole,
        )

    def _node(self, node: Node) -> Node:
        has_value, has_grad = node.computed <= self.forward, 0 < node.reached <= self.backward
        done = has_value if self.phase == "forward" else has_grad
        return node._replace(
            value=node.value if has_value else "",
            grad=node.grad if has_grad else "",
            value_block=node.value_block if has_value else None,
            grad_block=node.grad_block if has_grad else None,
            state="active" if node.id == self.moment.node else "done" if done else "",
        )

    def _edge(self, edge: Edge) -> Edge:
        used, sent = self.computed[edge.target] <= self.forward, 0 < edge.sent <= self.backward
        moves = self.phase == "forward" or edge.sent == self.step
        done = used if self.phase == "forward" else sent
        return edge._replace(
            value=edge.value if self.computed[edge.source] <= self.forward else "",
            local=edge.local if used else "",
            grad=edge.grad if sent else "",
            state="active" if edge.target == self.moment.node and moves else "done" if done else "",
        )
