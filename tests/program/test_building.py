"""Nobody waits for the compiler unasked: where the interpreters are not built, programs are evaluated without them."""

import subprocess
import sys

import numpy as np

CODE = """
import sys, time
import numpy as np, adpy
from adpy.kernels import building
started = []
building._build_in_background = lambda: started.append(True)
p = adpy.record(lambda x: np.sum(x**3), np.ones(2))
print(p.gradient(np.ones(2)).sum(), p.hvp(np.ones(2), np.ones(2)).sum(), bool(started), "numba" in sys.modules)
"""


def test_programs_without_the_interpreters(tmp_path):
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment, check=True)
    gradient, product, started, loaded = found.stdout.split()
    assert np.isclose(float(gradient), 6.0)
    assert np.isclose(float(product), 12.0)
    assert (started, loaded) == ("True", "False")
