"""The problems in CasADi, whose vectors are columns and whose matrices lie column by column."""

import casadi
import numpy as np

__all__ = ["REWRITES"]


def laplacian(u):
    n = u.size1()
    rows = casadi.vertcat(u[-1, :], u[: n - 1, :]) + casadi.vertcat(u[1:, :], u[0, :])
    return rows + casadi.horzcat(u[:, -1], u[:, : n - 1]) + casadi.horzcat(u[:, 1:], u[:, 0]) - 4.0 * u


def brusselator(y, alpha, forcing):
    """Transposed: it has the same stencil."""
    n = len(forcing)
    u, v = casadi.reshape(y[: n * n], n, n), casadi.reshape(y[n * n :], n, n)
    reaction = u**2 * v
    du = 1.0 + reaction - 4.4 * u + alpha * laplacian(u) + casadi.DM(forcing.T)
    dv = 3.4 * u - reaction + alpha * laplacian(v)
    return casadi.vertcat(casadi.vec(du), casadi.vec(dv))


def bratu(x, strength):
    n = round(x.numel() ** 0.5)
    u = casadi.reshape(x, n, n)
    row, column = casadi.DM.zeros(1, n), casadi.DM.zeros(n, 1)
    near = casadi.vertcat(row, u[: n - 1, :]) + casadi.vertcat(u[1:, :], row)
    near = near + casadi.horzcat(column, u[:, : n - 1]) + casadi.horzcat(u[:, 1:], column)
    return casadi.vec(4.0 * u - near - strength / (n + 1) ** 2 * casadi.exp(u))


def residuals(x, cameras, points, seen_by, seen, features):
    camera = [x[[int(k) for k in 11 * seen_by + i]] for i in range(11)]
    point = [x[[int(k) for k in 11 * cameras + 3 * seen + i]] for i in range(3)]
    weight = x[11 * cameras + 3 * points :]
    a, b, c = camera[0:3]
    px, py, pz = (point[i] - camera[3 + i] for i in range(3))
    angle = casadi.sqrt(a**2 + b**2 + c**2)
    cosine, sine = casadi.cos(angle), casadi.sin(angle)
    a, b, c = a / angle, b / angle, c / angle
    along = (a * px + b * py + c * pz) * (1.0 - cosine)
    sx = px * cosine + (b * pz - c * py) * sine + a * along
    sy = py * cosine + (c * px - a * pz) * sine + b * along
    sz = pz * cosine + (a * py - b * px) * sine + c * along
    x, y = sx / sz, sy / sz
    square = x**2 + y**2
    scale = camera[6] * (1.0 + square * (camera[9] + square * camera[10]))
    first = weight * (x * scale + camera[7] - features[:, 0])
    second = weight * (y * scale + camera[8] - features[:, 1])
    both = casadi.vec(casadi.horzcat(first, second).T)
    return casadi.vertcat(both, 1.0 - weight**2)


def chosen(x, index):
    return x[[int(i) for i in index]]


def flows(angle, voltage, lines, admittance):
    i, j = lines
    g, b, charging = admittance
    difference = chosen(angle, i) - chosen(angle, j)
    cosine, sine = casadi.cos(difference), casadi.sin(difference)
    vi, vj = chosen(voltage, i), chosen(voltage, j)
    return (
        g * vi**2 - vi * vj * (g * cosine + b * sine),
        -(b + charging) * vi**2 - vi * vj * (g * sine - b * cosine),
        g * vj**2 - vi * vj * (g * cosine - b * sine),
        -(b + charging) * vj**2 + vi * vj * (g * sine + b * cosine),
    )


def incidence(index, buses):
    """Sums at the buses."""
    pattern = casadi.Sparsity.triplet(buses, len(index), [int(i) for i in index], list(range(len(index))))
    return casadi.DM(pattern, 1.0)


def constraints(x, lines, admittance, demand, units):
    buses, (i, j) = demand.shape[1], lines
    angle, voltage = x[:buses], x[buses : 2 * buses]
    active, reactive = x[2 * buses : 2 * buses + len(units)], x[2 * buses + len(units) :]
    p_from, q_from, p_to, q_to = flows(angle, voltage, lines, admittance)
    first, last, plants = incidence(i, buses), incidence(j, buses), incidence(units, buses)
    p = demand[0] + first @ p_from + last @ p_to - plants @ active
    q = demand[1] + first @ q_from + last @ q_to - plants @ reactive
    return casadi.vertcat(p, q, p_from**2 + q_from**2, p_to**2 + q_to**2)


def lagrangian(x, multipliers, cost, lines, admittance, demand, units):
    buses = demand.shape[1]
    active = x[2 * buses : 2 * buses + len(units)]
    return casadi.sum1(cost * active**2) + casadi.dot(multipliers, constraints(x, lines, admittance, demand, units))


def rosenbrock(x):
    return casadi.sum1(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def arrowhead(x):
    return casadi.sum1((x[:-1] ** 2 + x[-1] ** 2) ** 2 - 4.0 * x[:-1] + 3.0)


def broydn7d(x):
    half = x.numel() // 2
    middle = (3.0 - 2.0 * x) * x + 1.0 - casadi.vertcat(0.0, x[:-1]) - 2.0 * casadi.vertcat(x[1:], 0.0)
    far = casadi.fabs(x[:half] + x[half:])
    return 1.0 + casadi.sum1(casadi.fabs(middle) ** (7 / 3)) + casadi.sum1(far ** (7 / 3))


def woods(x):
    a, b, c, d = (x[i::4] for i in range(4))
    return casadi.sum1(
        100.0 * (b - a**2) ** 2
        + (1.0 - a) ** 2
        + 90.0 * (d - c**2) ** 2
        + (1.0 - c) ** 2
        + 10.0 * (b + d - 2.0) ** 2
        + 0.1 * (b - d) ** 2
    )


def dixmaanf(x):
    n = x.numel()
    third = n // 3
    near = x[:-1] * (x[1:] + x[1:] ** 2)
    far = x[: 2 * third] * x[third:] ** 2
    return (
        1.0
        + casadi.sum1(np.arange(1, n + 1) / n * x**2)
        + 0.0625 * casadi.sum1(near**2)
        + 0.0625 * casadi.sum1(far**2)
        + 0.0625 * casadi.sum1(np.arange(1, third + 1) / n * x[:third] * x[2 * third :])
    )


def engval1(x):
    return casadi.sum1((x[:-1] ** 2 + x[1:] ** 2) ** 2 - 4.0 * x[:-1] + 3.0)


def tridia(x):
    return (x[0] - 1.0) ** 2 + casadi.sum1(np.arange(2, x.numel() + 1) * (2.0 * x[1:] - x[:-1]) ** 2)


def chnrosnb(x):
    scale = 16.0 * (np.sin(np.arange(2, x.numel() + 1)) + 1.5) ** 2
    return casadi.sum1(scale * (x[:-1] - x[1:] ** 2) ** 2 + (x[1:] - 1.0) ** 2)


REWRITES = {
    "arrowhead": arrowhead,
    "bratu": bratu,
    "broydn7d": broydn7d,
    "brusselator": brusselator,
    "brusselator_loop": brusselator,
    "bundle": residuals,
    "bundle_rows": residuals,
    "chnrosnb": chnrosnb,
    "dixmaanf": dixmaanf,
    "engval1": engval1,
    "power_flow": constraints,
    "power_flow_lagrangian": lagrangian,
    "rosenbrock": rosenbrock,
    "rosenbrock_loop": rosenbrock,
    "tridia": tridia,
    "woods": woods,
}
