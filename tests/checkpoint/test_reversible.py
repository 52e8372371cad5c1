"""Steps with inverses: all derivatives are those of the plain loop, in memory that does not grow; drift is seen."""

import tracemalloc

import numpy as np
import pytest

import adpy
from adpy.checkpoint import reversible_loop
from adpy.errors import ArgumentError, InverseError


def force(x, k):
    return -k * np.sin(x) - 0.1 * x**3


def leapfrog(state, n, k, dt=0.01):
    x, v = state
    x = x + dt / 2 * v
    v = v + dt * force(x, k)
    return x + dt / 2 * v, v


def leapfrog_back(state, n, k):
    return leapfrog(state, n, k, -0.01)


def in_place(state, n, k, dt=0.01):
    state["x"] += dt / 2 * state["v"]
    state["v"] += dt * force(state["x"], k)
    state["x"] += dt / 2 * state["v"]
    state["steps"] += 1
    return state


def in_place_back(state, n, k):
    state = in_place(state, n, k, -0.01)
    state["steps"] -= 2
    return state


def heun(state, n, k, dt=0.01):
    """Reversible Heun of y' = f(y)."""
    y, z, f = state
    z_next = 2 * y - z + dt * f
    f_next = force(z_next, k)
    return y + dt / 2 * (f + f_next), z_next, f_next


def heun_back(state, n, k, dt=0.01):
    y, z, f = state
    z_before = 2 * y - z - dt * f
    f_before = force(z_before, k)
    return y - dt / 2 * (f + f_before), z_before, f_before


X, V = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.3, -0.2])
CASES = {
    "leapfrog": (leapfrog, leapfrog_back, lambda x: (x, V)),
    "in place": (in_place, in_place_back, lambda x: {"x": x.copy(), "v": V.copy(), "steps": 3}),
    "heun": (heun, heun_back, lambda x: (x, 1.0 * x, force(x, 1.5))),
}


def position(state):
    return state["x"] if isinstance(state, dict) else state[0]


def plain(step, inverse, state, steps, params, loss=None):
    total = 0.0
    for n in range(steps):
        state = step(state, n, params)
        if loss is not None:
            total = total + loss(state, n, params)
    return state if loss is None else (state, total)


def with_inverse(step, inverse, state, steps, params, loss=None):
    return reversible_loop(step, inverse, state, steps, params=params, loss=loss)


def energy(state, n, k):
    return np.sum(np.cos(position(state))) * k / (n + 1)


