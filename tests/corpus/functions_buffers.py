"""Preallocated buffers filled in loops, and lists turned into arrays."""

import numpy as np
from numpy import array, empty, linspace, ones, zeros

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])


@case(X)
def filled_element_by_element(x):
    y = zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] ** 2 - np.sin(x[i - 1])
    return y


@case(X)
def rosenbrock_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


@case(X)
def list_then_array(x):
    values = []
    for element in x:
        values.append(element * 2 + 1)
    values.append(7.0)
    return np.array(values)


@case(X)
def mixed_literal(x):
    return array([x[0], 2.0, np.exp(x[1]), -1, x[2] * x[3]])


@case(X)
def nested_literal(x):
    c, s = np.cos(x[0]), np.sin(x[0])
    rotation = array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return rotation @ x[1:]


@case(X)
def stacked_literal(x):
    return np.array([x, x**2, np.ones(4)]).sum(axis=0) + np.asarray([x, x])[1]


@case(X)
def empty_like_and_fill(x):
    y = np.empty_like(x)
    y.fill(0.5)
    y[1:3] = x[1:3] * x[0]
    return y


@case(X)
def full_of_a_traced_value(x):
    return np.full(3, x[0]) * np.full((3,), 2.0) + np.full_like(x[:3], x[1])


@case(X)
def matrix_filled_by_rows(x):
    n = len(x)
    a = zeros((n, n))
    for k in range(n):
        a[k, :] = x**k
    a[:, 0] += x
    return a


@case(X)
def hilbert_like(x):
    n = x.size
    h = empty((n, n))
    for i in range(n):
        for j in range(n):
            h[i][j] = 1.0 / (i + j + 1 + x[i] * x[j])
    return h.sum(0)


@case(1.5)
def table_of_powers(x):
    powers = ones(6)
    for k in range(1, 6):
        powers[k] = powers[k - 1] * x
    return powers


@case(X)
def three_point_average(x):
    padded = zeros(len(x) + 2)
    padded[1:-1] = x
    padded[0], padded[-1] = x[0], x[-1]
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


@case(X)
def history_of_states(x):
    history = np.zeros((5, 4))
    history[0] = x
    for n in range(4):
        history[n + 1] = history[n] - 0.1 * np.roll(history[n], 1) ** 2
    return history[-1] + history.mean(axis=0)


@case(X)
def double_buffering(x):
    old, new = x.copy(), np.empty_like(x)
    for _ in range(3):
        new[1:-1] = 0.5 * (old[:-2] + old[2:])
        new[0] = old[0] * 0.9
        new[-1] = old[-1]
        old, new = new, old
    return old


@case(X)
def accumulator_array(x):
    total = np.zeros(2)
    for k, value in enumerate(x):
        total += np.array([value, value**2]) * (k + 1)
    return total


@case(X)
def integer_buffer_stays_integer(x):
    counts = np.zeros(3, dtype=int)
    for value in x:
        counts[int(value > 0) + int(value > 1)] += 1
    return counts * x[:3]


@case(0.8)
def grid_from_linspace(a):
    grid = linspace(0, a, 7)
    return np.sin(grid) * grid


@case(0.3, 2.4)
def grids_with_traced_ends(a, b):
    return np.linspace(a, b, 5) ** 2 + np.geomspace(1 + a, 10 * b, 5) + np.logspace(a, b, 5)


@case(0.25)
def arange_with_traced_step(h):
    grid = np.arange(5) * h
    return np.exp(-grid) * np.arange(0.0, 2.5, 0.5)


@case(X)
def extended_list(x):
    rows = [x[:2] * 2]
    rows.extend([x[2:], [1.0, x[0]]])
    rows += [np.zeros(2)]
    return np.array(rows) ** 2


@case(X)
def ring_buffer(x):
    ring = np.zeros(3)
    out = []
    for n, value in enumerate(np.concatenate([x, x])):
        ring[n % 3] = value
        out.append(ring.mean() * value)
    return np.array(out)


@case(X)
def identity_plus_outer(x):
    a = np.eye(4)
    a += 0.1 * np.outer(x, x)
    a[0, 1:] = 0
    b = np.identity(4)
    b[2] = x
    return a @ b


@case(X)
def dynamic_programming(x):
    table = np.zeros((5, 5))
    for i in range(1, 5):
        for j in range(1, 5):
            cost = (x[i - 1] - x[4 - j] + 0.3) ** 2
            table[i, j] = cost + min(table[i - 1, j] + 0.9, table[i, j - 1] + 1.21, table[i - 1, j - 1])
    return table[4, 4]


@case(X)
def convolution_by_hand(x):
    kernel = np.array([0.2, 0.5, 0.3])
    out = np.zeros(len(x) + 2)
    for i, value in enumerate(x):
        out[i : i + 3] += value * kernel
    return out


@case(X)
def array_copy_keywords(x):
    a = np.array(x, copy=True)
    b = np.asarray(x, dtype=float)
    c = np.array(x, ndmin=2)
    d = np.atleast_1d(x[0])
    a[0] = 1.0
    return a * b * c[0] * d


@case(X)
def array_from_tuple_of_scalars(x):
    a, b, c, d = x
    position = np.array((a, b), float)
    velocity = np.asfarray((c, d)) if hasattr(np, "asfarray") else np.asarray((c, d), dtype=np.float64)
    return position * velocity


@case(X)
def fromiter_replacement(x):
    return np.fromiter([0.5, 1.5, 2.5, 3.5], dtype=float) * x
