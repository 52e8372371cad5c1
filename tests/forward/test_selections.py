"""Products with tangents that are unit vectors still, or were scaled entry by entry."""

import numpy as np
import pytest

import adpy
from adpy.forward.selections import _SMALL, _selection, times_columns

SIZE = 80
MATRIX = np.random.default_rng(0).standard_normal((12, SIZE))


def rolled(n, by):
    return np.roll(np.eye(n), by, 0)


@pytest.mark.parametrize(
    "columns",
    [
        np.eye(SIZE),
        np.diag(np.linspace(-1.0, 1.0, SIZE)),
        np.eye(SIZE)[:, 7:70].copy(),
        rolled(SIZE, 3),
        np.vstack([np.zeros((5, SIZE - 5)), np.eye(SIZE - 5)]),
        np.repeat(np.eye(SIZE)[:, :20], 4, 1),
        np.zeros((SIZE, SIZE)),
        np.eye(SIZE)[:, [0] * SIZE].copy(),
    ],
)
def test_selections_are_found(columns):
    assert columns.size >= _SMALL
    assert _selection(columns) is not None
    np.testing.assert_array_equal(times_columns(MATRIX, columns), MATRIX @ columns)


@pytest.mark.parametrize(
    "columns",
    [
        np.eye(SIZE) + 1e-300 * np.eye(SIZE, k=1),
        np.eye(SIZE) + np.eye(SIZE)[[0] * SIZE],
        np.ones((SIZE, SIZE)),
        np.where(np.arange(SIZE)[:, None] < 2, np.eye(SIZE)[0], 0.0),  # two in one column, none in the others
        np.asfortranarray(np.eye(SIZE)),
    ],
)
def test_others_are_multiplied(columns):
    assert _selection(columns) is None
    np.testing.assert_array_equal(times_columns(MATRIX, columns), MATRIX @ columns)


def test_nan_is_no_zero():
    columns = np.eye(SIZE)
    columns[3, 5] = np.nan
    assert _selection(columns) is None
    columns[3, 5], columns[3, 3] = 0.0, np.nan
    found = times_columns(MATRIX, columns)
    assert np.isnan(found[:, 3]).all()
    assert np.isfinite(np.delete(found, 3, 1)).all()


def test_inputs_that_were_written_into():
    table = np.random.default_rng(1).standard_normal((SIZE, SIZE))

    def f(x):
        first = table @ x
        x[2:] += x[:-2]
        x[0] = 1.0
        return table @ x + first * (x @ table)

    x = np.linspace(0.1, 1.0, SIZE)
    columns = [adpy.jvp(f, x.copy(), unit)[1] for unit in np.eye(SIZE)]
    np.testing.assert_allclose(adpy.jacobian(f, mode="forward")(x.copy()), np.stack(columns, -1), rtol=1e-11)
