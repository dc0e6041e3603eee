"""PyTorch's losses with their arguments: `F.mse_loss(x, y, reduction='sum')`, `nn.HuberLoss(delta=0.5)(x, y)`.

What a loss is of one element, or of one example, is a gate that is put in front of the text; `reduction` sums them,
takes their mean or leaves them as they are. A mean with nothing else said is left to the gate that is just that.

Source: the formulas in the documentation of `torch.nn` 2.x, and its parameters under their names there.
"""

from __future__ import annotations

import re

from backprop_cli.errors import nearest
from backprop_cli.language.library_losses import CLASSES_OF_KERAS
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import FUNCTIONS, OF_COUNT
from backprop_cli.lean import Iterable, Iterator, NamedTuple

_QUOTES = "'\""
_OLD = ("size_average", "reduce")
_SUMS = ("mean", "sum")
_BATCH, _USUAL = "batchmean", "mean"
_OPERANDS = 2  # the parameters that every loss has
_NAMED = ("label_smoothing", "weight", "pos_weight")  # parameters that have formulas of their own where they are given


class Loss(NamedTuple):
    """A loss: its class, its parameters in PyTorch's order, and its formula for each set of flags that are given.

    `reduction` stands among the parameters with the older names for it. `flags` have their usual values, and are part
    of what the formula is. `mean` is what the sum is divided by where that is not the number of terms.
    """

    class_name: str
    parameters: str
    bodies: dict[str, str]
    flags: dict[str, str] = {}
    mean: dict[str, str] = {}


