"""The problems on lists of numbers, for tools that know no arrays; ``math`` stands for the tool's own."""

from benchmarks.problems.rosenbrock import rosenbrock
from benchmarks.problems.three_body import three_body

__all__ = ["lorenz", "rosenbrock", "three_body"]


def rhs(x, sigma, rho, beta):
    return [sigma * (x[1] - x[0]), x[0] * (rho - x[2]) - x[1], x[0] * x[1] - beta * x[2]]


def lorenz(p, h, steps):
    sigma, rho, beta = p[3], p[4], p[5]
    x = [p[0], p[1], p[2]]
    for _ in range(steps):
        k1 = rhs(x, sigma, rho, beta)
        k2 = rhs([x[i] + 0.5 * h * k1[i] for i in range(3)], sigma, rho, beta)
        k3 = rhs([x[i] + 0.5 * h * k2[i] for i in range(3)], sigma, rho, beta)
        k4 = rhs([x[i] + h * k3[i] for i in range(3)], sigma, rho, beta)
        x = [x[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) for i in range(3)]
    return x[0] ** 2 + x[1] ** 2 + x[2] ** 2
