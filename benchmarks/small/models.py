"""Models of several fields on up to ten inputs: force fields, kinematics, networks, positioning, kernels."""

import math

import numpy as np

from benchmarks.small.collection import example


@example([0.0, 0.0, 0.0, 0.96, 0.05, 0.0, -0.22, 0.91, 0.1])
def water_force_field(x):
    o, h1, h2 = x[0:3], x[3:6], x[6:9]
    d1, d2 = h1 - o, h2 - o
    r1, r2 = np.sqrt(np.sum(d1**2)), np.sqrt(np.sum(d2**2))
    angle = np.arccos(np.dot(d1, d2) / (r1 * r2))
    return 450.0 * ((r1 - 0.9572) ** 2 + (r2 - 0.9572) ** 2) + 55.0 * (angle - 1.824) ** 2


@example([0.1, 0.0, 0.2, 1.4, 0.1, 0.0, 1.9, 1.3, 0.1])
def dihedral_like_energy(x):
    p = np.reshape(x, (3, 3))
    b1, b2 = p[1] - p[0], p[2] - p[1]
    n = np.cross(b1, b2)
    phi = math.atan2(n[2], n[1])
    return 0.5 * 2.9 * (1 + math.cos(3 * phi)) + 0.1 * np.linalg.norm(b1) ** 2


@example([0.3, -0.5, 0.8, 0.2])
def forward_kinematics(q):
    """Four revolute joints by Denavit-Hartenberg matrices; squared distance of the tip from a goal."""
    pose = np.eye(4)
    for angle, (a, d, alpha) in zip(q, ((0.0, 0.3, 1.57), (0.5, 0.0, 0.0), (0.4, 0.0, 1.57), (0.0, 0.2, 0.0))):
        ct, st, ca, sa = np.cos(angle), np.sin(angle), math.cos(alpha), math.sin(alpha)
        pose = pose @ np.array(
            [
                [ct, -st * ca, st * sa, a * ct],
                [st, ct * ca, -ct * sa, a * st],
                [0.0, sa, ca, d],
                [0.0, 0.0, 0.0, 1.0],
            ]
        )
    return np.sum((pose[:3, 3] - np.array([0.6, 0.2, 0.5])) ** 2)


@example([1.0, 2.0, 0.5, 0.1])
def gps_position(p):
    satellites = ((15.0, 5.0, 20.0), (-10.0, 12.0, 18.0), (3.0, -14.0, 21.0), (8.0, 9.0, 24.0), (-6.0, -7.0, 22.0))
    ranges = (24.2, 23.6, 26.0, 25.6, 25.4)
    cost = 0.0
    for (sx, sy, sz), measured in zip(satellites, ranges):
        distance = math.sqrt((p[0] - sx) ** 2 + (p[1] - sy) ** 2 + (p[2] - sz) ** 2)
        cost += (distance + p[3] - measured) ** 2
    return cost


@example([1.2, 0.8, 0.5, 1.1, 0.3])
def pipe_network_residual(q):
    """Loop equations of a small water network, squared."""
    k = [4.0, 6.0, 5.0, 3.0, 7.0]
    head = [ki * qi * abs(qi) ** 0.852 for ki, qi in zip(k, q)]
    loop1 = head[0] + head[1] - head[2]
    loop2 = head[2] + head[3] - head[4]
    node = q[0] - q[1] - q[3] + 0.4
    return loop1**2 + loop2**2 + node**2


@example([1.0, 0.05, 0.98, -0.1, 1.02, 0.03])
def power_flow_mismatch(x):
    """Three buses in polar form: voltages and angles to squared mismatch."""
    v, theta = x[0::2], x[1::2]
    G = np.array([[2.0, -1.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, -1.0, 2.0]])
    B = np.array([[-8.0, 4.0, 4.0], [4.0, -8.0, 4.0], [4.0, 4.0, -8.0]])
    total = 0.0
    for i in range(3):
        p = 0.0
        for j in range(3):
            d = theta[i] - theta[j]
            p += v[i] * v[j] * (G[i, j] * np.cos(d) + B[i, j] * np.sin(d))
        total += (p - (0.5, -0.3, -0.2)[i]) ** 2
    return total


