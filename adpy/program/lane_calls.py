"""Instructions in Python in the sweeps of lanes: at all lanes together if elementwise, else lane by lane."""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.program import calls, choices
from adpy.program.code import Code, View
from adpy.reverse.sweep import reduce_to

__all__ = ["LaneCalls"]

_CHOICES = choices.Decide, choices.Select


class LaneCalls:
    """What a :class:`~adpy.program.lanes.Plan` has of this; it gives the rows of numbers."""

    code: Code
    active: np.ndarray
    row_of: np.ndarray
    bar_of: np.ndarray

    def _call(self, item: Any, memory: np.ndarray, n: int, same: np.ndarray) -> None:
        """An instruction in Python: at all lanes together if it is elementwise, else lane by lane."""
        call = item.call
        if type(call) is calls.ElementwiseCall:
            operands = self._operands(item, memory, n)
            with np.errstate(all="ignore"):
                y = call.row.function(*operands, *call.settings, **call.named)
            memory[self.row_of[item.outs[0]], :n] = y
            return
        if type(call) in _CHOICES:
            memory[self.row_of[item.outs[0]], :n] = call.evaluate(self._operands(item, memory, n))
            return
        views = [view for view in call.outs if view is not None]
        flat = self.code.take_memory()
        for lane in range(n):
            if not same[lane]:
                continue
            self._fill(flat, calls.views_in(call.operands), item.operands, memory[:, lane])
            try:
                if call.replay(flat) is False:
                    same[lane] = False
            except (ArithmeticError, ValueError, IndexError, TypeError, np.linalg.LinAlgError):
                same[lane] = False
            for view, numbers in zip(views, item.outs, strict=True):
                memory[self.row_of[numbers], lane] = view.of(flat)
        self.code.give_memory(flat)

    def _operands(self, item: Any, memory: np.ndarray, n: int) -> list:
        """Operands of an elementwise instruction, with one more axis, the last, for the lanes."""
        found = iter(item.operands)
        return [
            memory[self.row_of[next(found)], :n] if type(x) is View else np.asarray(x)[..., None]
            for x in item.call.operands
        ]

    def _fill(self, flat: np.ndarray, views: list, numbers: list, column: np.ndarray) -> None:
        for view, entries in zip(views, numbers, strict=True):
            view.of(flat)[...] = column[self.row_of[entries]]

    def _pull(self, item: Any, memory: np.ndarray, n: int, same: np.ndarray) -> None:
        """Cotangents of the operands of an instruction in Python."""
        call = item.call
        if not any(self.active[numbers].any() for numbers in item.outs):
            return
        if type(call) is calls.ElementwiseCall:
            self._pull_elementwise(item, memory, n)
            return
        if type(call) in _CHOICES:
            self._pull_choice(item, memory, n)
            return
        views = calls.views_in(call.operands)
        outs = [view for view in call.outs if view is not None]
        flat, bars = self.code.take_memory(), np.zeros((self.code.rows, 1))
        addresses = np.concatenate([view.addresses().reshape(-1) for view in views])
        addresses, found = np.unique(addresses, return_index=True)  # an operand may occur twice
        numbers = np.concatenate([entries.reshape(-1) for entries in item.operands])[found]
        addresses, numbers = addresses[self.active[numbers]], numbers[self.active[numbers]]
        for lane in range(n):
            if not same[lane]:
                continue
            column = memory[:, lane]
            self._fill(flat, [*views, *outs], [*item.operands, *item.outs], column)
            bars[addresses] = 0.0
            for view, entries in zip(outs, item.outs, strict=True):
                view.of(bars)[...] = column[self.bar_of[entries]]
            call.adjoint(flat, bars)
            np.add.at(column, self.bar_of[numbers], bars[addresses, 0])
        self.code.give_memory(flat)

    def _add(self, memory: np.ndarray, numbers: np.ndarray, contribution: np.ndarray) -> None:
        """Add to cotangents; a number may occur several times."""
        here = self.active[numbers]
        np.add.at(memory, self.bar_of[numbers[here]], contribution[here])

    def _pull_choice(self, item: Any, memory: np.ndarray, n: int) -> None:
        call = item.call
        bar = memory[self.bar_of[item.outs[0]], :n]
        numbers = iter(item.operands)
        for x, found in zip(call.operands, call.pulled(self._operands(item, memory, n), bar), strict=True):
            place = next(numbers) if type(x) is View else None
            if found is not None and place is not None and self.active[place].any():
                self._add(memory[:, :n], place, reduce_to(found, (*x.shape, n)))

    def _pull_elementwise(self, item: Any, memory: np.ndarray, n: int) -> None:
        call = item.call
        operands = self._operands(item, memory, n)
        out = item.outs[0]
        y, bar = memory[self.row_of[out], :n], memory[self.bar_of[out], :n]
        numbers = iter(item.operands)
        places = [next(numbers) if type(x) is View else None for x in call.operands]
        for k, (x, place) in enumerate(zip(call.operands, places, strict=True)):
            if place is None or not self.active[place].any():
                continue
            partial = call.row.slices[k]
            if partial.constant == 0.0:
                continue
            with np.errstate(all="ignore"):
                weight = partial.function(*operands, y)
                pulled = np.where(bar == 0.0, 0.0, weight * bar)
            self._add(memory[:, :n], place, reduce_to(pulled, (*x.shape, n)))
