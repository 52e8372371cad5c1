"""Batching rules against loops; as many samples as the arrays are long, so that no axis can pass for another."""

import numpy as np
import pytest

import adpy
from tests.batching.loops import assert_same, looped

rng = np.random.default_rng(5)
N = 3
X = rng.normal(size=(N, 3))
M = rng.normal(size=(N, 3, 3))
C = rng.normal(size=(N, 2, 3, 3))
A = rng.normal(size=(3, 3))
B = rng.normal(size=(2, 3, 3))
V = rng.normal(size=3)
S = M @ np.swapaxes(M, 1, 2) + 3 * np.eye(3)
WITH_NAN = np.where(M > 1, np.nan, M)


def named(*functions):
    return [pytest.param(function, id=f"{i}-{name}") for i, (name, function) in enumerate(functions)]


REDUCTIONS = named(
    *[
        (function.__name__, lambda x, f=function, axis=axis: f(x, axis=axis))
        for function in (np.sum, np.prod, np.mean, np.std, np.var, np.max, np.min, np.amax, np.amin, np.median, np.ptp)
        for axis in (None, 0, -1, (0, 2))
        if not (axis == (0, 2) and function is np.ptp)
    ],
    *[(f.__name__, lambda x, f=f, axis=axis: f(x > 0, axis=axis)) for f in (np.all, np.any) for axis in (None, 1)],
    ("count_nonzero", lambda x: np.count_nonzero(x > 0, axis=1)),
    ("count_all", lambda x: np.count_nonzero(x > 0)),
    ("keepdims", lambda x: np.sum(x, axis=1, keepdims=True) + x.mean(axis=(0, 2), keepdims=True)),
    ("where", lambda x: np.sum(x, axis=0, where=x > 0) + np.max(x, 0, where=B > 0, initial=-5.0)),
    ("initial", lambda x: x.sum(initial=2.0) + np.sum(x, dtype=np.float32)),
    ("ddof", lambda x: np.var(x, axis=1, ddof=1) + x.std(-1)),
    ("nanmedian", lambda x: np.nanmedian(np.where(x > 1, np.nan, x), axis=1)),
    ("nanmean", lambda x: np.nanmean(np.where(x > 1, np.nan, x), axis=1)),
    ("quantile", lambda x: np.quantile(x, [0.2, 0.7], axis=2)),
    *[(f.__name__, lambda x, f=f, axis=axis: f(x, axis)) for f in (np.argmax, np.argmin) for axis in (None, 1, -1)],
    *[(f.__name__, lambda x, f=f: f(np.where(x > 1, np.nan, x), 1)) for f in (np.nanargmax, np.nanargmin)],
    *[
        (f.__name__, lambda x, f=f, axis=axis: f(x, axis=axis))
        for f in (np.cumsum, np.cumprod, np.sort, np.argsort)
        for axis in (None, 0, -1)
    ],
    ("diff", lambda x: np.diff(x, axis=1) + np.diff(x, 2, axis=-1)[:, :2]),
    ("diff_prepend", lambda x: np.diff(x, prepend=0.0)),
    ("sorted_by", lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1)),
    ("sorted_by_all", lambda x: np.take_along_axis(x, np.argsort(x, axis=None), axis=None)),
    ("interp", lambda x: np.interp(x, [-1.0, 0.0, 2.0], [1.0, 3.0, 2.0])),
    ("interp_by_lane", lambda x: np.interp(0.3, [-1.0, 0.0, 2.0], x[0, 0])),
    ("unwrap", lambda x: np.unwrap(4 * x, axis=1)),
    ("gradient", lambda x: np.gradient(x, axis=1)),
    ("trapezoid", lambda x: np.trapezoid(x, axis=1)),
    ("add_reduce", lambda x: np.add.reduce(x, axis=1) + np.maximum.reduce(x, axis=1)),
    ("accumulate", lambda x: np.maximum.accumulate(x, axis=1) + np.add.accumulate(x, 2)),
    ("out", lambda x: np.sum(x, axis=0, out=np.zeros((3, 3))) * np.multiply(x, 2.0, out=np.empty((2, 3, 3)))),
)


@pytest.mark.parametrize("function", REDUCTIONS)
def test_reductions(function):
    assert_same(adpy.batch(function, mode="vectorized")(C), looped(function, (C,)))


