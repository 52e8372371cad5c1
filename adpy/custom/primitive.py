"""``@adpy.primitive``: a black box and its rules."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.custom.calling import call, fresh
from adpy.custom.rules import make_row
from adpy.errors import ArgumentError, MissingRuleError
from adpy.plain import np
from adpy.rules.table import Block
from adpy.traced.binding import Binder
from adpy.traced.dispatch import detach
from adpy.traced.refusal import refuse

__all__ = ["Primitive", "primitive"]


class Primitive:
    """A function with rules of its own; made by :func:`primitive`.

    Attributes
    ----------
    name : str
        For messages.
    function : callable
        The black box.
    rules : dict
        What was defined of ``"jvp"``, ``"vjp"`` and ``"partials"``.
    """

    def __init__(self, function: Callable, static: str | tuple[str, ...] = (), name: str | None = None) -> None:
        if not callable(function):
            raise ArgumentError("function", "a callable", type(function).__name__)
        self.function = function
        self.name = name or getattr(function, "__name__", type(function).__name__)
        self.rules: dict[str, Callable] = {}
        self._rows: dict[int, Block] = {}
        parameters = _signature(function).parameters
        static = (static,) if isinstance(static, str) else tuple(static)
        for item in static:
            if item not in parameters:
                raise ArgumentError("static", f"names among the parameters {list(parameters)}", repr(item))
        kinds = inspect.Parameter
        operands = [n for n, p in parameters.items() if n not in static and p.kind is not p.VAR_KEYWORD]
        if not operands:
            raise ArgumentError("static", f"to leave one of {list(parameters)} to differentiate", f"{static}")
        self._binder = Binder(Block(function, self.name, _with_signature(function), tuple(operands)))
        self._operands = operands
        variadic = [i for i, n in enumerate(operands) if parameters[n].kind is kinds.VAR_POSITIONAL]
        self._variadic = variadic[0] if variadic else None
        self._defaults = {n: parameters[n].default for n in static if parameters[n].default is not kinds.empty}
        self._static = static
        functools.update_wrapper(self, function, updated=())

    def __repr__(self) -> str:
        return f"<adpy.primitive {self.name}: {', '.join(self.rules) or 'no rules yet'}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        names, operands, static = self.bound(args, kwargs)
        if capture.frame() is None and not any(_may_be_traced(leaf) for _, leaf in flatten(operands)):
            return map_leaves(fresh, self.body(operands, static))
        return call(self, names, operands, static)

    def bound(self, args: tuple, kwargs: dict) -> tuple[list[str], tuple, dict]:
        """Names and values of the operands of a call, and its static arguments."""
        operands, static = self._binder(*args, **kwargs)
        names = self._operands
        if self._variadic is not None:
            i = self._variadic
            rest = [f"{names[i]}[{k}]" for k in range(len(operands[i]))]
            names = [*names[:i], *rest, *names[i + 1 :]]
            operands = (*operands[:i], *operands[i], *operands[i + 1 :])
        for name, value in static.items():
            if any(type(leaf) in TRACED_TYPES for _, leaf in flatten(value)):
                static[name] = map_leaves(functools.partial(self._detached, name), value)
        return names, operands, static

    def _detached(self, name: str, leaf: Any) -> Any:
        plain = detach(leaf)
        if type(plain) in TRACED_TYPES:
            refuse(
                f"The primitive {self.name!r} with respect to its static argument {name!r}",
                "Take the argument out of static=, or pass adpy.stop_gradient of it.",
                MissingRuleError,
            )
        return plain

    def body(self, operands: tuple, static: dict) -> Any:
        """Call the black box."""
        if self._variadic is not None:
            i, last = self._variadic, len(operands) - (len(self._operands) - 1 - self._variadic)
            operands = (*operands[:i], operands[i:last], *operands[last:])
        return self._binder.apply(operands, static)

    def row(self, count: int) -> Block:
        """The row for calls with ``count`` operands that carry derivatives."""
        if count not in self._rows:
            self._rows[count] = make_row(self, count)
        return self._rows[count]

    def complete(self, static: dict) -> dict:
        """Static arguments as the rules get them: with the defaults of those that were not passed."""
        return {**self._defaults, **static}

    # ---- rules

    def defjvp(self, rule: Callable) -> Callable:
        """Define the tangent map: ``rule(primals, tangents, y, **static) -> y_dot``.

        Parameters
        ----------
        rule : callable
            ``primals`` is the tuple of all arguments that are not static, in the order of the signature; ``tangents``
            has the same structure, with zeros for constants and None for what is no number; ``y`` is the result.
            Returns the tangent in the structure of ``y``; None in it stands for zero.

        Returns
        -------
        callable
            The rule: this is a decorator.

        Examples
        --------
        >>> import adpy, math
        >>> @adpy.primitive
        ... def cube(x):
        ...     return math.pow(x, 3)
        >>> @cube.defjvp
        ... def cube_jvp(primals, tangents, y):
        ...     (x,), (x_dot,) = primals, tangents
        ...     return 3 * x**2 * x_dot
        >>> adpy.derivative(cube)(2.0), adpy.grad(adpy.grad(cube))(2.0)
        (12.0, 12.0)
        """
        return self._define("jvp", rule, ("primals", "tangents", "y"))

    def defvjp(self, rule: Callable) -> Callable:
        """Define the cotangent map: ``rule(primals, y, y_bar, **static) -> tuple of x_bars``.

        Parameters
        ----------
        rule : callable
            ``primals`` as for :meth:`defjvp`; ``y`` is the result and ``y_bar`` its cotangent, in the same structure.
            Returns a tuple with a cotangent for each of ``primals``, each in the structure of its primal; None in it
            stands for zero, and must do so for what is no floating-point number.

        Returns
        -------
        callable
            The rule: this is a decorator.

        Examples
        --------
        >>> import adpy, math
        >>> @adpy.primitive
        ... def cube(x):
        ...     return math.pow(x, 3)
        >>> @cube.defvjp
        ... def cube_vjp(primals, y, y_bar):
        ...     (x,) = primals
        ...     return (3 * x**2 * y_bar,)
        >>> adpy.grad(cube)(2.0), adpy.derivative(cube)(2.0)
        (12.0, 12.0)
        """
        return self._define("vjp", rule, ("primals", "y", "y_bar"))

    def defpartials(self, rule: Callable) -> Callable:
        """Define the partials of an elementwise function: ``rule(*operands, y, **static) -> tuple of partials``.

        Parameters
        ----------
        rule : callable
            Gets the operands and the result, and returns one partial an operand, of the shape of the result (or a
            number).  None in the place of a partial means that there is no rule for that operand: an error where it
            is to be differentiated.

        Returns
        -------
        callable
            The rule: this is a decorator.

        Examples
        --------
        >>> import adpy, numpy as np
        >>> @adpy.primitive
        ... def scaled(x, p):
        ...     return np.vectorize(lambda x, p: p * x**2)(x, p)
        >>> @scaled.defpartials
        ... def scaled_partials(x, p, y):
        ...     return 2 * p * x, x**2
        >>> adpy.grad(lambda p: scaled(np.array([1.0, 2.0]), p).sum())(3.0)
        5.0
        """
        names = (*self._operands, "y") if self._variadic is None else None
        return self._define("partials", rule, names)

    def _define(self, kind: str, rule: Callable, positional: tuple[str, ...] | None) -> Callable:
        if not callable(rule):
            raise ArgumentError(f"rule of def{kind}", "a function", type(rule).__name__)
        if positional is not None:
            try:
                signature = inspect.signature(rule)
            except (TypeError, ValueError):  # a compiled function does not say
                signature = None
            try:
                if signature is not None:
                    signature.bind(*positional, **dict.fromkeys(self._static))
            except TypeError:
                expected = f"({', '.join([*positional, *(('*',) if self._static else ()), *self._static])})"
                raise ArgumentError(
                    f"rule of {self.name}.def{kind}", f"a function of {expected}", f"{signature}"
                ) from None
        self.rules[kind] = rule
        return rule


def _with_signature(function: Callable) -> Callable:
    """A function that says its signature, which a compiled one does not."""

    def call_it(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call_it.__signature__ = _signature(function)
    return call_it


def _may_be_traced(leaf: Any) -> bool:
    return type(leaf) in TRACED_TYPES or (isinstance(leaf, np.ndarray) and leaf.dtype == object)


def _signature(function: Callable) -> inspect.Signature:
    try:
        return inspect.signature(getattr(function, "py_func", function))
    except (TypeError, ValueError):
        raise ArgumentError(
            "function",
            "a function whose parameters can be read (write def f(x, p): return library_function(x, p))",
            f"{type(function).__name__} {function!r}",
        ) from None


def primitive(
    function: Callable | None = None, *, static: str | tuple[str, ...] = (), name: str | None = None
) -> Primitive | Callable[[Callable], Primitive]:
    """Make a black box a primitive: adpy does not look into it, and differentiates it by rules that you define.

    Use it as a decorator, with or without arguments, or call it on a function.  During a transform the body gets plain
    numbers and arrays (copies) and runs as it is, whatever it calls: compiled functions, ``ctypes``, other processes.
    Arrays it returns are copied too, so it may return the same buffer each time.

    Parameters
    ----------
    function : callable
        From numbers, arrays and trees of them to such.  It must not write into its arguments.
    static : str or tuple of str
        Names of parameters that are not differentiated.  Rules get them by keyword.  Leaves of the other
        arguments that are no floating-point numbers (counts, names) are constants by themselves.
    name : str, optional
        For messages, instead of the name of the function.

    Returns
    -------
    Primitive
        Callable as ``function``, with ``defjvp``, ``defvjp`` and ``defpartials`` to define rules.  One of them is
        enough for both modes.  Rules are NumPy code that adpy differentiates for derivatives of higher order.

    Raises
    ------
    ArgumentError
        If ``static`` names no parameter, or nothing remains to differentiate.

    See Also
    --------
    adpy.check_rule : checks rules against differences and against each other.
    adpy.numerical : derivatives by differences, for a function without rules.

    Examples
    --------
    A spring pendulum from a library: the period and its sensitivities.

    >>> import adpy, math
    >>> @adpy.primitive
    ... def period(mass, stiffness):
    ...     return 2 * math.pi * math.sqrt(mass / stiffness)
    >>> @period.defpartials
    ... def period_partials(mass, stiffness, y):
    ...     return y / (2 * mass), -y / (2 * stiffness)
    >>> gradient = adpy.grad(period, argnums=(0, 1))(2.0, 8.0)
    >>> print(f"{gradient[0]:.6f} {gradient[1]:.6f}")
    0.785398 -0.196350
    """
    if function is None:
        return functools.partial(primitive, static=static, name=name)
    return Primitive(function, static, name)
