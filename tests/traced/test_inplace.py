"""NumPy's functions that write, where what they write is a view of what they write into."""

import numpy as np

import adpy


def placed(x):
    np.place(x, x > -0.3, x[0, ::-1])
    return x * 1.0


def test_place_copies_entries_that_lie_in_another_order():
    x = np.array([[0.5, -0.2, -0.4], [1.0, 0.3, 0.7]])
    expected = placed(x.copy())
    value, pullback = adpy.vjp(placed, x)
    np.testing.assert_array_equal(value, expected)
    np.testing.assert_array_equal(adpy.jvp(placed, (x,), (x,))[1], expected)
    np.testing.assert_array_equal(np.sum(pullback(np.ones((2, 3)))[0]), 6.0)
