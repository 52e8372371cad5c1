"""Programs in files and pickles: the same values and derivatives, and typed errors for what is no such file."""

import pickle
import zipfile
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import adpy
from adpy.errors import GuardError, ProgramFileError
from adpy.program.saving import FORMAT

A = np.array([[4.0, 1.0, 0.3], [1.0, 3.0, 0.1], [0.3, 0.1, 2.0]])
X = np.array([0.4, 0.9, 1.7])


class Pair(NamedTuple):
    first: float
    second: np.ndarray


@dataclass
class Result:
    value: float
    names: list


def rosenbrock(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def buffers(x):
    y = np.zeros(6)
    y[::2] = np.sin(x)
    y[[1, 3]] += x[[2, 2]]
    y[5] = x[0] * 3
    return np.sum(y**2)


def solved(x):
    q = np.linalg.solve(A + np.diag(x), x)
    return q @ np.linalg.inv(A) @ x + np.linalg.slogdet(A * x[0] + np.eye(3))[1]


def decomposed(x):
    u, s, vt = np.linalg.svd(A * x, full_matrices=False)
    return np.sum(s[:2]) + np.sum(scipy.linalg.cholesky(A + np.outer(x, x), lower=True))


def special(x):
    return np.sum(scipy.special.gammaln(x) + scipy.special.expit(x)) + np.sum(np.concatenate([x, x[::-1]]) ** 3)


def decided(x):
    if np.all(x > 0) and np.argmax(x) == 2:
        x = np.sort(x)[::-1]
    mask = x > 1.0
    return np.sum(x[mask] ** 2) + np.max(x) * np.median(x)


def added(x):
    y = np.zeros(4)
    np.add.at(y, [0, 1, 1], x)
    return np.sum(np.exp(y))


FUNCTIONS = [rosenbrock, buffers, solved, decomposed, special, decided, added]


def branching(x):
    return x * x if x > 0 else -x


@adpy.compile
def compiled(x):
    return np.sum(np.sin(x) * x)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "program.npz"


@pytest.mark.parametrize("f", FUNCTIONS)
def test_saved_and_loaded(f, path):
    p = adpy.record(f, X)
    p.save(path)
    q = adpy.load_program(path)
    for x in (X, X * 1.01):
        np.testing.assert_array_equal(q(x), p(x))
        np.testing.assert_array_equal(q.gradient(x), p.gradient(x))
        np.testing.assert_allclose(q.gradient(x), adpy.grad(f)(x), rtol=1e-12)
        np.testing.assert_array_equal(q.hvp(x, np.ones(3)), p.hvp(x, np.ones(3)))
    assert q.stats()["recordings"] == p.stats()["recordings"]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_pickled(f):
    p = adpy.record(f, X)
    q = pickle.loads(pickle.dumps(p))
    np.testing.assert_array_equal(q.gradient(X), p.gradient(X))
    assert q.stats()["misses"] == 0
    np.testing.assert_allclose(q.gradient(X[::-1].copy()), adpy.grad(f)(X[::-1].copy()), rtol=1e-12)


def test_all_recordings_are_kept(path):
    p = adpy.record(branching, 2.0)
    p(-1.0), p.gradient(3.0)
    p.save(path)
    q = adpy.load_program(path)
    assert [q.gradient(2.0), q.gradient(-2.0)] == [4.0, -1.0]
    assert (q.stats()["hits"], q.stats()["misses"]) == (2, 0)


def test_structures_constants_and_other_arguments(path):
    def f(x, scale, kind="a"):
        y = x["a"] * scale
        return Pair(y, np.array([y, x["b"] * y])), {"kind": kind, "steps": [1, 2.5, None, True, np.int64(3)]}

    p = adpy.record(f, {"a": 2.0, "b": 3.0}, 4, kind="b")
    p.save(path)
    q = adpy.load_program(path)
    pair, rest = q({"a": 1.0, "b": 5.0}, 4, kind="b")
    assert type(pair) is Pair and pair.first == 4.0 and pair.second.tolist() == [4.0, 20.0]
    assert rest == {"kind": "b", "steps": [1, 2.5, None, True, 3]} and type(rest["steps"][4]) is np.int64
    with pytest.raises(GuardError, match="without its function"):
        q({"a": 1.0, "b": 5.0}, 5, kind="b")


def test_dataclasses(path):
    def f(x):
        return Result(x * x, ["square", x * 3])

    adpy.record(f, 2.0).save(path)
    found = adpy.load_program(path)(3.0)
    assert type(found) is Result and found == Result(9.0, ["square", 9.0])


def test_a_miss_without_the_function(path):
    adpy.record(branching, 2.0).save(path)
    q = adpy.load_program(path)
    for call in (q, q.gradient, q.value_and_gradient, q.jacobian, q.hessian, q.vjp):
        with pytest.raises(GuardError, match="load_program"):
            call(-1.0)
    for x in (1, np.float32(2.0), np.ones(3), 1j):
        with pytest.raises(GuardError):
            q(x)
    with pytest.raises(GuardError):
        adpy.grad(q)(2.0)
    assert q.gradient(3.0) == 6.0


def test_a_miss_with_the_function(path):
    adpy.record(branching, 2.0).save(path)
    q = adpy.load_program(path, branching)
    assert [q.gradient(-1.0), q.gradient(3.0), adpy.grad(q)(3.0)] == [-1.0, 6.0, 6.0]
    assert q.stats()["misses"] == 1


def test_what_cannot_be_described_is_named_and_no_file_is_written(path):
    @adpy.primitive
    def cube(x):
        return x**3

    @cube.defvjp
    def cube_vjp(y_bar, y, x):
        return (3 * x**2 * y_bar,)

    p = adpy.record(lambda x: np.sum(cube(x)), X)
    if p.stats()["recordings"]:
        with pytest.raises(ProgramFileError, match="cube"):
            p.save(path)
        assert not path.exists()
    marker = object()
    p = adpy.record(lambda x, marker: (x * 2, marker), 2.0, marker)
    with pytest.raises(ProgramFileError, match="Identity"):
        p.save(path)
    assert not list(path.parent.iterdir())


def test_files_that_are_no_programs(path):
    adpy.record(rosenbrock, X).save(path)
    whole = path.read_bytes()
    for part in (whole[: len(whole) // 2], whole[:10], b"", b"no archive", b"\x80\x04N."):
        path.write_bytes(part)
        with pytest.raises(ProgramFileError):
            adpy.load_program(path)
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(damaged))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path)
    np.savez(path, a=np.ones(3))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path)
    np.savez(path, header=np.array("{}"))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path)
    np.savez(path, header=np.array([None], object))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path)
    np.save(path.with_suffix(".npy"), np.ones(3))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path.with_suffix(".npy"))
    with pytest.raises(FileNotFoundError):
        adpy.load_program(path.with_name("none.npz"))


