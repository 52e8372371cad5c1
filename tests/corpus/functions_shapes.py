"""Structural functions: reshaping, joining, repeating and moving axes."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.9, -1.4])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7]])
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)


@case(X)
def reshaped(x):
    m = x.reshape(2, -1)
    return m.T @ m + np.reshape(x, (3, 2), order="F") @ np.resize(x, (2, 3))


@case(M)
def ravelled_both_ways(m):
    return m.ravel() * m.flatten(order="F") + np.ravel(m.T)


@case(CUBE)
def axes_moved(c):
    a = np.moveaxis(c, 0, -1)
    b = np.swapaxes(c, 0, 2)
    return a.sum(axis=0) * c.transpose(2, 1, 0)[:, 0, :] + np.rollaxis(b, 2).sum(axis=(1, 2))


@case(X)
def joined(x):
    a = np.concatenate([x[:3], x[3:] * 2, [1.0]])
    b = np.hstack((x[:2], 0.5, x[2:]))
    return a * b


@case(X)
def stacked(x):
    rows = np.vstack([x, x**2])
    columns = np.column_stack([x, np.ones(6)])
    return rows @ columns + np.stack([x[:2], x[2:4]], axis=1) + np.dstack([x[:2], x[4:]])[0]


@case(X)
def split_and_recombined(x):
    first, second, third = np.split(x, 3)
    left, right = np.array_split(x[:5], 2)
    return first * second + third * left[:2] - right


@case(M)
def split_matrix(m):
    top, bottom = np.vsplit(m, 2)
    a, b, c = np.hsplit(m, 3)
    return (top * bottom).sum() * a + b * c


@case(X)
def repeated_and_tiled(x):
    return np.repeat(x[:2], 3) * np.tile(x[2:4], 3) + np.repeat(x[:3], [1, 2, 3])


@case(M)
def rolled_and_flipped(m):
    return np.roll(m, 1, axis=1) * np.flipud(m) + np.fliplr(m) - np.rot90(np.rot90(m)) * np.flip(m, axis=0)


@case(X)
def padded(x):
    return np.pad(x, (1, 2), mode="edge") + np.pad(x, (2, 1)) * np.pad(x, (1, 2), mode="wrap")


@case(M)
def padded_reflecting(m):
    return np.pad(m, 1, mode="reflect") + np.pad(m, ((1, 1), (0, 2)), mode="constant", constant_values=2.0)


@case(X)
def diagonals(x):
    return np.diag(x[:2], k=1) + np.diagflat(x[3:]) * np.diag(np.diag(np.outer(x[:3], x[3:])))


@case(M)
def triangles(m):
    square = m.T @ m
    return np.triu(square) - np.tril(square, -1) * 2


@case(X)
def meshed(x):
    a, b = np.meshgrid(x[:3], x[3:])
    c, d = np.meshgrid(x[:3], x[3:], indexing="ij")
    return a * b**2 + c.T - d.T


@case(X)
def expanded_and_squeezed(x):
    a = np.expand_dims(x, 0)
    b = x[:, None]
    return np.squeeze(a[:, :2] * b[np.newaxis, :2, 0]) + a.squeeze()[:2]


@case(X)
def broadcast_explicitly(x):
    wide = np.broadcast_to(x[:3], (2, 3))
    a, b = np.broadcast_arrays(x[:2, None], x[3:])
    return wide * a - b


@case(M)
def block_matrix(m):
    return np.block([[m, np.zeros((2, 2))], [np.ones((2, 3)), m[:, :2] ** 2]])


@case(X)
def at_least(x):
    return np.atleast_2d(x) * np.atleast_1d(x[0]) + np.atleast_3d(x[:1])[0]


@case(X)
def sliding_windows(x):
    windows = np.lib.stride_tricks.sliding_window_view(x, 3)
    return windows.mean(axis=1) * windows.max(axis=-1)


@case(X)
def row_and_column_helpers(x):
    return np.r_[x[:2], 0.0, x[4:]] + np.c_[x[:5], x[1:]].sum(axis=1)


@case(X)
def appended(x):
    y = np.append(x, x[0] * 2)
    y = np.append(y, [3.0, 4.0])
    return np.append(y.reshape(3, 3), x[:3][None], axis=0)


@case(CUBE)
def transposed_method_chain(c):
    return c.T.swapaxes(0, 1).reshape(-1, 2).sum(0)


@case(X)
def trimmed_and_vandermonde(x):
    return np.vander(x[:3], 4) @ np.trim_zeros(np.array([0.0, 1.0, 2.0, 3.0, 4.0, 0.0]))


@case(M)
def iterating_rows_and_unpacking(m):
    (a, b, c), second = m
    return [a * row.sum() + b * second[0] - c for row in m]
