"""adpy.batch: arguments, axes, structures, results and errors."""

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, TracedValueError
from tests.batching.loops import assert_same, counted, looped

rng = np.random.default_rng(11)
X = rng.normal(size=(5, 3))
W = rng.normal(size=3)


def model(w, x):
    return np.tanh(x @ w) * w[0]


# ---- arguments and results


def test_per_sample_gradients():
    gradient = adpy.grad(model)
    found = adpy.batch(gradient, in_axes=(None, 0))(W, X)
    assert_same(found, looped(gradient, (W, X), (None, 0)))


def test_per_sample_jacobians():
    jacobian = adpy.jacobian(lambda x: np.outer(x, x) @ W)
    assert_same(adpy.batch(jacobian)(X), looped(jacobian, (X,)))


def test_the_function_runs_once_where_samples_agree():
    function, calls = counted(lambda x: np.sin(x).sum() if x.shape == (3,) else 0.0)
    adpy.batch(function)(X)
    assert len(calls) == 1


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_in_axes_and_out_axes(axis):
    cube = rng.normal(size=(3, 3, 3))
    rows = [np.take(cube, i, axis) @ W for i in range(3)]
    found = adpy.batch(lambda m: m @ W, in_axes=axis, out_axes=-1)(cube)
    np.testing.assert_allclose(found, np.stack(rows, -1), rtol=1e-14)


def test_axes_by_structure():
    tree = {"a": X, "b": (X.T, W)}

    def function(tree):
        return {"sum": tree["a"].sum() + tree["b"][0] @ tree["b"][1], "pair": (tree["a"], tree["b"][0])}

    found = adpy.batch(function, in_axes=({"a": 0, "b": (1, None)},), out_axes={"sum": 0, "pair": (0, 1)})(tree)
    np.testing.assert_allclose(found["sum"], [x.sum() + x @ W for x in X], rtol=1e-14)
    np.testing.assert_array_equal(found["pair"][0], X)
    np.testing.assert_array_equal(found["pair"][1], X.T)


@dataclass
class Point:
    position: np.ndarray
    name: str
    order: int = 2


def test_dataclasses_names_and_counts():
    def energy(point):
        return Point((point.position**point.order).sum(), point.name)

    found = adpy.batch(energy)(Point(X, "p", 3))
    assert found.name == "p"
    np.testing.assert_allclose(found.position, (X**3).sum(1), rtol=1e-14)
    gradient = adpy.batch(adpy.grad(lambda point: (point.position**point.order).sum()))(Point(X, "p"))
    np.testing.assert_allclose(gradient.position, 2 * X)
    assert gradient.name is None


def test_results_that_are_the_same_for_all_samples():
    found = adpy.batch(lambda x: (x.sum(), 1.5, np.arange(2), None, "name", True))(X)
    assert found[1].tolist() == [1.5] * 5
    assert found[2].shape == (5, 2)
    assert found[3:5] == (None, "name")
    assert found[5].dtype == bool


def test_keyword_arguments_are_shared():
    found = adpy.batch(lambda x, scale=1.0, table=None: x * scale + table)(X, scale=2.0, table=W)
    np.testing.assert_array_equal(found, X * 2 + W)


def test_samples_of_numbers_are_scalars():
    kinds = []

    def function(x):
        kinds.append((isinstance(x, np.float64), isinstance(x, np.ndarray), np.ndim(x)))
        return math.sin(x) * x

    found = adpy.batch(function)(X[:, 0])
    assert kinds[0] == (True, False, 0)
    np.testing.assert_allclose(found, np.sin(X[:, 0]) * X[:, 0], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128, np.int64, bool])
def test_dtypes(dtype):
    x = (4 * X).astype(dtype)
    for function in (lambda x: x[0], lambda x: x * 2, lambda x: x.sum(), lambda x: np.abs(x * np.float32(2))):
        assert_same(adpy.batch(function, mode="vectorized")(x), looped(function, (x,)))


def test_integers_as_indices_and_labels():
    labels = np.array([2, 0, 1, 2, 0])
    loss = adpy.grad(lambda w, x, label: np.log(np.exp(w @ x).sum()) - (w @ x)[label])
    w = rng.normal(size=(3, 3))
    found = adpy.batch(loss, (None, 0, 0), mode="vectorized")(w, X, labels)
    assert_same(found, looped(loss, (w, X, labels), (None, 0, 0)))


def test_arguments_are_not_changed():
    before = X.copy()

    def function(x):
        x *= 2
        x[0] = 0.0
        return x.sum()

    found = adpy.batch(function)(X)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_allclose(found, 2 * X[:, 1:].sum(1), rtol=1e-14)
    shared = adpy.batch(adpy.grad(lambda w, x: function(w) + (w * x).sum()), in_axes=(None, 0))
    assert_same(shared(W, X), looped(adpy.grad(lambda w, x: function(w) + (w * x).sum()), (W, X), (None, 0)))


