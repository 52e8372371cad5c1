"""Elementwise primitives: tangent and cotangent maps from one partial an operand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.custom.structures import dtype_of, shape_of
from adpy.errors import RuleError
from adpy.forward.tangents import finite
from adpy.plain import np
from adpy.rules._shapes import unbroadcast

__all__ = ["checked_partials", "check_elementwise", "pulled", "pushed"]


def check_elementwise(operands: Sequence, y: Any, primitive: str) -> None:
    """Raise RuleError unless ``y`` has the shape to which the operands broadcast."""
    shapes = [shape_of(x) for x in operands]
    expected = np.broadcast_shapes(*shapes)
    if not hasattr(y, "shape") and not isinstance(y, float | complex):
        raise RuleError(f"{primitive} has partials: expected one number or array, got {type(y).__name__}")
    if shape_of(y) != expected:
        raise RuleError(
            f"{primitive} has partials, so its result must have the shape to which its operands {shapes} broadcast: "
            f"expected {expected}, got {shape_of(y)}"
        )


def checked_partials(given: Any, names: Sequence[str], y: Any, rule: str) -> tuple:
    """The partials that a rule returned."""
    if not isinstance(given, tuple | list) or len(given) != len(names):
        got = f"{len(given)}" if isinstance(given, tuple | list) else type(given).__name__
        raise RuleError(f"{rule}: expected a tuple of {len(names)} partials, for {', '.join(names)}; got {got}")
    shape = shape_of(y)
    for name, partial in zip(names, given, strict=True):
        if partial is None:
            continue
        try:
            fits = np.broadcast_shapes(shape_of(partial), shape) == shape and dtype_of(partial).kind in "biufc"
        except (ValueError, TypeError):
            fits = False
        if not fits:
            raise RuleError(f"{rule}: partial for {name}: expected shape {shape}, got {shape_of(partial)}")
    return tuple(given)


def pushed(partials: Sequence, dots: Sequence, y: Any) -> Any:
    """``y_dot``: the sum of ``partial * x_dot`` over the operands that vary."""
    terms = [_product(partial, dot) for partial, dot in zip(partials, dots, strict=True) if dot is not None]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    if shape_of(total) != shape_of(y):
        total = np.broadcast_to(total, shape_of(y))
    return total


def pulled(partials: Sequence, needs: Sequence[bool], operands: Sequence, y_bar: Any) -> tuple:
    """For each operand that needs it ``conj(partial) * y_bar``, summed where the operand was broadcast."""
    bars = []
    for partial, need, x in zip(partials, needs, operands, strict=True):
        if not need:
            bars.append(None)
            continue
        bar = _product(np.conj(partial) if dtype_of(partial).kind == "c" else partial, y_bar)
        if shape_of(bar) != shape_of(y_bar):
            bar = np.broadcast_to(bar, shape_of(y_bar))
        bar = unbroadcast(bar, shape_of(x)) if shape_of(bar) != shape_of(x) else bar
        bars.append(np.real(bar) if dtype_of(bar).kind == "c" and dtype_of(x).kind != "c" else bar)
    return tuple(bars)


def _product(weight: Any, x: Any) -> Any:
    """``weight * x``, exactly zero where ``x`` is, whatever the weight."""
    with np.errstate(all="ignore"):
        product = weight * x
        return product if finite(product) else np.where(x == 0, 0.0, product)[()]
