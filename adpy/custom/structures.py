"""What a rule returned against what it should have returned: same structure, same shapes, fitting dtypes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.errors import RuleError
from adpy.plain import np
from adpy.traced.dispatch import coerce, primal

__all__ = ["dtype_of", "fields_of", "is_active_kind", "matched", "shape_of"]


def is_active_kind(leaf: Any) -> bool:
    """Can this leaf carry a derivative: a floating-point or complex number or array?"""
    if type(leaf) in TRACED_TYPES or isinstance(leaf, float | complex):
        return True
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fc"


def dtype_of(leaf: Any) -> np.dtype:
    """The dtype of a number or array, traced or not."""
    return leaf.dtype if hasattr(leaf, "dtype") else np.result_type(leaf)


def shape_of(leaf: Any) -> tuple[int, ...]:
    """The shape of a number or array, traced or not."""
    return leaf.shape if hasattr(leaf, "shape") else np.shape(leaf)


def fields_of(tree: Any) -> list[tuple[str, Any]] | None:
    """The entries of a container with the ends of their paths, as :func:`adpy.api.trees.flatten` names them."""
    if isinstance(tree, tuple | list):
        names = getattr(tree, "_fields", None)
        return [(f".{names[i]}" if names else f"[{i}]", item) for i, item in enumerate(tree)]
    if isinstance(tree, dict):
        return [(f"[{key!r}]", item) for key, item in tree.items()]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [(f".{field.name}", getattr(tree, field.name)) for field in dataclasses.fields(tree)]
    return None


def matched(template: Any, given: Any, path: str, rule: str) -> list:
    """The leaves of ``given`` for the leaves of ``template`` that carry derivatives.

    None stands for zero, in the place of a leaf or of a whole branch.  What is given for other leaves is ignored.

    Raises
    ------
    RuleError
        With ``rule`` and the path of what does not fit.
    """
    entries = fields_of(template)
    if entries is None:
        return [_leaf(template, given, path, rule)] if is_active_kind(template) else []
    if given is None:
        return [None for _ in _active_leaves(template)]
    others = _counterparts(template, given, path, rule)
    found = []
    for (end, item), other in zip(entries, others, strict=True):
        found += matched(item, other, path + end, rule)
    return found


def _active_leaves(template: Any) -> list:
    entries = fields_of(template)
    if entries is None:
        return [template] if is_active_kind(template) else []
    return [leaf for _, item in entries for leaf in _active_leaves(item)]


def _counterparts(template: Any, given: Any, path: str, rule: str) -> Sequence:
    """The entries of ``given`` in the order of those of the container ``template``."""
    if isinstance(template, tuple | list):
        wanted = f"a {type(template).__name__} of {len(template)} entries"
        if not isinstance(given, tuple | list):
            raise _error(rule, path, wanted, _described(given))
        if len(given) != len(template):
            raise _error(rule, path, wanted, f"a {type(given).__name__} of {len(given)}")
        return given
    if isinstance(template, dict):
        if not isinstance(given, dict):
            raise _error(rule, path, f"a dict with keys {list(template)}", _described(given))
        if set(given) != set(template):
            raise _error(rule, path, f"keys {list(template)}", f"keys {list(given)}")
        return [given[key] for key in template]
    if type(given) is not type(template):
        raise _error(rule, path, f"a {type(template).__name__}", _described(given))
    return [getattr(given, field.name) for field in dataclasses.fields(template)]


def _leaf(template: Any, given: Any, path: str, rule: str) -> Any:
    if given is None:
        return None
    given = coerce(given) if isinstance(given, np.ndarray) else given
    shape = shape_of(template)
    is_traced = type(given) in TRACED_TYPES
    is_number = is_traced or isinstance(given, np.ndarray | np.generic | int | float | complex)
    if not is_number or dtype_of(given).kind not in "biufc":
        raise _error(rule, path, f"an array of shape {shape}", _described(given))
    if shape_of(given) != shape:
        raise _error(rule, path, f"shape {shape}", f"shape {shape_of(given)}")
    kind = dtype_of(given).kind
    if kind == "c" and dtype_of(template).kind != "c":
        raise _error(rule, path, f"real numbers ({dtype_of(template)}; take .real)", f"{dtype_of(given)}")
    return given if is_traced or kind in "fc" else np.asarray(given, float)[()]


def _described(given: Any) -> str:
    """What came instead, in a few words."""
    plain = primal(given)
    if isinstance(plain, tuple | list):
        return f"a {type(plain).__name__} of {len(plain)}"
    if isinstance(plain, np.ndarray):
        return f"an array of shape {plain.shape} and dtype {plain.dtype}"
    return "None" if plain is None else f"{type(plain).__name__} {plain!r}"


def _error(rule: str, path: str, expected: str, got: str) -> RuleError:
    return RuleError(f"{rule}: {path}: expected {expected}, got {got}")
