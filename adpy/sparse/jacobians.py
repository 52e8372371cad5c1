"""Sparse Jacobians."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from adpy.api.jacobian import jacobian as dense_jacobian
from adpy.api.program_recordings import Branch
from adpy.plain import np
from adpy.program.recording import Recording
from adpy.sparse.arguments import row_counts
from adpy.sparse.dense import of_vector
from adpy.sparse.directions import Directions
from adpy.sparse.prepared import Prepared
from adpy.sparse.preparing import Plan
from adpy.sparse.settings import Settings
from adpy.sparse.verifying import check

__all__ = ["SparseJacobian", "jacobian", "prepare_jacobian"]


class SparseJacobian(Prepared):
    """The sparse Jacobian of a function; made by :func:`jacobian` and :func:`prepare_jacobian`."""

    def _rows(self, branch: Branch) -> list:
        return row_counts(branch)

    def _check(self, plan: Plan, inputs: list, data: np.ndarray) -> None:
        ways = Directions(plan.code, plan.wrt)
        with Recording(plan.code, inputs) as recording:
            product, row = partial(ways.tangents, recording), partial(ways.jacobian_row, recording)
            check(plan.pattern, data, product, row)

    def _dense(self, args: tuple, kwargs: dict, keys: list) -> np.ndarray:
        function, x = of_vector(self.function, args, kwargs, keys)
        return dense_jacobian(function)(x)


def jacobian(
    function: Callable,
    argnum: int | tuple[int, ...] = 0,
    *,
    pattern: Any = None,
    coloring: Any = None,
    mode: str = "auto",
    ordering: str | None = None,
    format: str = "csr",
    blocksize: tuple[int, int] | None = None,
    verify: bool = True,
) -> SparseJacobian:
    """Return a function that gives the Jacobian of ``function`` as a sparse array.

    Nothing has to be declared.  At the first call the function is recorded, the pattern of its Jacobian is found, and
    the way to compute the nonzeros that takes the fewest operations is chosen; later calls replay.  Where the function
    goes another way (a branch, another length of a loop) it is recorded anew, with the pattern that it has there.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    argnum : int or tuple of int
        Positions of the arguments to differentiate.  The others may change from call to call.
    pattern : matrix, sparse array or Pattern, optional
        Entries that may differ from zero, of shape (numbers in the result, numbers in the arguments); it is not looked
        for then.  More entries than needed do no harm.
    coloring : Coloring, optional
        Of this pattern; a compressed evaluation by these colors is done.
    mode : {"auto", "elements", "compressed", "forward", "reverse", "bidirectional"}
        ``"elements"`` adds up the entries one by one; the others push tangents of columns, pull cotangents of rows, or
        do both, as many as there are colors; ``"compressed"`` takes what needs the fewest colors.
    ordering : str, optional
        In which order columns or rows are colored, a key of ``adpy.sparse.ORDERINGS``.
    format : {"csr", "csc", "coo", "bsr", "dia", "banded", "dense"}
        Of results: a ``scipy.sparse`` array; ``"banded"``: the storage of LAPACK's band matrices, which
        :func:`scipy.linalg.solve_banded` takes together with ``bandwidths``; ``"dense"``: an array.
    blocksize : (int, int), optional
        Rows and columns of the blocks of format ``"bsr"``.
    verify : bool
        Compare results by a given pattern or coloring with exact directional derivatives after each recording.

    Returns
    -------
    SparseJacobian
        ``matrix(*args, out=None, **kwargs)``.  Rows are the numbers in the result, columns those in the arguments, in
        the order of their leaves, each array in C order.  ``out`` is an earlier result to be overwritten.

    Raises
    ------
    ArgumentError
        If an argument is not made of floating-point numbers, or ``out`` has another structure.
    PatternError
        If a given pattern misses a nonzero.
    TracedValueError
        If the function drops a derivative, or values of another transform are among its arguments.

    Notes
    -----
    The arrays ``indices`` and ``indptr`` of results are shared and read-only; ``copy()`` of a result has its own.  The
    data of a result are never overwritten as long as anything refers to them.

    References
    ----------
    A. Griewank, A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, chapters 7 and 8.
    A. H. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian?", SIAM Review 47 (2005).

    Examples
    --------
    >>> import numpy as np, adpy
    >>> J = adpy.sparse.jacobian(lambda x: x[1:] * x[:-1])
    >>> J(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    settings = Settings.of(
        "jacobian",
        pattern,
        coloring,
        mode=mode,
        ordering=ordering,
        format=format,
        blocksize=blocksize,
        verify=verify,
    )
    return SparseJacobian(function, argnum, settings)


def prepare_jacobian(
    function: Callable,
    *args: Any,
    argnum: int | tuple[int, ...] = 0,
    pattern: Any = None,
    coloring: Any = None,
    mode: str = "auto",
    ordering: str | None = None,
    format: str = "csr",
    blocksize: tuple[int, int] | None = None,
    verify: bool = True,
    **kwargs: Any,
) -> SparseJacobian:
    """As :func:`jacobian`, recorded and prepared at these arguments.

    Parameters
    ----------
    function : callable
    *args, **kwargs
        Arguments of the function.
    argnum, pattern, coloring, mode, ordering, format, blocksize, verify
        As for :func:`jacobian`.

    Returns
    -------
    SparseJacobian
        With ``pattern``, ``coloring``, ``method``, ``stats()``, ``verify(x)`` and ``save(path)``.

    Raises
    ------
    ArgumentError, PatternError, TracedValueError
        As for :func:`jacobian`.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> prepared = adpy.sparse.prepare_jacobian(lambda x: x[1:] * x[:-1], np.ones(3))
    >>> prepared.pattern.nnz
    4
    >>> prepared(np.array([1.0, 2.0, 3.0])).data
    array([2., 1., 3., 2.])
    """
    choices = {"mode": mode, "ordering": ordering, "format": format, "blocksize": blocksize, "verify": verify}
    made = jacobian(function, argnum, pattern=pattern, coloring=coloring, **choices)
    return made.prepare(*args, **kwargs)
