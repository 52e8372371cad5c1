"""Where the leaves of a new state are: where those before were or elsewhere, the same twice, parts of one another."""

import numpy as np
import pytest

import adpy
from tests.checkpoint.test_loop import close

STEPS = 13
X = np.array([0.3, -0.2, 0.8])


def _twice(s, n):
    v = s[0] * 1.1 + s[1] * 0.1
    return v, v


def _parts(s, n):
    v = s[0] * (1.01 + 0.1 * s[1][0])
    return v, v[1:]


def _rows(s, n):
    both = np.stack([s[0] * 1.01 + 0.1 * s[1], s[1] * 0.9])
    return both[0], both[1]


def _together(s, n):
    rows = np.stack(s) * 1.01
    return rows[1], rows[0], rows[1]


STEPS_OF = {
    "exchanged": (lambda s, n: (s[1], s[0] * 1.1), (X, 2 * X)),
    "round": (lambda s, n: (s[1], s[2], s[0] * 1.1), (X, 2 * X, 3 * X)),
    "round, as they are": (lambda s, n: (s[1], s[2], s[0]), (X, 2 * X, 3 * X)),
    "new and old": (lambda s, n: (2 * s[0] - s[1] - 0.1 * np.sin(s[0]), s[0]), (X, 2 * X)),
    "one twice": (_twice, (X, 2 * X)),
    "the first twice": (lambda s, n: (s[0], s[0]), (X, 2 * X)),
    "the second twice": (lambda s, n: (s[1], s[1], s[0] * 1.1), (X, 2 * X, 3 * X)),
    "a part": (_parts, (X, X[1:])),
    "rows of one array": (_rows, (X, 2 * X)),
    "rows, one twice": (_together, (X, 2 * X, 3 * X)),
    "nothing": (lambda s, n: s, (X, 2 * X)),
    "an empty one first": (lambda s, n: (s[0], s[1] * 1.1 + 0.1 * s[2], s[1]), (X[:0], X, 2 * X)),
    "exchanged by turns": (lambda s, n: (s[1], s[0] * 1.1) if n % 3 else (s[0], s[0] + s[1]), (X, 2 * X)),
}
"""Steps, and first states to be multiplied by a number."""


@pytest.mark.parametrize("snapshots", [1, 3, 30])
@pytest.mark.parametrize("name", STEPS_OF)
def test_derivatives(name, snapshots):
    step, first = STEPS_OF[name]

    def scaled(p):
        return tuple([x * p[0] + p[1] for x in first])

    def number(state):
        return sum([np.sum(np.cos(i + np.arange(x.size)) * x**2) for i, x in enumerate(state)])

    def by_hand(p):
        state = scaled(p)
        for n in range(STEPS):
            state = step(state, n)
        return number(state)

    def by_loop(p):
        return number(adpy.checkpoint.loop(step, scaled(p), STEPS, snapshots=snapshots))

    p, dot = np.array([1.0, 0.1]), np.array([0.3, 1.0])
    close(adpy.value_and_grad(by_loop)(p), adpy.value_and_grad(by_hand)(p), 1e-12)
    close(adpy.hvp(by_loop)(p, dot), adpy.hvp(by_hand)(p, dot), 1e-12)


def _grows(s, n):
    a, b = s
    a += 0.1 * b
    return a, b


def _grows_and_doubles(s, n):
    a, b = s
    a *= 1.1
    return (a, a) if n % 3 == 0 else (a, 0.9 * b)


def _grows_and_shows(s, n):
    s[0][1:] *= 1.1
    return s[0], s[0][1:]


SHARING = {
    "one array twice": (_grows, lambda x: (x, x)),
    "a step that makes one of two": (_grows_and_doubles, lambda x: (x, x * 2)),
    "a part of an array": (_grows_and_shows, lambda x: (x, x[1:] * 1)),
}


@pytest.mark.parametrize("name", SHARING)
def test_writes_into_what_shares_memory_are_refused(name):
    """In a plain loop other leaves would change as well, and not in states that are kept."""
    step, first = SHARING[name]

    def function(x):
        return np.sum(adpy.checkpoint.loop(step, first(x * 1), STEPS, snapshots=3)[0] ** 2)

    for call in (adpy.grad(function), lambda x: adpy.jvp(function, (x,), (x,)), lambda x: adpy.hvp(function)(x, x)):
        with pytest.raises(adpy.errors.ArgumentError, match=r"state\[[01]\]: expected an array of its own"):
            call(X)


def test_one_array_twice_without_transforms():
    x = X * 1
    a, b = adpy.checkpoint.loop(_grows, (x, x), 2)
    np.testing.assert_allclose(a, X * 1.1**2)
    assert a is b and a is not x
