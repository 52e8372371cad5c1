"""The active frame of each context, and the two ways to change it without starting a trace."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

import numpy as np

from adpy.rules.outside import set_outside

__all__ = ["DEEP", "FRAME", "Frame", "frame", "lowered", "paused"]


class Frame(Protocol):
    """What a running transform offers to the replaced functions."""

    batched: bool
    """Do its values stand for one value in each lane of a batch?"""

    def buffer(self, array: np.ndarray) -> Any:
        """Wrap a fresh array as an inactive buffer that can take traced values."""

    def assemble(self, nested: Any, dtype: Any = None) -> Any:
        """Build an array from nested sequences with traced values in them."""

    def note(self, error: Exception) -> None:
        """Remember a refusal, in case user code swallows it."""

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """Call a function of values only, some of them traced."""

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        """Apply the ufunc ``replacement``, the equivalent of ``original``, to scalars, some of them traced."""


FRAME: ContextVar[Frame | None] = ContextVar("adpy_frame", default=None)
# True while one of NumPy's own Python implementations runs on traced values.
DEEP: ContextVar[bool] = ContextVar("adpy_deep", default=False)

frame = FRAME.get
"""``frame() -> Frame | None``: the innermost active frame of this context."""


class lowered:
    """Context manager: make ``frame`` (or no frame) the active one."""

    __slots__ = ("_frame", "_previous")

    def __init__(self, frame: Frame | None) -> None:
        self._frame = frame

    def __enter__(self) -> None:
        self._previous = FRAME.get()
        FRAME.set(self._frame)

    # Not by tokens: those refuse to be used in another context, where a generator may be resumed.
    def __exit__(self, *exception: object) -> None:
        FRAME.set(self._previous)


class paused(lowered):
    """Context manager: no capture in this context."""

    __slots__ = ()

    def __init__(self) -> None:
        self._frame = None


set_outside(paused)
