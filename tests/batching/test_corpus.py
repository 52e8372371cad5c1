"""Functions of the corpus, as they stand, over samples: the values and derivatives of a loop."""

import warnings

import numpy as np
import pytest

import adpy
from tests.batching.loops import assert_same, looped, samples_of
from tests.corpus.registry import load
from tests.corpus.test_corpus import REFUSED

CASES = load()
SIZE = 3  # as long as many axes are: a mistaken axis would not show by its length alone

# What is done sample by sample: compiled code that takes plain arrays only, text.
ONE_BY_ONE = {
    "scipy.cubic_spline",
    "scipy.interpolated_at_a_traced_point",
    "scipy.shape_preserving_interpolation",
    "scipy.sparse_solve",
    "text.array_to_string",
}
SMOOTH = [name for name in CASES if name not in REFUSED]


def batched(case, function):
    """The batch and the loop."""
    arguments, axes = samples_of(case, SIZE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = looped(function, arguments, axes)
        mode = "auto" if case.name in ONE_BY_ONE else "vectorized"
        return adpy.batch(function, axes, mode=mode)(*arguments), expected


@pytest.mark.parametrize("name", CASES)
def test_value(name):
    assert_same(*batched(CASES[name], CASES[name].function))


def derivative(case):
    """The gradient of a function with one number as its result, the Jacobian of another."""
    if case.kind == "scalar" and not np.iscomplexobj(case.value):
        return adpy.grad(case.function, case.argnums)
    return adpy.jacobian(case.function, case.argnums)


@pytest.mark.parametrize("name", SMOOTH[::3])
def test_derivative(name):
    case = CASES[name]
    assert_same(*batched(case, derivative(case)), rtol=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for i, name in enumerate(SMOOTH) if i % 3])
def test_derivative_of_the_others(name):
    test_derivative(name)
