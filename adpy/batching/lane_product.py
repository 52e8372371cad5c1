"""The matrix product in every lane as one operation, with a rule of its own.

An operand that is the same in all lanes (weights, mostly) has stride zero along the lanes: then one large product does
it, also when each lane wants a cotangent of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adpy.capture.registry import TRACED_TYPES
from adpy.rules.table import Block
from adpy.traced.dispatch import apply_row

__all__ = ["lane_product"]

# Bound at import: NumPy's own names are replaced during a trace.
_matmul, _moveaxis, _in_order = np.matmul, np.moveaxis, np.ascontiguousarray


def lane_product(a: Any, b: Any) -> Any:
    """``a @ b`` in every lane: one or two dimensions and the lanes, which are the last axis of both."""
    if type(a) in TRACED_TYPES or type(b) in TRACED_TYPES:
        return apply_row(_ROW, (a, b), {})
    return _product(a, b)


def _product(a, b):
    shared_a, shared_b = a.strides[-1] == 0, b.strides[-1] == 0
    if shared_a and a.ndim == 3 and not (shared_b and b.ndim == 3):
        matrix = a[..., 0]
        if b.ndim == 2:
            return _matmul(matrix, b)
        return _moveaxis(_matmul(matrix, _moveaxis(b, -1, 0)), 0, -1)
    if shared_b and b.ndim == 3:
        rows = _moveaxis(a, -1, 0)
        y = _matmul(rows.reshape(-1, rows.shape[-1]), b[..., 0]).reshape(*rows.shape[:-1], b.shape[1])
        return _moveaxis(y, 0, -1)
    if a.ndim == b.ndim == 2:
        return np.einsum("kn,kn->n", a, b)
    first_a, first_b = _moveaxis(a, -1, 0), _moveaxis(b, -1, 0)
    if a.ndim == 2:
        return _matmul(first_a[:, None, :], first_b)[:, 0].T
    if b.ndim == 2:
        return _matmul(first_a, first_b[..., None])[..., 0].T
    return _moveaxis(_matmul(first_a, first_b), 0, -1)


def _outer(a, b):
    """The product of a column and a row in every lane, laid out lane after lane."""
    if type(a) not in TRACED_TYPES and type(b) not in TRACED_TYPES:
        a, b = _in_order(a.T).T, _in_order(b.T).T
    return a[:, None] * b[None]


def _adjoint(x):
    return np.conjugate(np.swapaxes(x, 0, 1)) if x.dtype.kind == "c" else np.swapaxes(x, 0, 1)


def _conj(x):
    return np.conjugate(x) if x.dtype.kind == "c" else x


def _jvp(dots, y, a, b):
    a_dot, b_dot = dots
    if a_dot is None:
        return lane_product(a, b_dot)
    if b_dot is None:
        return lane_product(a_dot, b)
    return lane_product(a_dot, b) + lane_product(a, b_dot)


def _vjp(bar, y, needs, a, b):
    a_bar = b_bar = None
    if needs[0]:
        if b.ndim == 3:
            a_bar = lane_product(bar, _adjoint(b))
        else:
            a_bar = _outer(bar, _conj(b)) if a.ndim == 3 else bar * _conj(b)
    if needs[1]:
        if a.ndim == 3:
            b_bar = lane_product(_adjoint(a), bar)
        else:
            b_bar = _outer(_conj(a), bar) if b.ndim == 3 else bar * _conj(a)
    return a_bar, b_bar


_ROW = Block(lane_product, "the matrix product in every lane", _product, ("a", "b"), {"jvp": _jvp, "vjp": _vjp})
