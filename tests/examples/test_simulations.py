"""The examples of long simulations at small sizes: gradients are right, and do what they are good for."""

import configparser
import contextlib
import io
import subprocess
import sys

import numpy as np
import pytest

from adpy.checkpoint.schedules import optimal_forward_steps
from examples.simulations import adaptive, burgers, shallow_water, spiral, weather
from examples.simulations.reporting import Steps, difference, peak_memory
from tests.project.documents import ROOT


def run(example, *args, **sizes):
    """What an example found, and what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        found = example.main(*args, **sizes)
    return found, printed.getvalue()


def is_second_order(taylor):
    """All the observed orders, not only their median."""
    return taylor.ok and np.allclose(taylor.orders[1], 2.0, atol=0.1)


def test_shallow_water():
    sizes = {"shape": (16, 12), "controls": (4, 3), "iterations": 12, "snapshots": 10, "tape_steps": 40}
    found, printed = run(shallow_water, 300, **sizes)
    assert found["tape"] < 1e-12 and is_second_order(found["taylor"])
    assert found["misfits"][1] < 0.1 * found["misfits"][0]
    assert found["error"] < 0.9
    assert found["steps"] == optimal_forward_steps(300, 10)
    assert "relative error" in printed and "ratio" in printed


def test_burgers():
    found, printed = run(burgers, 3000, 50, 20, plain_steps=300, tape_steps=200, taylor_steps=1500)
    assert found["tape"] < 1e-12 and is_second_order(found["taylor"])
    assert found["steps"] == optimal_forward_steps(3000, 20)
    assert "MB" in printed


def test_weather():
    found, printed = run(weather, 2, 40, 12, 6, ahead=100, iterations=4)
    assert max(found["tape"]) < 1e-11
    assert found["taylor"].ok and found["taylor"].order > 2.8
    before, after = found["errors"][:, :2].mean(axis=0)
    assert after < before
    assert "4D-Var" in printed


def test_adaptive():
    found, printed = run(adaptive, 1e-3, readings=4, end=4.0, snapshots=4, iterations=12)
    assert found["tape"] < 1e-10 and is_second_order(found["taylor"])
    assert found["counts"][0] > 20 and found["counts"][1] > 0
    assert found["misfits"][1] < 1e-2 * found["misfits"][0]
    assert "rejected" in printed


def test_spiral():
    found, printed = run(spiral, 60, 2.0, 8, iterations=60, snapshots=5, tape_steps=30)
    assert found["tape"] < 1e-12 and is_second_order(found["taylor"])
    assert found["losses"][1] < 0.05 * found["losses"][0]
    assert "L-BFGS-B" in printed


def test_reporting():
    steps = Steps()
    assert "0 steps run" in steps.against(10, 3)
    assert difference([1.0, 2.0], [1.0, 4.0]) == 0.5
    assert peak_memory() > 10 or np.isnan(peak_memory())


@pytest.mark.slow
def test_they_run_as_programs():
    command = [sys.executable, "-m", "examples.simulations.burgers", "--steps", "20000", "--points", "50"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "peak memory" in found.stdout


def test_they_are_not_installed():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    assert settings["options.packages.find"]["include"].split() == ["adpy", "adpy.*"]
