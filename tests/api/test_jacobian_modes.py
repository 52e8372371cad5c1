"""Every mode of the Jacobian gives the same, and the automatic one takes what fits."""

import math
import sys
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import adpy
from adpy.api.elimination import by_elimination, graph_of
from adpy.api.jacobian import _by_mode, by_graph, by_rows
from adpy.api.modes import NARROWEST, WIDEST, Size, cheapest, is_forward, size_of, width_of
from adpy.api.rows import recorded

MODES = ["forward", "reverse", "elimination", "auto"]
X = np.linspace(0.2, 1.4, 6)
TABLE = np.random.default_rng(0).standard_normal((6, 6))


def loop(x):
    y = np.zeros(len(x) + 1)
    for i in range(len(x)):
        y[i] += math.exp(x[i]) * x[i - 1]
        y[i + 1] = y[i] ** 2 - math.hypot(x[i], 0.5)
    return y


def stencil(x):
    u = np.empty((3, x.size))
    u[0] = x
    u[1, 1:-1] = x[2:] - 2.0 * x[1:-1] + x[:-2]
    u[1, [0, -1]] = x[[1, 1]]
    u[2] = np.roll(u[1], 2)[::-1]
    u[1] += u[2] * x
    return u.T


def algebra(x):
    a = TABLE * x + 8.0 * np.eye(6)
    u, s, vt = np.linalg.svd(a)
    return np.concatenate([np.linalg.solve(a, x), s, scipy.linalg.expm(0.01 * a)[0], [np.linalg.slogdet(a)[1]]])


def mixed(x):
    parts = np.split(np.sort(x), 3)
    return np.stack([scipy.special.gammaln(p) * np.cumsum(p) + np.max(x) for p in parts]).repeat(2, axis=0)


def written_entries(x):
    y = np.outer(x, x)
    for i in range(3):
        y[i, i] = x[i] * y[i, i + 1]
    y *= x
    return y[:3] + y[3:].mean()


def newton(x):
    z = x.sum()
    for _ in range(4):
        z = z - (z**3 - x[0]) / (3.0 * z * z)
    return np.array([z, z * x[1]])


