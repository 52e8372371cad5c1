"""Nesting with memory, generators, threads and values that leave their transform."""

import threading

import numpy as np
import pytest

import adpy
from adpy import derivative, grad, jvp
from adpy.errors import TracedValueError
from tests.rules.mixes import WORDS, check_mixes, derivatives_by_differences, nested

FIRST = [derivative, grad]
POINT = np.array([1.0, 2.0, 3.0])
EVERY_WORD = pytest.mark.parametrize("word", [word for words in WORDS.values() for word in words])


def heat(k):
    u = np.zeros(8)
    u[3], u[4] = 1.0 + k, k * k
    for _ in range(4):
        u[1:-1] += 0.1 * k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u[0] = u[1]
        u[-1] *= k
    return np.sum(u**2 * np.arange(8))


def test_stencil_in_place_to_third_order():
    exact = np.polynomial.Chebyshev.interpolate(np.vectorize(heat), 30, [0.0, 1.2])  # a polynomial of degree 18
    check_mixes(lambda t: heat(0.6 + t), [exact.deriv(k)(0.6) for k in (1, 2, 3)], 1e-9, 1e-12)


def rows(t):
    """A buffer of the outer function takes gradients."""
    out = np.zeros((3, 3))
    for i in range(3):
        out[i] = grad(lambda w: np.sum(w**3) * t + np.prod(w))(np.array([1.0, t + i, 2 * t + 1]))
        out[i, i] += derivative(lambda s: s**4)(t + i)
    return np.sum(out[1:] * out[:-1])


def test_rows_of_a_buffer_are_gradients():
    check_mixes(lambda t: rows(1 + t), derivatives_by_differences(lambda t: rows(1 + t), 1e-2), 1e-7, 1e-11)


def changed_argument(t):
    """The inner function writes into its argument, which is a copy, and the outer one into what it passed."""
    x = np.ones(3) * (1 + t)

    def inner(w):
        w[0] *= w[1]
        w[1:] += w[:-1] * t
        return np.sum(w**2)

    slope = grad(inner)(x)
    x += slope
    return np.sum(x * slope)


def test_writes_into_arguments():
    check_mixes(changed_argument, derivatives_by_differences(changed_argument, 1e-2), 1e-7, 1e-11)


def from_entries(x, t):
    y = np.array([x, 2 * x, 0.5])
    y[0] = t * x
    return np.sum(y * y) * t


def through_views(x, t):
    y = np.array([x, 2 * x, 0.5]) * 3.0
    head = y[:2]
    y[0] = t * x
    head *= head
    return np.sum(y * y) * t


def stacked(x, t):
    y = np.stack([x * 1.0, x * x])
    y += t
    return np.sum(y * y) * t


def ranged(x, t):
    y = np.linspace(x, 2 * x, 4)
    y[1:] *= t
    table = np.outer(y, y)
    table[0] += t * y
    return np.sum(table**2)


def reshaped(x, t):
    y = np.zeros((2, 3))
    first = y[0]
    y.shape = (3, 2)
    y[1] = [t * x, x]
    return np.sum(first * y[1, 0]) + np.sum(y**3)


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")  # NumPy 2.5
@pytest.mark.parametrize("inner", FIRST)
@pytest.mark.parametrize("function", [from_entries, through_views, stacked, ranged, reshaped])
def test_inner_arrays_take_outer_values(function, inner):
    def moved(t):
        return inner(lambda x: function(x, 0.7 + t))(2.0)

    check_mixes(moved, derivatives_by_differences(moved, 1e-2), 1e-6, 1e-11)


@EVERY_WORD
def test_arrays_of_the_middle_level_take_outer_values(word):
    def outermost(t):
        def middle(x):
            def innermost(z):
                y = z * t
                y[0] = x[1] * z[0]
                w = z * 2.0
                w[1], w[0] = x[1], t
                w[2] += t * x[0]
                return np.sum(y * y * w)

            return np.sum(jvp(innermost, POINT, POINT)[1] * x)

        return grad(middle)(POINT) @ POINT

    expected = derivatives_by_differences(lambda h: outermost(0.5 + h), 1e-2)[len(word) - 1]
    np.testing.assert_allclose(nested(outermost, word)(0.5), expected, rtol=1e-7)


def powers(n, x):
    for i in range(n):
        yield x**i * grad(lambda y: y * y * x)(x)


@EVERY_WORD
def test_generators(word):
    polynomial = np.polynomial.Polynomial([0, 0, 2, 2, 2, 2])
    found = nested(lambda x: sum(powers(4, x)), word)(1.3)
    np.testing.assert_allclose(found, polynomial.deriv(len(word))(1.3), rtol=1e-13)


@pytest.mark.parametrize("outer", FIRST)
@pytest.mark.parametrize("inner", FIRST)
def test_a_generator_resumed_in_an_inner_transform(outer, inner):
    def waves(x):
        yield np.sin(x)
        yield np.cos(x)

    def f(x):
        values = waves(x)
        first = next(values)
        return first * inner(lambda y: y * next(values) * y)(2.0)

    np.testing.assert_allclose(outer(f)(0.4), 4 * np.cos(0.8), rtol=1e-14)


def run_in_threads(work, count):
    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("outer", FIRST)
@pytest.mark.parametrize("inner", FIRST)
def test_threads_started_by_a_differentiated_function(outer, inner):
    def f(x):
        slopes = [None] * 3

        def work(i):
            slopes[i] = inner(lambda y: y**3 * (i + 1))(2.0)

        run_in_threads(work, 3)
        return x * x * sum(slopes)

    assert outer(f)(3.0) == 6.0 * 72


def test_threads_with_nested_transforms_of_their_own():
    found = [None] * 4

    def work(i):
        found[i] = derivative(grad(lambda x: np.sum(np.sin(x * np.arange(3.0))) * x**i))(0.5)

    run_in_threads(work, 4)
    s, c, minus = (sum(g(k * 0.5) * k**p for k in (1, 2)) for g, p in ((np.sin, 0), (np.cos, 1), (np.sin, 2)))
    expected = [-minus * 0.5**i + 2 * i * c * 0.5 ** (i - 1) + i * (i - 1) * s * 0.5 ** (i - 2) for i in range(4)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("outer", FIRST)
@pytest.mark.parametrize("inner", FIRST)
def test_values_that_leave_their_transform_are_refused(outer, inner):
    kept = []

    def f(x):
        inner(lambda y: kept.append(y * y) or y * 3)(x)
        return kept[-1] * x

    with pytest.raises(TracedValueError, match="outlived"):
        outer(f)(2.0)


@pytest.mark.parametrize("outer", FIRST)
def test_variables_of_the_long_lived_form(outer):
    """What a transform returns still depends on them."""
    v = adpy.Var(2.0)
    slope = outer(lambda x: x * x * v)(3.0)
    slope.backward()
    assert slope == 12.0 and v.grad == 6.0
    assert outer(lambda x: adpy.Var(2.0) * x)(3.0) == 2.0


def test_variables_of_the_long_lived_form_among_arrays():
    v = adpy.Var(2.0)
    gradient = grad(lambda x: np.sum(np.outer(x, x)[0, 1:] * v))(POINT)
    assert list(gradient) == [10.0, 2.0, 2.0]
    gradient.sum().backward()
    assert v.grad == 7.0


def test_stop_gradient_stops_every_level():
    assert derivative(derivative(lambda x: x**3 * adpy.stop_gradient(x)))(2.0) == 24.0
    assert derivative(lambda x: derivative(lambda y: y * adpy.stop_gradient(x * y))(3.0))(2.0) == 0.0
