"""Blocks that are lowered to instructions or to calls without copies: sums, means, extrema and products of arrays."""

from __future__ import annotations

from typing import Any

from adpy.kernels.opcodes import COPY, OPCODES
from adpy.kernels.table import ADD, FILL, SET
from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.contractions import contracted
from adpy.program.sparse_products import SparseProduct, is_sparse_product
from adpy.program.stacks import Extremum, Stack
from adpy.rules._shapes import given
from adpy.rules.table import Block

__all__ = ["lowered"]

_WIDENED = "?bBhHiIlLqQef"
NATIVE = 4096
"""Multiplications of a matrix product up to which an interpreted loop is as fast as calling BLAS."""


def lowered(lowering: Any, node: Any, row: Block, saved: tuple, static: dict) -> bool:
    """Emit instructions for a block node, if it is one of those known here."""
    function = row.function
    if function is np.sum or function == (np.add, "reduce"):
        return _sum(lowering, node, static, False)
    if function is np.mean:
        return _sum(lowering, node, static, True)
    if function is np.matmul or function is np.dot:
        if set(static) - {"out"}:
            return False
        return _product(lowering, node, saved) or (function is np.matmul and _stack(lowering, node, saved))
    if function in (np.einsum, np.tensordot, np.inner, np.vdot, np.outer):
        return contracted(lowering, node, function, saved, static)
    if function in _EXTREMA:
        return _extremum(lowering, node, static, _EXTREMA[function])
    return is_sparse_product(function) and _sparse(lowering, node, static["matrix"])


def _sparse(lowering, node, matrix) -> bool:
    if matrix.dtype.kind not in "fiub":
        return False
    x = lowering.view(node.operands[0])
    lowering.emit_call(SparseProduct.of(matrix, x, lowering.allocate(node)))
    return True


_EXTREMA = {np.max: np.max, np.amax: np.max, np.min: np.min, np.amin: np.min}


def _extremum(lowering, node, static, function) -> bool:
    if any(_changes(name, static) for name in ("where", "initial")) or any(x is not None for x in node.operands[1:]):
        return False
    a = lowering.view(node.operands[0])
    axes = _axes(static.get("axis"), len(a.shape))
    if not a.shape or 0 in a.shape or not axes:
        return False
    out = lowering.allocate(node)
    lowering.emit_call(Extremum(function, a, tuple(sorted(axes)), out))
    lowering.needs(out, a)
    return True


def _changes(name: str, static: dict) -> bool:
    """Does an argument of a reduction ask for something else than its default?"""
    return given(value := static.get(name)) and not (name == "where" and value is True)


def _axes(axis: Any, ndim: int) -> set[int]:
    """Axes of a reduction."""
    return {k % ndim for k in (range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis) if ndim}


def _operands(lowering, node, saved) -> list:
    """Views, and constants as NumPy takes them beside float64."""
    found = [saved[i] if r is None else lowering.view(r) for i, r in enumerate(node.operands)]
    return [x.astype(np.float64) if type(x) is np.ndarray and x.dtype.char in _WIDENED else x for x in found]


def _stack(lowering, node, saved) -> bool:
    operands = _operands(lowering, node, saved)
    if any(len(x.shape) < 2 or 0 in x.shape for x in operands):
        return False
    if any(type(x) is not View and getattr(x, "dtype", None) != np.float64 for x in operands):
        return False
    out = lowering.allocate(node)
    lowering.emit_call(Stack(*operands, out))
    lowering.needs(*calls.views_in(operands))
    return True


def _sum(lowering, node, static, mean) -> bool:
    if any(_changes(name, static) for name in ("dtype", "where", "initial")):
        return False
    if len(node.operands) > 1 and node.operands[1] is not None:
        return False
    a = lowering.view(node.operands[0])
    ndim = len(a.shape)
    reduced = _axes(static.get("axis"), ndim)
    out = lowering.allocate(node)
    total = lowering.temporary(out.shape) if mean else out
    kept = iter(
        total.strides if len(total.shape) != ndim else [s for k, s in enumerate(total.strides) if k not in reduced]
    )
    spread = View(total.offset, a.shape, tuple([0 if k in reduced else next(kept) for k in range(ndim)]))
    lowering.emit_entries(FILL, total)
    lowering.emit(COPY, ADD, a.shape, spread, a)
    if mean:
        count = float(np.prod([a.shape[k] for k in reduced]))
        lowering.emit(OPCODES[np.divide], SET, out.shape, out, total, lowering.constant(np.float64(count)))
    return True


def _product(lowering, node, saved) -> bool:
    operands = _operands(lowering, node, saved)
    if any(type(x) is not View and getattr(x, "dtype", None) != np.float64 for x in operands):
        return False
    ranks = [len(x.shape) for x in operands]
    if not all(1 <= n <= 2 for n in ranks):
        return False
    left, right = (tuple(x.shape) for x in operands)
    rows, inner = (1, left[0]) if ranks[0] == 1 else left
    columns = 1 if ranks[1] == 1 else right[1]
    out = lowering.allocate(node)
    if rows * inner * columns > NATIVE and ranks != [1, 1]:
        lowering.emit_call(calls.Product(*operands, out))
        lowering.needs(*calls.views_in(operands))
        return True
    a, b = (x if type(x) is View else lowering.constant(x) for x in operands)
    stride_a = (0, a.strides[0]) if ranks[0] == 1 else a.strides
    stride_b = (b.strides[0], 0) if ranks[1] == 1 else b.strides
    steps = iter(out.strides)
    stride_out = (0 if ranks[0] == 1 else next(steps), 0 if ranks[1] == 1 else next(steps))
    shape = (rows, columns, inner)
    lowering.emit_entries(FILL, out)
    lowering.emit(
        OPCODES[np.multiply],
        ADD,
        shape,
        View(out.offset, shape, (*stride_out, 0)),
        View(a.offset, shape, (stride_a[0], 0, stride_a[1])),
        View(b.offset, shape, (0, stride_b[1], stride_b[0])),
    )
    lowering.needs(*calls.views_in(operands))
    return True