_END = " size_average reduce reduction"
LOSSES = {
    "mse_loss": Loss("MSELoss", "input target" + _END, {"": "(input - target)^2"}),
    "l1_loss": Loss("L1Loss", "input target" + _END, {"": "abs(input - target)"}),
    "smooth_l1_loss": Loss(
        "SmoothL1Loss", f"input target{_END} beta=1", {"": "huber(input - target, beta)/beta"}
    ),
    "huber_loss": Loss("HuberLoss", "input target reduction delta=1", {"": "huber(input - target, delta)"}),
    "cross_entropy": Loss(
        "CrossEntropyLoss", "input target weight size_average ignore_index reduce reduction label_smoothing=0",
        {"": "-pick(log_softmax(input), target)",
         "weight": "-take(weight, target)*pick(log_softmax(input), target)",
         "label_smoothing": "-(1 - label_smoothing)*pick(log_softmax(input), target)"
                            " - label_smoothing*mean(log_softmax(input), axis=-1)",
         "chances": "-sum(target*log_softmax(input), axis=-1)",
         "chances label_smoothing": "-sum(((1 - label_smoothing)*target + label_smoothing/size(input, axis=-1))"
                                    "*log_softmax(input), axis=-1)"},
        {"ignore_index": "-100"}, {"weight": "sum(take(weight, target))"},
    ),
    "nll_loss": Loss(
        "NLLLoss", "input target weight size_average ignore_index reduce reduction",
        {"": "-pick(input, target)", "weight": "-take(weight, target)*pick(input, target)"},
        {"ignore_index": "-100"}, {"weight": "sum(take(weight, target))"},
    ),
    "binary_cross_entropy": Loss(
        "BCELoss", f"input target weight=1{_END}",
        {"": "-(xlogy(target, input) + xlogy(1 - target, 1 - input))",
         "weight": "-weight*(xlogy(target, input) + xlogy(1 - target, 1 - input))"},
    ),
    "binary_cross_entropy_with_logits": Loss(
        "BCEWithLogitsLoss", f"input target weight=1{_END} pos_weight=1",
        {"": "target*softplus(-input) + (1 - target)*softplus(input)",
         "weight": "weight*(target*softplus(-input) + (1 - target)*softplus(input))",
         "pos_weight": "pos_weight*target*softplus(-input) + (1 - target)*softplus(input)",
         "weight pos_weight": "weight*(pos_weight*target*softplus(-input) + (1 - target)*softplus(input))"},
    ),
    "kl_div": Loss(
        "KLDivLoss", f"input target{_END} log_target",
        {"": "xlogy(target, target) - target*input", "log_target=True": "exp(target)*(target - input)"},
        {"log_target": "False"},
    ),
    "poisson_nll_loss": Loss(
        "PoissonNLLLoss", "input target log_input full size_average eps=1e-8 reduce reduction",
        {"": "exp(input) - target*input", "log_input=False": "input - target*log(input + eps)"},
        {"log_input": "True", "full": "False"},
    ),
    "gaussian_nll_loss": Loss(
        "GaussianNLLLoss", "input target var full eps=1e-6 reduction",
        {"": "(log(max(var, eps)) + (input - target)^2/max(var, eps))/2",
         "full=True": "(log(max(var, eps)) + (input - target)^2/max(var, eps) + log(2*pi))/2"},
        {"full": "False"},
    ),
    "hinge_embedding_loss": Loss(
        "HingeEmbeddingLoss", f"input target margin=1{_END}",
        {"": "where(target == 1, input, relu(margin - input))"},
    ),
    "margin_ranking_loss": Loss(
        "MarginRankingLoss", f"input1 input2 target margin=0{_END}", {"": "relu(margin - target*(input1 - input2))"}
    ),
    "soft_margin_loss": Loss("SoftMarginLoss", "input target" + _END, {"": "softplus(-target*input)"}),
    "multilabel_soft_margin_loss": Loss(
        "MultiLabelSoftMarginLoss", f"input target weight=1{_END}",
        {"": "mean(target*softplus(-input) + (1 - target)*softplus(input), axis=-1)",
         "weight": "mean(weight*(target*softplus(-input) + (1 - target)*softplus(input)), axis=-1)"},
    ),
    "multi_margin_loss": Loss(
        "MultiMarginLoss", "input target p margin=1 weight" + _END,
        {"": "(sum(relu(margin - expand_dims(pick(input, target), -1) + input), axis=-1) - relu(margin))"
             "/size(input, axis=-1)",
         "p=2": "(sum(relu(margin - expand_dims(pick(input, target), -1) + input)^2, axis=-1) - relu(margin)^2)"
                "/size(input, axis=-1)"},
        {"p": "1"},
    ),
    "cosine_embedding_loss": Loss(
        "CosineEmbeddingLoss", f"input1 input2 target margin=0{_END}",
        {"": "where(target == 1, 1 - cosine_similarity(input1, input2),"
             " relu(cosine_similarity(input1, input2) - margin))"},
    ),
    "triplet_margin_loss": Loss(
        "TripletMarginLoss", f"anchor positive negative margin=1 p eps=1e-6 swap{_END}",
        {"": "relu(norm(anchor - positive + eps, axis=-1) - norm(anchor - negative + eps, axis=-1) + margin)",
         "p=1": "relu(norm1(anchor - positive + eps, axis=-1) - norm1(anchor - negative + eps, axis=-1) + margin)"},
        {"p": "2", "swap": "False"},
    ),
}  # fmt: skip
LOSS_OF_CLASS = {**{loss.class_name: name for name, loss in LOSSES.items()}, **CLASSES_OF_KERAS}
_HAS_GATE = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss", "kl_div",
                       "binary_cross_entropy", "binary_cross_entropy_with_logits"})  # fmt: skip
_OF_CHANCES = "chances"  # a flag that shapes give: the target has a row of probabilities an example


class _Argument(NamedTuple):
    """An argument of a call: its parameter, whether that is written, its first and its last token, its value."""

    name: str
    is_named: bool
    first: int
    last: int
    text: str


