"""Children and weights of programs, and the length of their longest chains."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, GuardError

X = np.array([0.3, 1.2, -0.7, 0.9])


def mixed(x, c=2.0):
    y = np.exp(x) * c
    s = 0.0
    for i in range(3):
        s = s + y[i] * x[i + 1]
    return s, np.sum(y @ y) * y


def test_sweeps_over_the_graph_give_derivatives():
    p = adpy.record(mixed, X)
    graph = p.linearize(1.1 * X)
    found = graph.adjoints([1.0, np.array([0.5, -1.0, 2.0, 0.0])])
    _, pullback = adpy.vjp(mixed, 1.1 * X)
    np.testing.assert_allclose(found[0], pullback((1.0, np.array([0.5, -1.0, 2.0, 0.0])))[0], rtol=1e-13)
    assert graph.children.dtype == graph.indptr.dtype == np.int64 and graph.weights.dtype == np.float64
    rows = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    assert (graph.children < rows).all()
    assert p.children is graph.children and p.weights is graph.weights


def test_inputs_by_name_and_containers():
    p = adpy.record(lambda q, k: q["a"] * k[1], {"a": 2.0, "n": 3}, k=[1.0, X])
    graph = p.linearize({"a": 2.0, "n": 3}, k=[1.0, X])
    a, unused, k = graph.adjoints([np.ones(4)])
    assert a == pytest.approx(np.sum(X)) and unused == 0.0
    np.testing.assert_array_equal(k, 2.0 * np.ones(4))


def test_the_last_point_counts():
    p = adpy.record(lambda x: x * x, 3.0)
    with pytest.raises(ArgumentError, match="children"):
        p.children  # noqa: B018
    p.linearize(3.0)
    p.linearize(4.0)
    np.testing.assert_array_equal(p.weights, [4.0, 4.0])


def test_what_has_no_graph(tmp_path):
    p = adpy.record(lambda x: x * x, 3.0)
    with pytest.raises(ArgumentError, match="arguments of linearize"):
        p.linearize(3)
    with pytest.raises(ArgumentError, match="transform"):
        adpy.grad(lambda x: p.linearize(x).weights[0] * x)(2.0)
    with pytest.raises(ArgumentError, match="real numbers"):
        adpy.record(lambda x: abs((x + 1j) * x), 3.0).linearize(3.0)
    p.save(tmp_path / "p.npz")
    with pytest.raises(GuardError, match="linearize"):
        adpy.load_program(tmp_path / "p.npz").linearize(3.0)


def chain(x):
    s = x[0]
    for _ in range(7):
        s = s * x[1]
    return s


def balanced(x):
    return (x[0] + x[1]) * (x[2] + x[3])


def arrays(x):
    u = np.exp(np.sin(x))
    v = u.copy()
    v[1:] = np.cos(u[:-1])
    return np.sum(v)


@pytest.mark.parametrize(
    "f, count",
    [
        (chain, 7),
        (balanced, 2),
        (arrays, 5),
        (lambda x: np.linalg.solve(x.reshape(2, 2), 2.0 * x[:2])[0] * x[0], 3),
        (lambda x: (x[::-1], x[1:]), 0),
        (lambda x: np.roll(x * 2.0, 1) * 3.0, 2),
    ],
    ids=["chain", "balanced", "arrays", "call", "nothing", "moves"],
)
def test_levels(f, count):
    stats = adpy.record(f, X, passes={"index movement": False}).stats()["recordings"][0]
    assert stats["levels"] == count
