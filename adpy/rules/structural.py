"""Functions which only move entries: the names of their data parameters, and some faster cotangent maps.

A structural function is applied by adpy to the values and to whatever is carried beside them, so it needs no
derivative.  Its parameters which are no data must not fill in numbers of their own (``pad`` does: it is a composite).
"""

from __future__ import annotations

import inspect
import itertools
import math

import numpy as np

from adpy.rules._shapes import tuple_of_axes, unbroadcast
from adpy.rules.table import TABLE, Structural, structural

__all__ = []


# Cotangent maps: each undoes the movement on the cotangent, and adds up what one entry was copied to.


def reshape_transpose(bar, operands, **static):
    """Also for ravel, expand_dims and squeeze."""
    order = "C" if static.get("order") in (None, "K", "A") else static["order"]
    return (np.reshape(bar, np.shape(operands[0]), order=order),)


def transpose_transpose(bar, operands, axes=None):
    return (np.transpose(bar, None if axes is None else np.argsort(tuple_of_axes(tuple(axes), bar.ndim))),)


def swapaxes_transpose(bar, operands, axis1, axis2):
    return (np.swapaxes(bar, axis1, axis2),)


def moveaxis_transpose(bar, operands, source, destination):
    return (np.moveaxis(bar, destination, source),)


def matrix_transpose_transpose(bar, operands):
    return (np.swapaxes(bar, -1, -2),)


def flip_transpose(bar, operands, axis=None):
    return (np.flip(bar, axis),)


def fliplr_transpose(bar, operands):
    return (np.fliplr(bar),)


def flipud_transpose(bar, operands):
    return (np.flipud(bar),)


def rot90_transpose(bar, operands, k=1, axes=(0, 1)):
    return (np.rot90(bar, -k, axes),)


def roll_transpose(bar, operands, shift, axis=None):
    return (np.roll(bar, tuple(-s for s in shift) if isinstance(shift, (tuple, list)) else -shift, axis),)


def roll_accumulate(present, bar, shift, axis=None):
    if isinstance(shift, int) and isinstance(axis, int) and bar.shape[axis]:
        along = (slice(None),) * (axis % bar.ndim)
        moved = shift % bar.shape[axis]
        kept = bar.shape[axis] - moved
        present[(*along, slice(None, kept))] += bar[(*along, slice(moved, None))]
        present[(*along, slice(kept, None))] += bar[(*along, slice(None, moved))]
    else:
        np.add(present, roll_transpose(bar, (), shift, axis)[0], out=present)


def triu_transpose(bar, operands, k=0):
    return (np.triu(bar, k),)


def tril_transpose(bar, operands, k=0):
    return (np.tril(bar, k),)


def copy_transpose(bar, operands, **static):
    return (bar,)


def broadcast_to_transpose(bar, operands, shape, **static):
    return (unbroadcast(bar, np.shape(operands[0])),)


def concatenate_transpose(bar, operands, axis=0, **static):
    shapes = [np.shape(a) for a in operands[0]]
    if axis is None:
        pieces = _pieces(bar, [math.prod(s) for s in shapes], 0)
        return ([np.reshape(p, s) for p, s in zip(pieces, shapes, strict=True)],)
    return (_pieces(bar, [s[axis] for s in shapes], axis),)


def _pieces(bar, lengths, axis):
    """``bar`` cut along an axis into pieces of the given lengths."""
    before = (slice(None),) * (axis % bar.ndim)
    ends = itertools.accumulate(lengths)
    return [bar[(*before, slice(end - n, end))] for end, n in zip(ends, lengths, strict=True)]


def stack_transpose(bar, operands, axis=0, **static):
    before = (slice(None),) * (axis % bar.ndim)
    return ([bar[(*before, i)] for i in range(len(operands[0]))],)


def hstack_transpose(bar, operands, **static):
    shapes = [np.shape(a) or (1,) for a in operands[0]]
    axis = 0 if len(shapes[0]) == 1 else 1
    pieces = _pieces(bar, [s[axis] for s in shapes], axis)
    return ([np.reshape(p, np.shape(a)) for p, a in zip(pieces, operands[0], strict=True)],)


def vstack_transpose(bar, operands, **static):
    shapes = [np.shape(a) for a in operands[0]]
    pieces = _pieces(bar, [s[0] if len(s) > 1 else 1 for s in shapes], 0)
    return ([np.reshape(p, s) for p, s in zip(pieces, shapes, strict=True)],)


def column_stack_transpose(bar, operands):
    shapes = [np.shape(a) for a in operands[0]]
    pieces = _pieces(bar, [s[1] if len(s) > 1 else 1 for s in shapes], 1)
    return ([np.reshape(p, s) for p, s in zip(pieces, shapes, strict=True)],)


def where_transpose(bar, operands, condition):
    x, y = operands
    return unbroadcast(np.where(condition, bar, 0), np.shape(x)), unbroadcast(np.where(condition, 0, bar), np.shape(y))


