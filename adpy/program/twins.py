"""Twins: a code whose inputs are where another one's results are, and the other way round.

Two codes over one memory, which differ in addresses only: what one gives is what the other begins with, and no entry is
copied when they take turns.  The same kernels run both, for they find addresses in tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod

from adpy.kernels.table import ADD, RUN, SCATTER
from adpy.plain import np
from adpy.program.code import Code, View
from adpy.program.codegen_scalars import Body, addressed
from adpy.program.frames import Tables
from adpy.program.reach import naming, spans_of_rows
from adpy.program.rolling import SHORT
from adpy.program.views import c_strides

__all__ = ["Swap", "Twin", "twin_of"]

LARGE = 1 << 14
"""Entries of tables from which on a twin must save copies of more entries than these."""

Swap = tuple[int, int, int]
"""First addresses of two arrays without gaps, and their length."""


class Twin:
    """A code with arrays swapped.

    Parameters
    ----------
    code : Code
    swaps : sequence of Swap
        No instruction touches entries inside and outside of these arrays by one operand, see :func:`twin_of`.

    Attributes
    ----------
    pairs : list of (int, int)
        Numbers of the inputs and results that are swapped.
    code : Code
        The twin.
    """

    def __init__(self, code: Code, swaps: Sequence[Swap], pairs: list[tuple[int, int]]) -> None:
        self.swaps, self.pairs = swaps, pairs
        guards, outcomes = code.guards
        operands = [self.moved(x).astype(np.int32) for x in (code.firsts, code.seconds)]
        self.code = replace(
            code,
            table=self._table(code.table),
            places=self.moved(code.places),
            firsts=operands[0],
            seconds=operands[1],
            guards=(self.moved(guards), outcomes),
            memories=[],
        )
        self._kernels: tuple | None = None

    def moved(self, addresses: np.ndarray, size: int = 1, start: int = 0) -> np.ndarray:
        """Where the twin has what the code has at addresses.

        Parameters
        ----------
        addresses : ndarray of int64
        size, start : int
            Of an address, and that of the first one: 8 and the address of a memory for those of the machine.
        """
        found = addresses.astype(np.int64)
        for a, b, count in self.swaps:
            for low, other in ((a, b), (b, a)):
                inside = (addresses >= start + size * low) & (addresses < start + size * (low + count))
                found[inside] += size * (other - low)
        return found

    def _table(self, table: np.ndarray) -> np.ndarray:
        """Rows with the addresses of the twin."""
        found = table.copy()
        for k in range(3):
            mine = naming(table, k)
            found[mine, 5 + 4 * k] = self.moved(table[mine, 5 + 4 * k])
        return found

    def tables(self, code: Code, tables: Tables) -> Tables:
        """What native sweeps of the twin read, in the place of these tables of the code."""
        if tables is code.tables:
            found = self.code.tables
        else:
            if self._kernels is None or self._kernels[0] is not tables:
                self._kernels = tables, self._of_kernels(code.special.kernels)
            found = self._kernels[1]
        found.share(tables)
        return found

    def _of_kernels(self, kernels) -> Tables:
        """Tables of generated kernels."""
        arrays = kernels.tables.arrays
        numbers = kernels.numbers.copy()
        for kernel, at, _ in kernels.steps.tolist():
            body = kernels.bodies[kernel - 1] if kernel else None
            if isinstance(body, Body):
                mine = at + np.array(addressed(body), np.int64)
                numbers[mine] = self.moved(numbers[mine])
        more = {"steps": kernels.steps, "tables": self.moved(kernels.addresses), "numbers": numbers}
        table, heads = self._table(arrays["table"]), arrays["heads"]
        return Tables(self.code, table, heads, kernels.stretches, kernels.lasting, **more)


def twin_of(code: Code, pairs: Iterable[tuple[int, int]]) -> Twin | None:
    """A code with as many of these inputs and results swapped as can be; None for none.

    An array can be swapped if all that touches any of its entries stays within it.  Cotangents are swapped as well:
    after a sweep back those of the results must be zero, so every entry of them must be written.

    Parameters
    ----------
    code : Code
    pairs : iterable of (int, int)
        Numbers of inputs and results.
    """
    key = tuple(pairs)
    if key not in code.twins:
        code.twins[key] = _twin_of(code, key)
    return code.twins[key]


def _twin_of(code: Code, pairs: tuple) -> Twin | None:
    swaps: list[Swap] = []
    accepted = []
    ends = [view.interval for view in (*code.inputs, *code.outputs)]
    rows = [(code.table[naming(code.table, k)], k) for k in range(3)]
    spans = np.concatenate([np.array(ends, np.int64).reshape(-1, 2), *[spans_of_rows(mine, k) for mine, k in rows]])
    for i, o in pairs if not code.calls else ():
        into, out = code.inputs[i], code.outputs[o]
        a, b, size = into.offset, out.offset, prod(into.shape)
        if not size or into.shape != out.shape or not (_dense(into) and _dense(out)):
            continue
        others = [code.inputs[k].interval for k in range(len(code.inputs)) if k != i]
        others += [(start, start + n - 1) for *starts, n in swaps for start in starts]
        if not _meets(b, size, [into.interval]) and _alone(code, a, size, spans, others):
            if _alone(code, b, size, spans, others) and _is_written(code, b, size):
                swaps.append((a, b, size))
                accepted.append((i, o))
    tables = code.table.size + code.places.size + code.ops.size
    return Twin(code, swaps, accepted) if swaps and tables < max(LARGE, sum(size for _, _, size in swaps)) else None


def _dense(view: View) -> bool:
    return view.strides == c_strides(view.shape)


def _meets(low: int, size: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first < low + size and low <= last for first, last in spans)


def _alone(code: Code, low: int, size: int, spans: np.ndarray, others: list) -> bool:
    """Is nothing else in an array, over whose borders nothing reaches, nor loops of scalar operations into it?"""
    stop = low + size
    if not (len(code.ops) <= low and stop <= code.scratch) or _meets(low, size, others):
        return False
    touches = (spans[:, 0] < stop) & (spans[:, 1] >= low)
    if (touches & ((spans[:, 0] < low) | (spans[:, 1] >= stop))).any():
        return False
    for first, last in _long_runs(code):
        operands = np.concatenate([code.firsts[first:last], code.seconds[first:last]])
        if ((operands >= low) & (operands < stop)).any():
            return False
    return True


def _long_runs(code: Code) -> list[tuple[int, int]]:
    """Stretches of scalar operations that may become loops, in which distances of addresses are part of a kernel."""
    heads = code.table[code.heads]
    runs = heads[heads[:, 0] == RUN]
    return [(start, stop) for start, stop in runs[:, 2:4].tolist() if stop - start > SHORT]


def _is_written(code: Code, low: int, size: int) -> bool:
    """Is every entry of an array written by an instruction, not only added to?"""
    found = np.zeros(size, bool)
    rows = code.table[naming(code.table, 0)]
    rows = rows[(rows[:, 5] >= low) & (rows[:, 5] < low + size) & ((rows[:, 0] < 0) | (rows[:, 1] != ADD))]
    for row in rows.tolist():
        np.ndarray(row[2:5], bool, found, row[5] - low, row[6:9])[...] = True
    for row in code.table[code.table[:, 0] == SCATTER]:
        targets = code.places[row[13] : row[13] + row[4]]
        found[targets[(targets >= low) & (targets < low + size)] - low] = True
    return bool(found.all())
