"""Optimisation test functions, as their authors and the packages write them."""

import math

import numpy as np

from benchmarks.small.collection import example


@example([1.3, 0.7, 0.8, 1.9, 1.2])
def rosen(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)


@example([0.5, -0.3, 0.8])
def ackley(x):
    n = len(x)
    sum1 = np.sum(x**2)
    sum2 = np.sum(np.cos(2 * np.pi * x))
    return -20.0 * np.exp(-0.2 * np.sqrt(sum1 / n)) - np.exp(sum2 / n) + 20.0 + np.e


@example([0.5, -0.3, 0.8, 1.2])
def rastrigin(x):
    total = 10.0 * len(x)
    for xi in x:
        total += xi**2 - 10.0 * math.cos(2 * math.pi * xi)
    return total


@example([1.5, -2.3, 4.0])
def griewank(x):
    p = 1.0
    s = 0.0
    for i, xi in enumerate(x, start=1):
        s += xi**2
        p *= math.cos(xi / math.sqrt(i))
    return s / 4000 - p + 1


@example(0.8, 1.7)
def himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


@example([1.0, 2.5])
def beale(x):
    return (
        (1.5 - x[0] + x[0] * x[1]) ** 2 + (2.25 - x[0] + x[0] * x[1] ** 2) ** 2 + (2.625 - x[0] + x[0] * x[1] ** 3) ** 2
    )


@example([-3.0, -1.0, -3.0, -1.0])
def wood(x):
    return (
        100 * (x[1] - x[0] ** 2) ** 2
        + (1 - x[0]) ** 2
        + 90 * (x[3] - x[2] ** 2) ** 2
        + (1 - x[2]) ** 2
        + 10.1 * ((x[1] - 1) ** 2 + (x[3] - 1) ** 2)
        + 19.8 * (x[1] - 1) * (x[3] - 1)
    )


@example([3.0, -1.0, 0.4, 1.0])
def powell_singular(x):
    a, b, c, d = x
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


@example([0.3, 0.6, 0.8])
def hartmann3(x):
    alpha = np.array([1.0, 1.2, 3.0, 3.2])
    A = np.array([[3.0, 10, 30], [0.1, 10, 35], [3.0, 10, 30], [0.1, 10, 35]])
    P = 1e-4 * np.array([[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]])
    return -np.sum(alpha * np.exp(-np.sum(A * (x - P) ** 2, axis=1)))


@example(0.3, 0.4)
def goldstein_price(x, y):
    a = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    b = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return a * b


@example(2.0, 3.0)
def branin(x1, x2, a=1, b=5.1 / (4 * np.pi**2), c=5 / np.pi, r=6, s=10, t=1 / (8 * np.pi)):
    return a * (x2 - b * x1**2 + c * x1 - r) ** 2 + s * (1 - t) * np.cos(x1) + s


@example([0.4, 1.3, 2.2, 1.8, 0.9])
def michalewicz(x, m=10):
    i = np.arange(1, len(x) + 1)
    return -np.sum(np.sin(x) * np.sin(i * x**2 / np.pi) ** (2 * m))


@example([1.2, 0.4, 1.8, 0.7])
def levy(x):
    w = 1 + (x - 1) / 4
    tail = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
    middle = np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2))
    return np.sin(np.pi * w[0]) ** 2 + middle + tail


@example([0.3, 0.6, 1.1, -0.2, 0.5, 0.9])
def styblinski_tang(x):
    return 0.5 * sum(v**4 - 16 * v**2 + 5 * v for v in x)


@example([1.5, 2.0, 0.7, 1.2, 0.4])
def brown_almost_linear(x):
    n = len(x)
    total = (np.prod(x) - 1) ** 2
    for i in range(n - 1):
        total += (x[i] + np.sum(x) - (n + 1)) ** 2
    return total


@example([0.9, 0.2, 0.3])
def helical_valley(x):
    theta = math.atan2(x[1], x[0]) / (2 * math.pi)
    return 100 * ((x[2] - 10 * theta) ** 2 + (math.hypot(x[0], x[1]) - 1) ** 2) + x[2] ** 2
