"""``adpy.check_rule``: the rules of a primitive against differences of its body and against each other."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from typing import Any

from numpy.random import default_rng

from adpy.api.forward_mode import jvp
from adpy.api.reverse_mode import vjp
from adpy.api.trees import flatten, rebuild
from adpy.custom.calling import call
from adpy.custom.differences import along, derivative_at_zero, length_of, vector
from adpy.custom.primitive import Primitive
from adpy.custom.report import RuleMismatch, RuleReport
from adpy.custom.structures import dtype_of, is_active_kind, shape_of
from adpy.errors import ArgumentError, TracedValueError
from adpy.plain import np

__all__ = ["check_rule"]

STEP = 0.02
SURE = 1e-4
"""Differences count where the estimate of their error is less than this part of the largest derivative."""


def check_rule(
    primitive: Primitive,
    *args: Any,
    order: int = 2,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    seed: int = 0,
    raises: bool = True,
    **kwargs: Any,
) -> RuleReport:
    """Check the rules of a primitive at a point.

    Every rule that is defined is checked by itself, one operand after the other, along random directions: jvp and
    partials against extrapolated differences of the body, vjp against the same by inner products, jvp and vjp against
    each other to rounding, and the derivatives of the rules against differences of the rules.

    Parameters
    ----------
    primitive : Primitive
        Made by :func:`adpy.primitive`.
    *args, **kwargs
        Arguments for it: plain values.  Generic ones (no zeros, no ties), where it is smooth.
    order : {1, 2}
        2 also checks that the rules are differentiated correctly.
    rtol, atol : float
        Allowed relative and absolute differences, on top of the estimated error of the differences.
    seed : int
        Of the random directions.
    raises : bool
        Raise if something disagrees; otherwise only report it.

    Returns
    -------
    RuleReport

    Raises
    ------
    RuleMismatch
        If a rule is wrong: which one, for which operand and result.
    RuleError
        If a rule returned something of another structure or shape than it should.
    ArgumentError
        If ``primitive`` is none or has no rules, or no argument is a floating-point number.

    Examples
    --------
    >>> import adpy, math
    >>> @adpy.primitive
    ... def cube(x):
    ...     return math.pow(x, 3)
    >>> @cube.defpartials
    ... def cube_partials(x, y):
    ...     return (3 * x,)          # should be x**2
    >>> print(adpy.check_rule(cube, 2.0, raises=False).wrong[0])
    partials 'cube_partials' of 'cube': tangent of y along x: expected 12, got 6
    """
    if not isinstance(primitive, Primitive) or not primitive.rules:
        got = "one without rules" if isinstance(primitive, Primitive) else f"{type(primitive).__name__}"
        raise ArgumentError("primitive", "an adpy.primitive with rules", got)
    if order not in (1, 2):
        raise ArgumentError("order", "1 or 2", repr(order))
    check = _Check(primitive, args, kwargs, (rtol, atol), seed)
    for kind in primitive.rules:
        check.first_order(kind)
        if order == 2 and not check.wrong:
            check.second_order(kind)
    if {"jvp", "vjp"} <= set(primitive.rules):
        check.consistency()
    report = check.report()
    if raises and not report.ok:
        raise RuleMismatch(report)
    return report


class _Check:
    def __init__(self, primitive, args, kwargs, tolerances, seed) -> None:
        self.primitive, self.tolerances = primitive, tolerances
        self.names, self.operands, self.static = primitive.bound(args, kwargs)
        entries = [e for n, x in zip(self.names, self.operands, strict=True) for e in flatten(x, None, n)]
        self.leaves = [leaf for _, leaf in entries]
        self.where = [i for i, leaf in enumerate(self.leaves) if is_active_kind(leaf)]
        if not self.where:
            raise ArgumentError("args", "floating-point numbers or arrays among them", "none")
        self.paths = [entries[i][0] for i in self.where]
        self.values = [self.leaves[i] for i in self.where]
        self.rng = default_rng(seed)
        y = call(primitive, self.names, self.operands, self.static)
        found = [(path, leaf) for path, leaf in flatten(y, None, "y") if is_active_kind(leaf)]
        if not found:
            raise ArgumentError("primitive", "a result with floating-point numbers", f"{y!r}")
        self.result_paths = [path for path, _ in found]
        self.results = [leaf for _, leaf in found]
        self.directions = [self._random(x) if np.size(x) > 1 else _one(x) for x in self.values]
        self.weights = [self._random(x) for x in self.results]
        self.wrong: list[str] = []
        self.notes: list[str] = []
        self.compared, self.largest = 0, 0.0

    def report(self) -> RuleReport:
        return RuleReport(tuple(self.wrong), tuple(self.notes), self.compared, self.largest)

    def _random(self, x: Any) -> Any:
        """A direction of the magnitude of ``x`` without small entries."""
        shape = shape_of(x)
        size = float(np.max(abs(np.asarray(x)), initial=0.0)) or 1.0
        parts = self.rng.uniform(0.5, 1.0, (2, *shape)) * self.rng.choice([-1.0, 1.0], (2, *shape)) * size
        return (parts[0] + 1j * parts[1] if dtype_of(x).kind == "c" else parts[0]).astype(dtype_of(x))[()]

    # ---- functions to compare

    def flat(self, kinds: Sequence[str]) -> Callable:
        """The primitive with these rules only, from its active operands to a tuple of its active results."""
        only = copy.copy(self.primitive)
        only.rules = {kind: self.watched(kind) for kind in kinds}

        def function(*values: Any) -> tuple:
            leaves = list(self.leaves)
            for i, value in zip(self.where, values, strict=True):
                leaves[i] = value
            operands = tuple(rebuild(self.operands, iter(leaves).__next__))
            y = call(only, self.names, operands, self.static)
            return tuple([leaf for _, leaf in flatten(y) if is_active_kind(leaf)])

        return function

    def watched(self, kind: str) -> Callable:
        """A rule that is told on if it changes its arguments."""
        rule = self.primitive.rules[kind]

        @functools.wraps(rule)
        def watching(*args, **static):
            before = [(path, x, x.copy()) for path, x in flatten(args, None, "") if type(x) is np.ndarray]
            result = rule(*args, **static)
            for path, x, kept in before:
                text = f"{self.label(kind)} writes into its argument{path}: it must copy it first"
                if text not in self.wrong and not np.array_equal(x, kept, equal_nan=True):
                    self.wrong.append(text)
            return result

        return watching

    def along(self, position: int) -> list:
        """The direction that moves one operand only."""
        return [d if i == position else np.zeros(shape_of(d), dtype_of(d))[()] for i, d in enumerate(self.directions)]

    def tangents(self, kind: str, dots: Sequence) -> Callable:
        """``x -> y_dot`` by one rule."""
        function = self.flat([kind])
        return lambda *values: jvp(function, tuple(values), tuple(dots))[1]

    def cotangents(self, kind: str) -> Callable:
        """``x -> x_bar`` by one rule."""
        function = self.flat([kind])
        return lambda *values: vjp(function, *values)[1](tuple(self.weights))

    def differences(self, function: Callable, dots: Sequence) -> tuple[np.ndarray, np.ndarray]:
        """The derivative of a function of the operands along ``dots``, and its error."""
        length = length_of(self.values, dots)
        return derivative_at_zero(along(function, self.values, dots), vector(function(*self.values)), STEP * length)

    # ---- checks

    def first_order(self, kind: str) -> None:
        label = self.label(kind)
        for position, path in enumerate(self.paths):
            dots = self.along(position)
            expected, error = self.differences(self.flat([kind]), dots)
            if kind != "vjp":
                y_dot = self.tangents(kind, dots)(*self.values)
                self.compare(f"{label}: tangent", path, y_dot, expected, error, self.results, self.result_paths)
                doubled = self.tangents(kind, [-2 * d for d in dots])(*self.values)
                self.compare(
                    f"{label} is not linear in the tangents: -2 times the tangent",
                    path,
                    [-x / 2 for x in doubled],
                    vector(y_dot),
                    0.0,
                    self.results,
                    self.result_paths,
                )
            if kind != "jvp":
                x_bar = self.cotangents(kind)(*self.values)[position]
                self.products(f"{label}: cotangent of {path}", x_bar, self.directions[position], expected, error)

    def second_order(self, kind: str) -> None:
        maps = []
        if kind != "vjp":
            maps.append(("tangent", self.tangents(kind, self.directions), self.results, self.result_paths))
        if kind != "jvp":
            maps.append(("cotangent", self.cotangents(kind), self.values, self.paths))
        for what, function, like, paths in maps:
            label = f"{self.label(kind)}: derivative of the {what} (second order)"
            for position, path in enumerate(self.paths):
                dots = self.along(position)
                try:
                    found = jvp(function, tuple(self.values), tuple(dots))[1]
                except TracedValueError as error:
                    self.notes.append(f"{self.label(kind)} has no derivatives of second order: {error}")
                    return
                expected, error = self.differences(function, dots)
                self.compare(label, path, found, expected, error, like, paths)

    def consistency(self) -> None:
        """The inner products of jvp and vjp, which agree to rounding."""
        x_bars = self.cotangents("vjp")(*self.values)
        for position, path in enumerate(self.paths):
            y_dot = vector(self.tangents("jvp", self.along(position))(*self.values))
            label = f"{self.label('jvp')} and {self.label('vjp')} disagree: cotangent of {path}"
            self.products(label, x_bars[position], self.directions[position], y_dot, 0.0)

    def label(self, kind: str) -> str:
        name = getattr(self.primitive.rules[kind], "__name__", kind)
        return f"{'partials' if kind == 'partials' else f'{kind} rule'} {name!r} of {self.primitive.name!r}"

    def products(self, label: str, x_bar: Any, x_dot: Any, y_dot: np.ndarray, error: Any) -> None:
        """Compare ``<x_bar, x_dot>`` with ``<y_bar, y_dot>``."""
        y_bar = vector(self.weights)
        left, right = np.real(np.vdot(vector([x_bar]), vector([x_dot]))), np.real(np.vdot(y_bar, y_dot))
        error = float(np.sum(abs(y_bar) * error))
        scale = float(np.sum(abs(y_bar * y_dot)))
        self.verdict(f"{label}: its inner product with a direction", left, right, error, scale)

    def compare(self, label, path, found, expected, error, like, paths) -> None:
        """Compare entry by entry, and report the worst entry of each leaf."""
        start = 0
        error = np.broadcast_to(error, expected.shape)
        scale = float(np.max(abs(expected[np.isfinite(expected)]), initial=0.0))
        for leaf, given, where in zip(like, found, paths, strict=True):
            size = int(np.prod(shape_of(leaf)))
            given = np.asarray(given).reshape(size)
            part = slice(start, start + size)
            start += size
            if size:
                with np.errstate(all="ignore"):
                    off = np.nan_to_num(abs(given - expected[part]) - error[part], nan=np.inf, neginf=-np.inf)
                worst = int(np.argmax(np.where(np.isfinite(error[part]), off, -np.inf)))
                index = list(map(int, np.unravel_index(worst, shape_of(leaf)))) or ""
                text = f"{label} of {where}{index} along {path}"
                self.verdict(text, given[worst], expected[part][worst], error[part][worst], scale, size)

    def verdict(self, text: str, found: Any, expected: Any, error: float, scale: float, count: int = 1) -> None:
        rtol, atol = self.tolerances
        digits = max(float(np.finfo(dtype_of(x)).eps) for x in (*self.values, *self.results))
        rtol = max(rtol, 100 * digits)
        self.compared += count
        if not error <= SURE * max(scale, atol):
            self.notes.append(f"{text}: the differences do not converge (a kink or noise nearby?)")
            return
        both_nan = np.isnan(found) and np.isnan(expected)
        gap = 0.0 if both_nan or found == expected else float(abs(found - expected))
        if not gap <= atol + rtol * scale + 10 * error:
            self.wrong.append(f"{text}: expected {expected:.10g}, got {found:.10g}")
        self.largest = max(self.largest, gap / scale if scale else gap)


def _one(x: Any) -> Any:
    """A unit direction for an operand of one number: its tangent is the derivative."""
    return np.ones(shape_of(x), dtype_of(x))[()]
