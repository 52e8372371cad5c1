"""Truncated Taylor series: derivatives of any order in one pass, at a cost that is polynomial in the order."""

from adpy.capture.registry import TRACED_TYPES
from adpy.series.values import Lazy, SeriesArray, SeriesElement

TRACED_TYPES.update((Lazy, SeriesArray, SeriesElement))

__all__ = ["Lazy", "SeriesArray", "SeriesElement"]
