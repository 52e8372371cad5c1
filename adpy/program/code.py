"""Code: a lowered recording, instructions over one flat memory.

The memory holds, in this order: one address for every scalar operation, pinned arrays, scratch, arrays that share
memory (:mod:`adpy.program.placement`), constant arrays.  The memory of cotangents is the same up to the arrays that
share.  Rows of the instruction table are as :mod:`adpy.kernels.table` and :mod:`adpy.kernels.interpreter` say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adpy.kernels.table import GROUP, RUN, SAVE, SAVE_AT
from adpy.plain import np
from adpy.program.frames import Frame, Tables
from adpy.program.heat import Heat

__all__ = ["TILE", "Code", "View", "views_within"]

TILE = 1024
"""Entries that a group works on at a time, at most."""


@dataclass(frozen=True)
class View:
    """An array in the memory: first address, shape, strides (in addresses)."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, memory: np.ndarray) -> np.ndarray:
        """The array itself in a flat memory."""
        strides = [8 * s for s in self.strides]
        return np.ndarray(self.shape, np.float64, memory, 8 * self.offset, strides)

    def columns(self, memory: np.ndarray) -> np.ndarray:
        """The array in a memory with one column a direction, which becomes the last axis."""
        step = memory.strides[0]
        width = memory.shape[1]
        strides = [s * step for s in self.strides]
        return np.ndarray((*self.shape, width), np.float64, memory, self.offset * step, [*strides, 8])

    def addresses(self) -> np.ndarray:
        """Address of every entry."""
        total = np.array(self.offset, np.int64)
        for n, stride in zip(self.shape, self.strides, strict=True):
            total = total[..., None] + np.arange(n, dtype=np.int64) * stride
        return total

    @property
    def interval(self) -> tuple[int, int]:
        """Lowest and highest address."""
        spans = [(n - 1) * s for n, s in zip(self.shape, self.strides, strict=True)]
        return self.offset + sum(s for s in spans if s < 0), self.offset + sum(s for s in spans if s > 0)


@dataclass
class Special:
    """Kernels of a code (:class:`adpy.program.codegen.Kernels`), and its way to them; both may be None."""

    kernels: Any = None
    heat: Heat | None = None


