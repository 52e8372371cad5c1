"""``import adpy`` is cheap: it loads NumPy and itself, nothing heavy."""

import subprocess
import sys

import pytest

# What adpy loads only when it is needed, with what needs it.
LAZY = {
    "numba": "a long sweep",
    "llvmlite": "numba",
    "scipy": "a function of SciPy in the user's code",
    "matplotlib": "a picture",
    "tqdm": "a progress bar",
    "pytest": "the tests",
}


def modules_after(statement: str) -> set[str]:
    """Top-level modules loaded after ``statement`` in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import adpy",
        "import adpy; adpy.grad(lambda x: x * x)(3.0)",
        "import adpy, numpy as np; adpy.grad(lambda x: np.sum(np.sin(x) ** 2))(np.ones(10))",
    ],
    ids=["import", "scalar gradient", "array gradient"],
)
def test_heavy_modules_stay_out(statement):
    loaded = modules_after(statement)
    assert "numpy" in loaded
    assert not loaded & set(LAZY)
