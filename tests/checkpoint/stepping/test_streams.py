"""What steps give beside states: one kind of thing, whatever step it is."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError

X = np.array([0.3, -0.2, 0.8])
OTHERS = {
    "a float after integers": (lambda u, n: 0 if n < 3 else u[0], "collect: expected int64.*got float64.*at step 3"),
    "an integer after floats": (lambda u, n: u[0] if n < 3 else 0, "collect: expected float64.*got int64.*at step 3"),
    "a number after arrays": (lambda u, n: u if n < 3 else u[0], r"of shape \(3,\).*got .* shape \(\) at step 3"),
    "a longer array": (lambda u, n: np.ones(n), r"of shape \(0,\).*shape \(1,\) at step 1"),
    "a complex number": (lambda u, n: {"a": u[0] * (1j if n == 2 else 1)}, r"collect\['a'\].*complex128.*step 2"),
    "fewer": (lambda u, n: (u,) if n == 2 else (u, u), "the same structure.*step 2"),
    "other names": (lambda u, n: {"a" if n < 2 else "b": u}, "the same structure.*step 2"),
    "nothing": (lambda u, n: (u, None if n == 2 else u), "float64.*got None at step 2"),
    "something": (lambda u, n: (u, u if n == 2 else None), "expected None.*step 2"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_kind_at_a_later_step_is_refused(name):
    collect, message = OTHERS[name]

    def total(x):
        _, found = adpy.checkpoint.loop(lambda u, n: u * 1.01, x, 6, collect=collect, snapshots=2)
        return np.sum(found if not isinstance(found, tuple | dict) else 0.0)

    for call in (total, adpy.grad(total), lambda x: adpy.jvp(total, (x,), (x,)), lambda x: adpy.hvp(total)(x, x)):
        with pytest.raises(ArgumentError, match=message):
            call(X)


def test_narrower_numbers_are_taken():
    def collect(u, n):
        return np.int32(n) if n else 2, np.float32(0.5) if n else u[0]

    numbers, halves = adpy.checkpoint.loop(lambda u, n: u * 1.01, X, 4, collect=collect)[1]
    assert numbers.tolist() == [2, 1, 2, 3]
    assert halves.tolist()[1:] == [0.5, 0.5, 0.5]
