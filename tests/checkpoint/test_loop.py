"""Loops: values, gradients, tangents and second derivatives against the plain Python loop."""

import numpy as np
import pytest

import adpy
from adpy.api.trees import flatten
from adpy.checkpoint.schedules import Binomial, Online
from tests.checkpoint.loops import LOOPS, plain

SNAPSHOTS = [1, 3]


def close(a, b, rtol=1e-12):
    """Compare trees."""
    ours, others = flatten(a), flatten(b)
    assert [path for path, _ in ours] == [path for path, _ in others]
    for (path, x), (_, y) in zip(ours, others, strict=True):
        if x is None or isinstance(x, str):
            assert x == y
        else:
            assert isinstance(x, np.ndarray) is isinstance(y, np.ndarray), path
            scale = max(np.max(np.abs(y), initial=0.0), 1e-300)
            np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol * scale, err_msg=path)


def arguments(case):
    return (case.state, case.params) if case.args is None else (case.state, case.params, case.args)


def by_loop(case, **settings):
    def function(state, params, args=None):
        last = adpy.checkpoint.loop(case.step, state, case.steps, params=params, args=args, **settings)
        return case.functional(last)

    return function


def by_hand(case):
    def function(state, params, args=None):
        return case.functional(plain(case, state, params, args))

    return function


@pytest.fixture(params=LOOPS)
def case(request):
    return LOOPS[request.param]


def test_without_a_transform_it_is_the_loop(case):
    import copy

    found = adpy.checkpoint.loop(case.step, case.state, case.steps, params=case.params, args=case.args)
    close(found, plain(case, copy.deepcopy(case.state), case.params, case.args), 0.0)


@pytest.mark.parametrize("snapshots", SNAPSHOTS)
def test_gradient(case, snapshots):
    args = arguments(case)
    numbers = tuple(range(len(args)))
    value, found = adpy.value_and_grad(by_loop(case, snapshots=snapshots), numbers)(*args)
    expected_value, expected = adpy.value_and_grad(by_hand(case), numbers)(*args)
    close(value, expected_value, 1e-13)
    close(found, expected)


def directions(args):
    generator = np.random.default_rng(3)

    def direction(leaf):
        if isinstance(leaf, float):
            return type(leaf)(generator.normal())
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "c":
            return generator.normal(size=leaf.shape) + 1j * generator.normal(size=leaf.shape)
        return generator.normal(size=leaf.shape) if isinstance(leaf, np.ndarray) else leaf

    from adpy.api.trees import map_leaves

    return tuple(map_leaves(direction, arg) for arg in args)


def test_tangent(case):
    args = arguments(case)
    dots = directions(args)
    close(adpy.jvp(by_loop(case), args, dots), adpy.jvp(by_hand(case), args, dots))


@pytest.mark.parametrize("snapshots", [1, 4])
def test_product_with_the_hessian(case, snapshots):
    args = arguments(case)
    if not case.compiled:
        pytest.skip("gradients with respect to complex numbers have no tangents of their own")
    numbers, dots = tuple(range(len(args))), directions(args)
    found = adpy.jvp(adpy.grad(by_loop(case, snapshots=snapshots), numbers), args, dots)
    close(found, adpy.jvp(adpy.grad(by_hand(case), numbers), args, dots), 1e-11)


def test_reverse_over_reverse():
    case = LOOPS["burgers"]

    def twice(function):
        inner = adpy.grad(function, (0, 1))
        return adpy.grad(lambda u, p: np.sum(inner(u, p)[0] ** 2) + inner(u, p)[1]["nu"], (0, 1))

    close(twice(by_loop(case, snapshots=3))(*arguments(case)), twice(by_hand(case))(*arguments(case)), 1e-11)


