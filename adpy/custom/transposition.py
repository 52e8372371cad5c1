"""The transpose of a linear map given as a function: a vjp from a jvp, and a jvp from a vjp.

The pullback of a linear map is its transpose, wherever it is taken, so reverse mode applied to a user's jvp rule *as a
function of the tangents* makes the vjp (Radul et al., "You Only Linearize Once", 2023), and applied to a user's vjp
rule as a function of the cotangents it makes the jvp.  A rule that adpy cannot see into (it calls compiled code with
the tangents) is applied to unit vectors instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.reverse_mode import vjp
from adpy.capture.registry import TRACED_TYPES
from adpy.custom.structures import dtype_of, shape_of
from adpy.errors import RuleError
from adpy.plain import np
from adpy.traced.dispatch import assemble, primal

__all__ = ["UNITS", "transposed"]

UNITS = 1000
"""Unit vectors that a rule which cannot be transposed is applied to at the most."""


def transposed(linear: Callable, sources: Sequence, bars: Sequence, *, rule: str, of: str, instead: str) -> Sequence:
    """The transpose of ``linear`` at ``bars``.

    Parameters
    ----------
    linear : callable
        ``linear(*dots) -> tuple`` of numbers and arrays.
    sources : sequence of numbers and arrays
        The shapes and dtypes of the operands of ``linear``.
    bars : sequence
        A cotangent for each result of ``linear``.
    rule, of, instead : str
        For messages: the rule behind ``linear``, what it should be linear in, and what to define where it cannot be
        transposed.

    Returns
    -------
    sequence
        A cotangent for each source.

    Raises
    ------
    RuleError
        If the rule is not linear.
    TracedValueError
        If the rule can neither be differentiated nor be applied to that many unit vectors.
    """
    size = _real_size(sources)
    if size <= 1:
        return _by_units(linear, sources, bars)
    # Anywhere but at zero, where a rule may well take a short cut, and at one, where a square looks linear.
    point = [(np.zeros(shape_of(x), dtype_of(x)) + 0.75)[()] for x in sources]
    try:
        y, pullback = vjp(linear, *point)
        found = pullback(tuple(bars))
        if any(map(_is_batched, (*y, *bars))) or _is_transpose(y, bars, point, found):
            return found
        seen = None
    except Exception as error:  # of compiled code, for example, that was given traced values
        seen = error
    if size > UNITS:
        advice = f"{rule} is code that adpy cannot transpose, and would have to be applied to {size} unit vectors"
        if seen is None:
            raise RuleError(f"{advice}: {instead}")
        seen.add_note(f"{advice}: {instead}.")
        raise seen
    found = _by_units(linear, sources, bars)
    if not _is_transpose(linear(*point), bars, point, found):
        raise RuleError(f"{rule} is not linear in the {of} (adpy.check_rule says more)")
    return found


def _real_size(leaves: Sequence) -> int:
    return sum(int(np.prod(shape_of(x))) * (2 if dtype_of(x).kind == "c" else 1) for x in leaves)


def _by_units(linear: Callable, sources: Sequence, bars: Sequence) -> list:
    """The transpose entry by entry: the inner product of ``bars`` with what ``linear`` makes of each unit vector."""
    zeros = [np.zeros(shape_of(x), dtype_of(x)) for x in sources]
    found = []
    for position, zero in enumerate(zeros):
        entries = []
        for index in np.ndindex(zero.shape):
            parts = []
            for unit in (1.0, 1j) if zero.dtype.kind == "c" else (1.0,):
                dots = [z[()] if not z.ndim else z for z in zeros]
                direction = zero.copy()
                direction[index] = unit
                dots[position] = direction[()] if not direction.ndim else direction
                parts.append(_inner(linear(*dots), bars))
            entries.append(parts[0] if len(parts) == 1 else parts[0] + 1j * parts[1])
        if not zero.ndim:
            found.append(entries[0])
        elif any(type(entry) in TRACED_TYPES for entry in entries):
            found.append(np.reshape(assemble(entries), zero.shape))
        else:
            found.append(np.array(entries, zero.dtype).reshape(zero.shape))
    return found


def _inner(a: Sequence, b: Sequence) -> Any:
    """The real inner product; entries that are zero in ``b`` do not count, whatever ``a`` is there."""
    total = 0.0
    for x, y in zip(a, b, strict=True):
        product = np.conj(x) * y if dtype_of(x).kind == "c" or dtype_of(y).kind == "c" else x * y
        if not any(type(z) in TRACED_TYPES for z in (x, y)):
            product = np.where(np.asarray(y) == 0, 0.0, product)
        total = total + np.sum(np.real(product))
    return total


def _is_batched(x: Any) -> bool:
    """Does ``x`` stand for one value in each lane of a batch, of which only some might disagree?"""
    while type(x) in TRACED_TYPES:
        if x.frame.batched:
            return True
        x = x._value
    return False


def _is_transpose(y: Sequence, bars: Sequence, point: Sequence, found: Sequence) -> bool:
    """Do the inner products agree: of ``bars`` with the image ``y`` of ``point``, and of ``found`` with ``point``?"""
    y, bars, found = ([np.asarray(primal(x)) for x in part] for part in (y, bars, found))
    with np.errstate(all="ignore"):
        gap = abs(_inner(y, bars) - _inner(point, found))
        scale = sum(float(np.sum(abs(a * b))) for a, b in zip(y, bars, strict=True))
        scale += sum(float(np.sum(abs(b))) for b in found)
        digits = max(np.finfo(x.dtype).eps for x in (*y, *found) if x.dtype.kind in "fc")
    return not np.isfinite(gap) or bool(gap <= 1e4 * digits * scale)
