"""Random functions that copy and overwrite arrays, with all passes, none, and each alone."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import adpy
from adpy.program.passes import PASSES
from tests.program.harness import close
from tests.program.passes.random_arrays import compiled, functions

X = np.array([0.3, -0.8, 0.5, 0.9, -0.4, 0.7])
CHOICES = [True, False, *[[name] for name in PASSES], *[{name: False} for name in PASSES]]


def weighted(f):
    """A number of all results."""

    def function(x):
        found = f(x)
        parts = found if isinstance(found, tuple) else (found,)
        weights = [k + 1.5 + np.arange(np.size(part)).reshape(np.shape(part)) for k, part in enumerate(parts)]
        return sum(np.sum(part * weight) for part, weight in zip(parts, weights, strict=True))

    return function


def compare(text, passes):
    f = weighted(compiled(text))
    with np.errstate(all="ignore"):
        p = adpy.record(f, X, passes=passes)
        for x in (X, X * 1.1 + 0.05, X[::-1].copy()):
            expected, bar = adpy.value_and_grad(f)(x)
            if not np.all(np.isfinite(bar)) or np.max(np.abs(bar)) > 1e50:
                continue
            v = np.cos(np.arange(6.0))
            value, gradient = p.value_and_gradient(x)
            close(value, f(x.copy()), 1e-12, "value")
            close(value, expected, 1e-12, "value of the gradient")
            close(gradient, bar, 1e-9, "gradient")
            close(p.jvp(x, v)[1], bar @ v, 1e-9 * (1 + np.sum(np.abs(bar)) / (1e-3 + abs(bar @ v))), "tangent")
            found, wanted = p.hvp(x, v), adpy.hvp(f)(x, v)
            if np.all(np.isfinite(wanted)):
                close(found, wanted, 1e-8, "second order")
            assert p(x) == value
    assert not p.stats()["eager"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(functions(), st.sampled_from(CHOICES))
@example("def f(x):\n    u = x * 2.0\n    v = u.copy()\n    u[0] = v[1]\n    return u, v", True)
@example("def f(x):\n    u = x * 2.0\n    v = u.copy()\n    v[0] = u[1]\n    return v * v", True)
@example("def f(x):\n    u = x * 2.0\n    v = u.copy()\n    v[1:] = v[:-1] * v[1:]\n    return v * v", True)
@example("def f(x):\n    u = x * 2.0\n    v = u.copy()\n    w = v.copy()\n    w[2] = 3.0\n    return v + w", True)
def test_random_arrays(text, passes):
    compare(text, passes)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(functions(), st.sampled_from(CHOICES))
def test_many_random_arrays(text, passes):
    compare(text, passes)
