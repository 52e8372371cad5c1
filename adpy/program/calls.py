"""Calls: instructions that run a row of the rule table in Python, between stretches of compiled ones.

Second-order derivatives come from pushing tangents through the row's own rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.program.code import View
from adpy.reverse.sweep import reduce_to
from adpy.traced.binding import binder

__all__ = ["BlockCall", "Check", "ElementwiseCall", "IncrementAt", "Product", "views_in"]

FEW = 4
"""Columns up to which BLAS is faster with one after the other: reading a matrix twice costs less than packing it."""


def views_in(operands: Sequence) -> list[View]:
    """The views among operands, those in lists included."""
    found = []
    for x in operands:
        found += views_in(x) if type(x) is list else [x] if type(x) is View else []
    return found


def values_of(operands: Sequence, memory: np.ndarray) -> list:
    """Operands as plain arrays and numbers."""
    return [
        values_of(x, memory) if type(x) is list else _number(x.of(memory)) if type(x) is View else x for x in operands
    ]


def _number(array: np.ndarray) -> Any:
    """An array without axes as the NumPy scalar that the function had."""
    return array if array.ndim else array[()]


def dots_of(view: View, dots: np.ndarray) -> np.ndarray:
    """Tangents of a view: of its shape for one direction, with one more axis for many."""
    columns = view.columns(dots)
    return columns[..., 0] if dots.shape[1] == 1 else columns


def push(function: Callable, primals: Sequence, tangents: Sequence, width: int) -> list:
    """Tangents of the results (a tuple) of rule code, for ``width`` directions; None where there is none."""
    given = [_number(np.array(t)) for t in tangents]
    trace = ForwardTrace(given, None if width == 1 else width)
    traced = [trace.input(np.array(x) if np.ndim(x) else np.float64(x)) for x in primals]
    try:
        with capture.tracing(trace, function, 0) as call, np.errstate(all="ignore"):
            results = call(*traced)
        if trace.detached:
            raise trace.detached[0]
        return [x.tangent if type(x) in TRACED_TYPES and x.frame is trace else None for x in results]
    finally:
        trace.close()


class ElementwiseCall:
    """An elementwise row without an opcode."""

    def __init__(self, row: Any, operands: list, out: View, settings: tuple = (), named: dict | None = None) -> None:
        self.row, self.operands, self.out, self.outs = row, operands, out, [out]
        self.settings, self.named = settings, named or {}
        self.partials = [
            (x, partial)
            for x, partial in zip(operands, row.slices, strict=False)
            if type(x) is View and partial.constant != 0.0
        ]

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        with np.errstate(all="ignore"):
            y = self.row.function(*values_of(self.operands, memory), *self.settings, **self.named)
        self.out.of(memory)[...] = y

    def weights(self, memory: np.ndarray) -> list[tuple[View, Any]]:
        """Operands with their partials."""
        values = [*values_of(self.operands, memory), _number(self.out.of(memory))]
        with np.errstate(all="ignore"):
            return [(x, partial.function(*values)) for x, partial in self.partials]

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        out = self.out.columns(dots)
        total = np.zeros(out.shape)
        for x, weight in self.weights(memory):
            total += _times(np.asarray(weight)[..., None], _spread(x.columns(dots), self.out))
        out[...] = total

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operands."""
        bar = self.out.columns(bars)
        for x, weight in self.weights(memory):
            into = x.columns(bars)
            into += _reduced(_times(np.asarray(weight)[..., None], bar), x)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operands and their tangents."""
        width = dots.shape[1]
        bar, bar_dot = self.out.columns(bars), self.out.columns(bar_dots)
        active = [x for x in (*self.operands, self.out) if type(x) is View]
        constants = [x if type(x) is not View else None for x in (*self.operands, self.out)]

        def partials(*traced):
            given = iter(traced)
            values = [next(given) if c is None else c for c in constants]
            return tuple([partial.function(*values) for _, partial in self.partials])

        primals = [_number(x.of(memory)) for x in active]
        turns = push(partials, primals, [dots_of(x, dots) for x in active], width)
        for (x, weight), turn in zip(self.weights(memory), turns, strict=True):
            weight = np.asarray(weight)[..., None]
            into, into_dot = x.columns(bars), x.columns(bar_dots)
            into += _reduced(_times(weight, bar), x)
            change = _times(weight, bar_dot)
            if turn is not None:
                turn = np.asarray(turn)
                change = change + _times(turn[..., None] if width == 1 else turn, bar)
            into_dot += _reduced(np.broadcast_to(change, (*self.out.shape, width)), x)


def _times(weight: Any, dot: Any) -> Any:
    """``weight * dot``, zero where ``dot`` is zero."""
    with np.errstate(all="ignore"):
        return np.where(dot == 0.0, 0.0, weight * dot)


def _spread(columns: np.ndarray, out: View) -> np.ndarray:
    """Columns of an operand with the axes of the result."""
    missing = len(out.shape) - (columns.ndim - 1)
    return columns.reshape((1,) * missing + columns.shape)


def _reduced(columns: np.ndarray, x: View) -> np.ndarray:
    """Columns of the result summed over the axes along which the operand was broadcast."""
    return reduce_to(columns, (*x.shape, columns.shape[-1]))


class Product:
    """``left @ right`` of matrices and vectors by BLAS."""

    def __init__(self, left: Any, right: Any, out: View) -> None:
        self.left, self.right, self.out = left, right, out
        self.operands, self.outs = [left, right], [out]

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        left, right = values_of((self.left, self.right), memory)
        self.out.of(memory)[...] = left @ right

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        left, right = values_of((self.left, self.right), memory)
        out = self.out.columns(dots)
        if type(self.left) is not View and left.ndim == 2 and right.ndim == 1:
            columns = self.right.columns(dots)
            self.replay(memory)
            _multiply(left, columns, out)
            return
        self.replay(memory)
        if type(self.right) is View:
            out[...] = _times_columns(left, self.right.columns(dots))
        else:
            out[...] = 0.0
        if type(self.left) is View:
            out += _columns_times(self.left.columns(dots), right)

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operands."""
        left, right = values_of((self.left, self.right), memory)
        self._pull(left, right, self.out.columns(bars), bars)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operands and their tangents."""
        left, right = values_of((self.left, self.right), memory)
        if type(self.left) is not View and left.ndim == 2 and right.ndim == 1:
            into, into_dots = self.right.columns(bars), self.right.columns(bar_dots)
            into[:, 0] += left.T @ self.out.of(bars)
            if dots.shape[1] < FEW:
                for k in range(dots.shape[1]):
                    into_dots[:, k] += left.T @ self.out.columns(bar_dots)[:, k]
            else:
                into_dots += left.T @ self.out.columns(bar_dots)
            return
        self._pull(left, right, self.out.columns(bars), bars)
        self._pull(left, right, self.out.columns(bar_dots), bar_dots)
        if type(self.left) is View and type(self.right) is View:
            bar = self.out.of(bars)
            left_dot, right_dot = self.left.columns(dots), self.right.columns(dots)
            if dots.shape[1] > 1 and left_dot.ndim == right_dot.ndim == 3:
                into = self.left.columns(bar_dots)
                into += np.tensordot(bar, right_dot, (1, 1))
                into = self.right.columns(bar_dots)
                into += np.tensordot(left_dot, bar, (0, 0)).transpose(0, 2, 1)
                return
            for k in range(dots.shape[1]):
                into = self.left.columns(bar_dots)[..., k]
                into += _left_bar(bar, right_dot[..., k], into.ndim)
                into = self.right.columns(bar_dots)[..., k]
                into += _right_bar(left_dot[..., k], bar, into.ndim)

    def _pull(self, left, right, columns, into):
        if type(self.right) is View:
            view = self.right.columns(into)
            view += _times_columns(np.transpose(left), columns) if left.ndim == 2 else _outer_columns(left, columns)
        if type(self.left) is View:
            view = self.left.columns(into)
            if right.ndim == 2:
                view += _columns_times(columns, np.transpose(right))
            else:
                view += columns[:, None, :] * right[:, None]


def _multiply(left: np.ndarray, columns: np.ndarray, out: np.ndarray) -> None:
    """``out = left @ columns``; unit vectors one after the other, as a Hessian has them, take columns of ``left``."""
    width = columns.shape[1]
    if width < FEW:
        for k in range(width):
            out[:, k] = left @ columns[:, k]
        return
    if np.count_nonzero(columns) == width:
        first = int(columns[:, 0].argmax())
        block = columns[first : first + width]
        if block.shape[0] == width and (block.diagonal() == 1.0).all():
            out[...] = left[:, first : first + width]
            return
    np.matmul(left, columns, out=out)


def _times_columns(left: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """``left @ x`` for every column (the last axis) of ``x``."""
    if columns.ndim == 2:
        return left @ columns
    if columns.shape[-1] == 1:
        return (left @ columns[..., 0])[..., None]
    inner, outer, width = columns.shape
    return (left @ columns.reshape(inner, outer * width)).reshape(*left.shape[:-1], outer, width)


def _columns_times(columns: np.ndarray, right: np.ndarray) -> np.ndarray:
    """``x @ right`` for every column (the last axis) of ``x``."""
    if columns.shape[-1] == 1:
        return (columns[..., 0] @ right)[..., None]
    return np.matmul(np.transpose(right), columns)


def _outer_columns(left: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Cotangent of the right factor beside a vector."""
    return left[:, None, None] * columns if columns.ndim == 2 else left[:, None] * columns


