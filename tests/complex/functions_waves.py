"""Circuits, optics, antennas, control."""

import cmath

import numpy as np

from tests.complex.registry import case


@case(50.0, 0.1, 20.0)
def series_rlc_impedance(r, l, microfarads):  # noqa: E741
    w = 2 * np.pi * np.array([50.0, 110.0, 400.0])
    z = r + 1j * w * l + 1e6 / (1j * w * microfarads)
    return np.abs(z), np.angle(z)


@case(1.5, 0.3, 0.2)
def ladder_network(r, l, c):  # noqa: E741
    omega = 2.0
    impedance = complex(r, 0.0)
    for _ in range(3):
        admittance = 1j * omega * c + 1 / (r + 1j * omega * l + impedance)
        impedance = 1 / admittance
    return impedance


@case(np.array([1.0, 2.0, 0.5, 0.3]))
def nodal_analysis(p):
    r1, r2, l, c = p  # noqa: E741
    w = 1.7
    y = np.zeros((2, 2), dtype=complex)
    y[0, 0] = 1 / r1 + 1j * w * c
    y[0, 1] = y[1, 0] = -1j * w * c
    y[1, 1] = 1 / r2 + 1 / (1j * w * l) + 1j * w * c
    v = np.linalg.solve(y, np.array([1.0, 0.0]))
    return np.abs(v), np.angle(v), (v[1] * np.conj(v[1] / r2)).real


@case(75.0, 40.0)
def reflection_and_standing_wave(r, x):
    load = complex(r, x)
    gamma = (load - 50) / (load + 50)
    return (1 + abs(gamma)) / (1 - abs(gamma)), cmath.phase(gamma)


@case(0.3, 0.7)
def transmission_line_input(length, loss):
    gamma = complex(loss, 2 * cmath.pi)
    load = 30 + 20j
    t = cmath.tanh(gamma * length)
    return 50 * (load + 50 * t) / (50 + load * t)


@case(0.5)
def smith_chart_polar(theta):
    radius, angle = cmath.polar(cmath.rect(0.7, theta) + 0.2j)
    return radius * angle


@case(np.array([0.12, 0.08, 0.2]), np.array([1.5, 2.1, 1.4]))
def thin_film_transfer_matrix(thickness, index):
    k0 = 2 * np.pi / 0.55
    matrix = np.eye(2, dtype=complex)
    for d, n in zip(thickness, index):
        delta = k0 * n * d
        layer = np.array([[np.cos(delta), 1j * np.sin(delta) / n], [1j * n * np.sin(delta), np.cos(delta)]])
        matrix = matrix @ layer
    b, c = matrix @ np.array([1.0, 1.52])
    r = (b - c) / (b + c)
    return np.abs(r) ** 2


@case(0.4, 1.5 + 0.2j)
def fresnel_coefficients(angle, index):
    cos_t = np.sqrt(1 - (np.sin(angle) / index) ** 2)
    rs = (np.cos(angle) - index * cos_t) / (np.cos(angle) + index * cos_t)
    rp = (index * np.cos(angle) - cos_t) / (index * np.cos(angle) + cos_t)
    return abs(rs) ** 2, abs(rp) ** 2, np.angle(rs / rp)


@case(np.array([0.3, 0.9, 1.7]), np.array([1.0, 0.8, 0.5]))
def phased_array(phases, amplitudes):
    u = np.linspace(-0.8, 0.8, 4)
    steering = np.exp(1j * np.pi * np.outer(u, np.arange(3)))
    return np.abs(steering @ (amplitudes * np.exp(1j * phases))) ** 2


@case(np.array([0.1, -0.2, 0.4, 0.3]))
def fraunhofer_pattern(phase):
    aperture = np.zeros(8, complex)
    aperture[2:6] = np.exp(1j * phase)
    far = np.fft.fftshift(np.fft.fft(aperture))
    return np.real(far * far.conj())


@case(0.7, 0.4)
def second_order_response(omega, zeta):
    s = 1j * omega
    h = 1 / (s * s + 2 * zeta * s + 1)
    return 20 * np.log10(abs(h)), np.degrees(np.angle(h)), h


@case(np.array([1.0, 0.4]))
def nyquist_margin(k):
    s = 1j * np.array([0.5, 1.0, 2.0])
    loop = k[0] * (1 + k[1] * s) / (s * (s + 1) * (s + 2))
    return np.min(np.abs(1 + loop))


@case(np.array([0.5, 0.1]), 0.8)
def jones_calculus(angles, retardance):
    state = np.array([1.0, 0.0], dtype=complex)
    for a in angles:
        c, s = np.cos(a), np.sin(a)
        rotation = np.array([[c, s], [-s, c]])
        plate = np.diag([np.exp(-0.5j * retardance), np.exp(0.5j * retardance)])
        state = rotation.T @ plate @ rotation @ state
    s0 = np.sum(np.abs(state) ** 2)
    return s0, 2 * (state[0] * state[1].conj()).real, 2 * (state[0] * state[1].conj()).imag


@case(1.2, 0.3)
def gaussian_beam_parameter(z, lens):
    q = complex(z, 1.0)
    q = 1 / (1 / q - 1 / lens)
    q += 0.5
    return (1 / q).real, -1 / (1 / q).imag


@case(0.8 + 0.1j, 1.3)
def debye_relaxation(epsilon, tau):
    omega = np.logspace(-1, 1, 4)
    permittivity = 1.5 + epsilon / (1 + 1j * omega * tau)
    n = np.sqrt(permittivity)
    return n.real, n.imag


@case(np.array([1.0, -0.2, 0.3]))
def helmholtz_ring_sources(strength):
    angles = 2 * np.pi * np.arange(3) / 3
    source = 0.5 * np.exp(1j * angles)
    field = 2.0 * np.exp(1j * np.linspace(0, 3, 4))
    r = np.abs(field[:, None] - source[None, :])
    return np.abs((np.exp(1j * 2.0 * r) / r) @ strength)


@case(np.array([0.3, 0.5 - 0.2j]))
def aerofoil_joukowski(p):
    zeta = p[1] + np.exp(1j * np.linspace(0.1, 5.0, 4)) * (1 + p[0])
    z = zeta + 1 / zeta
    velocity = (1 - 1 / (zeta - p[1]) ** 2) / (1 - 1 / zeta**2)
    return z, np.abs(velocity)
