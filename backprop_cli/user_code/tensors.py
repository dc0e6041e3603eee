"""PyTorch's tensors, where the user's file has them.

PyTorch is never imported here: it is there if their file imports it.
"""

from __future__ import annotations

import copy
import sys
from contextlib import contextmanager

import numpy as np

from backprop_cli.lean import Any, Iterator


def is_tensor(value: Any) -> bool:
    """Whether it is one of PyTorch's tensors."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, getattr(torch, "Tensor", ()))


def is_generator(value: Any) -> bool:
    """Whether it draws PyTorch's random numbers."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, getattr(torch, "Generator", ()))


def copy_of(value: Any) -> Any:
    """A copy of a tensor, without what it was made of, or of a generator."""
    if is_tensor(value):
        return copy.deepcopy(value) if value.is_leaf else value.detach().clone().requires_grad_(value.requires_grad)
    made = type(value)(value.device)
    made.set_state(value.get_state())
    return made


def plus(tensor: Any, delta: Any, *, in_place: bool) -> Any:
    """The tensor with numbers added to its elements; in place where that is asked for and it is of floats."""
    torch: Any = sys.modules["torch"]
    added = torch.as_tensor(np.asarray(delta).reshape(tuple(tensor.shape)), dtype=tensor.dtype)
    if not (in_place and tensor.is_floating_point()):
        return tensor + added
    with torch.no_grad():
        return tensor.add_(added)


def random_state() -> Any:
    """The state of PyTorch's own random numbers, None without PyTorch."""
    torch = sys.modules.get("torch")
    return None if torch is None else torch.get_rng_state()


def set_random_state(state: Any) -> None:
    """Put it back."""
    if state is not None:
        sys.modules["torch"].set_rng_state(state)


def begin(seed: int) -> None:
    """From the first time on that PyTorch is there, tensors are of doubles, and drawn by the seed."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_default_dtype() != torch.float64:
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(seed)


@contextmanager
def as_it_was(seed: int) -> Iterator[None]:
    """Around a run: the same random numbers every time; PyTorch's settings put back afterwards."""
    torch = sys.modules.get("torch")
    before = (torch.get_default_dtype(), torch.get_rng_state()) if torch is not None else None
    if torch is not None:
        torch.set_default_dtype(torch.float32)
    try:
        begin(seed)
        yield
    finally:
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.set_default_dtype(before[0] if before else torch.float32)
            if before:
                torch.set_rng_state(before[1])