MOVEMENT = named(
    ("transpose", lambda x: np.transpose(x) + np.transpose(x, (2, -2, 0))),
    ("T", lambda x: x.T + x.mT.T),
    ("matrix_transpose", lambda x: np.matrix_transpose(x) + np.linalg.matrix_transpose(x)),
    ("swapaxes", lambda x: np.swapaxes(x, 0, -1)),
    ("moveaxis", lambda x: np.moveaxis(x, -1, 0)[0] + np.moveaxis(x, [0, 1], [-1, 0])[0].T),
    ("rollaxis", lambda x: np.rollaxis(x, 2) + np.rollaxis(x, -1, 0)),
    ("reshape", lambda x: x.reshape(-1, 6) @ x.reshape((6, 3))),
    ("reshape_F", lambda x: np.reshape(x, (3, 6), order="F") + x.reshape(-1, order="F")[:6]),
    ("ravel", lambda x: np.ravel(x) + x.ravel() + x.flatten()),
    ("squeeze", lambda x: np.squeeze(x[:1]) + np.squeeze(x[:1], axis=0)),
    ("expand_dims", lambda x: np.expand_dims(x, (0, -1)) + x[None, ..., None]),
    ("flip", lambda x: np.flip(x) + np.flip(x, 1) + np.flipud(x) + np.fliplr(x)),
    ("rot90", lambda x: np.rot90(x, axes=(1, 2)) + np.rot90(x, 2, (-1, -2))),
    ("diagonal", lambda x: np.diagonal(x, axis1=1, axis2=2) + np.linalg.diagonal(x)),
    ("diagonal_offset", lambda x: np.diagonal(x[0], 1) + np.trace(x[0])),
    ("broadcast_to", lambda x: np.broadcast_to(x[0, 0], (4, 3)) + np.broadcast_to(x[0, 0, 0], (4, 3))),
    ("broadcast_arrays", lambda x: np.broadcast_arrays(x[0], x[0, :1])[1]),
    ("split", lambda x: np.split(x, 3, axis=2)[1] + np.array_split(x, 2, axis=1)[0][:, :1]),
    ("splits", lambda x: np.vsplit(x, 2)[1] + np.dsplit(x, [1])[0] + np.hsplit(x, 3)[2]),
    ("split_empty", lambda x: np.split(x, [0, 2, 2], axis=1)[2].shape),
    ("unstack", lambda x: sum(np.unstack(x, axis=1)) if hasattr(np, "unstack") else x),
    ("copy", lambda x: np.copy(x) + x.copy() + np.array(x) + np.asarray(x)),
    ("concatenate", lambda x: np.concatenate([x, B, 2 * x], axis=1)),
    ("concatenate_flat", lambda x: np.concatenate([x, [[[1.0]]]], axis=None)),
    ("stack", lambda x: np.stack([x, B], axis=-1)),
    ("stacks", lambda x: np.vstack([x[0], V]) + np.hstack([x[0], A])[:, :3].sum() + np.dstack([x[0], A])[0, 0, 1]),
    ("column_stack", lambda x: np.column_stack([x[0, 0], V, x[1]])),
    ("roll", lambda x: np.roll(x, 2) + np.roll(x, 1, axis=1)),
    ("tile", lambda x: np.tile(x, (2, 1, 1)) + np.repeat(x, 2, axis=0)),
    ("pad", lambda x: np.pad(x, ((0, 0), (1, 2), (0, 1))) + np.pad(x, ((0, 0), (1, 2), (1, 0)), mode="edge")),
    ("triangles", lambda x: np.tril(x) + np.triu(x, 1)),
    ("diag", lambda x: np.diag(x[0, 0]) + np.diag(np.diag(x[0])) + np.diagflat(x[0, 1])),
    ("take", lambda x: np.take(x, [2, 0], axis=1) + x.take([1, 1], 1)),
    ("compress", lambda x: np.compress([True, False, True], x, axis=1)),
    ("delete_insert", lambda x: np.delete(x, 1, axis=1) + np.insert(x, 1, 5.0, axis=1)[:, :2]),
    ("append_resize", lambda x: np.append(x, x[:1], axis=0)[:2] + np.resize(x, (2, 3, 3))),
    ("meshgrid", lambda x: np.meshgrid(x[0, 0], V)[0]),
    ("kron", lambda x: np.kron(x[0], A)),
    ("window", lambda x: np.lib.stride_tricks.sliding_window_view(x[0, 0], 2)),
    ("block", lambda x: np.block([[x[0], A], [A, x[1]]])),
    ("shift", lambda x: np.fft.fftshift(x, axes=1)),
)


