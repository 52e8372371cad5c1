"""Functions of the corpus that a device knows, in every sweep, on the simulated device."""

import numpy as np
import pytest

from adpy.errors import DeviceError
from adpy.program import Unrecordable
from adpy.program.device_recording import DeviceRecording
from tests.corpus.trees import float_leaves
from tests.program import harness
from tests.program.test_corpus import CASES, NAMES, of_active

LARGEST = 24
"""Entries of the arguments of a function that the simulator gets through in seconds."""


@pytest.mark.parametrize("name", NAMES[::9])
def test_function(name, monkeypatch):
    function, active = of_active(CASES[name])
    if sum(np.size(leaf) for leaf in float_leaves(active)) > LARGEST:
        pytest.skip("too large for the simulator")
    monkeypatch.setattr(
        harness.Program, "at", lambda self, primals: DeviceRecording(self.code, float_leaves(primals), np.float64)
    )
    try:
        harness.check(function, *active, second=False)
    except (Unrecordable, DeviceError) as reason:
        pytest.skip(str(reason))
