"""Patterns of functions: recorded at the arguments, or known from an earlier recording."""

from __future__ import annotations

import functools
import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.api.jacobian import jacobian as dense_jacobian
from adpy.api.program_recordings import Branch, Recordings
from adpy.api.running import check_function
from adpy.api.second_order import hessian as dense_hessian
from adpy.api.signature import signature
from adpy.errors import ArgumentError
from adpy.kernels import building
from adpy.plain import np
from adpy.program.code import Code
from adpy.sparse.arguments import (
    check_argnum,
    check_one_number,
    differentiated,
    input_numbers,
    keys_of,
    row_counts,
)
from adpy.sparse.constant_rows import with_constant_rows
from adpy.sparse.dense import of_vector, one_number
from adpy.sparse.detection.graph import graph_of
from adpy.sparse.detection.hessian import interactions_of
from adpy.sparse.detection.jacobian import rows_of
from adpy.sparse.detection.taken import not_taken
from adpy.sparse.pattern import Pattern

__all__ = ["Patterns", "hessian_pattern", "jacobian_pattern"]

RECORDINGS = 8
"""Recordings that are kept for each kind of arguments."""


class Patterns(Recordings):
    """Patterns of the derivative of a function; made by :func:`jacobian_pattern` and :func:`hessian_pattern`.

    Parameters
    ----------
    function : callable
    argnum : int or tuple of int
    stable : bool
    """

    def __init__(self, function: Callable, argnum: Any, stable: bool) -> None:
        check_argnum(argnum)
        check_function(function)
        functools.update_wrapper(self, function, updated=())
        Recordings.__init__(self, function, RECORDINGS)
        self.argnum, self.stable = argnum, stable

    def __call__(self, *args: Any, **kwargs: Any) -> Pattern:
        keys = keys_of(self.function, args, kwargs, self.argnum)
        differentiated(args, kwargs, keys)
        if capture.frame() is not None:
            raise ArgumentError("arguments", "plain numbers and arrays", "values of another transform")
        if os.environ.get("ADPY_KERNELS") != "off":
            building.build()
        branch, recording = self._at(args, kwargs)
        if branch is None:
            function, x = of_vector(self.function, args, kwargs, keys)
            return Pattern.of(self.dense(function, x) != 0)
        recording.__exit__()
        return self.of_branch(branch, input_numbers(args, kwargs, keys), signature(args, kwargs)[1])

    def of_branch(self, branch: Branch, wrt: list[int], inputs: Sequence[np.ndarray]) -> Pattern:
        """The pattern of a recording."""
        self.check_result(branch)
        refuse = None if self.stable else functools.partial(not_taken, branch.code, inputs=inputs)
        return self.found(branch, wrt, refuse)

    def _specialized(self, code: Code) -> None:
        """Nothing is swept often."""

    def check_result(self, branch: Branch) -> None:
        """Raise ArgumentError for a result that has no such derivative."""

    @abstractmethod
    def found(self, branch: Branch, wrt: list[int], refuse: Callable | None) -> Pattern:
        """The pattern of a recording, without what is refused."""

    @abstractmethod
    def dense(self, function: Callable, x: np.ndarray) -> np.ndarray:
        """The matrix by transforms that need no recording."""


class JacobianPatterns(Patterns):
    """Patterns of Jacobians."""

    def found(self, branch: Branch, wrt: list[int], refuse: Callable | None) -> Pattern:
        return with_constant_rows(rows_of(graph_of(branch.code, wrt, refuse)), row_counts(branch))

    def dense(self, function: Callable, x: np.ndarray) -> np.ndarray:
        return dense_jacobian(function)(x)


class HessianPatterns(Patterns):
    """Patterns of Hessians."""

    def check_result(self, branch: Branch) -> None:
        check_one_number(branch)

    def found(self, branch: Branch, wrt: list[int], refuse: Callable | None) -> Pattern:
        return interactions_of(graph_of(branch.code, wrt, refuse))

    def dense(self, function: Callable, x: np.ndarray) -> np.ndarray:
        return dense_hessian(one_number(function))(x)


def jacobian_pattern(function: Callable, argnum: int | tuple[int, ...] = 0, *, stable: bool = False) -> Patterns:
    """Return a function that gives the pattern of the Jacobian of ``function``.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    argnum : int or tuple of int
        Positions of the arguments to differentiate.
    stable : bool
        If false, the pattern is exact for what ``function`` does at the arguments: of ``np.where``, ``np.maximum`` and
        ``np.minimum`` only the side that is taken (both where they tie) belongs to it.  If true, both sides do, so
        that the pattern holds wherever the branches that Python takes are the same ones.

    Returns
    -------
    callable
        ``pattern(*args, **kwargs)`` gives a :class:`~adpy.sparse.Pattern`.  Rows are the numbers in the result, columns
        those in the arguments, in the order of their leaves, each array in C order.

    Raises
    ------
    ArgumentError
        If an argument is not made of floating-point numbers, or the function has more than 2²⁸ scalar operations.
    PatternMemoryError
        If the pattern has more than 2³¹ entries, or more than fit into memory.

    Notes
    -----
    Numbers are no part of it: an entry whose derivative happens to be zero (a factor that is zero, terms that cancel)
    belongs to the pattern.  ``floor``, ``sign`` and comparisons have no derivative.  Of linear algebra and the like,
    all results depend on all operands.  A function that cannot be recorded (complex numbers) is differentiated densely;
    its pattern are the nonzeros at the arguments.

    References
    ----------
    A. Griewank, A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, section 7.1.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.detection.public import jacobian_pattern
    >>> def f(x):
    ...     return np.where(x > 0, x**2, x[::-1])
    >>> jacobian_pattern(f)(np.array([-1.0, 2.0, 3.0])).matrix().toarray()
    array([[0., 0., 1.],
           [0., 1., 0.],
           [0., 0., 1.]])
    >>> jacobian_pattern(f, stable=True)(np.array([-1.0, 2.0, 3.0])).nnz
    5
    """
    return JacobianPatterns(function, argnum, stable)


def hessian_pattern(function: Callable, argnum: int | tuple[int, ...] = 0, *, stable: bool = False) -> Patterns:
    """Return a function that gives the pattern of the Hessian of ``function``.

    Parameters
    ----------
    function : callable
        Its result is one real number.
    argnum, stable
        As for :func:`jacobian_pattern`.

    Returns
    -------
    callable
        ``pattern(*args, **kwargs)`` gives a :class:`~adpy.sparse.Pattern`, symmetric, whose rows and columns are the
        numbers in the arguments.

    Raises
    ------
    ArgumentError, PatternMemoryError
        As for :func:`jacobian_pattern`; ArgumentError also if the result is not one real number.

    References
    ----------
    A. Walther, "Computing sparse Hessians with automatic differentiation", ACM TOMS 34(1), 2008.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.detection.public import hessian_pattern
    >>> hessian_pattern(lambda x: x[0] * x[1] + np.sin(x[2]) + x[0])(np.ones(3)).matrix().toarray()
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 0., 1.]])
    """
    return HessianPatterns(function, argnum, stable)
