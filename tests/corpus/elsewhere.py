"""A module that cases import: conversions in code which is not the differentiated function's own."""

import numpy as np

REAL = np.float64


def mean_as_float(values):
    """A Python float, as libraries like to return it."""
    return float(np.mean(values))


def to_real(value, kind=None):
    """A number of the library's own kind."""
    return (kind or REAL)(value)


class Converter:
    """Converts in a method."""

    def __init__(self, factor):
        self.factor = float(factor)

    def __call__(self, value):
        return np.float64(value) * self.factor
