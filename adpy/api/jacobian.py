"""The Jacobian: many columns in one pass of forward mode, or row by row in reverse mode."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.forward_mode import input_leaves, result_tangent
from adpy.api.holomorphic import check_complex_inputs, check_complex_result, check_holomorphic, is_complex
from adpy.api.reverse_mode import untraced
from adpy.api.running import check_function, check_result, is_differentiable, is_number, run, select
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.forward.tangents import OneDirectionError
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.dispatch import coerce

__all__ = ["jacobian"]

CHUNK = 64
"""Directions in one forward pass: more cost memory, fewer repeat the function's own overhead."""

ROW = 4
"""What a sweep for one row costs, measured in columns of a forward pass."""

_MODES = ("auto", "forward", "reverse")


def jacobian(
    function: Callable,
    argnums: int | tuple[int, ...] = 0,
    argnames: Any = None,
    mode: str = "auto",
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Callable:
    """Return a function that gives the Jacobian of ``function``.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    argnums : int or tuple of int
        Positions of the arguments to differentiate.
    argnames : str or tuple of str, optional
        Names of the arguments to differentiate, instead of ``argnums``.
    mode : {"auto", "forward", "reverse"}
        ``"forward"`` calls ``function`` once for every 64 numbers of input, ``"reverse"`` once, with one sweep for
        every number of output.  ``"auto"`` is forward for up to 64 numbers of input (one call).  For more it is
        reverse, unless that shows output of more than a quarter as many numbers: then forward after all, with
        further calls.
    has_aux : bool
        ``function`` returns ``(y, aux)``; ``aux`` is passed on without derivative.
    holomorphic : bool
        States that arguments and result are complex, and makes it an error where they are not.  With or without it the
        Jacobian by complex numbers is that of complex derivatives, and the Cauchy-Riemann equations are checked.

    Returns
    -------
    callable
        The Jacobian, or ``(Jacobian, aux)``.  For one array in and one out it is an array of shape
        ``y.shape + x.shape``.  In general it has the structure of the result, each leaf replaced by the structure of
        the argument, each leaf of that an array; a tuple of such for several arguments.  What is no number in the
        result or the argument is None.

    Raises
    ------
    ArgumentError
        If an argument is not made of floating-point numbers, or is complex where the function is not holomorphic.
    TracedValueError
        If the function drops a derivative; the message names the line.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    check_function(function)
    if mode not in _MODES:
        raise ArgumentError("mode", f"one of {_MODES}", repr(mode))
    single = (isinstance(argnums, int) and argnames is None) or isinstance(argnames, str)

    @functools.wraps(function, updated=())
    def of_function(*args, **kwargs):
        keys = select(function, args, kwargs, argnums, argnames)
        if holomorphic:
            check_complex_inputs(args, kwargs, keys)
        inputs = [coerce(leaf) for leaf in input_leaves(args, kwargs, keys)]
        y, aux, blocks = _blocks((function, args, kwargs, keys), inputs, mode, has_aux)
        if holomorphic:
            for _, leaf in flatten(y):
                if is_number(leaf):
                    check_complex_result(leaf)
        arguments = [kwargs[key] if type(key) is str else args[key] for key in keys]
        found = iter([_in_structure(arguments, parts, single) for parts in blocks])
        result = rebuild(y, found.__next__)
        return (result, aux) if has_aux else result

    return of_function


def _blocks(call: tuple, inputs: list, mode: str, has_aux: bool) -> tuple[Any, Any, list]:
    """Result, aux, and for each result leaf the Jacobian with respect to each input leaf (None where not a number)."""
    size = sum(np.size(leaf) for leaf in inputs)
    if mode == "reverse" or (mode == "auto" and size > CHUNK):
        found = _by_rows(call, inputs, has_aux, size if mode == "auto" else None)
        if found is not None:
            return found
    if _nested(inputs):
        return _by_columns(call, inputs, has_aux, 1)
    try:
        return _by_columns(call, inputs, has_aux, CHUNK)
    except OneDirectionError:
        return _by_columns(call, inputs, has_aux, 1)


def _in_structure(arguments: list, parts: list | None, single: bool) -> Any:
    """The blocks of one result leaf in the structure of the arguments."""
    if parts is None:
        return None
    taken = iter(parts)
    results = []
    for argument in arguments:
        leaves = flatten(argument)
        found = iter([next(taken) if not path or is_differentiable(leaf) else None for path, leaf in leaves])
        results.append(rebuild(argument, found.__next__))
    return results[0] if single else tuple(results)


def _split(y: Any, frame: Any, has_aux: bool) -> tuple[Any, Any]:
    """The result and its companion, which is untraced."""
    if not has_aux:
        check_result(y)
        return y, None
    if not isinstance(y, tuple) or len(y) != 2:
        raise ArgumentError("function with has_aux=True", "a result (y, aux)", type(y).__name__)
    check_result(y[0])
    return y[0], map_leaves(functools.partial(untraced, tape=frame), y[1])


# ---- forward


def _by_columns(call: tuple, inputs: list, has_aux: bool, chunk: int) -> tuple[Any, Any, list]:
    size = sum(np.size(leaf) for leaf in inputs)
    turning = any(is_complex(leaf) for leaf in inputs)
    y, aux, passes, turned = None, None, [], []
    for start in range(0, max(size, 1), chunk):
        width = min(chunk, size - start)
        y, aux, columns = _pass(call, has_aux, _seeds(inputs, start, width), width)
        passes.append(columns)
        if turning:
            turned.append(_pass(call, has_aux, _seeds(inputs, start, width, 1j), width)[2])
    blocks = _joined(passes, inputs)
    if turning:
        for parts, others in zip(blocks, _joined(turned, inputs), strict=True):
            for leaf, along, across in zip(inputs, parts or (), others or (), strict=bool(parts)):
                if is_complex(leaf):
                    check_holomorphic(along, across)
    return y, aux, blocks


def _nested(inputs: list) -> bool:
    """May values of an enclosing transform turn up?  Then tangents are pushed one at a time."""
    return capture.frame() is not None or any(type(leaf) in TRACED_TYPES for leaf in inputs)


def _joined(passes: list, inputs: list) -> list:
    """For each result leaf the columns of all passes, cut into one block for each input leaf."""
    blocks = []
    for parts in zip(*passes, strict=True):
        if parts[0] is None:
            blocks.append(None)
        else:
            blocks.append(_cut(parts[0] if len(parts) == 1 else np.concatenate(parts, -1), inputs))
    return blocks


def _seeds(inputs: list, start: int, width: int, unit: complex = 1.0) -> list:
    """Unit tangents of the numbers from ``start`` on, the numbers of all input leaves counted through."""
    seeds, offset = [], 0
    for leaf in inputs:
        size, shape = np.size(leaf), np.shape(leaf)
        seed = np.zeros((size, width), getattr(leaf, "dtype", complex if isinstance(leaf, complex) else float))
        first, last = max(start, offset), min(start + width, offset + size)
        if first < last:
            numbers = np.arange(first, last)
            seed[numbers - offset, numbers - start] = unit if seed.dtype.kind == "c" else unit.real
        seeds.append(seed.reshape((*shape, width) if width != 1 else shape)[()])
        offset += size
    return seeds


def _pass(call: tuple, has_aux: bool, seeds: list, width: int) -> tuple[Any, Any, list]:
    """One forward pass: result, aux, and the tangent of every result leaf with the directions along its last axis."""
    frame, y = run(functools.partial(ForwardTrace, seeds, width if width != 1 else None), *call)
    try:
        y, aux = _split(y, frame, has_aux)
        columns = []
        for _, leaf in flatten(y):
            if not is_number(leaf):
                columns.append(None)
                continue
            tangent = result_tangent(leaf, frame)
            columns.append(np.reshape(tangent, (*np.shape(tangent), 1)) if width == 1 else tangent)
        return y, aux, columns
    finally:
        frame.close()


def _cut(whole: Any, inputs: list) -> list:
    """The columns of each input leaf, in its shape."""
    parts, start = [], 0
    for leaf in inputs:
        stop = start + np.size(leaf)
        part = np.reshape(whole[..., start:stop], (*whole.shape[:-1], *np.shape(leaf)))
        parts.append(part if part.ndim else part[()])
        start = stop
    return parts


# ---- reverse


def _by_rows(call: tuple, inputs: list, has_aux: bool, size: int | None) -> tuple[Any, Any, list] | None:
    """As :func:`_by_columns`; None if for ``size`` numbers of input columns are cheaper, or the output is complex."""
    tape, y = run(Tape, *call)
    try:
        y, aux = _split(y, tape, has_aux)
        results = [
            coerce(leaf) if type(leaf) is np.ndarray and leaf.dtype == object else leaf for _, leaf in flatten(y)
        ]
        if size is not None:
            active = [leaf for leaf in results if type(leaf) in TRACED_TYPES and leaf.frame is tape and leaf.active]
            if ROW * sum(leaf.size for leaf in active) > size or any(leaf.dtype.kind == "c" for leaf in active):
                return None
        return y, aux, [_rows(tape, leaf, inputs) if is_number(leaf) else None for leaf in results]
    finally:
        tape.close()


def _rows(tape: Tape, leaf: Any, inputs: list) -> list:
    """The Jacobian of one result leaf with respect to each input leaf."""
    shape = np.shape(leaf)
    if type(leaf) not in TRACED_TYPES or leaf.frame is not tape or not leaf.active:
        return [np.zeros(shape + np.shape(x))[()] for x in inputs]
    reference = leaf.reference()
    rows = [_row(tape, leaf, reference, i, inputs) for i in range(leaf.size)]
    blocks = []
    for position, x in enumerate(inputs):
        block = np.stack([row[position] for row in rows]) if rows else np.zeros(0)
        blocks.append(np.reshape(block, shape + np.shape(x))[()])
    return blocks


def _row(tape: Tape, leaf: Any, reference: tuple, i: int, inputs: list) -> list:
    """Derivatives of entry ``i`` of a result leaf."""
    bars = sweep(tape, [(reference, _unit(leaf, i, 1.0))], tape.inputs)
    whole = leaf.dtype.kind == "c"
    if not whole and not any(is_complex(x) for x in inputs):
        return bars
    turned = sweep(tape, [(reference, _unit(leaf, i, 1j))], tape.inputs) if whole else [0.0 * bar for bar in bars]
    row = []
    for x, bar, other in zip(inputs, bars, turned, strict=True):
        if is_complex(x):
            check_holomorphic(bar, other)
            row.append(np.conjugate(bar))
        else:
            row.append(bar + 1j * other if whole else bar)
    return row


def _unit(leaf: Any, i: int, unit: complex) -> Any:
    """The cotangent that picks entry ``i``."""
    if hasattr(leaf, "address"):
        return 1.0
    seed = np.zeros(leaf.size, leaf.dtype)
    seed[i] = unit
    return seed.reshape(leaf.shape) if leaf.ndim else seed[0]
