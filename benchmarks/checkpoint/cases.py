"""All problems of the benchmark of checkpointing."""

from __future__ import annotations

from functools import partial

from benchmarks.checkpoint.problem import Problem
from benchmarks.checkpoint.steps import burgers, heat, lorenz96, plate, ring, shallow_water, wave, waves

__all__ = ["CASES"]

BURGERS = burgers, partial(wave, 1000)
HEAT = heat, partial(plate, 256)
WATER = shallow_water, partial(waves, 128)
RING = lorenz96, partial(ring, 40)

CASES = {
    case.name: case
    for case in (
        Problem("burgers_1k", "Burgers 1-D, 1,000 points", *BURGERS, 1000, 10, "burgers", 0.8),
        Problem("burgers_10k", "Burgers 1-D, 1,000 points", *BURGERS, 10_000, 10, "burgers", 0.8),
        Problem("burgers_10k_100", "Burgers 1-D, 1,000 points", *BURGERS, 10_000, 100, "burgers", 0.8),
        Problem("heat_10", "heat 2-D, 256²", *HEAT, 1000, 10, "heat", 1.2),
        Problem("heat_50", "heat 2-D, 256²", *HEAT, 1000, 50, "heat", 1.0),
        Problem("shallow_water", "shallow water in place, 128²", *WATER, 1000, 20, "shallow_water"),
        Problem("lorenz96", "Lorenz-96, 40 variables, RK4", *RING, 1000, 20, "lorenz96"),
        Problem("small_steps", "Burgers 1-D, 8 points", burgers, partial(wave, 8), 10_000, 30, "burgers"),
        Problem("burgers_1m", "Burgers 1-D, 1,000 points", *BURGERS, 1_000_000, 300, "burgers", 1.0, 200.0),
    )
}
