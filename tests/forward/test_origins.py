"""Views of buffers that carry no tangent yet, while the buffer is given other shapes."""

import numpy as np
import pytest

import adpy

pytestmark = pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")  # NumPy 2.5
WEIGHTS = np.array([1.0, 2.0, 4.0])


def views_before_and_after(t):
    a = np.zeros((2, 3))
    row, turned = a[0], a.T
    a.shape = (3, 2)
    a[1][0] = t  # the third entry
    column = a[:, 1]
    a = a.view()
    a.shape = (6,)
    a[0] = t * t
    return np.sum(row * WEIGHTS) + 8 * turned.sum() + 16 * column.sum() + 32 * a[2]  # 9 t**2 + 44 t


def view_with_a_shape_of_its_own(t):
    a = np.zeros((2, 3))
    b = a[:, ::1]
    b.shape = (3, 2)
    c = b[1]
    a[0, 2] = t
    return c[0] * t + b.sum() + a.sum()


@pytest.mark.parametrize(("function", "slope"), [(views_before_and_after, 98.0), (view_with_a_shape_of_its_own, 8.0)])
def test_shapes_are_those_of_the_time_of_the_view(function, slope):
    assert adpy.derivative(function)(3.0) == slope
    assert adpy.grad(function)(3.0) == slope
    columns = adpy.jacobian(lambda x: function(x[0] * x[1]), mode="forward")(np.array([3.0, 2.0]) / [1, 2])
    np.testing.assert_array_equal(columns, [slope, 3 * slope])
    assert adpy.taylor(function, 3.0, 1.0, 2)[1] == slope


def test_a_function_that_returns_its_operand_returns_it():
    def f(t):
        a = t * np.ones((2, 3))
        a.squeeze().shape = (1, 6)  # nothing to squeeze: NumPy returns `a`
        return (a * np.arange(6.0).reshape(1, 6)).sum()

    assert adpy.derivative(f)(3.0) == adpy.grad(f)(3.0) == adpy.derivative(adpy.derivative(lambda t: f(t * t) / 2))(3.0)
    assert adpy.derivative(f)(3.0) == 15.0