def tile_transpose(bar, operands, reps):
    shape = np.shape(operands[0])
    reps = tuple(reps) if np.ndim(reps) else (reps,)
    ndim = max(len(shape), len(reps))
    lengths = (1,) * (ndim - len(shape)) + shape
    counts = (1,) * (ndim - len(reps)) + reps
    pairs = tuple(itertools.chain.from_iterable(zip(counts, lengths, strict=True)))
    return (np.reshape(np.sum(np.reshape(bar, pairs), axis=tuple(range(0, 2 * ndim, 2))), shape),)


def repeat_transpose(bar, operands, repeats, axis=None):
    shape = np.shape(operands[0])
    along = axis % len(shape) if axis is not None and shape else 0
    n = math.prod(shape) if axis is None or not shape else shape[along]
    before, after = bar.shape[:along], bar.shape[along + 1 :]
    if np.size(repeats) == 1:
        a_bar = np.sum(np.reshape(bar, (*before, n, bar.shape[along] // max(n, 1), *after)), axis=along + 1)
    else:
        # Sums over neighbours, as differences of running totals, would lose digits: one row per count instead.
        starts = np.cumsum(repeats) - repeats
        longest = int(np.max(repeats, initial=0))
        places = np.minimum(starts[:, None] + np.arange(longest), max(bar.shape[along] - 1, 0))
        used = np.reshape(np.arange(longest) < np.asarray(repeats)[:, None], (n, longest, *(1 for _ in after)))
        a_bar = np.sum(np.where(used, np.take(bar, places, along), 0), axis=along + 1)
    return (np.reshape(a_bar, shape),)


for _function, _operand, _transpose in [
    (np.reshape, "a", reshape_transpose),
    (np.ravel, "a", reshape_transpose),
    (np.squeeze, "a", reshape_transpose),
    (np.expand_dims, "a", reshape_transpose),
    (np.transpose, "a", transpose_transpose),
    (np.matrix_transpose, "x", matrix_transpose_transpose),
    (np.swapaxes, "a", swapaxes_transpose),
    (np.moveaxis, "a", moveaxis_transpose),
    (np.flip, "m", flip_transpose),
    (np.fliplr, "m", fliplr_transpose),
    (np.flipud, "m", flipud_transpose),
    (np.rot90, "m", rot90_transpose),
    (np.triu, "m", triu_transpose),
    (np.tril, "m", tril_transpose),
    (np.copy, "a", copy_transpose),
    (np.broadcast_to, "array", broadcast_to_transpose),
    (np.tile, "A", tile_transpose),
    (np.repeat, "a", repeat_transpose),
    (np.stack, "arrays", stack_transpose),
    (np.hstack, "tup", hstack_transpose),
    (np.vstack, "tup", vstack_transpose),
    (np.column_stack, "tup", column_stack_transpose),
]:
    structural(_function, _operand, transpose=_transpose)

structural(np.roll, "a", transpose=roll_transpose, accumulate=roll_accumulate)

for _function, *_operands in [
    (np.rollaxis, "a"),
    (np.atleast_1d, "arys"),
    (np.atleast_2d, "arys"),
    (np.atleast_3d, "arys"),
    (np.broadcast_arrays, "args"),
    (np.dstack, "tup"),
    (np.split, "ary"),
    (np.array_split, "ary"),
    (np.hsplit, "ary"),
    (np.vsplit, "ary"),
    (np.dsplit, "ary"),
    (np.take, "a"),
    (np.take_along_axis, "arr"),
    (np.compress, "a"),
    (np.extract, "arr"),
    (np.choose, "choices"),
    (np.select, "choicelist", "default"),
    (np.delete, "arr"),
    (np.insert, "arr", "values"),
    (np.append, "arr", "values"),
    (np.resize, "a"),
    (np.diag, "v"),
    (np.diagflat, "v"),
    (np.diagonal, "a"),
    (np.meshgrid, "xi"),
    (np.lib.stride_tricks.sliding_window_view, "x"),
    (np.fft.fftshift, "x"),
    (np.fft.ifftshift, "x"),
]:
    structural(_function, *_operands)

if hasattr(np, "unstack"):
    structural(np.unstack, "x")


def _signature(*positional: str, **others) -> inspect.Signature:
    """The signature of a C function, which some versions of NumPy do not tell."""
    kinds = inspect.Parameter
    parameters = [kinds(name, kinds.POSITIONAL_ONLY) for name in positional]
    parameters += [kinds(name, kind, default=default) for name, (kind, default) in others.items()]
    return inspect.Signature(parameters)


TABLE[np.concatenate] = Structural(
    np.concatenate,
    "numpy.concatenate",
    ("arrays",),
    concatenate_transpose,
    _signature(
        "arrays",
        axis=(inspect.Parameter.POSITIONAL_OR_KEYWORD, 0),
        out=(inspect.Parameter.POSITIONAL_OR_KEYWORD, None),
        dtype=(inspect.Parameter.KEYWORD_ONLY, None),
        casting=(inspect.Parameter.KEYWORD_ONLY, "same_kind"),
    ),
)
TABLE[np.where] = Structural(
    np.where,
    "numpy.where",
    ("x", "y"),
    where_transpose,
    _signature(
        "condition",
        x=(inspect.Parameter.POSITIONAL_ONLY, None),
        y=(inspect.Parameter.POSITIONAL_ONLY, None),
    ),
)
