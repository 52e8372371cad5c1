"""Array creators with traced arguments: ``zeros_like(x)``, ``full(n, x)``, ``linspace(a, b)`` …"""

from __future__ import annotations

import operator
from collections.abc import Callable

from adpy.plain import np
from adpy.rules.table import TABLE, Composite
from adpy.traced.dispatch import call, primal, top_trace

__all__ = []


def _like(make: Callable):
    def creator(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
        trace = top_trace([a])
        made = make(np.empty_like(primal(a), dtype, order, True, shape))
        return made if trace is None or made.dtype.kind not in "fc" else trace.buffer(made)

    return creator


def _zeroed(a):
    a[...] = 0
    return a


def _filled_with_ones(a):
    a[...] = 1
    return a


def _as_it_is(a):
    return a


def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """As ``numpy.full_like``."""
    trace = top_trace([a, fill_value])
    made = np.empty_like(primal(a), dtype, order, True, shape)
    if made.dtype.kind not in "fc":
        made[...] = primal(fill_value)
        return made
    result = trace.buffer(_zeroed(made))
    result[...] = fill_value
    return result


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    """As ``numpy.full``."""
    trace = top_trace([fill_value])
    kind = np.asarray(primal(fill_value)).dtype if dtype is None else dtype
    result = trace.buffer(np.zeros(shape, kind, order))
    result[...] = fill_value
    return result


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    """As ``numpy.linspace``."""
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    parts = num - 1 if endpoint else num
    delta = stop - start
    ramp = np.arange(num, dtype=float).reshape((-1,) + (1,) * np.ndim(primal(delta)))
    if parts > 0:
        step = delta / parts
        result = ramp * step + start
        if endpoint and num > 1:
            result[-1, ...] = stop
    else:
        step = np.nan
        result = ramp * delta + start
    if axis != 0:
        result = call(np.moveaxis, (result, 0, axis), {})
    if dtype is not None:
        result = result.astype(dtype)
    return (result, step) if retstep else result


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """As ``numpy.logspace``."""
    result = base ** linspace(start, stop, num, endpoint, axis=axis)
    return result if dtype is None else result.astype(dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """As ``numpy.geomspace`` for positive or negative real ends."""
    sign = np.sign(primal(start))
    if np.any(sign * np.sign(primal(stop)) <= 0):
        raise ValueError("Geometric sequence cannot include zero")
    lower, upper = call(np.log10, (sign * start,), {}), call(np.log10, (sign * stop,), {})
    result = sign * logspace(lower, upper, num, endpoint, 10.0, None, axis)
    if axis == 0 and num > 0:
        result[0, ...] = start
        if endpoint and num > 1:
            result[-1, ...] = stop
    return result if dtype is None else result.astype(dtype)


for _function, _implementation in (
    (np.zeros_like, _like(_zeroed)),
    (np.ones_like, _like(_filled_with_ones)),
    (np.empty_like, _like(_as_it_is)),
    (np.full_like, full_like),
    (np.full, full),
    (np.linspace, linspace),
    (np.logspace, logspace),
    (np.geomspace, geomspace),
):
    TABLE[_function] = Composite(_function, f"numpy.{_function.__name__}", _implementation)
