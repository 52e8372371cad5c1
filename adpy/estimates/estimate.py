"""Estimate: what a randomised method found, and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adpy.plain import np

__all__ = ["Estimate", "standard_error"]


@dataclass(frozen=True)
class Estimate:
    """An unbiased estimate.

    Attributes
    ----------
    value : float or ndarray, or a tree of them
        The mean over the samples.
    standard_error : float or ndarray, or a tree of them
        Standard deviation of ``value``, estimated from the spread of the samples, in the structure of ``value``; NaN
        where there is only one sample.
    samples : int
        Number of random directions.
    """

    value: Any
    standard_error: Any
    samples: int


def standard_error(terms: np.ndarray) -> np.ndarray:
    """Standard deviation of the mean over the last axis."""
    count = terms.shape[-1]
    if count == 1:
        return np.full(terms.shape[:-1], np.nan)
    return terms.std(-1, ddof=1) / np.sqrt(count)
