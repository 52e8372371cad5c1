"""Running a rule: ordinary NumPy code, which a transform around it differentiates."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.trees import map_leaves
from adpy.errors import TracedValueError
from adpy.plain import np

__all__ = ["follow"]


def follow(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """Call ``function``; if a transform is running, with the names it can reach replaced as that transform needs it.

    The transform walked the user's function, from which a rule need not be reachable.  As with a differentiated
    function, a refusal is followed by further attempts at the higher levels of capture.
    """
    frame = capture.frame()
    if frame is None:
        return function(*args, **kwargs)
    noted = len(frame.detached)
    refused = None
    for level in capture.levels(function):
        try:
            given = [map_leaves(functools.partial(_borrowed, frame), x) for x in args] if level else args
            with capture.tracing(frame, function, level) as call:
                result = call(*given, **kwargs)
        except TracedValueError as error:
            refused = refused or error
            del frame.detached[noted:]
            continue
        if level:
            capture.settle(function, level)
        return result
    frame.detached.append(refused)
    raise refused


def _borrowed(frame: Any, leaf: Any) -> Any:
    """A plain array whose copies can take traced values."""
    return frame.borrow(leaf) if type(leaf) is np.ndarray and leaf.dtype.kind in "fc" else leaf
