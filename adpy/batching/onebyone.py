"""One operation, lane by lane: what NumPy cannot do for all lanes in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.batching.scalar import BatchReal
from adpy.batching.splitting import Split
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.plain import np
from adpy.rules import lookup
from adpy.traced.dispatch import call, top_trace

__all__ = ["lane_of", "one_by_one"]

_SEQUENCES = (list, tuple)


def lane_of(frame: Any, x: Any, i: int) -> Any:
    """The value of ``x`` in lane ``i``, in sequences too."""
    kind = type(x)
    if kind in _SEQUENCES:
        return kind([lane_of(frame, item, i) for item in x])
    if kind not in TRACED_TYPES or not kind._batched:
        return x
    data, laned = frame.data(x)
    if not laned:
        return data
    if data.ndim > 1 or not kind.immutable:
        return data[..., i]
    value = data[i]
    return value.item() if kind is BatchReal else value


def one_by_one(frame: Any, function: Callable, args: tuple, kwargs: dict) -> Any:
    """``function`` called once in each lane, its results stacked.

    Raises
    ------
    Split
        If the results of the lanes do not have one structure.
    """
    if not frame.size:
        raise Split(frame, None, f"{function.__name__} of no lanes")
    results, errors = [], []
    with capture.lowered(frame.parent):
        for i in range(frame.size):
            own = {name: lane_of(frame, x, i) for name, x in kwargs.items()}
            try:
                results.append(_called(function, tuple([lane_of(frame, x, i) for x in args]), own))
                errors.append(None)
            except TracedValueError:
                raise
            except Exception as error:
                errors.append(error)
        if len(results) == frame.size:
            return _joined(frame, results, function)
    kinds = list(dict.fromkeys(map(type, errors)))
    if len(kinds) > 1:
        frame.part(np.array([kinds.index(type(error)) for error in errors]), f"An error of {function.__name__}")
    raise errors[0]


def _called(function, args, kwargs):
    """A call that goes by the rule table where values of an enclosing transform are among the arguments."""
    if top_trace([*args, *kwargs.values()]) is not None and lookup(function) is not None:
        return call(function, args, kwargs)
    return function(*args, **kwargs)


def _joined(frame, results, function):
    first = results[0]
    if isinstance(first, list | tuple):
        if any(len(y) != len(first) for y in results):
            raise Split(frame, None, f"Results of different lengths of {function.__name__}")
        parts = [_joined(frame, parts, function) for parts in zip(*results, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if first is None or isinstance(first, str):
        if any(y != first for y in results):
            raise Split(frame, None, f"{function.__name__}")
        return first
    if any(np.shape(y) != np.shape(first) for y in results):
        raise Split(frame, None, f"Results of different shapes of {function.__name__}")
    python = type(first) in (float, complex)
    return frame.wrap(np.stack(results, -1), True, python)
