"""Dual: the abstract base of forward values, and their public constructor."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.traced import Traced

__all__ = ["Dual", "DualBase", "matching_tangent"]


class DualBase(Traced):
    """Base of the forward values; see :class:`Dual` for the interface."""

    __slots__ = ()
    immutable = True

    @property
    def tag(self) -> int:
        """Tag of the transform this value belongs to."""
        return self.frame.tag

    @property
    def primal(self) -> Any:
        """The primal, one level below."""
        return self._value


def matching_tangent(tangent: Any, primal: Any, name: str) -> Any:
    """``tangent`` in the dtype of ``primal``.

    Raises
    ------
    ArgumentError
        If the shapes differ, or the tangent is not made of numbers, or is complex although the primal is real.
    """
    if not hasattr(tangent, "dtype"):
        tangent = np.asarray(tangent)[()]
        if not hasattr(tangent, "dtype"):
            raise ArgumentError(name, "a number or an array", f"{type(tangent).__name__}")
    shape = getattr(primal, "shape", ())
    if tangent.shape != shape:
        raise ArgumentError(name, f"the shape of its primal, {shape}", f"shape {tangent.shape}")
    dtype = np.dtype(getattr(primal, "dtype", complex if isinstance(primal, complex) else float))
    if tangent.dtype.kind not in ("iufc" if dtype.kind == "c" else "iuf"):
        raise ArgumentError(name, f"numbers that fit its primal of dtype {dtype}", f"dtype {tangent.dtype}")
    return tangent if tangent.dtype == dtype else tangent.astype(dtype)


_frame: ContextVar[Any] = ContextVar("adpy_dual_frame", default=None)


def _current_frame() -> Any:
    """The frame that all values made by ``Dual(...)`` in this context share."""
    from adpy.forward.trace import ForwardTrace

    frame = _frame.get()
    if frame is None:
        frame = ForwardTrace(())
        frame.parent, frame.narrow = None, True
        _frame.set(frame)
    return frame


class _MakesDuals(type):
    """``Dual(primal, tangent)`` returns a value of the fitting class; every forward value is an instance of ``Dual``.

    A plain ``__new__`` would be inherited by those classes and slow every operation down.
    """

    def __call__(cls, primal: Any, tangent: Any = None):
        if isinstance(primal, float | int) and not isinstance(primal, np.generic | bool):
            primal = float(primal)
        else:
            array = np.array(primal)
            array = array.astype(float) if array.dtype.kind in "iub" else array
            if array.dtype.kind not in "fc":
                raise ArgumentError(
                    "primal", "a number or an array of numbers", f"{type(primal).__name__} of dtype {array.dtype}"
                )
            primal = array if isinstance(primal, np.ndarray) or array.ndim else array[()]
        tangent = matching_tangent(np.zeros(np.shape(primal)) if tangent is None else tangent, primal, "tangent")
        return _current_frame().dual(primal, tangent.copy())

    def __instancecheck__(cls, instance: Any) -> bool:
        return issubclass(type(instance), DualBase)


class Dual(DualBase, metaclass=_MakesDuals):
    """A primal and its tangent: the value of forward mode.

    All values made by calling ``Dual`` belong to one level of differentiation; nested derivatives are what
    :func:`adpy.jvp` is for.

    Parameters
    ----------
    primal : float or array_like of float
        The value. Arrays are copied; integers become float64.
    tangent : float or array_like, optional
        The derivative it carries, of the same shape; zero by default.

    Attributes
    ----------
    value, primal : float or ndarray
        The primal.
    tangent : float or ndarray
        The tangent.

    Raises
    ------
    ArgumentError
        If ``primal`` is not numeric, or ``tangent`` does not fit it.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> x = adpy.Dual(2.0, 1.0)
    >>> (x * x + 3.0).tangent
    4.0
    >>> np.cumsum(adpy.Dual([1.0, 2.0], [0.5, 0.0])).tangent
    array([0.5, 0.5])
    """

    __slots__ = ()
