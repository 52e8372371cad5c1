"""Linear solves by solvers of all kinds, against numpy.linalg.solve, in all nestings."""

import functools

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg as sla

import adpy
from adpy.errors import ArgumentError, MissingRuleError, RuleError, TracedValueError
from tests.custom.boxes import TRANSFORMS

RNG = np.random.default_rng(3)
N = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
S = N + N.T
T = np.array([0.5, 1.2, 0.3])


def conjugate_gradients(matvec, b):
    """Plain arrays in, plain arrays out."""
    x = np.zeros_like(b)
    r = b - matvec(x)
    p = r
    for _ in range(30):
        assert type(r) is np.ndarray
        if r @ r < 1e-32:
            break
        q = matvec(p)
        step = (r @ r) / (p @ q)
        x, before = x + step * p, r
        r = r - step * q
        p = r + (r @ r) / (before @ before) * p
    return x


def gmres(matvec, b):
    """SciPy's, on compiled code's terms."""
    operator = sla.LinearOperator((b.size, b.size), matvec, dtype=b.dtype)
    return sla.gmres(operator, b, rtol=1e-14, atol=0.0, restart=b.size)[0]


def by_closure(t):
    matrix, b = S + np.diag(t**2), np.sin(t)
    return adpy.custom_linear_solve(lambda v: matrix @ v, b, conjugate_gradients, symmetric=True)


def by_default_argument(t):
    def matvec(v, diagonal=t**2):
        return S @ v + diagonal * v

    return adpy.custom_linear_solve(matvec, np.sin(t), conjugate_gradients, symmetric=True)


def by_partial(t):
    def matvec(v, diagonal, *, off):
        return off @ v + diagonal * v

    bound = functools.partial(matvec, off=S, diagonal=t**2)
    return adpy.custom_linear_solve(bound, np.sin(t), conjugate_gradients, symmetric=True)


class Operator:
    """Holds its diagonal and counts its calls."""

    def __init__(self, diagonal):
        self.parts = {"diagonal": [diagonal]}

    def matvec(self, v):
        out = np.zeros(3)
        for i in range(3):
            out[i] = S[i] @ v + self.parts["diagonal"][0][i] * v[i]
        return out


def by_method(t):
    return adpy.custom_linear_solve(Operator(t**2).matvec, np.sin(t), conjugate_gradients, symmetric=True)


def by_functions_in_closures(t):
    def diagonal(v):
        return t**2 * v

    def matvec(v):
        return S @ v + diagonal(v)

    return adpy.custom_linear_solve(matvec, np.sin(t), conjugate_gradients, symmetric=True)


def by_factorization(t):
    matrix = S + np.diag(t**2)

    def solve(matvec, b):
        return sla.splu(sp.csc_matrix(matrix)).solve(b)

    def transpose_solve(matvec, b):
        return sla.splu(sp.csc_matrix(matrix)).solve(b, "T")

    return adpy.custom_linear_solve(lambda v: matrix @ v, np.sin(t), solve, transpose_solve)


SYMMETRIC = [by_closure, by_default_argument, by_partial, by_method, by_functions_in_closures, by_factorization]


def loss(solve):
    return lambda t: np.sum(solve(t) ** 3) * t[0]


