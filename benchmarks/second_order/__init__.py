"""Second derivatives, Jacobians and gradients of single samples: ``python -m benchmarks second-order``."""
