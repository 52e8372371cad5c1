"""Steps as programs: recorded once, and replayed from state to state in the memory of the recording."""

from __future__ import annotations

import copy
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.program import Program
from adpy.api.signature import signature
from adpy.api.surroundings import Surroundings, large_arrays
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.checkpoint.stepping.counts import Count, closed, count, opened
from adpy.checkpoint.stepping.state import is_generator
from adpy.plain import np

__all__ = ["Form", "StepProgram", "blanked", "form_of", "is_blank", "program_of"]

RECORDINGS = 32
"""Recordings of a step (branches, shapes) that are kept."""

MISSES = 64
"""Recordings after which steps that are mostly recorded anew are not recorded any more."""

PROGRAMS = 32
"""Steps whose recordings are kept for the next loop with the same code."""


class _Closed:
    """A body with integers as inputs: ``(tree, wholes, n, operands, arg) -> (tree, wholes, output)``."""

    def __init__(self, body: Callable) -> None:
        self.body = body

    def __call__(self, tree: Any, wholes: list, n: Any, operands: Any, arg: Any) -> tuple[Any, list, Any]:
        is_constant = type(n) is int
        tree = map_leaves(_own, tree)  # the step may write into it
        state, output = self.body(opened(tree, wholes), n if is_constant else count(n), operands, arg)
        output = map_leaves(_index, output)
        return (state, [], output) if is_constant else (*closed(state), output)


def _own(leaf: Any) -> Any:
    return leaf.copy() if type(leaf) is np.ndarray else leaf


def _index(leaf: Any) -> Any:
    return leaf.__index__() if type(leaf) is Count else leaf


class StepProgram(Program):
    """The recordings of a step.

    Parameters
    ----------
    body : callable
        See :mod:`adpy.checkpoint.stepping.body`.
    functions : sequence of callable
        What of the user's is called in it.
    steady : bool
        Whether results are to be the same to the last bit whenever steps are run: with kernels of its own at once or
        never, not when it has run for a while.

    Attributes
    ----------
    patience : list of int
        How often it is worth while to record a step that is mostly recorded anew; less with every loop that gave up,
        and the same for all loops that share recordings.
    """

    def __init__(self, body: Callable, functions: Sequence, steady: bool = False) -> None:
        specialize = "hot" if not steady else os.environ.get("ADPY_SPECIALIZE") != "never"
        Program.__init__(self, _Closed(body), recordings=RECORDINGS, specialize=specialize)
        self.steady = steady
        self._read = [Surroundings(function) for function in functions]
        self._large: tuple = ()
        self.patience = [MISSES]

    def over(self, body: Callable, functions: Sequence, operands: Any) -> StepProgram:
        """A program that shares recordings with this one, of functions with the same code, for one loop."""
        shared = copy.copy(self)
        shared.function, shared._eager = _Closed(body), {}
        shared._read = [Surroundings(function) for function in functions]
        shared._large = _checksums(shared._read, operands)
        return shared

    def _around(self) -> tuple:
        return (*[surroundings.state() for surroundings in self._read], self._large)

    def __copy__(self) -> StepProgram:
        shared = object.__new__(StepProgram)
        shared.__dict__.update(self.__dict__)
        return shared


def _checksums(read: Sequence[Surroundings], operands: Any) -> tuple:
    """Of the large arrays that are constants of recordings: another loop may find other values in them."""
    arrays = [array for surroundings in read for array in surroundings.large()]
    arrays += [x for x in large_arrays([leaf for _, leaf in flatten(operands)]) if x.dtype != np.float64]
    return tuple([hashlib.blake2b(np.ascontiguousarray(x).view(np.uint8), digest_size=16).digest() for x in arrays])


_programs: OrderedDict[tuple, StepProgram] = OrderedDict()


def program_of(body: Callable, functions: Sequence, kind: tuple, operands: Any, steady: bool = False) -> StepProgram:
    """The program of a step; recordings of earlier loops are used again where the surroundings are the same."""
    key = (*[getattr(function, "__code__", function) for function in functions], *kind, steady)
    functions = [function for function in functions if function is not None]
    found = _programs.get(key)
    if found is None:
        found = _programs[key] = StepProgram(body, functions, steady)
        if len(_programs) > PROGRAMS:
            _programs.popitem(last=False)
        return found.over(body, functions, operands)
    _programs.move_to_end(key)
    return found.over(body, functions, operands)


class Form:
    """A structure of the state: everything of it but the values of the inputs.

    Attributes
    ----------
    size : int
        How many leaves carry derivatives; counts are further inputs behind them.
    """

    __slots__ = ("_template", "size")

    def __init__(self, closed_state: tuple, inputs: Sequence) -> None:
        self._template = map_leaves(blanked, closed_state)
        self.size = len(inputs) - len(closed_state[1])

    def tree(self, arrays: Sequence) -> Any:
        """The state with these values, which are copied."""
        found = iter(arrays)
        every = [leaf for _, leaf in flatten(self._template)]
        leaves = [_valued(leaf, next(found)) if is_blank(leaf) else _own(leaf) for leaf in every]
        tree, wholes = rebuild(self._template, iter(leaves).__next__)
        return opened(tree, wholes)

    def closed(self, arrays: Sequence) -> tuple[Any, list]:
        """As :meth:`tree`, with counts apart."""
        found = iter(arrays)
        leaves = [leaf if not is_blank(leaf) else _valued(leaf, next(found)) for _, leaf in flatten(self._template)]
        return rebuild(self._template, iter(leaves).__next__)


class _Blank:
    """The place of an input in a state."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        self.kind = kind


_BLANKS = {kind: _Blank(kind) for kind in (float, np.float64, np.ndarray)}


def blanked(leaf: Any) -> Any:
    kind = type(leaf)
    if kind is float or kind is np.float64 or (kind is np.ndarray and leaf.dtype == np.float64):
        return _BLANKS[kind]
    return leaf.copy() if kind is np.ndarray else leaf


def is_blank(leaf: Any) -> bool:
    return type(leaf) is _Blank


def _valued(blank: _Blank, array: Any) -> Any:
    kind = blank.kind
    return float(array) if kind is float else np.float64(array) if kind is np.float64 else np.array(array)


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
