"""Blocks that are arithmetic, taken apart: products, scans, masked sums, convolutions, contractions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.kernels.opcodes import ADDITION, DIVIDE, MULTIPLY
from adpy.plain import np
from adpy.program.calls import BlockCall
from adpy.program.contractions import labels_of
from adpy.program.expansion import Expansion
from adpy.rules._shapes import given, tuple_of_axes

__all__ = ["expand_block"]

MOST = 1 << 25
"""Operations that one block becomes, at most."""


def expand_block(expansion: Expansion, call: BlockCall) -> bool:
    """Expand a block, if it is one of those known here."""
    expand = _EXPAND.get(call.row.function)
    if expand is None or call.several or len(call.outs) != 1:
        return False
    found = expand(expansion, call)
    if found is None:
        return False
    expansion.held(call.outs[0])[...] = found.reshape(call.outs[0].shape)
    return True


def _only(call: BlockCall, *names: str) -> bool:
    """Are no other settings given than these?"""
    return not any(given(value) for name, value in call.static.items() if name not in names)


def _alone(call: BlockCall) -> bool:
    """Is only the first operand given?"""
    return not any(given(x) for x in call.operands[1:])


def _reduced(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """Numbers with the reduced axes put together in front; None where this is not known."""
    if not _only(call, "axis", "keepdims", "where", "dtype") or given(call.static.get("dtype")) or not _alone(call):
        return None
    x = expansion.entries(call.operands[0])
    axes = tuple_of_axes(call.static.get("axis"), x.ndim)
    if type(call.static.get("axis")) is tuple and not axes:
        return None
    return _merged(x, axes)


def _merged(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    x = np.moveaxis(x, axes, range(len(axes)))
    return x.reshape(-1, *x.shape[len(axes) :])


def _where(call: BlockCall, x: np.ndarray) -> np.ndarray | None:
    """A mask of what is reduced, likewise; None where everything is."""
    where = call.static.get("where")
    if not given(where) or where is True:
        return None
    shape = call.operands[0].shape
    return _merged(np.broadcast_to(where, shape), tuple_of_axes(call.static.get("axis"), len(shape)))


def _sum(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.sum`` and ``numpy.mean``; what a mask leaves out is zero."""
    terms = _reduced(expansion, call)
    if terms is None or not len(terms):
        return None
    where = _where(call, terms)
    if where is not None:
        terms = np.where(where, terms, np.int32(expansion.zero))
    found = expansion.total(ADDITION, terms)
    if call.row.function is not np.mean:
        return found
    counts = np.full(found.shape, len(terms)) if where is None else np.count_nonzero(where, axis=0)
    return expansion.new(DIVIDE, found, expansion.entries(counts))


def _product(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.prod``."""
    factors = _reduced(expansion, call)
    if factors is None or not len(factors):
        return None
    where = _where(call, factors)
    if where is not None:
        factors = np.where(where, factors, expansion.constants(np.ones(1))[0])
    return expansion.total(MULTIPLY, factors)


def _scan(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.cumsum`` and ``numpy.cumprod``, one entry after the other."""
    if not _only(call, "axis"):
        return None
    x, axis = expansion.entries(call.operands[0]), call.static.get("axis")
    x = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
    op = ADDITION if call.row.function is np.cumsum else MULTIPLY
    found = [*x[:1]]
    for entry in x[1:]:
        found.append(expansion.new(op, found[-1], entry))
    stacked = np.array(found, np.int32).reshape(x.shape)
    return stacked if axis is None else np.moveaxis(stacked, 0, axis)


def _counted(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.bincount`` with weights."""
    if not _only(call, "x", "minlength"):
        return None
    place = np.asarray(call.static["x"]).reshape(-1)
    return _scattered(expansion, call, place, expansion.entries(call.operands[0]).reshape(-1))


def _scattered(expansion: Expansion, call: BlockCall, place: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """Sums of the terms of each place in the result."""
    addresses = call.outs[0].addresses().reshape(-1)
    expansion.numbers[addresses] = expansion.zero
    expansion.increase(addresses[place], terms, ADDITION)
    return expansion.numbers[addresses]


def _convolution(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.convolve`` and ``numpy.correlate``."""
    if not _only(call, "mode"):
        return None
    a, v = (expansion.entries(x).reshape(-1) for x in call.operands)
    if a.size * v.size > MOST or min(a.size, v.size) == 0:
        return None
    mode = call.static.get("mode", "full")
    if call.row.function is np.correlate:
        if v.size > a.size:
            return None
        v, mode = v[::-1], call.static.get("mode", "valid")
    shorter, longer = sorted((a.size, v.size))
    first = {"full": 0, "same": (shorter - 1) // 2, "valid": shorter - 1}.get(mode)
    if first is None:
        return None
    place = np.arange(a.size)[:, None] + np.arange(v.size) - first
    kept = (place >= 0) & (place < call.outs[0].shape[0])
    left, right = (x[kept] for x in np.broadcast_arrays(a[:, None], v))
    return _scattered(expansion, call, place[kept], expansion.new(MULTIPLY, left, right))


def _contraction(expansion: Expansion, call: BlockCall) -> np.ndarray | None:
    """``numpy.einsum``, ``tensordot`` and the like: products summed over labelled axes."""
    text, operands = None, call.operands
    if call.row.function is np.einsum:
        if len(operands) != 1 or type(operands[0]) is not list or not _only(call, "optimize"):
            return None
        text, *operands = operands[0]
        if not isinstance(text, str):
            return None
    elif not _only(call, "axes"):
        return None
    entries = [expansion.entries(x) for x in operands]
    found = labels_of(call.row.function, text, [x.ndim for x in entries], call.static)
    return None if found is None else _summed(expansion, entries, *found)


def _summed(expansion: Expansion, entries: list, labels: list, result: list) -> np.ndarray | None:
    sizes: dict[Any, int] = {}
    for x, names in zip(entries, labels, strict=True):
        for name, n in zip(names, x.shape, strict=True):
            if sizes.setdefault(name, n) != n:
                return None  # an axis of length one that is broadcast
    order = [*(name for name in sizes if name not in result), *result]
    if np.prod([sizes[name] for name in order], dtype=float) > MOST or 0 in sizes.values():
        return None
    product = None
    for x, names in zip(entries, labels, strict=True):
        number = {name: k for k, name in enumerate(order)}
        spread = np.einsum(x, [number[name] for name in names], sorted({number[name] for name in names}))
        spread = spread.reshape([sizes[name] if name in names else 1 for name in order])
        product = spread if product is None else expansion.new(MULTIPLY, product, spread)
    product = np.broadcast_to(product, [sizes[name] for name in order])
    return expansion.total(ADDITION, product.reshape(-1, *product.shape[len(order) - len(result) :]))


_EXPAND: dict[Any, Callable] = {
    np.sum: _sum,
    np.mean: _sum,
    np.prod: _product,
    np.cumsum: _scan,
    np.cumprod: _scan,
    np.bincount: _counted,
    np.convolve: _convolution,
    np.correlate: _convolution,
    np.einsum: _contraction,
    np.tensordot: _contraction,
    np.inner: _contraction,
    np.outer: _contraction,
    np.vdot: _contraction,
}
