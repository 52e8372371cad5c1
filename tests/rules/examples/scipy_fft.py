"""Calls of the transforms in ``scipy.fft``."""

from __future__ import annotations

import scipy.fft as sf

import adpy.rules.scipy_fft  # noqa: F401  (registers the rows)
from tests.rules.harness import EXAMPLES, call, complexes, real

for function in (sf.fft, sf.ifft, sf.irfft, sf.hfft):
    EXAMPLES[function] = [
        call(complexes(5)),
        call(real(6)),
        call(complexes(4, 3), 6, axis=0, norm="forward"),
        call(complexes(2, 7), n=4, norm="ortho"),
        call(complexes(2, 4), 5, workers=1),
    ]
for function in (sf.rfft, sf.ihfft):
    EXAMPLES[function] = [
        call(real(6)),
        call(real(5), norm="ortho"),
        call(real(4, 3), n=7, axis=0, norm="forward"),
        call(real(2, 7), 4),
    ]
for function in (sf.fft2, sf.ifft2, sf.irfft2, sf.hfft2, sf.fftn, sf.ifftn, sf.irfftn, sf.hfftn):
    EXAMPLES[function] = [
        call(complexes(3, 4)),
        call(real(3, 4), norm="ortho"),
        call(complexes(2, 3, 5), s=(4, 6), axes=(2, 0), norm="forward"),
        call(complexes(2, 3, 5), (4, 3), axes=(0, 1)),
    ]
for function in (sf.rfft2, sf.rfftn, sf.ihfft2, sf.ihfftn):
    EXAMPLES[function] = [
        call(real(3, 4)),
        call(real(4, 3), norm="ortho"),
        call(real(2, 3, 5), s=(4, 6), axes=(2, 0), norm="forward"),
    ]
EXAMPLES[sf.fftn] = [*EXAMPLES[sf.fftn], call(complexes(2, 3, 2), s=5, axes=1), call(complexes(4), s=3)]

for function in (sf.dct, sf.idct, sf.dst, sf.idst):
    EXAMPLES[function] = [
        call(real(5)),
        *(
            call(real(2, 4), type=t, norm=norm, orthogonalize=flag)
            for t in (1, 2, 3, 4)
            for norm in ("backward", "ortho", "forward")
            for flag in (None, True, False)
        ),
        call(complexes(3, 4), 3, 6, 0),
        call(real(3, 6), 1, n=4, axis=-1, norm="ortho"),
        call(real(2), 1),
    ]
for function in (sf.dctn, sf.idctn, sf.dstn, sf.idstn):
    EXAMPLES[function] = [
        call(real(3, 4)),
        call(real(3, 4), 3, norm="ortho"),
        call(real(2, 3, 4), 1, s=(4, 3), axes=(0, 2), norm="forward"),
        call(real(2, 3, 4), 2, s=(5, 2)),
        call(real(2, 3, 4), 4, axes=1, orthogonalize=True),
    ]
