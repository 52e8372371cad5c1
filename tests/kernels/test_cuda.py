"""CUDA kernels of lanes: under Numba's simulator against the CPU, their formulas against NumPy, and as PTX."""

import math
import os
import subprocess
import sys
import types

import numpy as np
import pytest

from adpy.kernels import cuda
from adpy.kernels.opcodes import FIRST, UFUNCS

SIMULATED = """
import numpy as np
import adpy
from adpy.kernels.opcodes import COMPARISONS, UFUNCS

X = np.array([[0.3, 0.7], [0.9, 0.2], [0.5, 0.5]])


def every(x):
    total, found = 0.0, []
    for i, ufunc in enumerate(UFUNCS):
        a = 1.0 + x[0] if ufunc is np.arccosh else x[0]
        y = ufunc(a, x[1]) if ufunc.nin == 2 else ufunc(a)
        y = np.where(y, x[0], x[1]) if ufunc in COMPARISONS else y
        found.append(y)
        total = total + (1.0 + 0.1 * i) * y * x[0]
    return np.array(found), total


values = adpy.record(lambda x: every(x)[0], X[0])
p = adpy.record(lambda x: every(x)[1], X[0])
for dtype, rtol in ((np.float64, 1e-14), (np.float32, 3e-6)):
    np.testing.assert_allclose(values.to("cuda", dtype).batch(X), values.batch(X), rtol=rtol, atol=rtol)
    np.testing.assert_allclose(p.to("cuda", dtype).batch_gradient(X), p.batch_gradient(X), rtol=rtol, atol=rtol)


def payoff(w, x):
    u = np.zeros(3)
    u[0] = x[0]
    for i in range(1, 3):
        u[i] = u[i - 1] * w[i] + np.tanh(x[i])
    u[1:] += x[:2]
    s = np.sort(u)
    return s @ w if s[0] > 0 else s[0] * w[1]


rng = np.random.default_rng(1)
w, X = rng.normal(size=3), rng.normal(size=(12, 3))
p = adpy.record(payoff, w, X[0])
q = p.to("cuda")
for reduce in (None, "mean"):
    value, gradient = p.batch_value_and_gradient(w, X, in_axes=(None, 0), reduce=reduce)
    found, bars = q.batch_value_and_gradient(w, X, in_axes=(None, 0), reduce=reduce)
    np.testing.assert_allclose(found, value, rtol=1e-13)
    np.testing.assert_allclose(bars, gradient, rtol=1e-13)
assert len(p.stats()["recordings"]) > 1

try:
    adpy.record(lambda x: np.linalg.det(x), np.eye(2)).batch(np.ones((3, 2, 2)), device="cuda")
except adpy.errors.DeviceError as error:
    assert "det" in str(error) and "cpu" in str(error)
else:
    raise AssertionError("a function without a kernel ran on the device")
print("simulated")
"""


@pytest.mark.slow
def test_every_opcode_and_a_program_under_the_simulator():
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "ADPY_KERNELS": "wait"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SIMULATED], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "simulated", done.stderr[-2000:]


@pytest.mark.parametrize("op", range(FIRST, FIRST + len(UFUNCS)), ids=[f.__name__ for f in UFUNCS])
def test_formulas_of_the_device_have_the_values_of_numpy(op):
    ufunc = UFUNCS[op - FIRST]
    library = types.SimpleNamespace(cbrt=np.cbrt, rint=np.rint, exp2=np.exp2, log2=np.log2)
    scope = {"math": math, "real": float, "libdevice": library}
    for a, b in ((0.3, 0.7), (0.9, -0.2), (-0.4, 0.5), (-0.6, -0.8), (0.5, 0.5), (1.5, 2.0), (7.0, 2.0), (-7.0, 2.0)):
        with np.errstate(all="ignore"):
            expected = ufunc(*np.float64([a, b][: ufunc.nin]))
        if np.isfinite(expected) and not (a <= 0 and ufunc is np.log):
            values = {"a": np.float64(a), "b": np.float64(b)}
            found = eval(cuda.formula("value", op)[0], scope, values)
            np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-16)


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin", "sign", "remainder"])
@pytest.mark.parametrize("a, b", [(np.nan, 1.0), (1.0, np.nan), (-0.0, 1.0), (0.0, -1.0), (np.nan, np.nan)])
def test_formulas_with_nan_and_zero(name, a, b):
    ufunc = getattr(np, name)
    scope = {"math": math, "real": float, "a": a, "b": b}
    expected = ufunc(*[a, b][: ufunc.nin])
    np.testing.assert_array_equal(eval(cuda.formula("value", FIRST + UFUNCS.index(ufunc))[0], scope), expected)


@pytest.mark.slow
@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", cuda.NAMES)
def test_kernels_compile_to_ptx_without_a_device(name, dtype, capability):
    pytest.importorskip("numba_cuda")
    ptx = cuda.compile_ptx(name, dtype, capability)
    assert f".target sm_{capability[0]}{capability[1]}" in ptx
    assert (".f64" if dtype is np.float64 else ".f32") in ptx