def _left_bar(bar: np.ndarray, right: np.ndarray, ndim: int) -> np.ndarray:
    """Cotangent of the left factor."""
    if right.ndim == 1:
        return bar[:, None] * right if ndim == 2 else bar * right
    return bar @ right.T


def _right_bar(left: np.ndarray, bar: np.ndarray, ndim: int) -> np.ndarray:
    """Cotangent of the right factor."""
    if left.ndim == 1:
        return left[:, None] * bar if ndim == 2 else left * bar
    return left.T @ bar


class BlockCall:
    """A block row.

    ``plain`` are those results that are no floating-point numbers (pivots, ranks), where ``outs`` has None.
    """

    def __init__(
        self, row: Any, operands: list, needs: tuple, static: dict, outs: list, plain: list, several: bool, kind: type
    ) -> None:
        self.row, self.operands, self.needs, self.static = row, operands, needs, static
        self.outs, self.plain, self.several, self.kind = outs, plain, several, kind

    def replay(self, memory: np.ndarray) -> bool:
        """Values; are shapes, types and whole numbers among the results those of the recording?"""
        y = binder(self.row).apply(tuple(values_of(self.operands, memory)), self.static)
        same = True
        for out, plain, part in zip(self.outs, self.plain, y if self.several else (y,), strict=True):
            if out is None:
                same = same and _same(part, plain)
            elif np.shape(part) == out.shape and not np.iscomplexobj(part):
                out.of(memory)[...] = part
            else:
                same = False
        return same

    def result(self, arrays: list) -> Any:
        """Results as the row's rules take them."""
        if not self.several:
            return arrays[0]
        return self.kind(*arrays) if hasattr(self.kind, "_fields") else self.kind(arrays)

    def results(self, memory: np.ndarray, values: list) -> list:
        """The results; those that carry no derivative (pivots, ranks) are computed again."""
        again = None in self.outs
        y = binder(self.row).apply(tuple(values), self.static) if again else self.outs
        return [part if out is None else _number(out.of(memory)) for out, part in zip(self.outs, y, strict=True)]

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> bool:
        """Values and tangents; the same as :meth:`replay`."""
        if not self.replay(memory):
            return False
        values = values_of(self.operands, memory)
        y = self.result(self.results(memory, values))
        for k in range(dots.shape[1]):
            given = [self._dot(x, needed, dots, k) for x, needed in zip(self.operands, self.needs, strict=True)]
            with np.errstate(all="ignore"):
                y_dot = self.row.jvp(tuple(given), y, *values, **self.static)
            for out, part in zip(self.outs, y_dot if self.several else (y_dot,), strict=True):
                if out is not None:
                    out.columns(dots)[..., k] = 0.0 if part is None else part
        return True

    @staticmethod
    def _dot(x, needed, dots, k):
        if not needed:
            return None
        if type(x) is list:
            return [item.columns(dots)[..., k] if type(item) is View else np.zeros(np.shape(item)) for item in x]
        return _number(x.columns(dots)[..., k])

    def pull(self, bar: Any, y: Any, values: Sequence) -> tuple:
        """Cotangents of the active operands, those in lists one after the other."""
        bars = self.row.vjp(bar, y, self.needs, *values, **self.static)
        found = []
        for x, needed, contribution in zip(self.operands, self.needs, bars, strict=True):
            if not needed:
                continue
            if type(x) is list:
                found += [c for item, c in zip(x, contribution, strict=True) if type(item) is View]
            else:
                found.append(contribution)
        return tuple(found)

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operands."""
        values = values_of(self.operands, memory)
        y = self.result(self.results(memory, values))
        for k in range(bars.shape[1]):
            parts = [None if out is None else np.array(out.columns(bars)[..., k])[()] for out in self.outs]
            if not any(np.any(part) for part in parts if part is not None):
                continue
            with np.errstate(all="ignore"):
                found = self.pull(self.result(parts), y, values)
            for x, contribution in zip(views_in(self.operands), found, strict=True):
                if contribution is not None:
                    into = x.columns(bars)[..., k]
                    into += reduce_to(np.asarray(contribution), x.shape)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operands and their tangents."""
        width = dots.shape[1]
        outs = [out for out in self.outs if out is not None]
        operands = views_in(self.operands)
        y = self.results(memory, values_of(self.operands, memory))
        count = len(outs)

        def pulled(*traced):
            given = iter(traced)
            parts = [None if out is None else next(given) for out in self.outs]
            results = [part if out is None else next(given) for out, part in zip(self.outs, y, strict=True)]
            values = [
                (
                    [next(given) if type(item) is View else item for item in x]
                    if type(x) is list
                    else next(given)
                    if type(x) is View
                    else x
                )
                for x in self.operands
            ]
            return self.pull(self.result(parts), self.result(results), values)

        primals = [np.array(out.of(bars))[()] for out in outs]
        primals += [_number(x.of(memory)) for x in (*outs, *operands)]
        tangents = [dots_of(out, bar_dots) for out in outs] + [dots_of(x, dots) for x in (*outs, *operands)]
        if not any(np.any(x) for x in (*primals[:count], *tangents[:count])):
            return
        with np.errstate(all="ignore"):
            found = pulled(*primals)
        turns = push(pulled, primals, tangents, width)
        for x, contribution, turn in zip(operands, found, turns, strict=True):
            if contribution is not None:
                into = x.of(bars)
                into += reduce_to(np.asarray(contribution), x.shape)
            if turn is not None:
                turn = np.asarray(turn)
                into = x.columns(bar_dots)
                into += reduce_to(turn[..., None] if width == 1 else turn, (*x.shape, width))


