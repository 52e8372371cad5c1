"""Small simulations: a few time steps or iterations, then a number to optimise."""

import math

import numpy as np

from benchmarks.small.collection import example


@example([1.0, 0.0, 0.3, 1.5])
def van_der_pol(p):
    x, v, h, mu = p[0], p[1], 0.05, p[3]
    for _ in range(15):
        a = mu * (1 - x * x) * v - x + p[2]
        v += h * a
        x += h * v
    return x * x + v * v


@example([0.9, 0.1, 0.0, 1.0])
def kepler_orbit(state):
    """Velocity Verlet around a fixed sun; energy drift after 10 steps."""
    r, v = state[:2].copy(), state[2:].copy()
    dt = 0.05
    start = 0.5 * v @ v - 1 / np.sqrt(r @ r)
    a = -r / (r @ r) ** 1.5
    for _ in range(10):
        v += 0.5 * dt * a
        r += dt * v
        a = -r / (r @ r) ** 1.5
        v += 0.5 * dt * a
    return 0.5 * v @ v - 1 / np.sqrt(r @ r) - start + r[0]


@example([0.2, 0.5, 0.9, 0.4, 0.1, 0.0, 0.3, 0.7])
def heat_rod(u0):
    u = u0.copy()
    for _ in range(6):
        u[1:-1] += 0.25 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


@example([1.0, 0.8, 0.3, 0.1])
def two_compartment(k):
    """Pharmacokinetics by Heun's method; k holds dose, elimination, and the two exchanges."""
    central, peripheral = k[0], 0.0
    h = 0.2
    for _ in range(8):
        dc = -k[1] * central - k[2] * central + k[3] * peripheral
        dp = k[2] * central - k[3] * peripheral
        c1, p1 = central + h * dc, peripheral + h * dp
        dc1 = -k[1] * c1 - k[2] * c1 + k[3] * p1
        dp1 = k[2] * c1 - k[3] * p1
        central += h / 2 * (dc + dc1)
        peripheral += h / 2 * (dp + dp1)
    return central


@example([0.4, 0.2, 0.1, 0.98, 0.015, 0.005])
def seir_epidemic(p):
    beta, sigma, gamma = p[:3]
    y = np.zeros(4)
    y[0], y[1], y[2] = p[3], p[4], p[5]
    for _ in range(10):
        infection = beta * y[0] * y[2]
        dy = np.array([-infection, infection - sigma * y[1], sigma * y[1] - gamma * y[2], gamma * y[2]])
        y = y + 0.5 * dy
    return y[2]


@example([0.7, 0.3, 0.5, 0.1])
def kalman_likelihood(theta):
    """Scalar local-level model with drift."""
    a, q, r, drift = theta
    m, P = 0.0, 1.0
    ll = 0.0
    for y in (0.2, 0.5, 0.1, 0.7, 0.9, 0.6, 1.1, 1.3):
        m = a * m + drift
        P = a * a * P + q
        S = P + r
        innovation = y - m
        ll -= 0.5 * (math.log(2 * math.pi * S) + innovation**2 / S)
        K = P / S
        m += K * innovation
        P *= 1 - K
    return ll


@example([0.7, 0.4, 0.9, 0.2, 0.3])
def hidden_markov_forward(p):
    transition = np.array([[p[0], 1 - p[0]], [1 - p[1], p[1]]])
    emission = np.array([[p[2], 1 - p[2]], [p[3], 1 - p[3]]])
    alpha = np.array([p[4], 1 - p[4]])
    ll = 0.0
    for symbol in (0, 1, 1, 0, 0, 1):
        alpha = (alpha @ transition) * emission[:, symbol]
        scale = alpha.sum()
        ll += np.log(scale)
        alpha = alpha / scale
    return ll


@example([2.0, -1.0, 0.5, 0.3, 0.8])
def rocket_altitude(p):
    """Thrust profile by three coefficients, drag and mass flow; height after 20 steps."""
    thrust0, thrust1, thrust2, drag, flow = p
    height, speed, mass = 0.0, 0.0, 3.0
    for i in range(20):
        t = i / 20.0
        thrust = 40.0 + thrust0 + thrust1 * t + thrust2 * t * t
        acceleration = (thrust - drag * speed * abs(speed)) / mass - 9.81
        speed += 0.05 * acceleration
        height += 0.05 * speed
        mass -= 0.05 * flow
    return height


@example([1.5, 0.8, 0.2])
def newton_sqrt_iteration(p):
    """An implicit function by Newton's method: the root of x**3 + p0 x - p1 x**2 - p2."""
    x = 1.0
    while True:
        step = (x**3 + p[0] * x - p[1] * x**2 - p[2]) / (3 * x**2 + p[0] - 2 * p[1] * x)
        x -= step
        if abs(step) < 1e-13:
            return x


@example([0.5, 0.3, 0.8, 0.2, 0.9, 0.4])
def gradient_descent_unrolled(p):
    """Hyperparameters through ten steps of momentum."""
    a, b, c, d = p[:4]
    rate, momentum = 0.1 * p[4], p[5]
    x = y = vx = vy = 0.0
    for _ in range(10):
        gx = 2 * a * (x - 1) + b * y
        gy = 2 * c * (y + 0.5) + b * x + d
        vx = momentum * vx - rate * gx
        vy = momentum * vy - rate * gy
        x += vx
        y += vy
    return (x - 1) ** 2 + (y + 0.5) ** 2


@example([0.2, 0.4, 0.1, 0.5, 0.3])
def jacobi_iteration(f):
    """A Poisson problem on five points, twelve sweeps into a fresh array."""
    u = np.zeros(7)
    for _ in range(12):
        new = np.zeros(7)
        for i in range(1, 6):
            new[i] = 0.5 * (u[i - 1] + u[i + 1] + f[i - 1])
        u = new
    return u.sum()


@example([0.3, 1.1, 0.9, -0.2])
def lqr_cost(k):
    A = np.array([[1.0, 0.1], [0.0, 1.0]])
    B = np.array([0.0, 0.1])
    x = np.array([1.0, 0.0])
    cost = 0.0
    for _ in range(8):
        u = -(k[0] * x[0] + k[1] * x[1]) + k[2] * k[3]
        cost += x @ x + 0.1 * u * u
        x = A @ x + B * u
    return cost


@example([10.0, 9.0, 0.3, 1.0])
def projectile_to_target(p):
    vx, vy, drag, wind = p
    x, y = 0.0, 0.0
    path = 0.0
    while y >= 0.0:
        v = math.sqrt((vx - wind) ** 2 + vy**2)
        vx -= 0.05 * drag * v * (vx - wind)
        vy -= 0.05 * (9.81 + drag * v * vy)
        x += 0.05 * vx
        y += 0.05 * vy
        path += 0.05 * math.hypot(vx, vy)
    return (x - 8.0) ** 2 + 0.1 * path
