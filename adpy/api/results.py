"""What a function returned: checked, without its trace, and as the seeds of a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adpy.api.trees import flatten, in_order_of
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.traced.dispatch import below, coerce, primal, top_trace
from adpy.traced.refusal import refuse_dead

__all__ = [
    "check_result",
    "cotangent_seeds",
    "described",
    "is_number",
    "result_leaf",
    "scalar_seed",
    "structure",
    "structure_error",
    "untraced",
]

RESULT = "result of the differentiated function"
NOTHING = "None (a missing return statement?)"


def is_number(leaf: Any) -> bool:
    """Is a leaf of a result a number or an array, so that it has a derivative (which may be zero)?"""
    return type(leaf) in TRACED_TYPES or isinstance(leaf, np.ndarray | np.generic | int | float | complex)


def described(tree: Any) -> str:
    """What a tree is, for messages: its kind, and shape and dtype or length or value."""
    tree = primal(tree)
    if tree is None:
        return "None"
    if hasattr(tree, "dtype") and hasattr(tree, "shape"):
        kind = "an array" if np.ndim(tree) else "a number"
        shape = f" of shape {tree.shape}" if np.ndim(tree) else ""
        return f"{kind}{shape} of dtype {tree.dtype}"
    if isinstance(tree, list | tuple | dict):
        return f"a {type(tree).__name__} of {len(tree)}"
    if isinstance(tree, str | bytes | int | float | complex):
        return f"{type(tree).__name__} {tree!r:.40}"
    return f"an object of type {type(tree).__name__}"


def check_result(y: Any) -> None:
    """Raise ArgumentError if a function returned nothing that has a derivative."""
    kind = type(y)
    if kind in TRACED_TYPES or kind is float or (kind is np.ndarray and y.dtype != object):
        return
    leaves = flatten(y)
    for path, leaf in leaves:
        if type(leaf) is np.ndarray and leaf.dtype == object and not all(is_number(x) for x in leaf.flat):
            raise ArgumentError(RESULT, "numbers or arrays of them", f"an array of objects{path and ' at ' + path}")
        if isinstance(leaf, Iterator):
            expected = "numbers, arrays or trees of them (write list(...) around it)"
            raise ArgumentError(RESULT, expected, f"{described(leaf)}{path and ' at ' + path}")
    if leaves and not any(is_number(leaf) for _, leaf in leaves):
        expected = "a number, an array, or a tuple, list, dictionary or dataclass of them"
        raise ArgumentError(RESULT, expected, NOTHING if y is None else f"{described(y)}, without any")


def untraced(leaf: Any, tape: Any) -> Any:
    """A result leaf without the tape: its primal as plain NumPy would have returned it."""
    kind = type(leaf)
    if kind in TRACED_TYPES:
        if leaf.frame is tape:
            return below(leaf)
        if not leaf.frame.open:
            refuse_dead()
    elif kind is np.ndarray and leaf.dtype == object and top_trace([leaf]) is not None:
        return untraced(coerce(leaf), tape)
    return leaf


def result_leaf(leaf: Any) -> Any:
    """A result leaf as a traced value where an object array hides traced scalars."""
    if type(leaf) is not np.ndarray or leaf.dtype != object:
        return leaf
    check_result(leaf)
    return coerce(leaf)


def scalar_seed(y: Any, tape: Any, holomorphic: bool = False) -> tuple[list, Any]:
    """Seeds for a result that is one number (a complex one if ``holomorphic``), and its primal.

    Raises
    ------
    ArgumentError
        If it is anything else.
    """
    kind = type(y)
    if kind in TRACED_TYPES:
        if not y.frame.open:
            refuse_dead()
        if y.frame is tape and not holomorphic and not y.ndim and y.dtype.kind != "c":
            return _seed_one(y)
    wanted = "one complex number (because of holomorphic=True)" if holomorphic else "one real number"
    if not is_number(y) or (isinstance(y, np.ndarray) and y.dtype.kind not in "biufc"):
        reduced = " (return one of them, the others with has_aux=True; or adpy.jacobian or adpy.vjp)"
        expected = wanted + (reduced if isinstance(y, tuple | list | dict) else "")
        raise ArgumentError(RESULT, expected, NOTHING if y is None else described(y))
    if np.ndim(y):
        reduced = " (reduce the array, e.g. with .sum(), or use adpy.jacobian or adpy.vjp)"
        raise ArgumentError(RESULT, wanted + reduced, described(y))
    found_complex = y.dtype.kind == "c" if hasattr(y, "dtype") else isinstance(y, complex)
    if found_complex is not holomorphic:
        fix = " (leave it out: the result is real)" if holomorphic else " (take .real or abs; f'(z): holomorphic=True)"
        raise ArgumentError(RESULT, wanted + fix, described(y))
    return _seed_one(y) if kind in TRACED_TYPES and y.frame is tape else ([], y)


def _seed_one(y: Any) -> tuple[list, Any]:
    """The seed 1 for a traced number, and its primal."""
    return ([(y.reference(), 1.0 if hasattr(y, "address") else _one(y))] if y.active else []), below(y)


def _one(y: Any) -> Any:
    """The cotangent 1 of a traced number."""
    value = primal(y)
    if isinstance(value, np.ndarray):
        return np.ones_like(value)
    return np.complex128(1) if type(value) is complex else type(value)(1)


def cotangent_seeds(y_bar: Any, y: Any, results: list, tape: Any) -> list:
    """Seeds of a sweep from a cotangent of the untraced result ``y``, whose traced leaves are ``results``.

    Raises
    ------
    ArgumentError
        If the cotangent has another structure than ``y``, or a leaf another shape or numbers that do not fit.
    """
    leaves, bars = flatten(y), flatten(in_order_of(y, y_bar))
    if [path for path, _ in bars] != [path for path, _ in leaves]:
        raise structure_error("y_bar", "the result", y, y_bar)
    seeds = []
    for traced, (path, leaf), (_, bar) in zip(results, leaves, bars, strict=True):
        if not is_number(leaf):
            continue
        if not is_number(bar) or (hasattr(bar, "dtype") and bar.dtype.kind not in "iufc"):
            raise ArgumentError(f"y_bar{path}", f"numbers like those of the result, {described(leaf)}", described(bar))
        if np.shape(bar) != np.shape(leaf):
            raise ArgumentError(f"y_bar{path}", f"shape {np.shape(leaf)} of the result", f"shape {np.shape(bar)}")
        if np.iscomplexobj(primal(bar)) and not np.iscomplexobj(primal(leaf)):
            raise ArgumentError(f"y_bar{path}", "real numbers, as the result is real (take .real)", described(bar))
        if type(traced) in TRACED_TYPES and traced.frame is tape and traced.active:
            seeds.append((traced.reference(), _seed_like(bar, traced)))
    return seeds


def structure(tree: Any) -> str:
    """The outline of a tree, for messages, which long ones are cut for."""
    if isinstance(tree, list | tuple | dict) and len(tree) > 8:
        return described(tree)
    if isinstance(tree, list | tuple) and tree:
        opening, closing = "[]" if isinstance(tree, list) else "()"
        return f"{opening}{', '.join(structure(item) for item in tree)}{closing}"
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{key!r}: {structure(item)}' for key, item in tree.items())}}}"
    return described(tree)


def structure_error(name: str, what: str, like: Any, got: Any) -> ArgumentError:
    """The error for a tree that has another structure than ``like``, the ``what``."""
    fix = " (np.array(...) makes one of a list)" if is_number(like) and isinstance(got, list) else ""
    return ArgumentError(name, f"the structure of {what}, {structure(like)}{fix}", structure(got))


def _seed_like(bar: Any, leaf: Any) -> Any:
    if type(bar) in TRACED_TYPES:
        return bar
    return float(bar) if hasattr(leaf, "address") else np.asarray(bar, dtype=np.result_type(leaf.dtype))
