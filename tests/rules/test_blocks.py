"""Every block row against extrapolated differences and the dot-product identity; a row without examples fails."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from adpy.rules import load_all
from adpy.rules.table import TABLE, Block, Composite, Structural
from tests.rules import examples
from tests.rules.harness import EXAMPLES, check_block, check_transpose, check_values

load_all()
for module in pkgutil.iter_modules(examples.__path__):
    importlib.import_module(f"{examples.__name__}.{module.name}")

BLOCKS = [row for row in TABLE.values() if isinstance(row, Block)]
COMPOSITES = [row for row in TABLE.values() if isinstance(row, Composite)]
TRANSPOSED = [row for row in TABLE.values() if isinstance(row, Structural) and row.transpose]


def cases(rows):
    """One test parameter for each example of each row."""
    return [
        pytest.param(row, example, id=f"{row.name}-{i}")
        for row in rows
        for i, example in enumerate(EXAMPLES.get(row.function, []))
    ]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in BLOCKS + TRANSPOSED])
def test_has_examples(row):
    assert EXAMPLES.get(row.function), f"{row.name} has no examples in tests/rules/examples"


@pytest.mark.parametrize(("row", "example"), cases(BLOCKS))
def test_block(row, example):
    check_block(row, example)


@pytest.mark.parametrize(("row", "example"), cases(TRANSPOSED))
def test_transpose(row, example):
    check_transpose(row, example)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("row", "example"), cases(COMPOSITES))
def test_composite_values(row, example):
    check_values(row, example)
