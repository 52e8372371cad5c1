"""Identity of functions across processes: their code, and the values around them that it reads."""

from __future__ import annotations

import functools
import hashlib
import types
from collections.abc import Callable, Iterator
from typing import Any

from adpy.api.surroundings import Surroundings
from adpy.plain import np

__all__ = ["identity_of", "seal"]

_DEPTH = 8


def identity_of(function: Callable | None) -> dict[str, str]:
    """Names and checksums of what a function does: its code, and globals, cells and defaults that it reads.

    Objects count by their class and attributes; what has none that can be seen, by its class.

    Examples
    --------
    >>> from functools import partial
    >>> from adpy.checkpoint.driving.identity import identity_of
    >>> a, b, c = (identity_of(partial(pow, base)) for base in (2.0, 2.0, 3.0))
    >>> a == b, a == c
    (True, False)
    """
    if function is None:
        return {}
    around = Surroundings(function)
    found = {"itself": seal(function)}
    for space, name in around.names.values():
        found[name] = seal(space.get(name))
    for i, cell in enumerate(around.cells):
        try:
            found[f"cell {i}"] = seal(cell.cell_contents)
        except ValueError:
            continue
    for i, value in enumerate(around.values):
        found[f"default {i}"] = seal(value)
    return found


def seal(value: Any) -> str:
    """A checksum of a value that is the same in every process."""
    sum_ = hashlib.blake2b(digest_size=8)
    for part in _parts(value, _DEPTH, set()):
        sum_.update(part if isinstance(part, bytes | memoryview) else part.encode())
        sum_.update(b"\0")
    return sum_.hexdigest()


def _parts(value: Any, depth: int, met: set[int]) -> Iterator[Any]:
    kind = type(value)
    yield f"{kind.__module__}.{kind.__qualname__}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        yield repr(value)
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape}"
        if not value.dtype.hasobject:
            yield np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
    elif depth == 0 or id(value) in met:
        return
    else:
        met.add(id(value))
        yield from _inside(value, depth - 1, met)
        met.discard(id(value))


def _inside(value: Any, depth: int, met: set[int]) -> Iterator[Any]:
    if isinstance(value, tuple | list):
        for item in value:
            yield from _parts(item, depth, met)
    elif isinstance(value, set | frozenset):
        yield from sorted([seal(item) for item in value])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(key, depth, met)
            yield from _parts(item, depth, met)
    elif isinstance(value, types.CodeType):
        yield value.co_code
        yield from _parts((value.co_consts, value.co_names, value.co_varnames, value.co_freevars), depth, met)
    elif isinstance(value, types.FunctionType):
        yield value.__qualname__
        yield from _parts((value.__code__, value.__defaults__, value.__kwdefaults__), depth, met)
    elif isinstance(value, types.MethodType):
        yield from _parts((value.__func__, value.__self__), depth, met)
    elif isinstance(value, functools.partial):
        yield from _parts((value.func, value.args, value.keywords), depth, met)
    elif isinstance(value, type | types.ModuleType):
        yield value.__name__
    elif type(getattr(value, "__dict__", None)) is dict:
        yield from _parts(vars(value), depth, met)
