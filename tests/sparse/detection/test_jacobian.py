"""Patterns of Jacobians: nothing is missed, and where values are generic nothing is added."""

import numpy as np
import pytest

from adpy.sparse.detection import jacobian_pattern
from tests.program.test_corpus import CASES, NAMES, of_active
from tests.sparse.detection.harness import code_of, dense_jacobian, mask


def check(function, *arguments, wrt=None, tight=True):
    """The pattern holds the nonzeros; all of it is nonzero if ``tight``."""
    code, inputs = code_of(function, *arguments)
    wrt = range(len(code.inputs)) if wrt is None else wrt
    pattern = jacobian_pattern(code, wrt)
    dense = dense_jacobian(code, wrt, inputs)
    found, nonzero = mask(pattern), (dense != 0) & np.isfinite(dense)
    assert found.shape == nonzero.shape
    assert not (nonzero & ~found).any()
    if tight:
        assert not (found & ~nonzero).any()
    assert pattern.indptr.dtype == pattern.indices.dtype == np.int32
    for row in range(pattern.shape[0]):
        assert (np.diff(pattern.indices[pattern.indptr[row] : pattern.indptr[row + 1]]) > 0).all()
    return pattern


def generic(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.3, 1.7, shape)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[::5])
def test_corpus(name):
    function, active = of_active(CASES[name])
    if code_of(function, *active)[0] is None:
        pytest.skip("not recorded")
    check(function, *active, tight=False)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_whole_corpus(name):
    test_corpus(name)


def stencil_in_place(u):
    v = np.zeros_like(u)
    v[1:-1, 1:-1] = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] * u[1:-1, 2:]
    v[0] += 2 * u[-1]
    v[1:-1] -= np.exp(v[1:-1])
    return v


def loop_in_python(x):
    y = np.zeros(len(x) + 1)
    for i in range(len(x) - 1):
        y[i] = x[i] * x[i + 1]
        y[i + 2] += np.sin(x[i])
    return y


def fancy(x):
    camera, point = np.array([0, 0, 1, 2, 1]), np.array([5, 4, 4, 3, 5])
    residual = x[camera] ** 2 - x[point]
    total = np.zeros(3)
    np.add.at(total, [0, 2, 0, 1, 2], residual)
    return np.concatenate([residual, total])


def accumulated(x):
    s, found = 0.0, []
    for k in range(len(x)):
        s = s + x[k] ** 2
        if k % 3 == 0:
            found.append(s)
    return np.array(found)


def scaled(x):
    y = x[:5] / np.sqrt(np.sum(x[2:] ** 2))
    return np.concatenate([y, y**2, [np.sum(y)]])


def flat_parts(x):
    return np.floor(x + 1.0) * x[::-1] + np.sign(x[0]) + (x > 0.1) * x**2


def stacked(x):
    a = x[:18].reshape(3, 2, 3)
    return a @ x[18:27].reshape(3, 3)


def constant_rows(x):
    return np.array([x[0], 1.0, x[2] * 2, 3.0])


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (stencil_in_place, (6, 7)),
        (loop_in_python, (9,)),
        (fancy, (6,)),
        (accumulated, (40,)),
        (scaled, (9,)),
        (flat_parts, (6,)),
        (stacked, (27,)),
        (constant_rows, (3,)),
        (lambda x: np.roll(x, 1, 0) + np.roll(x, -1, 1) * x, (4, 5)),
        (lambda x: np.sum(x, axis=1), (3, 4)),
        (lambda x: np.prod(x), (7,)),
        (np.cumsum, (7,)),
    ],
)
def test_tight(function, shape):
    check(function, generic(*shape))


def test_some_inputs():
    def f(x, y, z):
        return np.outer(x, y)[:, 0] + np.sum(z)

    arguments = generic(3), generic(2, seed=1), generic(4, seed=2)
    for wrt in ([0], [1], [2], [2, 0], [1, 2, 0], []):
        check(f, *arguments, wrt=wrt)


@pytest.mark.parametrize("x", [np.linspace(-2.0, 2.0, 7), np.ones(7)])
def test_both_sides_of_choices(x):
    def f(x):
        y = np.where(x > 0.1, x**2, x[::-1])
        return np.concatenate([y, np.maximum(x, x[0]), np.clip(x, -x[1], x[2]), [np.max(x)], np.abs(x)])

    pattern = check(f, x, tight=False)
    assert pattern == check(f, np.cos(np.arange(7.0)), tight=False)
    entries = mask(pattern)
    assert entries[0, [0, 6]].all() and entries[9, [0, 2]].all() and entries[16, [1, 2]].all() and entries[21].all()


def test_no_rows_and_no_columns():
    pattern = check(lambda x: x[:0], np.ones(3))
    assert pattern.shape == (0, 3) and pattern.nnz == 0
    code, _ = code_of(lambda x, y: y * 1.0, np.ones(0), np.ones(2))
    assert jacobian_pattern(code, [0]).shape == (2, 0)


def test_long_sums_and_shared_sets_cost_what_they_have():
    def f(x):
        s = 0.0
        for k in range(len(x)):
            s += x[k] ** 2
        y = x / s
        return np.array([np.sum(y) + np.sum(y**2), s])

    code, _ = code_of(f, np.ones(20_000))
    pattern = jacobian_pattern(code, [0])
    assert pattern.nnz == 40_000


def test_large_sets_that_differ_a_little():
    def f(x):
        s = np.sum(x[:200] ** 2)
        y = x * s
        return y + np.roll(y, 1) * np.roll(s * x, 2)

    check(f, generic(260))
