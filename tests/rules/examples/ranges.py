"""Calls of the evenly spaced ranges."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

EXAMPLES[np.linspace] = [
    call(0.3, 2.5),
    call(0.3, 2.5, 7, endpoint=False),
    call(real(3), 1.5, num=4),
    call(real(3), real(2, 1), 4, axis=-1),
    call(1.0, 2.0, 1),
    call(1.5, 1.5, 3),
    call(1.5, 2.5, 4, retstep=True),
    call(complexes(2), 1.0, 3),
]
EXAMPLES[np.logspace] = [call(0.3, 1.5, 5), call(real(3), 1.5, 4, base=2.0), call(0.3, 1.5, 3, endpoint=False, axis=-1)]
EXAMPLES[np.geomspace] = [
    call(0.3, 2.5, 5),
    call(-0.3, -2.5, 5),
    call(np.array([1.0, 2.0]), 9.0, 4, axis=1),
    call(1.0, 8.0, 3, False),
]
