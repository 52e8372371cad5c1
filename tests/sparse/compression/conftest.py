"""Compiled sweeps are used at once."""

import pytest


@pytest.fixture(autouse=True)
def compiled(monkeypatch):
    monkeypatch.setenv("ADPY_KERNELS", "wait")
