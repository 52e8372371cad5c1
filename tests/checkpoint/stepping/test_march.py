"""Marches: steps in native code that take turns with their twins, against the plain loop and against copied states."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint.stepping import march as marches
from adpy.checkpoint.stepping import pace
from adpy.program import heat as hotness
from tests.checkpoint.test_loop import close

RNG = np.random.default_rng(3)
U = RNG.uniform(0.5, 1.5, 9)
V = RNG.uniform(0.5, 1.5, 9)


def stencil(u, n, c):
    v = u.copy()
    v[1:-1] = u[1:-1] - c * u[1:-1] * (u[1:-1] - u[:-2]) + 0.1 * c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return v


def in_place(u, n, c):
    u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return u


def plate(u, n, c):
    v = u.copy()
    v[1:-1, 1:-1] += c * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
    return v


def leapfrog(s, n, c):
    u, v = s
    v = v - 0.1 * c * np.sin(u)
    return u + 0.1 * v, v


def passed_on(s, n, c):
    u, k = s
    return np.sin(u) * k + c, k


def doubled(s, n, c):
    u, v = s
    w = u * np.cos(v) + c
    return w, w


def crossing(s, n, c):
    u, v = s
    return v, u + c * np.sin(v)


def with_a_sum(s, n, c):
    u, total = s
    u = np.tanh(u) * (1 + c)
    return u, total + np.sum(u * u)


def reversed_view(u, n, c):
    return (np.sin(u) + c * u)[::-1]


def part_of_more(u, n, c):
    w = np.concatenate([u[-1:], u, u[:1]])
    w = w + c * np.sin(w)
    return w[1:-1]


def edges(u, n, c):
    v = np.empty_like(u)
    v[1:-1] = 0.5 * (u[:-2] + u[2:]) * c
    v[0] = 2 * v[1] - u[0] * 0.3
    v[-1] = v[-2] * u[-1]
    return v


def gathered(u, n, c):
    order = np.array([3, 1, 0, 2, 8, 5, 6, 4, 7])
    return np.sin(u[order]) + c * u


def scattered(u, n, c):
    v = u * c
    v[np.array([1, 5, 2])] = u[np.array([0, 3, 8])] ** 2
    return v


def looped(u, n, c):
    v = u.copy()
    for i in range(1, len(u)):
        v[i] = 0.5 * v[i] + c * u[i - 1]
    return v


def decided(u, n, c):
    if u[0] > 0.9:
        return np.sin(u) * c + u * 0.1
    return u * (1.2 + c)


def decided_in_place(u, n, c):
    u[1:] = u[1:] * c + 0.2
    if u[0] > 0.9:
        u[0] = u[0] * 0.7
    else:
        u[0] = u[0] * 1.3 + 0.01 * u[1]
    return u


def numbered(u, n, c):
    return u * (1 - c / (n + 2)) + 0.01 * n


CASES = {
    "stencil": (stencil, U, True),
    "in place": (in_place, U, True),
    "plate": (plate, RNG.uniform(0.5, 1.5, (6, 7)), True),
    "pair": (leapfrog, (U, V), True),
    "carried through": (passed_on, (U, V), True),
    "doubled": (doubled, (U, V), True),
    "crossing": (crossing, (U, V), False),
    "number beside": (with_a_sum, (U, 0.0), True),
    "reversed": (reversed_view, U, None),
    "part of more": (part_of_more, U, False),
    "edges": (edges, U, True),
    "gathered": (gathered, U, True),
    "scattered": (scattered, U, True),
    "looped": (looped, U, None),
    "decided": (decided, U, True),
    "decided in place": (decided_in_place, U, None),
    "numbered": (numbered, U, True),
}


def by_loop(step, steps, **settings):
    def function(state, c):
        return number(adpy.checkpoint.loop(step, state, steps, params=c, **settings))

    return function


def by_hand(step, steps):
    def function(state, c):
        for n in range(steps):
            state = step(state, n, c)
        return number(state)

    return function


def number(state):
    if isinstance(state, tuple):
        return number(state[0]) + 0.5 * number(state[1])
    return np.sum(np.sin(state) * np.arange(1.0, np.size(state) + 1).reshape(np.shape(state)))


@pytest.fixture
def seen(monkeypatch):
    """Did the marches that ran have twins?"""
    found = []
    run = marches.March.run

    def watched(self, *args):
        found.append(self.twin is not None)
        return run(self, *args)

    monkeypatch.setattr(marches.March, "run", watched)
    return found


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 11, 24, 25])
@pytest.mark.parametrize("name", CASES)
def test_gradients(name, steps, seen):
    step, state, has_twin = CASES[name]
    expected = adpy.grad(by_hand(step, steps), (0, 1))(state, 0.3)
    for snapshots in (1, 2, 5):
        close(adpy.grad(by_loop(step, steps, snapshots=snapshots), (0, 1))(state, 0.3), expected)
    if steps > 10:
        assert has_twin is None or set(seen) == {has_twin}


@pytest.mark.parametrize("name", CASES)
def test_the_same_bits_without_twins_and_however_often_it_is_interrupted(name, monkeypatch):
    step, state, _ = CASES[name]
    derivative = adpy.grad(by_loop(step, 23, snapshots=3), (0, 1))
    expected = derivative(state, 0.3)
    monkeypatch.setattr(pace.Pace, "took", lambda self, steps, seconds: None)
    found = {}
    for twin_of in (marches.twin_of, lambda code, pairs: None):
        monkeypatch.setattr(marches, "twin_of", twin_of)
        for steps in (1, 2, 3, 7):
            monkeypatch.setattr(pace.Pace, "__init__", lambda self, steps=steps: setattr(self, "steps", steps))
            state_bars, c_bar = derivative(state, 0.3)
            close(state_bars, expected[0], 0.0)
            close(c_bar, expected[1], 1e-14)  # sums over the steps of one native call come first
            assert found.setdefault(steps, c_bar) == c_bar


@pytest.mark.parametrize("snapshots", [1, 4])
@pytest.mark.parametrize("name", ["stencil", "pair", "doubled", "number beside", "decided"])
def test_losses_outputs_and_data(name, snapshots, seen):
    step, state, _ = CASES[name]
    data = RNG.normal(size=(19, 9))

    def driven(state, n, c, f):
        found = step(state, n, c)
        return (found[0] + 0.01 * f, found[1]) if isinstance(found, tuple) else found + 0.01 * f

    def loss(state, n, c, f):
        u = state[0] if isinstance(state, tuple) else state
        return c * np.sum((u - f) ** 2)

    def collect(state, n, c, f):
        u = state[0] if isinstance(state, tuple) else state
        return u[::2], u[3] * f[0], u

    def function(state, c, data):
        last, total, found = adpy.checkpoint.loop(
            driven, state, 19, params=c, args=data, loss=loss, collect=collect, snapshots=snapshots
        )
        return number(last) + total + sum(number(part) for part in found)

    def plain(state, c, data):
        total, found = 0.0, []
        for n in range(19):
            state = driven(state, n, c, data[n])
            total = total + loss(state, n, c, data[n])
            found.append([np.array(part) for part in collect(state, n, c, data[n])])
        return number(state) + total + sum(number(np.stack(part)) for part in zip(*found, strict=True))

    close(
        adpy.value_and_grad(function, (0, 1, 2))(state, 0.3, data),
        adpy.value_and_grad(plain, (0, 1, 2))(state, 0.3, data),
    )
    assert any(seen)


@pytest.mark.parametrize("name", ["stencil", "plate", "edges", "doubled", "decided", "looped"])
def test_with_kernels_of_their_own(name, monkeypatch):
    step, state, _ = CASES[name]
    monkeypatch.setenv("ADPY_SPECIALIZE", "")
    monkeypatch.setattr(hotness, "enqueue", lambda task: task())
    monkeypatch.setattr(hotness, "HOT", 0.0)
    monkeypatch.setattr(hotness, "INSTRUCTION", 0.0)
    kernels = []
    run = marches.March.run

    def watched(self, *args):
        kernels.append(self.link.code.special.kernels is not None)
        return run(self, *args)

    monkeypatch.setattr(marches.March, "run", watched)

    def own(state, n, c):  # no recording of another test
        return step(state, n, c)

    derivative = adpy.grad(by_loop(own, 25, snapshots=3), (0, 1))
    expected = adpy.grad(by_hand(step, 25), (0, 1))(state, 0.3)
    for _ in range(3):
        close(derivative(state, 0.3), expected)
    assert kernels[-1]


def test_hessian_products():
    for name in ("stencil", "pair", "edges"):
        step, state, _ = CASES[name]
        flat = np.concatenate([np.ravel(part) for part in state]) if isinstance(state, tuple) else state

        def over(function, step=step, state=state):
            def of(x):
                return function((x[:9], x[9:]) if isinstance(state, tuple) else x, 0.3)

            return of

        direction = RNG.normal(size=flat.shape)
        found = adpy.hvp(over(by_loop(step, 14, snapshots=3)))(flat, direction)
        close(found, adpy.hvp(over(by_hand(step, 14)))(flat, direction), 1e-11)


def test_an_array_that_nothing_writes_is_no_twin():
    def lazy(u, n, c):
        v = np.empty(9)
        v[:] = 0.0
        v[1:] = u[1:] * c
        return v

    close(
        adpy.grad(by_loop(lazy, 15, snapshots=2), (0, 1))(U, 0.3), adpy.grad(by_hand(lazy, 15), (0, 1))(U, 0.3), 1e-12
    )
