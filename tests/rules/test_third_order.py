"""Rows that are not elementwise, to third order: every mix of forward and reverse mode gives one number."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg as ssl

import adpy
from adpy.errors import MissingRuleError
from adpy.rules.table import METHODS, TABLE, Block, Composite, Elementwise, Structural
from tests.rules.harness import EXAMPLES, call, direction, leaves, real
from tests.rules.mixes import check_mixes, derivatives_by_differences
from tests.rules.test_third_order_elementwise import ROWS
from tests.rules.test_through_transforms import losses

pytestmark = pytest.mark.filterwarnings("ignore")

# The results of these jump where entries are equal, as in their other examples.
WITHOUT_TIES = {np.unique: [call(real(3, 4), axis=1)], np.intersect1d: [], np.trim_zeros: []}
# The first and second derivatives of a norm at zero are zero by convention, and those of a clip at a bound are means.
KINKS = {np.linalg.norm: {75, 76}, np.clip: {3}}


def first_examples(function):
    """The first example, and the first with complex numbers."""
    examples = WITHOUT_TIES.get(function, EXAMPLES[function])
    complex_ones = [e for e in examples[1:] if any(np.iscomplexobj(x) for x in leaves(e.args))]
    return [*examples[:1], *complex_ones[:1]]


def further_examples(function):
    """Five more, spread over all examples at which the function is smooth."""
    examples, first = WITHOUT_TIES.get(function, EXAMPLES[function]), first_examples(function)
    kinks = KINKS.get(function, ())
    others = [e for i, e in enumerate(examples) if i not in kinks and not any(e is f for f in first)]
    return others[:: len(others) // 5 + 1]


def cases(choose):
    """One test parameter for each of the chosen examples."""
    return [
        pytest.param(function, example, id=f"{getattr(function, '__name__', function)}-{i}")
        for function in EXAMPLES
        for i, example in enumerate(choose(function))
    ]


def along(function, example):
    """An example call as a function of one number: all data that have a rule move together."""
    inputs, loss = losses(function, example)
    if not inputs or loss is None:
        return None
    rng = np.random.default_rng(5)
    dots = [direction(rng, x)[()] for x in inputs]
    everything = range(len(inputs))
    moving = (
        everything if has_rule(loss, inputs, everything) else [i for i in everything if has_rule(loss, inputs, [i])]
    )
    assert moving

    def g(t):
        return loss(*[x + t * dots[i] if i in moving else x for i, x in enumerate(inputs)])

    return g


def has_rule(loss, inputs, positions):
    """Is there a derivative with respect to these inputs?"""
    try:
        adpy.grad(loss, argnums=tuple(positions))(*inputs)
    except MissingRuleError:
        return False
    return True


def check(function, example):
    """Compare all mixes of an example."""
    g = along(function, example)
    if g is None:
        pytest.skip("nothing to differentiate")
    single = any(getattr(x, "dtype", None) in (np.float32, np.complex64) for x in leaves(example.args))
    rtol = 1e-2 if single else max(1e-6, 30 * example.rtol)
    check_mixes(g, derivatives_by_differences(g, example.step / 10), rtol, 1e-3 if single else 1e-9)


@pytest.mark.parametrize(("function", "example"), cases(first_examples))
def test_mixes(function, example):
    check(function, example)


@pytest.mark.slow
@pytest.mark.parametrize(("function", "example"), cases(further_examples))
def test_mixes_of_further_examples(function, example):
    check(function, example)


# Functions that write into an array or make one: as programs, since a call alone has no derivative.
X, V, MASK = real(3, 4), real(3, 4, seed=1), real(3, 4, seed=2) > 0


def _filled(make):
    def program(x):
        y = make(x)
        y[...] = x * x
        y[1:] += np.sin(x[:-1]) * y[:-1]
        return y

    return program


def _written(write):
    def program(x):
        y = x * x
        write(y, x)
        return y * y * x

    return program


PROGRAMS = {
    np.zeros_like: _filled(np.zeros_like),
    np.ones_like: _filled(np.ones_like),
    np.empty_like: _filled(np.empty_like),
    np.full_like: lambda x: np.full_like(x, x[0, 0] ** 3) * x,
    np.full: lambda x: np.full((3, 4), x[0, 0] ** 3) * x,
    np.put: _written(lambda y, x: np.put(y, [0, 5, 7], x[0, :3] ** 3)),
    np.place: _written(lambda y, x: np.place(y, MASK, x[0] ** 3)),
    np.putmask: _written(lambda y, x: np.putmask(y, MASK, x**3)),
    np.copyto: _written(lambda y, x: np.copyto(y, x[0] ** 3, where=MASK)),
    np.fill_diagonal: _written(lambda y, x: np.fill_diagonal(y, x[0, :3] ** 3)),
    np.put_along_axis: _written(lambda y, x: np.put_along_axis(y, np.argmax(MASK, 0)[None], x[:1] ** 3, 0)),
}
SPARSE = {n: sp.csr_array(np.diag(np.arange(2.0, 2.0 + n)) + np.eye(n, k=1) - 0.5 * np.eye(n, k=-2)) for n in (3, 4)}


def _sparse_left(x):
    return (SPARSE[3] @ (x * x)) * x


def _sparse_right(x):
    return ((x * x) @ SPARSE[4]) * x


PROGRAMS[ssl.spsolve] = lambda x: ssl.spsolve(SPARSE[3].tocsc(), x * x) * x
PROGRAMS |= {
    vars(kind)[name]: _sparse_left if name == "_matmul_dispatch" else _sparse_right
    for kind, names in METHODS.items()
    for name in names
}


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_mixes_of_programs(function):
    program, weights = PROGRAMS[function], real(3, 4, seed=3)

    def g(t):
        return np.sum(weights * program(X + t * V))

    check_mixes(g, derivatives_by_differences(g, 1e-2), 1e-7)


def test_every_row_with_a_derivative_is_covered():
    covered = {f for f in EXAMPLES if first_examples(f)} | PROGRAMS.keys() | {row.function for row in ROWS}
    kinds = (Elementwise, Structural, Block, Composite)
    missing = [row.name for row in TABLE.values() if isinstance(row, kinds) and row.function not in covered]
    assert not missing


def test_a_wrong_second_derivative_fails():
    def cube(t):
        return adpy.stop_gradient(1.0 + t) ** 2 * (1.0 + t) * 3

    expected = derivatives_by_differences(lambda t: (1.0 + t) ** 3, 1e-2)
    with pytest.raises(AssertionError, match="order 2"):
        check_mixes(cube, expected, 1e-7)