def test_results_have_memory_of_their_own():
    table = np.ones(3)
    found = adpy.batch(lambda x: (x, x, table))(X)
    found[0][...] = 7.0
    found[2][...] = 7.0
    assert found[1][0, 0] == X[0, 0]
    assert table[0] == 1.0


@pytest.mark.parametrize("size", [1, 2])
def test_few_samples(size):
    gradient = adpy.grad(lambda x: x[0] if x[0] > 0 else (x * x).sum())
    assert_same(adpy.batch(gradient)(X[:size]), looped(gradient, (X[:size],)))


def test_no_samples():
    assert adpy.batch(adpy.grad(lambda x: (x * x).sum()))(np.empty((0, 3))).shape == (0, 3)
    with pytest.raises(ArgumentError, match="at least one sample"):
        adpy.batch(lambda x: x if x[0] > 0 else -x)(np.empty((0, 3)))
    with pytest.raises(ArgumentError, match="at least one sample"):
        adpy.batch(lambda x: x, mode="loop")(np.empty((0, 3)))


# ---- errors


def test_the_error_of_a_sample_says_which():
    def function(x):
        if x[0] > 2:
            raise RuntimeError("too large")
        return x

    x = np.zeros((6, 2))
    x[3, 0] = 5.0
    with pytest.raises(RuntimeError, match="too large") as caught:
        adpy.batch(function)(x)
    assert caught.value.__notes__ == ["in sample 3 of adpy.batch"]


def test_the_error_is_that_of_the_first_sample():
    def function(x):
        raise ValueError(f"{x:.0f}")

    with pytest.raises(ValueError, match="^0"):
        adpy.batch(function)(np.arange(4.0))


@pytest.mark.parametrize(
    ("arguments", "in_axes", "message"),
    [
        ((X, W), 0, r"argument.: expected the same number of samples in all of them, got 5 in argument 0 and 3"),
        ((W, X), None, "in_axes: expected an axis for at least one array"),
        ((W, X), (None,), "one entry for each of the 2 positional arguments"),
        ((W, X), (None, 2), r"argument 1: expected an array with an axis 2 for the samples, got shape \(5, 3\)"),
        ((W, 2.0), (None, 0), r"argument 1: expected an array with an axis of samples \(in_axes=None"),
        (({"a": 2.0},), 0, r"argument 0\['a'\]: expected an array"),
        (({"a": X},), ({"b": 0},), "in_axes: expected the structure"),
        ((X,), "0", "in_axes"),
    ],
)
def test_wrong_arguments(arguments, in_axes, message):
    with pytest.raises(ArgumentError, match=message):
        adpy.batch(lambda *args: args[0], in_axes)(*arguments)


def test_wrong_options():
    with pytest.raises(ArgumentError, match="mode: expected one of"):
        adpy.batch(model, mode="fast")
    with pytest.raises(ArgumentError, match="function: expected a callable"):
        adpy.batch(3)
    with pytest.raises(ArgumentError, match="out_axes: expected an axis of results of 1 dimensions, got 1"):
        adpy.batch(np.sum, out_axes=1)(X)


def test_results_must_fit():
    with pytest.raises(ArgumentError, match=r"one shape, got \(\d,\) for sample 0"):
        adpy.batch(lambda x: x[x > 0])(X)
    with pytest.raises(ArgumentError, match="one structure"):
        adpy.batch(lambda x: (x, x) if x[0] > 0 else x)(X)
    with pytest.raises(ArgumentError, match="for all"):
        adpy.batch(lambda x: "up" if x[0] > 0 else "down")(X)


def test_errors_of_differentiation_stay_what_they_are():
    with pytest.raises(ArgumentError, match="one real number"):
        adpy.batch(adpy.grad(lambda x: x))(X)
    with pytest.raises(ArgumentError, match="floating-point numbers"):
        adpy.batch(adpy.grad(lambda x: x.sum()))(np.ones((3, 2), int))
    with pytest.raises(TracedValueError):
        adpy.batch(adpy.grad(lambda x: float.fromhex(x.sum().hex())))(X)


def test_what_must_be_vectorized():
    with pytest.raises(TracedValueError, match="cannot be done for all samples at once"):
        adpy.batch(lambda x: np.array2string(x), mode="vectorized")(X)


def test_warnings_are_those_of_the_samples():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        adpy.batch(lambda x: np.log(x))(np.array([1.0, 0.0]))
    assert [w.category for w in caught] == [RuntimeWarning]
