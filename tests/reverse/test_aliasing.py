"""Traced arrays have NumPy's values and aliasing exactly, and right derivatives: random programs run on both.

After every line all variables must equal those of the plain run bit by bit.  The gradient of a linear functional of
the final variables is compared with the complex step, which is exact to rounding; for programs with complex arrays,
with differences of sixth order.
"""

import hashlib
import types
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adpy
from adpy.traced import primal
from tests.reverse.programs import Program, inputs

STEP = 1e-30
QUICK = settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=3000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=16)


def weights(number, shape):
    """Coefficients of the linear functional."""
    size = int(np.prod(shape))
    return np.cos(1.7 * np.arange(size) + number).reshape(shape)


def complex_creators():
    """NumPy, but arrays are complex unless a dtype is given: what the complex step needs."""
    shim = types.ModuleType("numpy")
    shim.__dict__.update({name: getattr(np, name) for name in np.__all__ if name != "__version__"})
    for name in ("zeros", "ones", "full", "zeros_like", "array"):
        original = getattr(np, name)

        def creator(*args, original=original, **kwargs):
            result = original(*args, **kwargs)
            return result.astype(complex) if result.dtype.kind == "f" and kwargs.get("copy", 0) is not None else result

        setattr(shim, name, creator)
    return shim


def compiled(program, numpy=np):
    """The function of a program; its file name is its own, so that capture tells programs apart."""
    variables = inputs()
    space = {"np": numpy, "window": variables["window"], "weights": weights, "c": variables["c"], "d": variables["d"]}
    name = hashlib.md5(program.source.encode()).hexdigest()
    exec(compile(program.source, f"<program {name}>", "exec"), space)
    return space["program"]


def snapshot(variables):
    """Values as bytes, with all that tells two variables apart."""
    taken = {}
    for name, value in variables.items():
        if name == "observe":
            continue
        value = primal(value) if name in variables else value
        array = np.asarray(value)
        layout = array.strides if array.size > 1 and isinstance(value, np.ndarray) else None
        taken[name] = (array.dtype, array.shape, layout, array.tobytes(), array.copy())
    return taken


def same_kind(value, plain):
    """Do ``isinstance`` questions have the same answers?"""
    return all(isinstance(value, kind) == isinstance(plain, kind) for kind in (np.ndarray, np.float64, float, complex))


def check_program(program):
    """Run plainly and traced, compare all values, and the gradient with an independent one."""
    function = compiled(program)
    start = inputs(program.complex)
    log = []

    def record(number, variables):
        kept = {name: variables[name] for name in variables if name != "observe"}
        log.append((snapshot(kept), kept))

    plain_value = function(start["x"].copy(), start["y"].copy(), record)

    def compare(number, variables):
        expected, plain = log[number]
        found = snapshot(variables)
        assert found.keys() == expected.keys()
        for name, (dtype, shape, layout, data, array) in expected.items():
            got = found[name]
            where = f"{name} after line {number}: {program.lines[number]}\n{program.source}"
            assert got[0] == dtype, f"dtype {got[0]} instead of {dtype} of {where}"
            assert got[1] == shape, f"shape {got[1]} instead of {shape} of {where}"
            # NumPy multiplies complex numbers with other roundings in other memory layouts.
            same = got[3] == data if not program.complex else np.allclose(got[4], array, 1e-13, 1e-13)
            assert same, f"\n{got[4]} instead of\n{array} of {where}"
            assert got[2] == layout, f"strides {got[2]} instead of {layout} of {where}"
            assert same_kind(variables[name], plain[name]), f"type {type(variables[name])} of {where}"

    value, gradient = adpy.value_and_grad(lambda x, y: function(x, y, compare), (0, 1))(start["x"], start["y"])
    assert value == plain_value or (program.complex and np.isclose(value, plain_value))
    reference = differences(function, start) if program.complex else complex_step(program, start)
    tolerance = 1e-7 if program.complex else 1e-10
    for got, expected in zip(gradient, reference, strict=True):
        scale = np.max(np.abs(expected), initial=1.0)
        assert np.max(np.abs(got - expected)) <= tolerance * scale, f"\n{got}\ninstead of\n{expected}\n{program.source}"


def ignore(number, variables):
    """Observe nothing."""


