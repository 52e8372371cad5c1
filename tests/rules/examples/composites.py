"""Calls of functions that are written in terms of others, and of the methods of ufuncs."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, Example, call, complexes, real

A = real(3, 4)
BLOCK = real(2, 3, 4)
HOLES = np.array([[1.0, np.nan, 3.0, 0.5], [0.3, 0.9, np.nan, -2.0], [2.0, 1.0, 0.0, 5.0]])
MASK = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]], bool)

EXAMPLES[np.sort] = [call(A), call(A, 0), call(A, axis=None), call(A, kind="stable"), call(complexes(5))]
EXAMPLES[np.partition] = [call(A, 2), call(A, [0, 2], axis=1), call(A, 5, axis=None)]
EXAMPLES[np.sort_complex] = [call(complexes(5)), call(real(4))]
EXAMPLES[np.unique] = [
    call(np.array([2.0, 1.0, 2.0, 0.5])),
    call(np.array([[2.0, 1.0], [2.0, 0.5]])),
    call(np.array([[2.0, 1.0], [0.5, 3.0], [2.0, 1.0]]), axis=0),
    call(A, axis=1),
]
EXAMPLES[np.trace] = [call(A), call(A, 1), call(BLOCK, offset=-1, axis1=1, axis2=2), call(complexes(3, 3))]
EXAMPLES[np.ptp] = [call(A), call(A, 0), call(A, axis=1, keepdims=True), call(BLOCK, axis=(0, 2))]
EXAMPLES[np.ediff1d] = [call(A), call(real(5), to_end=[1.0, 2.0]), call(real(5), 0.5, to_begin=-1.5)]
EXAMPLES[np.kron] = [
    call(real(2, 3), real(4, 2)),
    call(real(3), real(2)),
    call(real(2), real(3, 2)),
    call(BLOCK, real(2, 2)),
    call(1.5, real(2)),
    call(complexes(2, 2), real(2, 2)),
]
EXAMPLES[np.cross] = [
    call(real(3), real(3, seed=1)),
    call(real(4, 3), real(4, 3, seed=1)),
    call(real(4, 3), real(3)),
    call(real(3, 4), real(3, 4, seed=1), axis=0),
    call(real(3, 4), real(4, 3), axisa=0, axisc=0),
]
EXAMPLES[np.vander] = [
    call(real(4)),
    call(real(4), 3),
    call(real(4), N=5, increasing=True),
    call(complexes(3)),
    call(real(3), 1),
]
EXAMPLES[np.polymul] = [call(real(4), real(3)), call(complexes(2), real(3))]
EXAMPLES[np.histogram] = [
    call(real(30)),
    call(real(30), bins=[-2.0, -0.5, 0.7, 2.5]),
    Example((real(30), 5, (-2.0, 2.0)), {"weights": real(30, seed=1), "density": True}, step=1e-4),
    Example((real(30), 6), {"density": True}, step=1e-4),
    call(real(30), [-2.0, 0.0, 1.0, 3.0], weights=real(30, seed=1)),
]

WIDTHS = [2, (1, 2), ((1, 0), (2, 3))]
EXAMPLES[np.pad] = [
    *[call(A, w, mode) for w in WIDTHS for mode in ("constant", "edge", "reflect", "symmetric", "wrap")],
    *[call(A, w, mode) for w in WIDTHS for mode in ("maximum", "minimum", "mean", "median", "linear_ramp")],
    call(A, 1, constant_values=2.5),
    call(A, 1, constant_values=((1.0, 2.0), (3.0, 4.0))),
    call(A, 1, "linear_ramp", end_values=((1.0, 2.0), (3.0, 4.0))),
    call(A, 2, "mean", stat_length=2),
    call(A, 2, "reflect", reflect_type="odd"),
    call(A, 3, "symmetric", reflect_type="odd"),
    call(real(3), (7, 5), "reflect"),
    call(real(3), (7, 5), "symmetric"),
    call(real(3), (4, 8), "wrap"),
    call(real(3), 0),
    call(BLOCK, ((0, 0), (1, 1), (0, 2)), "edge"),
]

COMMON = [
    call(A),
    call(A, 0),
    call(A, axis=1, keepdims=True),
    call(BLOCK, axis=(0, 2)),
    call(HOLES),
    call(HOLES, axis=0),
]
MASKED = [call(HOLES, axis=0, where=MASK)]
EXAMPLES[np.nansum] = [*COMMON, *MASKED, call(HOLES, 1, initial=2.0)]
EXAMPLES[np.nanprod] = EXAMPLES[np.nansum]
EXAMPLES[np.nanmean] = [*COMMON, *MASKED, call(complexes(3, 4), 1)]
EXAMPLES[np.nanvar] = [*COMMON, *MASKED, call(HOLES, 1, ddof=1), call(complexes(3, 4), 1)]
EXAMPLES[np.nanstd] = EXAMPLES[np.nanvar]
EXAMPLES[np.nanmax] = [*COMMON, call(HOLES, 0, initial=0.7, where=MASK)]
EXAMPLES[np.nanmin] = EXAMPLES[np.nanmax]
SCANS = [call(A), call(A, 0), call(HOLES), call(HOLES, axis=1)]
EXAMPLES[np.nancumsum] = SCANS
EXAMPLES[np.nancumprod] = SCANS

POSITIVE = np.abs(A) + 0.5
STEPS = [call(POSITIVE), call(POSITIVE, 1), call(np.abs(BLOCK) + 0.5, axis=-1)]
for ufunc in (
    np.add,
    np.multiply,
    np.maximum,
    np.minimum,
    np.subtract,
    np.divide,
    np.power,
    np.fmax,
    np.fmin,
    np.hypot,
):
    several = [call(POSITIVE, axis=(0, 1))] if ufunc.identity is not None or ufunc in (np.maximum, np.minimum) else []
    EXAMPLES[ufunc, "reduce"] = [*STEPS, *several, call(POSITIVE, axis=1, keepdims=True), call(POSITIVE, initial=1.3)]
    EXAMPLES[ufunc, "accumulate"] = STEPS
    if ufunc is not np.power:
        EXAMPLES[ufunc, "reduceat"] = [
            call(POSITIVE, [0, 2]),
            call(POSITIVE, [0, 2, 1], axis=1),
            call(real(8) + 9, [0, 5, 3]),
        ]
for ufunc in (np.logaddexp, np.logaddexp2):
    EXAMPLES[ufunc, "reduce"] = [call(A), call(A, 1), call(A, axis=-1, keepdims=True), call(BLOCK, axis=(0, 2))]
    EXAMPLES[ufunc, "accumulate"] = STEPS
    EXAMPLES[ufunc, "reduceat"] = [call(A, [0, 2]), call(A, [0, 2, 1], axis=1)]

V = real(8)
EXAMPLES[np.lib.stride_tricks.as_strided] = [
    call(V, (3, 4), (16, 8), writeable=False),
    call(V, shape=(6, 3), strides=(8, 8), writeable=False),
    call(BLOCK, writeable=False),
    call(V.astype(complex), (2, 2), (64, 16), writeable=False),
]
