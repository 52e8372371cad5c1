"""Masks: comparisons of arrays that only choose are instructions; wherever else they go, they are guards."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adpy

RNG = np.random.default_rng(5)
POINTS = [RNG.normal(size=6) for _ in range(4)] + [np.zeros(6), np.full(6, -0.0), np.arange(6.0) - 2.0]


@pytest.fixture(autouse=True)
def quiet():
    """Branches that are not taken may be anything."""
    old = np.seterr(all="ignore")
    yield
    np.seterr(**old)


def same(found, expected, message=""):
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=message)


def check(f, points=POINTS, misses=1):
    """Values and derivatives at all points against those without programs; how often something was recorded."""
    p = adpy.record(f, points[0])
    for x in points:
        given = x.copy()
        direction = np.linspace(-1.0, 2.0, x.size)
        same(p(x), f(x.copy()), "value")
        same(p.gradient(x), adpy.grad(f)(x), "gradient")
        same(p.jvp(x, direction)[1], adpy.grad(f)(x) @ direction, "jvp")
        same(p.hvp(x, direction), adpy.hvp(f)(x, direction), "hvp")
        same(p.hessian(x), adpy.hessian(f)(x), "hessian")
        np.testing.assert_array_equal(x, given)
    assert p.stats()["misses"] == misses, p.stats()
    return p


CHOOSING = {
    "where": lambda x: np.sum(np.where(x > 0, np.sin(x), x**3)),
    "nested": lambda x: np.sum(np.where(x > 0, np.where(x < 1, x**2, 2 * x - 1), -(x**3))),
    "numbers": lambda x: np.sum(np.where(x >= 0, 1.0, -1.0) * x**2),
    "not taken": lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)),
    "infinite cotangent": lambda x: np.sum(np.sqrt(np.where(x > 0, x, 0.0))),
    "logical": lambda x: np.sum(np.where((x > -0.5) & ~(x > 1) | (x == -2.0), x**2, x)),
    "functions": lambda x: np.sum(np.where(np.logical_or(np.less(x, 0), np.greater_equal(x, 1.0)), x * x, x)),
    "with plain masks": lambda x: np.sum(np.where((x > 0) & (np.arange(6) < 4), x**2, x)),
    "factor": lambda x: np.sum((x > 0.1) * x**2 + x**2 * (x <= -0.1) + (x != 0) * 2.0),
    "astype": lambda x: np.sum((x > 0).astype(float) * x**2),
    "mean": lambda x: np.mean(x > 0) * np.sum(x**2),
    "between arrays": lambda x: np.sum(np.where(x[:3] < x[3:], x[:3] ** 2, x[3:] ** 3)),
    "number and array": lambda x: np.sum(np.where(x[0] < x, x * x[0], x**2)),
    "broadcast": lambda x: np.sum(np.where(x[:, None] > x, x[:, None] * x**2, x[0])),
    "of a mask, then written": lambda x: written(x),
}


def written(x):
    y = x * 2.0
    mask = y > 0.5
    y[1:] = x[:-1] ** 2  # the mask is that of the older entries
    return np.sum(np.where(mask, y, x))


@pytest.mark.parametrize("name", CHOOSING)
def test_choices_record_once(name):
    check(CHOOSING[name])


LEAVING = {
    "index": lambda x: np.sum(x[x > 0] ** 2),
    "index of a plain array": lambda x: np.sum(x**2) * np.sum(np.arange(6.0)[x > 0]),
    "any": lambda x: np.sum(x**2) if (x > 0).any() else np.sum(x),
    "all": lambda x: np.sum(x**2) if np.all(x >= 0) else np.sum(x),
    "sum": lambda x: np.sum(x * (x > 0).sum()),
    "count": lambda x: np.sum(x * np.count_nonzero(x > 0)),
    "entries": lambda x: sum(v for v, m in zip(x, x > 0, strict=True) if m) + np.sum(x**2),
    "text": lambda x: np.sum(x) * len(str(x > 0)),
    "list": lambda x: np.sum(x) * sum((x > 0).tolist()),
    "both": lambda x: np.sum(np.where(x > 0, x**2, x)) + np.sum(x[x > 0]),
    "settled late": lambda x: settled_late(x),
    "settled by a part": lambda x: np.sum(x[(x > 0) & (x < 1)] ** 2),
    "written mask": lambda x: written_mask(x),
    "in place": lambda x: in_place(x),
    "transposed": lambda x: np.sum(x * (x > 0).T.reshape(2, 3).ravel()),
    "integers": lambda x: np.sum(x * np.where(x > 0, 2, 1)),
    "inner transform": lambda x: np.sum(adpy.grad(lambda t: np.sum(np.where(x > 0, t**2, t)))(x)),
    "inner factor": lambda x: np.sum(adpy.grad(lambda t: np.sum(t**2 * (x > 0) + (x > 0) * t))(x)),
}


def settled_late(x):
    mask = x > 0
    y = np.where(mask, x**2, x)
    y[0] = 0.0
    return np.sum(y) + np.sum(x[mask])


def written_mask(x):
    mask = x > 0
    other = ~mask
    mask[0] = True
    return np.sum(np.where(mask, x**2, x)) + np.sum(np.where(other, x, 2.0))


def in_place(x):
    mask = alias = x > 0
    mask &= x < 1
    return np.sum(np.where(alias, x**2, x))


@pytest.mark.parametrize("name", LEAVING)
def test_masks_that_leave_are_guards(name):
    f = LEAVING[name]
    p = adpy.record(f, POINTS[0])
    for x in POINTS:
        same(p(x), f(x.copy()))
        same(p.gradient(x), adpy.grad(f)(x))
    assert p.stats()["misses"] > 1


def test_masks_are_arrays():
    def f(x):
        mask = x > 0
        assert isinstance(mask, np.ndarray)
        assert (mask.shape, mask.ndim, mask.size, mask.dtype, len(mask)) == ((6,), 1, 6, np.dtype(bool), 6)
        return np.sum(np.where(mask, x, x**2))

    check(f)


def test_result_that_is_a_mask():
    def f(x):
        return np.sum(x**2), x > 0

    p = adpy.compile(f)
    for x in POINTS:
        value, mask = p(x)
        assert type(mask) is np.ndarray
        np.testing.assert_array_equal(mask, x > 0)
        same(value, np.sum(x**2))


def test_nan_is_not_taken_or_is():
    f = CHOOSING["where"]
    p = adpy.record(f, POINTS[0])
    x = np.array([np.nan, 1.0, -1.0, np.inf, 0.0, -np.inf])
    np.testing.assert_array_equal(np.isnan(p.gradient(x)), np.isnan(adpy.grad(f)(x)))
    g = adpy.record(lambda x: np.sum(np.where(np.isnan(x), 0.0, np.where(x == x, x, 1.0))), POINTS[0])
    same(g.gradient(x), [0.0, 1.0, 1.0, 1.0, 1.0, 1.0])


def test_negative_zero_is_kept():
    p = adpy.compile(lambda x: np.where(x > 0, x, -0.0))
    assert np.signbit(p(POINTS[0])[POINTS[0] < 0]).all()
    assert np.signbit(p(-np.abs(POINTS[0]))).all()


def test_lanes_with_different_masks():
    lanes = RNG.normal(size=(50, 6))
    for name, f in CHOOSING.items():
        p = adpy.record(f, lanes[0])
        values, gradients = p.batch_value_and_gradient(lanes)
        same(values, [f(x.copy()) for x in lanes], name)
        same(gradients, [adpy.grad(f)(x) for x in lanes], name)
        assert p.stats()["misses"] == 1, name


def test_saved_programs(tmp_path):
    for number, f in enumerate(CHOOSING.values()):
        p = adpy.record(f, POINTS[0])
        p.save(tmp_path / f"{number}.adpy")
        loaded = adpy.load_program(tmp_path / f"{number}.adpy")
        for x in POINTS[1:]:
            np.testing.assert_array_equal(loaded.gradient(x), p.gradient(x))


def _compare(draw, x, depth):
    kind = draw(st.integers(0, 5 if depth else 3))
    number = draw(st.sampled_from([-0.5, 0.0, 0.3]))
    if kind == 0:
        return lambda x: x > number
    if kind == 1:
        return lambda x: x * x <= np.sin(x) + number
    if kind == 2:
        return lambda x: np.not_equal(x, number)
    if kind == 3:
        return lambda x: x[::-1] < x
    first, second = _compare(draw, x, depth - 1), _compare(draw, x, depth - 1)
    return (lambda x: first(x) & ~second(x)) if kind == 4 else (lambda x: np.logical_xor(first(x), second(x)))


def _value(draw, depth):
    kind = draw(st.integers(0, 6 if depth else 2))
    if kind < 3:
        return [lambda x: x, lambda x: np.exp(-x) * x, lambda x: np.sqrt(x)][kind]
    mask, a, b = _compare(draw, None, 1), _value(draw, depth - 1), _value(draw, depth - 1)
    if kind == 3:
        return lambda x: np.where(mask(x), a(x), b(x))
    if kind == 4:
        return lambda x: np.where(mask(x), a(x), 0.0) + b(x)
    if kind == 5:
        return lambda x: mask(x) * np.tanh(x) + np.where(mask(x), 1.0, b(x))
    return lambda x: np.where(mask(x), np.sin(a(x)), b(x)[0])


@st.composite
def choosing(draw):
    """A function of a vector that chooses by masks."""
    value = _value(draw, 3)
    return lambda x: np.sum(value(x))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(f=choosing(), seed=st.integers(0, 1000))
def test_random_functions(f, seed):
    rng = np.random.default_rng(seed)
    p = adpy.record(f, rng.normal(size=5))
    direction = rng.normal(size=5)
    for x in (rng.normal(size=5), rng.uniform(0.0, 1.0, 5), np.zeros(5)):
        same(p(x), f(x))
        same(p.gradient(x), adpy.grad(f)(x))
        same(p.hvp(x, direction), adpy.hvp(f)(x, direction))
    assert p.stats()["misses"] == 1


def test_code_that_takes_nothing_but_arrays():
    def label(x):
        return np.sum(x * np.frombuffer(memoryview(x > 0), bool))

    for f in (label, lambda x: np.sum(np.array([x > 0, x < 1]) * x)):
        p = adpy.compile(f)
        for x in POINTS:
            same(p(x), f(x.copy()))
            same(p.gradient(x), adpy.grad(f)(x))
        assert not p.stats()["eager"]
        assert p.stats()["misses"] > 1


def test_errors_of_the_function_come_out():
    def f(x):
        if np.sum(np.where(x > 0, 1.0, 0.0)) >= 0:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        adpy.compile(f)(POINTS[0])
