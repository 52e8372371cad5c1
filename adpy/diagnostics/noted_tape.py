"""NotedTape: a tape that knows the line of every operation, and finds the pullback that made a cotangent not finite."""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.diagnostics.origin import Origin, Where, raise_origin
from adpy.plain import np
from adpy.reverse.nodes import BlockNode, Elementwise
from adpy.reverse.sweep import ScalarSweep, Sweep, unpacked
from adpy.reverse.tape import Tape

__all__ = ["NotedTape", "noted"]


class NotedNodes(list):
    """Nodes, with where each was recorded; ``index`` is the one a sweep is at."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Where] = []
        self.index = 0

    def append(self, node: Any) -> None:
        """Append a node and note where."""
        super().append(node)
        self.places.append(Where())

    def __getitem__(self, index: Any) -> Any:
        self.index = index
        return super().__getitem__(index)


class NotedStream(list):
    """The scalar stream, with where each operation was recorded."""

    def __init__(self, entries: list) -> None:
        super().__init__(entries)
        self.places: list[Where | None] = [None] * (len(entries) // 4)

    def extend(self, entries: Any) -> None:
        """Append an operation and note where."""
        super().extend(entries)
        self.places.append(Where())


class NotedTape(Tape):
    """A tape made by :func:`noted`."""

    __slots__ = ()

    def diagnose(self, seeds: list, inputs: list, result: list) -> None:
        """An error if a result is NaN (or infinite, if the debugging context asks for it)."""
        plain = self.plain and not any(type(bar) in TRACED_TYPES for _, bar in seeds)
        if plain and any(_bad(bar, self.nodes.infinite) for bar in result):
            watching = WatchingSweep(self)
            watching.run(seeds, inputs)
            if watching.origin is not None:
                raise_origin(watching.origin)


def noted(tape: Tape, infinite: bool) -> None:
    """Make a fresh tape note where its operations come from."""
    tape.__class__ = NotedTape
    tape.nodes = NotedNodes()
    tape.nodes.infinite = infinite
    tape.stream = NotedStream(tape.stream)
    tape.append, tape.extend, tape.position = tape.nodes.append, tape.stream.extend, tape.stream.__len__


def _bad(x: Any, infinite: bool) -> bool:
    return bool(np.any(~np.isfinite(x) if infinite else np.isnan(x)))


class WatchingScalars(ScalarSweep):
    """The scalar stream of a watching sweep, always in Python."""

    __slots__ = ("watcher",)

    def __init__(self, tape: Any) -> None:
        ScalarSweep.__init__(self, tape, True)
        if self.compiled:
            self.compiled = False
            self.stream = unpacked(tape)
        self.watcher = None

    def back_to(self, mark: int) -> int:
        low, high = mark // 4, self.top // 4
        self.top = mark
        adjoints, stream = self.adjoints, self.stream
        for address in range(high - 1, low - 1, -1):
            bar = adjoints[address]
            if bar == 0.0:
                continue
            for position in (4 * address, 4 * address + 2):
                child, weight = stream[position], stream[position + 1]
                if child:
                    part = weight * bar
                    if part - part != 0.0:
                        self.watcher.met(part, bar, weight, self.watcher.tape.stream.places[address])
                    adjoints[child] += part
        return mark


class WatchingSweep(Sweep):
    """A sweep that looks at every contribution; ``origin`` is the first that is not finite."""

    __slots__ = ("origin",)

    def __init__(self, tape: Any) -> None:
        Sweep.__init__(self, tape, tape.parent, True, True)
        self.origin: Origin | None = None

    def run(self, seeds: list, inputs: list) -> list:
        # The seeds are added before any node is at hand.
        self.tape.nodes.index = None
        return Sweep.run(self, seeds, inputs)

    def scalar_sweep(self, tape: Any, plain: bool) -> WatchingScalars:
        """The scalar stream, which reports to this sweep."""
        scalars = WatchingScalars(tape)
        scalars.watcher = self
        return scalars

    def add(self, reference: tuple, bar: Any, own: bool) -> None:
        self._look(bar)
        Sweep.add(self, reference, bar, own)

    def add_at(self, reference: tuple, key: Any, bar: Any, unique: bool) -> None:
        self._look(bar)
        Sweep.add_at(self, reference, key, bar, unique)

    def _look(self, bar: Any) -> None:
        index = self.tape.nodes.index
        if index is not None and not np.all(np.isfinite(bar)):
            node = list.__getitem__(self.tape.nodes, index)
            self.met(bar, None, _partials(node), self.tape.nodes.places[index])

    def met(self, part: Any, bar: Any, weight: Any, where: Where) -> None:
        """A contribution that is not finite."""
        before = self.origin
        if before is not None and (before.result != before.result or not np.any(np.isnan(part))):
            return
        wanted = ~np.isfinite(part) if before is None else np.isnan(part)
        index = tuple(np.argwhere(wanted)[0].tolist())
        value = np.asarray(part)[index].item()
        operands = []
        if bar is not None:
            operands = [f"the cotangent {bar!r}", f"the partial {float(weight)!r}"]
        elif weight is not None:
            operands = [weight]
        self.origin = Origin("cotangent", where.operation, where.place, value, index, tuple(operands), before)


def _partials(node: Any) -> str | None:
    """The partials of a node that are not finite, as text."""
    if isinstance(node, BlockNode):
        return f"the pullback of {node.saved[0].name}"
    if not isinstance(node, Elementwise):
        return None
    for _, partial in node.operands:
        if partial.constant is None:
            with np.errstate(all="ignore"):
                weight = np.asarray(partial.function(*node.saved))
            bad = weight[~np.isfinite(weight)]
            if bad.size:
                return f"the partial {bad.ravel()[0].item()!r}"
    return None
