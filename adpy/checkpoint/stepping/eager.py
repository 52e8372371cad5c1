"""Single steps without a recording: what programs do not know goes through the transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.api.reverse_mode import vjp
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.checkpoint.stepping.body import active, with_active
from adpy.custom.calling import blanked
from adpy.custom.structures import is_active_kind
from adpy.traced.dispatch import primal

__all__ = ["pulled_back", "pulled_step"]


def pulled_back(function: Callable, tree: Any) -> tuple[Any, Callable]:
    """A function of a tree and its pullback.

    Returns
    -------
    y : tree
    pullback : callable
        From cotangents of the leaves of ``y`` that carry derivatives to those of the leaves of ``tree`` that do.
    """
    leaves = active(tree)
    if not leaves:
        return function(tree), lambda bars: []
    template: list = []

    def flat(leaves):
        y = function(with_active(tree, leaves))
        every = [leaf for _, leaf in flatten(y)]
        where = [i for i, leaf in enumerate(every) if is_active_kind(leaf)]
        template[:] = [map_leaves(primal, blanked(y, every, where)), where]
        return [every[i] for i in where]

    found, pullback = vjp(flat, leaves)
    y, where = template
    every = [leaf for _, leaf in flatten(y)]
    for i, leaf in zip(where, found, strict=True):
        every[i] = leaf
    value = rebuild(y, iter(every).__next__)
    return value, lambda bars: pullback(bars)[0] if bars else [0.0 * leaf for leaf in leaves]


def pulled_step(body: Callable, state: Any, n: int, operands: Any, arg: Any) -> tuple[Any, Callable]:
    """One step and its pullback; cotangents are those of state and output, and of state, operands and argument."""
    return pulled_back(lambda given: body(given[0], n, given[1], given[2]), (state, operands, arg))
