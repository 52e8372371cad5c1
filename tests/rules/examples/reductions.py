"""Calls of the reductions."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

A = real(3, 4)
MASK = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], bool)
BLOCK = real(2, 3, 4)
ZEROS = np.array([[1.5, 0.0, -2.0, 0.7], [0.0, 0.3, 0.0, 2.0], [1.0, -1.0, 2.0, 0.5]])

COMMON = [
    call(A),
    call(A, 0),
    call(A, axis=-1, keepdims=True),
    call(BLOCK, axis=(0, 2)),
    call(BLOCK, axis=(-1, 0), keepdims=True),
    call(BLOCK, axis=None, keepdims=True),
    call(np.array(0.7)),
    call(1.3),
    call([1.0, 2.5, -0.5]),
]
COMPLEX = [call(complexes(3, 4)), call(complexes(3, 4), axis=1)]
MASKED = [call(A, where=MASK), call(A, axis=1, where=MASK), call(BLOCK, axis=(0, 2), where=MASK[:2, None])]
INITIAL = [call(A, initial=0.3), call(A, axis=0, keepdims=True, initial=0.3)]
EMPTY_ALLOWED = [call(np.zeros((0, 3)), axis=0), call(np.zeros(0)), call(np.zeros((2, 0, 3)), axis=(0, 1))]

EXAMPLES[np.sum] = [*COMMON, *COMPLEX, *MASKED, *INITIAL, *EMPTY_ALLOWED, call(A, axis=()), call(A, dtype=complex)]
EXAMPLES[np.mean] = [*COMMON, *COMPLEX, *MASKED, call(np.zeros((3, 0)), axis=0)]
EXAMPLES[np.prod] = [
    *COMMON,
    *COMPLEX,
    *MASKED,
    *INITIAL,
    *EMPTY_ALLOWED,
    call(ZEROS),
    call(ZEROS, axis=0),
    call(ZEROS, axis=1, keepdims=True),
    call(A, axis=()),
    call(A, axis=1, where=MASK, initial=2.0),
]
SPREAD = [
    *COMMON[:6],
    *COMPLEX,
    *MASKED,
    call(A, ddof=1),
    call(A, axis=1, correction=1),
    call(A, axis=0, ddof=2, keepdims=True),
    call(A, axis=1, where=MASK, ddof=1),
    call(A, axis=1, mean=real(3, 1)),
    call(A, mean=real(1, 1)),
]
EXAMPLES[np.var] = [*SPREAD, call(np.array(0.7)), call([2.0, 2.0, 2.0])]
EXAMPLES[np.std] = SPREAD

EXTREMA = [*COMMON, *INITIAL, call(A, axis=()), call(A, axis=1, where=MASK, initial=0.1)]
EXAMPLES[np.max] = [*EXTREMA, *COMPLEX, call(A, axis=0, where=MASK, initial=-9.0)]
EXAMPLES[np.amax] = EXAMPLES[np.max]
EXAMPLES[np.min] = [*EXTREMA, *COMPLEX, call(A, axis=0, where=MASK, initial=9.0)]
EXAMPLES[np.amin] = EXAMPLES[np.min]
