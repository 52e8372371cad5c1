"""Bind a call to a row: which arguments are operands and which are static, by generated code.

``inspect.signature(...).bind`` costs microseconds a call; the generated function costs what a Python call costs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from adpy.rules.table import Block, Row

__all__ = ["Binder", "binder"]

_cache: dict[Row, Binder] = {}


class Binder:
    """Callable ``binder(*args, **kwargs) -> (operands, static)`` for one row; :meth:`apply` calls it back.

    Static arguments that were not passed are left out, so the row's function sees the call as the user wrote it.
    """

    __slots__ = ("_bind", "_positional", "_variadic", "function", "operand_names")

    def __init__(self, row: Row) -> None:
        self.function = row.primal if isinstance(row, Block) else row.function
        self.operand_names = row.operands
        signature = _signature(row)
        kinds = inspect.Parameter
        parameters = signature.parameters.values()
        self._variadic = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
        by_position = (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
        self._positional = tuple(p.name for p in parameters if p.kind in by_position)
        self._bind = _generate(signature, row.operands)

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[tuple, dict]:
        return self._bind(*args, **kwargs)

    def apply(self, operands: tuple, static: dict) -> Any:
        """Call the row's function with these operands."""
        named = dict(static)
        named.update(zip(self.operand_names, operands, strict=True))
        rest = named.pop(self._variadic, ()) if self._variadic is not None else ()
        args = []
        for name in self._positional:
            if name not in named:
                break
            args.append(named.pop(name))
        return self.function(*args, *rest, **named)


class _Missing:
    """Marks an operand or argument that was not passed."""

    def __repr__(self) -> str:
        return "<not passed>"


_MISSING = _Missing()


def binder(row: Row) -> Binder:
    """The (cached) binder of a block or structural row."""
    found = _cache.get(row)
    if found is None:
        found = _cache[row] = Binder(row)
    return found


def _signature(row: Row) -> inspect.Signature:
    if isinstance(row, Block):
        return inspect.signature(row.primal)
    if getattr(row, "signature", None) is not None:
        return row.signature
    return inspect.signature(row.function)


def _generate(signature: inspect.Signature, operands: tuple[str, ...]) -> Callable:
    """A function with this signature that returns ``(operands, passed static arguments)``."""
    heads, space = [], {"_MISSING": _MISSING}
    kinds = inspect.Parameter
    slash = star = False
    static = []
    for name, p in signature.parameters.items():
        if slash and p.kind is not kinds.POSITIONAL_ONLY:
            heads.append("/")
            slash = False
        if p.kind is kinds.POSITIONAL_ONLY:
            slash = True
        if p.kind is kinds.VAR_POSITIONAL:
            star = True
            heads.append(f"*{name}")
        elif p.kind is kinds.VAR_KEYWORD:
            heads.append(f"**{name}")
        else:
            if p.kind is kinds.KEYWORD_ONLY and not star:
                heads.append("*")
                star = True
            heads.append(name if p.default is p.empty else f"{name}=_MISSING")
        if name not in operands:
            static.append((name, p))
    if slash:
        heads.append("/")
    lines = [f"def bind({', '.join(heads)}):", "    _static = {}"]
    for name, p in static:
        if p.kind is kinds.VAR_KEYWORD:
            lines.append(f"    _static.update({name})")
        elif p.default is p.empty:
            lines.append(f"    _static[{name!r}] = {name}")
        else:
            lines.append(f"    if {name} is not _MISSING: _static[{name!r}] = {name}")
    for name in operands:
        default = signature.parameters[name].default
        if default is not inspect.Parameter.empty:
            space[f"_default_{name}"] = default
            lines.append(f"    if {name} is _MISSING: {name} = _default_{name}")
    lines.append(f"    return ({''.join(f'{n}, ' for n in operands)}), _static")
    exec(compile("\n".join(lines), f"<bind {', '.join(operands)}>", "exec"), space)
    return space["bind"]
