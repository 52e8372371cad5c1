"""The rule of einsum: every cotangent is another einsum."""

from __future__ import annotations

import math
import string

import numpy as np

from adpy.rules._shapes import conj
from adpy.rules.table import block

__all__ = []

# In the order in which einsum sorts the indices of an implicit output.
_LETTERS = string.ascii_uppercase + string.ascii_lowercase
_LARGE = 20_000
"""Scalar products from which a search for a good order of contraction pays."""


@block(np.einsum, "operands")
def np_einsum(*operands, out=None, optimize=False, **kwargs):
    return np.einsum(*operands, optimize=optimize, **kwargs)


@np_einsum.defjvp
def einsum_jvp(dots, y, operands, optimize=False, **kwargs):
    total = None
    for p in _places(operands):
        if dots[0][p] is not None:
            term = np.einsum(*operands[:p], dots[0][p], *operands[p + 1 :], optimize=optimize, **kwargs)
            total = term if total is None else total + term
    return total


@np_einsum.defvjp
def einsum_vjp(bar, y, needs, operands, optimize=False, **kwargs):
    places, terms, output = _parse(operands)
    arrays = [operands[p] for p in places]
    bars = [None] * len(operands)
    wanted = [True] * len(operands) if needs[0] is True else needs[0]
    for i, place in enumerate(places):
        if wanted[place]:
            bars[place] = _cotangent(bar, i, arrays, terms, output, bool(optimize))
    return (bars,)


def _cotangent(bar, i, arrays, terms, output, optimize):
    """The cotangent of operand ``i``."""
    shape, term = np.shape(arrays[i]), terms[i]
    sizes: dict[str, int] = {}
    for t, array in zip(terms, arrays, strict=True):
        for label, n in zip(t, np.shape(array), strict=True):
            sizes[label] = n if sizes.get(label, 1) == 1 else sizes[label]
    others = [j for j in range(len(arrays)) if j != i]
    factors = [bar, *(conj(arrays[j]) for j in others)]
    labels = [output, *(terms[j] for j in others)]
    unused = [c for c in _LETTERS if c not in sizes]
    target = ""
    for axis, label in enumerate(term):
        if label in target:
            # A second occurrence takes the diagonal: give it a name of its own and an identity matrix.
            factors.append(np.eye(sizes[label]))
            labels.append(label + unused[0])
            label = unused.pop(0)
        elif not any((label, shape[axis]) in zip(t, np.shape(f), strict=True) for t, f in zip(labels, factors, strict=True)):
            # Only this operand has the whole axis, and it is summed over: the cotangent is the same along it.
            factors.append(np.ones(shape[axis]))
            labels.append(label)
        target += label
    # An axis of length one that was broadcast is summed over, and put back.
    kept = "".join(label for axis, label in enumerate(target) if shape[axis] == sizes.get(label, shape[axis]))
    work = math.prod(sizes.values())
    result = np.einsum(f"{','.join(labels)}->{kept}", *factors, optimize=optimize or work > _LARGE)
    return np.reshape(result, shape)


def _places(operands):
    """Positions of the arrays among the arguments."""
    if isinstance(operands[0], str):
        return range(1, len(operands))
    return range(0, len(operands) - len(operands) % 2, 2)


def _parse(operands):
    """Positions of the arrays, their index strings and that of the output, ellipses spelled out."""
    places = _places(operands)
    if isinstance(operands[0], str):
        text = operands[0].replace(" ", "")
        inputs, arrow, output = text.partition("->")
        terms = inputs.split(",")
        output = output if arrow else None
    else:
        sublists = [list(operands[p + 1]) for p in places]
        output = list(operands[-1]) if len(operands) % 2 else None
        numbers = sorted({i for s in [*sublists, output or []] for i in s if i is not Ellipsis})
        names = dict(zip(numbers, _LETTERS, strict=False))
        terms = ["".join("..." if i is Ellipsis else names[i] for i in s) for s in sublists]
        output = None if output is None else "".join("..." if i is Ellipsis else names[i] for i in output)
    if output is None:
        letters = "".join(terms).replace(".", "")
        output = "..." + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    lengths = [np.ndim(operands[p]) - len(t.replace(".", "")) for p, t in zip(places, terms, strict=True)]
    longest = max(n for n in lengths)
    fresh = [c for c in _LETTERS if c not in "".join(terms)][:longest]
    terms = [t.replace("...", "".join(fresh[longest - n :])) for t, n in zip(terms, lengths, strict=True)]
    return places, terms, output.replace("...", "".join(fresh))
