"""Inverse problem of heat conduction in a rod, by plain NumPy with writes in place.

A hot rod cools at both ends.  Its conductivity differs from place to place; thermometers along it are read a few
times meanwhile.  What conductivity explains the readings?
"""

from __future__ import annotations

import numpy as np

__all__ = ["CELLS", "misfit", "readings", "true_conductivity"]

CELLS = 40
STEPS = 240
READ_EVERY = 24
SPACING = 1.0 / CELLS
TIME_STEP = 0.3 * SPACING**2
THERMOMETERS = slice(2, CELLS, 3)
SMOOTHNESS = 1e-4


def true_conductivity() -> np.ndarray:
    """Conductivity of the faces between cells: high at the right end, low a little right of the middle."""
    face = np.linspace(0.0, 1.0, CELLS - 1)
    return 1.0 + 0.3 * face - 0.6 * np.exp(-(((face - 0.55) / 0.12) ** 2))


def readings(conductivity: np.ndarray) -> np.ndarray:
    """Temperatures at the thermometers, one row a reading."""
    u = np.zeros(CELLS)
    u[1:-1] = 1.0
    flux = np.empty(CELLS - 1)
    seen = np.empty((STEPS // READ_EVERY, u[THERMOMETERS].size))
    for step in range(STEPS):
        flux[:] = conductivity * (u[1:] - u[:-1]) / SPACING
        u[1:-1] += TIME_STEP * (flux[1:] - flux[:-1]) / SPACING
        if (step + 1) % READ_EVERY == 0:
            seen[step // READ_EVERY] = u[THERMOMETERS]
    return seen


def misfit(log_conductivity: np.ndarray, seen: np.ndarray) -> float:
    """Squared distance from the readings ``seen``, with a preference for smooth conductivities."""
    deviation = readings(np.exp(log_conductivity)) - seen
    return np.sum(deviation**2) + SMOOTHNESS * np.sum(np.diff(log_conductivity) ** 2)