@pytest.mark.parametrize("function", [loop, stencil, algebra, mixed, written_entries, newton])
@pytest.mark.parametrize("mode", MODES)
def test_modes_agree(function, mode):
    columns = [adpy.jvp(function, X, unit)[1] for unit in np.eye(6)]
    found = adpy.jacobian(function, mode=mode)(X)
    np.testing.assert_allclose(found, np.stack(columns, -1), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("mode", MODES)
class TestResults:
    def test_structures(self, mode):
        @dataclass
        class State:
            level: float
            flow: np.ndarray

        def f(state, gain, data):
            return {"a": state.level * gain[0], "b": (state.flow * gain, "note"), "c": np.arange(3.0)}

        state, gain = State(2.0, np.ones(3)), np.array([1.0, 2.0, 3.0])
        found = adpy.jacobian(f, argnums=(0, 1), mode=mode)(state, gain, data=None)
        of_state, of_gain = found["b"][0]
        np.testing.assert_array_equal(of_state.flow, np.diag(gain))
        np.testing.assert_array_equal(of_state.level, np.zeros(3))
        np.testing.assert_array_equal(of_gain, np.eye(3))
        assert found["a"][0].level == 1.0
        assert found["b"][1] is None
        np.testing.assert_array_equal(found["c"][1], np.zeros((3, 3)))

    def test_single_precision(self, mode):
        found = adpy.jacobian(lambda x: np.cumsum(np.exp(x)), mode=mode)(X.astype(np.float32))
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, np.tril(np.ones((6, 6))) * np.exp(X), rtol=1e-6)

    def test_aux(self, mode):
        found, aux = adpy.jacobian(lambda x: (x * x, x.sum()), mode=mode, has_aux=True)(X)
        np.testing.assert_allclose(found, np.diag(2 * X))
        assert aux == X.sum()

    def test_constant_and_empty_results(self, mode):
        np.testing.assert_array_equal(adpy.jacobian(lambda x: np.ones(2), mode=mode)(X), np.zeros((2, 6)))
        assert adpy.jacobian(lambda x: x[:0], mode=mode)(X).shape == (0, 6)
        assert adpy.jacobian(lambda x: x[:, None] * np.ones(2), mode=mode)(X[:0]).shape == (0, 2, 0)

    def test_the_argument_itself(self, mode):
        found = adpy.jacobian(lambda x: (x, x[1], x[::-1]), mode=mode)(X)
        np.testing.assert_array_equal(found[0], np.eye(6))
        np.testing.assert_array_equal(found[1], np.eye(6)[1])
        np.testing.assert_array_equal(found[2], np.eye(6)[::-1])

    def test_complex_intermediates(self, mode):
        def f(x):
            return np.abs(np.fft.fft(x)) ** 2

        columns = [adpy.jvp(f, X, unit)[1] for unit in np.eye(6)]
        np.testing.assert_allclose(adpy.jacobian(f, mode=mode)(X), np.stack(columns, -1), atol=1e-10)

    def test_holomorphic(self, mode):
        np.testing.assert_allclose(adpy.jacobian(np.square, mode=mode)(X + 1j), np.diag(2 * (X + 1j)))

    def test_inside_other_transforms(self, mode):
        def f(x):
            return np.sum(adpy.jacobian(lambda z: z**3 * x[0], mode=mode)(x) ** 2)

        expected = 18 * X[0] * np.sum(X**4) * np.eye(6)[0] + 36 * X[0] ** 2 * X**3
        np.testing.assert_allclose(adpy.grad(f)(X), expected, rtol=1e-12)
        np.testing.assert_allclose(adpy.jvp(f, X, X)[1], expected @ X, rtol=1e-12)

    def test_twice(self, mode):
        hessian = adpy.jacobian(adpy.jacobian(lambda x: np.sum(x**3) * x[0], mode=mode), mode=mode)(X)
        reference = adpy.jacobian(adpy.grad(lambda x: np.sum(x**3) * x[0]))(X)
        np.testing.assert_allclose(hessian, reference, rtol=1e-12)


@pytest.mark.parametrize("mode", ["reverse", "elimination", "auto"])
def test_long_loops_with_few_outputs(mode):
    def f(x):
        y = list(x)
        for k in range(400):
            y[k % 6] = math.sin(y[k % 6]) + 0.1 * y[(k + 1) % 6] * y[(k + 2) % 6]
        return np.array(y)

    columns = [adpy.jvp(f, X, unit)[1] for unit in np.eye(6)]
    np.testing.assert_allclose(adpy.jacobian(f, mode=mode)(X), np.stack(columns, -1), rtol=1e-10)


class TestGraphs:
    """Nodes become children and weights."""

    @pytest.mark.parametrize(
        "function",
        [
            lambda x: x[[0, 0, 3]] * x[[1, 2, 2]],
            lambda x: np.concatenate([x[2:], np.ones(2), x]).reshape(2, 6),
            lambda x: np.broadcast_to(x, (2, 6)) + 1.0,
            lambda x: np.where(x > 0.7, x, 3.0),
            lambda x: np.pad(x, 2, mode="reflect"),
            lambda x: np.tile(x, 2),
            lambda x: np.linalg.qr(np.outer(x, x) + np.eye(6))[1],
            lambda x: TABLE @ x @ TABLE + x @ x,
            lambda x: np.einsum("ij,j->i", TABLE, x),
            lambda x: x.astype(np.float32).astype(float),
            lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 3.0, 4.0]),
        ],
    )
    def test_nodes(self, function):
        with recorded((function, (X,), {}, [0]), False) as record:
            graph_of(record)  # it has one
            found = by_elimination(record, [X])[0][0]
        columns = [adpy.jvp(function, X, unit)[1] for unit in np.eye(6)]
        np.testing.assert_allclose(found, np.stack(columns, -1), rtol=1e-6, atol=1e-9)

    def test_writes_of_scalars_and_arrays(self):
        def f(x):
            y = np.zeros((2, 6))
            y[0] = x
            y[1, 2] = x[3]
            y[:, 4] = x[5]
            y[1] += y[0] * 2.0
            y[0, ::2] = 1.0
            return y

        with recorded((f, (X,), {}, [0]), False) as record:
            found = by_elimination(record, [X])[0][0]
        columns = [adpy.jvp(f, X, unit)[1] for unit in np.eye(6)]
        np.testing.assert_array_equal(found, np.stack(columns, -1))


