"""Programs: record a function once, replay it and its derivatives compiled.  record, compile and Program."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.forward_mode import jvp
from adpy.api.jacobian import jacobian
from adpy.api.program_kernels import Specialized
from adpy.api.program_lanes import Lanes
from adpy.api.program_saving import Saving
from adpy.api.results import is_number, result_leaf, untraced
from adpy.api.reverse_mode import value_and_grad, vjp
from adpy.api.running import check_function, is_differentiable, run
from adpy.api.second_order import hessian, hvp
from adpy.api.signature import signature
from adpy.api.surroundings import Surroundings, random_state
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, GuardError, TracedValueError
from adpy.kernels import building
from adpy.plain import np

__all__ = ["Program", "compile", "record"]

CHUNK = 64
"""Directions or seeds of one sweep."""


class Branch:
    """One recording: its code, how its result is put together, and what was around the function (None: not known)."""

    def __init__(self, code: Any, tree: Any, places: list, around: tuple | None = None) -> None:
        self.code, self.tree, self.places, self.around = code, tree, places, around

    def result(self, outputs: list) -> Any:
        """The result of the function from the values of the outputs."""
        found = iter(
            [_python(outputs[place], leaf) if place is not None else _copied(leaf) for place, leaf in self.places]
        )
        return rebuild(self.tree, found.__next__)


def _python(value: np.ndarray, leaf: Any) -> Any:
    """An output as what the function returned: a float, a NumPy scalar or an array."""
    if value.ndim:
        return value
    return float(value) if leaf is float else value[()] if leaf is np.float64 else value


def _copied(leaf: Any) -> Any:
    return leaf.copy() if type(leaf) is np.ndarray else leaf


class Program(Saving, Lanes, Specialized):
    """A function with its recordings; made by :func:`record` and :func:`compile`.

    A call replays the recording whose decisions (branches, counts of loops, indices) hold at the new arguments, and
    records anew where none does.  What cannot be recorded is evaluated as :func:`adpy.grad` and its like do.

    Everything but floating-point arguments is frozen: numbers and arrays from outside the function keep the values that
    they had when it was recorded.

    Parameters
    ----------
    function : callable
    argnum : int
        Position of the argument that ``gradient``, ``jacobian``, ``hvp`` and ``hessian`` differentiate.
    recordings : int
        How many recordings are kept; the least recently used ones go.

    Notes
    -----
    May be called from many threads at once.
    """

    def __init__(self, function: Callable, argnum: int = 0, recordings: int = 16) -> None:
        if function is not None:
            check_function(function)
            functools.update_wrapper(self, function, updated=())
        self.function, self.argnum, self.limit = function, argnum, recordings
        self._branches: OrderedDict[tuple, list[Branch]] = OrderedDict()
        self._eager: dict[tuple, str] = {}
        self._surroundings: Surroundings | None = None
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    # ---- evaluations

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value of the function.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x[0] * np.sin(x[1]), np.array([1.0, 2.0]))
        >>> p(np.array([3.0, 0.0]))
        np.float64(0.0)
        """
        branch, recording = self._at(args, kwargs)
        if branch is None:
            return self.function(*args, **kwargs)
        with recording:
            return branch.result(recording.outputs())

    def value_and_gradient(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Value and gradient, as of :func:`adpy.value_and_grad`."""
        branch, recording = self._at(args, kwargs)
        if branch is None:
            return value_and_grad(self.function, self.argnum)(*args, **kwargs)
        with recording:
            self._check_number(branch)
            value = branch.result(recording.outputs())
            bars = recording.cotangents([np.ones(1)] * len(branch.code.outputs))
        return value, self._of_argument(args, kwargs, [bar[..., 0] for bar in bars])

    def gradient(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient, as of :func:`adpy.grad`.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: np.sum(x**3), np.ones(2))
        >>> p.gradient(np.array([1.0, 2.0]))
        array([ 3., 12.])
        """
        return self.value_and_gradient(*args, **kwargs)[1]

    def jvp(self, primals: Any, tangents: Any) -> tuple[Any, Any]:
        """Value and tangent of the result, as of :func:`adpy.jvp`."""
        args = primals if isinstance(primals, tuple) and not hasattr(primals, "_fields") else (primals,)
        branch, recording = self._at(args, {})
        if branch is None or any(type(leaf) is not np.ndarray and leaf is None for leaf in args):
            return jvp(self.function, primals, tangents)
        with recording:
            value = branch.result(recording.outputs())
            dots = tangents if args is primals else (tangents,)
            found = recording.tangents([d[..., None] for d in _matched(args, dots)])
        return value, _tangent_tree(branch, [dot[..., 0] for dot in found])

    def vjp(self, *args: Any) -> tuple[Any, Callable]:
        """Value and pullback, as of :func:`adpy.vjp`; the pullback replays."""
        branch, recording = self._at(args, {})
        if branch is None:
            return vjp(self.function, *args)
        with recording:
            value = branch.result(recording.outputs())
        kept = tuple(map_leaves(_copied, arg) for arg in args)

        def pullback(y_bar):
            seeds = _seeds(branch, value, y_bar)
            _, again = self._at(kept, {})
            with again:
                bars = again.cotangents([seed[..., None] for seed in seeds])
            return tuple(self._in_arguments(kept, [bar[..., 0] for bar in bars]))

        return value, pullback

    def hvp(self, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        """Product of the Hessian with a vector, as of :func:`adpy.hvp`; for the first argument."""
        found = self._second_order(x, args, kwargs, [(path, dot) for path, dot in flatten(v)])
        if found is None:
            return hvp(self.function)(x, v, *args, **kwargs)
        return self._of_argument((x, *args), kwargs, [bar_dot[..., 0] for bar_dot in found])

    def _second_order(self, x, args, kwargs, dots):
        if self.argnum:
            raise ArgumentError("argnum", "0 for hvp and hessian", repr(self.argnum))
        branch, recording = self._at((x, *args), kwargs)
        if branch is None:
            return None
        with recording:
            self._check_number(branch)
            leaves = [dot for path, dot in dots if is_differentiable(dot) or not path]
            inputs = branch.code.inputs
            directions = [np.asarray(dot, float)[..., None] for dot in leaves]
            for view, direction in zip(inputs, directions, strict=False):
                if direction.shape[:-1] != view.shape:
                    raise ArgumentError("v", f"the shape of x, {view.shape}", f"{direction.shape[:-1]}")
            directions += [np.zeros((*view.shape, 1)) for view in inputs[len(directions) :]]
            return recording.second_order(directions, [1.0] * len(branch.code.outputs))[1]

    def hessian(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """The Hessian, as of :func:`adpy.hessian`; for the first argument."""
        branch, recording = self._at((x, *args), kwargs)
        if branch is None or not isinstance(x, float | np.ndarray) or self.argnum:
            return hessian(self.function)(x, *args, **kwargs)
        size, shape = np.size(x), np.shape(x)
        found = np.empty((size, size))
        with recording:
            self._check_number(branch)
            for first, columns in _unit_columns(size):
                directions = [columns.reshape(*shape, -1)]
                directions += [np.zeros((*view.shape, columns.shape[1])) for view in branch.code.inputs[1:]]
                _, bar_dots = recording.second_order(directions, [1.0] * len(branch.code.outputs))
                found[:, first : first + columns.shape[1]] = bar_dots[0].reshape(size, -1)
        return found.reshape(shape + shape) if shape else float(found[0, 0])

    def jacobian(self, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian, as of :func:`adpy.jacobian`."""
        branch, recording = self._at(args, kwargs)
        argument = args[self.argnum]
        if branch is None or not isinstance(argument, float | np.ndarray) or len(branch.places) != 1:
            return jacobian(self.function, self.argnum)(*args, **kwargs)
        with recording:
            recording.replay()
            if not branch.code.outputs:
                return np.zeros(np.shape(branch.places[0][1]) + np.shape(argument))
            number = sum(len(_inputs(arg)) for arg in args[: self.argnum])
            source, result = branch.code.inputs[number], branch.code.outputs[0]
            columns, rows = int(np.prod(source.shape)), int(np.prod(result.shape))
            found = np.empty((rows, columns))
            if columns <= rows:
                for first, unit in _unit_columns(columns):
                    directions = [np.zeros((*view.shape, unit.shape[1])) for view in branch.code.inputs]
                    directions[number] = unit.reshape(*source.shape, -1)
                    dots = recording.tangents(directions)
                    found[:, first : first + unit.shape[1]] = dots[0].reshape(rows, -1)
            else:
                for first, unit in _unit_columns(rows):
                    bars = recording.cotangents([unit.reshape(*result.shape, -1)])
                    found[first : first + unit.shape[1]] = bars[number].reshape(columns, -1).T
        return found.reshape(result.shape + source.shape)

    # ---- recordings

    def _at(self, args: tuple, kwargs: dict) -> tuple[Any, Any]:
        """A branch whose decisions hold, with its values; ``(None, None)`` where there is none and none can be."""
        from adpy.program.recording import Recording

        if capture.frame() is not None:
            return self._without("values of another transform")
        key, inputs = signature(args, kwargs)
        if key is None or key in self._eager:
            return self._without("arguments of this kind")
        around = self._around()
        for branch in self._candidates(key, around):
            recording = Recording(branch.code, inputs)
            if _replays(recording):
                self._used(key, branch)
                return branch, recording
            recording.__exit__()
        branch = self._record(key, args, kwargs, around)
        if branch is None:
            return None, None
        return branch, Recording(branch.code, inputs)

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

    def _candidates(self, key: tuple, around: tuple | None) -> list[Branch]:
        """Recordings for arguments of this kind, in these surroundings."""
        found = tuple(self._branches.get(key, ()))
        return [b for b in found if b.around is None or around is None or b.around == around]

    def _record(self, key: tuple, args: tuple, kwargs: dict, around: tuple | None = None) -> Branch | None:
        """Record at these arguments."""
        from adpy.program import Recorder, Unrecordable
        from adpy.program.lowering import lower

        if self.function is None:
            self._without("these arguments (other shapes, or other decisions)")
        building.build()
        keys = [i for i, arg in enumerate(args) if _inputs(arg)] + [k for k, arg in kwargs.items() if _inputs(arg)]
        drawn = random_state()
        try:
            frame, y = run(Recorder, self.function, args, kwargs, keys)
            try:
                if random_state() != drawn:
                    raise Unrecordable("it draws random numbers")
                if around is not None and self._around() != around:
                    raise Unrecordable("it changes what is around it")
                branch = self._branch(frame, y, lower)
                branch.around = around
                self._specialized(branch.code)
            finally:
                frame.close()
        except (Unrecordable, TracedValueError) as reason:
            branch = None
            self._eager[key] = str(reason)
        self._keep(key, branch)
        return branch

    def _keep(self, key: tuple, branch: Branch | None) -> None:
        """Count a miss, and keep its recording in the place of the least recently used ones."""
        with self._lock:
            self._misses += 1
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
                places.append((None, _copied(untraced(leaf, frame))))
        if frame.failure is not None:
            frame.fail(frame.failure)
        structure = map_leaves(_nothing, y)
        return Branch(lower(frame, references), structure, places)

    def _check_number(self, branch: Branch) -> None:
        """Raise unless the result is one number."""
        if len(branch.places) != 1 or any(view.shape for view in branch.code.outputs):
            shapes = [view.shape for view in branch.code.outputs]
            raise ArgumentError("result of the recorded function", "one real number", f"arrays of shapes {shapes}")

    def _of_argument(self, args: tuple, kwargs: dict, bars: list) -> Any:
        """Cotangents of the differentiated argument in its structure."""
        return self._in_arguments(args, bars)[self.argnum]

    @staticmethod
    def _in_arguments(args: tuple, bars: list) -> list:
        found = iter(bars)
        return [
            rebuild(arg, iter([_bar_of(path, leaf, found) for path, leaf in flatten(arg)]).__next__) for arg in args
        ]

    def stats(self) -> dict[str, Any]:
        """Counts of hits and misses, and for every recording its operations, instructions, guards and memory.

        Examples
        --------
        >>> import adpy
        >>> p = adpy.record(lambda x: x * x if x > 0 else -x, 2.0)
        >>> p.gradient(3.0), p.gradient(-1.0), p.gradient(4.0)
        (6.0, -1.0, 8.0)
        >>> p.stats()["hits"], p.stats()["misses"]
        (2, 2)
        """
        with self._lock:
            branches = [branch.code for found in self._branches.values() for branch in found]
        return {
            "hits": self._hits,
            "misses": self._misses,
            "eager": sorted(set(self._eager.values())),
            "recordings": [code.stats() | self._kernel_stats(code) for code in branches],
        }


def record(function: Callable, *args: Any, argnum: int = 0, recordings: int = 16, **kwargs: Any) -> Program:
    """Record ``function`` at these arguments.

    Parameters
    ----------
    function : callable
    *args, **kwargs
        Arguments: floats, float64 arrays and containers of them are the inputs of the program; anything else (integers,
        strings) is frozen, and another value of it is recorded apart.
    argnum : int
        Position of the argument that derivatives are taken with respect to.
    recordings : int
        How many recordings (shapes, branches) the program keeps.

    Returns
    -------
    Program

    Raises
    ------
    ArgumentError
        If ``function`` cannot be called.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def f(x):
    ...     s = 0.0
    ...     for i in range(len(x) - 1):
    ...         s += 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    ...     return s
    >>> p = adpy.record(f, np.zeros(3))
    >>> p.gradient(np.array([1.0, 2.0, 3.0]))
    array([-400., 1002., -200.])
    """
    program = Program(function, argnum, recordings)
    _, recording = program._at(args, kwargs)
    if recording is not None:
        recording.__exit__()
    return program


def compile(
    function: Callable | None = None, *, argnum: int = 0, recordings: int = 16, specialize: bool = False
) -> Any:
    """Make a function a :class:`Program` that records by itself, for every structure, shape and branch; a decorator.

    With ``specialize``, recordings get kernels of their own, see :meth:`Program.specialize`.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> @adpy.compile
    ... def f(x):
    ...     return np.sum(x * x)
    >>> f.gradient(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> f.gradient(3.0)
    6.0
    """
    if function is None:
        return functools.partial(compile, argnum=argnum, recordings=recordings, specialize=specialize)
    program = Program(function, argnum, recordings)
    return program.specialize() if specialize else program


def _nothing(leaf: Any) -> None:
    """The structure of a result has no leaves of its own."""


def _replays(recording: Any) -> bool:
    """Do the decisions hold?  An error in a branch that does not hold is none."""
    try:
        return recording.replay()
    except (ArithmeticError, ValueError, IndexError, TypeError, np.linalg.LinAlgError):
        return False


def _inputs(arg: Any) -> list:
    """The differentiable leaves of an argument."""
    return [leaf for path, leaf in flatten(arg) if is_differentiable(leaf)]


def _bar_of(path: str, leaf: Any, bars: Any) -> Any:
    if not is_differentiable(leaf):
        return None
    bar = next(bars)
    if isinstance(leaf, np.ndarray):
        return bar if bar.flags.c_contiguous else bar.copy()
    return float(bar) if type(leaf) is float else np.float64(bar)


def _matched(args: tuple, dots: tuple) -> list:
    """Tangents of all inputs."""
    found = []
    for i, (arg, dot) in enumerate(zip(args, dots, strict=True)):
        for (path, leaf), (_, tangent) in zip(flatten(arg), flatten(dot), strict=True):
            if is_differentiable(leaf):
                if np.shape(tangent) != np.shape(leaf):
                    raise ArgumentError(f"tangents[{i}]{path}", f"shape {np.shape(leaf)}", f"shape {np.shape(tangent)}")
                found.append(np.asarray(tangent, float))
    return found


def _tangent_tree(branch: Branch, dots: list) -> Any:
    """Tangents in the structure of the result."""
    leaves = []
    for place, leaf in branch.places:
        if place is not None:
            leaves.append(_python(dots[place], leaf))
        else:
            leaves.append(np.zeros(np.shape(leaf))[()] if is_number(leaf) else leaf)
    return rebuild(branch.tree, iter(leaves).__next__)


def _seeds(branch: Branch, value: Any, y_bar: Any) -> list:
    """Cotangents of the outputs."""
    found = []
    for (place, _), (path, leaf), (_, bar) in zip(branch.places, flatten(value), flatten(y_bar), strict=True):
        if place is not None:
            if np.shape(bar) != np.shape(leaf):
                raise ArgumentError(f"y_bar{path}", f"shape {np.shape(leaf)}", f"shape {np.shape(bar)}")
            found.append(np.asarray(bar, float))
    return found


def _unit_columns(size: int) -> Any:
    """Columns of the unit matrix, some at a time, with the number of the first."""
    for first in range(0, size, CHUNK):
        width = min(CHUNK, size - first)
        columns = np.zeros((size, width))
        columns[range(first, first + width), range(width)] = 1.0
        yield first, columns
