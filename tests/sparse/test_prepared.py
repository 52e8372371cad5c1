"""Preparation: patterns grow with the paths a function takes, nothing is found twice, and results keep their memory."""

import copy
import pickle
import threading

import numpy as np
import pytest
import scipy.sparse

import adpy
from adpy.errors import ArgumentError, PatternError
from adpy.sparse import Pattern

X = np.array([0.3, 0.7, 0.4, 1.1, 0.9])


def products(x):
    return x[1:] * x[:-1]


def branching(x):
    y = x**2
    if x[0] > 0.0:
        y[1:] += x[0] * x[1:]
    return y


def chained(x):
    y, k = x.copy(), 1
    while np.sum(y) < 40.0 and k < len(x):
        y = y + y * np.roll(x, k)
        k += 1
    return y


def chosen(x):
    return x[x > 0.5] * x[0]


@pytest.mark.parametrize("function", [branching, chained, chosen])
def test_other_paths_have_other_patterns(function):
    J = adpy.sparse.jacobian(function)
    rng = np.random.default_rng(0)
    points = [X, -X, 10 * X, *rng.uniform(-2, 6, (20, 5)), X]
    found = set()
    for x in points:
        matrix = J(x)
        np.testing.assert_allclose(matrix.toarray(), adpy.jacobian(function)(x), rtol=1e-12, atol=1e-14)
        found.add(matrix.nnz)
    assert len(found) > 1 and J.stats()["patterns"] > 1
    assert J.stats()["hits"] > 0


def test_hessian_of_another_path():
    def f(x):
        return np.sum(x**2) if x[0] < 1.0 else np.sum(x[1:] * x[:-1]) * x[2]

    H = adpy.sparse.hessian(f)
    for x in (X, X + 1.0, X, X + 2.0):
        np.testing.assert_allclose(H(x).toarray(), adpy.hessian(f)(x), rtol=1e-12, atol=1e-14)
    assert H.stats()["patterns"] == 2


def test_matrix_without_entries_that_gets_some():
    def f(x):
        return np.floor(x) if x[0] < 1.0 else x**2

    J = adpy.sparse.jacobian(f)
    for x in (X, X + 1.0, X):
        assert np.array_equal(J(x).toarray(), adpy.jacobian(f)(x))
    assert J(X).nnz == 0


def test_masks_need_no_other_pattern():
    J = adpy.sparse.jacobian(lambda x: np.where(x > 0.5, x * x[0], x[::-1]))
    for x in (X, 1.0 - X, -X):
        dense = adpy.jacobian(lambda x: np.where(x > 0.5, x * x[0], x[::-1]))(x)
        np.testing.assert_allclose(J(x).toarray(), dense, rtol=1e-14)
    assert J.stats()["patterns"] == 1 and J.stats()["misses"] == 1


def test_out_of_another_path_is_refused_and_stays_as_it_was():
    J = adpy.sparse.jacobian(branching)
    small = J(-X)
    before = small.toarray()
    with pytest.raises(ArgumentError, match="out: expected the structure"):
        J(X, out=small)
    assert np.array_equal(small.toarray(), before)
    large = J(X)
    assert J(2 * X, out=large) is large
    assert np.allclose(large.toarray(), adpy.jacobian(branching)(2 * X))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda A: A.astype(np.float32),
        lambda A: A[:3],
        lambda A: A.tolil(),
        lambda A: A.toarray(),
        lambda A: scipy.sparse.csr_array(np.eye(4, 5)),
        lambda A: "matrix",
    ],
)
def test_out_that_does_not_fit(spoil):
    J = adpy.sparse.jacobian(products)
    A = J(X)
    before = A.toarray()
    with pytest.raises(ArgumentError) as caught:
        J(X, out=spoil(A))
    assert caught.value.argument == "out"
    assert np.array_equal(A.toarray(), before)


@pytest.mark.parametrize("mode", ["elements", "forward", "reverse"])
def test_out_whose_data_are_the_argument(mode):
    J = adpy.sparse.jacobian(lambda x: x[::-1] * x * np.exp(x[0]), mode=mode)
    A = J(np.arange(1.0, 9.0))
    x = A.data[:8]
    x[:] = np.linspace(0.5, 1.5, 8)
    expected = J(x.copy())
    assert np.array_equal(J(x, out=A).data, expected.data)


