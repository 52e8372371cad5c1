"""Partially separable functions, most of them after CUTEst (Gould, Orban & Toint 2015), and their gradients."""

import numpy as np

__all__ = [
    "arrowhead",
    "arrowhead_gradient",
    "broydn7d",
    "broydn7d_gradient",
    "chnrosnb",
    "chnrosnb_gradient",
    "dixmaanf",
    "dixmaanf_gradient",
    "engval1",
    "engval1_gradient",
    "point",
    "rosenbrock",
    "rosenbrock_gradient",
    "rosenbrock_loop",
    "tridia",
    "tridia_gradient",
    "woods",
    "woods_gradient",
]


def point(n):
    return (np.random.default_rng(1).uniform(0.5, 1.5, n),)


def rosenbrock(x):
    """Chained."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    inner = 200.0 * (x[1:] - x[:-1] ** 2)
    g = np.zeros_like(x)
    g[1:] += inner
    g[:-1] -= 2.0 * inner * x[:-1] + 2.0 * (1.0 - x[:-1])
    return g


def rosenbrock_loop(x):
    """The same, term by term."""
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def arrowhead(x):
    """ARWHEAD."""
    return np.sum((x[:-1] ** 2 + x[-1] ** 2) ** 2 - 4.0 * x[:-1] + 3.0)


def arrowhead_gradient(x):
    inner = 4.0 * (x[:-1] ** 2 + x[-1] ** 2)
    return np.concatenate([inner * x[:-1] - 4.0, [np.sum(inner) * x[-1]]])


def broydn7d(x):
    """BROYDN7D."""
    half = len(x) // 2
    middle = (3.0 - 2.0 * x) * x + 1.0
    middle[1:] -= x[:-1]
    middle[:-1] -= 2.0 * x[1:]
    return 1.0 + np.sum(np.abs(middle) ** (7 / 3)) + np.sum(np.abs(x[:half] + x[half:]) ** (7 / 3))


def broydn7d_gradient(x):
    half = len(x) // 2
    middle = (3.0 - 2.0 * x) * x + 1.0
    middle[1:] -= x[:-1]
    middle[:-1] -= 2.0 * x[1:]
    slope, far = power_slope(middle), power_slope(x[:half] + x[half:])
    g = slope * (3.0 - 4.0 * x)
    g[:-1] -= slope[1:]
    g[1:] -= 2.0 * slope[:-1]
    return g + np.concatenate([far, far])


def power_slope(z):
    """Slope of the absolute value to the power 7/3."""
    sign = np.sign(z.real)
    return 7 / 3 * sign * (sign * z) ** (4 / 3)


def woods(x):
    """WOODS."""
    a, b, c, d = x.reshape(-1, 4).T
    return np.sum(
        100.0 * (b - a**2) ** 2
        + (1.0 - a) ** 2
        + 90.0 * (d - c**2) ** 2
        + (1.0 - c) ** 2
        + 10.0 * (b + d - 2.0) ** 2
        + 0.1 * (b - d) ** 2
    )


def woods_gradient(x):
    a, b, c, d = x.reshape(-1, 4).T
    first, second = 200.0 * (b - a**2), 180.0 * (d - c**2)
    both, apart = 20.0 * (b + d - 2.0), 0.2 * (b - d)
    columns = [
        -2.0 * a * first - 2.0 * (1.0 - a),
        first + both + apart,
        -2.0 * c * second - 2.0 * (1.0 - c),
        second + both - apart,
    ]
    return np.stack(columns, axis=1).ravel()


def dixmaanf(x):
    """DIXMAANF."""
    third = len(x) // 3
    near = x[:-1] * (x[1:] + x[1:] ** 2)
    far = x[: 2 * third] * x[third:] ** 2
    return (
        1.0
        + np.sum(np.arange(1, len(x) + 1) / len(x) * x**2)
        + 0.0625 * np.sum(near**2)
        + 0.0625 * np.sum(far**2)
        + 0.0625 * np.sum(np.arange(1, third + 1) / len(x) * x[:third] * x[2 * third :])
    )


def dixmaanf_gradient(x):
    third = len(x) // 3
    step = x[1:] + x[1:] ** 2
    far = 0.125 * x[: 2 * third] * x[third:] ** 2
    share = 0.0625 * np.arange(1, third + 1) / len(x)
    g = 2.0 * np.arange(1, len(x) + 1) / len(x) * x
    g[:-1] += 0.125 * x[:-1] * step**2
    g[1:] += 0.125 * x[:-1] ** 2 * step * (1.0 + 2.0 * x[1:])
    g[: 2 * third] += far * x[third:] ** 2
    g[third:] += 2.0 * far * x[: 2 * third] * x[third:]
    g[:third] += share * x[2 * third :]
    g[2 * third :] += share * x[:third]
    return g


def engval1(x):
    """ENGVAL1."""
    return np.sum((x[:-1] ** 2 + x[1:] ** 2) ** 2) + np.sum(-4.0 * x[:-1] + 3.0)


def engval1_gradient(x):
    inner = 4.0 * (x[:-1] ** 2 + x[1:] ** 2)
    g = np.zeros_like(x)
    g[:-1] += inner * x[:-1] - 4.0
    g[1:] += inner * x[1:]
    return g


def tridia(x):
    """TRIDIA: quadratic, so that the Hessian is constant."""
    return (x[0] - 1.0) ** 2 + np.sum(np.arange(2, len(x) + 1) * (2.0 * x[1:] - x[:-1]) ** 2)


def tridia_gradient(x):
    inner = 2.0 * np.arange(2, len(x) + 1) * (2.0 * x[1:] - x[:-1])
    g = np.zeros_like(x)
    g[0] = 2.0 * (x[0] - 1.0)
    g[1:] += 2.0 * inner
    g[:-1] -= inner
    return g


def chnrosnb(x):
    """CHNRSNBM."""
    scale = 16.0 * (np.sin(np.arange(2, len(x) + 1)) + 1.5) ** 2
    return np.sum(scale * (x[:-1] - x[1:] ** 2) ** 2 + (x[1:] - 1.0) ** 2)


def chnrosnb_gradient(x):
    inner = 32.0 * (np.sin(np.arange(2, len(x) + 1)) + 1.5) ** 2 * (x[:-1] - x[1:] ** 2)
    g = np.zeros_like(x)
    g[:-1] += inner
    g[1:] += 2.0 * (x[1:] - 1.0) - 2.0 * inner * x[1:]
    return g
