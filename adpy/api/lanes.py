"""Transforms inside a batch: on the arrays of all lanes at once, which is right because lanes never mix.

The tape (or forward trace) stands below the batch: what the function sees are values of lanes whose arrays are traced.
A cotangent of one for every lane then gives the gradient of every lane in one sweep.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.results import RESULT, described, is_number, result_leaf, untraced
from adpy.api.running import is_differentiable, run
from adpy.api.trees import flatten, in_order_of, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.tangents import OneDirectionError
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.trace import Trace

__all__ = ["jacobian_in_lanes", "jvp_in_lanes", "lanes_above", "value_and_grad_in_lanes", "vjp_in_lanes"]

ROW = 4
"""What a sweep for one row costs, measured in columns of a forward pass."""

CHUNK = 64
"""Directions of one forward pass, each for all lanes."""


def lanes_above() -> Trace | None:
    """The batch whose lanes are running, if there is one."""
    frame = capture.frame()
    return frame if frame is not None and getattr(frame, "batched", False) else None


# ---- results


def _below(lanes: Trace, leaf: Any) -> tuple[Any, bool]:
    """What a result leaf is one level below the batch, and whether it has values of lanes."""
    leaf = result_leaf(leaf)
    return lanes.data(leaf) if is_number(leaf) else (leaf, False)


def _untraced(lanes: Trace, frame: Any, leaf: Any) -> Any:
    """A result leaf without the inner trace."""
    below, laned = _below(lanes, leaf)
    plain = untraced(below, frame)
    return lanes.wrap(plain, True, leaf.__class__ is float) if laned else lanes.lift(plain)


def _like_input(lanes: Trace, bar: Any, leaf: Any) -> Any:
    """A bar of all lanes as the value of an input's type."""
    dtype = getattr(leaf, "dtype", None)
    if dtype is not None and dtype.kind in "fc" and bar.dtype != dtype:
        bar = bar.astype(dtype)
    if type(bar) is np.ndarray and bar.base is not None and sys.getrefcount(bar.base) > 2:
        bar = bar.copy()  # somebody else holds its memory
    return lanes.wrap(bar, True, leaf.__class__ is float)


def _in_structure(arguments: list, leaves: list, single: bool) -> Any:
    """Values for the differentiable leaves of some arguments in their structure."""
    taken = iter(leaves)
    results = []
    for argument in arguments:
        found = [next(taken) if not path or is_differentiable(leaf) else None for path, leaf in flatten(argument)]
        results.append(rebuild(argument, iter(found).__next__))
    return results[0] if single else tuple(results)


def _arguments(args: tuple, kwargs: dict, keys: list) -> list:
    return [kwargs[key] if type(key) is str else args[key] for key in keys]


def _inputs(arguments: list) -> list:
    return [leaf for argument in arguments for path, leaf in flatten(argument) if not path or is_differentiable(leaf)]


# ---- reverse mode


def value_and_grad_in_lanes(
    lanes: Trace, function: Callable, args: tuple, kwargs: dict, keys: list, has_aux: bool, single: bool
) -> tuple[Any, Any]:
    """As :func:`adpy.value_and_grad`, in every lane."""
    tape, y = run(Tape, function, args, kwargs, keys, lanes)
    try:
        aux = None
        if has_aux:
            if not isinstance(y, tuple) or len(y) != 2:
                raise ArgumentError("function with has_aux=True", "a tuple of two, (value, aux)", described(y))
            y, aux = y
            aux = map_leaves(functools.partial(_untraced, lanes, tape), aux)
        if not is_number(y) or np.ndim(y) or np.iscomplexobj(y):
            raise ArgumentError(RESULT, "one real number", type(y).__name__)
        below, laned = _below(lanes, y)
        seeds = []
        if type(below) in TRACED_TYPES and below.frame is tape and below.active:
            below = below if laned else lanes.expanded(below)
            with capture.lowered(lanes.parent):  # np.ones looks up what the trace may have replaced
                seeds = [(below.reference(), np.ones(lanes.size, below.dtype))]
        arguments = _arguments(args, kwargs, keys)
        gradient = _bars(lanes, tape, seeds, arguments, single)
        value = _untraced(lanes, tape, y)
    finally:
        tape.close()
    return ((value, aux) if has_aux else value), gradient


def _bars(lanes: Trace, tape: Tape, seeds: list, arguments: list, single: bool) -> Any:
    """Cotangents of the inputs in every lane, in their structure."""
    with capture.lowered(lanes.parent):
        bars = sweep(tape, seeds, tape.inputs)
    found = [_like_input(lanes, bar, leaf) for bar, leaf in zip(bars, _inputs(arguments), strict=True)]
    return _in_structure(arguments, found, single)


