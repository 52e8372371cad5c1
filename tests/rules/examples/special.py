"""Calls of functions with several outputs, of clip and of scipy.special's Python functions."""

from __future__ import annotations

import numpy as np
from scipy import special

from tests.rules.harness import EXAMPLES, Example, call, complexes, real

positive = np.abs(real(3, 4)) + 0.2

EXAMPLES[np.frexp] = [call(np.array([0.3, 5.0, -40.0])), call(0.7)]
EXAMPLES[np.modf] = [call(real(5) * 10)]
EXAMPLES[np.divmod] = [call(real(5) * 10, 0.7), call(real(2, 3), real(3, seed=1))]
EXAMPLES[np.clip] = [
    call(real(3, 4), -0.5, 0.5),
    call(real(3, 4), a_max=0.5, a_min=None),
    call(real(3, 4), min=np.linspace(-1, 1, 4)),
    call(real(3, 4).astype(np.float32), -0.5, 0.5),
    call(real(4)),
]
EXAMPLES[np.fix] = [call(real(5) * 10)]

for ufunc in (special.sici, special.shichi, special.itj0y0, special.iti0k0):
    EXAMPLES[ufunc] = [call(positive), call(0.7)]
for ufunc in (special.airy, special.fresnel):
    EXAMPLES[ufunc] = [call(positive), call(0.7)]
EXAMPLES[special.airy].append(call(complexes(3)))
EXAMPLES[special.itairy] = [Example((positive,), rtol=1e-4)]  # SciPy has eight digits of these integrals
EXAMPLES[special.ellipj] = [call(real(4), np.array([0.1, 0.5, 0.0, 0.9])), call(real(4), 0.3)]
for ufunc in (special.pbdv, special.pbvv, special.pbwa):
    EXAMPLES[ufunc] = [call(0.7, positive), call(np.array([[0.2], [1.3]]), np.array([0.5, 1.0, 2.0]))]

weights = np.abs(real(3, 4, seed=5)) + 0.1
EXAMPLES[special.logsumexp] = [
    call(real(5)),
    call(real(3, 4), axis=1),
    call(real(3, 4), axis=(0, 1), keepdims=True),
    call(real(3, 4), 0, weights),
    call(real(4), 1, weights),
    call(real(3, 4), axis=0, b=real(4), return_sign=True),
    call(real(2, 3, 4) + 1000.0, axis=-1),
    Example((complexes(3, 4),), {"axis": 1}),
]
EXAMPLES[special.softmax] = [call(real(5)), call(real(3, 4), axis=1), call(real(3, 4) - 500.0, 0)]
EXAMPLES[special.log_softmax] = EXAMPLES[special.softmax]
EXAMPLES[special.polygamma] = [
    call(0, positive),
    call(1, positive),
    call(3, 0.7),
    call(np.array([[0], [2]]), real(3) + 5),
]
EXAMPLES[special.multigammaln] = [call(3.5, 3), call(positive + 2.0, 4), call(np.array([2.0]), 1)]
EXAMPLES[special.zeta] = [call(2.5, positive)]
EXAMPLES[special.lambertw] = [call(positive), call(-0.2, -1)]
for function in (special.spherical_jn, special.spherical_yn, special.spherical_in, special.spherical_kn):
    EXAMPLES[function] = [
        call(2, positive),
        call(np.array([0, 1, 3]), -positive[:, :3]),
        call(1, real(6), derivative=True),
        call(1, complexes(3)),
    ]
