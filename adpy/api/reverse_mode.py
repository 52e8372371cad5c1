"""Reverse-mode transforms: vjp, grad, value_and_grad."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.running import check_function, is_differentiable, run, select
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.dispatch import coerce, top_trace
from adpy.traced.refusal import refuse_dead

__all__ = ["grad", "value_and_grad", "vjp"]


LONG = 5_000
"""Scalar operations from which a tape kept by a pullback is stored compactly."""


def untraced(leaf: Any, tape: Any) -> Any:
    """A result leaf without the tape: its primal as plain NumPy would have returned it."""
    kind = type(leaf)
    if kind in TRACED_TYPES and not leaf.frame.open and leaf.frame is not tape:
        refuse_dead()
    if kind in TRACED_TYPES and leaf.frame is tape:
        value = leaf._value
        return np.float64(value) if type(value) is float and leaf.__class__ is not float else value
    if kind is np.ndarray and leaf.dtype == object and top_trace([leaf]) is not None:
        return untraced(coerce(leaf), tape)
    return leaf


def _result_leaf(leaf: Any) -> Any:
    """A result leaf as a traced value where an object array hides traced scalars."""
    return coerce(leaf) if type(leaf) is np.ndarray and leaf.dtype == object else leaf


def finish(bar: Any) -> Any:
    """A bar as a result: a float for a scalar, an array of its own for an array."""
    if type(bar) is np.ndarray:
        return bar.copy() if bar.base is not None or not bar.ndim else bar
    return bar


def _like_input(bar: Any, leaf: Any) -> Any:
    """A bar with the type of the input it belongs to."""
    kind = type(leaf)
    if kind is float and type(bar) is not float and type(bar) not in TRACED_TYPES:
        return float(bar)
    if isinstance(leaf, np.generic) and type(bar) not in TRACED_TYPES:
        return leaf.dtype.type(bar)
    if kind is np.ndarray and type(bar) is np.ndarray and bar.dtype != leaf.dtype and leaf.dtype.kind in "fc":
        return bar.astype(leaf.dtype)
    return bar


def value_and_grad(
    function: Callable, argnums: int | tuple[int, ...] = 0, argnames: Any = None, has_aux: bool = False
) -> Callable:
    """Return a function that gives the value of ``function`` and its gradient.

    Parameters
    ----------
    function : callable
        Returns one real number (a Python float, a NumPy scalar or a 0-d array).
    argnums : int or tuple of int
        Positions of the arguments to differentiate.  Arguments may be floats, arrays, and tuples, lists, dictionaries
        and dataclasses of them; other leaves of a container (names, counts) are constants, with None in the gradient.
    argnames : str or tuple of str, optional
        Names of the arguments to differentiate, instead of ``argnums``.
    has_aux : bool
        ``function`` returns ``(value, aux)``; ``aux`` is passed on without derivative.

    Returns
    -------
    callable
        ``(value, gradient)``, or ``((value, aux), gradient)``.  The gradient has the structure, shapes and dtypes of
        the differentiated argument; a tuple of such for several.

    Raises
    ------
    ArgumentError
        If the result is not one real number, or an argument is not made of floating-point numbers.
    TracedValueError
        If the function drops a derivative; the message names the line.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def f(x):
    ...     y = np.zeros(2)
    ...     y[0] = x[0] * x[1]
    ...     y[1] = np.sin(x[0])
    ...     return y.sum()
    >>> value, gradient = adpy.value_and_grad(f)(np.array([0.0, 2.0]))
    >>> print(value, gradient)
    0.0 [3. 0.]
    """
    check_function(function)

    @functools.wraps(function, updated=())
    def with_gradient(*args, **kwargs):
        keys = (argnums,) if argnames is None and type(argnums) is int and 0 <= argnums < len(args) else None
        if keys is None:
            keys = select(function, args, kwargs, argnums, argnames)
        tape, y = run(Tape, function, args, kwargs, keys)
        try:
            aux = None
            if has_aux:
                if not isinstance(y, tuple) or len(y) != 2:
                    raise ArgumentError("function with has_aux=True", "a result (value, aux)", type(y).__name__)
                y, aux = y
                aux = map_leaves(functools.partial(untraced, tape=tape), aux)
            y = _result_leaf(y)
            seeds, value = _scalar_seed(y, tape)
            single = isinstance(argnums, int) and argnames is None or isinstance(argnames, str)
            gradient = input_bars(tape, args, kwargs, keys, seeds, single)
        finally:
            tape.close()
        return ((value, aux) if has_aux else value), gradient

    return with_gradient


def _scalar_seed(y, tape):
    """Seeds for a scalar result, and its primal."""
    kind = type(y)
    if kind in TRACED_TYPES and not y.frame.open:
        refuse_dead()
    if kind in TRACED_TYPES and y.frame is tape:
        if y.ndim:
            raise ArgumentError(
                "result of the differentiated function",
                "one number (reduce it, e.g. with .sum(), or use adpy.jacobian or adpy.vjp)",
                f"an array of shape {y.shape}",
            )
        if y.dtype.kind == "c":
            raise ArgumentError(
                "result of the differentiated function", "a real number (take .real or abs)", f"a {y.dtype} number"
            )
        value = untraced(y, tape)
        return ([(y.reference(), 1.0 if hasattr(y, "address") else _one(y))] if y.active else []), value
    if isinstance(y, float | int | np.number) or kind in TRACED_TYPES or (isinstance(y, np.ndarray) and y.ndim == 0):
        if np.ndim(y) == 0 and not isinstance(y, complex):
            return [], y
    got = (
        "None (a missing return statement?)"
        if y is None
        else f"{kind.__name__} of shape {np.shape(y)}"
        if isinstance(y, np.ndarray)
        else kind.__name__
    )
    raise ArgumentError("result of the differentiated function", "one real number", got)


def _one(y):
    value = y._value
    while type(value) in TRACED_TYPES:
        value = value._value
    return np.ones_like(value) if isinstance(value, np.ndarray) else type(value)(1)


def input_bars(tape, args, kwargs, keys, seeds, single):
    """Cotangents of the inputs at ``keys``, in their structure."""
    bars = sweep(tape, seeds, tape.inputs)
    if single:
        argument = kwargs[keys[0]] if type(keys[0]) is str else args[keys[0]]
        if type(argument) is np.ndarray or type(argument) is float:
            return finish(_like_input(bars[0], argument))
    taken = iter(bars)
    results = []
    for key in keys:
        argument = kwargs[key] if type(key) is str else args[key]
        leaves = iter(
            [
                finish(_like_input(next(taken), leaf)) if not path or is_differentiable(leaf) else None
                for path, leaf in flatten(argument)
            ]
        )
        results.append(rebuild(argument, leaves.__next__))
    return results[0] if single else tuple(results)


def grad(
    function: Callable, argnums: int | tuple[int, ...] = 0, argnames: Any = None, has_aux: bool = False
) -> Callable:
    """Return a function that gives the gradient of ``function``.

    Parameters, errors and structure are those of :func:`value_and_grad`.

    Returns
    -------
    callable
        The gradient, or ``(gradient, aux)``.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> adpy.grad(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    array([ 3., 12.])
    >>> adpy.grad(lambda x: x * x)(3.0)
    6.0
    """
    both = value_and_grad(function, argnums, argnames, has_aux)

    @functools.wraps(function, updated=())
    def gradient(*args, **kwargs):
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def vjp(function: Callable, *primals: Any) -> tuple[Any, Callable]:
    """Evaluate ``function`` and return its result with its pullback.

    Parameters
    ----------
    function : callable
        Any result: a number, an array, or a tree of them.
    *primals
        Arguments; all are differentiated.

    Returns
    -------
    y
        The result.
    pullback : callable
        ``pullback(y_bar)`` takes a cotangent with the structure of ``y`` and returns a tuple of cotangents, one an
        argument. It may be called any number of times; each call is one sweep over the same tape.

    Raises
    ------
    ArgumentError
        If an argument is not made of floating-point numbers, or a cotangent has another structure or shape than ``y``.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> y, pullback = adpy.vjp(lambda x: x**2, np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 2., 40.]),)
    """
    check_function(function)
    keys = list(range(len(primals)))
    tape, y = run(Tape, function, primals, {}, keys)
    results = [_result_leaf(leaf) for _, leaf in flatten(y)]
    value = map_leaves(functools.partial(untraced, tape=tape), y)
    tape.open = False
    if tape.count > LONG:
        tape.compact()

    def pullback(y_bar: Any) -> tuple:
        bars = [leaf for _, leaf in flatten(y_bar)]
        if len(bars) != len(results):
            raise ArgumentError("y_bar", f"the structure of the result ({len(results)} leaves)", f"{len(bars)} leaves")
        seeds = []
        for leaf, bar in zip(results, bars, strict=True):
            if np.shape(bar) != np.shape(leaf):
                raise ArgumentError("y_bar", f"shape {np.shape(leaf)}", f"shape {np.shape(bar)}")
            if type(leaf) in TRACED_TYPES and leaf.frame is tape and leaf.active:
                seeds.append((leaf.reference(), _seed_like(bar, leaf)))
        return input_bars(tape, primals, {}, keys, seeds, False)

    return value, pullback


def _seed_like(bar, leaf):
    if hasattr(leaf, "address"):
        return bar if type(bar) in TRACED_TYPES else float(bar)
    return bar if type(bar) in TRACED_TYPES else np.asarray(bar, dtype=np.result_type(leaf.dtype))
