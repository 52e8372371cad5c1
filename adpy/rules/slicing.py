"""Cut one rule into one function per operand: the place where derivative code is generated.

A row returns all its partials at once.  A sweep often needs one of them, and wants to keep only the values that
this one reads.  :func:`slice_partials` takes the rule apart by its syntax tree.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from adpy.rules.scalar_names import SCALAR_NAMES

__all__ = ["Partial", "slice_partials"]


@dataclass(frozen=True, eq=False)
class Partial:
    """One partial of an elementwise rule.

    Parameters
    ----------
    position : int
        The operand it belongs to.
    function : callable or None
        ``function(*operands, y)``; ``None`` when the rule has no such partial.
    constant : float or None
        The value where the partial is a constant of the rule.
    reads : frozenset of int
        Positions among ``(*operands, y)`` that the partial reads.
    """

    position: int
    function: Callable | None
    constant: float | None
    reads: frozenset[int]

    def with_names(self, names: dict) -> Callable:
        """The same code with its global names (``np`` …) rebound to ``names``."""
        return types.FunctionType(self.function.__code__, {**self.function.__globals__, **names})

    @cached_property
    def scalar(self) -> Callable:
        """The same code on Python floats: fast, but it raises where NumPy returns an infinity or a NaN."""
        return self.with_names(SCALAR_NAMES)

    def scalar_weight(self, operands: Sequence, y: Any) -> Any:
        """The partial at Python numbers."""
        try:
            return self.scalar(*operands, y)
        except (ArithmeticError, ValueError, AttributeError, TypeError):
            with np.errstate(all="ignore"):
                return self.function(*[np.asarray(x)[()] for x in operands], np.asarray(y)[()])


@cache
def slice_partials(rule: Callable) -> tuple[Partial, ...]:
    """Return one :class:`Partial` per operand of ``rule``.

    Raises
    ------
    ValueError
        If the rule is more than assignments followed by one ``return`` of a tuple.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    *assignments, last = [s for s in tree.body if not _is_docstring(s)]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple):
        raise ValueError(f"rule {rule.__name__} must end by returning a tuple of partials")
    if not all(isinstance(s, ast.Assign) for s in assignments):
        raise ValueError(f"rule {rule.__name__} must consist of assignments and one return")
    return tuple(_slice(rule, tree, assignments, expression, i) for i, expression in enumerate(last.value.elts))


def _slice(rule, tree, assignments, expression, position) -> Partial:
    arguments = [a.arg for a in tree.args.args]
    wanted = _loads(expression)
    kept = []
    for statement in reversed(assignments):
        if _stores(statement) & wanted:
            kept.append(statement)
            wanted = (wanted - _stores(statement)) | _loads(statement.value)
    reads = frozenset(i for i, a in enumerate(arguments) if a in wanted)
    definition = ast.FunctionDef(
        name=f"{tree.name}_{position}",
        args=ast.arguments(
            posonlyargs=[], args=[ast.arg(a) for a in arguments], kwonlyargs=[], kw_defaults=[], defaults=[]
        ),
        body=[*reversed(kept), ast.Return(expression)],
        decorator_list=[],
        type_params=[],
    )
    # The slice keeps the line numbers of the rule, for tracebacks.
    module = ast.fix_missing_locations(ast.Module([definition], []))
    ast.increment_lineno(module, rule.__code__.co_firstlineno - 1)
    space: dict = {}
    exec(compile(module, inspect.getsourcefile(rule) or "<rule>", "exec"), _names(rule), space)
    function = space[definition.name]
    if reads:
        return Partial(position, function, None, reads)
    value = function(*arguments)
    return Partial(position, None, None, reads) if value is None else Partial(position, function, float(value), reads)


def _names(rule: Callable) -> dict:
    """The global names of a rule, together with the variables that it closes over."""
    closure = inspect.getclosurevars(rule).nonlocals
    return {**rule.__globals__, **closure} if closure else rule.__globals__


def _is_docstring(statement) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _loads(node) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stores(node) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
