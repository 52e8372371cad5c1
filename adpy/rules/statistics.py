"""Statistics: histogram, cov and corrcoef."""

from __future__ import annotations

import numpy as np

from adpy.rules.table import composite

__all__ = ["corrcoef", "cov", "histogram"]


@composite(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    """Counts depend on the data by jumps only; the edges and the weights carry derivatives."""
    edges = np.histogram_bin_edges(a, bins, range, weights)
    n = np.shape(edges)[0] - 1
    a = np.ravel(a)
    place = np.searchsorted(edges, a, side="right") - 1
    place = np.where(a == edges[-1], n - 1, place)
    inside = np.flatnonzero((place >= 0) & (place < n))
    place = place[inside]
    if weights is None:
        counts = np.bincount(place, minlength=n)
    else:
        weights = np.take(np.ravel(weights), inside)
        if np.iscomplexobj(weights):
            counts = np.bincount(place, np.real(weights), n) + 1j * np.bincount(place, np.imag(weights), n)
        else:
            counts = np.bincount(place, weights, n)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return counts, edges


@composite(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    x = _variables(m, rowvar, np.ndim(m) != 1)
    if y is not None:
        y = np.atleast_2d(y)
        x = np.concatenate([x, y.T if not rowvar and np.shape(y)[0] != 1 else y], axis=0)
    if dtype is not None:
        x = x.astype(dtype)
    if np.shape(x)[0] == 0:
        return np.zeros((0, 0))
    if ddof is None:
        ddof = 0 if bias else 1
    w = fweights if aweights is None else aweights if fweights is None else np.multiply(fweights, aweights)
    if w is None:
        total = np.shape(x)[1]
        x = x - np.mean(x, axis=1, keepdims=True)
        factor = total - ddof
        weighted = x
    else:
        w = np.multiply(w, 1.0)
        total = np.sum(w)
        x = x - (np.sum(x * w, axis=1) / total)[:, None]
        excess = ddof if aweights is None else ddof * np.sum(w * aweights) / total
        factor = total - excess if ddof else total
        weighted = x * w
    if factor <= 0:
        factor = 0.0
    return np.squeeze(np.dot(x, np.conj(weighted.T)) * np.true_divide(1, factor))


def _variables(m, rowvar, transposable):
    """The data as a matrix with one variable a row."""
    x = np.atleast_2d(m)
    return x.T if not rowvar and transposable else x


@composite(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *_, dtype=None, **__):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviation[:, None] / deviation[None, :]
    if np.iscomplexobj(c):
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)
