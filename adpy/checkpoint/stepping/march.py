"""Marches: stretches of a schedule in one native call, as long as one recording holds and all states are in memory."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from adpy.checkpoint.stepping.bank import Bank
from adpy.checkpoint.stepping.body import Turn
from adpy.checkpoint.stepping.link import Link
from adpy.checkpoint.stepping.overlaps import address, overlap, same, without
from adpy.kernels.marching import ACTIONS, FIELDS, OPERATIONS, march
from adpy.plain import np
from adpy.program import sweeps
from adpy.program.twins import twin_of

__all__ = ["March"]


_EVALUATE = ("evaluate", None, None, 0, 0)


class March:
    """A recording of the step with what native code needs to know of it.

    Parameters
    ----------
    link : Link
        Its states before and after are of one form.
    args : sequence of ndarray
        Arguments of all steps along a first axis.
    outputs : sequence of ndarray or None
        Where outputs of the steps go, along a first axis, when they are run for the first time.
    """

    def __init__(self, link: Link, args: Sequence, outputs: Sequence | None) -> None:
        self.link, self.outputs = link, outputs
        self._keep: list = [args]
        code, size = link.code, len(link.inputs)
        is_lost = bool(len(code.guards[0])) and not code.overwritten.isdisjoint(range(size))
        self.backup = [np.array(x) for x in link.inputs] if is_lost else link.inputs
        self.twin = None if is_lost else twin_of(code, link.moves)
        self._swapped = {i for i, _ in self.twin.pairs} if self.twin else set()
        self.bank: Bank | None = None
        self._totals: Sequence = ()
        self._back: tuple = ()
        self._memories = [link.frame.values]
        self._begin = self._entry(args)
        self._block = np.zeros(max(FIELDS.values()) + 1, np.int64)
        self._scripts = {
            "first": self._both([*self._begin, _EVALUATE, *self._outputs(outputs), *self._carry()]),
            "again": self._both([*self._begin, _EVALUATE, *self._carry()]),
        }
        self._scripts["across"] = self._both(self._across())
        self._set_script("across", self._scripts["across"])
        self.bars: list[np.ndarray] = []
        states = np.array([address(x) for x in link.inputs] or [0], np.int64)
        self._states = [states, self._across_from(states)]
        self._sizes = np.array([x.nbytes for x in link.inputs] or [0], np.int64)
        self._set("states", *map(address, self._states))
        self._set("sizes", address(self._sizes))
        self._set("leaves", size)

    def and_back(self, bank: Bank, totals: Sequence) -> None:
        """Know the way back too.

        Parameters
        ----------
        bank : Bank
        totals : sequence of ndarray
            Where cotangents of the operands are added.
        """
        link = self.link
        self.bank, self._totals = bank, totals
        in_bars, _ = link.ends_of_bars()
        self._memories.append(link.frame.columns("bars", 1))
        self.bars = in_bars[: link.form.size]
        self._set("slots", address(bank.addresses))
        self._set("filled", address(bank.filled))

    def seed(self, arg_bars: Sequence, seeds: Sequence | None) -> None:
        """Know what way back it is.

        Parameters
        ----------
        arg_bars : sequence of ndarray
            Where cotangents of the arguments go (may be empty).
        seeds : sequence of ndarray or None
            Cotangents of the outputs.
        """
        self._back = arg_bars, seeds or ()
        self._scripts.pop("back", None)

    def _turn(self, arg_bars: Sequence, seeds: Sequence) -> None:
        """Have the scripts of the way back."""
        link = self.link
        rows = [*self._begin, ("prepare", None, None, 0, 0), *self._seeds(seeds), ("adjoint", None, None, 0, 0)]
        if arg_bars:
            rows += [("copy", into, bar, into.strides[0], 0) for into, bar in zip(arg_bars, link.arg_bars, strict=True)]
        self._scripts |= {"back": self._both(rows), "home": self._both(self._home())[:1]}
        for name in ("back", "home"):
            self._set_script(name, self._scripts[name])

    @staticmethod
    def fits(link: Link, *stacks: Any) -> bool:
        """Can native code run it over and over?"""
        arrays = [*link.inputs, *link.sources, *[x for stack in stacks for x in stack or () if x is not None]]
        return (
            link.after is link.form
            and not any(leaf is Turn.END for leaf in link.outputs)
            and not link.code.calls
            and all(x.dtype == np.float64 and x.flags.c_contiguous for x in arrays)
        )

    def _set(self, name: str, *values: int) -> None:
        self._block[FIELDS[name] : FIELDS[name] + len(values)] = values

    def _set_script(self, name: str, tables: Sequence[np.ndarray]) -> None:
        self._set(name, *map(address, tables))
        self._set(f"{name} rows", *map(len, tables))

    def _entry(self, args: Sequence) -> list:
        """Inputs of a step."""
        link = self.link
        rows: list = [] if link.number is None else [("number", link.number, None, 0, 0)]
        rows += [("copy", into, x, 0, x.strides[0]) for into, x in zip(link.arg, args, strict=True)]
        if self.backup is not link.inputs:
            rows += [("copy", into, x, 0, 0) for into, x in zip(self.backup, link.inputs, strict=True)]
        return rows

    def _outputs(self, outputs: Sequence | None) -> list:
        if outputs is None:
            return []
        rows = []
        for into, leaf in zip(outputs, self.link.outputs, strict=True):
            if into is not None:
                x = np.asarray(leaf, float)
                is_whole = x.flags.c_contiguous
                rows.append(
                    ("copy" if is_whole else "take", into, x, into.strides[0], 0 if is_whole else self._table(x))
                )
        return rows

    def _carry(self) -> list:
        """The state after the step as that before the next; what is swapped is so already, on the other side."""
        link = self.link
        leaves = enumerate(zip(link.inputs, link.sources, strict=True))
        pairs = [(into, x) for i, (into, x) in leaves if i not in self._swapped and not same(into, x)]
        if not link.crossing:
            return [("copy", into, x, 0, 0) for into, x in pairs]
        between = [np.empty(x.shape) for _, x in pairs]
        rows = [("copy", b, x, 0, 0) for b, (_, x) in zip(between, pairs, strict=True)]
        return rows + [("copy", into, b, 0, 0) for b, (into, _) in zip(between, pairs, strict=True)]

    def _across(self) -> list:
        """The state before a step from the first side to the other."""
        frame = self.link.frame
        return [("copy", frame.outputs[o], frame.inputs[i], 0, 0) for i, o in self._pairs]

    def _home(self) -> list:
        """Cotangents of the state from the other side to the first; there they are zero then."""
        in_bars, out_bars = self.link.ends_of_bars()
        rows: list = [("copy", in_bars[i], out_bars[o], 0, 0) for i, o in self._pairs]
        return rows + [("clear", out_bars[o], None, 0, 0) for _, o in self._pairs]

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        return self.twin.pairs if self.twin else []

    def _seeds(self, seeds: Sequence) -> list:
        """Cotangents of the state before the step after this one as those of what this one gives; all others zero.

        What accumulates over the steps, the cotangents of the operands, stays.  Leaves of the state may be leaves of
        the state before in other places, or share memory with one another or with operands: cotangents then go through
        buffers, and are added.  A sweep leaves zeros where arrays share memory, and where results are that are swapped:
        there the inputs of the next one are.
        """
        link, rows, adds = self.link, [], []
        in_bars, out_bars = link.ends_of_bars()
        swapped = {i for i, _ in self._pairs}
        there = [out_bars[o] for _, o in self._pairs]
        pairs = [(out_bars[place], bar) for i, place, bar in link.seeded(self.bars) if i not in swapped]
        kept, totals = [into for into, _ in pairs], link.operand_bars
        is_added = overlap([*kept, *there, *totals])
        if is_added or overlap(kept, [bar for _, bar in pairs]):
            between = [np.empty(bar.shape) for _, bar in pairs]
            rows = [("copy", b, bar, 0, 0) for b, (_, bar) in zip(between, pairs, strict=True)]
            pairs = list(zip(kept, between, strict=True))
        if is_added:
            kept, adds = [], [("add", into, bar, 0, 0) for into, bar in pairs]
        else:
            rows += [("copy", into, bar, 0, 0) for into, bar in pairs if not same(into, bar)]
        memory, here = self._memories[1], [in_bars[i] for i in swapped]
        for low, stop in without([(0, link.code.scratch)], self._spans([*kept, *here, *there, *totals])):
            rows.append(("clear", memory[low:stop], None, 0, 0))
        rows += adds
        for place, seed in zip(link.output_places, seeds, strict=False):
            if place is not None and seed is not None:
                bar = out_bars[place]
                is_whole = bar.flags.c_contiguous
                rows.append(
                    ("add" if is_whole else "add at", bar, seed, 0 if is_whole else self._table(bar), seed.strides[0])
                )
        return rows

    def _table(self, array: np.ndarray) -> int:
        """Address of a table that says how far entries are from the first one."""
        places = np.zeros((), np.int64)
        for n, stride in zip(array.shape, array.strides, strict=True):
            places = places[..., None] + np.arange(n) * (stride // array.itemsize)
        self._keep.append(places := np.ascontiguousarray(places))
        return address(places)

    def _spans(self, bars: Sequence) -> list[tuple[int, int]]:
        """Where these are in the memory of cotangents."""
        starts = [(address(bar) - address(self._memories[1])) // 8 for bar in bars]
        return [(start, start + bar.size) for start, bar in zip(starts, bars, strict=True)]

    def _both(self, rows: list) -> list[np.ndarray]:
        """A script for native code, for either side."""
        self._keep.append(rows)
        table = np.zeros((len(rows), 6), np.int64)
        for i, (name, to, source, to_step, from_step) in enumerate(rows):
            stack = to if to_step and name != "add at" else None
            size = 0 if to is None else to.size if stack is None else to.size // len(stack)
            places = [0 if x is None else address(x) for x in (to, source)]
            table[i] = (OPERATIONS[name], *places, size, to_step, from_step)
        other = table.copy()
        other[:, 1:3] = self._across_from(table[:, 1:3])
        return [table, other]

    def _across_from(self, addresses: np.ndarray) -> np.ndarray:
        """Where the other side has what the first one has at addresses."""
        for memory in self._memories if self.twin else ():
            addresses = self.twin.moved(addresses, 8, address(memory))
        return addresses

    def state(self, stopped: bool) -> list[np.ndarray]:
        """The state that native code left: where it stopped, that before the step."""
        if self.backup is self.link.inputs or stopped:
            return self.backup
        return [x.copy() for x in self.link.inputs]

    def run(self, actions: np.ndarray, first: bool) -> tuple[int, int]:
        """Do actions, the state being among the inputs of the recording.

        Parameters
        ----------
        actions : ndarray of int64, shape (n, 3)
        first : bool
            Do steps run for the first time, so that their outputs are wanted?

        Returns
        -------
        done : int
            Actions that were done.
        at : int
            The step before which the next one stopped, or -1: it cannot be done here.
        """
        self._set_script("step", self._scripts["first" if first else "again"])
        self._set("at", -1)
        link = self.link
        code, frame = link.code, link.frame
        kinds = ("value",) if self.bank is None else ("value", "adjoint")
        tables = sweeps.tables_for(code, 1, *kinds)
        twin = self.twin.tables(code, tables) if self.twin else tables
        self._set("program", tables.address, twin.address)
        goes_back = bool((actions[:, 0] == ACTIONS["reverse"]).any())
        if goes_back:
            if "back" not in self._scripts:
                self._turn(*self._back)
            for low, stop in without(code.cleared, self._spans(self.bars)):
                self._memories[1][low:stop] = 0.0
        begin = perf_counter()
        done = march()(frame.address, address(self._block), address(actions), len(actions))
        if code.special.heat is not None:
            code.special.heat.spend(perf_counter() - begin, *kinds)
        if goes_back:
            for total, bar in zip(self._totals, link.operand_bars, strict=True):
                total += bar
        return done, int(self._block[FIELDS["at"]])