def test_third_order():
    def cubic(function):
        return adpy.derivative(adpy.derivative(adpy.derivative(function)))(0.3)

    def step(x, n, c):
        return x * c + np.sin(x)

    def plainly(c):
        x = 0.7
        for n in range(6):
            x = step(x, n, c)
        return x

    found = cubic(lambda c: adpy.checkpoint.loop(step, 0.7, 6, params=c, snapshots=2))
    close(found, cubic(plainly), 1e-11)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_few_steps(steps):
    def function(loop):
        return lambda c: np.sum(loop(c * np.ones(2)) ** 2)

    def by_hand(x):
        for n in range(steps):
            x = np.sin(x) + n
        return x

    def by_loop(x):
        return adpy.checkpoint.loop(lambda x, n: np.sin(x) + n, x, steps, snapshots=1)

    close(adpy.grad(function(by_loop))(0.4), adpy.grad(function(by_hand))(0.4))
    close(adpy.derivative(function(by_loop))(0.4), adpy.derivative(function(by_hand))(0.4))


def test_closures_are_parameters():
    def function(loop):
        def objective(c):
            scale = {"a": [c, 2.0]}

            def step(x, n):
                return x * scale["a"][0] + np.cos(c * x)

            return np.sum(loop(step, np.ones(3)))

        return objective

    def by_hand(step, x):
        for n in range(9):
            x = step(x, n)
        return x

    ours = function(lambda step, x: adpy.checkpoint.loop(step, x, 9, snapshots=2))
    close(adpy.grad(ours)(0.7), adpy.grad(function(by_hand))(0.7))
    close(adpy.derivative(ours)(0.7), adpy.derivative(function(by_hand))(0.7))
    close(adpy.hvp(ours)(0.7, 1.0), adpy.hvp(function(by_hand))(0.7, 1.0))


hidden = None


def test_a_hidden_traced_value_is_refused():
    def step(x, n):
        return x * hidden

    def objective(c):
        global hidden
        hidden = c
        return adpy.checkpoint.loop(step, c * 1.0, 3, snapshots=1)

    with pytest.raises(adpy.errors.TracedValueError):
        adpy.grad(objective)(0.5)


def test_losses_and_collected_values():
    steps, target = 12, np.linspace(0, 1, 12)

    def step(x, n, p):
        return x + 0.1 * p * np.sin(x)

    def loss(x, n, p):
        return (x[0] - target[n]) ** 2

    def gauge(x, n, p):
        return x[:2] * p

    def by_loop(x, p):
        last, total, seen = adpy.checkpoint.loop(step, x, steps, params=p, loss=loss, collect=gauge, snapshots=3)
        return np.sum(last) + total + np.sum(np.cos(seen) * np.arange(24.0).reshape(12, 2))

    def by_hand(x, p):
        total, seen = 0.0, []
        for n in range(steps):
            x = step(x, n, p)
            seen.append(gauge(x, n, p))
            total = total + loss(x, n, p)
        return np.sum(x) + total + np.sum(np.cos(np.array(seen)) * np.arange(24.0).reshape(12, 2))

    args = np.array([0.3, 0.5, 1.0]), 0.7
    assert by_loop(*args) == pytest.approx(by_hand(*args), rel=1e-14)
    close(adpy.grad(by_loop, (0, 1))(*args), adpy.grad(by_hand, (0, 1))(*args))
    dots = np.array([1.0, 0.5, -1.0]), 0.4
    close(adpy.jvp(by_loop, args, dots), adpy.jvp(by_hand, args, dots))
    close(adpy.jvp(adpy.grad(by_loop, (0, 1)), args, dots), adpy.jvp(adpy.grad(by_hand, (0, 1)), args, dots), 1e-11)


def test_data_by_a_function():
    wind = np.random.default_rng(0).normal(size=(15, 3))

    def by_loop(x):
        return np.sum(adpy.checkpoint.loop(lambda x, n, w: np.tanh(x + w), x, 15, args=lambda n: wind[n], snapshots=3))

    def by_hand(x):
        for n in range(15):
            x = np.tanh(x + wind[n])
        return np.sum(x)

    x = np.array([0.1, 0.2, 0.3])
    close(adpy.grad(by_loop)(x), adpy.grad(by_hand)(x))
    close(adpy.hvp(by_loop)(x, x), adpy.hvp(by_hand)(x, x), 1e-11)


