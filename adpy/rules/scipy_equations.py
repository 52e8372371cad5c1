"""Rules of the Sylvester, Lyapunov and Riccati equations in ``scipy.linalg``."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sl

from adpy.errors import MissingRuleError
from adpy.rules.linalg_tools import call, mH
from adpy.rules.scipy_rows import scipy_block

__all__ = []

# a x + x b = q

sylvester = scipy_block(sl.solve_sylvester, "a", "b", "q")


def _sum(*terms):
    """The sum of the terms whose tangent is there."""
    return sum(term for term in terms if term is not None)


@sylvester.defjvp
def sylvester_jvp(dots, y, a, b, q):
    a_dot, b_dot, q_dot = dots
    right = _sum(q_dot, None if a_dot is None else -a_dot @ y, None if b_dot is None else -y @ b_dot)
    return call(sl.solve_sylvester, a, b, right)


@sylvester.defvjp
def sylvester_vjp(bar, y, needs, a, b, q):
    z = call(sl.solve_sylvester, mH(a), mH(b), bar)
    return -z @ mH(y), -mH(y) @ z, z


# a x + x a^H = q

continuous = scipy_block(sl.solve_continuous_lyapunov, "a", "q")


@continuous.defjvp
def continuous_jvp(dots, y, a, q):
    a_dot, q_dot = dots
    right = _sum(q_dot, None if a_dot is None else -a_dot @ y - y @ mH(a_dot))
    return call(sl.solve_continuous_lyapunov, a, right)


@continuous.defvjp
def continuous_vjp(bar, y, needs, a, q):
    z = call(sl.solve_continuous_lyapunov, mH(a), bar)
    return -z @ mH(y) - mH(z) @ y, z


# a x a^H - x + q = 0

discrete = scipy_block(sl.solve_discrete_lyapunov, "a", "q")


@discrete.defjvp
def discrete_jvp(dots, y, a, q, method=None):
    a_dot, q_dot = dots
    right = _sum(q_dot, None if a_dot is None else a_dot @ y @ mH(a) + a @ y @ mH(a_dot))
    return call(sl.solve_discrete_lyapunov, a, right, method=method)


@discrete.defvjp
def discrete_vjp(bar, y, needs, a, q, method=None):
    z = call(sl.solve_discrete_lyapunov, mH(a), bar, method=method)
    return z @ a @ mH(y) + mH(z) @ a @ y, z


# a^H x + x a - x b r^-1 b^H x + q = 0

riccati = scipy_block(sl.solve_continuous_are, "a", "b", "q", "r")


def _feedback(y, a, b, r, e, s):
    """The optimal gain and the matrix of the closed loop."""
    if e is not None or s is not None:
        raise MissingRuleError("scipy.linalg.solve_continuous_are with e or s", advice="Leave them out.")
    gain = np.linalg.solve(r, mH(b) @ y)
    return gain, a - b @ gain


@riccati.defjvp
def riccati_jvp(dots, y, a, b, q, r, e=None, s=None, balanced=True):
    a_dot, b_dot, q_dot, r_dot = dots
    gain, loop = _feedback(y, a, b, r, e, s)
    moved = None if a_dot is None else y @ a_dot
    steered = None if b_dot is None else -y @ b_dot @ gain
    right = _sum(
        q_dot,
        None if moved is None else moved + mH(moved),
        None if steered is None else steered + mH(steered),
        None if r_dot is None else mH(gain) @ r_dot @ gain,
    )
    return call(sl.solve_continuous_lyapunov, mH(loop), -right)


@riccati.defvjp
def riccati_vjp(bar, y, needs, a, b, q, r, e=None, s=None, balanced=True):
    gain, loop = _feedback(y, a, b, r, e, s)
    z = -call(sl.solve_continuous_lyapunov, loop, bar)
    both = y @ (z + mH(z))
    return both, -both @ mH(gain), z, gain @ z @ mH(gain)
