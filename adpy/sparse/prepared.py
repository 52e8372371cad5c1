"""Prepared: a function with the patterns and evaluations of its recordings; what Jacobians and Hessians share."""

from __future__ import annotations

import functools
import os
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Any

from numpy.random import default_rng

from adpy import capture
from adpy.api.program_recordings import Branch, Recordings
from adpy.api.running import check_function
from adpy.api.signature import signature
from adpy.errors import ArgumentError
from adpy.kernels import building
from adpy.plain import np
from adpy.sparse.arguments import check_argnum, differentiated, input_numbers, keys_of, named_leaves
from adpy.sparse.blocks import split
from adpy.sparse.dense import Eager
from adpy.sparse.formats import Layout
from adpy.sparse.known import Known
from adpy.sparse.preparing import Plan
from adpy.sparse.saving import Saving
from adpy.sparse.settings import Settings
from adpy.sparse.structure import same_structure

__all__ = ["Planned", "Prepared"]

RECORDINGS = 8
"""Recordings that are kept for each kind of arguments."""


class Planned(Branch):
    """A recording, and how its nonzeros are computed."""

    plan: Plan | None = None
    seconds = 0.0


class Prepared(Recordings, Known, Saving, Eager):
    """Sparse derivatives of a function; made by :func:`adpy.sparse.jacobian` and its like.

    Parameters
    ----------
    function : callable
    argnum : int or tuple of int
    settings : Settings
    """

    def __init__(self, function: Callable | None, argnum: Any, settings: Settings) -> None:
        check_argnum(argnum)
        if function is not None:
            check_function(function)
            functools.update_wrapper(self, function, updated=())
        Recordings.__init__(self, function, RECORDINGS)
        self.argnum, self.settings = argnum, settings
        self._last: Plan | None = None
        self._counts: Counter = Counter()

    def __call__(self, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        """The matrix at these arguments.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.
        out : sparse array, optional
            An earlier result, or an array with its structure, to be overwritten.

        Returns
        -------
        scipy.sparse.csr_array, or what ``format`` asks for
            Float64, of shape (numbers in the result, numbers in the differentiated arguments); ``out`` if it was given.

        Raises
        ------
        ArgumentError, PatternError, TracedValueError
            As :func:`adpy.sparse.jacobian` says; ``out`` stays as it was.
        """
        plan, inputs, done = self._evaluated(args, kwargs, out)
        if plan is None:
            return self._eagerly(args, kwargs, out)
        return done

    def __reduce__(self) -> tuple:
        """Pickle the function and what was chosen; recordings are made again (:meth:`save` keeps them)."""
        return type(self), (self.function, self.argnum, self.settings)

    def prepare(self, *args: Any, **kwargs: Any) -> Prepared:
        """Record and prepare at these arguments; returns the same object."""
        self(*args, **kwargs)
        return self

    # ---- what differs between Jacobians and Hessians

    @abstractmethod
    def _rows(self, branch: Branch) -> list | None:
        """Rows of every number or array in the result; None where rows are inputs."""

    @abstractmethod
    def _check(self, plan: Plan, inputs: list, data: np.ndarray) -> None:
        """Raise ArgumentError where the nonzeros are not those of exact directional derivatives."""

    # ---- evaluation

    def _specialized(self, code: Any) -> None:
        """Sweeps in many directions have no kernels of their own."""

    @staticmethod
    def _branch(frame: Any, y: Any, lower: Callable) -> Planned:
        found = Recordings._branch(frame, y, lower)
        return Planned(found.code, found.tree, found.places)

    def _evaluated(self, args: tuple, kwargs: dict, out: Any) -> tuple[Plan | None, list, Any]:
        """The plan that holds at these arguments, the inputs and the result; None where nothing can be recorded."""
        key, inputs = signature(args, kwargs)
        if capture.frame() is not None or key is None or key in self._eager:
            self._need_function("arguments of this kind")
            return None, inputs, None
        around = self._around()
        for branch in self._candidates(key, around):
            plan = self._planned(branch, args, kwargs)
            self._trusted(plan, inputs)
            done = self._filled(plan, inputs, out)
            if done is not None:
                self._used(key, branch)
                self._last = plan
                return plan, inputs, done
        keys = keys_of(self.function, args, kwargs, self.argnum) if self.function is not None else []
        differentiated(args, kwargs, keys)
        if os.environ.get("ADPY_KERNELS") != "off":
            building.build()
        begin = perf_counter()
        branch = self._record(key, args, kwargs, around)
        if branch is None:
            return None, inputs, None
        branch.seconds = perf_counter() - begin
        plan = self._planned(branch, args, kwargs)
        self._last = plan
        self._trusted(plan, inputs)
        done = self._filled(plan, inputs, out)
        return (None if done is None else plan), inputs, done

    def _need_function(self, what: str) -> None:
        if self.function is None:
            self._without(what)

    def _planned(self, branch: Planned, args: tuple, kwargs: dict) -> Plan:
        """The plan of a recording, made where it has none."""
        if branch.plan is None:
            self._check_result(branch)
            keys = keys_of(self.function, args, kwargs, self.argnum)
            wrt = input_numbers(args, kwargs, keys)
            known = self._known(branch, wrt)
            branch.plan = Plan(branch.code, wrt, self.settings, self._rows(branch), self._counts, known)
            branch.plan.seconds["recording"] = branch.seconds
        return branch.plan

    def _known(self, branch: Planned, wrt: list[int]) -> Plan | None:
        """The plan of a recording that differs in nothing but constants."""
        with self._lock:
            others = [other for found in self._branches.values() for other in found if other.plan is not None]
        rows = self._rows(branch)
        for other in others:
            plan = other.plan
            if plan.wrt == wrt and plan.rows == rows and same_structure(other.code, branch.code):
                return plan
        return None

    def _check_result(self, branch: Branch) -> None:
        """Raise ArgumentError for a result that has no such derivative."""

    def _layout(self, plan: Plan, out: Any) -> Layout:
        """The format of a result: that of ``out`` where it is compressed rows or columns."""
        format = getattr(out, "format", None)
        if format in ("csr", "csc") and self.settings.format in ("csr", "csc"):
            return plan.layout(format)
        return plan.layout(self.settings.format, self.settings.blocksize)

    def _filled(self, plan: Plan, inputs: list, out: Any) -> Any:
        """A result, or ``out`` filled; None where the decisions of the recording do not hold."""
        layout = self._layout(plan, out)
        if out is None:
            data = layout.memory.take()
        else:
            try:
                data = layout.data_of(out)
            except ArgumentError:
                if not self._holds(plan, inputs):
                    return None
                raise
        if layout.direct and (out is None or not (plan.guarded or _overlap(data, inputs))):
            values = data
        else:
            values = plan.memory.take()
        if not plan.evaluate(inputs, values):
            return None
        if values is not data:
            layout.place(values, data)
        return layout.result(data) if out is None else out

    @staticmethod
    def _holds(plan: Plan, inputs: list) -> bool:
        return plan.evaluate(inputs, plan.memory.take())

    def _trusted(self, plan: Plan, inputs: list) -> None:
        """Verify what the user gave, once for each recording."""
        settings = self.settings
        if not plan.trusted and settings.verify and (settings.pattern is not None or settings.coloring is not None):
            plan.trusted = self._verified(plan, inputs)
            if plan.trusted:
                self._verified(plan, _nearby(inputs, plan.wrt))

    def _verified(self, plan: Plan, inputs: list) -> bool:
        """Compare with exact derivatives, unless the decisions of the recording do not hold here."""
        data = plan.memory.take()
        holds = plan.evaluate(inputs, data)
        if holds:
            self._check(plan, inputs, data)
        return holds

    def verify(self, *args: Any, **kwargs: Any) -> None:
        """Compare with exact directional derivatives at these arguments, in random directions.

        Raises
        ------
        PatternError
            If the pattern misses a nonzero; it names row and column.
        ArgumentError
            If a given coloring does not determine an entry.
        """
        self(*args, **kwargs)
        _, inputs = signature(args, kwargs)
        if self._last is not None:
            self._verified(self._last, inputs)

    def blocks(self, *args: Any, **kwargs: Any) -> dict[tuple[str, str], Any]:
        """One matrix for each number or array in the result and each in the arguments.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.

        Returns
        -------
        dict
            ``(path in the result, path in the argument)`` → sparse array; paths as in ``"['u'][0]"``, empty for what is
            no container; with the argument's position before it where several are differentiated.  Without blocks
            that have no entries.

        Raises
        ------
        ArgumentError
            Unless the format is one that can be sliced, and the function can be recorded.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> J = adpy.sparse.jacobian(lambda t: {"s": t["a"] * t["b"], "r": t["b"] ** 2})
        >>> parts = J.blocks({"a": np.array([1.0, 2.0]), "b": 3.0})
        >>> {key: part.shape for key, part in parts.items()}
        {("['s']", "['a']"): (2, 2), ("['s']", "['b']"): (2, 1), ("['r']", "['b']"): (1, 1)}
        """
        if self.settings.format not in ("csr", "csc", "dense"):
            raise ArgumentError("format", "csr, csc or dense, for blocks", repr(self.settings.format))
        plan, _, matrix = self._evaluated(args, kwargs, None)
        if plan is None:
            raise ArgumentError("function", "one that can be recorded, for blocks", "one that cannot")
        columns = named_leaves(args, kwargs, keys_of(self.function, args, kwargs, self.argnum))
        rows = columns if plan.rows is None else [(row.path, row.count) for row in plan.rows]
        return split(matrix, rows, columns)


def _overlap(data: np.ndarray, inputs: list) -> bool:
    """Is an argument in the memory that is to be written?"""
    return any(isinstance(x, np.ndarray) and np.may_share_memory(data, x) for x in inputs)


def _nearby(inputs: list, wrt: list[int]) -> list:
    """Inputs a little off: entries that happen to be zero, as at a start full of zeros, differ from it there."""
    rng = default_rng(1)
    found = list(inputs)
    for k in wrt:
        x = np.asarray(inputs[k])
        moved = x + 1e-3 * rng.uniform(0.5, 1.0, x.shape) * (1.0 + np.abs(x))
        found[k] = moved if x.ndim else float(moved)
    return found
