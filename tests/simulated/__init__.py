"""Tests of CUDA kernels under Numba's simulator, which is chosen when Numba is imported: each file runs in a process of
its own, started by ``tests/kernels/test_simulated.py``."""