def vjp_in_lanes(lanes: Trace, function: Callable, primals: tuple) -> tuple[Any, Callable]:
    """As :func:`adpy.vjp`, in every lane."""
    tape, y = run(Tape, function, primals, {}, list(range(len(primals))), lanes)
    results = [_below(lanes, leaf) for _, leaf in flatten(y)]
    value = map_leaves(functools.partial(_untraced, lanes, tape), y)
    tape.open = False

    def pullback(y_bar: Any) -> tuple:
        leaves, bars = flatten(value), flatten(in_order_of(value, y_bar))
        if [path for path, _ in bars] != [path for path, _ in leaves]:
            raise ArgumentError("y_bar", "the structure of the result", described(y_bar))
        seeds = []
        for (below, laned), (path, leaf), (_, bar) in zip(results, leaves, bars, strict=True):
            if is_number(leaf) and np.shape(bar) != np.shape(leaf):
                raise ArgumentError(f"y_bar{path}", f"shape {np.shape(leaf)} of the result", f"shape {np.shape(bar)}")
            if type(below) in TRACED_TYPES and below.frame is tape and below.active:
                if not laned:
                    raise _shared_result(lanes)
                seed = lanes.laned(bar)
                seeds.append((below.reference(), seed if seed.dtype == below.dtype else seed.astype(below.dtype)))
        return _bars(lanes, tape, seeds, list(primals), False)

    return value, pullback


def _shared_result(lanes: Trace) -> BaseException:
    return lanes.parting("A result that all samples share")


# ---- forward mode


def jvp_in_lanes(lanes: Trace, call: tuple, tangents: list) -> tuple[Any, Any]:
    """As :func:`adpy.jvp`, in every lane; ``tangents`` are those of the differentiable leaves of the arguments.

    ``call`` is what :func:`~adpy.api.running.run` takes: function, arguments, keyword arguments, keys.
    """
    own = [_own(lanes.laned(tangent)) for tangent in tangents]
    make = functools.partial(ForwardTrace, own)
    frame, y = run(make, *call, lanes)
    try:
        y_dot = map_leaves(functools.partial(_tangent, lanes, frame), y)
        return map_leaves(functools.partial(_untraced, lanes, frame), y), y_dot
    finally:
        frame.close()


def _own(data: Any) -> Any:
    """A copy that can be written."""
    return data.copy() if type(data) in TRACED_TYPES or not data.flags.writeable else data


def _tangent(lanes: Trace, frame: Any, leaf: Any) -> Any:
    """The tangent of a result leaf, in every lane."""
    if not is_number(leaf):
        return leaf
    below, laned = _below(lanes, leaf)
    if type(below) in TRACED_TYPES and below.frame is frame and below.active:
        if not laned:
            raise _shared_result(lanes)
        return lanes.wrap(below.tangent, True, leaf.__class__ is float)
    dtype = getattr(below, "dtype", np.dtype(float))
    zero = np.zeros((*np.shape(leaf), lanes.size), dtype if dtype.kind in "fc" else float)
    return lanes.wrap(zero, True, leaf.__class__ is float)


# ---- Jacobians


def jacobian_in_lanes(
    lanes: Trace, function: Callable, args: tuple, kwargs: dict, keys: list, mode: str, has_aux: bool, single: bool
) -> Any:
    """As :func:`adpy.jacobian` of a real function, in every lane."""
    arguments = _arguments(args, kwargs, keys)
    inputs = _inputs(arguments)
    if any(np.iscomplexobj(leaf) for leaf in inputs):
        raise lanes.parting("A complex Jacobian")
    call = function, args, kwargs, keys, lanes
    size = sum(np.size(leaf) for leaf in inputs)
    found = None
    if mode == "reverse" or (mode == "auto" and size > CHUNK):
        found = _by_rows(lanes, call, inputs, has_aux, size if mode == "auto" else None)
    if found is None:
        found = _by_columns(lanes, call, inputs, has_aux)
    y, aux, blocks = found
    structured = [None if parts is None else _in_structure(arguments, parts, single) for parts in blocks]
    result = rebuild(y, iter(structured).__next__)
    return (result, aux) if has_aux else result


def _split(lanes: Trace, frame: Any, y: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return y, None
    if not isinstance(y, tuple) or len(y) != 2:
        raise ArgumentError("function with has_aux=True", "a tuple of two, (y, aux)", described(y))
    return y[0], map_leaves(functools.partial(_untraced, lanes, frame), y[1])


def _by_rows(lanes, call, inputs, has_aux, size):
    """One sweep for each number of the result; None if for ``size`` numbers of input columns are cheaper."""
    tape, y = run(Tape, *call)
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
    below, laned = _below(lanes, leaf)
    shape = np.shape(leaf)
    if not (type(below) in TRACED_TYPES and below.frame is tape and below.active):
        return [lanes.wrap(np.zeros((*shape, *np.shape(x), lanes.size)), True) for x in inputs]
    if not laned:
        raise _shared_result(lanes)
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
    frame, y = run(functools.partial(ForwardTrace, seeds, width if width != 1 else None), *call)
    try:
        y, aux = _split(lanes, frame, y, has_aux)
        return y, aux, [_columns(lanes, frame, leaf, width) for _, leaf in flatten(y)]
    finally:
        frame.close()


def _columns(lanes, frame, leaf, width):
    """The tangents of a result leaf."""
    if not is_number(leaf):
        return None
    below, laned = _below(lanes, leaf)
    if not (type(below) in TRACED_TYPES and below.frame is frame and below.active):
        return np.zeros((*np.shape(leaf), lanes.size, width))
    if not laned:
        raise _shared_result(lanes)
    if below.dtype.kind == "c":
        raise lanes.parting("A complex Jacobian")
    return below.tangent if width != 1 else below.tangent[..., None]