@pytest.mark.parametrize("function", MOVEMENT)
def test_movement(function):
    if function(C[0]) is None or isinstance(function(C[0]), tuple):
        assert adpy.batch(function, mode="vectorized")(C)[0].tolist() == [2, 2, 2]
    else:
        assert_same(adpy.batch(function, mode="vectorized")(C), looped(function, (C,)))


PRODUCTS = named(
    ("vector_vector", lambda x, m, c: x @ x + x @ V + V @ x),
    ("matrix_vector", lambda x, m, c: m @ x + A @ x + m @ V + x @ m + x @ A + V @ m),
    ("matrix_matrix", lambda x, m, c: m @ m + m @ A + A @ m),
    ("stack_matrix", lambda x, m, c: c @ m + c @ A + B @ m + c @ c + B @ c + c @ B + A @ c + m @ c),
    ("stack_vector", lambda x, m, c: c @ x + B @ x + c @ V + x @ c + x @ B + V @ c),
    ("dot", lambda x, m, c: np.dot(m, m) + np.dot(x, m) + m.dot(V) + np.dot(2.0, x) + np.dot(x, x)),
    ("dot_stack", lambda x, m, c: np.dot(m, c) + np.dot(c, c)[0] + np.dot(B, m).sum()),
    ("inner", lambda x, m, c: np.inner(m, m) + np.inner(x, V) + np.inner(m, A) + np.inner(2.0, x)),
    ("vdot", lambda x, m, c: np.vdot(m, m) + np.vdot(x, V) + np.vdot(V * 1j, x).imag),
    ("outer", lambda x, m, c: np.outer(x, x) + np.outer(V, x) + np.outer(m[0], V)),
    ("tensordot", lambda x, m, c: np.tensordot(c, m, 1)[0] + np.tensordot(A, c, ([0], [1])).sum()),
    ("tensordot_all", lambda x, m, c: np.tensordot(m, m, 2) + np.tensordot(m, A, 2)),
    ("einsum", lambda x, m, c: np.einsum("ij,jk->ik", m, A) + np.einsum("ii", m) + np.einsum("i,ij", x, m)),
    ("einsum_ellipsis", lambda x, m, c: np.einsum("...ij,...j->...i", c, x) + np.einsum("...i->...", c)),
    ("einsum_lists", lambda x, m, c: np.einsum(m, [0, 1], x, [1], [0])),
    ("matmul", lambda x, m, c: np.matmul(m, x) + np.matmul(V, m, out=np.zeros(3))),
    ("matrix_power", lambda x, m, c: np.linalg.matrix_power(m, 3) + np.linalg.multi_dot([m, A, m])),
    ("cross", lambda x, m, c: np.cross(x, V) + np.cross(m, m[::-1])),
    ("vecdot", lambda x, m, c: np.linalg.vecdot(m, x) + np.linalg.vecdot(m, A, axis=0)),
    ("convolve", lambda x, m, c: np.convolve(x, V) + np.correlate(x, x, "full")),
    ("trace", lambda x, m, c: np.trace(m) + m.trace()),
)


@pytest.mark.parametrize("function", PRODUCTS)
def test_products(function):
    found = adpy.batch(function, mode="vectorized")(X, M, C)
    assert_same(found, looped(function, (X, M, C)))


@pytest.mark.parametrize("function", PRODUCTS)
def test_gradients_of_products(function):
    def total(x, m, c):
        return (function(x, m, c) ** 2).sum()

    gradient = adpy.grad(total, (0, 1, 2))
    assert_same(adpy.batch(gradient, mode="vectorized")(X, M, C), looped(gradient, (X, M, C)))


