"""The walk finds what a function can reach, in every shape code comes in."""

import functools
import math
import math as m
from functools import lru_cache, partial
from math import *  # noqa: F403
from types import SimpleNamespace

import numpy as np
import pytest
from numpy import asarray as to_array
from numpy import zeros as blank

from adpy import capture
from adpy.capture.reach import reach
from tests.capture import library
from tests.capture.complexstep import Frame, tangent

fill = np.full  # an alias


def from_imports(x):
    u = blank(2)
    u[0] = sin(x)  # noqa: F405
    return u.sum() + to_array([x, 1.0]).sum() + fill(2, x).sum() + m.exp(x)


def through_a_library(x):
    return library.filled(x) + library.Filler(2.0)(x) + library.deeper.twice(x)


def in_nested_functions(x):
    def inner(y):
        return [blank(1), np.array([y]).sum()][1]

    return sum([inner(v) for v in [x, 2 * x]]) + (lambda z: math.tanh(z))(x)


def with_default(x, f=math.exp, *, g=np.array):
    return f(x) + g([x, 1.0]).sum()


def imported_inside(x):
    import math as local

    from numpy import ones

    u = ones(2)
    u[1] = local.cos(x)
    return u.sum()


class Model:
    scale = staticmethod(math.exp)

    def __init__(self, inner=None):
        self.inner = inner

    def __call__(self, x):
        return self.filled(x) + self.property_of_x

    def filled(self, x):
        u = np.zeros(2)
        u[:] = x
        self.last = u.sum()
        return self.last

    @property
    def property_of_x(self):
        return math.sin(self.last)

    @classmethod
    def of_class(cls, x):
        return math.log(x) + cls.static(x)

    @staticmethod
    def static(x):
        return blank(1).sum() + math.sqrt(x)


class Derived(Model):
    def filled(self, x):
        return super().filled(x) * math.cosh(x)


MODEL, TABLE = Model(), {"a": [in_nested_functions], "b": Model().filled}
SPACE = SimpleNamespace(model=Derived(), function=from_imports)


def by_argument(x):
    return helped(Derived(), x)


def helped(model, x):
    return model.filled(x)


def through_containers(x):
    return TABLE["a"][0](x) + TABLE["b"](x) + SPACE.function(x) + SPACE.model.filled(x)


@lru_cache
def cached(x):
    return math.sin(x) * 2


def calls_cached(x):
    return cached(x) + cached(0.5)


@functools.wraps(from_imports)
def wrapped(x):
    return from_imports(x) * 2


def closure_of(function, scale):
    def inner(x):
        return function(x) * scale

    return inner


def closure_of_creators():
    make, sine = np.zeros, math.sin

    def inner(x):
        u = make(2)
        u[0] = sine(x)
        return u.sum()

    return inner


def recursive(x, n=3):
    return math.sin(x) if n == 0 else recursive(x, n - 1) * x


def polynomials(x):
    return np.polynomial.polynomial.polyval(x, [1.0, 2.0, 3.0]) + np.polynomial.Polynomial([1.0, 2.0])(x)


def joined_by_brackets(x):
    return np.r_[x, 0.0, x * 2].sum() + np.c_[np.array([x, 1.0]), np.ones(2)].sum()


vectorized = np.vectorize(lambda t: math.exp(t) if t > 0 else t)


def by_vectorize(x):
    return vectorized(np.array([x, 2 * x])).sum() + np.vectorize(recursive, otypes=[float])(np.array([x]))[0]


DIRECT = [
    from_imports, through_a_library, in_nested_functions, with_default, imported_inside, MODEL, Derived(), MODEL.filled,
    Model.of_class, by_argument, through_containers, wrapped, partial(with_default, f=math.sin), calls_cached,
    closure_of(from_imports, 2.0), closure_of(closure_of(recursive, 3.0), 2.0), closure_of_creators(), recursive,
    polynomials, joined_by_brackets, by_vectorize, math.sin, partial(helped, MODEL),
]  # fmt: skip


@pytest.mark.parametrize("function", DIRECT, ids=lambda f: getattr(f, "__name__", type(f).__name__))
def test_at_the_first_attempt(function):
    h = 1e-5
    expected = (function(0.4 + h) - function(0.4 - h)) / (2 * h)
    found, level = tangent(function, 0.4)
    assert found == pytest.approx(expected, rel=1e-8)
    assert level == 0


class Hidden:
    """Reached by a computed name only."""

    def filled(self, x):
        u = np.zeros(2)
        u[0] = x
        return u.sum()


def test_computed_names_take_a_second_attempt():
    make = "ze" + "ros"

    def dynamic(x):
        u = getattr(np, make)(2)
        u[0] = x
        return u.sum()

    assert tangent(dynamic, 0.4) == (1.0, 2)
    assert capture.levels(dynamic) == (1, 2)
    assert tangent(dynamic, 0.4) == (1.0, 2)  # level 1 was not enough: remembered
    assert capture.levels(dynamic) == (2,)


def test_what_a_level_learnt_is_about_the_code():
    first, second = closure_of(abs, 1.0), closure_of(abs, 2.0)
    capture.settle(first, 2)
    assert capture.levels(first) == capture.levels(second) == (1, 2)
    assert capture.levels(closure_of(recursive, 1.0)) == (0, 2)


def test_only_what_is_mentioned_is_replaced():
    found = reach(in_nested_functions)
    names = {name for _, replaced in found.replaced.values() for name in replaced}
    assert names == {"blank", "array", "tanh", "sum", "_find_and_load"}
    assert not found.cells


def test_the_walk_ends():
    def chain(n):
        space = {"f": abs, "np": np}
        for i in range(n):
            exec(f"def f{i}(x): return f{i + 1}(x)", space)
        exec(f"def f{n}(x):\n    u = np.zeros(1)\n    u[0] = x\n    return u.sum()", space)
        return space["f0"]

    assert reach(chain(50)).complete
    assert not reach(chain(700)).complete
    assert tangent(chain(700), 0.5) == (1.0, 0)  # the full installation, at once


def test_entering_twice_with_other_globals():
    code = compile("def f(x):\n    u = make(2)\n    u[0] = x\n    return u.sum()", "<code>", "exec")
    for make in (np.zeros, np.ones, np.empty):
        space = {"make": make}
        exec(code, space)
        assert tangent(space["f"], 0.5)[0] == 1.0
        assert space["make"] is make


def test_frame_protocol_is_all_that_is_asked_of_a_frame():
    asked = set()

    class Spy(Frame):
        def __getattribute__(self, name):
            asked.add(name)
            return super().__getattribute__(name)

    frame = Spy()
    with capture.tracing(frame, from_imports) as call:
        call(0.5)
    assert asked <= {"buffer", "assemble", "note", "math"}
