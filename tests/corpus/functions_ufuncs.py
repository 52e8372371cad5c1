"""ufunc methods and keywords: reduce, accumulate, outer, at, out=, where=, dtype=."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7]])


@case(X)
def scattered_addition(x):
    y = np.zeros(3)
    np.add.at(y, [0, 1, 1, 2], x)
    return y**2


@case(X)
def scattered_subtraction_and_product(x):
    y = x.copy()
    np.subtract.at(y, [0, 0], x[1])
    np.multiply.at(y, np.array([2, 3]), x[:2])
    return y


@case(M)
def scattered_rows(m):
    out = np.zeros((4, 3))
    np.add.at(out, [3, 3], m)
    np.add.at(out, (np.array([0, 1]), np.array([2, 0])), m[:, 1])
    return out**2


@case(M)
def reductions_by_method(m):
    return (
        np.add.reduce(m, axis=0) * np.multiply.reduce(m, axis=0) + np.maximum.reduce(m) - np.minimum.reduce(m, axis=0)
    )


@case(X)
def accumulations_by_method(x):
    return np.add.accumulate(x) * np.multiply.accumulate(x) + np.minimum.accumulate(x)


@case(X)
def outer_by_method(x):
    return np.add.outer(x, x[:2]) * np.subtract.outer(x, x[2:]) + np.multiply.outer(x, [1.0, 2.0])


@case(X)
def segment_sums(x):
    return np.add.reduceat(x, [0, 2]) ** 2


@case(X)
def written_to_out(x):
    y = np.empty(4)
    np.multiply(x, x, out=y)
    np.sin(y, out=y)
    np.add(y, 1.0, y)
    return y


@case(X)
def out_into_a_slice(x):
    y = np.zeros((2, 4))
    np.exp(x, out=y[0])
    np.subtract(y[0], x, out=y[1, :])
    y[:, 1:] *= 2
    return y


@case(X)
def where_keyword(x):
    y = np.ones(4)
    np.sqrt(x, out=y, where=x > 0)
    np.log(y, out=y, where=y > 1)
    return y * x


@case(M)
def out_of_reductions(m):
    total = np.zeros(3)
    np.sum(m, axis=0, out=total)
    mean = np.empty(2)
    m.mean(axis=1, out=mean)
    np.cumsum(m[0], out=total)
    return total * mean[0]


@case(M)
def out_of_products(m):
    square = np.empty((2, 2))
    np.matmul(m, m.T, out=square)
    np.dot(m, m.T, out=square)
    return square**2


@case(X)
def keyword_arguments(x):
    return np.add(x, 1, dtype=np.float64) + np.clip(x, 0, 1, out=None) + np.sum(x, dtype=float)


@case(X)
def in_place_operators_with_arrays(x):
    y = np.ones(4)
    y += x
    y -= x**2
    y *= np.cos(x)
    y /= 1 + x**2
    y **= 2
    return y


@case(X)
def integer_operand(x):
    return np.multiply(x, np.arange(4)) + np.power(x, [0, 1, 2, 3]) + np.equal(x, 1.25) * x


@case(M)
def broadcast_with_out(m):
    out = np.zeros((2, 3))
    np.add(m, m[0], out=out)
    np.multiply(out, m[:, :1], out=out)
    return out


@case(X)
def clip_with_traced_limits(x):
    return np.clip(np.array([0.0, 0.5, 3.0]), x[0], x[3]) * x[1]


@case(X)
def float_power_and_square_methods(x):
    return np.float_power(np.abs(x), 1.5) + np.square(x) * np.conj(x) + x.conj() * x.real - x.imag


@case(M + 0.07)
def methods_of_arrays(m):
    a = m.clip(0, 1) + m.round(0) * m + m.cumsum(axis=1) - m.cumprod(axis=0)
    return a * m.ptp() if hasattr(m, "ptp") else a.repeat(2, axis=0).take([0, 3], axis=0) * m.dot(m.T).max()


@case(X)
def frompyfunc_over_elements(x):
    double = np.frompyfunc(lambda v: v * v + 1, 1, 1)
    return double(x).sum()
