"""Classes of elements: those with the same operations in the same order, told apart by a walk over their operands."""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.opcodes import HOLE
from adpy.sparse.elements.forms import ACTIVE

__all__ = ["ABSENT", "LEAF", "ROOT", "bundles", "classify", "elements", "sort_targets", "unpacked"]

LEAF, ROOT = 255, 254
"""Words that are no operations: an operand from outside, of the kind that follows; a result of the class."""
ABSENT = (1 << 13) - 1
"""No operand."""
MOST_SORTED = 64

_options = {"cache": True, "error_model": "numpy", "nogil": True}
_M1, _M2 = np.uint64(11400714819323198485), np.uint64(14029467366897019727)


@numba.njit(**_options)
def _mixed(a, b):
    """A hash of two numbers."""
    h = (np.uint64(a) + np.uint64(1)) * _M1 ^ (np.uint64(b) + np.uint64(7)) * _M2
    h ^= h >> np.uint64(29)
    return h * _M2


@numba.njit(**_options)
def elements(atoms, factors, of_entry):
    """Pairs of atom and factor, each once.

    Parameters
    ----------
    atoms, factors : ndarray of int32, shape (entries,)
    of_entry : ndarray of int32, shape (entries,)
        Filled with the number of the pair.

    Returns
    -------
    ndarray of int64
        First entry of each pair.
    """
    size = 16
    while size < 2 * len(atoms):
        size *= 2
    slots = np.full(size, -1, np.int32)
    firsts, count = np.empty(len(atoms), np.int64), 0
    for k in range(len(atoms)):
        slot = np.int64(_mixed(atoms[k], factors[k] + 1) >> np.uint64(8)) & (size - 1)
        while slots[slot] >= 0:
            j = firsts[slots[slot]]
            if atoms[j] == atoms[k] and factors[j] == factors[k]:
                break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = count
            firsts[count] = k
            count += 1
        of_entry[k] = slots[slot]
    return firsts[:count].copy()


@numba.njit(**_options)
def sort_targets(starts, rows, coefficients):
    """Sort the results that each element is in by coefficient: what is alike in all lanes is then in one place.

    Parameters
    ----------
    starts : ndarray of int64, shape (elements + 1,)
    rows : ndarray of int32
    coefficients : ndarray of float64
        Both updated in place; elements with very many results are left as they are.
    """
    for e in range(len(starts) - 1):
        low, high = starts[e], starts[e + 1]
        if high - low > MOST_SORTED:
            continue
        for k in range(low + 1, high):
            row, coefficient, j = rows[k], coefficients[k], k
            while j > low and coefficients[j - 1] > coefficient:
                rows[j], coefficients[j] = rows[j - 1], coefficients[j - 1]
                j -= 1
            rows[j], coefficients[j] = row, coefficient


@numba.njit(**_options)
def _walk(root, ops, firsts, seconds, thirds, kinds, mark, marks, local, count, stack, words, leaves, leaf_count):
    """Number a result's operations and leaves, operands first; returns the counts, -1 if there is no room."""
    stack[0], depth = root, 1
    while depth:
        z = stack[depth - 1]
        if marks[z] == mark:
            depth -= 1
            continue
        if count >= len(words) or depth + 3 >= len(stack):
            return np.int64(-1), leaf_count
        a, b, c = firsts[z], seconds[z], thirds[z]
        if ops[z] == HOLE:
            leaves[leaf_count] = z
            leaf_count += 1
            words[count] = LEAF | np.int64(kinds[z]) << 8
        else:
            if marks[a] != mark:
                stack[depth] = a
                depth += 1
                continue
            if b >= 0 and marks[b] != mark:
                stack[depth] = b
                depth += 1
                continue
            if c >= 0 and marks[c] != mark:
                stack[depth] = c
                depth += 1
                continue
            la = np.int64(local[a])
            lb = np.int64(local[b]) if b >= 0 else np.int64(ABSENT)
            lc = np.int64(local[c]) if c >= 0 else np.int64(ABSENT)
            words[count] = np.int64(ops[z]) | la << 8 | lb << 21 | lc << 34
        marks[z], local[z] = mark, count
        count += 1
        depth -= 1
    return np.int64(count), leaf_count


