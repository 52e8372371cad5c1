"""A code at a point: other decisions than those of the recording told from errors, and what is given checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.errors import ArgumentError
from adpy.program.code import Code
from adpy.program.recording import Recording
from adpy.program.sweeps import ERRORS
from adpy.sparse.pattern import Pattern

__all__ = ["check_colors", "check_shape", "holds"]


def holds(code: Code, inputs: Sequence[Any], sweep: Callable[[Recording], bool]) -> bool:
    """Sweep over a code with its values at these inputs.

    ``sweep(recording)`` says whether the decisions of the recording hold.  An error in a branch that does not hold is
    none; if they do, it is raised.
    """
    try:
        with Recording(code, inputs) as recording:
            return sweep(recording)
    except ERRORS:
        if _decides_alike(code, inputs):
            raise
        return False


def _decides_alike(code: Code, inputs: Sequence[Any]) -> bool:
    """Are all decisions those of the recording?"""
    try:
        with Recording(code, inputs) as recording:
            return recording.replay()
    except ERRORS:
        return False


def check_shape(pattern: Pattern, shape: tuple[int, int]) -> None:
    """Raise unless a pattern has this shape."""
    if tuple(pattern.shape) != shape:
        raise ArgumentError("pattern", f"shape {shape}", f"shape {tuple(pattern.shape)}")


def check_colors(coloring: Any, pattern: Pattern, kinds: tuple[str, ...]) -> None:
    """Raise unless a coloring is of one of these kinds and for a matrix of this shape."""
    if coloring.kind not in kinds:
        raise ArgumentError("coloring", f"one of the kinds {', '.join(kinds)}", f"a {coloring.kind} coloring")
    if tuple(coloring.shape) != tuple(pattern.shape):
        raise ArgumentError("coloring", f"colors of a matrix of shape {pattern.shape}", f"of shape {coloring.shape}")
