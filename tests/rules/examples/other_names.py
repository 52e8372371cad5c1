"""Calls of functions that other modules offer under a second name, and of what scipy.linalg makes from factors."""

from __future__ import annotations

import numpy as np
import scipy.fft
import scipy.linalg

from tests.rules.harness import EXAMPLES, call, complexes, real

A = real(3, 4)
BLOCK = real(2, 3, 4)
POSITIVE = real(3, 3) @ real(3, 3).T + np.eye(3)

EXAMPLES[np.linalg.matrix_transpose] = [call(A), call(BLOCK)]
EXAMPLES[np.linalg.diagonal] = [call(A), call(BLOCK, offset=1)]
EXAMPLES[np.linalg.matmul] = [call(A, real(4, 2)), call(BLOCK, complexes(4, 2))]
EXAMPLES[np.linalg.vecdot] = [call(A, real(3, 4, seed=1)), call(A, real(3, 4, seed=1), axis=0)]
EXAMPLES[np.linalg.outer] = [call(real(3), real(4)), call(complexes(3), real(4))]
EXAMPLES[np.linalg.cross] = [call(real(3), real(3, seed=1)), call(real(3, 4), real(3, 4, seed=1), axis=0)]
EXAMPLES[np.linalg.tensordot] = [call(BLOCK, real(3, 4, 2), axes=2), call(BLOCK, A, axes=([1, 2], [0, 1]))]
EXAMPLES[np.linalg.trace] = [call(A), call(BLOCK, offset=1)]
EXAMPLES[np.linalg.matrix_power] = [call(real(3, 3), 3), call(POSITIVE, -2), call(POSITIVE, 0)]
EXAMPLES[np.linalg.multi_dot] = [call([A, real(4, 2), real(2, 5)]), call([real(4), real(4, 2), real(2)])]
EXAMPLES[np.linalg.tensorsolve] = [call(real(2, 3, 6), real(2, 3))]
EXAMPLES[np.linalg.tensorinv] = [call(real(6, 2, 3), ind=1)]
EXAMPLES[scipy.fft.fftshift] = [call(A), call(A, axes=1)]
EXAMPLES[scipy.fft.ifftshift] = [call(A), call(A, axes=0)]

EXAMPLES[scipy.linalg.cho_factor] = [call(POSITIVE), call(POSITIVE, lower=True)]
EXAMPLES[scipy.linalg.cho_solve] = [call((np.linalg.cholesky(POSITIVE), True), real(3))]
EXAMPLES[scipy.linalg.lu_solve] = [
    call(scipy.linalg.lu_factor(POSITIVE), real(3, 2)),
    call(scipy.linalg.lu_factor(POSITIVE), real(3), trans=1),
]
EXAMPLES[scipy.linalg.toeplitz] = [call(real(3)), call(real(3), real(4)), call(complexes(3))]
EXAMPLES[scipy.linalg.circulant] = [call(real(4))]
EXAMPLES[scipy.linalg.hankel] = [call(real(3)), call(real(3), real(4))]
EXAMPLES[scipy.linalg.block_diag] = [call(A, real(2, 2)), call(real(2), A)]
EXAMPLES[scipy.linalg.companion] = [call(1.0 + real(4))]
EXAMPLES[scipy.linalg.solve_toeplitz] = [
    call(np.array([4.0, 1.0, 0.3]), real(3)),
    call((np.array([4.0, 1.0, 0.3]), np.array([4.0, -1.0, 0.2])), real(3)),
]
EXAMPLES[scipy.linalg.matmul_toeplitz] = [call(real(3), real(3, seed=1)), call((real(3), real(4)), real(4, 2))]
