"""Programs of elementwise functions: every row, on numbers and arrays; all memory layouts and shapes."""

import numpy as np
import pytest
import scipy.special

from adpy.rules import lookup
from adpy.rules.table import TABLE, Elementwise
from tests.program.harness import check, check_elsewhere
from tests.rules.elementwise_checks import samples

assert lookup(scipy.special.gamma), "the rows of SciPy are in the table"

ROWS = [
    row
    for row in TABLE.values()
    if isinstance(row, Elementwise)
    and row.domain
    and row.name != "scipy.special.wofz"  # complex
    and callable(row.function)
    and row.slices[0].function is not None
    and not any(isinstance(low, int) for low, _ in row.domain)
    and all(part.function is not None for part in row.slices)
]


def operands_of(row, count=6):
    """Points of the domain."""
    return [np.asarray(x, float) for x in samples(row, count)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arrays(row):
    operands = operands_of(row)
    program = check(lambda *x: row.function(*x), *[x[:3] for x in operands], rtol=1e-8)
    check_elsewhere(program, *[x[3:] for x in operands])


@pytest.mark.parametrize("row", [row for row in ROWS if row.function is not np.unwrap], ids=lambda row: row.name)
def test_numbers(row):
    operands = operands_of(row, 2)
    program = check(lambda *x: row.function(*x), *[x[0] for x in operands], rtol=1e-8)
    check_elsewhere(program, *[x[1] for x in operands])


@pytest.mark.parametrize("row", [r for r in ROWS if r.arity == 2], ids=lambda row: row.name)
def test_one_operand_constant(row):
    a, b = operands_of(row, 3)
    check(lambda x: row.function(x, b[1]), a, rtol=1e-8)
    check(lambda x: row.function(a, x), b[1], rtol=1e-8)
    check(lambda x: row.function(a[1], x), b, rtol=1e-8)
    check(lambda x: row.function(x, 1 * b[1]), a[0], rtol=1e-8)


def mixed(x, y):
    """Some of everything: opcodes of one and two operands, a row that is called, constants, both orders."""
    z = np.tanh(x * y + 0.5) / (2.0 + y * y) - x
    return np.arctan2(z, 1.5 + np.square(y)) * scipy.special.j0(z) + np.maximum(x, 0.1) ** 3 + 2 - y


def positive(*shape):
    """Entries in (0.2, 1.2)."""
    return 0.2 + np.random.default_rng(len(shape)).uniform(size=shape)


LAYOUTS = {
    "vector": lambda: (positive(5), positive(5)),
    "reversed": lambda: (positive(5)[::-1], positive(10)[::-2]),
    "one entry": lambda: (positive(1), positive(1)),
    "empty": lambda: (positive(0), positive(0)),
    "empty matrix": lambda: (positive(3, 0), positive(0)),
    "no axes": lambda: (positive(), positive()),
    "array and number": lambda: (positive(4), 0.7),
    "number and array": lambda: (0.7, positive(4)),
    "zero-dimensional and vector": lambda: (np.array(0.4), positive(3)),
    "matrix": lambda: (positive(3, 4), positive(3, 4)),
    "Fortran": lambda: (np.asfortranarray(positive(3, 4)), positive(3, 4)),
    "both Fortran": lambda: (np.asfortranarray(positive(3, 4)), np.asfortranarray(positive(3, 4))),
    "transposed": lambda: (positive(4, 3).T, positive(3, 4)),
    "strides": lambda: (positive(6, 8)[::2, ::-2], positive(3, 9)[:, 1::2]),
    "rows": lambda: (positive(3, 4), positive(4)),
    "columns": lambda: (positive(3, 1), positive(4)),
    "outer": lambda: (positive(3, 1, 2), positive(4, 1)),
    "four axes": lambda: (positive(2, 3, 2, 4)[:, ::-1, :, ::2], positive(2, 2, 3, 2).transpose(1, 2, 0, 3)),
    "four axes broadcast": lambda: (positive(2, 1, 2, 1), positive(3, 1, 4)),
    "five axes": lambda: (positive(2, 2, 1, 3, 2).transpose(4, 0, 2, 3, 1), positive(2, 1, 1)),
    "axes of length one": lambda: (positive(1, 3, 1), positive(1, 1, 1)),
    "long": lambda: (positive(1300), positive(1300)),
    "long rows": lambda: (positive(3, 700), positive(3, 1)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, y = LAYOUTS[layout]()
    program = check(mixed, x, y, second=np.size(x) < 1000)
    moved = [np.asarray(v)[()] * 1.1 if np.ndim(v) == 0 and not isinstance(v, np.ndarray) else v * 1.1 for v in (x, y)]
    check_elsewhere(program, *moved)


def sliced(x):
    """Views as operands: other offsets, strides and orders of axes."""
    a = x[1:, ::2] * x[:-1, 1::2].copy() + x.T[::2, 1:].T
    return a[::-1] * a - a[:, :1] * x[0, 0] + np.sin(a.T @ a).sum(0)[0]


@pytest.mark.parametrize("x", [positive(4, 6), np.asfortranarray(positive(4, 6)), positive(8, 6)[::-2]])
def test_views_as_operands(x):
    check_elsewhere(check(sliced, x), x * 0.9)


def results_in_other_orders(x):
    """NumPy gives a result the order of its operands: views by ``ravel('K')`` depend on it."""
    a = np.sin(x.T) * 2.0
    return a.ravel("K") * np.arange(12.0) + a.T.reshape(-1) + a.flatten("F") * a.reshape(-1)


def test_results_in_other_orders():
    check(results_in_other_orders, positive(3, 4))
    check(results_in_other_orders, np.asfortranarray(positive(3, 4)))


def test_settings_after_the_operands():
    x = np.array([1.2345, -0.5678])
    program = check(lambda x: np.round(x, 2) * x + np.round(x, decimals=1) + np.around(x), x)
    assert check_elsewhere(program, x + 0.01)
    check(lambda x: round(x, 2) * x, 1.2345)
    check(lambda x: np.unwrap(x, axis=0).sum(1), np.array([[0.0, 1.0], [6.0, 7.5]]))


def test_constants_of_other_dtypes():
    x = np.array([0.5, 1.5, 2.0])
    for c in (
        np.float32(9.3),
        np.arange(1, 4),
        np.array([1, 2, 4], np.int8),
        True,
        3,
        np.array([0.5, 2, 3], np.float32),
    ):
        check(lambda x, c=c: x / c + np.power(x, c) * c - c, x)
        check(lambda x, c=c: x[1] / c + c * x[0], x)


def test_zero_tangents_and_cotangents_contribute_zero():
    x = np.array([0.0, 4.0])
    check(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)), x)
    check(lambda x: np.sum(np.sqrt(x[1:])) + 0.0 * x[0], x)


@pytest.mark.parametrize("row", [row for row in ROWS if row.kinks], ids=lambda row: row.name)
def test_kinks(row):
    points = [point if isinstance(point, tuple) else (point,) for point in row.kinks]
    operands = [np.array(x, float) for x in zip(*points, strict=True)]
    check(lambda *x: row.function(*x), *operands)
