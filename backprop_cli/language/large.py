"""A large plain text to a Program, all tokens at once: what `parser` says one by one, in columns.

Rows are in the order in which a calculator would work through them, and so is its stack: an operator's right operand is
what came just before, its left operand what last left the stack as high as the operator does. What is not plain, and
what is wrong, is left to `parser`; a test holds both to the same rows.
"""

from __future__ import annotations

from itertools import compress, repeat

import numpy as np

from backprop_cli.errors import Source
from backprop_cli.language.large_program import CALLED, NEGATIVE, LargeProgram, Rows
from backprop_cli.language.large_tokens import SIGNS, LargeTokens, columns, depth_of
from backprop_cli.language.program import BINDING_POWER, Program, Statement
from backprop_cli.language.tokens import CALL, CLOSE, COMMA, DEFINE, NAME, NEWLINE, NUMBER
from backprop_cli.lean import Any, Collection, NamedTuple

_NEVER = 100  # more than any binding power
_POWERS = np.zeros(128, np.uint8)
_POWERS[[ord(sign) for sign in SIGNS]] = [BINDING_POWER[sign] for sign in SIGNS]
_MOST_OPERANDS = 2  # of a call
_DOUBTFUL = ("+-", "-+")  # signs that may be a mistake
_MANY = 2**16  # what is less is sorted by its digits


class _Spans(NamedTuple):
    """For each token how many operands it takes from the stack, the token at which it does, the first of its span."""

    arity: Any
    done: Any
    begin: Any


class _Names(NamedTuple):
    """The names that are mentioned or defined; of each whether it is mentioned, and the first mention's character.

    Of the mentions, and of the definitions, which name each has.
    """

    texts: list[str]
    is_mentioned: Any
    first: Any
    mentions: Any
    definitions: Any


def read_large(source: Source, variables: Collection[str], words: Collection[str]) -> Program | None:
    """The program that a text is; None where `parser` has to read it.

    `variables` are names that have values; `words` are spellings that may mean something else.
    """
    found = None if any(signs in source.text for signs in _DOUBTFUL) else columns(source.text)
    if found is None:
        return None
    tokens = LargeTokens(source.text, found)
    if not tokens.are_in_order():
        return None
    spans, names = _spans(tokens), _names(tokens)
    if spans is None or not _are_plain(tokens, names, variables, words):
        return None
    return _program(source, tokens, spans, names)


def _spans(tokens: LargeTokens) -> _Spans | None:
    """Where operators find their operands: to where the brackets close, or something binds less tightly."""
    kinds, places = tokens.kinds, np.arange(len(tokens.kinds), dtype=np.int32)
    level = depth_of(kinds)
    if level.min() < 0 or level[-1]:
        return None
    inner = np.flatnonzero(~tokens.is_leaf).astype(np.int32)
    at = inner[_order((level + (kinds == CLOSE))[inner])]  # bracket by bracket
    kind, is_prefix, is_infix, powers = kinds[at], tokens.is_prefix[at], tokens.is_infix[at], _POWERS[tokens.signs[at]]
    is_end = (kind == CLOSE) | (kind == COMMA) | (kind == NEWLINE)
    powers[is_prefix] = BINDING_POWER["negative"]
    binds = np.where(kind == CLOSE, _NEVER, powers)
    yields = np.where(is_infix, powers + (tokens.signs[at] == ord("^")), np.where(is_end, 0, _NEVER))
    place = places[: len(at)]
    arity, done, begin = np.zeros(len(kinds), np.int8), places.copy(), places.copy()
    for power in _each(powers[is_prefix | is_infix]):
        ahead = np.minimum.accumulate(np.where(yields <= power, place, len(at))[::-1])[::-1]
        here = np.flatnonzero((is_prefix | is_infix) & (powers == power))
        done[at[here]] = at[ahead[here + 1]]
    for power in _each(yields[is_infix]):
        behind = np.maximum.accumulate(np.where(binds < power, place, 0))
        here = np.flatnonzero(is_infix & (yields == power))
        begin[at[here]] = at[behind[here - 1]] + 1
    arity[at[is_infix]], arity[at[is_prefix]] = 2, 1
    is_comma = kind == COMMA
    if not (kinds == CALL).any():
        return None if is_comma.any() else _Spans(arity, done, begin)
    opened = np.maximum.accumulate(np.where(tokens.is_open[at], place, 0))
    commas = np.cumsum(is_comma, dtype=np.int32)
    shut = np.flatnonzero(kind == CLOSE)
    shut = shut[kind[opened[shut]] == CALL]
    operands = commas[shut] - commas[opened[shut]] + 1
    if (kind[opened[is_comma]] != CALL).any() or (len(shut) and operands.max() > _MOST_OPERANDS):
        return None
    arity[at[opened[shut]]], done[at[opened[shut]]] = operands, at[shut]
    return _Spans(arity, done, begin)


def _names(tokens: LargeTokens) -> _Names:
    """The names that stand for values."""
    texts, of_token = tokens.numbered(NAME, DEFINE)
    is_mention = tokens.kinds[(tokens.kinds == NAME) | (tokens.kinds == DEFINE)] == NAME
    mentions = of_token[is_mention]
    first, is_mentioned = np.zeros(len(texts), np.int32), np.zeros(len(texts), bool)
    first[mentions[::-1]] = tokens.starts[tokens.kinds == NAME][::-1]
    is_mentioned[mentions] = True
    return _Names(texts, is_mentioned, first, mentions, of_token[~is_mention])


