"""Tests use the compiled interpreters: they are built once, before the workers start."""

import os
import subprocess
import sys

os.environ.setdefault("ADPY_KERNELS", "wait")
os.environ.setdefault("ADPY_SPECIALIZE", "never")  # the same kernels in every run


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        subprocess.run([sys.executable, "-m", "adpy.kernels.building"], check=True)
