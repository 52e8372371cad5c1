"""Instructions in Python taken apart: those that are arithmetic become scalar operations, the others stay calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.kernels.opcodes import ADDITION, DIVIDE, MULTIPLY, OPCODES, SUBTRACT
from adpy.plain import np
from adpy.program import calls, choices, stacks
from adpy.program.code import View
from adpy.program.decisions import guards_of
from adpy.program.expanded_blocks import expand_block
from adpy.program.expansion import Call, Expansion, NoStream
from adpy.program.sparse_products import SparseProduct

__all__ = ["expand_call"]

_EQUAL, _NOT_EQUAL = OPCODES[np.equal], OPCODES[np.not_equal]
_GREATER, _GREATER_EQUAL = OPCODES[np.greater], OPCODES[np.greater_equal]
_MAXIMUM, _MINIMUM = OPCODES[np.maximum], OPCODES[np.minimum]
LARGE = 1 << 20
"""Multiplications from which a product stays one: BLAS is the way to compute it."""
_KEPT = (
    *(calls.Product, calls.ElementwiseCall, calls.BlockCall, calls.Check, stacks.Stack, stacks.Extremum),
    *(choices.Decide, choices.Select),
)


def expand_call(expansion: Expansion, call: Any) -> None:
    """Expand an instruction in Python, or keep it."""
    kind = type(call)
    if kind is calls.IncrementAt:
        terms = expansion.entries(call.source)
        expansion.increase(call.targets, terms, ADDITION if call.sign > 0 else SUBTRACT)
    elif kind is SparseProduct:
        _sparse_product(expansion, call)
    elif kind is calls.Product and _product(expansion, call):
        pass
    elif kind is calls.Check and (guards := guards_of(call, expansion.entries, expansion.new)) is not None:
        expansion.guards.append(guards)
    elif not (expansion.whole and kind in _WHOLE and _WHOLE[kind](expansion, call)):
        _keep(expansion, call)


def _keep(expansion: Expansion, call: Any) -> None:
    """Keep a call, with the numbers that go in and out."""
    if type(call) not in _KEPT:
        raise NoStream(type(call).__name__)
    operands = [expansion.entries(view) for view in calls.views_in(call.operands)]
    position, outs = expansion.count, []
    for view in call.outs:
        if view is not None:
            fresh = expansion.fresh(int(np.prod(view.shape))).reshape(view.shape)
            expansion.held(view)[...] = fresh
            outs.append(fresh)
    expansion.calls.append(Call(call, position, operands, outs))


def _product(expansion: Expansion, call: Any) -> bool:
    """``left @ right``, stacked or not."""
    if expansion.whole and _sparse_product(expansion, call):
        return True
    size = int(np.prod(call.left.shape)) * (call.right.shape[-1] if len(call.right.shape) > 1 else 1)
    if size > (LARGE if expansion.whole else expansion.limit):
        if expansion.whole:
            return False
        raise NoStream("a large product")
    left, right = expansion.entries(call.left), expansion.entries(call.right)
    if left.ndim == 1:
        left = left[None]
    if right.ndim == 1:
        right = right[:, None]
    terms = expansion.new(MULTIPLY, left[..., None], right[..., None, :, :])
    found = expansion.total(ADDITION, np.moveaxis(terms, -2, 0))
    expansion.held(call.out)[...] = found.reshape(call.out.shape)
    return True


def _sparse_product(expansion: Expansion, call: Any) -> bool:
    """A product with a constant matrix most of whose entries are zero: only the others are factors."""
    constant, view = (call.left, call.right) if type(call.right) is View else (call.right, call.left)
    if type(constant) is View or np.ndim(constant) != 2 or len(view.shape) > 2:
        return False
    rows, columns = np.nonzero(constant)
    others = 1 if len(view.shape) == 1 else view.shape[1 if constant is call.left else 0]
    if 2 * rows.size > constant.size or rows.size * others > LARGE:
        return False
    values, entries, out = expansion.entries(constant[rows, columns]), expansion.entries(view), call.out.addresses()
    if constant is call.right:
        entries, out, rows, columns = entries.T, out.T, columns, rows
    values = values.reshape(-1, *[1] * (entries.ndim - 1))
    terms = expansion.new(MULTIPLY, values, entries[columns])
    expansion.numbers[out] = expansion.zero
    expansion.increase(out[rows], terms, ADDITION)
    return True


def _decision(expansion: Expansion, call: choices.Decide) -> bool:
    """A mask: comparisons of numbers, or of ones and zeros; none of them has a derivative."""
    operands = [expansion.entries(x) for x in call.operands]
    if call.function in OPCODES:
        found = expansion.new(OPCODES[call.function], *operands)
    elif call.function is np.logical_xor:
        found = expansion.new(_NOT_EQUAL, *operands)
    else:
        found = expansion.new(_EQUAL, operands[-1], np.int32(expansion.zero))
        if call.function is not np.logical_not:
            op = _GREATER if call.function is np.logical_and else _GREATER_EQUAL
            found = expansion.new(op, operands[0], found)
    expansion.held(call.out)[...] = found
    return True


def _choice(expansion: Expansion, call: choices.Select) -> bool:
    """``numpy.where``."""
    expansion.held(call.out)[...] = expansion.select(*[expansion.entries(x) for x in call.operands])
    return True


def _extremum(expansion: Expansion, call: stacks.Extremum) -> bool:
    """``numpy.max`` and ``numpy.min``: the mean of the entries that are extreme."""
    entries = np.moveaxis(expansion.entries(call.operand), call.axes, range(len(call.axes)))
    entries = entries.reshape(-1, *entries.shape[len(call.axes) :])
    if len(entries) == 1:
        found = entries[0]
    elif len(entries) == 2:
        found = expansion.new(_MAXIMUM if call.function is np.max else _MINIMUM, *entries)
    else:
        extreme = expansion.total(_MAXIMUM if call.function is np.max else _MINIMUM, entries)
        hits = expansion.new(_EQUAL, entries, extreme)
        chosen = expansion.select(hits, entries, np.int32(expansion.zero))
        found = expansion.new(DIVIDE, expansion.total(ADDITION, chosen), expansion.total(ADDITION, hits))
    expansion.held(call.out)[...] = found.reshape(call.out.shape)
    return True


def _elementwise(expansion: Expansion, call: calls.ElementwiseCall) -> bool:
    """A row without an opcode that is two with one."""
    if call.row.function is not np._core.umath.clip or call.settings or call.named:
        return False
    x, low, high = [expansion.entries(x) for x in call.operands]
    expansion.held(call.out)[...] = expansion.new(_MINIMUM, expansion.new(_MAXIMUM, x, low), high)
    return True


_WHOLE: dict[type, Callable] = {
    stacks.Stack: _product,
    stacks.Extremum: _extremum,
    choices.Decide: _decision,
    choices.Select: _choice,
    calls.ElementwiseCall: _elementwise,
    calls.BlockCall: expand_block,
}
