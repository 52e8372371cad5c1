"""Sparse Hessians."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from adpy.api.program_recordings import Branch
from adpy.api.second_order import hessian as dense_hessian
from adpy.plain import np
from adpy.program.recording import Recording
from adpy.sparse.arguments import check_one_number
from adpy.sparse.dense import of_vector, one_number
from adpy.sparse.directions import Directions
from adpy.sparse.prepared import Prepared
from adpy.sparse.preparing import Plan
from adpy.sparse.settings import Settings
from adpy.sparse.verifying import check

__all__ = ["SparseHessian", "hessian", "prepare_hessian"]


class SparseHessian(Prepared):
    """The sparse Hessian of a function; made by :func:`hessian` and :func:`prepare_hessian`."""

    def _rows(self, branch: Branch) -> None:
        return None

    def _check_result(self, branch: Branch) -> None:
        check_one_number(branch)

    def _check(self, plan: Plan, inputs: list, data: np.ndarray) -> None:
        ways = Directions(plan.code, plan.wrt)
        with Recording(plan.code, inputs) as recording:
            product, row = partial(ways.second_order, recording), partial(ways.hessian_row, recording)
            check(plan.pattern, data, product, row)

    def _dense(self, args: tuple, kwargs: dict, keys: list) -> np.ndarray:
        function, x = of_vector(self.function, args, kwargs, keys)
        return dense_hessian(one_number(function))(x)


def hessian(
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
) -> SparseHessian:
    """Return a function that gives the Hessian of ``function`` as a sparse array.

    Nothing has to be declared, as for :func:`adpy.sparse.jacobian`.

    Parameters
    ----------
    function : callable
        Returns one real number.
    argnum : int or tuple of int
        Positions of the arguments to differentiate; second derivatives between several are included.  The others may
        change from call to call: weights of constraints in a Lagrangian.
    pattern : matrix, sparse array or Pattern, optional
        Entries that may differ from zero, symmetric.
    coloring : Coloring, optional
        Of kind ``"star"`` or ``"acyclic"``, of this pattern.
    mode : {"auto", "elements", "compressed", "star", "acyclic"}
        ``"elements"`` adds up the entries one by one; the others multiply by sums of unit vectors, one a color, and
        read the entries directly (star) or by substitution (acyclic).
    ordering, format, blocksize, verify
        As for :func:`adpy.sparse.jacobian`.

    Returns
    -------
    SparseHessian
        ``matrix(*args, out=None, **kwargs)``, both triangles.

    Raises
    ------
    ArgumentError
        If the result is not one real number, a given pattern is not symmetric, and as for :func:`adpy.sparse.jacobian`.
    PatternError, TracedValueError
        As for :func:`adpy.sparse.jacobian`.

    References
    ----------
    A. H. Gebremedhin, A. Tarafdar, A. Pothen, A. Walther, "Efficient computation of sparse Hessians using coloring and
    automatic differentiation", INFORMS Journal on Computing 21 (2009).
    A. Griewank, A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, chapters 7 and 8.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> H = adpy.sparse.hessian(lambda x: np.sum(x[1:] * x[:-1] ** 2))
    >>> H(np.array([1.0, 2.0, 3.0])).toarray()
    array([[4., 2., 0.],
           [2., 6., 4.],
           [0., 4., 0.]])
    """
    settings = Settings.of(
        "hessian",
        pattern,
        coloring,
        mode=mode,
        ordering=ordering,
        format=format,
        blocksize=blocksize,
        verify=verify,
    )
    return SparseHessian(function, argnum, settings)


def prepare_hessian(
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
) -> SparseHessian:
    """As :func:`hessian`, recorded and prepared at these arguments.

    Parameters
    ----------
    function : callable
    *args, **kwargs
        Arguments of the function.
    argnum, pattern, coloring, mode, ordering, format, blocksize, verify
        As for :func:`hessian`.

    Returns
    -------
    SparseHessian
        With ``pattern``, ``coloring``, ``method``, ``stats()``, ``verify(x)`` and ``save(path)``.

    Raises
    ------
    ArgumentError, PatternError, TracedValueError
        As for :func:`hessian`.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> prepared = adpy.sparse.prepare_hessian(lambda x: np.sum(x[1:] * x[:-1]), np.ones(3))
    >>> prepared.pattern.matrix().toarray()
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    """
    choices = {"mode": mode, "ordering": ordering, "format": format, "blocksize": blocksize, "verify": verify}
    made = hessian(function, argnum, pattern=pattern, coloring=coloring, **choices)
    return made.prepare(*args, **kwargs)
