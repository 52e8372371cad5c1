"""Level-scheduled adjoint sweeps on the simulated device beside those of the CPU."""

import numpy as np
import pytest
from numba import cuda

from adpy.errors import ArgumentError
from adpy.kernels import cuda_levels
from adpy.kernels.graph_levels import Levels
from tests.kernels.test_graph_levels import graph


@pytest.mark.parametrize("narrow", [1, 1024])
@pytest.mark.parametrize("seeds", [None, 1, 3])
def test_as_on_the_cpu(seeds, narrow, monkeypatch):
    monkeypatch.setattr(cuda_levels, "NARROW", narrow)
    indptr, children, weights = graph(np.random.default_rng(seeds or 0), 30)
    shape = 30 if seeds is None else (30, seeds)
    bars = np.random.default_rng(1).normal(size=shape)
    levels = Levels(indptr, children)
    expected = levels.adjoint(weights, bars.copy())
    np.testing.assert_allclose(levels.adjoint(weights, bars.copy(), device="cuda"), expected, rtol=1e-13)
    there = cuda.to_device(bars)
    assert levels.adjoint(cuda.to_device(weights), there, device="cuda") is there
    np.testing.assert_allclose(there.copy_to_host(), expected, rtol=1e-13)
    single = levels.adjoint(weights.astype(np.float32), bars.astype(np.float32), device="cuda")
    np.testing.assert_allclose(single, expected, rtol=1e-4, atol=1e-4)


def test_precisions_do_not_mix():
    indptr, children, weights = graph(np.random.default_rng(0), 5)
    with pytest.raises(ArgumentError, match="float64 or float32, as the weights"):
        Levels(indptr, children).adjoint(weights, np.zeros(5, np.float32), device="cuda")
