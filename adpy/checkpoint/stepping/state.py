"""States: containers of any structure taken apart into arrays, and put together again."""

from __future__ import annotations

import enum
import json
import types
from dataclasses import dataclass, replace
from typing import Any

from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Layout", "Leaf", "is_generator", "join", "split"]

_INT64 = np.iinfo(np.int64)
_CONSTANTS = (
    *(str, bytes, type(None), enum.Enum, type, np.dtype, slice, range),
    *(types.FunctionType, types.BuiltinFunctionType, np.ufunc),
)
"""Leaves that cannot change: kept as they are."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is known of one leaf beside its values.

    Attributes
    ----------
    path : str
        Where it is, as ``state`` would be indexed: ``"['u']"``, ``".v[0]"``.
    kind : str
        ``"array"``, ``"scalar"`` (of NumPy), ``"float"``, ``"complex"``, ``"bool"``, ``"int"``, ``"digits"`` (integers
        of more than 64 bits), ``"generator"`` (random numbers), ``"same"`` (the very array of an earlier leaf),
        ``"constant"``.
    axes : tuple of int or None
        Order of the axes in memory; None for C order.
    value : object
        The constant; for ``"same"`` the number of that leaf; for ``"generator"`` the name of its bit generator.
    """

    path: str
    kind: str
    axes: tuple[int, ...] | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A state without its values.

    Attributes
    ----------
    tree : object
        The containers, with None for every leaf.
    leaves : tuple of Leaf
    """

    tree: Any
    leaves: tuple[Leaf, ...]


_PLAIN = Layout(None, (Leaf("", "array"),))


def split(state: Any) -> tuple[Layout, list[np.ndarray]]:
    """Take a state apart, without copying.

    Parameters
    ----------
    state : array, number, text, numpy.random.Generator, or tuples, lists, dictionaries and dataclasses of these
        Arrays may have any dtype but ``object``.

    Returns
    -------
    layout : Layout
        What :func:`join` needs beside the arrays.
    arrays : list of ndarray
        C-contiguous where the leaf is contiguous in any order of its axes; one for every leaf that has values.

    Raises
    ------
    ArgumentError
        If a leaf is something else, or two of the arrays overlap in memory without being the same array: a step that
        writes into one would change the other in a plain loop, and not after they have been restored.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.checkpoint.stepping.state import join, split
    >>> layout, arrays = split({"u": np.zeros((2, 3)), "t": 0.5, "scheme": "upwind"})
    >>> [a.shape for a in arrays], sum(a.nbytes for a in arrays)
    ([(2, 3), ()], 56)
    >>> join(layout, arrays)["t"]
    0.5
    """
    if type(state) is np.ndarray and state.flags.c_contiguous and state.dtype.kind != "O":
        return _PLAIN, [state]
    leaves: list[Leaf] = []
    arrays: list[np.ndarray] = []
    owners: dict[int, list[tuple[int, np.ndarray]]] = {}
    for path, value in flatten(state):
        leaf, array = _leaf(path, value)
        if leaf.kind == "array":
            leaf = _unless_same(leaf, value, len(leaves), owners, leaves)
        leaves.append(leaf)
        if array is not None and leaf.kind != "same":
            arrays.append(array)
    return Layout(map_leaves(_nothing, state), tuple(leaves)), arrays


def join(layout: Layout, arrays: list[np.ndarray]) -> Any:
    """The state of a layout with these values; arrays are taken over without copying."""
    if layout is _PLAIN:
        return arrays[0]
    values: list[Any] = []
    remaining = iter(arrays)
    for leaf in layout.leaves:
        values.append(_value(leaf, remaining, values))
    return rebuild(layout.tree, iter(values).__next__)


def is_generator(kind: type) -> bool:
    """Are these random generators?"""
    return kind.__name__ == "Generator" and kind.__module__.startswith("numpy.random")


def _nothing(leaf: Any) -> None:
    return None


def _leaf(path: str, value: Any) -> tuple[Leaf, np.ndarray | None]:
    kind = type(value)
    if kind is np.ndarray or kind is np.memmap:
        if value.dtype.hasobject:
            raise ArgumentError(f"state{path}", "an array of numbers", f"dtype {value.dtype}")
        if value.flags.c_contiguous:
            return Leaf(path, "array"), value
        axes = tuple(sorted(range(value.ndim), key=[-abs(s) for s in value.strides].__getitem__))
        return Leaf(path, "array", None if axes == tuple(range(value.ndim)) else axes), value.transpose(axes)
    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return Leaf(path, "scalar"), np.asarray(value)
    if kind is float or kind is bool or kind is complex:
        return Leaf(path, kind.__name__), np.asarray(value)
    if kind is int:
        if _INT64.min <= value <= _INT64.max:
            return Leaf(path, "int"), np.asarray(value, np.int64)
        return Leaf(path, "digits"), _text(str(value))
    if is_generator(kind):
        state = value.bit_generator.state
        name = type(value.bit_generator).__name__
        return Leaf(path, "generator", value=name), _text(json.dumps(state, default=np.ndarray.tolist))
    if isinstance(value, _CONSTANTS):
        return Leaf(path, "constant", value=value), None
    expected = "an array, a number, text, or a tuple, list, dictionary or dataclass of these"
    raise ArgumentError(f"state{path}", expected, f"{kind.__module__}.{kind.__qualname__}")


def _unless_same(leaf: Leaf, array: np.ndarray, number: int, owners: dict, leaves: list[Leaf]) -> Leaf:
    """The leaf, or that it is the array of an earlier one."""
    owner = array
    while type(owner.base) is np.ndarray:
        owner = owner.base
    others = owners.setdefault(id(owner if owner.base is None else owner.base), [])
    for earlier, other in others:
        if other is array or (_place(other) == _place(array)):
            return replace(leaf, kind="same", value=earlier)
        if _overlap(other, array):
            expected = f"memory of its own (state{leaves[earlier].path} overlaps it): a copy()"
            raise ArgumentError(f"state{leaf.path}", expected, "a view of the same array")
    others.append((number, array))
    return leaf


def _place(array: np.ndarray) -> tuple:
    return array.__array_interface__["data"][0], array.shape, array.strides, array.dtype


def _overlap(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return np.shares_memory(a, b, max_work=10_000)
    except np.exceptions.TooHardError:
        return True


def _value(leaf: Leaf, arrays: Any, values: list) -> Any:
    kind = leaf.kind
    if kind == "constant":
        return leaf.value
    if kind == "same":
        return values[leaf.value]
    array = next(arrays)
    if kind == "array":
        return array if leaf.axes is None else array.transpose(np.argsort(leaf.axes))
    if kind == "scalar":
        return array[()]
    if kind == "digits":
        return int(array.tobytes())
    if kind == "generator":
        return _generator(leaf.value, array)
    return array.item()


def _generator(name: str, state: np.ndarray) -> Any:
    from numpy import random  # NumPy loads it when asked for

    bits = getattr(random, name)(0)
    bits.state = json.loads(state.tobytes())
    return random.Generator(bits)


def _text(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)
