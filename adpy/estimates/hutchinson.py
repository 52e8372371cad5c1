"""Hutchinson's estimates of trace and diagonal of a Jacobian or Hessian, from products with random directions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.reverse_mode import grad
from adpy.api.running import check_function
from adpy.errors import ArgumentError
from adpy.estimates.estimate import Estimate, standard_error
from adpy.estimates.probes import Probes
from adpy.plain import np

__all__ = ["hutchinson_diagonal", "hutchinson_trace"]

_MATRICES = ("hessian", "jacobian")
_METHODS = ("hutchinson", "hutch++")


def hutchinson_trace(
    function: Callable, matrix: str = "hessian", method: str = "hutchinson", distribution: str = "rademacher"
) -> Callable:
    r"""Return a function that estimates the trace of the Hessian or Jacobian of ``function``.

    The estimate is the mean of :math:`v^T A v` over random directions :math:`v`.  It is unbiased.  With
    :math:`S = (A + A^T) / 2`, the variance of one sample is :math:`2 \|S\|_F^2` for normal directions and
    :math:`2 (\|S\|_F^2 - \sum_i a_{ii}^2)` for Rademacher ones, which is never more and is zero for a diagonal matrix.
    It falls as one over the number of samples.

    ``method="hutch++"`` spends a third of the products on a basis of the range of :math:`A`, takes the trace there
    exactly, and estimates only the rest: for a matrix with few large eigenvalues the variance falls as one over the
    square of the number of products.

    Parameters
    ----------
    function : callable
        Of one argument.  For the Hessian it returns one real number, for the Jacobian as many numbers as it takes.
    matrix : {"hessian", "jacobian"}
        Which matrix.
    method : {"hutchinson", "hutch++"}
        Plain means, or with the deflation described above.
    distribution : {"rademacher", "normal"}
        Of the directions' entries: 1 and -1 with equal probability, or standard normal.

    Returns
    -------
    callable
        ``estimate(x, samples=100, rng=None) -> Estimate``: ``x`` is a float, an array or a tree of them, ``samples``
        the number of products with the matrix, ``rng`` a seed or a :class:`numpy.random.Generator`.  The standard error
        of ``"hutch++"`` is that of its random part, given the basis.

    Raises
    ------
    ArgumentError
        If an option is unknown, ``x`` is not made of real floating-point numbers, or the matrix is not square.

    References
    ----------
    Hutchinson, "A stochastic estimator of the trace of the influence matrix" (1990); Meyer, Musco, Musco & Woodruff,
    "Hutch++: optimal stochastic trace estimation" (2021), algorithm 1.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.hutchinson_trace(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), samples=10, rng=0)
    Estimate(value=18.0, standard_error=0.0, samples=10)
    """
    _check(function, "matrix", matrix, _MATRICES)
    _check(function, "method", method, _METHODS)

    @functools.wraps(function, updated=())
    def estimate(x: Any, samples: int = 100, rng: Any = None) -> Estimate:
        probes = Probes(_pushed(function, matrix), x, samples, rng, distribution)
        basis = np.zeros((probes.size, 0))
        exact = 0.0
        if method == "hutch++" and probes.samples >= 3:
            sketch = probes.draw(min(probes.samples // 3, probes.size))
            basis = np.linalg.qr(_products(probes, sketch))[0]
            exact = np.sum(basis * _products(probes, basis)).item()
            if basis.shape[1] == probes.size:
                return Estimate(exact, 0.0, probes.samples)
        directions = probes.draw(probes.samples - 2 * basis.shape[1])
        directions = directions - basis @ (basis.T @ directions)
        terms = np.sum(directions * _products(probes, directions), 0)
        return Estimate(exact + terms.mean().item(), standard_error(terms).item(), probes.samples)

    return estimate


def hutchinson_diagonal(function: Callable, matrix: str = "hessian", distribution: str = "rademacher") -> Callable:
    r"""Return a function that estimates the diagonal of the Hessian or Jacobian of ``function``.

    The estimate is :math:`\sum_s v_s \odot A v_s`, divided entry by entry by :math:`\sum_s v_s \odot v_s`, over random
    directions :math:`v_s`.  It is unbiased.  With :math:`\sigma_i^2 = \sum_{j \neq i} a_{ij}^2`, the variance of entry
    :math:`i` for :math:`N` samples is :math:`\sigma_i^2 / N` for Rademacher and, for :math:`N > 2`,
    :math:`\sigma_i^2 / (N - 2)` for normal directions: zero for a diagonal matrix.

    Parameters
    ----------
    function : callable
        Of one argument.  For the Hessian it returns one real number, for the Jacobian as many numbers as it takes.
    matrix : {"hessian", "jacobian"}
        Which matrix.
    distribution : {"rademacher", "normal"}
        Of the directions' entries: 1 and -1 with equal probability, or standard normal.

    Returns
    -------
    callable
        ``estimate(x, samples=100, rng=None) -> Estimate`` as for :func:`hutchinson_trace`; ``value`` and
        ``standard_error`` have the structure and shapes of ``x``.

    Raises
    ------
    ArgumentError
        If an option is unknown, ``x`` is not made of real floating-point numbers, or the matrix is not square.

    References
    ----------
    Bekas, Kokiopoulou & Saad, "An estimator for the diagonal of a matrix" (2007), section 2.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.hutchinson_diagonal(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), samples=10, rng=0).value
    array([ 6., 12.])
    """
    _check(function, "matrix", matrix, _MATRICES)

    @functools.wraps(function, updated=())
    def estimate(x: Any, samples: int = 100, rng: Any = None) -> Estimate:
        probes = Probes(_pushed(function, matrix), x, samples, rng, distribution)
        directions = probes.draw()
        products = _products(probes, directions)
        squares = np.sum(directions**2, 1)
        value = np.sum(directions * products, 1) / squares
        # The products are a regression on the directions, entry by entry: what is left over is the noise.
        noise = np.sum((products - value[:, None] * directions) ** 2, 1)
        error = np.sqrt(noise / (samples - 1) / squares) if samples > 1 else np.full(probes.size, np.nan)
        return Estimate(probes.in_structure(value), probes.in_structure(error), probes.samples)

    return estimate


def _check(function: Callable, name: str, choice: str, choices: tuple[str, ...]) -> None:
    check_function(function)
    if choice not in choices:
        raise ArgumentError(name, f"one of {choices}", repr(choice))


def _pushed(function: Callable, matrix: str) -> Callable:
    """The function whose Jacobian is the matrix."""
    return grad(function) if matrix == "hessian" else function


def _products(probes: Probes, directions: np.ndarray) -> np.ndarray:
    """The matrix times each of the directions."""
    products = probes.push(directions)
    if len(products) != probes.size:
        raise ArgumentError(
            "result of the differentiated function",
            f"as many numbers as the argument holds, {probes.size} (for a square Jacobian)",
            f"{len(products)} numbers",
        )
    return products