@example([0.3, 0.5, 0.9, 1.4, 0.2])
def rbf_interpolation(w):
    centres = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    x = np.linspace(0.1, 0.9, 6)
    phi = np.exp(-(((x[:, None] - centres) / 0.3) ** 2))
    return np.mean((phi @ w - np.sin(3 * x)) ** 2)


@example([0.5, 1.2, 0.4, 0.9, 0.3])
def cubic_spline_energy(y):
    """Bending energy of the natural cubic spline through five points: a tridiagonal solve."""
    h = 0.25
    A = np.diag(np.full(3, 4.0)) + np.diag(np.ones(2), 1) + np.diag(np.ones(2), -1)
    rhs = 6 / h**2 * (y[2:] - 2 * y[1:-1] + y[:-2])
    m = np.linalg.solve(A, rhs)
    return h / 3 * np.sum(m**2)


@example([0.2, -0.1, 0.4, 0.3, 0.1, -0.2])
def polynomial_root_cost(c):
    """Horner's rule on several points, penalised coefficients."""
    total = 0.0
    for x in (-1.0, -0.5, 0.0, 0.5, 1.0):
        value = 0.0
        for coefficient in c:
            value = value * x + coefficient
        total += value * value
    return total + 0.01 * sum(ci * ci for ci in c)


@example([0.4, 0.3, 0.2, 0.1], [1.0, 0.6, 1.4, 0.8])
def wasserstein_1d(p, q):
    p = p / np.sum(p)
    q = q / np.sum(q)
    return np.sum(np.sqrt((np.cumsum(p) - np.cumsum(q)) ** 2 + 1e-6))


@example([0.5, 0.2, 0.3, 0.9])
def sinkhorn_cost(x):
    cost = (x[:, None] - np.array([0.1, 0.6, 0.8])[None, :]) ** 2
    K = np.exp(-cost / 0.2)
    u = np.ones(4) / 4
    for _ in range(5):
        v = (np.ones(3) / 3) / (K.T @ u)
        u = (np.ones(4) / 4) / (K @ v)
    return np.sum(u[:, None] * K * v[None, :] * cost)


@example([0.6, 0.4, 0.3, 0.2, 0.8])
def fuzzy_controller(p):
    """Gaussian memberships, weighted by centre of gravity."""
    numerator = denominator = 0.0
    for k, centre in enumerate((-1.0, -0.5, 0.0, 0.5, 1.0)):
        weight = math.exp(-((0.2 - centre) ** 2) / (2 * p[k] ** 2))
        numerator += weight * centre
        denominator += weight
    return numerator / denominator


@example([3.0, 1.5, 2.0, 2.5, 1.0, 0.7])
def layered_film_reflectance(n):
    """Transfer matrices of a stack of dielectric layers at normal incidence: real arithmetic on 2 × 2."""
    m11, m12, m21, m22 = 1.0, 0.0, 0.0, 1.0
    for index in n:
        phase = 2 * math.pi * 0.1 * index
        c, s = math.cos(phase), math.sin(phase)
        m11, m12 = m11 * c - m12 * index * s, m11 * s / index + m12 * c
        m21, m22 = m21 * c + m22 * index * s, m22 * c - m21 * s / index
    a, b = m11 + 1.5 * m22, 1.5 * m12 + m21
    return ((m11 - 1.5 * m22) ** 2 + (1.5 * m12 - m21) ** 2) / (a * a + b * b)


@example([0.1, 0.4, 0.3, 0.2, 0.5, 0.6])
def graph_layout_stress(x):
    positions = x.reshape(3, 2)
    stress = 0.0
    for i in range(3):
        for j in range(i + 1, 3):
            d = np.linalg.norm(positions[i] - positions[j])
            stress += (d - 1.0) ** 2
    return stress


@example([0.5, 0.8, 1.2, 0.4])
def queue_waiting_time(rates):
    """Mean wait in an M/M/4 queue fed by four streams."""
    arrival = np.sum(rates)
    load = arrival / 1.0
    terms = sum(load**k / math.factorial(k) for k in range(4))
    last = load**4 / math.factorial(4) * 4 / (4 - load)
    return last / (terms + last) / (4 - arrival)


@example([50.0, 50.0, 80.0], [0.6, 0.4])
def cobb_douglas_utility(goods, weights):
    value = 1.0
    shares = np.array([weights[0], weights[1], 1 - weights[0] - 0.5 * weights[1]])
    for x, a in zip(goods, shares):
        value *= x**a
    return value
