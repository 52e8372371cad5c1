"""Compiled kernels: ndarrays in, ndarrays out; they know no Var and no tape.

Numba is imported when there is enough work to pay for it (half a second, once a process).
"""

from __future__ import annotations

import sys

import numpy as np

__all__ = ["adjoint_sweep", "adjoint_sweep_pairs", "worthwhile"]

_PYTHON_NS = 250
_LOAD_NS = 600_000_000
_spent = 0
_cpu = None


def worthwhile(count: int) -> bool:
    """Should a sweep over ``count`` scalar records use the compiled kernel?

    With Numba loaded, from a few hundred records on.  Without it, once the time spent in Python sweeps would have paid
    for loading it.
    """
    global _spent
    if count < 300:
        return False
    if _cpu is not None:
        return True
    if count < 200_000 and "numba" not in sys.modules:
        _spent += count * _PYTHON_NS
        if _spent < _LOAD_NS:
            return False
    _load()
    return True


def _load() -> None:
    global _cpu
    if _cpu is None:
        from adpy.kernels import cpu

        _cpu = cpu


def adjoint_sweep_pairs(children: np.ndarray, weights: np.ndarray, adjoints: np.ndarray, low: int, high: int) -> None:
    """Sweep records ``high - 1 … low``, each with two children: ``adjoints[child] += weight * adjoints[record]``.

    Parameters
    ----------
    children : ndarray of int32, shape (n, 2)
        Addresses; 0 means none, negative addresses count from the end of ``adjoints``.
    weights : ndarray of float64, shape (n, 2)
    adjoints : ndarray of float64
        Updated in place.
    low, high : int
    """
    _load()
    _cpu.adjoint_sweep_pairs(children, weights, adjoints, low, high)


def adjoint_sweep(indptr: np.ndarray, children: np.ndarray, weights: np.ndarray, adjoints: np.ndarray) -> None:
    """Sweep a linearized program back: ``x_bar[child] += weight * y_bar`` over children and weights in CSR form.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Row ``i`` has the children ``children[indptr[i]:indptr[i + 1]]``, all smaller than ``i``.
    children : ndarray of int64
    weights : ndarray of float64
    adjoints : ndarray of float64, shape (n,) or (n, seeds)
        Cotangents, one column a seed; updated in place.
    """
    _load()
    if adjoints.ndim == 1:
        adjoints = adjoints[:, None]
    _cpu.adjoint_sweep(indptr, children, weights, adjoints)
