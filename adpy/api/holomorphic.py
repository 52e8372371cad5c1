"""Complex derivatives: the Cauchy-Riemann equations as a test, and the derivative of a holomorphic function."""

from __future__ import annotations

from typing import Any

from adpy.api.running import is_differentiable
from adpy.api.trees import flatten
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import coerce, primal

__all__ = ["check_complex_inputs", "check_complex_result", "check_holomorphic", "is_complex"]

NOISE = 1e4
"""Rounding errors that two derivatives of one function may differ by, in units of the largest entry's last digit."""


def is_complex(leaf: Any) -> bool:
    """Does a leaf hold complex numbers?"""
    return leaf.dtype.kind == "c" if hasattr(leaf, "dtype") else isinstance(leaf, complex)


def check_holomorphic(along: Any, across: Any) -> None:
    """Compare the derivatives along the real and the imaginary axis; decided by values.

    Raises
    ------
    ArgumentError
        If ``across`` is not ``1j * along``: the Cauchy-Riemann equations do not hold at this point.
    """
    along, across = np.asarray(primal(along)), np.asarray(primal(across))
    if not along.size:
        return
    eps = np.finfo(np.result_type(along, across, np.complex64)).eps
    with np.errstate(all="ignore"):
        size = np.abs(along) + np.abs(across)
        largest = np.max(size, where=np.isfinite(size), initial=0.0)
        differ = np.abs(across - 1j * along) > eps**0.4 * size + NOISE * eps * largest
    if np.any(differ):
        raise ArgumentError(
            "function of a complex argument",
            "a holomorphic one (for a real loss use adpy.grad, for a derivative by z and one by its conjugate "
            "adpy.wirtinger; or take real and imaginary part as two arguments)",
            "a derivative that depends on the direction, as abs, conj, angle, .real and .imag make it",
        )


def check_complex_inputs(args: tuple, kwargs: dict, keys: list) -> None:
    """Raise ArgumentError unless all numbers to be differentiated are complex, as ``holomorphic=True`` promises."""
    for key in keys:
        for path, leaf in flatten(kwargs[key] if type(key) is str else args[key]):
            if (not path or is_differentiable(leaf)) and not is_complex(coerce(leaf)):
                got = f"dtype {leaf.dtype}" if hasattr(leaf, "dtype") else f"{type(leaf).__name__} {leaf!r}"
                expected = "complex numbers, because of holomorphic=True (write complex(x) or x.astype(complex))"
                raise ArgumentError(f"argument {key!r}{path}", expected, got)


def check_complex_result(leaf: Any) -> None:
    """Raise ArgumentError unless a result leaf is complex, as ``holomorphic=True`` promises."""
    if not is_complex(leaf):
        got = f"dtype {leaf.dtype}" if hasattr(leaf, "dtype") else type(leaf).__name__
        expected = "complex numbers, because of holomorphic=True (leave it out where the result is real)"
        raise ArgumentError("result of the differentiated function", expected, got)
