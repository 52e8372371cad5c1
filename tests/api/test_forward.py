"""jvp, derivative and jacobian: structures, types, modes and errors."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.optimize import least_squares, root

import adpy
from adpy.errors import ArgumentError, TracedValueError

X = np.array([0.3, -0.8, 0.5])


@dataclasses.dataclass
class Spring:
    stiffness: float
    rest: np.ndarray
    name: str = "spring"
    count: int = 2


class TestJvp:
    def test_one_argument(self):
        y, y_dot = adpy.jvp(np.sin, X, np.array([1.0, 0.0, 2.0]))
        np.testing.assert_array_equal(y, np.sin(X))
        np.testing.assert_allclose(y_dot, np.cos(X) * [1.0, 0.0, 2.0])

    def test_several_arguments(self):
        assert adpy.jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 10.0)) == (6.0, 32.0)

    def test_types_of_the_input_come_out(self):
        for value, tangent in [(2.0, 1.0), (np.float64(2.0), np.float64(1.0)), (np.float32(2.0), np.float32(1.0))]:
            y, y_dot = adpy.jvp(lambda x: x * x, value, tangent)
            assert type(y) is type(y_dot) is type(value)
        y, y_dot = adpy.jvp(lambda x: x * x, X.astype(np.float32), X)
        assert y.dtype == y_dot.dtype == np.float32

    def test_trees(self):
        def f(d):
            return {"force": -d["k"] * d["x"], "parts": (d["x"][0], [d["k"]])}, "label", None, 3

        y, y_dot = adpy.jvp(f, {"k": 2.0, "x": X}, {"k": 1.0, "x": np.zeros(3)})
        np.testing.assert_array_equal(y_dot[0]["force"], -X)
        assert y_dot[0]["parts"] == (0.0, [1.0])
        assert y_dot[1:] == ("label", None, 0.0)
        assert y[3] == 3

    def test_dataclass_with_other_fields(self):
        def f(s):
            return s.stiffness * s.count * s.rest

        y, y_dot = adpy.jvp(f, Spring(2.0, X), Spring(1.0, np.zeros(3)))
        np.testing.assert_array_equal(y_dot, 2 * X)

    def test_result_without_dependence(self):
        y, y_dot = adpy.jvp(lambda x: (np.ones(2), 1.0, np.arange(2)), X, X)
        np.testing.assert_array_equal(y_dot[0], np.zeros(2))
        assert y_dot[1] == 0.0
        np.testing.assert_array_equal(y_dot[2], [0.0, 0.0])

    def test_inputs_are_not_changed(self):
        x, v = X.copy(), np.ones(3)

        def f(x):
            x *= 2.0
            return x

        y, y_dot = adpy.jvp(f, x, v)
        np.testing.assert_array_equal(x, X)
        np.testing.assert_array_equal(v, np.ones(3))
        np.testing.assert_array_equal(y_dot, 2 * np.ones(3))

    def test_complex(self):
        z = np.array([1.0 + 2.0j])
        y, y_dot = adpy.jvp(lambda z: z * z, z, np.array([1j]))
        np.testing.assert_allclose(y_dot, 2j * z)
        _, y_dot = adpy.jvp(np.abs, z, np.array([1j]))
        np.testing.assert_allclose(y_dot, 2.0 / np.sqrt(5.0))
        _, y_dot = adpy.jvp(np.conj, z, np.array([1j]))
        np.testing.assert_allclose(y_dot, -1j)
        _, y_dot = adpy.jvp(lambda x: np.exp(1j * x).imag, 0.3, 1.0)
        np.testing.assert_allclose(y_dot, np.cos(0.3))

    @pytest.mark.parametrize(
        "primals, tangents",
        [
            (X, np.ones(2)),
            (X, np.ones((3, 1))),
            (X, 1.0),
            (X, np.ones(3) * 1j),
            (X, np.array(["a", "b", "c"])),
            ((1.0, 2.0), (1.0,)),
            ((1.0, 2.0), 1.0),
            ({"a": 1.0}, {"b": 1.0}),
            ([1.0], (1.0, 2.0)),
            (1, 1),
            (np.arange(3), np.arange(3)),
            ("a", "a"),
            (None, None),
        ],
    )
    def test_wrong_arguments(self, primals, tangents):
        with pytest.raises(ArgumentError):
            adpy.jvp(lambda *args: args[0], primals, tangents)

    def test_no_function(self):
        with pytest.raises(ArgumentError, match="callable"):
            adpy.jvp(3.0, 1.0, 1.0)

    def test_dropped_derivatives_are_refused(self):
        with pytest.raises(TracedValueError, match="hash"):
            adpy.jvp(lambda x: {x: 1.0}[x], 2.0, 1.0)


class TestDerivative:
    def test_scalar(self):
        assert adpy.derivative(lambda t: t**3)(2.0) == 12.0
        assert type(adpy.derivative(lambda t: t**3)(2.0)) is float

    def test_curve(self):
        np.testing.assert_allclose(
            adpy.derivative(lambda t: np.array([math.cos(t), math.sin(t)]))(0.3), [-np.sin(0.3), np.cos(0.3)]
        )

    def test_other_arguments(self):
        assert adpy.derivative(lambda a, t: a * t**2, 1)(3.0, 2.0) == 12.0
        assert adpy.derivative(lambda a, t: a * t**2, argname="t")(3.0, t=2.0) == 12.0

    @pytest.mark.parametrize("x", [X, 3, "a", [1.0, 2.0]])
    def test_wrong_argument(self, x):
        with pytest.raises(ArgumentError):
            adpy.derivative(lambda x: x)(x)


def model(x):
    y = np.zeros((2, 2))
    y[0] = x[:2] * x[2]
    y[1, 0] = np.exp(x[0]) * x @ x
    y[1, 1] = np.sort(x)[0] + np.linalg.norm(x)
    return y.T


MODES = ["auto", "forward", "reverse"]


@pytest.mark.parametrize("mode", MODES)
class TestJacobian:
    def test_shape_and_values(self, mode):
        found = adpy.jacobian(model, mode=mode)(X)
        step = 1e-6
        expected = np.stack([(model(X + step * e) - model(X - step * e)) / (2 * step) for e in np.eye(3)], -1)
        assert found.shape == (2, 2, 3)
        np.testing.assert_allclose(found, expected, atol=1e-8)

    def test_scalar_result_is_the_gradient(self, mode):
        np.testing.assert_allclose(adpy.jacobian(np.sum, mode=mode)(X), np.ones(3))

    def test_scalar_argument(self, mode):
        np.testing.assert_allclose(adpy.jacobian(lambda t: t * X, mode=mode)(2.0), X)

    def test_several_arguments(self, mode):
        def f(a, b):
            return a * b

        first, second = adpy.jacobian(f, argnums=(0, 1), mode=mode)(2.0, X)
        np.testing.assert_allclose(first, X)
        np.testing.assert_allclose(second, 2.0 * np.eye(3))
        np.testing.assert_allclose(adpy.jacobian(f, argnames="b", mode=mode)(2.0, b=X), 2.0 * np.eye(3))

    def test_trees(self, mode):
        def f(d):
            return [d["a"] * d["b"], (d["b"][0], 1.0)]

        product, (entry, constant) = adpy.jacobian(f, mode=mode)({"a": 2.0, "b": X, "n": 3})
        np.testing.assert_allclose(product["a"], X)
        np.testing.assert_allclose(product["b"], 2.0 * np.eye(3))
        assert product["n"] is None
        np.testing.assert_allclose(entry["b"], [1.0, 0.0, 0.0])
        np.testing.assert_allclose(constant["b"], np.zeros(3))

    def test_aux(self, mode):
        jacobian, aux = adpy.jacobian(lambda x: (x * x, {"sum": x.sum()}), mode=mode, has_aux=True)(X)
        np.testing.assert_allclose(jacobian, np.diag(2 * X))
        assert aux == {"sum": X.sum()}

    def test_many_inputs(self, mode):
        x = np.linspace(0.1, 1.0, 70)
        for f, expected in [
            (lambda x: np.cumsum(x * x), 2 * x * np.tri(70)),
            (lambda x: np.concatenate([x, np.sin(x)]), np.vstack([np.eye(70), np.diag(np.cos(x))])),
            (lambda x: x[::7] @ x[::7], np.where(np.arange(70) % 7 == 0, 2 * x, 0.0)),
        ]:
            np.testing.assert_allclose(adpy.jacobian(f, mode=mode)(x), expected, atol=1e-15)

    def test_complex_result(self, mode):
        found = adpy.jacobian(lambda x: np.exp(1j * x), mode=mode)(X)
        np.testing.assert_allclose(found, np.diag(1j * np.exp(1j * X)))

    def test_holomorphic(self, mode):
        z = np.array([1.0 + 2.0j, 0.5j])
        found = adpy.jacobian(lambda z: z**3 * z[0], mode=mode)(z)
        np.testing.assert_allclose(found[1], [z[1] ** 3, 3 * z[1] ** 2 * z[0]])
        with pytest.raises(ArgumentError, match="holomorphic"):
            adpy.jacobian(np.abs, mode=mode)(z)

    def test_for_scipy(self, mode):
        t = np.linspace(0.0, 1.0, 20)

        def residuals(p, t, y):
            return p[0] * np.exp(-p[1] * t) - y

        found = least_squares(residuals, [1.0, 1.0], adpy.jacobian(residuals, mode=mode), args=(t, 2 * np.exp(-3 * t)))
        np.testing.assert_allclose(found.x, [2.0, 3.0])

        def equations(x):
            return [x[0] ** 2 + x[1] - 3.0, x[0] - x[1] + 1.0]

        jacobian = adpy.jacobian(lambda x: np.array(equations(x)), mode=mode)
        np.testing.assert_allclose(root(equations, [1.0, 1.0], jac=jacobian).x, [1.0, 2.0])

    def test_real_part_of_a_complex_buffer(self, mode):
        """Many directions cannot be moved together through the real part of a complex array."""

        def f(x):
            z = np.zeros((2, 3), complex)
            real = z.real.T
            real[:, 0] = x
            real[2, 1] = x[0] * x[1]
            return z.real * x

        expected = np.zeros((2, 3, 3))
        expected[0][np.diag_indices(3)] = 2 * X
        expected[1, 2] = [X[1] * X[2], X[0] * X[2], X[0] * X[1]]
        np.testing.assert_allclose(adpy.jacobian(f, mode=mode)(X), expected)

    def test_errors(self, mode):
        with pytest.raises(ArgumentError):
            adpy.jacobian(np.sin, mode=mode)(np.arange(3))
        with pytest.raises(ArgumentError):
            adpy.jacobian(np.sin, argnums=1, mode=mode)(X)
        with pytest.raises(ArgumentError, match="has_aux"):
            adpy.jacobian(np.sin, mode=mode, has_aux=True)(X)


def test_unknown_mode():
    with pytest.raises(ArgumentError, match="mode"):
        adpy.jacobian(np.sin, mode="sideways")


def test_automatic_mode_calls_the_function_once():
    for size, f in [(20, np.sin), (100, np.sum), (100, lambda x: x[:20] * 2.0), (400, np.cumsum)]:
        calls = []

        def counted(x, f=f, calls=calls):
            calls.append(1)
            return f(x)

        adpy.jacobian(counted)(np.ones(size))
        assert len(calls) <= 2  # the first time it may have to record the function to see that forward mode is better
        del calls[:]
        adpy.jacobian(counted)(np.ones(size))
        assert len(calls) == 1


def test_a_global_array_is_not_written_into():
    with pytest.raises(TracedValueError):
        adpy.jvp(write_into_global, 2.0, 1.0)
    np.testing.assert_array_equal(GLOBAL, np.zeros(2))


GLOBAL = np.zeros(2)


def write_into_global(x):
    GLOBAL[0] = x
    return GLOBAL[0] * 2.0
