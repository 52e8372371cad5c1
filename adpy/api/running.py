"""Run a user's function under a trace: inputs in, result out, refusals raised whatever the function swallowed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn

from adpy import capture
from adpy.api.results import described, structure
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, TracedValueError
from adpy.plain import np
from adpy.traced.refusal import refusal_of

__all__ = ["check_function", "check_input", "is_differentiable", "primal_input", "run", "run_below", "select", "wrap"]

DEBUGGER: ContextVar[Any] = ContextVar("adpy_debugger", default=None)
"""What looks at the transforms of this context: ``started(frame)``, ``finished(frame, y, call)``; mostly None."""
_debugger = DEBUGGER.get


def check_function(function: Any) -> None:
    """Raise ArgumentError unless ``function`` can be called."""
    if not callable(function):
        raise ArgumentError("function", "a callable", type(function).__name__)


def select(function: Callable, args: tuple, kwargs: dict, argnums: Any, argnames: Any) -> list:
    """Keys of the arguments to differentiate: positions and keyword names."""
    if argnames is not None:
        names = (argnames,) if isinstance(argnames, str) else argnames
        if not isinstance(names, tuple | list):
            raise ArgumentError("argnames", "a name or a tuple of names", described(argnames))
        return [_key_of_name(function, args, kwargs, name) for name in names]
    numbers = argnums if isinstance(argnums, tuple | list) else (argnums,)
    if not numbers:
        raise ArgumentError("argnums", "at least one position", "none")
    return [_key_of_number(function, args, kwargs, number) for number in numbers]


def _key_of_name(function: Callable, args: tuple, kwargs: dict, name: Any) -> int | str:
    if isinstance(name, str):
        if name in kwargs:
            return name
        positions = _positions(function)
        if name in positions and positions[name] < len(args):
            return positions[name]
    passed = list(_positions(function))[: len(args)] + list(kwargs)
    raise ArgumentError("argnames", f"names of arguments passed to the function ({', '.join(passed)})", repr(name))


def _key_of_number(function: Callable, args: tuple, kwargs: dict, number: Any) -> int | str:
    if not isinstance(number, int | np.integer) or isinstance(number, bool):
        expected = "a position or a tuple of positions (names go into argnames)"
        raise ArgumentError("argnums", expected, described(number))
    if -len(args) <= number < len(args):
        return int(number) % len(args)
    names = list(_positions(function)) if kwargs else ()
    if 0 <= number < len(names) and names[number] in kwargs:
        return names[number]
    expected = f"positions of arguments passed to the function ({len(args)} of them by position)"
    raise ArgumentError("argnums", expected, repr(number))


def _positions(function: Callable) -> dict[str, int]:
    import inspect

    try:
        return {name: i for i, name in enumerate(inspect.signature(function).parameters)}
    except (TypeError, ValueError):  # some functions written in C have none
        return {}


def is_differentiable(leaf: Any) -> bool:
    """Is a leaf of a container a floating-point number or array? Other leaves (names, counts, flags) are constants."""
    if type(leaf) in TRACED_TYPES:
        return not type(leaf)._batched or leaf.dtype.kind in "fc"
    if isinstance(leaf, float | complex):
        return True
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fcO"


def primal_input(leaf: Any, path: str) -> Any:
    """An input leaf as a fresh float or array; integers and other types are refused."""
    kind = type(leaf)
    if kind is float or kind is np.float64:
        return leaf
    if kind is np.ndarray:
        if leaf.dtype.kind in "fc":
            return leaf.copy("K")
        if leaf.dtype == object:
            return primal_input(_assembled(leaf, path), path)
    elif kind in TRACED_TYPES:
        return leaf if kind.immutable else leaf.copy("K")
    elif isinstance(leaf, np.generic) and leaf.dtype.kind in "fc":
        return leaf
    elif isinstance(leaf, complex):
        return np.complex128(leaf)
    elif isinstance(leaf, float):
        return float(leaf)
    elif isinstance(leaf, np.memmap) and leaf.dtype.kind in "fc":
        return np.array(leaf)
    refuse_input(leaf, f"argument{path}")


def refuse_input(leaf: Any, name: str) -> NoReturn:
    """Raise the ArgumentError for an argument that cannot be differentiated, with what to write instead."""
    kind = type(leaf).__name__
    if not isinstance(leaf, np.ndarray | np.generic):
        fixes = (
            (isinstance(leaf, int), " (write 2.0 instead of 2)"),
            (hasattr(leaf, "__array__"), " (write np.asarray(x))"),
            (hasattr(leaf, "__float__"), " (write float(x))"),
            (hasattr(leaf, "__next__"), " (write np.array(list(x)))"),
        )
        fix = next((advice for fits, advice in fixes if fits), "")
        value = f"{' '.join(repr(leaf).split()):.60}"
        raise ArgumentError(name, f"floating-point numbers{fix}", value if leaf is None else f"{kind} {value}")
    fix = " (x.astype(float))" if leaf.dtype.kind in "biu" else ""
    if leaf.dtype.kind in "fc":
        fix = ", not a subclass of numpy.ndarray (np.asarray(x))"
    raise ArgumentError(name, f"floating-point numbers{fix}", f"{kind} of dtype {leaf.dtype}")


def check_input(leaf: Any, name: str) -> None:
    """Raise ArgumentError if an argument that is no container cannot be differentiated."""
    if not is_differentiable(leaf) or (type(leaf) is np.ndarray and leaf.dtype == object):
        refuse_input(leaf, name)


def _assembled(leaf: np.ndarray, path: str) -> Any:
    """An object array of numbers as a float array."""
    from adpy.traced.dispatch import assemble

    array = assemble(leaf)
    if array.dtype == object:
        raise ArgumentError(f"argument{path}", "floating-point numbers", "an array of objects, not all of them numbers")
    return array


def run(
    make_frame: Callable, function: Callable, args: tuple, kwargs: dict, keys: list, lanes: Any = None
) -> tuple[Any, Any]:
    """Call ``function`` with the arguments at ``keys`` traced by a frame of its own; return the frame and the result.

    A transform inside a batch is done for one lane after the other, unless it asks for :func:`run_below`.

    Raises
    ------
    TracedValueError
        The first refusal of the trace, even when the function swallowed it.
    """
    above = capture.frame()
    if above is not None and above.batched and lanes is None:
        raise above.parting("A transform that has no rule for batches")
    refused = None
    debugger = _debugger()
    for level in capture.levels(function):
        top = frame = make_frame()
        make = frame.input
        if level:
            frame.thorough = True
        if debugger is not None:
            debugger.started(frame)
        if lanes is not None:
            top, make = lanes.placed_above(frame, level), functools.partial(lanes.input_below, frame)
        try:
            traced_args, traced_kwargs = wrap(args, kwargs, keys, make)
            if level:
                _borrow_others(top, traced_args, traced_kwargs, keys)
            with capture.tracing(top, function, level) as call:
                y = call(*traced_args, **traced_kwargs)
            if frame.detached:
                raise frame.detached[0]
        except TracedValueError as error:
            refused = refused or (frame.detached[0] if frame.detached else error)
            frame.close()
            continue
        except Exception as error:
            found = frame.detached[0] if frame.detached else refusal_of(error)
            frame.close()
            if found is not None:
                refused = refused or found
                continue
            raise
        except BaseException:
            frame.close()
            raise
        if level:
            capture.settle(function, level)
        if debugger is not None:
            debugger.finished(frame, y, (function, args, kwargs, keys))
        return frame, y
    raise refused


def run_below(
    lanes: Any, make_frame: Callable, function: Callable, args: tuple, kwargs: dict, keys: list
) -> tuple[Any, Any]:
    """As :func:`run`, under the batch ``lanes``: the frame traces the arrays of all lanes, the function sees lanes."""
    before = lanes.parent, lanes.level
    try:
        with capture.lowered(lanes.parent):
            return run(make_frame, function, args, kwargs, keys, lanes)
    finally:
        lanes.parent, lanes.level = before


def _borrow_others(frame: Any, args: list, kwargs: dict, keys: list) -> None:
    """Wrap the arrays among the other arguments, so that their copies can take traced values."""

    def borrowed(leaf):
        return frame.borrow(leaf) if type(leaf) is np.ndarray and leaf.dtype.kind in "fc" else leaf

    for container, names in ((args, range(len(args))), (kwargs, list(kwargs))):
        for name in names:
            if name not in keys and isinstance(container[name], np.ndarray | list | tuple | dict):
                container[name] = map_leaves(borrowed, container[name])


def wrap(args: tuple, kwargs: dict, keys: list, make: Callable) -> tuple[list, dict]:
    """The arguments with every leaf at ``keys`` replaced by ``make(leaf)``."""
    args, kwargs = list(args), dict(kwargs)
    nothing = bool(keys)
    for key in keys:
        container = kwargs if type(key) is str else args
        argument = container[key]
        kind = type(argument)
        if kind is float:
            container[key] = make(argument)
            nothing = False
        elif kind is np.ndarray:
            container[key] = make(primal_input(argument, f" {key}"))
            nothing = False
        else:
            where = f" {key!r}" if type(key) is str else f" {key}"
            leaves = [
                (make(primal_input(leaf, where + path)), True) if not path or is_differentiable(leaf) else (leaf, False)
                for path, leaf in flatten(argument)
            ]
            container[key] = rebuild(argument, iter([leaf for leaf, _ in leaves]).__next__)
            nothing = nothing and bool(leaves) and not any(varied for _, varied in leaves)
    if nothing:
        expected = "floating-point numbers (write 2.0 instead of 2; whole numbers, names and flags are constants)"
        raise ArgumentError(f"argument{where}", expected, f"none in {structure(argument)}")
    return args, kwargs
