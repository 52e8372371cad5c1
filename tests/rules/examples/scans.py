"""Calls of the scans."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

COMMON = [
    call(real(5)),
    call(real(3, 4)),
    call(real(3, 4), 0),
    call(real(2, 3, 4), axis=-2),
    call(complexes(2, 5), axis=1),
    call(np.array(0.7)),
    call([1.0, 2.5, -0.5]),
    call(np.zeros((0, 3)), axis=0),
    call(np.zeros((3, 0))),
]
EXAMPLES[np.cumsum] = COMMON
EXAMPLES[np.cumprod] = [
    *COMMON,
    call(np.array([1.5, 0.0, -2.0, 0.7, 0.0, 3.0])),
    call(np.array([[1.5, 0.0], [-2.0, 0.7], [0.0, 3.0]]), axis=0),
]
LONG = 1.0 + 0.1 * real(2, 70)
EXAMPLES[np.cumprod] += [call(LONG, axis=1), call(1.0 + 0.05 * real(1100))]
