"""Sparse matrices as operands: every format and spelling against dense matrices, in every transform and in programs."""

import types

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg as ssl

import adpy
from adpy.errors import AdpyError, TracedValueError
from adpy.program.streams import scalar_stream, stream_of

N = 5
DENSE = np.array([[2.0, -1, 0, 0, 3], [0, 4, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, -2, 0], [0, 0.5, 0, 0, 1]])
X = np.array([0.7, -1.2, 0.4, 1.9, 0.3])
TALL = np.vstack([DENSE, [[0, 1, 0, 2, 0]]])
METHODS = {
    (cls, name): value
    for cls in {c for kind in (sp.csr_array, sp.coo_array, sp.dok_array) for c in kind.__mro__ if c is not object}
    for name, value in vars(cls).items()
}


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    monkeypatch.setenv("ADPY_KERNELS", "wait")
    yield
    assert all(vars(cls)[name] is value for (cls, name), value in METHODS.items())


FORMATS = [
    getattr(sp, f"{name}_{kind}")
    for name in ("csr", "csc", "coo", "dia", "bsr", "lil", "dok")
    for kind in ("array", "matrix")
]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("dense", [DENSE, TALL])
def test_formats(kind, dense):
    matrix = kind(dense)
    np.testing.assert_allclose(adpy.grad(lambda x: np.sum((matrix @ x) ** 2))(X), 2 * dense.T @ (dense @ X), rtol=1e-14)
    np.testing.assert_allclose(adpy.jacobian(lambda x: matrix @ (x * x))(X), dense * (2 * X), rtol=1e-14)
    np.testing.assert_allclose(adpy.jvp(lambda x: matrix @ x, (X,), (X * X,))[1], dense @ (X * X), rtol=1e-14)
    np.testing.assert_array_equal(matrix @ X, (matrix @ X[:, None])[:, 0])


A, M = sp.csr_array(DENSE), sp.csr_matrix(DENSE)
SPELLINGS = {
    "dot": (lambda x: A.dot(x), lambda x: DENSE @ x),
    "right": (lambda x: x @ A, lambda x: x @ DENSE),
    "transposed": (lambda x: A.T @ x, lambda x: DENSE.T @ x),
    "star": (lambda x: M * x, lambda x: DENSE @ x),
    "star right": (lambda x: x * M, lambda x: x @ DENSE),
    "matrix": (lambda x: A @ np.stack([x, x * x], 1), lambda x: DENSE @ np.stack([x, x * x], 1)),
    "matrix right": (lambda x: np.stack([x, x * x]) @ A, lambda x: np.stack([x, x * x]) @ DENSE),
    "column": (lambda x: A @ x[:, None], lambda x: DENSE @ x[:, None]),
    "row right": (lambda x: x[None] @ M, lambda x: x[None] @ DENSE),
    "list": (
        lambda x: A @ [x[0], x[1], 2.0, x[3] * x[4], x[4]],
        lambda x: DENSE @ np.array([x[0], x[1], 2.0, x[3] * x[4], x[4]]),
    ),
    "operator": (lambda x: ssl.aslinearoperator(A).matvec(x), lambda x: DENSE @ x),
    "operator adjoint": (lambda x: ssl.aslinearoperator(A).rmatvec(x), lambda x: DENSE.T @ x),
    "arithmetic": (lambda x: (sp.eye_array(N) - 0.1 * A) @ x, lambda x: (np.eye(N) - 0.1 * DENSE) @ x),
    "built inside": (lambda x: sp.diags_array([1.0, 2.0, 3.0, 4.0, 5.0]) @ x, lambda x: np.arange(1.0, 6) * x),
    "kron": (
        lambda x: (sp.kron(A, sp.eye_array(2)) @ np.append(x, x))[::2],
        lambda x: (np.kron(DENSE, np.eye(2)) @ np.append(x, x))[::2],
    ),
    "power": (lambda x: A @ (A @ x), lambda x: DENSE @ (DENSE @ x)),
    "view": (lambda x: A @ np.append(x, x)[::2], lambda x: DENSE @ np.append(x, x)[::2]),
    "scaled by a traced number": (lambda x: (x[1] * A) @ x, lambda x: x[1] * DENSE @ x),
    "traced entries": (lambda x: A.multiply(x) @ x, lambda x: DENSE * x @ x),
    "traced entries, matrix": (
        lambda x: (A * x) @ np.stack([x, x * x], 1),
        lambda x: (DENSE * x) @ np.stack([x, x * x], 1),
    ),
    "spsolve": (lambda x: ssl.spsolve(REGULAR, x), lambda x: np.linalg.solve(REGULAR.toarray(), x)),
    "spsolve of a matrix": (
        lambda x: ssl.spsolve(REGULAR, np.stack([x, x * x], 1)),
        lambda x: np.linalg.solve(REGULAR.toarray(), np.stack([x, x * x], 1)),
    ),
    "spsolve of a column": (
        lambda x: ssl.spsolve(REGULAR, x[:, None]),
        lambda x: np.linalg.solve(REGULAR.toarray(), x),
    ),
    "spsolve rows": (lambda x: ssl.spsolve(REGULAR.tocsr(), x), lambda x: np.linalg.solve(REGULAR.toarray(), x)),
}
REGULAR = sp.csc_array(DENSE + 3 * np.eye(N))


