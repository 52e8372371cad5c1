"""Programs that travel: saved and loaded without pickle, pickled, mapped over the workers of an executor."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adpy.api.trees import flatten, rebuild
from adpy.errors import ArgumentError, ProgramFileError
from adpy.plain import np

__all__ = ["Saving", "load_program"]

_METHODS = {
    "value": "__call__",
    "gradient": "gradient",
    "value_and_gradient": "value_and_gradient",
    "jacobian": "jacobian",
    "hessian": "hessian",
}
CHUNKS = 4
"""Chunks for each worker, so that none waits long for the last."""


class Saving:
    """What a :class:`~adpy.Program` has of this."""

    def save(self, path: str | os.PathLike) -> None:
        """Save all recordings to a file, without the function; :func:`adpy.load_program` reads it.

        The file is an ``.npz`` archive of tables, constants and a description in JSON, read without pickle.

        Parameters
        ----------
        path : path-like

        Raises
        ------
        ProgramFileError
            If a recording holds what cannot be described: a custom rule, objects of the function's among its constants.
            No file is written then.

        Examples
        --------
        >>> import os, tempfile
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: np.sum(x**3), np.ones(2))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "cubes.npz")
        ...     p.save(path)
        ...     q = adpy.load_program(path)
        >>> q.gradient(np.array([1.0, 2.0]))
        array([ 3., 12.])
        """
        from adpy.program import saving

        saving.write(path, self._content(self._kept()))

    def _kept(self) -> list[tuple]:
        """Every recording, the least recently used ones first."""
        with self._lock:
            items = [(key, list(branches)) for key, branches in self._branches.items()]
        return [(key, b.code, b.tree, b.places) for key, branches in items for b in reversed(branches)]

    def _content(self, recordings: list) -> dict:
        return {
            "name": getattr(self, "__name__", None),
            "argnum": self.argnum,
            "limit": self.limit,
            "passes": sorted(self.passes),
            "recordings": recordings,
        }

    def __reduce__(self) -> tuple:
        """Pickle the function and those recordings that can be described; others are recorded again."""
        from adpy.program import saving

        described = []
        for recording in self._kept():
            try:
                saving.packed(recording)
            except ProgramFileError:
                continue
            described.append(recording)
        return _unpickled, (type(self), _Reference.to(self), *saving.packed(self._content(described)))

    def map(
        self, X: Any, executor: Any = None, what: str = "value", chunksize: int | None = None, **kwargs: Any
    ) -> Any:
        """Evaluate at many points, in the workers of an executor.

        Parameters
        ----------
        X : ndarray or iterable of tuple
            Points along the first axis of an array, or tuples of arguments.
        executor : concurrent.futures.Executor, optional
            Threads, processes, or what has their interface: Dask's ``client.get_executor()``, ``MPIPoolExecutor``.  For
            processes the function must pickle: defined with ``def`` in a module.  Without an executor it happens here.
        what : {"value", "gradient", "value_and_gradient", "jacobian", "hessian"}
        chunksize : int, optional
            Points that a worker gets at a time.
        **kwargs
            Further arguments of the function, the same at all points.

        Returns
        -------
        ndarray or list
            For an array the results along a new first axis (of every array in the result); else a list of results.

        Raises
        ------
        ArgumentError
            If ``what`` is not one of these, or ``X`` is a number or an array without axes.
        Exception
            What the function raises in a worker, or the executor where a worker dies; chunks that have not begun are
            cancelled.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> p = adpy.record(lambda x: np.sum(x**3), np.ones(2))
        >>> with ThreadPoolExecutor(2) as pool:
        ...     p.map(np.array([[1.0, 2.0], [3.0, 4.0]]), pool, what="gradient")
        array([[ 3., 12.],
               [27., 48.]])
        """
        if what not in _METHODS:
            raise ArgumentError("what", f"one of {', '.join(_METHODS)}", repr(what))
        if not isinstance(X, Iterable) or (isinstance(X, np.ndarray) and X.ndim == 0):
            raise ArgumentError("X", "an array with an axis for the points, or tuples of arguments", type(X).__name__)
        stacked = isinstance(X, np.ndarray)
        points = [(x,) for x in _samples(X)] if stacked else list(X)
        for i, point in enumerate(points):
            if type(point) is not tuple:
                raise ArgumentError(f"X[{i}]", "a tuple of arguments", type(point).__name__)
        results = list(self._results(points, executor, what, chunksize, kwargs))
        return _stacked(results) if stacked and results else results

    def _results(self, points: list, executor: Any, what: str, chunksize: int | None, kwargs: dict) -> Iterator:
        if executor is None:
            return iter(_evaluated(self, what, kwargs, points))
        if chunksize is None:
            workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
            chunksize = -(-len(points) // (CHUNKS * workers)) or 1
        if chunksize < 1:
            raise ArgumentError("chunksize", "1 or more", repr(chunksize))
        futures = [
            executor.submit(_evaluated, self, what, kwargs, points[i : i + chunksize])
            for i in range(0, len(points), chunksize)
        ]
        try:
            return itertools.chain.from_iterable([future.result() for future in futures])
        finally:
            for future in futures:
                future.cancel()


def _samples(X: np.ndarray) -> Iterable:
    """What an array holds along its first axis, numbers as Python's."""
    return X.tolist() if X.ndim == 1 else X


