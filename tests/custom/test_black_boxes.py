"""Black boxes as users have them: Numba, a compiled library, another process; bodies run as they are."""

import ctypes
import ctypes.util
import json
import subprocess
import sys

import numpy as np
import pytest

import adpy
from adpy.testing import check_derivatives

numba = pytest.importorskip("numba")
X = np.array([0.7, 0.4, -0.9])


@numba.njit
def weighted_squares(x, p):
    total = 0.0
    for i in range(x.size):
        total += p * x[i] ** 2
    return total


@numba.njit
def compiled_tangent(x, p, x_dot, p_dot):
    return np.sum(2 * p * x * x_dot + p_dot * x**2)


@numba.njit("float64[:](float64[:], float64)")
def typed_gradient(x, p):
    return 2 * p * x


def test_a_numba_function_by_a_vjp_in_numpy():
    box = adpy.primitive(weighted_squares)
    box.defvjp(lambda primals, y, y_bar: (2 * primals[1] * primals[0] * y_bar, np.sum(primals[0] ** 2) * y_bar))
    adpy.check_rule(box, X, 1.3)
    check_derivatives(lambda x: box(x[::2] * x[1], x[0]), X)
    check_derivatives(adpy.grad(lambda x: box(x * x, x[0])), X)


def test_the_body_runs_compiled_and_not_as_python():
    compiled = []

    @numba.njit
    def observed(x):
        with numba.objmode():
            compiled.append(type(x))
        return 2 * x

    box = adpy.primitive(lambda x: observed(x))
    box.defjvp(lambda primals, tangents, y: 2 * tangents[0])
    assert adpy.grad(lambda x: np.sum(box(x)))(X).tolist() == [2.0, 2.0, 2.0]
    assert compiled == [np.ndarray]
    assert len(observed.signatures) == 1


def test_compiled_rules():
    by_tangent = adpy.primitive(weighted_squares)
    by_tangent.defjvp(lambda primals, tangents, y: compiled_tangent(*primals, *tangents))
    check_derivatives(lambda x: by_tangent(x * x, x[0]), X)

    gradient = adpy.primitive(typed_gradient)  # with a rule of its own, so that there are second derivatives
    gradient.defjvp(lambda primals, tangents, y: 2 * (tangents[1] * primals[0] + primals[1] * tangents[0]))
    by_gradient = adpy.primitive(weighted_squares)
    by_gradient.defvjp(lambda primals, y, y_bar: (gradient(*primals) * y_bar, np.sum(primals[0] ** 2) * y_bar))
    adpy.check_rule(by_gradient, X, 1.3)
    check_derivatives(adpy.grad(lambda x: by_gradient(x * x, x[0])), X)


def test_a_numba_ufunc():
    @numba.vectorize(["float64(float64, float64)"])
    def softplus(x, sharpness):
        return np.log1p(np.exp(-abs(x * sharpness))) / sharpness + max(x, 0.0)

    box = adpy.primitive(lambda x, sharpness: softplus(x, sharpness), name="softplus")

    @box.defpartials
    def softplus_partials(x, sharpness, y):
        share = 1 / (1 + np.exp(-sharpness * x))
        return share, (x * share - y) / sharpness

    adpy.check_rule(box, X, 2.0)
    check_derivatives(adpy.grad(lambda x: np.sum(box(x, 1 + x[0] ** 2))), X)


def test_a_library_through_ctypes():
    library = ctypes.CDLL(ctypes.util.find_library("m") or None)
    library.erf.restype, library.erf.argtypes = ctypes.c_double, [ctypes.c_double]

    @adpy.primitive
    def erf(x):
        return np.array([library.erf(v) for v in x.ravel()]).reshape(x.shape)

    @erf.defpartials
    def erf_partials(x, y):
        return (2 / np.sqrt(np.pi) * np.exp(-(x**2)),)

    adpy.check_rule(erf, X)
    check_derivatives(adpy.grad(lambda x: np.sum(erf(np.outer(x, x)) * x)), X)


SOLVER = """
import json, sys
job = json.load(sys.stdin)
x, d, v = job["load"], job["stiffness"], job.get("direction")
if v is not None:
    print(json.dumps([a / d - b * job["rate"] / d**2 for a, b in zip(v, x)]))
else:
    print(json.dumps([a / d for a in x]))
"""


def run(**job):
    """The answer of a solver in another process."""
    job = {name: np.asarray(value).tolist() for name, value in job.items()}
    done = subprocess.run([sys.executable, "-S", "-c", SOLVER], input=json.dumps(job), text=True, capture_output=True)
    return np.array(json.loads(done.stdout))


def test_a_solver_in_another_process():
    @adpy.primitive
    def displacement(load, stiffness):
        return run(load=load, stiffness=stiffness)

    @displacement.defjvp
    def displacement_jvp(primals, tangents, y):
        (load, stiffness), (load_dot, rate) = primals, tangents
        return run(load=load, stiffness=stiffness, direction=load_dot, rate=rate)

    def function(x):
        return np.sum(displacement(x, x[0]) ** 2)

    def plain(x):
        return np.sum((x / x[0]) ** 2)

    np.testing.assert_allclose(adpy.grad(function)(X), adpy.grad(plain)(X), rtol=1e-12)
    np.testing.assert_allclose(adpy.jvp(function, X, X[::-1])[1], adpy.jvp(plain, X, X[::-1])[1], rtol=1e-12)
    with pytest.raises(TypeError) as caught:  # the rule cannot be differentiated, and says so
        adpy.jvp(adpy.grad(function), X, X)
    assert any("displacement_jvp" in note for note in caught.value.__notes__)


def test_a_solver_in_another_process_by_differences():
    @adpy.numerical(levels=3)
    def displacement(load, stiffness):
        return run(load=load, stiffness=stiffness)

    slope = adpy.derivative(lambda s: np.sum(displacement(X, s) ** 2))(2.0)
    np.testing.assert_allclose(slope, -2 * np.sum(X**2) / 8.0, rtol=1e-6)
