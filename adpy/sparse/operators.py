"""Operators: Jacobians and Hessians at a point that are only multiplied, never computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy.sparse.linalg import LinearOperator

from adpy.api.forward_mode import jvp
from adpy.api.program_recordings import Branch, Recordings, copied
from adpy.api.reverse_mode import vjp
from adpy.api.running import check_function
from adpy.api.second_order import hvp
from adpy.api.trees import map_leaves
from adpy.plain import np
from adpy.program.recording import Recording
from adpy.sparse.arguments import check_argnum, check_one_number, differentiated, input_numbers, keys_of, row_counts
from adpy.sparse.dense import of_vector, one_number
from adpy.sparse.directions import Directions

__all__ = ["jacobian_operator", "hessian_operator"]


class _Once(Recordings):
    """A function recorded at one point."""

    def _specialized(self, code: Any) -> None:
        """A solver multiplies at one point a few times only."""

    def at(self, args: tuple, kwargs: dict) -> tuple[Branch | None, list]:
        """The recording with its inputs; None where it cannot be recorded."""
        branch, recording = self._at(args, kwargs)
        if branch is None:
            return None, []
        with recording:
            return branch, [np.array(entries) for entries in recording.frame.inputs]


class _Recorded(LinearOperator):
    """Products by sweeps over a recording."""

    def __init__(self, ways: Directions, shape: tuple[int, int], inputs: list) -> None:
        super().__init__(np.dtype(float), shape)
        self._ways, self._inputs = ways, inputs

    def _swept(self, method: Callable, V: np.ndarray) -> np.ndarray:
        V = np.asarray(V)
        if V.dtype.kind == "c":
            return self._swept(method, V.real) + 1j * self._swept(method, V.imag)
        with Recording(self._ways.code, self._inputs) as recording:
            return method(recording, V.astype(float).reshape(len(V), -1))

    def _matvec(self, v: np.ndarray) -> np.ndarray:
        return self._matmat(v)[:, 0]

    def _rmatvec(self, w: np.ndarray) -> np.ndarray:
        return self._rmatmat(w)[:, 0]


class _JacobianOperator(_Recorded):
    def _matmat(self, V: np.ndarray) -> np.ndarray:
        return self._swept(self._ways.tangents, V)

    def _rmatmat(self, W: np.ndarray) -> np.ndarray:
        return self._swept(self._ways.cotangents, W)


class _HessianOperator(_Recorded):
    def _matmat(self, V: np.ndarray) -> np.ndarray:
        return self._swept(self._ways.second_order, V)

    def _rmatmat(self, W: np.ndarray) -> np.ndarray:
        return self._matmat(W)


def jacobian_operator(
    function: Callable, *args: Any, argnum: int | tuple[int, ...] = 0, **kwargs: Any
) -> LinearOperator:
    """The Jacobian at these arguments as a ``LinearOperator``, which is multiplied but never computed.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    *args, **kwargs
        Arguments of the function; their numbers are copied.
    argnum : int or tuple of int
        Positions of the arguments to differentiate.

    Returns
    -------
    scipy.sparse.linalg.LinearOperator
        Of shape (numbers in the result, numbers in the arguments).  ``matvec`` and ``matmat`` push tangents, many at a
        time; ``rmatvec`` and ``rmatmat`` pull cotangents.

    Raises
    ------
    ArgumentError
        If an argument is not made of floating-point numbers.
    TracedValueError
        If the function drops a derivative.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> J = adpy.sparse.jacobian_operator(lambda x: x[1:] * x[:-1], np.array([1.0, 2.0, 3.0]))
    >>> J @ np.ones(3), J.T @ np.ones(2)
    (array([3., 5.]), array([2., 4., 2.]))
    """
    keys, branch, inputs = _recorded(function, args, kwargs, argnum)
    if branch is not None:
        ways = Directions(branch.code, input_numbers(args, kwargs, keys), row_counts(branch))
        return _JacobianOperator(ways, (ways.rows, ways.columns), inputs)
    of_one, x = of_vector(function, map_leaves(copied, args), map_leaves(copied, kwargs), keys)
    y, pullback = vjp(of_one, x)

    def push(v):
        return jvp(of_one, x, v.reshape(-1).astype(x.dtype))[1]

    def pull(w):
        return pullback(w.reshape(-1).astype(y.dtype))[0]

    return LinearOperator((y.size, x.size), matvec=push, rmatvec=pull, dtype=y.dtype)


def hessian_operator(
    function: Callable, *args: Any, argnum: int | tuple[int, ...] = 0, **kwargs: Any
) -> LinearOperator:
    """The Hessian at these arguments as a ``LinearOperator``, which is multiplied but never computed.

    Parameters
    ----------
    function : callable
        Returns one real number.
    *args, **kwargs, argnum
        As for :func:`jacobian_operator`.

    Returns
    -------
    scipy.sparse.linalg.LinearOperator
        Symmetric; ``matmat`` multiplies by many vectors at a time.

    Raises
    ------
    ArgumentError
        If the result is not one real number, and as for :func:`jacobian_operator`.
    TracedValueError
        If the function drops a derivative.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> H = adpy.sparse.hessian_operator(lambda x: np.sum(x[1:] * x[:-1] ** 2), np.array([1.0, 2.0, 3.0]))
    >>> H @ np.array([0.0, 1.0, 0.0])
    array([2., 6., 4.])
    """
    keys, branch, inputs = _recorded(function, args, kwargs, argnum)
    if branch is not None:
        check_one_number(branch)
        ways = Directions(branch.code, input_numbers(args, kwargs, keys))
        return _HessianOperator(ways, (ways.columns, ways.columns), inputs)
    of_one, x = of_vector(function, map_leaves(copied, args), map_leaves(copied, kwargs), keys)
    product = hvp(one_number(of_one))

    def multiply(v):
        return product(x, v.reshape(-1).astype(x.dtype))

    return LinearOperator((x.size, x.size), matvec=multiply, rmatvec=multiply, dtype=x.dtype)


def _recorded(function: Callable, args: tuple, kwargs: dict, argnum: Any) -> tuple[list, Branch | None, list]:
    """Keys of what is differentiated, the recording (None where there is none) and its inputs."""
    check_function(function)
    check_argnum(argnum)
    keys = keys_of(function, args, kwargs, argnum)
    differentiated(args, kwargs, keys)
    branch, inputs = _Once(function, 1).at(args, kwargs)
    return keys, branch, inputs
