"""Arithmetic of trees: sums, and linear maps between what carries derivatives in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.api.forward_mode import jvp
from adpy.api.reverse_mode import vjp
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.custom.following import follow
from adpy.custom.structures import dtype_of, shape_of
from adpy.errors import RuleError
from adpy.plain import np

__all__ = ["check_like", "negative", "ones_like", "pulled", "pushed", "real_where", "subtract"]


def negative(tree: Any) -> Any:
    """``-tree``."""
    return map_leaves(lambda leaf: -leaf, tree)


def subtract(a: Any, b: Any) -> Any:
    """``a - b``."""
    parts = iter([x - y for (_, x), (_, y) in zip(flatten(a), flatten(b), strict=True)])
    return rebuild(a, parts.__next__)


def ones_like(tree: Any) -> Any:
    """Ones in the shapes and dtypes of the leaves: a point at which to take the derivative of a linear map."""
    return map_leaves(lambda leaf: (np.zeros(shape_of(leaf), dtype_of(leaf)) + 1)[()], tree)


def real_where(template: Any, tree: Any) -> Any:
    """The tree with the real part for every leaf that is real in ``template``."""
    pairs = zip(flatten(template), flatten(tree), strict=True)
    parts = [np.real(x) if dtype_of(x).kind == "c" and dtype_of(t).kind != "c" else x for (_, t), (_, x) in pairs]
    return rebuild(tree, iter(parts).__next__)


def pushed(function: Callable, x: Any, x_dot: Any) -> Any:
    """The derivative of ``function`` at ``x`` along ``x_dot``."""
    return jvp(lambda x: follow(function, x), (x,), (x_dot,))[1]


def pulled(function: Callable, x: Any, y_bar: Any) -> Any:
    """The cotangent of ``x`` for the cotangent ``y_bar`` of ``function(x)``."""
    return vjp(lambda x: follow(function, x), x)[1](y_bar)[0]


def check_like(tree: Any, like: Any, what: str) -> Any:
    """``tree``, if it has the structure and the shapes of ``like``.

    Raises
    ------
    RuleError
        Naming ``what`` it is.
    """
    given, expected = flatten(tree), flatten(like)
    if [path for path, _ in given] != [path for path, _ in expected]:
        raise RuleError(f"{what}: expected {_structure(expected)}, got {_structure(given)}")
    for (path, leaf), (_, wanted) in zip(given, expected, strict=True):
        if shape_of(leaf) != shape_of(wanted):
            raise RuleError(f"{what}{path}: expected shape {shape_of(wanted)}, got shape {shape_of(leaf)}")
    return tree


def _structure(leaves: list) -> str:
    if len(leaves) == 1 and not leaves[0][0]:
        return f"one array of shape {shape_of(leaves[0][1])}"
    return "a tree with leaves " + ", ".join(path for path, _ in leaves)
