"""Nested containers of numbers and arrays, as flat vectors of floats and back."""

import dataclasses
from typing import Any

import numpy as np

__all__ = ["flat", "float_leaves", "rebuilt", "split"]


def _children(tree: Any) -> list | None:
    """The parts of a container in a fixed order; ``None`` for a leaf."""
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [getattr(tree, f.name) for f in dataclasses.fields(tree)]
    if isinstance(tree, dict):
        return list(tree.values())
    if isinstance(tree, (list, tuple)):
        return list(tree)
    if isinstance(tree, np.ndarray) and tree.dtype == object:
        return list(tree.flat)
    return None


def _remade(tree: Any, children: list) -> Any:
    """A container like ``tree`` with other parts."""
    if dataclasses.is_dataclass(tree):
        return dataclasses.replace(tree, **{f.name: c for f, c in zip(dataclasses.fields(tree), children)})
    if isinstance(tree, dict):
        return dict(zip(tree, children))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*children)
    return type(tree)(children)


def float_leaves(tree: Any) -> list:
    """The leaves that are real floating-point numbers or arrays, in order."""
    children = _children(tree)
    if children is not None:
        return [leaf for child in children for leaf in float_leaves(child)]
    is_float = isinstance(tree, (float, np.floating)) or (isinstance(tree, np.ndarray) and tree.dtype.kind == "f")
    return [tree] if is_float else []


def flat(tree: Any) -> np.ndarray:
    """All numbers of a result as one real vector; complex ones as real parts, then imaginary parts."""
    children = _children(tree)
    if children is not None:
        return np.concatenate([np.empty(0), *(flat(child) for child in children)])
    if tree is None or isinstance(tree, (str, bytes)):
        return np.empty(0)
    array = np.asarray(tree)
    if array.dtype.kind == "c":
        return np.concatenate([array.real.ravel(), array.imag.ravel()])
    return array.ravel().astype(float) if array.dtype.kind in "biuf" else np.empty(0)


def split(vector: np.ndarray, tree: Any) -> list:
    """Cut ``vector`` into pieces shaped like the float leaves of ``tree``."""
    pieces, start = [], 0
    for leaf in float_leaves(tree):
        shape = np.shape(leaf)
        stop = start + int(np.prod(shape))
        piece = vector[start:stop].reshape(shape)
        pieces.append(piece if isinstance(leaf, np.ndarray) else float(piece))
        start = stop
    return pieces


def rebuilt(tree: Any, leaves: list) -> Any:
    """``tree`` with its float leaves replaced, in order; every other leaf is kept."""
    return _rebuild(tree, iter(leaves))


def _rebuild(tree: Any, leaves) -> Any:
    children = _children(tree)
    if children is not None:
        return _remade(tree, [_rebuild(child, leaves) for child in children])
    return next(leaves) if float_leaves(tree) else tree
