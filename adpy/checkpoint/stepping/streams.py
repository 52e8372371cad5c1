"""Streams: what flows into the steps of a loop and out of them, along first axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.trees import flatten, rebuild
from adpy.checkpoint.stepping.body import Turn, active
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Streams"]


class Streams:
    """Arguments, outputs, and their cotangents.

    Parameters
    ----------
    args : tree of arrays
        With an entry a step along the first axis.
    data : callable or None
        Gives arguments by the number of the step, instead.
    steps : int or None
        How many there are, if that is known.

    Attributes
    ----------
    arrays : list of ndarray or None
        All arguments that steps get, where these are float64 arrays.
    arg_bars : list of ndarray
        Cotangents of the arguments that carry derivatives.
    outputs : list or None
        For every leaf of the output of a step the array of all of them, or None; None before the first step.
    seeds : list or None
        Cotangents of these.
    """

    def __init__(self, args: Any, data: Callable | None, steps: int | None) -> None:
        self._args, self._data, self.steps = args, data, steps
        self._leaves = [leaf for _, leaf in flatten(args)]
        self._has_args = any(leaf is not None for leaf in self._leaves)
        given = [leaf for leaf in self._leaves if leaf is not None]
        is_plain = all(type(leaf) is np.ndarray and leaf.dtype == np.float64 for leaf in given)
        self.arrays = [np.ascontiguousarray(leaf) for leaf in given] if is_plain and data is None else None
        self.arg_bars: list[np.ndarray] = []
        self.outputs: list | None = None
        self.seeds: list | None = None
        self._tree: Any = None
        self._latest: Any = None
        self._paths: list[str] = []

    def argument(self, n: int) -> Any:
        """The argument of a step."""
        if self._data is not None:
            return self._data(n)
        if not self._has_args:
            return self._args
        return rebuild(self._args, iter([None if leaf is None else leaf[n] for leaf in self._leaves]).__next__)

    def put(self, n: int, leaves: Sequence, output: Any) -> None:
        """Take the output of a step.

        Raises
        ------
        ArgumentError
            If it is not like that of the first step.
        """
        if self.outputs is None:
            self._paths = [path for path, _ in flatten(output)]
            self.outputs = [
                None
                if leaf is None or type(leaf) is Turn
                else np.empty((self.steps or 1, *np.shape(leaf)), np.result_type(leaf))
                for leaf in leaves
            ]
            self._tree = output
        elif output is not self._latest:
            self._check(n, leaves, output)
        self._latest = output
        for i, leaf in enumerate(leaves):
            if self.outputs[i] is not None:
                if n >= len(self.outputs[i]):
                    self.outputs[i] = _longer(self.outputs[i], n + 1)
                self.outputs[i][n] = leaf

    def reserve(self, steps: int) -> None:
        """Have room for outputs of so many steps."""
        for i, array in enumerate(self.outputs or ()):
            if array is not None and len(array) < steps:
                self.outputs[i] = _longer(array, steps)

    def _check(self, n: int, leaves: Sequence, output: Any) -> None:
        """Raise unless an output fits into the arrays of those before."""
        paths = [path for path, _ in flatten(output)]
        if paths != self._paths:
            raise ArgumentError("collect", "the same structure at each step", f"another one at step {n}")
        for path, leaf, array in zip(paths, leaves, self.outputs, strict=True):
            if (leaf is None or type(leaf) is Turn) and array is None:
                continue
            found = "None" if leaf is None else f"{np.result_type(leaf)} of shape {np.shape(leaf)}"
            wanted = "None" if array is None else f"{array.dtype} of shape {array.shape[1:]}"
            if leaf is None or array is None or np.shape(leaf) != array.shape[1:] or not _fits(leaf, array):
                raise ArgumentError(f"collect{path}", f"{wanted}, as at the first step", f"{found} at step {n}")

    @property
    def is_endless(self) -> bool:
        """Do outputs need more room than there is?"""
        return self.steps is None and any(x is not None for x in self.outputs or ())

    def collected(self, steps: int) -> Any:
        """The outputs of so many steps."""
        if self.outputs is None:
            return None
        found = [x if x is None or len(x) == steps else x[:steps].copy() for x in self.outputs]
        return rebuild(self._tree, iter(found).__next__)

    def begin_back(self, seeds: Any) -> None:
        """Have cotangents: ``seeds`` are those of what :meth:`collected` gave."""
        leaves = [bar for _, bar in flatten(seeds)]
        wanted = any(bar is not None for bar in leaves)
        self.seeds = [None if bar is None else np.ascontiguousarray(bar) for bar in leaves] if wanted else None
        self.arg_bars = [np.zeros(leaf.shape, leaf.dtype) for leaf in active(self._args)]

    def seeds_of(self, n: int) -> list | None:
        """Cotangents of the output of a step."""
        return None if self.seeds is None else [None if bar is None else bar[n] for bar in self.seeds]

    def take(self, n: int, bars: Sequence) -> None:
        """Take cotangents of the argument of a step."""
        for into, bar in zip(self.arg_bars, bars, strict=False):
            into[n] = bar


def _fits(leaf: Any, array: np.ndarray) -> bool:
    """Can an array have this entry, and do both or neither carry derivatives?"""
    kind = np.result_type(leaf)
    return np.can_cast(kind, array.dtype) and (kind.kind in "fc") == (array.dtype.kind in "fc")


def _longer(array: np.ndarray, steps: int) -> np.ndarray:
    """Room for twice as many steps, and for so many."""
    found = np.empty((max(2 * len(array), steps), *array.shape[1:]), array.dtype)
    found[: len(array)] = array
    return found
