"""Opcodes: the elementwise functions that compiled kernels know, by number.

The numbers are positions in a list, so new functions go to its end.  What a kernel computes for each is generated from
the rule table by :mod:`adpy.kernels.generate`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = [
    "ADDITION",
    "BINARY",
    "COMPARISONS",
    "COPY",
    "DIVIDE",
    "EXP",
    "FIRST",
    "HOLE",
    "MULTIPLY",
    "NEGATIVE",
    "OPCODES",
    "POWER",
    "SQUARE",
    "SUBTRACT",
    "UFUNCS",
]

HOLE, COPY, FIRST = 0, 1, 2
"""``HOLE``: an address filled from outside (input, constant, result of an array); ``COPY``: another address."""

UFUNCS: tuple[np.ufunc, ...] = (
    np.add,
    np.subtract,
    np.multiply,
    np.divide,
    np.negative,
    np.square,
    np.power,
    np.sqrt,
    np.exp,
    np.log,
    np.sin,
    np.cos,
    np.tanh,
    np.absolute,
    np.maximum,
    np.minimum,
    np.reciprocal,
    np.log1p,
    np.expm1,
    np.logaddexp,
    np.tan,
    np.sinh,
    np.cosh,
    np.arcsin,
    np.arccos,
    np.arctan,
    np.arctan2,
    np.arcsinh,
    np.arccosh,
    np.arctanh,
    np.hypot,
    np.exp2,
    np.log2,
    np.log10,
    np.cbrt,
    np.fabs,
    np.copysign,
    np.fmax,
    np.fmin,
    np.floor,
    np.ceil,
    np.trunc,
    np.rint,
    np.sign,
    np.remainder,
    np.fmod,
    np.deg2rad,
    np.rad2deg,
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.equal,
    np.not_equal,
)

COMPARISONS = frozenset((np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal))
"""Functions whose results carry no derivative; in a program they are 1.0 or 0.0."""

OPCODES: dict[Callable, int] = {function: FIRST + i for i, function in enumerate(UFUNCS)}
"""Opcode of a function."""
OPCODES |= {np.positive: COPY, np.radians: OPCODES[np.deg2rad], np.degrees: OPCODES[np.rad2deg]}

ADDITION, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, SQUARE, POWER, EXP = (
    OPCODES[function]
    for function in (np.add, np.subtract, np.multiply, np.divide, np.negative, np.square, np.power, np.exp)
)
"""Opcodes that kernels treat apart; copies, sums and differences follow one another."""

BINARY = np.array([False] * FIRST + [ufunc.nin == 2 for ufunc in UFUNCS])
"""Which opcodes have two operands."""
