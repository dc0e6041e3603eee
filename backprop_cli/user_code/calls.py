"""The lines that call the functions of a file that does not call them, as the user would have written them.

`out, cache = forward(x, w, b)`, a loss that weighs `out`, and `dx, dw, db = backward(dout, cache)`. Where nothing
arrives at `backward`, what `forward` answers first is the loss.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from backprop_cli.errors import BackpropError, Diagnostic
from backprop_cli.lean import Any, Iterator, Mapping, MappingProxyType, NamedTuple, Sequence
from backprop_cli.user_code.functions import Pair, parameters, returned, together
from backprop_cli.user_code.names import holds_gradients, looks_like_a_loss, plain, readings, spellings
from backprop_cli.user_code.problems import no_outputs
from backprop_cli.user_code.proposed import Attempt, options_of, proposed, whole_where_needed
from backprop_cli.user_code.upstream import Arriving, arriving

_ANSWER = "_answer"
_MOST_PERMUTED = 6


class Called(NamedTuple):
    """The lines below the file: to which line of it each belongs, None for what nobody is to see; `given` has integers
    where they are needed, and what is `assumed`, as it is written, in the place of values that nobody gave. `returned`
    are names for what comes back, and `unsettled` what it may be the gradients of where that cannot be told.
    """

    text: str
    lines: tuple[int | None, ...]
    given: Mapping[str, Any]
    returned: tuple[str, ...]
    unsettled: str = ""
    assumed: Mapping[str, Any] = MappingProxyType({})


def calls(pair: Pair, given: Mapping[str, Any], known: Sequence[str], attempt: Attempt, *, others: bool) -> Called:
    """The lines to put below the file; `known` are names that it gives values itself.

    Parameters without a value get one with which the call works; with `others` all of them do where what is given is
    for other functions. Raises BackpropError (N202) where there is none.
    """
    inputs = parameters(pair.forward)
    missing = [name for name, default in inputs if not default and name not in given and name not in known]
    options = {name: made for name in missing if (made := options_of(name)) is not None}
    given, missing = {**given, **options}, [name for name in missing if name not in options]
    passed = [name for name, default in inputs if not default or name in given or name in missing]
    call = f"{pair.forward.name}({', '.join(f'{name}={name}' for name in passed)})"
    asked = [missing] if missing else []
    if not missing:
        given = whole_where_needed(call, given, attempt)
        if not others or attempt(call, given) is not None:
            return _called(pair, call, passed, given, options, attempt)
    if others:
        asked.append([name for name, default in inputs if not default and name not in known and name not in options])
    first: Called | None = None
    for names in asked:
        for made in proposed(call, names, given, attempt):
            values = {**given, **{name: one.value for name, one in made.items()}}
            texts = {**{name: one.text for name, one in made.items()}, **options}
            called = _called(pair, call, passed, values, texts, attempt)
            if _fit(called, attempt):
                return called
            first = first or called
    if first is None:
        raise _no_value(pair, missing or asked[-1])
    return first


def _fit(called: Called, attempt: Attempt) -> bool:
    """Whether the lines run, and every gradient has the shape of what it is the gradient of."""
    seen = attempt(called.text, called.given)
    pairs = [(name, name[1:]) for name in called.returned if name[:1] == "d" and name[1:] in called.given]
    return seen is not None and all(np.shape(seen[name]) == np.shape(called.given[of]) for name, of in pairs)


def _called(
    pair: Pair, call: str, passed: Sequence[str], given: Mapping[str, Any], assumed: Mapping[str, Any], attempt: Attempt
) -> Called:
    """The lines for a call of the first function, with these values."""
    forward = pair.forward
    seen = attempt(f"{_ANSWER} = {call}\n", given)
    values = {name: seen[name] for name in passed if name in seen} if seen else {}
    if pair.backward is None:
        names, unsettled = _both(pair, seen, values)
        return Called(f"{', '.join(names)} = {call}\n", (pair.answer,), given, tuple(names), unsettled, assumed)
    first = together(forward)
    results = _results(returned(forward, flat=True), seen, first)
    out = next(iter(results))
    arrived = Arriving({}) if pair.in_order else arriving(pair, [*passed, *given], results)
    if arrived.unsettled:
        raise no_outputs(pair, arrived.unsettled)
    arguments = list(_arguments(pair, [*passed, *given], list(results), arrived.outputs))
    lines: list[tuple[str, int | None]] = [(f"{_unpacked(list(results), first)} = {call}", forward.lineno)]
    outputs = [name for name in results if name in arrived.outputs.values()]
    if outputs:
        weights = [f"_weights{number or ''}" for number in range(len(outputs))]
        drawn = [f"{weight} = numpy.random.default_rng({number}).standard_normal(numpy.shape({name}))"
                 for number, (weight, name) in enumerate(zip(weights, outputs, strict=True))]  # fmt: skip
        total = " + ".join(f"numpy.sum({name} * {weight})" for weight, name in zip(weights, outputs, strict=True))
        lines += [("import numpy", None), *((text, None) for text in drawn), (f"loss = {total}", forward.lineno)]
        lines += [(f"d{name} = {weight}", None) for weight, name in zip(weights, outputs, strict=True)]
    elif out != "loss":  # nothing arrives: it is the gradient of what `forward` answers
        lines += [(f"loss = {out}", forward.lineno)]
    back = f"{pair.backward.name}({', '.join(arguments)})"
    before = "\n".join(text for text, _ in lines) + "\n"
    seen = attempt(f"{before}{_ANSWER} = {back}\n", given)
    names, unsettled, several = _targets(returned(pair.backward), seen, values or dict.fromkeys(passed))
    targets = ", ".join(names) + "," * (several and len(names) == 1)
    about = (*(line for _, line in lines), pair.answer)
    return Called(f"{before}{targets} = {back}\n", about, given, tuple(names), unsettled, assumed)


def _no_value(pair: Pair, missing: Sequence[str]) -> BackpropError:
    listed = ", ".join(f"`{name}`" for name in missing)
    help_ = "give each a value: `NAME=randn(4,3)` is an array of random numbers, `NAME=[0,1,2]` may be class numbers"
    return BackpropError(Diagnostic("N202", f"no value for {listed} of `{pair.forward.name}`", (), help_))


def _unpacked(names: Sequence[str], first: int) -> str:
    """`h, c, cache`, or `(h, c), cache` where the first two come together."""
    head = [f"({', '.join(names[:first])},)"] if first else []
    return ", ".join([*head, *names[first:]])


def _results(names: Sequence[str], seen: Mapping[str, Any] | None, first: int = 0) -> dict[str, Any]:
    """Names for what the forward function returns, and the values, None where they are not known."""
    answer = seen[_ANSWER] if seen else None
    if first and isinstance(answer, tuple) and isinstance(answer[0], tuple):
        answer = (*answer[0], *answer[1:])
    count = len(answer) if isinstance(answer, tuple) else 1
    if seen and len(names) != count:
        names = [""] * count
    made = [name or ("out" if number == 0 else f"cache{number}") for number, name in enumerate(names)]
    if len(set(made)) < len(made):
        made = ["out", *(f"cache{number}" for number in range(1, len(made)))]
    return dict(zip(made, answer if isinstance(answer, tuple) else [answer] * len(made), strict=True))


def _arguments(pair: Pair, passed: Sequence[str], results: Sequence[str], arrived: Mapping[str, str]) -> Iterator[str]:
    """What to call the backward function with: inputs by their names, the rest in the order of the results."""
    assert pair.backward is not None
    taken = [*passed, *results]
    listed = parameters(pair.backward)
    named = {name for name, _ in listed}
    rest = [name for name in results[1:] if name not in arrived.values() and name not in named]
    waiting = [name for name, default in listed if not default and name not in (*taken, *arrived)]
    rest = rest[-len(waiting) :] if waiting else []  # what is kept for the way back comes last
    own = iter(name for name, _ in parameters(pair.forward))
    for name, default in listed:
        if pair.in_order:
            yield f"{name}={next(own)}"
        elif name in taken:
            yield f"{name}={name}"
        elif name in arrived:
            yield f"{name}=d{arrived[name]}"
        elif not default:
            yield f"{name}={rest.pop(0) if rest else results[0]}"


# -- what comes back --------------------------------------------------------------------------------------


def _both(pair: Pair, seen: Mapping[str, Any] | None, values: Mapping[str, Any]) -> tuple[list[str], str]:
    """Names for what one function returns: the loss, and the gradients."""
    names = returned(pair.forward)
    answer = seen[_ANSWER] if seen else None
    if isinstance(answer, tuple | list) and len(answer) != len(names):
        names = ["", *[""] * (len(answer) - 1)]
    at = next((number for number, name in enumerate(names) if looks_like_a_loss(name)), 0)
    others = [name for number, name in enumerate(names) if number != at]
    parts = [one for number, one in enumerate(answer) if number != at] if isinstance(answer, tuple | list) else None
    if parts is not None and len(parts) == 1 and isinstance(parts[0], tuple | list | dict):
        settled, unsettled = ([others[0] if holds_gradients(others[0]) else "grads"], "")
    else:
        settled, unsettled = _settled(others, parts, values)
    return [*settled[:at], "loss", *settled[at:]], unsettled


def _targets(
    names: Sequence[str], found: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> tuple[list[str], str, bool]:
    """The names to which what the backward function returns is assigned, what is unsettled, and whether it unpacks."""
    answer = found[_ANSWER] if found else None
    if isinstance(answer, dict):
        return [names[0] if holds_gradients(names[0]) else "grads"], "", False
    parts = list(answer) if isinstance(answer, tuple | list) else None if answer is None else [answer]
    if parts is not None and len(parts) != len(names):
        names = [""] * len(parts)
    settled, unsettled = _settled(names, parts, values)
    return settled, unsettled, isinstance(answer, tuple | list)


def _settled(names: Sequence[str], parts: Sequence[Any] | None, values: Mapping[str, Any]) -> tuple[list[str], str]:
    """`dx` of `x` for each returned value: by its own name, otherwise by the order and the shapes of the inputs."""
    inputs = [name for name, value in values.items() if value is None or _can_move(value)]
    made = list(names)
    waiting: list[int] = []
    for number, name in enumerate(names):
        of = next((one for one in inputs if _is_of(name, one)), None)
        if of is not None:
            inputs.remove(of)
        elif parts is None or _is_numeric(parts[number]):
            waiting.append(number)
        else:
            made[number] = f"_{number}"
    if parts is None:
        places: Sequence[int] | None = range(len(waiting)) if len(waiting) <= len(inputs) else None
    else:
        shapes = [np.shape(values[name]) for name in inputs]
        places = _placed([np.shape(parts[number]) for number in waiting], shapes)
    for index, number in enumerate(waiting):
        made[number] = f"_{number}" if places is None else f"d{inputs[places[index]]}"
    return made, "" if places is not None else ", ".join(f"`{name}`" for name in inputs)


def _placed(shapes: Sequence[tuple[int, ...]], inputs: Sequence[tuple[int, ...]]) -> Sequence[int] | None:
    """Which input each gradient belongs to: the first ones where the shapes fit, otherwise the only ones that fit."""
    count = len(shapes)

    def fits(places: Sequence[int]) -> bool:
        return all(_plain(shapes[number]) == _plain(inputs[place]) for number, place in enumerate(places))

    first = range(count)
    if count <= len(inputs) and fits(first):
        return first
    if count == 1 and len(inputs) > 1:
        return next(((place,) for place in range(len(inputs)) if fits((place,))), None)
    if count <= len(inputs) <= _MOST_PERMUTED:
        for ways in (combinations, permutations):
            found = [places for places in ways(range(len(inputs)), count) if fits(places)]
            if found:
                return found[0] if len(found) == 1 else None
    return first if count == len(inputs) else None


def _plain(shape: tuple[int, ...]) -> list[int]:
    return [length for length in shape if length != 1]


def _is_of(name: str, by: str) -> bool:
    return any(not reading.of and plain(by) in map(plain, spellings(reading.by)) for reading in readings(name))


def _is_numeric(value: Any) -> bool:
    return isinstance(value, float | int | np.number | np.ndarray) or hasattr(value, "detach")


def _can_move(value: Any) -> bool:
    """Whether it may have a gradient: floats, no class numbers and no dictionary of options."""
    if hasattr(value, "is_floating_point"):
        return bool(value.is_floating_point())
    return not isinstance(value, str | dict) and np.asarray(value).dtype.kind == "f"