def scalar(function):
    return lambda x: np.sum(np.sin(function(x) * np.sum(x)))


@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings(name):
    sparse, dense = SPELLINGS[name]
    np.testing.assert_allclose(sparse(X), dense(X), rtol=1e-13)
    np.testing.assert_allclose(adpy.jacobian(sparse)(X), adpy.jacobian(dense)(X), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(adpy.grad(scalar(sparse))(X), adpy.grad(scalar(dense))(X), rtol=1e-12)
    np.testing.assert_allclose(adpy.hessian(scalar(sparse))(X), adpy.hessian(scalar(dense))(X), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", ["dot", "matrix right", "traced entries", "spsolve", "spsolve of a matrix"])
def test_nesting(name):
    sparse, dense = SPELLINGS[name]

    def third(function):
        def along(x):
            return adpy.jvp(adpy.grad(scalar(function)), (x,), (np.cos(x),))[1]

        return adpy.jacobian(lambda x: adpy.grad(lambda z: np.sum(along(z) * z))(x))(X[:N])

    np.testing.assert_allclose(third(sparse), third(dense), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", SPELLINGS)
def test_programs(name):
    sparse, dense = SPELLINGS[name]
    program = adpy.record(scalar(sparse), X)
    assert not program.stats()["eager"]
    for x in (X, X[::-1].copy()):
        expected = adpy.value_and_grad(scalar(dense))(x)
        np.testing.assert_allclose(program(x), expected[0], rtol=1e-12)
        np.testing.assert_allclose(program.gradient(x), expected[1], rtol=1e-11)
        np.testing.assert_allclose(program.hvp(x, X), adpy.hvp(scalar(dense))(x, X), rtol=1e-10)
        np.testing.assert_allclose(adpy.record(sparse, X).jacobian(x), adpy.jacobian(dense)(x), rtol=1e-11, atol=1e-13)
    assert program.stats()["misses"] == 1


def test_streams_see_the_entries():
    branch, recording = adpy.record(lambda x: A @ (x * x), X)._at((X,), {})
    recording.__exit__()
    squares, sums = N, A.nnz - np.count_nonzero(np.diff(A.indptr))
    for stream in (stream_of(branch.code), scalar_stream(branch.code)):
        assert not stream.calls
        assert np.count_nonzero(stream.ops) == squares + A.nnz + sums


def test_batches_and_files(tmp_path):
    program = adpy.record(scalar(SPELLINGS["matrix"][0]), X)
    points = np.stack([X, X + 1, X - 1])
    expected = [adpy.grad(scalar(SPELLINGS["matrix"][1]))(x) for x in points]
    program.save(tmp_path / "program.npz")
    loaded = adpy.load_program(tmp_path / "program.npz")
    np.testing.assert_allclose([loaded.gradient(x) for x in points], expected, rtol=1e-11)
    np.testing.assert_allclose(program.batch_gradient(points), expected, rtol=1e-11)
    np.testing.assert_allclose(adpy.batch(program.gradient)(points), expected, rtol=1e-11)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("z", [X, X * (2 - 1j)])
def test_complex_matrices(side, z):
    matrix = sp.csr_array(DENSE * (1 + 2j))

    def function(x, a):
        return np.sum(np.abs(a @ x if side == "left" else x @ a) ** 2)

    expected = adpy.grad(function)(z, matrix.toarray())
    np.testing.assert_allclose(adpy.grad(function)(z, matrix), expected, rtol=1e-13)
    expected = adpy.jvp(lambda x: matrix.toarray() @ x, (z,), (z * z,))[1]
    np.testing.assert_allclose(adpy.jvp(lambda x: matrix @ x, (z,), (z * z,))[1], expected, rtol=1e-13)


def test_whole_numbers_and_single_precision():
    for dtype in (np.int32, np.float32, bool):
        matrix = sp.csr_array(DENSE.astype(dtype))
        expected = 2 * matrix.toarray().T @ (matrix.toarray() @ X)
        for gradient in (adpy.grad, lambda f: adpy.record(f, X).gradient):
            np.testing.assert_allclose(gradient(lambda x, a=matrix: np.sum((a @ x) ** 2))(X), expected, rtol=1e-6)


def test_a_matrix_that_changes_between_uses():
    matrix = sp.csr_array(DENSE)

    def function(x):
        matrix.data[:] = sp.csr_array(DENSE).data
        y = matrix @ x
        matrix.data *= 3
        y = matrix @ (y * y)
        matrix.data *= 0
        return np.sum(y)

    def dense(x):
        return np.sum(3 * DENSE @ (DENSE @ x) ** 2)

    np.testing.assert_allclose(adpy.grad(function)(X), adpy.grad(dense)(X), rtol=1e-13)
    np.testing.assert_allclose(adpy.hessian(function)(X), adpy.hessian(dense)(X), rtol=1e-13)


@pytest.mark.parametrize("kind", FORMATS)
def test_programs_notice_a_matrix_that_changed(kind):
    holder = types.SimpleNamespace(matrix=kind(DENSE))
    matrix = kind(DENSE)
    closed = adpy.record(lambda x: np.sum(matrix @ (x * x)), X)
    held = adpy.record(lambda x: np.sum(holder.matrix @ (x * x)), X)
    given = adpy.record(lambda x, a: np.sum(a @ (x * x)), X, matrix)
    for factor in (1.0, 5.0, 7.0):
        if factor > 1 and matrix.format in ("csr", "csc", "lil", "dok"):
            matrix[0, 0] = factor
        expected = 2 * X * matrix.toarray().sum(0)
        holder.matrix = matrix.copy()
        np.testing.assert_allclose(closed.gradient(X), expected, rtol=1e-13)
        np.testing.assert_allclose(held.gradient(X), expected, rtol=1e-13)
        np.testing.assert_allclose(given.gradient(X, matrix), expected, rtol=1e-13)
        if matrix.format in ("csr", "csc", "coo", "bsr", "dia"):
            matrix.data *= 1.5
            np.testing.assert_allclose(closed.gradient(X), 1.5 * expected, rtol=1e-13)
            matrix.data /= 1.5


GLOBAL = sp.csr_array(DENSE)


def of_global(x):
    return np.sum(GLOBAL @ (x * x))


def test_programs_notice_another_global_matrix(monkeypatch):
    program = adpy.record(of_global, X)
    monkeypatch.setitem(globals(), "GLOBAL", sp.csr_array(TALL))
    np.testing.assert_allclose(program.gradient(X), 2 * X * TALL.sum(0), rtol=1e-13)


class Model:
    """A matrix that only the object knows."""

    def __init__(self):
        self.parts = {"laplacian": [sp.dia_array(DENSE)]}

    def __call__(self, x):
        return np.sum((self.parts["laplacian"][0] @ x) ** 2)


def test_matrices_in_objects():
    np.testing.assert_allclose(adpy.grad(Model())(X), 2 * DENSE.T @ (DENSE @ X), rtol=1e-14)
    np.testing.assert_allclose(adpy.grad(lambda x, get=vars: Model()(x))(X), 2 * DENSE.T @ (DENSE @ X), rtol=1e-14)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(sp.diags_array(x) @ x),
        lambda x: np.sum(sp.csr_array((x, (range(N), range(N)))) @ X),
        lambda x: np.sum(ssl.spsolve(A.multiply(x).tocsc(), X)),
        lambda x: np.sum(ssl.spsolve(DENSE * x, x)),
        lambda x: np.sum((A @ (A * x)).data),
        lambda x: np.sum(ssl.splu(REGULAR).solve(x)),
    ],
)
def test_what_is_not_known_is_refused(function):
    for transform in (adpy.grad, lambda f: lambda x: adpy.jvp(f, (x,), (x,))):
        with pytest.raises(AdpyError) as error:
            transform(function)(X)
        assert isinstance(error.value, TracedValueError)


@pytest.mark.parametrize("operand", [np.ones(4), np.ones((4, 2)), np.ones((2, 3, 5))])
def test_errors_are_those_of_scipy(operand):
    with pytest.raises(ValueError) as expected:
        A @ operand
    with pytest.raises(ValueError) as found:
        adpy.grad(lambda x: np.sum(A @ (operand * x[0])))(X)
    assert str(found.value) == str(expected.value) or operand.ndim == 3


def test_empty():
    matrix = sp.csr_array((3, 0))
    np.testing.assert_array_equal(adpy.jacobian(lambda x: matrix @ x)(np.zeros(0)), np.zeros((3, 0)))
    nothing = sp.csr_array((3, N))
    np.testing.assert_array_equal(adpy.record(lambda x: nothing @ x, X).jacobian(X), np.zeros((3, N)))
