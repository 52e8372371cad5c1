"""Contractions: products of two arrays summed over labelled axes, as one multiplication with the result broadcast.

``numpy.einsum``, ``tensordot``, ``inner``, ``vdot`` and ``outer`` where they are small, or read each entry only a few
times; large products of matrices are left to BLAS.
"""

from __future__ import annotations

from math import prod
from typing import Any

from adpy.kernels.opcodes import COPY, MULTIPLY
from adpy.kernels.table import ADD, FILL, SET
from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.grouping import axes_of

__all__ = ["contracted", "labels_of"]

NATIVE = 4096
"""Multiplications up to which an interpreted loop is as fast as calling BLAS."""
OFTEN = 4
"""How many multiplications an entry of the operands or the result may stand in, in larger ones."""
INSTRUCTIONS = 16
"""Instructions that one contraction may become."""


def contracted(lowering: Any, node: Any, function: Any, saved: tuple, static: dict) -> bool:
    """Emit a contraction, if it is one that is known here."""
    references, values = node.operands, saved
    text = None
    if function is np.einsum:
        if len(references) != 1 or type(references[0]) is not list or set(static) - {"optimize", "out"}:
            return False
        (references,), (values,) = references, values
        text, *values = values
        references = references[1:]
        if not isinstance(text, str) or len(values) > 2:
            return False
    elif set(static) - {"axes", "out"}:
        return False
    operands = [x if r is None else lowering.view(r) for r, x in zip(references, values, strict=True)]
    if any(type(x) is not View and getattr(x, "dtype", None) != np.float64 for x in operands):
        return False
    labels = labels_of(function, text, [len(x.shape) for x in operands], static)
    if labels is None or (function is np.vdot and operands[0].shape != operands[1].shape):
        return False
    return _emit(lowering, node, operands, *labels)


def labels_of(function: Any, text: str | None, ranks: list[int], static: dict) -> tuple[list, list] | None:
    """Labels of the axes of the operands, and of the result; None where this is not known."""
    if text is not None:
        text = text.replace(" ", "")
        if "." in text:
            return None
        given, _, result = text.partition("->")
        found = [list(x) for x in given.split(",")]
        if "->" not in text:
            result = "".join(sorted(x for x in set(given) - {","} if given.count(x) == 1))
        return found, list(result)
    m, n = ranks
    left, right = list(range(m)), list(range(m, m + n))
    if function is np.vdot:
        return [left, left], []
    if function is np.outer:
        return ([left, right], left + right) if m == n == 1 else None
    axes = static.get("axes", 2) if function is np.tensordot else ([-1], [-1])
    if 0 in ranks:
        return None
    if np.ndim(axes) == 0:
        axes = list(range(m - int(axes), m)), list(range(int(axes)))
    for i, j in zip(*[np.ravel(x).tolist() for x in axes], strict=True):
        right[j] = left[i]
    return [left, right], [x for x in left if x not in right] + [x for x in right if x not in left]


def _emit(lowering: Any, node: Any, operands: list, labels: list, result: list) -> bool:
    sizes: dict = {}
    for x, names in zip(operands, labels, strict=True):
        for name, n in zip(names, x.shape, strict=True):
            if sizes.setdefault(name, n) != n:
                return False  # an axis of length one that is broadcast
    inner = [name for name in sizes if name not in result]
    shape = tuple([sizes[name] for name in (*result, *inner)])
    total = prod(shape)
    entries = max([prod(sizes[name] for name in result), *[prod(x.shape) for x in operands]])
    if not total or (total > NATIVE and total > OFTEN * entries):
        return False
    given = [
        _spread(x if type(x) is View else lowering.constant(x), names, (*result, *inner), shape)
        for x, names in zip(operands, labels, strict=True)
    ]
    if prod(axis[0] for axis in axes_of(shape, given)[:-3]) > INSTRUCTIONS:
        return False
    out = lowering.allocate(node)
    into = View(out.offset, shape, (*out.strides, *[0] * len(inner)))
    if inner:
        lowering.emit_entries(FILL, out)
    lowering.emit(MULTIPLY if len(given) == 2 else COPY, ADD if inner else SET, shape, into, *given)
    if len(given) == 2:
        lowering.needs(*calls.views_in(operands))
    return True


def _spread(x: View, names: list, order: tuple, shape: tuple) -> View:
    """A view with all axes; one whose label occurs twice is a diagonal."""
    strides = [sum(s for name, s in zip(names, x.strides, strict=True) if name == wanted) for wanted in order]
    return View(x.offset, shape, tuple(strides))
