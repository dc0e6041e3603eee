"""Values for the parameters of a function that have none: such as go together, so that a call of it works.

The shapes are those of layers by rows and by columns, and of a linear score; targets are arrays, or class numbers.
"""

from __future__ import annotations

from string import digits

import numpy as np

from backprop_cli.lean import Any, Callable, Iterator, Mapping, NamedTuple, Sequence
from backprop_cli.numeric.shapes import Shape

# What a text leaves behind, run below the user's file with these names; None where it raises an exception.
Attempt = Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]

# Shapes that go together: rows of three features, and two results of them.
_SHAPES: dict[str, Shape] = {
    "w": (3, 2),
    "W": (3, 2),
    "b": (2,),
    **dict.fromkeys(("gamma", "beta", "mu", "mean", "var", "sigma"), (3,)),
}
_NUMBERS = {"reg": "0.1", "lam": "0.1", "lambd": "0.1", "alpha": "0.1", "eps": "1e-5", "p": "0.5", "keep_prob": "0.5",
            "stride": "1", "pad": "1", "m": "6", "N": "6"}  # fmt: skip
# What a course's layers take beside arrays: a dictionary, which no value on a command line is.
_DICTIONARIES: dict[str, dict[str, Any]] = {
    "conv_param": {"stride": 1, "pad": 1},
    "pool_param": {"pool_height": 2, "pool_width": 2, "stride": 2},
    "bn_param": {"mode": "train"},
    "dropout_param": {"mode": "train", "p": 0.5, "seed": 0},
}
# Shapes of other layers, by the names that courses have for their parameters: images, and one step or all steps of a
# recurrent network with one, three or four blocks of two units in its weights.
_IMAGES: dict[str, Shape] = {
    **dict.fromkeys(("x", "X", "images"), (2, 3, 4, 4)), **dict.fromkeys(("w", "W", "weight"), (2, 3, 3, 3)),
    **dict.fromkeys(("b", "bias"), (2,)), **dict.fromkeys(("gamma", "beta"), (3,)),
}  # fmt: skip
_BLOCKS = (1, 4, 3)
_STEP_INPUTS = ("x", "xt", "x_t", "X")
_STATES = ("h", "c", "h0", "c0", "prev_h", "prev_c", "h_prev", "c_prev", "hprev", "cprev", "h_in", "c_in")
_BY_INPUT, _BY_STATE, _BIASES = ("Wx", "Wxh", "U", "W_x", "Wxh"), ("Wh", "Whh", "W_h", "V"), ("b", "bh", "b_h")
_WORDS = "[[0,1,2],[2,4,0]]"  # of five
# What goes into the first layer, and what comes out of each. Below, `i` is what goes into a layer, `o` what comes out,
# `m` how many examples there are.
_WIDTHS = (3, 4, 2, 5, 3, 4, 2)
_TARGETS = ("y", "Y", "t", "T", "target", "targets", "label", "labels")
_MANY = 6  # examples
_CLASSES = 2
_MOST_WHOLE = 6


class Proposal(NamedTuple):
    """A value as a user writes it, and what it is."""

    text: str
    value: Any


def proposed(
    call: str, names: Sequence[str], given: Mapping[str, Any], attempt: Attempt
) -> Iterator[dict[str, Proposal]]:
    """Values with which the call works, and answers finite numbers: the likeliest first."""
    random_numbers = np.random.default_rng(0)
    for draw in (_normal, _uniform):
        for guess in _guesses(names):
            made = {
                name: one if isinstance(one, Proposal) else draw(one, random_numbers) for name, one in guess.items()
            }
            seen = attempt(f"_seen = {call}\n", {**given, **{name: one.value for name, one in made.items()}})
            if seen is not None and _is_finite(seen["_seen"]):
                yield made


def _is_finite(answer: Any) -> bool:
    first = answer[0] if isinstance(answer, tuple) and answer else answer
    if not isinstance(first, float | int | np.ndarray | np.number):
        return True
    return bool(np.asarray(first).dtype.kind not in "fc" or np.isfinite(first).all())


def whole_where_needed(call: str, given: Mapping[str, Any], attempt: Attempt) -> Mapping[str, Any]:
    """The values, with as few of the whole ones as integers as it takes for the call to work: indices, lengths."""
    from itertools import combinations

    if attempt(call, given) is not None:
        return given
    whole = [name for name, value in given.items() if _is_whole(value)][:_MOST_WHOLE]
    whole.sort(key=lambda name: name not in _TARGETS)
    for count in range(1, len(whole) + 1):
        for some in combinations(whole, count):
            made = {**given, **{name: _as_integers(given[name]) for name in some}}
            if attempt(call, made) is not None:
                return made
    return given


def options_of(name: str) -> dict[str, Any] | None:
    """The dictionary that a parameter `conv_param` takes; None where its name does not say that it takes one."""
    if name in _DICTIONARIES:
        return dict(_DICTIONARIES[name])
    return {} if name.endswith(("_param", "_config")) else None