class TestChoice:
    @pytest.fixture(autouse=True)
    def kernels_are_loaded(self):
        from adpy.accumulation import sweeps_cpu

        assert sweeps_cpu

    def choice(self, function, x):
        with recorded((function, (x,), {}, [0]), False) as record:
            return _by_mode(record, [x], "auto", width_of(x.size))

    def test_loops_over_scalars_become_graphs(self):
        def f(x):
            return np.array([math.sin(x[i]) * x[i - 1] for i in range(len(x))])

        assert self.choice(f, np.linspace(0.0, 1.0, 200)) is by_graph

    def test_arrays_with_few_outputs_are_swept_row_by_row(self):
        assert self.choice(lambda x: np.array([x.sum(), (x * x).sum()]), np.ones(50_000)) is by_rows

    def test_arrays_with_few_inputs_are_pushed(self):
        assert self.choice(lambda x: np.sin(np.outer(np.arange(500.0), x)), np.ones(6)) is None

    def test_square_array_functions_are_pushed(self):
        table = np.ones((100, 100))
        assert self.choice(lambda x: np.tanh(table @ x), np.ones(100)) is None

    @pytest.mark.parametrize("inputs", [1, 2, 64, 100, 511, 513, 1000, 5000, 100_000])
    def test_passes_have_about_one_width(self, inputs):
        width = width_of(inputs)
        passes = -(-inputs // width)
        assert 1 <= width <= WIDEST
        assert width >= min(inputs, NARROWEST // 2)
        assert passes * width - inputs < passes

    def test_no_tape_of_any_size_is_made_to_choose(self, monkeypatch):
        def f(x):
            y = np.full(1000, x[0])
            for _ in range(50):
                try:
                    y = np.sin(y) * x[1]
                except Exception:
                    return None
            return y[:3]

        calls = []

        def counted(x):
            calls.append(1)
            return f(x)

        monkeypatch.setattr("adpy.api.modes.LARGEST_TAPE", 100_000)
        x = np.array([0.5, 1.1, 0.0, 0.0, 0.0, 0.0])
        found = adpy.jacobian(counted)(x)
        np.testing.assert_allclose(found, adpy.jacobian(f, mode="reverse")(x), rtol=1e-12)
        assert len(calls) == 2
        assert adpy.jacobian(counted)(x).shape == (3, 6)
        assert len(calls) == 3

    def test_long_loops_of_scalars_count_too(self, monkeypatch):
        def f(x):
            y = x[0]
            for _ in range(70_000):
                y = y * 0.5 + x[1]
            return np.array([y])

        monkeypatch.setattr("adpy.api.modes.LARGEST_TAPE", 1_000_000)
        x = np.array([1.0, 2.0, 0.0, 0.0, 0.0, 0.0])
        np.testing.assert_allclose(adpy.jacobian(f)(x), [[0.0, 2.0, 0.0, 0.0, 0.0, 0.0]])
        assert is_forward(f, 6)

    def test_kernels_are_loaded_when_they_would_have_paid(self, monkeypatch):
        monkeypatch.delitem(sys.modules, "adpy.accumulation.sweeps_cpu")
        monkeypatch.setattr("adpy.api.modes._missed", 0.0)
        size = Size(scalars=20_000, nodes=0, entries=0, edges=40_000, probes=0, inputs=50, outputs=50, width=50)
        chosen = [cheapest(size) for _ in range(12)]
        assert chosen[0] == "columns"
        assert chosen[-1] == "graph"
        assert chosen == sorted(chosen)

    def test_sizes(self):
        with recorded((lambda x: np.sin(x) * x[0], (X,), {}, [0]), False) as record:
            size = size_of(record, 6, 6)
        assert (size.nodes, size.entries, size.outputs) == (2, 12, 6)
