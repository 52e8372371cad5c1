"""What a batch is compared with: a Python loop over the samples."""

import copy

import numpy as np

from adpy.api.running import is_differentiable
from adpy.api.trees import flatten, rebuild

__all__ = ["assert_same", "counted", "looped", "samples_of"]


def _is_sampled(leaf):
    return isinstance(leaf, np.ndarray | np.generic | float | int | complex) and not isinstance(leaf, bool)


def looped(function, arguments, in_axes=0):
    """Results of a loop over the samples, stacked."""
    axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(arguments)
    (size,) = {
        leaf.shape[axis]
        for argument, axis in zip(arguments, axes, strict=True)
        if axis is not None
        for _, leaf in flatten(argument)
        if isinstance(leaf, np.ndarray)
    }
    results = []
    for i in range(size):
        own = []
        for argument, axis in zip(arguments, axes, strict=True):
            leaves = [leaf for _, leaf in flatten(argument)]
            if axis is not None:
                leaves = [np.take(leaf, i, axis) if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
            own.append(rebuild(argument, iter(copy.deepcopy(leaves)).__next__))
        results.append(function(*own))
    columns = zip(*[[leaf for _, leaf in flatten(result)] for result in results], strict=True)
    stacked = [np.stack(column) if _is_sampled(column[0]) else column[0] for column in columns]
    return rebuild(results[0], iter(stacked).__next__)


def assert_same(found, expected, rtol=1e-12):
    """The same structure, shapes, dtypes and values."""
    left, right = flatten(found), flatten(expected)
    assert [path for path, _ in left] == [path for path, _ in right]
    for (path, a), (_, b) in zip(left, right, strict=True):
        if not isinstance(b, np.ndarray):
            assert a is b or a == b, path
            continue
        assert type(a) is np.ndarray, path
        assert a.shape == b.shape, path
        assert a.dtype == b.dtype, path
        if b.dtype.kind in "fc":
            size = np.max(np.abs(b[np.isfinite(b)]), initial=0.0)
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * size, err_msg=path)
        else:
            np.testing.assert_array_equal(a, b, err_msg=path)


def samples_of(case, size, step=0.003):
    """The arguments of a case of the corpus for several samples a little apart, and their axes."""
    arguments, axes = [], []
    for i, argument in enumerate(case.fresh()):
        axes.append(0 if i in case.argnums else None)
        if i in case.argnums:
            leaves = [
                np.stack([np.asarray(leaf) * (1 + step * k) for k in range(size)]).astype(np.asarray(leaf).dtype)
                if is_differentiable(leaf)
                else leaf
                for _, leaf in flatten(argument)
            ]
            argument = rebuild(argument, iter(leaves).__next__)
        arguments.append(argument)
    return tuple(arguments), tuple(axes)


def counted(function):
    """The function, and the list that grows with every call of it."""
    calls = []

    def counting(*args):
        calls.append(1)
        return function(*args)

    return counting, calls