LINALG = named(
    ("inv", lambda s, x: np.linalg.inv(s)),
    ("det", lambda s, x: np.linalg.det(s) + np.linalg.slogdet(s)[1]),
    ("slogdet", lambda s, x: np.linalg.slogdet(s).logabsdet),
    ("cholesky", lambda s, x: np.linalg.cholesky(s)),
    ("eigh", lambda s, x: np.linalg.eigh(s)[0] + np.linalg.eigvalsh(s)),
    ("svd", lambda s, x: np.linalg.svd(s)[1] + np.linalg.svd(s, compute_uv=False)),
    ("qr", lambda s, x: np.abs(np.linalg.qr(s)[1])),
    ("pinv", lambda s, x: np.linalg.pinv(s)),
    ("matrix_rank", lambda s, x: np.linalg.matrix_rank(s)),
    ("solve", lambda s, x: np.linalg.solve(s, x) + np.linalg.solve(s, V) + np.linalg.solve(A, x)),
    ("solve_matrix", lambda s, x: np.linalg.solve(s, A) + np.linalg.solve(A, s) + np.linalg.solve(s, s + A)),
    ("lstsq", lambda s, x: np.linalg.lstsq(s, x, rcond=None)[0]),
    ("norm", lambda s, x: np.linalg.norm(s) + np.linalg.norm(x) + np.linalg.norm(x, 1) + np.linalg.norm(s, "fro")),
    ("norms", lambda s, x: np.linalg.norm(s, axis=1) + np.linalg.norm(s, 1, axis=0) + np.linalg.norm(s, ord=2)),
    ("norm_keepdims", lambda s, x: s / np.linalg.norm(s, axis=1, keepdims=True) + np.linalg.norm(s, keepdims=True)),
    ("cond", lambda s, x: np.linalg.cond(s)),
    ("fft", lambda s, x: np.fft.fft(s) + np.fft.ifft(s, axis=0) + np.fft.fft2(s)),
    ("rfft", lambda s, x: np.fft.rfft(s, axis=0)[0].real + np.fft.irfft(s, n=3, axis=1)[0]),
    ("fftn", lambda s, x: np.fft.fftn(s) + np.fft.fftn(s, s=(3, 3), axes=(0, 1)) + np.fft.ifftn(s, axes=(0,))),
)


@pytest.mark.parametrize("function", LINALG)
def test_linear_algebra(function):
    assert_same(adpy.batch(function, mode="vectorized")(S, X), looped(function, (S, X)), rtol=1e-11)


VALUES = named(
    ("where", lambda m: np.where(m > 0, m, A) + np.where(A > 0, m, 1.0)),
    ("select", lambda m: np.select([m > 1, m > 0], [m, 2 * m], -1.0)),
    ("clip", lambda m: np.clip(m, -0.5, A) + m.clip(0, 1)),
    ("masks", lambda m: (m > 0) & (m < 1) | ~(m > -1)),
    ("likes", lambda m: np.zeros_like(m) + np.ones_like(m) * np.full_like(m, 3.0) + np.full_like(m, m[0, 0])),
    ("full", lambda m: np.full(3, m[0, 0]) + np.full((3,), 2.0)),
    ("isclose", lambda m: np.isclose(m, A) | np.isnan(m) | np.isposinf(m)),
    ("shape", lambda m: m * np.ndim(m) + np.size(m) + np.shape(m)[0] + len(m)),
    ("dtypes", lambda m: m.astype(np.float32) * np.float32(2) + m.astype(int)),
    ("float32", lambda m: m.astype(np.float32) * m[0, 0].item() + m.astype(np.float32) * m[0, 1]),
    ("complex", lambda m: np.abs(m + 1j * A) + (m * 1j).imag + np.angle(m + 0.5j) + (m + 1j).conj().real),
    ("modf", lambda m: np.modf(m)[0] + np.divmod(m, 2.0)[1] + np.frexp(m)[0]),
    ("powers", lambda m: m**2 + np.abs(m) ** 0.5 + 2.0**m + np.abs(m) ** m),
    ("inert", lambda m: np.floor(m) + np.sign(m) + (m // 1) + (m % 0.7)),
    ("searchsorted", lambda m: np.searchsorted(np.array([-1.0, 0.0, 1.0]), m[0])),
    ("allclose", lambda m: np.allclose(m, m) * 1.0 + np.array_equal(m, m)),
    ("nonzero_of_the_same", lambda m: m[np.nonzero(m < 100.0)].sum()),
    ("frompyfunc", lambda m: np.frompyfunc(lambda v: v * v, 1, 1)(m).sum()),
    ("vectorize", lambda m: np.vectorize(lambda v: v * 2.0)(m)),
)


@pytest.mark.parametrize("function", VALUES)
def test_values(function):
    assert_same(adpy.batch(function, mode="vectorized")(M), looped(function, (M,)))


def test_axis_out_of_bounds_is_an_error_of_one_sample():
    with pytest.raises(np.exceptions.AxisError, match="axis 1 is out of bounds for array of dimension 1"):
        adpy.batch(lambda x: np.sum(x, axis=1))(X)
    with pytest.raises(IndexError, match="too many indices"):
        adpy.batch(lambda x: x[0, 0])(X)
    with pytest.raises(ValueError, match="mismatch"):
        adpy.batch(lambda x: A @ x[:2])(X)
