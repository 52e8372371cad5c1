"""Scalar counterparts of the NumPy names that rules use, for running a rule's own code on Python floats.

Where :mod:`math` raises (``ZeroDivisionError``, ``ValueError``, ``OverflowError``) or a name is missing
(``AttributeError``, ``TypeError``), the caller runs the rule on NumPy scalars instead: the answer there is an
infinity, a NaN or a complex number.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

__all__ = ["SCALAR_NAMES"]


def _where(condition, a, b):
    return a if condition else b


def _sign(x):
    return 1.0 if x > 0 else -1.0 if x < 0 else x * 0.0


def _rint(x):
    return float(round(x))


def _conjugate(x):
    return x.conjugate()


def _iscomplexobj(x):
    return isinstance(x, complex)


def _maximum(a, b):
    return a if a >= b or a != a else b


def _minimum(a, b):
    return a if a <= b or a != a else b


SCALAR_NAMES = {
    "np": SimpleNamespace(
        absolute=abs,
        conjugate=_conjugate,
        copysign=math.copysign,
        cos=math.cos,
        cosh=math.cosh,
        exp=math.exp,
        exp2=math.exp2,
        expm1=math.expm1,
        hypot=math.hypot,
        iscomplexobj=_iscomplexobj,
        isinf=math.isinf,
        isnan=math.isnan,
        ldexp=math.ldexp,
        log=math.log,
        log1p=math.log1p,
        maximum=_maximum,
        minimum=_minimum,
        pi=math.pi,
        power=math.pow,
        rint=_rint,
        sign=_sign,
        sin=math.sin,
        sinh=math.sinh,
        sqrt=math.sqrt,
        where=_where,
    )
}