@pytest.mark.parametrize(("steps", "snapshots"), [(1, 1), (10, 2), (57, 5), (100, 10), (30, 30)])
def test_as_many_steps_as_the_schedule_says(steps, snapshots):
    from adpy.checkpoint.stepping import machine

    counts = []

    class Counting(machine.Machine):
        def close(self):
            counts.append(self.steps)
            super().close()

    def function(x):
        return np.sum(adpy.checkpoint.loop(lambda x, n: np.sin(x), x, steps, snapshots=snapshots))

    from adpy.checkpoint import problem

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problem, "Machine", Counting)
        adpy.grad(function)(np.ones(2))
    assert counts == [Binomial(steps, snapshots).forward_steps]


def test_the_state_stays_as_it_was():
    u = np.linspace(0, 1, 7)
    before = u.copy()

    def step(u, n):
        u *= 0.5
        return u

    def function(c):
        return np.sum(adpy.checkpoint.loop(step, u, 5, snapshots=2)) * c

    adpy.grad(function)(1.0)
    adpy.checkpoint.loop(step, u, 5)
    np.testing.assert_array_equal(u, before)


def test_an_error_of_the_step_arrives():
    class Diverged(Exception):
        pass

    def step(x, n):
        if n == 7:
            raise Diverged("at 7")
        return x * 2.0

    with pytest.raises(Diverged, match="at 7"):
        adpy.grad(lambda x: adpy.checkpoint.loop(step, x, 9, snapshots=2))(1.0)
    with pytest.raises(Diverged, match="at 7"):
        adpy.derivative(lambda x: adpy.checkpoint.loop(step, x, 9, snapshots=2))(1.0)


def test_many_pullbacks():
    def function(x):
        return adpy.checkpoint.loop(lambda x, n: np.sin(x) * x[0], x, 8, snapshots=2)

    def by_hand(x):
        for _ in range(8):
            x = np.sin(x) * x[0]
        return x

    x = np.array([1.1, 0.7, 0.3])
    close(adpy.jacobian(function)(x), adpy.jacobian(by_hand)(x))
    _, pullback = adpy.vjp(function, x)
    close(pullback(np.ones(3)), pullback(np.ones(3)), 0.0)


def test_within_a_program():
    def function(x):
        return np.sum(adpy.checkpoint.loop(lambda x, n: np.sin(x) * x[0], 2 * x, 8, snapshots=2) ** 2)

    def by_hand(x):
        x = 2 * x
        for _ in range(8):
            x = np.sin(x) * x[0]
        return np.sum(x**2)

    x = np.array([1.1, 0.7, 0.3])
    program = adpy.record(function, x)
    for y in (x, 0.9 * x):
        close(program.gradient(y), adpy.grad(by_hand)(y))
        close(program.hvp(y, x), adpy.hvp(by_hand)(y, x), 1e-11)


def test_in_a_batch():
    def function(x):
        return np.sum(adpy.checkpoint.loop(lambda x, n: np.sin(x) * x[0], 2 * x, 8, snapshots=2) ** 2)

    points = np.array([[1.1, 0.7, 0.3], [0.5, 0.2, 0.1]])
    close(adpy.batch(adpy.grad(function))(points), np.array([adpy.grad(function)(x) for x in points]))


