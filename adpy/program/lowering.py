"""Lowering: from the nodes of a recording to code over one flat memory.

Views need no instruction: they are an offset and strides.  Functions that move entries are run once, on addresses.
Versions of a storage share its memory; what an instruction overwrites is saved first, if a derivative reads it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from adpy.kernels.opcodes import COPY, OPCODES, opcode_of
from adpy.kernels.table import CALL, COLUMNS, FILL, RUN, SAVE, SAVE_AT, SCRATCH, SET
from adpy.plain import np
from adpy.program import calls, choices, products, writes
from adpy.program.code import TILE, Code, View, views_within
from adpy.program.grouping import LONGEST, Group, Storages, assign, form, rows_of
from adpy.program.instructions import CONSTANTS
from adpy.program.masks import DECIDING, SELECT
from adpy.program.moves import Moves
from adpy.program.nodes import Assembled, Check, Fixed, Operation, Rearranged
from adpy.program.passes import PASSES, Draft, optimised
from adpy.program.pieces import Pieces
from adpy.program.placement import Placement, spans_of
from adpy.program.recorder import Recorder
from adpy.reverse.nodes import BlockNode, Cast, Copy, Flush, Gather, Part, Take

__all__ = ["Lowering", "lower"]


def lower(recorder: Recorder, outputs: Sequence, passes: frozenset = frozenset(PASSES)) -> Code:
    """The code of a recording.

    Parameters
    ----------
    recorder : Recorder
    outputs : sequence
        References of the results.
    passes : frozenset of str
        Names of the passes that are wanted.
    """
    return Lowering(optimised(recorder, outputs, passes)).run()


class Lowering(Moves):
    """State of one lowering."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.parts: dict[Any, dict[int, Any]] = {}
        for node in draft.nodes:
            if type(node) is Part:
                self.parts.setdefault(node.block, {})[node.position] = node
        self.positions = [
            (node, position)
            for node, position in zip(draft.nodes, draft.positions, strict=True)
            if type(node) is not Flush and node not in draft.dead
        ]
        borders = np.unique([draft.begin, *[position for _, position in self.positions], self.count]).tolist()
        self.schedule(zip(borders, borders[1:], strict=False))

    def run(self) -> Code:
        """Lower everything."""
        recorder, draft = self.recorder, self.draft
        inputs = []
        for node in recorder.storages:
            self.allocate(node)
        for target, _, _, _ in recorder.inputs:
            inputs.append(self.scalar(target) if type(target) is int else self.wholes[target])
        self.count_reads([node for node, _ in self.positions])
        done = self.draft.begin
        for now, (node, position) in enumerate(self.positions):
            self.now = now
            if position > done:
                self.emit_run(done, position)
                done = position
            if node in draft.names:
                self.place(node, self.lasting_view(draft.names[node]))
                continue
            _LOWER[type(node)](self, node) if type(node) in _LOWER else recorder.fail(type(node).__name__)
        if done < self.count:
            self.emit_run(done, self.count)
        results = [self.view(reference) for reference in draft.outputs]
        return self.finish(inputs, results)

    def finish(self, inputs: list[View], outputs: list[View]) -> Code:
        """Tables as arrays, constants where they belong."""
        storages = Storages([*self.starts, CONSTANTS])
        draft = self.draft
        items = form(self.items, storages, self.scalar_operands, LONGEST if "fusion" in draft.passes else 1)
        groups = [item for item in items if type(item) is Group]
        tile = min(TILE, max([prod(m.shape) for g in groups for m in g.members[:1]], default=0))
        regions = self.regions(storages)
        placement = Placement(storages, self.top, regions)
        shared = "memory placement" in draft.passes
        pinned = self.pinned(items, [*inputs, *outputs], storages) if shared else range(len(storages.starts))
        scratch = placement.pin(set(pinned) - regions)
        base = scratch + SCRATCH * tile
        kept = self.kept(items, storages)
        chosen = groups if "local results" in draft.passes else []
        begin = assign(chosen, kept, self.escaping(items, outputs, storages), self.steady, base, tile)
        lasting = self.lasting(items, kept, storages)
        kept |= placement.pinned
        places = np.concatenate(self.places) if self.places else np.zeros(0, np.int64)
        active, rows_of_bars = placement.place(spans_of(items, storages, places), kept, begin)
        placement.settle(active)
        rows, heads, found, lasting = self.instructions(items, lasting, kept | regions | {len(storages.starts)})
        table = np.array(rows, np.int64).reshape(-1, COLUMNS)
        placement.table(table)
        for call in found.values():
            placement.call(call)
        self.homes = [(start, number, placement.view(view)) for start, number, view in self.homes]
        inputs, outputs = ([placement.view(view) for view in views] for views in (inputs, outputs))
        ops, firsts, seconds, values = placement.scalars(self.scalars.columns, self.rolled)
        self.resolve_homes(firsts)
        self.resolve_homes(seconds)
        constants = [(start + active - CONSTANTS, values) for start, values, _ in self.constants.values()]
        size = active + self.constant_top - CONSTANTS
        guards = placement.moved(self.deciding()), np.array([value for _, value in draft.guards], float)
        return Code(
            *(table, np.array(heads, np.int64), placement.places(places), ops, firsts, seconds, active, rows_of_bars),
            *(size, scratch, begin, tile, found, values, constants, inputs, outputs, guards),
            lasting=lasting,
            optimised=draft.report(),
        )

    def instructions(self, items: list, lasting: int, kept: set[int]) -> tuple[list, list, dict, int]:
        """Rows of the table, first row of every instruction, calls by their numbers; how many are ``lasting``."""
        rows, heads, found = [], [], {}
        stops = []
        for item in items:
            stops.append(len(heads))
            if type(item) is Group:
                for instruction in rows_of(item, kept, self.steady):
                    heads.append(len(rows))
                    rows += instruction
                continue
            if type(item) is not list:
                found[len(heads)] = item
            heads.append(len(rows))
            rows.append(item if type(item) is list else [CALL, *[0] * (COLUMNS - 1)])
        return rows, heads, found, [*stops, len(heads)][lasting]

    @staticmethod
    def lasting(items: list, kept: set[int], storages: Storages) -> int:
        """How many items, from the first, have values that the way back reads, or decide."""
        for number in range(len(items) - 1, -1, -1):
            item = items[number]
            if type(item) is Group:
                if not kept.isdisjoint(item.written.keys() - item.local.keys()):
                    return number + 1
            elif type(item) is not list or item[0] != FILL or storages.of(item[5]) in kept:
                return number + 1
        return 0

    def kept(self, items: list, storages: Storages) -> set[int]:
        """Storages whose values a sweep that comes back reads: those that derivatives need, and what was saved."""
        addresses = [item[5] for item in items if type(item) is list and item[0] in (SAVE, SAVE_AT)]
        return {storages.of(address) for address in (*addresses, *self.needed)}

    def regions(self, storages: Storages) -> set[int]:
        """What scalar operations compute: no storages of arrays."""
        rolled = [storages.of(low) for low, _ in self.rolled]
        return set(range(storages.of(self.count - 1) + 1)).difference(rolled)

    def read_as_scalars(self, storages: Storages) -> set[int]:
        """Storages of results of which scalar operations or decisions need single entries."""
        operands = (self.scalars.firsts, self.scalars.seconds, self.deciding())
        return {storage for addresses in operands for storage in storages.all_of(addresses)}

    def scalar_operands(self, low: int, high: int) -> np.ndarray:
        """Addresses that scalar operations read; below zero where they are not known yet."""
        return np.concatenate([self.scalars.firsts[low:high], self.scalars.seconds[low:high]])

    def pinned(self, items: list, ends: list[View], storages: Storages) -> set[int]:
        """Storages that keep their memory: of inputs and results, and those that scalars or calls touch."""
        views = [*ends, *[view for _, _, view in self.homes]]
        for item in items:
            if type(item) not in (list, Group):
                views += views_within(list(vars(item).values()))
        found = {storages.of(view.offset) for view in views} | self.read_as_scalars(storages)
        return found - {len(storages.starts)}

    def escaping(self, items: list, outputs: list[View], storages: Storages) -> set[int]:
        """Storages that are read by other than elementwise instructions, or written in place."""
        views = [*outputs, *[view for _, _, view in self.homes]]
        found = self.regions(storages) | self.read_as_scalars(storages)
        for item in items:
            if type(item) is list and item[0] == RUN:
                continue
            if type(item) is list:
                views.append(View(item[9] if item[0] == SAVE else item[5], (), ()))
            elif type(item) is not Group:
                views += [*calls.views_in(item.operands), *item.outs]
        found.update(storages.of(view.offset) for view in views if view is not None)
        found.update(storages.of(address) for address in self.overwritten)
        for places in self.places:
            found.update(storages.all_of(places))
        return found

    def deciding(self) -> np.ndarray:
        """Addresses of the scalars that decided."""
        return self.recorded([address for address, _ in self.draft.guards])

    def operation(self, node: Operation) -> None:
        """An elementwise row."""
        row, settings, named = node.saved
        if row is SELECT or row in DECIDING:
            self.choice(node, row)
            return
        op = opcode_of(row.function)
        operands = node.operands
        if op is None or len(operands) > 2:
            out = self.allocate(node)
            self.emit_call(calls.ElementwiseCall(row, [self.value_of(x) for x in operands], out, settings, named))
            self.needs(out, *[self.view(x) for x in operands if type(x) is tuple])
            return
        if row.function is np.power and type(operands[1]) is Fixed and np.ndim(operands[1].value) == 0:
            if operands[1].value == 2:
                op, operands = OPCODES[np.square], operands[:1]
        if self.elementwise(op, node, operands):
            return
        views = [self.view(x) for x in operands]
        out = self.allocate(node)
        self.emit_operation(op, out, *views)

    def choice(self, node: Operation, row: Any) -> None:
        """A mask, or what one selects."""
        operands = [self.value_of(x) for x in node.operands]
        out = self.allocate(node)
        self.emit_call(choices.Select(operands, out) if row is SELECT else choices.Decide(DECIDING[row], operands, out))
        if row is SELECT:
            self.needs(*calls.views_in(operands[:1]))

    def value_of(self, operand: Any) -> Any:
        """An operand of a call: a view, or the constant itself."""
        if type(operand) is list:
            return [self.value_of(x) for x in operand]
        return operand.value if type(operand) is Fixed else self.view(operand)

    def block(self, node: BlockNode) -> None:
        """A block row."""
        row, saved, static, y = node.saved
        if node.parts is None and products.lowered(self, node, row, saved, static):
            return
        operands = [
            saved[i] if reference is None else self.block_operand(reference, saved[i])
            for i, reference in enumerate(node.operands)
        ]
        if node.parts is None:
            outs, plain = [self.allocate(node)], [None]
        else:
            parts = self.parts.get(node, {})
            outs = [self.allocate(parts[i]) if i in parts else None for i in range(len(y))]
            plain = [None if i in parts else part for i, part in enumerate(y)]
        several = node.parts is not None
        self.emit_call(calls.BlockCall(row, operands, node.needs, static, outs, plain, several, type(y)))
        self.needs(*[v for v in outs if v is not None], *calls.views_in(operands))

    def block_operand(self, reference: Any, saved: Any) -> Any:
        """An operand of a block."""
        if type(reference) is list:
            return [s if r is None else self.view(r) for r, s in zip(reference, saved, strict=True)]
        return self.view(reference)

    def check(self, node: Check) -> None:
        """A decision, taken again in Python."""
        function, kwargs, outcome = node.saved
        operands = [self.argument(x) for x in node.operands]
        self.emit_call(calls.Check(function, operands, {k: self.argument(x) for k, x in kwargs.items()}, outcome))

    def argument(self, x: Any) -> Any:
        """An argument of a check."""
        if type(x) is list:
            return [self.argument(item) for item in x]
        return self.view(x) if type(x) is tuple else x.value if type(x) is Fixed else x

    def part(self, node: Part) -> None:
        """One of several results: its block has made it."""

    def copy(self, node: Copy) -> None:
        """A copy of an operand."""
        operand = node.operands[0]
        if operand[0] in self.pieces or self.draft.stays(operand[0]):  # what is overwritten is better copied at once
            if self.in_pieces(node, self.pieces_of(operand) or Pieces.of(self.view(operand))):
                return
        source = self.view(operand)
        out = self.allocate(node)
        self.emit(COPY, SET, out.shape, out, source)

    def cast(self, node: Cast) -> None:
        """A cast from float64 to float64."""
        self.copy(node)

    def take(self, node: Take) -> None:
        """Fancy indexing."""
        self.moved(node, self.addresses_of(node.operands[0])[node.saved[0]])

    def gather(self, node: Gather) -> None:
        """Entries by number."""
        sources, total = node.saved
        addresses = np.zeros(total, np.int64)
        for reference, start in node.operands:
            flat = self.addresses_of(reference).reshape(-1)
            addresses[start : start + flat.size] = flat
        self.moved(node, addresses[np.asarray(sources)])

    def rearranged(self, node: Rearranged) -> None:
        """A structural function, run on addresses."""
        bind, static, part = node.saved
        sources = bind.apply(tuple([self.addresses_of(x) for x in node.operands]), static)
        self.moved(node, sources if part is None else sources[part])

    def assembled(self, node: Assembled) -> None:
        """An array of scalars and arrays."""
        addresses = [x[0] if type(x) is tuple and type(x[0]) is int else None for x in node.operands]
        if None not in addresses:
            addresses = self.recorded(addresses)
        else:
            addresses = np.concatenate([self.addresses_of(x).reshape(-1) for x in node.operands])
        self.moved(node, addresses)


_LOWER = {
    Operation: Lowering.operation,
    BlockNode: Lowering.block,
    Part: Lowering.part,
    Check: Lowering.check,
    Copy: Lowering.copy,
    Cast: Lowering.cast,
    Take: Lowering.take,
    Gather: Lowering.gather,
    Rearranged: Lowering.rearranged,
    Assembled: Lowering.assembled,
    **writes.LOWERED,
}
