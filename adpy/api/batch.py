"""batch: a function of one sample becomes one of many, with the semantics of a loop."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.batch_results import stacked
from adpy.api.batch_samples import Samples
from adpy.api.lanes import lanes_above
from adpy.api.results import is_number
from adpy.api.running import check_function
from adpy.api.trees import map_leaves
from adpy.batching.running import run_lanes
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["batch"]

_MODES = ("auto", "vectorized", "loop")


def batch(function: Callable, in_axes: Any = 0, out_axes: Any = 0, mode: str = "auto") -> Callable:
    """Return a function that applies ``function`` to every sample of its arguments and stacks the results.

    The result is that of a loop, ``np.stack([function(x) for x in X])``, but where all samples take the same way
    through the function its operations are done for all of them at once.  Where samples decide differently (``if``,
    ``while``, an index), the function is run again for each group of samples that decide alike; what cannot be done
    for many samples is done for one after the other.  So ``function`` may be called more than once, and should have no
    effect but its result.

    Parameters
    ----------
    function : callable
        A function of one sample; often a transformed one, as ``adpy.grad(f)`` or ``adpy.jacobian(f)``.  Any result:
        numbers, arrays, or trees of them, of the same shapes for all samples.
    in_axes : int, None, or a tuple of such
        The axis of the samples in every array of an argument; None for an argument that is the same for all samples.
        A tuple has one entry for each positional argument, and each entry may be a tree that is a prefix of its
        argument.  Keyword arguments are the same for all samples.
    out_axes : int, or a tuple of such
        Where the axis of the samples stands in the arrays of the result: one for all, or a prefix of its structure.
    mode : {"auto", "vectorized", "loop"}
        ``"loop"`` is a plain loop, ``"vectorized"`` raises what ``"auto"`` would do lane by lane.

    Returns
    -------
    callable
        Takes the arguments of ``function`` with the axis of the samples added.

    Raises
    ------
    ArgumentError
        If the arguments have no samples, or different numbers of them, or the results of the samples different
        structures or shapes.
    Exception
        What ``function`` raises for a sample, with a note that says which.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def f(w, x):
    ...     return np.sin(x @ w) if x[0] > 0 else 0.0 * w[0]
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]])
    >>> adpy.batch(adpy.grad(f), in_axes=(None, 0))(np.zeros(2), X)
    array([[0., 0.],
           [1., 0.],
           [2., 0.]])
    """
    check_function(function)
    if mode not in _MODES:
        raise ArgumentError("mode", f"one of {_MODES}", repr(mode))

    @functools.wraps(function, updated=())
    def over_samples(*args, **kwargs):
        samples = Samples(args, kwargs, in_axes)
        outer = lanes_above()
        if outer is None:
            return stacked(run_lanes(function, samples.size, samples.together, samples.alone, mode), out_axes)
        pieces = None
        if mode != "loop":
            samples.outer = outer
            within = outer, np.tile(np.arange(outer.size), samples.size)
            pieces = run_lanes(function, within[1].size, samples.together, None, mode, within)
        if pieces is None:
            return stacked(run_lanes(function, samples.size, samples.together, samples.alone, "loop"), out_axes)
        with capture.lowered(outer.parent):
            merged = stacked(pieces, out_axes, outer)
        return map_leaves(functools.partial(_lane_value, outer), merged)

    return over_samples


def _lane_value(outer: Any, leaf: Any) -> Any:
    """A stacked result as a value of the lanes of ``outer``, whose axis is the last."""
    return outer.wrap(leaf, True) if is_number(leaf) else leaf