def reference(t):
    return np.linalg.solve(S + np.diag(t**2), np.sin(t))


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("solve", [by_closure, by_factorization])
def test_all_nestings(solve, transform):
    change = TRANSFORMS[transform]
    np.testing.assert_allclose(change(loss(solve))(T), change(loss(reference))(T), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("solve", SYMMETRIC)
def test_wherever_the_matrix_is_held(solve):
    for transform in ("value", "reverse", "forward", "forward over reverse"):
        change = TRANSFORMS[transform]
        np.testing.assert_allclose(change(loss(solve))(T), change(loss(reference))(T), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_unsymmetric_by_a_solver_that_only_uses_the_product(transform):
    def solve(t):
        matrix = N * t[0] + np.outer(t, t[::-1])
        return adpy.custom_linear_solve(lambda v: matrix @ v, t**2, gmres, transpose_solve=gmres)

    def plain(t):
        return np.linalg.solve(N * t[0] + np.outer(t, t[::-1]), t**2)

    change = TRANSFORMS[transform]
    np.testing.assert_allclose(change(loss(solve))(T), change(loss(plain))(T), rtol=1e-8, atol=1e-10)


def test_complex():
    def dense(matvec, b):
        return np.linalg.solve(np.stack([matvec(e) for e in np.eye(3, dtype=complex)], -1), b)

    def system(t):
        return N + 1j * np.outer(t, t[::-1]), N[0] * t[0]  # a complex matrix and a real right-hand side

    def solve(t):
        matrix, b = system(t)
        return abs(adpy.custom_linear_solve(lambda v: matrix @ v, b, dense, dense)) ** 2

    for transform in ("reverse", "forward", "forward over reverse"):
        change = TRANSFORMS[transform]
        expected = change(loss(lambda t: abs(np.linalg.solve(*system(t))) ** 2))(T)
        np.testing.assert_allclose(change(loss(solve))(T), expected, rtol=1e-10)


def test_trees_and_numbers():
    def solve(matvec, b):
        unit = [matvec({"a": float(i == 0), "b": np.eye(3)[i, 1:]}) for i in range(3)]
        matrix = np.stack([np.concatenate([[u["a"]], u["b"]]) for u in unit], -1)
        x = np.linalg.solve(matrix, np.concatenate([[b["a"]], b["b"]]))
        return {"a": float(x[0]), "b": x[1:]}

    def by_tree(t):
        def matvec(v):
            return {"a": 2 * v["a"] + t[0] * v["b"].sum(), "b": v["b"] * t[1:] - v["a"]}

        x = adpy.custom_linear_solve(matvec, {"a": t[2], "b": t[:2] * t[2]}, solve, transpose_solve=solve)
        return x["a"] ** 2 * x["b"].sum()

    def plain(t):
        matrix, b = np.zeros((3, 3)), np.zeros(3)
        matrix[0, 0], matrix[0, 1:], matrix[1:, 0], matrix[1, 1], matrix[2, 2] = 2.0, t[0], -1.0, t[1], t[2]
        b[0], b[1:] = t[2], t[:2] * t[2]
        x = np.linalg.solve(matrix, b)
        return x[0] ** 2 * x[1:].sum()

    def by_number(t):
        return adpy.custom_linear_solve(lambda v: t[0] * t[1] * v, t[2], lambda f, b: b / f(1.0), symmetric=True)

    for transform in ("value", "reverse", "forward", "forward over reverse"):
        change = TRANSFORMS[transform]
        np.testing.assert_allclose(change(by_tree)(T), change(plain)(T), rtol=1e-10)
        np.testing.assert_allclose(change(by_number)(T), change(lambda t: t[2] / (t[0] * t[1]))(T), rtol=1e-10)


def test_what_does_not_vary_costs_no_solve():
    calls = []

    def solve(matvec, b):
        calls.append(0)
        return np.linalg.solve(S, b)

    def function(t):
        return t @ adpy.custom_linear_solve(lambda v: S @ v, np.ones(3), solve, symmetric=True)

    np.testing.assert_allclose(adpy.grad(function)(T), np.linalg.solve(S, np.ones(3)))
    assert len(calls) == 1


def test_one_solve_for_a_vjp_and_a_jvp_each():
    calls = []

    def solve(matvec, b):
        calls.append(0)
        return conjugate_gradients(matvec, b)

    def function(t):
        return np.sum(adpy.custom_linear_solve(lambda v: S @ v + t * v, t, solve, symmetric=True))

    adpy.grad(function)(T)
    assert len(calls) == 2
    adpy.jvp(function, T, T)
    assert len(calls) == 4


def test_under_batch():
    samples = np.linspace(0.2, 1.0, 12).reshape(4, 3)
    for solve in (by_closure, by_factorization):
        found = adpy.batch(adpy.grad(loss(solve)))(samples)
        np.testing.assert_allclose(found, [adpy.grad(loss(reference))(t) for t in samples], rtol=1e-9)


def test_reverse_mode_needs_the_transpose():
    def function(t):
        return np.sum(adpy.custom_linear_solve(lambda v: S @ v + t * v, t, conjugate_gradients))

    assert np.isfinite(adpy.jvp(function, T, T)[1])
    with pytest.raises(MissingRuleError, match="(?s)without transpose_solve=.*Pass transpose_solve="):
        adpy.grad(function)(T)


def test_wrong_shapes_name_the_function():
    def solve_with(matvec, solve):
        return adpy.grad(lambda t: np.sum(adpy.custom_linear_solve(matvec, t, solve, symmetric=True)))(T)

    with pytest.raises(RuleError, match=r"solve of custom_linear_solve: expected shape \(3,\), got shape \(2,\)"):
        solve_with(lambda v: S @ v, lambda matvec, b: b[:2])
    with pytest.raises(RuleError, match=r"matvec of custom_linear_solve: expected shape \(3,\), got shape \(2,\)"):
        solve_with(lambda v: v[:2], lambda matvec, b: matvec(b))
    with pytest.raises(
        RuleError, match=r"solve of custom_linear_solve: expected one array of shape \(3,\), got a tree"
    ):
        solve_with(lambda v: S @ v, lambda matvec, b: (b, b))
    with pytest.raises(ArgumentError, match="matvec: expected a function, got ndarray"):
        adpy.custom_linear_solve(S, T, conjugate_gradients)


_HELD = None


def test_a_traced_value_that_is_not_found_is_refused():
    def function(t):
        global _HELD
        _HELD = t**2
        return np.sum(adpy.custom_linear_solve(lambda v: S @ v + _HELD * v, t, conjugate_gradients, symmetric=True))

    with pytest.raises(TracedValueError, match="a traced value that adpy did not find in their closures"):
        adpy.grad(function)(T)
