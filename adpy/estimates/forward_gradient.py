"""The forward gradient: a gradient without a tape, from derivatives in random directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.errors import ArgumentError
from adpy.estimates.estimate import Estimate, standard_error
from adpy.estimates.probes import Probes

__all__ = ["forward_gradient"]


def forward_gradient(
    function: Callable, x: Any, samples: int = 1, rng: Any = None, distribution: str = "normal"
) -> Estimate:
    r"""Estimate the gradient of ``function`` at ``x`` by forward mode in random directions.

    The estimate is the mean of :math:`(\nabla f \cdot v)\, v` over random directions :math:`v`; many directions share
    one call of the function.  It is unbiased.  The variance of entry :math:`i` of one sample is
    :math:`\|\nabla f\|^2 + (\partial_i f)^2` for normal and :math:`\|\nabla f\|^2 - (\partial_i f)^2` for
    Rademacher directions, and falls as one over the number of samples: with :math:`n` numbers, about :math:`n` samples
    are needed for one digit, so use :func:`adpy.grad` unless memory forbids the tape.

    Parameters
    ----------
    function : callable
        Takes ``x``, returns one real number.
    x : float, ndarray, or a tree of them
        The point.
    samples : int
        Number of random directions.
    rng : int, numpy.random.Generator or None
        Seed or generator; the same seed gives the same estimate.
    distribution : {"normal", "rademacher"}
        Of the directions' entries: standard normal, or 1 and -1 with equal probability.

    Returns
    -------
    Estimate
        ``value`` and ``standard_error`` have the structure, shapes and dtypes of ``x``.

    Raises
    ------
    ArgumentError
        If the result is not one number, ``x`` is not made of real floating-point numbers, or ``samples`` is below one.

    References
    ----------
    Baydin, Pearlmutter, Syme, Wood & Torr, "Gradients without backpropagation" (2022), section 3.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> found = adpy.forward_gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]), samples=4000, rng=0)
    >>> np.abs(found.value - [2.0, 4.0]) < 4 * found.standard_error
    array([ True,  True])
    """
    probes = Probes(function, x, samples, rng, distribution)
    directions = probes.draw()
    slopes = probes.push(directions)
    if len(slopes) != 1:
        raise ArgumentError("result of the differentiated function", "one real number", f"{len(slopes)} numbers")
    terms = slopes * directions
    error = standard_error(terms)
    return Estimate(probes.in_structure(terms.mean(1)), probes.in_structure(error), probes.samples)
