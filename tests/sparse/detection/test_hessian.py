"""Patterns of Hessians: nothing is missed, and where values are generic nothing is added."""

import numpy as np
import pytest

from adpy.sparse.detection import hessian_pattern
from tests.program.test_corpus import CASES, NAMES, of_active
from tests.sparse.detection.harness import code_of, dense_hessian, mask
from tests.sparse.detection.test_jacobian import fancy, generic, loop_in_python, scaled, stencil_in_place


def check(function, *arguments, wrt=None, tight=True):
    """The pattern holds the nonzeros; all of it is nonzero if ``tight``."""
    code, inputs = code_of(function, *arguments)
    wrt = range(len(code.inputs)) if wrt is None else wrt
    pattern = hessian_pattern(code, wrt)
    dense = dense_hessian(code, wrt, inputs)
    found, nonzero = mask(pattern), (dense != 0) & np.isfinite(dense)
    assert found.shape == nonzero.shape
    assert not (nonzero & ~found).any()
    if tight:
        assert not (found & ~nonzero).any()
    assert pattern.is_symmetric
    assert pattern.indptr.dtype == pattern.indices.dtype == np.int32
    return pattern


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[2::5])
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


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_in_python(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s


def arrowhead(x):
    return np.sum((x[1:] * x[0]) ** 2)


def bilinear(x):
    return np.sum(x[:3]) * np.sum(x[3:]) + x[0] / x[6] + x[1] * 2.0


def broyden(x):
    s = np.abs(1.0 - 2.0 * x[1] + (3.0 - 2.0 * x[0]) * x[0]) ** (7 / 3)
    for i in range(1, len(x) - 1):
        s += np.abs(1.0 - x[i - 1] - 2.0 * x[i + 1] + (3.0 - 2.0 * x[i]) * x[i]) ** (7 / 3)
    return s


def nested(x):
    t = np.exp(x[0] * x[1])
    u = np.tanh(np.sin(t + x[2]))
    return u * x[3] + x[4] + np.sqrt(x[5] ** 2 + 1.0) + np.sum(x)


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (rosenbrock, (12,)),
        (rosenbrock_in_python, (12,)),
        (arrowhead, (9,)),
        (bilinear, (7,)),
        (broyden, (9,)),
        (nested, (6,)),
        (stencil_in_place, (5, 5)),
        (loop_in_python, (9,)),
        (fancy, (6,)),
        (scaled, (9,)),
        (lambda x: np.sum(x), (5,)),
        (lambda x: np.sum(x * x), (5,)),
        (lambda x: np.prod(x), (5,)),
        (lambda x: np.sum(x[::2] * x[1::2]), (6,)),
        (lambda x: np.where(x > 0.9, x**3, 2 * x), (6,)),
    ],
)
def test_tight(function, shape):
    tight = function is not scaled and "where" not in function.__code__.co_names
    check(function, generic(*shape), tight=tight)


def test_what_is_linear_has_no_entries():
    def f(x):
        y = np.cumsum(np.roll(x, 2) * 3.0) - x[::-1] / 2.0
        return np.sum(np.maximum(y, -y)) + np.sum(np.where(x > 0, x, -x)) + np.abs(x[0])

    assert check(f, generic(6)).nnz == 0


def test_parameters_make_no_entries():
    def f(x, lam):
        return np.sum(x**2) + lam @ (x[1:] * x[:-1])

    arguments = generic(5), generic(4, seed=1)
    assert check(f, *arguments, wrt=[0]).nnz == 13
    assert check(f, *arguments, wrt=[1]).nnz == 0
    check(f, *arguments, wrt=[1, 0])


def test_unused_operations_add_nothing():
    def f(x):
        np.exp(x[0] * x[1])
        y = np.sin(x) * x[0]
        return x[2] ** 2 + np.floor(y[1]) * 2.0

    pattern = check(f, generic(4))
    assert pattern.nnz == 1


def test_large():
    n = 20_000
    code, _ = code_of(rosenbrock, np.ones(n))
    assert hessian_pattern(code, [0]).nnz == 3 * n - 2
    code, _ = code_of(arrowhead, np.ones(n))
    assert hessian_pattern(code, [0]).nnz == 3 * n - 2
