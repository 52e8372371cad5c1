"""Layouts of states as JSON, and back: so that snapshots of an earlier process are understood."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from adpy.checkpoint.stepping.state import Layout, Leaf
from adpy.errors import AdpyError

__all__ = ["UnknownLayout", "describe", "understand"]

_SIMPLE = (str, int, float, bool, type(None))


class UnknownLayout(AdpyError):
    """A description names a class or a constant that the process does not know."""


def describe(layout: Layout) -> dict[str, Any]:
    """What JSON can say of a layout.

    Lists, tuples, dictionaries, text and numbers are described; classes of other containers and other constants are
    only named.
    """
    leaves = [[leaf.path, leaf.kind, leaf.axes, _value(leaf.value)] for leaf in layout.leaves]
    return {"tree": _tree(layout.tree), "leaves": leaves}


def understand(description: dict[str, Any], known: Layout) -> Layout:
    """The layout of a description.

    Parameters
    ----------
    description : dict
        Of :func:`describe`, after a way through JSON.
    known : Layout
        Of a state of the same problem, as the first one: classes and constants are taken from there.

    Raises
    ------
    UnknownLayout
        If something is named that ``known`` does not have.

    Examples
    --------
    >>> import json
    >>> import numpy as np
    >>> from adpy.checkpoint.driving.layouts import describe, understand
    >>> from adpy.checkpoint.stepping.state import split
    >>> first, _ = split({"u": np.zeros(3), "history": []})
    >>> later, _ = split({"u": np.zeros(3), "history": [1.0, 2.0]})
    >>> understand(json.loads(json.dumps(describe(later))), first) == later
    True
    """
    reader = _Reader(known)
    leaves = [
        Leaf(path, kind, None if axes is None else tuple(axes), reader.value(value))
        for path, kind, axes, value in description["leaves"]
    ]
    return Layout(reader.tree(description["tree"]), tuple(leaves))


def _tree(tree: Any) -> Any:
    kind = type(tree)
    if tree is None:
        return None
    if kind is list or kind is tuple:
        return [kind.__name__, [_tree(item) for item in tree]]
    if kind is dict:
        return ["dict", [[_value(key), _tree(item)] for key, item in tree.items()]]
    return ["class", _name(kind), [[_value(key), _tree(item)] for key, item in _parts(tree)]]


def _parts(tree: Any) -> list[tuple[Any, Any]]:
    """Names and parts of a container."""
    if isinstance(tree, dict):
        return list(tree.items())
    if isinstance(tree, tuple | list):
        return list(enumerate(tree))
    return [(field.name, getattr(tree, field.name)) for field in dataclasses.fields(tree)]


def _value(value: Any) -> list:
    """A key or a constant."""
    if type(value) in _SIMPLE:
        return ["value", value]
    if type(value) is tuple:
        return ["tuple", [_value(item) for item in value]]
    if type(value) is bytes:
        return ["bytes", value.hex()]
    return ["named", _name(value)]


def _name(value: Any) -> str:
    named = value if isinstance(value, type) or callable(value) else type(value)
    module, name = getattr(named, "__module__", ""), getattr(named, "__qualname__", getattr(named, "__name__", ""))
    return f"{module}.{name}" if named is value else f"{module}.{name}: {value!r}"


class _Reader:
    """Understands descriptions with what a layout has."""

    def __init__(self, known: Layout) -> None:
        self._containers: dict[str, Any] = {}
        self._constants = {_name(leaf.value): leaf.value for leaf in known.leaves if leaf.kind == "constant"}
        for container in _containers(known.tree):
            self._containers.setdefault(_name(type(container)), container)
            if isinstance(container, dict):
                self._constants.update({_name(key): key for key in container})

    def tree(self, description: Any) -> Any:
        if description is None:
            return None
        kind, *rest = description
        if kind == "dict":
            return {self.value(key): self.tree(item) for key, item in rest[0]}
        if kind != "class":
            items = [self.tree(item) for item in rest[0]]
            return items if kind == "list" else tuple(items)
        name, parts = rest
        if name not in self._containers:
            raise UnknownLayout(f"no {name} is in the first state")
        return _like(self._containers[name], [(self.value(key), self.tree(item)) for key, item in parts])

    def value(self, description: list) -> Any:
        kind, value = description
        if kind == "value":
            return value
        if kind == "tuple":
            return tuple([self.value(item) for item in value])
        if kind == "bytes":
            return bytes.fromhex(value)
        if value not in self._constants:
            raise UnknownLayout(f"no {value} is in the first state")
        return self._constants[value]


def _containers(tree: Any) -> Iterator[Any]:
    if tree is not None:
        yield tree
        for _, item in _parts(tree):
            yield from _containers(item)


def _like(container: Any, parts: list[tuple[Any, Any]]) -> Any:
    """A container of the class of another one, with these parts."""
    kind = type(container)
    if isinstance(container, dict):
        made = container.copy()
        made.clear()
        made.update(parts)
        return made
    if isinstance(container, tuple | list):
        items = [item for _, item in parts]
        return kind(*items) if hasattr(container, "_fields") else kind(items)
    made = object.__new__(kind)
    for name, item in (getattr(container, "__dict__", None) or {}).items():
        object.__setattr__(made, name, item)
    for name, item in parts:
        object.__setattr__(made, name, item)
    return made