def _are_plain(tokens: LargeTokens, of: _Names, variables: Collection[str], words: Collection[str]) -> bool:
    """Whether names mean what they do anywhere: no products `x(…)`, no derivatives, no loops, no name defined twice."""
    called, by_statement = {*tokens.called[0]}, {of.texts[k] for k in of.definitions.tolist()}
    names = {*compress(of.texts, of.is_mentioned.tolist())}
    if (
        not called.isdisjoint(by_statement)
        or not called.isdisjoint(variables)
        or not by_statement.isdisjoint(variables)
    ):
        return False
    if len(by_statement) < len(of.definitions) or ("d" in names and "d" not in variables):
        return False
    for ending, typed in (("(", called), ("=", by_statement)):
        if not typed.isdisjoint([word.rstrip(f" {ending}") for word in words if word.endswith(ending)]):
            return False
    if any(word in names for word in (*words, "for", "gate")):
        return False
    return not (by_statement and (tokens.signs == ord("/")).any() and any(name[0] == "d" for name in names))


def _program(source: Source, tokens: LargeTokens, spans: _Spans, names: _Names) -> Program | None:
    """The rows in order, and the statements that end in them."""
    kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
    on_stack = np.flatnonzero(tokens.is_leaf | ((spans.arity > 0) & ~tokens.is_folded)).astype(np.int32)
    on_stack = on_stack[np.argsort(spans.done[on_stack].astype(np.int64) * len(kinds) - on_stack, kind="stable")]
    done = spans.done[on_stack]
    made = kinds[on_stack] != NAME
    texts, defined = names.texts, names.definitions
    is_own = names.is_mentioned.copy()
    is_own[defined] = False
    own = np.flatnonzero(is_own)
    rows = np.cumsum(made, dtype=np.int32) + np.int32(len(own) - 1)

    lines = np.flatnonzero(kinds == NEWLINE)
    begins, lasts = lines[:-1] + 1, np.searchsorted(done, lines[1:], side="right") - 1
    begins, lasts = begins[np.diff(lines) > 1], lasts[np.diff(lines) > 1]
    has_name = kinds[begins] == DEFINE
    row_of = np.zeros(len(texts), np.int32)
    row_of[own] = np.arange(len(own))
    rows[~made] = row_of[names.mentions]
    if not len(begins):
        return None
    if len(defined):
        is_known = made.copy()
        is_known[~made] = is_own[names.mentions]
        if not is_known[lasts[has_name]].all():  # `b = a` where a statement defines a
            return None
        named, ready = np.flatnonzero(has_name), np.zeros(len(texts), np.int32)
        row_of[defined] = rows[lasts[named]]
        ready[defined] = np.append(begins, len(kinds))[named + 1]
        if (ready[names.mentions] > np.flatnonzero(kinds == NAME)).any():  # before it is defined
            return None
        rows[~made] = row_of[names.mentions]

    token = on_stack[made]
    is_number, is_call = kinds[token] == NUMBER, kinds[token] == CALL
    codes = np.where(tokens.is_prefix[token], NEGATIVE, tokens.signs[token])
    codes[is_call] = CALLED
    arity = np.where(tokens.is_leaf[on_stack], 0, spans.arity[on_stack])
    by_height = _order(np.cumsum(1 - arity, dtype=np.int32))
    left = np.zeros_like(on_stack)
    left[by_height[1:]] = by_height[:-1]
    at = np.flatnonzero(made)
    first, second = rows[left[at]], rows[at - 1]
    arity = arity[at]
    first[arity == 1], second[arity == 1] = second[arity == 1], -1
    first[arity == 0] = second[arity == 0] = -1
    begin = np.where(is_number & tokens.is_folded[token - 1], token - 1, spans.begin[token])
    last = np.where(is_number, token, spans.done[token] - ~is_call)
    lengths = np.fromiter((len(texts[k]) for k in own.tolist()), np.int32, len(own))
    called, of_call = tokens.called
    number_of_call = np.cumsum(kinds == CALL, dtype=np.int32) - 1 if called else kinds
    numbers_ = tokens.texts(NUMBER)
    if (folded := tokens.is_folded[token[is_number] - 1]).any():
        numbers_ = [f"-{text}" if has_sign else text for text, has_sign in zip(numbers_, folded.tolist(), strict=True)]
    out = LargeProgram(
        source,
        Rows(
            [texts[k] for k in own.tolist()], codes, first, second, numbers_,
            called, of_call[number_of_call[token[is_call]]],
            ends[token[is_call]], np.append(names.first[own], starts[begin]),
            np.append(names.first[own] + lengths, ends[last]),
        ),
    )  # fmt: skip
    heads = map(texts.__getitem__, defined.tolist())
    headed = (next(heads) if is_named else "" for is_named in has_name.tolist())
    statements = zip(headed, rows[lasts].tolist(), starts[begins].tolist(), strict=True)
    out.statements = list(map(tuple.__new__, repeat(Statement), statements))
    return out


def _each(numbers: Any) -> list[int]:
    """Small numbers, each once."""
    return [k for k in range(int(numbers.max(initial=0)) + 1) if (numbers == k).any()]


def _order(levels: Any) -> Any:
    """The places of small numbers, in order of these and then of places."""
    most = levels.max()
    return np.argsort(
        levels.astype(np.uint8 if most < 256 else np.uint16 if most < _MANY else levels.dtype), kind="stable"
    )