def loss_called(
    edits: Rewriter, name: str, head: tuple[int, int], bracket: int, made: int = -1, *, chances: bool = False
) -> bool:
    """Read a call of a loss whose arguments stand in `bracket`, of an object those of its class in `made`.

    Answers whether it was read: what is simply a function that we have is not. `head` are the tokens that say which
    loss it is. `chances`: the target has the shape of the scores.
    """
    loss = LOSSES[name]
    order = [parameter.partition("=")[0] for parameter in loss.parameters.split()]
    given = [*_arguments(edits, edits.arguments(bracket), order)]
    of_class = [*_arguments(edits, edits.arguments(made) if made >= 0 else (), [])]
    both = [*given, *of_class]
    if problem := _problem(name, both):
        edits.refuse(*problem)
        return True
    value = {argument.name: argument.text for argument in both if argument.text != "None"}
    way = value.pop("reduction", _USUAL).strip(_QUOTES + " ")
    used = value.keys() - {*_OLD}
    flags = [f"{flag}={value[flag]}" for flag, usual in loss.flags.items() if value.get(flag, usual) != usual]
    flags += [_OF_CHANCES] * (chances and _OF_CHANCES in loss.bodies)
    flags += [word for word in _NAMED if word in used]
    variant = " ".join(flags)
    if variant not in loss.bodies:
        told = " and ".join(f"`{flag}`" if flag != _OF_CHANCES else "probabilities as targets" for flag in flags)
        edits.refuse(head[0], edits.closes[bracket], f"`{name}` with {told} is not known here", "write its formula")
        return True
    for argument in given:
        if argument.name not in used or argument.name in loss.flags:
            edits.drop(argument.first - 1, argument.last)
    is_plain = way == _USUAL and used <= {*order[:2]} and not any(argument.is_named for argument in given[:2])
    if is_plain and name in _HAS_GATE:
        if made < 0:
            return False
        if (name, _OPERANDS) not in OF_COUNT and (mean := FUNCTIONS.get(name, name)).isidentifier():
            edits.merge(*head, mean)
            return True
    _define(edits, name, loss, variant, way, head)
    close = edits.closes[bracket]
    more = (a for a in of_class if a.name in used and a.name not in loss.flags)
    edits.before[close] += "".join(f", {argument.name}={argument.text}" for argument in more)
    return True


def _define(edits: Rewriter, name: str, loss: Loss, variant: str, way: str, head: tuple[int, int]) -> None:
    """Write the gate that a loss is in the place of its name, and what it is in front of the text."""
    gate = "_".join([name, "each" if way == "none" else way, *variant.replace("=", "_").split()])
    body = loss.bodies[variant]
    words = {*re.findall(r"\w+", body)} - loss.flags.keys()
    parameters = [p for k, p in enumerate(loss.parameters.split()) if k < _OPERANDS or p.partition("=")[0] in words]
    divisor = f"size({parameters[0]}, axis=0)" if way == _BATCH else loss.mean.get(variant, "") * (way == _USUAL)
    if divisor:
        body = f"sum({body})/{divisor}"
    elif way in _SUMS:
        body = f"{way}({body})"
    edits.definitions[gate] = f"gate {gate}({', '.join(parameters)}) = {body}"
    edits.merge(*head, gate)


def _arguments(edits: Rewriter, items: Iterable[tuple[int, int]], order: list[str]) -> Iterator[_Argument]:
    """The arguments with the names of their parameters; a text by itself is the reduction."""
    for position, (first, last) in enumerate(items):
        named = edits.is_word(first) and edits.at(first + 1) == "="
        text = "".join(edits.texts[first + 2 * named : last + 1])
        if named:
            yield _Argument(edits.texts[first], True, first, last, text)
        else:
            is_way = text.strip()[:1] in _QUOTES and text
            name = "reduction" if is_way else order[position] if position < len(order) else ""
            yield _Argument(name, False, first, last, text)


def _problem(name: str, arguments: Iterable[_Argument]) -> tuple[int, int, str, str] | None:
    """What is not read: the old names of `reduction`, one that is worked out, what has no name."""
    ways = ["mean", "sum", "none", *([_BATCH] if name == "kl_div" else [])]
    known = [parameter.partition("=")[0] for parameter in LOSSES[name].parameters.split()]
    for argument in arguments:
        place = argument.first, argument.last
        if argument.name in _OLD and argument.text != "None":
            meant = {"False": "'sum'" if argument.name == _OLD[0] else "'none'"}.get(argument.text, "'mean'")
            return *place, f"`{argument.name}` is the old name of `reduction`", f"write `reduction={meant}`"
        if argument.name == "reduction" and argument.text.strip(_QUOTES + " ") not in ways:
            near = nearest(argument.text.strip(_QUOTES + " "), ways)
            said = " or ".join(f"`reduction='{way}'`" for way in near or ways)
            return *place, f"how `{name}` is reduced has to be written out", f"write {said}"
        if argument.is_named and argument.name not in known and (near := nearest(argument.name, known)):
            help_ = f"did you mean `{near[0]}={argument.text}`?"
            return *place, f"`{argument.name}` is no argument of `{name}`", help_
        if not argument.name:
            return *place, f"`{name}` is given its operands later", "name it, as in `reduction='sum'`"
    return None
