"""The compiled sweeps against the same loops in plain Python and against the sweep over nodes."""

import numpy as np
import pytest

import adpy
from adpy import capture, kernels
from adpy.reverse.linearize import linearize
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape


def random_stream(count, home, rng):
    """Records of a random scalar program: children before the record itself, or entries of a home."""
    children = np.zeros((count, 2), np.int32)
    for record in range(1, count):
        for slot in range(rng.integers(0, 3)):
            children[record, slot] = rng.integers(-home, record) if record > 1 else 0
    weights = rng.normal(size=(count, 2))
    weights[rng.random(count) < 0.05] = np.inf
    return children, weights


@np.errstate(all="ignore")
def swept_in_python(children, weights, adjoints, low, high):
    for record in range(high - 1, low - 1, -1):
        if adjoints[record] != 0.0:
            for child, weight in zip(children[record], weights[record], strict=True):
                if child:
                    adjoints[child] += weight * adjoints[record]


@pytest.mark.parametrize("seed", range(5))
def test_pairs_agree_with_python(seed):
    rng = np.random.default_rng(seed)
    children, weights = random_stream(200, 7, rng)
    adjoints = np.zeros(207)
    adjoints[rng.integers(1, 200, 3)] = rng.normal(size=3)
    expected = adjoints.copy()
    for low, high in ((150, 200), (40, 150), (0, 40)):
        kernels.adjoint_sweep_pairs(children, weights, adjoints, low, high)
        swept_in_python(children, weights, expected, low, high)
    np.testing.assert_array_equal(adjoints, expected)


def test_zero_cotangent_through_an_infinite_weight_contributes_zero():
    children = np.array([[0, 0], [0, 0], [1, 0]], np.int32)
    weights = np.array([[0, 0], [0, 0], [np.inf, 0]], float)
    adjoints = np.zeros(3)
    kernels.adjoint_sweep_pairs(children, weights, adjoints, 0, 3)
    assert adjoints.tolist() == [0, 0, 0]


def loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100 * (x[i + 1] - x[i] ** 2) ** 2 + np.sin(x[i]) / (1 + x[i] ** 2)
    return total


def test_a_long_loop_gives_the_same_gradient_compiled_and_in_python(monkeypatch):
    x = np.linspace(-1, 2, 400)
    gradients = []
    for compiled in (True, False):
        monkeypatch.setattr(kernels, "worthwhile", lambda count, answer=compiled: answer)
        gradients.append(adpy.grad(loop)(x))
    np.testing.assert_allclose(*gradients, rtol=1e-14)


def mixed(x):
    u = np.zeros(5)
    u[0] = x[0] * x[1]
    u[1:4] = x * 2
    v = u.copy()
    v[1:3] += np.sin(u[:2])
    s = v[2] * x[2] - u[4]
    w = np.array([s, v[0], 1.0])
    y = (w * w).sum() + np.roll(v, 1) @ u + np.linalg.norm(u[::2])
    for k in range(3):
        y = y + x[k] ** 3 / (1 + v[k])
    return y


def test_linearized_tape_sweeps_as_the_tape_does():
    tape = Tape()
    x = tape.input(np.array([0.3, 0.4, 0.5]))
    with capture.tracing(tape, mixed) as call:
        y = call(x)
    (expected,) = sweep(tape, [(y.reference(), 1.0)], tape.inputs)
    flat = linearize(tape, [y.reference()])
    assert all(c.max(initial=-1) < row for row, c in enumerate(np.split(flat.children, flat.indptr[1:-1])))
    np.testing.assert_allclose(flat.adjoints([1.0])[0], expected, rtol=1e-13)
    np.testing.assert_allclose(flat.adjoints([np.array([1.0, -2.0])])[0], np.outer(expected, [1, -2]), rtol=1e-13)


def test_linearize_of_an_array_result_gives_the_jacobian():
    def f(x):
        return np.cumsum(np.exp(x)) * x[::-1]

    point = np.array([0.1, -0.4, 0.7])
    tape = Tape()
    x = tape.input(point.copy())
    with capture.tracing(tape, f) as call:
        y = call(x)
    flat = linearize(tape, [y.reference()])
    np.testing.assert_allclose(flat.adjoints([np.eye(3)])[0].T, adpy.jacobian(f)(point), rtol=1e-13)


def test_a_long_tape_takes_24_bytes_an_operation():
    tape = Tape()
    x = tape.input(0.5)
    y = x
    for _ in range(200_000):
        y = y * x + 0.5
    assert tape.count == 400_002
    compact = sum(children.nbytes + weights.nbytes for children, weights in tape.chunks)
    assert compact / (len(tape.chunks) * 65536) <= 24.001
