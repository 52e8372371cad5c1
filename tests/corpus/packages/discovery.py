"""Find the functions of a module and, for each, a call with floats that returns finite floats."""

import importlib
import inspect
import pkgutil
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.corpus.packages.catalogue import Package, left_alone

__all__ = ["numbers_of", "paths", "resolve"]

# Their private functions are wrappers and plumbing; those of smaller packages hold formulas.
PUBLIC_ONLY = ("numpy", "scipy", "sklearn", "colour", "control")
DISTRIBUTION_METHODS = ("pdf", "logpdf", "cdf", "ppf")


def paths(package: Package, root: str) -> Iterator[str]:
    """Yield ``"module:name"`` of every function to try, each function once."""
    seen: set[int] = set()
    for module_name in _module_names(package.modules):
        try:
            module = importlib.import_module(module_name)
        except BaseException:
            continue
        for name, value in sorted(vars(module).items()):
            private = name.startswith("_") and (root in PUBLIC_ONLY or name.startswith("__"))
            if private or not _is_function(value) or left_alone(module_name, name) or id(value) in seen:
                continue
            home = getattr(value, "__module__", None) or root
            if home.split(".")[0] == root:
                seen.add(id(value))
                yield f"{module_name}:{name}"
    for instance in package.instances:
        yield from _methods(instance)


def _module_names(patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        name = pattern.removesuffix(".*")
        yield name
        if name == pattern:
            continue
        try:
            package = importlib.import_module(name)
        except BaseException:
            continue
        for found in pkgutil.walk_packages(getattr(package, "__path__", []), name + ".", onerror=lambda _: None):
            if not left_alone(found.name.removeprefix(name)):
                yield found.name


def _is_function(value: Any) -> bool:
    return isinstance(value, types.FunctionType) or type(value).__name__ == "_ArrayFunctionDispatcher"


def _methods(instance: str) -> Iterator[str]:
    try:
        owner = resolve(instance)
    except BaseException:
        return
    if isinstance(owner, types.ModuleType):
        for name, value in sorted(vars(owner).items()):
            if hasattr(value, "logpdf") and not inspect.isclass(value):
                yield from (f"{instance}.{name}.{method}" for method in DISTRIBUTION_METHODS)
        return
    for name in dir(type(owner)):
        public = not name.startswith("_") or name == "__call__"
        if public and not left_alone("", name) and isinstance(getattr(type(owner), name, None), types.FunctionType):
            yield f"{instance}.{name}"


def resolve(path: str) -> Callable:
    """The function or object at ``"module:name"``, ``"module:Class(...)"`` or ``"module:Class(...).name"``."""
    module, _, expression = path.partition(":")
    found = eval(expression, vars(importlib.import_module(module)))
    if isinstance(getattr(found, "__self__", None), object) and path.startswith("scipy.stats:distributions."):
        return _Distribution(found)
    return found


class _Distribution:
    """A method of a SciPy distribution with its parameters spelled out: x, the shapes, loc, scale."""

    def __init__(self, method: Callable) -> None:
        self.method = method
        shapes = [s.strip() for s in (method.__self__.shapes or "").split(",") if s.strip()]
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in ("x", *shapes, "loc", "scale")]
        )

    def __call__(self, *args):
        return self.method(*args)


def numbers_of(result: Any) -> list | None:
    """The real floating-point leaves of a result, or ``None`` where there is anything else or too much."""
    if isinstance(result, (tuple, list)):
        leaves: list = []
        for item in result[:16]:
            inner = numbers_of(item)
            if inner is None:
                return None
            leaves += inner
        return leaves if len(result) <= 16 else None
    if isinstance(result, dict):
        return numbers_of(list(result.values()))
    if isinstance(result, (float, np.floating)) or (type(result) is np.ndarray and result.dtype.kind == "f"):
        good = np.size(result) and np.size(result) <= 400 and np.all(np.isfinite(result))
        return [result] if good else None
    return [] if result is None or isinstance(result, (int, str, np.integer, np.bool_)) else None
