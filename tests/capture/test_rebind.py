"""Arrays in globals, closures, defaults and attributes that a function copies by method; ``float``; side effects."""

import functools
import math
from dataclasses import dataclass, field

import numpy as np
import pytest

import adpy
from adpy import capture
from adpy.capture.numbers import Complex, Float
from adpy.capture.rebind import rebind
from adpy.errors import TracedValueError
from tests.capture.complexstep import Frame, Step, StepScalar, tangent

DATA = np.array([1.0, 2.0, 3.0])
NESTED = {"a": [np.ones(3)], "b": (np.arange(3.0), "text")}
COUNT = 0
LOG: list = []


def copies_a_global(x):
    buffer = DATA.copy()
    buffer[0] = x
    total = DATA * 1.0
    total += x
    return buffer.sum() + (total * buffer).sum()


def through_a_helper(x):
    return copies_a_global(x) * 2


def from_containers(x):
    u = NESTED["a"][0].copy()
    u[1] = x * NESTED["b"][0][2]
    return u.sum()


def closure(data):
    def inner(x):
        u = data.copy()
        u[2] = x
        return u.sum() * data[1]

    return inner


def with_default(x, data=DATA, *, other=np.ones(3)):  # noqa: B008  (the case to test)
    u = data.copy()
    u[1] = x
    v = other.copy()
    v[0] = u[1] * 2
    return u.sum() + v.sum()


class Model:
    def __init__(self):
        self.matrix = np.eye(3)
        self.calls = 0

    def __call__(self, x):
        return self.energy(x)

    def energy(self, x):
        self.calls += 1
        k = self.matrix.copy()
        k[0, 1] = x
        return (k * k).sum()


@dataclass
class Parameters:
    weights: np.ndarray = field(default_factory=lambda: np.ones(2))


MODEL, PARAMETERS = Model(), Parameters()


def with_instances(x):
    w = PARAMETERS.weights * 2.0
    w[0] = x
    return MODEL.energy(x) + w.sum()


def converts(x):
    return float(x) ** 2 + sum(map(float, [x, 1.0]))


def recursive(x, n=2):
    u = DATA.copy()
    u[0] = x
    return u.sum() if n == 0 else recursive(x, n - 1) * x


CASES = [
    copies_a_global, through_a_helper, from_containers, closure(np.arange(3.0)), with_default, MODEL, Model(),
    MODEL.energy, with_instances, converts, recursive, functools.partial(with_default, other=np.zeros(3)),
]  # fmt: skip


@pytest.mark.parametrize("function", CASES, ids=lambda f: getattr(f, "__name__", type(f).__name__))
def test_derivative(function):
    h = 1e-5
    expected = (function(0.4 + h) - function(0.4 - h)) / (2 * h)
    found, level = tangent(function, 0.4)
    assert found == pytest.approx(expected, rel=1e-8) and level > 0
    assert tangent(function, 0.4) == (pytest.approx(expected, rel=1e-8), 1)  # remembered by its code
    assert type(DATA) is np.ndarray and DATA.tolist() == [1.0, 2.0, 3.0]
    assert type(MODEL.matrix) is np.ndarray and type(NESTED["a"][0]) is np.ndarray


def counts(x):
    global COUNT
    COUNT += 1
    LOG.append(COUNT)
    u = DATA.copy()
    u[0] = x
    return u.sum()


def test_side_effects_are_carried_over():
    global COUNT
    COUNT = 0
    LOG.clear()
    MODEL.calls = 0
    tangent(counts, 0.4, level=1)
    assert COUNT == 1 and LOG == [1]
    tangent(MODEL, 0.4, level=1)
    assert MODEL.calls == 1
    total = 0

    def nonlocal_count(x):
        nonlocal total
        total += 1
        return DATA.copy()[0] * x

    tangent(nonlocal_count, 0.4, level=1)
    assert total == 1


def test_writes_into_a_global_array_are_refused():
    def writes(x):
        DATA[0] = x
        return DATA.sum()

    with pytest.raises((ValueError, TracedValueError)):
        adpy.grad(writes)(0.4)
    assert DATA.tolist() == [1.0, 2.0, 3.0]


def test_nothing_to_rebind():
    def simple(x):
        return math.sin(x)

    assert rebind(simple, Frame())[1] is False
    assert rebind(copies_a_global, Frame())[1] is True
    assert rebind(math.sin, Frame())[0] is not math.sin


def test_metadata():
    again, _ = rebind(with_default, Frame())
    assert (again.__name__, again.__qualname__, again.__module__) == ("with_default", "with_default", __name__)
    assert again.__code__ is with_default.__code__


def test_rebinding_is_local():
    with capture.tracing(Frame(), copies_a_global, 1) as call:
        assert call is not copies_a_global
        assert type(DATA) is np.ndarray
        assert type(call.__globals__["DATA"]) is Step


def test_float_is_still_float():
    assert Float == float and float == Float  # noqa: E721
    assert hash(Float) == hash(float)
    assert {float: 1}[Float] == 1 and Float in (int, float)
    assert isinstance(1.5, Float) and not isinstance(1, Float) and isinstance(np.float64(1), (int, Float))
    assert issubclass(np.float64, Float) and issubclass(Float, float)
    assert type(Float("1.5")) is float and Float() == 0.0 and Float.fromhex("0x1p1") == 2.0
    assert np.dtype(Float) == np.zeros(1, Float).dtype == np.arange(2).astype(Float).dtype == np.float64
    assert np.dtype(float) == Float and np.issubdtype(np.float64, Float)
    assert type(Complex(1, 2)) is complex and Complex("1j") == 1j and np.dtype(Complex) == np.complex128
    assert Complex(real=1, imag=2) == 1 + 2j
    with pytest.raises(ValueError):
        Float("a")
    with pytest.raises(TypeError):
        Float(1j)


def test_float_of_traced_numbers():
    x = StepScalar(np.complex128(2 + 1e-30j))
    assert Float(x).tangent == 1.0
    assert Float(Step(np.array([[2 + 1e-30j]]))).tangent == 1.0
    with pytest.raises(TypeError):
        Float(Step(np.array([2.0, 3.0]) + 0j))


@pytest.mark.parametrize("x", [np.zeros(2), np.zeros(2, np.float32)])
def test_float_of_a_number_of_numpy_is_a_float_of_python(x):
    """Whose division by zero raises, which the function may catch."""

    def inverse(x):
        y = float(x[0])
        assert not isinstance(y, np.float64)
        try:
            return 1.0 / y
        except ZeroDivisionError:
            return 3.0 * x[1]

    gradient = adpy.grad(inverse)(x)
    assert gradient.tolist() == [0.0, 3.0] and gradient.dtype == x.dtype
    assert adpy.jvp(inverse, x, x + 1)[1] == 3.0
    assert adpy.grad(inverse)(x + 2).tolist() == [-0.25, 0.0]


def test_code_that_compares_with_is_keeps_the_builtin():
    def compares(x):
        u = DATA.copy()
        u[0] = x
        return u.sum() if type(x * 1.0) is not float else 0.0

    again, _ = rebind(compares, Frame())
    assert "float" not in again.__globals__
    assert tangent(compares, 0.4)[0] == 1.0