class IncrementAt:
    """``numpy.add.at`` (or ``subtract.at``): an entry named twice is incremented twice."""

    addresses = ("targets",)

    def __init__(self, out: View, source: Any, targets: np.ndarray, sign: int) -> None:
        self.source, self.operands, self.outs = source, views_in([source]), [out]
        self.sign, self.add = sign, np.add.at if sign > 0 else np.subtract.at
        self.targets = np.ascontiguousarray(targets)

    def replay(self, memory: np.ndarray) -> None:
        """Values."""
        values = self.source.of(memory) if self.operands else self.source
        # NumPy 2.4 adds wrong values at indices with axes that the values lack.
        self.add(memory, self.targets, np.broadcast_to(values, self.targets.shape))

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> None:
        """Values and tangents."""
        self.replay(memory)
        for x in self.operands:
            self.add(dots, self.targets, _spread(x.columns(dots), self.targets))

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Cotangents of the operand."""
        for x in self.operands:
            into = x.columns(bars)
            into += self.sign * _reduced(bars[self.targets], x)

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Cotangents of the operand and their tangents."""
        self.adjoint(memory, bars)
        self.adjoint(memory, bar_dots)


class Check:
    """A decision that the recorded function took from values."""

    def __init__(self, function: Callable, operands: list, kwargs: dict, outcome: Any) -> None:
        self.function, self.arguments, self.kwargs, self.outcome = function, operands, kwargs, outcome
        self.operands = [*views_in(operands), *views_in(list(kwargs.values()))]
        self.outs: list[View] = []

    def replay(self, memory: np.ndarray) -> bool:
        """Is the decision the same?"""
        kwargs = dict(zip(self.kwargs, values_of(list(self.kwargs.values()), memory), strict=True))
        with np.errstate(all="ignore"):
            found = self.function(*values_of(self.arguments, memory), **kwargs)
        return _same(found, self.outcome)

    def tangent(self, memory: np.ndarray, dots: np.ndarray) -> bool:
        """As :meth:`replay`."""
        return self.replay(memory)

    def adjoint(self, memory: np.ndarray, bars: np.ndarray) -> None:
        """Decisions have no derivative."""

    def second_order(self, memory: np.ndarray, dots: np.ndarray, bars: np.ndarray, bar_dots: np.ndarray) -> None:
        """Decisions have no derivative."""


def _same(a: Any, b: Any) -> bool:
    """Are two outcomes the same, to the sign of a zero?"""
    if isinstance(b, tuple | list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.hasobject:
        return a.shape == b.shape and bool(np.array_equal(a, b))
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
