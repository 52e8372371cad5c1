"""The Jacobian, by the mode that costs least: columns in forward mode, rows in reverse mode, or elimination."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.columns import by_columns
from adpy.api.elimination import by_elimination, by_graph
from adpy.api.forward_mode import input_leaves
from adpy.api.holomorphic import check_complex_inputs, check_complex_result, is_complex
from adpy.api.lanes import lanes_above
from adpy.api.lanes_jacobian import jacobian_in_lanes
from adpy.api.modes import cheapest, is_forward, remember_forward, size_of, tape_limit, width_of
from adpy.api.results import is_number
from adpy.api.rows import Record, by_rows, recorded
from adpy.api.running import check_function, is_differentiable, select
from adpy.api.trees import flatten, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, MissingRuleError
from adpy.forward.tangents import OneDirectionError
from adpy.plain import np
from adpy.reverse.limited import TapeTooLarge
from adpy.traced.dispatch import coerce

__all__ = ["jacobian"]

_MODES = ("auto", "forward", "reverse", "elimination")


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
    mode : {"auto", "forward", "reverse", "elimination"}
        ``"forward"`` pushes all columns, up to a few hundred in one call of ``function``.  ``"reverse"`` calls it
        once, and pulls all rows.  ``"elimination"`` calls it once, and does vertex elimination on what it recorded
        (see :mod:`adpy.accumulation`).  ``"auto"`` calls it once and takes the way that costs least by what was
        recorded; where that is forward mode, with a further call, which is remembered for the next time.
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
    single = not isinstance(argnums if argnames is None else argnames, tuple | list)

    @functools.wraps(function, updated=())
    def of_function(*args, **kwargs):
        keys = select(function, args, kwargs, argnums, argnames)
        if holomorphic:
            check_complex_inputs(args, kwargs, keys)
        lanes = lanes_above()
        if lanes is not None and not holomorphic:
            return jacobian_in_lanes(lanes, function, args, kwargs, keys, mode, has_aux, single)
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
    width = 1 if _nested(inputs) else width_of(size)
    if mode in ("reverse", "elimination"):
        return _recorded(call, inputs, mode, has_aux, width)
    if mode == "auto" and size > 1 and not is_forward(call[0], size):
        try:
            found = _recorded(call, inputs, mode, has_aux, width, tape_limit(size, width))
        except (MissingRuleError, TapeTooLarge):
            found = None  # forward mode may have a rule where reverse mode has none, and needs no tape
        if found is not None:
            return found
        if width > 1:
            remember_forward(call[0], size)
    try:
        return by_columns(call, inputs, has_aux, width)
    except OneDirectionError:
        return by_columns(call, inputs, has_aux, 1)


def _recorded(call: tuple, inputs: list, mode: str, has_aux: bool, width: int, limit=None) -> tuple | None:
    """As :func:`_blocks`, from one record of the function; None if forward passes of ``width`` cost less."""
    with recorded(call, has_aux, limit) as record:
        by_mode = _by_mode(record, inputs, mode, width)
        return None if by_mode is None else (record.y, record.aux, by_mode(record, inputs))


def _by_mode(record: Record, inputs: list, mode: str, width: int) -> Callable | None:
    """What turns a record into the Jacobian; None for forward mode."""
    if mode == "elimination":
        return by_elimination
    turning = any(is_complex(leaf) for leaf in inputs)
    size = size_of(record, sum(np.size(leaf) for leaf in inputs), width)
    graph = not (turning or record.tape.complex or _nested(inputs)) and record.tape.diagnose is None
    if mode == "reverse":
        return by_graph if cheapest(size, graph, columns=False) == "graph" else by_rows
    if turning or any(leaf.dtype.kind == "c" for leaf in record.active):
        return None
    return {"rows": by_rows, "graph": by_graph, "columns": None}[cheapest(size, graph)]


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


def _nested(inputs: list) -> bool:
    """May values of an enclosing transform turn up?  Then tangents are pushed one at a time."""
    return capture.frame() is not None or any(type(leaf) in TRACED_TYPES for leaf in inputs)
