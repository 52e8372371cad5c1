"""Frames and tables: the memories of one evaluation and the instructions of a code, as native sweeps read them."""

from __future__ import annotations

from typing import Any

from adpy import workspace
from adpy.plain import np

__all__ = ["Frame", "Tables"]

KEPT = 1 << 16
"""Entries of tangents or cotangents that a frame keeps; what is larger goes back to the workspace."""

SMALLEST = 512
"""Entries of memory that is worth keeping: what the system gave back to itself is zeroed when it is touched again."""


class Frame:
    """The memories of one evaluation; nobody else uses them meanwhile.

    Parameters
    ----------
    code : Code

    Attributes
    ----------
    values : ndarray
        Memory of the values, constants in place.
    inputs, outputs : list of ndarray
        Inputs and results in it.
    ends : dict of (list of ndarray, list of ndarray)
        The same in the memories that are prepared: ``dots``, ``bars``, ``turns``.
    large : bool
        Are its memories of tangents and cotangents not worth keeping between evaluations?
    address : int
        Of the block that native sweeps read.
    """

    __slots__ = ("_block", "_kept", "_numbers", "_rows", "address", "ends", "inputs", "large", "outputs", "values")

    def __init__(self, code: Any) -> None:
        from adpy.kernels.native import FRAME

        self._rows = {"dots": code.active, "bars": code.rows, "turns": code.rows}
        self.large = max(code.active, code.rows) > KEPT
        self.values = code.take_memory()
        self.inputs = [view.of(self.values) for view in code.inputs]
        self.outputs = [view.of(self.values) for view in code.outputs]
        self.ends: dict[str, tuple[list, list]] = {}
        self._kept: dict[str, np.ndarray] = {}
        self._numbers = FRAME
        self._block = np.zeros(len(FRAME), np.int64)
        self.address = self._block.ctypes.data
        self._set("memory", self.values.ctypes.data)
        self._set("size", self.values.size)
        self._set("width", 1)
        self._set("seed", code.outputs[0].offset if code.outputs else 0)

    def _set(self, name: str, value: int) -> None:
        self._block[self._numbers[name]] = value

    def columns(self, name: str, width: int) -> np.ndarray:
        """Memory of tangents or cotangents for the next sweeps, of shape ``(rows, width)``.

        Parameters
        ----------
        name : {"dots", "bars", "turns"}
        """
        if width == 1 and name in self._kept:
            return self._kept[name]
        rows = self._rows[name]
        memory = workspace.take((rows * width,)).reshape(rows, width)
        if width == 1:
            self._kept[name] = memory
        self._set(name, memory.ctypes.data)
        if name != "bars" or width > 1:
            self._set("width", width)
        return memory

    def release(self, **columns: np.ndarray) -> None:
        """Give memories of many directions back."""
        self._set("width", 1)
        for name, memory in columns.items():
            kept = self._kept.get(name)
            if memory is not kept:
                workspace.give(memory.base, SMALLEST)
                self._set(name, 0 if kept is None else kept.ctypes.data)

    def prepare(self, code: Any, *names: str) -> None:
        """Have memories ready for sweeps of a whole program in one direction."""
        for name in names:
            if name not in self.ends:
                memory = self.columns(name, 1)
                self.ends[name] = [view.of(memory) for view in code.inputs], [view.of(memory) for view in code.outputs]

    def directions(self, code: Any) -> tuple[list, list]:
        """Tangents of the inputs and of the results in prepared memory, in which those of constants are zero."""
        self.prepare(code, "dots")
        self._kept["dots"][: len(code.scalars)] = 0.0
        return self.ends["dots"]

    def finish(self) -> None:
        """The evaluation is over: large memories of tangents and cotangents go back to the workspace."""
        self.ends.clear()
        while self._kept:
            workspace.give(self._kept.popitem()[1].base, SMALLEST)


class Tables:
    """Instructions of a code as native sweeps read them.

    Parameters
    ----------
    code : Code
    table, heads : ndarray of int64
    stretches : list of (start, stop, call)
        Instructions or steps of native sweeps, then a call in Python or None.
    lasting : int
        How many of them, from the first, have values that the way back reads.
    **more : ndarray
        Tables of generated kernels, by name.

    Attributes
    ----------
    address : int
        Of the block.
    arrays : dict of str to ndarray
        All that is in it.
    evaluate, push, differentiate, gradient, multiply : callable
        Run all of it, see :mod:`adpy.kernels.native`; ``gradient`` leaves values out that the way back does not read.
    """

    def __init__(
        self, code: Any, table: np.ndarray, heads: np.ndarray, stretches: list, lasting: int, **more: np.ndarray
    ) -> None:
        from adpy.kernels.native import PROGRAM, native

        whole = native().whole
        self.evaluate, self.push = whole["evaluate"], whole["push"]
        self.differentiate, self.gradient, self.multiply = whole["differentiate"], whole["gradient"], whole["multiply"]
        self.stretches, self.whole = stretches, len(stretches) == 1
        self._numbers = PROGRAM
        self._block = np.zeros(len(PROGRAM), np.int64)
        self.address = self._block.ctypes.data
        guards, outcomes = code.guards
        arrays = {"table": table, "heads": heads, "places": code.places, "guards": guards, "outcomes": outcomes}
        arrays |= {"ops": code.ops, "firsts": code.firsts, "seconds": code.seconds, **more}
        self.arrays: dict[str, np.ndarray] = {}
        for name, array in arrays.items():
            self._place(name, array)
        counts = {"rows": len(table), "instructions": len(heads), "entries": len(code.places), "scalars": len(code.ops)}
        counts |= {"decisions": len(guards), "scratch": code.scratch, "tile": code.tile, "active": code.active}
        counts |= {"cotangents": code.rows}
        for name, count in counts.items():
            self._set(name, count)
        spans = np.array(code.cleared, np.int64)
        self._set("spans", len(spans))
        self._place("cleared", spans)
        if self.whole:
            self._set("start", stretches[0][0])
            self._set("stop", stretches[0][1])
            self._set("lasting", lasting)
        self.sweeps: dict[str, Any] = {}

    def _set(self, name: str, value: int) -> None:
        self._block[self._numbers[name]] = value

    def _place(self, name: str, array: np.ndarray) -> None:
        array = np.ascontiguousarray(array)
        self.arrays[name] = array
        self._set(name, array.ctypes.data)

    def add(self, sweep: str, address: int) -> None:
        """Give the tables a native sweep."""
        from adpy.kernels.native import Native

        self._set(sweep, address)
        self.sweeps[sweep] = Native.sweep(address)

    def interpret(self, sweep: str) -> None:
        """Give the tables a sweep of the interpreters."""
        from adpy.kernels.native import native

        self.add(sweep, native().interpreted(sweep))

    def share(self, other: Tables) -> None:
        """Use the native sweeps of other tables too."""
        for sweep in other.sweeps.keys() - self.sweeps.keys():
            self._set(sweep, int(other._block[self._numbers[sweep]]))
            self.sweeps[sweep] = other.sweeps[sweep]
