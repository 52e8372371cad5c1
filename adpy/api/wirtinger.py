"""Wirtinger derivatives: the two complex derivatives of a function that is not holomorphic."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.holomorphic import is_complex
from adpy.api.jacobian import jacobian
from adpy.api.results import described
from adpy.api.running import check_function, select
from adpy.api.trees import flatten, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["wirtinger"]


def wirtinger(function: Callable, argnum: int = 0, mode: str = "auto") -> Callable:
    """Return a function that gives the derivatives with respect to z and to its conjugate.

    With z = a + ib they are ∂f/∂z = ½(∂f/∂a − i ∂f/∂b) and ∂f/∂z̄ = ½(∂f/∂a + i ∂f/∂b), so that for any direction
    ḟ = ∂f/∂z · ż + ∂f/∂z̄ · conj(ż).  The second is zero exactly where the function is holomorphic, and half of
    :func:`adpy.grad` for a real function.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them, real or complex.
    argnum : int
        Position of the argument to differentiate: a complex number or a complex array.
    mode : {"auto", "forward", "reverse", "elimination"}
        As in :func:`adpy.jacobian`, which gives the derivatives by a and b.

    Returns
    -------
    callable
        ``(by_z, by_conjugate)``, two complex arrays of shape ``y.shape + z.shape`` (or trees of them, in the structure
        of the result).

    Raises
    ------
    ArgumentError
        If the argument is not a complex number or array.
    TracedValueError
        If the function drops a derivative; the message names the line.

    References
    ----------
    Kreutz-Delgado, "The complex gradient operator and the CR-calculus", arXiv:0906.4835, section 4.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> by_z, by_conjugate = adpy.wirtinger(lambda z: z**2 * np.conj(z))(1.0 + 2.0j)
    >>> print(by_z, by_conjugate)
    (10+0j) (-3+4j)
    """
    check_function(function)

    @functools.wraps(function, updated=())
    def of_function(*args, **kwargs):
        (key,) = select(function, args, kwargs, (argnum,), None)
        z = kwargs[key] if type(key) is str else args[key]
        if not is_complex(z):
            fix = "a complex number or array (for real ones adpy.jacobian; of a tree one leaf at a time)"
            raise ArgumentError(f"argument {key!r}", fix, described(z))

        def of_parts(parts):
            whole = parts[0] + 1j * parts[1]
            if type(key) is str:
                return function(*args, **{**kwargs, key: whole})
            return function(*args[:key], whole, *args[key + 1 :], **kwargs)

        found = jacobian(of_parts, mode=mode)(np.stack([np.real(z), np.imag(z)]))
        pairs = [_pair(leaf, np.ndim(z)) for _, leaf in flatten(found)]
        return tuple([rebuild(found, iter(side).__next__) for side in zip(*pairs, strict=True)])

    return of_function


def _pair(block: Any, ndim: int) -> tuple[Any, Any]:
    """The two derivatives from a block of derivatives by a and by b, which stand before the axes of z."""
    if block is None:
        return None, None
    by_a, by_b = np.moveaxis(block, block.ndim - ndim - 1, 0)
    return 0.5 * (by_a - 1j * by_b), 0.5 * (by_a + 1j * by_b)
