"""Reverse-mode transforms: vjp, grad, value_and_grad."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.holomorphic import check_complex_inputs, check_holomorphic
from adpy.api.lanes import lanes_above, value_and_grad_in_lanes, vjp_in_lanes
from adpy.api.results import check_result, cotangent_seeds, described, result_leaf, scalar_seed, untraced
from adpy.api.running import check_function, is_differentiable, run, select
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape

__all__ = ["grad", "value_and_grad", "vjp"]


LONG = 5_000
"""Scalar operations from which a tape kept by a pullback is stored compactly."""


def finish(bar: Any) -> Any:
    """A bar as a result: a float for a scalar, an array of its own for an array."""
    if type(bar) is np.ndarray:
        return bar.copy() if bar.base is not None or not bar.ndim else bar
    return bar


def _like_input(bar: Any, leaf: Any) -> Any:
    """A bar with the type of the input it belongs to."""
    kind = type(leaf)
    if kind is float:
        return bar if type(bar) is float or type(bar) in TRACED_TYPES else float(bar)
    if isinstance(leaf, np.generic) and type(bar) not in TRACED_TYPES:
        return leaf.dtype.type(bar)
    if kind is np.ndarray and type(bar) is np.ndarray and bar.dtype != leaf.dtype and leaf.dtype.kind in "fc":
        return bar.astype(leaf.dtype)
    return bar


def value_and_grad(
    function: Callable,
    argnums: int | tuple[int, ...] = 0,
    argnames: Any = None,
    has_aux: bool = False,
    holomorphic: bool = False,
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
    holomorphic : bool
        The arguments and the result are complex, and the gradient is the complex derivative ∂f/∂z.  Without it the
        result is real, and the gradient with respect to a complex z = a + ib is ∂f/∂a + i ∂f/∂b.

    Returns
    -------
    callable
        ``(value, gradient)``, or ``((value, aux), gradient)``.  The gradient has the structure, shapes and dtypes of
        the differentiated argument; a tuple of such for several.

    Raises
    ------
    ArgumentError
        If the result is not one real number, or an argument is not made of floating-point numbers.  With
        ``holomorphic``: if they are not complex, or the Cauchy-Riemann equations do not hold at the point.
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
    single = not isinstance(argnums if argnames is None else argnames, tuple | list)

    @functools.wraps(function, updated=())
    def with_gradient(*args, **kwargs):
        keys = (argnums,) if argnames is None and type(argnums) is int and 0 <= argnums < len(args) else None
        if keys is None:
            keys = select(function, args, kwargs, argnums, argnames)
        if holomorphic:
            check_complex_inputs(args, kwargs, keys)
        lanes = lanes_above()
        if lanes is not None and not holomorphic:
            return value_and_grad_in_lanes(lanes, function, args, kwargs, keys, has_aux, single)
        tape, y = run(Tape, function, args, kwargs, keys)
        try:
            aux = None
            if has_aux:
                if not isinstance(y, tuple) or len(y) != 2:
                    raise ArgumentError("function with has_aux=True", "a tuple of two, (value, aux)", described(y))
                y, aux = y
                aux = map_leaves(functools.partial(untraced, tape=tape), aux)
            seeds, value = scalar_seed(result_leaf(y), tape, holomorphic)
            gradient = input_bars(tape, args, kwargs, keys, seeds, single)
            if holomorphic:
                turned = [(reference, 1j * seed) for reference, seed in seeds]
                gradient = _complex_derivative(gradient, input_bars(tape, args, kwargs, keys, turned, single))
        finally:
            tape.close()
        return ((value, aux) if has_aux else value), gradient

    return with_gradient


def _complex_derivative(bars: Any, turned: Any) -> Any:
    """The derivative from the bars of the real and of the imaginary part of a result."""
    for (_, bar), (_, other) in zip(flatten(bars), flatten(turned), strict=True):
        if bar is not None:
            check_holomorphic(bar, other)
    return map_leaves(_conjugate, bars)


def _conjugate(bar: Any) -> Any:
    return bar if bar is None else np.conjugate(bar)


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
    function: Callable,
    argnums: int | tuple[int, ...] = 0,
    argnames: Any = None,
    has_aux: bool = False,
    holomorphic: bool = False,
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
    >>> adpy.grad(lambda z: z * z, holomorphic=True)(3.0 + 1.0j)
    np.complex128(6+2j)
    """
    both = value_and_grad(function, argnums, argnames, has_aux, holomorphic)

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
    lanes = lanes_above()
    if lanes is not None:
        return vjp_in_lanes(lanes, function, primals)
    tape, y = run(Tape, function, primals, {}, keys)
    check_result(y)
    results = [result_leaf(leaf) for _, leaf in flatten(y)]
    value = map_leaves(functools.partial(untraced, tape=tape), y)
    tape.open = False
    if tape.count > LONG:
        tape.compact()

    def pullback(y_bar: Any) -> tuple:
        return input_bars(tape, primals, {}, keys, cotangent_seeds(y_bar, value, results, tape), False)

    return value, pullback