def _rewritten(path, change):
    with np.load(path) as file:
        entries = dict(file)
    entries["header"] = np.array(change(str(entries["header"])))
    np.savez(path, **entries)


@pytest.mark.parametrize(
    "old, new",
    [
        (f'"format": {FORMAT}', '"format": 99'),
        ('"instructions": "', '"instructions": "x'),
        ('"adpy program"', '"other"'),
        ('"tuple"', '"nothing"'),
        ('"numpy.linalg.solve"', '"os.system"'),
        ('"recordings"', '"recording"'),
    ],
)
def test_other_versions_and_changed_descriptions(old, new, path):
    adpy.record(solved, X).save(path)
    _rewritten(path, lambda header: header.replace(old, new))
    with pytest.raises(ProgramFileError):
        adpy.load_program(path)


def test_files_are_read_without_pickle(path):
    adpy.record(decided, X).save(path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert name.endswith(".npy") and b"'descr': '|O'" not in archive.read(name)[:128]


def test_pickles_of_decorated_functions():
    compiled(X)
    q = pickle.loads(pickle.dumps(compiled))
    assert q is not compiled and q.function is compiled.function
    np.testing.assert_array_equal(q.gradient(X), compiled.gradient(X))


def test_pickles_leave_out_recordings_that_cannot_be_described():
    p = adpy.record(branching, 2.0)
    p._branches[("odd",)] = [type(p._branches[(float,)][0])(None, object(), [])]
    q = pickle.loads(pickle.dumps(p))
    assert list(q._branches) == [(float,)] and q.gradient(2.0) == 4.0


def test_whole_numbers_in_arrays_of_arguments(path):
    p = adpy.record(lambda x, places: np.sum(x[places]), X, np.array([0, 2]))
    p.save(path)
    q = adpy.load_program(path)
    assert q.gradient(X, np.array([0, 2])).tolist() == [1.0, 0.0, 1.0]
    with pytest.raises(GuardError):
        q.gradient(X, np.array([0, 1]))


def test_changes_around_the_function_after_loading_are_noticed(path):
    weights = np.ones(3)

    def function(x):
        return np.sum(weights * x**2)

    x = np.array([1.0, 2.0, 3.0])
    adpy.record(function, x).save(path)
    loaded = adpy.load_program(path, function)
    np.testing.assert_allclose(loaded.gradient(x), 2 * x)
    weights[:] = 3.0
    np.testing.assert_allclose(loaded.gradient(x), 6 * x)
