"""Transforms inside a batch: on the arrays of all lanes at once, which is right because lanes never mix.

The tape (or forward trace) stands below the batch: what the function sees are values of lanes whose arrays are traced.
A cotangent of one for every lane then gives the gradient of every lane in one sweep.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.results import RESULT, described, is_number, result_leaf, untraced
from adpy.api.running import is_differentiable, run_below
from adpy.api.trees import flatten, in_order_of, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.trace import Trace

__all__ = [
    "arguments_at",
    "in_structure",
    "input_leaves_of",
    "jvp_in_lanes",
    "lanes_above",
    "shared_result",
    "under",
    "untraced_in_lanes",
    "value_and_grad_in_lanes",
    "vjp_in_lanes",
]


def lanes_above() -> Trace | None:
    """The batch whose lanes are running, if there is one."""
    frame = capture.frame()
    return frame if frame is not None and frame.batched else None


# ---- results


def under(lanes: Trace, leaf: Any) -> tuple[Any, bool]:
    """What a result leaf is one level below the batch, and whether it has values of lanes."""
    leaf = result_leaf(leaf)
    return lanes.data(leaf) if is_number(leaf) else (leaf, False)


def untraced_in_lanes(lanes: Trace, frame: Any, leaf: Any) -> Any:
    """A result leaf without the inner trace."""
    below, laned = under(lanes, leaf)
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


def in_structure(arguments: list, leaves: list, single: bool) -> Any:
    """Values for the differentiable leaves of some arguments in their structure."""
    taken = iter(leaves)
    results = []
    for argument in arguments:
        found = [next(taken) if not path or is_differentiable(leaf) else None for path, leaf in flatten(argument)]
        results.append(rebuild(argument, iter(found).__next__))
    return results[0] if single else tuple(results)


def arguments_at(args: tuple, kwargs: dict, keys: list) -> list:
    """The arguments at ``keys``."""
    return [kwargs[key] if type(key) is str else args[key] for key in keys]


def input_leaves_of(arguments: list) -> list:
    """Their differentiable leaves."""
    return [leaf for argument in arguments for path, leaf in flatten(argument) if not path or is_differentiable(leaf)]


# ---- reverse mode


def value_and_grad_in_lanes(
    lanes: Trace, function: Callable, args: tuple, kwargs: dict, keys: list, has_aux: bool, single: bool
) -> tuple[Any, Any]:
    """As :func:`adpy.value_and_grad`, in every lane."""
    tape, y = run_below(lanes, Tape, function, args, kwargs, keys)
    try:
        aux = None
        if has_aux:
            if not isinstance(y, tuple) or len(y) != 2:
                raise ArgumentError("function with has_aux=True", "a tuple of two, (value, aux)", described(y))
            y, aux = y
            aux = map_leaves(functools.partial(untraced_in_lanes, lanes, tape), aux)
        if not is_number(y) or np.ndim(y) or np.iscomplexobj(y):
            raise ArgumentError(RESULT, "one real number", type(y).__name__)
        below, laned = under(lanes, y)
        seeds = []
        if type(below) in TRACED_TYPES and below.frame is tape and below.active:
            below = below if laned else lanes.expanded(below)
            with capture.lowered(lanes.parent):  # np.ones looks up what the trace may have replaced
                seeds = [(below.reference(), np.ones(lanes.size, below.dtype))]
        arguments = arguments_at(args, kwargs, keys)
        gradient = _bars(lanes, tape, seeds, arguments, single)
        value = untraced_in_lanes(lanes, tape, y)
    finally:
        tape.close()
    return ((value, aux) if has_aux else value), gradient


def _bars(lanes: Trace, tape: Tape, seeds: list, arguments: list, single: bool) -> Any:
    """Cotangents of the inputs in every lane, in their structure."""
    try:
        with capture.lowered(lanes.parent):
            bars = sweep(tape, seeds, tape.inputs)
    except Exception as error:
        lanes.failing(error)
        raise
    found = [_like_input(lanes, bar, leaf) for bar, leaf in zip(bars, input_leaves_of(arguments), strict=True)]
    return in_structure(arguments, found, single)


def vjp_in_lanes(lanes: Trace, function: Callable, primals: tuple) -> tuple[Any, Callable]:
    """As :func:`adpy.vjp`, in every lane."""
    tape, y = run_below(lanes, Tape, function, primals, {}, list(range(len(primals))))
    results = [under(lanes, leaf) for _, leaf in flatten(y)]
    value = map_leaves(functools.partial(untraced_in_lanes, lanes, tape), y)
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
                    raise shared_result(lanes)
                seed = lanes.laned(bar)
                seeds.append((below.reference(), seed if seed.dtype == below.dtype else seed.astype(below.dtype)))
        return _bars(lanes, tape, seeds, list(primals), False)

    return value, pullback


def shared_result(lanes: Trace) -> BaseException:
    """What is raised where a result has no values of lanes."""
    return lanes.parting("A result that all samples share")


# ---- forward mode


def jvp_in_lanes(lanes: Trace, call: tuple, tangents: list) -> tuple[Any, Any]:
    """As :func:`adpy.jvp`, in every lane; ``tangents`` are those of the differentiable leaves of the arguments.

    ``call`` is what :func:`~adpy.api.running.run` takes: function, arguments, keyword arguments, keys.
    """
    own = [_own(lanes.laned(tangent)) for tangent in tangents]
    frame, y = run_below(lanes, functools.partial(ForwardTrace, own), *call)
    try:
        y_dot = map_leaves(functools.partial(_tangent, lanes, frame), y)
        return map_leaves(functools.partial(untraced_in_lanes, lanes, frame), y), y_dot
    finally:
        frame.close()


def _own(data: Any) -> Any:
    """A copy that can be written."""
    return data.copy() if type(data) in TRACED_TYPES or not data.flags.writeable else data


def _tangent(lanes: Trace, frame: Any, leaf: Any) -> Any:
    """The tangent of a result leaf, in every lane."""
    if not is_number(leaf):
        return leaf
    below, laned = under(lanes, leaf)
    if type(below) in TRACED_TYPES and below.frame is frame and below.active:
        if not laned:
            raise shared_result(lanes)
        return lanes.wrap(below.tangent, True, leaf.__class__ is float)
    dtype = getattr(below, "dtype", np.dtype(float))
    zero = np.zeros((*np.shape(leaf), lanes.size), dtype if dtype.kind in "fc" else float)
    return lanes.wrap(zero, True, leaf.__class__ is float)
