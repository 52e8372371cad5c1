"""Recordings that get too large: a typed error before the memory is gone."""

import numpy as np
import pytest

import adpy
from adpy.errors import TapeMemoryError
from adpy.program import limits


def arrays(x):
    for _ in range(20):
        x = np.sin(x)
    return np.sum(x)


def scalars(x):
    for _ in range(200_000):
        x = x * 1.0000001 + 1e-9
    return x


@pytest.mark.parametrize("f, x", [(arrays, np.ones(10_000)), (scalars, 1.0)])
def test_too_large(f, x, monkeypatch):
    p = adpy.compile(f)
    monkeypatch.setattr(limits, "memory", 1_000_000)
    with pytest.raises(TapeMemoryError, match="checkpointing") as caught:
        p.gradient(x)
    assert caught.value.allowed == 1_000_000 < caught.value.needed
    assert isinstance(caught.value, MemoryError)
    monkeypatch.setattr(limits, "memory", 1 << 30)
    np.testing.assert_allclose(p.gradient(x), adpy.grad(f)(x), rtol=1e-9)


def test_within_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "memory", 2_000_000)
    assert adpy.record(arrays, np.ones(1000)).stats()["recordings"]


def test_a_swallowed_error_records_nothing(monkeypatch):
    def f(x):
        try:
            return arrays(x)
        except MemoryError:
            return x[0]

    monkeypatch.setattr(limits, "memory", 1_000_000)
    p = adpy.record(f, np.ones(10_000))
    assert p.stats()["recordings"] == []


def test_the_default_is_a_part_of_the_machine():
    assert 1 << 26 < limits.memory < 1 << 50
