"""SeriesArray and SeriesElement: traced values that carry the coefficients of a truncated Taylor series."""

from __future__ import annotations

from adpy.forward.carrying import Carrying, plain_key
from adpy.forward.element import DualElement
from adpy.plain import np

__all__ = ["SeriesArray", "SeriesElement"]

ndarray = np.ndarray


class SeriesArray(Carrying):
    """An array and the :class:`~adpy.series.coefficients.Coefficients` that go with it."""

    __slots__ = ()

    def __getitem__(self, key):
        key = plain_key(key)
        value = self._value[key]
        coefficients = self.carried()
        if coefficients is None:
            return self._constant(key, value)
        coefficients = coefficients[key]
        if type(value) is ndarray:
            return SeriesArray(value, coefficients, self.frame)
        return self.frame.wrap(value, coefficients)


class SeriesElement(DualElement):
    """An immutable number and its coefficients."""

    __slots__ = ()

    def item(self, *args):
        """As a Python number."""
        value = self._value.item() if isinstance(self._value, np.generic) else self._value
        return SeriesElement(value, self.tangent, self.frame)

    def tolist(self):
        """As a Python number."""
        return self.item()