@dataclass(frozen=True, eq=False)
class Code:
    """Instructions.

    Attributes
    ----------
    table : ndarray of int64, shape (rows, COLUMNS)
    heads : ndarray of int64
        First row of each instruction.
    places : ndarray of int64
        Addresses of gathers and scatters, then those of their cotangents.
    ops, firsts, seconds : ndarray of int32
        Scalar operations.
    active : int
        Addresses from here on hold constants.
    rows : int
        Length of the memory of cotangents.
    size : int
        Length of the memory.
    scratch, placed, tile : int
        Where the interpreters' scratch begins, and the memory that arrays share after it; entries that a group works
        on at a time.
    calls : dict
        Instructions in Python: number of the instruction → what is called there.
    scalars : ndarray of float64
        Values of the scalars in the recording.
    constants : list of (int, ndarray)
        First address of each constant array, and the array.
    inputs, outputs : list of View
        Where inputs and results are.
    guards : (ndarray of int64, ndarray of float64)
        Addresses of scalars that decided how the function went on, and what they decided.
    optimised : dict
        What each pass that was wanted removed: scalar operations and array operations; None for those that remove
        nothing.
    lasting : int
        How many instructions, from the first, have values that the way back reads.
    memories : list of ndarray
        Memories of values that nobody uses now.
    """

    table: np.ndarray
    heads: np.ndarray
    places: np.ndarray
    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    active: int
    rows: int
    size: int
    scratch: int
    placed: int
    tile: int
    calls: dict[int, Any]
    scalars: np.ndarray
    constants: list[tuple[int, np.ndarray]]
    inputs: list[View]
    outputs: list[View] = field(default_factory=list)
    guards: tuple[np.ndarray, np.ndarray] = (np.zeros(0, np.int64), np.zeros(0))
    optimised: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    lasting: int = 0
    memories: list[np.ndarray] = field(default_factory=list)

    @cached_property
    def overwrites(self) -> bool:
        """Do entries that derivatives need get overwritten, so that a sweep back restores what was before?"""
        kinds = self.table[self.heads, 0]
        return bool(((kinds == SAVE) | (kinds == SAVE_AT)).any())

    @cached_property
    def stretches(self) -> list[tuple[int, int, Any]]:
        """``(start, stop, call)``: numbers of compiled instructions, then a call or None."""
        found, start = [], 0
        for position in sorted(self.calls):
            found.append((start, position, self.calls[position]))
            start = position + 1
        found.append((start, len(self.heads), None))
        return found

    @cached_property
    def tables(self) -> Tables:
        """The instructions as the interpreters' native sweeps read them."""
        tables = Tables(self, self.table, self.heads, self.stretches, self.lasting)
        tables.interpret("value")
        return tables

    @cached_property
    def special(self) -> Special:
        """What the code has of its own."""
        return Special()

    @cached_property
    def overwritten(self) -> frozenset[int]:
        """Numbers of the inputs that instructions write into."""
        from adpy.program.reach import written_spans

        spans = written_spans(self)
        meets = [(spans[:, 0] <= view.interval[1]) & (spans[:, 1] >= view.interval[0]) for view in self.inputs]
        return frozenset([i for i, found in enumerate(meets) if found.any()])

    @cached_property
    def twins(self) -> dict[tuple, Any]:
        """Codes whose results are where this one's inputs are (:mod:`adpy.program.twins`), by what is swapped."""
        return {}

    @cached_property
    def frames(self) -> list[Frame]:
        """Frames that nobody uses now."""
        return []

    def take_frame(self) -> Frame:
        """A frame for one evaluation."""
        try:
            return self.frames.pop()
        except IndexError:
            return Frame(self)

    def give_frame(self, frame: Frame) -> None:
        """Keep a frame for the next evaluation."""
        if frame.large:
            frame.finish()
        self.frames.append(frame)

    @property
    def cleared(self) -> tuple[tuple[int, int], ...]:
        """``(low, stop)``: cotangents that must be zero before a sweep back."""
        return (0, self.scratch), (self.placed, self.rows)

    def take_memory(self) -> np.ndarray:
        """A memory of values with the constants in it."""
        try:
            return self.memories.pop()
        except IndexError:
            memory = np.empty(self.size)
            memory[: len(self.scalars)] = self.scalars
            for start, values in self.constants:
                memory[start : start + values.size] = values.reshape(-1)
            return memory

    def give_memory(self, memory: np.ndarray) -> None:
        """Keep a memory for the next use."""
        self.memories.append(memory)

    def guarded(self, memory: np.ndarray) -> bool:
        """Do the scalars that decided have the values of the recording?"""
        addresses, outcomes = self.guards
        return not addresses.size or bool(np.array_equal(memory[addresses], outcomes, equal_nan=True))

    def stats(self) -> dict[str, Any]:
        """Counts of what the code consists of, and bytes of its memory."""
        kinds = self.table[self.heads, 0]
        return {
            "scalar operations": int(np.count_nonzero(self.ops)),
            "array instructions": int(np.count_nonzero(kinds != RUN)),
            "groups": int(np.count_nonzero(kinds == GROUP)),
            "calls in Python": len(self.calls),
            "guards": len(self.guards[0]) + sum(not call.outs for call in self.calls.values()),
            "bytes of values": 8 * self.size,
            "bytes of cotangents": 8 * self.rows,
            "optimised": dict(self.optimised),
        }


def views_within(values: Any) -> list[View]:
    """All views in nested lists, tuples and dicts."""
    if isinstance(values, View):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    return [view for x in values for view in views_within(x)] if isinstance(values, list | tuple) else []
