"""Checks of rule-table rows against independent references, and the examples that drive them.

An example is a call of the function, as a user writes it.  Every float or complex array (or Python float) among the
row's operands is varied; everything else stays as it is.  Files in ``tests/rules/examples`` fill :data:`EXAMPLES`::

    EXAMPLES[np.sum] = [call(real(3, 4), axis=0), call(real(3, 4), keepdims=True)]

What the harness expects of a row is what the core passes to it:

- a call is bound to the signature of ``primal``; ``out`` is never passed on to ``primal``, ``jvp`` or ``vjp``;
- ``jvp(dots, y, *operands, **static)`` and ``vjp(bar, y, needs, *operands, **static)`` receive as ``static`` only what
  the call spelled out, so they repeat the defaults; an operand left out of the call arrives as its default;
- a list or nested list of numbers given for an operand arrives as an array;
- where an operand is variadic (``*operands`` of ``einsum``) its entries in ``dots``, ``needs`` and the returned bars
  are sequences of the same length, with ``None``/``False`` at entries which are not varied;
- where ``primal`` returns a tuple, so do ``jvp`` and ``bar``; every entry of ``bar`` is an array.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = [
    "EXAMPLES",
    "Example",
    "call",
    "check_block",
    "check_transpose",
    "check_values",
    "complexes",
    "real",
]


@dataclass(frozen=True, eq=False)
class Example:
    """One call of a function.

    Parameters
    ----------
    args, kwargs
        The call.
    rtol : float
        Tolerance of the comparison with differences.
    step : float
        First step of the extrapolated differences.
    """

    args: tuple
    kwargs: dict = field(default_factory=dict)
    rtol: float = 1e-7
    step: float = 1e-2


EXAMPLES: dict[Callable, list[Example]] = {}


def call(*args, **kwargs) -> Example:
    """The example ``function(*args, **kwargs)`` of a function."""
    return Example(args, kwargs)


def real(*shape: int, seed: int = 0) -> np.ndarray:
    """A float64 array of standard normal entries."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def complexes(*shape: int, seed: int = 0) -> np.ndarray:
    """A complex128 array of standard normal entries."""
    return real(*shape, seed=seed) + 1j * real(*shape, seed=seed + 1000)


def is_varied(value: Any) -> bool:
    """Whether a leaf of an operand is varied."""
    return isinstance(value, (float, complex, np.ndarray, np.inexact)) and np.asarray(value).dtype.kind in "fc"


def tree_map(function: Callable, tree: Any, *others: Any) -> Any:
    """Apply ``function`` to the leaves of nested tuples and lists."""
    if isinstance(tree, (tuple, list)):
        return [tree_map(function, t, *(None if o is None else o[i] for o in others)) for i, t in enumerate(tree)]
    return function(tree, *others)


def leaves(tree: Any) -> list:
    """The leaves of nested tuples and lists."""
    if isinstance(tree, (tuple, list)):
        return [leaf for t in tree for leaf in leaves(t)]
    return [tree]


def inner(left: Any, right: Any) -> float:
    """The real inner product of two trees; ``None`` counts as zero."""
    pairs = zip(leaves(left), leaves(right), strict=True)
    return sum(float(np.real(np.vdot(u, v))) for u, v in pairs if u is not None and v is not None)


def _retype(tree: Any, like: Any) -> Any:
    """Sequences rebuilt with the types of ``like``."""
    if isinstance(like, (tuple, list)):
        return type(like)(_retype(t, k) for t, k in zip(tree, like, strict=True))
    return tree


class BoundCall:
    """A call bound to a signature, taken apart into operands and static parameters."""

    def __init__(self, signature: inspect.Signature, names: tuple[str, ...], example: Example):
        bound = signature.bind(*example.args, **example.kwargs)
        bound.arguments.pop("out", None)
        self.signature, self.names, self.arguments = signature, names, bound.arguments
        self.operands = [bound.arguments.get(n, self._default(signature.parameters[n])) for n in names]

    @staticmethod
    def _default(parameter: inspect.Parameter) -> Any:
        return () if parameter.kind is parameter.VAR_POSITIONAL else parameter.default

    @property
    def static(self) -> dict:
        """Parameters the call spells out which are no operands."""
        static = {k: v for k, v in self.arguments.items() if k not in self.names}
        for name, parameter in self.signature.parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                static.update(static.pop(name, {}))
        return static

    def evaluate(self, function: Callable, operands: list) -> Any:
        """Call ``function`` with other operands."""
        arguments = {**self.arguments, **dict(zip(self.names, operands, strict=True))}
        ordered = {name: arguments[name] for name in self.signature.parameters if name in arguments}
        bound = inspect.BoundArguments(self.signature, ordered)
        return function(*bound.args, **bound.kwargs)


def direction(rng: np.random.Generator, value: Any) -> Any:
    """A random tangent for one leaf; ``None`` where it is not varied."""
    if not is_varied(value):
        return None
    value = np.asarray(value)
    dot = rng.standard_normal(value.shape)
    if value.dtype.kind == "c":
        dot = dot + 1j * rng.standard_normal(value.shape)
    return np.asarray(dot, value.dtype)


