"""A module of someone else's, for the tests of capture."""

import math
from types import SimpleNamespace

from numpy import array, zeros


def filled(x):
    u = zeros(3)
    u[1:] = x, math.exp(x)
    return u.sum()


class Filler:
    def __init__(self, weight):
        self.weights = array([weight, 1.0])

    def __call__(self, x):
        return self._inner(x)

    def _inner(self, x):
        u = zeros(2)
        u += self.weights
        u[0] *= x
        return u.sum() if hasattr(u, "sum") else 0.0


def _twice(x):
    return array([x, x]).sum() + math.sin(x)


deeper = SimpleNamespace(twice=_twice)
