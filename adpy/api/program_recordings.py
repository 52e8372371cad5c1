"""Recordings of a program: which one holds at given arguments, recording anew, letting the least recently used go."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.quick import MISS, Quick
from adpy.api.results import result_leaf, untraced
from adpy.api.running import is_differentiable, run
from adpy.api.signature import signature
from adpy.api.surroundings import Surroundings, random_state
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import GuardError, TracedValueError
from adpy.kernels import building
from adpy.plain import np
from adpy.program.passes.table import chosen
from adpy.program.sweeps import ERRORS

__all__ = ["Branch", "Recordings", "copied", "inputs_of", "python_value"]

QUICK = 4
"""Recordings whose quick calls are tried."""


class Branch:
    """One recording: its code, how its result is put together, and what was around the function (None: not known)."""

    def __init__(self, code: Any, tree: Any, places: list, around: tuple | None = None) -> None:
        self.code, self.tree, self.places, self.around = code, tree, places, around
        self.verified = False
        """Was it seen to give what the function gives?  (Only for those who ask.)"""
        self.quick: tuple | None = None
        """Functions of :class:`~adpy.api.quick.Quick`; None before they are written, empty where there are none."""

    @property
    def masked(self) -> bool:
        """Are masks among its instructions?"""
        return any(getattr(call, "of_masks", False) for call in self.code.calls.values())

    def result(self, outputs: list) -> Any:
        """The result of the function from the values of the outputs."""
        found = iter(
            [python_value(outputs[place], leaf) if place is not None else copied(leaf) for place, leaf in self.places]
        )
        return rebuild(self.tree, found.__next__)


def python_value(value: np.ndarray, leaf: Any) -> Any:
    """An output as what the function returned: a float, a NumPy scalar or an array."""
    if value.ndim:
        return value
    return float(value) if leaf is float else value[()] if leaf is np.float64 else value


def copied(leaf: Any) -> Any:
    return leaf.copy() if type(leaf) is np.ndarray else leaf


class Recordings:
    """What a :class:`~adpy.Program` has of this; methods may be called from many threads at once."""

    def __init__(self, function: Callable | None, limit: int, passes: Any = True) -> None:
        self.function, self.limit, self.passes = function, limit, chosen(passes)
        self._branches: OrderedDict[tuple, list[Branch]] = OrderedDict()
        self._eager: dict[tuple, str] = {}
        self._surroundings: Surroundings | None = None
        self._quick: tuple[Quick, ...] = ()
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    _masks = True
    """May masks be among the instructions of its recordings?"""

    def _at(self, args: tuple, kwargs: dict) -> tuple[Any, Any]:
        """A branch whose decisions hold, with its values; ``(None, None)`` where there is none and none can be."""
        if capture.frame() is not None:
            return self._without("values of another transform")
        key, inputs = signature(args, kwargs)
        if key is None or key in self._eager:
            return self._without("arguments of this kind")
        around = self._around()
        for branch in self._candidates(key, around, self._masks):
            recording = self._values(branch.code, inputs)
            if _replays(recording):
                self._used(key, branch)
                if not kwargs:
                    self._remember_call(key, branch, around, args)
                return branch, recording
            recording.__exit__()
        branch = self._record(key, *self._recorded_from(args, kwargs), around, self._masks)
        if branch is None:
            return None, None
        return branch, self._values(branch.code, inputs)

    def _values(self, code: Any, inputs: list) -> Any:
        """A code with its values at these inputs."""
        from adpy.program.recording import Recording

        return Recording(code, inputs)

    def _recorded_from(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        """Arguments as the function gets them to be recorded."""
        return args, kwargs

    def _remember_call(self, key: tuple, branch: Branch, around: tuple | None, args: tuple) -> None:
        """Have quick calls with such arguments."""
        self._remember(Quick.of(key, branch, around, args, self.argnum))

    def _quickly(self, what: Callable, *args: Any) -> Any:
        """A quick call of the recordings used last, or MISS."""
        quick = self._quick
        if not quick:
            return MISS
        around = self._surroundings.state() if self._surroundings is not None else None
        found = what(quick[0], around, *args)
        if found is not MISS:
            with self._lock:
                self._hits += 1
            return found
        for other in quick[1:]:
            found = what(other, around, *args)
            if found is not MISS:
                self._used(other.key, other.branch)
                self._remember(other)
                return found
        return MISS

    def _remember(self, quick: Quick | None) -> None:
        """Have quick calls of a recording tried first."""
        if quick is not None:
            others = [other for other in self._quick if other.branch is not quick.branch]
            self._quick = (quick, *others[: QUICK - 1])

    def _without(self, what: str) -> tuple[None, None]:
        """No recording: the function itself is differentiated, where it is known."""
        if self.function is None:
            raise GuardError(
                f"this program was loaded without its function, and has no recording for {what}. "
                "Give it the function, adpy.load_program(path, function), or record it there before saving."
            )
        return None, None

    def _used(self, key: tuple, branch: Branch) -> None:
        """Count a hit; the recording used last comes first."""
        with self._lock:
            self._hits += 1
            branches = self._branches.get(key, ())
            if branch in branches:  # no other thread has let it go
                self._branches.move_to_end(key)
                branches.remove(branch)
                branches.insert(0, branch)

    def _around(self) -> tuple | None:
        """The state of what the function reads of its surroundings; None where it is not known."""
        if self._surroundings is None and self.function is not None:
            self._surroundings = Surroundings(self.function)
        return None if self._surroundings is None else self._surroundings.state()

    def _candidates(self, key: tuple, around: tuple | None, masks: bool = True) -> list[Branch]:
        """Recordings for arguments of this kind, in these surroundings; without masks, where those cannot run."""
        found = [b for b in self._branches.get(key, ()) if masks or not b.masked]
        return [b for b in found if b.around is None or around is None or b.around == around]

    def _record(
        self, key: tuple, args: tuple, kwargs: dict, around: tuple | None = None, masks: bool = True
    ) -> Branch | None:
        """Record at these arguments, comparisons of arrays as masks or as guards."""
        from adpy.program import Unrecordable
        from adpy.program.lowering import lower

        if self.function is None:
            self._without("these arguments (other shapes, or other decisions)")
        if not building.available():
            return None
        keys = [i for i, arg in enumerate(args) if inputs_of(arg)] + [k for k, arg in kwargs.items() if inputs_of(arg)]
        drawn = random_state()
        try:
            frame, y = self._run(masks, args, kwargs, keys)
            try:
                if random_state() != drawn:
                    raise Unrecordable("it draws random numbers")
                if around is not None and self._around() != around:
                    raise Unrecordable("it changes what is around it")
                branch = self._branch(frame, y, functools.partial(lower, passes=self.passes))
                branch.around = around
            finally:
                frame.close()
        except (Unrecordable, TracedValueError) as reason:
            branch = None
            self._eager[key] = str(reason)
        self._keep(key, branch)
        return branch

    def _run(self, masks: bool, args: tuple, kwargs: dict, keys: list) -> tuple[Any, Any]:
        """Trace the function; without masks, where one went into code that takes nothing but arrays."""
        from adpy.program import Recorder

        made = []

        def recorder() -> Any:
            made.append(Recorder(masks))
            return made[-1]

        try:
            return run(recorder, self.function, args, kwargs, keys)
        except Exception:
            if not any(frame.masked for frame in made):
                raise
        return run(functools.partial(Recorder, False), self.function, args, kwargs, keys)

    def _keep(self, key: tuple, branch: Branch | None) -> None:
        """Count a miss, and keep its recording in the place of the least recently used ones."""
        if branch is not None:
            self._specialized(branch.code)
        with self._lock:
            self._misses += 1
            self._quick = ()  # those of recordings that go among them
            if branch is not None:
                branches = self._branches.setdefault(key, [])
                self._branches.move_to_end(key)
                branches.insert(0, branch)
                del branches[self.limit :]
                while len(self._branches) > self.limit:
                    self._branches.popitem(last=False)

    @staticmethod
    def _branch(frame: Any, y: Any, lower: Callable) -> Branch:
        places, references = [], []
        for _, leaf in flatten(y):
            leaf = result_leaf(leaf)
            if type(leaf) in TRACED_TYPES and leaf.frame is frame and leaf.active:
                places.append((len(references), leaf.__class__))
                references.append(leaf.reference())
            else:
                places.append((None, copied(untraced(leaf, frame))))
        if frame.failure is not None:
            frame.fail(frame.failure)
        structure = map_leaves(_nothing, y)
        return Branch(lower(frame, references), structure, places)


def _nothing(leaf: Any) -> None:
    """The structure of a result has no leaves of its own."""


def _replays(recording: Any) -> bool:
    """Do the decisions hold?  An error in a branch that does not hold is none."""
    try:
        return recording.replay()
    except ERRORS:
        return False


def inputs_of(arg: Any) -> list:
    """The differentiable leaves of an argument."""
    return [leaf for path, leaf in flatten(arg) if is_differentiable(leaf)]
