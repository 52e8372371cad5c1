"""Calls of convolve, correlate, interp and bincount."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

PAIRS = [(real(6), real(3)), (real(6), real(4)), (real(3), real(6)), (real(4), real(7)), (real(5), real(5, seed=1))]
MIXED = [(complexes(6), complexes(3)), (real(3), complexes(5)), (real(1), real(4))]
SLIDING = [call(a, v, mode) for a, v in PAIRS + MIXED for mode in ("full", "same", "valid")]

EXAMPLES[np.convolve] = [*SLIDING, call(real(4), real(2)), call(2.5, real(3))]
EXAMPLES[np.correlate] = [*SLIDING, call(real(4), real(2))]
EXAMPLES[np.bincount] = [
    call([0, 2, 1, 2], real(4)),
    call(np.array([0, 2, 2]), weights=real(3), minlength=6),
]

X = np.array([-0.5, 0.1, 0.35, 0.77, 1.9, 2.6, 3.5])
XP = np.array([0.0, 0.5, 1.1, 2.3, 3.0])
FP = real(5)
EXAMPLES[np.interp] = [
    call(X, XP, FP),
    call(0.7, XP, FP),
    call(X.reshape(7, 1), XP, FP, left=-1.5, right=2.5),
    call(X, XP, FP, 0.5),
    call(X, XP, complexes(5)),
    call(X, XP, complexes(5), 1.0 + 2.0j, 0.5j),
    call(X * 3, np.array([0.2, 2.9, 1.1, 2.3]), real(4), period=3.0),
    call(X, np.array([0.2, 2.9, 1.1, 2.3]), complexes(4), period=-3.0),
    call(X, np.array([1.0]), np.array([2.0])),
]
