"""debug_nans: the operation and the line that first made a NaN in a value, a tangent or a cotangent."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import Token
from typing import Any
from weakref import WeakKeyDictionary

from adpy import capture
from adpy.api.running import DEBUGGER, check_function, is_differentiable, run
from adpy.api.trees import flatten, map_leaves
from adpy.diagnostics.noted_tape import noted
from adpy.diagnostics.origin import raise_origin
from adpy.diagnostics.origin_trace import OriginTrace
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.reverse.tape import Tape
from adpy.traced.dispatch import coerce, primal

__all__ = ["debug_nans"]


class debug_nans:
    """Context manager and wrapper: a NaN in a value, tangent or cotangent becomes an error that names its origin.

    In its context every transform (``grad``, ``jvp``, ``vjp`` …) looks at its results.  If there is a NaN in them, the
    function is run once more by a slow trace that follows the NaN back to the first operation that made it (a
    pullback, for a cotangent).  A NaN that reaches no result, such as that of a branch of ``np.where`` which is not
    taken, is no error.  Outside of the context nothing is looked at.

    Parameters
    ----------
    function : callable, optional
        Wrap this function, or gradient, instead: ``adpy.debug_nans(adpy.grad(f))(x)``.  The result of a plain function
        is looked at, too.
    inf : bool
        Report infinities, too.

    Raises
    ------
    NonFiniteError
        Names the operation, its operands, the line and what usually helps.  It is a ``FloatingPointError``.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> def length(x):
    ...     return np.sqrt(np.sum(x * x))
    >>> adpy.grad(length)(np.zeros(2))
    array([nan, nan])
    >>> try:
    ...     adpy.debug_nans(adpy.grad(length))(np.zeros(2))
    ... except FloatingPointError as error:
    ...     print(error.quantity, error.function)
    cotangent numpy.sqrt
    """

    __slots__ = ("__dict__", "__wrapped__", "_function", "_given", "_tokens", "inf")

    def __init__(self, function: Callable | None = None, *, inf: bool = False) -> None:
        if function is not None:
            check_function(function)
            functools.update_wrapper(self, function, updated=())
        self._function, self.inf = function, inf
        self._tokens: list[Token] = []
        self._given: WeakKeyDictionary = WeakKeyDictionary()

    def __enter__(self) -> debug_nans:
        self._tokens.append(DEBUGGER.set(self))
        return self

    def __exit__(self, *exception: object) -> None:
        DEBUGGER.reset(self._tokens.pop())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the wrapped function in the context; ``debug_nans(inf=True)(f)`` wraps."""
        if self._function is None:
            return debug_nans(*args, inf=self.inf, **kwargs)
        with self:
            result = self._function(*args, **kwargs)
        if self._bad(result):
            keys = [i for i, arg in enumerate(args) if _varies(arg)] + [k for k, arg in kwargs.items() if _varies(arg)]
            if keys:
                self._trace_value(self._function, args, kwargs, keys)
        return result

    # ---- what a running transform calls

    def started(self, frame: Any) -> None:
        """A transform begins."""
        if type(frame) is Tape:
            noted(frame, self.inf)
        elif type(frame) is ForwardTrace:
            given = self._given[frame] = list(frame.tangents)
            frame.tangents = iter(given)

    def finished(self, frame: Any, y: Any, call: tuple) -> None:
        """A transform has evaluated its function: look at values and tangents."""
        if frame.parent is not None:
            return
        if self._bad(y):
            self._trace_value(*call)
        if isinstance(frame, ForwardTrace) and self._bad_tangent(frame, y):
            self._trace_tangent(frame, *call)

    # ---- looking, and looking closer

    def _is_bad(self, x: Any) -> Any:
        return ~np.isfinite(x) if self.inf else np.isnan(x)

    def _bad(self, tree: Any) -> bool:
        """Is there a NaN among the leaves?"""
        leaves = [primal(coerce(leaf)) for _, leaf in flatten(tree)]
        return any(bool(np.any(self._is_bad(leaf))) for leaf in leaves if is_differentiable(leaf))

    def _bad_tangent(self, frame: Any, tree: Any) -> bool:
        leaves = [coerce(leaf) for _, leaf in flatten(tree)]
        carried = [leaf.carried() for leaf in leaves if getattr(leaf, "frame", None) is frame]
        return self._bad([x for x in carried if x is not None])

    def _trace_value(self, function: Callable, args: tuple, kwargs: dict, keys: list) -> None:
        self._follow(functools.partial(OriginTrace, None), function, args, kwargs, keys, -2)

    def _trace_tangent(self, frame: Any, function: Callable, args: tuple, kwargs: dict, keys: list) -> None:
        tangents = self._given.get(frame)
        if tangents is not None:
            dots = [np.asarray(x) if frame.width is not None else np.asarray(x)[..., None] for x in tangents]
            self._follow(functools.partial(OriginTrace, dots), function, args, kwargs, keys, -1)

    def _follow(self, make: Callable, function: Callable, args: tuple, kwargs: dict, keys: list, column: int) -> None:
        """Run the function by a trace of origins, and raise that of the first bad entry of the result."""
        token = DEBUGGER.set(None)
        try:
            with capture.paused(), np.errstate(all="ignore"):
                plain = [map_leaves(_plain, x) for x in args], {k: map_leaves(_plain, x) for k, x in kwargs.items()}
                frame, y = run(make, function, tuple(plain[0]), plain[1], keys)
        finally:
            DEBUGGER.reset(token)
        frame.close()
        for _, leaf in flatten(y):
            leaf = coerce(leaf)
            if not frame.is_active(leaf):
                continue
            tangent = leaf.carried()
            watched = primal(leaf) if column == -2 else np.sum(tangent[..., :-2], -1)
            bad = np.argwhere(self._is_bad(watched))
            if len(bad):
                entry = tangent[(*bad[0].tolist(), column)]
                number = int(max(entry.real, entry.imag))
                if number:
                    raise_origin(frame.origins[number - 1])


def _plain(leaf: Any) -> Any:
    return primal(coerce(leaf))


def _varies(argument: Any) -> bool:
    return any(is_differentiable(leaf) for _, leaf in flatten(argument))
