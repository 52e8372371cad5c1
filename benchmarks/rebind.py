"""Give a function other imports: ``import autograd.numpy as np`` without a second copy of its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import Any

__all__ = ["FallbackNamespace", "rebind"]


class FallbackNamespace:
    """A tool's NumPy-like namespace, completed by NumPy's own for names it lacks."""

    def __init__(self, first: Any, second: Any) -> None:
        self._modules = (first, second)

    def __getattr__(self, name: str) -> Any:
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


def rebind(function: Callable[..., Any], replacements: Mapping[int, Any]) -> Callable[..., Any]:
    """Copy ``function`` and the functions of this package it calls, with some globals replaced.

    Parameters
    ----------
    function : callable
        A plain Python function.
    replacements : mapping
        From the ``id`` of an object (a module, a function) to what stands in for it.

    Returns
    -------
    callable
        A function with the same code, defaults and closure.
    """
    return _rebind(function, replacements, {})


def _rebind(function: Any, replacements: Mapping[int, Any], done: dict[int, Any]) -> Any:
    if id(function) in done:
        return done[id(function)]
    names = dict(function.__globals__)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    done[id(function)] = copy
    for name in _global_names(function.__code__):
        value = names.get(name)
        if id(value) in replacements:
            names[name] = replacements[id(value)]
        elif isinstance(value, FunctionType) and value.__module__.startswith(__package__):
            names[name] = _rebind(value, replacements, done)
    return copy


def _global_names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _global_names(constant)
    return names
