"""Batching rules of products: few large matrix products instead of many small ones where the operands allow it."""

from __future__ import annotations

import string
from typing import Any

from adpy.batching.lane_product import lane_product
from adpy.batching.movement import moveaxis, reshape
from adpy.batching.onebyone import one_by_one
from adpy.batching.registry import RULES, apply, axis_of, batched
from adpy.plain import np

__all__ = ["matmul"]


@batched(np.matmul, np.linalg.matmul)
def matmul(frame, x1, x2):
    (a, laned_a), (b, laned_b) = frame.data(x1), frame.data(x2)
    depth_a, depth_b = np.ndim(a) - laned_a, np.ndim(b) - laned_b
    if not depth_a or not depth_b:
        raise ValueError("matmul: Input operand does not have enough dimensions (a scalar was given)")
    return frame.wrap(apply(frame, product, a, b, laned_a, laned_b, depth_a, depth_b), True)


def product(a: Any, b: Any, laned_a: bool, laned_b: bool, depth_a: int, depth_b: int) -> Any:
    """``a @ b`` in every lane, of operands of which at least one has lanes along its last axis."""
    if a.shape[depth_a - 1] != b.shape[max(depth_b - 2, 0)]:
        raise ValueError(
            f"matmul: Input operand 1 has a mismatch in its core dimension 0 "
            f"(size {b.shape[max(depth_b - 2, 0)]} is different from {a.shape[depth_a - 1]})"
        )
    if not laned_a and depth_b == 1 and depth_a <= 2:
        return np.matmul(a, b)
    if not laned_b and depth_a == depth_b == 1:
        return np.matmul(b, a)
    if laned_a and laned_b and depth_a <= 2 and depth_b <= 2:
        return lane_product(a, b)
    first_a, first_b = _lanes_first(a, laned_a), _lanes_first(b, laned_b)
    if depth_a == 1:
        first_a = first_a[..., None, :]
    if depth_b == 1:
        first_b = first_b[..., None]
    batch = max(depth_a, depth_b) - 2
    if batch > 0:
        first_a, first_b = _padded(first_a, laned_a, batch), _padded(first_b, laned_b, batch)
    y = np.matmul(first_a, first_b)
    if depth_a == 1:
        y = y[..., 0, :]
    if depth_b == 1:
        y = y[..., 0]
    return np.moveaxis(y, 0, -1)


def _lanes_first(x: Any, laned: bool) -> Any:
    return np.moveaxis(x, -1, 0) if laned else x


def _padded(x: Any, laned: bool, batch: int) -> Any:
    """Axes of length one after that of the lanes, so that matrices are stacked alike."""
    missing = batch - (x.ndim - laned - 2)
    if not laned or missing <= 0:
        return x
    return np.reshape(x, (x.shape[0], *(1,) * missing, *x.shape[1:]))


@batched(np.dot)
def dot(frame, a, b):
    depth_a, depth_b = np.ndim(a), np.ndim(b)
    if not depth_a or not depth_b:
        return frame.ufunc(np.multiply, (a, b))
    if depth_b <= 2:
        return matmul(frame, a, b)
    return tensordot(frame, a, b, ((depth_a - 1,), (depth_b - 2,)))


@batched(np.inner)
def inner(frame, a, b):
    if not np.ndim(a) or not np.ndim(b):
        return frame.ufunc(np.multiply, (a, b))
    return tensordot(frame, a, b, ((np.ndim(a) - 1,), (np.ndim(b) - 1,)))


@batched(np.vdot)
def vdot(frame, a, b):
    a = frame.ufunc(np.conjugate, (a,)) if getattr(a, "dtype", np.dtype(float)).kind == "c" else a
    return matmul(frame, reshape(frame, a, (-1,)), reshape(frame, b, (-1,)))


@batched(np.outer)
def outer(frame, a, b):
    return frame.ufunc(np.multiply, (reshape(frame, a, (-1, 1)), reshape(frame, b, (1, -1))))


@batched(np.tensordot)
def tensordot(frame, a, b, axes=2):
    depth_a, depth_b = np.ndim(a), np.ndim(b)
    if isinstance(axes, int | np.integer):
        axes = (tuple(range(depth_a - axes, depth_a)), tuple(range(axes)))
    left, right = [tuple(x) if isinstance(x, tuple | list) else (x,) for x in axes]
    left, right = [axis_of(i, depth_a) for i in left], [axis_of(i, depth_b) for i in right]
    rest_a = [n for i, n in enumerate(np.shape(a)) if i not in left]
    rest_b = [n for i, n in enumerate(np.shape(b)) if i not in right]
    count = int(np.prod([np.shape(a)[i] for i in left]))
    a = reshape(frame, moveaxis(frame, a, left, range(depth_a - len(left), depth_a)), (int(np.prod(rest_a)), count))
    b = reshape(frame, moveaxis(frame, b, right, range(len(right))), (count, int(np.prod(rest_b))))
    y = matmul(frame, a, b)
    return reshape(frame, y, (*rest_a, *rest_b)) if rest_a or rest_b else y[0, 0]


@batched(np.einsum)
def einsum(frame, subscripts, *operands, **kwargs):
    if not isinstance(subscripts, str):
        return one_by_one(frame, np.einsum, (subscripts, *operands), kwargs)
    terms, arrow, result = subscripts.replace(" ", "").partition("->")
    letter = next(c for c in string.ascii_letters if c not in subscripts)
    if not arrow:
        letters = [c for c in terms if c.isalpha()]
        result = ("..." if "..." in terms else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    parts = [frame.data(x) for x in operands]
    found = [term + letter * laned for term, (_, laned) in zip(terms.split(","), parts, strict=True)]
    y = apply(frame, np.einsum, f"{','.join(found)}->{result}{letter}", *[x for x, _ in parts], **kwargs)
    return frame.wrap(y, True)


if hasattr(np, "vecdot"):

    @batched(np.vecdot, np.linalg.vecdot)
    def vecdot(frame, x1, x2, /, *, axis=-1):
        if axis != -1:
            x1, x2 = moveaxis(frame, x1, axis, -1), moveaxis(frame, x2, axis, -1)
        x1 = frame.ufunc(np.conjugate, (x1,)) if getattr(x1, "dtype", np.dtype(float)).kind == "c" else x1
        return RULES[np.sum](frame, frame.ufunc(np.multiply, (x1, x2)), -1)
