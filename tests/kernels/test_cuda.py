"""CUDA kernels without a device: their formulas against NumPy, and every kernel as PTX."""

import math
import re
from importlib import import_module

import numpy as np
import pytest
from scipy import special

from adpy.kernels import cuda, cuda_formulas
from adpy.kernels.opcodes import FIRST, UFUNCS

OPS = list(cuda_formulas.FUNCTIONS)
NAMES = [function.__name__ for function in cuda_formulas.FUNCTIONS.values()]
KERNELS = [(family, name) for family in cuda.FAMILIES for name in import_module(f"adpy.kernels.cuda_{family}").NAMES]
SCOPE = {"math": math, "real": float} | {
    f"library_{name}": getattr(np, name, None) or getattr(special, name) for name in cuda_formulas.LIBRARY
}


@pytest.mark.parametrize("op", OPS, ids=NAMES)
def test_formulas_of_the_device_have_the_values_of_numpy(op):
    function = cuda_formulas.FUNCTIONS[op]
    for a, b in ((0.3, 0.7), (0.9, -0.2), (-0.4, 0.5), (-0.6, -0.8), (0.5, 0.5), (1.5, 2.0), (7.0, 2.0), (-7.0, 2.0)):
        with np.errstate(all="ignore"):
            expected = function(*np.float64([a, b][: function.nin]))
        if np.isfinite(expected) and not (a <= 0 and function is np.log):
            values = {"a": np.float64(a), "b": np.float64(b)}
            found = eval(cuda_formulas.formula("value", op)[0], SCOPE, values)
            np.testing.assert_allclose(found, expected, rtol=4e-15, atol=1e-16)


@pytest.mark.parametrize("op", OPS, ids=NAMES)
def test_shared_calls_change_no_result(op):
    values = {"a": np.float64(0.3), "b": np.float64(0.7), "y": np.float64(0.6)}
    for name in cuda_formulas.ARGUMENTS:
        shared, results = cuda_formulas.statements(name, op)
        scope = dict(values)
        with np.errstate(all="ignore"):
            for target, text in shared:
                try:
                    scope[target] = eval(text, SCOPE, scope)
                except ValueError:  # on a device it is NaN, and this branch is not taken
                    scope[target] = np.nan
            if np.nan in scope.values():
                continue
            found = [eval(text, SCOPE, scope) for text in results]
            expected = [eval(text, SCOPE, values) for text in cuda_formulas.formula(name, op)]
        np.testing.assert_array_equal(found, expected)
        assert len(found) == cuda_formulas.RESULTS[name]


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin", "sign", "remainder"])
@pytest.mark.parametrize("a, b", [(np.nan, 1.0), (1.0, np.nan), (-0.0, 1.0), (0.0, -1.0), (np.nan, np.nan)])
def test_formulas_with_nan_and_zero(name, a, b):
    ufunc = getattr(np, name)
    expected = ufunc(*[a, b][: ufunc.nin])
    text = cuda_formulas.formula("value", FIRST + UFUNCS.index(ufunc))[0]
    np.testing.assert_array_equal(eval(text, SCOPE, {"a": a, "b": b}), expected)


DOUBLES = r"(?:cvt|mul|div|neg|mov|st|ld)\.[\w.]*f64|\.reg \.f64"
"""What kernels of single precision may do with doubles: CUDA's own library reduces large angles by them."""

PLAIN = {"load", "store", "spread", "seed", "total", "take", "put", "zero", "move", "restore", "pull_places", "pull"}
"""Kernels whose threads need no memory of their own."""


@pytest.mark.slow
@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("family, name", KERNELS)
def test_kernels_compile_to_ptx_without_a_device(family, name, dtype, capability):
    pytest.importorskip("numba_cuda", reason="numba-cuda is not installed: pip install 'adpy[cuda]'")
    ptx = cuda.compile_ptx(family, name, dtype, capability)
    assert f".target sm_{capability[0]}{capability[1]}" in ptx
    if dtype is np.float64:
        assert ".f32" not in ptx or name not in PLAIN
    else:
        assert not [line for line in ptx.split("\n") if ".f64" in line and not re.search(DOUBLES, line)]
        assert ptx.count(".f64") < 40
    if name in PLAIN:
        assert "__local_depot" not in ptx
    if name in ("put", "pull_places", "increase_at"):
        assert re.search(r"\b(atom|red)\.", ptx)
