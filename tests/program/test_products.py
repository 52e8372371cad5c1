"""Products of stacks, extrema and reductions over short axes beside their derivatives, in every sweep."""

import numpy as np
import pytest

import adpy
from tests.program.harness import check, check_elsewhere, moved

RNG = np.random.default_rng(0)
STACK, MATRICES = RNG.normal(size=(3, 4, 2)), RNG.normal(size=(3, 2, 5))


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: a @ b,
        lambda a, b: np.matmul(a * b[0, 0, 0], b[0]),
        lambda a, b: a[0] @ b,
        lambda a, b: a[:, None] @ b,
        lambda a, b: a.transpose(0, 2, 1) @ np.sin(a) @ b,
        lambda a, b: STACK @ b,
        lambda a, b: a @ MATRICES,
    ],
)
def test_stacks(function):
    program = check(function, STACK, MATRICES)
    assert all(type(call).__name__ != "BlockCall" for call in program.code.calls.values())
    assert check_elsewhere(program, *moved((STACK, MATRICES), 0.5))


@pytest.mark.parametrize("extremum", [np.max, np.min, np.amax, np.amin])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_extrema(extremum, axis, keepdims):
    program = check(lambda a: extremum(a, axis=axis, keepdims=keepdims) ** 2, STACK)
    assert all(type(call).__name__ == "Extremum" for call in program.code.calls.values())
    assert check_elsewhere(program, *moved((STACK,), 2.0))


def test_methods_and_ties():
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 0.0], [5.0, 5.0, 5.0]])
    check(lambda x: np.sum(x.max(axis=1) * x.min(axis=0)), x, second=False)
    p = adpy.record(lambda x: np.sum(x.max(axis=1)), x)
    np.testing.assert_allclose(p.gradient(x), [[0, 0.5, 0.5], [0.5, 0.5, 0], [1 / 3] * 3])


def test_of_what_is_not_a_number():
    x = np.array([[1.0, np.nan], [2.0, 3.0]])
    p = adpy.record(lambda x: np.max(x, axis=1), x)
    np.testing.assert_array_equal(p(x), [np.nan, 3.0])
    np.testing.assert_array_equal(p.jacobian(x), adpy.jacobian(lambda x: np.max(x, axis=1))(x))


def test_overwritten_operands():
    def function(a):
        a = a * 1.0
        y, m = a @ np.ones((2, 3)), np.max(a, axis=0)
        a[1:] *= 2.0
        m = m * m
        return np.sum(y**2) + np.sum(a @ np.cos(a.transpose(0, 2, 1))) + np.sum(m)

    check(function, STACK)


def test_saved_and_in_lanes(tmp_path):
    def function(x):
        y = x.reshape(2, 2, 2)
        return np.sum((y @ y) ** 2) + np.max(x)

    x = RNG.normal(size=8)
    p = adpy.record(function, x)
    p.save(tmp_path / "p.npz")
    q = adpy.load_program(tmp_path / "p.npz")
    np.testing.assert_allclose(q.gradient(x), adpy.grad(function)(x), rtol=1e-12)
    points = RNG.normal(size=(5, 8))
    np.testing.assert_allclose(p.batch(points), [function(x) for x in points], rtol=1e-12)
    np.testing.assert_allclose(p.batch_gradient(points), [adpy.grad(function)(x) for x in points], rtol=1e-10)


@pytest.mark.parametrize("shape", [(50, 200, 3), (6, 500), (2, 1500, 2)])
def test_reductions_over_short_axes(shape):
    x = RNG.uniform(0.5, 1.0, shape)
    check(lambda x: np.sum((x - x[:1]) ** 2, axis=-1) * np.sum(x.T, axis=0).T, x, second=False)


A, B, V, W = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=3)


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b, v, w: np.einsum("ij,jk->ik", a, b),
        lambda a, b, v, w: np.einsum("ij, ji", a, b),
        lambda a, b, v, w: np.einsum("ij,j->i", a, v) * np.einsum("i->i", w),
        lambda a, b, v, w: np.einsum("ii->i", a @ b) + np.einsum("ii", a @ b),
        lambda a, b, v, w: np.einsum("ij->j", a) * np.einsum("i,j->ji", w, v)[:, 0],
        lambda a, b, v, w: np.einsum("ij,kl->jl", a, b),
        lambda a, b, v, w: np.einsum("ij,j->i", A, v),
        lambda a, b, v, w: np.tensordot(a, b, 1) + np.tensordot(a, b, ([1], [0])),
        lambda a, b, v, w: np.tensordot(a, b.T) * np.tensordot(v, a, (0, 1)),
        lambda a, b, v, w: np.inner(v, v) * np.inner(a, b.T) + np.inner(a, v)[0],
        lambda a, b, v, w: np.outer(v, w) * np.vdot(a, b.T) + np.vdot(v, v),
        lambda a, b, v, w: np.outer(V, w) @ np.outer(w, v),
    ],
)
def test_contractions(function):
    program = check(function, A, B, V, W)
    assert not program.code.calls
    assert check_elsewhere(program, *moved((A, B, V, W), 0.5))


def test_large_contractions():
    x, y = RNG.normal(size=(40, 50)), RNG.normal(size=2000)
    program = check(lambda x, y: np.einsum("ij,kj->ik", x, x) * np.vdot(y, y), x, y, second=False)
    assert len(program.code.calls) == 1  # the product of matrices


def test_contractions_with_other_arguments():
    check(lambda a, b, v, w: np.einsum("...j,jk->...k", a, b), A, B, V, W, second=False)
    check(lambda a, b, v, w: np.einsum("ij,jk,k->i", a, b, w), A, B, V, W, second=False)
    check(lambda a, b, v, w: np.einsum(a, [0, 1], v, [1]), A, B, V, W, second=False)
    check(lambda a, b, v, w: np.inner(a, a[0, 0]) + np.outer(a[:2], w)[0, 0], A, B, V, W, second=False)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int64, np.uint16, np.float16, np.float32])
def test_constants_of_other_types_are_no_calls(dtype):
    matrix = np.array([[1, 0, 2], [0, 1, 0]]).astype(dtype)

    def function(x):
        return matrix @ x**2 + np.dot(x[:2], matrix[:, :2])

    x = np.array([0.5, -1.5, 2.0])
    program = adpy.record(function, x)
    assert program.stats()["recordings"][0]["calls in Python"] == 0
    np.testing.assert_allclose(program.jacobian(2 * x), adpy.jacobian(function)(2 * x), rtol=1e-14)
    np.testing.assert_array_equal(program(3 * x), function(3 * x))


@pytest.mark.parametrize("function", [np.sum, np.mean, lambda x: np.sum(x, axis=0)[1]])
def test_tangents_of_reductions_are_lowered_as_the_reductions_are(function):
    x, v = np.arange(6.0).reshape(2, 3) ** 2, np.cos(np.arange(6.0)).reshape(2, 3)

    def pushed(x, v):
        return adpy.jvp(function, (x,), (v,))

    def calls(f, *args):
        program = adpy.record(f, *args)
        return program.stats()["recordings"][0]["calls in Python"], program

    ours, program = calls(pushed, x, v)
    assert ours == 0
    for a, b in zip(program(2 * x, v), pushed(2 * x, v), strict=True):
        assert np.isclose(a, b, rtol=1e-14)
