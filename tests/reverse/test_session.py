"""The long-lived form: adpy.Var, backward, grad, children and weights."""

import gc

import numpy as np
import pytest

import adpy
from adpy.errors import AdpyError


def test_the_example_of_every_course():
    x, y = adpy.Var(0.5), adpy.Var(4.2)
    z = x * y + np.sin(x)
    assert x.grad is None
    z.backward()
    assert x.grad == pytest.approx(4.2 + np.cos(0.5), rel=1e-15)
    assert y.grad == 0.5


def test_cotangents_add_up_until_they_are_forgotten():
    x = adpy.Var(2.0)
    a, b = x * x, x * 3.0
    a.backward()
    b.backward()
    assert x.grad == 7.0
    x.zero_grad()
    assert x.grad is None
    b.backward(seed=2.0)
    assert x.grad == 6.0


def test_children_and_weights():
    x, y = adpy.Var(0.5), adpy.Var(4.0)
    z = x * y
    assert z.children[0] is x and z.children[1] is y
    assert z.weights == (4.0, 0.5)
    w = np.exp(z)
    assert w.children == (z,) and w.weights == (np.exp(2.0),)
    assert x.children == () and x.weights == ()


def test_arrays():
    x = adpy.Var(np.arange(3.0))
    y = (x * x).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad, [0, 2, 4])
    np.testing.assert_array_equal(y.children[0].weights[0], [0, 1, 2])
    assert isinstance(y, adpy.Var) and not isinstance(1.0, adpy.Var)


def test_writes_into_a_variable():
    x = adpy.Var(np.array([1.0, 2.0, 3.0]))
    y = x.copy()
    y[1:] *= 2
    y[0] = x[2] * x[1]
    (y * y).sum().backward()
    np.testing.assert_allclose(x.grad, [0, 8 * 2 + 2 * 6 * 3, 8 * 3 + 2 * 6 * 2])


def test_a_tape_goes_with_its_last_variable():
    from adpy.reverse.session import current_tape

    x = adpy.Var(1.0)
    first = current_tape()
    assert x.frame is first
    del x, first
    gc.collect()
    y = adpy.Var(1.0)
    assert len(y.frame.nodes) == 0


def test_printing_shows_the_number():
    x = adpy.Var(0.25)
    assert f"{x:.1f} {x}" == "0.2 0.25"


@pytest.mark.parametrize("value", ["a", None, {}])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(AdpyError, match="value"):
        adpy.Var(value)


def test_closures_over_a_variable_in_a_transform():
    x = adpy.Var(3.0)
    g = adpy.grad(lambda y: x * y * y)(2.0)
    assert float(g.value) == 12.0 and x.value == 3.0
    g.backward()
    assert x.grad == 4.0


def test_inside_a_transform_there_is_no_way_past_the_trace():
    def f(x):
        x = x.value if hasattr(x, "value") else x
        return x * x

    assert adpy.grad(f)(3.0) == 6.0
    assert adpy.jvp(f, (3.0,), (1.0,))[1] == 6.0
