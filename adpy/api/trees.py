"""Trees: nested tuples, lists, dictionaries and dataclasses of numbers and arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np

__all__ = ["flatten", "in_order_of", "map_leaves", "rebuild"]

_LEAVES = frozenset((np.ndarray, np.float64, float, int))  # the usual ones


def flatten(tree: Any, leaves: list | None = None, path: str = "") -> list[tuple[str, Any]]:
    """Leaves of a tree with their paths, in a fixed order."""
    leaves = [] if leaves is None else leaves
    kind = type(tree)
    if kind in _LEAVES or kind in TRACED_TYPES:
        leaves.append((path, tree))
    elif isinstance(tree, tuple | list):
        names = getattr(tree, "_fields", None)
        for i, item in enumerate(tree):
            flatten(item, leaves, f"{path}.{names[i]}" if names else f"{path}[{i}]")
    elif isinstance(tree, dict) and not hasattr(tree, "tocsr"):  # a sparse matrix in a dictionary is one leaf
        for key, item in tree.items():
            flatten(item, leaves, f"{path}[{key!r}]")
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        for field in dataclasses.fields(tree):
            flatten(getattr(tree, field.name), leaves, f"{path}.{field.name}")
    else:
        leaves.append((path, tree))
    return leaves


def rebuild(tree: Any, leaves: Callable[[], Any]) -> Any:
    """A tree of the same structure, its leaves taken in turn from ``leaves()``."""
    kind = type(tree)
    if kind in _LEAVES or kind in TRACED_TYPES:
        return leaves()
    if isinstance(tree, tuple | list):
        items = [rebuild(item, leaves) for item in tree]
        if hasattr(tree, "_fields"):
            return type(tree)(*items)
        return items if type(tree) is list else type(tree)(items)
    if isinstance(tree, dict) and not hasattr(tree, "tocsr"):
        copy = dict(tree) if type(tree) is dict else tree.copy()
        for key, item in tree.items():
            copy[key] = rebuild(item, leaves)
        return copy
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        clone = object.__new__(type(tree))
        for field in dataclasses.fields(tree):
            object.__setattr__(clone, field.name, rebuild(getattr(tree, field.name), leaves))
        for name, item in getattr(tree, "__dict__", {}).items():
            if name not in clone.__dict__:
                object.__setattr__(clone, name, item)
        return clone
    return leaves()


def map_leaves(function: Callable, tree: Any) -> Any:
    """Apply ``function`` to every leaf."""
    kind = type(tree)
    if kind in _LEAVES or kind in TRACED_TYPES:
        return function(tree)
    found = iter([function(leaf) for _, leaf in flatten(tree)])
    return rebuild(tree, found.__next__)


def in_order_of(template: Any, tree: Any) -> Any:
    """``tree`` with the keys of its dictionaries in the order of ``template``, where they are the same keys."""
    if isinstance(template, dict) and isinstance(tree, dict) and template.keys() == tree.keys():
        return {key: in_order_of(item, tree[key]) for key, item in template.items()}
    if isinstance(template, tuple | list) and type(tree) is type(template) and len(tree) == len(template):
        items = [in_order_of(a, b) for a, b in zip(template, tree, strict=True)]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return tree
