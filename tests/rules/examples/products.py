"""Calls of the array products."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import EXAMPLES, call, complexes, real

V, W = real(3), real(3, seed=1)
A, B = real(4, 3), real(3, 5)
STACK = real(2, 4, 3)
COMPLEX = [call(complexes(4, 3), complexes(3, 2)), call(complexes(4, 3), B), call(complexes(3), complexes(3, seed=1))]
FLAT = [call(V, W), call(A, V), call(V, B), call(A, B), *COMPLEX, call(A, np.arange(6).reshape(3, 2))]

EXAMPLES[np.matmul] = [
    *FLAT,
    call(STACK, B),
    call(STACK, V),
    call(V, real(2, 3, 5)),
    call(A, real(2, 3, 5)),
    call(real(6, 1, 4, 3), real(2, 3, 5)),
    call(real(1, 4, 3), real(2, 3, 5)),
    call(real(2, 4, 3), real(1, 3, 5)),
    call(complexes(2, 4, 3), complexes(1, 3, 5)),
    call(real(0, 3), B),
    call(real(4, 0), real(0, 5)),
]
EXAMPLES[np.dot] = [
    *FLAT,
    call(1.5, A),
    call(A, 2.5),
    call(np.array(1.5), complexes(3)),
    call(STACK, V),
    call(V, real(2, 3, 5)),
    call(STACK, real(2, 3, 5)),
    call(complexes(2, 4, 3), complexes(2, 3, 5)),
]
EXAMPLES[np.inner] = [
    call(V, W),
    call(A, V),
    call(A, real(5, 3)),
    call(STACK, real(5, 2, 3)),
    call(1.5, A),
    call(A, np.array(2.5)),
    call(complexes(4, 3), complexes(2, 3)),
]
EXAMPLES[np.vecdot] = [
    call(V, W),
    call(A, V),
    call(real(2, 1, 3), A),
    call(A, real(4, 1), axis=0),
    call(complexes(4, 3), complexes(3)),
]
if hasattr(np, "matvec"):
    EXAMPLES[np.matvec] = [call(A, V), call(STACK, V), call(A, real(2, 3)), call(complexes(2, 4, 3), complexes(3))]
    EXAMPLES[np.vecmat] = [call(V, B), call(V, real(2, 3, 5)), call(real(2, 3), B), call(complexes(3), complexes(3, 5))]
EXAMPLES[np.vdot] = [
    call(V, W),
    call(A, real(4, 3, seed=1)),
    call(complexes(3), complexes(3, seed=1)),
    call(A, real(12)),
]
EXAMPLES[np.outer] = [call(V, real(5)), call(A, B), call(complexes(3), complexes(4)), call(1.5, V)]
EXAMPLES[np.tensordot] = [
    call(STACK, real(4, 3, 5)),
    call(A, B, 1),
    call(A, V, axes=1),
    call(V, W, 0),
    call(real(2, 3, 4, 5), real(4, 3, 6), axes=([1, 2], [1, 0])),
    call(real(2, 3, 4, 5), real(6, 4, 3), ([-2, 1], (1, 2))),
    call(real(2, 3), real(4, 2), axes=(0, 1)),
    call(complexes(2, 3), complexes(3, 2), axes=([0, 1], [1, 0])),
]
EXAMPLES[np.einsum] = [
    call("ij,jk->ik", A, B),
    call("ij,jk", A, B),
    call("ij,jk,k->i", A, B, real(5)),
    call("ij,jk,k->i", A, B, real(5), optimize=True),
    call("ij,jk,k->", A, B, real(5), optimize="optimal"),
    call("ii->", real(3, 3)),
    call("ii", real(3, 3)),
    call("ii->i", real(3, 3)),
    call("iij,jk->ik", real(2, 2, 3), B),
    call("iii,i->", real(2, 2, 2), real(2)),
    call("ij->", A),
    call("ij->j", A),
    call("ij->ji", A),
    call("ba", A),
    call("i,j->ij", V, W),
    call("ij,kl->", A, B),
    call("...ij,...jk->...ik", STACK, real(2, 3, 5)),
    call("...ij,jk->...ik", STACK, B),
    call("...ij,...j", STACK, V),
    call("i...,i...->...", STACK, real(2, 1, 3)),
    call("...,...->...", A, real(2, 4, 3)),
    call("ij,ij->ij", A, real(1, 3)),
    call("i,i->", real(1), V),
    call("ij , jk -> ik", complexes(4, 3), complexes(3, 5)),
    call("ij,jk->ik", A, complexes(3, 5)),
    call(A, [0, 1], B, [1, 2], [0, 2]),
    call(A, [7, 1], B, [1, 2]),
    call(STACK, [Ellipsis, 0, 1], B, [1, 2], [Ellipsis, 0, 2]),
    call("ij,ij->", A, np.ones((4, 3), int)),
    call("ij,jk->ik", real(30, 30), real(30, 30, seed=1)),
]
