"""Var: the abstract base of reverse values, with the long-lived interface that courses teach."""

from __future__ import annotations

from typing import Any

from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.traced import Traced

__all__ = ["Var", "VarBase"]


class VarBase(Traced):
    """Base of the reverse values; see :class:`Var` for the interface."""

    __slots__ = ()
    immutable = True

    @property
    def tag(self) -> int:
        """Tag of the transform this value belongs to."""
        return self.frame.tag

    @property
    def value(self) -> Any:
        """The primal: a copy of an array.  Only values made from ``adpy.Var(value)`` have it.

        Inside a transform it would be a way past the trace for code that asks ``hasattr(x, "value")``.
        """
        from adpy.reverse.session import value_of

        return value_of(self)

    def backward(self, seed: Any = 1.0) -> None:
        """Sweep back from this value and add the cotangents to ``.grad`` of the variables it depends on.

        Parameters
        ----------
        seed : float or ndarray
            Cotangent of this value; broadcast to its shape.
        """
        from adpy.reverse.session import backward

        backward(self, seed)

    @property
    def grad(self) -> Any:
        """Cotangent collected by :meth:`backward`; None before."""
        from adpy.reverse.session import gradient_of

        return gradient_of(self)

    def zero_grad(self) -> None:
        """Forget the collected cotangent."""
        from adpy.reverse.session import forget_gradient

        forget_gradient(self)

    @property
    def children(self) -> tuple:
        """Operands of the operation that made this value (empty for an independent variable)."""
        from adpy.reverse.session import children_of

        return children_of(self)[0]

    @property
    def weights(self) -> tuple:
        """Partial derivatives with respect to :attr:`children`."""
        from adpy.reverse.session import children_of

        return children_of(self)[1]


class _MakesVars(type):
    """``Var(value)`` returns a value of the fitting class, and every reverse value is an instance of ``Var``.

    A plain ``__new__`` would be inherited by those classes and slow every operation down.
    """

    def __call__(cls, value: Any = 0.0):
        from adpy.reverse.session import current_tape

        if isinstance(value, float | int) and not isinstance(value, np.generic):
            return current_tape().input(float(value))
        array = np.array(value)
        if array.dtype.kind in "iub":
            array = array.astype(float)
        if array.dtype.kind not in "fc":
            got = f"{type(value).__name__} of dtype {array.dtype}"
            raise ArgumentError("value", "a number or an array of numbers", got)
        return current_tape().input(array if isinstance(value, np.ndarray) or array.ndim else array[()])

    def __instancecheck__(cls, instance: Any) -> bool:
        return issubclass(type(instance), VarBase)


class Var(VarBase, metaclass=_MakesVars):
    """A value and its address on a tape.

    Calling ``Var(value)`` makes an independent variable on the tape that all live variables of the current context
    share; operations on it are recorded until no variable of that tape is left.

    Parameters
    ----------
    value : float or array_like of float
        The primal. Arrays are copied; dtype float32, float64, complex64 or complex128 is kept, integers become float64.

    Attributes
    ----------
    value : float or ndarray
        The primal.
    grad : float or ndarray or None
        Sum of the cotangents delivered by :meth:`backward` since the last :meth:`zero_grad`.
    children : tuple of Var
        Operands of the operation that made this value.
    weights : tuple of float or ndarray
        Partial derivatives with respect to the children.

    Raises
    ------
    ArgumentError
        If ``value`` is not numeric.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> x, y = adpy.Var(0.5), adpy.Var(4.2)
    >>> z = x * y + np.sin(x)
    >>> z.backward()
    >>> print(f"{x.grad:.6f} {y.grad}")
    5.077583 0.5
    """

    __slots__ = ()
