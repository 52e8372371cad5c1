"""Linear algebra where examples with differences say nothing: repeated values, gauges, singular matrices, errors."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg as sl

from adpy.errors import MissingRuleError, NonDifferentiableError
from adpy.rules import load_all, lookup
from adpy.rules.linalg_tools import fold, hermitian_from, inner, mH
from tests.rules.harness import complexes, differences, real

load_all()
RNG = np.random.default_rng(11)


def pull(function, *operands, bar, **static):
    """Value and cotangents of one call by its row."""
    row = lookup(function)
    y = row.primal(*operands, **static)
    return row.vjp(bar(y) if callable(bar) else bar, y, (True,) * len(operands), *operands, **static)


def push(function, a, a_dot, **static):
    row = lookup(function)
    return row.jvp((a_dot,), row.primal(a, **static), a, **static)


def hermitian(n: int, kind=real, seed: int = 1) -> np.ndarray:
    a = kind(n, n, seed=seed)
    return a + mH(a)


def with_values(values, seed: int = 2, kind=real) -> np.ndarray:
    """A symmetric matrix with given eigenvalues."""
    q = np.linalg.qr(kind(len(values), len(values), seed=seed))[0]
    a = (q * np.asarray(values)) @ mH(q)
    return (a + mH(a)) / 2


def slope(function, a, a_dot, step: float = 1e-3) -> float:
    return float(differences(lambda t: [function(a + t * a_dot)], step)[0])


# repeated eigenvalues and singular values


@pytest.mark.parametrize("kind", [real, complexes])
def test_sum_of_repeated_eigenvalues_has_a_derivative(kind):
    a = with_values([1.0, 1.0, 3.0], kind=kind)
    for function, bar in (
        (np.linalg.eigvalsh, np.array([2.0, 2.0, -1.0])),
        (np.linalg.eigh, (np.array([2.0, 2.0, -1.0]), None)),
        (np.linalg.eigh, (np.array([2.0, 2.0, -1.0]), np.zeros_like(a))),
    ):
        (a_bar,) = pull(function, a, bar=bar)
        a_dot = kind(3, 3, seed=9)
        h_dot = hermitian_from(a_dot)
        expected = slope(lambda h: np.linalg.eigvalsh(h) @ [2.0, 2.0, -1.0], hermitian_from(a), h_dot)
        np.testing.assert_allclose(inner(a_bar, a_dot), expected, rtol=1e-7)


def test_vectors_of_a_repeated_eigenvalue_are_refused_only_when_used():
    a = with_values([1.0, 1.0, 3.0])
    unique = np.zeros((3, 3))
    unique[:, 2] = real(3)
    (a_bar,) = pull(np.linalg.eigh, a, bar=(np.zeros(3), unique))
    assert np.all(np.isfinite(a_bar)) and np.any(a_bar != 0)
    with pytest.raises(NonDifferentiableError, match="repeated"):
        pull(np.linalg.eigh, a, bar=(np.zeros(3), np.ones((3, 3))))
    with pytest.raises(NonDifferentiableError, match="repeated"):
        pull(np.linalg.svd, np.eye(3), bar=(np.ones((3, 3)), np.zeros(3), np.zeros((3, 3))))
    with pytest.raises(NonDifferentiableError, match="repeated"):
        pull(np.linalg.eig, np.eye(2), bar=(np.zeros(2), np.ones((2, 2))))


def test_tangents_of_undefined_vectors_are_nan_and_of_the_others_right():
    a = with_values([1.0, 1.0, 3.0])
    a_dot = hermitian(3, seed=4)
    w_dot, v_dot = push(np.linalg.eigh, a, a_dot)
    assert np.all(np.isnan(v_dot[:, :2])) and np.all(np.isfinite(v_dot[:, 2])) and np.all(np.isfinite(w_dot))
    w_dot, v_dot = push(np.linalg.eigh, np.eye(3), np.diag([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(w_dot, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(v_dot, np.zeros((3, 3)))


def test_singular_values_of_a_repeated_kind():
    (a_bar,) = pull(np.linalg.svd, 2 * np.eye(3), bar=np.ones(3), compute_uv=False)
    np.testing.assert_allclose(a_bar, np.eye(3))
    (a_bar,) = pull(np.linalg.svd, 2 * np.eye(3), bar=(None, np.ones(3), None))
    np.testing.assert_allclose(a_bar, np.eye(3))


def test_a_defective_matrix_is_refused():
    with pytest.raises(NonDifferentiableError, match="defective"):
        pull(np.linalg.eigvals, np.array([[1.0, 1.0], [0.0, 1.0]]), bar=np.array([1.0, 0.0]))


# functions that do not depend on signs, phases or bases


@pytest.mark.parametrize("lower", [True, False])
def test_projector_on_complex_eigenvectors(lower):
    a, a_dot, m = hermitian(5, complexes), hermitian(5, complexes, 3), hermitian(5, complexes, 7)

    def loss(h):
        v = np.linalg.eigh(h)[1][:, :2]
        return np.real(np.trace(m @ v @ mH(v)))

    def bar(y):
        v_bar = np.zeros_like(y[1])
        v_bar[:, :2] = 2 * m @ y[1][:, :2]
        return np.zeros(5), v_bar

    (a_bar,) = pull(np.linalg.eigh, a, bar=bar, UPLO="L" if lower else "U")
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot), rtol=1e-7)


def test_projector_on_eigenvectors_that_vanish_where_lapack_pins_the_phase():
    block = hermitian(3, complexes)
    a = np.zeros((4, 4), complex)
    a[0, 0], a[1:, 1:] = 20.0, block
    m, a_dot = hermitian(4, complexes, 5), hermitian(4, complexes, 6)

    def bar(y):
        v_bar = np.zeros_like(y[1])
        v_bar[:, :1] = 2 * m @ y[1][:, :1]
        return np.zeros(4), v_bar

    def loss(h):
        v = np.linalg.eigh(h)[1][:, :1]
        return np.real(np.trace(m @ v @ mH(v)))

    (a_bar,) = pull(np.linalg.eigh, a, bar=bar)
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot), rtol=1e-6)
    with pytest.raises(NonDifferentiableError, match="phase"):
        pull(np.linalg.eigh, a, bar=lambda y: (np.zeros(4), 1j * y[1]))


def test_eig_of_functions_that_do_not_depend_on_normalisation():
    a, a_dot, m = complexes(4, 4), complexes(4, 4, seed=2), complexes(4, 4, seed=3)

    def loss(x):
        _, v = np.linalg.eig(x)
        return np.real(np.trace(m @ (v * np.array([1.0, 2.0, 0.0, 0.5])) @ np.linalg.inv(v)))

    weights = np.array([1.0, 2.0, 0.0, 0.5])

    def bar(y):
        v = y[1]
        inverse = np.linalg.inv(v)
        v_bar = mH(weights[:, None] * inverse @ m - inverse @ m @ (v * weights) @ inverse)
        return None, v_bar

    (a_bar,) = pull(np.linalg.eig, a, bar=bar)
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot, 1e-4), rtol=1e-5)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
@pytest.mark.parametrize("kind", [real, complexes])
def test_full_svd_of_functions_of_the_null_space(shape, kind):
    a, a_dot, m = kind(*shape), kind(*shape, seed=2), hermitian(5, kind, 3)

    def loss(x):
        u, _, vh = np.linalg.svd(x)
        n = (u if shape[0] == 5 else mH(vh))[:, 3:]
        return np.real(np.trace(m @ n @ mH(n)))

    def bar(y):
        u, s, vh = y
        u_bar, v_bar = np.zeros_like(u), np.zeros_like(mH(vh))
        side, vectors = (u_bar, u) if shape[0] == 5 else (v_bar, mH(vh))
        side[:, 3:] = 2 * m @ vectors[:, 3:]
        return u_bar, 0 * s, mH(v_bar)

    (a_bar,) = pull(np.linalg.svd, a, bar=bar)
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot), rtol=1e-7)
    with pytest.raises(NonDifferentiableError, match="not unique"):
        u, s, vh = np.linalg.svd(a)
        pull(np.linalg.svd, a, bar=(kind(*u.shape, seed=5), s, kind(*vh.shape, seed=6)))


@pytest.mark.parametrize("kind", [real, complexes])
def test_complete_qr_of_functions_of_the_complement(kind):
    a, a_dot, m = kind(5, 3), kind(5, 3, seed=2), hermitian(5, kind, 3)

    def loss(x):
        n = np.linalg.qr(x, mode="complete")[0][:, 3:]
        return np.real(np.trace(m @ n @ mH(n)))

    def bar(y):
        q_bar = np.zeros_like(y[0])
        q_bar[:, 3:] = 2 * m @ y[0][:, 3:]
        return q_bar, np.zeros_like(y[1])

    (a_bar,) = pull(np.linalg.qr, a, bar=bar, mode="complete")
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot), rtol=1e-7)


def test_default_driver_of_scipy_eigh():
    a, a_dot, m = hermitian(4), hermitian(4, seed=3), hermitian(4, seed=7)

    def loss(h):
        v = sl.eigh(h)[1][:, :2]
        return np.trace(m @ v @ v.T)

    def bar(y):
        v_bar = np.zeros_like(y[1])
        v_bar[:, :2] = 2 * m @ y[1][:, :2]
        return None, v_bar

    row = lookup(sl.eigh)
    y = sl.eigh(a)
    a_bar, _ = row.vjp(bar(y), y, (True, False), a, None)
    np.testing.assert_allclose(inner(a_bar, a_dot), slope(loss, a, a_dot), rtol=1e-7)


# singular and rank-deficient matrices


def test_det_of_singular_stacks():
    a = np.stack([np.outer([1.0, 2.0, 3.0], [1.0, 0.0, -1.0]) + np.diag([0.0, 1.0, 0.0]), real(3, 3)])
    a_dot = real(2, 3, 3, seed=5)
    np.testing.assert_allclose(
        push(np.linalg.det, a, a_dot), differences(lambda t: [np.linalg.det(a + t * a_dot)], 1e-2)[0], rtol=1e-9
    )


def test_slogdet_of_a_singular_matrix_matters_only_when_used():
    a = np.stack([np.zeros((2, 2)), 2 * np.eye(2)])
    (a_bar,) = pull(np.linalg.slogdet, a, bar=(None, np.array([0.0, 1.0])))
    np.testing.assert_allclose(a_bar, [np.zeros((2, 2)), 0.5 * np.eye(2)])
    with pytest.raises(NonDifferentiableError, match="slogdet"):
        pull(np.linalg.slogdet, a, bar=(None, np.array([1.0, 1.0])))


def test_pseudoinverse_at_constant_rank():
    def rank_two(x):
        return np.outer(x[:4], x[4:7]) + np.outer(np.cos(x[:4]), x[4:7] ** 2)

    x, x_dot, p_bar = real(7), real(7, seed=2), real(3, 4, seed=3)
    a_dot = differences(lambda t: [rank_two(x + t * x_dot)], 1e-2)[0]
    expected = slope(lambda z: np.sum(p_bar * np.linalg.pinv(rank_two(z), rcond=1e-10)), x, x_dot)
    np.testing.assert_allclose(
        np.sum(p_bar * push(np.linalg.pinv, rank_two(x), a_dot, rcond=1e-10)), expected, rtol=1e-7
    )
    (a_bar,) = pull(np.linalg.pinv, rank_two(x), bar=p_bar, rcond=1e-10)
    np.testing.assert_allclose(np.sum(a_bar * a_dot), expected, rtol=1e-7)


def test_rank_deficient_qr_is_refused():
    with pytest.raises(NonDifferentiableError, match="rank-deficient"):
        pull(np.linalg.qr, np.zeros((3, 2)), bar=lambda y: (np.ones_like(y[0]), np.ones_like(y[1])))


def test_norms_at_zero_and_ties():
    for order in (None, 1, 2, 3, 0.5, np.inf):
        np.testing.assert_array_equal(pull(np.linalg.norm, np.zeros(3), bar=np.float64(1.0), ord=order)[0], np.zeros(3))
    for order in ("fro", "nuc", 2, 1, np.inf):
        (a_bar,) = pull(np.linalg.norm, np.zeros((2, 3)), bar=np.float64(1.0), ord=order)
        np.testing.assert_array_equal(a_bar, np.zeros((2, 3)))
    (a_bar,) = pull(np.linalg.norm, np.array([1.0, -2.0, 2.0]), bar=1.0, ord=np.inf)
    np.testing.assert_array_equal(a_bar, [0.0, -0.5, 0.5])
    (a_bar,) = pull(np.linalg.norm, np.array([0.0, 3.0]), bar=1.0, ord=1)
    np.testing.assert_array_equal(a_bar, [0.0, 1.0])


def test_zero_cotangents_give_zero():
    a = with_values([1.0, 1.0, 3.0])
    for function in (np.linalg.eigh, np.linalg.svd, np.linalg.qr, np.linalg.eig):
        (a_bar,) = pull(function, a, bar=lambda y: tuple(np.zeros_like(part) for part in y))
        np.testing.assert_array_equal(a_bar, np.zeros((3, 3)))


# where the derivative lies, and what is refused


def test_cotangents_lie_in_the_triangle_that_is_read():
    a = with_values([1.0, 2.0, 3.0])
    (low,) = pull(np.linalg.cholesky, a, bar=real(3, 3))
    (high,) = pull(np.linalg.cholesky, a, bar=real(3, 3), upper=True)
    assert np.all(np.triu(low, 1) == 0) and np.all(np.tril(high, -1) == 0)
    np.testing.assert_array_equal(pull(np.linalg.eigvalsh, a, bar=np.ones(3))[0].round(12), np.eye(3))


def test_fold_is_the_transpose_of_the_completion():
    for lower in (True, False):
        a, bar = complexes(4, 4), complexes(4, 4, seed=3)
        np.testing.assert_allclose(inner(bar, hermitian_from(a, lower)), inner(fold(bar, lower), a))


def test_symmetric_riccati_data():
    a, b = real(3, 3), real(3, 2)
    q_half, r_half = real(3, 3, seed=4), real(2, 2, seed=4) + 2 * np.eye(2)
    q_dot, r_dot = hermitian(3, seed=5), hermitian(2, seed=6)
    q, r = q_half @ q_half.T, r_half @ r_half.T
    x_bar = real(3, 3, seed=8)
    row = lookup(sl.solve_continuous_are)
    y = sl.solve_continuous_are(a, b, q, r)
    *_, q_bar, r_bar = row.vjp(x_bar, y, (True,) * 4, a, b, q, r)
    expected = slope(lambda t: np.sum(x_bar * sl.solve_continuous_are(a, b, q + t * q_dot, r + t * r_dot)), 0.0, 1.0)
    np.testing.assert_allclose(np.sum(q_bar * q_dot) + np.sum(r_bar * r_dot), expected, rtol=1e-6)
    tangent = row.jvp((None, None, q_dot, r_dot), y, a, b, q, r)
    np.testing.assert_allclose(np.sum(x_bar * tangent), expected, rtol=1e-6)


def test_modes_without_a_rule_say_what_to_write():
    with pytest.raises(MissingRuleError, match="reduced"):
        pull(np.linalg.qr, real(3, 3), bar=None, mode="raw")
    with pytest.raises(MissingRuleError, match="economic"):
        pull(sl.qr, real(3, 3), bar=lambda y: (np.zeros(0),) * len(y), mode="raw")
    with pytest.raises(MissingRuleError, match="type"):
        pull(sl.eigh, hermitian(3), np.eye(3), bar=lambda y: y, type=2)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (np.linalg.matrix_power, (np.ones((2, 3)), 2)),
        (np.linalg.matrix_power, (np.ones((2, 2)), 0.5)),
        (np.linalg.tensorsolve, (np.ones((2, 3)), np.ones(2))),
        (np.linalg.tensorinv, (np.ones((2, 2)), 0)),
        (np.linalg.outer, (np.ones((2, 2)), np.ones(2))),
        (np.linalg.cross, (np.ones(2), np.ones(3))),
        (np.linalg.multi_dot, ([np.ones(2)],)),
        (np.linalg.multi_dot, ([np.ones(2), np.ones((1, 2, 2)), np.ones(2)],)),
    ],
)
def test_errors_are_numpys(function, args):
    with pytest.raises((ValueError, TypeError)) as wanted:
        function(*args)
    with pytest.raises(type(wanted.value)) as found:
        lookup(function).implementation(*args)
    assert str(found.value) == str(wanted.value)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 6, 11, -1, -2])
def test_matrix_power_keeps_numpys_order_of_products(n):
    a = real(2, 4, 4)
    np.testing.assert_array_equal(lookup(np.linalg.matrix_power).implementation(a, n), np.linalg.matrix_power(a, n))


@pytest.mark.parametrize("sizes", [(3, 4, 2, 5), (2, 7, 3, 4, 6), (5, 1, 4, 2, 3, 6)])
def test_multi_dot_keeps_numpys_order_of_products(sizes):
    arrays = [real(m, n) for m, n in zip(sizes, sizes[1:], strict=False)]
    run = lookup(np.linalg.multi_dot).implementation
    np.testing.assert_array_equal(run(arrays), np.linalg.multi_dot(arrays))
    arrays[0], arrays[-1] = arrays[0][0], arrays[-1][:, 0]
    np.testing.assert_array_equal(run(arrays), np.linalg.multi_dot(arrays))


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (np.linalg.tensorsolve, (real(2, 3, 6), real(2, 3))),
        (np.linalg.tensorsolve, (real(2, 6, 3), real(2, 3), (1,))),
        (np.linalg.tensorinv, (real(4, 6, 8, 3), 2)),
        (np.linalg.tensorinv, (real(6, 2, 3), 1)),
        (np.linalg.trace, (real(2, 3, 4),)),
        (np.linalg.outer, (real(3), real(2))),
        (np.linalg.cross, (real(4, 3), real(3))),
        (np.linalg.vecdot, (complexes(4, 3), complexes(3))),
        (sl.toeplitz, (complexes(4),)),
        (sl.toeplitz, (real(3), real(5))),
        (sl.circulant, (real(4),)),
        (sl.hankel, (real(4),)),
        (sl.hankel, (real(3), real(4))),
        (sl.block_diag, (real(2, 3), real(2), real(3, 1))),
        (sl.companion, (real(4),)),
    ],
)
def test_composites_have_the_values_of_the_functions(function, args):
    np.testing.assert_array_equal(lookup(function).implementation(*args), function(*args))


def test_scipy_rows_never_overwrite():
    a, b = np.asfortranarray(real(3, 3) + 3 * np.eye(3)), np.asfortranarray(real(3, 2))
    kept = a.copy(), b.copy()
    lookup(sl.solve).primal(a, b, overwrite_a=True, overwrite_b=True)
    np.testing.assert_array_equal(a, kept[0])
    np.testing.assert_array_equal(b, kept[1])
