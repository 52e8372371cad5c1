"""Patterns over all branches: unions over recordings in which decisions come out either way."""

from __future__ import annotations

import functools
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from adpy.api.program_recordings import Recordings, inputs_of
from adpy.api.running import run
from adpy.errors import ArgumentError
from adpy.program import Unrecordable
from adpy.program.lowering import lower
from adpy.sparse.arguments import input_numbers, keys_of
from adpy.sparse.detection.forcing import Endless, Forcing, Place, assignments
from adpy.sparse.detection.public import HessianPatterns, JacobianPatterns, Patterns
from adpy.sparse.pattern import Pattern

__all__ = ["global_pattern"]

HANDFUL = 4
"""Places up to which all combinations of outcomes are recorded."""
MOST = 64
"""Recordings of one function."""


class GlobalPatterns:
    """What :func:`global_pattern` gives.

    Parameters
    ----------
    patterns : Patterns
        Of the same function, stable.

    Attributes
    ----------
    uncovered : list of str
        Decisions whose other side could not be recorded at the last call, and why.
    """

    def __init__(self, patterns: Patterns) -> None:
        functools.update_wrapper(self, patterns.function, updated=())
        self.patterns = patterns
        self.uncovered: list[str] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Pattern:
        patterns = self.patterns
        found = patterns(*args, **kwargs)
        keys = keys_of(patterns.function, args, kwargs, patterns.argnum)
        wrt = input_numbers(args, kwargs, keys)
        self.uncovered = []
        names: dict[Place, str] = {}
        natural: Counter = Counter()
        known: list[Place] = []
        waiting: deque[dict[Place, bool]] = deque([{}])
        done: set[frozenset] = set()
        while waiting:
            wanted = waiting.popleft()
            key = frozenset(wanted.items())
            if key in done:
                continue
            done.add(key)
            if len(done) > MOST:
                self.uncovered.append(f"more than {MOST} combinations of decisions")
                break
            frame = Forcing(wanted, natural, names)
            pattern = self._recorded(frame, args, kwargs, wrt)
            if not wanted:
                natural.update(frame.counts)
            fresh = [place for place in frame.counts if place not in known]
            known += fresh
            waiting.extend({**wanted, place: side} for place in fresh for side in (True, False))
            if not waiting and len(known) <= HANDFUL:
                waiting.extend(x for x in assignments(known) if frozenset(x.items()) not in done)
            if pattern is not None:
                if pattern.shape == found.shape:
                    found = found | pattern
                elif wanted:
                    self._leave(frame, f"a result of {pattern.shape[0]} numbers")
        return found

    def _recorded(self, frame: Forcing, args: tuple, kwargs: dict, wrt: list[int]) -> Pattern | None:
        """The pattern of the function with forced decisions; None where there is none."""
        patterns, made = self.patterns, []

        def recorder() -> Forcing:
            made.append(frame if not made else Forcing(frame.wanted, frame.natural, frame.names))
            return made[-1]

        keys = [i for i, x in enumerate(args) if inputs_of(x)] + [k for k, x in kwargs.items() if inputs_of(x)]
        try:
            frame, y = run(recorder, patterns.function, args, kwargs, keys)
            try:
                branch = Recordings._branch(frame, y, lower)
            finally:
                frame.close()
            return patterns.of_branch(branch, wrt, ())
        except Endless:
            self._leave(frame, "a loop does not end")
        except (Unrecordable, ArgumentError, ArithmeticError, ValueError, TypeError, LookupError) as error:
            self._leave(frame, f"{type(error).__name__}: {error}")
        return None

    def _leave(self, frame: Forcing, reason: str) -> None:
        """Note what is not covered."""
        if frame.wanted:
            sides = ", ".join(f"{frame.names[place]} {side}" for place, side in frame.wanted.items())
            self.uncovered.append(f"{sides}: {reason}")


def global_pattern(
    function: Callable, argnum: int | tuple[int, ...] = 0, *, derivative: str = "jacobian"
) -> GlobalPatterns:
    """Return a function that gives a pattern which also covers the branches that ``function`` does not take.

    The function is run several times: as it is, then with the decisions that Python takes from values (``if x > 0``,
    ``max(a, b)``, ``(x > 0).any()``, an index by a mask) forced to be true at one place of the code, and false, each in
    turn; where there are not more than four such places, in all combinations.  Places that are met only then are forced
    too.

    Parameters
    ----------
    function : callable
        It is run at points that contradict its decisions: what it prints or writes there is meaningless.
    argnum : int or tuple of int
        Positions of the arguments to differentiate.
    derivative : {"jacobian", "hessian"}

    Returns
    -------
    callable
        ``pattern(*args, **kwargs)`` gives a :class:`~adpy.sparse.Pattern`; ``pattern.uncovered`` then lists decisions
        whose other side could not be recorded (an error was raised, a loop did not end, the result had another shape).

    Raises
    ------
    ArgumentError, PatternMemoryError
        As for :func:`~adpy.sparse.detection.public.jacobian_pattern`.

    Notes
    -----
    What is guaranteed: both sides of every selection (``np.where``, ``np.maximum``, ``abs`` …), and the patterns of
    all runs above.  All decisions at one place come out alike in such a run, up to eight more than the function takes
    there by itself (so loops ``while x > tol`` end).  Not covered: outcomes that alternate at one place where the
    iterations feed each other, loops that run much longer elsewhere, and integers taken from values (``int(x)``,
    ``np.argmax``, orders of sorts), which are those of the point.

    Examples
    --------
    >>> import numpy as np
    >>> from adpy.sparse.detection.all_branches import global_pattern
    >>> def upwind(u):
    ...     v = np.zeros_like(u)
    ...     for i in range(1, len(u) - 1):
    ...         v[i] = u[i] - u[i - 1] if u[i] > 0 else u[i + 1] - u[i]
    ...     return v[1:-1]
    >>> global_pattern(upwind)(np.ones(4)).matrix().toarray()
    array([[1., 1., 1., 0.],
           [0., 1., 1., 1.]])
    """
    kinds = {"jacobian": JacobianPatterns, "hessian": HessianPatterns}
    if derivative not in kinds:
        raise ArgumentError("derivative", "'jacobian' or 'hessian'", repr(derivative))
    return GlobalPatterns(kinds[derivative](function, argnum, True))