def objective(run, name, steps=40):
    step, inverse, first = CASES[name]

    def f(x, k):
        state, total = run(step, inverse, first(x), steps, k, energy)
        return np.sum(position(state) ** 2) + total

    return f


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("steps", [1, 2, 40])
def test_gradients(name, steps):
    ours, theirs = objective(with_inverse, name, steps), objective(plain, name, steps)
    assert ours(X, 1.5) == pytest.approx(theirs(X, 1.5), rel=1e-14)
    (x_bar, k_bar), (x_bar_2, k_bar_2) = [adpy.grad(f, argnums=(0, 1))(X, 1.5) for f in (ours, theirs)]
    np.testing.assert_allclose(x_bar, x_bar_2, rtol=1e-12)
    np.testing.assert_allclose(k_bar, k_bar_2, rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_tangents_and_second_derivatives(name):
    ours, theirs = objective(with_inverse, name, 12), objective(plain, name, 12)
    d = np.array([0.3, -0.2, 0.9])
    results = []
    for f in (ours, theirs):
        results.append(
            [
                adpy.jvp(f, (X, 1.5), (d, 0.7))[1],
                adpy.hvp(lambda x, f=f: f(x, 1.5))(X, d),
                adpy.grad(lambda x, f=f: d @ adpy.grad(f)(x, 1.5))(X),
                adpy.grad(lambda k, f=f: d @ adpy.grad(f)(X, k))(1.5),
            ]
        )
    for a, b in zip(*results):
        np.testing.assert_allclose(a, b, rtol=1e-11)


def test_parameters_that_are_closed_over():
    def f(k, run):
        step = lambda state, n: leapfrog(state, n, k)  # noqa: E731
        inverse = lambda state, n: leapfrog(state, n, k, -0.01)  # noqa: E731
        return np.sum(run(step, inverse)[0])

    def looped(step, inverse):
        return reversible_loop(step, inverse, (X, V), 20)

    def unrolled(step, inverse):
        state = X, V
        for n in range(20):
            state = step(state, n)
        return state

    assert adpy.grad(f)(1.5, looped) == pytest.approx(adpy.grad(f)(1.5, unrolled), rel=1e-12)


def test_arguments_of_steps():
    pushes = np.linspace(0.0, 1.0, 30)

    def step(state, n, push, dt=0.1):
        x, v = state
        x = x + dt / 2 * v
        v = v + dt * (push - np.sin(x))
        return x + dt / 2 * v, v

    def inverse(state, n, push):
        return step(state, n, push, -0.1)

    def ours(pushes):
        return np.sum(reversible_loop(step, inverse, (X, V), 30, args=pushes)[0])

    def theirs(pushes):
        state = X, V
        for n in range(30):
            state = step(state, n, pushes[n])
        return np.sum(state[0])

    np.testing.assert_allclose(adpy.grad(ours)(pushes), adpy.grad(theirs)(pushes), rtol=1e-12)


def test_memory_does_not_grow():
    big = np.linspace(0.0, 1.0, 20_000)

    def f(x, steps):
        return np.sum(reversible_loop(leapfrog, leapfrog_back, (x, x), steps, params=1.5)[0])

    adpy.grad(f)(big, 3)
    peaks = []
    for steps in (20, 400):
        tracemalloc.start()
        adpy.grad(f)(big, steps)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.05 * peaks[0] + 10_000


def test_drift_is_reported():
    found = []

    def f(x):
        return np.sum(reversible_loop(leapfrog, leapfrog_back, (x, V), 200, params=1.5, report=found.append)[0])

    adpy.grad(f)(X)
    (drift,) = found
    assert 0.0 < drift.largest < 1e-14 and 0 <= drift.step < 200 and drift.first < 1e-12


def grad_with(step, inverse, steps=50, **more):
    return adpy.grad(lambda x: np.sum(reversible_loop(step, inverse, (x, V), steps, params=1.5, **more)[0]))(X)


def test_a_wrong_inverse_is_seen_at_the_first_step():
    ran = []

    def step(state, n, k):
        ran.append(1)
        return leapfrog(state, n, k)

    def wrong(state, n, k):
        return leapfrog(state, n, 1.01 * k, -0.01)

    with pytest.raises(InverseError, match=r"inverse\(step\(state\)\) is not the state at step 0") as caught:
        grad_with(step, wrong)
    assert caught.value.step == 0 and 1e-5 < caught.value.drift < 1e-3
    assert len(ran) < 5


def test_an_inverse_that_goes_wrong_later_is_seen_where_it_does():
    def wrong(state, n, k):
        x, v = leapfrog(state, n, k, -0.01)
        return x, v + (1e-4 if n == 17 else 0.0)

    with pytest.raises(InverseError, match=r"step\(inverse\(state\)\) is not the state at step 17") as caught:
        grad_with(leapfrog, wrong)
    assert caught.value.step == 17


def test_wrong_integers_are_seen():
    def wrong(state, n, k):
        return in_place(state, n, k, -0.01)  # counts up

    with pytest.raises(InverseError):
        adpy.grad(lambda x: np.sum(reversible_loop(in_place, wrong, CASES["in place"][2](x), 5, params=1.5)["x"]))(X)


def test_motion_that_cannot_be_undone():
    """Damping forgets: undoing it amplifies what was rounded off."""

    def step(x, n):
        return 0.5 * x + 1.0

    def inverse(x, n):
        return 2.0 * (x - 1.0)

    def f(x, steps):
        return np.sum(reversible_loop(step, inverse, x, steps))

    np.testing.assert_allclose(adpy.grad(f)(0.1 * X, 10), 0.5**10 * np.ones(3))
    with pytest.raises(InverseError, match="do not lead back to the first state") as caught:
        adpy.grad(f)(0.1 * X, 45)
    assert caught.value.drift > 1e-6


def test_single_precision_has_its_own_tolerance():
    x, v = X.astype(np.float32), V.astype(np.float32)

    def f(x):
        return np.sum(reversible_loop(leapfrog, leapfrog_back, (x, v), 20, params=np.float32(1.5))[0])

    def g(x):
        return np.sum(plain(leapfrog, None, (x, v), 20, np.float32(1.5))[0])

    np.testing.assert_allclose(adpy.grad(f)(x), adpy.grad(g)(x), rtol=1e-4)
    with pytest.raises(InverseError):
        grad_with(leapfrog, leapfrog_back, tolerance=0.0)


def test_progress():
    events = []
    grad_with(leapfrog, leapfrog_back, steps=600, callback=events.append)
    assert [event.phase for event in events][-1] == "done" and {"forward", "reverse"} <= {e.phase for e in events}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inverse": 3}, "inverse: expected a function, got int"),
        ({"report": 3}, "report: expected a function or None"),
        ({"tolerance": -1.0}, "tolerance: expected a number that is not negative"),
        ({"callback": 3}, "callback: expected a callable"),
        ({"steps": -1}, "steps: expected an integer"),
        ({"steps": None}, "steps: expected an integer"),
        ({"loss": 3}, "loss: expected a function"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        reversible_loop(**{"step": leapfrog, "inverse": leapfrog_back, "state": (X, V), "steps": 3, **arguments})


def test_another_structure_is_refused():
    with pytest.raises(ArgumentError, match="inverse: expected states like those of the step"):
        grad_with(leapfrog, lambda state, n, k: [state[0], state[1], state[0]])
