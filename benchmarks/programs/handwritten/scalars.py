"""Loops over numbers."""

from math import sqrt

import numpy as np
from numba import njit

__all__ = ["lorenz", "rosenbrock", "three_body"]


@njit
def rosenbrock(x):
    total = 0.0
    bar = np.zeros(x.size)
    for i in range(x.size - 1):
        valley = x[i + 1] - x[i] * x[i]
        total += 100.0 * valley * valley + (1.0 - x[i]) ** 2
        bar[i + 1] += 200.0 * valley
        bar[i] -= 400.0 * valley * x[i] + 2.0 * (1.0 - x[i])
    return total, bar


@njit
def slope(x, y, z, sigma, rho, beta):
    return sigma * (y - x), x * (rho - z) - y, x * y - beta * z


@njit
def slope_back(x, y, z, sigma, rho, beta, a, b, c, p_bar):
    """Cotangents of x, y, z from those of the slope; the parameters' are added up."""
    p_bar[0] += a * (y - x)
    p_bar[1] += b * x
    p_bar[2] -= c * z
    return -sigma * a + (rho - z) * b + y * c, sigma * a - b + x * c, -x * b - beta * c


@njit
def lorenz(p, h, steps):
    sigma, rho, beta = p[3], p[4], p[5]
    kept = np.empty((steps + 1, 3))
    x, y, z = p[0], p[1], p[2]
    kept[0] = p[:3]
    half, third, sixth = 0.5 * h, h / 3.0, h / 6.0
    for i in range(steps):
        a1, b1, c1 = slope(x, y, z, sigma, rho, beta)
        a2, b2, c2 = slope(x + half * a1, y + half * b1, z + half * c1, sigma, rho, beta)
        a3, b3, c3 = slope(x + half * a2, y + half * b2, z + half * c2, sigma, rho, beta)
        a4, b4, c4 = slope(x + h * a3, y + h * b3, z + h * c3, sigma, rho, beta)
        x += sixth * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        y += sixth * (b1 + 2.0 * b2 + 2.0 * b3 + b4)
        z += sixth * (c1 + 2.0 * c2 + 2.0 * c3 + c4)
        kept[i + 1, 0], kept[i + 1, 1], kept[i + 1, 2] = x, y, z
    value = x * x + y * y + z * z
    bar = np.zeros(6)
    p_bar = bar[3:]
    xb, yb, zb = 2.0 * x, 2.0 * y, 2.0 * z
    for i in range(steps - 1, -1, -1):
        x, y, z = kept[i, 0], kept[i, 1], kept[i, 2]
        a1, b1, c1 = slope(x, y, z, sigma, rho, beta)
        x2, y2, z2 = x + half * a1, y + half * b1, z + half * c1
        a2, b2, c2 = slope(x2, y2, z2, sigma, rho, beta)
        x3, y3, z3 = x + half * a2, y + half * b2, z + half * c2
        a3, b3, c3 = slope(x3, y3, z3, sigma, rho, beta)
        x4, y4, z4 = x + h * a3, y + h * b3, z + h * c3
        u4, v4, w4 = slope_back(x4, y4, z4, sigma, rho, beta, sixth * xb, sixth * yb, sixth * zb, p_bar)
        u3, v3, w3 = slope_back(
            x3, y3, z3, sigma, rho, beta, third * xb + h * u4, third * yb + h * v4, third * zb + h * w4, p_bar
        )
        u2, v2, w2 = slope_back(
            x2, y2, z2, sigma, rho, beta, third * xb + half * u3, third * yb + half * v3, third * zb + half * w3, p_bar
        )
        u1, v1, w1 = slope_back(
            x, y, z, sigma, rho, beta, sixth * xb + half * u2, sixth * yb + half * v2, sixth * zb + half * w2, p_bar
        )
        xb += u1 + u2 + u3 + u4
        yb += v1 + v2 + v3 + v4
        zb += w1 + w2 + w3 + w4
    bar[0], bar[1], bar[2] = xb, yb, zb
    return value, bar


@njit
def pulls(x, masses, acc):
    acc[:] = 0.0
    for i in range(3):
        for j in range(i + 1, 3):
            dx, dy, dz = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1], x[i, 2] - x[j, 2]
            square = dx * dx + dy * dy + dz * dz
            pull = 1.0 / (square * sqrt(square))
            acc[i, 0] -= masses[j] * pull * dx
            acc[i, 1] -= masses[j] * pull * dy
            acc[i, 2] -= masses[j] * pull * dz
            acc[j, 0] += masses[i] * pull * dx
            acc[j, 1] += masses[i] * pull * dy
            acc[j, 2] += masses[i] * pull * dz


@njit
def pulls_back(x, masses, acc_bar, x_bar):
    """Adds the cotangent of the bodies."""
    for i in range(3):
        for j in range(i + 1, 3):
            dx, dy, dz = x[i, 0] - x[j, 0], x[i, 1] - x[j, 1], x[i, 2] - x[j, 2]
            square = dx * dx + dy * dy + dz * dz
            pull = 1.0 / (square * sqrt(square))
            u = masses[i] * acc_bar[j, 0] - masses[j] * acc_bar[i, 0]
            v = masses[i] * acc_bar[j, 1] - masses[j] * acc_bar[i, 1]
            w = masses[i] * acc_bar[j, 2] - masses[j] * acc_bar[i, 2]
            along = 3.0 * (u * dx + v * dy + w * dz) * pull / square
            u, v, w = pull * u - along * dx, pull * v - along * dy, pull * w - along * dz
            x_bar[i, 0] += u
            x_bar[i, 1] += v
            x_bar[i, 2] += w
            x_bar[j, 0] -= u
            x_bar[j, 1] -= v
            x_bar[j, 2] -= w


@njit
def three_body(state, masses, dt, steps):
    x, v = state[:9].copy().reshape(3, 3), state[9:].copy().reshape(3, 3)
    kept = np.empty((steps + 1, 3, 3))
    kept[0] = x
    acc = np.empty((3, 3))
    pulls(x, masses, acc)
    for n in range(steps):
        for i in range(3):
            for k in range(3):
                v[i, k] += 0.5 * dt * acc[i, k]
                x[i, k] += dt * v[i, k]
        pulls(x, masses, acc)
        for i in range(3):
            for k in range(3):
                v[i, k] += 0.5 * dt * acc[i, k]
        kept[n + 1] = x
    value = 0.0
    x_bar, v_bar, acc_bar = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    for k in range(3):
        d = x[1, k] - x[2, k]
        value += d * d
        x_bar[1, k], x_bar[2, k] = 2.0 * d, -2.0 * d
    for n in range(steps, 0, -1):
        # an acceleration serves the half kick after it and the one before the next drift
        for i in range(3):
            for k in range(3):
                acc_bar[i, k] += 0.5 * dt * v_bar[i, k]
        pulls_back(kept[n], masses, acc_bar, x_bar)
        for i in range(3):
            for k in range(3):
                v_bar[i, k] += dt * x_bar[i, k]
                acc_bar[i, k] = 0.5 * dt * v_bar[i, k]
    pulls_back(kept[0], masses, acc_bar, x_bar)
    return value, np.concatenate((x_bar.reshape(9), v_bar.reshape(9)))
