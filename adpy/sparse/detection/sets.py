"""Sets of columns, ascending, in one memory: united along trees of operations, shared where equal, freed after use.

``state`` is a tuple of arrays, of the same name in every function here: ``starts``, ``lengths``, ``left`` (how often
each set is still read), ``alive`` (sets in the order of their memory), ``seen`` (a stamp for each column), ``visited``
(one for each set) and ``marks``, whose entries the constants below name.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["ascending", "collect", "longer", "named", "new_state", "release", "unite"]

TOP, ALIVE, LIVE, BASE, BASE_STAMP, STAMP, COUNT, LIMIT = range(8)
LARGE = 64
"""From this length on, it pays to remember which columns are in a set."""

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def new_state(sets, columns, first, limit):
    """State for at most ``sets`` sets, numbered from ``first``, of ``limit`` entries at a time."""
    starts, lengths, left = np.zeros(sets, np.int64), np.zeros(sets, np.int32), np.zeros(sets, np.int32)
    alive, seen, visited = np.zeros(sets, np.int32), np.zeros(columns, np.int64), np.zeros(sets, np.int64)
    marks = np.zeros(8, np.int64)
    marks[BASE], marks[COUNT], marks[LIMIT] = -1, first, limit
    return starts, lengths, left, alive, seen, visited, marks


@numba.njit(**_options)
def longer(array, count, needed):
    """The first entries of an array in a new one that is twice as long as needed."""
    found = np.empty(2 * needed, np.int32)
    for k in range(count):
        found[k] = array[k]
    return found


@numba.njit(**_options)
def named(stack, start, stop, members):
    """A stack with the members of a block, and how many they are."""
    if len(stack) < stop - start:
        stack = longer(stack, 0, stop - start)
    top = 0
    for k in range(start, stop):
        if members[k] >= 0:
            stack[top] = members[k]
            top += 1
    return top, stack


@numba.njit(**_options)
def collect(firsts, seconds, thirds, links, renamed, stack, top, found, sets):
    """Columns and sets below the numbers on a stack, repeated ones included; return the buffers and their lengths."""
    columns = count = 0
    while top:
        if top + 3 > len(stack):
            stack = longer(stack, top, top + 3)
        if columns == len(found):
            found = longer(found, columns, columns + 1)
        if count == len(sets):
            sets = longer(sets, count, count + 1)
        top -= 1
        i = stack[top]
        bits = links[i]
        if bits == 0:
            if seconds[i] <= -2:
                found[columns] = -2 - seconds[i]
                columns += 1
            elif firsts[i] <= -2:
                j = -2 - firsts[i]
                if j < len(renamed):
                    j = renamed[j]
                if j >= 0:
                    sets[count] = j
                    count += 1
            continue
        if bits & 1:
            stack[top] = firsts[i]
            top += 1
        if bits & 2:
            stack[top] = seconds[i]
            top += 1
        if bits & 4:
            stack[top] = thirds[i]
            top += 1
    return stack, found, sets, columns, count


@numba.njit(**_options)
def release(state, number, reads):
    """Have a set read some times less."""
    _, lengths, left, _, _, _, marks = state
    left[number] -= reads
    if left[number] == 0:
        marks[LIVE] -= lengths[number]


@numba.njit(**_options)
def _room(state, memory, needed):
    """The memory with room for so many entries at its top."""
    starts, lengths, left, alive, _, _, marks = state
    if marks[TOP] + needed <= len(memory):
        return memory
    target = memory
    if 2 * (marks[LIVE] + needed) > len(memory):
        if marks[LIVE] + needed > marks[LIMIT]:
            raise MemoryError("sets of columns")
        target = np.empty(2 * (marks[LIVE] + needed), np.int32)
    top = kept = 0
    for k in range(marks[ALIVE]):
        j = alive[k]
        if left[j] <= 0:
            continue
        start = starts[j]
        for q in range(lengths[j]):
            target[top + q] = memory[start + q]
        starts[j] = top
        top += lengths[j]
        alive[kept] = j
        kept += 1
    marks[TOP], marks[ALIVE] = top, kept
    return target


@numba.njit(**_options)
def unite(state, memory, found, columns, sets, count, reads):
    """The union of columns and sets, to be read ``reads`` times.

    Each set is read once less for each time that it is named.

    Returns
    -------
    memory, found : ndarray of int32
        The same, or larger ones.
    number : int
        The set, which may have been there before.
    """
    starts, lengths, left, alive, seen, visited, marks = state
    largest = -1
    for k in range(count):
        if largest < 0 or lengths[sets[k]] > lengths[largest]:
            largest = sets[k]
    number = np.int64(-1)
    if largest >= 0 and columns == 0:
        number = largest
        for k in range(count):
            if sets[k] != largest:
                number = -1
                break
    if largest >= 0 and lengths[largest] == len(seen):
        number = largest
    if number < 0:
        base = np.int64(-1)
        if largest >= 0 and lengths[largest] > LARGE:
            if marks[BASE] != largest:
                marks[STAMP] += 1
                marks[BASE], marks[BASE_STAMP] = largest, marks[STAMP]
                start = starts[largest]
                for q in range(lengths[largest]):
                    seen[memory[start + q]] = marks[STAMP]
            base = marks[BASE_STAMP]
        else:
            marks[BASE] = -1
        marks[STAMP] += 1
        stamp = marks[STAMP]
        extra = 0
        for k in range(columns):
            c = found[k]
            if seen[c] != stamp and seen[c] != base:
                seen[c] = stamp
                found[extra] = c
                extra += 1
        for k in range(count):
            j = sets[k]
            if visited[j] == stamp or (base >= 0 and j == largest):
                continue
            visited[j] = stamp
            if extra + lengths[j] > len(found):
                found = longer(found, extra, extra + lengths[j])
            start = starts[j]
            for q in range(lengths[j]):
                c = memory[start + q]
                if seen[c] != stamp and seen[c] != base:
                    seen[c] = stamp
                    found[extra] = c
                    extra += 1
        whole = extra if base < 0 else extra + lengths[largest]
        if largest >= 0 and whole == lengths[largest]:
            number = largest
        else:
            memory = _room(state, memory, whole)
            number = _added(state, memory, found, extra, largest if base >= 0 else -1, whole)
    if left[number] == 0:
        marks[LIVE] += lengths[number]
    left[number] += reads
    for k in range(count):
        release(state, sets[k], 1)
    return memory, found, number


@numba.njit(**_options)
def _added(state, memory, found, extra, base, whole):
    """A new set: the first ``extra`` entries of ``found``, and those of the set ``base`` if there is one."""
    starts, lengths, left, alive, seen, visited, marks = state
    number, top = marks[COUNT], marks[TOP]
    ascending(found, 0, extra)
    if base < 0:
        for q in range(extra):
            memory[top + q] = found[q]
    else:
        p, start, stop = 0, starts[base], starts[base] + lengths[base]
        for q in range(whole):
            if p < extra and (start == stop or found[p] < memory[start]):
                memory[top + q] = found[p]
                p += 1
            else:
                memory[top + q] = memory[start]
                start += 1
    starts[number], lengths[number] = top, whole
    alive[marks[ALIVE]] = number
    marks[TOP] += whole
    marks[ALIVE] += 1
    marks[COUNT] += 1
    return number


@numba.njit(**_options)
def ascending(x, low, high):
    """Sort the entries ``low … high - 1`` in place: by insertion where they are few, else a heap (no recursion)."""
    n = high - low
    if n <= 16:
        for k in range(low + 1, high):
            value, q = x[k], k
            while q > low and x[q - 1] > value:
                x[q] = x[q - 1]
                q -= 1
            x[q] = value
        return
    for step in range(n // 2 + n - 1):
        if step < n // 2:
            root, stop = n // 2 - 1 - step, n
        else:
            root, stop = 0, n - 1 - (step - n // 2)
            x[low], x[low + stop] = x[low + stop], x[low]
        value = x[low + root]
        while 2 * root + 1 < stop:
            child = 2 * root + 1
            if child + 1 < stop and x[low + child + 1] > x[low + child]:
                child += 1
            if x[low + child] <= value:
                break
            x[low + root] = x[low + child]
            root = child
        x[low + root] = value
