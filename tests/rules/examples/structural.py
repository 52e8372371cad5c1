"""Calls of the structural functions that have a cotangent map of their own."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

A = real(3, 4)
B = real(2, 3, 4)
EVERY = [call(A), call(B), call(complexes(3, 4))]

EXAMPLES[np.reshape] = [call(A, (2, 6)), call(B, -1), call(B, (4, 6), "F"), call(B, (6, 4), order="A")]
EXAMPLES[np.ravel] = [*EVERY, call(A, "F"), call(A, order="K"), call(np.array(1.5))]
EXAMPLES[np.squeeze] = [call(real(1, 3, 1)), call(real(1, 3, 1), 0), call(real(1, 3, 1), axis=(0, 2))]
EXAMPLES[np.expand_dims] = [call(A, 0), call(A, axis=(0, -1))]
EXAMPLES[np.transpose] = [*EVERY, call(B, (1, 2, 0)), call(B, axes=(-1, 0, 1))]
EXAMPLES[np.matrix_transpose] = EVERY
EXAMPLES[np.swapaxes] = [call(B, 0, 2), call(B, 1, axis2=-1)]
EXAMPLES[np.moveaxis] = [call(B, 0, -1), call(B, (0, 1), (-1, 0)), call(B, source=2, destination=0)]
EXAMPLES[np.flip] = [*EVERY, call(A, 0), call(B, axis=(0, 2))]
EXAMPLES[np.fliplr] = EVERY
EXAMPLES[np.flipud] = EVERY
EXAMPLES[np.rot90] = [*EVERY, call(A, 3), call(B, k=2, axes=(1, 2)), call(B, axes=(2, 0))]
EXAMPLES[np.roll] = [call(A, 1), call(A, -2, axis=1), call(B, (1, 2), axis=(0, 2)), call(B, 1, (0, 1))]
EXAMPLES[np.triu] = [*EVERY, call(A, 1), call(B, k=-1)]
EXAMPLES[np.tril] = [*EVERY, call(A, 1), call(B, k=-1)]
EXAMPLES[np.copy] = EVERY
EXAMPLES[np.broadcast_to] = [
    call(A, (2, 3, 4)),
    call(real(3, 1), (3, 4)),
    call(1.5, (2, 2)),
    call(real(1, 3, 1), (2, 3, 4)),
]
EXAMPLES[np.tile] = [call(A, 2), call(A, (2, 1)), call(A, (2, 1, 3)), call(B, (3,)), call(1.5, 4), call(A, reps=[2, 2])]
EXAMPLES[np.repeat] = [
    call(A, 2),
    call(A, 3, axis=1),
    call(B, 2, -2),
    call(1.5, 4),
    call(A, [1, 0, 2], axis=0),
    call(B, np.array([2, 1, 0, 3]), axis=2),
    call(real(3), [2, 0, 1]),
    call(A, [2], 0),
]
EXAMPLES[np.concatenate] = [
    call([A, real(2, 4)]),
    call((A, real(3, 1)), axis=-1),
    call([A, real(3)], axis=None),
    call([complexes(2), np.array([1.0, 2.0])]),
    call([np.array([1, 2]), real(2)], 0),
]
EXAMPLES[np.stack] = [call([A, A + 1, A * 2]), call((A, A), axis=-1), call([A, A], 1), call([1.5, 2.5])]
EXAMPLES[np.hstack] = [call([A, real(3, 1)]), call([real(3), real(2)]), call((1.5, real(2)))]
EXAMPLES[np.vstack] = [call([A, real(4)]), call([real(3), real(3)]), call((1.5, 2.5))]
EXAMPLES[np.column_stack] = [call([real(3), A]), call((real(2), real(2, seed=1)))]
EXAMPLES[np.where] = [
    call(A > 0, A, 2 * A),
    call(A > 0, 1.5, real(4)),
    call([True, False], 1.5, 2.5),
    call(real(3, 1) > 0, real(4), real(2, 1, 1)),
]
