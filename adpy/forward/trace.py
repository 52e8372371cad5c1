"""ForwardTrace: what forward mode does with each kind of rule row.

``y_dot = sum of partial_i * x_i_dot``, and a zero tangent contributes exactly zero, whatever its partial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.array import DualArray, Step
from adpy.forward.element import DualElement
from adpy.forward.scalar import DualReal, DualScalar, as_real, weighted
from adpy.forward.tangents import copied, finite, fitted, packed, product, record, storage, unpacked
from adpy.traced.dispatch import assemble
from adpy.traced.refusal import refuse_rule
from adpy.traced.trace import Trace

__all__ = ["ForwardTrace"]

ndarray, float64 = np.ndarray, np.float64
# Bound now: NumPy's own names are replaced during a trace.
_array, _asarray, _zeros = np.array, np.asarray, np.zeros
_SEQUENCES = (list, tuple)


class ForwardTrace(Trace):
    """One forward transform.

    Parameters
    ----------
    tangents : iterable
        Tangents of the inputs, in the order in which :meth:`input` gets these.
    width : int, optional
        Number of directions, at least two: every tangent has one more axis of this length.  By default one direction.
    """

    __slots__ = ("__weakref__", "tangents", "width")

    def __init__(self, tangents: Iterable, width: int | None = None) -> None:
        Trace.__init__(self)
        self.tangents = iter(tangents)
        self.width = width

    # ---- values

    def input(self, value: Any) -> Any:
        """An independent variable with the next of the tangents."""
        tangent = next(self.tangents)
        return self.dual(value, tangent if not isinstance(tangent, ndarray) else tangent.copy())

    def dual(self, value: Any, tangent: Any) -> Any:
        """The traced value with this tangent; the arrays become its own."""
        if type(value) is float:
            return self._real(value, tangent)
        if type(value) is ndarray or (type(value) in TRACED_TYPES and not type(value).immutable):
            return self.wrap(value, fitted(tangent, value, self.width, True))
        return self.wrap(value, tangent)

    def _real(self, value: float, tangent: Any) -> Any:
        if type(tangent) in TRACED_TYPES:
            return DualElement(value, tangent, self)
        return DualReal(value, float(tangent) if self.width is None else tangent, self)

    def wrap(self, y: Any, tangent: Any) -> Any:
        """The traced value of a result and its tangent."""
        kind = type(y)
        if kind is ndarray or (kind in TRACED_TYPES and not kind.immutable):
            return DualArray(self._raised(y), self._raised(tangent), self)
        if kind is float64 and type(tangent) not in TRACED_TYPES:
            return DualScalar(float(y), float(tangent) if self.width is None else tangent, self)
        if isinstance(y, ndarray) and kind not in TRACED_TYPES:
            return DualArray(_asarray(y), tangent, self)
        if kind not in TRACED_TYPES and not isinstance(y, np.generic):
            y = _asarray(y)[()]
        if type(tangent) is ndarray and self.width is None:
            tangent = tangent[()]
        return DualElement(y, tangent, self)

    def _raised(self, array: Any) -> Any:
        """An array that can also take values of the enclosing trace, if there is one."""
        return array if self.parent is None or type(array) is not ndarray else self.parent.lift(array)

    def lift(self, y: Any) -> Any:
        kind = type(y)
        if kind is ndarray:
            return DualArray(self._raised(y), None, self) if y.dtype.kind in "fc" else y
        return DualArray(y, None, self) if kind in TRACED_TYPES and not kind.immutable else y

    # ---- elementwise rows

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        operands = []
        for x, partial in zip(inputs, row.slices, strict=False):
            if type(x) in TRACED_TYPES and x.frame is self:
                tangent = x.carried()
                if tangent is None or partial.constant == 0.0:
                    continue
                if partial.function is None or not (row.holomorphic or x.dtype.kind != "c"):
                    refuse_rule(row.name, partial.position)
                operands.append((tangent, partial))
        if not operands:
            return self.lift(y)
        if type(y) is float64:
            return self._scalar(operands, values, y)
        if isinstance(y, tuple):
            refuse_rule(row.name)
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            terms = [_term(tangent, partial, values, y, self.width) for tangent, partial in operands]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
        if row.function is np.conjugate:
            total = np.conjugate(total)
        if getattr(y, "ndim", 0) == 0 and getattr(type(y), "immutable", not isinstance(y, ndarray)):
            return self.wrap(y, _fitted_scalar(total, y))
        fresh = len(terms) > 1 or operands[0][1].constant != 1.0
        return self.wrap(y, fitted(total, y, self.width, fresh))

    def _scalar(self, operands, values, y):
        """A float64 result of scalars (or of entries and reductions with an axis of length zero)."""
        value = float(y)
        total = 0.0
        for tangent, partial in operands:
            weight = partial.constant
            if weight is None:
                with capture.lowered(self.parent):
                    weight = partial.scalar_weight(values, value)
            if type(tangent) in TRACED_TYPES or type(weight) in TRACED_TYPES:
                total = total + product(weight, tangent)
            else:
                total = total + weighted(weight, tangent if self.width is not None else _number(tangent))
        total = total.real
        if type(total) in TRACED_TYPES:
            return DualElement(y, total, self)
        return DualScalar(value, float(total) if self.width is None else total, self)

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return as_real(self.elementwise(row, inputs, values, float64(y) if type(y) is float else y))

    # ---- structural rows

    def structural(self, row, bind: Callable, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        several = isinstance(y, list | tuple)
        if len(operands) == 1 and type(operands[0]) is DualArray and not operands[0].active:
            if not several:
                return self._constant_view(y, operands[0], Step(bind, static, None))
            return type(y)([self._constant_view(part, operands[0], Step(bind, static, i)) for i, part in enumerate(y)])
        dtype = getattr(y[0] if several else y, "dtype", None)
        if dtype is None or dtype.kind not in "fc":
            return y
        owners = [storage(x) for x in _flat(values)]
        views = any(_owned(part, owners) for part in (y if several else (y,)))
        tangents = tuple([self._carried(x, dtype, views) for x in operands])
        if self.width is not None and "dtype" in static:
            static = {name: x for name, x in static.items() if name != "dtype"}
        with capture.lowered(self.parent):
            moved = bind.apply(tangents, static)
        if not several:
            return self._moved(y, moved, tangents, owners)
        return type(y)([self._moved(part, t, tangents, owners) for part, t in zip(y, moved, strict=True)])

    def _constant_view(self, y, x, step):
        lifted = self.lift(y)
        if type(lifted) is DualArray and storage(y) is storage(x.value):
            lifted.origin = (x, step)
        return lifted

    def _carried(self, x, dtype, views):
        """The tangent of an operand of a structural function: zero for a constant; records for many directions.

        If the results are ``views`` they must share the tangents of buffers too.
        """
        if type(x) in _SEQUENCES:
            return type(x)([self._carried(item, dtype, views) for item in x])
        if type(x) in TRACED_TYPES and x.frame is self:
            tangent = x.writable() if views and type(x) is DualArray else x.carried()
            if tangent is not None:
                if type(tangent) is not float and tangent.dtype != dtype:
                    tangent = tangent.astype(dtype)
                return tangent if self.width is None else packed(tangent, self.width)
        if x is None or x is np._NoValue:
            return x
        shape = np.shape(x)
        return _zeros(shape, dtype if self.width is None else record(dtype, self.width))

    def _moved(self, y, moved, tangents, owners):
        """One result of a structural function: its tangent is a view exactly if it is one itself."""
        tangent = moved if self.width is None else unpacked(moved)
        if type(y) is ndarray or type(y) in TRACED_TYPES:
            if not _owned(y, owners) and _owned(tangent, [storage(t) for t in _flat(tangents)]):
                tangent = copied(tangent, y, self.width)
        elif type(tangent) is ndarray and tangent.ndim:
            tangent = tangent.copy()
        return self.wrap(y, tangent)

    # ---- block rows

    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        tangents = tuple([self._tangents(x) for x in operands])
        several = isinstance(y, tuple | list)
        if not any(t is not None for t in _flat(tangents)):
            return _rebuilt(y, [self.lift(part) for part in y]) if several else self.lift(y)
        if "jvp" not in row.rules:
            refuse_rule(row.name)
        values = tuple([float64(x) if type(x) is float else x for x in values])
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            if self.width is None:
                dots = self._push(row, tangents, values, static, y)
            else:
                pushed = [
                    self._push(row, _direction(tangents, i), values, static, y) for i in range(self.width)
                ]
                dots = _stacked(pushed, y)
        if not several:
            return self._result(y, dots)
        return _rebuilt(y, [self._result(part, dot) for part, dot in zip(y, dots, strict=True)])

    def _push(self, row, tangents, values, static, y):
        """The jvp of a row; a direction in which nothing varies gives zero."""
        dots = row.jvp(tangents, y, *values, **static)
        parts = dots if isinstance(dots, tuple | list) else (dots,)
        if all(p is None or finite(p) for p in parts):
            return dots
        if any(t is not None and np.any(t != 0) for t in _flat(tangents)):
            return dots
        zero = [None if p is None else np.zeros_like(p) for p in parts]
        return zero if isinstance(dots, tuple | list) else zero[0]

    def _tangents(self, x):
        if type(x) in _SEQUENCES:
            found = [self._tangents(item) for item in x]
            return type(x)(found) if any(t is not None for t in _flat(found)) else None
        if type(x) not in TRACED_TYPES or x.frame is not self:
            return None
        tangent = x.carried()
        return float64(tangent) if type(tangent) is float else tangent

    def _result(self, y, dot):
        """One result of a block row."""
        if getattr(y, "dtype", np.dtype(bool)).kind not in "fc" and not isinstance(y, float | complex):
            return y
        if dot is None:
            return self.lift(y)
        if isinstance(y, ndarray):
            return self.wrap(y, fitted(_asarray(dot) if type(dot) not in TRACED_TYPES else dot, y, self.width, False))
        return self.wrap(float64(y) if type(y) is float else y, _fitted_scalar(dot, y))

    # ---- arrays of scalars

    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        tangents = [x.carried() if type(x) in TRACED_TYPES and x.frame is self else None for x in leaves]
        if all(t is None for t in tangents):
            return self.lift(value)
        width = () if self.width is None else (self.width,)
        parts = []
        plain = True
        for x, tangent in zip(leaves, tangents, strict=True):
            if tangent is None:
                tangent = _zeros((*np.shape(x), *width)) if np.ndim(x) or width else 0.0
            plain = plain and not np.ndim(tangent) and type(tangent) not in TRACED_TYPES
            parts.append(tangent)
        if plain:
            flat = _array(parts)
        elif all(np.ndim(x) == 0 for x in leaves):
            flat = assemble(parts) if not width else _array(parts)
        else:
            flat = np.concatenate([np.reshape(t, (-1, *width)) for t in parts])
        return self.wrap(value, fitted(np.reshape(flat, (*value.shape, *width)), value, self.width, True))

    def close(self) -> None:
        """End the transform: its traced values are dead."""
        self.open = False


def _term(tangent: Any, partial: Any, values: Sequence, y: Any, width: int | None) -> Any:
    """One term of ``y_dot``; the tangent itself if the partial is one."""
    weight = partial.constant
    if weight == 1.0:
        return tangent
    if weight is not None:
        return -tangent if weight == -1.0 else tangent * weight
    weight = partial.function(*values, y)
    if width is not None and getattr(weight, "ndim", 0):
        weight = weight[..., None]
    return product(weight, tangent)


def _fitted_scalar(tangent: Any, y: Any) -> Any:
    """A tangent for the scalar ``y``."""
    dtype = getattr(y, "dtype", None) or _asarray(y).dtype
    if np.iscomplexobj(tangent) and dtype.kind != "c":
        tangent = tangent.real
    if type(tangent) in TRACED_TYPES or type(y) in TRACED_TYPES:
        return tangent
    return _asarray(tangent, dtype)[()]


def _number(tangent: Any) -> Any:
    """A tangent of one entry as a Python number."""
    return tangent.item() if hasattr(tangent, "item") else tangent


def _owned(x: Any, owners: list) -> bool:
    """Is the array ``x`` a view of one of these storages?"""
    if type(x) is not ndarray and type(x) not in TRACED_TYPES:
        return False
    mine = storage(x)
    return any(mine is owner for owner in owners)


def _flat(nested: Any) -> list:
    """The leaves of nested lists and tuples."""
    return [leaf for x in nested for leaf in (_flat(x) if type(x) in _SEQUENCES else (x,))]


def _direction(tangents: Any, i: int) -> Any:
    """The tangents in direction ``i``."""
    if type(tangents) in _SEQUENCES:
        return type(tangents)([_direction(t, i) for t in tangents])
    return None if tangents is None else tangents[..., i]


def _stacked(pushed: list, y: Any) -> Any:
    """Results of one direction each, together, with the directions along the last axis."""
    if isinstance(y, tuple | list):
        return [None if parts[0] is None else np.stack(parts, -1) for parts in zip(*pushed, strict=True)]
    return None if pushed[0] is None else np.stack(pushed, -1)


def _rebuilt(y: Any, parts: list) -> Any:
    """A (named) tuple or list result from its parts."""
    return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)
