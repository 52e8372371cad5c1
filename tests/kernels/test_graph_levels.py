"""Levels of children and weights: the sweep beside the one row by row, on random graphs."""

import numpy as np
import pytest

from adpy import kernels
from adpy.errors import AdpyError, ArgumentError
from adpy.kernels.cuda_levels import launches
from adpy.kernels.graph_levels import Levels, run_levels


def graph(rng, size):
    """Row pointers, children and weights of a random graph, some of them zero, NaN or parallel."""
    counts = [int(rng.integers(0, min(4, i) + 1)) for i in range(size)]
    children = np.concatenate([rng.integers(0, i, n) for i, n in enumerate(counts) if n] or [[]]).astype(np.int64)
    weights = rng.normal(size=len(children))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), children, weights


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("seeds", [None, 1, 3])
def test_the_sweep_is_that_row_by_row(seed, seeds):
    rng = np.random.default_rng(seed)
    indptr, children, weights = graph(rng, 40)
    bars = rng.normal(size=40 if seeds is None else (40, seeds))
    expected = bars.copy()
    kernels.adjoint_sweep(indptr, children, weights, expected)
    levels = Levels(indptr, children)
    np.testing.assert_allclose(levels.adjoint(weights, bars), expected, rtol=1e-12)
    level = np.zeros(40, int)
    for k, (low, high) in enumerate(zip(levels.levels, levels.levels[1:], strict=False), 1):
        level[levels.order[low:high]] = k
    for row in range(40):
        for child in children[indptr[row] : indptr[row + 1]]:
            assert level[child] > level[row]


def test_an_infinite_weight_meets_a_zero_cotangent():
    levels = Levels(np.array([0, 0, 1]), np.array([0]))
    np.testing.assert_array_equal(levels.adjoint(np.array([np.inf]), np.zeros(2)), [0.0, 0.0])


def test_levels_of_scalar_operations():
    ops, firsts, seconds = (np.array(x, np.int32) for x in ([0, 2, 5, 2, 2], [0, 0, 1, 0, 2], [0, 0, 0, 0, 3]))
    binary = np.array([False, False, True, True, True, False])
    order, levels = run_levels(ops, firsts, seconds, binary, 0, 5)
    assert order.tolist() == [1, 3, 2, 4] and levels.tolist() == [0, 2, 3, 4]


def test_narrow_levels_share_a_launch():
    levels = np.cumsum([0, 1, 2, 5000, 1, 1])
    assert [(low, high) for low, high, _ in launches(levels)] == [(0, 2), (2, 3), (3, 5)]
    assert [blocks == 1 for _, _, blocks in launches(levels)] == [True, False, True]


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: Levels(np.array([0, 1]), np.array([0])), "children"),
        (lambda: Levels(np.array([0, 0, 1]), np.array([0])).adjoint(np.ones(2), np.ones(2)), "weights"),
        (lambda: Levels(np.array([0, 0, 1]), np.array([0])).adjoint(np.ones(1), np.ones(3)), "adjoints"),
        (lambda: Levels(np.array([0, 0, 1]), np.array([0])).adjoint(np.ones(1), np.ones(2), "gpu"), "device"),
    ],
)
def test_bad_arguments(call, name):
    with pytest.raises(ArgumentError, match=name):
        call()


def test_without_cuda_the_error_says_so():
    from numba import cuda

    if cuda.is_available():
        pytest.skip("there is a device")
    with pytest.raises(AdpyError, match=r"adpy\[cuda\]|no CUDA device"):
        Levels(np.array([0, 0, 1]), np.array([0])).adjoint(np.ones(1), np.ones(2), "cuda")