def _is_whole(value: Any) -> bool:
    array = np.asarray(value)
    return array.dtype.kind in "fiu" and bool(np.all(np.isfinite(array)) and np.all(array == np.round(array)))


def _as_integers(value: Any) -> Any:
    return np.asarray(value).astype(int) if np.ndim(value) else int(value)


def _normal(shape: Shape, random_numbers: np.random.Generator) -> Proposal:
    return Proposal(f"randn({','.join(map(str, shape))})", random_numbers.standard_normal(shape))


def _uniform(shape: Shape, random_numbers: np.random.Generator) -> Proposal:
    return Proposal(f"rand({','.join(map(str, shape))})", random_numbers.random(shape))


def _guesses(names: Sequence[str]) -> Iterator[dict[str, Shape | Proposal]]:
    numbers: dict[str, Shape | Proposal] = {
        name: Proposal(text, float(text) if "." in text or "e" in text else int(text))
        for name, text in _NUMBERS.items() if name in names
    }  # fmt: skip
    others = [name for name in names if name not in numbers]
    shapes = [dict(zip(others, guess, strict=True)) for guess in _shapes(others)]
    fitting: list[dict[str, Shape | Proposal]] = [
        {name: family[name] for name in others} for family in _families() if family.keys() >= set(others)
    ]
    generic: list[dict[str, Shape | Proposal]] = [{**guess} for guess in shapes]
    for guess in (*fitting, *generic) if {*_STATES} & {*others} else (*generic, *fitting):
        yield {**guess, **numbers}
    targets = [name for name in others if name in _TARGETS]
    for shape in shapes if targets else ():
        rows = next((shape[name][0] for name in others if name not in targets and name[:1].lower() == "x"), _MANY)
        labels = [number % _CLASSES for number in range(rows)]
        yield {**shape, **numbers, **dict.fromkeys(targets, Proposal(str(labels).replace(" ", ""), np.array(labels)))}
    number = Proposal("0.5", 0.5)
    arrays = dict.fromkeys([name for name in others if name[:1].lower() == "x"], (4, 3))
    yield {**dict.fromkeys(others, number), **arrays, **numbers}
    yield {**dict.fromkeys(others, number), **numbers}


def _families() -> Iterator[dict[str, Shape | Proposal]]:
    """What the parameters of other layers may be, by name."""
    yield {**_IMAGES}
    for blocks in _BLOCKS:
        weights: dict[str, Shape | Proposal] = {
            **dict.fromkeys(_BY_INPUT, (3, 2 * blocks)), **dict.fromkeys(_BY_STATE, (2, 2 * blocks)),
            **dict.fromkeys(_BIASES, (2 * blocks,)),
        }  # fmt: skip
        yield {**weights, **dict.fromkeys(_STEP_INPUTS, (4, 3)), **dict.fromkeys(_STATES, (4, 2))}
        yield {**weights, **dict.fromkeys(_STEP_INPUTS, (4, 5, 3)), **dict.fromkeys(_STATES, (4, 2))}
    yield {"x": (2, 3, 4), "X": (2, 3, 4), "w": (4, 2), "W": (4, 2), "b": (2,), "gamma": (4,), "beta": (4,)}
    words = Proposal(_WORDS, np.array([[0, 1, 2], [2, 4, 0]]))
    yield {
        **dict.fromkeys(("x", "X", "idx", "ids"), words),
        **dict.fromkeys(("W", "W_embed", "E", "embedding"), (5, 3)),
    }
    mask = Proposal("ones(2,3)", np.ones((2, 3)))
    yield {"x": (2, 3, 5), "scores": (2, 3, 5), **dict.fromkeys(_TARGETS, words), "mask": mask}


def _shapes(names: Sequence[str]) -> Iterator[list[Shape]]:
    """Shapes that the parameters may have: of layers by rows and by columns, of a linear score."""
    parts = [(base := name.rstrip(digits), min(int(name[len(base) :] or 1), len(_WIDTHS) - 1)) for name in names]
    yield [_SHAPES.get(base, (4, 3)) for base, _ in parts]
    last = max((layer for base, layer in parts if base[:1] in "wW"), default=1)
    scores = ("i", "", "mi", "m"), ("i", "", "i", "")
    layers = ("io", "o", "mi", "mo"), ("oi", "o", "i", "o"), ("oi", "o1", "im", "om")
    for weights, biases, inputs, targets in (*scores, *layers) if "w" in names else (*layers, *scores):
        made: list[Shape] = []
        for base, layer in parts:
            if base in _TARGETS:
                axes, before, after = targets, _WIDTHS[0], _WIDTHS[last]
            elif base[:1] in "wWb":
                axes, before, after = biases if base[:1] == "b" else weights, _WIDTHS[layer - 1], _WIDTHS[layer]
            else:
                axes, before, after = inputs, _WIDTHS[0], _WIDTHS[last]
            lengths = {"i": before, "o": after, "m": _MANY, "1": 1}
            made.append(tuple(lengths[axis] for axis in axes))
        yield made
