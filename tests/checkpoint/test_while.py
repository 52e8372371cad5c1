"""Loops that a condition ends, against the plain Python loop."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint.schedules import Binomial, MinimalRepetition, Online
from tests.checkpoint.test_loop import close


def rhs(y, mu):
    return np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])


def adaptive(state, n, mu):
    """Heun's method with the time step chosen by its error."""
    y, t, dt = state
    dt = min(dt, 2.0 - t)
    k = rhs(y, mu)
    z = y + dt * k
    error = dt / 2 * np.max(np.abs(rhs(z, mu) - k)) + 1e-12
    if error > 1e-3:
        return y, t, 0.7 * dt
    return y + dt / 2 * (k + rhs(z, mu)), t + dt, 1.2 * dt


def before_the_end(state, n, mu):
    return state[1] < 2.0 - 1e-9


def newton(x, n, a):
    return 0.5 * (x + a / x)


def unconverged(x, n, a):
    return np.max(np.abs(x * x - a)) > 1e-9


def short(x, n, a):
    return n < 1


def never(x, n, a):
    return False


CASES = {
    "adaptive": (before_the_end, adaptive, (np.array([1.0, 0.5]), 0.0, 0.1), 1.5),
    "converging": (unconverged, newton, np.array([1.0, 4.0]), np.array([2.0, 7.0])),
    "one step": (short, newton, np.array([1.0, 4.0]), np.array([2.0, 7.0])),
    "no step": (never, newton, np.array([1.0, 4.0]), np.array([2.0, 7.0])),
}


def total(tree):
    return np.sum(np.sin(tree[0]) * np.array([1.0, 2.0])) + tree[1] if isinstance(tree, tuple) else np.sum(np.sin(tree))


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def by_hand(condition, step):
    def function(state, params):
        n = 0
        while condition(state, n, params):
            state, n = step(state, n, params), n + 1
        return total(state)

    return function


def by_loop(condition, step, **settings):
    return lambda state, params: total(adpy.checkpoint.while_loop(condition, step, state, params=params, **settings))


def test_value(case):
    condition, step, *args = case
    assert by_loop(condition, step)(*args) == by_hand(condition, step)(*args)


@pytest.mark.parametrize(
    "settings", [{"snapshots": 1}, {"snapshots": 3}, {}, {"schedule": MinimalRepetition(2)}, {"schedule": Online(4)}]
)
def test_gradient(case, settings):
    condition, step, *args = case
    found = adpy.value_and_grad(by_loop(condition, step, **settings), (0, 1))(*args)
    close(found, adpy.value_and_grad(by_hand(condition, step), (0, 1))(*args))


def test_tangents_and_second_derivatives(case):
    condition, step, *args = case
    ours, plain = by_loop(condition, step, snapshots=3), by_hand(condition, step)
    dots = (adpy.grad(plain)(*args), 0.5 * args[1])
    close(adpy.jvp(ours, tuple(args), dots), adpy.jvp(plain, tuple(args), dots))
    close(
        adpy.jvp(adpy.grad(ours, (0, 1)), tuple(args), dots),
        adpy.jvp(adpy.grad(plain, (0, 1)), tuple(args), dots),
        1e-10,
    )


def test_losses_and_collected_values():
    def loss(x, n, a):
        return np.sum(x) * n

    def seen(x, n, a):
        return x[0] * a[1]

    def ours(x, a):
        last, total, values = adpy.checkpoint.while_loop(
            unconverged, newton, x, params=a, loss=loss, collect=seen, snapshots=2
        )
        return np.sum(last) + total + np.sum(values**2)

    def plain(x, a):
        n, total, values = 0, 0.0, []
        while unconverged(x, n, a):
            x = newton(x, n, a)
            total = total + loss(x, n, a)
            values.append(seen(x, n, a))
            n += 1
        return np.sum(x) + total + np.sum(np.array(values) ** 2)

    _, _, *args = CASES["converging"]
    assert ours(*args) == pytest.approx(plain(*args), rel=1e-14)
    close(adpy.grad(ours, (0, 1))(*args), adpy.grad(plain, (0, 1))(*args))


def single(x, n, c):
    """It cannot be recorded."""
    return (x * np.float32(0.9) + np.float32(0.01) * c).astype(np.float32)


def test_values_of_steps_that_are_not_recorded():
    x = np.linspace(0.1, 1.0, 4).astype(np.float32)

    def seen(c, collect=lambda x, n, c: x[0]):
        return adpy.checkpoint.while_loop(lambda x, n, c: n < 9, single, x, params=c, collect=collect, snapshots=2)

    def plain(c):
        state, values = x, []
        for n in range(9):
            state = single(state, n, c)
            values.append(state[0])
        return state, np.array(values)

    for i in (0, 1):
        expected = adpy.grad(lambda c: np.sum(plain(c)[i]))(0.3)  # noqa: B023
        assert adpy.grad(lambda c: np.sum(seen(c)[i]))(0.3) == pytest.approx(expected, rel=1e-6)  # noqa: B023
    expected = adpy.grad(lambda c: np.sum(plain(c)[1]))(0.3)
    with_numbers = adpy.grad(lambda c: np.sum(seen(c, lambda x, n, c: (x[0], n))[1][0]))(0.3)
    assert with_numbers == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"condition": 1}, "condition"), ({"step": None}, "step"), ({"schedule": Binomial(3, 1)}, "schedule")],
)
def test_bad_arguments(change, name):
    given = {"condition": lambda x, n: False, "step": lambda x, n: x, "state": 1.0} | change
    with pytest.raises(adpy.errors.ArgumentError, match=name):
        adpy.checkpoint.while_loop(**given)