def test_taylor():
    case = LOOPS["burgers"]
    function = by_loop(case, snapshots=3)
    value, gradient = adpy.value_and_grad(function)(*arguments(case))
    direction = np.cos(np.arange(6.0))
    residuals = [
        abs(function(case.state + h * direction, case.params) - value - h * gradient @ direction)
        for h in (1e-2, 1e-3, 1e-4)
    ]
    orders = np.log10(np.array(residuals[:-1]) / residuals[1:])
    np.testing.assert_allclose(orders, 2.0, atol=0.05)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"step": 3}, "step"),
        ({"steps": -1}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"steps": None}, "steps"),
        ({"loss": 3}, "loss"),
        ({"snapshots": 0}, "snapshots"),
        ({"memory": "much"}, "memory"),
        ({"snapshots": 2, "memory": "1 GB"}, "memory"),
        ({"schedule": 3}, "schedule"),
        ({"args": np.ones(4)}, "args"),
        ({"args": {"a": 1.0}}, "args"),
    ],
)
def test_bad_arguments(change, name):
    given = {"step": lambda x, n: x, "state": 1.0, "steps": 3} | change
    with pytest.raises(adpy.errors.ArgumentError, match=name):
        adpy.checkpoint.loop(**given)


def test_a_step_that_draws_random_numbers_is_refused():
    def step(x, n):
        return x * np.random.default_rng().normal()

    def legacy(x, n):
        return x * np.random.normal()

    for random in (step, legacy):
        with pytest.raises(adpy.errors.NonDifferentiableError, match="again"):
            adpy.grad(lambda x, random=random: adpy.checkpoint.loop(random, x, 6, snapshots=2))(1.0)


def test_a_step_with_a_memory_of_its_own_is_refused():
    calls = []

    def step(x, n):
        calls.append(n)
        return x * len(calls)

    with pytest.raises(adpy.errors.NonDifferentiableError, match="again"):
        adpy.grad(lambda x: adpy.checkpoint.loop(step, x, 6, snapshots=2))(1.0)


def test_a_generator_may_be_part_of_the_state():
    def step(state, n):
        x, generator = state
        return x * np.sin(x) + generator.normal(size=2), generator

    def by_loop(x):
        return np.sum(adpy.checkpoint.loop(step, (x, np.random.default_rng(3)), 9, snapshots=2)[0])

    def by_hand(x):
        state = (x, np.random.default_rng(3))
        for n in range(9):
            state = step(state, n)
        return np.sum(state[0])

    x = np.array([0.4, 0.9])
    close(adpy.grad(by_loop)(x), adpy.grad(by_hand)(x))
    close(adpy.jvp(by_loop, x, x), adpy.jvp(by_hand, x, x))


def test_a_write_into_parameters_is_refused():
    def step(x, n, p):
        p *= 0.5
        return x * p

    def closed(p):
        def step(x, n):
            p[0] += 1.0
            return x * p

        return np.sum(adpy.checkpoint.loop(step, np.ones(2), 4, snapshots=2))

    with pytest.raises(adpy.errors.TracedValueError, match="params"):
        adpy.grad(lambda p: np.sum(adpy.checkpoint.loop(step, np.ones(2), 4, params=p, snapshots=2)))(np.ones(2))
    with pytest.raises(adpy.errors.TracedValueError, match="closes over"):
        adpy.grad(closed)(np.ones(2))


def test_events():
    events = []

    def function(x):
        return np.sum(adpy.checkpoint.loop(lambda x, n: np.sin(x), x, 40, snapshots=3, callback=events.append))

    adpy.grad(function)(np.ones(2))
    last = events[-1]
    assert (last.phase, last.reversed, last.steps) == ("done", 40, 40)
    assert last.advanced == Binomial(40, 3).forward_steps - 40


def test_events_of_a_schedule_that_does_not_know_the_end():
    events = []

    def function(x):
        schedule = Online(3)
        return np.sum(adpy.checkpoint.loop(lambda x, n: np.sin(x), x, 40, schedule=schedule, callback=events.append))

    adpy.grad(function)(np.ones(2))
    last = events[-1]
    assert (last.phase, last.reversed, last.steps) == ("done", 40, 40)
    assert last.advanced == last.advances
