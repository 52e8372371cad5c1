"""Physics: mechanics, optics, electromagnetism, astronomy, quantum and thermal physics."""

import math
from math import cos, pi, sqrt

import numpy as np

from benchmarks.small.collection import example

G = 6.67430e-11
C = 299792458.0
H = 6.62607015e-34
K_B = 1.380649e-23
SIGMA = 5.670374419e-8


@example(1.2, 0.8)
def pendulum_period(length, amplitude):
    """Large-amplitude period by the arithmetic-geometric mean."""
    a, b = 1.0, cos(amplitude / 2)
    while abs(a - b) > 1e-12:
        a, b = (a + b) / 2, sqrt(a * b)
    return 2 * pi * sqrt(length / 9.81) / a


@example([0.4, 1.1, 0.2, -0.3])
def double_pendulum_energy(state, m1=1.0, m2=1.0, l1=1.0, l2=1.0, g=9.81):
    theta1, theta2, omega1, omega2 = state
    kinetic = 0.5 * m1 * (l1 * omega1) ** 2 + 0.5 * m2 * (
        (l1 * omega1) ** 2 + (l2 * omega2) ** 2 + 2 * l1 * l2 * omega1 * omega2 * np.cos(theta1 - theta2)
    )
    potential = -(m1 + m2) * g * l1 * np.cos(theta1) - m2 * g * l2 * np.cos(theta2)
    return kinetic + potential


@example(1.1, 0.3)
def kepler_anomaly(mean_anomaly, eccentricity):
    """Solve Kepler's equation by Newton's method and return the true anomaly."""
    E = mean_anomaly
    for _ in range(8):
        E -= (E - eccentricity * math.sin(E) - mean_anomaly) / (1 - eccentricity * math.cos(E))
    return 2 * math.atan2(math.sqrt(1 + eccentricity) * math.sin(E / 2), math.sqrt(1 - eccentricity) * math.cos(E / 2))


@example(45.0, 0.7, 0.02)
def projectile_range(speed, angle, drag):
    """Range with quadratic drag, explicit Euler until the ground is hit, last step interpolated."""
    x, y = 0.0, 0.0
    vx, vy = speed * math.cos(angle), speed * math.sin(angle)
    dt = 0.1
    while True:
        v = math.hypot(vx, vy)
        x_old, y_old = x, y
        x += vx * dt
        y += vy * dt
        vx -= drag * v * vx * dt
        vy -= (9.81 + drag * v * vy) * dt
        if y < 0:
            return x_old + (x - x_old) * y_old / (y_old - y)


@example(5e-7, 5800.0)
def planck_radiance(wavelength, temperature):
    return 2 * H * C**2 / wavelength**5 / math.expm1(H * C / (wavelength * K_B * temperature))


@example(0.6, 1.0, 1.5)
def fresnel_reflectance(theta_i, n1, n2):
    theta_t = np.arcsin(n1 * np.sin(theta_i) / n2)
    rs = (n1 * np.cos(theta_i) - n2 * np.cos(theta_t)) / (n1 * np.cos(theta_i) + n2 * np.cos(theta_t))
    rp = (n1 * np.cos(theta_t) - n2 * np.cos(theta_i)) / (n1 * np.cos(theta_t) + n2 * np.cos(theta_i))
    return 0.5 * (rs**2 + rp**2)


@example([0.0, 0.0, 0.0, 1.1, 0.1, 0.0, 0.3, 1.0, 0.2])
def lennard_jones_trimer(coordinates, epsilon=1.0, sigma=1.0):
    positions = coordinates.reshape(3, 3)
    energy = 0.0
    for i in range(3):
        for j in range(i):
            r = np.linalg.norm(positions[i] - positions[j])
            energy += 4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6)
    return energy


@example([0.3, -0.2, 0.5], [1.0, 0.5, -0.4])
def dipole_potential(r, p):
    return np.dot(p, r) / (4 * np.pi * np.dot(r, r) ** 1.5)


@example(0.7, 0.3, 0.3, 70.0)
def luminosity_distance(z, omega_m, omega_l, h0):
    """Trapezoidal rule over redshift, as in cosmology homework."""
    n = 20
    total = 0.0
    for i in range(n + 1):
        zi = z * i / n
        e = sqrt(omega_m * (1 + zi) ** 3 + (1 - omega_m - omega_l) * (1 + zi) ** 2 + omega_l)
        total += (0.5 if i in (0, n) else 1.0) / e
    return (1 + z) * C / 1000 / h0 * total * z / n


@example([0.2, 0.1], [0.1, -0.3, 1.2])
def magnetic_mirror_hamiltonian(q, p, b0=1.0):
    r2 = q[0] ** 2 + q[1] ** 2
    a = 0.5 * b0 * (1 + 0.1 * r2) * np.array([-q[1], q[0], 0.0])
    return 0.5 * np.sum((p - a) ** 2)


@example([0.3, 0.5, 0.9, 1.4])
def ising_mean_field(couplings, field=0.1, beta=0.8):
    """Self-consistent magnetisations, damped fixed-point iteration."""
    m = np.full(4, 0.5)
    for _ in range(10):
        m = 0.5 * m + 0.5 * np.tanh(beta * (couplings * np.roll(m, 1) + field))
    return m.mean()
