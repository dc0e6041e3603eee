"""How people name gradients: what `dW1`, `grad_W`, `W.grad` or `dfdx` is the gradient of, and what a loss is called."""

from __future__ import annotations

import re

from backprop_cli.lean import NamedTuple, cache

LOSSES = (
    "loss", "cost", "J", "L", "total_loss", "E", "loss_value", "objective", "nll", "mse", "data_loss", "Loss", "LOSS",
    "error", "err", "f",
)  # fmt: skip
_OF_THE_LOSS = "|".join([*LOSSES, "l", "j"])
# `of` is what is differentiated where the name says so, `by` with respect to what.
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"d_?(?:{_OF_THE_LOSS})_?d_?(?P<by>\w+)",
        r"d_?(?P<by>\w+)",
        r"grads?_?(?P<by>\w+)",
        r"gradient_?(?P<by>\w+)",
        r"(?P<by>\w+?)_?grads?",
        r"(?P<by>\w+?)_gradient",
        r"nabla_?(?P<by>\w+)",
        r"g_(?P<by>\w+)",
        r"g(?P<by>[A-Z]\w*|[wb]\d*|b[a-z])",
        r"(?P<by>\w+)_bar",
        r"d(?P<of>\w+?)_?d_?(?P<by>\w+)",
    )
)
# Names that begin with d, or end with grad, and are seldom those of gradients.
SELDOM = frozenset({"data", "date", "diff", "difference", "dim", "dims", "dist", "distance", "distances", "dot", "done",
                    "depth", "den", "denom", "degree", "decay", "deltat", "dt", "df"})  # fmt: skip
_CONTAINERS = re.compile(r"dparams?|dparameters?|grads?|gradients?|(grads?|gradients?)_\w+|\w+_(grads?|gradients?)")


_PARAMETER = re.compile(r"(?:W|w|b|weights?|bias(?:es)?|theta|beta|gamma)_?[hxyzioufrcq]{0,2}\d*")
UNNAMED = "_returned_"  # how the names begin that values get where a function returns them
LISTS = ("grads", "gradients", "dparams", "dparameters")  # which are no gradients of `s`
GRAD = ("grad", "gradient")  # attributes of a variable: `W.grad`
OF_LISTS = ("params", "parameters", "weights", "theta")  # of which the elements of such a list are the gradients
_WORDS = re.compile(r"\w+")


class Reading(NamedTuple):
    """A gradient's name read: of what (empty: the loss), and by which variable."""

    of: str
    by: str


@cache
def readings(name: str) -> tuple[Reading, ...]:
    """What a name can be the gradient of, the likelier first; none where it is no gradient's name."""
    found: dict[Reading, None] = {}
    if name in LISTS:
        return ()
    if name.isascii() and name.isidentifier() and not looks_like_a_loss(name):
        for form in _FORMS:
            if match := form.fullmatch(name):
                groups = match.groupdict()
                by = groups["by"].strip("_")
                if by:
                    found.setdefault(Reading(groups.get("of") or "", by))
    return tuple(found)


def holds_gradients(name: str) -> bool:
    """Whether a dictionary of that name has gradients under the variables' own names: `grads['W1']`."""
    return bool(_CONTAINERS.fullmatch(name))


@cache
def is_inside_gradients(base: str) -> bool:
    """Whether the text before a name is that of something that holds gradients: `grads['layer1']`, `self.grads`."""
    return any(map(holds_gradients, _WORDS.findall(base)))


def is_a_parameter(by: str) -> bool:
    """Whether a variable of that name is surely one to be learnt."""
    return bool(_PARAMETER.fullmatch(by))


@cache
def spellings(by: str) -> tuple[str, ...]:
    """The variables that are meant: `W_1` is `W1`, and `h` in a loop over time is an element of `hs`."""
    plain = by.replace("_", "")
    return tuple(dict.fromkeys([by, by + "s", by + "es", plain, plain + "s", f"{by}_list", f"all_{by}"]))


def plain(name: str) -> str:
    """In small letters, without underscores."""
    return name.lower().replace("_", "")


def is_a_loss(name: str) -> bool:
    """Whether a number of that name is one: `E`, `L` and `f` may be many other things."""
    return len(name) > 1 and name not in ("err", "error") and looks_like_a_loss(name)


def looks_like_a_loss(name: str) -> bool:
    """Whether a number of that name may be the loss."""
    return name in LOSSES or name.lower().endswith(("loss", "cost"))
