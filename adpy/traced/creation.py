"""Array creators with traced arguments: ``zeros_like(x)``, ``full(n, x)`` …"""

from __future__ import annotations

from collections.abc import Callable

from adpy.plain import np
from adpy.rules.table import TABLE, Composite
from adpy.traced.dispatch import primal, template, top_trace

__all__ = []


def _like(make: Callable):
    def creator(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
        trace = top_trace([a])
        made = make(np.empty_like(template(a), dtype, order, True, shape))
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
    made = np.empty_like(template(a), dtype, order, True, shape)
    if made.dtype.kind not in "fc":
        made[...] = primal(fill_value)
        return made
    result = trace.buffer(_zeroed(made))
    result[...] = fill_value
    return result


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    """As ``numpy.full``."""
    trace = top_trace([fill_value])
    kind = np.asarray(template(fill_value)).dtype if dtype is None else dtype
    result = trace.buffer(np.zeros(shape, kind, order))
    result[...] = fill_value
    return result


for _function, _implementation in (
    (np.zeros_like, _like(_zeroed)),
    (np.ones_like, _like(_filled_with_ones)),
    (np.empty_like, _like(_as_it_is)),
    (np.full_like, full_like),
    (np.full, full),
):
    TABLE[_function] = Composite(_function, f"numpy.{_function.__name__}", _implementation)
