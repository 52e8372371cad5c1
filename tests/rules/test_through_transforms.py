"""Every example call differentiated as a user would: gradients against extrapolated differences."""

from __future__ import annotations

import importlib
import inspect
import sys

import numpy as np
import pytest

import adpy
from adpy.errors import MissingRuleError
from tests.rules import test_blocks
from tests.rules.harness import EXAMPLES, differences, direction, inner, is_varied, leaves

assert test_blocks.BLOCKS, "importing the examples fills EXAMPLES"

# Keyword arguments that carry data; all others are settings.
DATA = {"initial", "left", "right", "mean", "constant_values", "end_values", "to_end", "to_begin", "prepend", "append"}

# The number of results depends on which entries are equal, so there are no differences.
JUMPS = {np.unique, np.trim_zeros, np.intersect1d}

# Positional settings that are floats: norm orders and the like.
SETTINGS = {"norm", "matrix_norm", "vector_norm", "cond", "pinv", "fractional_matrix_power", "lstsq"}


MODULES = (
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "numpy.lib.stride_tricks",
    "scipy.linalg",
    "scipy.special",
    "scipy.fft",
)


def public(function):
    """Where users find a function, as (module, name); None for a primitive that is no public function."""
    if isinstance(function, (tuple, np.ufunc)):
        return None
    name = function.__name__
    for module in MODULES:
        if getattr(importlib.import_module(module), name, None) is function:
            return module, name
    return None


def as_written(function):
    """A call of the function as user code spells it, ``module.name(...)``: what capture looks at."""
    found = public(function)
    if found is None:
        return function if callable(function) else getattr(*function)
    module, name = found
    return eval(f"lambda *args, **kwargs: module.{name}(*args, **kwargs)", {"module": sys.modules[module]})


def collect(tree):
    """The varied leaves of nested sequences and dictionaries."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in collect(item)]
    return [tree] if is_varied(tree) else []


def replaced(tree, values):
    """The tree with its varied leaves taken from an iterator."""
    if isinstance(tree, dict):
        return {key: replaced(item, values) for key, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)(replaced(item, values) for item in tree)
    return next(values) if is_varied(tree) else tree


def losses(function, example):
    """The data of an example call, and a real function of it that reads every floating-point result."""
    call = as_written(function)
    keywords = {k: v for k, v in example.kwargs.items() if k in DATA}
    settings = {k: v for k, v in example.kwargs.items() if k not in DATA}
    first = 1 if getattr(function, "__name__", "") in SETTINGS else len(example.args)
    tree = [list(example.args[:first]), keywords]

    def results(*inputs):
        args, data = replaced(tree, iter(inputs))
        return leaves(call(*args, *example.args[first:], **data, **settings))

    inputs = collect(tree)
    rng = np.random.default_rng(11)
    bars = [direction(rng, y) for y in results(*inputs)]

    def loss(*inputs):
        total = 0.0
        for y, bar in zip(results(*inputs), bars, strict=True):
            if bar is not None:
                total = total + np.nansum(np.real(np.conj(bar) * y))
        return total

    return inputs, loss if any(bar is not None for bar in bars) else None


def cases(most=None):
    """One test parameter for each of the first examples of each function that users can call."""
    return [
        pytest.param(function, example, id=f"{getattr(function, '__name__', function)}-{i}")
        for function, examples in EXAMPLES.items()
        if function not in JUMPS and (public(function) or not inspect.isfunction(function))
        for i, example in enumerate(examples[:most])
    ]


class Problem:
    """An example call as a function of its data, with a direction and the derivative along it by differences."""

    def __init__(self, function, example):
        self.inputs, self.loss = losses(function, example)
        if not self.inputs or self.loss is None:
            pytest.skip("nothing to differentiate")
        self.partial = getattr(function, "__module__", None) != "numpy" and not isinstance(function, tuple)
        self.positions = tuple(range(len(self.inputs)))
        rng = np.random.default_rng(5)
        self.dots = [direction(rng, x) for x in self.inputs]
        self.step = example.step / 10
        single = any(np.asarray(x).dtype.itemsize == 4 for x in self.inputs)
        self.rtol = 1e-2 if single else max(1e-6, 30 * example.rtol)

    def gradient(self, *inputs):
        """The gradient of the loss; special functions need not have all their partials."""
        try:
            return adpy.grad(self.loss, argnums=self.positions)(*inputs)
        except MissingRuleError:
            if self.partial:
                pytest.skip("no rule for one of the operands")
            raise

    def differences(self, function):
        """The derivative of a list-valued function along the direction."""

        def along(t):
            return function(*(np.asarray(x) + t * dot for x, dot in zip(self.inputs, self.dots, strict=True)))

        return differences(along, self.step)

    def check(self, found, wanted):
        """Compare two arrays to the tolerance."""
        scale = 1 + np.max(np.abs(wanted), initial=0.0)
        np.testing.assert_allclose(found, wanted, rtol=self.rtol, atol=self.rtol * scale)


def each(most=None):
    """Run a test for example calls, NumPy's warnings aside."""

    def decorate(test):
        test = pytest.mark.parametrize(("function", "example"), cases(most))(test)
        return pytest.mark.filterwarnings("ignore")(test)

    return decorate


@each()
def test_gradient(function, example):
    problem = Problem(function, example)
    found = problem.gradient(*problem.inputs)
    assert [np.shape(bar) for bar in found] == [np.shape(x) for x in problem.inputs]
    (wanted,) = problem.differences(lambda *inputs: [problem.loss(*inputs)])
    problem.check(inner(list(found), problem.dots), wanted)


@each(most=8)
def test_tangent_fits_gradient(function, example):
    problem = Problem(function, example)
    bars = problem.gradient(*problem.inputs)
    _, found = adpy.jvp(problem.loss, tuple(problem.inputs), tuple(problem.dots))
    problem.check(found, inner(list(bars), problem.dots))


@each(most=3)
def test_gradient_of_gradient(function, example):
    problem = Problem(function, example)

    def slope(*inputs):
        bars = problem.gradient(*inputs)
        return sum(np.sum(np.real(np.conj(dot) * bar)) for dot, bar in zip(problem.dots, bars, strict=True))

    found = adpy.grad(slope, argnums=problem.positions)(*problem.inputs)
    for bar, wanted in zip(found, problem.differences(problem.gradient), strict=True):
        problem.check(bar, wanted)


@each(most=3)
def test_tangent_of_gradient(function, example):
    problem = Problem(function, example)
    _, found = adpy.jvp(problem.gradient, tuple(problem.inputs), tuple(problem.dots))
    for bar_dot, wanted in zip(found, problem.differences(problem.gradient), strict=True):
        problem.check(bar_dot, wanted)
