"""Elementwise chains."""

from math import asinh, atan, cos, cosh, exp, expm1, log, log1p, log10, sin, sinh, sqrt, tan, tanh

import numpy as np
from numba import njit

__all__ = ["ufunc_chain"]

LN2, LN10 = log(2.0), log(10.0)


@njit(error_model="numpy")
def ufunc_chain(x):
    """Element by element: nothing is kept; results serve their own slopes."""
    total = 0.0
    bar = np.empty(x.size)
    for i in range(x.size):
        y1 = sin(x[i])
        y2 = exp(y1)
        y3 = sqrt(y2)
        y4 = log1p(y3)
        y5 = tanh(y4)
        y6 = cos(y5)
        y7 = y6 * y6
        y8 = atan(y7)
        y9 = expm1(y8)
        y10 = cosh(y9)
        y11 = 1.0 / y10
        y13 = -log(y11)
        y14 = sinh(y13)
        y15 = asinh(y14)
        y17 = log(exp(y15 * LN2)) / LN2
        y18 = log10(y17 + 1.0)
        y19 = tan(0.5 * y18)
        total += y19
        slope = 0.5 * (1.0 + y19 * y19) / ((y17 + 1.0) * LN10)  # exp2 and log2 undo each other, so do sinh and arcsinh
        slope *= sinh(y9) * y11  # of log cosh
        slope *= (1.0 + y9) / (1.0 + y7 * y7) * 2.0 * y6 * -sin(y5)
        slope *= (1.0 - y5 * y5) / (1.0 + y3) * 0.5 * y3
        bar[i] = slope * cos(x[i])
    return total, bar
