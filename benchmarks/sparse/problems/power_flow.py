"""Optimal power flow with alternating current: balance at the buses and limits of the lines, on a made-up grid."""

import numpy as np

__all__ = ["constraints", "inputs", "lagrangian", "lagrangian_gradient", "lagrangian_inputs"]


def flows(angle, voltage, lines, admittance):
    """Active and reactive power into each line at both ends."""
    i, j = lines
    g, b, charging = admittance
    cosine, sine = np.cos(angle[i] - angle[j]), np.sin(angle[i] - angle[j])
    vi, vj = voltage[i], voltage[j]
    return (
        g * vi**2 - vi * vj * (g * cosine + b * sine),
        -(b + charging) * vi**2 - vi * vj * (g * sine - b * cosine),
        g * vj**2 - vi * vj * (g * cosine - b * sine),
        -(b + charging) * vj**2 + vi * vj * (g * sine + b * cosine),
    )


def constraints(x, lines, admittance, demand, units):
    """Imbalance of active and reactive power at each bus, squared apparent power at both ends of each line."""
    buses = demand.shape[1]
    angle, voltage, active, reactive = np.split(x, [buses, 2 * buses, 2 * buses + len(units)])
    i, j = lines
    p_from, q_from, p_to, q_to = flows(angle, voltage, lines, admittance)
    p, q = demand[0] * np.ones_like(angle), demand[1] * np.ones_like(angle)
    np.add.at(p, i, p_from)
    np.add.at(p, j, p_to)
    np.add.at(q, i, q_from)
    np.add.at(q, j, q_to)
    p[units] -= active
    q[units] -= reactive
    return np.concatenate([p, q, p_from**2 + q_from**2, p_to**2 + q_to**2])


def lagrangian(x, multipliers, cost, lines, admittance, demand, units):
    """Quadratic cost of the generation, and the constraints times their multipliers."""
    buses = demand.shape[1]
    active = x[2 * buses : 2 * buses + len(units)]
    return np.sum(cost * active**2) + multipliers @ constraints(x, lines, admittance, demand, units)


def lagrangian_gradient(x, multipliers, cost, lines, admittance, demand, units):
    """By the chain rule from the flows."""
    buses, (i, j), (g, b, charging) = demand.shape[1], lines, admittance
    angle, voltage, active, _ = np.split(x, [buses, 2 * buses, 2 * buses + len(units)])
    p, q, first, last = np.split(multipliers, [buses, 2 * buses, 2 * buses + len(i)])
    p_from, q_from, p_to, q_to = flows(angle, voltage, lines, admittance)
    to_p_from, to_q_from = p[i] + 2.0 * first * p_from, q[i] + 2.0 * first * q_from
    to_p_to, to_q_to = p[j] + 2.0 * last * p_to, q[j] + 2.0 * last * q_to
    vi, vj = voltage[i], voltage[j]
    cosine, sine = np.cos(angle[i] - angle[j]), np.sin(angle[i] - angle[j])
    product = (
        -to_p_from * (g * cosine + b * sine)
        - to_q_from * (g * sine - b * cosine)
        - to_p_to * (g * cosine - b * sine)
        + to_q_to * (g * sine + b * cosine)
    )
    turned = (
        -to_p_from * (b * cosine - g * sine)
        - to_q_from * (g * cosine + b * sine)
        + to_p_to * (g * sine + b * cosine)
        + to_q_to * (g * cosine - b * sine)
    )
    gradient = np.zeros_like(x)
    np.add.at(gradient, i, vi * vj * turned)
    np.add.at(gradient, j, -vi * vj * turned)
    np.add.at(gradient, buses + i, 2.0 * vi * (g * to_p_from - (b + charging) * to_q_from) + vj * product)
    np.add.at(gradient, buses + j, 2.0 * vj * (g * to_p_to - (b + charging) * to_q_to) + vi * product)
    gradient[2 * buses : 2 * buses + len(units)] = 2.0 * cost * active - p[units]
    gradient[2 * buses + len(units) :] = -q[units]
    return gradient


def inputs(buses):
    """A ring with chords of all lengths, one in ten buses a power plant."""
    rng = np.random.default_rng(14)
    chords = buses // 2
    start = np.concatenate([np.arange(buses), rng.integers(0, buses, chords)])
    reach = np.concatenate([np.ones(buses, int), 2 + (buses // 2 - 2) * rng.uniform(size=chords) ** 3]).astype(int)
    lines = np.stack([start, (start + reach) % buses])
    resistance, reactance = rng.uniform(0.005, 0.05, len(start)), rng.uniform(0.05, 0.3, len(start))
    square = resistance**2 + reactance**2
    admittance = np.stack([resistance / square, -reactance / square, rng.uniform(0.0, 0.05, len(start))])
    units = np.sort(rng.permutation(buses)[: buses // 10])
    x = np.concatenate(
        [0.1 * rng.normal(size=buses), rng.uniform(0.95, 1.05, buses), rng.uniform(0.0, 2.0, 2 * len(units))]
    )
    return x, lines, admittance, rng.uniform(0.0, 0.2, (2, buses)), units


def lagrangian_inputs(buses):
    x, lines, admittance, demand, units = inputs(buses)
    rng = np.random.default_rng(15)
    multipliers = rng.normal(size=2 * buses + 2 * lines.shape[1])
    return x, multipliers, rng.uniform(1.0, 2.0, len(units)), lines, admittance, demand, units
