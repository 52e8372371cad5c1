"""Link: a recording of the step with memory of its own, between the states before and after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.trees import flatten
from adpy.checkpoint.stepping.overlaps import same
from adpy.checkpoint.stepping.steps import Form, blanked, is_blank
from adpy.plain import np
from adpy.program import sweeps

__all__ = ["Link"]


class Link:
    """A recording of the step, with memory of its own, between the states before and after it.

    Parameters
    ----------
    branch : Branch
    form : Form
        Of the state before.
    intern : callable
        Gives the form of a closed state.
    counted : bool
        Is the number of the step an input?
    operands : sequence
        Values of the inputs that are the same in all steps.

    Attributes
    ----------
    form, after : Form
    held : list of ndarray
        The state after it has run.
    outputs : list
        Of the output of a step, for every leaf the array it is in, or its value where that is constant.
    """

    def __init__(
        self, branch: Any, form: Form, intern: Callable, counted: bool, operands: Sequence, arg: Sequence
    ) -> None:
        self.branch, self.code, self.form = branch, branch.code, form
        self.frame = frame = self.code.take_frame()
        inputs = frame.inputs
        size = len(inputs) - counted - len(operands) - len(arg)
        self.inputs = inputs[:size]
        self.number = inputs[size] if counted else None
        at = size + counted
        self.operands, self.arg = inputs[at : at + len(operands)], inputs[at + len(operands) :]
        for into, x in zip(self.operands, operands, strict=True):
            into[...] = x
        self._places = (at, at + len(operands))
        self._connect(intern)

    def _connect(self, intern: Callable) -> None:
        """Find out what the state after this step is, and where."""
        branch, outputs = self.branch, self.frame.outputs
        tree, wholes, output = branch.result(outputs)
        self.after = intern((tree, wholes))
        leaves = [leaf for _, leaf in flatten((tree, wholes))]
        places = branch.places[: len(leaves)]
        is_input = [is_blank(blanked(leaf)) for leaf in leaves]
        self._numbers = [place for (place, _), keep in zip(places, is_input, strict=True) if keep]
        self.sources = [
            outputs[place] if place is not None else np.array(leaf)
            for leaf, (place, _), keep in zip(leaves, places, is_input, strict=True)
            if keep
        ]
        self.outputs = [
            outputs[place] if place is not None else leaf
            for (_, leaf), (place, _) in zip(flatten(output), branch.places[len(leaves) :], strict=True)
        ]
        self.output_places = [place for place, _ in branch.places[len(leaves) :]]
        self.output_tree = output
        guards, _ = self.code.guards
        self.crossing = any(
            np.may_share_memory(source, into) and not (i == j and same(source, into))
            for i, source in enumerate(self.sources)
            for j, into in enumerate(self.inputs)
        )
        self._apart = bool(len(guards) or self.code.calls or self.crossing)
        self.held = [np.array(source) for source in self.sources] if self._apart else self.sources
        moves = zip(self.inputs, self.held, strict=False) if self.after is self.form else ()
        self._again = [(into, x) for into, x in moves if not same(into, x)]
        self._bar_hold: list[np.ndarray] | None = None

    def run(self, arrays: Sequence, n: int, arg: Sequence) -> bool:
        """Run the step from this state; False where its decisions are others (the state is as it was)."""
        for into, x in self._again if arrays is self.held else zip(self.inputs, arrays, strict=True):
            into[...] = x
        if self.number is not None:
            self.number[...] = n
        for into, x in zip(self.arg, arg, strict=True):
            into[...] = x
        try:
            if not sweeps.replay(self.code, self.frame):
                return False
        except sweeps.ERRORS:
            return False
        if self._apart:
            for into, x in zip(self.held, self.sources, strict=True):
                into[...] = x
        return True

    def pull(self, bars: Sequence, output_bars: Sequence | None) -> list[np.ndarray]:
        """Cotangents of the state before, after :meth:`run`; those of the state after are given.

        Parameters
        ----------
        bars : sequence
            One for each leaf of the state that carries derivatives.
        output_bars : sequence or None
            For the leaves of the output, None for no cotangent.
        """
        frame, code = self.frame, self.code
        in_bars, out_bars = self.ends_of_bars()
        memory = frame.columns("bars", 1)
        if any(np.may_share_memory(bar, memory) for bar in bars):
            bars = [bar.copy() for bar in bars]
        for low, stop in code.cleared:
            memory[low:stop] = 0.0
        for _, place, bar in self.seeded(bars):
            out_bars[place][...] += bar
        if output_bars is not None:
            for place, bar in zip(self.output_places, output_bars, strict=True):
                if place is not None and bar is not None:
                    out_bars[place][...] += bar
        sweeps.adjoint(code, frame, memory)
        found = in_bars[: self.form.size]
        if self._bar_hold is None:
            self._bar_hold = [np.empty(bar.shape) for bar in found]
        for into, bar in zip(self._bar_hold, found, strict=True):
            into[...] = bar
        return self._bar_hold

    def let_go(self) -> None:
        """Let the memory of what :meth:`pull` gave go."""
        self._bar_hold = None

    def ends_of_bars(self) -> tuple[list, list]:
        """Cotangents of inputs and results, in the memory of a sweep."""
        if "bars" not in self.frame.ends:
            self.frame.prepare(self.code, "bars")
        return self.frame.ends["bars"]

    def seeded(self, bars: Sequence) -> list[tuple[int, int, Any]]:
        """Numbers of leaves of the state and of the results that are these leaves after, with their cotangents."""
        pairs = enumerate(zip(self._numbers, bars, strict=False))
        return [(i, place, bar) for i, (place, bar) in pairs if place is not None]

    @property
    def moves(self) -> list[tuple[int, int]]:
        """Numbers of inputs, and of the results that are the next ones, elsewhere; none where they meet."""
        pairs = zip(self.inputs, self._numbers, self.sources, strict=True)
        moved = [(i, o) for i, (into, o, x) in enumerate(pairs) if o is not None and not same(into, x)]
        return [] if self.crossing else moved

    @property
    def operand_bars(self) -> list[np.ndarray]:
        """Cotangents of the operands, after :meth:`pull`."""
        return self.frame.ends["bars"][0][self._places[0] : self._places[1]]

    @property
    def arg_bars(self) -> list[np.ndarray]:
        """Cotangents of the argument, after :meth:`pull`."""
        return self.frame.ends["bars"][0][self._places[1] :]

    def close(self) -> None:
        """Give the memory back."""
        self.code.give_frame(self.frame)
