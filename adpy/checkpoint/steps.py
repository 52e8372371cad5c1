"""Steps as programs: recorded once, and replayed from state to state in the memory of the recording."""

from __future__ import annotations

import copy
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.program import Program
from adpy.api.signature import signature
from adpy.api.surroundings import Surroundings
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.checkpoint.counts import Count, closed, count, opened
from adpy.checkpoint.state import is_generator
from adpy.plain import np
from adpy.program import sweeps

__all__ = ["Form", "Link", "StepProgram", "program_of"]

RECORDINGS = 32
"""Recordings of a step (branches, shapes) that are kept."""

PROGRAMS = 32
"""Steps whose recordings are kept for the next loop with the same code."""


class _Closed:
    """A body with integers as inputs: ``(tree, wholes, n, operands, arg) -> (tree, wholes, output)``."""

    def __init__(self, body: Callable) -> None:
        self.body = body

    def __call__(self, tree: Any, wholes: list, n: Any, operands: Any, arg: Any) -> tuple[Any, list, Any]:
        is_constant = type(n) is int
        state, output = self.body(opened(tree, wholes), n if is_constant else count(n), operands, arg)
        output = map_leaves(_index, output)
        return (state, [], output) if is_constant else (*closed(state), output)


def _index(leaf: Any) -> Any:
    return leaf.__index__() if type(leaf) is Count else leaf


class StepProgram(Program):
    """The recordings of a step.

    Parameters
    ----------
    body : callable
        See :mod:`adpy.checkpoint.body`.
    functions : sequence of callable
        What of the user's is called in it.
    steady : bool
        Whether results are to be the same to the last bit whenever steps are run: with kernels of its own at once or
        never, not when it has run for a while.
    """

    def __init__(self, body: Callable, functions: Sequence, steady: bool = False) -> None:
        specialize = "hot" if not steady else os.environ.get("ADPY_SPECIALIZE") != "never"
        Program.__init__(self, _Closed(body), recordings=RECORDINGS, specialize=specialize)
        self.steady = steady
        self._read = [Surroundings(function) for function in functions]

    def over(self, body: Callable, functions: Sequence) -> StepProgram:
        """A program that shares recordings with this one, of functions with the same code."""
        shared = copy.copy(self)
        shared.function, shared._eager = _Closed(body), {}
        shared._read = [Surroundings(function) for function in functions]
        return shared

    def _around(self) -> tuple:
        return tuple([surroundings.state() for surroundings in self._read])

    def __copy__(self) -> StepProgram:
        shared = object.__new__(StepProgram)
        shared.__dict__.update(self.__dict__)
        return shared


_programs: OrderedDict[tuple, StepProgram] = OrderedDict()


def program_of(body: Callable, functions: Sequence, kind: tuple, steady: bool = False) -> StepProgram:
    """The program of a step; recordings of earlier loops are used again where the surroundings are the same."""
    key = (*[getattr(function, "__code__", function) for function in functions], *kind, steady)
    functions = [function for function in functions if function is not None]
    found = _programs.get(key)
    if found is None:
        found = _programs[key] = StepProgram(body, functions, steady)
        if len(_programs) > PROGRAMS:
            _programs.popitem(last=False)
        return found.over(body, functions)
    _programs.move_to_end(key)
    return found.over(body, functions)


class Form:
    """A structure of the state: everything of it but the values of the inputs.

    Attributes
    ----------
    size : int
        How many leaves carry derivatives; counts are further inputs behind them.
    """

    __slots__ = ("_kinds", "_template", "size")

    def __init__(self, closed_state: tuple, inputs: Sequence) -> None:
        self._template = map_leaves(_shape_only, closed_state)
        self._kinds = [leaf if _is_blank(leaf) else None for _, leaf in flatten(self._template)]
        self.size = len(inputs) - len(closed_state[1])

    def tree(self, arrays: Sequence) -> Any:
        """The state with these values, which are copied."""
        found = iter(arrays)
        leaves = [leaf if not _is_blank(leaf) else _valued(leaf, next(found)) for _, leaf in flatten(self._template)]
        tree, wholes = rebuild(self._template, iter(leaves).__next__)
        return opened(tree, wholes)

    def closed(self, arrays: Sequence) -> tuple[Any, list]:
        """As :meth:`tree`, with counts apart."""
        found = iter(arrays)
        leaves = [leaf if not _is_blank(leaf) else _valued(leaf, next(found)) for _, leaf in flatten(self._template)]
        return rebuild(self._template, iter(leaves).__next__)


class _Blank:
    """The place of an input in a state."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        self.kind = kind


_BLANKS = {kind: _Blank(kind) for kind in (float, np.float64, np.ndarray)}


def _shape_only(leaf: Any) -> Any:
    kind = type(leaf)
    if kind is float or kind is np.float64 or (kind is np.ndarray and leaf.dtype == np.float64):
        return _BLANKS[kind]
    return leaf.copy() if kind is np.ndarray else leaf


def _is_blank(leaf: Any) -> bool:
    return type(leaf) is _Blank


def _valued(blank: _Blank, array: Any) -> Any:
    kind = blank.kind
    return float(array) if kind is float else np.float64(array) if kind is np.float64 else np.array(array)


def _overlapping(a: np.ndarray, b: np.ndarray) -> bool:
    return np.may_share_memory(a, b)


def _same_place(a: np.ndarray, b: np.ndarray) -> bool:
    return (
        a.__array_interface__["data"] == b.__array_interface__["data"] and a.shape == b.shape and a.strides == b.strides
    )


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
        is_input = [_is_blank(_shape_only(leaf)) for leaf in leaves]
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
            _overlapping(source, into) and not (i == j and _same_place(source, into))
            for i, source in enumerate(self.sources)
            for j, into in enumerate(self.inputs)
        )
        self._apart = bool(len(guards) or self.code.calls or self.crossing)
        self.held = [np.array(source) for source in self.sources] if self._apart else self.sources
        moves = zip(self.inputs, self.held, strict=False) if self.after is self.form else ()
        self._again = [(into, x) for into, x in moves if not _same_place(into, x)]
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
        if bars and np.may_share_memory(bars[0], memory):
            bars = [bar.copy() for bar in bars]
        for low, stop in code.cleared:
            memory[low:stop] = 0.0
        for place, bar in self.seeded(bars):
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

    def ends_of_bars(self) -> tuple[list, list]:
        """Cotangents of inputs and results, in the memory of a sweep."""
        if "bars" not in self.frame.ends:
            self.frame.prepare(self.code, "bars")
        return self.frame.ends["bars"]

    def seeded(self, bars: Sequence) -> list[tuple[int, Any]]:
        """Numbers of the results that are part of the state after, with the cotangents of that."""
        return [(place, bar) for place, bar in zip(self._numbers, bars, strict=False) if place is not None]

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


def form_of(state: Any, counted: bool, forms: dict) -> tuple[Form, list] | None:
    """The form of a state and its inputs; None where programs do not know a leaf."""
    parts = closed(state) if counted else (state, [])
    key, inputs = signature(parts, {})
    if key is None:
        return None
    found = forms.get(key)
    if found is None:
        if any(is_generator(type(leaf)) for _, leaf in flatten(parts)):
            return None  # each step changes them
        found = forms[key] = Form(parts, inputs)
    return found, inputs
