"""Recordings on a device: code with its values at one point there, with the methods of a recording on the CPU.

Inputs may be arrays of the device (all that have ``__cuda_array_interface__``), which are read where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from adpy.plain import np
from adpy.program.code import Code, View
from adpy.program.device_arrays import is_device_array, row_of_entries
from adpy.program.device_code import code_on_device
from adpy.program.views import c_strides

__all__ = ["DeviceRecording"]


class DeviceRecording:
    """Code with its values at one point on a device; as :class:`adpy.program.recording.Recording`.

    Parameters
    ----------
    code : Code
    primals : sequence
        Values of the inputs: numbers, arrays, arrays of the device.
    dtype : numpy.float64 or numpy.float32
        Precision on the device.

    Notes
    -----
    Results come back as float64 arrays of the host, unless they are asked for as arrays of the device.
    """

    def __init__(self, code: Code, primals: Sequence, dtype: type) -> None:
        self.code, self.device = code, code_on_device(code, dtype)
        self.values = self.device.take_memory()
        self._given(code.inputs, primals, self.values)
        self.replayed = self.same = False

    def __enter__(self) -> DeviceRecording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.device.give_memory(self.values)

    # ---- arrays in and out

    def _given(self, views: Sequence[View], arrays: Sequence, memory: Any, adding: bool = False) -> None:
        """Arrays (directions last, where the memory has several) into a memory; what is small goes together."""
        width = memory.shape[0]
        small, places = [], []
        for view, x in zip(views, arrays, strict=True):
            count = prod(view.shape)
            if not count:
                continue
            contiguous = view.strides == c_strides(view.shape)
            if is_device_array(x):
                flat = row_of_entries(x, count)
                self._put(flat, view, contiguous, memory, adding)
                continue
            rows = np.moveaxis(np.reshape(x, (*view.shape, width)), -1, 0).reshape(width, count)
            if count > 64:
                self._put(rows, view, contiguous, memory, adding)
            else:
                small.append(rows)
                places.append(view.addresses().reshape(-1))
        if small:
            there = self.device.sent(np.concatenate(places))
            self.device.put(np.concatenate(small, axis=1), -1, there, memory, adding)

    def _put(self, rows: Any, view: View, contiguous: bool, memory: Any, adding: bool) -> None:
        places = None if contiguous else self.device.sent(view.addresses().reshape(-1))
        self.device.put(rows, view.offset if contiguous else -1, places, memory, adding)

    def _found(self, memory: Any, view: View, on_device: bool) -> Any:
        """An array of a memory: on the host with directions as the last axis; on the device without (there is one)."""
        count = prod(view.shape)
        contiguous = view.strides == c_strides(view.shape)
        places = None if contiguous or not count else self.device.sent(view.addresses().reshape(-1))
        rows = self.device.taken(memory, view.offset if contiguous else -1, places, count)
        if on_device and view.shape:
            return rows.reshape(*view.shape)
        found = rows.copy_to_host()[:, :count].astype(np.float64)
        found = np.moveaxis(found.reshape(len(found), *view.shape), 0, -1)
        return found[..., 0] if on_device else np.ascontiguousarray(found)

    # ---- sweeps

    def replay(self) -> bool:
        """Values of everything; are all decisions those of the recording?"""
        if not self.replayed:
            self.same = self.device.replay(self.values)
            self.replayed = True
        return self.same

    def outputs(self, on_device: bool = False) -> list:
        """Values of the results; numbers are always the host's."""
        self.replay()
        found = [self._found(self.values, view, on_device) for view in self.code.outputs]
        return found if on_device else [x[..., 0] for x in found]

    def tangents(self, directions: Sequence, on_device: bool = False) -> list:
        """Tangents of the results; as :meth:`adpy.program.recording.Recording.tangents`."""
        dots = self._seeded_tangents(directions)
        return [self._found(dots, view, on_device) for view in self.code.outputs]

    def _seeded_tangents(self, directions: Sequence) -> Any:
        width = 1 if any(map(is_device_array, directions)) else np.shape(directions[0])[-1]
        dots = self.device.columns(width, self.code.active, len(self.code.scalars))
        self._given(self.code.inputs, directions, dots)
        self.same = self.device.tangent(self.values, dots)
        self.replayed = True
        return dots

    def cotangents(self, seeds: Sequence, on_device: bool = False) -> list:
        """Cotangents of the inputs; as :meth:`adpy.program.recording.Recording.cotangents`."""
        self.replay()
        device = any(map(is_device_array, seeds))
        width = 1 if device or not seeds else np.shape(seeds[0])[-1]
        bars = self.device.columns(width, self.code.rows, self.code.rows)
        spread = [
            seed if is_device_array(seed) else np.broadcast_to(seed, (*view.shape, width))
            for view, seed in zip(self.code.outputs, seeds, strict=True)
        ]
        self._given(self.code.outputs, spread, bars, True)
        self.device.adjoint(self.values, bars)
        self.replayed = not self.code.overwrites
        return [self._found(bars, view, on_device) for view in self.code.inputs]

    def second_order(self, directions: Sequence, seeds: Sequence, on_device: bool = False) -> tuple[list, list]:
        """Cotangents of the inputs, and their tangents; as of a recording on the CPU."""
        dots = self._seeded_tangents(directions)
        rows = self.code.rows
        bars, turns = self.device.columns(1, rows, rows), self.device.columns(dots.shape[0], rows, rows)
        spread = [
            np.broadcast_to(np.asarray(s, float)[..., None], (*view.shape, 1))
            for view, s in zip(self.code.outputs, seeds, strict=True)
        ]
        self._given(self.code.outputs, spread, bars, True)
        self.device.second_order(self.values, dots, bars, turns)
        self.replayed = not self.code.overwrites
        first = [self._found(bars, view, on_device) for view in self.code.inputs]
        return (
            first if on_device else [x[..., 0] for x in first],
            [self._found(turns, view, on_device) for view in self.code.inputs],
        )