def test_out_of_the_other_compressed_format():
    J = adpy.sparse.jacobian(products)
    columns = J(X).tocsc()
    assert J(3 * X, out=columns) is columns
    assert np.allclose(columns.toarray(), adpy.jacobian(products)(3 * X))
    with pytest.raises(ArgumentError, match="read-only"):
        columns.data.flags.writeable = False
        J(X, out=columns)


def test_living_results_are_never_overwritten():
    J = adpy.sparse.jacobian(products)
    results = [J(k * X) for k in range(1, 8)]
    data = [J(k * X).data for k in range(1, 8)]
    view = J(9 * X).data[2:4]
    for _ in range(4):
        J(100 * X)
    for k, (A, values) in enumerate(zip(results, data, strict=True), 1):
        expected = adpy.jacobian(products)(k * X)
        assert np.array_equal(A.toarray(), expected)
        assert np.array_equal(values, A.data)
    assert np.array_equal(view, adpy.sparse.jacobian(products)(9 * X).data[2:4])


def test_memory_of_results_that_are_gone_is_used_again():
    J = adpy.sparse.jacobian(products)
    A = J(X)
    seen = set()
    for k in range(6):
        A = J(k * X)
        seen.add(A.data.__array_interface__["data"][0])
    assert len(seen) == 2


