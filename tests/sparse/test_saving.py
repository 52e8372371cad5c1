"""Prepared derivatives in files: the same results without finding a pattern, and typed errors for other files."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, GuardError, ProgramFileError

X = np.array([0.3, 0.7, 0.4, 1.1, 0.9])


def branching(x):
    y = x**2
    if x[0] > 0.0:
        y[1:] += x[0] * x[1:]
    return y


def energy(x):
    return np.sum(x[1:] ** 2 * x[:-1]) + np.exp(x[0])


def constant_parts(x):
    return {"a": np.ones(3), "b": x * x[0], "c": 2}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "prepared.npz"


@pytest.mark.parametrize("mode", ["auto", "compressed", "reverse"])
@pytest.mark.parametrize("function", [branching, constant_parts, np.sin])
def test_jacobian(function, mode, path):
    J = adpy.sparse.prepare_jacobian(function, X, mode=mode)
    J.save(path)
    for loaded in (adpy.sparse.load(path), adpy.sparse.load(path, function)):
        assert np.array_equal(loaded(2 * X).toarray(), J(2 * X).toarray())
        assert loaded.method == J.method and loaded.pattern.nnz == J.pattern.nnz
        stats = loaded.stats()
        assert stats["patterns"] == stats["colorings"] == stats["misses"] == 0


@pytest.mark.parametrize("mode", ["auto", "star", "acyclic"])
def test_hessian(mode, path):
    H = adpy.sparse.prepare_hessian(energy, X, mode=mode, format="csc")
    H.save(path)
    loaded = adpy.sparse.load(path)
    found = loaded(3 * X)
    assert found.format == "csc" and np.array_equal(found.toarray(), H(3 * X).toarray())
    assert loaded.__name__ == "energy"


def test_every_recording_is_kept(path):
    J = adpy.sparse.prepare_jacobian(branching, X)
    J(-X)
    J.save(path)
    loaded = adpy.sparse.load(path)
    for x in (X, -X, 2 * X):
        assert np.array_equal(loaded(x).toarray(), adpy.jacobian(branching)(x))
    assert loaded.stats()["recordings"] == 2


def test_other_paths_need_the_function(path):
    adpy.sparse.prepare_jacobian(branching, X).save(path)
    with pytest.raises(GuardError, match="without its function"):
        adpy.sparse.load(path)(-X)
    with pytest.raises(GuardError, match="without its function"):
        adpy.sparse.load(path)(X.astype(np.float32))
    found = adpy.sparse.load(path, branching)(-X)
    assert np.array_equal(found.toarray(), adpy.jacobian(branching)(-X))


def test_given_patterns_and_other_arguments(path):
    def f(x, w):
        return w * x

    pattern = np.tri(5)
    J = adpy.sparse.prepare_jacobian(f, X, 2.0, pattern=pattern, mode="forward", ordering="natural")
    J.save(path)
    loaded = adpy.sparse.load(path, f)
    assert np.array_equal(loaded(X, 4.0).toarray(), 4.0 * np.eye(5)) and loaded.pattern.nnz == 15
    assert loaded.coloring.count == J.coloring.count and loaded.coloring.order == "natural"
    with pytest.raises(ArgumentError, match="pattern"):
        loaded(X[:3], 4.0)


def test_files_that_are_something_else(path, tmp_path):
    adpy.record(energy, X).save(path)
    with pytest.raises(ProgramFileError, match="no sparse derivative"):
        adpy.sparse.load(path)
    adpy.sparse.prepare_jacobian(branching, X).save(path)
    with pytest.raises(ProgramFileError, match="no program"):
        adpy.load_program(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ProgramFileError):
        adpy.sparse.load(path)
    np.savez(path, header=np.array("{}"))
    with pytest.raises(ProgramFileError):
        adpy.sparse.load(path)
    with pytest.raises(FileNotFoundError):
        adpy.sparse.load(tmp_path / "nowhere.npz")


def test_nothing_is_written_where_a_recording_cannot_be_described(path):
    @adpy.primitive
    def cube(x):
        return x**3

    @cube.defvjp
    def cube_vjp(primals, y, y_bar):
        return (3 * primals[0] ** 2 * y_bar,)

    J = adpy.sparse.prepare_jacobian(lambda x: cube(x), X)
    with pytest.raises(ProgramFileError, match="cube"):
        J.save(path)
    assert not path.exists()


def test_surroundings_that_change_after_loading(tmp_path):
    weights = np.zeros(4)

    def weighted(x):
        return weights * x**2 + x[::-1]

    adpy.sparse.prepare_jacobian(weighted, np.ones(4)).save(tmp_path / "J.npz")
    J = adpy.sparse.load(tmp_path / "J.npz", weighted)
    for value in (0.0, 3.0, 0.0, 1.0):
        weights[:] = value
        assert np.array_equal(J(np.ones(4)).toarray(), np.diag(np.full(4, 2 * value)) + np.eye(4)[::-1])
    assert J.stats()["misses"] == 2
