"""Run a user's function under a trace: inputs in, result out, refusals raised whatever the function swallowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, TracedValueError
from adpy.plain import np
from adpy.traced.refusal import refusal_of

__all__ = ["check_function", "is_differentiable", "primal_input", "run", "select", "wrap"]


def check_function(function: Any) -> None:
    """Raise ArgumentError unless ``function`` can be called."""
    if not callable(function):
        raise ArgumentError("function", "a callable", type(function).__name__)


def select(function: Callable, args: tuple, kwargs: dict, argnums: Any, argnames: Any) -> list:
    """Keys of the arguments to differentiate: positions and keyword names."""
    if argnames is not None:
        names = (argnames,) if isinstance(argnames, str) else tuple(argnames)
        keys = []
        positions = _positions(function)
        for name in names:
            if name in kwargs:
                keys.append(name)
            elif name in positions and positions[name] < len(args):
                keys.append(positions[name])
            else:
                raise ArgumentError("argnames", "names of arguments passed to the function", repr(name))
        return keys
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    keys = []
    for number in numbers:
        if not isinstance(number, int) or isinstance(number, bool) or not -len(args) <= number < len(args):
            if isinstance(number, int) and 0 <= number and kwargs:
                names = {position: name for name, position in _positions(function).items()}
                if names.get(number) in kwargs:
                    keys.append(names[number])
                    continue
            raise ArgumentError("argnums", f"positions among the {len(args)} positional arguments", repr(number))
        keys.append(number % len(args))
    return keys


def _positions(function) -> dict[str, int]:
    import inspect

    return {name: i for i, name in enumerate(inspect.signature(function).parameters)}


def is_differentiable(leaf: Any) -> bool:
    """Is a leaf of a container a floating-point number or array? Other leaves (names, counts, flags) are constants."""
    if type(leaf) in TRACED_TYPES or isinstance(leaf, float | complex):
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
            return primal_input(capture_assemble(leaf), path)
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
    got = f"{kind.__name__} of dtype {leaf.dtype}" if hasattr(leaf, "dtype") else f"{kind.__name__} {leaf!r}"
    fix = " (write 2.0 instead of 2, or x.astype(float))" if isinstance(leaf, int | np.integer | np.ndarray) else ""
    raise ArgumentError(f"argument{path}", f"floating-point numbers{fix}", got)


def capture_assemble(leaf: np.ndarray) -> Any:
    """An object array of numbers as a float array."""
    from adpy.traced.dispatch import assemble

    return assemble(leaf)


def run(make_frame: Callable, function: Callable, args: tuple, kwargs: dict, keys: list) -> tuple[Any, Any]:
    """Call ``function`` with the arguments at ``keys`` traced by a frame of its own; return the frame and the result.

    Raises
    ------
    TracedValueError
        The first refusal of the trace, even when the function swallowed it.
    """
    refused = None
    for level in capture.levels(function):
        frame = make_frame()
        try:
            traced_args, traced_kwargs = wrap(args, kwargs, keys, frame.input)
            if level:
                _borrow_others(frame, traced_args, traced_kwargs, keys)
            with capture.tracing(frame, function, level) as call:
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
        return frame, y
    raise refused


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
    for key in keys:
        container = kwargs if type(key) is str else args
        argument = container[key]
        kind = type(argument)
        if kind is np.ndarray or kind is float:
            container[key] = make(primal_input(argument, f" {key}"))
        else:
            where = f" {key!r}" if type(key) is str else f" {key}"
            leaves = iter(
                [
                    make(primal_input(leaf, where + path)) if not path or is_differentiable(leaf) else leaf
                    for path, leaf in flatten(argument)
                ]
            )
            container[key] = rebuild(argument, leaves.__next__)
    return args, kwargs
