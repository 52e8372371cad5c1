"""Jacobians inside a batch: rows or columns of all lanes at once."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.lanes import arguments_at, in_structure, input_leaves_of, shared_result, under, untraced_in_lanes
from adpy.api.results import described, is_number
from adpy.api.running import run_below
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.tangents import OneDirectionError
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.trace import Trace

__all__ = ["jacobian_in_lanes"]

ROW = 4
"""What a sweep for one row costs, measured in columns of a forward pass."""

CHUNK = 64
"""Directions of one forward pass, each for all lanes."""


def jacobian_in_lanes(
    lanes: Trace, function: Callable, args: tuple, kwargs: dict, keys: list, mode: str, has_aux: bool, single: bool
) -> Any:
    """As :func:`adpy.jacobian` of a real function, in every lane."""
    arguments = arguments_at(args, kwargs, keys)
    inputs = input_leaves_of(arguments)
    if any(np.iscomplexobj(leaf) for leaf in inputs):
        raise lanes.parting("A complex Jacobian")
    call = function, args, kwargs, keys
    size = sum(np.size(leaf) for leaf in inputs)
    found = None
    if mode == "reverse" or (mode == "auto" and size > CHUNK):
        found = _by_rows(lanes, call, inputs, has_aux, size if mode == "auto" else None)
    if found is None:
        found = _by_columns(lanes, call, inputs, has_aux)
    y, aux, blocks = found
    structured = [None if parts is None else in_structure(arguments, parts, single) for parts in blocks]
    result = rebuild(y, iter(structured).__next__)
    return (result, aux) if has_aux else result


def _split(lanes: Trace, frame: Any, y: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return y, None
    if not isinstance(y, tuple) or len(y) != 2:
        raise ArgumentError("function with has_aux=True", "a tuple of two, (y, aux)", described(y))
    return y[0], map_leaves(functools.partial(untraced_in_lanes, lanes, frame), y[1])


def _by_rows(lanes, call, inputs, has_aux, size):
    """One sweep for each number of the result; None if for ``size`` numbers of input columns are cheaper."""
    tape, y = run_below(lanes, Tape, *call)
    try:
        y, aux = _split(lanes, tape, y, has_aux)
        leaves = [leaf for _, leaf in flatten(y)]
        if any(is_number(leaf) and np.iscomplexobj(leaf) for leaf in leaves):
            raise lanes.parting("A complex Jacobian")
        if size is not None and ROW * sum(np.size(leaf) for leaf in leaves if is_number(leaf)) > size:
            return None
        return y, aux, [_rows(lanes, tape, leaf, inputs) if is_number(leaf) else None for leaf in leaves]
    finally:
        tape.close()


def _rows(lanes, tape, leaf, inputs):
    below, laned = under(lanes, leaf)
    shape = np.shape(leaf)
    if not (type(below) in TRACED_TYPES and below.frame is tape and below.active):
        return [lanes.wrap(np.zeros((*shape, *np.shape(x), lanes.size)), True) for x in inputs]
    if not laned:
        raise shared_result(lanes)
    rows, count = [], math.prod(shape)
    whole = [(*shape, *np.shape(x), lanes.size) for x in inputs]
    with capture.lowered(lanes.parent):
        for i in range(count):
            seed = np.zeros((count, lanes.size), below.dtype)
            seed[i] = 1.0
            rows.append(sweep(tape, [(below.reference(), seed.reshape(below.shape))], tape.inputs))
        blocks = []
        for position, full in enumerate(whole):
            block = np.stack([row[position] for row in rows]) if rows else np.zeros(full)
            blocks.append(np.reshape(block, full))
    return [lanes.wrap(block, True) for block in blocks]


def _by_columns(lanes, call, inputs, has_aux):
    """One forward pass for up to ``CHUNK`` numbers of input."""
    shapes = [np.shape(leaf) for leaf in inputs]
    size = sum(map(math.prod, shapes))
    many = CHUNK if lanes.parent is None else 1
    while True:
        passes = []
        try:
            for start in range(0, max(size, 1), many):
                y, aux, columns = _pass(lanes, call, inputs, has_aux, start, min(many, size - start))
                passes.append(columns)
            break
        except OneDirectionError:
            if many == 1:
                raise
            many = 1
    blocks = []
    for parts in zip(*passes, strict=True):
        if parts[0] is None:
            blocks.append(None)
            continue
        with capture.lowered(lanes.parent):
            whole = np.moveaxis(np.concatenate(parts, -1), -1, -2)
            cut, start = [], 0
            for shape in shapes:
                part = whole[..., start : start + math.prod(shape), :]
                cut.append(np.reshape(part, (*whole.shape[:-2], *shape, lanes.size)))
                start += math.prod(shape)
        blocks.append([lanes.wrap(part, True) for part in cut])
    return y, aux, blocks


def _pass(lanes, call, inputs, has_aux, start, width):
    """Result, aux, and tangents of all lanes with the directions along the last axis."""
    seeds, offset = [], 0
    for leaf in inputs:
        size, shape = np.size(leaf), np.shape(leaf)
        seed = np.zeros((size, lanes.size, width), getattr(leaf, "dtype", float))
        first, last = max(start, offset), min(start + width, offset + size)
        if first < last:
            numbers = np.arange(first, last)
            seed[numbers - offset, :, numbers - start] = 1.0
        seeds.append(seed.reshape((*shape, lanes.size, width)[: len(shape) + 1 + (width != 1)]))
        offset += size
    make = functools.partial(ForwardTrace, seeds, width if width != 1 else None)
    frame, y = run_below(lanes, make, *call)
    try:
        y, aux = _split(lanes, frame, y, has_aux)
        return y, aux, [_columns(lanes, frame, leaf, width) for _, leaf in flatten(y)]
    finally:
        frame.close()


def _columns(lanes, frame, leaf, width):
    """The tangents of a result leaf."""
    if not is_number(leaf):
        return None
    below, laned = under(lanes, leaf)
    if not (type(below) in TRACED_TYPES and below.frame is frame and below.active):
        return np.zeros((*np.shape(leaf), lanes.size, width))
    if not laned:
        raise shared_result(lanes)
    if below.dtype.kind == "c":
        raise lanes.parting("A complex Jacobian")
    return below.tangent if width != 1 else below.tangent[..., None]
