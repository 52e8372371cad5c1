"""A program that is killed: ``python -m tests.checkpoint.killed folder case event count``.

It differentiates the loop of a case with snapshots in the folder, kills itself by SIGKILL at the ``count``-th ``event``
("file": a snapshot is complete, but has not its name yet; "named": it has its name; "step": some steps were run), and
prints value and gradients in hexadecimal if it lives on.
"""

import logging
import os
import signal
import sys

import numpy as np

import adpy
from adpy.checkpoint import planning
from adpy.checkpoint.progress import Progress
from adpy.checkpoint.storage import DiskStorage


def heat(u, n, c):
    u[1:-1] += c * np.tanh(u[2:] - 2 * u[1:-1] + u[:-2])
    u[3] += 0.001 * np.sin(0.1 * n)
    return u


def probe(u, n, c):
    return u[4]


def miss(u, n, c):
    return np.sum((u - 0.01 * n) ** 2) * c


def heated(c, u, storage, callback):
    last, total, seen = adpy.checkpoint.loop(
        heat,
        u,
        120,
        params=c,
        loss=miss,
        collect=probe,
        snapshots=6,
        storage=storage,
        callback=callback,
    )
    return total + np.sum(seen**3) + np.sum(last)


def walk(state, n, c, push):
    x, t = state["x"], state["t"]
    noise = state["rng"].normal(size=3)
    x = x + t * c * np.sin(x) + 0.1 * push + 0.01 * noise
    if x[0] > 1.0:
        x = 0.9 * x
    return {"x": x, "t": t * 0.999, "rng": state["rng"], "turns": state["turns"] + int(n % 3 == 0)}


def first_walk(x):
    return {"x": x, "t": 0.1, "rng": np.random.default_rng(7), "turns": 0}, np.sin(np.outer(np.arange(60), x))


def walked(c, x, storage, callback):
    state, pushes = first_walk(x)
    last = adpy.checkpoint.loop(walk, state, 60, params=c, args=pushes, snapshots=4, storage=storage, callback=callback)
    return np.sum(last["x"] ** 2) * last["t"] + last["turns"]


def planned(c, u, storage, callback):
    """With a schedule from what is measured."""
    last, total = adpy.checkpoint.loop(
        heat, u, 120, params=c, loss=miss, memory=1600, storage=storage, callback=callback
    )
    return total + np.sum(last)


def decay(state, n, c):
    x, t = state
    return x * (1 - 0.02 * c) + 0.01 * np.sin(x * n), t + 0.02


def lasts(state, n, c):
    return state[1] < 2.0


def first_entry(state, n, c):
    return state[0][1]


def ending(c, x, storage, callback):
    """With an end that shows only when it is reached."""
    last, seen = adpy.checkpoint.while_loop(
        lasts, decay, (x, 0.0), params=c, collect=first_entry, memory=2000, storage=storage, callback=callback
    )
    return np.sum(last[0] ** 2) + np.sum(seen**3) + last[1]


def at_once(storage, arrays):
    """What storing and reading takes, in the place of :func:`adpy.checkpoint.measuring.storage_seconds`."""
    return 1e-9, 1e-9


CASES = {"heat": (heated, np.linspace(0.0, 1.0, 9) ** 2), "walk": (walked, np.array([0.3, -0.7, 1.1]))}

PLANNED = {"planned": (planned, np.linspace(0.0, 1.0, 9) ** 2), "ending": (ending, np.linspace(0.1, 1.0, 5))}
"""Loops whose schedules depend on what is measured."""


def arm(event, count):
    """Be killed at the ``count``-th event."""
    left = [count]

    def note(*ignored):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    rename = os.replace

    def replace(old, new):
        if event == "file":
            note()
        rename(old, new)
        if event == "named":
            note()

    os.replace = replace
    return note if event == "step" else None


def main(folder, case, event="never", count="0"):
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    callback = arm(event, int(count))
    Progress.__init__.__kwdefaults__["interval"] = 0.0
    function, x = {**CASES, **PLANNED}[case]
    planning.storage_seconds = at_once
    storage = DiskStorage(folder, sync=False, interval=0.0)
    value, (c_bar, x_bar) = adpy.value_and_grad(lambda c, x: function(c, x, storage, callback), argnums=(0, 1))(0.2, x)
    print(float(value).hex(), float(c_bar).hex(), x_bar.tobytes().hex())


if __name__ == "__main__":
    main(*sys.argv[1:])
