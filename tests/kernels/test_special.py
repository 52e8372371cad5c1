"""SciPy's special functions as opcodes: values, partials and second partials; no calls of Python in programs."""

import ast
import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import special

import adpy
from adpy.kernels import generate
from adpy.kernels.opcodes import FIRST_SPECIAL, OPCODES, SPECIAL, arity, function_of, opcode_of
from adpy.rules import lookup
from tests.rules.elementwise_checks import samples

EPS = np.finfo(float).eps
names = pytest.mark.parametrize("name", SPECIAL)


def operands(name, count=8):
    """Operands, one a row."""
    return np.array([x.astype(float) for x in samples(lookup(getattr(special, name)), count)])


def total(function):
    """The sum of a function of rows."""
    return lambda x: np.sum(function(*[x[k] for k in range(function.nin)]))


@names
def test_opcodes(name):
    function = getattr(special, name)
    op = opcode_of(function)
    assert op == FIRST_SPECIAL + SPECIAL.index(name) and function_of(op) is function and arity(op) == function.nin


def test_same_functions_share_an_opcode():
    assert opcode_of(special.expm1) == OPCODES[np.expm1] and opcode_of(special.cbrt) == OPCODES[np.cbrt]


def test_the_file_is_up_to_date():
    written, generated = generate.SPECIAL_PATH.read_text(encoding="utf-8"), generate.generate_special()
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(generated)), "run python -m adpy.kernels.generate"


@names
def test_arrays(name):
    """Values, gradients and second derivatives beside those without a program."""
    f, x = total(getattr(special, name)), operands(name)
    program = adpy.record(f, x)
    assert program.stats()["recordings"][0]["calls in Python"] == 0
    np.testing.assert_allclose(program(x), f(x), rtol=1e-14)
    np.testing.assert_allclose(program.gradient(x), adpy.grad(f)(x), rtol=1e-13, atol=1e-15)


@names
def test_second_derivatives(name):
    """Second derivatives are the differences of first ones."""
    f, x = total(getattr(special, name)), operands(name, 4)
    program = adpy.record(f, x)
    v, h = np.ones_like(x), 1e-5

    def slope(t):
        return program.gradient(x + t * v)

    expected = (8 * (slope(h) - slope(-h)) - (slope(2 * h) - slope(-2 * h))) / (12 * h)
    np.testing.assert_allclose(program.hvp(x, v), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("function", [math.erf, math.erfc, math.gamma, math.lgamma])
def test_functions_of_math(function):
    program = adpy.record(lambda x: x * function(x), 1.7)
    assert program.stats()["recordings"][0]["calls in Python"] == 0
    for x in (0.3, 1.7, 4.2):
        assert program(x) == pytest.approx(x * function(x), rel=1e-14)
        assert program.gradient(x) == pytest.approx(adpy.grad(lambda x: x * function(x))(x), rel=1e-13)


def test_generated_kernels():
    def f(x):
        return np.sum(special.erf(x) * special.gammaln(x + 2.0) + special.expit(np.sin(x)) * special.j1(x))

    x = np.linspace(0.1, 2.0, 101)
    program = adpy.record(f, x)
    program.specialize()
    np.testing.assert_allclose(program.gradient(x), adpy.grad(f)(x), rtol=1e-13)


CODE = """
import numpy as np, adpy
from scipy import special
x = np.linspace(0.1, 2.0, 7)
p = adpy.record(lambda x: np.sum(special.erfc(x) * special.i0(x)), x)
print(p.gradient(x).tolist())
"""


def test_another_process_finds_the_addresses():
    """Compiled code on disk names symbols, not the addresses of the process that wrote it."""
    command = [sys.executable, "-c", CODE]
    texts = [subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout for _ in "ab"]
    x = np.linspace(0.1, 2.0, 7)
    expected = adpy.grad(lambda x: np.sum(special.erfc(x) * special.i0(x)))(x)
    for text in texts:
        np.testing.assert_allclose(eval(text), expected, rtol=1e-14)
