"""DualArray: two arrays, primal and tangent; the tangent has one more axis for many directions."""

from __future__ import annotations

from adpy.capture.registry import TRACED_TYPES
from adpy.forward.carrying import Carrying, index_of, widened
from adpy.forward.scalar import DualScalar
from adpy.plain import np
from adpy.traced.refusal import refuse_dead

__all__ = ["DualArray"]

ndarray, float64 = np.ndarray, np.float64


class DualArray(Carrying):
    """An array with a tangent of its shape (with one more axis for many directions), or with none yet."""

    __slots__ = ()

    def __getitem__(self, key):
        kind = type(key)
        if kind is tuple:
            for i, k in enumerate(key):
                if type(k) in TRACED_TYPES or type(k) is list:
                    key = (*key[:i], index_of(k), *key[i + 1 :])
        elif kind in TRACED_TYPES or kind is list:
            key = index_of(key)
        value = self._value[key]
        tangent = self._tangent
        if tangent is None:
            tangent = self.carried()
            if tangent is None:
                return self._constant(key, value)
        frame = self.frame
        if frame.width is not None:
            tangent = tangent[widened(key)]
            if type(value) is not ndarray:
                tangent = tangent.copy()
        else:
            tangent = tangent[key]
        kind = type(value)
        if kind is ndarray:
            return DualArray(value, tangent, frame)
        if kind is float64:
            if not frame.open:
                refuse_dead()
            kind = type(tangent)
            if kind is float64:
                return DualScalar(float(value), float(tangent), frame)
            if kind is ndarray:  # many directions
                return DualScalar(float(value), tangent, frame)
        return frame.wrap(value, tangent)
