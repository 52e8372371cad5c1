"""Chemistry: equations of state, equilibria, kinetics, electrochemistry, thermodynamic fits."""

import math

import numpy as np

from benchmarks.small.collection import example

R = 8.314462618


@example(350.0, 5.0e6)
def peng_robinson_z(T, P, Tc=304.13, Pc=7.3773e6, omega=0.2239):
    """Compressibility factor of carbon dioxide: the gas root, by Newton's method from 1."""
    kappa = 0.37464 + 1.54226 * omega - 0.26992 * omega**2
    alpha = (1 + kappa * (1 - math.sqrt(T / Tc))) ** 2
    A = 0.45724 * R**2 * Tc**2 / Pc * alpha * P / (R * T) ** 2
    B = 0.07780 * R * Tc / Pc * P / (R * T)
    z = 1.0
    for _ in range(12):
        f = z**3 - (1 - B) * z**2 + (A - 3 * B**2 - 2 * B) * z - (A * B - B**2 - B**3)
        df = 3 * z**2 - 2 * (1 - B) * z + A - 3 * B**2 - 2 * B
        z = z - f / df
    return z


@example(298.15, 0.1, 0.01)
def nernst(T, c_ox, c_red, e0=0.771, n=1):
    return e0 + R * T / (n * 96485.33) * np.log(c_ox / c_red)


@example([8.07131, 1730.63, 233.426], 65.0)
def antoine_pressure(coefficients, T):
    A, B, C = coefficients
    return 10 ** (A - B / (C + T))


@example([29.1, 1.158e-2, -6.076e-6, 1.311e-9], 700.0)
def shomate_enthalpy(c, T, T0=298.15):
    total = 0.0
    for k in range(len(c)):
        total += c[k] * (T ** (k + 1) - T0 ** (k + 1)) / (k + 1)
    return total


@example([0.3, 0.5, 0.2], 360.0)
def bubble_point_residual(x, T):
    a = np.array([15.9, 16.0, 16.1])
    b = np.array([2788.5, 3096.5, 3395.6])
    c = np.array([-52.4, -53.7, -60.0])
    psat = np.exp(a - b / (T + c))
    return np.sum(x * psat) - 760.0


@example([0.4, 0.35, 0.25], [2.5, 1.1, 0.4])
def rachford_rice(z, K):
    """Vapour fraction of a flash, Newton's method."""
    v = 0.5
    for _ in range(6):
        d = 1 + v * (K - 1)
        f = np.sum(z * (K - 1) / d)
        df = -np.sum(z * (K - 1) ** 2 / d**2)
        v = v - f / df
    return v


@example([1.2, 0.6], 0.3)
def wilson_gibbs(Lambda, x1):
    x2 = 1 - x1
    g1 = x1 + Lambda[0] * x2
    g2 = x2 + Lambda[1] * x1
    return -x1 * np.log(g1) - x2 * np.log(g2) + x1 * np.log(x1) + x2 * np.log(x2)


@example([0.04, 1.0, 0.3])
def robertson_step(k, h=0.01, steps=15):
    """A consecutive reaction A -> B -> C with back reaction, explicit Euler in a buffer."""
    c = np.zeros(3)
    c[0] = 1.0
    for _ in range(steps):
        r1 = k[0] * c[0]
        r2 = k[1] * c[1] ** 2
        r3 = k[2] * c[1] * c[2]
        c[0] += h * (-r1 + r3)
        c[1] += h * (r1 - r3 - r2)
        c[2] += h * r2
    return c[2] + 0.5 * c[1]
