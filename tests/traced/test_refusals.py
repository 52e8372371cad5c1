"""What cannot keep a derivative is refused, with the user's file and line and the fix; never turned into a constant."""

import functools
import importlib.util
import math
import re
import textwrap

import numpy as np
import pytest

import adpy
from adpy.errors import AdpyError, ArgumentError, TracedValueError

X = np.array([0.3, -0.7, 1.1])


def module_of(tmp_path, source, name="usercode"):
    """Import ``source`` as a module with a file of its own."""
    path = tmp_path / f"{name}.py"
    path.write_text(textwrap.dedent(source))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, path


@pytest.mark.parametrize(
    "line",
    [
        "buffer = memory.copy(); buffer[0] = x[0]; return buffer.sum() if False else outside(x[0])",
        "return np.random.default_rng(0).normal(x[0])",
        "return np.random.normal(x[0], 1.0)",
        "return hash(x[0]) * x[1]",
        "return {x[0]: 1.0}[x[0]] * x[1]",
        "return x.view(np.int64).sum() * x[0]",
        "return np.ma.masked_array(x, x > 0).sum()",
        "return x.astype(object).sum()",
    ],
)
def test_refusal_names_file_and_line(tmp_path, line):
    module, path = module_of(
        tmp_path,
        f"""
        import numpy as np
        memory = np.zeros(3)
        outside = type("C", (), {{"__call__": staticmethod(np.frompyfunc(lambda v: v, 1, 1).__class__)}})()

        def function(x):
            {line}
        """,
    )
    with pytest.raises((AdpyError, TypeError)) as caught:
        adpy.grad(module.function)(X)
    if isinstance(caught.value, TracedValueError):
        assert caught.value.location.startswith(f"{path}:7 in function"), caught.value.location
        assert caught.value.advice
        assert str(path) in str(caught.value)


def test_swallowed_refusal_is_raised_at_the_end(tmp_path):
    module, path = module_of(
        tmp_path,
        """
        import numpy as np

        def function(x):
            try:
                scale = np.random.default_rng(0).normal(x[0])
            except Exception:
                scale = 1.0
            return scale * x[1]
        """,
    )
    with pytest.raises(TracedValueError, match=re.escape(f"{path}:6")):
        adpy.grad(module.function)(X)


def test_swallowed_by_numpy():
    def function(x):
        table = [None]
        try:
            table[0] = np.random.default_rng(0).normal(scale=x[0])
        finally:
            return x[0]  # noqa: B012  (swallowing is the point)

    with pytest.raises(TracedValueError):
        adpy.grad(function)(X)


def test_compiled_functions():
    numba = pytest.importorskip("numba")

    @numba.njit
    def compiled(x):
        return x * x

    try:
        assert adpy.grad(compiled)(3.0) == 6.0
    except TracedValueError as error:
        assert error.advice


def test_compiled_scipy():
    optimize = pytest.importorskip("scipy.optimize")
    sparse = pytest.importorskip("scipy.sparse")

    def solves(x):
        return optimize.brentq(lambda t: t**3 - x[0], 0.0, 2.0)

    def builds(x):
        return sparse.csr_matrix(x.reshape(1, 3)).sum()

    for function in (solves, builds):
        with pytest.raises((TracedValueError, TypeError, ValueError)):
            adpy.grad(function)(np.array([0.5, 0.2, 0.1]))


KEPT = []


def test_leaked_values_are_refused():
    KEPT.clear()

    def keeps(x):
        KEPT.append(x[0] * 2)
        KEPT.append(x)
        return x.sum()

    adpy.grad(keeps)(X)
    scalar, array = KEPT
    for use in (
        lambda x: x[0] * scalar,
        lambda x: (x * array).sum(),
        lambda x: x[0] + np.sin(scalar),
        lambda x: (array * 2).sum() + x[0],
        lambda x: x[0] * array[1],
        lambda x: np.array([x[0], scalar]).sum(),
        lambda x: np.concatenate([x, array]).sum(),
        lambda x: np.dot(x, array),
        lambda x: scalar,
    ):
        with pytest.raises((TracedValueError, ArgumentError)):
            adpy.grad(use)(X)


def test_leak_through_cache_and_default():
    @functools.lru_cache
    def cached():
        return CELL[0] * 2

    CELL = []

    def function(x, memo=[]):  # noqa: B006  (the leak is the point)
        CELL[:] = [x[0]]
        memo.append(x[1])
        return cached() * memo[0]

    assert adpy.grad(function)(X) is not None
    with pytest.raises(TracedValueError):
        adpy.grad(function)(X)


def test_leaked_into_plain_array():
    memory = np.zeros(3)

    def function(x):
        memory[0] = x[0]
        return memory[0] ** 2

    try:
        gradient = adpy.grad(function)(X)
    except TracedValueError:
        pass
    else:
        np.testing.assert_allclose(gradient, [2 * X[0], 0, 0])
    assert type(memory) is np.ndarray and memory.dtype == float


def test_constant_results_have_zero_gradients():
    for function in (
        lambda x: 3.0,
        lambda x: np.float64(2.0),
        lambda x: 1,
        lambda x: np.array(1.5),
        lambda x: np.zeros(3).sum(),
        lambda x: float(np.sign(x[0])),
        lambda x: (x > 0).sum(),
        lambda x: x.shape[0],
        lambda x: np.argmax(x),
        lambda x: np.floor(x).sum(),
    ):
        np.testing.assert_array_equal(adpy.grad(function)(X), np.zeros(3))
    assert adpy.grad(lambda x: 3.0)(2.0) == 0.0


@pytest.mark.parametrize("result", [None, "text", [1.0], X, 1j, {}])
def test_results_that_are_no_number(result):
    with pytest.raises(ArgumentError):
        adpy.grad(lambda x: result)(X)


@pytest.mark.parametrize("argument", [2, "a", None, np.arange(3), True, np.array(["a"]), np.zeros(2, [("a", float)])])
def test_arguments_that_are_no_floats(argument):
    with pytest.raises(ArgumentError):
        adpy.grad(lambda x: 1.0)(argument)


def test_math_of_arrays_raises_what_math_raises():
    with pytest.raises(TypeError):
        adpy.grad(lambda x: math.sin(x))(X)
    with pytest.raises(ValueError, match="math domain error|expected a positive input|nonnegative"):
        adpy.grad(lambda x: math.log(x - x))(0.5)
    with pytest.raises(OverflowError):
        adpy.grad(lambda x: math.exp(x * 1e4))(0.5)


def test_errors_of_the_function_pass_through():
    class OwnError(Exception):
        pass

    def function(x):
        if x[0] > 0:
            raise OwnError("as it was")
        return x[0]

    with pytest.raises(OwnError, match="as it was"):
        adpy.grad(function)(X)
    with pytest.raises(IndexError):
        adpy.grad(lambda x: x[7])(X)
    with pytest.raises(ZeroDivisionError):
        adpy.grad(lambda x: 1 / (x - x))(0.5)
