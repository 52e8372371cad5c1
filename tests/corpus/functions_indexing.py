"""Indexing, views and in-place writes of every form."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.9])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7], [2.0, 0.1, 1.1]])


@case(X)
def squared_in_place(x):
    y = x.copy()
    y *= y
    y += 1.0
    y[1:] -= 0.5 * y[:-1]
    return y


@case(X)
def overwritten_elements(x):
    y = np.sin(x)
    y[0] = x[1] * x[2]
    y[-1] = 3.0
    y[2] += y[0]
    return y.sum()


@case(X)
def written_through_a_view(x):
    y = np.zeros(7)
    inner = y[1:-1]
    inner[:] = x
    inner[::2] *= 2
    return y * y[::-1]


@case(M)
def view_of_a_view(m):
    a = m.copy()
    row = a[1]
    tail = row[1:]
    tail *= 10
    a.T[0] += tail[0]
    return a


@case(M)
def diagonal_written(m):
    a = m @ m
    a[np.arange(3), np.arange(3)] = np.diag(m)
    np.fill_diagonal(a[:2, :2], 5.0)
    return a


@case(X)
def boolean_mask_assignment(x):
    y = x**2
    y[x < 0] = 0.0
    y[x > 1] -= x[x > 1]
    return y


@case(X)
def fancy_indices(x):
    order = [3, 1, 1, 0]
    picked = x[order]
    y = np.zeros_like(x)
    y[[0, 2, 4]] = picked[:3] * x[[4, 3, 2]]
    return y + x[np.array([-1, -2, -3, -4, -5])]


@case(X)
def repeated_indices_last_one_wins(x):
    y = np.zeros(3)
    y[[0, 1, 1]] = x[:3]
    y[[2, 2]] += x[3:]
    return y


@case(M)
def ellipsis_and_newaxis(m):
    cube = m[..., np.newaxis] * m[None, :, :]
    cube[..., 0] = 0
    return cube[1, ...].sum(axis=-1) + cube[:, 2, None, 1][:, 0]


@case(M)
def open_mesh(m):
    rows, columns = np.ix_([0, 2], [1, 2])
    block = m[rows, columns]
    out = m.copy()
    out[rows, columns] = block.T
    return out * m


@case(X)
def negative_steps(x):
    return x[::-1] * x[-1:-6:-1] + np.flip(x) * x[4::-1]


@case(M)
def triangle_copied(m):
    a = m.copy()
    i_lower = np.tril_indices(3, -1)
    a[i_lower] = a.T[i_lower]
    return a * np.triu(m)


@case(M)
def columns_swapped(m):
    a = m.copy()
    a[:, [0, 1]] = a[:, [1, 0]]
    a[[0, 2]] = a[[2, 0]]
    return a * m


@case(X)
def tuple_swap_in_loop(x):
    y = x.copy()
    for i in range(len(y) - 1):
        y[i], y[i + 1] = y[i + 1], y[i] * 0.5
    return y


@case(M)
def flat_iterator(m):
    a = np.zeros((3, 3))
    a.flat[::2] = m.flat[:5]
    a.flat[1] = m.flat[8] ** 2
    return a + m.ravel()[::-1].reshape(3, 3)


@case(M)
def reshaped_view_is_written(m):
    a = np.zeros(9)
    a.reshape(3, 3)[1:, 1:] = m[:2, :2] ** 2
    a.reshape(3, 3).T[0] = m[0]
    return a


@case(X)
def put_and_place(x):
    y = np.zeros(5)
    np.put(y, [0, 2], x[:2])
    np.place(y, np.array([False, True, False, True, False]), x[3:])
    np.putmask(y, y == 0, x * 2)
    return y * x


@case(X)
def copyto_where(x):
    y = x * 2
    np.copyto(y, x**2, where=x > 0.5)
    return y


@case(M)
def take_and_choose(m):
    a = np.take(m, [0, 2], axis=1)
    b = np.take_along_axis(m, np.argsort(m, axis=1), axis=1)
    c = np.choose([0, 2, 1], m)
    return a.sum() + b[:, 0] * c


@case(M)
def put_along_axis(m):
    a = m**2
    top = np.argmax(m, axis=1)[:, None]
    np.put_along_axis(a, top, -m[:, :1], axis=1)
    return a


@case(X)
def slice_objects(x):
    inner = slice(1, -1)
    y = np.empty(5)
    y[:] = x
    y[inner] = x[inner] - 0.5 * (x[:-2] + x[2:])
    return y


@case(M)
def augmented_on_a_row(m):
    a = m.copy()
    for i in range(1, 3):
        a[i] -= a[i - 1] * a[i, i - 1] / a[i - 1, i - 1]
        a[i, :i] = 0
    return np.diag(a)


@case(X)
def element_is_not_a_view(x):
    first = x[0]
    kept = first
    first -= 0.1 * x[1]
    total = x.sum()
    before = total
    total += first
    return kept * before + total * first


@case(X)
def zero_dimensional_array(x):
    s = np.zeros(())
    s += x[0]
    s[...] = s * x[1]
    alias = s
    alias *= 2
    return s + x[2]


@case(M)
def whole_row_assignment_broadcasts(m):
    a = np.ones((3, 3))
    a[:] = m[0]
    a[1] = m[2, 2]
    a[:, 2] *= m[:, 0]
    return a


@case(X)
def compress_extract_delete(x):
    keep = np.array([True, False, True, True, False])
    return np.concatenate([np.compress(keep, x), np.extract(~keep, x) ** 2, np.delete(x, 1), np.insert(x, 2, x[0] * 3)])


@case(X)
def nonzero_indices(x):
    y = x.copy()
    (negative,) = np.nonzero(x < 0)
    y[negative] = -y[negative]
    for i in np.flatnonzero(x > 1):
        y[i] **= 2
    return y


@case(M)
def ndindex_loop(m):
    out = np.empty_like(m)
    for i, j in np.ndindex(m.shape):
        out[i, j] = m[j, i] * (i + 1) - m[i, j] ** 2
    return out


@case(M)
def ndenumerate_loop(m):
    total = 0.0
    for (i, j), value in np.ndenumerate(m):
        total += value**2 * (i - j)
    return total
