"""Small functions as people write them: formulas from textbooks and packages, n ≤ 10, a few to tens of microseconds."""

from benchmarks.small import (
    biology,
    chemistry,
    engineering,
    finance,
    fits,
    geometry,
    models,
    optimisation,
    physics,
    simulations,
    statistics,
)
from benchmarks.small.collection import EXAMPLES

__all__ = [
    "EXAMPLES",
    "biology",
    "chemistry",
    "engineering",
    "finance",
    "fits",
    "geometry",
    "models",
    "optimisation",
    "physics",
    "simulations",
    "statistics",
]
