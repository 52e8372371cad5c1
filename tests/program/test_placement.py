"""Memory by liveness: arrays share addresses, and every sweep still finds what it reads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adpy
from tests.program.harness import check, record
from tests.program.test_codegen import compare

X = np.linspace(0.1, 1.1, 200)


def diffusion(u, steps):
    for _ in range(steps):
        inner = u[1:-1] + 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return u


def burgers(u, steps):
    for _ in range(steps):
        inner = u[1:-1] - 0.1 * u[1:-1] * (u[1:-1] - u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return u


def code_of(function, steps):
    return record(lambda x: function(x, steps), X).code


def test_linear_steps_need_no_memory_of_their_own():
    short, long = (code_of(diffusion, steps) for steps in (10, 40))
    assert long.active - short.active < 10 * X.size
    assert long.rows - short.rows < 10 * X.size


def test_cotangents_of_nonlinear_steps_share_memory_and_values_stay():
    short, long = (code_of(burgers, steps) for steps in (10, 40))
    assert long.rows - short.rows < 10 * X.size
    assert long.active - short.active >= 30 * X.size


def overwritten_after_a_sum(x):
    u = x.copy()
    y = u[1:-1] + u[:-2]
    z = y * y
    u[1:-1] = np.sin(z)
    return np.sum(u)


def overwritten_in_a_loop(x):
    u = x.copy()
    for _ in range(3):
        y = u[1:-1] + u[:-2]
        u[1:-1] = 0.1 * y * y
    return np.sum(u)


def copies_and_views(x):
    y = np.zeros(x.size)
    parts = []
    for k in range(4):
        y[::2] = x[::2] * (k + 1.0)
        parts.append(np.exp(y[::-1] * 0.1))
        y[k:] += parts[-1][k:]
        x = np.roll(parts[-1], k) + np.flip(y)
    return np.stack(parts) @ x


def reductions(x):
    total = 0.0
    for k in range(4):
        x = x - np.mean(x * x)
        total = total + np.sum(np.outer(x[:5], x[5:10]) ** 2) * x[k]
        x = x / (1.0 + np.max(x))
    return total


def temporaries(x):
    for k in range(5):
        a = x + 1.0
        b = a * 2.0 - x
        x = np.where(k % 2, b[::-1], a) * 0.5
    return x


def nothing_overwritten(x):
    y = np.outer(x[:4], x[:3])
    z = np.exp(y)
    y[:0] = 2.0 * z[:0]
    y[:, 3:] += z[:, 3:]
    return y * z


@pytest.mark.parametrize(
    "function",
    [nothing_overwritten, overwritten_after_a_sum, overwritten_in_a_loop, copies_and_views, reductions, temporaries],
)
def test_sweeps(function):
    program = check(function, X[:40])
    compare(program, (X[:40],))


def test_generated_kernels_do_not_compute_again_from_what_was_overwritten():
    expected = adpy.grad(overwritten_after_a_sum)(X)
    program = adpy.record(overwritten_after_a_sum, X).specialize()
    np.testing.assert_allclose(program.gradient(X), expected, rtol=1e-12)


OPERATIONS = {
    "add": lambda a, b: a + b,
    "scale": lambda a, b: 0.7 * a,
    "product": lambda a, b: a * b,
    "root": lambda a, b: np.sqrt(a * a + b * b + 1.0),
    "shift": lambda a, b: np.roll(a, 3) - b,
    "halves": lambda a, b: np.concatenate([a[:10], b[10:]]),
    "mean": lambda a, b: a - np.mean(b),
    "reverse": lambda a, b: a[::-1] * 0.5 + b,
}


@st.composite
def programs(draw):
    """Operations on two of the latest arrays, and writes into them."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from([*OPERATIONS, "write", "increment", "entry"]), st.integers(0, 3), st.integers(0, 3)
            ),
            min_size=3,
            max_size=14,
        )
    )

    def function(x):
        arrays = [x * 1.0, x + 0.5]
        for name, i, j in steps:
            a, b = arrays[-1 - i % len(arrays)], arrays[-1 - j % len(arrays)]
            if name == "write":
                a[2:12] = 0.3 * b[5:15]
            elif name == "increment":
                a[1:] += 0.2 * b[:-1]
            elif name == "entry":
                a[i] = 0.5 * b[j + 4] * b[j + 5]
            else:
                arrays.append(OPERATIONS[name](a, b))
        return arrays[-1] + 0.1 * arrays[-2]

    return function


@settings(max_examples=25, deadline=None)
@given(programs())
def test_random_programs(function):
    check(function, X[:20])
