"""``docs/operators.md`` is what ``docs/operators.py`` writes today."""

import runpy

import pytest

from tests.project.documents import ROOT


def test_operator_table_is_current():
    made = runpy.run_path(str(ROOT / "docs" / "operators.py"))["document"]().splitlines()
    kept = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8").splitlines()
    if made[:4] != kept[:4]:
        pytest.skip(f"another NumPy or SciPy: {kept[2]}")
    assert made == kept, "run: python docs/operators.py"