def _evaluated(program: Any, what: str, kwargs: dict, points: list) -> list:
    """What a worker does."""
    method = getattr(program, _METHODS[what])
    return [method(*point, **kwargs) for point in points]


def _stacked(results: list) -> Any:
    """Results of one structure with their leaves along a new first axis."""
    columns = zip(*[[leaf for _, leaf in flatten(result)] for result in results], strict=True)
    return rebuild(results[0], map(np.array, columns).__next__)


def load_program(path: str | os.PathLike, function: Callable | None = None) -> Any:
    """Load a program saved by :meth:`Program.save`.

    Parameters
    ----------
    path : path-like
    function : callable, optional
        The function that was recorded, for points at which no recording of the file holds.

    Returns
    -------
    Program
        Without ``function`` it raises :class:`adpy.errors.GuardError` where no recording holds.

    Raises
    ------
    ProgramFileError
        If the file is truncated, foreign or of another version, or needs a rule that is not here.

    Examples
    --------
    >>> import os, tempfile
    >>> import adpy
    >>> def f(x):
    ...     return x * x if x > 0 else -x
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "f.npz")
    ...     adpy.record(f, 2.0).save(path)
    ...     p, q = adpy.load_program(path), adpy.load_program(path, f)
    >>> p.gradient(3.0), q.gradient(3.0), q.gradient(-3.0)
    (6.0, 6.0, -1.0)
    >>> try:
    ...     p.gradient(-3.0)
    ... except adpy.errors.GuardError as error:
    ...     print(str(error)[:45])
    this program was loaded without its function,
    """
    from adpy.api.program import Program
    from adpy.program import saving

    content = saving.read(path)
    try:
        return _filled(Program, function, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ProgramFileError(f"{os.fspath(path)} holds no program of adpy ({error})") from error


def _filled(kind: type, function: Callable | None, content: dict) -> Any:
    """A program with recordings."""
    from adpy.api.program_recordings import Branch

    program = kind(function, content["argnum"], content["limit"], passes=content["passes"])
    if function is None and content["name"]:
        program.__name__ = content["name"]
    around = program._around()
    for key, code, tree, places in content["recordings"]:
        program._keep(key, Branch(code, tree, places, around))
    program._misses = 0
    return program


def _unpickled(kind: type, reference: Any, header: str, arrays: list) -> Any:
    from adpy.program import saving

    function = reference.function() if isinstance(reference, _Reference) else reference
    return _filled(kind, function, saving.unpacked(header, arrays))


class _Reference:
    """A function that stands in its module behind the program that a decorator made of it."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    @classmethod
    def to(cls, program: Saving) -> Any:
        """What is pickled in the place of the program's function: the function, where it can be."""
        function = program.function
        reference = cls(getattr(function, "__module__", None) or "", getattr(function, "__qualname__", ""))
        found = reference.found(sys.modules.get(reference.module))
        return reference if found is not function and getattr(found, "function", None) is function else function

    def found(self, module: Any) -> Any:
        """What the module has under the name."""
        found = module
        for part in self.name.split("."):
            found = getattr(found, part, None)
        return found

    def function(self) -> Callable:
        """The function, in the process that unpickles."""
        return self.found(importlib.import_module(self.module)).function
