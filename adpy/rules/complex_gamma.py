"""The trigamma function of complex numbers, which SciPy has for real ones only."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special._ufuncs import _zeta

__all__ = ["trigamma"]

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
LARGE = 12.0
"""Real part from which the asymptotic series has all digits, also when it is differentiated."""


def trigamma(x: Any) -> Any:
    """Derivative of the digamma function, of real or complex ``x`` of any shape.

    A complex number is moved to the right by the recurrence, then taken from the asymptotic series: ordinary
    arithmetic, so that higher derivatives follow from it.

    References
    ----------
    Abramowitz and Stegun, Handbook of Mathematical Functions, 6.4.6 and 6.4.11.
    """
    if not np.iscomplexobj(x):
        return _zeta(2.0, x)
    total = 0.0
    for _ in range(max(0, int(np.ceil(LARGE - np.min(np.real(x), initial=LARGE))))):
        total = total + 1 / (x * x)
        x = x + 1.0
    square = 1 / (x * x)
    series = 0.0
    for coefficient in BERNOULLI[::-1]:
        series = (series + coefficient) * square
    return total + 1 / x + 0.5 * square + series / x
