"""The rule of einsum: every cotangent is another einsum."""

from __future__ import annotations

import functools
import math
import string

import numpy as np

from adpy.rules._shapes import conj
from adpy.rules.table import block

__all__ = []

# In the order in which einsum sorts the indices of an implicit output.
LETTERS = string.ascii_uppercase + string.ascii_lowercase
_LARGE = 20_000
"""Scalar products from which a search for a good order of contraction pays."""


@block(np.einsum, "operands")
def np_einsum(*operands, out=None, optimize=False, **kwargs):
    return np.einsum(*operands, optimize=optimize, **kwargs)


@np_einsum.defjvp
def einsum_jvp(dots, y, operands, optimize=False, **kwargs):
    total = None
    for p in places_of(operands):
        if dots[0][p] is not None:
            term = np.einsum(*operands[:p], dots[0][p], *operands[p + 1 :], optimize=optimize, **kwargs)
            total = term if total is None else total + term
    return total


@np_einsum.defvjp
def einsum_vjp(bar, y, needs, operands, optimize=False, **kwargs):
    places = places_of(operands)
    spelled = operands[0] if isinstance(operands[0], str) else spelling(operands)
    arrays = [operands[p] for p in places]
    shapes = tuple([np.shape(array) for array in arrays])
    wanted = [True] * len(operands) if needs[0] is True else needs[0]
    bars = [None] * len(operands)
    for i, place in enumerate(places):
        if wanted[place]:
            subscripts, identities, ones, large = _cotangent(spelled, shapes, i)
            others = [conj(array) for array in arrays[:i] + arrays[i + 1 :]]
            extra = [*map(np.eye, identities), *map(np.ones, ones)]
            product = np.einsum(subscripts, bar, *others, *extra, optimize=bool(optimize) or large)
            bars[place] = np.reshape(product, shapes[i])
    return (bars,)


@functools.lru_cache(maxsize=1024)
def _cotangent(spelled, shapes, i):
    """The einsum that gives the cotangent of operand ``i`` from ``bar``, the other operands and constants.

    Returns
    -------
    subscripts : str
    identities, ones : list of int
        Sizes of the identity matrices and of the vectors of ones that follow the operands.
    large : bool
        Whether a search for a good order of contraction pays.
    """
    terms, output = terms_of(spelled, shapes)
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for label, n in zip(term, shape, strict=True):
            sizes[label] = n if sizes.get(label, 1) == 1 else sizes[label]
    labels = [output, *terms[:i], *terms[i + 1 :]]
    # Axes that bar and the other operands have at full length.
    covered = set(output)
    for term, shape in zip(labels[1:], shapes[:i] + shapes[i + 1 :], strict=True):
        covered.update(label for label, n in zip(term, shape, strict=True) if n == sizes[label])
    unused = [c for c in LETTERS if c not in sizes]
    target, twins, alone = "", [], []
    for label, n in zip(terms[i], shapes[i], strict=True):
        if label in target:
            # A second occurrence takes the diagonal: it gets a name of its own and an identity matrix.
            twins.append((label + unused[0], n))
            label = unused.pop(0)
            sizes[label] = n
        elif label not in covered and n == sizes[label]:
            # Only this operand has the whole axis, and it is summed over: the cotangent is the same along it.
            alone.append((label, n))
        target += label
    # An axis of length one that was broadcast is summed over, and put back by reshaping.
    kept = "".join(label for label, n in zip(target, shapes[i], strict=True) if n == sizes[label])
    labels += [label for label, _ in twins + alone]
    large = math.prod(sizes.values()) > _LARGE
    return f"{','.join(labels)}->{kept}", [n for _, n in twins], [n for _, n in alone], large


def places_of(operands):
    """Positions of the arrays among the arguments."""
    if isinstance(operands[0], str):
        return range(1, len(operands))
    return range(0, len(operands) - len(operands) % 2, 2)


def spelling(operands):
    """The subscripts as text, of a call that gives them as lists of numbers."""
    places = places_of(operands)
    sublists = [list(operands[p + 1]) for p in places]
    output = list(operands[-1]) if len(operands) % 2 else None
    numbers = sorted({i for s in [*sublists, output or []] for i in s if i is not Ellipsis})
    names = dict(zip(numbers, LETTERS, strict=False))
    texts = ["".join("..." if i is Ellipsis else names[i] for i in s) for s in [*sublists, output or []]]
    return ",".join(texts[:-1]) + ("" if output is None else "->" + texts[-1])


def terms_of(spelled, shapes):
    """The index string of each operand and of the output, ellipses spelled out."""
    inputs, arrow, output = spelled.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = inputs.replace(".", "").replace(",", "")
        output = "..." + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    lengths = [len(shape) - len(t.replace(".", "")) for shape, t in zip(shapes, terms, strict=True)]
    longest = max(lengths)
    fresh = [c for c in LETTERS if c not in inputs][:longest]
    terms = [t.replace("...", "".join(fresh[longest - n :])) for t, n in zip(terms, lengths, strict=True)]
    return terms, output.replace("...", "".join(fresh))
