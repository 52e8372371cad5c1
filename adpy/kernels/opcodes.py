"""Opcodes: the elementwise functions that compiled kernels know, by number.

The numbers are positions in a list, so new functions go to its end.  What a kernel computes for each is generated from
the rule table by :mod:`adpy.kernels.generate`.
"""

from __future__ import annotations

import importlib
import sys
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
    "FIRST_SPECIAL",
    "HOLE",
    "MULTIPLY",
    "NEGATIVE",
    "OPCODES",
    "POWER",
    "SPECIAL",
    "SQUARE",
    "SUBTRACT",
    "UFUNCS",
    "arity",
    "function_of",
    "opcode_of",
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

FIRST_SPECIAL = 128
SPECIAL: tuple[str, ...] = tuple(
    (
        "erf erfc erfcx erfi erfinv erfcinv ndtr ndtri log_ndtr expit logit log_expit entr gamma gammaln rgamma "
        "i0 i1 i0e i1e j0 j1 y0 y1 k0 k1 k0e k1e exp10 exp1 expi cosm1 "
        "xlogy xlog1py rel_entr kl_div huber pseudo_huber beta betaln"
    ).split()
)
"""Functions of ``scipy.special``, from opcode :data:`FIRST_SPECIAL` on; SciPy is not imported here."""
_BINARY_SPECIAL = frozenset("xlogy xlog1py rel_entr kl_div huber pseudo_huber beta betaln".split())
_SAME = {"exp2": np.exp2, "expm1": np.expm1, "log1p": np.log1p, "cbrt": np.cbrt}


def opcode_of(function: Callable) -> int | None:
    """The opcode of a function of NumPy or SciPy, or None."""
    found = OPCODES.get(function)
    if found is None and type(function) is np.ufunc and "scipy.special" in sys.modules:
        name = function.__name__
        if function is getattr(sys.modules["scipy.special"], name, None):
            if name in SPECIAL:
                found = OPCODES[function] = FIRST_SPECIAL + SPECIAL.index(name)
            elif name in _SAME:
                found = OPCODES[function] = OPCODES[_SAME[name]]
    return found


def function_of(op: int) -> np.ufunc:
    """The function of an opcode."""
    if op < FIRST_SPECIAL:
        return UFUNCS[op - FIRST]
    return getattr(importlib.import_module("scipy.special"), SPECIAL[op - FIRST_SPECIAL])


def arity(op: int) -> int:
    """Number of operands of an opcode."""
    if op >= FIRST_SPECIAL:
        return 2 if SPECIAL[op - FIRST_SPECIAL] in _BINARY_SPECIAL else 1
    if op >= FIRST + len(UFUNCS):
        return 0
    return 0 if op == HOLE else 1 if op == COPY else UFUNCS[op - FIRST].nin


ADDITION, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, SQUARE, POWER, EXP = (
    OPCODES[function]
    for function in (np.add, np.subtract, np.multiply, np.divide, np.negative, np.square, np.power, np.exp)
)
"""Opcodes that kernels treat apart; copies, sums and differences follow one another."""

BINARY = np.array([arity(op) == 2 for op in range(FIRST_SPECIAL + len(SPECIAL))])
"""Which opcodes have two operands."""
