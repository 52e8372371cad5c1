"""CUDA kernels under Numba's simulator: every file of ``tests/simulated`` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "simulated"
QUICK = ("quick",)


def names():
    found = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in found]


@pytest.mark.parametrize("name", names())
def test_in_the_simulator(name):
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore", "--tb=short"]
    done = subprocess.run(
        [*command, str(FOLDER / f"{name}.py")],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "ADPY_KERNELS": "wait"},
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
