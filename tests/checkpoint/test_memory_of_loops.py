"""What a gradient takes from the system is what the user allowed: snapshots, and all else that it needs."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import adpy
from adpy.checkpoint.storage import MemoryStorage
from adpy.errors import ArgumentError

ROOT = Path(__file__).parents[2]

PROGRAM = """
import gc, sys
import numpy as np, adpy
from adpy import workspace
from adpy.checkpoint.storage import DiskStorage

def compiled(u, n, c):
    return u + c * u * (1.0 - u)

def in_place(u, n, c):
    u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2]) * u[1:-1]
    return u

def deciding(u, n, c):
    return u * 0.5 if u[0] > 100.0 else compiled(u, n, c)

def eager(u, n, c):
    return compiled(u, n, c).astype(np.float32)

def told(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))

def gradient(u, steps, memory):
    events = []
    storage = None if folder is None else DiskStorage(folder, sync=False)
    adpy.grad(lambda c: np.sum(adpy.checkpoint.loop(
        step, u, steps, params=c, memory=memory, storage=storage, callback=events.append)))(0.1)
    return events[-1].schedule

name, memory, folder = sys.argv[1], float(sys.argv[2]), (sys.argv[3:] or [None])[0]
step, dtype = globals()[name], np.float32 if name == "eager" else float
gradient(np.linspace(0.1, 0.9, 1000, dtype=dtype), 7, "100 MB")
u = np.linspace(0.1, 0.9, 1_250_000, dtype=dtype)
workspace.clear()
gc.collect()
with open("/proc/self/clear_refs", "w") as peaks:
    peaks.write("5")
before = told("VmRSS")
schedule = gradient(u, 50, memory)
print((told("VmHWM") - before) / memory, schedule.places.get("ram", 0))
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the system does not tell peaks")
@pytest.mark.parametrize(
    ("step", "memory", "stored"),
    [
        *[(step, 200e6, stored) for step in ("compiled", "in_place", "deciding", "eager") for stored in (False, True)],
        ("compiled", 400e6, False),
        ("eager", 150e6, False),
    ],
)
def test_the_peak_is_what_was_promised(step, memory, stored, tmp_path):
    given = {**os.environ, "PYTHONPATH": str(ROOT), "ADPY_KERNELS": "wait", "ADPY_SPECIALIZE": "never"}
    command = [sys.executable, "-c", PROGRAM, step, str(memory), *([str(tmp_path)] if stored else [])]
    found = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    share, snapshots = map(float, found.stdout.split())
    assert 0.9 < share < 1.1
    assert 3 <= snapshots < 49


def decay(u, n, c):
    return u - c * u * u


def gradient(memory, schedules, steps=100, size=10_000, **more):
    return adpy.grad(
        lambda c: np.sum(
            adpy.checkpoint.loop(
                decay,
                np.linspace(0.1, 0.9, size),
                steps,
                params=c,
                memory=memory,
                callback=lambda event: schedules.append(event.schedule),
                **more,
            )
        )
    )(0.1)


def test_fewer_snapshots_where_the_step_needs_memory_too():
    found = []
    gradient("3 MB", found)
    cost = MemoryStorage().cost([np.zeros(10_000)])
    assert 10 < found[-1].places["ram"] < 3_000_000 // cost - 5
    assert f"at most {found[-1].places['ram']} snapshots (" in found[-1].describe()


def test_ample_memory_is_not_measured(monkeypatch):
    from adpy.checkpoint import planning

    monkeypatch.setattr(planning, "working_bytes", None)
    found = []
    gradient("100 MB", found)
    assert found[-1].places["ram"] == 99


def test_too_little_for_the_step():
    with pytest.raises(
        ArgumentError, match="memory: expected at least 80.4 kB, for a state, and .* besides, got 300 kB"
    ):
        gradient("300 kB", [])
    with pytest.raises(ArgumentError, match="memory"):
        adpy.grad(
            lambda c: adpy.checkpoint.while_loop(
                lambda u, n, c: n < 3, decay, np.ones(10_000), params=c, memory="300 kB"
            )[0]
        )(0.1)


def test_measuring_leaves_no_trace():
    """An eager step is run and reversed once to see what it takes; the gradient does not know of it."""

    def eager(u, n, c):
        return (u - c * u * u).astype(np.float32)

    u = np.linspace(0.1, 0.9, 10_000).astype(np.float32)

    def total(c, **more):
        last, seen = adpy.checkpoint.loop(eager, u, 50, params=c, collect=lambda u, n, c: u[:2] * c, **more)
        return np.sum(last) + np.sum(seen)

    found = adpy.value_and_grad(lambda c: total(c, memory="1.5 MB"))(0.1)
    expected = adpy.value_and_grad(total)(0.1)
    assert found == pytest.approx(expected, rel=1e-6)