@numba.njit(**_options)
def bundles(atoms, factors, ops, firsts, seconds, thirds, kinds, longest, work):
    """Bundle elements that have the same active leaves: what they share is then computed once.

    Parameters
    ----------
    atoms, factors : ndarray of int32, shape (elements,)
    ops, firsts, seconds, thirds, kinds
        The stream, see :func:`adpy.sparse.elements.forms.activity`.
    longest : int
        Operations of an element at most.
    work : int
        Operations of all elements together at most.

    Returns
    -------
    starts : ndarray of int64, shape (bundles + 1,)
        Where each bundle begins; empty if a limit was exceeded.
    order : ndarray of int64, shape (elements,)
        Elements, bundle by bundle.
    """
    n, m = len(ops), len(atoms)
    marks, local = np.full(n, -1, np.int32), np.empty(n, np.int32)
    stack, words = np.empty(4 * longest + 8, np.int32), np.empty(longest, np.int64)
    leaves = np.empty(longest, np.int32)
    size = 16
    while size < 2 * m:
        size *= 2
    slots, hashes = np.full(size, -1, np.int32), np.empty(m, np.uint64)
    bundle, count = np.empty(m, np.int32), 0
    spent = 0
    for e in range(m):
        done, leaf_count = _walk(
            atoms[e], ops, firsts, seconds, thirds, kinds, e, marks, local, 0, stack, words, leaves, 0
        )
        if done < 0 or spent + done > work:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        spent += done
        h = np.uint64(0)
        for k in range(leaf_count):
            if kinds[leaves[k]] == ACTIVE:
                h += _mixed(leaves[k], 3)
        slot = np.int64(h >> np.uint64(8)) & (size - 1)
        while slots[slot] >= 0 and hashes[slots[slot]] != h:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = count
            hashes[count] = h
            count += 1
        bundle[e] = slots[slot]
    starts = np.zeros(count + 1, np.int64)
    for e in range(m):
        starts[bundle[e] + 1] += 1
    for k in range(count):
        starts[k + 1] += starts[k]
    order, fill = np.empty(m, np.int64), starts[:-1].copy()
    for e in range(m):
        order[fill[bundle[e]]] = e
        fill[bundle[e]] += 1
    return starts, order


@numba.njit(**_options)
def classify(starts, order, atoms, factors, targets, ops, firsts, seconds, thirds, kinds, longest, room):
    """Classes of bundles.

    Parameters
    ----------
    starts, order, atoms, factors
        See :func:`bundles`.
    targets : ndarray of int64, shape (elements,)
        How many results each element is in.
    ops, firsts, seconds, thirds, kinds, longest
        As there.
    room : int
        Words of all classes together at most.

    Returns
    -------
    class_of : ndarray of int32, shape (bundles,)
        Empty if a limit was exceeded.
    words, word_starts : ndarray of int64
        The operations of each class.
    leaves : ndarray of int32
    leaf_starts : ndarray of int64, shape (bundles + 1,)
        Numbers of the leaves of each bundle.
    """
    n, m = len(ops), len(starts) - 1
    marks, local = np.full(n, -1, np.int32), np.empty(n, np.int32)
    stack, words = np.empty(4 * longest + 8, np.int32), np.empty(longest, np.int64)
    leaves, leaf_starts = np.empty(4 * m + longest, np.int32), np.zeros(m + 1, np.int64)
    known, known_starts, classes = np.empty(room, np.int64), np.zeros(m + 1, np.int64), 0
    size = 16
    while size < 2 * m:
        size *= 2
    slots, hashes = np.full(size, -1, np.int32), np.empty(m, np.uint64)
    class_of = np.empty(m, np.int32)
    nothing = np.zeros(0, np.int32), known[:0], known_starts[:0], leaves[:0], leaf_starts[:0]
    for k in range(m):
        begin = leaf_starts[k]
        if begin + longest > len(leaves):
            grown = np.empty(2 * len(leaves) + longest, np.int32)
            grown[: len(leaves)] = leaves
            leaves = grown
        mine = leaves[begin:]
        count, leaf_count = np.int64(0), 0
        for j in range(starts[k], starts[k + 1]):
            e = order[j]
            count, leaf_count = _walk(
                atoms[e], ops, firsts, seconds, thirds, kinds, k, marks, local, count, stack, words, mine, leaf_count
            )
            lb = np.int64(ABSENT)
            if count >= 0 and factors[e] >= 0:
                count, leaf_count = _walk(
                    factors[e],
                    ops,
                    firsts,
                    seconds,
                    thirds,
                    kinds,
                    k,
                    marks,
                    local,
                    count,
                    stack,
                    words,
                    mine,
                    leaf_count,
                )
                lb = np.int64(local[factors[e]])
            if count < 0 or count >= longest:
                return nothing
            words[count] = ROOT | np.int64(local[atoms[e]]) << 8 | lb << 21 | targets[e] << 34
            count += 1
        leaf_starts[k + 1] = begin + leaf_count
        h = np.uint64(0)
        for j in range(count):
            h = _mixed(words[j], h & np.uint64(0x7FFFFFFFFFFFFFFF))
        slot = np.int64(h >> np.uint64(8)) & (size - 1)
        while slots[slot] >= 0:
            c = slots[slot]
            if hashes[c] == h and known_starts[c + 1] - known_starts[c] == count:
                low, same = known_starts[c], True
                for j in range(count):
                    if known[low + j] != words[j]:
                        same = False
                if same:
                    break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            low = known_starts[classes]
            if low + count > room:
                return nothing
            known[low : low + count] = words[:count]
            hashes[classes], slots[slot] = h, classes
            classes += 1
            known_starts[classes] = low + count
        class_of[k] = slots[slot]
    return class_of, known, known_starts[: classes + 1].copy(), leaves, leaf_starts


def unpacked(words: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Words of a class as opcode (or :data:`LEAF`, :data:`ROOT`) and three operands (kind; result, factor, targets)."""
    columns = words & 255, words >> 8 & ABSENT, words >> 21 & ABSENT, words >> 34
    return list(zip(*[column.tolist() for column in columns], strict=True))
