"""SeriesArray and SeriesElement, the values of user code, and Lazy, the value of a rule's code: Taylor series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.forward.carrying import Carrying, plain_key
from adpy.forward.element import DualElement
from adpy.plain import np
from adpy.series.nodes import Linear, Node
from adpy.traced.traced import Entries, Traced

__all__ = ["Lazy", "SeriesArray", "SeriesElement"]

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


class Lazy(Traced):
    """A value in a rule's code: a series of which as many coefficients are computed as are asked for."""

    __slots__ = ("frame", "node", "_value")
    immutable = False
    active = True

    def __init__(self, value: Any, node: Node, frame: Any) -> None:
        self._value, self.node, self.frame = value, node, frame

    __class__ = property(lambda self: self._value.__class__)
    __len__, __iter__ = Entries.__len__, Entries.__iter__

    def _map(self, function: Callable) -> Any:
        """A linear function of this value alone."""

        def applied(terms):
            return function(terms[0])

        value = function(self._value)
        return Lazy(value, Linear(value, applied, [self.node]), self.frame)

    def __getitem__(self, key):
        key = plain_key(key)

        def entry(x):
            return x[key]

        return self._map(entry)

    def _real(self):
        return self._map(_real)

    def _imag(self):
        return self._map(_imag)

    def copy(self, order="C"):
        """Itself: rules do not write into values."""
        return self

    def item(self, *args):
        """An entry."""
        if not self.ndim and not args:
            return self[()]
        return self.reshape(-1)[args[0] if args else 0] if len(args) < 2 else self[args]

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.ndarray.astype``."""

        def cast(x):
            return x.astype(dtype)

        return self._map(cast) if np.dtype(dtype).kind in "fc" else self._value.astype(dtype)


def _real(x):
    return x.real


def _imag(x):
    return x.imag
