"""Calls of the Fourier transforms."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

ONE = [
    call(real(6)),
    call(complexes(5)),
    call(complexes(2, 6), norm="ortho"),
    call(complexes(4, 3), 6, axis=0, norm="forward"),
    call(complexes(2, 7), n=4),
    call(real(2, 5, 3), n=7, axis=1, norm="backward"),
    call(complexes(2, 4), 5),
    call(complexes(1), 1),
]
REAL_ONE = [
    call(real(6)),
    call(real(5)),
    call(real(3, 6), 4, axis=1, norm="ortho"),
    call(real(4, 3), n=7, axis=0, norm="forward"),
    call(real(2, 4), 9),
    call(real(1)),
]
for function in (np.fft.fft, np.fft.ifft, np.fft.irfft, np.fft.hfft):
    EXAMPLES[function] = ONE[:-1] if function in (np.fft.irfft, np.fft.hfft) else ONE
EXAMPLES[np.fft.irfft] = [*ONE, call(complexes(4), 7), call(complexes(4), n=5), call(complexes(5), 9)]
EXAMPLES[np.fft.hfft] = EXAMPLES[np.fft.irfft]
EXAMPLES[np.fft.rfft] = REAL_ONE
EXAMPLES[np.fft.ihfft] = REAL_ONE

SEVERAL = [
    call(real(3, 4)),
    call(complexes(3, 4), norm="ortho"),
    call(complexes(3, 4), s=(4, 3), axes=(0, 1)),
    call(complexes(2, 3, 5), s=(4, 6), axes=(2, 0), norm="forward"),
    call(complexes(2, 3, 4), axes=(1, 2)),
    call(complexes(2, 3, 4), s=(3, -1), axes=(0, 2)),
]
for function in (np.fft.fft2, np.fft.ifft2, np.fft.irfft2, np.fft.fftn, np.fft.ifftn, np.fft.irfftn):
    EXAMPLES[function] = SEVERAL
for function in (np.fft.fftn, np.fft.ifftn):
    EXAMPLES[function] = [*SEVERAL, call(complexes(2, 3, 4)), call(complexes(3, 4), axes=(0, 0, 1)), call(complexes(5))]
for function in (np.fft.rfft2, np.fft.rfftn):
    EXAMPLES[function] = [
        call(real(3, 4)),
        call(real(4, 3), norm="ortho"),
        call(real(2, 3, 5), s=(4, 6), axes=(2, 0), norm="forward"),
        call(real(2, 3, 4), s=(5, 3), axes=(0, 1)),
    ]