def test_structure_is_protected():
    J = adpy.sparse.jacobian(products)
    A = J(X)
    with pytest.raises(ValueError, match="read-only"):
        A.indices[0] = 3
    A.data[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        A.eliminate_zeros()
    B = A.copy()
    B.eliminate_zeros()
    assert B.nnz == A.nnz - 1
    assert np.array_equal(J(X).toarray(), adpy.jacobian(products)(X))


def test_nothing_is_found_twice_for_other_constants():
    rates = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    def f(x):
        return np.sum(rates[1:] * x[1:] ** 2 * x[:-1])

    H = adpy.sparse.hessian(f)
    for k in range(4):
        rates[1] = k + 0.5
        np.testing.assert_allclose(H(X).toarray(), adpy.hessian(f)(X), rtol=1e-13)
    rates = 2.0 * rates
    np.testing.assert_allclose(H(X).toarray(), adpy.hessian(f)(X), rtol=1e-13)
    stats = H.stats()
    assert stats["misses"] == 5 and stats["patterns"] == 1 and stats["colorings"] <= 1


def test_pattern_of_other_columns_is_another_one():
    def f(a, b):
        return [a[0] * 2.0, b[0] ** 2 * np.ones(2)]

    J = adpy.sparse.jacobian(f, argnum=-1)
    first = J((X,), (X[0],)).toarray()
    assert np.array_equal(first[5:, 0], [0.6, 0.6]) and not first[:5].any()
    J = adpy.sparse.jacobian(lambda *args: args[0] * args[1][::-1] ** 2, argnum=0)
    assert np.allclose(J(X, X).toarray(), np.diag(X[::-1] ** 2))


def test_weights_of_constraints():
    lam = np.array([1.0, 2.0])

    def objective(x):
        return np.sum((x[1:] - x[:-1] ** 2) ** 2)

    def constraints(x):
        return np.array([x[0] * x[4] - 1.0, np.sum(x**3)])

    closed = adpy.sparse.hessian(lambda x: objective(x) + lam @ constraints(x))
    opened = adpy.sparse.hessian(lambda x, lam: objective(x) + lam @ constraints(x))
    for k in range(3):
        lam = lam * (k + 1.0)
        dense = adpy.hessian(lambda x, lam=lam: objective(x) + lam @ constraints(x))(X)
        np.testing.assert_allclose(closed(X).toarray(), dense, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(opened(X, lam).toarray(), dense, rtol=1e-12, atol=1e-13)
    assert closed.stats()["patterns"] == opened.stats()["patterns"] == 1
    assert opened.stats()["misses"] == 1


def test_constants_that_change_the_structure_have_another_pattern():
    shift = 1

    def f(x):
        return x * np.roll(x, shift)

    J = adpy.sparse.jacobian(f)
    J(X)
    shift = 2
    np.testing.assert_allclose(J(X).toarray(), adpy.jacobian(f)(X), rtol=1e-14)
    assert J.stats()["patterns"] == 2


def test_given_pattern():
    wide = np.ones((4, 5))
    J = adpy.sparse.jacobian(products, pattern=wide)
    assert J(X).nnz == 20 and J.stats()["patterns"] == 0
    assert np.allclose(J(X).toarray(), adpy.jacobian(products)(X))
    for kind in (scipy.sparse.coo_array, Pattern.of):
        J = adpy.sparse.jacobian(products, pattern=kind(adpy.jacobian(products)(X) != 0))
        assert np.allclose(J(X).toarray(), adpy.jacobian(products)(X))


@pytest.mark.parametrize("mode", ["auto", "compressed", "reverse"])
def test_pattern_that_misses_a_nonzero(mode):
    pattern = adpy.jacobian(products)(X) != 0
    pattern[2, 3] = False
    J = adpy.sparse.jacobian(products, pattern=pattern, mode=mode)
    for x in (X, X, 2 * X):
        with pytest.raises(PatternError, match="row 2, column 3"):
            J(x)


def test_pattern_that_misses_a_nonzero_which_is_zero_at_the_start():
    J = adpy.sparse.jacobian(lambda x: x * x[::-1], pattern=np.eye(3))
    with pytest.raises(PatternError):
        J(np.zeros(3))
    narrow = adpy.sparse.jacobian(lambda x, a: x + a * x[::-1], pattern=np.eye(4))
    assert np.array_equal(narrow(np.zeros(4), 0.0).toarray(), np.eye(4))


def test_hessian_pattern_that_misses_a_nonzero():
    pattern = np.eye(5)
    with pytest.raises(PatternError, match="row 0, column 1"):
        adpy.sparse.hessian(lambda x: np.sum(products(x)) + x[4] ** 2, pattern=pattern)(X)


def test_pattern_is_verified_on_demand():
    pattern = adpy.jacobian(branching)(-X) != 0
    J = adpy.sparse.jacobian(branching, pattern=pattern, verify=False)
    J(-X)
    J.verify(-X)
    with pytest.raises(PatternError, match="row 1, column 0"):
        J.verify(X)


def test_pattern_of_another_path_is_verified():
    pattern = adpy.jacobian(branching)(-X) != 0
    J = adpy.sparse.jacobian(branching, pattern=pattern)
    J(-X)
    with pytest.raises(PatternError, match="row 1, column 0"):
        J(X)


def test_pattern_of_another_shape():
    with pytest.raises(ArgumentError, match=r"shape \(4, 5\)"):
        adpy.sparse.jacobian(products, pattern=np.ones((5, 5)))(X)
    with pytest.raises(ArgumentError, match=r"shape \(5, 5\)"):
        adpy.sparse.hessian(lambda x: np.sum(x**2), pattern=np.ones((4, 4)))(X)


def test_given_pattern_of_a_function_that_is_not_recorded():
    pattern = np.eye(5)
    J = adpy.sparse.jacobian(lambda x: x * 2.0, pattern=pattern)
    assert J(X.astype(np.float32)).nnz == 5
    with pytest.raises(PatternError, match="row 0, column 4"):
        adpy.sparse.jacobian(lambda x: x[::-1] * 2.0, pattern=pattern)(X.astype(np.float32))


def test_given_coloring():
    coloring = adpy.sparse.color_rows(Pattern.of(adpy.jacobian(products)(X)))
    J = adpy.sparse.jacobian(products, coloring=coloring)
    assert np.allclose(J(X).toarray(), adpy.jacobian(products)(X))
    assert J.coloring is coloring and J.method == "compressed reverse" and J.stats()["colorings"] == 0
    with pytest.raises(ArgumentError, match="coloring"):
        adpy.sparse.jacobian(lambda x: products(x)[:-1], coloring=coloring)(X)
    with pytest.raises(ArgumentError, match="kind"):
        adpy.sparse.hessian(lambda x: np.sum(products(x)), coloring=coloring)
    with pytest.raises(ArgumentError, match="mode"):
        adpy.sparse.jacobian(products, coloring=coloring, mode="forward")


def test_coloring_is_computed_when_it_is_asked_for():
    prepared = adpy.sparse.prepare_jacobian(products, X, mode="forward", ordering="natural")
    assert prepared.coloring.count == 2 and prepared.stats()["colors"] == 2
    prepared = adpy.sparse.prepare_jacobian(products, X)
    assert (prepared.coloring is None) == (prepared.method == "elements")
    assert prepared.color().count == 2
    assert prepared.coloring is prepared.color()


def test_what_is_known():
    prepared = adpy.sparse.prepare_jacobian(products, X)
    stats = prepared.stats()
    assert prepared.pattern.nnz == stats["nnz"] == 8 and stats["shape"] == (4, 5)
    assert stats["method"] == prepared.method and stats["recordings"] == 1
    assert {"recording", "evaluation"} <= stats["seconds"].keys() and stats["operations"]
    assert prepared.bandwidths == (0, 1)
    assert prepared.__name__ == "products"


def test_nothing_is_known_before_the_first_call():
    J = adpy.sparse.jacobian(products)
    assert J.stats()["recordings"] == 0
    with pytest.raises(ArgumentError, match="prepare"):
        _ = J.pattern


def test_many_threads():
    J = adpy.sparse.jacobian(branching)
    points = [s * k * X for k in range(1, 6) for s in (1, -1)]
    expected = [adpy.jacobian(branching)(x) for x in points]
    failures = []

    def work():
        for _ in range(5):
            for x, dense in zip(points, expected, strict=True):
                if not np.allclose(J(x).toarray(), dense):
                    failures.append(x)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_the_evaluator_is_asked_once_per_call(monkeypatch):
    prepared = adpy.sparse.prepare_jacobian(products, X)
    plan = prepared._last
    calls = []
    evaluate = plan.evaluator.evaluate

    def counted(inputs, data):
        calls.append(data)
        return evaluate(inputs, data)

    monkeypatch.setattr(plan.evaluator, "evaluate", counted)
    A = prepared(X)
    assert len(calls) == 1 and np.shares_memory(A.data, calls[0])


def test_pickled_and_copied():
    J = pickle.loads(pickle.dumps(adpy.sparse.prepare_jacobian(np.sin, X, format="csc")))
    assert np.array_equal(J(X).toarray(), np.diag(np.cos(X))) and J(X).format == "csc"
    assert copy.deepcopy(J)(X).nnz == 5


def test_function_whose_pattern_cannot_be_found(monkeypatch):
    from adpy.program.streams import NoStream
    from adpy.sparse import detection, preparing

    def refuse(code, wrt):
        raise NoStream("too large")

    monkeypatch.setattr(detection, "jacobian_pattern", refuse)
    J = adpy.sparse.jacobian(products, mode="compressed")
    assert J(X).nnz == 20 and np.array_equal(J(X).toarray(), adpy.jacobian(products)(X))
    monkeypatch.setattr(preparing, "FULL", 10)
    with pytest.raises(ArgumentError, match="too large"):
        adpy.sparse.jacobian(products, mode="compressed")(X)


def test_evaluators_are_known():
    prepared = adpy.sparse.prepare_jacobian(products, X, mode="reverse")
    assert prepared.evaluator.pattern == prepared.pattern


@pytest.mark.parametrize("mode", ["auto", "compressed", "elements"])
def test_constants_that_were_zero(mode):
    lam, power, factor = np.array([0.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0]), 0.0

    def f(x):
        return np.sum(lam * x[:3] * x[1:4]) + factor * x[0] * x[4] + np.sum(x[:3] ** power)

    def check():
        np.testing.assert_allclose(H(X).toarray(), adpy.hessian(f)(X), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(J(X).toarray()[0], adpy.grad(f)(X), rtol=1e-12, atol=1e-14)

    H, J = adpy.sparse.hessian(f, mode=mode), adpy.sparse.jacobian(f, mode=mode)
    check()
    lam[0] = 2.0
    check()
    lam[:], factor = 0.0, 3.0
    check()
    lam[:], factor, power[:] = 4.0, 0.0, 2.5
    check()
    power[:] = 0.0
    check()


def test_constant_matrices_and_masks_that_change():
    A, mask = np.eye(5), np.array([True, False, True, False, True])

    def f(x):
        return np.where(mask, A @ x, x[::-1] ** 2) + mask * x[0]

    J = adpy.sparse.jacobian(f)
    for k in range(4):
        np.testing.assert_allclose(J(X).toarray(), adpy.jacobian(f)(X), rtol=1e-13)
        A[k, 4 - k], mask[k] = k, not mask[k]
