"""Machine: carries the state of a loop from step to step, and cotangents back, by programs where they know the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, map_leaves
from adpy.checkpoint.driving.queue import FORWARD
from adpy.checkpoint.stepping.body import Turn, active
from adpy.checkpoint.stepping.eager import pulled_step
from adpy.checkpoint.stepping.link import Link
from adpy.checkpoint.stepping.march import March
from adpy.checkpoint.stepping.pace import Pace
from adpy.checkpoint.stepping.record import Record
from adpy.checkpoint.stepping.recordings import Recordings, inputs_of_tree
from adpy.checkpoint.stepping.state import join, split
from adpy.checkpoint.stepping.steps import Form, StepProgram, form_of
from adpy.checkpoint.stepping.streams import Streams
from adpy.checkpoint.stepping.verifying import check_marks, copied, is_value, mark_of
from adpy.plain import np

__all__ = ["Machine"]

STUBBORN = 3
"""Times that native code may stop at its first step before another recording has its turn."""


class Machine(Recordings):
    """The state of a loop, and its cotangent.

    Parameters
    ----------
    body : callable
        ``(state, n, operands, arg) -> (state, output)``, see :mod:`adpy.checkpoint.stepping.body`.
    program : StepProgram or None
        Its recordings; None: steps are not recorded.
    operands : tree
    streams : Streams
        Arguments of the steps, and their outputs, which are taken when a step is first run.

    Attributes
    ----------
    bars : list
        Cotangents of the leaves of the state that carry derivatives.
    operand_bars : list
        Those of the operands: sums over all steps that were reversed.
    steps : int
        How many steps were run.
    recorded : int
        How often a step was recorded.
    reached : int
        How many steps were run at least once.
    repeats : bool
        Are steps that are run again to give the same to the last bit?
    counted : bool
        Are integers, and the number of the step, inputs of recordings?
    written, together : frozenset of str
        Paths in the state of what steps write into, and of what has shared memory with other parts of it.
    ended : bool
        Did the condition of the loop end it at the last step?
    """

    def __init__(self, body: Callable, program: StepProgram | None, operands: Any, streams: Streams) -> None:
        self.body, self.program, self.operands, self.streams = body, program, operands, streams
        self.argument = streams.argument
        self.steps = self.recorded = self.reached = 0
        self.ended = self.repeats = False
        self.written: frozenset[str] = frozenset()
        self.together: frozenset[str] = frozenset()
        self.bars: list = []
        self.counted = True
        self._forms: dict = {}
        self.links: list[Link] = []
        self._form: Form | None = None
        self._arrays: Sequence = ()
        self._tree: Any = None
        self._march: March | None = None
        self._stopped, self.pace = 0, Pace()
        self._marks: list[tuple[float, float] | None] = []
        self._operand_inputs = [leaf for _, leaf in flatten(operands)] if program is None else inputs_of_tree(operands)
        if self._operand_inputs is None:
            self.program = None
        self.operand_bars = [np.zeros(np.shape(leaf), _kind(leaf)) for leaf in active(operands)]

    # ---- the state

    def start(self, state: Any) -> None:
        """Begin with this state, which stays as it is."""
        is_known = self.program is not None and all(is_value(leaf) for _, leaf in flatten(state))
        found = form_of(state, self.counted, self._forms) if is_known else None
        if found is None:
            self._form, self._tree = None, map_leaves(copied, state)
        else:
            self._form, self._arrays = found[0], [np.array(x) for x in found[1]]

    @property
    def state(self) -> Any:
        """The current state, in arrays of its own."""
        return map_leaves(copied, self._tree) if self._form is None else self._form.tree(self._arrays)

    def taken_apart(self) -> tuple[Any, list[np.ndarray]]:
        """The current state as arrays, which are not to be kept, and what :meth:`put_together` needs beside them."""
        if self._form is not None:
            return self._form, [np.asarray(x, order="C") for x in self._arrays]
        return split(self._tree)

    def put_together(self, form: Any, arrays: list[np.ndarray]) -> None:
        """Make a state current that was taken apart."""
        if isinstance(form, Form):
            if not self.counted and len(arrays) > form.size:  # it was taken apart while integers were inputs
                self.start(form.tree(arrays))
                return
            self._form, self._arrays = form, arrays
            if self.program is None:
                self._leave()
        else:
            self.start(join(form, arrays))

    def take_over(self, other: Machine) -> None:
        """Make the state of another machine current, which does not change until that runs again.

        Both machines have the same forms, see :meth:`share`.
        """
        if other._form is not None and self.program is not None and self.counted == other.counted:
            self._form, self._arrays = other._form, other._arrays
        else:
            self.start(other.state)

    def share(self, other: Machine) -> None:
        """Use the forms of another machine, so that states are taken over as they are."""
        self._forms = other._forms

    def _leave(self) -> None:
        """Hold the state as a tree from here on."""
        self._tree, self._form, self._arrays = self._form.tree(self._arrays), None, ()

    # ---- steps

    def advance(self, start: int, stop: int) -> int:
        """Run steps, up to ``stop`` or until the condition ends the loop; returns the number of the next one."""
        n, self.ended = start, False
        while n < stop and not self.ended:
            if stop - n > 1:
                at = self._marched(n, stop)
                if at > n:
                    n = at
                    continue
            link = self._linked(n) if self._form is not None else None
            if link is None:
                self._eager(n)
            else:
                self._form, self._arrays = link.after, link.held
                self._collect(n, link.outputs, link.output_tree)
            self.steps += 1
            n += 1
        return n

    def _marched(self, start: int, stop: int) -> int:
        """Have native code run steps; returns how far it came."""
        march = self._march_of(start)
        if march is None or not self.enter(march.link):
            return start
        first = start >= self.reached
        stop = min(stop, start + self.pace.steps) if first else min(stop, start + self.pace.steps, self.reached)
        begin = perf_counter()
        _, at = march.run(np.array([[FORWARD, start, stop]], np.int64), first)
        reached = at if at >= 0 else stop
        self.pace.took(reached - start, perf_counter() - begin)
        self.went(reached - start, march.link, march.state(at >= 0))
        self._stopped = 0 if reached > start else self._stopped + 1
        if first:
            self.reached = max(self.reached, reached)
        return reached

    def _march_of(self, n: int) -> March | None:
        """What native code can use for a step."""
        if n >= self.reached and self.streams.is_endless:
            return None  # outputs move as they grow
        outputs, args = self.streams.outputs, self.streams.arrays
        march = self._march
        if march is not None and self._stopped < STUBBORN and march.link in self.links and march.outputs is outputs:
            return march
        if self._form is None or not self.counted or not self.links or args is None:
            return None
        link = self.links[0]
        wanted = any(x is not None and type(x) is not Turn for x in link.outputs)
        if (wanted and outputs is None) or not March.fits(link, args, outputs):
            return None
        self._march, self._stopped = March(link, args, outputs), 0
        return self._march

    def prepared(self) -> Link | None:
        """The recording that runs the first step from the current state, which stays; None where there can be none."""
        return self._linked(0) if self._form is not None and self.program is not None else None

    def record(self, n: int) -> Record:
        """Run a step and keep what its adjoint needs."""
        link = self._linked(n) if self._form is not None else None
        self.steps += 1
        if link is not None:
            self.links.remove(link)  # nobody else is to use its memory
            self._form, self._arrays = link.after, link.held
            self._collect(n, link.outputs, link.output_tree)
            return Record(n, link)
        given = map_leaves(copied, self._tree)
        (state, output), pullback = pulled_step(self.body, given, n, self.operands, self.argument(n))
        self._tree = map_leaves(copied, state)
        self._check(n, 1e-6)
        leaves = [leaf for _, leaf in flatten(output)]
        self._collect(n, leaves, output)
        return Record(n, None, pullback, leaves)

    def reverse(self, record: Record, output_bars: Sequence | None) -> list:
        """Take the cotangents through a recorded step; returns those of its argument."""
        link = record.link
        if link is not None:
            self.bars = link.pull(self.bars, output_bars)
            for total, bar in zip(self.operand_bars, link.operand_bars, strict=True):
                total += bar
            self._release(link)
            return link.arg_bars
        bars = [*self.bars, *record.bars_of_outputs(output_bars)]
        found = record.pullback(bars)
        size = len(found) - len(self.operand_bars) - len(active(self.argument(record.n)))
        self.bars = list(found[:size])
        rest = iter(found[size:])
        for i in range(len(self.operand_bars)):
            self.operand_bars[i][...] += next(rest)
        return list(rest)

    def enter(self, link: Link) -> bool:
        """Have the current state among the inputs of a recording; False if it is of another form."""
        if self._form is not link.form:
            return False
        if self._arrays is not link.inputs:
            arrays = [x.copy() for x in self._arrays] if link.crossing else self._arrays
            for into, x in zip(link.inputs, arrays, strict=True):
                into[...] = x
        return True

    def went(self, steps: int, link: Link, arrays: Sequence) -> None:
        """Native code ran steps with a recording, and left this state."""
        self.steps += steps
        self._form, self._arrays = link.form, arrays

    def _release(self, link: Link) -> None:
        self.links.insert(0, link)

    def _eager(self, n: int) -> None:
        """Run a step as it is."""
        arg = self.argument(n)
        with capture.paused():
            state, output = self.body(self._tree, n, self.operands, arg)
        others = {id(leaf) for _, leaf in flatten((self.operands, arg)) if isinstance(leaf, np.ndarray)}
        if others:
            state = map_leaves(lambda leaf: leaf.copy() if id(leaf) in others else leaf, state)
        self._tree = state
        self._check(n, 0.0)
        self._collect(n, [leaf for _, leaf in flatten(output)], output)

    def _check(self, n: int, tolerance: float) -> None:
        """Raise if a step gave another state than before, as one does that draws random numbers or counts calls."""
        mark = mark_of(self._tree)
        if n >= self.reached:
            self._marks += [None] * (n + 1 - len(self._marks))
            self._marks[n] = mark
            return
        before = self._marks[n] if n < len(self._marks) and self.repeats else None
        if before is not None:
            check_marks(n, mark, before, tolerance)

    def _collect(self, n: int, leaves: list, output: Any) -> None:
        """Take the output of a step, if it is run for the first time."""
        self.ended = any(leaf is Turn.END for leaf in leaves)
        if n >= self.reached:
            self.reached = n + 1
            self.streams.put(n, leaves, output)

    def close(self) -> None:
        """Give all memory back."""
        self._march = None
        for link in self.links:
            link.close()
        self.links.clear()


def _kind(leaf: Any) -> np.dtype:
    found = np.result_type(leaf)
    return found if found.kind in "fc" else np.dtype(float)
