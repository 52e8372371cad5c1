"""Programs of functions that write into arrays: every kind of write, and reads of what is overwritten later."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adpy.program import Unrecordable
from tests.program.harness import check, check_elsewhere, moved
from tests.reverse.programs import Program, inputs
from tests.reverse.test_aliasing import compiled

X = np.array([0.3, 1.2, -0.7, 0.9, 0.5, -1.1])
A = np.arange(12.0).reshape(3, 4) / 7 - 0.6
FUNCTIONS = {}


def on(*point):
    """Register a function with its point."""

    def register(function):
        FUNCTIONS[function.__name__] = (function, point)
        return function

    return register


@on(X)
def add_at(x):
    y = np.zeros(3)
    np.add.at(y, [0, 2, 0, 1, 2, 0], x * x)
    np.add.at(y, [1, 1], 2.0)
    np.add.at(y, [0, 1], x[0])
    np.subtract.at(y, [2, 2, 0], x[:3])
    return np.sin(y) * y


@on(A)
def add_at_rows(a):
    y = np.zeros((2, 4))
    np.add.at(y, [0, 1, 0], a**2)
    np.add.at(y, (slice(None), [1, 1]), a[:2, :2])
    np.add.at(y.T, [3, 3], a[0, :2])
    return y * y


@on(X)
def add_at_what_was_read(x):
    y = x * 2.0
    z = np.exp(y)
    np.add.at(y, [0, 0, 5], z[:3])
    w = y * y
    np.add.at(y, [1, 1], y[2:4])
    return w * y + z


@on(X)
def overlapping(x):
    y = x * 1.0
    z = y * y
    y[1:] += y[:-1]
    z += np.sin(y)
    y[:-1] = y[1:] * y[:-1]
    y[2:] -= y[:-2]
    y[::-1] = y
    y[:] = y[::-1] + z
    y += y
    y *= y
    return z * y


@on(X)
def spread_of_its_own_entry(x):
    y = x * x
    y[:] = y[2:3]
    y[1:4] += y[1:2].reshape(())
    y[...] = y[0:1].reshape(()) * y
    y[:] = y[3, ...]
    return y * x


@on(A)
def rows_spread(a):
    b = a * 1.0
    b[:] = b[1]
    b[:, 1:] = b[:, :1]
    c = b * b
    b[1:] += b[:-1]
    b.T[:] = b.T[::-1]
    return c + b


@on(X)
def read_before_and_after(x):
    y = x * 1.0
    early = y[[0, 1, 2]] * 2.0
    once = np.sin(early) * early
    y[[0, 1, 2]] = once
    return np.concatenate([np.cos(y[:3]) * y[:3], early])


@on(X, A)
def multiplied_twice(x, a):
    np.multiply.at(a, [0, 1, 0], x[1])
    return 4.0 / (3.0 + a[np.int64(0), :] * a[0])


@on(X)
def masks(x):
    y = x * 1.0
    z = np.exp(y)
    y[y > 0] = 2.0
    y[x < 0] *= z[x < 0]
    z[[True, False, True, False, True, False]] = y[:3]
    y[x > 0.4] = np.sin(x)[x > 0.4]
    y[y == 2.0] = x[0]
    return y * z


@on(A)
def masks_of_matrices(a):
    b = a.copy()
    c = b * b
    b[b > 0] = 0.5
    b[a < 0] -= c[a < 0]
    b[np.array([True, False, True])] += a[1]
    b[:, np.array([True, False, True, False])] = c[:, 1:3]
    return b * c


@on(A)
def mask_from_itself(a):
    b = a * 1.0
    b[b > 0] = b[::-1][b > 0]
    y = b.reshape(-1)
    y[y < 0] = y[: (y < 0).sum()]
    return b * b


@on(X)
def fancy(x):
    y = np.zeros(6)
    y[[0, 2, 4]] = x[[1, 1, 5]]
    y[[1, 1, 3]] = x[:3] * x[3:]
    y[np.array([[0, 5], [5, 0]])] = np.outer(x[:2], x[2:4])
    y[[2, 3]] += x[0]
    z = y * y
    y[[3, 4]] = y[[4, 3]]
    y[[0, -1]] = 1.0
    return y * z


@on(A)
def fancy_of_matrices(a):
    b = np.zeros((4, 3))
    b[[0, 2]] = a.T[[1, 3]]
    b[:, [0, 2]] = a.T[:, [2, 0]]
    b[[1, 3], [1, 1]] += a[0, :2]
    b[np.ix_([0, 1], [0, 2])] *= a[:2, :2]
    c = a.copy("F")
    c[:, [0, 1]] = c[:, [1, 0]]
    c[[0, 1]] = c[[1, 0]] * c[[0, 1]]
    return b.T * c


@on(A)
def extra_axes(a):
    y = np.zeros(4)
    y[:] = a[:1]
    y[1, ...] = a[:1, 0]
    y[[0, 2]] = a[None, :1, 2:]
    return y * y


@on(X)
def entries_before_and_after(x):
    y = x * x
    first, second = y[0], y[1]
    y[0] = second * y[2]
    third = y[0]
    y[1] = first + third
    y[1] += y[0]
    y[1] *= 2.0
    total = y.sum()
    y[0], y[5] = y[5], y[0]
    y[3] = total
    y[-1] = 0.5
    return y * first + third * y[1]


@on(A)
def entries_of_matrices(a):
    b = np.zeros((3, 4), order="F")
    for i in range(3):
        for j in range(4):
            b[i, j] = a[i, j] * b[i, j - 1] + a[2 - i, j]
    c = b.T
    c[1, 1] = c[0, 0] * b[2, 2]
    d = c.copy()
    d[0][1] = c[3, 2]
    b[0, 0] = d[1, 0] * 2
    return b * b + d.T[0, 1] * d.T


@on(np.asfortranarray(A))
def entries_of_another_order(a):
    b = a * 1.0
    c = b.ravel("K")
    c[3] = b[1, 2] * a[0, 1]
    b.T[2, 0] = c[5]
    return sum(b[i, j] * a[i, j] ** 2 for i in range(3) for j in range(4)) + c.sum()


@on(X)
def views_of_views(x):
    y = np.zeros((2, 3))
    z = y.reshape(-1)[::2]
    z[:] = x[:3]
    y.T[1] = x[3:5]
    w = y[:, ::-1][1:, :2]
    w[...] = z[:2] * y[0, :2]
    np.diagonal(y)
    y.flat[4] = x[5]
    y.reshape(3, 2)[1] += x[:2]
    return y @ y.T


@on(X)
def buffers_used_again(x):
    buffer, total = np.empty(6), 0.0
    for k in range(3):
        np.multiply(x, k + 1.0, out=buffer)
        np.sin(buffer, out=buffer)
        buffer *= x
        total = total + buffer.sum() * buffer[k]
    buffer[:] = 0.0
    buffer[1:3] = x[:2]
    return buffer * total


@on(X)
def written_arguments(x):
    y = x**2
    x[0] = y[1]
    x[1:3] *= 2.0
    x += y
    z = x.copy()
    x.fill(0.5)
    x[2] = z[0]
    return x * z


@on(X, A)
def written_views_of_arguments(x, a):
    rows = a[1:]
    rows[0] = x[:4]
    a.T[2] += x[:3]
    x.reshape(2, 3)[1] = rows[1, 1:]
    return (a**2).sum() * x


@on(X)
def memory_of_constants(x):
    table = np.arange(6.0)
    a = table * x
    table[2:] = x[2:]
    b = table * x
    table[:] = 1.0
    table[0] = 3.0
    return a * b * table


@on(np.array([[2.0, 0.3], [0.1, 1.5]]))
def several_results_written(a):
    q, r = np.linalg.qr(a)
    w, v = np.linalg.eigh(a + a.T)
    p = q * r
    q[0] = w
    r[:, 1] += v[0]
    v *= 2.0
    w[0] = r[1, 1]
    lu = np.linalg.inv(a)
    lu[0, 0] = w[1]
    s = np.linalg.svd(a)[1]
    s[1] = 1.0
    return p + q @ r + v * w + lu * s


@on(X)
def parts_of_arrays(x):
    left, right = np.split(x * x, 2)
    left[0] = right[1]
    right += left
    a, b, c = np.array_split(x * 2.0, 3)
    b[:] = a[::-1]
    c -= b
    return np.concatenate([left * right, a, b, c])


@on(X)
def functions_that_write(x):
    y = x * 1.0
    np.put(y, [0, 3], x[4:])
    np.place(y, y < 0, x[:2])
    np.putmask(y, x > 1, y * 2.0)
    z = y * y
    np.copyto(y, z, where=x > 0.4)
    np.clip(y, -0.5, 0.9, out=y)
    m = np.outer(y, z)
    np.fill_diagonal(m, x[1])
    np.put_along_axis(m, np.array([[2], [0], [1], [3], [2], [5]]), x[2], 1)
    np.cumsum(y, out=y)
    y.sort()
    np.negative(y, out=y, where=y > 0.3)
    return m @ y


@on(X)
def windows(x):
    y = x * 1.0
    w = np.lib.stride_tricks.sliding_window_view(y, 3)
    first = w.sum(1) * w[:, 0]
    y[2] = first[0]
    b = np.broadcast_to(y[:3], (2, 3))
    second = b * b
    y[0] = 4.0
    return first.sum() * w.mean(1) + (second * b).sum()


@on(X)
def kept_by_blocks(x):
    y = x * 1.0
    a = np.cumsum(y)
    b = np.prod(y)
    c = np.dot(y, y[::-1])
    d = np.convolve(y, y[:3])
    y *= 0.5
    y[1] = b
    a += 1.0
    return (a * y).sum() * d + b * c


@on(X, 0.7)
def a_long_loop(x, c):
    u = x * 1.0
    for k in range(25):
        v = u.copy()
        u[1:-1] += c * (v[2:] - 2 * v[1:-1] + v[:-2]) * 0.1
        u[0] = u[-2] * v[k % 6]
        u[-1] -= c * u[1] * u[2]
    return u


@on(A)
def sorted_in_place(a):
    b = a * a
    b.sort(axis=0)
    c = b[::-1] * 1.0
    c[:, 1:].sort(axis=1)
    b[1] = c[0]
    return b * c


@on(np.array(0.6))
def no_axes(x):
    y = np.zeros(())
    y[...] = x * x
    z = y + 0.0
    y += x
    y[()] = y * z
    z *= y
    return y * z + z[()]


@on(np.zeros((0, 3)), X)
def empty(a, x):
    a[:] = x[:3]
    a += 1.0
    y = x * 1.0
    y[0:0] = 3.0
    y[x > 100] = x[x > 100]
    np.add.at(y, np.zeros(0, int), x[:0])
    return a.sum() + y * y


@on(X)
def four_axes(x):
    a = np.zeros((2, 3, 2, 3))
    a[:, 0, ::-1, 1:] = np.outer(x[:2], x[2:4])[:, :, None]
    a[1, :, 0] += x.reshape(2, 3).T @ x.reshape(2, 3)
    b = a * a
    a[:, ::2, :, ::2] = a[:, 1:2, ::-1, 1:2] + x[0]
    a.swapaxes(0, 2)[...] = b
    return (a * b).sum(axis=(0, 3)) + a[0, 0, 1, 2]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_writes(name):
    function, point = FUNCTIONS[name]
    program = check(function, *point)
    check_elsewhere(program, *moved(point, 1e-6), rtol=1e-9)
    before = [np.copy(x) for x in point]
    check_elsewhere(program, *moved(point, 0.01), rtol=1e-9)
    assert all(np.array_equal(a, b) for a, b in zip(before, point, strict=True)), "the point itself was changed"


def nothing(*observed):
    """In the place of the observer of random programs."""


def check_program(seeds):
    """A random program, on the spot and nearby."""
    run, start = compiled(Program(seeds)), inputs()

    def function(x, y):
        return run(x, y, nothing)

    try:
        program = check(function, start["x"], start["y"])
    except Unrecordable as reason:
        raise AssertionError(f"not recorded: {reason}") from None
    check_elsewhere(program, *moved((start["x"], start["y"]), 1e-4), rtol=1e-9)


SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=16)
QUICK = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.filterwarnings("ignore")
@given(SEEDS)
@QUICK
def test_random_programs(seeds):
    check_program(seeds)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@given(SEEDS)
@LONG
def test_many_random_programs(seeds):
    check_program(seeds)
