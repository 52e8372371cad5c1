"""Derivatives by elements of random programs and of the corpus, beside sweeps over the same recording."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from adpy.api.signature import signature
from adpy.program.recording import Recording
from adpy.sparse.elements import execution
from adpy.sparse.elements.evaluators import ElementHessian, ElementJacobian
from adpy.sparse.evaluator import Unsuitable
from tests.program import random_loops
from tests.program.harness import moved
from tests.program.test_corpus import CASES, NAMES, of_active
from tests.sparse.elements.harness import code_of, nonzeros


def directions(inputs):
    """Unit directions of all inputs."""
    eye, first, found = np.eye(sum(np.size(x) for x in inputs)), 0, []
    for x in inputs:
        found.append(eye[first : first + np.size(x)].reshape(*np.shape(x), len(eye)))
        first += np.size(x)
    return found


def swept(code, inputs, second):
    """The dense matrix by sweeps; None where the decisions do not hold."""
    with Recording(code, inputs) as recording:
        if not recording.replay():
            return None
        columns = directions(inputs)
        if second:
            return np.concatenate([x.reshape(-1, x.shape[-1]) for x in recording.second_order(columns, [1.0])[1]])
        found = [x.reshape(-1, x.shape[-1]) for x in recording.tangents(columns)]
        return np.concatenate([np.zeros((0, columns[0].shape[-1])), *found])


def compared(code, inputs, second, rtol):
    """Compare, if elements are for this code; returns whether they are."""
    try:
        evaluator = (ElementHessian if second else ElementJacobian)(code, range(len(inputs)))
    except Unsuitable:
        return False
    found, same = nonzeros(evaluator, inputs)
    expected = swept(code, inputs, second)
    assert same == (expected is not None)
    if same:
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=1e-9)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale)
    return True


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(random_loops.loops())
def test_random_loops(text):
    function = random_loops.compiled(text)
    x, y = np.array([0.3, -0.7, 1.2, 0.9, 0.2]), 0.6
    try:
        function(x, y)
        code, inputs = code_of(function, x, y)
    except (ArithmeticError, ValueError):
        return
    one = len(code.outputs) == 1 and not code.outputs[0].shape
    compared(code, inputs, False, 1e-9)
    if one:
        compared(code, inputs, True, 1e-8)


def check_case(name):
    function, active = of_active(CASES[name])
    try:
        code, _ = code_of(function, *active)
    except ValueError:
        pytest.skip("not recorded")
    inputs = signature(moved(active, 1e-7), {})[1]
    one = len(code.outputs) == 1 and not code.outputs[0].shape
    found = [compared(code, inputs, second, 1e-9) for second in (False, True)[: 1 + one]]
    if not any(found):
        pytest.skip("not for elements")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[::9])
def test_some_of_the_corpus(name):
    check_case(name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_all_of_the_corpus(name):
    check_case(name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[::5])
def test_native_code_of_the_corpus(name, monkeypatch):
    monkeypatch.setattr(execution, "WORTH", np.inf)
    monkeypatch.setattr(execution, "LONGEST", 400)
    check_case(name)
