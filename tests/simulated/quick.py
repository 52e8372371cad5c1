"""A value, a gradient and lanes on the simulated device, in seconds; the other files test everything."""

import numpy as np
from numba import cuda

import adpy


def test_a_gradient_and_lanes():
    x, many = np.array([0.5, 2.0]), np.array([[0.5, 2.0], [1.5, -1.0], [-0.5, 1.0]])
    p = adpy.record(lambda x: np.sum(np.exp(-x) * x) if x[0] > 0 else x[1], x)
    q = p.to("cuda")
    np.testing.assert_allclose(q(x), p(x), rtol=1e-14)
    np.testing.assert_allclose(q.gradient(x), p.gradient(x), rtol=1e-14)
    np.testing.assert_allclose(q.gradient(cuda.to_device(x)).copy_to_host(), p.gradient(x), rtol=1e-14)
    np.testing.assert_allclose(q.batch_gradient(many), p.batch_gradient(many), rtol=1e-14)
    np.testing.assert_allclose(q.batch_gradient(many, reduce="mean"), p.batch_gradient(many).mean(axis=0), rtol=1e-14)
