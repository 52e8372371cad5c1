"""Single steps without a recording: what programs do not know goes through the transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.api.reverse_mode import vjp
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.checkpoint.body import active, with_active
from adpy.custom.calling import blanked
from adpy.custom.structures import is_active_kind
from adpy.traced.dispatch import primal

__all__ = ["pulled_step"]


def pulled_step(body: Callable, state: Any, n: int, operands: Any, arg: Any) -> tuple[Any, Callable]:
    """One step and its pullback.

    Returns
    -------
    y : (state, output)
    pullback : callable
        From cotangents of the leaves of ``y`` that carry derivatives to those of state, operands and argument.
    """
    trees = state, operands, arg
    leaves = active(trees)
    template: list = []

    def flat(leaves):
        given = with_active(trees, leaves)
        y = body(given[0], n, given[1], given[2])
        every = [leaf for _, leaf in flatten(y)]
        where = [i for i, leaf in enumerate(every) if is_active_kind(leaf)]
        template[:] = [map_leaves(primal, blanked(y, every, where)), where]
        return [every[i] for i in where]

    if not leaves:
        y = body(state, n, operands, arg)
        return y, lambda bars: []
    found, pullback = vjp(flat, leaves)
    tree, where = template
    every = [leaf for _, leaf in flatten(tree)]
    for i, leaf in zip(where, found, strict=True):
        every[i] = leaf
    y = rebuild(tree, iter(every).__next__)
    return y, lambda bars: pullback(bars)[0] if bars else [0.0 * leaf for leaf in leaves]
