"""What a loop takes from the system is what its snapshots were said to take, and what it holds beside them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import numpy as np, adpy
from adpy.checkpoint.state import split
from adpy.checkpoint.storage import MemoryStorage

def step(u, n, c):
    return u + c * u * (1.0 - u)

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

def gradient(u, memory):
    return adpy.grad(lambda c: np.sum(adpy.checkpoint.loop(step, u, 100, params=c, memory=memory)))(0.1)

u = np.linspace(0.1, 0.9, 500_000)
cost = MemoryStorage().cost(split(u)[1])
gradient(u, 10 * cost)
before = peak()
gradient(u, 50 * cost)
print((peak() - before) / (40 * cost))
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the system does not tell peaks")
def test_the_peak_is_what_was_promised():
    given = {**os.environ, "PYTHONPATH": str(ROOT), "ADPY_KERNELS": "wait", "ADPY_SPECIALIZE": "never"}
    found = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=given, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert 0.9 < float(found.stdout) < 1.1
