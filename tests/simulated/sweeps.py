"""Every sweep of device codes beside the plain function and its eager derivatives."""

from functools import partial

import numpy as np
import pytest
from scipy import special

import adpy
from adpy.kernels.cuda_formulas import FUNCTIONS
from adpy.kernels.cuda_groups import LONGEST
from adpy.kernels.opcodes import COMPARISONS
from adpy.program import grouping, products
from adpy.program.device_recording import DeviceRecording
from adpy.program.recorder import Recorder
from tests.corpus.trees import float_leaves
from tests.program import harness

RNG = np.random.default_rng(3)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))
X, Y = RNG.normal(size=3), RNG.normal(size=4)


@pytest.fixture(autouse=True)
def on_device(monkeypatch):
    """Recordings of the harness run on the simulated device, which has no masks."""
    monkeypatch.setattr(harness, "Recorder", partial(Recorder, masks=False))
    monkeypatch.setattr(
        harness.Program, "at", lambda self, primals: DeviceRecording(self.code, float_leaves(primals), np.float64)
    )


def in_place(x):
    u = np.zeros(6)
    u[:3] = x
    u[1:] += np.sin(u[:-1])
    u[::2] *= u[1::2]
    u[[0, 2]] = u[[1, 3]] ** 2
    np.add.at(u, [0, 1, 0], x)
    return u * u


def stencil(u):
    for _ in range(2):
        u = u + 0.1 * (np.roll(u, 1, axis=0) + np.roll(u, -1, axis=1) - 2.0 * u)
    return np.sum(u**2)


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def mixed(x, y):
    total = np.zeros(4)
    for i in range(3):
        total[i] = total[i - 1] * x[i] + np.tanh(y[i])
    return np.mean(total.reshape(2, 2), axis=1) + float(x[0] > -10.0) * y[:2]


FUNCTIONS_OF_ARRAYS = {
    "scalars": (rosenbrock, RNG.normal(size=4)),
    "chain of locals": (lambda x: np.sum(np.exp(np.sin(x)) * x), X),
    "sum within blocks": (lambda x: np.mean(np.tanh(x), axis=1), RNG.normal(size=(2, 40))),
    "sum across": (lambda x: np.sum(x**2, axis=0), A),
    "broadcast": (lambda x, w: np.sum(x * w + w**2) * x, A, Y),
    "product": (lambda a, x: np.tanh(a @ x), A, Y),
    "in place": (in_place, X),
    "moves": (stencil, RNG.normal(size=(3, 3))),
    "arrays and scalars": (mixed, X, Y),
    "no result": (lambda x: np.zeros(0) * x, np.zeros(0)),
    "functions of SciPy": (lambda x: special.erf(x) * special.ndtr(2.0 * x) - special.erfc(x[0]) * x[1], X),
}


@pytest.mark.parametrize("name", FUNCTIONS_OF_ARRAYS)
def test_every_sweep(name):
    harness.check(*FUNCTIONS_OF_ARRAYS[name])


@pytest.mark.parametrize("operands", [(A, B), (A, B[:, 0]), (X, A), (X, X)], ids=["AB", "Ax", "xA", "xx"])
def test_products_by_squares(monkeypatch, operands):
    monkeypatch.setattr(products, "NATIVE", 0)
    harness.check(lambda a, b: np.sin(a @ b), *operands)
    harness.check(lambda a: a @ operands[1] + 1.0, operands[0], second=False)


def every(x):
    """All opcodes, each with a factor of its own."""
    total = 0.0
    for i, function in enumerate(FUNCTIONS.values()):
        a, b = (1.0 + x[0], x[1]) if function is np.arccosh else (x[0], x[1])
        y = function(a, b) if function.nin == 2 else function(a)
        y = np.where(y, x[0], x[1]) if function in COMPARISONS else y
        total = total + (1.0 + 0.1 * i) * y * x[1]
    return total


def test_every_opcode():
    harness.check(every, RNG.uniform(0.2, 0.8, size=(2, 2)), rtol=1e-8)


def test_single_precision():
    program = harness.record(every, RNG.uniform(0.2, 0.8, size=(2, 2)))
    with DeviceRecording(program.code, float_leaves(program.primals), np.float32) as found:
        values, bars = found.outputs(), found.cotangents([np.ones((2, 1))])
    with harness.Recording(program.code, float_leaves(program.primals)) as expected:
        harness.close_all(values, expected.outputs(), 2e-5)
        harness.close_all(bars, expected.cotangents([np.ones((2, 1))]), 2e-5)


def test_a_decision_that_differs_is_seen():
    program = harness.record(lambda x: x * 2.0 if np.any(x > 0.5) and x[1] < 0 else x, np.array([1.0, -1.0]))
    for x, same in (([0.7, -3.0], True), ([0.2, -3.0], False), ([0.7, 3.0], False)):
        with program.at((np.array(x),)) as recording:
            assert recording.replay() is same


def test_what_is_not_there_is_named():
    for function, name in ((np.linalg.det, "numpy.linalg.det"), (special.gammaln, "gammaln")):
        p = adpy.record(lambda x, f=function: np.sum(f(x)), 2.0 * np.eye(2) + 1.0).to("cuda")
        with pytest.raises(adpy.errors.DeviceError, match=f"{name} .*device='cpu'"):
            p.gradient(np.eye(2) + 1.0)


def test_groups_fit_the_registers_of_a_thread():
    assert grouping.LONGEST <= LONGEST
