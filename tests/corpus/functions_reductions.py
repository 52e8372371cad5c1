"""Reductions, scans and descriptive statistics."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.9, -1.4])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7], [2.0, 0.1, 1.1]])
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)


@case(M)
def sums_over_axes(m):
    return m.sum() + m.sum(axis=0) * m.sum(1) - np.sum(m, axis=(0, 1))


@case(CUBE)
def kept_dimensions(c):
    centred = c - c.mean(axis=(0, 2), keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True))


@case(X)
def mean_variance_deviation(x):
    return np.array([np.mean(x), np.var(x), np.std(x, ddof=1), x.var(ddof=1), x.std()])


@case(M)
def standardised(m):
    return (m - m.mean(axis=0)) / m.std(axis=0)


@case(X)
def products(x):
    return np.prod(x) + x[:3].prod() ** 2


@case(np.array([0.0, 2.0, 3.0]))
def product_with_a_zero(x):
    return np.prod(x)


@case(M)
def cumulative(m):
    return np.cumsum(m, axis=0) * np.cumprod(m, axis=1) + m.cumsum().reshape(3, 3)


@case(X)
def extremes_of_all(x):
    return x.max() * x.min() + np.ptp(x) - np.amax(x[:3]) * np.amin(x**2)


@case(M)
def extremes_along_axes(m):
    return m.max(axis=0) - np.min(m, axis=1) + np.max(m, axis=1, keepdims=True)[:, 0]


@case(X)
def order_statistics(x):
    return np.array([np.median(x), np.percentile(x, 30), np.quantile(x, 0.8), np.median(x[:5])])


@case(X)
def several_quantiles(x):
    return np.quantile(x, [0.1, 0.5, 0.9]) * np.percentile(x, [25, 50, 75])


@case(X, np.array([1.0, 2.0, 0.5, 1.0, 3.0, 0.2]))
def weighted_average(x, w):
    average = np.average(x, weights=w)
    return average + np.average((x - average) ** 2, weights=w)


@case(X)
def log_sum_exp(x):
    biggest = np.max(x)
    return biggest + np.log(np.sum(np.exp(x - biggest)))


@case(M)
def softmax_rows(m):
    e = np.exp(m - m.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@case(X)
def differences_of_neighbours(x):
    return np.diff(x, n=2) * np.ediff1d(x)[:4] + np.diff(x)[1:] ** 2


@case(X)
def gradient_and_integral(x):
    return np.gradient(x, 0.5) * np.trapezoid(x**2, dx=0.5)


@case(np.array([0.0, 0.5, 1.2, 1.5]), np.array([1.0, 0.3, 2.0, -1.0]))
def integral_on_a_grid(t, y):
    return np.trapezoid(y, t) + np.gradient(y, t)[1]


@case(M)
def covariance(m):
    return np.cov(m) + np.cov(m, rowvar=False, bias=True)


@case(M)
def correlation(m):
    return np.corrcoef(m)[0, 1:] * np.corrcoef(m[0], m[2])[0, 1]


@case(X)
def ignoring_nan(x):
    y = np.where(x > 1, np.nan, x)
    return np.nansum(y) * np.nanmean(y) + np.nanstd(y) + np.nanmax(y) - np.nanmin(y) + np.nanvar(y)


@case(X)
def nan_scans(x):
    y = x.copy()
    y[1] = np.nan
    return np.nancumsum(y) + np.nanprod(y) + np.nanmedian(y)


@case(X)
def norms(x):
    return np.array([np.linalg.norm(x), np.linalg.norm(x, 1), np.linalg.norm(x, np.inf), np.linalg.norm(x, 3)])


@case(M)
def norms_of_rows(m):
    return m / np.linalg.norm(m, axis=1, keepdims=True) + np.linalg.norm(m) + np.linalg.norm(m, "fro")


@case(X)
def counting_is_constant(x):
    return np.count_nonzero(x > 0) * x.sum() + np.any(x > 1) * x[0] + np.all(x > 0) * x[1]


@case(X)
def python_reductions(x):
    return sum(x) + max(x) * min(x) + sum(v**2 for v in x) - sum(list(x), 1.0)


@case(X)
def running_mean(x):
    c = np.cumsum(np.insert(x, 0, 0.0))
    return (c[3:] - c[:-3]) / 3


@case(X)
def bincount_of_weights(x):
    return np.bincount([0, 1, 1, 2, 0, 2], weights=x) ** 2


@case(X)
def histogram_of_weights(x):
    heights, _ = np.histogram([0.1, 0.4, 0.35, 0.8, 0.9, 0.2], bins=3, range=(0, 1), weights=x)
    return heights**2


@case(X, np.array([0.2, 0.9, 1.5, 0.1, 0.4, 1.1]))
def edges_of_a_histogram(x, y):
    _, (first, second) = np.histogramdd([x, y], bins=3)
    _, left, right = np.histogram2d(x, y, bins=2)
    return np.concatenate([first, second**2, left, right])


@case(X)
def moments(x):
    d = x - x.mean()
    m2, m3, m4 = (d**2).mean(), (d**3).mean(), (d**4).mean()
    return np.array([m3 / m2**1.5, m4 / m2**2 - 3])


@case(X)
def initial_and_where(x):
    return np.sum(x, initial=2.0, where=x > 0) + np.max(x, initial=0.0, where=x < 1) + x.mean(where=x > 0)


@case(M)
def trace_and_diagonal(m):
    return np.trace(m) * m.diagonal().sum() + m.trace(offset=1)


@case(X)
def argmax_used_as_index(x):
    k = np.argmax(x)
    return x[k] * x[np.argmin(x)] + x[k - 1]


@case(X)
def cumulative_trapezoid_by_hand(x):
    steps = 0.5 * (x[1:] + x[:-1]) * 0.1
    return np.concatenate(([0.0], np.cumsum(steps)))


@case(M + 0.1 * np.arange(9.0).reshape(3, 3))
def running_maximum(m):
    return np.maximum.accumulate(m.ravel()) * m.ravel()
