"""Rows that take all directions in one call give what their jvp gives direction by direction."""

import importlib
import pkgutil

import numpy as np
import pytest

import adpy
from adpy.forward.blocks import _push_together
from adpy.rules import directions, load_all
from adpy.rules.directions import LEADING, OWN, REDUCTIONS, many_directions
from adpy.rules.table import TABLE, Block
from adpy.traced.binding import binder
from tests.rules import examples
from tests.rules.harness import EXAMPLES, is_varied

load_all()
for module in pkgutil.iter_modules(examples.__path__):
    importlib.import_module(f"{examples.__name__}.{module.name}")

COUNT = 3
ROWS = [row for row in TABLE.values() if isinstance(row, Block) and many_directions(row)]


def random_tangent(rng, x):
    """A tangent with :data:`COUNT` directions of what is varied, None of what is not."""
    if isinstance(x, list | tuple):
        return type(x)(random_tangent(rng, item) for item in x)
    if not is_varied(x):
        return None
    shape = (*np.shape(x), COUNT)
    tangent = rng.standard_normal(shape)
    return tangent + 1j * rng.standard_normal(shape) if np.iscomplexobj(x) else tangent


def direction(tangent, i):
    """One direction of a (nested) tangent."""
    if isinstance(tangent, list | tuple):
        return type(tangent)(direction(item, i) for item in tangent)
    return None if tangent is None else tangent[..., i]


def bound(row, example):
    """Operands, static parameters and result of an example."""
    operands, static = binder(row)(*example.args, **example.kwargs)
    static.pop("out", None)
    if row.operands != ("operands",):
        operands = tuple(np.asarray(x) if isinstance(x, list) else x for x in operands)
    return operands, static, binder(row).apply(operands, static)


def compare(row, tangents, operands, static, y):
    """Compare all directions together with one after the other; False if the row has no answer."""
    found = many_directions(row)(tangents, y, *operands, **static)
    if found is None:
        return False
    expected = [row.jvp(direction(tangents, i), y, *operands, **static) for i in range(COUNT)]
    if isinstance(y, tuple):
        parts = [np.stack(part, -1) for part in zip(*expected, strict=True)]
    else:
        found, parts = (found,), [np.stack(expected, -1)]
    for got, part in zip(found, parts, strict=True):
        np.testing.assert_allclose(got, part, rtol=1e-9, atol=1e-11)
    return True


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_row(row):
    rng = np.random.default_rng(0)
    compared = 0
    for example in EXAMPLES[row.function]:
        operands, static, y = bound(row, example)
        together = tuple(random_tangent(rng, x) for x in operands)
        compared += compare(row, together, operands, static, y)
        for i, tangent in enumerate(together):  # each operand alone
            if isinstance(tangent, np.ndarray) and len(together) > 1:
                alone = tuple(t if j == i else None for j, t in enumerate(together))
                compared += compare(row, alone, operands, static, y)
    assert compared


def test_every_name_is_a_row():
    names = {row.name for row in TABLE.values() if isinstance(row, Block)}
    assert names >= {*LEADING, *OWN, *REDUCTIONS}


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.name) for row in TABLE.values() if isinstance(row, Block) and row not in ROWS]
)
def test_numbers_by_their_gradient(row):
    rng = np.random.default_rng(1)
    for example in EXAMPLES[row.function]:
        operands, static, y = bound(row, example)
        tangents = tuple(random_tangent(rng, x) for x in operands)
        plain = all(t is None or (isinstance(t, np.ndarray) and t.dtype.kind == "f") for t in tangents)
        if not (isinstance(y, float) and plain):
            continue
        found = directions.by_gradient(row, tangents, y, operands, static)
        expected = [row.jvp(direction(tangents, i), y, *operands, **static) for i in range(COUNT)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_infinite_tangents_count_as_in_one_direction():
    def f(x):
        roots = np.sqrt(x)
        return np.stack([np.sum(roots), np.prod(roots), np.max(roots), np.linalg.norm(roots)])

    x = np.array([4.0, 0.0, 1.0])
    with np.errstate(all="ignore"):
        columns = [adpy.jvp(f, x, unit)[1] for unit in np.eye(3)]
        np.testing.assert_array_equal(adpy.jacobian(f, mode="forward")(x), np.stack(columns, -1))
    assert np.isinf(columns[1][0])
    assert np.isfinite(columns[0]).all()


def test_traced_values_are_pushed_one_by_one():
    row = TABLE[np.sum]

    def f(x):
        assert _push_together(row, (x,), (x,), {}, 1.0, 3) is None
        return np.sum(x)

    adpy.grad(f)(np.ones(3))
