"""Rule code that no trace may see, though it runs during one: capture says how to leave it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

__all__ = ["outside", "set_outside"]

_leave: Callable[[], AbstractContextManager] = nullcontext


def set_outside(leave: Callable[[], AbstractContextManager]) -> None:
    """Register what makes a context without a trace."""
    global _leave
    _leave = leave


def outside() -> AbstractContextManager:
    """A context in which NumPy and SciPy are as they are outside a trace."""
    return _leave()
