"""``adpy.custom_root``: a root found by the user's own solver, differentiated by the implicit function theorem."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adpy.api.jacobian import jacobian
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.custom.closures import Closure, refuse_traced
from adpy.custom.following import follow
from adpy.custom.linear_solve import custom_linear_solve
from adpy.custom.primitive import primitive
from adpy.custom.structures import dtype_of, shape_of
from adpy.custom.trees import check_like, negative, pulled, pushed
from adpy.errors import ArgumentError, NonDifferentiableError
from adpy.plain import np
from adpy.traced.dispatch import coerce, primal

__all__ = ["custom_root"]

_NAME = "custom_root"
_CONVERGED = 1e-3
"""A Newton step that moves a root by more of its magnitude says that it is none."""


@dataclass(frozen=True, eq=False)
class _Equation:
    """The functions of one call and the starting point."""

    closure: Closure
    x0: Any
    tangent_solve: Callable | None

    def residual(self, values: tuple) -> Callable:
        """The residual over these values of what it closes over."""
        residual = self.closure.over(values)[0]
        return lambda x: check_like(follow(residual, x), self.x0, f"residual of {_NAME}")

    def solve_linear(self, values: tuple, x: Any, right: Any, transpose: bool) -> Any:
        """Solve with the Jacobian of the residual with respect to ``x``, or with its transpose."""
        residual = self.residual(values)
        if self.tangent_solve is not None:
            product = pulled if transpose else pushed
            solve = self.tangent_solve
            return custom_linear_solve(lambda v: product(residual, x, v), right, solve, transpose_solve=solve)
        matrix = jacobian(lambda vector: _vector(residual(_tree(vector, x))))(_vector(x))
        _check_root(matrix, _vector(residual(x)), _vector(x), _vector(self.x0))
        if transpose:
            matrix = np.conj(matrix.T) if dtype_of(matrix).kind == "c" else matrix.T
        return _tree(np.linalg.solve(matrix, _vector(right)), x)


def _check_root(matrix: Any, residual: Any, x: Any, x0: Any) -> None:
    """Raise where the implicit function theorem does not apply: a singular Jacobian, or no root."""
    matrix, residual, x, x0 = map(primal, (matrix, residual, x, x0))
    try:
        step = np.linalg.solve(matrix, residual)
    except np.linalg.LinAlgError:
        raise NonDifferentiableError(
            f"{_NAME}: the Jacobian of the residual is singular at the root, which has no derivative there"
        ) from None
    allowed = _CONVERGED * max(np.max(abs(x), initial=0.0), np.max(abs(x0), initial=0.0)) + 1e-8
    if np.max(abs(step), initial=0.0) > allowed:
        raise NonDifferentiableError(
            f"{_NAME}: solve returned no root: a Newton step from there moves by {np.max(abs(step)):.3g}, "
            f"with a residual of {np.max(abs(residual)):.3g}"
        )


def _vector(tree: Any) -> Any:
    parts = [np.reshape(coerce(leaf), -1) for _, leaf in flatten(tree)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _tree(vector: Any, like: Any) -> Any:
    parts, start = [], 0
    for _, leaf in flatten(like):
        size = int(np.prod(shape_of(leaf)))
        part = np.reshape(vector[start : start + size], shape_of(leaf))
        parts.append(part if shape_of(leaf) else part[()])
        start += size
    return rebuild(like, iter(parts).__next__)


@primitive(static="equation", name=_NAME)
def _root(values: tuple, equation: _Equation) -> Any:
    residual, solve = equation.closure.over(values)
    plain = functools.partial(refuse_traced, _NAME)
    x = solve(lambda x: map_leaves(plain, residual(x)), equation.x0)
    return check_like(map_leaves(plain, x), equation.x0, f"solve of {_NAME}")


@_root.defjvp
def _root_jvp(primals: tuple, tangents: tuple, x: Any, equation: _Equation) -> Any:
    (values,), (value_dots,) = primals, tangents
    moved = pushed(lambda values: equation.residual(values)(x), values, value_dots)
    return equation.solve_linear(values, x, negative(moved), False)


@_root.defvjp
def _root_vjp(primals: tuple, x: Any, x_bar: Any, equation: _Equation) -> tuple:
    (values,) = primals
    residual_bar = equation.solve_linear(values, x, x_bar, True)
    return (pulled(lambda values: equation.residual(values)(x), values, negative(residual_bar)),)


def custom_root(residual: Callable, x0: Any, solve: Callable, tangent_solve: Callable | None = None) -> Any:
    """Find ``x`` with ``residual(x) = 0`` by a solver of your own, with exact derivatives.

    Derivatives with respect to everything that ``residual`` closes over come from the implicit function theorem, not
    from the steps of the solver, in both modes and of any order.  The solver sees plain values only, so it may be
    anything: ``scipy.optimize.root``, a compiled library, a loop with a tolerance.

    Parameters
    ----------
    residual : callable
        From ``x`` to an array, number or tree of the same structure and shapes.  NumPy code that adpy differentiates.
        A fixed point of ``g`` is the root of ``lambda x: g(x) - x``, a minimum of ``f`` that of ``adpy.grad(f)``.
    x0 : array, number or tree of them
        Where to start; the root does not depend on it.
    solve : callable
        ``solve(residual, x0) -> x``.  Gets plain values, in what it closes over too.  The derivative is exact at an
        exact root: ask for one.
    tangent_solve : callable, optional
        ``tangent_solve(matvec, b) -> v`` solves ``matvec(v) = b``, where ``matvec`` is the product with the Jacobian of
        ``residual`` or with its transpose, for problems too large for a matrix.  By default the Jacobian is
        made, and a dense system solved.

    Returns
    -------
    x
        In the structure and shape of ``x0``.

    Raises
    ------
    ArgumentError
        If ``residual`` or a solver is no function.
    RuleError
        If ``solve`` returns another structure or shape than that of ``x0``.
    NonDifferentiableError
        When differentiated, if the Jacobian is singular or ``x`` is no root (without ``tangent_solve``).

    See Also
    --------
    adpy.custom_linear_solve : the same for linear equations.

    References
    ----------
    A. Griewank and A. Walther, "Evaluating Derivatives", 2nd ed. (2008), section 15.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> from scipy.optimize import brentq
    >>> def anomaly(eccentricity):                             # Kepler's equation
    ...     def residual(angle):
    ...         return angle - eccentricity * np.sin(angle) - 1.0
    ...     return adpy.custom_root(residual, 1.0, lambda f, start: brentq(f, 0.0, 3.0))
    >>> print(f"{adpy.grad(anomaly)(0.5):.8f}")
    1.03466723
    """
    for name, function in (("residual", residual), ("solve", solve), ("tangent_solve", tangent_solve)):
        if not callable(function) and not (name == "tangent_solve" and function is None):
            raise ArgumentError(name, "a function", type(function).__name__)
    closure = Closure(residual, solve)
    x0 = map_leaves(lambda leaf: primal(coerce(leaf)) if type(leaf) in TRACED_TYPES else leaf, x0)
    return _root(tuple(closure.values), _Equation(closure, x0, tangent_solve))