def differences(function: Callable[[float], list], step: float) -> list:
    """The derivative at zero of a list-valued function, by extrapolated central differences."""
    table: list[list] = []
    for k in range(5):
        h = step / 2**k
        row = [[(np.asarray(p) - np.asarray(m)) / (2 * h) for p, m in zip(function(h), function(-h), strict=True)]]
        for j in range(k):
            factor = 4.0 ** (j + 1)
            row.append([(factor * a - b) / (factor - 1) for a, b in zip(row[j], table[-1][j], strict=True)])
        table.append(row)
    return table[-1][-1]


def _variadic(signature: inspect.Signature, name: str) -> bool:
    return signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL


def check_block(row: Any, example: Example) -> None:
    """Compare jvp with differences and vjp with jvp, for each varied leaf alone and for all together."""
    rng = np.random.default_rng(7)
    bound = BoundCall(inspect.signature(row.primal), row.operands, example)
    for i, name in enumerate(row.operands):
        if isinstance(bound.operands[i], (list, tuple)) and not _variadic(bound.signature, name):
            bound.operands[i] = np.asarray(bound.operands[i])
    y = bound.evaluate(row.primal, bound.operands)
    if callable(row.function):
        _check_values(row.function(*example.args, **example.kwargs), y)
    full = tree_map(lambda v: direction(rng, v), bound.operands)
    count = sum(d is not None for d in leaves(full))
    assert count, "the example varies nothing"
    for chosen in [None] if count == 1 else [None, *range(count)]:
        dots = _select(full, chosen)
        y_dot = row.jvp(tuple(dots), y, *bound.operands, **bound.static)
        _check_differences(row, example, bound, dots, y_dot)
        _check_pullback(rng, row, bound, y, dots, y_dot)


def check_values(row: Any, example: Example) -> None:
    """Compare a composite row with the function itself, to the last digits."""
    function = row.function if callable(row.function) else getattr(*row.function)
    expected = function(*example.args, **example.kwargs)
    _check_values(expected, row.implementation(*example.args, **example.kwargs), 1e-14)


def _check_values(expected: Any, found: Any, rtol: float = 0.0) -> None:
    for e, f in zip(leaves(expected), leaves(found), strict=True):
        np.testing.assert_allclose(e, f, rtol, rtol)
        assert np.asarray(e).dtype == np.asarray(f).dtype


def _select(full: Any, chosen: int | None) -> Any:
    """The tree ``full`` with all entries but the chosen one replaced by ``None``."""
    counter = itertools.count()

    def keep(dot):
        return dot if dot is None or chosen in (None, next(counter)) else None

    return tree_map(keep, full)


def _move(values: list, dots: list, t: float) -> list:
    """The operands moved by ``t`` along ``dots``, their sequences of the same types as before."""
    moved = tree_map(lambda v, d: v if d is None else v + t * d, values, dots)
    return [_retype(m, v) for m, v in zip(moved, values, strict=True)]


def _check_differences(row: Any, example: Example, bound: BoundCall, dots: list, y_dot: Any) -> None:
    def along(t: float) -> list:
        return leaves(bound.evaluate(row.primal, _move(bound.operands, dots, t)))

    reference = differences(along, example.step)
    for found, wanted in zip(leaves(y_dot), reference, strict=True):
        assert np.shape(found) == wanted.shape, f"tangent has shape {np.shape(found)}, result {wanted.shape}"
        scale = 1.0 + np.max(np.abs(wanted), initial=0.0)
        np.testing.assert_allclose(found, wanted, rtol=example.rtol, atol=example.rtol * scale)


def _check_pullback(rng: np.random.Generator, row: Any, bound: BoundCall, y: Any, dots: list, y_dot: Any) -> None:
    needs = tuple(tree_map(lambda d: d is not None, dots))
    bar = tree_map(lambda r: direction(rng, r), y)
    bars = row.vjp(tuple(bar) if isinstance(bar, list) else bar, y, needs, *bound.operands, **bound.static)
    assert len(bars) == len(dots)
    used = tree_map(_fit, dots, bars)
    np.testing.assert_allclose(inner(bar, y_dot), inner(used, dots), rtol=1e-9, atol=1e-9)


def _fit(dot: Any, bar: Any) -> Any:
    """The bar of one operand, real where the operand is."""
    if dot is None:
        return None
    assert np.shape(bar) == dot.shape, f"cotangent has shape {np.shape(bar)}, operand {dot.shape}"
    return bar if dot.dtype.kind == "c" else np.real(bar)


def check_transpose(row: Any, example: Example) -> None:
    """Compare the transpose of a structural row with the linear map itself."""
    rng = np.random.default_rng(7)
    signature = row.signature or inspect.signature(row.function)
    bound = BoundCall(signature, row.operands, example)
    dots = tree_map(lambda v: direction(rng, v), bound.operands)
    zeros = tree_map(np.zeros_like, bound.operands)
    y_dot = bound.evaluate(row.function, _move(zeros, dots, 1.0))
    bar = direction(rng, y_dot)
    bars = row.transpose(bar, tuple(bound.operands), **bound.static)
    used = tree_map(_fit, dots, list(bars))
    np.testing.assert_allclose(inner(bar, y_dot), inner(used, dots), rtol=1e-9, atol=1e-9)
