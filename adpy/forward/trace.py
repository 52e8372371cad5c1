"""ForwardTrace: what forward mode does with each kind of rule row.

``y_dot = sum of partial_i * x_i_dot``, and a zero tangent contributes exactly zero, whatever its partial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.arena import Arena
from adpy.forward.array import DualArray
from adpy.forward.blocks import pushed
from adpy.forward.carrying import BORROWED, Carrying
from adpy.forward.element import DualElement
from adpy.forward.movement import moved
from adpy.forward.scalar import DualReal, DualScalar, as_real, weighted
from adpy.forward.tangents import copied, fitted, fitted_scalar, packed, product, record, unpacked, widened, zeros
from adpy.forward.unary import partial_of
from adpy.forward.wide import combined
from adpy.plain import np
from adpy.traced.dispatch import assemble
from adpy.traced.refusal import refuse_rule
from adpy.traced.trace import Trace

__all__ = ["ForwardTrace"]

ndarray, float64 = np.ndarray, np.float64


class ForwardTrace(Trace):
    """One forward transform.

    Parameters
    ----------
    tangents : iterable
        Tangents of the inputs, in the order in which :meth:`input` gets these.
    width : int, optional
        Number of directions, at least two: every tangent has one more axis of this length.  By default one direction.
    owns : bool
        The tangents are nobody else's, and need not be copied.
    """

    __slots__ = ("__weakref__", "arena", "narrow", "owns", "tangents", "width")
    array: type[Carrying] = DualArray
    depth = 1

    def __init__(self, tangents: Iterable, width: int | None = None, owns: bool = False) -> None:
        Trace.__init__(self)
        self.owns = owns
        self.tangents = iter(tangents)
        self.width = width
        self.narrow = width is None and self.parent is None
        self.arena = Arena() if width is not None and self.parent is None else None

    # ---- values

    def input(self, value: Any) -> Any:
        """An independent variable with (a copy of) the next of the tangents."""
        tangent = next(self.tangents)
        return self.dual(value, tangent.copy() if isinstance(tangent, ndarray) and not self.owns else tangent)

    def dual(self, value: Any, tangent: Any) -> Any:
        """The traced value with this tangent; the arrays become its own."""
        if type(value) is ndarray or (type(value) in TRACED_TYPES and not type(value).immutable):
            return self.wrap(value, fitted(tangent, value, self.width, True))
        return self.wrap(value, tangent)

    def wrap(self, y: Any, tangent: Any) -> Any:
        """The traced value of a result and its tangent."""
        kind = type(y)
        if kind is ndarray or (kind in TRACED_TYPES and not kind.immutable):
            return DualArray(self._raised(y), self._raised(tangent), self)
        if kind is float64 and type(tangent) not in TRACED_TYPES:
            return DualScalar(float(y), float(tangent) if self.width is None else tangent, self)
        if kind is float and type(tangent) not in TRACED_TYPES:
            return DualReal(y, float(tangent) if self.width is None else tangent, self)
        if isinstance(y, ndarray) and kind not in TRACED_TYPES:
            return DualArray(np.asarray(y), tangent, self)
        if type(tangent) is ndarray and self.width is None:
            tangent = tangent[()]
        return DualElement(y, tangent, self)

    def _raised(self, array: Any) -> Any:
        """An array that can also take values of the enclosing traces, if there are any."""
        if self.parent is None or (type(array) is not ndarray and not self.thorough):
            return array
        return self.parent.raised(array)

    def lift(self, y: Any) -> Any:
        kind = type(y)
        if kind is ndarray:
            return self.array(self._raised(y), None, self) if y.dtype.kind in "fc" else y
        if kind not in TRACED_TYPES or kind.immutable or y.frame is self:
            return y
        return self.array(self._raised(y), None, self)

    def lift_borrowed(self, array: Any) -> Any:
        return self.array(array, None, self, (BORROWED, None, None))

    # ---- tangents

    def zeros(self, value: Any) -> Any:
        """A zero tangent for the array ``value``."""
        return zeros(value, self.width)

    def copied(self, tangent: Any, value: Any) -> Any:
        """A copy of a tangent in the memory layout of ``value``."""
        return copied(tangent, value, self.width)

    def owned(self, layers: Sequence, y: Any) -> Any:
        """A tangent with memory of its own, from the layers of a result that shares none."""
        tangent = self.joined(layers)
        if type(tangent) is ndarray and tangent.base is not None:
            return copied(tangent, y, self.width) if type(y) is ndarray else tangent.copy()
        return tangent

    def layers(self, tangent: Any, views: bool) -> list:
        """A tangent as ``depth`` arrays to which any function that moves entries can be applied."""
        return [tangent if self.width is None else packed(tangent, self.width, views)]

    def joined(self, layers: Sequence) -> Any:
        """The inverse of :meth:`layers`."""
        return layers[0] if self.width is None else unpacked(layers[0])

    def blank(self, shape: tuple, dtype: np.dtype) -> ndarray:
        """One layer of the tangent of a constant."""
        return np.zeros(shape, dtype if self.width is None else record(dtype, self.width))

    # ---- rows

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
            return self._scalar(operands, widened(values, y), y)
        if type(y) is float:
            return as_real(self._scalar(operands, values, float64(y)))
        if isinstance(y, tuple):
            refuse_rule(row.name)
        values = widened(values, y)
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            if self.arena is not None and type(y) is ndarray and row.function is not np.conjugate:
                total = combined(self.arena, operands, values, y, self.width)
                if total is not None:
                    return DualArray(y, total, self)
            terms = [self._term(tangent, partial, values, y) for tangent, partial in operands]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
        if row.function is np.conjugate:
            total = np.conjugate(total)
        if type(y).immutable if type(y) in TRACED_TYPES else not isinstance(y, ndarray):
            return self.wrap(y, fitted_scalar(total, y))
        fresh = len(terms) > 1 or operands[0][1].constant != 1.0
        return self.wrap(y, fitted(total, y, self.width, fresh))

    def _term(self, tangent, partial, values, y):
        """One term of ``y_dot``; the tangent itself if the partial is one."""
        weight = partial.constant
        if weight == 1.0:
            return tangent
        if weight is not None:
            return -tangent if weight == -1.0 else tangent * weight
        weight = partial.function(*values, y)
        if self.width is not None and getattr(weight, "ndim", 0):
            weight = weight[..., None]
        return product(weight, tangent)

    def _scalar(self, operands, values, y):
        """A float64 result."""
        value = float(y)
        values = [x.item() if isinstance(x, np.generic) else x for x in values]  # partials are fast on Python numbers
        total = 0.0
        for tangent, partial in operands:
            weight = partial.constant
            if weight is None:
                with capture.lowered(self.parent):
                    weight = partial.scalar_weight(values, value)
            if type(tangent) in TRACED_TYPES or type(weight) in TRACED_TYPES:
                total = total + product(weight, tangent)
            elif self.width is None:
                total = total + weighted(_number(weight), _number(tangent))
            else:
                total = total + weighted(_number(weight), tangent)
        total = total.real
        if type(total) in TRACED_TYPES:
            return DualElement(y, total, self)
        return DualScalar(value, float(total) if self.width is None else total, self)

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return self.elementwise(row, inputs, values, y)

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        x = args[0]
        if len(args) == 1 and isinstance(x, DualScalar) and x.frame is self and self.open:
            partial = partial_of(replacement)
            if partial is not None:
                y = original(x._value)
                return DualReal(y, x.pushed(partial, y), self)
        return Trace.math(self, replacement, original, args)

    def structural(self, row, bind: Callable, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        return moved(self, bind, operands, values, static, y)

    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        return pushed(self, row, operands, values, static, y)

    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        tangents = [x.carried() if type(x) in TRACED_TYPES and x.frame is self else None for x in leaves]
        if all(t is None for t in tangents):
            return self.lift(value)
        width = () if self.width is None else (self.width,)
        parts = []
        plain = True
        for x, tangent in zip(leaves, tangents, strict=True):
            if tangent is None:
                tangent = np.zeros((*np.shape(x), *width)) if _ndim(x) or width else 0.0
            plain = plain and not _ndim(x) and type(tangent) not in TRACED_TYPES
            parts.append(tangent)
        if plain:
            flat = np.array(parts)
        elif not any(map(_ndim, leaves)):
            flat = assemble(parts)
        else:
            flat = np.concatenate([np.reshape(t, (-1, *width)) for t in parts])
        return self.wrap(value, fitted(np.reshape(flat, (*value.shape, *width)), value, self.width, True))

    def close(self) -> None:
        """End the transform: its traced values are dead."""
        self.open = False
        if self.arena is not None:
            self.arena.close()


def _ndim(x: Any) -> int:
    """``numpy.ndim``, without a dispatch for traced values."""
    return x.ndim if type(x) in TRACED_TYPES else np.ndim(x)


def _number(x: Any) -> Any:
    """A NumPy scalar or a 0-d array as a Python number, whose arithmetic is faster and does not warn."""
    return x.item() if hasattr(x, "item") else x
