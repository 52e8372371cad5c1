"""Random programs of views, writes and arithmetic on arrays, against the complex step."""

import numpy as np
import pytest

import adpy

STEP = 1e-40
SHAPE = (3, 4)

# Statements on the arrays `a`, `b` (of SHAPE) and `row` (a view of one of them, one-dimensional), and a number `s`.
STATEMENTS = """
a[1] = b[0]
a[:, 2] = s
a[0, 0] = b[2, 3] * s
a[...] = b.T.reshape(3, 4)
a[::2, ::-1] *= b[::2]
a += b
a -= s * b
a *= b
a /= (2.0 + b * b)
b[b.real > 0.3] = 0.25
b[[0, 2], [1, 1]] = a[[2, 0], [3, 0]]
b[1, 1:3] += a[0, :2]
b[[0, 0, 1]] = a[[2, 1, 0]]
row = a[1]
row = a[:, 1][::-1]
row = b.ravel()[2:6]
row = a.T[2]
row = b.reshape(-1)[::3]
row[0] = s
row[1:] += row[:-1]
row *= 0.5
row[...] = row[::-1]
row[-1] = row[0] * row[1]
a = a.copy()
b = np.concatenate([a[:1], b[1:]])
b = np.where(a.real > b.real, a, b * b)
a = np.sin(a) * b
a = a + 1.5
a = 2.0 - a
a = np.roll(b, 1, axis=1)
a = np.swapaxes(b.reshape(4, 3), 0, 1).copy()
s = a[0, 1] * s + b.sum()
s = row[1] - row[0] * 0.5
s = np.exp(-s * s)
s = a.mean()
s = (a @ b.T)[1, 2]
b = np.outer(a[:, 0], b[0])
a = np.tile(row[:2], (3, 2)) * s
b.flat[3] = s
np.fill_diagonal(b, row[0])
a[1:, 1:] = np.diff(b, axis=0)[:, 1:]
b = np.asfortranarray(b)
b.fill(0.5)
b, a = a, b
""".strip().splitlines()


def program(rng: np.random.Generator, length: int):
    """A function of a (3, 4) array: random statements, ending in everything they left behind."""
    lines = rng.choice(STATEMENTS, length)
    body = "\n    ".join(
        ["a = x * 1.0", "b = np.zeros((3, 4), x.dtype)", "b[...] = np.cos(x)", "row = b[0]", "s = x[0, 0]", *lines]
    )
    source = f"def f(x):\n    {body}\n    return np.concatenate([a.ravel(), b.ravel(), row.ravel(), np.array([s])])"
    space = {"np": np}
    exec(source, space)
    return space["f"], source


def by_complex_step(function, x, v):
    result = function(x + 1j * STEP * v)
    return result.real, result.imag / STEP


@pytest.mark.parametrize("seed", range(150))
def test_program(seed):
    rng = np.random.default_rng(seed)
    function, source = program(rng, 12)
    x, v = rng.uniform(0.2, 0.9, (2, *SHAPE))
    with np.errstate(all="ignore"):
        y, y_dot = by_complex_step(function, x, v)
        if not np.isfinite(y_dot).all() or np.max(np.abs(y_dot)) > 1e8:
            pytest.skip("overflows")
        value, tangent = adpy.jvp(function, x, v)
        columns = adpy.jacobian(function, mode="forward")(x)
    scale = 1e-11 * max(1.0, np.max(np.abs(y_dot)))
    np.testing.assert_allclose(value, y, rtol=1e-12, atol=scale, err_msg=source)
    np.testing.assert_allclose(tangent, y_dot, rtol=1e-9, atol=scale, err_msg=source)
    np.testing.assert_allclose(np.sum(columns * v, axis=(1, 2)), y_dot, rtol=1e-9, atol=12 * scale, err_msg=source)


@pytest.mark.parametrize("seed", [*range(1000, 1030), 203, 260, 336, 373])
def test_second_derivatives_of_a_program(seed):
    """Forward over reverse and reverse over forward, against extrapolated differences of the gradient."""
    rng = np.random.default_rng(seed)
    function, source = program(rng, 8)
    x, v = rng.uniform(0.2, 0.9, (2, *SHAPE))

    def scalar(x):
        return np.sum(np.sin(function(x)))

    gradient = adpy.grad(scalar)

    def difference(h):
        return (gradient(x + h * v) - gradient(x - h * v)) / (2 * h)

    with np.errstate(all="ignore"):
        expected = (4 * difference(5e-5) - difference(1e-4)) / 3
        if not np.isfinite(expected).all() or np.max(np.abs(expected)) > 1e4:
            pytest.skip("overflows")
        over_reverse = adpy.jvp(gradient, x, v)[1]
        over_forward = adpy.grad(lambda x: adpy.jvp(scalar, x, v)[1])(x)
    scale = max(1.0, np.max(np.abs(expected)))
    np.testing.assert_allclose(over_reverse, expected, atol=1e-6 * scale, err_msg=source)
    np.testing.assert_allclose(over_forward, over_reverse, atol=1e-11 * scale, err_msg=source)
