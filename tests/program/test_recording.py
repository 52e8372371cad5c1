"""What is returned, long loops, and what a recording does not do."""

import numpy as np
import pytest

import adpy
from adpy.errors import TracedValueError
from adpy.program import Unrecordable
from tests.program.harness import check, check_elsewhere, record

X = np.array([0.3, 1.2, -0.7, 0.9])


def everything(x):
    y = x * x
    z = y[1:]
    first = y[0]
    y[0] = x[3]
    return {"input": x, "array": y, "view": z, "entry": first, "again": y, "number": 2.0, "late": y[0], "text": "text"}


def views_of_what_is_written(x):
    y = np.zeros((2, 4))
    row, column = y[0], y[:, 1]
    y[0] = x
    y[1] = row * 2.0
    return row, column, y.T, y.reshape(-1)[2:6], x[::-1], x[1:2].reshape(())


@pytest.mark.parametrize("function", [everything, views_of_what_is_written])
def test_results(function):
    check_elsewhere(check(function, X), X * 1.1)


def test_trees_of_arguments():
    def function(p, q):
        return p["a"] * q[0] + p["b"][1] * np.sum(q[1]) + p["name"]

    check(function, {"a": X, "b": [1.5, 0.5], "name": 3}, (np.float64(0.7), X[:2]))


def test_results_that_do_not_depend_on_the_input():
    program = record(lambda x: (np.zeros(3), 1.0, np.floor(2.5), x.shape[0]), X)
    assert not any(program.active)


def test_longer_than_a_chunk_of_the_stream():
    def function(x, n):
        s, y = x[0], x * 1.0
        for k in range(n):
            s = s + y[k % 4] * 1e-5 - s * 1e-6
            if k % 9000 == 0:
                y = y * y + s
                y[1] = s * s
        return s, y

    assert check_elsewhere(check(lambda x: function(x, 30000), X, second=False), X * 0.99)


def test_decisions_are_noticed():
    def function(x):
        return x * 2.0 if x > 0 else x**2

    program = record(function, 0.5)
    assert check_elsewhere(program, 0.7)
    assert not check_elsewhere(program, -0.7)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[x > 0.5].sum() + x.sum(),
        lambda x: np.where(x > 0.5, x, 0.0),
        lambda x: x[np.argmax(x)] * x,
        lambda x: x * int(x[1]),
        lambda x: np.floor(x[1] * 2) * x + np.searchsorted(np.array([0.0, 1.0]), x[0]),
        lambda x: sum(v for v in x if v > 0.5),
    ],
)
def test_decisions_from_values(function):
    """Wherever the recording is accepted, it is right."""
    program = check(function, X)
    rng = np.random.default_rng(0)
    taken = [check_elsewhere(program, X + scale * rng.normal(size=4)) for scale in [1e-9] * 5 + [0.5] * 25]
    assert all(taken[:5])


def test_other_dtypes_are_not_recorded():
    for x in (X.astype(np.float32), X.astype(complex), np.float32(0.5)):
        with pytest.raises(Unrecordable):
            record(lambda x: x * x, x)
    for function in (
        lambda x: x.astype(np.float32) * x,
        lambda x: np.sqrt(x + 0j).real,
        lambda x: x * np.longdouble(2),
    ):
        with pytest.raises(Unrecordable):
            record(function, X)


def test_unrecordable_functions_have_their_derivatives():
    def function(x):
        return np.sum(np.abs(np.fft.fft(x)) ** 2 * np.arange(4.0))

    v = np.array([1.0, -0.5, 0.2, 0.3])
    _, expected = adpy.jvp(adpy.grad(function), (X,), (v,))
    np.testing.assert_allclose(adpy.hvp(function)(X, v), expected, rtol=1e-12)
    np.testing.assert_allclose(adpy.hessian(function)(X) @ v, expected, rtol=1e-12)


def test_errors_of_the_function_are_its_own():
    with pytest.raises(ZeroDivisionError):
        record(lambda x: x / 0.0, 0.5)
    with pytest.raises(IndexError):
        record(lambda x: x[7], X)
    with pytest.raises(ValueError, match="math domain error|positive"):
        record(lambda x: __import__("math").sqrt(x - 1.0), 0.5)


def test_an_exception_that_the_function_swallows():
    """Giving up is remembered when the function catches it."""

    def function(x):
        try:
            return np.sum(np.abs(np.fft.fft(x)))
        except Exception:
            return np.sum(x)

    with pytest.raises(Unrecordable):
        record(function, X)


def overlapping_windows(x):
    y = x * 1.0
    windows = np.lib.stride_tricks.sliding_window_view(y, 2, writeable=True)
    windows[...] = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]) * x[0]
    return y * x


def apart(x):
    y = x * 1.0
    windows = np.lib.stride_tricks.sliding_window_view(y, 2, writeable=True)
    windows[0] = x[1:3]
    windows[::2] *= 2.0
    windows[:, 0] += x[0]
    return y * x


def test_writes_into_views_that_overlap_themselves():
    for transform in (record, lambda f, x: adpy.vjp(f, x)):
        with pytest.raises(TracedValueError, match="overlaps itself"):
            transform(overlapping_windows, X)
    check(apart, X)


def test_many_versions_take_linear_time():
    """Views of a storage that is written often."""

    def function(x, n):
        y = np.zeros((2, 4))
        for k in range(n):
            y[k % 2] += x * y[1 - k % 2] + 1e-3
        return y

    program = check(lambda x: function(x, 40), X)
    assert len(program.code.heads) < 400
