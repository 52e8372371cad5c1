"""Steps that decide by their number: the recordings take turns in native code."""

import numpy as np
import pytest

import adpy
from adpy.checkpoint.stepping.link import Link
from tests.checkpoint.test_loop import close

STEPS = 300


def step(u, n, c):
    return u + c * u * (1.0 - u)


def pushed(u, n, c):
    """Another branch every seventh step."""
    return step(u, n, c) + (0.01 * u**2 if n % 7 == 3 else 0.0)


def every_tenth(u, n, c):
    return np.sum(u**2) if n % 10 == 9 else 0.0


def every_tenth_a_whole(u, n, c):
    return np.sum(u**2) if n % 10 == 9 else 0


def always(u, n, c):
    return np.sum(u)


def by_hand(step, loss, u, c):
    total = 0.0
    for n in range(STEPS):
        u = step(u, n, c)
        total = total + loss(u, n, c)
    return total + np.sum(u)


def by_loop(step, loss, u, c):
    u, total = adpy.checkpoint.loop(step, u, STEPS, params=c, loss=loss, snapshots=8)
    return total + np.sum(u)


@pytest.mark.parametrize(
    ("step", "loss"), [(step, every_tenth), (step, every_tenth_a_whole), (pushed, always), (pushed, every_tenth)]
)
def test_few_steps_run_in_python(step, loss, monkeypatch):
    u, c = np.linspace(0.1, 0.9, 5), 0.05
    expected = adpy.value_and_grad(lambda u, c: by_hand(step, loss, u, c), (0, 1))(u, c)
    ran = []
    run = Link.run
    monkeypatch.setattr(Link, "run", lambda self, arrays, n, arg: ran.append(n) or run(self, arrays, n, arg))
    found = adpy.value_and_grad(lambda u, c: by_loop(step, loss, u, c), (0, 1))(u, c)
    close(found, expected, 1e-12)
    assert len(ran) < STEPS / 4, len(ran)
    product = adpy.jvp(adpy.grad(lambda u: by_loop(step, loss, u, c)), (u,), (u,))[1]
    close(product, adpy.jvp(adpy.grad(lambda u: by_hand(step, loss, u, c)), (u,), (u,))[1], 1e-10)


def test_totals_are_those_of_the_plain_loop():
    u = np.linspace(0.1, 0.9, 5)
    assert by_loop(step, every_tenth, u, 0.05) == by_hand(step, every_tenth, u, 0.05)
