"""Making programs: ``record`` at a point, ``compile`` when first called."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.program import Program

__all__ = ["compile", "record"]


def record(
    function: Callable,
    *args: Any,
    argnum: int = 0,
    recordings: int = 16,
    specialize: bool | str = "hot",
    passes: Any = True,
    **kwargs: Any,
) -> Program:
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
    specialize : bool or {"hot", "never"}
        When recordings get kernels of their own, see :func:`compile`.
    passes : bool, str, mapping of str to bool, or iterable of str
        What is done to recordings before they are replayed: everything, nothing, the passes with these names, or all
        but those that a mapping switches off.  ``"constant folding"``, ``"common subexpressions"``, ``"copies"`` and
        ``"dead code"`` remove operations, ``"index movement"`` makes copies of runs of gathers, ``"fusion"`` puts
        elementwise operations together, ``"local results"`` keeps their results out of main memory, ``"memory
        placement"`` lets results share memory, ``"re-rolling"`` makes loops of repeated scalar operations.

    Returns
    -------
    Program

    Raises
    ------
    ArgumentError
        If ``function`` cannot be called, or there is no pass of such a name.

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
    program = Program(function, argnum, recordings, specialize, passes)
    _, recording = program._at(args, kwargs)
    if recording is not None:
        recording.__exit__()
    return program


def compile(
    function: Callable | None = None,
    *,
    argnum: int = 0,
    recordings: int = 16,
    specialize: bool | str = "hot",
    passes: Any = True,
) -> Any:
    """Make a function a :class:`Program` that records by itself, for every structure, shape and branch; a decorator.

    Parameters
    ----------
    function : callable
    argnum, recordings
        As for :func:`record`.
    specialize : bool or {"hot", "never"}
        When recordings get kernels of their own, see :meth:`Program.specialize`: ``True`` when they are made; ``"hot"``
        when they have spent about as much time in the interpreters as compiling takes, in a thread; ``False`` or
        ``"never"`` not unasked.  With the environment variable ``ADPY_SPECIALIZE=never`` nothing is hot.  Values by
        kernels and by interpreters may differ in the last digits.
    passes : bool, str, mapping of str to bool, or iterable of str
        As for :func:`record`.

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
        settings = {"argnum": argnum, "recordings": recordings, "specialize": specialize, "passes": passes}
        return functools.partial(compile, **settings)
    return Program(function, argnum, recordings, specialize, passes)
