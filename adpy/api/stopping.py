"""stop_gradient: the one way to drop a derivative."""

from __future__ import annotations

from typing import Any

from adpy import capture
from adpy.api.trees import map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.dispatch import assemble, primal, top_trace

__all__ = ["stop_gradient"]


def stop_gradient(x: Any) -> Any:
    """Return ``x`` without derivatives, for every enclosing transform.

    Parameters
    ----------
    x : number, array or tree of them
        Anything; outside a transform it is returned as it is (arrays are not copied).

    Returns
    -------
    Same structure
        Plain numbers, and fresh arrays that can take traced values again.

    Examples
    --------
    >>> import adpy
    >>> adpy.grad(lambda x: x * adpy.stop_gradient(x))(3.0)
    3.0
    """
    return map_leaves(_stopped, x)


def _stopped(leaf):
    if type(leaf) is np.ndarray and leaf.dtype == object and top_trace([leaf]) is not None:
        leaf = assemble(leaf)
    if type(leaf) not in TRACED_TYPES:
        return leaf
    if type(leaf)._batched:
        data, laned = leaf.frame.data(leaf)
        with capture.lowered(leaf.frame.parent):
            plain = _stopped(data)
        return leaf.frame.wrap(plain, laned, leaf.__class__ is float)
    plain = primal(leaf)
    if isinstance(plain, np.ndarray):
        frame = capture.frame()
        return plain.copy() if frame is None else frame.buffer(plain.copy())
    return plain if leaf.__class__ is float else np.asarray(plain)[()]
