"""Counts: the whole numbers of a recorded step, its number among them, as inputs of the recording.

Programs hold integers for constants, so that a step which is given its number would be recorded anew at every step.
A :class:`Count` stands for an integer while a step is recorded: what is calculated from it is calculated in floats,
which are exact for integers of this size, comparisons are guards, and any other use (an index, a length, text) makes
its very value a guard.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np

__all__ = ["LIMIT", "Count", "closed", "opened"]

LIMIT = 2**40
"""Integers below are inputs of recordings; larger ones are constants of theirs."""

_EXACT = 2**53


class _Marker:
    """Stands in a tree for an integer that is among the inputs."""

    def __repr__(self) -> str:
        return "an integer"


_WHOLE = _Marker()


def closed(tree: Any) -> tuple[Any, list]:
    """A tree without its integers, and these as floats (traced, where they depend on inputs of a recording)."""
    leaves = [leaf for _, leaf in flatten(tree)]
    if not any(type(leaf) is int or type(leaf) is Count for leaf in leaves):
        return tree, []
    wholes: list = []

    def close(leaf):
        kind = type(leaf)
        if kind is int and abs(leaf) < LIMIT:
            wholes.append(float(leaf))
            return _WHOLE
        if kind is Count:
            if leaf < LIMIT and leaf > -LIMIT:
                wholes.append(leaf._float)
                return _WHOLE
            return leaf.__index__()
        return leaf

    return map_leaves(close, tree), wholes


def opened(tree: Any, wholes: Sequence) -> Any:
    """The tree that :func:`closed` took apart; traced integers as counts."""
    if not wholes:
        return tree
    found = iter(wholes)
    return map_leaves(lambda leaf: count(next(found)) if leaf is _WHOLE else leaf, tree)


def count(value: Any) -> Any:
    """A whole number, given as a float, traced or not, as an integer."""
    return Count(value, LIMIT) if type(value) in TRACED_TYPES else int(value)


class Count:
    """An integer that is an input of a recording, or was calculated from such.

    Parameters
    ----------
    value : traced float
    bound : int
        Its magnitude is at most so much, whatever the inputs are.
    """

    __slots__ = ("_bound", "_value")
    __class__ = property(lambda self: int)

    def __init__(self, value: Any, bound: int) -> None:
        self._value, self._bound = value, bound

    @property
    def _float(self) -> Any:
        """The input, or its value when the recording is over: a step may have kept the number somewhere."""
        value = self._value
        return value if type(value) not in TRACED_TYPES or value.frame.open else float(value._value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            if ufunc in _UFUNCS:
                return _UFUNCS[ufunc](*inputs)
            if ufunc in _COMPARISONS or _is_of_floats(ufunc, inputs):
                return ufunc(*[x._float if type(x) is Count else x for x in inputs])
        return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)

    def __index__(self) -> int:
        return int(self._float)

    __int__ = __trunc__ = __floor__ = __ceil__ = __index__

    def __float__(self) -> float:
        return float(self.__index__())

    def __complex__(self) -> complex:
        return complex(self.__index__())

    def __hash__(self) -> int:
        return hash(self.__index__())

    def __bool__(self) -> bool:
        return bool(self._float != 0.0)

    def __repr__(self) -> str:
        return repr(self.__index__())

    def __format__(self, spec: str) -> str:
        return format(self.__index__(), spec)

    def __round__(self, digits: int | None = None) -> int:
        return round(self.__index__(), digits)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__index__(), name)

    def __pos__(self) -> Count:
        return self

    def __neg__(self) -> Count:
        return Count(-self._float, self._bound)

    def __abs__(self) -> Count:
        return self if self >= 0 else -self

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if type(other) is int and 0 < other < 9 and modulo is None and self._bound**other <= _EXACT:
            found = self
            for _ in range(other - 1):
                found = found * self
            return found
        if _is_whole(other) or modulo is not None:
            return pow(self.__index__(), _plain(other), modulo)
        return self._float**other

    def __rpow__(self, other: Any) -> Any:
        return other ** (self.__index__() if _is_whole(other) else self._float)


def _is_whole(x: Any) -> bool:
    """Does arithmetic of it with an integer give integers?"""
    if type(x) in TRACED_TYPES:
        return False
    return isinstance(x, int) or (isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "biuO")


def _plain(x: Any) -> Any:
    return x.__index__() if type(x) is Count else x


def _is_of_floats(ufunc: np.ufunc, inputs: Sequence) -> bool:
    """Does a function make floats of integers before it calculates?"""
    kinds = [int if type(x) is Count else getattr(x, "dtype", type(x)) for x in inputs]
    try:
        found = ufunc.resolve_dtypes((*kinds, *[None] * ufunc.nout))
    except TypeError:
        return False
    return all(dtype.kind in "fc" for dtype in found)


def _arithmetic(operate: Callable, bound: Callable) -> tuple[Callable, Callable]:
    """An operation that gives integers for integers; ``bound(a, b)`` is that of its result."""

    def combined(a: Any, b: Any) -> Any:
        kinds = {type(a), type(b)}
        if kinds <= {int, bool, Count}:
            sizes = [x._bound if type(x) is Count else abs(x) for x in (a, b)]
            if max(*sizes, limit := bound(*sizes)) <= _EXACT:
                return Count(operate(*[x._float if type(x) is Count else float(x) for x in (a, b)]), limit)
        if _is_whole(a) and _is_whole(b):
            return operate(_plain(a), _plain(b))
        return operate(*[x._float if type(x) is Count else x for x in (a, b)])

    return combined, lambda self, other: combined(other, self)


def _valued(operate: Callable) -> tuple[Callable, Callable]:
    """An operation that only integers have: on the value."""
    return (
        lambda self, other: operate(self.__index__(), _plain(other)),
        lambda self, other: operate(_plain(other), self.__index__()),
    )


def _comparison(operate: Callable) -> Callable:
    def compare(self, other):
        if type(other) is Count:
            return operate(self._float, other._float)
        if type(other) is int and abs(other) > _EXACT:
            return operate(self.__index__(), other)
        return operate(self._float, other)

    return compare


def _larger(a: int, b: int) -> int:
    return max(a, b)


def _by_a_constant(operate: Callable, divide: np.ufunc) -> Callable:
    """Division of whole numbers as NumPy does it, which has a result for the divisor 0."""

    def divided(a: Any, b: Any) -> Any:
        return operate(a, b) if type(b) is int and b else divide(_plain(a), _plain(b))

    return divided


_BOUNDS = {"add": operator.add, "sub": operator.add, "mul": operator.mul, "floordiv": _larger, "mod": _larger}
_UFUNCS = {ufunc: _arithmetic(ufunc, _larger)[0] for ufunc in (np.minimum, np.maximum)}
_COMPARISONS = frozenset((np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal))
for _name, _bound in _BOUNDS.items():
    _both = _arithmetic(getattr(operator, _name), _bound)
    setattr(Count, f"__{_name}__", _both[0])
    setattr(Count, f"__r{_name}__", _both[1])
    _ufunc = {"sub": np.subtract, "mul": np.multiply, "floordiv": np.floor_divide}.get(_name) or getattr(np, _name)
    _UFUNCS[_ufunc] = _both[0] if _name in ("add", "sub", "mul") else _by_a_constant(_both[0], _ufunc)
for _name in ("and_", "or_", "xor", "lshift", "rshift", "matmul"):
    _both = _valued(getattr(operator, _name))
    setattr(Count, f"__{_name.strip('_')}__", _both[0])
    setattr(Count, f"__r{_name.strip('_')}__", _both[1])
Count.__divmod__, Count.__rdivmod__ = _valued(divmod)
Count.__invert__ = lambda self: ~self.__index__()
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Count, f"__{_name}__", _comparison(getattr(operator, _name)))


def _quotient(a: Any, b: Any) -> Any:
    """``a / b``, a float for integers."""
    if (_is_whole(a) and type(a) not in (int, bool, Count)) or (_is_whole(b) and type(b) not in (int, bool, Count)):
        return _plain(a) / _plain(b)
    a, b = [x._float if type(x) is Count else x for x in (a, b)]
    return (float(a) if isinstance(a, int) else a) / (float(b) if isinstance(b, int) else b)


Count.__truediv__ = _quotient
Count.__rtruediv__ = lambda self, other: _quotient(other, self)
