"""What the results of instructions in Python depend on: groups of entries, each group apart from the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adpy.plain import np
from adpy.program import calls
from adpy.program.code import View
from adpy.program.streams import Call
from adpy.rules._shapes import given, tuple_of_axes

__all__ = ["Groups", "groups_of"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of a call: all that ``outs[g]`` names depend on all that ``operands[g]`` names.

    Attributes
    ----------
    operands, outs : ndarray of int32, shapes (groups, …)
        Numbers.
    linear : bool
        Is every second derivative zero?
    """

    operands: np.ndarray
    outs: np.ndarray
    linear: bool = False


def groups_of(call: Call) -> Groups:
    """The groups of a call; one, of everything, where nothing finer is known."""
    kind = type(call.call)
    if kind is calls.ElementwiseCall:
        return _elementwise(call)
    if kind is calls.Product:
        return _product(call)
    found = None
    if kind is calls.BlockCall:
        find = _KNOWN.get(call.call.row.name)
        found = None if find is None else find(call)
    return found or Groups(_flat(call.operands)[None], _flat(call.outs)[None])


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    """All numbers, one after the other."""
    return np.concatenate([*[x.reshape(-1) for x in arrays], np.zeros(0, np.int32)]).astype(np.int32)


def _entries(call: Call) -> list[np.ndarray | None]:
    """Numbers of the operands; None for constants and lists."""
    numbers = iter(call.operands)
    return [next(numbers) if type(x) is View else None for x in call.call.operands]


def _elementwise(call: Call) -> Groups:
    """A row without an opcode."""
    out = call.outs[0]
    partials = zip(_entries(call), call.call.row.slices, strict=False)
    read = [x for x, partial in partials if x is not None and partial.constant != 0.0]
    operands = [np.broadcast_to(x, out.shape).reshape(-1) for x in read]
    return Groups(np.stack(operands, 1) if operands else np.zeros((out.size, 0), np.int32), out.reshape(-1, 1))


def _product(call: Call) -> Groups:
    """A large product: by rows or columns where one factor is constant."""
    left, right = _entries(call)
    out = call.outs[0]
    if right is None and left.ndim == 2:
        return Groups(left, out.reshape(len(left), -1), linear=True)
    if left is None and right.ndim == 2:
        return Groups(right.T, out.reshape(-1, right.shape[1]).T, linear=True)
    return Groups(_flat(call.operands)[None], out.reshape(1, -1), linear=left is None or right is None)


def _axes(call: Call) -> tuple[np.ndarray, int] | None:
    """Numbers of the only operand, the axes that a block goes along merged at the end; how many groups."""
    entries = _entries(call)
    if entries[0] is None or any(x is not None for x in entries[1:]) or "axis" not in call.call.static:
        return None
    x, axis = entries[0], call.call.static["axis"]
    if not given(axis):
        return None
    axes = tuple_of_axes(axis, x.ndim)
    x = np.moveaxis(x, axes, range(x.ndim - len(axes), x.ndim))
    groups = int(np.prod(x.shape[: x.ndim - len(axes)], dtype=int))
    return x.reshape(groups, -1), groups


def _reduction(call: Call, linear: bool = False) -> Groups | None:
    """One result for each slice along axes; several of them come first."""
    found = _axes(call)
    if found is None or call.outs[0].size % max(found[1], 1):
        return None
    return Groups(found[0], call.outs[0].reshape(-1, found[1]).T, linear)


def _order(call: Call) -> Groups | None:
    """Order statistics: pieces that are linear."""
    linear = len(call.operands) == 1
    return _reduction(call, linear) or Groups(_flat(call.operands)[None], _flat(call.outs)[None], linear)


def _along(call: Call) -> Groups | None:
    """As many results as entries along an axis."""
    found = _axes(call)
    if found is None or call.outs[0].shape != _entries(call)[0].shape:
        return None
    axes = tuple_of_axes(call.call.static["axis"], call.outs[0].ndim)
    out = np.moveaxis(call.outs[0], axes, range(call.outs[0].ndim - len(axes), call.outs[0].ndim))
    return Groups(found[0], out.reshape(found[1], -1))


def _interpolation(call: Call) -> Groups | None:
    """``numpy.interp`` between constant points: in pieces linear in each entry."""
    x, *others = _entries(call)
    if x is None or any(other is not None for other in others):
        return None
    return Groups(x.reshape(-1, 1), call.outs[0].reshape(-1, 1), linear=True)


def _stack(call: Call) -> Groups | None:
    """A function of a stack of matrices, whose results begin with the axes of the stack."""
    operand = _entries(call)[0]
    if operand is None or operand.ndim < 3 or len(call.operands) > 1:
        return None
    stack = operand.shape[:-2]
    if not operand.size or any(x.shape[: len(stack)] != stack for x in call.outs):
        return None
    count = int(np.prod(stack))
    outs = [x.reshape(count, -1) for x in call.outs]
    return Groups(operand.reshape(count, -1), np.concatenate(outs, axis=1))


def _solution(call: Call) -> Groups | None:
    """``numpy.linalg.solve`` of a stack of matrices of one shape with their right-hand sides."""
    shapes = [np.shape(x) if type(x) is not View else x.shape for x in call.call.operands]
    count = int(np.prod(shapes[0][:-2], dtype=int))
    if len(shapes[0]) < 3 or shapes[1][:-2] != shapes[0][:-2]:
        return None
    operands = [x.reshape(count, -1) for x in _entries(call) if x is not None]
    return Groups(np.concatenate(operands, axis=1), call.outs[0].reshape(count, -1))


_STACKED = "inv", "pinv", "det", "slogdet", "cholesky", "eigh", "eigvalsh", "svd", "svdvals", "qr"
_KNOWN: dict[str, Callable] = {
    **dict.fromkeys(
        (
            *("numpy.sum", "numpy.mean", "numpy.prod", "numpy.std", "numpy.var", "numpy.linalg.norm"),
            *("numpy.linalg.vector_norm", "numpy.logaddexp.reduce", "scipy.special.logsumexp", "scipy.linalg.norm"),
        ),
        _reduction,
    ),
    **dict.fromkeys(
        ("numpy.median", "numpy.nanmedian", "numpy.percentile", "numpy.quantile", "numpy.nanpercentile"), _order
    ),
    **dict.fromkeys(("scipy.special.softmax", "scipy.special.log_softmax", "numpy.cumprod", "numpy.cumsum"), _along),
    "numpy.interp": _interpolation,
    "numpy.linalg.solve": _solution,
    **dict.fromkeys([f"numpy.linalg.{name}" for name in _STACKED], _stack),
}
