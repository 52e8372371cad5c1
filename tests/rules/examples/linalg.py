"""Calls of the linear algebra in ``numpy.linalg``."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, Example, call, complexes, real


def near(a: np.ndarray, shift: float = 3.0) -> np.ndarray:
    """A well-conditioned matrix: ``a`` moved along the identity."""
    return a + shift * np.eye(a.shape[-1])


def positive(a: np.ndarray) -> np.ndarray:
    """A positive definite matrix made of ``a``."""
    return a @ np.conj(np.swapaxes(a, -1, -2)) + a.shape[-1] * np.eye(a.shape[-1])


def fine(*args, rtol: float = 1e-6, step: float = 4e-4, **kwargs) -> Example:
    """A call whose values are less accurate, or curve more, than most."""
    return Example(args, kwargs, rtol, step)


SQUARE = [near(real(3, 3)), near(complexes(3, 3)), near(real(2, 3, 3)), np.array([[2.5]]), near(complexes(2, 2, 2, 2))]
POSITIVE = [positive(a) for a in (real(3, 3), complexes(3, 3), real(2, 4, 4), complexes(2, 2, 2))]
TALL = [real(5, 3), complexes(4, 2), real(2, 4, 3)]
WIDE = [real(3, 5), complexes(2, 4), real(2, 3, 4)]

EXAMPLES[np.linalg.solve] = [
    call(near(real(3, 3)), real(3)),
    call(near(real(3, 3)), real(3, 2)),
    call(near(complexes(3, 3)), real(3, 2)),
    call(near(real(3, 3)), complexes(3)),
    call(near(real(2, 3, 3)), real(3)),
    call(near(real(2, 3, 3)), real(2, 3, 4)),
    call(near(real(3, 3)), real(2, 3, 1)),
    call(near(complexes(2, 1, 3, 3)), complexes(4, 3, 2)),
]
EXAMPLES[np.linalg.inv] = [call(a) for a in SQUARE]
EXAMPLES[np.linalg.pinv] = [
    *(fine(a) for a in [*SQUARE, *TALL, *WIDE]),
    fine(np.diag([3.0, 1.0, 0.1]) + 0.01 * real(3, 3), 0.2),
    fine((real(4, 4) * np.array([4, 2, 0.2, 0.1]))[:, :3] @ complexes(3, 3), rtol=1e-6, rcond=0.15),
    fine(POSITIVE[0], hermitian=True),
    fine(POSITIVE[1], hermitian=True),
]
EXAMPLES[np.linalg.det] = [
    *(call(a) for a in SQUARE),
    call(np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 0.5]) + np.diag([1.0, 0, 0])),
    call(np.zeros((2, 2))),
    call(np.zeros((3, 3))),
    call(np.stack([np.zeros((2, 2)), np.eye(2)])),
    call(np.array([[1.0, 1j], [1j, -1.0]])),
]
EXAMPLES[np.linalg.slogdet] = [call(a) for a in SQUARE]
EXAMPLES[np.linalg.cholesky] = [call(a) for a in POSITIVE] + [call(a, upper=True) for a in POSITIVE]
EXAMPLES[np.linalg.qr] = [
    *(fine(a) for a in [*SQUARE, *TALL, *WIDE]),
    *(fine(a, mode="r") for a in [*SQUARE, *TALL, *WIDE]),
    *(fine(a, mode="complete") for a in [*SQUARE, *WIDE]),
]
EXAMPLES[np.linalg.eigh] = [fine(a, UPLO=u) for a in POSITIVE for u in "LU"] + [fine(near(real(3, 3)))]
EXAMPLES[np.linalg.eigvalsh] = [fine(a, u) for a in POSITIVE for u in "LUu"]
NONSYMMETRIC = [
    np.diag([1.0, 2.0, 4.0]) + 0.3 * real(3, 3),
    complexes(3, 3),
    real(4, 4, seed=3),
    np.diag([1.0, 2.0, 4.0]) + 0.3 * real(2, 3, 3),
    np.array([[0.3, 2.0, 0.1], [-1.0, 0.2, 0.5], [0.1, 0.3, 2.0]]),
]
EXAMPLES[np.linalg.eig] = [fine(a) for a in NONSYMMETRIC]
EXAMPLES[np.linalg.eigvals] = [fine(a) for a in NONSYMMETRIC]
EXAMPLES[np.linalg.svd] = [
    *(fine(a, full_matrices=False) for a in [*SQUARE[:4], *TALL, *WIDE]),
    *(fine(a, False, False) for a in [*SQUARE, *TALL, *WIDE]),
    *(fine(a) for a in SQUARE[:4]),
    fine(POSITIVE[0], hermitian=True),
    fine(POSITIVE[2], compute_uv=False, hermitian=True),
    fine(complexes(2, 30), full_matrices=False, compute_uv=False),
]
EXAMPLES[np.linalg.svdvals] = [fine(a) for a in [*SQUARE, *TALL, *WIDE]]
EXAMPLES[np.linalg.lstsq] = [
    fine(real(5, 3), real(5)),
    fine(real(5, 3), real(5, 2)),
    fine(complexes(4, 2), complexes(4, 2)),
    fine(real(3, 5), real(3)),
    fine(real(3, 5), complexes(3, 2)),
    fine(near(real(3, 3)), real(3), rcond=None),
    fine(near(real(3, 3)), real(3), rcond=-1),
    fine(np.diag([3.0, 1.0, 0.1]) + 0.01 * real(3, 3), real(3, 2), rcond=0.2),
]
ORDERS = (None, 2, 1, 3, 2.5, 0.5, 0, -1, -2, np.inf, -np.inf)
MATRIX_ORDERS = (None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
EXAMPLES[np.linalg.norm] = [
    *(fine(real(4), p) for p in ORDERS),
    *(fine(complexes(4), p) for p in ORDERS),
    *(fine(real(3, 4), p, axis=0) for p in ORDERS),
    *(fine(real(2, 3, 4), p, 1, keepdims=True) for p in ORDERS[:4]),
    *(fine(real(3, 4), p) for p in MATRIX_ORDERS),
    *(fine(complexes(4, 3), p) for p in MATRIX_ORDERS),
    *(fine(real(2, 3, 4), p, (0, 2)) for p in MATRIX_ORDERS),
    *(fine(real(2, 3, 4), p, axis=(-1, 1), keepdims=True) for p in MATRIX_ORDERS),
    call(real(2, 3, 4)),
    call(real(2, 3, 4), keepdims=True),
    call(np.zeros(3)),
    call(np.zeros((3, 2)), "fro"),
    call(np.array([1.0, 0.0, -2.0]), 3),
    call(np.array([1.0, 0.0, -2.0]), 4),
]
EXAMPLES[np.linalg.vector_norm] = [
    *(fine(real(4), ord=p) for p in ORDERS[1:]),
    *(fine(real(2, 3, 4), ord=p, axis=(0, 2), keepdims=True) for p in ORDERS[1:]),
    call(complexes(3, 4)),
    call(real(3, 4), axis=1),
]
EXAMPLES[np.linalg.matrix_norm] = [
    *(fine(real(2, 3, 4), ord=p) for p in MATRIX_ORDERS[1:]),
    *(fine(complexes(3, 3), ord=p, keepdims=True) for p in MATRIX_ORDERS[1:]),
]
EXAMPLES[np.linalg.cond] = [
    *(fine(near(real(3, 3)), p) for p in MATRIX_ORDERS),
    *(fine(near(complexes(2, 3, 3)), p) for p in MATRIX_ORDERS),
    fine(real(4, 2)),
]
