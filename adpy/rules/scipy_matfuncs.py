"""Rules of the matrix functions in ``scipy.linalg``.

For any of them ``f([[A, E], [0, A]])`` holds the derivative of ``f`` at ``A`` along ``E`` in its upper right
block; the cotangent needs no more, because ``tr(B L(A, E)) = tr(L(A, B) E)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg as sl

from adpy.errors import MissingRuleError
from adpy.rules.linalg_tools import call, mH, zeros_of
from adpy.rules.scipy_rows import scipy_block

__all__ = ["derivative_along"]


def derivative_along(function: Callable, a, e, *args):
    """Derivative of the matrix function at ``a`` along ``e``."""
    if np.iscomplexobj(e) and not np.iscomplexobj(a):
        # A real matrix stays real: its eigenvalues may lie on a branch cut, where rounding would choose the side.
        return derivative_along(function, a, np.real(e), *args) + 1j * derivative_along(function, a, np.imag(e), *args)
    n = np.shape(a)[-1]
    top = np.concatenate([a, e + zeros_of(a)], axis=-1)
    bottom = np.concatenate([zeros_of(a), a], axis=-1)
    return call(function, np.concatenate([top, bottom], axis=-2), *args)[..., :n, n:]


def _plain_call(function, static):
    if static:
        raise MissingRuleError(f"scipy.linalg.{function.__name__} with {', '.join(static)}", advice="Leave them out.")


def _row(function: Callable) -> None:
    row = scipy_block(function, "A")

    @row.defjvp
    def jvp(dots, y, a, **static):
        _plain_call(function, static)
        return derivative_along(function, a, dots[0])

    @row.defvjp
    def vjp(bar, y, needs, a, **static):
        _plain_call(function, static)
        return (mH(derivative_along(function, a, mH(bar))),)


for _function in (sl.expm, sl.logm, sl.sqrtm, sl.cosm, sl.sinm, sl.tanm, sl.coshm, sl.sinhm, sl.tanhm):
    _row(_function)

power = scipy_block(sl.fractional_matrix_power, "A")


@power.defjvp
def power_jvp(dots, y, a, t):
    return derivative_along(sl.fractional_matrix_power, a, dots[0], t)


@power.defvjp
def power_vjp(bar, y, needs, a, t):
    return (mH(derivative_along(sl.fractional_matrix_power, a, mH(bar), t)),)
