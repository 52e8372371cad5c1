"""Engineering: fluids, structures, heat, machines, signals."""

import math

import numpy as np

from benchmarks.small.collection import example


@example(1.0e5, 2.0e-4)
def colebrook(reynolds, roughness):
    """Friction factor by fixed-point iteration from Haaland's estimate."""
    f = (-1.8 * math.log10((roughness / 3.7) ** 1.11 + 6.9 / reynolds)) ** -2
    for _ in range(6):
        f = (-2.0 * math.log10(roughness / 3.7 + 2.51 / (reynolds * math.sqrt(f)))) ** -2
    return f


@example([1.0, 0.3, 0.2, -0.1, 0.4, 0.9])
def von_mises(s):
    sx, sy, sz, txy, tyz, tzx = s
    return np.sqrt(0.5 * ((sx - sy) ** 2 + (sy - sz) ** 2 + (sz - sx) ** 2) + 3 * (txy**2 + tyz**2 + tzx**2))


@example([3.0, 2.0, 4.0, 1.0])
def truss_compliance(areas):
    """Two-node truss of four bars: assemble, solve, return the compliance."""
    K = np.zeros((2, 2))
    f = np.array([1.0, -2.0])
    for area, angle in zip(areas, (0.2, 0.9, 1.7, 2.6)):
        d = np.array([math.cos(angle), math.sin(angle)])
        K += area * np.outer(d, d)
    return f @ np.linalg.solve(K, f)


@example(0.6, 0.05, 2.2)
def vibration_transmissibility(damping, mass, ratio):
    num = 1 + (2 * damping * ratio) ** 2
    den = (1 - ratio**2) ** 2 + (2 * damping * ratio) ** 2
    return np.sqrt(num / den) * (1 + mass)


@example(1.2, 0.4, 0.02)
def pid_overshoot_cost(kp, ki, kd, dt=0.1):
    y = v = integral = 0.0
    previous = 1.0
    cost = 0.0
    for _ in range(20):
        error = 1.0 - y
        integral += error * dt
        u = kp * error + ki * integral + kd * (error - previous) / dt
        previous = error
        v += (u - 0.8 * v - y) * dt
        y += v * dt
        cost += error * error * dt
    return cost


@example([0.2, 0.5, 0.2, 0.1])
def fir_ripple(taps):
    w = np.linspace(0.1, 1.0, 8)
    response = np.zeros(8)
    for k, tap in enumerate(taps):
        response += tap * np.cos(k * w)
    return np.sum((response - 0.7) ** 2)


@example(0.015, 0.3, 0.001)
def manning_flow(n, depth, slope, width=2.0, side=1.5):
    area = (width + side * depth) * depth
    perimeter = width + 2 * depth * np.sqrt(1 + side**2)
    return area / n * (area / perimeter) ** (2 / 3) * np.sqrt(slope)
