"""``type`` and ``isinstance`` of traced values: code that asks for the type takes the branch that it takes plainly."""

import numpy as np
import pytest

import adpy
from adpy.capture.kinds import KIND

GLOBAL = np.array([1.0, 2.0])


def by_identity(x):
    return x * x if type(x) is float else x * 7


def by_equality(x):
    y = np.sum(GLOBAL * x)
    return y * y if type(y) == np.float64 else y * 0  # noqa: E721


def by_membership(x):
    if type(x) in (float, int):
        return x * x
    raise TypeError(type(x))


def by_table(x):
    return {float: lambda v: v * v, int: lambda v: 0.0}[type(x)](x)


def by_name(x):
    return x * x if type(x).__name__ == "float" else 0.0


def by_construction(x):
    return x * type(x)(3) * x


def of_an_array(x):
    y = x * GLOBAL
    return np.sum(y * y) if type(y) is np.ndarray else 0.0


class Table:
    """Finds its class by ``type(self)``."""

    scale = 2.0

    def __init__(self, x):
        self.x = x

    def squared(self):
        return type(self)(self.x).x ** 2 * type(self).scale


def of_an_object(x):
    return Table(x).squared()


SECOND = {
    by_identity: 2.0,
    by_equality: 18.0,
    by_membership: 2.0,
    by_table: 2.0,
    by_name: 2.0,
    by_construction: 6.0,
    of_an_array: 10.0,
    of_an_object: 4.0,
}


@pytest.mark.parametrize("function", SECOND, ids=lambda f: f.__name__)
def test_branches_by_type(function):
    second = SECOND[function]
    assert adpy.grad(function)(3.0) == adpy.derivative(function)(3.0) == 3 * second
    for outer in (adpy.grad, adpy.derivative):
        for inner in (adpy.grad, adpy.derivative):
            assert outer(inner(function))(3.0) == second
    assert "type" not in globals()


def test_a_plan_made_inside_another_trace_serves_outside_too():
    def inner(x):
        return x * x if type(x) is float else x * 7

    assert adpy.grad(lambda x: adpy.grad(inner)(x) if type(x) is float else 0.0)(3.0) == 2.0
    assert adpy.grad(inner)(3.0) == 6.0


def test_classes_made_by_a_differentiated_function():
    def f(x):
        made = type("Made", (Table,), {"scale": 3.0})

        class Meta(type):
            pass

        class Inherits(made, metaclass=Meta):
            pass

        assert isinstance(Inherits, type) and isinstance(Meta, type) and issubclass(Meta, type)
        assert type(Inherits) == Meta and type(made) == type  # noqa: E721
        return Inherits(x).squared() if type(x) == float else 0.0  # noqa: E721

    assert adpy.grad(f)(2.0) == 12.0


def test_code_that_compares_with_type_itself_keeps_it():
    def f(x):
        return x * x if Table.__class__ is type else 0.0

    assert adpy.grad(f)(2.0) == 4.0


def test_it_is_type_in_every_other_respect():
    assert KIND == type and hash(KIND) == hash(type) and repr(KIND) == repr(type)  # noqa: E721
    assert KIND(1) is int and KIND(int) is type
    assert KIND.mro(int) == type.mro(int)
    assert isinstance(int, KIND | None) and isinstance(None, None | KIND)
    assert KIND[int] == type[int]
    with pytest.raises(TypeError):
        KIND(1, 2)


def test_isinstance_on_the_second_attempt():
    """A traced Python float is no numpy.float64 there either, but a sum of an array is."""

    def kinds(x):
        s = float(x)  # takes a second attempt
        total = np.sum(np.array([s]))
        return s, [isinstance(s, np.float64), isinstance(s, float), isinstance(total, np.float64), type(s) == float]  # noqa: E721

    value, _ = adpy.jvp(kinds, 2.0, 1.0)
    assert value == (2.0, [False, True, True, True])
    assert adpy.vjp(kinds, 2.0)[0] == value
