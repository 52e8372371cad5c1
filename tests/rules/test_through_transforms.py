"""Every example call differentiated as a user would: gradients against extrapolated differences."""

from __future__ import annotations

import importlib
import inspect
import sys

import numpy as np
import pytest

import adpy
from tests.rules import test_blocks
from tests.rules.harness import EXAMPLES, differences, direction, inner, is_varied, leaves

assert test_blocks.BLOCKS, "importing the examples fills EXAMPLES"

# Keyword arguments that carry data; all others are settings.
DATA = {"initial", "left", "right", "mean", "constant_values", "end_values", "to_end", "to_begin", "prepend", "append"}

# The number of results depends on which entries are equal, so there are no differences.
JUMPS = {np.unique, np.trim_zeros, np.intersect1d}

# Positional settings that are floats: norm orders and the like.
SETTINGS = {"norm", "matrix_norm", "vector_norm", "cond", "pinv", "fractional_matrix_power", "lstsq"}


def public(function):
    """Where users find a function, as (module, name); None for a primitive that is no public function."""
    if isinstance(function, tuple) or isinstance(function, np.ufunc):
        return None
    name = function.__name__
    for module in ("numpy", "numpy.linalg", "numpy.fft", "numpy.lib.stride_tricks", "scipy.linalg", "scipy.special", "scipy.fft"):
        if getattr(importlib.import_module(module), name, None) is function:
            return module, name
    return None


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


class Call:
    """An example as a function of its data."""

    def __init__(self, function, example):
        self.public = public(function)
        self.function = function if callable(function) else getattr(*function)
        data = {k: v for k, v in example.kwargs.items() if k in DATA}
        self.settings = {k: v for k, v in example.kwargs.items() if k not in DATA}
        first = 1 if getattr(self.function, "__name__", "") in SETTINGS else len(example.args)
        self.constants = example.args[first:]
        self.tree = [list(example.args[:first]), data]
        self.inputs = collect(self.tree)
        rng = np.random.default_rng(11)
        self.dots = [direction(rng, x) for x in self.inputs]
        self.bars = [direction(rng, y) for y in leaves(self(*self.inputs))]

    def __call__(self, *inputs):
        args, data = replaced(self.tree, iter(inputs))
        # Looked up at the call, as user code does: during a trace SciPy's modules hold traceable functions.
        function = self.function if self.public is None else getattr(sys.modules[self.public[0]], self.public[1])
        return function(*args, *self.constants, **data, **self.settings)

    def loss(self, *inputs):
        """A real number that reads every floating-point result."""
        total = 0.0
        for y, bar in zip(leaves(self(*inputs)), self.bars, strict=True):
            if bar is not None:
                total = total + np.nansum(np.real(np.conj(bar) * y))
        return total

    def along(self, t):
        """The loss at the inputs moved by ``t`` along the directions."""
        return [self.loss(*(np.asarray(x) + t * dot for x, dot in zip(self.inputs, self.dots, strict=True)))]


CASES = [
    pytest.param(function, example, id=f"{getattr(function, '__name__', function)}-{i}")
    for function, examples in EXAMPLES.items()
    if function not in JUMPS and (public(function) or not inspect.isfunction(function))
    for i, example in enumerate(examples)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), CASES)
def test_gradient(function, example):
    call = Call(function, example)
    if not call.inputs or not any(bar is not None for bar in call.bars):
        pytest.skip("nothing to differentiate")
    found = adpy.grad(call.loss, argnums=tuple(range(len(call.inputs))))(*call.inputs)
    for x, bar in zip(call.inputs, found, strict=True):
        assert np.shape(bar) == np.shape(x)
    (wanted,) = differences(call.along, example.step / 10)
    np.testing.assert_allclose(inner(list(found), call.dots), wanted, rtol=1e-6, atol=1e-6)
