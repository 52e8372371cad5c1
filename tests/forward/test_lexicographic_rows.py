"""Rows of the table and functions of the corpus, lexicographically: as the ordinary jvp where nothing ties."""

import numpy as np
import pytest
import scipy.linalg
from scipy import special

import adpy
from adpy.api.trees import flatten, map_leaves
from adpy.errors import NonDifferentiableError
from adpy.rules import load_all
from adpy.rules.table import TABLE, Elementwise
from tests.corpus.modes import _active, _of_active
from tests.corpus.test_corpus import CASES, WORKING
from tests.rules.elementwise_checks import samples

load_all()
# Piecewise constant in an operand that varies: refused wherever it is not known where they jump.
STEPS = {"numpy.spacing", "numpy.nextafter", "scipy.special.gammasgn"}
ROWS = [row for row in TABLE.values() if isinstance(row, Elementwise) and row.domain and row.name not in STEPS]
# Its loop ends when two iterates are equal, in value and tangents.
UNDECIDED = {"scipy.minimiser_as_a_function"}


def _tangent(leaf):
    rng = np.random.default_rng(np.size(leaf))
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
        return rng.normal(size=leaf.shape).astype(leaf.dtype)
    return type(leaf)(rng.normal()) if isinstance(leaf, float) else leaf


def _same(found, expected):
    for (_, a), (_, b) in zip(flatten(found), flatten(expected), strict=True):
        if isinstance(b, float | np.ndarray | np.generic):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_elementwise_rows(row):
    x = samples(row, 3)
    vary = [i for i, a in enumerate(x) if a.dtype.kind == "f" and row.slices[i].function is not None]

    def f(*given):
        return row.function(*[given[vary.index(i)] if i in vary else a for i, a in enumerate(x)])

    point = tuple(x[i] for i in vary)
    direction = tuple(map(_tangent, point))
    _same(adpy.jvp(f, point, direction, lexicographic=True), adpy.jvp(f, point, direction))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [name for name in WORKING[::7] if name not in UNDECIDED])
def test_corpus(name):
    case = CASES[name]

    def call(**options):
        arguments = case.fresh()
        active = _active(case, arguments)
        direction = tuple(map_leaves(_tangent, x) for x in active)
        return adpy.jvp(_of_active(case, arguments), active, direction, **options)

    _same(call(lexicographic=True), call())


@pytest.mark.parametrize(
    ("f", "x", "v", "expected"),
    [
        (lambda x: scipy.linalg.norm(x), np.zeros(2), np.array([3.0, 4.0]), 5.0),
        (lambda x: np.linalg.matrix_norm(x, ord=1), np.ones((2, 2)), np.diag([2.0, 3.0]), 3.0),
        (lambda x: np.max(x, initial=1.0), np.array([1.0, 0.0]), np.array([-1.0, 5.0]), 0.0),
        (lambda x: np.max(x, initial=1.0, where=[True, False]), np.ones(2), np.array([2.0, 5.0]), 2.0),
        (lambda x: np.nanmax(x), np.array([1.0, np.nan, 1.0]), np.array([2.0, 5.0, 3.0]), 3.0),
        (lambda x: np.fmin(x, np.array([np.nan, 1.0])), np.ones(2), np.array([2.0, -1.0]), [2.0, -1.0]),
        (special.i0e, 0.0, -1.0, -1.0),
        (lambda x: x * np.linalg.matrix_rank(np.diag([1.0, 2.0]) * x), 2.0, 1.0, 2.0),
        (lambda x: np.hypot(x[0], 0.0 * x[1]), np.zeros(2), np.array([-2.0, 1.0]), 2.0),
        (lambda x: np.heaviside(x, 0.5) * x, 0.0, 1.0, 1.0),
        (lambda x: np.copysign(x[0], x[1]) * x[1], np.array([2.0, 0.0]), np.array([0.0, -1.0]), 2.0),
        (lambda x: np.quantile(x[:4], 0.3 + 0.0 * x[4]), np.arange(5.0), np.ones(5), 1.0),
    ],
)
def test_ties_of_rows(f, x, v, expected):
    np.testing.assert_allclose(adpy.jvp(f, x, v, lexicographic=True)[1], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: scipy.linalg.lu_factor(x)[0], np.array([[1.0, 2.0], [-1.0, 3.0]])),
        (lambda x: scipy.linalg.eigvalsh(x), np.eye(2)),
        (lambda x: np.linalg.norm(x, "nuc"), np.ones((2, 2))),
        (lambda x: np.linalg.pinv(x), np.ones((2, 2))),
        (lambda x: special.ive(0.0, x), np.zeros(2)),
        (lambda x: np.linalg.matrix_rank(x) * x, np.ones((2, 2))),
        (lambda x: np.log(-1.0 + 1j * x).real, np.zeros(2)),
        (lambda x: np.frexp(x)[0], np.array([0.5, 3.0])),
        (lambda x: np.unwrap(x), np.array([0.0, np.pi])),
        (lambda x: np.quantile(x, np.abs(x[0])), np.array([0.5, 0.5])),
        (np.spacing, np.ones(1)),
    ],
)
def test_what_is_not_known_is_refused(f, x):
    v = np.random.default_rng(0).normal(size=x.shape)
    with pytest.raises(NonDifferentiableError):
        adpy.jvp(f, x, v, lexicographic=True)
