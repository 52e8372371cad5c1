"""ODE steppers and PDE stencils."""

import numpy as np
from numpy import roll, zeros

from tests.corpus.registry import case

U = np.sin(np.linspace(0, 2 * np.pi, 12, endpoint=False)) + 0.1 * np.cos(np.arange(12.0) ** 2) + 1.5
FIELD = np.cos(np.arange(25.0)).reshape(5, 5)


def lorenz(state, sigma=10.0, rho=28.0, beta=8 / 3):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


@case(np.array([1.0, 1.2, 20.0]))
def lorenz_runge_kutta(state):
    h = 0.01
    for _ in range(10):
        k1 = lorenz(state)
        k2 = lorenz(state + h / 2 * k1)
        k3 = lorenz(state + h / 2 * k2)
        k4 = lorenz(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state


@case(np.array([0.5, 0.1]), 0.3)
def van_der_pol_butcher(y, mu):
    a = [[], [0.5], [0.0, 0.5], [0.0, 0.0, 1.0]]
    b = [1 / 6, 1 / 3, 1 / 3, 1 / 6]
    k = np.zeros((4, 2))
    for _ in range(5):
        for i in range(4):
            stage = y + 0.1 * sum((a[i][j] * k[j] for j in range(i)), np.zeros(2))
            k[i] = stage[1], mu * (1 - stage[0] ** 2) * stage[1] - stage[0]
        y = y + 0.1 * np.dot(b, k)
    return y


@case(np.array([1.0, 0.0]), 1.3)
def symplectic_leapfrog(phase, omega):
    q, p = phase
    energies = np.zeros(10)
    for n in range(10):
        p -= 0.05 * omega**2 * q
        q += 0.1 * p
        p -= 0.05 * omega**2 * q
        energies[n] = 0.5 * (p**2 + omega**2 * q**2)
    return energies.std() + q * p


@case(1.7)
def implicit_euler_with_newton(y):
    h = 0.2
    for _ in range(4):
        new = y
        for _ in range(8):
            new = new - (new - y + h * new**3) / (1 + 3 * h * new**2)
        y = new
    return y


@case(0.8)
def adaptive_steps(y):
    t, h = 0.0, 0.3
    while t < 1.0:
        h = min(h, 1.0 - t)
        k1 = -y * np.sin(t) - y**2
        k2 = -(y + h * k1) * np.sin(t + h) - (y + h * k1) ** 2
        if abs(h * (k2 - k1) / 2) < 1e-2:
            y = y + h * (k1 + k2) / 2
            t += h
            h *= 1.5
        else:
            h *= 0.5
    return y


@case(U)
def heat_equation_in_place(u0):
    u = u0.copy()
    for _ in range(8):
        u[1:-1] += 0.2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u[0], u[-1] = u[1], u[-2]
    return u


@case(U, 0.4)
def heat_by_roll(u, c):
    for _ in range(6):
        u = u + c * 0.5 * (roll(u, 1) - 2 * u + roll(u, -1))
    return u


@case(U)
def burgers_in_place(u):
    u = np.array(u)
    flux = np.zeros(u.size + 1)
    for _ in range(5):
        flux[1:-1] = 0.5 * u[:-1] ** 2
        flux[0] = flux[-2]
        flux[-1] = 0.5 * u[-1] ** 2
        u -= 0.05 * (flux[1:] - flux[:-1])
    return u


@case(U)
def upwind_with_limiter(u):
    for _ in range(3):
        ahead = np.roll(u, -1) - u
        behind = u - np.roll(u, 1)
        slope = np.where(ahead * behind > 0, np.where(np.abs(ahead) < np.abs(behind), ahead, behind), 0.0)
        face = u + 0.35 * slope
        u = u - 0.3 * (face - np.roll(face, 1))
    return u


@case(FIELD)
def wave_equation_two_dimensions(u):
    previous, current = u.copy(), u.copy()
    for _ in range(4):
        new = zeros((5, 5))
        new[1:-1, 1:-1] = (
            2 * current[1:-1, 1:-1]
            - previous[1:-1, 1:-1]
            + 0.2
            * (
                current[2:, 1:-1]
                + current[:-2, 1:-1]
                + current[1:-1, 2:]
                + current[1:-1, :-2]
                - 4 * current[1:-1, 1:-1]
            )
        )
        previous, current = current, new
    return current


@case(FIELD)
def gauss_seidel_poisson(rhs):
    u = np.zeros((5, 5))
    for _ in range(3):
        for i in range(1, 4):
            for j in range(1, 4):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - rhs[i, j])
    return u


@case(FIELD)
def gray_scott(v):
    u = np.ones_like(v)
    v = 0.25 + 0.1 * v

    def laplacian(a):
        return np.roll(a, 1, 0) + np.roll(a, -1, 0) + np.roll(a, 1, 1) + np.roll(a, -1, 1) - 4 * a

    for _ in range(3):
        reaction = u * v * v
        u += 0.16 * laplacian(u) - reaction + 0.035 * (1 - u)
        v += 0.08 * laplacian(v) + reaction - 0.1 * v
    return u - v


@case(U)
def crank_nicolson(u):
    n = len(u)
    laplacian = np.diag(-2.0 * np.ones(n)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    left, right = np.eye(n) - 0.1 * laplacian, np.eye(n) + 0.1 * laplacian
    for _ in range(3):
        u = np.linalg.solve(left, right @ u)
    return u


@case(np.array([[1.0, 1.1, 1.3, 1.0], [0.1, -0.2, 0.0, 0.3]]))
def shallow_water_lax_friedrichs(state):
    for _ in range(4):
        h, hu = state
        flux = np.array([hu, hu**2 / h + 0.5 * 9.81 * h**2])
        state = 0.5 * (np.roll(state, 1, axis=1) + np.roll(state, -1, axis=1)) - 0.02 * (
            np.roll(flux, -1, axis=1) - np.roll(flux, 1, axis=1)
        )
    return state


@case(np.array([[0.97, -0.243], [-0.5, 0.1], [0.2, 0.3]]), np.array([[0.1, 0.4], [0.4, 0.1], [-0.5, -0.5]]))
def three_body_leapfrog(x, v):
    x, v = x.copy(), v.copy()
    for _ in range(3):
        force = np.zeros_like(x)
        for i in range(3):
            for j in range(3):
                if i == j:
                    continue
                d = x[j] - x[i]
                force[i] += d / (d @ d + 0.01) ** 1.5
        v += 0.05 * force
        x += 0.05 * v
    return x


@case(np.array([0.5, 0.8, 0.2]))
def parameters_of_a_source(p):
    x = np.linspace(0, 1, 11)
    u = zeros(11)
    for _ in range(6):
        source = p[0] * np.exp(-((x - p[1]) ** 2) / p[2] ** 2)
        u[1:-1] = u[1:-1] + 0.3 * (u[2:] - 2 * u[1:-1] + u[:-2]) + 0.1 * source[1:-1]
    return ((u - 0.05) ** 2).sum()


@case(np.array([0.1, 0.4, 0.2, 0.6]))
def recurrent_network(w):
    hidden, loss = np.zeros(2), 0.0
    weights = w.reshape(2, 2)
    for x in (0.5, -0.3, 0.8):
        hidden = np.tanh(weights @ hidden + x)
        loss += (hidden.sum() - x) ** 2
    return loss
