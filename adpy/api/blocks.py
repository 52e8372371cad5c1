"""What the modes of :func:`adpy.jacobian` share: result leaves, and blocks cut by input leaves."""

from __future__ import annotations

import functools
from typing import Any

from adpy.api.results import check_result, described, untraced
from adpy.api.trees import map_leaves
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["cut", "split_result"]


def split_result(y: Any, frame: Any, has_aux: bool) -> tuple[Any, Any]:
    """The result and its companion, which is untraced."""
    if not has_aux:
        check_result(y)
        return y, None
    if not isinstance(y, tuple) or len(y) != 2:
        raise ArgumentError("function with has_aux=True", "a tuple of two, (y, aux)", described(y))
    check_result(y[0])
    return y[0], map_leaves(functools.partial(untraced, tape=frame), y[1])


def cut(whole: Any, inputs: list) -> list:
    """The columns of each input leaf, in its shape."""
    if len(inputs) == 1 and whole.ndim > 1:
        shape = np.shape(inputs[0])
        return [whole if len(shape) == 1 else whole.reshape((*whole.shape[:-1], *shape))]
    parts, start = [], 0
    for leaf in inputs:
        stop = start + np.size(leaf)
        part = np.reshape(whole[..., start:stop], (*whole.shape[:-1], *np.shape(leaf)))
        parts.append(part if part.ndim else part[()])
        start = stop
    return parts
