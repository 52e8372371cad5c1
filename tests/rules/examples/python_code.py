"""Calls of functions without a row: NumPy's own Python code runs on traced values."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

A, B, V = real(3, 4), real(3, 4, seed=1), real(6)
POSITIVE = np.abs(A) + 0.5

EXAMPLES[np.average] = [call(A), call(A, 0), call(A, axis=1, weights=POSITIVE), call(A, 1, POSITIVE[0], returned=True)]
EXAMPLES[np.diff] = [call(V), call(A, 2), call(A, axis=0), call(A, 1, 1, 0.5, append=[[1.0], [2.0], [3.0]])]
EXAMPLES[np.gradient] = [
    call(V),
    call(A),
    call(A, 0.5, axis=0),
    call(V, np.cumsum(np.abs(V) + 0.1)),
    call(V, edge_order=2),
    call(A, 0.5, 2.0),
]
EXAMPLES[np.trapezoid] = [call(V), call(A, dx=0.5), call(A, np.sort(real(4))), call(A, x=np.sort(real(3)), axis=0)]
EXAMPLES[np.cov] = [call(A), call(A, B), call(A, rowvar=False), call(A, bias=True), call(A, aweights=POSITIVE[0])]
EXAMPLES[np.corrcoef] = [call(A), call(A, B), call(A, rowvar=False)]
EXAMPLES[np.polyval] = [call(real(4), V), call(real(3), 0.7), call([1.0, 2.0, 3.0], A)]
EXAMPLES[np.polyfit] = [
    call(np.sort(V), real(6, seed=1), 2),
    call(np.sort(V), real(6, 2, seed=1), 1),
    call(np.sort(V), real(6, seed=1), 2, w=np.abs(V) + 1),
]
EXAMPLES[np.polyadd] = [call(real(4), real(3)), call(real(2), real(3))]
EXAMPLES[np.polysub] = [call(real(4), real(3))]
EXAMPLES[np.polyder] = [call(real(5)), call(real(5), 2)]
EXAMPLES[np.polyint] = [call(real(4)), call(real(4), 2, [1.0, 2.0])]
EXAMPLES[np.polydiv] = [call(real(5), real(3))]
EXAMPLES[np.poly] = [call(real(3))]
EXAMPLES[np.roots] = [call(np.array([1.0, -3.5, 3.1, -0.4]))]
EXAMPLES[np.unwrap] = [call(np.array([0.1, 3.0, 6.9, 9.0, 12.0])), call(A * 5, axis=0)]
EXAMPLES[np.angle] = [call(complexes(4)), call(complexes(4), deg=True)]
EXAMPLES[np.apply_along_axis] = [call(np.sort, 0, A), call(np.cumsum, 1, A)]
EXAMPLES[np.apply_over_axes] = [call(np.sum, real(2, 3, 4), [0, 2])]
EXAMPLES[np.piecewise] = [call(V, [V < 0, V >= 0], [np.sin, np.cos]), call(V, [V < 0], [np.exp, 1.5])]
EXAMPLES[np.histogram2d] = [call(real(20), real(20, seed=1), 3, weights=real(20, seed=2))]
EXAMPLES[np.histogramdd] = [call(real(20, 2), 3), call(real(20, 2), 3, weights=real(20))]
EXAMPLES[np.histogram_bin_edges] = [call(real(20)), call(real(20), "sturges")]
EXAMPLES[np.trim_zeros] = [call(np.array([0.0, 0.0, 1.5, 0.0, 2.0, 0.0])), call(np.array([0.0, 1.5, 2.0]), "f")]
EXAMPLES[np.union1d] = [call(real(4), real(3))]
EXAMPLES[np.setdiff1d] = [call(real(4), real(3))]
EXAMPLES[np.intersect1d] = [call(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.5]))]
EXAMPLES[np.real_if_close] = [call(A), call(complexes(3))]
EXAMPLES[np.split] = [call(V, 3), call(A, [1, 3], 1)]
EXAMPLES[np.array_split] = [call(V, 4)]
EXAMPLES[np.hsplit] = [call(A, 2)]
EXAMPLES[np.vsplit] = [call(A, 3)]
EXAMPLES[np.dsplit] = [call(real(2, 3, 4), 2)]
EXAMPLES[np.take] = [
    call(A, [1, 1, 5]),
    call(A, [[0, 2], [1, 1]], 1),
    call(A, 1, axis=0),
    call(V, -1),
    call(A, [7, -9], mode="wrap"),
    call(A, [30], mode="clip"),
]
EXAMPLES[np.take_along_axis] = [
    call(A, np.argsort(A, 1), 1),
    call(A, np.argmax(A, 0)[None], axis=0),
    call(A, np.array([3, 1]), None),
]
EXAMPLES[np.compress] = [call([True, False, True], A, axis=0), call([1, 0, 1], V)]
EXAMPLES[np.extract] = [call(A > 0, A)]
EXAMPLES[np.choose] = [
    call([0, 1, 1, 0], [real(4), real(4, seed=1)]),
    call([[2, 1], [0, 5]], [1.5, real(2), real(2, 1)], mode="clip"),
]
EXAMPLES[np.select] = [
    call([A > 1, A > 0], [A * 2, B]),
    call([A > 1, A > 0], [A * 2, B], 1.5),
    call([A > 1], [A], default=B),
]
EXAMPLES[np.delete] = [call(V, 2), call(A, [0, 2], axis=1), call(A, slice(None, None, 2), 1)]
EXAMPLES[np.insert] = [
    call(V, 2, 1.5),
    call(V, [1, 3], [2.5, 3.5]),
    call(A, 1, real(4), axis=0),
    call(A, [0, 2], real(2, 4), 0),
]
EXAMPLES[np.append] = [call(V, 1.5), call(A, B, axis=0), call(A, [[1.0, 2.0, 3.0, 4.0]], 0)]
EXAMPLES[np.resize] = [call(V, (3, 3)), call(A, 5)]
EXAMPLES[np.diag] = [call(V), call(V, 1), call(A), call(A, k=-1)]
EXAMPLES[np.diagflat] = [call(A), call(V, -1)]
EXAMPLES[np.diagonal] = [call(A), call(real(2, 3, 4), 1, axis1=1, axis2=2)]
EXAMPLES[np.meshgrid] = [call(V, real(3)), call(V, real(3), indexing="ij"), call(V, real(3), sparse=True)]
EXAMPLES[np.ix_] = [call(V, real(3))]
EXAMPLES[np.lib.stride_tricks.sliding_window_view] = [call(V, 3), call(A, (2, 2)), call(A, 2, axis=1)]
EXAMPLES[np.fft.fftshift] = [call(V), call(A, axes=1)]
EXAMPLES[np.fft.ifftshift] = [call(real(5)), call(A, axes=(0,))]
EXAMPLES[np.atleast_1d] = [call(1.5), call(1.5, V)]
EXAMPLES[np.atleast_2d] = [call(V), call(1.5, A)]
EXAMPLES[np.atleast_3d] = [call(V), call(A)]
EXAMPLES[np.broadcast_arrays] = [call(V, real(2, 1)), call(1.5, V)]
EXAMPLES[np.dstack] = [call([A, B]), call((V, V + 1))]
EXAMPLES[np.block] = [call([[A, B], [B, A]]), call([V, 1.5]), call([[1.5, 2.5], [0.5, 1.0]])]
EXAMPLES[np.rollaxis] = [call(real(2, 3, 4), 2), call(real(2, 3, 4), 0, 2)]
if hasattr(np, "cumulative_sum"):
    EXAMPLES[np.cumulative_sum] = [call(V), call(A, axis=1), call(A, axis=0, include_initial=True)]
if hasattr(np, "cumulative_prod"):
    EXAMPLES[np.cumulative_prod] = [call(V), call(A, axis=1), call(A, axis=0, include_initial=True)]
if hasattr(np, "unstack"):
    EXAMPLES[np.unstack] = [call(A), call(A, axis=1)]
