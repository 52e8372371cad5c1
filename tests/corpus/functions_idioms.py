"""Python idioms: comprehensions, generators, zip, map, itertools, vectorize, apply_along_axis."""

import itertools

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7]])


@case(X)
def list_comprehension(x):
    return np.array([v**2 + i for i, v in enumerate(x) if v > 0])


@case(X)
def generator_with_state(x):
    def smoothed(values):
        level = 0.0
        for v in values:
            level = 0.7 * level + 0.3 * v
            yield level

    return sum(level**2 for level in smoothed(x))


@case(X)
def dictionary_comprehension(x):
    squares = {i: v * v for i, v in enumerate(x)}
    return squares[0] * squares[3] + sum(squares.values())


@case(X)
def zipped_and_mapped(x):
    return np.array([a * b for a, b in zip(x[:-1], x[1:])]) + np.array(list(map(np.tanh, x)))[:3]


@case(X)
def itertools_pairs(x):
    energy = 0.0
    for a, b in itertools.combinations(x, 2):
        energy += 1 / (1 + (a - b) ** 2)
    return energy + sum(itertools.accumulate(x, lambda s, v: 0.5 * s + v))


@case(X)
def vectorised_scalar_function(x):
    def f(v):
        return v**2 if v > 0 else -np.sin(v)

    return np.vectorize(f)(x)


@case(M)
def applied_along_axis(m):
    return np.apply_along_axis(lambda row: row / (2 + row.sum()), 1, m)


@case(M)
def applied_over_axes(m):
    return np.apply_over_axes(np.sum, m**2, [0]).ravel()


@case(M)
def nested_comprehension(m):
    return np.array([[v * (i + j) for j, v in enumerate(row)] for i, row in enumerate(m)])


@case(X)
def from_function(x):
    return np.fromfunction(lambda i, j: i * x[0] + j * x[1], (2, 3))


@case(X)
def reversed_and_sliced_list(x):
    values = list(x)
    values[1:3] = [values[2] * 2, values[1]]
    values.reverse()
    del values[0]
    return np.array(values + [values[0] ** 2])


@case(X)
def starred_expressions(x):
    head, *middle, last = x
    return np.array([head * last, *middle, *(2 * v for v in middle)])


@case(X)
def any_and_all_of_python(x):
    if any(v < 0 for v in x) and all(abs(v) < 3 for v in x):
        return sum(abs(v) for v in x)
    return x[0]


@case(X)
def minimum_by_key(x):
    nearest = min(x, key=lambda v: (v - 1) ** 2)
    return nearest**2 * max(x.tolist())


@case(X)
def while_with_pop(x):
    stack = list(x)
    total = 1.0
    while stack:
        total = total * 0.9 + stack.pop() ** 2
    return total


@case(X)
def string_dispatch(x):
    operations = {"sin": np.sin, "square": np.square, "double": lambda v: 2 * v}
    y = x
    for name in ("sin", "double", "square"):
        y = operations[name](y)
    last = "cos"
    return y + getattr(np, last)(x)


@case(X)
def matrix_from_generator(x):
    return np.stack([x * k for k in range(3)]) + np.vstack([np.roll(x, k) for k in range(3)])


@case(M)
def iterated_with_nditer_replacement(m):
    total = 0.0
    for value in m.flat:
        total += np.exp(value) / 3
    for row in m:
        for value in row:
            total -= value**2
    return total


@case(X)
def copy_module(x):
    import copy

    y = copy.copy(x)
    z = copy.deepcopy(x)
    y[0] = 0.0
    z *= 2
    return x * y + z


@case(X)
def divmod_abs_pow_builtins(x):
    whole, rest = divmod(x[1], 0.5)
    return abs(x[2]) + pow(x[0], 2) + whole * rest + sum(divmod(x[3], 1.0))
