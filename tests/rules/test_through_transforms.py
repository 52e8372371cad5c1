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


CASES = [
    pytest.param(function, example, id=f"{getattr(function, '__name__', function)}-{i}")
    for function, examples in EXAMPLES.items()
    if function not in JUMPS and (public(function) or not inspect.isfunction(function))
    for i, example in enumerate(examples)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), CASES)
def test_gradient(function, example):
    inputs, loss = losses(function, example)
    if not inputs or loss is None:
        pytest.skip("nothing to differentiate")
    rng = np.random.default_rng(5)
    dots = [direction(rng, x) for x in inputs]
    found = adpy.grad(loss, argnums=tuple(range(len(inputs))))(*inputs)
    assert [np.shape(bar) for bar in found] == [np.shape(x) for x in inputs]

    def along(t):
        return [loss(*(np.asarray(x) + t * dot for x, dot in zip(inputs, dots, strict=True)))]

    (wanted,) = differences(along, example.step / 10)
    np.testing.assert_allclose(inner(list(found), dots), wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), CASES)
def test_gradient_of_gradient(function, example):
    inputs, loss = losses(function, example)
    if not inputs or loss is None:
        pytest.skip("nothing to differentiate")
    rng = np.random.default_rng(5)
    dots = [direction(rng, x) for x in inputs]
    positions = tuple(range(len(inputs)))

    def slope(*inputs):
        bars = adpy.grad(loss, argnums=positions)(*inputs)
        return sum(np.sum(np.real(np.conj(dot) * bar)) for dot, bar in zip(dots, bars, strict=True))

    found = adpy.grad(slope, argnums=positions)(*inputs)

    def along(t):
        return adpy.grad(loss, argnums=positions)(*(np.asarray(x) + t * d for x, d in zip(inputs, dots, strict=True)))

    for bar, wanted in zip(found, differences(along, example.step / 10), strict=True):
        np.testing.assert_allclose(bar, wanted, rtol=1e-6, atol=1e-6 * (1 + np.max(np.abs(wanted), initial=0)))
