"""Emission: the text of the kernel of one class of elements.

Lanes are worked on in blocks: values of one block first, in a loop that vectorises, then the entries are added to the
data.  An entry that nothing else adds to is written at once.
"""

from __future__ import annotations

from adpy.program.formulas import Lines
from adpy.sparse.elements.kernel import Kernel
from adpy.sparse.elements.lanes import Lanes

__all__ = ["PARAMETERS", "emit"]

PARAMETERS = (
    "count: int, lanes: int, runs: ints, table: small, constants: floats, x: floats, data: floats, flags: floats"
)
_X, _CONSTANTS, _BUFFER, _DATA = 0, 1, 2, 3
_BUFFERED = 2048


class _Lines(Lines):
    """The function of one class."""

    def __init__(self, lanes: Lanes, width: int) -> None:
        super().__init__()
        self.lanes, self.width = lanes, width

    def begin(self) -> None:
        """Loops over runs and blocks, up to the lane ``i`` of a block."""
        if self.lanes.steps is None:
            self.add("count_here = count")
        else:
            self.add("for r in range(count):")
            self.indent += 4
            columns = 2 + len(self.lanes.steps)
            self.add(f"row = r * {columns}")
            self.add("first = entry_of(runs, row)")
            self.add("count_here = entry_of(runs, row + 1)")
            for k in range(len(self.lanes.steps)):
                self.add(f"s{k} = entry_of(runs, row + {2 + k})")
        self.add("low = 0")
        self.add("while low < count_here:")
        self.indent += 4
        self.add(f"n = min(count_here - low, {self.width})")

    def address(self, k: int) -> str:
        """The address ``k`` of the lane ``i``."""
        if self.lanes.steps is None:
            return f"entry_of(table, lanes * {k} + i)"
        step = self.lanes.steps[k]
        return f"s{k}" if step == 0 else f"s{k} + i" if step == 1 else f"s{k} + i * {step}"

    def lane(self) -> str:
        """The number of the lane ``i``."""
        return "i" if self.lanes.steps is None else "first + i"


def emit(name: str, kernel: Kernel, lanes: Lanes) -> str:
    """The text of a native kernel for lanes of this kind."""
    buffered = kernel.alone.count(False) if lanes.steps is not None else len(kernel.alone)
    width = max(16, min(256, _BUFFERED // max(1, buffered) // 8 * 8))
    out = _Lines(lanes, width)
    out.begin()
    out.add("for k in many(n):")
    out.indent += 4
    out.add("i = low + k")
    inputs = constants = 0
    for leaf, kind in enumerate(kernel.loads):
        if kind == "x":
            out.add(f"l{leaf} = load(x, {out.address(inputs)}, {_X})")
            inputs += 1
        elif kind == "c":
            out.add(f"l{leaf} = load(constants, lanes * {constants} + {out.lane()}, {_CONSTANTS})")
            constants += 1
    for line in kernel.lines:
        out.add(line)
    places: list[int] = []
    for entry, text in enumerate(kernel.entries):
        at = kernel.inputs + entry
        if kernel.alone[entry] and lanes.steps is not None:
            out.add(f"store(data, {out.address(at)}, {text}, {_DATA + 1 + entry})")
        else:
            out.add(f"store(buffered, {len(places) * width} + k, {text}, {_BUFFER})")
            places.append(entry)
    if kernel.decision is not None:
        out.add(f"misses = add_up(misses, choose({' != '.join(kernel.decision)}, 1.0, 0.0))")
    out.indent -= 4
    if places:
        out.add("for k in range(n):")
        out.indent += 4
        out.add("i = low + k")
        for position, entry in enumerate(places):
            text = f"load(buffered, {position * width} + k, {_BUFFER})"
            if not kernel.alone[entry]:
                text = f"load(data, at{position}, {_DATA}) + {text}"
            out.add(f"at{position} = {out.address(kernel.inputs + entry)}")
            out.add(f"store(data, at{position}, {text}, {_DATA})")
        out.indent -= 4
    out.add(f"low += {width}")
    head = [f"def {name}({PARAMETERS}):"]
    if places:
        head.append(f"    buffered = buffer({len(places) * width})")
    tail = []
    if kernel.decision is not None:
        head.append("    misses = 0.0")
        tail.append("    store(flags, 0, load(flags, 0, 0) + misses, 0)")
    return "\n".join([*head, *out.lines, *tail])
