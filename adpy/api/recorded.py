"""A function recorded at a point, where programs know everything it does; other ways remain where they do not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.forward_mode import input_leaves
from adpy.api.running import run
from adpy.capture.registry import TRACED_TYPES
from adpy.kernels import building
from adpy.plain import np

__all__ = ["recorded"]

OPERATION = 2e-5
"""Seconds that an operation of nested transforms takes without the interpreters."""


def recorded(function: Callable, args: tuple, kwargs: dict, keys: list, check: Callable, directions: int = 1) -> Any:
    """Record ``function`` with the arguments at ``keys`` as inputs.

    Parameters
    ----------
    check : callable
        ``check(y, frame)`` raises if the result is not as the caller needs it, and returns its traced leaves and
        their values.
    directions : int
        How many directions will be swept, for the decision whether compiled sweeps pay.

    Returns
    -------
    (Recording, list) or None
        The recording with the values of the result, None where it cannot be recorded or would not pay.
    """
    from adpy.program import Recorder, Unrecordable
    from adpy.program.lowering import lower
    from adpy.program.recording import Recording

    if capture.frame() is not None:
        return None
    inputs = input_leaves(args, kwargs, keys)
    if not inputs or not all(_plain(leaf) for leaf in inputs):
        return None
    try:
        frame, y = run(functools.partial(Recorder, masks=False), function, args, kwargs, keys)
    except Unrecordable:
        return None
    try:
        leaves, values = check(y, frame)
        size = frame.count + 4 * len(frame.nodes)
        if frame.failure is not None or not building.ready(OPERATION * size * directions):
            return None
        references = [leaf.reference() for leaf in leaves if _active(leaf, frame)]
        code = lower(frame, references)
    except Unrecordable:
        return None
    finally:
        frame.close()
    return Recording(code, inputs), values


def _plain(leaf: Any) -> bool:
    kind = type(leaf)
    return kind is float or kind is np.float64 or (kind is np.ndarray and leaf.dtype == np.float64)


def _active(leaf: Any, frame: Any) -> bool:
    """Does a leaf of the result depend on the inputs?"""
    return type(leaf) in TRACED_TYPES and leaf.frame is frame and leaf.active
