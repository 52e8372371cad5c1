"""Masks: where, select, piecewise, boolean arithmetic, safe divisions."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.0])
Z = np.array([0.5, 0.0, -1.0, 2.0])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7]])


@case(X)
def where_chain(x):
    return np.where(x < 0.1, x**2, np.where(x < 1, np.sin(x), 2 - x))[:4]


@case(np.array([0.5, -1.0, 2.0]))
def square_root_guarded_by_where(z):
    with np.errstate(invalid="ignore"):
        return np.where(z > 0, np.sqrt(z), 0.0)


@case(np.array([0.5, -1.0, 2.0]))
def double_where(z):
    safe = np.where(z > 0, z, 1.0)
    return np.where(z > 0, np.log(safe) / safe, 0.0)


@case(np.array([0.5, 2.0, -1.5]))
def division_guarded_by_mask(x):
    out = np.zeros_like(x)
    mask = np.array([True, False, True])
    out[mask] = 1 / x[mask]
    return out


@case(np.array([1.0, 0.5, 2.0]), np.array([0.0, 2.0, 0.5]), argnums=(0,))
def division_with_where_argument(a, b):
    return np.divide(a, b, out=np.zeros(3), where=b != 0)


@case(X)
def selected(x):
    return np.select([x < -0.1, x < 1.0], [x**2, 3 * x], default=-x)[:4]


@case(X)
def piecewise_function(x):
    return np.piecewise(x, [x < 0, x >= 1], [lambda v: -(v**3), lambda v: v**2, 0.5])[:4]


@case(M)
def masked_softmax(m):
    mask = np.array([[True, True, False], [True, False, True]])
    scores = np.where(mask, m, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@case(M)
def sums_over_masks(m):
    positive = m > 0
    return m[positive].sum() ** 2 + (m * ~positive).sum() - m[~positive & (m < 0)].prod()


@case(M)
def row_selection(m):
    rows = m.sum(axis=1) > 1
    return m[rows] ** 2


@case(np.array([0.2, -0.3, 0.9]))
def soft_threshold(x):
    return np.sign(x) * np.maximum(np.abs(x) - 0.25, 0.0)


@case(np.array([0.2, 1.3, 0.9]))
def limited_by_fancy_assignment(x):
    y = x.copy()
    y[y > 1.0] = 1.0
    high = y > 0.5
    y[high] = y[high] ** 2 + 0.1
    return y


@case(np.array([0.3, 0.6, 1.4]))
def nan_padded(x):
    padded = np.full(5, np.nan)
    padded[1:4] = x
    good = ~np.isnan(padded)
    return padded[good] * np.nanmean(padded)


@case(np.array([0.3, 0.6, 1.4]))
def boolean_multiplication(x):
    inside = (x > 0.2) & (x < 1.0) | (x > 2.0)
    return inside * x**2 + (1 - inside) * np.exp(-x) + np.logical_not(inside) * 1.0


@case(np.array([0.1, 0.4, 0.8]))
def indicator_weights(x):
    return np.where(x > 0.3)[0].sum() * x + np.argwhere(x > 0.5).size * x**2


@case(M)
def masked_matrix_mean(m):
    weights = np.isfinite(m).astype(float)
    weights[0, 1] = 0
    return (m * weights).sum(axis=1) / weights.sum(axis=1)


@case(np.array([0.5, 2.0, 3.0]))
def nansum_of_square_roots(x):
    shifted = x - np.array([1.0, 0.0, 0.0])
    with np.errstate(invalid="ignore"):
        return np.nansum(np.sqrt(shifted))


@case(np.array([0.3, -0.2, 0.7]))
def norm_of_masked_zero(x):
    y = np.where(np.array([True, True, False]), x, 0.0)
    return np.sqrt(np.sum(y**2)) + np.linalg.norm(x[:2])


@case(np.array([0.3, -0.2, 0.7]))
def masked_array_free_average(x):
    valid = x > -1
    return np.average(x[valid], weights=np.exp(x[valid]))


@case(np.array([0.0, 0.5, 1.5]))
def smooth_step(x):
    t = np.clip((x - 0.1) / 1.0, 0.0, 1.0)
    return t * t * (3 - 2 * t)
