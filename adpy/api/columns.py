"""The Jacobian by forward mode: many columns in one pass of the function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.blocks import cut, split_result
from adpy.api.forward_mode import result_tangent
from adpy.api.holomorphic import check_holomorphic, is_complex
from adpy.api.results import is_number
from adpy.api.running import run
from adpy.api.trees import flatten
from adpy.forward.trace import ForwardTrace
from adpy.plain import np

__all__ = ["by_columns", "push"]


def by_columns(call: tuple, inputs: list, has_aux: bool, chunk: int) -> tuple[Any, Any, list]:
    """Result, aux, and for each result leaf the Jacobian with respect to each input leaf (None where not a number).

    One pass of the function carries ``chunk`` directions.
    """
    size = sum(np.size(leaf) for leaf in inputs)
    turning = any(is_complex(leaf) for leaf in inputs)
    y, aux, passes, turned = None, None, [], []
    for start in range(0, max(size, 1), chunk):
        width = min(chunk, size - start)
        y, aux, columns = push(call, has_aux, functools.partial(_seeds, inputs, start, width), width)
        passes.append(columns)
        if turning:
            turned.append(push(call, has_aux, functools.partial(_seeds, inputs, start, width, 1j), width)[2])
    blocks = _joined(passes, inputs)
    if turning:
        for parts, others in zip(blocks, _joined(turned, inputs), strict=True):
            for leaf, along, across in zip(inputs, parts or (), others or (), strict=bool(parts)):
                if is_complex(leaf):
                    check_holomorphic(along, across)
    return y, aux, blocks


def _joined(passes: list, inputs: list) -> list:
    """For each result leaf the columns of all passes, cut into one block for each input leaf."""
    blocks = []
    for parts in zip(*passes, strict=True):
        if parts[0] is None:
            blocks.append(None)
        else:
            blocks.append(cut(parts[0] if len(parts) == 1 else np.concatenate(parts, -1), inputs))
    return blocks


def _seeds(inputs: list, start: int, width: int, unit: complex = 1.0) -> list:
    """Unit tangents of the numbers from ``start`` on, the numbers of all input leaves counted through."""
    seeds, offset = [], 0
    for leaf in inputs:
        size, shape = np.size(leaf), np.shape(leaf)
        seed = np.zeros((size, width), getattr(leaf, "dtype", complex if isinstance(leaf, complex) else float))
        first, last = max(start, offset), min(start + width, offset + size)
        if first < last:
            diagonal = seed.reshape(-1)[(first - offset) * width + first - start :: width + 1]
            diagonal[: last - first] = unit if seed.dtype.kind == "c" else unit.real
        seeds.append(seed.reshape((*shape, width) if width != 1 else shape)[()])
        offset += size
    return seeds


def push(call: tuple, has_aux: bool, seeds: Callable, width: int) -> tuple[Any, Any, list]:
    """One forward pass: result, aux, and the tangent of every result leaf with the directions along its last axis.

    ``seeds()`` makes the tangents of the inputs.
    """
    many = width if width != 1 else None
    frame, y = run(lambda: ForwardTrace(seeds(), many, owns=True), *call)
    try:
        y, aux = split_result(y, frame, has_aux)
        columns = []
        for _, leaf in flatten(y):
            if not is_number(leaf):
                columns.append(None)
                continue
            tangent = result_tangent(leaf, frame)
            columns.append(np.reshape(tangent, (*np.shape(tangent), 1)) if width == 1 else tangent)
        return y, aux, columns
    finally:
        frame.close()
