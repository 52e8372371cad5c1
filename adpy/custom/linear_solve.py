"""``adpy.custom_linear_solve``: a linear system solved by the user's own solver, differentiated implicitly."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from adpy.api.trees import map_leaves
from adpy.custom.closures import Closure, refuse_traced
from adpy.custom.following import follow
from adpy.custom.primitive import primitive
from adpy.custom.trees import check_like, negative, ones_like, pulled, pushed, real_where, subtract
from adpy.errors import ArgumentError, MissingRuleError
from adpy.traced.refusal import refuse

__all__ = ["custom_linear_solve"]

_NAME = "custom_linear_solve"


@dataclass(frozen=True, eq=False)
class _System:
    """The functions of one call, and whether the system is to be solved with the transpose of ``matvec``."""

    closure: Closure
    symmetric: bool
    reversible: bool
    is_transposed: bool = False

    def transposed(self) -> _System:
        if self.symmetric:
            return self
        if not self.reversible:
            refuse(
                f"{_NAME} without transpose_solve= in reverse mode",
                "Pass transpose_solve=, a function (matvec, b) that solves the transposed system (its matvec is the "
                "transposed one: a solver that only uses matvec serves as both), or symmetric=True where it is so.",
                MissingRuleError,
            )
        return replace(self, is_transposed=not self.is_transposed)

    def over(self, values: tuple, like: Any) -> tuple[Callable, Callable]:
        """The linear map of the system and its solver, over these values of what they close over."""
        matvec, *solvers = self.closure.over(values)
        if not self.is_transposed:
            return lambda v: check_like(follow(matvec, v), like, f"matvec of {_NAME}"), solvers[0]
        at = ones_like(like)
        return lambda v: pulled(matvec, at, v), solvers[1]


@primitive(static="system", name=_NAME)
def _solved(b: Any, values: tuple, system: _System) -> Any:
    matvec, solve = system.over(values, b)
    plain = functools.partial(refuse_traced, _NAME)
    x = solve(lambda v: map_leaves(plain, matvec(v)), b)
    return check_like(map_leaves(plain, x), b, f"solve of {_NAME}")


@_solved.defjvp
def _solved_jvp(primals: tuple, tangents: tuple, x: Any, system: _System) -> Any:
    (b, values), (b_dot, value_dots) = primals, tangents
    if values:
        product_dot = pushed(lambda values: system.over(values, b)[0](x), values, value_dots)
        b_dot = subtract(b_dot, product_dot)
    return _solved(b_dot, values, system)


@_solved.defvjp
def _solved_vjp(primals: tuple, x: Any, x_bar: Any, system: _System) -> tuple:
    b, values = primals
    b_bar = _solved(x_bar, values, system.transposed())
    value_bars = pulled(lambda values: system.over(values, b)[0](x), values, negative(b_bar)) if values else ()
    return real_where(b, b_bar), value_bars


def custom_linear_solve(
    matvec: Callable,
    b: Any,
    solve: Callable,
    transpose_solve: Callable | None = None,
    symmetric: bool = False,
) -> Any:
    """Solve ``matvec(x) = b`` by a solver of your own, with exact derivatives.

    Derivatives with respect to ``b`` and to everything that ``matvec`` closes over come from the equation, not from the
    steps of the solver: one more solve for a jvp or a vjp, in derivatives of any order.  The solver sees plain values
    only, so it may be anything: conjugate gradients, a factorization made beforehand, a compiled library.

    Parameters
    ----------
    matvec : callable
        The linear map: from ``x``, in the structure and shape of ``b``, to such.  NumPy code that adpy differentiates.
    b : array, number or tree of them
        The right-hand side.
    solve : callable
        ``solve(matvec, b) -> x``.  Gets plain values, in what it closes over too.
    transpose_solve : callable, optional
        ``transpose_solve(matvec, b) -> x`` for the transposed system, for reverse mode; the ``matvec`` it gets is the
        transposed one, made by adpy.  A solver that only uses the ``matvec`` it is given can be passed as both.
    symmetric : bool
        The map is its own transpose (conjugate transpose, for complex numbers): ``solve`` serves for both.

    Returns
    -------
    x
        In the structure and shape of ``b``.

    Raises
    ------
    ArgumentError
        If ``matvec`` or a solver is no function.
    RuleError
        If ``matvec`` or a solver returns another structure or shape than that of ``b``.
    MissingRuleError
        In reverse mode, with neither ``transpose_solve`` nor ``symmetric``.

    See Also
    --------
    adpy.custom_root : the same for equations that are not linear.

    References
    ----------
    M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008),
    section 2.3.1.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> from scipy.sparse.linalg import LinearOperator, cg
    >>> def compliance(stiffness):
    ...     def matvec(u):                                    # a chain of springs, fixed at both ends
    ...         force = stiffness * np.diff(u, prepend=0.0, append=0.0)
    ...         return -np.diff(force)
    ...     def solve(matvec, b):
    ...         return cg(LinearOperator((b.size, b.size), matvec), b, rtol=1e-12)[0]
    ...     load = np.array([0.0, 1.0, 0.0])
    ...     return load @ adpy.custom_linear_solve(matvec, load, solve, symmetric=True)
    >>> print(adpy.grad(compliance)(np.array([1.0, 2.0, 2.0, 1.0])).round(8))
    [-0.25   -0.0625 -0.0625 -0.25  ]
    """
    for name, function in (("matvec", matvec), ("solve", solve), ("transpose_solve", transpose_solve)):
        if not callable(function) and not (name == "transpose_solve" and function is None):
            raise ArgumentError(name, "a function", type(function).__name__)
    closure = Closure(matvec, solve, transpose_solve)
    system = _System(closure, bool(symmetric), transpose_solve is not None)
    return _solved(b, tuple(closure.values), system)
