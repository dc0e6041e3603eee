"""Transposes that are raised: `^T`, `^{T}`, `^⊤`, `w^Tx`, and those of the inverse, `^{-T}`; where `T` has no value."""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter
from backprop_cli.lean import Collection

_SIGNS = ("⊤", "⊺", "ᵀ", "'", "′")


def read_transpose(edits: Rewriter, k: int, names: Collection[str]) -> bool:
    """Read the transpose that begins with the `^` at token k; whether it is one."""
    word = edits.at(k + 1)
    if last := _transposed(edits, k, names):
        apart = " " * (edits.at(last + 1)[:1].isalnum() and edits.touches(last + 1))
        edits.merge(k, last, f"'{apart}")
    elif word[1:] in names and word[:1] == "T" and "T" not in names and word not in names:
        edits.out[k], edits.out[k + 1] = "'", f" {word[1:]}"  # w^Tx
    elif last := _inverse_transposed(edits, k, names):
        edits.merge(k, last, "^(-1)'")
    else:
        return False
    return True


def _transposed(edits: Rewriter, k: int, names: Collection[str]) -> int:
    """The last token of `^T`, `^{T}`, `^⊤`; 0 where it is something else."""
    braced = edits.at(k + 1) == "{"
    sign, last = edits.at(k + 1 + braced), k + 1 + 2 * braced
    is_sign = sign in _SIGNS or (sign == "T" and "T" not in names)
    return last if is_sign and edits.closes.get(k + 1, last) == last else 0


def _inverse_transposed(edits: Rewriter, k: int, names: Collection[str]) -> int:
    """The last token of `^-T`, `^{-T}`, `^(-T)`; 0 where it is something else."""
    first = k + 1 + (edits.at(k + 1) in ("{", "("))
    last = edits.closes.get(k + 1, k + 2)
    is_sign = edits.at(first) in ("-", "−") and edits.at(first + 1) == "T" and "T" not in names
    return last if is_sign and last == first + 1 + (first > k + 1) else 0