def complex_step(program, start):
    """Gradient by the complex step."""
    function = compiled(program, complex_creators())
    gradients = []
    for name in ("x", "y"):
        gradient = np.zeros_like(start[name])
        for index in np.ndindex(gradient.shape):
            moved = {k: start[k].astype(complex) for k in ("x", "y")}
            moved[name][index] += 1j * STEP
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                gradient[index] = np.imag(function(moved["x"], moved["y"], ignore)) / STEP
        gradients.append(gradient)
    return gradients


def differences(function, start, h=2e-3):
    """Gradient by differences of sixth order, in adpy's convention for complex inputs."""
    gradients = []
    for name in ("x", "y"):
        gradient = np.zeros_like(start[name])
        for index in np.ndindex(gradient.shape):
            for unit in (1, 1j) if gradient.dtype.kind == "c" else (1,):
                total = 0.0
                for steps, coefficient in ((1, 45), (2, -9), (3, 1)):
                    for sign in (1, -1):
                        moved = {k: start[k].copy() for k in ("x", "y")}
                        moved[name][index] += sign * steps * h * unit
                        total += sign * coefficient * function(moved["x"], moved["y"], ignore)
                gradient[index] += unit * total / (60 * h)
        gradients.append(gradient)
    return gradients


@QUICK
@given(SEEDS)
def test_real_programs(seeds):
    check_program(Program(seeds))


@settings(QUICK, max_examples=80)
@given(SEEDS)
def test_complex_programs(seeds):
    check_program(Program(seeds, allow_complex=True))


@pytest.mark.slow
@LONG
@given(SEEDS)
def test_many_real_programs(seeds):
    check_program(Program(seeds))


@pytest.mark.slow
@settings(LONG, max_examples=1000)
@given(SEEDS)
def test_many_complex_programs(seeds):
    check_program(Program(seeds, allow_complex=True))


@settings(QUICK, max_examples=80)
@given(SEEDS)
def test_programs_with_short_chunks_and_kept_memory(seeds):
    """The scalar stream in many chunks, compiled sweeps, and all results in memory kept from earlier tapes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adpy.reverse.tape.CHUNK", 8)
        patch.setattr("adpy.kernels.worthwhile", lambda count: True)
        for module in ("adpy.workspace", "adpy.reverse.arithmetic", "adpy.reverse.tape"):
            patch.setattr(f"{module}.LARGE", 2)
        check_program(Program(seeds))


def test_results_are_not_overwritten_by_later_transforms(monkeypatch):
    for module in ("adpy.workspace", "adpy.reverse.arithmetic", "adpy.reverse.tape"):
        monkeypatch.setattr(f"{module}.LARGE", 2)
    kept = []

    def function(x):
        y = x * 2 + np.sin(x)
        kept.append(y)
        return (y * y).sum()

    results = [adpy.value_and_grad(lambda x: (function(x), x * 3), has_aux=True)(np.arange(4.0) + k) for k in range(5)]
    copies = [(value, aux.copy(), gradient.copy()) for (value, aux), gradient in results]
    for k in range(20):
        adpy.grad(function)(np.arange(4.0) - k)
    for ((value, aux), gradient), (value_then, aux_then, gradient_then) in zip(results, copies, strict=True):
        assert value == value_then
        np.testing.assert_array_equal(aux, aux_then)
        np.testing.assert_array_equal(gradient, gradient_then)


@settings(QUICK, max_examples=60)
@given(SEEDS)
def test_derivatives_of_gradients(seeds):
    """Gradient of a directional derivative, against differences of gradients."""
    program = Program(seeds)
    if any(word in line for line in program.lines for word in ("sort", " < ", " > ")):
        return  # kinks
    function, start = compiled(program), inputs()
    x, y, v, w = start["x"], start["y"], np.cos(start["x"]), np.sin(3 * start["y"])
    gradient = adpy.grad(lambda x, y: function(x, y, ignore), (0, 1))

    def along(x, y):
        x_bar, y_bar = gradient(x, y)
        return (x_bar * v).sum() + (y_bar * w).sum()

    h = 2e-3
    second = adpy.grad(along, (0, 1))(x, y)
    for i, got in enumerate(second):
        expected = 0.0
        for steps, coefficient in ((1, 45), (2, -9), (3, 1)):
            for s in (steps, -steps):
                expected = expected + np.sign(s) * coefficient * gradient(x + s * h * v, y + s * h * w)[i] / (60 * h)
        assert np.max(np.abs(got - expected)) <= 1e-5 * np.max(np.abs(expected), initial=1.0), program.source
